// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <functional>
#include <string>
#include <vector>

#include "diffuse_dataset/bad_file.hpp"
#include "diffuse_dataset/experiment.hpp"
#include "diffuse_dataset/fitted_prior.hpp"
#include "diffuse_dataset/input.hpp"
#include "diffuse_dataset/options.hpp"
#include "diffuse_dataset/parallel.hpp"

namespace diffuse_dataset {

/// The extents of the samples, row by row; 0 when they are no images.
struct Image {
  Index height = 0;
  Index width = 0;
};

/// The whole covariance; its draws are whitened along the eigenvectors, mode by mode.
inline FittedPrior dense_prior(const Diffusion& data) {
  FittedPrior prior = fitted_prior("dense", "all correlations", data.prior(), data);
  prior.cost = [](Index) { return 0.0; };
  prior.whitened = [&data](Index t, const Noise& noise, Index count, Index first) -> Matrix {
    const auto law = data.marginal(t);
    const Vector scales = law.covariance().eigenvalues().cwiseSqrt().cwiseInverse();
    const Matrix centred = data.sample(t, noise, count, first).colwise() - law.mean();
    return scales.asDiagonal() * (law.covariance().eigenvectors().transpose() * centred);
  };
  return prior;
}

inline FittedPrior diagonal_prior(const Samples& x0, const Diffusion& data) {
  return fitted_prior("diagonal", "no correlations", alphabar::fit_diagonal(x0), data);
}

/// On a torus when the samples are images, else on a ring.
inline FittedPrior stationary_prior(const Samples& x0, const Diffusion& data, Image image) {
  if (image.height > 0) {
    return fitted_prior("stationary", "the same correlations everywhere",
                        alphabar::fit_stationary(x0, {image.height, image.width, 1}), data);
  }
  return fitted_prior("stationary", "the same correlations everywhere",
                      alphabar::fit_stationary(x0), data);
}

inline FittedPrior kronecker_prior(const Samples& x0, const Diffusion& data, Image image) {
  return fitted_prior("kronecker", "those of rows times those of columns",
                      alphabar::fit_kronecker(x0, image.height, image.width), data);
}

inline FittedPrior low_rank_prior(const Samples& x0, const Diffusion& data, Index rank) {
  const std::string r = std::to_string(rank);
  return fitted_prior("ppca:" + r, r + " directions, and one variance for all others",
                      alphabar::fit_low_rank(x0, rank), data);
}

/// Multiplications of one round of expectation and maximisation.
inline double mixture_work(const Samples& x0, Index components) {
  const auto d = static_cast<double>(x0.rows());
  return 2 * static_cast<double>(components) * static_cast<double>(x0.cols()) * d * d;
}

inline FittedPrior mixture_prior(const Samples& x0, const Diffusion& data, Index components,
                                 std::uint64_t seed) {
  constexpr double work_budget = 5e10;
  alphabar::MixtureFit effort;
  effort.iterations = std::clamp<Index>(
      static_cast<Index>(work_budget / mixture_work(x0, components)), 3, effort.iterations);
  const std::string k = std::to_string(components);
  return fitted_prior("mixture:" + k, k + " clusters, each with all correlations",
                      alphabar::fit_mixture(x0, components, seed, effort), x0, data,
                      Noise(seed).substream(5));
}

/// The data in one structure of each kind; the first is the one that was asked for, and the checks
/// draw from it. A mixture that nobody asked for is left out where it takes long.
inline std::vector<FittedPrior> fit_structures(const Options& options, const Input& input,
                                               const Diffusion& data) {
  const Structure& asked = options.structure;
  const Samples x0 = samples_of(input.data);
  const Image image{static_cast<Index>(input.data.image_height),
                    static_cast<Index>(input.data.image_width)};
  if (asked.kind == "kronecker" && image.height == 0) {
    throw BadFile(input.name, "", "--structure kronecker is for images; --image says which");
  }
  const auto number = [&](const char* kind, Index otherwise) {
    return asked.kind == kind ? asked.number : std::max<Index>(1, otherwise);
  };
  const Index rank = number("ppca", std::min<Index>(16, x0.rows() / 4));
  const Index components = number("mixture", std::min<Index>(10, x0.cols() / 20));

  std::vector<std::function<FittedPrior()>> fits{[&] { return dense_prior(data); },
                                                 [&] { return diagonal_prior(x0, data); },
                                                 [&] { return stationary_prior(x0, data, image); },
                                                 [&] { return low_rank_prior(x0, data, rank); }};
  if (image.height > 0) fits.emplace_back([&] { return kronecker_prior(x0, data, image); });
  if (asked.kind == "mixture" || mixture_work(x0, components) < 1e9) {
    fits.emplace_back([&] { return mixture_prior(x0, data, components, options.seed); });
  }
  std::vector<FittedPrior> priors(fits.size());
  parallel_for(fits.size(), [&](std::size_t k) { priors[k] = fits[k](); });
  const auto is_asked = [&](const FittedPrior& prior) {
    return prior.name.substr(0, prior.name.find(':')) == asked.kind;
  };
  std::stable_partition(priors.begin(), priors.end(), is_asked);
  return priors;
}

}  // namespace diffuse_dataset
