// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/standard_normals.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/propagate.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/sampling_root.hpp"
#include "alphabar/gaussian/detail/squared_deviation.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/noise/detail/for_each_block.hpp"

namespace alphabar {

namespace detail {

/// Adds a·m to each column of a plain matrix or vector.
template <class X, class M>
void add_to_columns(X& x, typename X::Scalar a, const M& m) {
  for (Index j = 0; j < x.cols(); ++j) {
    for (Index i = 0; i < x.rows(); ++i) x.coeffRef(i, j) += a * m.coeff(i);
  }
}

}  // namespace detail

/// N(μ, Σ) in dimension d, with Σ in any covariance structure.
///
/// Σ may be singular, down to a point mass. Then samples lie in μ + range(Σ), and only the
/// log-density does not exist.
template <Real Scalar, int Dim = Eigen::Dynamic,
          CovarianceStructure<Scalar> Covariance = DenseCovariance<Scalar, Dim>>
class Gaussian {
 public:
  using Vector = typename Covariance::Vector;
  using Batch = Eigen::Matrix<Scalar, Dim, Eigen::Dynamic>;

  /// @throws std::invalid_argument unless the sizes agree and the mean is finite
  template <VectorOf<Scalar, Dim> M>
  Gaussian(const M& mean, Covariance covariance) : covariance_(std::move(covariance)) {
    detail::require_size("Gaussian", "the size of mean", dimension(), mean.rows());
    mean_ = mean;
    detail::require_finite("Gaussian", "mean", mean_);
  }

  /// From a plain matrix or expression, where the structure can be constructed from one.
  template <VectorOf<Scalar, Dim> M, BatchOf<Scalar, Dim> C>
  requires std::constructible_from<Covariance, const C&> Gaussian(const M& mean,
                                                                  const C& covariance)
      : Gaussian(mean, Covariance(covariance)) {}

  [[nodiscard]] Index dimension() const { return covariance_.dimension(); }
  [[nodiscard]] const Vector& mean() const& noexcept { return mean_; }
  [[nodiscard]] Vector mean() && { return std::move(mean_); }
  [[nodiscard]] const Covariance& covariance() const& noexcept { return covariance_; }
  [[nodiscard]] Covariance covariance() && { return std::move(covariance_); }

  /// log N(x; μ, Σ) = −½ (|Σ^{−½}(x − μ)|² + log det Σ + d log 2π), in nats. −∞ where it is below
  /// the range of Scalar.
  /// @throws std::invalid_argument when Σ is singular: there is no density
  template <VectorOf<Scalar, Dim> X>
  [[nodiscard]] Scalar log_density(const X& x) const {
    detail::require_size("Gaussian::log_density", "the size of x", dimension(), x.rows());
    if (covariance_.rank() < dimension()) {
      detail::refuse("Gaussian::log_density", "the rank of the covariance",
                     "be " + detail::to_text(dimension()), covariance_.rank());
    }
    const Scalar squared_distance = detail::squared_deviation(covariance_, x - mean_);
    const Scalar log_two_pi = std::log(2 * std::numbers::pi_v<Scalar>);
    return -(squared_distance + covariance_.log_determinant() +
             static_cast<Scalar>(dimension()) * log_two_pi) /
           2;
  }

  /// μ + R z with RRᵀ = Σ for a point or a batch: maps standard normals to samples of this
  /// Gaussian. For a dense Σ, R is the Cholesky factor. For a dense Σ with an eigenvalue of at most
  /// 2⁷ u times the largest one, and for other structures, R is the symmetric root Σ^½. Both are
  /// unique, so they do not depend on the choice of eigenvectors. For Σ = I the result is z. Cost
  /// for a dense Σ: d³/3 flops for R and d² per column, d³ and 2 d² for Σ^½, so pass many columns
  /// at once.
  template <BatchOf<Scalar, Dim> Z>
  [[nodiscard]] typename Z::PlainObject transform(const Z& z) const {
    detail::require_size("Gaussian::transform", "z.rows()", dimension(), z.rows());
    typename Z::PlainObject x(z.rows(), z.cols());
    detail::SamplingRoot<Covariance>(covariance_).multiply(z.eval(), x);
    detail::add_to_columns(x, Scalar(1), mean_);
    return x;
  }

  /// `count` samples, one per column: `transform` of noise. Sample j uses the normals of the
  /// indices j·d .. j·d + d − 1, j = first_sample, first_sample + 1, ... Sample j is the same for
  /// any split of the range, up to the rounding of a matrix product with other blocks. The noise is
  /// drawn and multiplied a few columns at a time, so that it stays in the cache. With OpenMP its
  /// threads share the columns; the samples are the same.
  /// @throws std::invalid_argument for negative arguments
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch sample(const Noise& noise, Index count, Index first_sample = 0) const {
    detail::require_samples("Gaussian::sample", count, first_sample, dimension());
    constexpr Index numbers_in_tile = Index{1} << 17;
    const Index tile = (std::max<Index>)(1, numbers_in_tile / dimension());
    const detail::SamplingRoot<Covariance> root(covariance_);
    Batch x(dimension(), count);
    const auto tiles = static_cast<std::size_t>((count + tile - 1) / tile);
    detail::for_each_block(tiles, static_cast<std::size_t>(x.size()), [&](std::size_t k) {
      const Index j = static_cast<Index>(k) * tile;
      const Batch z = detail::standard_normals<Scalar, Dim>(
          "Gaussian::sample", noise, dimension(), (std::min)(tile, count - j), first_sample + j);
      root.multiply(z, x.middleCols(j, z.cols()));
    });
    detail::add_to_columns(x, Scalar(1), mean_);
    return x;
  }

 private:
  template <Real S, int D, class C>
  friend Gaussian<S, D, C> propagate(const TransitionKernel<S>& kernel,
                                     const Gaussian<S, D, C>& gaussian);

  /// Tag: the mean is known to be finite; skip the check.
  struct KnownFinite {};

  Gaussian(KnownFinite, const auto& mean, Covariance covariance)
      : mean_(mean), covariance_(std::move(covariance)) {}

  Vector mean_;
  Covariance covariance_;
};

template <EigenMatrix M, EigenMatrix C>
Gaussian(const M&, const C&) -> Gaussian<typename M::Scalar, M::RowsAtCompileTime>;

template <EigenMatrix M, class C>
requires CovarianceStructure<C, typename M::Scalar> Gaussian(const M&, C)
->Gaussian<typename M::Scalar, C::Vector::RowsAtCompileTime, C>;

/// The Gaussian after a step of the kernel: N(√A μ, AΣ + BI), in the same structure.
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] Gaussian<Scalar, Dim, Covariance> propagate(
    const TransitionKernel<Scalar>& kernel, const Gaussian<Scalar, Dim, Covariance>& gaussian) {
  const auto mean = kernel.signal_scale() * gaussian.mean();
  Covariance covariance = propagate(kernel, gaussian.covariance());
  if (kernel.signal_scale() > 1) return {mean, std::move(covariance)};  // may overflow
  return {typename Gaussian<Scalar, Dim, Covariance>::KnownFinite(), mean, std::move(covariance)};
}

/// The Gaussian after a step with coloured noise, ε ~ N(0, N): N(√A μ, AΣ + BN), in the structure
/// in which `propagate` returns AΣ + BN.
/// @throws std::invalid_argument when the dimensions differ or an eigenvalue overflows
template <Real Scalar, int Dim, class Covariance, CovarianceStructure<Scalar> Noise>
[[nodiscard]] auto propagate(const TransitionKernel<Scalar>& kernel,
                             const Gaussian<Scalar, Dim, Covariance>& gaussian,
                             const Noise& noise) {
  auto covariance = propagate(kernel, gaussian.covariance(), noise);
  return Gaussian<Scalar, Dim, decltype(covariance)>(kernel.signal_scale() * gaussian.mean(),
                                                     std::move(covariance));
}

}  // namespace alphabar
