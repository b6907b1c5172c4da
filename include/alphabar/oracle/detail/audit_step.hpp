// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "alphabar/error.hpp"
#include "alphabar/oracle/audit_report.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/affine_step.hpp"

/// How far two sets of coefficients are apart, and where each of them leads.
namespace alphabar::detail {

/// Where a step leads when the network is right: to signal · x_0 + noise · ε, and `drawn` z.
struct Landing {
  double signal;
  double noise;
  double drawn;

  /// Of ε and z together.
  [[nodiscard]] double noise_scale() const { return std::hypot(noise, drawn); }
  /// The noise level in the variance-exploding scale.
  [[nodiscard]] double sigma() const { return noise_scale() / signal; }
};

/// One step as it was claimed and as it was found, for a network of the given kind.
struct StepComparison {
  SamplerStep claimed_step{};  ///< its time and level
  Prediction kind = Prediction::x0;
  AffineStep claimed{};
  AffineStep found{};
  double tolerance = 0;

  /// A coefficient by its name.
  struct Pair {
    const char* name;
    double wanted;
    double found;

    [[nodiscard]] double difference() const { return std::abs(found - wanted); }
  };

  [[nodiscard]] std::array<Pair, 6> against(const AffineStep& wanted) const {
    return {{{"c_x", wanted.x, found.x},
             {"c_pred", wanted.prediction, found.prediction},
             {"c_prev", wanted.previous, found.previous},
             {"c_older[0]", wanted.older[0], found.older[0]},
             {"c_older[1]", wanted.older[1], found.older[1]},
             {"c_noise", wanted.noise, found.noise}}};
  }

  [[nodiscard]] bool same(double a, double b) const {
    return std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b));
  }

  /// Values below the tolerance become 0.
  [[nodiscard]] double settled(double value) const { return same(value, 0) ? 0 : value; }

  /// The largest difference from what was found, in the units of `tolerance`.
  [[nodiscard]] double distance(const AffineStep& wanted) const {
    double largest = 0;
    for (const Pair& pair : against(wanted)) {
      largest = std::max(largest, pair.difference() / std::max(1.0, std::abs(pair.wanted)));
    }
    return largest;
  }

  [[nodiscard]] bool fits(const AffineStep& wanted) const { return distance(wanted) <= tolerance; }

  /// Answers that are looked back at are of x_0: D' = x_0 with a network that is right.
  [[nodiscard]] Landing landing(const AffineStep& step) const {
    const double signal = claimed_step.zero_to_t.signal_scale();
    const double noise = claimed_step.zero_to_t.noise_scale();
    const PredictionForm answer = prediction_form(kind, signal, noise);
    return {step.x * signal + step.prediction * answer.form.x0 / answer.unit + step.previous,
            settled(step.x * noise + step.prediction * answer.form.noise / answer.unit),
            settled(step.noise)};
  }

  /// A level of the process: α² + σ² = 1, or α = 1 where the claim is in that scale.
  [[nodiscard]] bool on_a_level(const Landing& l) const {
    const bool exploding = claimed_step.zero_to_t.signal_power() == 1;
    const double drawn = l.noise * l.noise + l.drawn * l.drawn;
    return l.signal >= 0 && l.noise >= 0 &&
           same(exploding ? l.signal : l.signal * l.signal + drawn, 1);
  }

  /// The finding without its meaning: the coefficient that is furthest off. Nothing when none is.
  [[nodiscard]] std::optional<AuditFinding> worst() const {
    const auto pairs = against(claimed);
    const auto* const pair = std::max_element(
        pairs.begin(), pairs.end(),
        [](const Pair& a, const Pair& b) { return a.difference() < b.difference(); });
    if (same(pair->found, pair->wanted)) return std::nullopt;
    return AuditFinding{.time = claimed_step.time,
                        .coefficient = pair->name,
                        .claimed = pair->wanted,
                        .found = settled(pair->found)};
  }
};

}  // namespace alphabar::detail
