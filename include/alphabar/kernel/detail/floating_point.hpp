// SPDX-License-Identifier: MIT
#pragma once

/// What the library asks of floating-point arithmetic: each operation is rounded once, to its type.
#if defined(__FAST_MATH__) && !defined(ALPHABAR_ALLOW_FAST_MATH)
#error \
    "alphabar's exact tables and reproducible noise need IEEE arithmetic: -ffast-math deletes \
the error terms they are made of. Compile without it, or define ALPHABAR_ALLOW_FAST_MATH and lose \
both promises."
#elif defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ == 2
#error "alphabar's exact tables need doubles that are rounded to double: -msse2 -mfpmath=sse on x86"
#endif

/// Between these two marks a * b + c stays two roundings. Compilers may otherwise fuse them into
/// one where the instruction set has it, and the same program gives other bits on another machine.
#if defined(__clang__)
#define ALPHABAR_NO_CONTRACTION_BEGIN \
  _Pragma("float_control(push)") _Pragma("clang fp contract(off)")
#define ALPHABAR_NO_CONTRACTION_END _Pragma("float_control(pop)")
#elif defined(__GNUC__)
#define ALPHABAR_NO_CONTRACTION_BEGIN \
  _Pragma("GCC push_options") _Pragma("GCC optimize(\"fp-contract=off\")")
#define ALPHABAR_NO_CONTRACTION_END _Pragma("GCC pop_options")
#else
#define ALPHABAR_NO_CONTRACTION_BEGIN
#define ALPHABAR_NO_CONTRACTION_END
#endif

namespace alphabar::detail {

ALPHABAR_NO_CONTRACTION_BEGIN

/// a x + b y in two roundings and a sum, the same on every machine. For whole buffers there is the
/// function of this name in noise/standard_normal.hpp.
inline float affine(float a, float x, float b, float y) { return a * x + b * y; }
inline double affine(double a, double x, double b, double y) { return a * x + b * y; }

ALPHABAR_NO_CONTRACTION_END

}  // namespace alphabar::detail
