// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

namespace alphabar {

/// A point of a linear sampler as a combination of what the sampler was given.
struct PointWeights {
  double start = 0;                 ///< of the normal of the start
  std::vector<double> predictions;  ///< of the predictions 0, 1, ...
  std::vector<double> draws;        ///< of the draws 0, 1, ..., that of the start excepted
};

}  // namespace alphabar
