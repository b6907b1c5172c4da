// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <complex>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/circulant.hpp"
#include "alphabar/covariance/concepts.hpp"
#include "alphabar/detail/centring.hpp"
#include "alphabar/detail/real_fft.hpp"
#include "alphabar/gaussian/gaussian.hpp"

namespace alphabar {

/// A stationary covariance on a ring: its spectrum is the mean periodogram of the samples,
/// λ_k = Σ_j |F_k(x_j − x̄)|²/((n − 1) d). Of all circulant covariances it is the closest in
/// KL(data ‖ fit), and none of its eigenvalues can be negative. The mean is that of the samples,
/// coordinate by coordinate.
///
/// Batches are d × n, one sample per column; variances with the divisor n − 1, in double.
/// Cost: one FFT per sample; memory: a few vectors.
/// @throws std::invalid_argument for fewer than two samples, and what is not finite
template <EigenMatrix Batch>
[[nodiscard]] auto fit_stationary(const Batch& batch) {
  using Scalar = typename Batch::Scalar;
  detail::require_samples("fit_stationary", batch);
  const Index d = batch.rows();
  const detail::Centring<Batch::RowsAtCompileTime> centring(batch);
  detail::RealFft<double> fft(d);
  Eigen::VectorXcd modes(d / 2 + 1);
  Eigen::VectorXd power = Eigen::VectorXd::Zero(modes.size());
  for (Index j = 0; j < batch.cols(); ++j) {
    const Eigen::VectorXd sample = centring(batch.col(j));
    fft.forward(sample.data(), modes.data());
    power += modes.cwiseAbs2();
  }
  power /= static_cast<double>(batch.cols() - 1) * static_cast<double>(d);
  const Eigen::Matrix<Scalar, Eigen::Dynamic, 1> mean = centring.mean().template cast<Scalar>();
  return Gaussian(
      mean, CirculantCovariance<Scalar>::from_spectrum(power.template cast<Scalar>().eval(), d));
}

}  // namespace alphabar
