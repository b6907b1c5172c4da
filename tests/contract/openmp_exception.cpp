// SPDX-License-Identifier: MIT
//
// Would catch an exception of a noise source that ends the program, because it leaves a thread of
// OpenMP; one that is lost; and blocks that are still left out in the calls after it.
#include <alphabar/noise/add_noise.hpp>
#include <alphabar/noise/noise_stream.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr std::size_t size = std::size_t{1} << 18;

/// A source of normals that are all 2, but for one index, which it cannot give.
struct BrokenNoise {
  std::uint64_t broken;

  float operator()(std::uint64_t) const { return 2; }
  BrokenNoise substream(std::uint64_t) const { return *this; }
  void fill(std::span<float> buffer, std::uint64_t first_index) const {
    if (broken >= first_index && broken - first_index < buffer.size()) {
      throw std::runtime_error("no such noise");
    }
    for (float& x : buffer) x = 2;
  }
};

/// What add_noise throws, or whether all numbers are right: √¼ 1 + √4 ε.
template <class Noise>
std::string outcome(const Noise& noise) {
  std::vector<float> x(size, 1.0F);
  try {
    add_noise(alphabar::TransitionKernel(0.25F, 4.0F), x, noise, x);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  for (std::size_t k = 0; k < size; ++k) {
    if (x[k] != 0.5F + 2 * noise(k)) return "wrong numbers";
  }
  return "sound";
}

}  // namespace

int main() {
  const std::string first = outcome(BrokenNoise{0});
  const std::string last = outcome(BrokenNoise{size - 1});
  const std::string after = outcome(BrokenNoise{size});
  const std::string of_a_stream = outcome(alphabar::NoiseStream<float>(1));
  std::printf("broken at the first index: %s, at the last: %s\n", first.c_str(), last.c_str());
  std::printf("then a sound source: %s, a stream: %s\n", after.c_str(), of_a_stream.c_str());
  const bool thrown = first == "no such noise" && last == "no such noise";
  return thrown && after == "sound" && of_a_stream == "sound" ? 0 : 1;
}
