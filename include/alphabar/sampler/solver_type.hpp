// SPDX-License-Identifier: MIT
#pragma once

namespace alphabar {

/// How DPM-Solvers of order 2 and 3 weight the slope of the predictions in half log SNR. Both have
/// the same order.
enum class SolverType {
  midpoint,  ///< order 2: as if the prediction in the middle held; order 3: the last stage alone
  heun       ///< the polynomial through all stages, integrated exactly
};

}  // namespace alphabar
