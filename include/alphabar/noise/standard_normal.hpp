// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "alphabar/detail/double_word.hpp"
#include "alphabar/detail/no_contraction.hpp"

/// From random bits to standard normals, in the operations that IEEE 754 rounds exactly (+, −, ×,
/// ÷, √ and conversions from integers), so that the bits are the same everywhere.
/// `std::normal_distribution` differs between standard libraries; log and cos do between versions.
namespace alphabar::detail {

ALPHABAR_NO_CONTRACTION_BEGIN

/// c_0 + c_1 x + c_2 x² + ···
template <std::size_t N>
constexpr double polynomial(const std::array<double, N>& coefficients, double x) {
  double sum = coefficients[N - 1];
  for (std::size_t k = N - 1; k-- > 0;) sum = sum * x + coefficients[k];
  return sum;
}

/// log x for a normal x > 0, within 3 ulp. With x = 2ᵉ m, m in [√½, √2), and s = (m−1)/(m+1):
/// log m = 2 artanh s = 2s (1 + s²/3 + s⁴/5 + ···), |s| < 0.172.
inline double portable_log(double x) {
  constexpr std::array<double, 11> artanh_series{1.0,      1.0 / 3,  1.0 / 5,  1.0 / 7,
                                                 1.0 / 9,  1.0 / 11, 1.0 / 13, 1.0 / 15,
                                                 1.0 / 17, 1.0 / 19, 1.0 / 21};
  constexpr std::uint64_t bits_of_sqrt_half = 0x3FE6A09E667F3BCDULL;
  constexpr std::uint64_t mantissa_mask = 0x000FFFFFFFFFFFFFULL;
  const std::uint64_t above = std::bit_cast<std::uint64_t>(x) - bits_of_sqrt_half;
  const auto exponent = static_cast<double>(static_cast<std::int64_t>(above) >> 52);
  const auto m = std::bit_cast<double>((above & mantissa_mask) + bits_of_sqrt_half);
  const double s = (m - 1) / (m + 1);
  return exponent * 0x1.62e42fefa39efp-1 + 2 * s * polynomial(artanh_series, s * s);
}

/// cos and sin of 2π · word/2⁶⁴. The two top bits (rounded) choose the quarter turn; the rest is an
/// angle in [−π/4, π/4), for the Taylor series.
inline std::array<double, 2> portable_cos_sin(std::uint64_t word) {
  constexpr std::array<double, 9> cos_series{1.0,
                                             -1.0 / 2,
                                             1.0 / 24,
                                             -1.0 / 720,
                                             1.0 / 40320,
                                             -1.0 / 3628800,
                                             1.0 / 479001600,
                                             -1.0 / 87178291200,
                                             1.0 / 20922789888000};
  constexpr std::array<double, 8> sin_series{
      1.0,          -1.0 / 6,        1.0 / 120,        -1.0 / 5040,
      1.0 / 362880, -1.0 / 39916800, 1.0 / 6227020800, -1.0 / 1307674368000};
  const std::uint64_t quarter = (word + (1ULL << 61)) >> 62;
  const auto rest = static_cast<std::int64_t>(word - (quarter << 62));
  const double angle = static_cast<double>(rest) * 0x1.921fb54442d18p-62;  // π/2 · 2⁻⁶²
  const double square = angle * angle;
  const double cosine = polynomial(cos_series, square);
  const double sine = angle * polynomial(sin_series, square);
  switch (quarter & 3) {
    case 0:
      return {cosine, sine};
    case 1:
      return {-sine, cosine};
    case 2:
      return {-cosine, -sine};
    default:
      return {sine, -cosine};
  }
}

/// Two independent standard normals from two independent uniform words (Box, Muller 1958).
/// The radius has 52 random bits, u in [2⁻⁵³, 1 − 2⁻⁵³]: |z| <= 8.58.
/// Accuracy: 3e-15 absolute against the exact transform of the same words.
inline std::array<double, 2> box_muller(std::uint64_t radius_word, std::uint64_t angle_word) {
  const double u = (static_cast<double>(radius_word >> 12) + 0.5) * 0x1p-52;
  const double radius = std::sqrt(-2 * portable_log(u));
  const auto [cosine, sine] = portable_cos_sin(angle_word);
  return {radius * cosine, radius * sine};
}

ALPHABAR_NO_CONTRACTION_END

}  // namespace alphabar::detail
