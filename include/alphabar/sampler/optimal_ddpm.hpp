// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/posterior_kernel.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {
namespace detail {

inline void require_eigenvalues(std::string_view function, std::span<const double> eigenvalues) {
  require(!eigenvalues.empty(), function, "the number of eigenvalues", "be >= 1",
          eigenvalues.size());
  for (std::size_t i = 0; i < eigenvalues.size(); ++i) {
    if (!(std::isfinite(eigenvalues[i]) && eigenvalues[i] >= 0)) {
      refuse(function, element("eigenvalues", static_cast<Index>(i)), "be finite and >= 0",
             eigenvalues[i]);
    }
  }
}

/// The mean of B λ_s/λ_t over checked eigenvalues; 0 for B = 0 and any λ_t.
inline double mean_reverse_variance(std::span<const double> eigenvalues,
                                    const TransitionKernel<double>& s_to_t,
                                    const TransitionKernel<double>& zero_to_s) {
  if (s_to_t.noise_variance() == 0) return 0;
  double sum = 0;
  for (const double lambda : eigenvalues) {
    const double at_s = zero_to_s.variance(lambda);
    sum += at_s / s_to_t.variance(at_s);
  }
  return s_to_t.noise_variance() * sum / static_cast<double>(eigenvalues.size());
}

}  // namespace detail

/// The variance of the best isotropic Gaussian step from t to s for data with these eigenvalues:
/// the mean of B λ_s/λ_t, λ_s = a_s λ + v_s and λ_t = A λ_s + B. It is between the two variances of
/// `Ddpm` while all λ <= 1, and may be above both otherwise. Bao et al. 2022, arXiv:2201.06503,
/// theorem 1, here in closed form. Eigenvalues may be 0. A step without noise, B = 0, has variance
/// 0.
/// @throws std::invalid_argument without eigenvalues, or for one that is not finite and >= 0
[[nodiscard]] inline double optimal_reverse_variance(std::span<const double> eigenvalues,
                                                     const TransitionKernel<double>& s_to_t,
                                                     const TransitionKernel<double>& zero_to_s) {
  detail::require_eigenvalues("optimal_reverse_variance", eigenvalues);
  return detail::mean_reverse_variance(eigenvalues, s_to_t, zero_to_s);
}

/// DDPM with the optimal isotropic variance for data with a known spectrum (Analytic-DPM). The last
/// step draws noise, because x_0 given x_t is uncertain. Exact on any grid when all eigenvalues are
/// equal.
class OptimalDdpm {
 public:
  /// @throws std::invalid_argument without eigenvalues, or for one that is not finite and >= 0
  explicit OptimalDdpm(std::vector<double> eigenvalues) : eigenvalues_(std::move(eigenvalues)) {
    detail::require_eigenvalues("OptimalDdpm", eigenvalues_);
  }

  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    return detail::one_call_per_step(path, Prediction::x0, [&](std::size_t k) {
      const PosteriorKernel<double> posterior(path.gap(k), path.level(k + 1));
      const double variance =
          detail::mean_reverse_variance(eigenvalues_, path.gap(k), path.level(k + 1));
      return detail::one_call_step(posterior.xt_scale(), posterior.x0_scale(), std::sqrt(variance));
    });
  }

 private:
  std::vector<double> eigenvalues_;
};

}  // namespace alphabar
