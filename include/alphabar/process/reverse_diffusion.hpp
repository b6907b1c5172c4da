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

/// The exact reverse process of data N(μ_0, Σ_0): the predictions of a perfectly trained network,
/// and the steps of the ideal samplers,
///
///     p(x_s | x_t)    of the ideal ancestral sampler, for any s <= t               `transition`
///     x_t → x_s       of the ideal deterministic sampler, in both directions       `flow`
///
/// The members are the functions of gaussian/predict.hpp, posterior.hpp and flow.hpp with the
/// kernels of the schedule. Formulas, limits, accuracy and cost are given there. Holds a copy of
/// the forward process.
///
/// Times are t = 0..T; x is a point or a batch, one per column. @throws std::out_of_range for a
/// time outside, std::invalid_argument for another dimension
template <Real Scalar, int Dim = Eigen::Dynamic,
          CovarianceStructure<Scalar> Covariance = DenseCovariance<Scalar, Dim>,
          class NoiseCovariance = WhiteNoise>
class ReverseDiffusion {
 public:
  using Forward = ForwardDiffusion<Scalar, Dim, Covariance>;  ///< the type of forward()
  using Prior = typename Forward::Prior;
  using Batch = typename Forward::Batch;

  /// Reverses a forward process.
  explicit ReverseDiffusion(Forward forward) : forward_(std::move(forward)) {}

  /// The forward process.
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

  /// Draws x_s given x_t for each column, exactly and in one step for any t − s: the law is that of
  /// t − s steps of the ideal ancestral sampler. Column j uses noise.substream(s) from the index
  /// (first_sample + j)·d on, so draws at different times s are independent.
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

  /// `count` samples of x_t, each drawn at T and moved to t by T − t calls of `draw`. x_T is drawn
  /// with noise.substream(T), x_s with noise.substream(s). Their law is exactly that of
  /// forward().sample(t, ...). Cost: T − t times that of `draw`.
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch sample_by_steps(Index t, const Noise& noise, Index count,
                                      Index first_sample = 0) const {
    detail::require_in_range("ReverseDiffusion::sample_by_steps", "t", 0, steps(), t);
    detail::require_samples("ReverseDiffusion::sample_by_steps", count, first_sample, dimension());
    const auto first_noise = noise.substream(static_cast<std::uint64_t>(steps()));
    Batch x = forward_.sample(steps(), first_noise, count, first_sample);
    for (Index s = steps() - 1; s >= t; --s) x = draw(x, s + 1, s, noise, first_sample);
    return x;
  }

  /// Draws `count` standard normals as x_T, as samplers do, and returns their probability flow to
  /// time t. A deterministic sampler that starts from these points skips its steps from T to t,
  /// without error on data with this mean and covariance ("teleportation": Wang, Vastola 2024,
  /// arXiv:2412.09726). For an ancestral sampler use `draw(x_T, T, t, noise)`.
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
