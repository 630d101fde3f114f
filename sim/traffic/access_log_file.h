// Requests out of an access log of a load balancer: a line for each, fields separated by spaces,
// some in quotes.
//
//   http 2026-01-01T00:00:01.020000Z app/web/0 198.51.100.1:2817 10.0.0.1:80 0.000 0.020 0.000 200
//   200 1000 10000 "GET http://shop.example.com:80/cart?item=7 HTTP/1.1" "curl/8.0" - - ...
//   2026-01-01T00:00:01.000000Z ...
//
// Lines stand in the order in which requests ended; arrivals are in the order of their creation
// times (equal ones in the file's order), relative to the first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/engine/request.h"
#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

struct LoggedRequest {
  std::int64_t at_ns = 0;  // since the first one
  std::int64_t received_bytes = 0;
  std::int64_t sent_bytes = 0;
  std::uint32_t kind = 0;  // index into `kinds`
};

struct AccessLogFile {
  std::vector<LoggedRequest> requests;   // by creation time
  std::vector<RequestAttributes> kinds;  // in order of their first request in the file
  std::vector<std::string> errors;       // "file:line:column: ..."; the rest counts without any
};

/// Reads the text of a log. `file` is its name for errors.
[[nodiscard]] AccessLogFile read_access_log(std::string_view text, const std::string& file,
                                            const AccessLog& options);

}  // namespace updraft::sim
