#include "sim/traffic/make_source.h"

#include <cstddef>

#include <fmt/format.h>

#include "sim/build/sampler.h"
#include "sim/build/world.h"
#include "sim/scenario/file_access.h"
#include "sim/traffic/access_log_file.h"
#include "sim/traffic/count_file.h"
#include "sim/traffic/replay_file.h"

namespace updraft::sim {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 30U;

std::string read_file(const std::string& name, const Plan& plan) {
  const FileAccess files(plan.directory(),
                         FilePolicy::kAnywhere);  // the loader has applied the policy
  const auto text = files.read(name, kMaxBytes);
  if (!text) {
    throw FileError(fmt::format("{}: {}", name, text.error()));
  }
  return *text;
}

void throw_if_any(const std::vector<std::string>& errors) {
  if (!errors.empty()) {
    throw FileError(fmt::format("{}", fmt::join(errors, "\n")));
  }
}

std::unique_ptr<ArrivalProcess> make_arrivals(const Traffic& traffic, const Plan& plan,
                                              StreamKey key) {
  const Rate& rate = traffic.rate();
  CountFile file;
  if (has_counts_file(rate)) {
    file = read_counts_of(rate, read_file(counts_file(rate), plan));
    throw_if_any(file.errors);
  }
  auto made = ArrivalProcess::make(rate, has_counts_file(rate) ? &file.series : nullptr,
                                   plan.start_unix_ns(), key);
  if (!made) {
    throw FileError(fmt::format("traffic {}: {}", traffic.name(), made.error()));
  }
  return std::make_unique<ArrivalProcess>(std::move(made).value());
}

ReplayedRequests make_replay(const AccessLog& log, const Plan& plan) {
  const AccessLogFile file = read_access_log(read_file(log.file(), plan), log.file(), log);
  throw_if_any(file.errors);
  ReplayedRequests replayed;
  replayed.rows.reserve(file.requests.size());
  for (const LoggedRequest& request : file.requests) {
    replayed.rows.push_back({.at = time_from_ns(request.at_ns),
                             .size_bytes = request.received_bytes,
                             .response_bytes = request.sent_bytes,
                             .kind = request.kind});
  }
  for (const RequestAttributes& kind : file.kinds) {
    replayed.kinds.add(kind);
  }
  return replayed;
}

std::vector<ReplayRow> make_replay(const Replay& replay, const Plan& plan) {
  const ReplayFile file =
      read_replay(read_file(replay.csv(), plan), replay.csv(), replay_options(replay));
  throw_if_any(file.errors);
  std::vector<ReplayRow> rows;
  rows.reserve(file.at_ns.size());
  for (std::size_t i = 0; i < file.at_ns.size(); ++i) {
    rows.push_back({.at = time_from_ns(file.at_ns[i]),
                    .size_bytes = file.size.empty() ? -1 : static_cast<std::int64_t>(file.size[i]),
                    .work = file.work.empty() ? 1.0 : file.work[i]});
  }
  return rows;
}

}  // namespace

TrafficSource& make_source(Simulation& simulation, const Traffic& traffic, const Plan& plan) {
  const std::string path = "traffic/" + traffic.name();
  TrafficLaws laws{.cpu = make_sampler(traffic.demand().cpu()),
                   .wait = make_sampler(traffic.demand().wait()),
                   .memory = make_sampler(traffic.demand().memory()),
                   .request_size = make_sampler(traffic.request_size()),
                   .response_size = make_sampler(traffic.response_size()),
                   .think_time = make_sampler(traffic.clients().think_time()),
                   .latency = {}};
  if (traffic.has_latency()) {
    laws.latency = make_sampler(traffic.latency());
  }
  std::unique_ptr<ArrivalProcess> arrivals;
  if (traffic.has_rate()) {
    const SimulationOptions& options = simulation.options();
    arrivals = make_arrivals(traffic, plan,
                             stream_key(options.seed, options.replication, path, "arrivals"));
  }
  ReplayedRequests replay;
  if (traffic.has_replay()) {
    replay.rows = make_replay(traffic.replay(), plan);
  } else if (traffic.has_access_log()) {
    replay = make_replay(traffic.access_log(), plan);
  }
  return simulation.add<TrafficSource>(path, traffic, std::move(laws), std::move(arrivals),
                                       std::move(replay));
}

}  // namespace updraft::sim
