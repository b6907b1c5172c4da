// SPDX-License-Identifier: MIT
#pragma once

namespace alphabar {

/// How DPM-Solvers of order 2 and 3 weight the slope of the predictions in half log SNR. Both have
/// the same order.
enum class SolverType {
  midpoint,  ///< order 2: the prediction at the middle as a constant; order 3: only the last stage
  heun       ///< the polynomial through all stages, integrated exactly
};

}  // namespace alphabar
