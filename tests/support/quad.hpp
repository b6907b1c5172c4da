// SPDX-License-Identifier: MIT
#pragma once

#include <cfloat>
#include <cmath>

/// Arithmetic with 113 bits, to check double words: four operations by the compiler, the
/// functions written out below. Nothing here is shared with the library. Where a compiler has no
/// such type, ALPHABAR_TEST_QUAD is not defined and the tests that need it are left out.
#if defined(__SIZEOF_FLOAT128__)
#define ALPHABAR_TEST_QUAD
namespace test {
__extension__ typedef __float128 Quad;
}
#elif LDBL_MANT_DIG >= 113
#define ALPHABAR_TEST_QUAD
namespace test {
using Quad = long double;
}
#endif

#ifdef ALPHABAR_TEST_QUAD
namespace test {

inline Quad pi() {
  return Quad{0x1.921fb54442d18p+1} + Quad{0x1.1a62633145c07p-53} - Quad{0x1.f1976b7ed8fbcp-109};
}

inline Quad absolute(Quad x) { return x < 0 ? -x : x; }

/// Newton's method, from the double root of x scaled into its range.
inline Quad sqrt(Quad x) {
  if (x == 0) return 0;
  Quad scale = 1;
  for (; x < 0x1p-500; scale *= 0x1p-500) x *= Quad{0x1p500} * 0x1p500;
  for (; x > 0x1p500; scale *= 0x1p500) x *= Quad{0x1p-500} * 0x1p-500;
  Quad root = std::sqrt(static_cast<double>(x));
  for (int k = 0; k < 2; ++k) root = (root + x / root) / 2;
  return root * scale;
}

/// The Taylor series of a small fraction of x, then squared until it is all of x.
inline Quad exp(Quad x) {
  int squarings = 0;
  for (; absolute(x) > 0x1p-8; x /= 2) ++squarings;
  Quad sum = 1;
  Quad term = 1;
  for (int k = 1; k <= 14; ++k) sum += term *= x / k;
  for (; squarings > 0; --squarings) sum *= sum;
  return sum;
}

/// One step of Halley's method on exp, from the double logarithm: 53 bits become 113.
inline Quad log(Quad x) {
  double guess = 0;
  Quad scaled = x;
  for (; scaled < 0x1p-500; scaled *= 0x1p500) guess -= 500 * std::log(2.0);
  for (; scaled > 0x1p500; scaled *= 0x1p-500) guess += 500 * std::log(2.0);
  const Quad start = guess + std::log(static_cast<double>(scaled));
  const Quad power = exp(start);
  return start + 2 * (x - power) / (x + power);
}

/// For base > 0.
inline Quad pow(Quad base, Quad exponent) { return exp(exponent * log(base)); }

/// log(1 - v) by its series, for v < 2^-10.
inline Quad log_of_one_minus(Quad v) {
  Quad sum = 0;
  for (int k = 14; k > 0; --k) sum = sum * v + Quad{1} / k;
  return -sum * v;
}

/// The Taylor series, for |x| < 8.
inline Quad sin(Quad x) {
  Quad sum = x;
  Quad term = x;
  for (int k = 2; absolute(term) > absolute(x) * 1e-36; k += 2) {
    term *= -x * x / (k * (k + 1));
    sum += term;
  }
  return sum;
}

inline Quad cos(Quad x) { return sin(pi() / 2 - x); }

/// The double angle, and the angle between it and x, which is its tangent to 113 bits.
inline Quad atan(Quad x) {
  const Quad near = std::atan(static_cast<double>(x));
  const Quad sine = sin(near);
  const Quad cosine = cos(near);
  return near + (x * cosine - sine) / (cosine + x * sine);
}

}  // namespace test
#endif
