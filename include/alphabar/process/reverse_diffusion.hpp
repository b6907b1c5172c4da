// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string_view>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/detail/standard_normals.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/flow.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/posterior.hpp"
#include "alphabar/gaussian/predict.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/process/forward_diffusion.hpp"

namespace alphabar {

/// The forward process run backwards, exactly: what a perfectly trained network predicts, and what
/// ideal samplers do with it, when the data are N(μ_0, Σ_0).
///
///     p(x_s | x_t)    the step of the ideal ancestral sampler, for any s <= t     `transition`
///     x_t → x_s       that of the ideal deterministic one, in both directions     `flow`
///
/// All are the functions of gaussian/predict.hpp, posterior.hpp and flow.hpp with the kernels of
/// the schedule; formulas, limits, accuracy and cost are there. Holds a copy of the forward
/// process.
///
/// Times are t = 0..T; x is a point or a batch, one per column. @throws std::out_of_range for a
/// time outside, std::invalid_argument for another dimension
template <Real Scalar, int Dim = Eigen::Dynamic,
          CovarianceStructure<Scalar> Covariance = DenseCovariance<Scalar, Dim>,
          class NoiseCovariance = WhiteNoise>
class ReverseDiffusion {
 public:
  using Forward = ForwardDiffusion<Scalar, Dim, Covariance>;  ///< the process turned around
  using Prior = typename Forward::Prior;
  using Batch = typename Forward::Batch;

  /// Of the process that it turns around.
  explicit ReverseDiffusion(Forward forward) : forward_(std::move(forward)) {}

  /// The process turned around.
  [[nodiscard]] const Forward& forward() const& noexcept { return forward_; }
  [[nodiscard]] Forward forward() && { return std::move(forward_); }
  [[nodiscard]] Index dimension() const { return forward_.dimension(); }
  [[nodiscard]] Index steps() const { return forward_.steps(); }

  /// ∇ log q(x_t).
  template <BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject score(const X& x, Index t) const {
    return alphabar::score(prior(), from_data(t), x);
  }

  /// E[x_0 | x_t].
  template <BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject denoise(const X& x, Index t) const {
    return alphabar::denoise(prior(), from_data(t), x);
  }

  /// The conditional mean of any kind of prediction.
  template <BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject predict(Prediction kind, const X& x, Index t) const {
    return alphabar::predict(prior(), from_data(t), kind, x);
  }

  /// p(x_s | x_t) with x_0 integrated out; s = 0 is p(x_0 | x_t).
  /// @throws std::invalid_argument for s > t
  template <VectorOf<Scalar, Dim> X>
  [[nodiscard]] Prior transition(const X& x_t, Index t, Index s) const {
    return reverse_transition(prior(), from_data(s), forward_.schedule().transition(s, t), x_t);
  }

  /// The probability flow from t to s, s <= t or s >= t.
  template <BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject flow(const X& x, Index t, Index s) const {
    return alphabar::flow(prior(), from_data(t), from_data(s), x);
  }

  /// One exact draw of x_s given x_t for each column, in one jump whatever t − s: as good as t − s
  /// steps of the ideal ancestral sampler. Column j takes its normals from noise.substream(s), the
  /// indices (first_sample + j)·d on: draws at other times are independent.
  /// @throws std::invalid_argument for s > t or a negative first_sample
  template <BatchOf<Scalar, Dim> X, NoiseSource<Scalar> Noise>
  [[nodiscard]] typename X::PlainObject draw(const X& x_t, Index t, Index s, const Noise& noise,
                                             Index first_sample = 0) const {
    detail::require_size("ReverseDiffusion::draw", "x_t.rows()", dimension(), x_t.rows());
    const TransitionKernel<Scalar> kernel = forward_.schedule().transition(s, t);
    return draw_posterior(
        forward_.marginal(s), kernel, x_t,
        normals("ReverseDiffusion::draw", noise.substream(static_cast<std::uint64_t>(s)),
                x_t.cols(), first_sample));
  }

  /// `count` samples of x_t, each drawn at T and walked back through T − t steps. x_T is drawn with
  /// noise.substream(T), x_s with noise.substream(s). They have the law of forward().sample(t, ...)
  /// exactly: the reverse process is a process, too. Cost: that of T − t `apply`.
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch sample_by_steps(Index t, const Noise& noise, Index count,
                                      Index first_sample = 0) const {
    detail::require_in_range("ReverseDiffusion::sample_by_steps", "t", 0, steps(), t);
    const auto first_noise = noise.substream(static_cast<std::uint64_t>(steps()));
    Batch x = forward_.sample(steps(), first_noise, count, first_sample);
    for (Index s = steps() - 1; s >= t; --s) x = draw(x, s + 1, s, noise, first_sample);
    return x;
  }

  /// `count` standard normals taken for x_T, as samplers do, and where the flow has them at time t:
  /// a deterministic sampler that starts there saves its first steps and loses nothing on data with
  /// this mean and covariance ("teleportation": Wang, Vastola 2024, arXiv:2412.09726). For the
  /// ancestral sampler `draw(x_T, T, t, noise)` does the same.
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch teleport(Index t, const Noise& noise, Index count,
                               Index first_sample = 0) const {
    return flow(normals("ReverseDiffusion::teleport", noise, count, first_sample), steps(), t);
  }

 private:
  [[nodiscard]] const Prior& prior() const { return forward_.prior(); }

  [[nodiscard]] TransitionKernel<Scalar> from_data(Index t) const {
    return forward_.schedule().transition(0, t);
  }

  template <class Noise>
  [[nodiscard]] Batch normals(std::string_view function, const Noise& noise, Index count,
                              Index first_sample) const {
    return detail::standard_normals<Scalar, Dim>(function, noise, dimension(), count, first_sample);
  }

  Forward forward_;
};

}  // namespace alphabar
