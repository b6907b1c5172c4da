// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "alphabar/oracle/audit_report.hpp"
#include "alphabar/oracle/detail/audit_step.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/affine_step.hpp"

/// What the difference between a step that was claimed and one that was found means.
namespace alphabar::detail {

/// Noise forgotten, a root forgotten, an answer forgotten: tries each, as reading(step, fault,
/// meaning).
template <class Reading>
void forgotten_parts(const StepComparison& comparison, const Reading& reading) {
  AffineStep squared = comparison.claimed;
  squared.noise *= squared.noise;
  reading(squared, Fault::noise_root, "a variance stands where its root belongs");
  AffineStep silent = comparison.claimed;
  silent.noise = 0;
  reading(silent, Fault::coefficient, "nothing is drawn");
  const AffineStep idle{.noise = comparison.found.noise};
  reading(idle, Fault::unused_answer, "the step stays where it is");
}

/// The noise level of one of the two times in the place of the other's; v_t is that of the call,
/// v_s that of where the claimed step leads.
template <class Reading>
void exchanged_levels(const StepComparison& comparison, const Reading& reading) {
  const std::string next_for_this = " of the next time stands where that of this time belongs";
  const std::string this_for_next = " of this time stands where that of the next time belongs";
  const std::string root = "the noise scale";
  const AffineStep& claimed = comparison.claimed;
  const auto& level = comparison.claimed_step.zero_to_t;
  const Landing there = comparison.landing(claimed);
  const double noise_t = level.noise_scale();
  const double noise_s = there.noise_scale();
  const auto add = [&](double x, double prediction, const std::string& meaning) {
    AffineStep exchanged = claimed;
    exchanged.x += x;
    exchanged.prediction += prediction;
    reading(exchanged, Fault::exchanged_level, meaning);
  };

  // √(v_t − ς²) ε instead of √(v_s − ς²) ε; then √v_s instead of √v_t in x̂_0 = (x − √v_t ε)/√a_t
  const bool of_noise = comparison.kind == Prediction::noise;
  const PredictionConversion<double> epsilon(level, comparison.kind, Prediction::noise);
  const double squared = there.noise * there.noise + (noise_t - noise_s) * (noise_t + noise_s);
  const double more = std::sqrt(std::max(squared, 0.0)) - there.noise;
  add(more * epsilon.xt_scale(), more * epsilon.prediction_scale(), root + this_for_next);
  if (of_noise) add(0, claimed.x * (noise_t - noise_s), root + next_for_this);

  // as a factor or a divisor of the answer, with the right share of x_0 all the same
  const PredictionForm answer = prediction_form(comparison.kind, level.signal_scale(), noise_t);
  const double x_for_answer = answer.form.x0 / (answer.unit * level.signal_scale());
  const auto scale = [&](double ratio, const std::string& name) {
    for (const double factor : {ratio, 1 / ratio}) {
      const double change = claimed.prediction * (factor - 1);
      if (factor == 0 || !std::isfinite(change * x_for_answer)) continue;
      const bool next = of_noise || factor > 1;
      add(-change * x_for_answer, change, name + (next ? next_for_this : this_for_next));
    }
  };
  scale(noise_t / level.signal_scale() / there.sigma(), "sigma");
  scale(noise_t / noise_s, root);
}

/// Another level, or another share of noise on the way to it.
inline void explain_landing(AuditFinding& finding, const StepComparison& comparison) {
  const Landing there = comparison.landing(comparison.claimed);
  const Landing here = comparison.landing(comparison.found);
  const bool silent = here.drawn == 0 && there.drawn != 0;
  if (comparison.on_a_level(there) && comparison.on_a_level(here)) {
    const std::string claimed = six_digits(there.sigma());
    const std::string found = six_digits(here.sigma());
    if (found == claimed) {
      finding.meaning = "the level is right, but ";
      finding.meaning += silent ? "nothing is drawn" : "another share of its noise is drawn";
    } else {
      finding.fault = Fault::target;
      finding.meaning = "a step to sigma = " + found + " instead of " + claimed;
      if (silent) finding.meaning += ", and nothing is drawn";
    }
  } else if (silent) {
    finding.meaning = "nothing is drawn";
  }
}

/// The first meaning that fits; none, when none does.
inline void explain(AuditFinding& finding, const StepComparison& comparison) {
  bool explained = false;
  const auto reading = [&](const AffineStep& step, Fault fault, const auto& meaning) {
    if (explained || !comparison.fits(step)) return;
    explained = true;
    finding.fault = fault;
    finding.meaning = meaning;
    if (fault == Fault::exchanged_level) {
      finding.coefficient = "c_pred";
      finding.claimed = comparison.claimed.prediction;
      finding.found = comparison.settled(comparison.found.prediction);
    }
  };
  forgotten_parts(comparison, reading);
  const bool noisy = comparison.claimed_step.zero_to_t.noise_scale() > 0;
  if (noisy) exchanged_levels(comparison, reading);
  if (explained) return;
  AffineStep louder = comparison.claimed;
  louder.noise = comparison.found.noise;
  if (noisy && !comparison.fits(louder)) explain_landing(finding, comparison);
}

}  // namespace alphabar::detail
