// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/count.hpp"
#include "alphabar/error.hpp"
#include "alphabar/grid/detail/beta_quantile.hpp"
#include "alphabar/grid/detail/levels_by_weight.hpp"

/// The noise levels of sampling: n values of σ from sigma_max to sigma_min, both exact; {sigma_max}
/// for n = 1. Samplers that end on clean data append a 0. σ is the noise in the variance-exploding
/// scale, √((1 − ᾱ)/ᾱ); grid/noise_levels.hpp converts it to other scales.
///
/// Accuracy, unless stated otherwise: within 4 + max(1, ρ)(2 + |log sigma_max| + |log sigma_min|)
/// ulp, with ρ = 1 for the exponential grid, for any two ends that are normal numbers. It is the
/// effect of rounding an exponent (tests/grid/sigma_grids.accuracy.test.cpp). Levels that differ by
/// less than that may be equal. Cost: one to three powers per value.
/// @throws std::invalid_argument unless n >= 1, 0 < sigma_min < sigma_max, finite, and rho in
/// [0.001, 1e6]
namespace alphabar {
namespace detail {

/// sigma(w) for the weights w of sigma_max between the ends: `levels_by_weight`.
template <class SigmaOfWeight>
std::vector<double> sigma_grid(std::string_view function, Index n, double sigma_min,
                               double sigma_max, SigmaOfWeight sigma) {
  require(n >= 1, function, "n", "be >= 1", n);
  require(std::isfinite(sigma_min) && sigma_min > 0, function, "sigma_min", "be finite and > 0",
          sigma_min);
  require(std::isfinite(sigma_max) && sigma_max > sigma_min, function, "sigma_max",
          "be finite and > sigma_min = " + to_text(sigma_min), sigma_max);
  return levels_by_weight(n, [&](double w) {
    return w == 1 ? sigma_max : w == 0 ? sigma_min : std::clamp(sigma(w), sigma_min, sigma_max);
  });
}

/// a^p b^(1−p).
inline double geometric_mean(double a, double b, double p) {
  return std::pow(a, p) * std::pow(b, 1 - p);
}

/// c tan((1 − w) arctan(low/c) + w arctan(high/c)), 0 <= low < high <= ∞, computed from the nearer
/// end, so that a tangent near π/2 is accurate. Far below c the tangent is equal to its angle, far
/// above c to the reciprocal of π/2 minus the angle.
inline double tangent_between(double low, double high, double c, double w) {
  constexpr double remote = 1e100;
  if (std::isinf(low)) return low;
  if (high / c < 1 / remote) return low + w * (high - low);
  if (low / c > remote) return low / ((1 - w) + w * (low / high));
  const double share = std::isinf(high) ? 1 : (high - low) / high;
  const double angle = std::atan2(share, c / high + low / c);
  const double tangent = std::tan((std::min)(w, 1 - w) * angle);
  return w < 0.5 ? c * ((low / c + tangent) / (1 - low / c * tangent))
                 : c * ((1 - tangent * (c / high)) / (c / high + tangent));
}

inline void require_rho(std::string_view function, double rho) {
  require(rho >= 1e-3 && rho <= 1e6, function, "rho", "be in [0.001, 1e6]", rho);
}

}  // namespace detail

/// σ^(1/ρ) linear in k: σ_k = (w σ_max^(1/ρ) + (1 − w) σ_min^(1/ρ))^ρ, w = (n−1−k)/(n−1),
/// computed in units of σ_max. Karras et al. 2022, arXiv:2206.00364, eq. 5.
[[nodiscard]] inline std::vector<double> karras_sigmas(Count n, double sigma_min, double sigma_max,
                                                       double rho = 7) {
  detail::require_rho("karras_sigmas", rho);
  // with square roots, so that no ratio of two levels underflows
  const double root = std::pow(std::sqrt(sigma_min) / std::sqrt(sigma_max), 2 / rho);
  return detail::sigma_grid("karras_sigmas", n, sigma_min, sigma_max, [=](double w) {
    const double ratio = std::pow(w + (1 - w) * root, rho / 2);
    return sigma_max * ratio * ratio;
  });
}

/// log σ is a power of k: σ_k = σ_max^p σ_min^(1−p), p = w^ρ, w = (n−1−k)/(n−1). ρ > 1 places more
/// steps at small σ. Crowson, k-diffusion, get_sigmas_polyexponential.
[[nodiscard]] inline std::vector<double> polyexponential_sigmas(Count n, double sigma_min,
                                                                double sigma_max, double rho = 1) {
  detail::require_rho("polyexponential_sigmas", rho);
  return detail::sigma_grid("polyexponential_sigmas", n, sigma_min, sigma_max, [=](double w) {
    return detail::geometric_mean(sigma_max, sigma_min, std::pow(w, rho));
  });
}

/// log σ is linear in k: σ_k = σ_max^w σ_min^(1−w), w = (n−1−k)/(n−1). The limit of `karras_sigmas`
/// for ρ → ∞.
[[nodiscard]] inline std::vector<double> exponential_sigmas(Count n, double sigma_min,
                                                            double sigma_max) {
  return detail::sigma_grid("exponential_sigmas", n, sigma_min, sigma_max, [=](double w) {
    return detail::geometric_mean(sigma_max, sigma_min, w);
  });
}

/// arctan(σ/c) is linear in k: σ_k = c tan(w arctan(σ_max/c) + (1 − w) arctan(σ_min/c)),
/// w = (n−1−k)/(n−1). For data N(μ, c² I) Euler's method has the least error of all grids on this
/// one: a step multiplies the deviation by its exact factor times cos(θ_k − θ_{k+1}),
/// θ = arctan(σ/c), and the product of the cosines is largest when the angles are equal. Sabour,
/// Fidler, Kreis 2024, arXiv:2404.14507, theorem 3.1; c = 1 is known as "KL optimal". Within 16
/// ulp.
[[nodiscard]] inline std::vector<double> tangent_sigmas(Count n, double sigma_min, double sigma_max,
                                                        double data_deviation = 1) {
  const double c = data_deviation;
  detail::require(std::isfinite(c) && c > 0, "tangent_sigmas", "data_deviation",
                  "be finite and > 0", c);
  return detail::sigma_grid("tangent_sigmas", n, sigma_min, sigma_max, [=](double w) {
    return detail::tangent_between(sigma_min, sigma_max, c, w);
  });
}

/// σ is a quantile of the beta distribution on [σ_min, σ_max]: σ_k = σ_min + (σ_max − σ_min) q(w),
/// w = (n−1−k)/(n−1), P(X <= q(w)) = w, X ~ Beta(α, β). Small α and β place the steps at both ends.
/// Lee et al. 2024, arXiv:2407.12173, as in diffusers (use_beta_sigmas); ComfyUI's "beta" takes the
/// quantiles of the time: `beta_timesteps` in grid/table_levels.hpp. Within 16 ulp plus the error
/// of the quantile, grid/detail/beta_quantile.hpp.
/// @throws std::invalid_argument unless alpha and beta are in [0.1, 20]
[[nodiscard]] inline std::vector<double> beta_sigmas(Count n, double sigma_min, double sigma_max,
                                                     double alpha = 0.6, double beta = 0.6) {
  detail::require_beta_law("beta_sigmas", alpha, beta);
  return detail::sigma_grid("beta_sigmas", n, sigma_min, sigma_max, [=](double w) {
    return sigma_min + (sigma_max - sigma_min) * detail::beta_quantile(w, alpha, beta);
  });
}

/// log σ is a quantile of the Laplace distribution: log σ_k = μ + b log(2w) for w < ½, μ − b
/// log(2 − 2w) otherwise, w = (n−1−k)/(n−1), limited to [σ_min, σ_max], so long lists repeat the
/// ends. Most steps are near e^μ. Hang, Gu 2024, arXiv:2407.03297; ComfyUI's list, which adds 1e-5
/// to the argument of the logarithm, differs by some 1e-5.
/// @throws std::invalid_argument unless mu is finite and 0 < b < ∞
[[nodiscard]] inline std::vector<double> laplace_sigmas(Count n, double sigma_min, double sigma_max,
                                                        double mu = 0, double b = 0.5) {
  detail::require(std::isfinite(mu), "laplace_sigmas", "mu", "be finite", mu);
  detail::require(std::isfinite(b) && b > 0, "laplace_sigmas", "b", "be finite and > 0", b);
  return detail::sigma_grid("laplace_sigmas", n, sigma_min, sigma_max, [=](double w) {
    return std::exp(mu + (w < 0.5 ? b * std::log(2 * w) : -b * std::log(2 - 2 * w)));
  });
}

}  // namespace alphabar
