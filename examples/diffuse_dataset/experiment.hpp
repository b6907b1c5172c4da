// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "diffuse_dataset/comparison.hpp"
#include "diffuse_dataset/dataset.hpp"
#include "diffuse_dataset/parallel.hpp"
#include "diffuse_dataset/plan.hpp"
#include "diffuse_dataset/progress_bar.hpp"

namespace diffuse_dataset {

using Samples = Eigen::Map<const Matrix>;  ///< d × n, one sample per column
using Diffusion = alphabar::ForwardDiffusion<double>;
using Noise = alphabar::NoiseStream<double>;

/// Draws number first, first + 1, ... of x_t from a fitted prior, whitened by their law according
/// to theory: one draw per column, N(0, I) if theory is right.
using WhitenedDraws = std::function<Matrix(Index t, const Noise& noise, Index count, Index first)>;

/// The results at one time.
struct Finding {
  Index t = 0;
  Comparison jump;
  Comparison walk;
  double drawn_p_value = 0;  ///< draws from the fitted prior have the law of its marginal
};

/// The mean number of runs until a correct program fails a check.
constexpr double runs_per_false_alarm = 1e6;

/// The lower bound of every p-value, for three p-values at each time.
inline double alarm_level(std::size_t times) {
  return 1 / (runs_per_false_alarm * 3 * static_cast<double>(times));
}

inline Samples samples_of(const Dataset& data) {
  return {data.values.data(), static_cast<Index>(data.dimension), static_cast<Index>(data.count)};
}

/// Calls visit(first, count) for the blocks that cover 0..total-1.
template <class Visit>
void for_each_block(Index total, const Visit& visit) {
  constexpr Index block = 512;
  for (Index first = 0; first < total; first += block) visit(first, std::min(block, total - first));
}

/// Parts are measured in parallel; the bits are those of one pass.
template <class Batch>
Moments moments_of(const Batch& samples) {
  const auto border = [&](std::size_t k) { return samples.cols() * static_cast<Index>(k) / 8; };
  std::vector<Moments> parts;
  for (std::size_t k = 0; k < 8; ++k) parts.emplace_back(border(k));
  parallel_for(parts.size(), [&](std::size_t k) {
    parts[k].add(samples.middleCols(border(k), border(k + 1) - border(k)));
  });
  Moments whole;
  for (const Moments& part : parts) whole.merge(part);
  return whole;
}

/// The real samples at the times of the plan, noised in two ways, and draws from a prior that was
/// fitted to them. Every ε is a function of (seed, purpose, time, sample), so the results do not
/// depend on the number of cores.
class Experiment {
 public:
  Experiment(const Samples& x0, const Diffusion& diffusion, const Plan& plan, WhitenedDraws draws,
             std::uint64_t seed)
      : x0_(x0),
        diffusion_(diffusion),
        schedule_(diffusion.schedule()),
        plan_(plan),
        draws_(std::move(draws)),
        jump_noise_(Noise(seed).substream(1)),
        walk_noise_(Noise(seed).substream(2)),
        draw_noise_(Noise(seed).substream(3)) {}

  std::vector<Finding> run() {
    walk();
    const Matrix& eigenvectors = diffusion_.prior().covariance().eigenvectors();
    const Matrix of_walkers = moments_of(x0_.leftCols(plan_.walked)).covariance();
    const Vector along_eigenvectors = variances_along(eigenvectors, of_walkers);

    std::vector<Finding> findings(plan_.times.size());
    ProgressBar progress("jumping", static_cast<double>(x0_.cols() * std::ssize(findings)));
    parallel_for(findings.size(), [&](std::size_t k) {
      const Index t = plan_.times[k];
      const double a = schedule_.alpha_bar(t);
      const double b = schedule_.one_minus_alpha_bar(t);
      const auto law = diffusion_.marginal(t).covariance();
      const Claim jump{1, diffusion_.covariance(t), law.eigenvalues(), b};
      const Claim walk{static_cast<double>(t),
                       alphabar::propagate(schedule_.transition(0, t), of_walkers),
                       (a * along_eigenvectors.array() + b).matrix(), b};
      findings[k] = {t, compare(jumped(t, progress), jump, eigenvectors),
                     compare(walked(k), walk, eigenvectors), drawn_p_value(t)};
    });
    return findings;
  }

 private:
  /// Computes all steps of the first samples, and stores them at the times of the plan.
  void walk() {
    constexpr Index block = 64;
    const Index d = x0_.rows();
    walks_.assign(plan_.times.size(), Matrix(d, plan_.walked));
    ProgressBar progress("walking", static_cast<double>(plan_.walked * schedule_.steps()));

    parallel_for(static_cast<std::size_t>((plan_.walked + block - 1) / block), [&](std::size_t b) {
      const Index first = static_cast<Index>(b) * block;
      const Index count = std::min(block, plan_.walked - first);
      Matrix x = x0_.middleCols(first, count);
      std::size_t k = 0;
      for (Index t = 1; t <= schedule_.steps(); ++t) {
        alphabar::add_noise(schedule_.step(t), x, walk_noise_.substream(t), x,
                            static_cast<std::uint64_t>(first * d));
        if (t == plan_.times[k]) walks_[k++].middleCols(first, count) = x;
        progress.advance(static_cast<double>(count));
      }
    });
  }

  /// All samples, computed from x_0 by the closed form.
  Measurement jumped(Index t, ProgressBar& progress) const {
    const auto kernel = schedule_.transition(0, t);
    const Noise noise = jump_noise_.substream(t);
    Measurement measurement;
    for_each_block(x0_.cols(), [&](Index first, Index count) {
      Matrix x(x0_.rows(), count);
      alphabar::add_noise(kernel, x0_.middleCols(first, count), noise, x,
                          static_cast<std::uint64_t>(first * x0_.rows()));
      measure(t, first, x, plan_.tested, measurement);
      progress.advance(static_cast<double>(count));
    });
    return measurement;
  }

  Measurement walked(std::size_t k) const {
    Measurement measurement;
    for_each_block(plan_.walked, [&](Index first, Index count) {
      measure(plan_.times[k], first, walks_[k].middleCols(first, count), plan_.walked, measurement);
    });
    return measurement;
  }

  /// Adds x_t of the samples first, first + 1, ... to the measurement; the residuals only of the
  /// first `tested` samples. They are computed with the numbers of the table, not of a kernel.
  void measure(Index t, Index first, const Matrix& x, Index tested,
               Measurement& measurement) const {
    measurement.noised.add(x);
    const Index count = std::clamp<Index>(tested - first, 0, x.cols());
    if (count == 0) return;
    const Matrix signal = schedule_.sqrt_alpha_bar(t) * x0_.middleCols(first, count);
    measurement.residuals.add((x.leftCols(count) - signal) / schedule_.sqrt_one_minus_alpha_bar(t));
  }

  double drawn_p_value(Index t) const {
    const Noise noise = draw_noise_.substream(t);
    Moments whitened;
    for_each_block(plan_.drawn,
                   [&](Index first, Index count) { whitened.add(draws_(t, noise, count, first)); });
    return standard_normal_p_value(whitened.count(), whitened.mean(), whitened.covariance());
  }

  Samples x0_;
  const Diffusion& diffusion_;
  const alphabar::NoiseSchedule<double>& schedule_;
  const Plan& plan_;
  WhitenedDraws draws_;
  Noise jump_noise_;
  Noise walk_noise_;
  Noise draw_noise_;
  std::vector<Matrix> walks_;
};

}  // namespace diffuse_dataset
