// SPDX-License-Identifier: MIT
//
// No guard: noise/standard_normal.hpp includes this once per width of vector, each time in another
// namespace; alone it is empty. ALPHABAR_LANE_BYTES is the width, 0 for one number at a time.
//
// Standard normals from random bits, by the operations that IEEE 754 rounds correctly (+, −, ×, ÷,
// √, conversions from integers) in a fixed order, so that every width gives the same bits.
// `std::normal_distribution`, log and cos differ between standard libraries and their versions.
//
// Box and Muller 1958: √(−2 ln u) (cos, sin)(2πv). The polynomials are minimax fits (relative error
// 2^-25 in float, 2^-54 in double) summed in pairs (Estrin), because the latency of long chains
// takes most of the time.
#ifdef ALPHABAR_LANE_BYTES

#if ALPHABAR_LANE_BYTES > 0
using U32 __attribute__((vector_size(ALPHABAR_LANE_BYTES))) = std::uint32_t;
using I32 __attribute__((vector_size(ALPHABAR_LANE_BYTES))) = std::int32_t;
using F32 __attribute__((vector_size(ALPHABAR_LANE_BYTES))) = float;
using U64 __attribute__((vector_size(ALPHABAR_LANE_BYTES))) = std::uint64_t;
using F64 __attribute__((vector_size(ALPHABAR_LANE_BYTES))) = double;

inline F32 to_float(I32 x) { return __builtin_convertvector(x, F32); }
#if ALPHABAR_LANE_BYTES == 64 && defined(__clang__)
inline F32 root(F32 x) { return __builtin_ia32_sqrtps512(x, 4); }  // 4: as the others round
inline F64 root(F64 x) { return __builtin_ia32_sqrtpd512(x, 4); }
#elif ALPHABAR_LANE_BYTES == 64
inline F32 root(F32 x) { return __builtin_ia32_sqrtps512_mask(x, F32{}, -1, 4); }
inline F64 root(F64 x) { return __builtin_ia32_sqrtpd512_mask(x, F64{}, -1, 4); }
#elif ALPHABAR_LANE_BYTES == 32
inline F32 root(F32 x) { return __builtin_ia32_sqrtps256(x); }
inline F64 root(F64 x) { return __builtin_ia32_sqrtpd256(x); }
#elif defined(__SSE2__)
inline F32 root(F32 x) { return __builtin_ia32_sqrtps(x); }
inline F64 root(F64 x) { return __builtin_ia32_sqrtpd(x); }
#else
inline F32 root(F32 x) { return F32(vsqrtq_f32(float32x4_t(x))); }
inline F64 root(F64 x) { return F64(vsqrtq_f64(float64x2_t(x))); }
#endif
#else
using U32 = std::uint32_t;
using I32 = std::int32_t;
using F32 = float;
using U64 = std::uint64_t;
using F64 = double;

inline F32 to_float(I32 x) { return static_cast<F32>(x); }
#if defined(ALPHABAR_VECTORS) && defined(__SSE2__)
// The instruction rounds correctly; the sqrt of a C library (MinGW's) may not.
using FourFloats __attribute__((vector_size(16))) = float;
using TwoDoubles __attribute__((vector_size(16))) = double;
inline F32 root(F32 x) { return __builtin_ia32_sqrtps(FourFloats{x, x, x, x})[0]; }
inline F64 root(F64 x) { return __builtin_ia32_sqrtpd(TwoDoubles{x, x})[0]; }
#else
inline F32 root(F32 x) { return std::sqrt(x); }
inline F64 root(F64 x) { return std::sqrt(x); }
#endif
#endif

/// The bits of x as another type.
template <class To, class From>
To as(From x) {
  return __builtin_bit_cast(To, x);
}

/// The vector that begins at a number in memory, at any alignment.
template <class V, class Scalar>
ALPHABAR_IN_PLACE V load(const Scalar* from) {
  V vector{};
  std::memcpy(&vector, from, sizeof vector);
  return vector;
}
template <class V, class Scalar>
ALPHABAR_IN_PLACE void store(V vector, Scalar* to) {
  std::memcpy(to, &vector, sizeof vector);
}

/// The same number in every lane.
template <class F, class C>
F broadcast(C c) {
  if constexpr (std::is_same_v<F, C>)
    return c;
  else
    return F{} + c;
}

/// c_0 + c_1 x + c_2 x² + ···, by pairs.
template <class F, class C, std::size_t N>
ALPHABAR_IN_PLACE F polynomial(const std::array<C, N>& c, F x) {
  std::array<F, (N + 1) / 2> pairs{};
  ALPHABAR_UNROLL(16)
  for (std::size_t k = 0; k < N / 2; ++k) pairs[k] = c[2 * k] + c[2 * k + 1] * x;
  if constexpr (N % 2 == 1) pairs[N / 2] = broadcast<F>(c[N - 1]);
  if constexpr (N <= 2)
    return pairs[0];
  else
    return polynomial(pairs, x * x);
}

inline constexpr int upper_bit(U32) { return 31; }
inline constexpr int upper_bit(U64) { return 63; }

/// The lanes of `set` where the upper bit of `bits` is set, and those of `clear` elsewhere.
#if ALPHABAR_LANE_BYTES == 32
inline F32 select(U32 bits, F32 set, F32 clear) {
  return __builtin_ia32_blendvps256(clear, set, as<F32>(bits));
}
inline F64 select(U64 bits, F64 set, F64 clear) {
  return __builtin_ia32_blendvpd256(clear, set, as<F64>(bits));
}
#else
template <class U, class F>
ALPHABAR_IN_PLACE F select(U bits, F set, F clear) {
  const U where_set = 0 - (bits >> upper_bit(bits));
  return as<F>(as<U>(clear) ^ ((as<U>(set) ^ as<U>(clear)) & where_set));
}
#endif

/// Rotates (cos, sin) by the quarter turns in the two upper bits of `angle`, and scales them.
template <class F, class U>
ALPHABAR_IN_PLACE void turn(F radius, F cosine, F sine, U angle, F& first, F& second) {
  const U half = (U{} + 1) << upper_bit(angle);
  const U quarter = angle << 1;  // in the upper bit
  const F signed_radius = as<F>(as<U>(radius) ^ (angle & half));
  const U turned = as<U>(select(quarter, sine, cosine));
  first = signed_radius * as<F>(turned ^ (quarter & half));
  second = signed_radius * select(quarter, cosine, sine);
}

/// In float u is (h + ½) 2⁻³¹, h the upper 31 bits of a word: |z| <= 6.66. In double u is 1 − k
/// 2⁻⁵², k the upper 52 bits of a word: |z| <= 8.49. The float function returns 2³¹ u.
inline F32 uniform(U32 word) { return to_float(as<I32>(word >> 1)) + 0.5F; }
inline F64 uniform(U64 word) { return 2.0 - as<F64>((word >> 12) | 0x3FF0000000000000U); }

/// −2 ln u of a result of `uniform`.
ALPHABAR_IN_PLACE F32 squared_radius(F32 uniform) {
  constexpr std::array log_series{-0x1p+1F,        0x1.fffffap-1F,  -0x1.5556f2p-1F,
                                  0x1.0004acp-1F,  -0x1.98d32ep-2F, 0x1.535b3p-2F,
                                  -0x1.317f94p-2F, 0x1.250d16p-2F,  -0x1.65f44ep-3F};
  constexpr std::uint32_t sqrt_half = 0x3F3504F3U;
  const U32 above = as<U32>(uniform) - (sqrt_half + (31U << 23));  // u = 2^e (1 + f), 1 + f in
  const F32 exponent = to_float(as<I32>(above) >> 23);             // [√½, √2)
  const F32 f = as<F32>((above & 0x007FFFFFU) + sqrt_half) - 1.0F;
  return exponent * -0x1.62e43p+0F + f * polynomial(log_series, f);
}
/// The same in two steps, with u = 2^e (1 + f): s = f/(2 + f) and e; and −2 ln u of them.
ALPHABAR_IN_PLACE F64 reduced(F64 uniform, F64& exponent) {
  constexpr std::uint64_t one = 0x3FF0000000000000U;
  constexpr std::uint64_t sqrt_half = 0x3FE6A09E667F3BCDU;
  const U64 above = as<U64>(uniform) + (one - sqrt_half);
  exponent = as<F64>((above >> 52) | 0x4330000000000000U) - (0x1p52 + 1023);
  const F64 m = as<F64>((above & 0x000FFFFFFFFFFFFFU) + sqrt_half);  // 1 + f
  return (m - 1.0) / (m + 1.0);
}
ALPHABAR_IN_PLACE F64 squared_radius(F64 s, F64 exponent) {
  constexpr std::array log_series{-0x1p+2,
                                  -0x1.5555555555592p+0,
                                  -0x1.999999997ff6ep-1,
                                  -0x1.24924941da702p-1,
                                  -0x1.c71c521adf1ebp-2,
                                  -0x1.74663b78c9e21p-2,
                                  -0x1.39a21000c15bfp-2,
                                  -0x1.2f0225752f4e8p-2};  // of −4 artanh(s)/s in s²
  const F64 rest = s * polynomial(log_series, s * s) - exponent * 0x1.ef35793c76730p-44;
  return exponent * -0x1.62e42fefa38p+0 + rest;  // −2 ln 2 in two parts
}
ALPHABAR_IN_PLACE F64 squared_radius(F64 uniform) {
  F64 exponent{};
  const F64 s = reduced(uniform, exponent);
  return squared_radius(s, exponent);
}

/// The angle 2πv of a word beyond the nearest quarter turn, in quarter turns: |t| <= ½. In double v
/// is the upper 54 bits.
inline F32 quarter_turns(U32 word) { return to_float(as<I32>(word << 2)) * 0x1p-32F; }
inline F64 quarter_turns(U64 word) {
  constexpr std::uint64_t one = 0x3FF0000000000000U;
  return as<F64>((((word + (std::uint64_t{1} << 61)) << 2) >> 12) | one) - 1.5;
}

/// The two normals of −2 ln u and a word with its t. In float within 4 ulp of the exact transform.
/// In double within 2e-15 for |z| < 6, within 3e-15 beyond.
ALPHABAR_IN_PLACE void box_muller(F32 squared_radius, F32 t, U32 word, F32& first, F32& second) {
  constexpr std::array sin_series{0x1.921fb6p+0F, -0x1.4abc1cp-1F, 0x1.467d8p-4F, -0x1.328ba6p-8F};
  constexpr std::array cos_series{1.0F, -0x1.3bd3ccp+0F, 0x1.03c1bp-2F, -0x1.55b282p-6F,
                                  0x1.d4d73ap-11F};
  const F32 square = t * t;
  turn(root(squared_radius), polynomial(cos_series, square), t * polynomial(sin_series, square),
       word + 0x20000000U, first, second);
}
ALPHABAR_IN_PLACE void box_muller(F64 squared_radius, F64 t, U64 word, F64& first, F64& second) {
  constexpr std::array sin_series{-0x1.4abbce625bdb7p-1,  0x1.466bc6774bfc8p-4,
                                  -0x1.32d2ccd590ca5p-8,  0x1.507822fcf03b2p-13,
                                  -0x1.e2f4ff0b196d9p-19, 0x1.e0215e8aa257fp-25};
  constexpr std::array cos_series{
      -0x1.3bd3cc9be45dep+0,  0x1.03c1f081b5a53p-2,  -0x1.55d3c7e3c00cdp-6, 0x1.e1f50675f8f93p-11,
      -0x1.a6d1e2746a799p-16, 0x1.f9c4dcfd72807p-22, -0x1.b042ba8622e55p-28};
  const F64 square = t * t;
  const F64 sine = 0x1.921fb54442d18p+0 * t + t * square * polynomial(sin_series, square);
  const F64 cosine = 1.0 + square * polynomial(cos_series, square);
  turn(root(squared_radius), cosine, sine, word + (std::uint64_t{1} << 61), first, second);
}

/// out = a x + b y in two roundings and a sum; out may be x.
template <class F, class Scalar>
void affine(Scalar a, const Scalar* x, Scalar b, const Scalar* y, std::size_t count, Scalar* out) {
  constexpr std::size_t width = ALPHABAR_LANE_BYTES == 0 ? 1 : ALPHABAR_LANE_BYTES / sizeof(Scalar);
  const std::size_t in_vectors = count - count % width;
  ALPHABAR_UNROLL(4)
  for (std::size_t k = 0; k < in_vectors; k += width) {
    const F sum = a * load<F>(x + k) + b * load<F>(y + k);
    store(sum, out + k);
  }
  for (std::size_t k = in_vectors; k < count; ++k) out[k] = a * x[k] + b * y[k];
}
template <class Scalar>
void affine(Scalar a, const Scalar* x, Scalar b, const Scalar* y, std::size_t n, Scalar* out) {
  if constexpr (sizeof(Scalar) == sizeof(float)) {
    affine<F32, Scalar>(a, x, b, y, n, out);
  } else {
    affine<F64, Scalar>(a, x, b, y, n, out);
  }
}

#endif
