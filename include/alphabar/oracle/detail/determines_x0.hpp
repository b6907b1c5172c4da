// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"

namespace alphabar::detail {

/// Whether x at this level and a prediction of this kind determine x_0 and ε, and with them every
/// other kind: there is noise, and the determinant of the two is a normal number.
inline bool determines_x0(Prediction kind, const TransitionKernel<double>& level) {
  const LinearForm x{level.signal_scale(), level.noise_scale()};
  return x.noise > 0 && std::isnormal(area(x, prediction_form(kind, x.x0, x.noise).form));
}

}  // namespace alphabar::detail
