// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <numbers>
#include <numeric>
#include <span>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/phi.hpp"
#include "alphabar/gaussian/divergence.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/oracle/information.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/process/forward_diffusion.hpp"
#include "alphabar/real_list.hpp"
#include "alphabar/sampler/optimal_ddpm.hpp"

namespace alphabar {

/// An upper bound of E[−log p(x_0)], the negative ELBO, term by term (Ho et al. 2020,
/// arXiv:2006.11239v2, eq. 5).
struct VariationalBound {
  std::vector<double> terms;  ///< L_0, L_1, ..., L_T in nats: L_0 of the data, L_T of the prior
  Index dimension = 1;        ///< d

  /// The bound: the sum of its terms.
  [[nodiscard]] double nats() const { return std::accumulate(terms.begin(), terms.end(), 0.0); }
  /// nats() / (d log 2).
  [[nodiscard]] double bits_per_dimension() const {
    return nats() / (static_cast<double>(dimension) * std::numbers::ln2);
  }
};

/// The variances σ_1²..σ_T² that minimise the bound: those of `optimal_reverse_variance`. For a
/// point mass σ_1² is 0 and the bound −∞, so `variational_bound` refuses it.
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] std::vector<double> optimal_reverse_variances(
    const ForwardDiffusion<Scalar, Dim, Covariance>& forward) {
  const auto lambda = forward.prior().covariance().eigenvalues().template cast<double>().eval();
  const std::span eigenvalues(lambda.data(), static_cast<std::size_t>(lambda.size()));
  const auto& schedule = forward.schedule();
  std::vector<double> variances;
  for (Index t = 1; t <= schedule.steps(); ++t) {
    variances.push_back(
        detail::mean_reverse_variance(eigenvalues, TransitionKernel<double>(schedule.step(t)),
                                      TransitionKernel<double>(schedule.transition(0, t - 1))));
  }
  return variances;
}

/// The bound of the sampler x_T ~ N(0, I), p(x_{t−1} | x_t) = N(E[x_{t−1} | x_t], σ_t² I) on data
/// N(μ, Σ): that of a perfect network with these variances. With v = β̃_t and c_0 of
/// `PosteriorKernel`, E_t = E|x_0 − E[x_0 | x_t]|² and φ(z) = z − log(1 + z),
///
///     L_T = ½ (ᾱ_T E|x_0|² + d φ(−ᾱ_T))    L_{t−1} = ½ (d φ(v/σ_t² − 1) + c_0² E_t/σ_t²)
///     L_0 = ½ (d log 2πσ_1² + E_1/σ_1²)
///
/// All terms except L_0 are >= 0, and nothing cancels. nats() exceeds entropy(prior) by the KL
/// divergence from the forward path to that of the sampler. Σ may be singular. Cost: O(d T).
/// @param variances  σ_1²..σ_T²
/// @throws std::invalid_argument unless there are T variances, each finite and > 0
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] VariationalBound variational_bound(
    const ForwardDiffusion<Scalar, Dim, Covariance>& forward, const RealList& variances) {
  constexpr auto name = "variational_bound";
  const std::vector<double>& sigma2 = variances.values();
  detail::require_size(name, "the number of variances", forward.steps(), std::ssize(sigma2));
  for (Index k = 0; k < forward.steps(); ++k) {
    const double value = sigma2[static_cast<std::size_t>(k)];
    if (!(std::isfinite(value) && value > 0)) {
      detail::refuse(name, detail::element("variances", k), "be finite and > 0", value);
    }
  }
  const auto& prior = forward.prior();
  const auto& schedule = forward.schedule();
  const auto d = static_cast<double>(forward.dimension());
  const auto error = [&](Index t) {
    return double{minimum_mean_squared_error(prior, schedule.transition(0, t), Prediction::x0)};
  };
  VariationalBound bound{{}, forward.dimension()};
  bound.terms.push_back((d * std::log(2 * std::numbers::pi * sigma2[0]) + error(1) / sigma2[0]) /
                        2);
  for (Index t = 2; t <= forward.steps(); ++t) {
    const auto posterior = schedule.posterior(t - 1, t);
    const double variance = sigma2[static_cast<std::size_t>(t - 1)];
    const double c0 = posterior.x0_scale();
    bound.terms.push_back((d * detail::phi_of_ratio(double{posterior.variance()}, variance) +
                           c0 * c0 * error(t) / variance) /
                          2);
  }
  const double alpha_bar = schedule.alpha_bar(schedule.steps());
  const double power = prior.covariance().trace(detail::Identity{}) + prior.mean().squaredNorm();
  const double noise = schedule.one_minus_alpha_bar(schedule.steps());  // for ᾱ near 1
  const double phi = detail::phi_of_both(-alpha_bar, noise);
  bound.terms.push_back((alpha_bar * power + d * phi) / 2);
  return bound;
}

}  // namespace alphabar
