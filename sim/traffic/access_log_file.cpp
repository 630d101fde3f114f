#include "sim/traffic/access_log_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "sim/core/ipv4.h"
#include "sim/traffic/csv.h"

namespace updraft::sim {
namespace {

// Places of the fields that matter.
constexpr std::size_t kClient = 3;
constexpr std::size_t kReceivedBytes = 10;
constexpr std::size_t kSentBytes = 11;
constexpr std::size_t kRequest = 12;
constexpr std::size_t kUserAgent = 13;
constexpr std::size_t kCreationTime = 21;
constexpr std::size_t kFewestFields = 22;
constexpr std::size_t kMostErrors = 20;

struct Field {
  std::string text;
  std::size_t column = 1;
};

/// A line's fields; a backslash in quotes takes the next character as it is.
std::vector<Field> split(std::string_view line) {
  std::vector<Field> fields;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == ' ') {
      continue;
    }
    Field& field = fields.emplace_back();
    field.column = i + 1;
    const bool quoted = line[i] == '"';
    for (i += quoted ? 1 : 0; i < line.size() && line[i] != (quoted ? '"' : ' '); ++i) {
      i += quoted && line[i] == '\\' && i + 1 < line.size() ? 1 : 0;
      field.text += line[i];
    }
  }
  return fields;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && stopped == text.data() + text.size() && value >= 0
             ? std::optional(value)
             : std::nullopt;
}

/// "GET http://host:80/path?query HTTP/1.1" taken apart.
std::optional<RequestAttributes> parse_request(std::string_view text) {
  RequestAttributes request;
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) {
    return std::nullopt;
  }
  request.method = std::string(text.substr(0, space));
  std::string_view url = text.substr(space + 1);
  url = url.substr(0, std::min(url.find(' '), url.size()));
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    return std::nullopt;
  }
  url.remove_prefix(scheme + 3);
  const std::size_t slash = std::min(url.find('/'), url.size());
  const std::string_view host = url.substr(0, slash);
  request.host = std::string(host.substr(0, std::min(host.rfind(':'), host.size())));
  const std::string_view rest = url.substr(slash);
  const std::size_t mark = std::min(rest.find('?'), rest.size());
  request.path = rest.empty() ? "/" : std::string(rest.substr(0, mark));
  request.query = std::string(rest.substr(std::min(rest.size(), mark + 1)));
  return request;
}

class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  void read_line(std::string_view line) {
    ++line_;
    const std::vector<Field> fields = split(line);
    if (fields.empty()) {
      return;
    }
    if (fields.size() < kFewestFields) {
      fail(1, fmt::format("there are {} fields; an entry of an access log has at least {}",
                          fields.size(), kFewestFields));
      return;
    }
    const auto at = parse_stamp(fields[kCreationTime].text);
    const auto received = whole_number(fields[kReceivedBytes].text);
    const auto sent = whole_number(fields[kSentBytes].text);
    auto request = parse_request(fields[kRequest].text);
    if (!at) {
      fail_field(fields[kCreationTime], "a creation time like 2026-01-01T00:00:00.000000Z");
    } else if (!received || !sent) {
      fail_field(fields[received ? kSentBytes : kReceivedBytes], "a number of bytes");
    } else if (!request) {
      fail_field(fields[kRequest], "a request like \"GET http://host:80/path HTTP/1.1\"");
    } else {
      finish(*request, fields);
      rows_.push_back({*at, *received, *sent, kind_of(*request)});
    }
  }

  AccessLogFile take(const AccessLog& options) {
    AccessLogFile file;
    if (rows_.empty() && errors_.empty()) {
      fail(1, "there is no entry");
    }
    if (failures_ > kMostErrors) {
      errors_.push_back(fmt::format("{}: {} more errors", file_, failures_ - kMostErrors));
    }
    file.errors = std::move(errors_);
    file.kinds = std::move(kinds_);
    std::stable_sort(rows_.begin(), rows_.end(),
                     [](const auto& a, const auto& b) { return a.at_ns < b.at_ns; });
    file.requests = std::move(rows_);
    const std::int64_t first = file.requests.empty() ? 0 : file.requests.front().at_ns;
    for (LoggedRequest& request : file.requests) {
      const std::int64_t since = request.at_ns - first;
      request.at_ns = options.offset().ns() +
                      (options.speed() == 1
                           ? since
                           : static_cast<std::int64_t>(
                                 std::floor(static_cast<double>(since) / options.speed() + 0.5)));
    }
    return file;
  }

 private:
  void fail(std::size_t column, std::string_view message) {
    if (++failures_ <= kMostErrors) {
      errors_.push_back(fmt::format("{}:{}:{}: {}", file_, line_, column, message));
    }
  }
  void fail_field(const Field& field, std::string_view wanted) {
    fail(field.column, fmt::format("\"{}\" is not {}", field.text, wanted));
  }

  static void finish(RequestAttributes& request, const std::vector<Field>& fields) {
    if (fields[kUserAgent].text != "-") {
      request.headers.emplace_back("User-Agent", fields[kUserAgent].text);
    }
    const std::string& client = fields[kClient].text;
    const auto address = parse_ipv4(client.substr(0, std::min(client.rfind(':'), client.size())));
    request.source_address = address ? *address : 0;  // an IPv6 address matches no block
  }

  std::uint32_t kind_of(const RequestAttributes& request) {
    const auto key =
        std::make_tuple(request.method, request.host, request.path, request.query,
                        request.headers.empty() ? std::string() : request.headers.front().second,
                        request.source_address);
    const auto [known, fresh] = numbers_.emplace(key, static_cast<std::uint32_t>(kinds_.size()));
    if (fresh) {
      kinds_.push_back(request);
    }
    return known->second;
  }

  using Key =
      std::tuple<std::string, std::string, std::string, std::string, std::string, std::uint32_t>;
  std::string file_;
  std::size_t line_ = 0;
  std::size_t failures_ = 0;
  std::vector<std::string> errors_;
  std::vector<LoggedRequest> rows_;
  std::vector<RequestAttributes> kinds_;
  std::map<Key, std::uint32_t> numbers_;
};

}  // namespace

AccessLogFile read_access_log(std::string_view text, const std::string& file,
                              const AccessLog& options) {
  Reader reader(file);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    reader.read_line(line);
  }
  return reader.take(options);
}

}  // namespace updraft::sim
