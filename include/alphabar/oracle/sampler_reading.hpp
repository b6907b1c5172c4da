// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/oracle/point_weights.hpp"
#include "alphabar/oracle/sampler_finding.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// How a sampler is read.
struct ReadingOptions {
  Prediction prediction = Prediction::x0;  ///< in terms of which its steps are written
  Prediction network = prediction;         ///< what it takes the network's answers for
  NetworkScales scales{};                  ///< of the network; the input scale is that of the call
  double tolerance = 1e-9;                 ///< what is rounding; 1e-5 for samplers in float
};

/// What a sampler does, as far as it is a list of linear steps.
struct SamplerReading {
  SamplerPlan plan{};                      ///< no calls where it could not be read
  std::vector<SamplerFinding> findings{};  ///< why the plan is not all that it does
  Index runs = 0;                          ///< how often the sampler has been run
  std::vector<PointWeights> points{};      ///< at each call, then the end

  /// Whether the plan is all that the sampler does.
  [[nodiscard]] bool linear() const noexcept { return findings.empty(); }
};

}  // namespace alphabar
