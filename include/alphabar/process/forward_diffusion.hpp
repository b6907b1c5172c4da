// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/detail/standard_normals.hpp"
#include "alphabar/covariance/propagate.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/noise/add_noise.hpp"
#include "alphabar/process/detail/covariance_by_recursion.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

namespace alphabar {

/// The default covariance of the noise: N = I.
struct WhiteNoise {};

/// The forward process of a prior N(μ_0, Σ_0) under a schedule:
///
///     x_t = √(1−β_t) x_{t−1} + √β_t ε        Σ_t = (1−β_t) Σ_{t−1} + β_t I
///     x_t = √ᾱ_t x_0 + √(1−ᾱ_t) ε           Σ_t = ᾱ_t Σ_0 + (1−ᾱ_t) I
///
/// The eigenvectors of Σ_t are those of Σ_0, and each eigenvalue tends to 1 independently of the
/// others: λ_t = ᾱ_t λ_0 + (1 − ᾱ_t) (Ho et al. 2020, arXiv:2006.11239v2, eqs. 2 and 4).
///
/// With a third argument the noise has any covariance: process/colored_diffusion.hpp.
///
/// Times are t = 0..T. @throws std::out_of_range for a time outside.
template <Real Scalar, int Dim = Eigen::Dynamic,
          CovarianceStructure<Scalar> Covariance = DenseCovariance<Scalar, Dim>,
          class NoiseCovariance = WhiteNoise>
class ForwardDiffusion {
 public:
  using Prior = Gaussian<Scalar, Dim, Covariance>;
  using Vector = typename Covariance::Vector;
  using Matrix = typename Covariance::Matrix;
  using Batch = typename Prior::Batch;

  /// From the law of x_0, and the schedule.
  ForwardDiffusion(Prior prior, NoiseSchedule<Scalar> schedule)
      : prior_(std::move(prior)), schedule_(std::move(schedule)) {}

  [[nodiscard]] const Prior& prior() const& noexcept { return prior_; }
  [[nodiscard]] Prior prior() && { return std::move(prior_); }
  [[nodiscard]] const NoiseSchedule<Scalar>& schedule() const& noexcept { return schedule_; }
  [[nodiscard]] NoiseSchedule<Scalar> schedule() && { return std::move(schedule_); }
  [[nodiscard]] Index dimension() const { return prior_.dimension(); }
  [[nodiscard]] Index steps() const { return schedule_.steps(); }

  /// √ᾱ_t μ_0.
  [[nodiscard]] Vector mean(Index t) const { return schedule_.sqrt_alpha_bar(t) * prior_.mean(); }

  /// Σ_t in closed form, entry by entry within 2 ulp. Cost: one pass over the matrix.
  [[nodiscard]] Matrix covariance(Index t) const requires DenseMatrix<Covariance> {
    return propagate(from_data(t), prior_.covariance().matrix());
  }

  /// Σ_t step by step, with compensated summation (Kahan). Agrees with the closed form within 16 u
  /// per eigenvalue at T = 1000, u = 2⁻⁵³ (float 2⁻²⁴). It serves to check the closed form. Cost: t
  /// passes over two matrices.
  [[nodiscard]] Matrix covariance_by_recursion(Index t) const requires DenseMatrix<Covariance> {
    return detail::covariance_by_recursion(
        schedule_, t, prior_.covariance().matrix(),
        [](Matrix& sigma, Scalar b) { sigma.diagonal().array() += b; });
  }

  /// Cov(x_s, x_t) = √(ᾱ_t/ᾱ_s) Σ_s for s <= t.
  /// @throws std::invalid_argument for s > t
  [[nodiscard]] Matrix cross_covariance(Index s, Index t) const requires DenseMatrix<Covariance> {
    return schedule_.transition(s, t).signal_scale() * covariance(s);
  }

  /// q(x_t) = N(√ᾱ_t μ_0, Σ_t), in the structure of the prior and in its basis.
  [[nodiscard]] Prior marginal(Index t) const { return propagate(from_data(t), prior_); }

  /// `count` samples of x_t by the closed form: marginal(t).sample(noise, ...). Cost: one normal
  /// per coordinate, for any t.
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch sample(Index t, const Noise& noise, Index count,
                             Index first_sample = 0) const {
    detail::require_samples("ForwardDiffusion::sample", count, first_sample, dimension());
    return marginal(t).sample(noise, count, first_sample);
  }

  /// `count` samples of x_t, each computed by t steps: x_0 is drawn with noise.substream(0), and
  /// step s adds noise.substream(s), for sample j at the indices j·d .. j·d + d − 1. These samples
  /// are independent of those that `sample` draws from the same noise. Cost: t + 1 normals per
  /// coordinate.
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch sample_by_steps(Index t, const Noise& noise, Index count,
                                      Index first_sample = 0) const {
    detail::require_in_range("ForwardDiffusion::sample_by_steps", "t", 0, steps(), t);
    detail::require_samples("ForwardDiffusion::sample_by_steps", count, first_sample, dimension());
    Batch x = prior_.sample(noise.substream(0), count, first_sample);
    for (Index s = 1; s <= t; ++s) take_step(s, x, noise, first_sample, x);
    return x;
  }

  /// The path x_0, x_1, ..., x_T of one sample, Dim × (T + 1). Column t is the result of
  /// sample_by_steps(t, noise, 1, sample).
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch sample_path(const Noise& noise, Index sample = 0) const {
    detail::require_samples("ForwardDiffusion::sample_path", 1, sample, dimension(), "sample");
    Batch path(dimension(), steps() + 1);
    path.col(0) = prior_.sample(noise.substream(0), 1, sample);
    for (Index s = 1; s <= steps(); ++s) take_step(s, path.col(s - 1), noise, sample, path.col(s));
    return path;
  }

 private:
  [[nodiscard]] TransitionKernel<Scalar> from_data(Index t) const {
    return schedule_.transition(0, t);
  }

  /// One step of the chain for the samples from first_sample on.
  template <class From, class Noise, class To>
  void take_step(Index s, const From& from, const Noise& noise, Index first_sample, To&& to) const {
    add_noise(schedule_.step(s), from, noise.substream(static_cast<std::uint64_t>(s)), to,
              static_cast<std::uint64_t>(first_sample) * static_cast<std::uint64_t>(dimension()));
  }

  Prior prior_;
  NoiseSchedule<Scalar> schedule_;
};

template <Real Scalar, int Dim, class Covariance, Real Other>
requires SameScalar<Scalar, Other> ForwardDiffusion(Gaussian<Scalar, Dim, Covariance>,
                                                    NoiseSchedule<Other>)
->ForwardDiffusion<Scalar, Dim, Covariance>;

}  // namespace alphabar
