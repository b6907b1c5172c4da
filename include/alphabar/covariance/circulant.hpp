// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdlib>
#include <type_traits>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/fft.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/spectral_covariance.hpp"
#include "alphabar/error.hpp"

namespace alphabar {

/// The covariance of a stationary process on a ring, Σ_ij = c_|i−j| with c_k = c_{d−k}, such as
/// audio or a time series.
///
/// The eigenvectors are the waves of d/2 + 1 frequencies, and the eigenvalues
/// λ_k = Σ_j c_j cos(2πjk/d) are the power spectrum. f(Σ)x is a filter by an FFT
/// (covariance/detail/fft.hpp says how to use FFTW), for O(d log d).
/// Accuracy: f(Σ)x within 8 log2(2d) u max|f(λ)| |x|, plus p u for a prime factor p > 7 of d.
template <Real Scalar = double>
class CirculantCovariance : public SpectralCovariance<CirculantCovariance<Scalar>, Index,
                                                      Eigen::Matrix<Scalar, Eigen::Dynamic, 1>> {
  using Base = typename CirculantCovariance::SpectralCovariance;
  friend Base;

 public:
  using typename Base::Matrix;
  using typename Base::Vector;

  /// From the first column c. Its spectrum is computed in double. Eigenvalues within
  /// γ log2(2d) u |c|₂ of 0 become 0, and c_k and c_{d−k} may differ by γ d u max|c| (γ is the
  /// factor c of DenseCovariance, u as there).
  /// @throws std::invalid_argument unless c is finite and symmetric, and its spectrum >= 0
  template <VectorOf<Scalar, Eigen::Dynamic> V>
  explicit CirculantCovariance(const V& first_column) {
    using Double = std::common_type_t<double, Scalar>;
    basis_ = first_column.rows();
    detail::require_dimension<Eigen::Dynamic>(name, "first_column.rows()", dimension());
    const Eigen::VectorX<Double> column = first_column.template cast<Double>();
    detail::require_finite(name, "first_column", column);
    const double unit = detail::spectral_tolerance<Scalar>(1);
    const double tolerance = unit * static_cast<double>(dimension()) * column.cwiseAbs().maxCoeff();
    for (Index k = 1; k < dimension(); ++k) {
      const double mirrored = column(dimension() - k);
      if (std::abs(column(k) - mirrored) > tolerance) {
        detail::refuse(name, detail::element("first_column", k),
                       "equal its mirror image " + detail::to_text(mirrored), column(k));
      }
    }
    Eigen::VectorX<std::complex<Double>> modes(dimension() / 2 + 1);
    detail::ImageFft<Double>({1, dimension()}).forward(column.data(), modes.data());
    const Eigen::VectorX<Double> spectrum = modes.real();
    const double threshold =
        unit * std::log2(2 * static_cast<double>(dimension())) * column.stableNorm();
    detail::refuse_first(name, "the spectrum", "be >= 0: the matrix is not positive semidefinite",
                         spectrum, [=](double lambda) { return lambda >= -threshold; });
    spectrum_ = (spectrum.array() > threshold).select(spectrum, 0).template cast<Scalar>();
    detail::require_spectrum(name, "the spectrum", spectrum_);
  }

  /// From λ_0..λ_{d/2}, stored as given, such as a mean periodogram.
  /// @throws std::invalid_argument unless there are d/2 + 1 of them, finite and >= 0
  template <VectorOf<Scalar, Eigen::Dynamic> V>
  [[nodiscard]] static CirculantCovariance from_spectrum(const V& spectrum, Index dimension) {
    constexpr auto function = "CirculantCovariance::from_spectrum";
    detail::require_dimension<Eigen::Dynamic>(function, "dimension", dimension);
    detail::require_size(function, "the size of spectrum", dimension / 2 + 1, spectrum.rows());
    CirculantCovariance result = Base::in_basis(dimension, spectrum);
    detail::require_spectrum(function, "spectrum", result.spectrum_);
    return result;
  }

  [[nodiscard]] Index dimension() const noexcept { return basis_; }
  /// λ_0..λ_{d/2}; the others are λ_{d−k} = λ_k.
  [[nodiscard]] const Vector& spectrum() const& noexcept { return spectrum_; }
  [[nodiscard]] Vector spectrum() && { return std::move(spectrum_); }
  /// λ_0..λ_{d−1}.
  [[nodiscard]] Vector eigenvalues() const {
    return Vector::NullaryExpr(dimension(), [this](Index k) { return spectrum_(folded(k)); });
  }
  /// The first column c, from the spectrum.
  [[nodiscard]] Vector first_column() const {
    Vector column(dimension());
    Modes modes = spectrum_.template cast<std::complex<Scalar>>();
    detail::ImageFft<Scalar>({1, dimension()}).inverse(modes.data(), column.data());
    return column;
  }
  [[nodiscard]] Matrix matrix() const {
    const Vector column = first_column();
    return Matrix::NullaryExpr(dimension(), dimension(),
                               [&](Index i, Index j) { return column(folded(std::abs(i - j))); });
  }

 private:
  using Modes = Eigen::Matrix<std::complex<Scalar>, Eigen::Dynamic, 1>;
  using Base::basis_;  // the dimension
  using Base::spectrum_;
  static constexpr auto name = "CirculantCovariance";

  CirculantCovariance() = default;

  /// Frequency 0, and d/2 of an even d, count once, all others twice.
  template <class Visit>
  void visit_modes(Visit visit) const {
    const Index between = (dimension() - 1) / 2;
    visit(spectrum_.segment(1, between), 2);
    visit(spectrum_.segment(0, 1), 1);
    if (dimension() % 2 == 0) visit(spectrum_.segment(between + 1, 1), 1);
  }

  /// Cost: two FFTs per column, and the tables of the FFT.
  template <class Y>
  void multiply(const Vector& gains, Y& y) const {
    detail::ImageFft<Scalar> fft({1, dimension()});
    Modes modes(gains.size());
    for (auto column : y.colwise()) {
      fft.forward(column.data(), modes.data());
      modes.array() *= gains.array();
      fft.inverse(modes.data(), column.data());
    }
  }

  /// min(k, d − k): k and d − k are the same frequency, and the same distance on the ring.
  [[nodiscard]] Index folded(Index k) const { return (std::min)(k, dimension() - k); }
};

template <EigenMatrix V>
CirculantCovariance(const V&) -> CirculantCovariance<typename V::Scalar>;

}  // namespace alphabar
