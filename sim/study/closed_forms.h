// What queueing theory says about a station, to stand beside what the simulation says.
//
// Rates are per time, times in that same unit; nothing here knows what the unit is. A queue that is
// not stable has infinite means. Everything is exact but for rounding, and for
// join_shortest_of_two(), which says its error.
//
//   const QueueMeans desk = mmc({.arrival_rate = 8, .service_rate = 1, .servers = 10});
//   desk.response;   mmc_wait_quantile({8, 1, 10}, 0.95);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace updraft::sim::closed_forms {

struct QueueMeans {
  double utilization = 0;  // of each server, 0 to 1 (arrivals that are lost not counted)
  double wait = 0;         // time before service
  double response = 0;     // wait and service
  double waiting = 0;      // customers that wait
  double number = 0;       // customers in the system
};

struct MarkovQueue {
  double arrival_rate = 0;
  double service_rate = 1;  // of one server
  std::uint32_t servers = 1;
};

/// Share of customers lost by `servers` servers without a line; load in Erlang (Erlang B, any
/// service law).
[[nodiscard]] double erlang_b(std::uint32_t servers, double load);
/// Probability that a customer waits in M/M/c (Erlang C); 1 when load is at least `servers`.
[[nodiscard]] double erlang_c(std::uint32_t servers, double load);

/// M/M/c, first in first out.
[[nodiscard]] QueueMeans mmc(const MarkovQueue& queue);
/// The time that a share `p` (0 to 1) of customers wait at most in M/M/c.
[[nodiscard]] double mmc_wait_quantile(const MarkovQueue& queue, double p);
/// Share of customers of M/M/1 whose response takes longer than `time`.
[[nodiscard]] double mm1_response_tail(double arrival_rate, double service_rate, double time);

struct LossMeans {
  double loss = 0;      // share of customers turned away
  double number = 0;    // customers in the system
  double response = 0;  // of those admitted
};
/// M/M/1/K: `places` customers at most, the one in service counted (at least 1). Stable at any
/// load.
[[nodiscard]] LossMeans mm1k(double arrival_rate, double service_rate, std::uint32_t places);

/// M/G/1 first in first out by Pollaczek and Khinchine; cv2 is the squared coefficient of variation
/// of service.
[[nodiscard]] QueueMeans mg1(double arrival_rate, double mean_service, double cv2);

/// M/G/1 processor sharing: mean response, whatever the service law ...
[[nodiscard]] double mg1_ps_response(double arrival_rate, double mean_service);
/// ... and the mean response of customers with that much work.
[[nodiscard]] double mg1_ps_response_of(double arrival_rate, double mean_service, double work);

/// Round robin over `targets` equal servers, each with its own line: E_n/M/1 at each. `load` is
/// that of one server; the mean response is in units of the mean service.
[[nodiscard]] double round_robin_response(std::uint32_t targets, double load);

/// Join the shorter of two lines, ties even: mean response in units of the mean service, `load` (at
/// most 0.98) that of one server. From the Markov chain cut off where less than 1e-13 of the
/// probability is; relative error 1e-10.
[[nodiscard]] double join_shortest_of_two(double load);

struct ClosedMeans {
  double throughput = 0;       // customers a time through the cycle
  double response = 0;         // of a cycle, think time not counted
  std::vector<double> number;  // at each station
};
/// `clients` that think for `think_time` and then visit every station once, each a single server
/// (exact mean value analysis). demands: mean service at each station.
[[nodiscard]] ClosedMeans closed_system(std::uint32_t clients, double think_time,
                                        std::span<const double> demands);

}  // namespace updraft::sim::closed_forms
