// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/oracle/point_weights.hpp"
#include "alphabar/oracle/sampler_finding.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// Options of a reading.
struct ReadingOptions {
  Prediction prediction = Prediction::x0;  ///< in terms of which its steps are written
  Prediction network = prediction;         ///< the kind of the network's output
  NetworkScales scales{};                  ///< of the network; the input scale is that of the call
  double tolerance = 1e-9;                 ///< of rounding; 1e-5 for samplers in float
};

/// The linear steps of a sampler.
struct SamplerReading {
  SamplerPlan plan{};                      ///< without calls if the sampler could not be read
  std::vector<SamplerFinding> findings{};  ///< where the sampler differs from the plan
  Index runs = 0;                          ///< the number of runs of the sampler
  std::vector<PointWeights> points{};      ///< at each call, then the end

  /// Whether the plan describes the sampler completely.
  [[nodiscard]] bool linear() const noexcept { return findings.empty(); }
};

}  // namespace alphabar
