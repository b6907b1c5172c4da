// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/detail/standard_normals.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/isotropic.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/categorical.hpp"
#include "alphabar/gaussian/detail/softmax.hpp"
#include "alphabar/gaussian/detail/squared_distances.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/predict.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/real_list.hpp"

namespace alphabar {

/// Σ_k w_k N(μ_k, Σ_k), a model of clustered data. All Σ_k have the same structure.
///
/// The process maps mixtures to mixtures, and the exact laws are in gaussian/mixture_laws.hpp. A
/// component may be singular, down to a point: a data set, with one point per sample, is a valid
/// prior for every t > 0. Only densities at t = 0 need all components regular.
template <Real Scalar, int Dim = Eigen::Dynamic,
          CovarianceStructure<Scalar> Covariance = DenseCovariance<Scalar, Dim>>
class GaussianMixture {
 public:
  using Component = Gaussian<Scalar, Dim, Covariance>;  ///< N(μ_k, Σ_k)
  using Vector = typename Component::Vector;
  using Batch = typename Component::Batch;
  using Matrix = Eigen::Matrix<Scalar, Dim, Dim>;
  using Weights = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  /// Weights are relative: each is divided by the sum of all.
  /// @throws std::invalid_argument unless there are as many weights as components, at least one, of
  ///         one dimension, and the weights and their sum are finite in Scalar, >= 0 and not all 0
  GaussianMixture(const RealList& weights, std::vector<Component> components)
      : components_(std::move(components)), weights_(static_cast<Index>(components_.size())) {
    constexpr auto name = "GaussianMixture";
    detail::require_size(name, "the number of weights", static_cast<Index>(components_.size()),
                         static_cast<Index>(weights.values().size()));
    detail::require(!components_.empty(), name, "the number of components", "be >= 1", 0);
    Index k = 0;
    for (const double weight : weights.values()) {
      if (!(std::isfinite(weight) && weight >= 0)) {
        detail::refuse(name, detail::element("weights", k), "be finite and >= 0", weight);
      }
      constexpr Scalar largest = (std::numeric_limits<Scalar>::max)();
      if (weight > double{largest}) {
        detail::refuse(name, detail::element("weights", k),
                       "be at most " + detail::to_text(largest), weight);
      }
      weights_(k++) = static_cast<Scalar>(weight);
    }
    const Scalar sum = weights_.sum();
    detail::require(std::isfinite(sum) && sum > 0, name, "the sum of the weights",
                    "be finite and > 0", sum);
    weights_ /= sum;
    for (const Component& component : components_) {
      detail::require_size(name, "the dimension of a component", dimension(),
                           component.dimension());
    }
  }

  [[nodiscard]] Index dimension() const { return components_.front().dimension(); }
  /// w_k, normalised to sum 1.
  [[nodiscard]] const Weights& weights() const& noexcept { return weights_; }
  [[nodiscard]] Weights weights() && { return std::move(weights_); }
  /// N(μ_k, Σ_k).
  [[nodiscard]] const std::vector<Component>& components() const& noexcept { return components_; }
  [[nodiscard]] std::vector<Component> components() && { return std::move(components_); }

  /// Σ_k w_k μ_k.
  [[nodiscard]] Vector mean() const {
    Vector mean = Vector::Zero(dimension());
    for_each([&](Scalar weight, const Component& part) { mean += weight * part.mean(); });
    return mean;
  }

  /// Σ_k w_k (Σ_k + (μ_k − μ)(μ_k − μ)ᵀ), within and between the components. Cost: d² per
  /// component.
  [[nodiscard]] Matrix covariance() const {
    const Vector centre = mean();
    Matrix covariance = Matrix::Zero(dimension(), dimension());
    for_each([&](Scalar weight, const Component& part) {
      const Vector gap = part.mean() - centre;
      covariance += weight * (part.covariance().matrix() + gap * gap.transpose());
    });
    return covariance;
  }

  /// log Σ_k w_k N(x; μ_k, Σ_k), in nats. Finite also where every density underflows.
  /// @throws std::invalid_argument when a component is singular
  template <VectorOf<Scalar, Dim> X>
  [[nodiscard]] Scalar log_density(const X& x) const {
    auto logs = log_terms({}, x);
    return static_cast<Scalar>(detail::softmax(logs, weights_.template cast<double>())(0));
  }

  /// P(component k | x_t), components × columns of x, for x_t = √A x_0 + √B ε; at t = 0 with the
  /// identity kernel {}. Computed as a softmax with the largest exponent subtracted. Beyond 10¹⁵⁰
  /// standard deviations, where squares overflow, the result is the weights. Cost: one `apply` per
  /// component.
  /// @throws std::invalid_argument when a component is singular at t
  template <BatchOf<Scalar, Dim> X>
  [[nodiscard]] Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> responsibilities(
      const TransitionKernel<Scalar>& kernel, const X& x) const {
    auto shares = log_terms(kernel, x);
    detail::softmax(shares, weights_.template cast<double>());
    return shares.template cast<Scalar>();
  }

  /// `count` samples, one per column. The component of sample j is chosen by
  /// Φ(noise.substream(0)(j)), where the weights divide [0, 1] into intervals. The coordinates use
  /// noise.substream(1), at the indices j·d .. j·d + d − 1.
  /// @throws std::invalid_argument for negative arguments
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch sample(const Noise& noise, Index count, Index first_sample = 0) const {
    detail::require_samples("GaussianMixture::sample", count, first_sample, dimension());
    const auto first = static_cast<std::uint64_t>(first_sample);
    std::vector<std::vector<Index>> members(components_.size());
    std::vector<Scalar> choices(static_cast<std::size_t>(count));
    noise.substream(0).fill(std::span(choices), first);
    const detail::Categorical component_at(weights_);
    for (Index j = 0; j < count; ++j) {
      const double z = choices[static_cast<std::size_t>(j)];
      members[static_cast<std::size_t>(component_at(z))].push_back(j);
    }
    Batch samples(dimension(), count);
    noise.substream(1).fill(std::span(samples.data(), static_cast<std::size_t>(samples.size())),
                            first * static_cast<std::uint64_t>(dimension()));
    for (std::size_t k = 0; k < components_.size(); ++k) {
      if (members[k].empty()) continue;
      Batch z(dimension(), static_cast<Index>(members[k].size()));
      for (Index i = 0; i < z.cols(); ++i)
        z.col(i) = samples.col(members[k][static_cast<std::size_t>(i)]);
      const Batch x = components_[k].transform(z);
      for (Index i = 0; i < x.cols(); ++i)
        samples.col(members[k][static_cast<std::size_t>(i)]) = x.col(i);
    }
    return samples;
  }

 private:
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (std::size_t k = 0; k < components_.size(); ++k) {
      visit(weights_(static_cast<Index>(k)), components_[k]);
    }
  }

  /// log w_k + log N(x; √A μ_k, AΣ_k + BI), components × columns. Summed in double, because in many
  /// dimensions their differences are small compared with the sums.
  template <class X>
  [[nodiscard]] auto log_terms(const TransitionKernel<Scalar>& kernel, const X& x) const {
    const TransitionKernel<double> in_double(kernel);
    const double constant = static_cast<double>(dimension()) * std::log(2 * std::numbers::pi);
    Eigen::Matrix<double, Eigen::Dynamic, X::ColsAtCompileTime> logs(weights_.size(), x.cols());
    Index k = 0;
    for_each([&](Scalar weight, const Component& part) {
      detail::require_size("GaussianMixture", "x.rows()", dimension(), x.rows());
      const Index rank = detail::propagated_rank(kernel, part.covariance());
      detail::require_size("GaussianMixture", "the rank of a component at t", dimension(), rank);
      const auto log_variance = [&](Scalar lambda) {
        return std::log(in_double.variance(double{lambda}));
      };
      const double log_determinant = part.covariance().trace(log_variance);
      logs.row(k++) =
          (detail::squared_distances(part, kernel, x).array() + (log_determinant + constant)) *
              -0.5 +
          std::log(double{weight});
    });
    return logs;
  }

  std::vector<Component> components_;
  Weights weights_;
};

template <class W, Real Scalar, int Dim, class Covariance>
GaussianMixture(const W&, std::vector<Gaussian<Scalar, Dim, Covariance>>)
    -> GaussianMixture<Scalar, Dim, Covariance>;

template <class W, Real Scalar, int Dim, class Covariance>
GaussianMixture(std::initializer_list<W>, std::vector<Gaussian<Scalar, Dim, Covariance>>)
    -> GaussianMixture<Scalar, Dim, Covariance>;

/// The empirical distribution of a batch as a prior: one point mass per column. Its predictions for
/// t > 0 are the optimum of the training loss on these data, which memorises them. Cost of a law: d
/// per sample.
/// @throws std::invalid_argument for an empty batch or non-finite numbers
template <EigenMatrix Batch, Real Scalar = typename Batch::Scalar,
          int Dim = Batch::RowsAtCompileTime>
[[nodiscard]] GaussianMixture<Scalar, Dim, IsotropicCovariance<Scalar, Dim>> empirical_mixture(
    const Batch& batch) {
  detail::require(batch.size() > 0, "empirical_mixture", "batch", "not be empty", batch.size());
  const IsotropicCovariance<Scalar, Dim> nothing(0, batch.rows());
  std::vector<Gaussian<Scalar, Dim, IsotropicCovariance<Scalar, Dim>>> points;
  points.reserve(static_cast<std::size_t>(batch.cols()));
  for (Index j = 0; j < batch.cols(); ++j) points.emplace_back(batch.col(j), nothing);
  return {std::vector<double>(points.size(), 1.0), std::move(points)};
}

}  // namespace alphabar
