// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <functional>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/covariance/detail/congruent.hpp"
#include "alphabar/covariance/detail/shared_basis.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/propagate.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/process/detail/covariance_by_recursion.hpp"
#include "alphabar/process/forward_diffusion.hpp"
#include "alphabar/process/reverse_diffusion.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

/// The process with noise of any covariance N, ε ~ N(0, N):
///
///     x_t = √ᾱ_t x_0 + √(1−ᾱ_t) ε        Σ_t = ᾱ_t Σ_0 + (1−ᾱ_t) N
///
/// In the coordinates y = N^−½ x the noise is white, and every law is computed by `whitened()`: the
/// process of the prior N(N^−½ μ_0, N^−½ Σ_0 N^−½). Its spectrum is λ/ν where Σ_0 and N share a
/// basis; otherwise it is dense and is factored once.
namespace alphabar {

/// The forward process with noise of the covariance N.
///
/// It has the members of the process with white noise, in the coordinates of the data. Other laws
/// are computed by `whitened()`: KL(q(x_t) ‖ N(0, N)) is `kl_divergence(whitened().marginal(t))`,
/// a sampler's law is `sampler_law(plan, whitened().prior())`, and the negative ELBO of a sampler
/// with the variances σ_t² N is `variational_bound(whitened(), σ²).nats()` + ½ log det N.
///
/// Σ_0 and N may have any two structures. Where they share a basis (one of them is isotropic, or
/// both have one structure and one basis) their spectra are combined, at a cost of O(d). Two
/// low-rank covariances have low-rank laws, two stationary ones have stationary laws. Otherwise
/// laws are dense.
template <Real Scalar, int Dim, CovarianceStructure<Scalar> Covariance,
          CovarianceStructure<Scalar> NoiseCovariance>
class ForwardDiffusion<Scalar, Dim, Covariance, NoiseCovariance> {
  using Common = detail::CommonStructure<Covariance, NoiseCovariance>;

 public:
  using Prior = Gaussian<Scalar, Dim, Covariance>;
  using Marginal = Gaussian<Scalar, Dim, Common>;          ///< the type of q(x_t)
  using Whitened = ForwardDiffusion<Scalar, Dim, Common>;  ///< a process with white noise
  using Vector = typename Covariance::Vector;
  using Matrix = typename Covariance::Matrix;
  using Batch = typename Prior::Batch;

  /// From the law of x_0, the schedule, and N.
  /// @throws std::invalid_argument unless N has the dimension of the prior and full rank: in its
  ///     null space there is no score (`propagate` accepts any N). Also when Σ_0 and N have the
  ///     same structure, which is neither dense nor low-rank nor stationary, in two bases
  ForwardDiffusion(Prior prior, NoiseSchedule<Scalar> schedule, NoiseCovariance noise_covariance)
      : prior_(std::move(prior)),
        noise_(std::move(noise_covariance)),
        whitened_(whiten(prior_, noise_), std::move(schedule)) {}

  [[nodiscard]] const Prior& prior() const& noexcept { return prior_; }
  [[nodiscard]] Prior prior() && { return std::move(prior_); }
  [[nodiscard]] const NoiseSchedule<Scalar>& schedule() const& noexcept {
    return whitened_.schedule();
  }
  [[nodiscard]] NoiseSchedule<Scalar> schedule() && { return std::move(whitened_).schedule(); }
  /// N.
  [[nodiscard]] const NoiseCovariance& noise_covariance() const& noexcept { return noise_; }
  [[nodiscard]] NoiseCovariance noise_covariance() && { return std::move(noise_); }
  /// The process of N^−½ x_t, whose noise is white.
  [[nodiscard]] const Whitened& whitened() const& noexcept { return whitened_; }
  [[nodiscard]] Whitened whitened() && { return std::move(whitened_); }
  [[nodiscard]] Index dimension() const { return prior_.dimension(); }
  [[nodiscard]] Index steps() const { return schedule().steps(); }

  /// N^−½ x for a point or a batch: from the coordinates of the data to those of `whitened()`.
  /// Scores of `whitened()` become scores of the data by the same matrix.
  template <BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject whiten(const X& x) const {
    return noise_.apply(detail::InverseRoot(), x);
  }
  /// N^½ y for a point or a batch: back to the data.
  template <BatchOf<Scalar, Dim> Y>
  [[nodiscard]] typename Y::PlainObject color(const Y& y) const {
    return noise_.apply(detail::Root(), y);
  }
  /// The law of N^½ y. Cost: O(d) in a shared basis, O(d³) where it is dense.
  [[nodiscard]] Marginal color(const Marginal& y) const {
    return {color(y.mean()),
            detail::congruent(y.covariance(), noise_, detail::Root(), std::multiplies<Scalar>())};
  }

  /// √ᾱ_t μ_0.
  [[nodiscard]] Vector mean(Index t) const { return schedule().sqrt_alpha_bar(t) * prior_.mean(); }

  /// Σ_t in closed form, entry by entry within 2 ulp. Cost: one pass over two matrices.
  [[nodiscard]] Matrix covariance(Index t) const requires DenseMatrix<Common> {
    const TransitionKernel<Scalar> kernel = schedule().transition(0, t);
    return kernel.signal_power() * prior_.covariance().matrix() +
           kernel.noise_variance() * noise_.matrix();
  }

  /// Σ_t step by step, to check the closed form. Cost: t passes over three matrices.
  [[nodiscard]] Matrix covariance_by_recursion(Index t) const requires DenseMatrix<Common> {
    const Matrix& noise = noise_.matrix();
    return detail::covariance_by_recursion(schedule(), t, Matrix(prior_.covariance().matrix()),
                                           [&](Matrix& sigma, Scalar b) { sigma += b * noise; });
  }

  /// Cov(x_s, x_t) = √(ᾱ_t/ᾱ_s) Σ_s for s <= t.
  /// @throws std::invalid_argument for s > t
  [[nodiscard]] Matrix cross_covariance(Index s, Index t) const requires DenseMatrix<Common> {
    return schedule().transition(s, t).signal_scale() * covariance(s);
  }

  /// q(x_t) = N(√ᾱ_t μ_0, Σ_t). Cost: O(d) in a shared basis, O(d³) where it is dense.
  [[nodiscard]] Marginal marginal(Index t) const {
    if constexpr (!DenseMatrix<Common>) {
      if (!detail::share_basis(prior_.covariance(), noise_)) {
        return {mean(t), color(whitened_.marginal(t)).covariance()};
      }
    }
    return propagate(schedule().transition(0, t), prior_, noise_);
  }

  /// `count` samples of x_t: those of `whitened()` times N^½. Cost: one normal per coordinate.
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch sample(Index t, const Noise& noise, Index count,
                             Index first_sample = 0) const {
    return color(whitened_.sample(t, noise, count, first_sample));
  }

  /// `count` samples of x_t, each computed by t steps: those of `whitened()` times N^½.
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch sample_by_steps(Index t, const Noise& noise, Index count,
                                      Index first_sample = 0) const {
    return color(whitened_.sample_by_steps(t, noise, count, first_sample));
  }

  /// The path x_0, x_1, ..., x_T of one sample, Dim × (T + 1).
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch sample_path(const Noise& noise, Index sample = 0) const {
    return color(whitened_.sample_path(noise, sample));
  }

 private:
  static Marginal whiten(const Prior& prior, const NoiseCovariance& noise) {
    detail::require_size("ForwardDiffusion", "the dimension of the noise covariance",
                         prior.dimension(), noise.dimension());
    detail::require(noise.rank() == noise.dimension(), "ForwardDiffusion",
                    "the rank of the noise covariance", "be " + detail::to_text(noise.dimension()),
                    noise.rank());
    return {noise.apply(detail::InverseRoot(), prior.mean()),
            detail::congruent(prior.covariance(), noise, detail::InverseRoot(),
                              std::divides<Scalar>())};
  }

  Prior prior_;
  NoiseCovariance noise_;
  Whitened whitened_;
};

template <Real Scalar, int Dim, class Covariance, Real Other,
          CovarianceStructure<Scalar> NoiseCovariance>
requires SameScalar<Scalar, Other> ForwardDiffusion(Gaussian<Scalar, Dim, Covariance>,
                                                    NoiseSchedule<Other>, NoiseCovariance)
->ForwardDiffusion<Scalar, Dim, Covariance, NoiseCovariance>;

/// The reverse process with noise of the covariance N: that of `forward().whitened()` in the
/// coordinates of the data. E[ε | x_t] refers to ε ~ N(0, N), and the score is N^−½ times that of
/// the whitened point. Accuracy: that of the whitened process, times √cond N, for a dense N that of
/// its correlation matrix: units of the coordinates do not matter.
template <Real Scalar, int Dim, CovarianceStructure<Scalar> Covariance,
          CovarianceStructure<Scalar> NoiseCovariance>
class ReverseDiffusion<Scalar, Dim, Covariance, NoiseCovariance> {
 public:
  using Forward = ForwardDiffusion<Scalar, Dim, Covariance, NoiseCovariance>;  ///< of forward()
  using Marginal = typename Forward::Marginal;  ///< the type of q(x_t) and of p(x_s | x_t)
  using Batch = typename Forward::Batch;

  /// Reverses a forward process.
  explicit ReverseDiffusion(Forward forward)
      : forward_(std::move(forward)), whitened_(forward_.whitened()) {}

  /// The forward process.
  [[nodiscard]] const Forward& forward() const& noexcept { return forward_; }
  [[nodiscard]] Forward forward() && { return std::move(forward_); }
  [[nodiscard]] Index dimension() const { return forward_.dimension(); }
  [[nodiscard]] Index steps() const { return forward_.steps(); }

  /// ∇ log q(x_t).
  template <BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject score(const X& x, Index t) const {
    return predict(Prediction::score, x, t);
  }

  /// E[x_0 | x_t].
  template <BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject denoise(const X& x, Index t) const {
    return predict(Prediction::x0, x, t);
  }

  /// The conditional mean of any kind of prediction.
  template <BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject predict(Prediction kind, const X& x, Index t) const {
    const auto white = whitened_.predict(kind, forward_.whiten(x), t);
    return kind == Prediction::score ? forward_.whiten(white) : forward_.color(white);
  }

  /// p(x_s | x_t) with x_0 integrated out; s = 0 is p(x_0 | x_t).
  /// @throws std::invalid_argument for s > t
  template <VectorOf<Scalar, Dim> X>
  [[nodiscard]] Marginal transition(const X& x_t, Index t, Index s) const {
    return forward_.color(whitened_.transition(forward_.whiten(x_t), t, s));
  }

  /// The probability flow from t to s, s <= t or s >= t.
  template <BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject flow(const X& x, Index t, Index s) const {
    return forward_.color(whitened_.flow(forward_.whiten(x), t, s));
  }

  /// Draws x_s given x_t for each column, exactly, from the same normals as with white noise.
  /// @throws std::invalid_argument for s > t or a negative first_sample
  template <BatchOf<Scalar, Dim> X, NoiseSource<Scalar> Noise>
  [[nodiscard]] typename X::PlainObject draw(const X& x_t, Index t, Index s, const Noise& noise,
                                             Index first_sample = 0) const {
    return forward_.color(whitened_.draw(forward_.whiten(x_t), t, s, noise, first_sample));
  }

  /// `count` samples of x_t, each drawn at T and moved to t by T − t calls of `draw`.
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch sample_by_steps(Index t, const Noise& noise, Index count,
                                      Index first_sample = 0) const {
    return forward_.color(whitened_.sample_by_steps(t, noise, count, first_sample));
  }

  /// Draws `count` samples of N(0, N) as x_T and returns their probability flow to time t.
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch teleport(Index t, const Noise& noise, Index count,
                               Index first_sample = 0) const {
    return forward_.color(whitened_.teleport(t, noise, count, first_sample));
  }

 private:
  Forward forward_;
  ReverseDiffusion<Scalar, Dim, detail::CommonStructure<Covariance, NoiseCovariance>> whitened_;
};

template <Real Scalar, int Dim, class Covariance, CovarianceStructure<Scalar> NoiseCovariance>
ReverseDiffusion(ForwardDiffusion<Scalar, Dim, Covariance, NoiseCovariance>)
    -> ReverseDiffusion<Scalar, Dim, Covariance, NoiseCovariance>;

}  // namespace alphabar
