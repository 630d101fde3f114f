#include "sim/random/portable_math.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "sim/random/double_double.h"

namespace updraft::sim::portable {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

constexpr std::uint64_t bits_of(double x) {
  return std::bit_cast<std::uint64_t>(x);
}
constexpr double from_bits(std::uint64_t bits) {
  return std::bit_cast<double>(bits);
}

// ---- exp: x = (128 e + j) ln2/128 + r, so e^x = 2^e * 2^(j/128) * e^r with |r| <= ln2/256
// --------------------

constexpr int kExpSteps = 128;
constexpr double kStepsPerLn2 = 0x1.71547652b82fep+7;  // 128 / ln 2
constexpr double kLn2Step =
    0x1.62e42fef80000p-8;  // ln 2 / 128, 34 bits: its multiples up to 2^19 are exact
constexpr double kLn2StepTail = 0x1.1cf79abc9e3b4p-43;  // the rest of ln 2 / 128
constexpr double kRoundShift = 0x1.8p52;  // adding it rounds to an integer kept in the low bits

constexpr std::array<DoubleDouble, kExpSteps> make_exp_table() {
  constexpr DoubleDouble step{0x1.62e42fefa39efp-8, 0x1.abc9e3b39803fp-63};  // ln 2 / 128
  DoubleDouble root{1, 0};  // 2^(1/128) by its series, from the far end
  for (int n = 18; n >= 1; --n) {
    root = add({1, 0}, multiply(root, multiply(step, divide(1, n))));
  }
  std::array<DoubleDouble, kExpSteps> table{};
  table[0] = {1, 0};
  for (int j = 1; j < kExpSteps; ++j) {
    table[j] = multiply(table[j - 1], root);
  }
  return table;
}
constexpr std::array<DoubleDouble, kExpSteps> kExpTable = make_exp_table();

struct ExpParts {
  double scale;       // 2^(j/128), between 1 and 2
  double scale_tail;  // what it lacks
  double growth;      // e^r - 1
  std::int64_t exponent;
};

/// |x| below 1100; `tail` is a small addition to x.
inline ExpParts split_exp(double x, double tail) {
  const double shifted = x * kStepsPerLn2 + kRoundShift;
  const double count = shifted - kRoundShift;
  const auto steps = static_cast<std::int64_t>(bits_of(shifted) - bits_of(kRoundShift));
  const double r = (x - count * kLn2Step) + (tail - count * kLn2StepTail);
  const double r2 = r * r;
  // The next term of the series, r^6/720, is below 2^-60.
  const double growth = r + r2 * (0.5 + r * (1.0 / 6)) + (r2 * r2) * (1.0 / 24 + r * (1.0 / 120));
  const DoubleDouble& scale = kExpTable[static_cast<std::size_t>(steps & (kExpSteps - 1))];
  return {scale.hi, scale.lo, growth, steps >> 7};
}

/// y * 2^n for 1/2 <= y <= 4 and any n that exp meets; rounds once more where the result is
/// subnormal.
inline double scale_by_power(double y, std::int64_t n) {
  if (n > 1023) {
    return y * 0x1p1023 * from_bits(static_cast<std::uint64_t>(n - 1023 + 1023) << 52);
  }
  if (n < -1022) {
    return y * from_bits(static_cast<std::uint64_t>(n + 1022 + 1023) << 52) * 0x1p-1022;
  }
  return y * from_bits(static_cast<std::uint64_t>(n + 1023) << 52);
}

inline double exp_with_tail(double x, double tail) {
  if (!(std::fabs(x) < 745.2)) {
    return x > 0 ? kInfinity : x < 0 ? 0.0 : x;
  }
  const ExpParts parts = split_exp(x, tail);
  const double y = parts.scale + (parts.scale_tail + parts.scale * parts.growth);
  return scale_by_power(y, parts.exponent);
}

// ---- log: x = 2^k z, z close to c = i/256; log x = k ln2 + log c + log1p(r), r = (z - c)/c, |r|
// <= 1/362 -------

constexpr int kLogFirst = 181;                     // 256/sqrt(2)
constexpr int kLogLast = 363;                      // 256*sqrt(2), one over
constexpr double kLn2High = 0x1.62e42fefa3800p-1;  // 42 bits: k times it is exact
constexpr double kLn2Low = 0x1.ef35793c76730p-45;

struct LogEntry {
  DoubleDouble inverse;  // 1/c
  double log_high;       // log c, a multiple of 2^-42, so that k ln2 + log_high is exact
  double log_low;        // the rest
  double log_lowest;     // and the rest of that, for pow
};

/// log(i / (i - 1)) = 2 atanh(1 / (2 i - 1)).
constexpr DoubleDouble log_of_step(int i) {
  const DoubleDouble t = divide(1, 2 * i - 1);
  const DoubleDouble t2 = multiply(t, t);
  DoubleDouble sum{0, 0};
  for (int n = 17; n >= 1; n -= 2) {
    sum = add(divide(1, n), multiply(sum, t2));
  }
  const DoubleDouble half = multiply(sum, t);
  return {2 * half.hi, 2 * half.lo};
}

constexpr LogEntry make_log_entry(int i, DoubleDouble log_c) {
  constexpr double kCut = 0x1.8p10;  // its last place is 2^-42
  LogEntry entry{};
  entry.inverse = divide(256, i);
  entry.log_high = (log_c.hi + kCut) - kCut;
  const DoubleDouble rest = two_sum(log_c.hi - entry.log_high, log_c.lo);
  entry.log_low = rest.hi;
  entry.log_lowest = rest.lo;
  return entry;
}

constexpr std::array<LogEntry, kLogLast - kLogFirst + 1> make_log_table() {
  std::array<LogEntry, kLogLast - kLogFirst + 1> table{};
  DoubleDouble log_c{0, 0};
  for (int i = 256; i <= kLogLast; ++i) {
    table[i - kLogFirst] = make_log_entry(i, log_c);
    log_c = add(log_c, log_of_step(i + 1));
  }
  log_c = {0, 0};
  for (int i = 255; i >= kLogFirst; --i) {
    const DoubleDouble step = log_of_step(i + 1);
    log_c = add(log_c, {-step.hi, -step.lo});
    table[i - kLogFirst] = make_log_entry(i, log_c);
  }
  return table;
}
constexpr std::array<LogEntry, kLogLast - kLogFirst + 1> kLogTable = make_log_table();

struct LogParts {
  const LogEntry* entry;
  double offset;    // z - c, exact
  double exponent;  // k
};

constexpr std::uint64_t kRootHalf = 0x3fe6a09e667f3bcd;  // sqrt(1/2)
constexpr std::uint64_t kPowerBits = 0xfff0000000000000;

/// The parts of a positive, normal, finite x.
inline LogParts split_log(double x) {
  const std::uint64_t bits = bits_of(x);
  const std::uint64_t above = bits - kRootHalf;
  const auto k = static_cast<std::int64_t>(above) >> 52;
  const double z = from_bits(bits - (above & kPowerBits));
  const int i = static_cast<int>(z * 256 + 0.5);
  return {&kLogTable[static_cast<std::size_t>(i - kLogFirst)],
          z - static_cast<double>(i) * (1.0 / 256), static_cast<double>(k)};
}

/// log1p(r) - r for |r| <= 1/256; the next term, r^8/8, is below 2^-58 of r.
inline double log1p_rest(double r) {
  const double r2 = r * r;
  const double tail = (1.0 / 3 - r * 0.25) + r2 * ((0.2 - r * (1.0 / 6)) + r2 * (1.0 / 7));
  return r2 * (r * tail - 0.5);
}

/// log of a positive, normal, finite x, plus `relative` (a small addition to x, divided by x).
inline double log_kernel(double x, double relative) {
  const LogParts parts = split_log(x);
  const LogEntry& entry = *parts.entry;
  const double r = parts.offset * entry.inverse.hi;
  const double r_tail = parts.offset * entry.inverse.lo + relative;
  const double high = parts.exponent * kLn2High + entry.log_high;
  const DoubleDouble sum = fast_two_sum(high, r);
  const double low = sum.lo + (parts.exponent * kLn2Low + entry.log_low + r_tail);
  return sum.hi + (low + log1p_rest(r));
}

/// log of a positive, normal, finite x with some 68 bits, for pow.
inline DoubleDouble log_long(double x, double added_exponent) {
  const LogParts parts = split_log(x);
  const LogEntry& entry = *parts.entry;
  const double k = parts.exponent + added_exponent;
  DoubleDouble r = two_product(parts.offset, entry.inverse.hi);
  r = fast_two_sum(r.hi, r.lo + parts.offset * entry.inverse.lo);
  // log1p(r) = r - r^2/2 + r^3 (1/3 - ...); the cube and beyond need no more than a double.
  const DoubleDouble square = two_product(r.hi, r.hi);
  const double r3 = r.hi * square.hi;
  const double beyond = r3 * ((1.0 / 3 - r.hi * 0.25) +
                              square.hi * ((0.2 - r.hi * (1.0 / 6)) + square.hi * (1.0 / 7)));
  DoubleDouble sum = two_sum(k * kLn2High + entry.log_high, r.hi);
  sum = add(sum, {-0.5 * square.hi, -0.5 * square.lo});
  sum = add(sum, two_sum(k * kLn2Low, entry.log_low));
  sum = add(sum, two_sum(beyond, r.lo - r.hi * r.lo + entry.log_lowest));
  return sum;
}

inline bool is_positive_normal(double x) {
  return x >= 0x1p-1022 && x < kInfinity;
}

}  // namespace

double exp(double x) {
  return exp_with_tail(x, 0);
}

double expm1(double x) {
  if (std::fabs(x) <= 0.0625) {  // the next term of the series, x^11/11!, is below 2^-60 of x
    const double rest =
        1.0 / 6 +
        x * (1.0 / 24 +
             x * (1.0 / 120 +
                  x * (1.0 / 720 +
                       x * (1.0 / 5040 +
                            x * (1.0 / 40320 + x * (1.0 / 362880 + x * (1.0 / 3628800)))))));
    return x + x * x * (0.5 + x * rest);
  }
  if (!(x > -40 && x < 700)) {
    return x <= -40 ? -1.0 : exp(x) - 1;
  }
  const ExpParts parts = split_exp(x, 0);
  const double power = from_bits(static_cast<std::uint64_t>(parts.exponent + 1023) << 52);
  const double scale = parts.scale * power;
  const DoubleDouble difference = two_sum(scale, -1);
  return difference.hi + (difference.lo + (parts.scale_tail * power + scale * parts.growth));
}

namespace {

inline double log_of(double x) {
  if (is_positive_normal(x)) [[likely]] {
    return log_kernel(x, 0);
  }
  if (x > 0 && x < 1) {  // subnormal
    return log_kernel(x * 0x1p54, 0) - 54 * 0x1.62e42fefa39efp-1;
  }
  return x == 0 ? -kInfinity : x < 0 ? kNan : x;
}

inline double log1p_of(double x) {
  if (std::fabs(x) <= 0x1p-9) {
    return x + log1p_rest(x);
  }
  if (!(x > -1 && x < kInfinity)) {
    return x == -1 ? -kInfinity : x < -1 ? kNan : x;
  }
  const DoubleDouble sum = two_sum(1, x);
  return log_kernel(sum.hi, sum.lo / sum.hi);
}

#ifdef __SSE2__
/// log_kernel(x, 0) of two positive, normal, finite numbers: the same operations in the same order,
/// in the two lanes of a register. Two operations fall away, which add a zero there.
inline __m128d log_pair(__m128d x) {
  const __m128i bits = _mm_castpd_si128(x);
  const __m128i above = _mm_sub_epi64(bits, _mm_set1_epi64x(kRootHalf));
  const __m128i power = _mm_and_si128(above, _mm_set1_epi64x(kPowerBits));
  const __m128d z = _mm_castsi128_pd(_mm_sub_epi64(bits, power));
  const __m128i high_words = _mm_shuffle_epi32(above, _MM_SHUFFLE(3, 3, 3, 1));
  const __m128d k = _mm_cvtepi32_pd(_mm_srai_epi32(high_words, 20));
  const __m128i cell =
      _mm_cvttpd_epi32(_mm_add_pd(_mm_mul_pd(z, _mm_set1_pd(256)), _mm_set1_pd(0.5)));
  const LogEntry& first = kLogTable[static_cast<std::size_t>(_mm_cvtsi128_si32(cell) - kLogFirst)];
  const LogEntry& second = kLogTable[static_cast<std::size_t>(
      _mm_cvtsi128_si32(_mm_shuffle_epi32(cell, 1)) - kLogFirst)];
  const __m128d offset = _mm_sub_pd(z, _mm_mul_pd(_mm_cvtepi32_pd(cell), _mm_set1_pd(1.0 / 256)));
  const __m128d r = _mm_mul_pd(offset, _mm_set_pd(second.inverse.hi, first.inverse.hi));
  const __m128d r_tail = _mm_mul_pd(offset, _mm_set_pd(second.inverse.lo, first.inverse.lo));
  const __m128d high =
      _mm_add_pd(_mm_mul_pd(k, _mm_set1_pd(kLn2High)), _mm_set_pd(second.log_high, first.log_high));
  // fast_two_sum(high, r)
  const __m128d sum = _mm_add_pd(high, r);
  const __m128d rest = _mm_sub_pd(r, _mm_sub_pd(sum, high));
  const __m128d low_parts = _mm_add_pd(
      _mm_add_pd(_mm_mul_pd(k, _mm_set1_pd(kLn2Low)), _mm_set_pd(second.log_low, first.log_low)),
      r_tail);
  const __m128d low = _mm_add_pd(rest, low_parts);
  // log1p_rest(r)
  const __m128d r2 = _mm_mul_pd(r, r);
  const __m128d cubic = _mm_sub_pd(_mm_set1_pd(1.0 / 3), _mm_mul_pd(r, _mm_set1_pd(0.25)));
  const __m128d quintic = _mm_sub_pd(_mm_set1_pd(0.2), _mm_mul_pd(r, _mm_set1_pd(1.0 / 6)));
  const __m128d septic = _mm_mul_pd(r2, _mm_set1_pd(1.0 / 7));
  const __m128d tail = _mm_add_pd(cubic, _mm_mul_pd(r2, _mm_add_pd(quintic, septic)));
  const __m128d beyond = _mm_mul_pd(r2, _mm_sub_pd(_mm_mul_pd(r, tail), _mm_set1_pd(0.5)));
  return _mm_add_pd(sum, _mm_add_pd(low, beyond));
}
#endif

}  // namespace

double log(double x) {
  return log_of(x);
}
double log1p(double x) {
  return log1p_of(x);
}
void log(std::span<double> values) {
  std::size_t i = 0;
#ifdef __SSE2__
  for (; i + 2 <= values.size(); i += 2) {
    if (is_positive_normal(values[i]) && is_positive_normal(values[i + 1])) [[likely]] {
      _mm_storeu_pd(&values[i], log_pair(_mm_loadu_pd(&values[i])));
    } else {
      values[i] = log_of(values[i]);
      values[i + 1] = log_of(values[i + 1]);
    }
  }
#endif
  for (; i < values.size(); ++i) {
    values[i] = log_of(values[i]);
  }
}
void log1m(std::span<double> values) {
  std::size_t i = 0;
#ifdef __SSE2__
  const auto far_from_zero = [](double u) { return u > 0x1p-9 && u < 1; };
  for (; i + 2 <= values.size(); i += 2) {
    const double first = values[i];
    const double second = values[i + 1];
    if (far_from_zero(first) && far_from_zero(second)) [[likely]] {
      _mm_storeu_pd(&values[i], log_pair(_mm_sub_pd(_mm_set1_pd(1), _mm_loadu_pd(&values[i]))));
    } else {
      values[i] = log1p_of(-first);
      values[i + 1] = log1p_of(-second);
    }
  }
#endif
  for (; i < values.size(); ++i) {
    values[i] = log1p_of(-values[i]);
  }
}

double pow(double x, double y) {
  if (x == 1 || y == 0) {
    return 1;
  }
  if (std::isnan(x) || std::isnan(y)) {
    return kNan;
  }
  const double size = std::fabs(x);
  const bool integer = std::floor(y) == y;
  const bool odd = integer && std::fabs(y) < 0x1p53 && std::floor(y * 0.5) != y * 0.5;
  const double sign = odd && std::signbit(x) ? -1.0 : 1.0;
  if (std::isinf(y)) {
    return size == 1 ? 1.0 : (size > 1) == (y > 0) ? kInfinity : 0.0;
  }
  if (size == 0 || std::isinf(size)) {
    return (size == 0) == (y > 0) ? sign * 0.0 : sign * kInfinity;
  }
  if (x < 0 && !integer) {
    return kNan;
  }
  const bool subnormal = size < 0x1p-1022;
  const DoubleDouble log_x = log_long(subnormal ? size * 0x1p54 : size, subnormal ? -54 : 0);
  const double rough = y * log_x.hi;
  if (!(std::fabs(rough) < 750)) {
    return rough > 0 ? sign * kInfinity : sign * 0.0;
  }
  if (std::fabs(rough) < 0x1p-60) {
    return sign;
  }
  const DoubleDouble product = two_product(y, log_x.hi);
  return sign * exp_with_tail(product.hi, product.lo + y * log_x.lo);
}

// ---- sine and cosine
// -----------------------------------------------------------------------------------------

namespace {

struct Angle {
  double y;     // between -pi/4 and pi/4
  double tail;  // what it lacks
  int quadrant;
};

double sin_kernel(double y, double tail) {
  const double y2 = y * y;
  const double series =
      1.0 / 120 -
      y2 * (1.0 / 5040 - y2 * (1.0 / 362880 - y2 * (1.0 / 39916800 -
                                                    y2 * (1.0 / 6227020800.0 -
                                                          y2 * (1.0 / 1307674368000.0 -
                                                                y2 * (1.0 / 355687428096000.0))))));
  return y + (tail * (1 - 0.5 * y2) - y * y2 * (1.0 / 6 - y2 * series));
}

double cos_kernel(double y, double tail) {
  const double y2 = y * y;
  const double series =
      1.0 / 24 -
      y2 * (1.0 / 720 -
            y2 * (1.0 / 40320 -
                  y2 * (1.0 / 3628800 -
                        y2 * (1.0 / 479001600 - y2 * (1.0 / 87178291200.0 -
                                                      y2 * (1.0 / 20922789888000.0 -
                                                            y2 * (1.0 / 6402373705728000.0)))))));
  const double half = 0.5 * y2;
  const double sum = 1 - half;
  return sum + (((1 - sum) - half) + (y2 * y2 * series - y * tail));
}

double sin_of(const Angle& angle, int quarter_turns) {
  const int quadrant = (angle.quadrant + quarter_turns) & 3;
  const double value =
      (quadrant & 1) != 0 ? cos_kernel(angle.y, angle.tail) : sin_kernel(angle.y, angle.tail);
  return (quadrant & 2) != 0 ? -value : value;
}

/// Reduces radians by pi/2 in three parts, the first two of 33 bits, so that their multiples are
/// exact.
Angle reduce(double x) {
  constexpr double kPart1 = 0x1.921fb54400000p+0;
  constexpr double kPart2 = 0x1.0b4611a600000p-34;
  constexpr double kPart3 = 0x1.3198a2e037073p-69;
  const double shifted = x * 0x1.45f306dc9c883p-1 + kRoundShift;
  const double count = shifted - kRoundShift;
  const DoubleDouble first = two_sum(x - count * kPart1, -(count * kPart2));
  const DoubleDouble second = two_sum(first.hi, first.lo - count * kPart3);
  return {second.hi, second.lo, static_cast<int>(bits_of(shifted) & 3)};
}

Angle reduce_turns(double t) {
  double fraction = t - std::floor(t);  // exact, but for tiny negative t, where it is 1
  if (t < 0 && t > -0.5) {
    fraction = t;
  }
  const double shifted = fraction * 4 + kRoundShift;
  const double count = shifted - kRoundShift;
  const double rest = fraction - count * 0.25;
  const DoubleDouble y = two_product(rest, 0x1.921fb54442d18p+2);
  return {y.hi, y.lo + rest * 0x1.1a62633145c07p-52, static_cast<int>(bits_of(shifted) & 3)};
}

}  // namespace

double sin(double x) {
  if (std::fabs(x) < 0x1p-27) {
    return x;
  }
  return std::fabs(x) <= 0x1p20 ? sin_of(reduce(x), 0) : kNan;
}

double cos(double x) {
  return std::fabs(x) <= 0x1p20 ? sin_of(reduce(x), 1) : kNan;
}

double sin_turns(double t) {
  return std::fabs(t) < kInfinity ? sin_of(reduce_turns(t), 0) : kNan;
}

double cos_turns(double t) {
  return std::fabs(t) < kInfinity ? sin_of(reduce_turns(t), 1) : kNan;
}

}  // namespace updraft::sim::portable
