#include "sim/study/slo.h"

#include <cmath>
#include <limits>

namespace updraft::sim {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Totals {
  std::uint64_t ended = 0;
  std::uint64_t ok = 0;
  Histogram ok_latency;
};

Totals total(const Slo& slo, const std::vector<TrafficReport>& traffic) {
  Totals totals;
  for (const TrafficReport& source : traffic) {
    if (!slo.traffic().empty() && slo.traffic() != source.name) {
      continue;
    }
    for (const std::uint64_t count : source.by_status) {
      totals.ended += count;
    }
    totals.ok += source.by_status[static_cast<std::size_t>(Status::kOk)];
    totals.ok_latency.merge(source.ok_latency);
  }
  return totals;
}

bool holds(Slo::Comparison comparison, double value, double bound) {
  switch (comparison) {
    case Slo::LESS:
      return value < bound;
    case Slo::LESS_OR_EQUAL:
      return value <= bound;
    case Slo::GREATER:
      return value > bound;
    case Slo::GREATER_OR_EQUAL:
      return value >= bound;
  }
  return false;
}

/// The bounds decide: all of [lower, upper] on one side, or nobody can tell.
Verdict verdict(const Slo& slo, const SloReport& report) {
  const bool low = holds(slo.comparison(), report.lower, slo.bound());
  const bool high = holds(slo.comparison(), report.upper, slo.bound());
  if (low != high) {
    return Verdict::kCannotTell;
  }
  return low ? Verdict::kPass : Verdict::kFail;
}

void set_exact(SloReport& report, double value) {
  report.observed = report.lower = report.upper = value;
}

/// The p-th percentile over all requests, the failed ones being slower than any bound.
void set_percentile(SloReport& report, const Totals& totals, double p) {
  const auto rank =
      static_cast<std::int64_t>(std::ceil(p / 100.0 * static_cast<double>(totals.ended)));
  if (rank > totals.ok_latency.count()) {
    set_exact(report, kInfinity);
    return;
  }
  std::int64_t seen = 0;
  for (const BucketCount& bucket : totals.ok_latency.buckets()) {
    seen += bucket.count;
    if (seen >= rank) {
      const auto clamp = [&](std::int64_t edge) {
        return static_cast<double>(
            std::min(std::max(edge, totals.ok_latency.min()), totals.ok_latency.max()));
      };
      report.lower = clamp(Histogram::lower_edge(bucket.bucket));
      report.upper = clamp(Histogram::upper_edge(bucket.bucket));
      report.observed = (report.lower + report.upper) / 2;
      return;
    }
  }
}

void set_latency(SloReport& report, const Slo& slo, const Totals& totals) {
  if (slo.statistic() == Slo::PERCENTILE) {
    set_percentile(report, totals, slo.percentile());
  } else if (totals.ok < totals.ended) {
    set_exact(report, kInfinity);  // a failed request has no finite latency
  } else if (slo.statistic() == Slo::MEAN) {
    set_exact(report, totals.ok_latency.sum() / static_cast<double>(totals.ok_latency.count()));
  } else {
    set_exact(report, static_cast<double>(totals.ok_latency.max()));
  }
}

}  // namespace

SloReport judge(const Slo& slo, const std::vector<TrafficReport>& traffic, Duration simulated) {
  const Totals totals = total(slo, traffic);
  SloReport report;
  report.text = slo.text();
  // Without a request there is no latency and no share of errors, but a throughput there is: 0.
  if (totals.ended == 0 && (slo.subject() != Slo::THROUGHPUT || simulated <= Duration{})) {
    report.verdict = Verdict::kCannotTell;
    set_exact(report, std::numeric_limits<double>::quiet_NaN());
    return report;
  }
  const double ok_share = static_cast<double>(totals.ok) / static_cast<double>(totals.ended);
  switch (slo.subject()) {
    case Slo::LATENCY:
      set_latency(report, slo, totals);
      break;
    case Slo::ERROR_RATE:
      set_exact(report,
                static_cast<double>(totals.ended - totals.ok) / static_cast<double>(totals.ended));
      break;
    case Slo::AVAILABILITY:
      set_exact(report, ok_share);
      break;
    case Slo::THROUGHPUT:
      set_exact(report, static_cast<double>(totals.ok) / to_seconds(simulated));
      break;
  }
  report.verdict = verdict(slo, report);
  return report;
}

}  // namespace updraft::sim
