// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <alphabar/gaussian/divergence.hpp>
#include <alphabar/gaussian/gaussian.hpp>
#include <alphabar/gaussian/wasserstein.hpp>
#include <alphabar/kernel/transition_kernel.hpp>
#include <alphabar/noise/noise_stream.hpp>
#include <alphabar/process/forward_diffusion.hpp>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <utility>

namespace live_page {

/// A Gaussian in the plane on its way to N(0, I): what the reader drags.
class Plane {
 public:
  static constexpr alphabar::Index samples = 500;
  static constexpr alphabar::Index outline = 64;   ///< points on each ellipse
  static constexpr alphabar::Index moments = 201;  ///< times at which the curves are known
  using Process = alphabar::ForwardDiffusion<double, 2>;
  using Points = Eigen::Matrix2Xd;

  /// What is known at one time.
  struct Now {
    double alpha_bar, one_minus_alpha_bar, snr, log_snr;
    double small_eigenvalue, large_eigenvalue;
    double kl, w2;  ///< from q(x_t) to N(0, I), in nats and in units of x
  };

  explicit Plane(Process process) : process_(std::move(process)) {
    const alphabar::NoiseStream<double> noise(seed);
    const auto normals = [](const alphabar::NoiseStream<double>& from) {
      Points z(2, samples);
      from.fill(std::span(z.data(), static_cast<std::size_t>(z.size())));
      return z;
    };
    data_ = process_.prior().transform(normals(noise.substream(0)));
    noise_ = normals(noise.substream(1));
  }

  [[nodiscard]] const Process& process() const { return process_; }

  [[nodiscard]] Now now(alphabar::Index t) const {
    const auto& schedule = process_.schedule();
    const auto marginal = process_.marginal(t);
    const auto noise = propagate(alphabar::TransitionKernel(0.0, 1.0), process_.prior());
    const auto& eigenvalues = marginal.covariance().eigenvalues();
    return {schedule.alpha_bar(t),   schedule.one_minus_alpha_bar(t),
            schedule.snr(t),         schedule.log_snr(t),
            eigenvalues(0),          eigenvalues(1),
            kl_divergence(marginal), wasserstein_distance(marginal, noise)};
  }

  /// The samples at t: each keeps one noise for all times.
  [[nodiscard]] Points samples_at(alphabar::Index t) const {
    return process_.schedule().transition(0, t).perturb(data_, noise_);
  }

  /// The ellipse of one standard deviation at t, and the two ends of each of its axes.
  [[nodiscard]] Points ellipse_at(alphabar::Index t) const {
    const auto marginal = process_.marginal(t);
    Points circle(2, outline);
    for (alphabar::Index k = 0; k < outline; ++k) {
      const double turn = 2 * std::numbers::pi * static_cast<double>(k) / outline;
      circle.col(k) << std::cos(turn), std::sin(turn);
    }
    Points points(2, outline + 4);
    points.leftCols(outline) = marginal.transform(circle);
    const auto& covariance = marginal.covariance();
    for (alphabar::Index k = 0; k < 2; ++k) {
      const Eigen::Vector2d axis =
          std::sqrt(covariance.eigenvalues()(k)) * covariance.eigenvectors().col(k);
      points.col(outline + 2 * k) = marginal.mean() - axis;
      points.col(outline + 2 * k + 1) = marginal.mean() + axis;
    }
    return points;
  }

  /// The time of moment k, evenly from 0 to T.
  [[nodiscard]] alphabar::Index time_of(alphabar::Index k) const {
    return k * process_.steps() / (moments - 1);
  }

 private:
  static constexpr std::uint64_t seed = 1;

  Process process_;
  Points data_;
  Points noise_;
};

/// N(μ, Σ) with semi-axes `first` and `second`, the first one turned by `angle`.
inline alphabar::Gaussian<double, 2> tilted(const Eigen::Vector2d& mean, double first,
                                            double second, double angle) {
  Eigen::Matrix2d axes;
  axes << first * std::cos(angle), -second * std::sin(angle), first * std::sin(angle),
      second * std::cos(angle);
  return {mean, Eigen::Matrix2d(axes * axes.transpose())};
}

}  // namespace live_page
