// Prints hashes of what the samplers give: portable functions on grids of arguments, uniforms, each
// law's samples, quantiles and distribution function, and the points of the unit process.
#include <string>
#include <utility>
#include <vector>

#include "sim/random/distribution.h"
#include "sim/random/distribution_parameters.h"
#include "sim/random/portable_math.h"
#include "sim/random/stream.h"
#include "sim/random/unit_process.h"
#include "tests/determinism/digest.h"

namespace updraft::sim {
namespace {

void function(const char* name, double (*f)(double), double from, double to) {
  digest::Digest digest;
  constexpr int kSteps = 20'000;
  for (int i = 0; i <= kSteps; ++i) {
    digest.add(f(from + (to - from) * i / kSteps));
  }
  digest.print(name);
}

void functions() {
  function("math/exp", portable::exp, -750, 720);
  function("math/expm1", portable::expm1, -40, 40);
  function("math/log", portable::log, -1, 1e6);
  function("math/log1p", portable::log1p, -1.5, 10);
  function("math/sin", portable::sin, -1000, 1000);
  function("math/cos", portable::cos, -1000, 1000);
  function("math/sin_turns", portable::sin_turns, -3, 3);
  function("math/cos_turns", portable::cos_turns, -3, 3);
  function("math/erf", portable::erf, -7, 7);
  function("math/erfc", portable::erfc, -7, 28);
  function("math/normal_cdf", portable::normal_cdf, -39, 9);
  function("math/normal_quantile", portable::normal_quantile, 0, 1);
  function("math/lgamma", portable::lgamma, 0, 200);
  digest::Digest digest;
  for (int i = 1; i <= 60; ++i) {
    for (int j = -30; j <= 60; ++j) {
      digest.add(portable::pow(i * 0.37, j * 0.71));
    }
    for (int j = 1; j < 40; ++j) {
      digest.add(portable::gamma_p(i * 0.41, j * 0.83));
      digest.add(portable::gamma_q(i * 0.41, j * 0.83));
      digest.add(portable::gamma_p_inverse(i * 0.41, j / 40.0));
      digest.add(portable::gamma_q_inverse(i * 0.41, j / 40.0));
    }
  }
  digest.print("math/pow_and_gamma");
}

void uniforms() {
  digest::Digest digest;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    const StreamKey key = stream_key(seed, static_cast<std::uint32_t>(seed % 3), "traffic/visitors",
                                     seed % 2 == 0 ? "cpu" : "arrivals");
    digest.add(key.key);
    for (std::uint64_t ordinal = 0; ordinal < 512; ++ordinal) {
      digest.add(uniform01(key, ordinal << (seed % 50), 3, static_cast<std::uint32_t>(ordinal)));
    }
  }
  digest.print("stream/uniform01");
}

void law(const std::string& name, const Distribution& distribution) {
  digest::Digest digest;
  const StreamKey key = stream_key(1, 0, "sampler_digest", name);
  for (std::uint64_t ordinal = 0; ordinal < 20'000; ++ordinal) {
    digest.add(distribution.sample(key, ordinal, static_cast<std::uint32_t>(ordinal % 3)));
  }
  std::vector<double> block(1'000);
  distribution.sample_block(key, 12'345, 1, block);
  for (const double value : block) {
    digest.add(value);
  }
  for (int i = 1; i < 200; ++i) {
    const double value = distribution.quantile(i / 200.0);
    digest.add(value);
    digest.add(distribution.cdf(value));
  }
  digest.add(distribution.mean());
  digest.add(distribution.variance());
  digest.print(("law/" + name).c_str());
}

void laws() {
  const std::vector<std::pair<std::string, Result<Distribution>>> all = {
      {"constant", Distribution::constant(3)},
      {"uniform", Distribution::uniform({.min = 1, .max = 5})},
      {"exponential", Distribution::exponential(4e7)},
      {"lognormal", Distribution::lognormal({.median = 28e6, .sigma = 0.8})},
      {"gamma_below_1", Distribution::gamma({.shape = 0.3, .scale = 2})},
      {"gamma_above_1", Distribution::gamma({.shape = 7.5, .scale = 2})},
      {"weibull", Distribution::weibull({.shape = 0.7, .scale = 3})},
      {"pareto", Distribution::pareto({.shape = 2.5, .min = 1e6})},
      {"truncated_normal",
       Distribution::truncated_normal({.mu = 2, .sigma = 3, .min = 1, .max = 9})},
      {"empirical",
       Distribution::empirical(std::vector<double>{1, 2, 5, 9}, std::vector<double>{4, 3, 2, 1})},
      {"mixture",
       Distribution::mixture(std::vector<Distribution>{Distribution::exponential(1).value(),
                                                       Distribution::constant(20).value()},
                             std::vector<double>{9, 1})},
  };
  for (const auto& [name, distribution] : all) {
    law(name, distribution.value());
  }
}

void unit_process() {
  digest::Digest digest;
  UnitProcess points(stream_key(1, 0, "traffic/visitors", "arrivals"));
  for (int i = 0; i < 200'000; ++i) {
    digest.add(points.next());
  }
  digest.print("unit_process");
}

}  // namespace
}  // namespace updraft::sim

int main() {
  updraft::sim::functions();
  updraft::sim::uniforms();
  updraft::sim::laws();
  updraft::sim::unit_process();
  return 0;
}
