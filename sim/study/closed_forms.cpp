#include "sim/study/closed_forms.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "sim/core/check.h"
#include "sim/random/portable_math.h"

namespace updraft::sim::closed_forms {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double power(double base, std::uint32_t exponent) {
  double result = 1;
  for (; exponent > 0; exponent >>= 1, base *= base) {
    result *= (exponent & 1) != 0 ? base : 1.0;
  }
  return result;
}

// Join the shorter of two lines as a Markov chain over (a customers in the shorter line, a + d in
// the longer), cut off at `longest` and kDifference. In the order of a, then d, no transition goes
// further than kDifference places, so the state reduction of Grassmann, Taksar and Heyman (1985,
// Operations Research 33, 1107-1116) works within that band. It subtracts nothing, so every
// probability keeps its relative precision.
class ShorterOfTwo {
 public:
  ShorterOfTwo(double load, std::size_t longest)
      : arrivals_(2 * load),
        levels_(longest + 1),
        states_(levels_ * (kDifference + 1)),
        rate_(states_ * kBand, 0.0) {
    for (std::size_t a = 0; a < levels_; ++a) {
      for (std::size_t d = 0; d <= kDifference; ++d) {
        fill(a, d);
      }
    }
  }

  double mean_number() {
    for (std::size_t n = states_ - 1; n > 0; --n) {
      eliminate(n);
    }
    std::vector<double> p(states_, 0.0);
    p[0] = 1;
    double sum = 0;
    double number = 0;
    for (std::size_t n = 0; n < states_; ++n) {
      for (std::size_t i = lowest(n); i < n; ++i) {
        p[n] += p[i] * rate(i, n);
      }
      sum += p[n];
      number += p[n] * static_cast<double>(2 * (n / (kDifference + 1)) + n % (kDifference + 1));
    }
    return number / sum;
  }

 private:
  static constexpr std::size_t kDifference = 32;  // each more is at most a third as likely
  static constexpr std::size_t kBand = 2 * kDifference + 1;

  static std::size_t state(std::size_t a, std::size_t d) { return a * (kDifference + 1) + d; }
  static std::size_t lowest(std::size_t n) { return n > kDifference ? n - kDifference : 0; }
  double& rate(std::size_t from, std::size_t to) {
    return rate_[from * kBand + (to + kDifference - from)];
  }

  // What would leave the cut-off chain does not happen.
  void fill(std::size_t a, std::size_t d) {
    const std::size_t here = state(a, d);
    if (d == 0) {
      rate(here, state(a, 1)) += arrivals_;
      if (a > 0) {
        rate(here, state(a - 1, 1)) += 2;  // either line loses one
      }
      return;
    }
    if (a + 1 < levels_) {
      rate(here, state(a + 1, d - 1)) += arrivals_;
    }
    rate(here, state(a, d - 1)) += 1;
    if (a > 0 && d < kDifference) {
      rate(here, state(a - 1, d + 1)) += 1;
    }
  }

  void eliminate(std::size_t n) {
    double out = 0;
    for (std::size_t j = lowest(n); j < n; ++j) {
      out += rate(n, j);
    }
    for (std::size_t i = lowest(n); i < n; ++i) {
      if (rate(i, n) == 0) {
        continue;
      }
      rate(i, n) /= out;
      for (std::size_t j = lowest(n); j < n; ++j) {
        rate(i, j) += rate(i, n) * rate(n, j);
      }
    }
  }

  double arrivals_;
  std::size_t levels_;
  std::size_t states_;
  std::vector<double> rate_;  // by state and distance
};

}  // namespace

double erlang_b(std::uint32_t servers, double load) {
  double blocked = 1;
  for (std::uint32_t n = 1; n <= servers; ++n) {
    blocked = load * blocked / (n + load * blocked);
  }
  return blocked;
}

double erlang_c(std::uint32_t servers, double load) {
  if (load >= servers) {
    return 1;
  }
  const double blocked = erlang_b(servers, load);
  return blocked / (1 - load / servers * (1 - blocked));
}

QueueMeans mmc(const MarkovQueue& queue) {
  const double load = queue.arrival_rate / queue.service_rate;
  QueueMeans means;
  means.utilization = std::min(1.0, load / queue.servers);
  const double spare = queue.servers * queue.service_rate - queue.arrival_rate;
  means.wait = spare > 0 ? erlang_c(queue.servers, load) / spare : kInfinity;
  means.response = means.wait + 1 / queue.service_rate;
  means.waiting = queue.arrival_rate * means.wait;
  means.number = queue.arrival_rate * means.response;
  return means;
}

double mmc_wait_quantile(const MarkovQueue& queue, double p) {
  SIM_CHECK(p >= 0 && p <= 1, "p is {}", p);
  const double waits = erlang_c(queue.servers, queue.arrival_rate / queue.service_rate);
  const double spare = queue.servers * queue.service_rate - queue.arrival_rate;
  if (p <= 1 - waits) {
    return 0;
  }
  return spare > 0 && p < 1 ? portable::log(waits / (1 - p)) / spare : kInfinity;
}

double mm1_response_tail(double arrival_rate, double service_rate, double time) {
  return arrival_rate < service_rate ? portable::exp(-(service_rate - arrival_rate) * time) : 1.0;
}

LossMeans mm1k(double arrival_rate, double service_rate, std::uint32_t places) {
  SIM_CHECK(places >= 1);
  // Weights load^n, from the likeliest state down, so that no load overflows.
  const double load = arrival_rate / service_rate;
  const bool upwards = load <= 1;
  const double ratio = upwards ? load : 1 / load;
  double weight = 1;
  double sum = 0;
  double number = 0;
  double full = 0;
  for (std::uint32_t i = 0; i <= places; ++i, weight *= ratio) {
    const std::uint32_t n = upwards ? i : places - i;
    sum += weight;
    number += n * weight;
    full += n == places ? weight : 0.0;
  }
  LossMeans means;
  means.loss = full / sum;
  means.number = number / sum;
  means.response = means.number / (arrival_rate * (1 - means.loss));
  return means;
}

QueueMeans mg1(double arrival_rate, double mean_service, double cv2) {
  const double load = arrival_rate * mean_service;
  QueueMeans means;
  means.utilization = std::min(1.0, load);
  means.wait = load < 1 ? load * mean_service * (1 + cv2) / (2 * (1 - load)) : kInfinity;
  means.response = means.wait + mean_service;
  means.waiting = arrival_rate * means.wait;
  means.number = arrival_rate * means.response;
  return means;
}

double mg1_ps_response(double arrival_rate, double mean_service) {
  return mg1_ps_response_of(arrival_rate, mean_service, mean_service);
}

double mg1_ps_response_of(double arrival_rate, double mean_service, double work) {
  const double load = arrival_rate * mean_service;
  return load < 1 ? work / (1 - load) : kInfinity;
}

double round_robin_response(std::uint32_t targets, double load) {
  SIM_CHECK(targets >= 1 && load >= 0);
  if (load >= 1) {
    return kInfinity;
  }
  // The root below 1 of s = (n*load / (n*load + 1 - s))^n; the iteration rises to it from 0.
  const double stages = targets * load;
  double root = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const double next = power(stages / (stages + 1 - root), targets);
    if (next <= root) {
      break;
    }
    root = next;
  }
  return 1 / (1 - root);
}

double join_shortest_of_two(double load) {
  SIM_CHECK(load > 0 && load <= 0.98, "load is {}", load);
  // The shorter line falls off by load^2 for each customer.
  std::size_t longest = 8;
  for (double left = 1; left > 1e-14; left *= load * load) {
    ++longest;
  }
  return ShorterOfTwo(load, longest).mean_number() / (2 * load);
}

ClosedMeans closed_system(std::uint32_t clients, double think_time,
                          std::span<const double> demands) {
  ClosedMeans means;
  means.number.assign(demands.size(), 0.0);
  std::vector<double> response(demands.size(), 0.0);
  for (std::uint32_t n = 1; n <= clients; ++n) {
    means.response = 0;
    for (std::size_t k = 0; k < demands.size(); ++k) {
      response[k] = demands[k] * (1 + means.number[k]);  // finds what n - 1 clients leave there
      means.response += response[k];
    }
    means.throughput = n / (think_time + means.response);
    for (std::size_t k = 0; k < demands.size(); ++k) {
      means.number[k] = means.throughput * response[k];
    }
  }
  return means;
}

}  // namespace updraft::sim::closed_forms
