#include "sim/study/why_text.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "sim/schema/text_page.h"

namespace updraft::sim {
namespace {

constexpr std::size_t kTimeColumn = 14;  // where texts beside a time begin
constexpr std::size_t kStepIndent = 2;   // for each cause above
constexpr std::size_t kDeepest = 6;      // further causes are indented no more
constexpr std::size_t kTopicColumn = 30;
constexpr std::size_t kGreetings = 4;  // decisions of others about one that was born

std::string counted(std::size_t number, std::string_view one) {
  return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
}

class Writer {
 public:
  Writer(const RunRecord& record, const WhyWords& words, const WhyTextOptions& options)
      : record_(record),
        words_(words),
        options_(options),
        members_(record),
        page_({.width = options.width, .ansi = options.ansi}) {}

  std::string text(const WhyAnswer& answer) {
    if (answer.question.resource.empty()) {
      write_topics(answer);
      return page_.text();
    }
    page_.title(title(answer.question));
    if (answer.backlog) {
      page_.heading(backlog_heading(*answer.backlog));
      page_.blank();
      for (const auto& [label, text] : backlog_lines(*answer.backlog)) {
        page_.row(label, text, kTimeColumn);
      }
    }
    write_chains("What was done", answer.done);
    write_chains("What was blocked", answer.blocked);
    if (answer.done.empty() && answer.blocked.empty()) {
      write_nothing(answer);
    }
    if (answer.beyond_record) {
      page_.blank();
      page_.paragraph(fmt::format("The run was cut off: its record ends at {}.",
                                  since_start(record_.valid_until)));
    }
    if (record_.decisions_dropped > 0) {
      page_.blank();
      page_.paragraph(
          fmt::format("{} were left out of the record by its bounds.",
                      counted(static_cast<std::size_t>(record_.decisions_dropped), "decision")));
    }
    return page_.text();
  }

 private:
  [[nodiscard]] std::string title(const WhyQuestion& question) const {
    const Time to = std::min(question.to, record_.valid_until);
    if (question.from == kStart && question.to >= record_.valid_until) {
      return fmt::format("{}, the whole run", question.resource);
    }
    return fmt::format("{} from {} to {} ({} to {})", question.resource, since_start(question.from),
                       since_start(to), utc_words(record_, question.from), utc_words(record_, to));
  }

  void write_topics(const WhyAnswer& answer) {
    page_.title("What can be asked about");
    for (const WhyTopic& topic : answer.topics) {
      const std::size_t all = topic.decided + topic.blocked;
      page_.row(topic.name,
                all == 0
                    ? "nothing was decided about it"
                    : fmt::format("{}, {} blocked, from {} to {}", counted(all, "decision"),
                                  topic.blocked, since_start(topic.first), since_start(topic.last)),
                kTopicColumn);
    }
  }

  void write_nothing(const WhyAnswer& answer) {
    page_.blank();
    page_.paragraph(fmt::format("Nothing was decided or blocked about {} in this time.",
                                answer.question.resource));
    write_nearest("The last before", answer.before);
    write_nearest("The next after", answer.after);
  }

  void write_nearest(std::string_view which, std::optional<std::size_t> index) {
    if (index) {
      const DecisionRecord& decision = record_.decisions[*index];
      page_.row(since_start(decision.first), fmt::format("{}: {}", which, headline(decision)),
                kTimeColumn);
    }
  }

  void write_chains(std::string_view heading, const std::vector<WhyChain>& chains) {
    if (chains.empty()) {
      return;
    }
    page_.heading(heading);
    const std::size_t shown = std::min(chains.size(), options_.chains);
    for (std::size_t i = 0; i < shown; ++i) {
      page_.blank();
      write_chain(chains[i]);
    }
    if (shown < chains.size()) {
      page_.blank();
      page_.paragraph(fmt::format("... and {} more; ask for a narrower time to see them.",
                                  chains.size() - shown));
    }
  }

  void write_chain(const WhyChain& chain) {
    const DecisionRecord& first = record_.decisions[chain.steps.front().decision];
    last_ = first.first;
    said_.clear();
    if (!first.cause_metric.empty()) {
      const Time period = first.cause_period.value_or(first.first);
      page_.row(since_start(period),
                fmt::format("{} {}: the newest period that was looked at begins",
                            first.cause_resource, first.cause_metric),
                kTimeColumn);
      last_ = period;
    }
    for (const WhyStep& step : chain.steps) {
      write_step(step);
    }
    if (chain.left_out > 0) {
      page_.paragraph(fmt::format("... and {} that came of it", chain.left_out), kTimeColumn);
    }
  }

  void write_step(const WhyStep& step) {
    const DecisionRecord& decision = record_.decisions[step.decision];
    const std::size_t column = kTimeColumn + kStepIndent * std::min(step.depth, kDeepest);
    page_.row(since_start(decision.first),
              fmt::format("{}{}", headline(decision), waited(decision.first)), column);
    if (decision.count > 1) {
      page_.paragraph(fmt::format("{} times until {}", decision.count, since_start(decision.last)),
                      column);
    }
    if (decision.outcome == Outcome::kBlocked) {
      page_.paragraph("blocked: " + decision.reason, column);
    } else if (decision.reason != said_) {  // effects often repeat the reason of their cause
      page_.paragraph(decision.reason, column);
      said_ = decision.reason;
    }
    const std::string values = words_.values(decision);
    if (!values.empty()) {
      page_.paragraph(values, column);
    }
    write_rule(decision.rule, column);
    for (const MemberRecord* member : members_.named_in(decision.what, decision.who)) {
      write_member(*member, decision, column);
    }
  }

  [[nodiscard]] static std::string headline(const DecisionRecord& decision) {
    return fmt::format("{} {}: {}", decision.kind, decision.who, decision.what);
  }

  /// How long it took since the step before; that is where a slow reaction shows.
  std::string waited(Time now) {
    const Duration since = now - last_;
    last_ = now;
    return since > Duration{} ? fmt::format("  (+{})", length_words(since)) : "";
  }

  void write_rule(const std::string& id, std::size_t column) {
    if (id.empty()) {
      return;
    }
    if (!told_.insert(id).second) {
      page_.paragraph(fmt::format("{} (above)", id), column);
      return;
    }
    const RuleWords rule = words_.rule(id);
    std::string text = rule.says.empty() ? id : fmt::format("{}: {}", id, rule.says);
    for (std::size_t i = 0; i < rule.sources.size(); ++i) {
      text += fmt::format("{}{}", i == 0 ? " [" : "; ", rule.sources[i]);
    }
    if (!rule.sources.empty()) {
      text += fmt::format("; {}]", rule.basis);
    }
    page_.paragraph(text, column);
  }

  void write_member(const MemberRecord& member, const DecisionRecord& decision,
                    std::size_t column) {
    if (member.launched == decision.first) {
      write_birth(member, column);
    } else if (member.ended && *member.ended >= decision.first && !decision.rule.empty() &&
               decision.outcome == Outcome::kDecided && decision.reason == member.end_reason) {
      page_.paragraph(fmt::format("{}: gone at {} (+{})", member.id, since_start(*member.ended),
                                  length_words(*member.ended - decision.first)),
                      column);
    }
  }

  /// The steps from the launch to the first request, each with the time since the one before.
  void write_birth(const MemberRecord& member, std::size_t column) {
    const std::string who = fmt::format("{} in {}: ", member.id, member.zone);
    if (!member.in_service) {
      page_.paragraph(
          who + (member.ended ? "never in service" : "not in service by the end of the record"),
          column);
      return;
    }
    Time before = member.launched;
    const auto tell = [&](Time at, std::string_view what) {
      page_.paragraph(
          fmt::format("{} at {} (+{})", what, since_start(at), length_words(at - before)), column);
      before = at;
    };
    tell(*member.in_service, who + "in service");
    for (const DecisionRecord* decision : members_.named_by_others(member, kGreetings)) {
      tell(decision->first, fmt::format("{}: {}", decision->who, decision->what));
    }
    const MemberIndex::Served served = members_.first_served(member);
    if (served.trace != nullptr && served.at >= before) {
      tell(served.at, fmt::format("first traced request: {} of {}", served.trace->request,
                                  served.trace->source));
    }
  }

  const RunRecord& record_;
  const WhyWords& words_;
  const WhyTextOptions& options_;
  MemberIndex members_;
  TextPage page_;
  std::set<std::string> told_;  // rules
  Time last_{};                 // step before
  std::string said_;            // the last reason of this chain
};

}  // namespace

std::string why_text(const WhyAnswer& answer, const RunRecord& record, const WhyWords& words,
                     const WhyTextOptions& options) {
  return Writer(record, words, options).text(answer);
}

}  // namespace updraft::sim
