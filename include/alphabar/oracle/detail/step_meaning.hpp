// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "alphabar/error.hpp"
#include "alphabar/oracle/audit_report.hpp"
#include "alphabar/oracle/detail/determines_x0.hpp"
#include "alphabar/oracle/detail/step_comparison.hpp"
#include "alphabar/oracle/sampler_finding.hpp"
#include "alphabar/prediction/prediction.hpp"

/// Explains the difference between the step claimed and the step found. Every meaning is a step
/// that is substituted for the claimed one. It is reported only if that step is the one found.
namespace alphabar::detail {

class StepMeaning {
 public:
  StepMeaning(SamplerFinding& finding, const StepComparison& comparison)
      : finding_(finding), comparison_(comparison) {}

  /// Sets the first meaning that fits, if any.
  void explain(const AuditOptions& options) {
    if (suspects(options)) return;
    missing_parts();
    history();
    const bool noisy = comparison_.here().level.noise_scale() > 0;
    if (noisy && comparison_.claimed.predictions.size() == 1) exchanged_levels();
    straight_path();
    if (noisy && !explained_) other_level();
  }

 private:
  void reading(const StepNumbers& step, Fault fault, const std::string& meaning) {
    if (explained_ || !comparison_.fits(step)) return;
    explained_ = true;
    if (fault == Fault::exchanged_level) {
      const std::string place = finding_.place;
      finding_ = comparison_.worst(true);
      finding_.place = place;
    }
    finding_.fault = fault;
    finding_.meaning = meaning;
  }

  /// Sets the suspect that fits best, if any.
  [[nodiscard]] bool suspects(const AuditOptions& options) {
    double least = comparison_.tolerance;
    const SuspectStep* best = nullptr;
    const PredictionConversion<double> to_d = comparison_.plan.conversion(comparison_.call);
    if (to_d.prediction_scale() == 0) return false;
    for (const SuspectStep& suspect : options.suspects) {
      if (suspect.call != comparison_.call || !determines(suspect.instead.level)) continue;
      // its prediction is interpreted at its own level
      StepNumbers step = numbers_of(suspect.instead.step);
      if (step.predictions.size() == 1) {
        const PredictionConversion<double> own(suspect.instead.level, comparison_.plan.network,
                                               comparison_.plan.prediction, scales());
        const double of_d = own.prediction_scale() / to_d.prediction_scale();
        step.x += step.predictions[0] * (own.xt_scale() - of_d * to_d.xt_scale());
        step.predictions[0] *= of_d;
      }
      const double distance = comparison_.distance(step);
      if (distance > least) continue;
      least = distance;
      best = &suspect;
    }
    if (best == nullptr) return false;
    finding_.fault = Fault::suspect;
    finding_.meaning = best->meaning;
    return true;
  }
  [[nodiscard]] NetworkScales scales() const {
    const SamplerPlan& plan = comparison_.plan;
    return {comparison_.here().input_scale, plan.data_scale, plan.prediction_scale};
  }

  /// Whether x and the prediction of the network determine that of the plan.
  [[nodiscard]] bool determines(const TransitionKernel<double>& level) const {
    return comparison_.plan.network == comparison_.plan.prediction ||
           determines_x0(comparison_.plan.network, level);
  }

  /// Missing noise, a missing root, a missing prediction.
  void missing_parts() {
    const StepNumbers& claimed = comparison_.claimed;
    const double noise = comparison_.found.noise;
    const bool same_noise = comparison_.same(claimed.noise, noise);
    StepNumbers other = claimed;
    other.noise = claimed.noise * claimed.noise;
    if (!same_noise) reading(other, Fault::noise_root, "a variance stands where its root belongs");
    other.noise = noise;
    if (comparison_.settled(noise) == 0) {
      if (!same_noise) reading(other, Fault::coefficient, "nothing is drawn");
    } else if (comparison_.settled(claimed.noise) == 0) {
      reading(other, Fault::coefficient, "noise is drawn where none is claimed");
    } else if (!same_noise) {
      reading(other, Fault::coefficient,
              "the draws have " + six_digits(noise / claimed.noise) + " times the claimed weight");
    }
    reading({1, {}, noise}, Fault::unused_answer, "the step stays where it is");
  }

  /// The weights of all predictions one call late, or Euler's step in place of a longer one.
  void history() {
    const StepNumbers& claimed = comparison_.claimed;
    if (claimed.predictions.size() < 2) return;
    StepNumbers late = claimed;
    late.predictions.insert(late.predictions.begin(), 0);
    reading(late, Fault::coefficient, "the predictions are those of one call before");
    late = claimed;
    std::swap(late.predictions[0], late.predictions[1]);
    reading(late, Fault::coefficient, "the last two predictions are exchanged");
    double sum = 0;
    for (const double w : claimed.predictions) sum += w;
    reading({claimed.x, {sum}, claimed.noise}, Fault::coefficient,
            "earlier predictions are not used");
  }

  /// The noise level of one of the two times in place of that of the other. v_t is that of the
  /// call, v_s that of the end of the claimed step.
  void exchanged_levels() {
    const std::string next_for_this = " of the next time stands where that of this time belongs";
    const std::string this_for_next = " of this time stands where that of the next time belongs";
    const std::string root = "the noise scale";
    const auto& level = comparison_.here().level;
    const std::optional<StepEnd> there = comparison_.end_of(comparison_.claimed);
    const Prediction kind = comparison_.plan.network;
    const PredictionConversion<double> to_d = comparison_.plan.conversion(comparison_.call);
    if (!there || to_d.prediction_scale() == 0 || !(there->signal > 0)) return;
    const double noise_t = level.noise_scale();
    const double noise_s = there->noise_scale();
    const double prediction =  // weights in terms of the prediction of the network
        comparison_.claimed.prediction(0) * to_d.prediction_scale();
    const double of_x = comparison_.claimed.x + comparison_.claimed.prediction(0) * to_d.xt_scale();
    const auto add = [&](double x, double p, const std::string& meaning) {
      StepNumbers exchanged = comparison_.claimed;
      const double d = p / to_d.prediction_scale();
      exchanged.predictions[0] += d;
      exchanged.x += x - d * to_d.xt_scale();
      reading(exchanged, Fault::exchanged_level, meaning);
    };

    // √(v_t − ς²) ε instead of √(v_s − ς²) ε; then √v_s instead of √v_t in x̂_0 = (x − √v_t ε)/√a_t
    const bool of_noise = kind == Prediction::noise;
    if (level.signal_scale() > 0 || of_noise) {
      const PredictionConversion<double> epsilon(level, kind, Prediction::noise, scales());
      const double squared =
          there->noise * there->noise + (noise_t - noise_s) * (noise_t + noise_s);
      const double more = std::sqrt((std::max)(squared, 0.0)) - there->noise;
      add(more * epsilon.xt_scale(), more * epsilon.prediction_scale(), root + this_for_next);
      if (of_noise) add(0, of_x * (noise_t - noise_s), root + next_for_this);
    }
    if (!(level.signal_scale() > 0)) return;

    // as a factor or a divisor of the prediction, with the correct weight of x_0
    const PredictionForm form = prediction_form(kind, level.signal_scale(), noise_t);
    const double x_per_prediction = form.form.x0 / (form.unit * level.signal_scale());
    const auto scale = [&](double ratio, const std::string& name) {
      for (const double factor : {ratio, 1 / ratio}) {
        const double change = prediction * (factor - 1);
        if (factor == 0 || !std::isfinite(change * x_per_prediction)) continue;
        const bool next = of_noise || factor > 1;
        add(-change * x_per_prediction, change, name + (next ? next_for_this : this_for_next));
      }
    };
    scale(noise_t / level.signal_scale() / there->sigma(), "sigma");
    scale(noise_t / noise_s, root);
  }

  /// A step of the variance-exploding scale: x + (σ_down − σ_t)(x − D)/σ_t + σ_up z with σ_down² +
  /// σ_up² = u_s².
  void straight_path() {
    if (comparison_.scale != LevelScale::straight ||
        comparison_.plan.prediction != Prediction::x0) {
      return;
    }
    const std::optional<StepEnd> there = comparison_.end_of(comparison_.claimed);
    const double u_t = comparison_.here().level.noise_scale();
    if (!there || !(u_t > 0)) return;
    const double up = comparison_.settled(comparison_.found.noise);
    const double u_s = there->noise_scale();
    if (up == 0 || up > u_s) return;
    const double down = std::sqrt((u_s - up) * (u_s + up));
    reading({down / u_t, {1 - down / u_t}, up}, Fault::coefficient,
            "a step for x = x_0 + sigma epsilon, with sigma = u: here x = (1 - u) x_0 + u epsilon");
  }

  /// Another level, or another fraction of noise drawn.
  void other_level() {
    const std::optional<StepEnd> there = comparison_.end_of(comparison_.claimed);
    const std::optional<StepEnd> here = comparison_.end_of(comparison_.found);
    if (!there || !here) return;
    const bool draws_nothing = here->drawn == 0 && there->drawn != 0;
    const bool draws_extra = here->drawn != 0 && there->drawn == 0;
    if (!comparison_.on_a_level(*there) || !comparison_.on_a_level(*here)) return;
    const std::string claimed = comparison_.level_name(*there);
    const std::string found = comparison_.level_name(*here);
    if (comparison_.same(here->noise_scale(), there->noise_scale()) &&
        comparison_.same(here->signal, there->signal)) {
      if (comparison_.same(here->drawn, there->drawn)) return;
      finding_.meaning = "the level is right, but ";
      finding_.meaning += draws_nothing ? "nothing is drawn"
                          : draws_extra ? "noise is drawn"
                                        : "another share of its noise is drawn";
    } else if (found != claimed) {
      finding_.fault = Fault::target;
      finding_.meaning =
          "a step to " + found + " instead of " + claimed.substr(claimed.find('=') + 2);
      if (draws_nothing) finding_.meaning += ", and nothing is drawn";
      if (draws_extra) finding_.meaning += ", and noise is drawn";
    }
  }

  SamplerFinding& finding_;
  const StepComparison& comparison_;
  bool explained_ = false;
};

}  // namespace alphabar::detail
