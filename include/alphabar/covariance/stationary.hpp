// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <complex>
#include <memory>
#include <type_traits>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/eigensystem.hpp"
#include "alphabar/covariance/detail/fft.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/image_shape.hpp"
#include "alphabar/covariance/spectral_covariance.hpp"
#include "alphabar/error.hpp"

namespace alphabar {
namespace detail {

/// The eigenvectors of each wave, channels × channels, side by side; empty for one channel, where
/// the waves are the eigenvectors.
template <class Scalar>
struct StationaryBasis {
  ImageShape shape;
  std::shared_ptr<const Eigen::Matrix<std::complex<Scalar>, Eigen::Dynamic, Eigen::Dynamic>> waves;

  friend bool operator==(const StationaryBasis&, const StationaryBasis&) = default;
};

}  // namespace detail

/// The covariance of stationary images on a torus: block circulant,
/// Cov(x_c(p), x_c'(q)) = R_cc'(p − q) for channels c, c' and pixels p, q.
///
/// Each wave k has a Hermitian matrix between the channels, the cross-spectrum Σ_p R(p) e^(−ik·p).
/// Its eigenvectors are the basis. f(Σ)x is a filter: an FFT for each channel, a product with a
/// channels × channels matrix for each wave, and the inverse FFT. covariance/detail/fft.hpp says
/// how to use FFTW.
/// Accuracy: f(Σ)x within 16 log2(2d) u max|f(λ)| |x|, plus p u for a prime factor p > 7 of height
/// or width.
template <Real Scalar = double>
class StationaryCovariance
    : public SpectralCovariance<StationaryCovariance<Scalar>, detail::StationaryBasis<Scalar>,
                                Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>> {
  using Base = typename StationaryCovariance::SpectralCovariance;
  using Modes = Eigen::Matrix<std::complex<Scalar>, Eigen::Dynamic, Eigen::Dynamic>;
  friend Base;

 public:
  using typename Base::Matrix;
  using typename Base::Vector;
  using Double = std::common_type_t<double, Scalar>;      ///< the type that spectra are computed in
  using Spectrum = Eigen::MatrixX<std::complex<Double>>;  ///< the argument of from_spectrum()

  /// The number of waves stored, height × (width/2 + 1), row by row of the vertical frequency. The
  /// others are their mirror images.
  /// @throws std::invalid_argument unless each size is >= 1 and their product fits into an Index
  [[nodiscard]] static Index frequencies(const ImageShape& shape) {
    detail::require_shape("StationaryCovariance::frequencies", shape);
    return shape.height * (shape.width / 2 + 1);
  }

  /// From the columns of Σ for the first pixel, one for each channel: d × channels.
  /// @throws std::invalid_argument unless they are finite and the matrix is a covariance
  template <BatchOf<Scalar, Eigen::Dynamic> C>
  [[nodiscard]] static StationaryCovariance from_first_columns(const ImageShape& shape,
                                                               const C& columns) {
    constexpr auto function = "StationaryCovariance::from_first_columns";
    detail::require_shape(function, shape);
    detail::require_size(function, "columns.rows()", shape.size(), columns.rows());
    detail::require_size(function, "columns.cols()", shape.channels, columns.cols());
    const Eigen::MatrixX<Double> plain = columns.template cast<Double>();
    detail::require_finite(function, "columns", plain);
    detail::ImageFft<Double> fft(shape);
    Spectrum spectrum(shape.channels, shape.channels * frequencies(shape));
    Spectrum modes(frequencies(shape), shape.channels);
    for (Index j = 0; j < shape.channels; ++j) {
      fft.forward(plain.col(j).data(), modes.data());
      for (Index k = 0; k < modes.rows(); ++k) {
        spectrum.col(k * shape.channels + j) = modes.row(k).transpose();
      }
    }
    return {shape, spectrum, function};
  }

  /// From the cross-spectra, channels × channels, side by side in the order of `frequencies`, such
  /// as a mean periodogram. Eigenvalues within c log2(2d) u of 0, in units of the root mean square
  /// of all, become 0 (c and u as in DenseCovariance).
  /// @throws std::invalid_argument unless each is finite, Hermitian and positive semidefinite, and
  ///         those of waves k and −k, where both are stored, are complex conjugates, as those of a
  ///         real matrix are
  [[nodiscard]] static StationaryCovariance from_spectrum(const ImageShape& shape,
                                                          const Spectrum& spectrum) {
    constexpr auto function = "StationaryCovariance::from_spectrum";
    detail::require_shape(function, shape);
    detail::require_size(function, "spectrum.rows()", shape.channels, spectrum.rows());
    detail::require_size(function, "spectrum.cols()", shape.channels * frequencies(shape),
                         spectrum.cols());
    return {shape, spectrum, function};
  }

  /// Height, width and channels of the images.
  [[nodiscard]] const ImageShape& shape() const noexcept { return basis_.shape; }
  [[nodiscard]] Index dimension() const noexcept { return shape().size(); }
  /// The cross-spectra, as from_spectrum takes them.
  [[nodiscard]] Spectrum spectrum() const {
    const Index channels = shape().channels;
    const Modes lambda = spectrum_.template cast<std::complex<Scalar>>();
    Modes waves(channels, channels * lambda.cols());
    for (Index k = 0; k < lambda.cols(); ++k) {
      auto wave = waves.middleCols(k * channels, channels);
      wave = lambda.col(k).asDiagonal();
      if (channels > 1) {
        const auto basis = basis_.waves->middleCols(k * channels, channels);
        wave = (basis * wave * basis.adjoint()).eval();
      }
    }
    return waves.template cast<std::complex<double>>();
  }

 private:
  using Base::basis_;
  using Base::spectrum_;  // channels × waves
  static constexpr auto name = "StationaryCovariance";

  StationaryCovariance() = default;

  /// The eigenvalues of each stored wave, one per channel, with the multiplicity of the wave.
  template <class Visit>
  void visit_modes(Visit visit) const {
    for (Index k = 0; k < spectrum_.cols(); ++k) visit(spectrum_.col(k), multiplicity(k));
  }

  /// Filters each column. Cost: two FFTs per channel and 8 channels² flops per wave.
  template <class Y>
  void multiply(const Matrix& gains, Y& y) const {
    detail::ImageFft<Scalar> fft(shape());
    Modes modes(spectrum_.cols(), shape().channels);
    for (auto image : y.colwise()) {
      fft.forward(image.data(), modes.data());
      filter(gains, modes);
      fft.inverse(modes.data(), image.data());
    }
  }

  StationaryCovariance(const ImageShape& shape, const Spectrum& spectrum, const char* function) {
    basis_.shape = shape;
    spectrum_.resize(shape.channels, frequencies(shape));
    decompose(spectrum, function);
  }

  template <class CrossSpectra>
  void decompose(const CrossSpectra& spectrum, const char* function);

  /// 2 for a wave whose mirror image is not stored, else 1.
  [[nodiscard]] Index multiplicity(Index k) const {
    const Index horizontal = k % (shape().width / 2 + 1);
    return horizontal == 0 || 2 * horizontal == shape().width ? 1 : 2;
  }

  /// The index of −k, for a wave k whose mirror image is stored.
  [[nodiscard]] Index mirror(Index k) const {
    const Index kept = shape().width / 2 + 1;
    return (shape().height - k / kept) % shape().height * kept + k % kept;
  }

  /// Multiplies the channels of each wave by f of its cross-spectrum, given by the eigenvalues.
  void filter(const Matrix& gains, Modes& modes) const {
    if (shape().channels == 1) {
      modes.array() *= gains.row(0).transpose().array();
      return;
    }
    Modes wave(shape().channels, 1);
    for (Index k = 0; k < gains.cols(); ++k) {
      const auto basis = basis_.waves->middleCols(k * shape().channels, shape().channels);
      wave.col(0).noalias() = basis.adjoint().lazyProduct(modes.row(k).transpose());
      wave.array() *= gains.col(k).array();
      modes.row(k).transpose() = basis.lazyProduct(wave);
    }
  }
};

/// Checks and decomposes the cross-spectrum of each wave. Not inline, so that a program can
/// instantiate it once.
template <Real Scalar>
template <class CrossSpectra>
void StationaryCovariance<Scalar>::decompose(const CrossSpectra& spectrum, const char* function) {
  detail::require_finite(function, "spectrum.real()", spectrum.real());
  detail::require_finite(function, "spectrum.imag()", spectrum.imag());
  const double size = spectrum.stableNorm() / std::sqrt(static_cast<double>(frequencies(shape())));
  const double threshold = static_cast<double>(detail::spectral_tolerance<Scalar>(1)) *
                           std::log2(2 * static_cast<double>(dimension())) * size;
  Modes basis(spectrum.rows(), spectrum.cols());
  for (Index k = 0; k < spectrum_.cols(); ++k) {
    const Index first = k * shape().channels;
    const CrossSpectra block = spectrum.middleCols(first, shape().channels);
    const double asymmetry = (block - block.adjoint()).cwiseAbs().maxCoeff();
    detail::require(asymmetry <= threshold, function, "the spectrum", "be Hermitian for each wave",
                    asymmetry);
    if (multiplicity(k) == 1) {
      const CrossSpectra mirrored =
          spectrum.middleCols(mirror(k) * shape().channels, shape().channels);
      const double difference = (block - mirrored.conjugate()).cwiseAbs().maxCoeff();
      detail::require(difference <= threshold, function, "the spectrum",
                      "be the conjugate of that of the mirrored wave", difference);
    }
    const auto solver = detail::eigensystem(function, block);
    const auto& lambda = solver.eigenvalues;
    detail::require(lambda(0) >= -threshold, function, "the smallest eigenvalue of each wave",
                    "be >= 0: the matrix is not positive semidefinite", lambda(0));
    spectrum_.col(k) = (lambda.array() > threshold).select(lambda, 0).template cast<Scalar>();
    basis.middleCols(first, shape().channels) =
        solver.eigenvectors.template cast<std::complex<Scalar>>();
  }
  detail::require_spectrum(function, "the eigenvalues", detail::flat(spectrum_));
  if (shape().channels > 1) basis_.waves = std::make_shared<const Modes>(std::move(basis));
}

}  // namespace alphabar
