// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// Multistep consistency sampling with the network F and the scalings of EDM, shifted so that f
/// returns x at σ_min. In the variance-exploding scale
///
///     f = c_skip(σ − σ_min) x + c_out F,    x_s = f + √(σ_s² − σ_min²) z,
///     c_skip(ς) = d²/(ς² + d²),    c_out = (σ − σ_min) d/√(σ² + d²),
///
/// where σ_s is replaced by σ_min if it is less. D is the prediction of x_0 by EDM's scalings, D =
/// c_skip(σ) x + σ d F/√(σ² + d²), so f = (1 − σ_min/σ) D + (c_skip(σ − σ_min) − (1 − σ_min/σ)
/// c_skip(σ)) x.
///
/// One call per step. Song et al. 2023, arXiv:2303.01469, algorithm 1 and appendix C.
/// "CMStochasticIterative" in diffusers. `Lcm` is the same method without these scalings.
struct ConsistencyModel {
  double sigma_min = 0.002;  ///< σ_min > 0
  double data_std = 0.5;     ///< d, in [1e-150, 1e150]

  /// @throws std::invalid_argument for other parameters, a call below σ_min, or a call at σ = ∞
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    constexpr auto name = "ConsistencyModel";
    detail::require(sigma_min > 0 && std::isfinite(sigma_min), name, "sigma_min",
                    "be finite and > 0", sigma_min);
    detail::require(data_std >= 1e-150 && data_std <= 1e150, name, "data_std",
                    "be in [1e-150, 1e150]", data_std);
    return detail::one_call_per_step(path, Prediction::x0, [&](std::size_t k) {
      const double sigma = detail::sigma_of(path.level(k));
      detail::require(sigma >= sigma_min && std::isfinite(sigma), name, "sigma of a call",
                      "be finite and >= sigma_min = " + detail::to_text(sigma_min), sigma);
      const double scale = path.level(k + 1).signal_scale();
      const double next = (std::max)(detail::sigma_of(path.level(k + 1)), sigma_min);
      const double cut = sigma_min / sigma;
      const double d = data_std / sigma;
      const double skip = 1 / (1 + 1 / (d * d));
      const double slope = (1 - cut) / d;
      const double skip_moved = 1 / (1 + slope * slope);
      const double moved = skip_moved * cut * (2 - cut) / (1 + d * d);  // skip_moved − skip
      return detail::one_call_step(scale * (moved + cut * skip) / path.level(k).signal_scale(),
                                   scale * (1 - cut),
                                   scale * std::sqrt((next - sigma_min) * (next + sigma_min)));
    });
  }
};

}  // namespace alphabar
