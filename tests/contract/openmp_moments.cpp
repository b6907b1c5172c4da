// SPDX-License-Identifier: MIT
//
// Would catch moments whose bits depend on the number of threads, blocks that are joined out of
// order, and an exception of a block that ends the program or is lost.
#include <omp.h>

#include <Eigen/Core>
#include <alphabar/gaussian/moments.hpp>
#include <alphabar/noise/noise_stream.hpp>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <vector>

namespace {

/// Of three batches, of which one begins and ends within a block and one has six whole blocks.
alphabar::Moments<float> moments(const Eigen::MatrixXf& samples, int threads) {
  omp_set_num_threads(threads);
  alphabar::Moments<float> moments(100);
  moments.add(samples.leftCols(3));
  moments.add(samples.middleCols(3, 7000));
  moments.add(samples.rightCols(samples.cols() - 7003));
  return moments;
}

/// Whether the results before the broken one are used in order, and the exception arrives.
bool kept_in_order(std::size_t broken) {
  std::vector<std::size_t> used;
  try {
    alphabar::detail::for_each_result(
        100, std::size_t{1} << 18,
        [=](std::size_t k) { return k == broken ? throw std::runtime_error("no block") : k; },
        [&](std::size_t k) { used.push_back(k); });
    if (broken < 100) return false;
  } catch (const std::runtime_error&) {
    if (used.size() > broken) return false;
  }
  for (std::size_t k = 0; k < used.size(); ++k) {
    if (used[k] != k) return false;
  }
  return broken < 100 || used.size() == 100;
}

}  // namespace

int main() {
  Eigen::MatrixXf samples(17, 9000);
  alphabar::NoiseStream<float>(1).fill(samples);
  const auto by_one = moments(samples, 1);
  const auto by_three = moments(samples, 3);
  const bool same =
      by_one.mean() == by_three.mean() && by_one.covariance() == by_three.covariance();
  const bool in_order = kept_in_order(0) && kept_in_order(50) && kept_in_order(99);
  const bool complete = kept_in_order(100);
  std::printf("same bits: %d, in order until an exception: %d, complete without one: %d\n", same,
              in_order, complete);
  return same && in_order && complete ? 0 : 1;
}
