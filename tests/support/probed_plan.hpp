// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstdint>
#include <span>

#include "alphabar/concepts.hpp"
#include "alphabar/oracle/sampler_probe.hpp"
#include "alphabar/sampler/run_sampler.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace test {

/// The noise of a sampler under test as a source: each substream that is filled is the next draw.
struct ProbedNormals {
  const alphabar::ProbedNoise* noise;

  [[nodiscard]] ProbedNormals substream(std::uint64_t) const { return *this; }
  double operator()(std::uint64_t) const { return 0; }
  void fill(std::span<double> buffer, std::uint64_t) const {
    const Eigen::VectorXd drawn = (*noise)();
    std::copy(drawn.begin(), drawn.end(), buffer.begin());
  }
};

/// The library's own run of a plan, as a sampler under test.
inline Eigen::VectorXd run_probed(const alphabar::SamplerPlan& plan,
                                  const alphabar::ProbedNetwork& network,
                                  const alphabar::ProbedNoise& noise) {
  using Map = Eigen::Map<const Eigen::VectorXd>;
  Eigen::VectorXd x = plan.start_scale * noise();
  const auto ask = [&](std::span<const double> input, const alphabar::SamplerCall& call,
                       std::span<double> prediction) {
    const Eigen::VectorXd here = Map(input.data(), std::ssize(input));
    const Eigen::VectorXd answer = network(here, call.model_time);
    std::copy(answer.begin(), answer.end(), prediction.begin());
  };
  alphabar::run_sampler(plan, ask, x, ProbedNormals{&noise});
  return x;
}

inline alphabar::ProbedSampler probed(const alphabar::SamplerPlan& plan) {
  return
      [plan](const auto& network, const auto& noise) { return run_probed(plan, network, noise); };
}

}  // namespace test
