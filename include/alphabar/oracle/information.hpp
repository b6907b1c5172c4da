// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"

/// Information of x_t = √A x_0 + √B ε about x_0 and ε when x_0 ~ N(μ, Σ), and the least training
/// losses. Sums over the eigenvalues λ of Σ, with λ_t = Aλ + B. All terms are positive, and Σ may
/// be singular.
/// Accuracy: each term within 8 ulp; the errors of the eigenvalues and of the sum come in addition.
/// Cost: one pass over the eigenvalues.
namespace alphabar {

/// I(x_0; x_t) = ½ Σ log(1 + λ A/B), in nats. +∞ without noise, unless A = 0 or Σ = 0. For two
/// times s < t use the marginal at s and the kernel from s to t.
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] Scalar mutual_information(const Gaussian<Scalar, Dim, Covariance>& prior,
                                        const TransitionKernel<Scalar>& kernel) {
  const double a = double{kernel.signal_power()};
  const double b = double{kernel.noise_variance()};
  return prior.covariance().trace([=](Scalar eigenvalue) {
    const double lambda = double{eigenvalue};
    if (!(a > 0 && lambda > 0)) return Scalar(0);
    const auto [less, more] = std::minmax(a, lambda);
    const double ratio = b < 1 ? less / b * more : more / b * less;  // in range if λA/B is
    const double nats =
        std::isfinite(ratio) ? std::log1p(ratio) : std::log(a) + std::log(lambda) - std::log(b);
    return static_cast<Scalar>(nats / 2);
  });
}

/// The minimum mean squared error |prediction − truth|², summed over the coordinates, of any
/// predictor of `kind` from x_t. It is that of the conditional mean (gaussian/predict.hpp),
///
///     x_0: Σ B λ/λ_t    ε: Σ A λ/λ_t    v: Σ (A + B)² λ/λ_t    u: Σ (√A + √B)² λ/λ_t,
///
/// that is |x_t, p|² Σ λ/λ_t with the determinant of prediction/prediction.hpp. Where λ_t = 0, x_t
/// carries no information, and the error is the variance of the truth. With SNR = A/B, dI/dSNR is
/// half of the value for x_0 (Guo, Shamai, Verdú 2005, arXiv:cs/0412108, theorem 2).
/// @throws std::invalid_argument for a score at B = 0
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] Scalar minimum_mean_squared_error(const Gaussian<Scalar, Dim, Covariance>& prior,
                                                const TransitionKernel<Scalar>& kernel,
                                                Prediction kind) {
  const detail::LinearForm x_t{kernel.signal_scale(), kernel.noise_scale()};
  const auto wanted =
      detail::prediction_form(kind, x_t.x0, x_t.noise, "minimum_mean_squared_error");
  const double hidden = detail::area(x_t, wanted.form) / wanted.unit;
  const double of_data = wanted.form.x0 / wanted.unit;
  const double of_noise = wanted.form.noise / wanted.unit;
  const TransitionKernel<double> in_double(kernel);
  return prior.covariance().trace([&](Scalar lambda) {
    const double variance = in_double.variance(lambda);
    return static_cast<Scalar>(variance > 0 ? hidden * hidden * (lambda / variance)
                                            : of_data * of_data * lambda + of_noise * of_noise);
  });
}

}  // namespace alphabar
