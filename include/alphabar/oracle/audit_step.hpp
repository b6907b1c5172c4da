// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "alphabar/error.hpp"
#include "alphabar/oracle/audit_report.hpp"
#include "alphabar/sampler/affine_step.hpp"
#include "alphabar/sampler/prediction.hpp"

/// What the difference between two sets of coefficients means.
namespace alphabar::detail {

/// Where a step leads when the network is right: to signal · x_0 + noise · ε, and `drawn` z.
struct Landing {
  double signal;
  double noise;
  double drawn;

  /// The noise level in the variance-exploding scale.
  [[nodiscard]] double sigma() const { return std::hypot(noise, drawn) / signal; }
};

/// One step as it was claimed and as it was found, for a network of the given kind.
struct StepComparison {
  const SamplerStep& claimed_step;  ///< its time and level
  Prediction kind = Prediction::x0;
  AffineStep claimed{};
  AffineStep found{};
  double tolerance = 0;

  [[nodiscard]] bool same(double a, double b) const {
    return std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b));
  }

  /// Answers that are looked back at are of x_0: D' = x_0 with a network that is right.
  [[nodiscard]] Landing landing(const AffineStep& step) const {
    const double signal = claimed_step.zero_to_t.signal_scale();
    const double noise = claimed_step.zero_to_t.noise_scale();
    const PredictionForm answer = prediction_form(kind, signal, noise);
    return {step.x * signal + step.prediction * answer.form.x0 / answer.unit + step.previous,
            step.x * noise + step.prediction * answer.form.noise / answer.unit, step.noise};
  }

  /// A level of the process: α² + σ² = 1, or α = 1 where the claim is in that scale.
  [[nodiscard]] bool on_a_level(const Landing& l) const {
    const bool exploding = claimed_step.zero_to_t.signal_power() == 1;
    const double drawn = l.noise * l.noise + l.drawn * l.drawn;
    return l.signal >= 0 && l.noise >= -tolerance &&
           same(exploding ? l.signal : l.signal * l.signal + drawn, 1);
  }

  /// The finding without its meaning: the coefficient that is furthest off. Nothing when none is.
  [[nodiscard]] std::optional<AuditFinding> worst() const {
    struct Pair {
      const char* name;
      double claimed;
      double found;
    };
    const std::array<Pair, 6> pairs{{{"c_x", claimed.x, found.x},
                                     {"c_pred", claimed.prediction, found.prediction},
                                     {"c_prev", claimed.previous, found.previous},
                                     {"c_older[0]", claimed.older[0], found.older[0]},
                                     {"c_older[1]", claimed.older[1], found.older[1]},
                                     {"c_noise", claimed.noise, found.noise}}};
    const auto* const pair =
        std::max_element(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
          return std::abs(a.found - a.claimed) < std::abs(b.found - b.claimed);
        });
    if (same(pair->found, pair->claimed)) return std::nullopt;
    return AuditFinding{.time = claimed_step.time,
                        .coefficient = pair->name,
                        .claimed = pair->claimed,
                        .found = pair->found};
  }
};

inline void explain(AuditFinding& finding, Fault fault, const std::string& meaning) {
  finding.fault = fault;
  finding.meaning = meaning;
}

/// The finding of one step, with the first meaning that fits.
inline std::optional<AuditFinding> compare_steps(const StepComparison& step) {
  std::optional<AuditFinding> finding = step.worst();
  if (!finding) return finding;
  const AffineStep& claimed = step.claimed;
  const AffineStep& found = step.found;
  const bool same_mean = step.same(found.x, claimed.x) &&
                         step.same(found.prediction, claimed.prediction) &&
                         step.same(found.previous, claimed.previous);
  if (same_mean && finding->coefficient == "c_noise") {
    if (step.same(found.noise, claimed.noise * claimed.noise)) {
      explain(*finding, Fault::noise_root, "a variance stands where its root belongs");
    } else if (step.same(found.noise, 0)) {
      explain(*finding, Fault::coefficient, "nothing is drawn");
    }
    return finding;
  }
  if (step.same(found.x, 1) && step.same(found.prediction, 0) && step.same(found.previous, 0)) {
    explain(*finding, Fault::unused_answer, "the step stays where it is");
    return finding;
  }
  const Landing there = step.landing(claimed);
  const Landing here = step.landing(found);
  const auto& level = step.claimed_step.zero_to_t;
  const double ratio = level.noise_scale() / level.signal_scale() / there.sigma();
  const bool exchanged = std::isfinite(ratio) && !step.same(found.prediction, claimed.prediction) &&
                         (step.same(found.prediction, claimed.prediction * ratio) ||
                          step.same(found.prediction, claimed.prediction / ratio));
  if (exchanged) {
    *finding = {.time = finding->time,
                .coefficient = "c_pred",
                .claimed = claimed.prediction,
                .found = found.prediction};
    explain(*finding, Fault::exchanged_level,
            std::abs(found.prediction) > std::abs(claimed.prediction)
                ? "sigma of the next time stands where that of this time belongs"
                : "sigma of this time stands where that of the next time belongs");
  } else if (step.on_a_level(there) && step.on_a_level(here)) {
    explain(*finding, Fault::target,
            "a step to sigma = " + six_digits(here.sigma()) + " instead of " +
                six_digits(there.sigma()));
  }
  return finding;
}

}  // namespace alphabar::detail
