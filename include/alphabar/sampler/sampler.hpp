// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/sampler/affine_step.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/schedule/continuous_process.hpp"

namespace alphabar {

/// A sampler is what can write itself out for a path.
template <class S>
concept Sampler = requires(const S& sampler, const SamplerPath& path) {
  { sampler.plan(path) } -> std::same_as<SamplerPlan>;
};

namespace detail {

/// One call per step: what the sampler does between two levels.
template <class S>
SamplerPlan one_call_per_step(const S& sampler, const SamplerPath& path) {
  SamplerPlan plan;
  for (std::size_t k = 0; k < path.steps(); ++k) {
    plan.steps.push_back(
        {path.time(k), path.level(k), sampler.step(path.gap(k), path.level(k + 1))});
  }
  return plan;
}

/// The path is one of the process, whose time ends at 1, by its noise levels.
template <MarkovProcess Process>
void require_path_of(std::string_view sampler, const Process& process, const SamplerPath& path) {
  for (std::size_t k = 0; k <= path.steps(); ++k) {
    const std::string name = "path.time(" + to_text(k) + ")";
    require(path.time(k) <= 1, sampler, name, "be at most 1, where its process ends", path.time(k));
    const TransitionKernel<double> level = process.transition(0, path.time(k));
    require(level == path.level(k), sampler, "the noise variance at " + name,
            "be that of its process, " + to_text(level.noise_variance()),
            path.level(k).noise_variance());
  }
}

}  // namespace detail
}  // namespace alphabar
