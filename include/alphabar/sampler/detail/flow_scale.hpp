// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/sampler/sampler_path.hpp"

namespace alphabar::detail {

/// σ, the noise in the variance-exploding scale; ∞ at pure noise.
inline double sigma_of(const TransitionKernel<double>& level) {
  return level.noise_scale() / level.signal_scale();
}

/// Whether x_t = (1 − u) x_0 + u ε, within 1e-12.
inline bool is_straight(const TransitionKernel<double>& level) {
  return std::abs(level.signal_scale() + level.noise_scale() - 1) <= 1e-12;
}

/// The same at all times of a path. With less noise than 1e-12 every path passes, so the signal at
/// the first time must be less than 1.
inline bool is_straight(const SamplerPath& path) {
  for (std::size_t k = 0; k <= path.steps(); ++k) {
    if (!is_straight(path.level(k))) return false;
  }
  return path.level(0).signal_scale() <= 1 - path.level(0).noise_scale() / 2;
}

/// w_s = kept w + replaced D: the step of w from ς_t to ς_s with D constant.
struct Decay {
  double kept;      ///< ς_s/ς_t = e^(−h)
  double replaced;  ///< 1 − ς_s/ς_t
};

/// The scale of solvers for dw/dς = (w − D)/ς, D the predicted x_0: w = x/√a and ς = σ; on straight
/// paths, where the same equation holds, w = x and ς = u. The Euler step is the same in both, steps
/// of higher order are not.
class FlowScale {
 public:
  explicit FlowScale(const SamplerPath& path) : path_(&path), straight_(is_straight(path)) {}

  [[nodiscard]] bool straight() const noexcept { return straight_; }
  /// x/w.
  [[nodiscard]] double scale(const TransitionKernel<double>& level) const {
    return straight_ ? 1 : level.signal_scale();
  }
  /// ς.
  [[nodiscard]] double noise(const TransitionKernel<double>& level) const {
    return level.noise_scale() / scale(level);
  }
  /// From t to s, given 1 − σ_s/σ_t. On straight paths 1 − ς_s/ς_t is α_s times that.
  [[nodiscard]] Decay decay(double complement, const TransitionKernel<double>& t,
                            const TransitionKernel<double>& s) const {
    return {noise(s) / noise(t), straight_ ? complement * s.signal_scale() : complement};
  }
  /// The point of the path at ς.
  [[nodiscard]] PathPoint at(double noise) const {
    return path_->at_log_snr(straight_ ? 2 * (std::log1p(-noise) - std::log(noise))
                                       : -2 * std::log(noise));
  }
  /// @throws std::invalid_argument where ς is infinite: at zero terminal SNR on a path that is not
  ///     straight
  void require_finite(std::string_view sampler, const TransitionKernel<double>& level) const {
    require(scale(level) > 0, sampler, "sigma at the first time", "be finite",
            std::numeric_limits<double>::infinity());
  }

 private:
  const SamplerPath* path_;
  bool straight_;
};

}  // namespace alphabar::detail
