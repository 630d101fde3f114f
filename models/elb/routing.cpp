#include "models/elb/routing.h"

#include <algorithm>

namespace updraft::elb {

void RoundRobin::set_candidates(std::span<const std::uint32_t> targets) {
  targets_.assign(targets.begin(), targets.end());
  if (last_ == 0xffffffff) {
    next_ = 0;
    return;
  }
  const auto after = std::upper_bound(targets_.begin(), targets_.end(), last_);
  next_ = after == targets_.end() ? 0 : static_cast<std::size_t>(after - targets_.begin());
}

void LeastOutstanding::know(std::uint32_t target) {
  if (target >= count_.size()) {
    count_.resize(target + 1, 0);
    position_.resize(target + 1, kNotHere);
  }
}

void LeastOutstanding::set_candidates(std::span<const std::uint32_t> targets) {
  for (const std::uint32_t target : order_) {
    position_[target] = kNotHere;
  }
  order_.assign(targets.begin(), targets.end());
  std::uint32_t most = 0;
  for (const std::uint32_t target : order_) {
    know(target);
    most = std::max(most, count_[target]);
  }
  std::sort(order_.begin(), order_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return count_[a] != count_[b] ? count_[a] < count_[b] : a < b;
  });
  const auto n = static_cast<std::uint32_t>(order_.size());
  begin_.assign(most + 2, n);
  for (std::uint32_t place = n; place-- > 0;) {
    position_[order_[place]] = place;
    begin_[count_[order_[place]]] = place;
  }
  for (std::size_t c = begin_.size() - 1; c-- > 0;) {  // counts that nobody has
    begin_[c] = std::min(begin_[c], begin_[c + 1]);
  }
  least_ = order_.empty() ? 0 : count_[order_.front()];
}

void LeastOutstanding::swap(std::uint32_t a, std::uint32_t b) {
  std::swap(order_[a], order_[b]);
  position_[order_[a]] = a;
  position_[order_[b]] = b;
}

void LeastOutstanding::began(std::uint32_t target) {
  know(target);
  const std::uint32_t c = count_[target]++;
  if (position_[target] == kNotHere) {
    return;
  }
  if (c + 2 >= begin_.size()) {  // nobody had c + 1 before
    begin_.resize(c + 3, static_cast<std::uint32_t>(order_.size()));
  }
  const std::uint32_t last =
      --begin_[c + 1];  // the block of c gives its last place to that of c + 1
  swap(position_[target], last);
  if (c == least_ && last == begin_[c]) {
    ++least_;
  }
}

void LeastOutstanding::ended(std::uint32_t target) {
  SIM_CHECK(outstanding(target) > 0, "target {} has no request in progress", target);
  const std::uint32_t c = count_[target]--;
  if (position_[target] == kNotHere) {
    return;
  }
  const std::uint32_t first = begin_[c]++;  // the block of c gives its first place to that of c - 1
  swap(position_[target], first);
  least_ = std::min(least_, c - 1);
}

}  // namespace updraft::elb
