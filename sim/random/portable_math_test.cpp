#include "sim/random/portable_math.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpfr.h>

#include "sim/random/stream.h"

namespace updraft::sim {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr mpfr_prec_t kPrecision = 160;

/// A number of 160 bits.
class Exact {
 public:
  Exact() { mpfr_init2(value_, kPrecision); }
  explicit Exact(double x) : Exact() { mpfr_set_d(value_, x, MPFR_RNDN); }
  ~Exact() { mpfr_clear(value_); }
  Exact(const Exact&) = delete;
  Exact& operator=(const Exact&) = delete;
  mpfr_ptr operator()() { return value_; }

 private:
  mpfr_t value_;
};

/// |actual - exact| in units in the last place of the exact value (of the smallest subnormal below
/// that).
double ulps(double actual, Exact& exact) {
  Exact difference;
  mpfr_sub_d(difference(), exact(), actual, MPFR_RNDN);
  const double size = std::fabs(mpfr_get_d(exact(), MPFR_RNDZ));
  const double ulp = std::nextafter(size, kInfinity) - size;
  mpfr_div_d(difference(), difference(), ulp, MPFR_RNDN);
  return std::fabs(mpfr_get_d(difference(), MPFR_RNDU));
}

double relative_error(double actual, Exact& exact) {
  Exact difference;
  mpfr_sub_d(difference(), exact(), actual, MPFR_RNDN);
  mpfr_div(difference(), difference(), exact(), MPFR_RNDN);
  return std::fabs(mpfr_get_d(difference(), MPFR_RNDU));
}

/// Arguments between two bounds, evenly or evenly in the logarithm: a plain 64-bit Weyl sequence,
/// so that the points are the same everywhere.
class Points {
 public:
  Points(double low, double high, bool geometric = false)
      : low_(low), high_(high), geometric_(geometric) {}
  double next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = (state_ ^ (state_ >> 31)) * 0xbf58476d1ce4e5b9;
    mixed ^= mixed >> 29;
    const double u = static_cast<double>(mixed >> 11) * 0x1p-53;
    return geometric_ ? low_ * std::pow(high_ / low_, u) : low_ + (high_ - low_) * u;
  }

 private:
  double low_;
  double high_;
  bool geometric_;
  std::uint64_t state_ = 1;
};

using Function = double (*)(double);
using Reference = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

double worst_ulps(Function function, Reference reference, Points points, int count = 20000) {
  double worst = 0;
  for (int i = 0; i < count; ++i) {
    const double x = points.next();
    Exact exact(x);
    reference(exact(), exact(), MPFR_RNDN);
    worst = std::fmax(worst, ulps(function(x), exact));
  }
  return worst;
}

TEST(PortableMath, ExpIsWithinOneUlp) {
  EXPECT_LE(worst_ulps(portable::exp, mpfr_exp, {-708, 709.78}), 0.6);
  EXPECT_LE(worst_ulps(portable::exp, mpfr_exp, {-1, 1}), 0.6);
  EXPECT_LE(worst_ulps(portable::exp, mpfr_exp, {1e-20, 1, true}), 0.6);
  EXPECT_LE(worst_ulps(portable::exp, mpfr_exp, {-745, -708}), 2);
}

TEST(PortableMath, LogIsWithinOneAndAHalfUlp) {
  EXPECT_LE(worst_ulps(portable::log, mpfr_log, {1e-300, 1e300, true}), 1);
  EXPECT_LE(worst_ulps(portable::log, mpfr_log, {0, 1}), 1);
  EXPECT_LE(worst_ulps(portable::log, mpfr_log, {0.95, 1.05}), 1);
  EXPECT_LE(worst_ulps(portable::log, mpfr_log, {0.999999, 1.000001}), 1);
  EXPECT_LE(worst_ulps(portable::log, mpfr_log, {5e-324, 2e-308, true}), 1.5);
}

TEST(PortableMath, Expm1AndLog1pKeepTheirPrecisionNearZero) {
  EXPECT_LE(worst_ulps(portable::expm1, mpfr_expm1, {-1, 1}), 2);
  EXPECT_LE(worst_ulps(portable::expm1, mpfr_expm1, {1e-18, 1, true}), 2);
  EXPECT_LE(worst_ulps(portable::expm1, mpfr_expm1, {-60, 700}), 2);
  EXPECT_LE(worst_ulps(portable::expm1, mpfr_expm1, {-0.01, 0.01}), 2);
  EXPECT_LE(worst_ulps(portable::log1p, mpfr_log1p, {-1, 1}), 2);
  EXPECT_LE(worst_ulps(portable::log1p, mpfr_log1p, {1e-18, 1e18, true}), 2);
  EXPECT_LE(worst_ulps(portable::log1p, mpfr_log1p, {-0.01, 0.01}), 2);
  EXPECT_LE(worst_ulps([](double u) { return portable::log1p(-u); },
                       [](mpfr_ptr out, mpfr_srcptr in, mpfr_rnd_t mode) {
                         mpfr_neg(out, in, mode);
                         return mpfr_log1p(out, out, mode);
                       },
                       {1e-10, 0.9999999, true}),
            2);
}

TEST(PortableMath, PowIsWithinOneAndAHalfUlp) {
  double worst = 0;
  Points bases(1e-10, 1e10, true);
  Points exponents(-30, 30);
  for (int i = 0; i < 20000; ++i) {
    const double x = bases.next();
    const double y = exponents.next();
    Exact exact(x);
    Exact exponent(y);
    mpfr_pow(exact(), exact(), exponent(), MPFR_RNDN);
    const double actual = portable::pow(x, y);
    if (mpfr_cmp_d(exact(), 1e-307) > 0 && mpfr_cmp_d(exact(), 1e308) < 0) {
      worst = std::fmax(worst, ulps(actual, exact));
    }
  }
  EXPECT_LE(worst, 1);
}

TEST(PortableMath, SineAndCosineAreWithinOneAndAHalfUlp) {
  EXPECT_LE(worst_ulps(portable::sin, mpfr_sin, {-4, 4}), 1.5);
  EXPECT_LE(worst_ulps(portable::cos, mpfr_cos, {-4, 4}), 1.5);
  EXPECT_LE(worst_ulps(portable::sin, mpfr_sin, {-1048576, 1048576}), 1.5);
  EXPECT_LE(worst_ulps(portable::cos, mpfr_cos, {-1048576, 1048576}), 1.5);
  for (int k = 1; k < 20000; ++k) {  // close to the zeros, where the reduction shows
    const double x = static_cast<double>(k) * 1.5707963267948966;
    Exact exact(x);
    mpfr_sin(exact(), exact(), MPFR_RNDN);
    ASSERT_LE(ulps(portable::sin(x), exact), 1.5) << x;
  }
}

TEST(PortableMath, TurnsAreReducedExactly) {
  const auto sine = [](mpfr_ptr out, mpfr_srcptr in, mpfr_rnd_t mode) {
    Exact two_pi;
    mpfr_const_pi(two_pi(), mode);
    mpfr_mul_ui(two_pi(), two_pi(), 2, mode);
    mpfr_mul(out, in, two_pi(), mode);
    return mpfr_sin(out, out, mode);
  };
  const auto cosine = [](mpfr_ptr out, mpfr_srcptr in, mpfr_rnd_t mode) {
    Exact two_pi;
    mpfr_const_pi(two_pi(), mode);
    mpfr_mul_ui(two_pi(), two_pi(), 2, mode);
    mpfr_mul(out, in, two_pi(), mode);
    return mpfr_cos(out, out, mode);
  };
  EXPECT_LE(worst_ulps(portable::sin_turns, sine, {-3, 3}), 1.5);
  EXPECT_LE(worst_ulps(portable::cos_turns, cosine, {-3, 3}), 1.5);
  EXPECT_EQ(portable::cos_turns(0), 1);
  EXPECT_EQ(portable::cos_turns(0.25), 0);
  EXPECT_EQ(portable::cos_turns(0.5), -1);
  EXPECT_EQ(portable::cos_turns(1e15), 1);
  EXPECT_EQ(portable::sin_turns(1234567.25), 1);
  EXPECT_EQ(portable::sin_turns(-0.25), -1);
}

TEST(PortableMath, ErfAndErfcAreWithinFourUlp) {
  EXPECT_LE(worst_ulps(portable::erf, mpfr_erf, {-6, 6}, 5000), 4);
  EXPECT_LE(worst_ulps(portable::erf, mpfr_erf, {1e-20, 1, true}, 5000), 4);
  EXPECT_LE(worst_ulps(portable::erfc, mpfr_erfc, {-6, 26.5}, 5000), 4);
  EXPECT_LE(worst_ulps(portable::erfc, mpfr_erfc, {-1, 1}, 5000), 4);
}

/// The normal law's distribution function, with 160 bits.
void exact_normal_cdf(Exact& out, Exact& x) {
  Exact root;
  mpfr_sqrt_ui(root(), 2, MPFR_RNDN);
  mpfr_div(out(), x(), root(), MPFR_RNDN);
  mpfr_neg(out(), out(), MPFR_RNDN);
  mpfr_erfc(out(), out(), MPFR_RNDN);
  mpfr_div_ui(out(), out(), 2, MPFR_RNDN);
}

TEST(PortableMath, NormalCdfHasARelativeErrorBelowTwoInTenToTheFifteen) {
  double worst = 0;
  Points points(-37, 8);
  for (int i = 0; i < 5000; ++i) {
    const double x = points.next();
    Exact argument(x);
    Exact exact;
    exact_normal_cdf(exact, argument);
    worst = std::fmax(worst, relative_error(portable::normal_cdf(x), exact));
  }
  EXPECT_LE(worst, 2e-15);
}

TEST(PortableMath, NormalQuantileHasARelativeErrorBelowTenToTheMinusFifteen) {
  double worst = 0;
  const auto try_at = [&worst](double p) {
    const double x = portable::normal_quantile(p);
    // One Newton step from x with 160 bits gives the exact quantile to far more than 53.
    Exact exact(x);
    Exact cdf;
    exact_normal_cdf(cdf, exact);
    Exact density(x);
    mpfr_sqr(density(), density(), MPFR_RNDN);
    mpfr_div_si(density(), density(), -2, MPFR_RNDN);
    mpfr_exp(density(), density(), MPFR_RNDN);
    Exact root;
    mpfr_const_pi(root(), MPFR_RNDN);
    mpfr_mul_ui(root(), root(), 2, MPFR_RNDN);
    mpfr_sqrt(root(), root(), MPFR_RNDN);
    mpfr_div(density(), density(), root(), MPFR_RNDN);
    mpfr_sub_d(cdf(), cdf(), p, MPFR_RNDN);
    mpfr_div(cdf(), cdf(), density(), MPFR_RNDN);
    mpfr_sub(exact(), exact(), cdf(), MPFR_RNDN);
    worst = std::fmax(worst, relative_error(x, exact));
  };
  Points middle(1e-9, 1 - 1e-9);
  Points lower(1e-300, 0.1, true);
  for (int i = 0; i < 5000; ++i) {
    try_at(middle.next());
    try_at(lower.next());
    try_at(1 - std::fmax(lower.next(), 1e-15));
  }
  EXPECT_LE(worst, 1e-15);
  EXPECT_EQ(portable::normal_quantile(0.5), 0);
}

TEST(PortableMath, LgammaHasARelativeErrorBelowTwoInTenToTheFifteen) {
  double worst = 0;
  for (Points points : {Points(1e-5, 1e6, true), Points(0.5, 3), Points(0.99, 1.01),
                        Points(1.99, 2.01), Points(3, 12)}) {
    for (int i = 0; i < 3000; ++i) {
      const double x = points.next();
      Exact exact(x);
      mpfr_lngamma(exact(), exact(), MPFR_RNDN);
      worst = std::fmax(worst, relative_error(portable::lgamma(x), exact));
    }
  }
  EXPECT_LE(worst, 2e-15);
}

/// Q(a, x) = gamma(a, x) / gamma(a), with 160 bits; P as 1 - Q.
void exact_gamma_q(Exact& out, double a, double x) {
  Exact shape(a);
  Exact argument(x);
  Exact whole;
  mpfr_gamma_inc(out(), shape(), argument(), MPFR_RNDN);
  mpfr_gamma(whole(), shape(), MPFR_RNDN);
  mpfr_div(out(), out(), whole(), MPFR_RNDN);
}

TEST(PortableMath, IncompleteGammaHasARelativeErrorBelowTenToTheMinusThirteen) {
  double worst = 0;
  Points shapes(0.01, 2000, true);
  Points ratios(0.2, 3, true);
  for (int i = 0; i < 400; ++i) {
    const double a = shapes.next();
    const double x = a * ratios.next();
    Exact upper;
    exact_gamma_q(upper, a, x);
    Exact lower;
    mpfr_ui_sub(lower(), 1, upper(), MPFR_RNDN);
    const double size = mpfr_get_d(upper(), MPFR_RNDN);
    // The complement of a value close to 1 is exact in absolute terms only, so each half has its
    // own side.
    if (x < a + 1 && size < 1 && mpfr_cmp_d(lower(), 1e-100) > 0) {
      worst = std::fmax(worst, relative_error(portable::gamma_p(a, x), lower));
    } else if (x >= a + 1 && size > 1e-100) {
      worst = std::fmax(worst, relative_error(portable::gamma_q(a, x), upper));
    }
    ASSERT_NEAR(portable::gamma_p(a, x) + portable::gamma_q(a, x), 1, 4e-16);
  }
  EXPECT_LE(worst, 1e-13);
}

TEST(PortableMath, GammaInverseHasARelativeErrorBelowTenToTheMinusThirteen) {
  double worst = 0;
  Points shapes(0.05, 2000, true);
  Points tails(1e-12, 0.5, true);
  for (int i = 0; i < 400; ++i) {
    const double a = shapes.next();
    const double tail = tails.next();
    const bool upper = i % 2 == 0;
    const double x =
        upper ? portable::gamma_q_inverse(a, tail) : portable::gamma_p_inverse(a, tail);
    if (x < 1e-200) {
      continue;  // MPFR's incomplete gamma of such a small argument takes forever
    }
    Exact value;
    exact_gamma_q(value, a, x);
    if (!upper) {
      mpfr_ui_sub(value(), 1, value(), MPFR_RNDN);
    }
    // Relative error of x = relative miss of the tail over the elasticity x f(x) / tail.
    const double density = std::exp((a - 1) * std::log(x) - x - std::lgamma(a));
    mpfr_sub_d(value(), value(), tail, MPFR_RNDN);
    worst = std::fmax(worst, std::fabs(mpfr_get_d(value(), MPFR_RNDN)) / (x * density));
  }
  EXPECT_LE(worst, 1e-13);
  // The exponential law is the gamma law of shape 1.
  for (const double p : {1e-9, 0.01, 0.5, 0.9, 0.999999}) {
    EXPECT_NEAR(portable::gamma_p_inverse(1, p) / -portable::log1p(-p), 1, 1e-14) << p;
  }
}

TEST(PortableMath, EdgesAreThoseOfTheCLibrary) {
  for (const Function function :
       {&portable::exp, &portable::expm1, &portable::log, &portable::log1p, &portable::sin,
        &portable::cos, &portable::erf, &portable::erfc, &portable::normal_cdf,
        &portable::normal_quantile, &portable::lgamma}) {
    EXPECT_TRUE(std::isnan(function(kNan)));
  }
  EXPECT_EQ(portable::exp(0), 1);
  EXPECT_EQ(portable::exp(kInfinity), kInfinity);
  EXPECT_EQ(portable::exp(-kInfinity), 0);
  EXPECT_EQ(portable::exp(710), kInfinity);
  EXPECT_EQ(portable::exp(-746), 0);
  EXPECT_EQ(portable::exp(-745), 5e-324);
  EXPECT_EQ(portable::expm1(-kInfinity), -1);
  EXPECT_EQ(portable::expm1(kInfinity), kInfinity);
  EXPECT_EQ(portable::expm1(1e-300), 1e-300);
  EXPECT_EQ(portable::log(1), 0);
  EXPECT_EQ(portable::log(0), -kInfinity);
  EXPECT_EQ(portable::log(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(portable::log(-1)));
  EXPECT_EQ(portable::log1p(-1), -kInfinity);
  EXPECT_TRUE(std::isnan(portable::log1p(-2)));
  EXPECT_EQ(portable::log1p(kInfinity), kInfinity);
  EXPECT_EQ(portable::erf(kInfinity), 1);
  EXPECT_EQ(portable::erfc(-kInfinity), 2);
  EXPECT_EQ(portable::normal_quantile(0), -kInfinity);
  EXPECT_EQ(portable::normal_quantile(1), kInfinity);
  EXPECT_TRUE(std::isnan(portable::normal_quantile(1.5)));
  EXPECT_EQ(portable::lgamma(1), 0);
  EXPECT_EQ(portable::lgamma(2), 0);
  EXPECT_EQ(portable::gamma_p_inverse(2, 0), 0);
  EXPECT_EQ(portable::gamma_p_inverse(2, 1), kInfinity);
  EXPECT_TRUE(std::isnan(portable::gamma_p_inverse(-1, 0.5)));
}

TEST(PortableMath, ManyLogarithmsAreThoseOfEachAlone) {
  constexpr StreamKey kKey{0xfeed};
  std::vector<double> uniforms(20'001);
  uniform_block(kKey, 7, 3, uniforms);
  const double edges[] = {0x1p-53, 0x1p-10, 0x1p-9, 0.5, 1 - 0x1p-53, 0x1.6a09e667f3bcdp-1};
  uniforms.insert(uniforms.end(), std::begin(edges), std::end(edges));
  std::vector<double> logs = uniforms;
  portable::log(logs);
  std::vector<double> complements = uniforms;
  portable::log1m(complements);
  for (std::size_t i = 0; i < uniforms.size(); ++i) {
    ASSERT_EQ(logs[i], portable::log(uniforms[i])) << uniforms[i];
    ASSERT_EQ(complements[i], portable::log1p(-uniforms[i])) << uniforms[i];
  }
  std::vector<double> special{0, 1, kInfinity, 3, -1, 2, 1e-310, 1e300, 0.25};
  std::vector<double> of_special = special;
  portable::log(of_special);
  for (std::size_t i = 0; i < special.size(); ++i) {
    const double alone = portable::log(special[i]);
    EXPECT_TRUE(of_special[i] == alone || (std::isnan(of_special[i]) && std::isnan(alone)))
        << special[i];
  }
}

TEST(PortableMath, PowHasTheSpecialCasesOfTheCLibrary) {
  const double values[] = {-kInfinity, -3, -2,  -1.5, -1, -0.5,  -0.0,      0.0,
                           0.5,        1,  1.5, 2,    3,  1e300, kInfinity, kNan};
  for (const double x : values) {
    for (const double y : values) {
      const double expected = std::pow(x, y);
      const double actual = portable::pow(x, y);
      if (std::isnan(expected)) {
        EXPECT_TRUE(std::isnan(actual)) << x << " ^ " << y;
      } else {
        EXPECT_DOUBLE_EQ(actual, expected) << x << " ^ " << y;
        EXPECT_EQ(std::signbit(actual), std::signbit(expected)) << x << " ^ " << y;
      }
    }
  }
}

}  // namespace
}  // namespace updraft::sim
