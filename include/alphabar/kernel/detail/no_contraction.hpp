// SPDX-License-Identifier: MIT
#pragma once

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
