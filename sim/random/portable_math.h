// Elementary and special functions that give the same bits on every machine.
//
// The C library's exp, log and friends differ in the last bit between versions and between CPUs,
// which is enough to reorder two events. These are made of + - * / and square root alone (which
// IEEE 754 defines to the bit), of integer operations on the representation, and of tables computed
// by the compiler. They need round-to-nearest and a build without contraction (-ffp-contract=off);
// results are then a function of the argument only.
//
//   double gap = -portable::log(u);    double x = mu + sigma * portable::normal_quantile(u);
//
// Bounds below are the largest error found against MPFR (portable_math_test.cpp asserts them), in
// units in the last place (ulp). Errors are values: a domain error gives NaN, an overflow infinity.
// Nothing traps.
#pragma once

#include <span>

namespace updraft::sim::portable {

/// e^x; 1 ulp (2 where the result is subnormal).
[[nodiscard]] double exp(double x);
/// e^x - 1, exact in relative terms near 0 too; 2 ulp.
[[nodiscard]] double expm1(double x);
/// Natural logarithm; 1.5 ulp. -inf at 0, NaN below.
[[nodiscard]] double log(double x);
/// log(1 + x), exact in relative terms near 0 too; 2 ulp. -inf at -1, NaN below.
[[nodiscard]] double log1p(double x);
/// In place for many values, two at a time where the processor can: log(x), and log1p(-x) of
/// numbers x for which 1 - x is exact (multiples of 2^-53 in [0, 1], which uniforms are).
void log(std::span<double> values);
void log1m(std::span<double> values);
/// x^y with the special cases of C's pow; 1.5 ulp.
[[nodiscard]] double pow(double x, double y);

/// Sine and cosine of an angle in radians; 1.5 ulp. |x| up to 2^20, NaN beyond.
[[nodiscard]] double sin(double x);
[[nodiscard]] double cos(double x);
/// Sine and cosine of 2*pi*t, with the argument reduced exactly: cos_turns(0.25) is 0. Any finite
/// t; 1.5 ulp.
[[nodiscard]] double sin_turns(double t);
[[nodiscard]] double cos_turns(double t);

/// Error function and its complement; 4 ulp.
[[nodiscard]] double erf(double x);
[[nodiscard]] double erfc(double x);
/// Distribution function of the standard normal law; relative error 2e-15 down to 1e-300.
[[nodiscard]] double normal_cdf(double x);
/// Its inverse, relative error 1e-15 (algorithm AS 241, M. J. Wichura 1988, Applied Statistics 37,
/// 477-484). -inf at 0, +inf at 1, NaN outside [0, 1].
[[nodiscard]] double normal_quantile(double p);

/// log of the gamma function for x > 0 (NaN for x < 0, +inf at 0); relative error 2e-15.
[[nodiscard]] double lgamma(double x);
/// Regularised incomplete gamma functions for shape a > 0 and x >= 0: the lower one P(a, x), which
/// is the distribution function of the gamma law, and the upper one Q(a, x) = 1 - P(a, x). Relative
/// error 1e-13 of the smaller of the two down to 1e-100 (a small difference of large terms costs
/// more in the far tails of large shapes). The work grows with the root of a.
[[nodiscard]] double gamma_p(double a, double x);
[[nodiscard]] double gamma_q(double a, double x);
/// The x with P(a, x) = p; relative error 1e-13. 0 at p = 0, +inf at p = 1, NaN outside [0, 1] or a
/// <= 0.
[[nodiscard]] double gamma_p_inverse(double a, double p);
/// The x with Q(a, x) = q: the upper tail keeps its precision.
[[nodiscard]] double gamma_q_inverse(double a, double q);

}  // namespace updraft::sim::portable
