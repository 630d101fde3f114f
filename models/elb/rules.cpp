#include "models/elb/rules.h"

#include <algorithm>
#include <charconv>

#include "models/common/wildcard.h"
#include "sim/core/ipv4.h"

namespace updraft::elb {
namespace {

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return common::same_letter(x, y, /*case_sensitive=*/false);
  });
}

template <class Values>
bool any_matches(const Values& values, std::string_view text, bool case_sensitive) {
  return std::any_of(values.begin(), values.end(), [&](const std::string& pattern) {
    return common::wildcard_match(pattern, text, case_sensitive);
  });
}

bool header_matches(const HttpHeaderCondition& condition, const sim::RequestAttributes& request) {
  return std::any_of(request.headers.begin(), request.headers.end(), [&](const auto& header) {
    return same(header.first, condition.http_header_name()) &&
           any_matches(condition.values(), header.second, /*case_sensitive=*/false);
  });
}

bool pair_matches(const QueryStringCondition& condition, std::string_view key,
                  std::string_view value) {
  return std::any_of(condition.values().begin(), condition.values().end(), [&](const auto& wanted) {
    return (wanted.key().empty() || common::wildcard_match(wanted.key(), key, false)) &&
           common::wildcard_match(wanted.value(), value, false);
  });
}

bool query_matches(const QueryStringCondition& condition, std::string_view query) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view key = pair.substr(0, equals);
    const std::string_view value = pair.substr(std::min(pair.size(), equals + 1));
    if (pair_matches(condition, key, value)) {
      return true;
    }
  }
  return false;
}

}  // namespace

sim::Result<AddressBlock> AddressBlock::parse(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto address = sim::parse_ipv4(text.substr(0, slash));
  const std::string_view length = text.substr(std::min(text.size(), slash + 1));
  std::uint32_t bits = 0;
  const auto [stopped, failed] =
      std::from_chars(length.data(), length.data() + length.size(), bits);
  if (!address || failed != std::errc{} || stopped != length.data() + length.size() || bits > 32) {
    return sim::Error{"it must be a block of IPv4 addresses like 203.0.113.0/24"};
  }
  AddressBlock block;
  block.mask = bits == 0 ? 0 : 0xffffffffU << (32 - bits);
  block.address = *address & block.mask;
  return block;
}

RuleBook RuleBook::make(const Listener& listener) {
  RuleBook book;
  book.listener_ = listener;
  for (int i = 0; i < listener.rules_size(); ++i) {
    Rule& rule = book.rules_.emplace_back();
    rule.number = static_cast<std::uint32_t>(i);
    for (const RuleCondition& condition : listener.rules(i).conditions()) {
      std::vector<AddressBlock>& blocks = rule.blocks.emplace_back();
      for (const std::string& value : condition.source_ip().values()) {
        blocks.push_back(AddressBlock::parse(value).value());
      }
    }
  }
  std::sort(book.rules_.begin(), book.rules_.end(), [&](const Rule& a, const Rule& b) {
    return book.written(a).priority() < book.written(b).priority();
  });
  return book;
}

// R3.3.7
bool RuleBook::holds(const Rule& rule, std::size_t number,
                     const sim::RequestAttributes& request) const {
  const RuleCondition& condition = written(rule).conditions(static_cast<int>(number));
  switch (condition.field_case()) {
    case RuleCondition::kPathPattern:
      return any_matches(condition.path_pattern().values(), request.path, true);
    case RuleCondition::kHostHeader:
      return any_matches(condition.host_header().values(), request.host, false);
    case RuleCondition::kHttpHeader:
      return header_matches(condition.http_header(), request);
    case RuleCondition::kHttpRequestMethod: {
      const auto& values = condition.http_request_method().values();
      return std::find(values.begin(), values.end(), request.method) != values.end();
    }
    case RuleCondition::kQueryString:
      return query_matches(condition.query_string(), request.query);
    case RuleCondition::kSourceIp:
      return std::any_of(rule.blocks[number].begin(), rule.blocks[number].end(),
                         [&](const AddressBlock& b) { return b.contains(request.source_address); });
    case RuleCondition::FIELD_NOT_SET:
      break;
  }
  return false;
}

// R3.3.1: by ascending priority, the default rule last.
Match RuleBook::match(const sim::RequestAttributes& request) const {
  Match match;
  for (const Rule& rule : rules_) {
    ++match.evaluated;
    bool all = true;
    for (std::size_t i = 0; all && i < rule.blocks.size(); ++i) {
      all = holds(rule, i, request);
    }
    if (all) {
      match.rule = rule.number;
      return match;
    }
  }
  return match;
}

}  // namespace updraft::elb
