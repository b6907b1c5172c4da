// SPDX-License-Identifier: MIT
//
// The three implementations from the same start: how far they are from each other.

#include <algorithm>
#include <alphabar/noise/noise_stream.hpp>
#include <cmath>
#include <cstdio>

#include "engine/generate.hpp"

namespace {

/// The largest difference, in units of the largest value.
float difference(const engine::Tensor& a, const engine::Tensor& b) {
  float most = 0;
  float largest = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    most = std::max(most, std::abs(a.values[i] - b.values[i]));
    largest = std::max(largest, std::abs(b.values[i]));
  }
  return most / largest;
}

}  // namespace

int main() {
  engine::Tensor start(4, 64, 64);
  alphabar::NoiseStream<float>(42).fill(start.values);
  constexpr float bound = 1e-5F;
  std::printf("%5s  %-28s  %s\n", "steps", "by hand and by run_sampler", "by hand and by plan");
  for (const int steps : {1, 5, 20, 50}) {
    const engine::Tensor before = by_hand::generate(start, steps);
    const auto say = [&](const engine::Tensor& after) {
      return difference(before, after) < bound ? "less than 1e-5" : "more than 1e-5";
    };
    std::printf("%5d  %-28s  %s\n", steps, say(by_run_sampler::generate(start, steps)),
                say(by_plan::generate(start, steps)));
  }
}
