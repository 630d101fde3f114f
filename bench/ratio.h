// A subject against its reference in one sitting: both run in turn, several times, and what counts
// is the median of the ratios of their user CPU times. Neighbours on the machine, clock speed and
// temperature fall on both alike.
//
//   int main(int argc, char** argv) {
//     RatioBench bench(argc, argv);
//     bench.compare({.name = "hold_1000", .unit = "holds", .target = 1.6}, subject, reference);
//     return bench.finish();
//   }
//
// `subject` and `reference` are callables that do their work once and return how many units they
// did. Each runs once unmeasured first. Arguments: --json prints one JSON document, --rounds N
// alternates N times (7), --only TEXT keeps the comparisons whose name contains TEXT, --count N
// runs the subjects alone, N times each, and prints how many units they did after the first run
// (tools/instruction-counts.py counts the instructions meanwhile). The exit code is 0 whatever the
// ratios are.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace updraft::bench {

/// CPU seconds this thread has used, user and system. The loops make no system calls once they are
/// warm.
inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Comparison {
  std::string name;
  std::string unit;
  double target = 0;  // the subject's time over the reference's, at most
};

struct Ratio {
  Comparison what;
  double ratio = 0;  // median over the rounds
  double ratio_min = 0;
  double ratio_max = 0;
  double subject_per_us = 0;  // median, millions of units a second
  double reference_per_us = 0;
};

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

class RatioBench {
 public:
  RatioBench(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
      const std::string_view argument = argv[i];
      const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
      if (argument == "--json") {
        json_ = true;
      } else if (argument == "--rounds" && parse(value, rounds_)) {
        ++i;
      } else if (argument == "--count" && parse(value, count_)) {
        ++i;
      } else if (argument == "--only" && !value.empty()) {
        only_ = value;
        ++i;
      } else {
        fmt::print(stderr,
                   "{}: unknown argument \"{}\"; [--json] [--rounds N] [--only TEXT] [--count N]\n",
                   argv[0], argument);
        wrong_ = true;
      }
    }
  }

  /// Whether a comparison of this name would run; to save the preparation of one that would not.
  [[nodiscard]] bool wants(std::string_view name) const {
    return !wrong_ && (counts() && !only_.empty() ? name == only_
                                                  : name.find(only_) != std::string_view::npos);
  }
  /// Whether subjects run alone, under something that counts instructions: they should be short.
  [[nodiscard]] bool counts() const { return count_ > 0; }

  template <class Subject, class Reference>
  void compare(const Comparison& what, Subject subject, Reference reference) {
    if (!wants(what.name)) {
      return;
    }
    if (count_ > 0) {
      subject();
      std::uint64_t units = 0;
      for (int i = 1; i < count_; ++i) {
        units += subject();
      }
      fmt::print("{} {}\n", what.name, units);
      return;
    }
    seconds_per_unit(subject);
    seconds_per_unit(reference);
    std::vector<double> ratios;
    std::vector<double> subject_speed;
    std::vector<double> reference_speed;
    for (int round = 0; round < rounds_; ++round) {
      const double subject_s = seconds_per_unit(subject);
      const double reference_s = seconds_per_unit(reference);
      ratios.push_back(subject_s / reference_s);
      subject_speed.push_back(1e-6 / subject_s);
      reference_speed.push_back(1e-6 / reference_s);
    }
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    results_.push_back(
        {what, median(ratios), *least, *most, median(subject_speed), median(reference_speed)});
    if (!json_) {
      print(results_.back());
    }
  }

  /// Prints the JSON document when asked for. The program's exit code: 2 for wrong arguments.
  int finish() {
    if (json_ && !wrong_ && count_ == 0) {
      nlohmann::ordered_json list = nlohmann::ordered_json::array();
      for (const Ratio& r : results_) {
        list.push_back({{"name", r.what.name},
                        {"unit", r.what.unit},
                        {"ratio", r.ratio},
                        {"ratio_min", r.ratio_min},
                        {"ratio_max", r.ratio_max},
                        {"target", r.what.target},
                        {"subject_per_us", r.subject_per_us},
                        {"reference_per_us", r.reference_per_us}});
      }
      const nlohmann::ordered_json document{{"version", 1}, {"rounds", rounds_}, {"ratios", list}};
      fmt::print("{}\n", document.dump(2));
    }
    return wrong_ ? 2 : 0;
  }

 private:
  template <class Work>
  static double seconds_per_unit(Work& work) {
    const double start = cpu_seconds();
    const std::uint64_t units = work();
    return (cpu_seconds() - start) / static_cast<double>(units);
  }

  static bool parse(std::string_view text, int& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number > 0;
  }

  static void print(const Ratio& r) {
    fmt::print("{:<28} {:6.2f} M {}/s   reference {:6.2f}   ratio {:.2f} ({:.2f} to {:.2f})",
               r.what.name, r.subject_per_us, r.what.unit, r.reference_per_us, r.ratio, r.ratio_min,
               r.ratio_max);
    if (r.what.target > 0) {
      fmt::print("   target {:.1f} {}", r.what.target, r.ratio <= r.what.target ? "met" : "MISSED");
    }
    fmt::print("\n");
  }

  bool json_ = false;
  bool wrong_ = false;
  int rounds_ = 7;
  int count_ = 0;  // more than 0: no comparison, so many runs of the subjects
  std::string only_;
  std::vector<Ratio> results_;
};

}  // namespace updraft::bench
