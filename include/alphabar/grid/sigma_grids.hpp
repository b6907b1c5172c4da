// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"

/// The noise levels that samplers walk down: n values of σ from sigma_max to sigma_min, both of
/// which are met exactly; {sigma_max} for n = 1. Samplers that end on clean data append a 0.
/// σ is the noise in the variance-exploding scale, √((1 − ᾱ)/ᾱ); its other names are in
/// grid/noise_levels.hpp.
///
/// Accuracy: within 4 + max(1, ρ)(2 + |log sigma_max| + |log sigma_min|) ulp, ρ = 1 for the
/// exponential, if nothing else is said: what rounding an exponent costs
/// (tests/grid/sigma_grids.accuracy.test.cpp). Cost: one to three powers per value.
/// @throws std::invalid_argument unless n >= 1, 0 < sigma_min < sigma_max, finite, and rho in
/// [0.001, 1e6]
namespace alphabar {
namespace detail {

/// `sigma(w)` for the weights w = (n − 1 − k)/(n − 1) of sigma_max, k = 0..n−1.
template <class SigmaOfWeight>
std::vector<double> sigma_grid(std::string_view function, Index n, double sigma_min,
                               double sigma_max, SigmaOfWeight sigma) {
  require(n >= 1, function, "n", "be >= 1", n);
  require(std::isfinite(sigma_min) && sigma_min > 0, function, "sigma_min", "be finite and > 0",
          sigma_min);
  require(std::isfinite(sigma_max) && sigma_max > sigma_min, function, "sigma_max",
          "be finite and > sigma_min = " + to_text(sigma_min), sigma_max);
  std::vector<double> sigmas{sigma_max};
  for (Index k = 1; k < n; ++k) {
    const double weight = static_cast<double>(n - 1 - k) / static_cast<double>(n - 1);
    sigmas.push_back(k == n - 1 ? sigma_min : std::clamp(sigma(weight), sigma_min, sigma_max));
  }
  return sigmas;
}

/// a^p b^(1−p).
inline double geometric_mean(double a, double b, double p) {
  return std::pow(a, p) * std::pow(b, 1 - p);
}

inline void require_rho(std::string_view function, double rho) {
  require(rho >= 1e-3 && rho <= 1e6, function, "rho", "be in [0.001, 1e6]", rho);
}

}  // namespace detail

/// σ^(1/ρ) linear in k: σ_k = (w σ_max^(1/ρ) + (1 − w) σ_min^(1/ρ))^ρ, w = (n−1−k)/(n−1), in units
/// of σ_max. Karras et al. 2022, arXiv:2206.00364, eq. 5.
[[nodiscard]] inline std::vector<double> karras_sigmas(Index n, double sigma_min, double sigma_max,
                                                       double rho = 7) {
  detail::require_rho("karras_sigmas", rho);
  const double root = std::pow(sigma_min / sigma_max, 1 / rho);
  return detail::sigma_grid("karras_sigmas", n, sigma_min, sigma_max, [=](double w) {
    return sigma_max * std::pow(w + (1 - w) * root, rho);
  });
}

/// log σ a power of k: σ_k = σ_max^p σ_min^(1−p), p = w^ρ, w = (n−1−k)/(n−1). ρ > 1 spends more of
/// the steps on small σ. Crowson, k-diffusion, get_sigmas_polyexponential.
[[nodiscard]] inline std::vector<double> polyexponential_sigmas(Index n, double sigma_min,
                                                                double sigma_max, double rho = 1) {
  detail::require_rho("polyexponential_sigmas", rho);
  return detail::sigma_grid("polyexponential_sigmas", n, sigma_min, sigma_max, [=](double w) {
    return detail::geometric_mean(sigma_max, sigma_min, std::pow(w, rho));
  });
}

/// log σ linear in k: σ_k = σ_max^w σ_min^(1−w), w = (n−1−k)/(n−1). The limit of `karras_sigmas`
/// for ρ → ∞.
[[nodiscard]] inline std::vector<double> exponential_sigmas(Index n, double sigma_min,
                                                            double sigma_max) {
  return detail::sigma_grid("exponential_sigmas", n, sigma_min, sigma_max, [=](double w) {
    return detail::geometric_mean(sigma_max, sigma_min, w);
  });
}

/// arctan(σ/c) linear in k: σ_k = c tan(w arctan(σ_max/c) + (1 − w) arctan(σ_min/c)), w = (n − 1 −
/// k)/(n − 1). Of all grids Euler's method makes the least error on this one when the data are
/// N(μ, c² I): beside its exact factor a step multiplies the deviation by cos(θ_k − θ_{k+1}), θ =
/// arctan(σ/c), and a product of cosines is largest when the angles are equal. Sabour, Fidler,
/// Kreis 2024, arXiv:2404.14507, theorem 3.1; c = 1 is known as "KL optimal".
/// Computed from the nearer end, so that a tangent near π/2 loses nothing; within 16 ulp.
[[nodiscard]] inline std::vector<double> tangent_sigmas(Index n, double sigma_min, double sigma_max,
                                                        double data_deviation = 1) {
  const double c = data_deviation;
  detail::require(std::isfinite(c) && c > 0, "tangent_sigmas", "data_deviation",
                  "be finite and > 0", c);
  const double lowest = sigma_min / c;
  const double highest = sigma_max / c;
  const double angle = std::atan2((sigma_max - sigma_min) / sigma_max, 1 / highest + lowest);
  return detail::sigma_grid("tangent_sigmas", n, sigma_min, sigma_max, [=](double w) {
    const double tangent = std::tan(std::min(w, 1 - w) * angle);
    return w < 0.5 ? c * ((lowest + tangent) / (1 - lowest * tangent))
                   : c * ((highest - tangent) / (1 + highest * tangent));
  });
}

}  // namespace alphabar
