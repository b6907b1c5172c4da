// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/unit.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/centring.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

/// Shrinkage of a covariance S that is estimated from few samples. Its eigenvalues are moved
/// towards their mean:
///
///     Σ = (1 − ρ) S + ρ m I,      m = tr S/d.
///
/// This is a diffusion step with A = 1 − ρ and B = ρm, and it is returned as a kernel. Apply it to
/// the estimate of `Moments`: `propagate(ledoit_wolf(batch), moments.covariance())`. On
/// standardised data m = 1: the shrunk covariance is Σ_t at the time with ᾱ_t = 1 − ρ, that is
/// `schedule.time_of_log_snr(std::log((1 - rho) / rho))`.
///
/// Batches are Dim × n, one sample per column, n >= 2. In double; no d × d matrix is formed when
/// n < d. The relative error of ρ is at most 1e-12, and more where the numerator of Ledoit and
/// Wolf's ρ is a small difference f − g: u f/(f − g). Cost: d n min(d, n) flops.
namespace alphabar {
namespace detail {

/// The quantities in the formulas for ρ. Here S = Σ (x − x̄)(x − x̄)ᵀ/n, with the divisor n, of
/// samples in units of `unit`, so that their fourth powers neither overflow nor underflow.
struct ScatterInvariants {
  double unit;           ///< a power of 2
  double samples;        ///< n
  double dimension;      ///< d
  double trace;          ///< tr S
  double off_sphere;     ///< |S − mI|²_F, summed without cancellation
  double fourth_moment;  ///< Σ |x − x̄|⁴/n

  [[nodiscard]] double trace_of_square() const { return off_sphere + trace * trace / dimension; }
};

template <class Batch>
ScatterInvariants scatter_invariants(std::string_view function, const Batch& batch) {
  using Matrix = typename Centring<Batch::RowsAtCompileTime>::Matrix;
  using Vector = typename Centring<Batch::RowsAtCompileTime>::Column;
  const auto& samples = checked_samples(function, batch);
  const auto n = static_cast<double>(samples.cols());
  const auto d = static_cast<double>(samples.rows());
  Matrix centred = Centring(samples)(samples);
  const double unit = unit_of(centred);
  centred /= unit;
  const Vector squares = centred.colwise().squaredNorm();
  const double trace = squares.sum() / n;

  // The nonzero eigenvalues of S are those of the smaller product.
  const Index size = (std::min)(samples.rows(), samples.cols());
  Matrix product = Matrix::Zero(size, size);
  auto lower = product.template selfadjointView<Eigen::Lower>();
  if (size < samples.rows()) {
    lower.rankUpdate(centred.transpose(), 1 / n);
  } else {
    lower.rankUpdate(centred, 1 / n);
  }
  product.diagonal().array() -= trace / d;
  const double of_diagonal = product.diagonal().squaredNorm();
  const double off_sphere = 2 * product.squaredNorm() - of_diagonal +
                            (d - static_cast<double>(size)) * (trace / d) * (trace / d);
  return {unit, n, d, trace, off_sphere, squares.squaredNorm() / n};
}

/// The kernel that shrinks by ρ = part/whole, at most 1, towards the unbiased m. For d = 1 both are
/// 0 and S = m for any ρ; then ρ is 1.
template <Real Scalar>
TransitionKernel<Scalar> shrinkage_kernel(const ScatterInvariants& s, double part, double whole) {
  const double rho = s.dimension > 1 && part < whole ? (std::max)(0.0, part / whole) : 1;
  const double unbiased_mean =
      s.trace / s.dimension * s.samples / (s.samples - 1) * s.unit * s.unit;
  return {static_cast<Scalar>(1 - rho), static_cast<Scalar>(rho * unbiased_mean)};
}

}  // namespace detail

/// Asymptotically optimal shrinkage for large n and d and any distribution of the data: ρ = (Σ
/// |x − x̄|⁴/n − tr S²)/(n |S − mI|²_F) (Ledoit, Wolf, "A well-conditioned estimator for
/// large-dimensional covariance matrices", J. Multivariate Analysis 88, 2004). S = mI gives 1.
/// @throws std::invalid_argument for fewer than two samples
template <EigenMatrix Batch>
[[nodiscard]] TransitionKernel<typename Batch::Scalar> ledoit_wolf(const Batch& batch) {
  const auto s = detail::scatter_invariants("ledoit_wolf", batch);
  return detail::shrinkage_kernel<typename Batch::Scalar>(s, s.fourth_moment - s.trace_of_square(),
                                                          s.samples * s.off_sphere);
}

/// Oracle approximating shrinkage for Gaussian data, the fixed point of an iteration that
/// approximates the optimal ρ of a known Σ: ρ = ((1 − 2/d) tr S² + tr² S)/((n + 1 − 2/d)
/// |S − mI|²_F) (Chen, Wiesel, Eldar, Hero, "Shrinkage algorithms for MMSE covariance estimation",
/// IEEE Trans. Signal Processing 58, 2010).
/// @throws std::invalid_argument for fewer than two samples
template <EigenMatrix Batch>
[[nodiscard]] TransitionKernel<typename Batch::Scalar> oas(const Batch& batch) {
  const auto s = detail::scatter_invariants("oas", batch);
  const double share = 1 - 2 / s.dimension;
  return detail::shrinkage_kernel<typename Batch::Scalar>(
      s, share * s.trace_of_square() + s.trace * s.trace, (s.samples + share) * s.off_sphere);
}

}  // namespace alphabar
