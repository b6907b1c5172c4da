// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/centring.hpp"
#include "alphabar/gaussian/detail/k_means.hpp"
#include "alphabar/gaussian/detail/softmax.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/gaussian_mixture.hpp"

namespace alphabar {

/// When `fit_mixture` stops, and its noise floor.
struct MixtureFit {
  Index iterations = 100;   ///< at most
  double tolerance = 1e-5;  ///< ends when the mean log-likelihood gains less, in nats per sample
  double floor = 1e-4;      ///< noise in every Σ_k, as a fraction of each coordinate's variance
};

namespace detail {

/// Expectation–maximisation (EM) for standardised data, d × n, in double.
template <class Matrix>
class MixtureFitter {
 public:
  using Vector = VectorLike<Matrix>;

  MixtureFitter(Matrix x, Index k, double noise, std::uint64_t seed)
      : x_(std::move(x)), noise_(noise), shares_(Matrix::Zero(k, x_.cols())) {
    const std::vector<Index> cluster = k_means(x_, k, seed);
    for (Index j = 0; j < x_.cols(); ++j) shares_(cluster[static_cast<std::size_t>(j)], j) = 1;
    weights_ = Vector::Zero(k);
    means_.assign(static_cast<std::size_t>(k), Vector::Zero(x_.rows()));
    covariances_.assign(means_.size(), Matrix::Identity(x_.rows(), x_.rows()) * noise_);
    maximise();
  }

  /// Computes the responsibilities of the components; returns the mean log-likelihood.
  double expect();

  /// Weights, means and covariances from the responsibilities. An empty component is not changed.
  void maximise();

  [[nodiscard]] const Vector& weights() const noexcept { return weights_; }
  [[nodiscard]] const std::vector<Vector>& means() const noexcept { return means_; }
  [[nodiscard]] const std::vector<Matrix>& covariances() const noexcept { return covariances_; }

 private:
  Matrix x_;
  double noise_;
  Matrix shares_;
  Vector weights_;
  std::vector<Vector> means_;
  std::vector<Matrix> covariances_;
};

template <class Matrix>
double MixtureFitter<Matrix>::expect() {
  const double constant = static_cast<double>(x_.rows()) * std::log(2 * std::numbers::pi);
  for (Index k = 0; k < weights_.size(); ++k) {
    const auto part = static_cast<std::size_t>(k);
    const Eigen::LLT<Matrix> factor(covariances_[part]);
    const Matrix whitened = factor.matrixL().solve(x_.colwise() - means_[part]);
    const double log_determinant = 2 * factor.matrixLLT().diagonal().array().log().sum();
    shares_.row(k) = -(whitened.colwise().squaredNorm().array() + log_determinant + constant) / 2 +
                     std::log(weights_(k));
  }
  return softmax(shares_, weights_).mean();
}

template <class Matrix>
void MixtureFitter<Matrix>::maximise() {
  const Vector members = shares_.rowwise().sum();
  weights_ = members / members.sum();
  for (Index k = 0; k < weights_.size(); ++k) {
    if (!(members(k) > 0)) continue;
    const auto part = static_cast<std::size_t>(k);
    means_[part] = x_ * shares_.row(k).transpose() / members(k);
    const Matrix weighted = (x_.colwise() - means_[part]) * shares_.row(k).cwiseSqrt().asDiagonal();
    Matrix lower = Matrix::Zero(x_.rows(), x_.rows());
    lower.template selfadjointView<Eigen::Lower>().rankUpdate(weighted, 1 / members(k));
    covariances_[part] = lower.template selfadjointView<Eigen::Lower>();
    covariances_[part].diagonal().array() += noise_;
  }
}

/// The standard deviation of each coordinate of a centred batch; for one that is constant up to
/// rounding, the root mean variance of all.
template <class Matrix>
VectorLike<Matrix> units_of(const Matrix& centred, const VectorLike<Matrix>& mean) {
  const VectorLike<Matrix> largest = centred.cwiseAbs().rowwise().maxCoeff();
  VectorLike<Matrix> units(centred.rows());
  for (Index i = 0; i < units.size(); ++i) {
    const bool constant = largest(i) <= spectral_tolerance<double>(1) * std::abs(mean(i));
    const auto count = static_cast<double>(centred.cols());
    units(i) = constant ? 0 : largest(i) * (centred.row(i) / largest(i)).norm() / std::sqrt(count);
  }
  const double common = units.stableNorm() / std::sqrt(static_cast<double>(units.size()));
  return (units.array() > 0).select(units, common);
}

}  // namespace detail

/// Fits a mixture of k Gaussians by expectation–maximisation (EM; Dempster, Laird, Rubin 1977) from
/// a k-means++ start. The result is a local maximum of the likelihood. The same data and seed give
/// the same fit.
///
/// The fit is done in standardised coordinates, so it does not depend on the units. Every Σ_k is
/// the covariance of its component plus the noise `MixtureFit::floor`, so no component collapses
/// onto one sample, and data with constant coordinates have a density. Where the noise is most of a
/// Σ_k, an iteration may lower the likelihood slightly; the fit ends there.
/// Batches are Dim × n, one sample per column; in double. Cost per iteration: 2 k n d² flops.
/// @throws std::invalid_argument for fewer than two samples, data that are not finite or do not
///     vary, k outside 1..n, iterations < 0, floor <= 0, and a tolerance that is NaN
template <EigenMatrix Batch, std::integral Seed, Real Scalar = typename Batch::Scalar,
          int Dim = Batch::RowsAtCompileTime>
[[nodiscard]] GaussianMixture<Scalar, Dim> fit_mixture(const Batch& batch, Index k, Seed seed,
                                                       const MixtureFit& fit = {}) {
  constexpr auto name = "fit_mixture";
  const auto& samples = detail::checked_samples(name, batch);
  detail::require(k >= 1 && k <= samples.cols(), name, "k",
                  "be in 1.." + detail::to_text(Index{samples.cols()}), k);
  detail::require(fit.iterations >= 0, name, "iterations", "be >= 0", fit.iterations);
  detail::require(fit.floor > 0 && std::isfinite(fit.floor), name, "floor", "be finite and > 0",
                  fit.floor);
  detail::require(!std::isnan(fit.tolerance), name, "tolerance", "be a number", fit.tolerance);
  const detail::Centring<Dim> centring(samples);
  using Matrix = typename detail::Centring<Dim>::Matrix;
  Matrix centred = centring(samples);
  const auto units = detail::units_of<Matrix>(centred, centring.mean());
  detail::require(units.minCoeff() > 0, name, "the mean variance of the batch", "be > 0",
                  units.minCoeff());
  centred = units.cwiseInverse().asDiagonal() * centred;

  detail::MixtureFitter<Matrix> fitter(std::move(centred), k, fit.floor,
                                       static_cast<std::uint64_t>(seed));
  double before = -std::numeric_limits<double>::infinity();
  for (Index iteration = 0; iteration < fit.iterations; ++iteration) {
    const double likelihood = fitter.expect();
    fitter.maximise();
    if (likelihood - before < fit.tolerance) break;
    before = likelihood;
  }

  std::vector<Gaussian<Scalar, Dim>> components;
  for (std::size_t part = 0; part < fitter.means().size(); ++part) {
    const Eigen::Matrix<double, Dim, 1> mean =
        centring.mean() + units.cwiseProduct(fitter.means()[part]);
    const Matrix covariance = units.asDiagonal() * fitter.covariances()[part] * units.asDiagonal();
    components.emplace_back(mean.template cast<Scalar>().eval(),
                            Eigen::Matrix<Scalar, Dim, Dim>(covariance.template cast<Scalar>()));
  }
  return {fitter.weights().template cast<Scalar>().eval(), std::move(components)};
}

}  // namespace alphabar
