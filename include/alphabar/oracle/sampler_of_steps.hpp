// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <functional>
#include <type_traits>

#include "alphabar/concepts.hpp"
#include "alphabar/oracle/sampler_probe.hpp"

namespace alphabar {

/// A sampler under examination, for any number of steps: sampler(n, network, noise), or a function
/// of n that returns the sampler.
class SamplerOfSteps {
 public:
  /// From sampler(n, network, noise).
  template <class F>
  requires std::invocable<F&, Index, const ProbedNetwork&, const ProbedNoise&> SamplerOfSteps(
      F sampler)  // implicit, like std::function
      : sampler_([sampler](Index n) {
          return ProbedSampler([sampler, n](const ProbedNetwork& network,
                                            const ProbedNoise& noise) -> Eigen::VectorXd {
            return sampler(n, network, noise);
          });
        }) {
    using Result = std::invoke_result_t<F&, Index, const ProbedNetwork&, const ProbedNoise&>;
    static_assert(PlainVector<std::remove_cvref_t<Result>>,
                  "the sampler must return a vector that owns its numbers: give the lambda the "
                  "return type Eigen::VectorXd");
  }
  /// From a function of n that returns the sampler.
  template <class F>
  requires std::convertible_to<std::invoke_result_t<F&, Index>, ProbedSampler> SamplerOfSteps(
      F sampler_of_n)
      : sampler_([=](Index n) -> ProbedSampler { return sampler_of_n(n); }) {}

  /// The sampler with n steps.
  [[nodiscard]] ProbedSampler operator()(Index n) const { return sampler_(n); }

 private:
  std::function<ProbedSampler(Index)> sampler_;
};

}  // namespace alphabar
