// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <complex>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/circulant.hpp"
#include "alphabar/covariance/concepts.hpp"
#include "alphabar/covariance/detail/in_double.hpp"
#include "alphabar/covariance/detail/real_fft.hpp"
#include "alphabar/covariance/detail/torus_fft.hpp"
#include "alphabar/covariance/stationary.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/centring.hpp"
#include "alphabar/gaussian/gaussian.hpp"

namespace alphabar {

/// A stationary covariance on a ring: its spectrum is the mean periodogram of the samples,
/// λ_k = Σ_j |F_k(x_j − x̄)|²/((n − 1) d). Of all circulant covariances it is the closest in
/// KL(data ‖ fit), and none of its eigenvalues can be negative. The mean is that of the samples,
/// coordinate by coordinate.
///
/// Batches are d × n, one sample per column; variances with the divisor n − 1, in double.
/// Cost: one FFT per sample; memory: a few vectors, and the values of a batch that is an
/// expression.
/// @throws std::invalid_argument for fewer than two samples, and what is not finite
template <EigenMatrix Batch>
[[nodiscard]] auto fit_stationary(const Batch& batch) {
  using Scalar = typename Batch::Scalar;
  using InDouble = detail::InDouble<Scalar>;
  const auto& samples = detail::checked_samples("fit_stationary", batch);
  const Index d = samples.rows();
  const detail::Centring<Batch::RowsAtCompileTime> centring(samples);
  detail::RealFft<typename InDouble::Scalar> fft(d);
  typename InDouble::ComplexVector modes(d / 2 + 1);
  typename InDouble::Vector power = InDouble::Vector::Zero(modes.size());
  for (Index j = 0; j < samples.cols(); ++j) {
    const typename InDouble::Vector sample = centring(samples.col(j));
    fft.forward(sample.data(), modes.data());
    power += modes.cwiseAbs2();
  }
  power /= static_cast<double>(samples.cols() - 1) * static_cast<double>(d);
  const Eigen::Matrix<Scalar, Eigen::Dynamic, 1> mean = centring.mean().template cast<Scalar>();
  return Gaussian(
      mean, CirculantCovariance<Scalar>::from_spectrum(power.template cast<Scalar>().eval(), d));
}

/// The same for images on a torus: the mean cross-periodograms of the channels, at each wave
/// Σ_j F_c(x_j − x̄) F_c'(x_j − x̄)*/((n − 1) pixels).
/// @throws std::invalid_argument also when the shape is not that of a sample
template <EigenMatrix Batch>
[[nodiscard]] auto fit_stationary(const Batch& batch, const ImageShape& shape) {
  using Scalar = typename Batch::Scalar;
  using Structure = StationaryCovariance<Scalar>;
  using InDouble = detail::InDouble<Scalar>;
  const auto& samples = detail::checked_samples("fit_stationary", batch);
  detail::require_size("fit_stationary", "batch.rows()", shape.size(), samples.rows());
  const detail::Centring<Batch::RowsAtCompileTime> centring(samples);
  const Index channels = shape.channels;
  detail::TorusFft<typename InDouble::Scalar> fft(shape.height, shape.width);
  typename InDouble::ComplexMatrix modes(Structure::frequencies(shape), channels);
  typename InDouble::ComplexMatrix power =
      InDouble::ComplexMatrix::Zero(channels, channels * modes.rows());
  for (Index j = 0; j < samples.cols(); ++j) {
    const typename InDouble::Vector sample = centring(samples.col(j));
    for (Index c = 0; c < channels; ++c) {
      fft.forward(sample.data() + c * shape.pixels(), modes.col(c).data());
    }
    for (Index k = 0; k < modes.rows(); ++k) {
      power.middleCols(k * channels, channels) +=
          modes.row(k).transpose() * modes.row(k).conjugate();
    }
  }
  power /= static_cast<double>(samples.cols() - 1) * static_cast<double>(shape.pixels());
  const Eigen::Matrix<Scalar, Eigen::Dynamic, 1> mean = centring.mean().template cast<Scalar>();
  return Gaussian(mean, Structure::from_spectrum(shape, power));
}

}  // namespace alphabar
