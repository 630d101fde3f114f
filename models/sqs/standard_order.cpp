#include "models/sqs/visible_order.h"

namespace updraft::sqs {

using State = Stored::State;

namespace {
constexpr sim::Duration kQuietAfter = std::chrono::minutes{5};  // R4.5.1
}  // namespace

void StandardOrder::entered(sim::Time now, std::uint32_t index) {
  const Stored& stored = pool_[index];
  Tenant& tenant = tenants_[stored.message.message_group];
  tenant.last_sent = now;
  if (stored.state == State::kVisible) {
    if (stored.apart) {
      tenant.apart.emplace(stored.rank, index);
    } else {
      tenant.line.emplace_back(stored.rank, Slot{index, stored.generation});
    }
    ++tenant.visible;
    refresh(stored.message.message_group, tenant);
  }
}

void StandardOrder::shown(std::uint32_t index, State was) {
  Stored& stored = pool_[index];
  const std::uint64_t group = stored.message.message_group;
  Tenant& tenant = tenants_[group];
  if (was == State::kInFlight) {
    flight_changed(group, tenant, false);
  }
  stored.apart = true;
  tenant.apart.emplace(stored.rank, index);
  ++tenant.visible;
  refresh(group, tenant);
}

void StandardOrder::taken(std::uint32_t index) {
  Stored& stored = pool_[index];
  const std::uint64_t group = stored.message.message_group;
  Tenant& tenant = tenants_[group];
  if (stored.apart) {
    tenant.apart.erase({stored.rank, index});
    stored.apart = false;
  }
  stored.state = State::kInFlight;
  --tenant.visible;
  flight_changed(group, tenant, true);
  refresh(group, tenant);
}

void StandardOrder::left(std::uint32_t index, State was) {
  Stored& stored = pool_[index];
  const std::uint64_t group = stored.message.message_group;
  Tenant& tenant = tenants_[group];
  if (was == State::kVisible) {
    if (stored.apart) {
      tenant.apart.erase({stored.rank, index});
      stored.apart = false;
    }
    --tenant.visible;
  } else if (was == State::kInFlight) {
    flight_changed(group, tenant, false);
  }
  refresh(group, tenant);
  forget_if_idle(group);
}

bool StandardOrder::stands(const std::pair<std::uint64_t, Slot>& entry) const {
  const Stored& stored = pool_[entry.second.index];
  return stored.generation == entry.second.generation && stored.state == State::kVisible &&
         !stored.apart && stored.rank == entry.first;
}

std::optional<std::pair<std::uint64_t, std::uint32_t>> StandardOrder::first_of(Tenant& tenant) {
  while (!tenant.line.empty() && !stands(tenant.line.front())) {
    tenant.line.pop_front();
  }
  std::optional<std::pair<std::uint64_t, std::uint32_t>> first;
  if (!tenant.line.empty()) {
    first.emplace(tenant.line.front().first, tenant.line.front().second.index);
  }
  if (!tenant.apart.empty() && (!first || *tenant.apart.begin() < *first)) {
    first = *tenant.apart.begin();
  }
  return first;
}

void StandardOrder::refresh(std::uint64_t group, Tenant& tenant) {
  const auto first = first_of(tenant);
  const auto ready = first ? std::optional(first->first) : std::nullopt;
  if (ready == tenant.ready) {
    return;
  }
  if (tenant.ready) {
    ready_.erase({*tenant.ready, group});
  }
  if (ready) {
    ready_.emplace(*ready, group);
  }
  tenant.ready = ready;
}

void StandardOrder::flight_changed(std::uint64_t group, Tenant& tenant, bool more) {
  if (more) {
    busy_groups_ += tenant.in_flight == 0 ? 1 : 0;
    ++tenant.in_flight;
    ++in_flight_;
  } else {
    --tenant.in_flight;
    --in_flight_;
    busy_groups_ -= tenant.in_flight == 0 ? 1 : 0;
  }
  if (group == 0) {
    return;  // R4.5.1: without a group each message is a tenant of its own
  }
  if (tenant.in_flight >= noisy_at_least_) {
    large_.insert(group);
  } else {
    large_.erase(group);
  }
}

// R4.5.1: noisy with more than a share of what is in flight; quiet again when nothing of it waits,
// or when it has sent nothing for a while.
void StandardOrder::judge(sim::Time now) {
  for (const std::uint64_t group : large_) {
    if (static_cast<double>(tenants_[group].in_flight) >
        noisy_share_ * static_cast<double>(in_flight_)) {
      noisy_.insert(group);
    }
  }
  std::erase_if(noisy_, [&](std::uint64_t group) {
    const auto found = tenants_.find(group);
    return found == tenants_.end() || found->second.visible == 0 ||
           found->second.last_sent + kQuietAfter <= now;
  });
}

void StandardOrder::forget_if_idle(std::uint64_t group) {
  const auto found = tenants_.find(group);
  const Tenant& tenant = found->second;
  if (group != 0 && tenant.visible == 0 && tenant.in_flight == 0 && !noisy_.contains(group)) {
    tenants_.erase(found);
  }
}

void StandardOrder::take(sim::Time now, std::uint32_t max, std::vector<std::uint32_t>& out) {
  while (out.size() < max) {
    const auto index = next(now);
    if (!index) {
      return;
    }
    taken(*index);
    out.push_back(*index);
  }
}

std::optional<std::uint32_t> StandardOrder::next(sim::Time now) {
  if (!large_.empty() || !noisy_.empty()) {
    judge(now);
  }
  const auto first_in = [&](std::uint64_t group) { return first_of(tenants_[group])->second; };
  for (const auto& [rank, group] : ready_) {
    if (!noisy_.contains(group)) {
      return first_in(group);
    }
  }
  std::optional<std::pair<std::uint32_t, std::uint64_t>> fewest;  // in flight, group
  for (const auto& [rank, group] : ready_) {
    const std::uint32_t in_flight = tenants_[group].in_flight;
    if (!fewest || in_flight < fewest->first) {
      fewest.emplace(in_flight, group);
    }
  }
  return fewest ? std::optional(first_in(fewest->second)) : std::nullopt;
}

}  // namespace updraft::sqs
