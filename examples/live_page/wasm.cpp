// SPDX-License-Identifier: MIT
//
// What the C++ library of Debian asks for and its C library for WebAssembly lacks.
#include <cstdint>

extern "C" {
std::uintptr_t __stack_chk_guard = 0x5bd1e995;
[[noreturn]] void __stack_chk_fail() { __builtin_trap(); }
}
