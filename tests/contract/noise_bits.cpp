// SPDX-License-Identifier: MIT
//
// Would catch bits of the noise that depend on the optimization level or the instruction set: a
// contracted product, a vectorized approximation. Built several times with different flags.
// The constants change only when the contract of the bits is meant to change.
#include <alphabar/core.hpp>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <type_traits>
#include <vector>

namespace {

bool one_by_one = true;

/// FNV-1a over the bit patterns of three samples of noise, noised in place and then once more, each
/// at its own time: enough numbers for threads, of which no two begin where a chunk does.
template <class Scalar>
std::uint64_t hash_of_noise() {
  using Bits = std::conditional_t<sizeof(Scalar) == 8, std::uint64_t, std::uint32_t>;
  const alphabar::NoiseStream<Scalar> noise(2026, 11);
  const auto schedule = alphabar::linear_schedule<Scalar>();
  std::vector<Scalar> x(3 * 33335);
  noise.fill(x, 1);
  for (std::size_t k = 0; k < x.size(); ++k) one_by_one &= noise(k + 1) == x[k];
  alphabar::add_noise(schedule.transition(0, 300), x, noise.substream(24), x, 7);
  alphabar::add_noise(schedule, x, std::vector{1, 1000, 500}, noise.substream(25), x, 9);
  std::uint64_t hash = 14695981039346656037ULL;
  for (const Scalar value : x) hash = (hash ^ std::bit_cast<Bits>(value)) * 1099511628211ULL;
  return hash;
}

bool check(const char* name, std::uint64_t expected, std::uint64_t actual) {
  std::printf("%s: expected %016llx, got %016llx\n", name,
              static_cast<unsigned long long>(expected), static_cast<unsigned long long>(actual));
  return expected == actual;
}

bool cpu_has_what_this_was_compiled_for() {
#if defined(__AVX2__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
#else
  return true;
#endif
}

}  // namespace

int main() {
  if (!cpu_has_what_this_was_compiled_for()) return 77;  // skipped
  const bool doubles = check("double", 0x2fa6920fbbb5b5e1ULL, hash_of_noise<double>());
  const bool floats = check("float", 0x1879d490a5ad16daULL, hash_of_noise<float>());
  return doubles && floats && one_by_one ? 0 : 1;
}
