// SPDX-License-Identifier: MIT
#pragma once

/// The instruction set that a unit is compiled for, and a mark for inline functions by which their
/// symbols differ between units of one program that are compiled for different ones. Without it the
/// linker keeps one copy, which may be that for AVX2 on a processor that has none. Types are the
/// same in all units.
#if defined(__AVX512F__)
#define ALPHABAR_INSTRUCTION_SET with_avx512
#define ALPHABAR_PER_INSTRUCTION_SET [[gnu::abi_tag("with_avx512")]]
#elif defined(__AVX2__)
#define ALPHABAR_INSTRUCTION_SET with_avx2
#define ALPHABAR_PER_INSTRUCTION_SET [[gnu::abi_tag("with_avx2")]]
#elif defined(__AVX__)
#define ALPHABAR_INSTRUCTION_SET with_avx
#define ALPHABAR_PER_INSTRUCTION_SET [[gnu::abi_tag("with_avx")]]
#elif defined(__SSE3__)
#define ALPHABAR_INSTRUCTION_SET with_sse3
#define ALPHABAR_PER_INSTRUCTION_SET [[gnu::abi_tag("with_sse3")]]
#else
#define ALPHABAR_INSTRUCTION_SET baseline
#define ALPHABAR_PER_INSTRUCTION_SET
#endif
#if !defined(__GNUC__) || defined(__CUDACC__)
#undef ALPHABAR_PER_INSTRUCTION_SET
#define ALPHABAR_PER_INSTRUCTION_SET
#endif
