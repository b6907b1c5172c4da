// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

namespace alphabar {

/// A point of a linear sampler as a linear combination of its start, predictions and draws.
struct PointWeights {
  double start = 0;                 ///< of the normal of the start
  std::vector<double> predictions;  ///< of the predictions 0, 1, ...
  std::vector<double> draws;        ///< of the draws 0, 1, ..., without that of the start
};

}  // namespace alphabar
