#include "sim/scenario/slo.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "sim/scenario/diagnostic.h"
#include "sim/schema/quantity.h"
#include "sim/schema/wording.h"

namespace updraft::sim {
namespace {

struct Token {
  std::string_view text;
  std::size_t offset = 0;
};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n';
}
bool is_operator(char c) {
  return c == '<' || c == '>' || c == '=';
}

// Words, with comparisons apart even where no blank stands around them.
std::vector<Token> tokenize(std::string_view line) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < line.size();) {
    if (is_blank(line[i])) {
      ++i;
      continue;
    }
    const bool comparison = is_operator(line[i]);
    std::size_t end = i;
    while (end < line.size() && !is_blank(line[end]) && is_operator(line[end]) == comparison) {
      ++end;
    }
    tokens.push_back({line.substr(i, end - i), i});
    i = end;
  }
  return tokens;
}

constexpr std::string_view kExample = "write it like \"p(99) latency < 500ms\"";
const std::vector<std::string>& subjects() {
  static const std::vector<std::string> known = {"latency", "error_rate", "availability",
                                                 "throughput"};
  return known;
}

class SloParser {
 public:
  SloParser(std::string_view line, const std::vector<std::string>& traffic)
      : line_(line), traffic_(traffic), tokens_(tokenize(line)) {}

  std::variant<Slo, SloFault> run() {
    const bool parsed = statistic() && subject() && of() && comparison() && bound() && ended();
    if (!parsed) {
      return *fault_;
    }
    std::string text;
    for (const Token& token : tokens_) {
      text += (text.empty() ? "" : " ") + std::string(token.text);
    }
    slo_.set_text(text);
    return slo_;
  }

 private:
  [[nodiscard]] bool more() const { return next_ < tokens_.size(); }
  [[nodiscard]] std::string_view word() const { return more() ? tokens_[next_].text : ""; }

  // At the next word, or at the end of the line.
  bool fail(std::string message) {
    if (more()) {
      fault_ = SloFault{tokens_[next_].offset, tokens_[next_].text.size(), std::move(message)};
    } else {
      fault_ = SloFault{line_.size(), 0, std::move(message)};
    }
    return false;
  }

  bool statistic() {
    const std::string_view text = word();
    if (text == "mean" || text == "max") {
      slo_.set_statistic(text == "mean" ? Slo::MEAN : Slo::MAXIMUM);
      ++next_;
      return true;
    }
    if (text.empty()) {
      return fail(fmt::format("an objective is missing; {}", kExample));
    }
    if (text.front() != 'p' || text.size() < 2) {
      return true;
    }
    const bool bracketed = text.starts_with("p(") && text.ends_with(')');
    const Result<double> bare = parse_number(text.substr(1));
    if (!bracketed) {
      return bare.ok() ? fail(fmt::format("write p({})", text.substr(1))) : true;
    }
    const Result<double> percent = parse_number(text.substr(2, text.size() - 3));
    if (!percent || *percent <= 0 || *percent >= 100) {
      return fail(fmt::format("percentile is {}; it must be above 0 and below 100",
                              shown(text.substr(2, text.size() - 3))));
    }
    slo_.set_statistic(Slo::PERCENTILE);
    slo_.set_percentile(*percent);
    ++next_;
    return true;
  }

  bool subject() {
    const std::string_view text = word();
    const auto found = std::find(subjects().begin(), subjects().end(), text);
    if (found == subjects().end()) {
      return fail(text.empty() || is_operator(text.front())
                      ? fmt::format("an objective is missing; {}", kExample)
                      : fmt::format("no objective {}{}", in_quotes(text),
                                    suggestion(text, subjects(), "the objectives are")));
    }
    static constexpr std::array kKnown = {Slo::LATENCY, Slo::ERROR_RATE, Slo::AVAILABILITY,
                                          Slo::THROUGHPUT};
    const Slo::Subject subject = kKnown[static_cast<std::size_t>(found - subjects().begin())];
    if (subject == Slo::LATENCY && !slo_.has_statistic()) {
      return fail("latency needs a statistic: write p(99) latency, mean latency or max latency");
    }
    if (subject != Slo::LATENCY && slo_.has_statistic()) {
      return fail(fmt::format("{} is one number; leave {} out", text, tokens_[next_ - 1].text));
    }
    if (subject == Slo::THROUGHPUT) {
      slo_.set_statistic(Slo::MEAN);
    } else if (subject != Slo::LATENCY) {
      slo_.set_statistic(Slo::SHARE);
    }
    slo_.set_subject(subject);
    ++next_;
    return true;
  }

  bool of() {
    if (word() != "of") {
      return true;
    }
    ++next_;
    if (std::find(traffic_.begin(), traffic_.end(), word()) == traffic_.end()) {
      return fail(word().empty() || is_operator(word().front())
                      ? "the name of a traffic source is missing after \"of\""
                      : fmt::format("no traffic {}{}", in_quotes(word()),
                                    traffic_.empty() ? "; there is no traffic"
                                                     : suggestion(word(), traffic_, "there is")));
    }
    slo_.set_traffic(std::string(word()));
    ++next_;
    return true;
  }

  bool comparison() {
    static constexpr std::array<std::pair<std::string_view, Slo::Comparison>, 4> kComparisons = {
        {{"<", Slo::LESS},
         {"<=", Slo::LESS_OR_EQUAL},
         {">", Slo::GREATER},
         {">=", Slo::GREATER_OR_EQUAL}}};
    const auto* found = std::find_if(kComparisons.begin(), kComparisons.end(),
                                     [&](const auto& pair) { return pair.first == word(); });
    if (found == kComparisons.end()) {
      return fail(word().empty() ? std::string("a comparison is missing; it must be <, <=, > or >=")
                                 : fmt::format("{} is no comparison; it must be <, <=, > or >=",
                                               in_quotes(word())));
    }
    const bool upper = slo_.subject() == Slo::LATENCY || slo_.subject() == Slo::ERROR_RATE;
    const bool less = found->second == Slo::LESS || found->second == Slo::LESS_OR_EQUAL;
    if (upper != less) {
      const std::string& name = subjects()[static_cast<std::size_t>(slo_.subject())];
      return fail(upper ? fmt::format("{} is wanted low; write < or <=", name)
                        : fmt::format("{} is wanted high; write > or >=", name));
    }
    slo_.set_comparison(found->second);
    ++next_;
    return true;
  }

  bool bound() {
    const std::string_view text = word();
    const auto wrong = [&](std::string_view error) {
      return fail(fmt::format("bound is {}; {}", text.empty() ? "missing" : shown(text), error));
    };
    if (slo_.subject() == Slo::LATENCY) {
      const Result<std::int64_t> ns = parse_duration(text);
      if (!ns || *ns <= 0) {
        return wrong(ns.ok() ? "it must be above 0s" : ns.error());
      }
      slo_.set_bound(static_cast<double>(*ns));
    } else if (slo_.subject() == Slo::THROUGHPUT) {
      const Result<double> rate = parse_quantity(text, "1/s");
      if (!rate || *rate < 0) {
        return wrong(rate.ok() ? "it must be at least 0/s" : rate.error());
      }
      slo_.set_bound(*rate);
    } else {
      // A bare 0.1 would be a tenth to some and a thousandth to others.
      if (parse_number(text).ok()) {
        return wrong(fmt::format("missing unit: write {}%", text));
      }
      const Result<double> share = parse_quantity(text, "share");
      if (!share || *share < 0 || *share > 1) {
        return wrong(share.ok() ? "it must be 0% to 100%" : "it must be a share such as 99.9%");
      }
      slo_.set_bound(*share);
    }
    ++next_;
    return true;
  }

  bool ended() {
    return !more() || fail(fmt::format("{} is too much; {}", in_quotes(word()), kExample));
  }

  std::string_view line_;
  const std::vector<std::string>& traffic_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  Slo slo_;
  std::optional<SloFault> fault_;
};

}  // namespace

std::variant<Slo, SloFault> parse_slo(std::string_view line,
                                      const std::vector<std::string>& traffic) {
  return SloParser(line, traffic).run();
}

}  // namespace updraft::sim
