// SPDX-License-Identifier: MIT
#pragma once

/// Requirements on floating-point arithmetic: each operation is rounded once, to its type, and
/// checks for NaN and infinity work. g++ defines a macro for every option that violates this.
/// clang++ does so only for -ffast-math and -ffinite-math-only, so the macros below protect the
/// code that needs it.
#if (defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || \
     (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0) || defined(_M_FP_FAST)) &&     \
    !defined(ALPHABAR_ALLOW_FAST_MATH)
#error \
    "alphabar's exact tables and reproducible noise need IEEE arithmetic: -ffast-math, \
-funsafe-math-optimizations, -fassociative-math, -freciprocal-math and /fp:fast delete the error \
terms they are made of, and -ffinite-math-only the checks for NaN. Compile without them, or define \
ALPHABAR_ALLOW_FAST_MATH and lose both promises."
#elif defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ == 2
#error "alphabar's exact tables need doubles that are rounded to double: -msse2 -mfpmath=sse on x86"
#endif

/// Between these two macros operations are executed as written and in that order, whatever the
/// options of clang++ allow (-fassociative-math, -funsafe-math-optimizations).
#if defined(__clang__)
#define ALPHABAR_AS_WRITTEN_BEGIN _Pragma("float_control(precise, on, push)")
#define ALPHABAR_AS_WRITTEN_END _Pragma("float_control(pop)")
#else
#define ALPHABAR_AS_WRITTEN_BEGIN
#define ALPHABAR_AS_WRITTEN_END
#endif

/// Between these two macros a * b + c also keeps its two roundings. Otherwise compilers may fuse it
/// into one rounding where the instruction set allows it, and the same program gives different bits
/// on different machines. In clang++ an explicit -ffp-contract=fast overrides this, and nvcc has no
/// such pragma.
#if defined(__clang__)
#define ALPHABAR_NO_CONTRACTION_BEGIN ALPHABAR_AS_WRITTEN_BEGIN _Pragma("clang fp contract(off)")
#define ALPHABAR_NO_CONTRACTION_END ALPHABAR_AS_WRITTEN_END
#elif defined(__GNUC__) && !defined(__CUDACC__)
#define ALPHABAR_NO_CONTRACTION_BEGIN \
  _Pragma("GCC push_options") _Pragma("GCC optimize(\"fp-contract=off\")")
#define ALPHABAR_NO_CONTRACTION_END _Pragma("GCC pop_options")
#else
#define ALPHABAR_NO_CONTRACTION_BEGIN
#define ALPHABAR_NO_CONTRACTION_END
#endif

namespace alphabar::detail {

ALPHABAR_NO_CONTRACTION_BEGIN

/// a x + b y with each product and the sum rounded: the same on every machine. The function of this
/// name in noise/standard_normal.hpp does this for whole buffers.
inline float affine(float a, float x, float b, float y) { return a * x + b * y; }
inline double affine(double a, double x, double b, double y) { return a * x + b * y; }

ALPHABAR_NO_CONTRACTION_END

}  // namespace alphabar::detail
