// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>

#include "alphabar/kernel/posterior_kernel.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// DDPM: the posterior of x_s with the predicted x_0 in place of x_0, x_s = c_0 D + c_t x + ς z,
/// with c_0 and c_t of `PosteriorKernel` and one of two variances. The step onto clean data,
/// v_s = 0, adds no noise. Ho et al. 2020, arXiv:2006.11239v2, section 3.2 and algorithm 2.
struct Ddpm {
  /// The choice of ς².
  enum class Variance {
    posterior,  ///< β̃ = v_s B/v_t, exact for data that are one point; "fixed_small"
    step        ///< β = B, exact for data N(0, I); "fixed_large"
  };
  Variance variance = Variance::posterior;  ///< of the noise in each step

  /// From t to s.
  [[nodiscard]] LinearStep step(const TransitionKernel<double>& s_to_t,
                                const TransitionKernel<double>& zero_to_s) const {
    const PosteriorKernel<double> posterior(s_to_t, zero_to_s);
    double noise = std::sqrt(posterior.variance());
    if (variance == Variance::step)
      noise = zero_to_s.noise_variance() > 0 ? s_to_t.noise_scale() : 0;
    return detail::one_call_step(posterior.xt_scale(), posterior.x0_scale(), noise);
  }

  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    return detail::one_call_per_step(
        path, Prediction::x0, [&](std::size_t k) { return step(path.gap(k), path.level(k + 1)); });
  }
};

}  // namespace alphabar
