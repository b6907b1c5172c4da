// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <numbers>
#include <ranges>
#include <span>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/concepts.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/detail/in_double.hpp"
#include "alphabar/covariance/detail/standard_normals.hpp"
#include "alphabar/covariance/isotropic.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/normal_cdf.hpp"
#include "alphabar/gaussian/detail/softmax.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/score.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

namespace alphabar {

/// Σ_k w_k N(μ_k, Σ_k): data that come in clusters, with the Σ_k in any one structure.
///
/// It stays a mixture along the process, and keeps its exact laws (gaussian/mixture_laws.hpp). A
/// component may be singular, down to a point: a data set, one point for each sample, is a legal
/// prior for every t > 0. Only densities at t = 0 need all of them regular.
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
  ///         one dimension, and the weights and their sum are finite, >= 0 and not all 0
  template <ArithmeticRange W>
  GaussianMixture(const W& weights, std::vector<Component> components)
      : components_(std::move(components)), weights_(static_cast<Index>(components_.size())) {
    constexpr auto name = "GaussianMixture";
    detail::require_size(name, "the number of weights", static_cast<Index>(components_.size()),
                         static_cast<Index>(std::ranges::distance(weights)));
    detail::require(!components_.empty(), name, "the number of components", "be >= 1", 0);
    Index k = 0;
    for (const auto weight : weights) {
      weights_(k) = static_cast<Scalar>(weight);
      detail::require(std::isfinite(weights_(k)) && weights_(k) >= 0, name,
                      detail::element("weights", k), "be finite and >= 0", weights_(k));
      ++k;
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

  GaussianMixture(std::initializer_list<Scalar> weights, std::vector<Component> components)
      : GaussianMixture(std::span(weights.begin(), weights.size()), std::move(components)) {}

  [[nodiscard]] Index dimension() const { return components_.front().dimension(); }
  /// w_k, of sum 1.
  [[nodiscard]] const Weights& weights() const& { return weights_; }
  [[nodiscard]] Weights weights() && { return std::move(weights_); }
  /// N(μ_k, Σ_k).
  [[nodiscard]] const std::vector<Component>& components() const& { return components_; }
  [[nodiscard]] std::vector<Component> components() && { return std::move(components_); }

  /// Σ_k w_k μ_k.
  [[nodiscard]] Vector mean() const {
    Vector mean = Vector::Zero(dimension());
    for_each([&](Scalar weight, const Component& part) { mean += weight * part.mean(); });
    return mean;
  }

  /// Σ_k w_k (Σ_k + (μ_k − μ)(μ_k − μ)ᵀ), within and between the components. Cost: d² of each.
  [[nodiscard]] Matrix covariance() const {
    const Vector centre = mean();
    Matrix covariance = Matrix::Zero(dimension(), dimension());
    for_each([&](Scalar weight, const Component& part) {
      const Vector gap = part.mean() - centre;
      covariance += weight * (part.covariance().matrix() + gap * gap.transpose());
    });
    return covariance;
  }

  /// log Σ_k w_k N(x; μ_k, Σ_k), in nats, however far out x is.
  /// @throws std::invalid_argument when a component is singular
  template <VectorOf<Scalar, Dim> X>
  [[nodiscard]] Scalar log_density(const X& x) const {
    auto logs = log_terms({}, x);
    return static_cast<Scalar>(detail::softmax(logs, weights_.template cast<double>())(0));
  }

  /// P(component k | x_t), components × columns of x, for x_t = √A x_0 + √B ε; without a kernel
  /// t = 0. Sums of exponentials with the largest taken out; beyond 10¹⁵⁰ standard deviations,
  /// where squares overflow, the weights. Cost: one `apply` per component.
  /// @throws std::invalid_argument when a component is singular at t
  template <BatchOf<Scalar, Dim> X>
  [[nodiscard]] Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> responsibilities(
      const X& x, const TransitionKernel<Scalar>& kernel = {}) const {
    auto shares = log_terms(kernel, x);
    detail::softmax(shares, weights_.template cast<double>());
    return shares.template cast<Scalar>();
  }

  /// `count` samples, one per column. Sample j is of the component in whose part of [0, 1], parted
  /// by the weights, Φ(noise.substream(0)(j)) lies; it takes its coordinates from
  /// noise.substream(1), at the indices j·d .. j·d + d − 1.
  /// @throws std::invalid_argument for negative arguments
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch sample(const Noise& noise, Index count, Index first_sample = 0) const {
    detail::require_samples("GaussianMixture::sample", count, first_sample);
    const auto first = static_cast<std::uint64_t>(first_sample);
    std::vector<std::vector<Index>> members(components_.size());
    for (Index j = 0; j < count; ++j) {
      const Scalar z = noise.substream(0)(first + static_cast<std::uint64_t>(j));
      members[component_at(detail::normal_cdf(z))].push_back(j);
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

  /// The component whose interval of cumulated weights holds u; one of weight 0 holds nothing.
  [[nodiscard]] std::size_t component_at(double u) const {
    Index k = 0;
    Index last = 0;
    for (double sum = 0; k < weights_.size(); ++k) {
      if (weights_(k) == 0) continue;
      last = k;
      sum += weights_(k);
      if (u < sum) break;
    }
    return static_cast<std::size_t>(last);
  }

  /// log w_k + log N(x; √A μ_k, AΣ_k + BI), components × columns, summed in double: it is their
  /// differences that count, and in many dimensions these are small against the sums.
  template <class X>
  [[nodiscard]] auto log_terms(const TransitionKernel<Scalar>& kernel, const X& x) const {
    const auto variance_at_t = [a = kernel.signal_power(), b = kernel.noise_variance()](
                                   Scalar lambda) { return a * lambda + b; };
    const double constant = static_cast<double>(dimension()) * std::log(2 * std::numbers::pi);
    typename detail::InDouble<X>::Matrix logs(weights_.size(), x.cols());
    Index k = 0;
    for_each([&](Scalar weight, const Component& part) {
      const auto deviation = detail::centred("GaussianMixture", part, kernel, x);
      const Index rank = detail::propagated_rank(kernel, part.covariance());
      detail::require(rank == dimension(), "GaussianMixture", "the rank of a component at t",
                      "be " + detail::to_text(dimension()), rank);
      const auto whiten = [&](Scalar lambda) { return 1 / std::sqrt(variance_at_t(lambda)); };
      const auto log_variance = [&](Scalar lambda) {
        return std::log(double{variance_at_t(lambda)});
      };
      const double log_determinant = part.covariance().trace(log_variance);
      const auto whitened = part.covariance().apply(whiten, deviation);
      logs.row(k++) = (whitened.template cast<double>().colwise().squaredNorm().array() +
                       (log_determinant + constant)) *
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

/// The data themselves as a prior: one point, of no width, for each column of a batch. What it says
/// for t > 0 is the optimum of the training loss on these data, which has memorised them. The cost
/// of a law is d for every sample. @throws std::invalid_argument for what is empty or not finite
template <EigenMatrix Batch>
[[nodiscard]] auto empirical_mixture(const Batch& batch) {
  using Scalar = typename Batch::Scalar;
  constexpr int Dim = Batch::RowsAtCompileTime;
  detail::require(batch.size() > 0, "empirical_mixture", "batch", "not be empty", batch.size());
  const IsotropicCovariance<Scalar, Dim> nothing(0, batch.rows());
  std::vector<Gaussian<Scalar, Dim, IsotropicCovariance<Scalar, Dim>>> points;
  points.reserve(static_cast<std::size_t>(batch.cols()));
  for (Index j = 0; j < batch.cols(); ++j) points.emplace_back(batch.col(j), nothing);
  const std::vector<Scalar> weights(points.size(), Scalar(1));
  return GaussianMixture(weights, std::move(points));
}

}  // namespace alphabar
