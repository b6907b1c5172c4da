// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "diffuse_dataset/experiment.hpp"

namespace diffuse_dataset {

/// A prior of some structure, fitted to the data, as the rest of the program sees it.
struct FittedPrior {
  std::string name;         ///< as on the command line: "ppca:16"
  std::string description;  ///< "16 directions, and one variance for all others"
  /// Nats per sample that it loses at t >= 1 against the Gaussian with all correlations.
  std::function<double(Index t)> cost;
  std::function<Matrix(const Noise&, Index count)> draw;
  WhitenedDraws whitened;
};

/// KL(p ‖ q) for Gaussians with one mean, to the digits that a picture needs: ½ (tr Σ_q⁻¹Σ_p − d +
/// log det Σ_q − log det Σ_p) takes no eigenvalues of anything new.
template <class Covariance>
double cost_of(const alphabar::DenseCovariance<double>& p, const Covariance& q) {
  const Matrix quotient = q.apply([](double lambda) { return 1 / lambda; }, p.matrix());
  const double nats = (quotient.trace() - static_cast<double>(p.dimension()) + q.log_determinant() -
                       p.log_determinant()) /
                      2;
  return std::max(0.0, nats);
}

template <class Covariance>
FittedPrior fitted_prior(std::string name, std::string description,
                         alphabar::Gaussian<double, Eigen::Dynamic, Covariance> prior,
                         const Diffusion& data) {
  using Process = alphabar::ForwardDiffusion<double, Eigen::Dynamic, Covariance>;
  const auto fit = std::make_shared<const Process>(std::move(prior), data.schedule());
  const auto cost = [fit, &data](Index t) {
    return cost_of(data.marginal(t).covariance(), fit->marginal(t).covariance());
  };
  const auto draw = [fit](const Noise& noise, Index count) {
    return fit->prior().sample(noise, count);
  };
  const auto whitened = [fit](Index t, const Noise& noise, Index count, Index first) -> Matrix {
    const auto law = fit->marginal(t);
    const Matrix centred = fit->sample(t, noise, count, first).colwise() - law.mean();
    return law.covariance().apply([](double lambda) { return 1 / std::sqrt(lambda); }, centred);
  };
  return {std::move(name), std::move(description), cost, draw, whitened};
}

/// The real samples at t, at most 300, under the density of the mixture and under that of the
/// Gaussian with all correlations: a mixture may win, and then its cost is negative.
inline double cost_of(const alphabar::GaussianMixture<double>& mixture, const Samples& x0,
                      const Diffusion& data, Index t, const Noise& noise) {
  const auto kernel = data.schedule().transition(0, t);
  const auto gaussian = data.marginal(t);
  const auto mixed = alphabar::propagate(kernel, mixture);
  const Index count = std::min<Index>(x0.cols(), 300);
  double sum = 0;
  for (Index k = 0; k < count; ++k) {
    const Index j = k * x0.cols() / count;
    Vector x = x0.col(j);
    alphabar::add_noise(kernel, x, noise, x, static_cast<std::uint64_t>(j * x0.rows()));
    sum += gaussian.log_density(x) - mixed.log_density(x);
  }
  return sum / static_cast<double>(count);
}

/// Draws of x_t from a mixture, each whitened by the component that it is drawn from.
inline Matrix whitened_draws(const alphabar::GaussianMixture<double>& mixture, const Noise& noise,
                             Index count, Index first) {
  Matrix z = mixture.sample(noise, count, first);
  for (Index j = 0; j < count; ++j) {
    const double normal = noise.substream(0)(static_cast<std::uint64_t>(first + j));
    const double share = std::erfc(-normal / std::sqrt(2.0)) / 2;
    std::size_t k = 0;
    double sum = mixture.weights()(0);
    while (sum <= share && k + 1 < mixture.components().size()) {
      sum += mixture.weights()(static_cast<Index>(++k));
    }
    const auto& part = mixture.components()[k];
    const Vector centred = z.col(j) - part.mean();
    z.col(j) = part.covariance().apply([](double l) { return 1 / std::sqrt(l); }, centred);
  }
  return z;
}

inline FittedPrior fitted_prior(std::string name, std::string description,
                                alphabar::GaussianMixture<double> prior, const Samples& x0,
                                const Diffusion& data, const Noise& noise) {
  const auto fit = std::make_shared<const alphabar::GaussianMixture<double>>(std::move(prior));
  const auto cost = [fit, x0, &data, noise](Index t) {
    return cost_of(*fit, x0, data, t, noise.substream(t));
  };
  const auto draw = [fit](const Noise& source, Index count) { return fit->sample(source, count); };
  const auto whitened = [fit, &data](Index t, const Noise& source, Index count, Index first) {
    const auto mixed = alphabar::propagate(data.schedule().transition(0, t), *fit);
    return whitened_draws(mixed, source, count, first);
  };
  return {std::move(name), std::move(description), cost, draw, whitened};
}

}  // namespace diffuse_dataset
