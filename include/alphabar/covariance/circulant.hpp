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
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"

namespace alphabar {

/// The covariance of a stationary process on a ring, Σ_ij = c_|i−j| with c_k = c_{d−k}: audio,
/// series, anything whose statistics do not know where they are.
///
/// The eigenvectors are the waves of d/2 + 1 frequencies, the eigenvalues λ_k = Σ_j c_j cos(2πjk/d)
/// its power spectrum; f(Σ)x is a filter. Both go through an FFT
/// (covariance/detail/fft.hpp, which says how to have FFTW's): d log d where a matrix
/// would take d². Accuracy: f(Σ)x within 8 log2(2d) u max|f(λ)| |x|.
template <Real Scalar = double>
class CirculantCovariance {
 public:
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  /// From the first column c. Its spectrum is computed in double; what is within c log2(2d) u |c|₂
  /// of 0 cannot be told from 0 and counts as 0 (the factor c, u, and how far c_k and c_{d−k} may
  /// differ, as in DenseCovariance).
  /// @throws std::invalid_argument unless c is finite, symmetric, and its spectrum >= 0
  template <VectorOf<Scalar, Eigen::Dynamic> V>
  explicit CirculantCovariance(const V& first_column) : dimension_(first_column.rows()) {
    detail::require(dimension_ >= 1, name, "first_column.rows()", "be >= 1", dimension_);
    const auto column = first_column.template cast<double>().eval();
    require_symmetric(column);
    using std::log2;
    const double share = detail::spectral_tolerance<Scalar>(1);
    const double threshold =
        share * log2(2 * static_cast<double>(dimension_)) * column.stableNorm();
    const auto spectrum = transform(column).real().eval();
    for (Index k = 0; k < spectrum.size(); ++k) {
      detail::require(spectrum(k) >= -threshold, name, detail::element("the spectrum", k),
                      "be >= 0: the matrix is not positive semidefinite", spectrum(k));
    }
    spectrum_ = (spectrum.array() > threshold).select(spectrum, 0).template cast<Scalar>();
    detail::require_spectrum(name, "the spectrum", spectrum_);
  }

  /// From λ_0..λ_{d/2}, kept as given; a mean periodogram is one.
  /// @throws std::invalid_argument unless there are d/2 + 1 of them, finite and >= 0
  template <VectorOf<Scalar, Eigen::Dynamic> V>
  [[nodiscard]] static CirculantCovariance from_spectrum(const V& spectrum, Index dimension) {
    constexpr auto function = "CirculantCovariance::from_spectrum";
    detail::require(dimension >= 1, function, "dimension", "be >= 1", dimension);
    detail::require_size(function, "the size of spectrum", dimension / 2 + 1, spectrum.rows());
    CirculantCovariance result(dimension, spectrum);
    detail::require_spectrum(function, "spectrum", result.spectrum_);
    return result;
  }

  [[nodiscard]] Index dimension() const noexcept { return dimension_; }
  /// λ_0..λ_{d/2}, without their mirror images λ_{d−k} = λ_k.
  [[nodiscard]] const Vector& spectrum() const& noexcept { return spectrum_; }
  [[nodiscard]] Vector spectrum() && { return std::move(spectrum_); }
  /// λ_0..λ_{d−1}.
  [[nodiscard]] Vector eigenvalues() const {
    return Vector::NullaryExpr(dimension_, [this](Index k) { return spectrum_(folded(k)); });
  }
  /// c, from the spectrum.
  [[nodiscard]] Vector first_column() const {
    Vector column(dimension_);
    const Modes modes = spectrum_.template cast<std::complex<Scalar>>();
    detail::RealFft<Scalar>(dimension_).inverse(modes.data(), column.data());
    return column;
  }
  [[nodiscard]] Matrix matrix() const {
    const Vector column = first_column();
    return Matrix::NullaryExpr(dimension_, dimension_,
                               [&](Index i, Index j) { return column(folded(std::abs(i - j))); });
  }
  [[nodiscard]] Index rank() const {
    return trace([](Scalar lambda) { return Index{lambda > 0}; });
  }
  /// log det Σ in nats; −∞ when singular.
  [[nodiscard]] Scalar log_determinant() const { return trace(detail::Logarithm()); }

  /// f(Σ)x for a point or a batch, one per column. Cost: two FFTs per column, and their tables.
  template <class F, BatchOf<Scalar, Eigen::Dynamic> X>
  [[nodiscard]] typename X::PlainObject apply(F f, const X& x) const {
    detail::require_size("CirculantCovariance::apply", "x.rows()", dimension(), x.rows());
    typename X::PlainObject y = x;
    apply_gains(detail::spectral_map(spectrum_, f), y);
    return y;
  }

  /// tr f(Σ) = Σ_k f(λ_k): the first frequency, and the last of an even d, once, all others twice.
  template <class F>
  [[nodiscard]] std::invoke_result_t<F&, Scalar> trace(F f) const {
    const Index between = (dimension_ - 1) / 2;
    const auto pairs = 2 * detail::spectral_sum(spectrum_.segment(1, between), f);
    return pairs + f(spectrum_(0)) + (dimension_ % 2 == 0 ? f(spectrum_(between + 1)) : 0);
  }

  [[nodiscard]] bool shares_basis(const CirculantCovariance& other) const {
    return dimension_ == other.dimension_;
  }

  /// f(Σ) as a covariance.
  /// @throws std::invalid_argument unless each f(λ) is finite and >= 0
  template <class F>
  [[nodiscard]] CirculantCovariance mapped(F f) const {
    CirculantCovariance result(dimension_, detail::spectral_map(spectrum_, f));
    detail::require_spectrum("CirculantCovariance::mapped", "f(spectrum)", result.spectrum_);
    return result;
  }

  /// AΣ + BI, each eigenvalue within 1.5 ulp.
  [[nodiscard]] CirculantCovariance transformed(Scalar a, Scalar b) const {
    return mapped([=](Scalar lambda) { return a * lambda + b; });
  }

 private:
  using Modes = Eigen::Matrix<std::complex<Scalar>, Eigen::Dynamic, 1>;
  static constexpr auto name = "CirculantCovariance";

  CirculantCovariance(Index dimension, Vector spectrum)
      : dimension_(dimension), spectrum_(std::move(spectrum)) {}

  /// Filters each column: compiled once for all f.
  template <class Y>
  void apply_gains(const Vector& gains, Y& y) const {
    detail::RealFft<Scalar> fft(dimension_);
    Vector column(dimension_);
    Modes modes(gains.size());
    for (Index j = 0; j < y.cols(); ++j) {
      column = y.col(j);
      fft.forward(column.data(), modes.data());
      modes.array() *= gains.array();
      fft.inverse(modes.data(), column.data());
      y.col(j) = column;
    }
  }

  /// k and d − k are one frequency, and one distance on the ring.
  [[nodiscard]] Index folded(Index k) const { return (std::min)(k, dimension_ - k); }

  template <class Column>
  static auto transform(const Column& column) {
    using Fft = detail::RealFft<typename Column::Scalar>;
    Eigen::Matrix<typename Fft::Complex, Eigen::Dynamic, 1> modes(column.size() / 2 + 1);
    Fft(column.size()).forward(column.data(), modes.data());
    return modes;
  }

  template <class Column>
  void require_symmetric(const Column& column) const {
    const double tolerance = static_cast<double>(detail::spectral_tolerance<Scalar>(dimension_)) *
                             column.cwiseAbs().maxCoeff();
    for (Index k = 0; k < dimension_; ++k) {
      const double mirrored = column((dimension_ - k) % dimension_);
      if (!std::isfinite(column(k))) {
        detail::refuse(name, detail::element("first_column", k), "be finite", column(k));
      }
      if (std::abs(column(k) - mirrored) > tolerance) {
        detail::refuse(name, detail::element("first_column", k),
                       "equal its mirror image " + detail::to_text(mirrored), column(k));
      }
    }
  }

  Index dimension_;
  Vector spectrum_;
};

template <EigenMatrix V>
CirculantCovariance(const V&) -> CirculantCovariance<typename V::Scalar>;

}  // namespace alphabar
