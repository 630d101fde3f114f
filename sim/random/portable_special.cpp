// Error function, normal law and gamma function. Polynomials whose origin is not named were fitted
// for this file: Chebyshev interpolation in 60 digits, turned into powers; the truncation is below
// 2^-59.
#include <array>
#include <cmath>
#include <limits>

#include "sim/random/double_double.h"
#include "sim/random/portable_math.h"

namespace updraft::sim::portable {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kEpsilon = 0x1p-53;

/// c[0] + c[1] t + c[2] t^2 + ...
template <std::size_t N>
constexpr double polynomial(const std::array<double, N>& c, double t) {
  double sum = c[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) {
    sum = sum * t + c[i];
  }
  return sum;
}

// ---- error function
// ------------------------------------------------------------------------------------------

/// erf x = x (c0 + c1 x^2 + ...): the Maclaurin coefficients 2/sqrt(pi) (-1)^n / (n! (2n + 1)).
constexpr std::array<double, 18> make_erf_series() {
  std::array<double, 18> c{};
  double factorial = 1;
  for (int n = 0; n < 18; ++n) {
    if (n > 0) {
      factorial *= n;
    }
    c[static_cast<std::size_t>(n)] =
        (n % 2 == 0 ? 1 : -1) * 0x1.20dd750429b6dp+0 / (factorial * (2 * n + 1));
  }
  return c;
}
constexpr std::array<double, 18> kErfSeries = make_erf_series();
constexpr double kErfSplit = 0.7;

/// (1 + 2x) e^(x^2) erfc x for x from 0.695 to 28.25, as a polynomial in s = (t - 5/128)/(93/128),
/// which runs from -1 to 1, where t = (x - 3.75)/(x + 3.75).
constexpr std::array<double, 22> kErfcPolynomial = {
    0x1.3b6746950d9adp+0,   -0x1.9f79c40e5a543p-4,  0x1.a8fb2c14259c6p-8,   0x1.a29f7e1a918c2p-6,
    -0x1.a454644b80efap-6,  0x1.0779e67001fd5p-6,   -0x1.ef0495f061646p-8,  0x1.640c08ff1a539p-9,
    -0x1.72fe7f8194ccfp-11, 0x1.b50953a5fddf4p-14,  0x1.e0549a7d85b9ep-18,  -0x1.07614594ae7fap-17,
    0x1.64b95bee2946bp-20,  0x1.0e9747e134f23p-22,  -0x1.1ee32c6ee8311p-23, 0x1.bb25b76034980p-31,
    0x1.54fde235dda5fp-27,  -0x1.14aade8d91b96p-30, -0x1.7b8c27bf917eep-31, 0x1.fc3a82461276ap-34,
    0x1.481826182b93cp-35,  -0x1.092a5bb0ec3f2p-37};

/// erfc x for x >= 0.7.
double erfc_tail(double x) {
  if (x > 27.3) {
    return 0;
  }
  const double t = (x - 3.75) / (x + 3.75);
  const double value = polynomial(kErfcPolynomial, (t - 5.0 / 128) * (128.0 / 93)) / (1 + 2 * x);
  const DoubleDouble square = two_product(x, x);
  const double decay = exp(-square.hi);
  return decay * value - decay * value * square.lo;
}

// ---- normal quantile: AS 241, routine PPND16
// -----------------------------------------------------------------

constexpr std::array<double, 8> kCentreOver = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                               1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                               4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                               3.3430575583588128105e+4, 2.5090809287301226727e+3};
constexpr std::array<double, 8> kCentreUnder = {1.0,
                                                4.2313330701600911252e+1,
                                                6.8718700749205790830e+2,
                                                5.3941960214247511077e+3,
                                                2.1213794301586595867e+4,
                                                3.9307895800092710610e+4,
                                                2.8729085735721942674e+4,
                                                5.2264952788528545610e+3};
constexpr std::array<double, 8> kMiddleOver = {
    1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
    3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
    2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr std::array<double, 8> kMiddleUnder = {1.0,
                                                2.05319162663775882187e0,
                                                1.67638483018380384940e0,
                                                6.89767334985100004550e-1,
                                                1.48103976427480074590e-1,
                                                1.51986665636164571966e-2,
                                                5.47593808499534494600e-4,
                                                1.05075007164441684324e-9};
constexpr std::array<double, 8> kFarOver = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                            1.78482653991729133580e0,  2.96560571828504891230e-1,
                                            2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                            2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr std::array<double, 8> kFarUnder = {1.0,
                                             5.99832206555887937690e-1,
                                             1.36929880922735805310e-1,
                                             1.48753612908506148525e-2,
                                             7.86869131145613259100e-4,
                                             1.84631831751005468180e-5,
                                             1.42151175831644588870e-7,
                                             2.04426310338993978564e-15};

// ---- gamma function
// ------------------------------------------------------------------------------------------

/// log gamma(x) / ((x - 1)(x - 2)) as a polynomial in t = 2x - 3, for x from 1 to 2.
constexpr std::array<double, 22> kLgammaPolynomial = {
    0x1.eeb95b094c191p-2,  -0x1.2aed059bd608ap-4,  0x1.01af62a2929bfp-6,  -0x1.007aa83cee101p-8,
    0x1.133423527f3d7p-10, -0x1.34dbda14a599fp-12, 0x1.64f0664c37406p-14, -0x1.a5035229a9556p-16,
    0x1.f814babe86906p-18, -0x1.313e8bc6a6231p-19, 0x1.750a77d822d32p-21, -0x1.cb448e61e1d84p-23,
    0x1.1c7e4f467baeep-24, -0x1.62443cdd5170dp-26, 0x1.b9e257d11f1c8p-28, -0x1.15350c1f6c64ap-29,
    0x1.68fdeb08edc47p-31, -0x1.cb09aadf8c861p-33, 0x1.ba137484c764cp-35, -0x1.0ed848f4c3a8bp-36,
    0x1.97a672f510735p-37, -0x1.0ba7e4b7ec423p-38};

/// Stirling's series B_2n / (2n (2n - 1)): log gamma(x) = (x - 1/2) log x - x + log(2 pi)/2 + this,
/// for x >= 10.
double stirling_rest(double x) {
  constexpr std::array<double, 8> kSeries = {1.0 / 12,    -1.0 / 360,      1.0 / 1260,
                                             -1.0 / 1680, 1.0 / 1188,      -691.0 / 360360,
                                             1.0 / 156,   -3617.0 / 122400};
  const double inverse = 1 / x;
  return inverse * polynomial(kSeries, inverse * inverse);
}

/// log1p(d) - d, exact in relative terms for small d.
double log1p_minus(double d) {
  if (std::fabs(d) > 0.4) {
    return log1p(d) - d;
  }
  // With s = d/(2 + d): log1p(d) = 2 (s + s^3/3 + ...) and d = 2 s/(1 - s), so the linear terms
  // cancel by hand.
  const double s = d / (2 + d);
  const double s2 = s * s;
  double sum = 0;
  double power = 1;
  for (int n = 3; n < 60; n += 2) {
    const double term = power / n;
    sum += term;
    power *= s2;
    if (power < kEpsilon * 0.25) {
      break;
    }
  }
  return 2 * s * s2 * sum - s * d;
}

/// x^a e^-x / gamma(a + 1): the leading factor of both incomplete functions.
double gamma_prefactor(double a, double x) {
  if (a < 10) {
    // Small shapes: the power itself is exact enough, and only the gamma function goes through a
    // logarithm.
    const double gamma = exp(lgamma(a + 1));
    if (x < 700 && x > 1e-30) {
      return pow(x, a) * exp(-x) / gamma;
    }
    return exp(a * log(x) - x - lgamma(a + 1));
  }
  // Large shapes: saddle point, a log(x/a) - (x - a) in one piece, as it is a small difference of
  // large terms.
  constexpr double kTwoPi = 0x1.921fb54442d18p+2;
  const double deviance = a * log1p_minus((x - a) / a);
  return exp(deviance - stirling_rest(a)) / std::sqrt(kTwoPi * a);
}

/// P by its series; converges fast for x below a + 1.
double gamma_p_series(double a, double x) {
  double term = 1;
  double sum = 1;
  for (double n = a + 1; term > sum * kEpsilon * 0.25; n += 1) {
    term *= x / n;
    sum += term;
  }
  return gamma_prefactor(a, x) * sum;
}

/// Q by Legendre's continued fraction (Lentz's method); converges fast for x above a + 1.
double gamma_q_fraction(double a, double x) {
  constexpr double kTiny = 1e-300;
  double b = x + 1 - a;
  double c = 1 / kTiny;
  double d = 1 / b;
  double fraction = d;
  for (double i = 1; i < 1e7; i += 1) {
    const double numerator = -i * (i - a);
    b += 2;
    d = numerator * d + b;
    d = 1 / (std::fabs(d) < kTiny ? kTiny : d);
    c = b + numerator / c;
    c = std::fabs(c) < kTiny ? kTiny : c;
    const double factor = c * d;
    fraction *= factor;
    if (std::fabs(factor - 1) <= kEpsilon) {
      break;
    }
  }
  return gamma_prefactor(a, x) * a * fraction;
}

/// Inverse of P (or of Q when `upper`). Newton's method on the logarithm of the smaller tail, kept
/// in a bracket.
double gamma_inverse(double a, double p, bool upper) {
  // From the smaller of the two tails, so that no precision is lost near 1.
  const bool small_upper = upper ? p <= 0.5 : p > 0.5;
  const double tail = upper == small_upper ? p : 1 - p;
  if (tail == 0) {
    return small_upper ? kInfinity : 0;
  }
  // Wilson and Hilferty's cube; for the far lower tail the first term of the series.
  const double z = small_upper ? -normal_quantile(tail) : normal_quantile(tail);
  const double cube = 1 - 1 / (9 * a) + z / (3 * std::sqrt(a));
  double x = cube > 0 ? a * cube * cube * cube : 0;
  if (!small_upper && (x <= 0 || a < 1 || cube < 0.3)) {
    x = exp((log(tail) + lgamma(a + 1)) / a);
  } else if (small_upper && (x <= 0 || a < 1)) {
    // Upper tail of a small shape: Q is about x^(a-1) e^-x / gamma(a); the median of small shapes
    // is tiny.
    const double first = exp((log1p(-tail) + lgamma(a + 1)) / a);
    x = first < 0.5 ? first : 0.5 - log(tail);
  }
  if (x == 0) {
    return 0;
  }
  double low = 0;
  double high = kInfinity;
  const double goal = log(tail);
  for (int i = 0; i < 200; ++i) {
    const double value = small_upper ? gamma_q(a, x) : gamma_p(a, x);
    const bool too_low = small_upper ? value > tail : value < tail;
    (too_low ? low : high) = x;
    const double density = gamma_prefactor(a, x) * a / x;
    const double slope = density / value;  // of log value, up to the sign
    const double miss = value > 0 ? log(value) - goal : -kInfinity;
    const double step = small_upper ? miss / slope : -miss / slope;
    // In log x the lower tail is nearly a line, which is what Newton's method likes.
    double next = small_upper ? x + step : x * exp(std::fmin(std::fmax(step / x, -50), 50));
    if (value > 0 && std::fabs(next - x) <= 1e-10 * x) {
      return next;  // the error of a step is of the order of its square
    }
    if (!(next > low && next < high) || value <= 0) {
      next = high == kInfinity ? 2 * x : low == 0 ? x * 0x1p-4 : 0.5 * (low + high);
    }
    x = next;
    if (high < kInfinity && high - low <= 2 * kEpsilon * high) {
      break;
    }
  }
  return x;
}

}  // namespace

double erf(double x) {
  const double size = std::fabs(x);
  if (size < kErfSplit) {
    return x * polynomial(kErfSeries, x * x);
  }
  if (std::isnan(x)) {
    return x;
  }
  const double value = 1 - erfc_tail(size);
  return x < 0 ? -value : value;
}

double erfc(double x) {
  if (x >= kErfSplit) {
    return erfc_tail(x);
  }
  if (x <= -kErfSplit) {
    return 2 - erfc_tail(-x);
  }
  if (x > 0.5) {  // 1 - erf would lose a bit or two
    return 0.5 - (x * polynomial(kErfSeries, x * x) - 0.5);
  }
  return 1 - x * polynomial(kErfSeries, x * x);  // NaN comes out as NaN
}

double normal_cdf(double x) {
  // x / sqrt 2 with its rounding error, because erfc magnifies a relative error by 2 x^2.
  constexpr double kRootHalf = 0x1.6a09e667f3bcdp-1;
  constexpr double kRootHalfTail = -0x1.bdd3413b26456p-55;
  if (std::fabs(x) > 1e8 || std::isnan(x)) {
    return x > 0 ? 1.0 : x < 0 ? 0.0 : x;
  }
  const DoubleDouble scaled = two_product(-x, kRootHalf);
  const double tail = scaled.lo - x * kRootHalfTail;
  const double value = erfc(scaled.hi);
  constexpr double kTwoOverRootPi = 0x1.20dd750429b6dp+0;
  return 0.5 * (value - tail * kTwoOverRootPi * exp(-scaled.hi * scaled.hi));
}

double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kCentreOver, r) / polynomial(kCentreUnder, r);
  }
  if (!(p > 0 && p < 1)) {
    return p == 0 ? -kInfinity : p == 1 ? kInfinity : kNan;
  }
  double r = std::sqrt(-log(q < 0 ? p : 1 - p));
  if (r <= 5) {
    r -= 1.6;
    r = polynomial(kMiddleOver, r) / polynomial(kMiddleUnder, r);
  } else {
    r -= 5;
    r = polynomial(kFarOver, r) / polynomial(kFarUnder, r);
  }
  return q < 0 ? -r : r;
}

double lgamma(double x) {
  if (!(x > 0 && x < kInfinity)) {
    return x == 0 || x == kInfinity ? kInfinity : kNan;
  }
  if (x >= 10) {
    constexpr double kHalfLogTwoPi = 0x1.d67f1c864beb5p-1;
    return (x - 0.5) * (log(x) - 1) + (kHalfLogTwoPi - 0.5 + stirling_rest(x));
  }
  // Into [1, 2] by gamma(x + 1) = x gamma(x).
  double product = 1;
  while (x > 2) {
    x -= 1;
    product *= x;
  }
  if (x < 1) {  // at x + 1, which is not formed: near 1 its last bits would be missed
    return x * (x - 1) * polynomial(kLgammaPolynomial, 2 * x - 1) - log(x);
  }
  const double base = (x - 1) * (x - 2) * polynomial(kLgammaPolynomial, 2 * x - 3);
  return product == 1 ? base : base + log(product);
}

double gamma_p(double a, double x) {
  if (!(a > 0 && x >= 0)) {
    return kNan;
  }
  if (x == 0 || x == kInfinity) {
    return x == 0 ? 0 : 1;
  }
  return x < a + 1 ? gamma_p_series(a, x) : 1 - gamma_q_fraction(a, x);
}

double gamma_q(double a, double x) {
  if (!(a > 0 && x >= 0)) {
    return kNan;
  }
  if (x == 0 || x == kInfinity) {
    return x == 0 ? 1 : 0;
  }
  return x < a + 1 ? 1 - gamma_p_series(a, x) : gamma_q_fraction(a, x);
}

double gamma_p_inverse(double a, double p) {
  return a > 0 && p >= 0 && p <= 1 ? gamma_inverse(a, p, false) : kNan;
}

double gamma_q_inverse(double a, double q) {
  return a > 0 && q >= 0 && q <= 1 ? gamma_inverse(a, q, true) : kNan;
}

}  // namespace updraft::sim::portable
