#include "sim/station/fifo_servers.h"

namespace updraft::sim {

FifoServers::FifoServers(const SharingLaw& law, Options options)
    : service_(law, options.speed), servers_(law.servers()), line_limit_(options.line_limit) {}

void FifoServers::fill(Time now) {
  while (!line_.empty() && service_.size() < servers_) {
    const Waiting next = line_.pop_front();
    service_.add(now, next.job, next.work);
  }
}

FifoServers::Admission FifoServers::add(Time now, std::uint64_t job, Duration work) {
  SIM_CHECK(work.count() >= 0, "work is {} ns", work.count());
  if (service_.size() < servers_) {
    service_.add(now, job, work);
    return Admission::kStarted;
  }
  if (line_.size() < line_limit_) {
    line_.push_back({job, work});
    return Admission::kWaiting;
  }
  return Admission::kRefused;
}

std::uint64_t FifoServers::complete(Time now) {
  const std::uint64_t job = service_.complete(now);
  fill(now);
  return job;
}

bool FifoServers::remove(Time now, std::uint64_t job) {
  if (service_.remove_job(now, job)) {
    fill(now);
    return true;
  }
  for (std::size_t i = 0; i < line_.size(); ++i) {
    if (line_[i].job == job) {
      line_.erase(i);
      return true;
    }
  }
  return false;
}

void FifoServers::set_law(Time now, const SharingLaw& law) {
  service_.set_law(now, law);
  servers_ = law.servers();
  fill(now);
}

}  // namespace updraft::sim
