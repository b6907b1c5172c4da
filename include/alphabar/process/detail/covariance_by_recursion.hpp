// SPDX-License-Identifier: MIT
#pragma once

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

namespace alphabar::detail {

/// Σ_s = (1−β_s) Σ_{s−1} + β_s N for s = 1..t, from Σ_0 = sigma, with compensated summation
/// (Kahan). add(matrix, b) adds bN.
template <Real Scalar, class Matrix, class Add>
Matrix covariance_by_recursion(const NoiseSchedule<Scalar>& schedule, Index t, Matrix sigma,
                               const Add& add) {
  require_in_range("ForwardDiffusion::covariance_by_recursion", "t", 0, schedule.steps(), t);
  Matrix lost = Matrix::Zero(sigma.rows(), sigma.cols());
  Matrix change(sigma.rows(), sigma.cols());
  for (Index s = 1; s <= t; ++s) {
    const Scalar beta = schedule.beta(s);
    if (beta >= Scalar(0.5)) {  // 1 − β is exact, and the accumulated error shrinks
      sigma *= 1 - beta;
      lost *= 1 - beta;
      add(sigma, beta);
      continue;
    }
    change = (1 - beta) * lost - beta * sigma;  // Σ_s − Σ_{s−1} = β_s (N − Σ_{s−1})
    add(change, beta);
    lost = sigma;
    sigma += change;
    lost = change - (sigma - lost);
  }
  return sigma;
}

}  // namespace alphabar::detail
