// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <complex>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/circulant.hpp"
#include "alphabar/covariance/detail/fft.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/stationary.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/centring.hpp"
#include "alphabar/gaussian/gaussian.hpp"

namespace alphabar {

/// Fits a stationary covariance on a ring. Its spectrum is the mean periodogram of the samples,
/// λ_k = Σ_j |F_k(x_j − x̄)|²/((n − 1) d). Of all circulant covariances it is the closest in
/// KL(data ‖ fit), and no eigenvalue is negative. The mean is that of the samples, coordinate by
/// coordinate.
///
/// Batches are d × n, one sample per column; variances with the divisor n − 1, in double.
/// Cost: one FFT per sample. Memory: a few vectors, and the values of a batch that is an
/// expression.
/// @throws std::invalid_argument for fewer than two samples and for non-finite numbers
template <EigenMatrix Batch, Real Scalar = typename Batch::Scalar>
[[nodiscard]] Gaussian<Scalar, Eigen::Dynamic, CirculantCovariance<Scalar>> fit_stationary(
    const Batch& batch) {
  using Centring = detail::Centring<Batch::RowsAtCompileTime>;
  using Vector = typename Centring::Column;
  const auto& samples = detail::checked_samples("fit_stationary", batch);
  const Index d = samples.rows();
  const Centring centring(samples);
  detail::ImageFft<typename Vector::Scalar> fft({1, d});
  typename Centring::ComplexMatrix modes(d / 2 + 1, 1);
  Vector power = Vector::Zero(modes.size());
  for (Index j = 0; j < samples.cols(); ++j) {
    const typename Centring::Column sample = centring(samples.col(j));
    fft.forward(sample.data(), modes.data());
    power += modes.cwiseAbs2();
  }
  power /= static_cast<double>(samples.cols() - 1) * static_cast<double>(d);
  const Eigen::Matrix<Scalar, Eigen::Dynamic, 1> mean = centring.mean().template cast<Scalar>();
  return {mean,
          CirculantCovariance<Scalar>::from_spectrum(power.template cast<Scalar>().eval(), d)};
}

/// The same for images on a torus: the mean cross-periodograms of the channels, at each frequency
/// Σ_j F_c(x_j − x̄) F_c'(x_j − x̄)*/((n − 1) pixels).
/// @throws std::invalid_argument also when the shape is not that of a sample
template <EigenMatrix Batch, Real Scalar = typename Batch::Scalar>
[[nodiscard]] Gaussian<Scalar, Eigen::Dynamic, StationaryCovariance<Scalar>> fit_stationary(
    const Batch& batch, const ImageShape& shape) {
  using Centring = detail::Centring<Batch::RowsAtCompileTime>;
  using Complex = typename Centring::ComplexMatrix;
  using Structure = StationaryCovariance<Scalar>;
  const auto& samples = detail::checked_samples("fit_stationary", batch);
  detail::require_shape("fit_stationary", shape);
  detail::require_size("fit_stationary", "batch.rows()", shape.size(), samples.rows());
  const Centring centring(samples);
  const Index channels = shape.channels;
  detail::ImageFft<typename Centring::Matrix::Scalar> fft(shape);
  Complex modes(Structure::frequencies(shape), channels);
  Complex power = Complex::Zero(channels, channels * modes.rows());
  for (Index j = 0; j < samples.cols(); ++j) {
    const typename Centring::Column sample = centring(samples.col(j));
    fft.forward(sample.data(), modes.data());
    for (Index k = 0; k < modes.rows(); ++k) {
      power.middleCols(k * channels, channels) +=
          modes.row(k).transpose() * modes.row(k).conjugate();
    }
  }
  power /= static_cast<double>(samples.cols() - 1) * static_cast<double>(shape.pixels());
  const Eigen::Matrix<Scalar, Eigen::Dynamic, 1> mean = centring.mean().template cast<Scalar>();
  return {mean, Structure::from_spectrum(shape, power)};
}

}  // namespace alphabar
