// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/oracle/audit_report.hpp"
#include "alphabar/oracle/detail/convergence.hpp"
#include "alphabar/oracle/detail/determines_x0.hpp"
#include "alphabar/oracle/detail/point_levels.hpp"
#include "alphabar/oracle/detail/same_basis_distance.hpp"
#include "alphabar/oracle/detail/step_comparison.hpp"
#include "alphabar/oracle/examination.hpp"
#include "alphabar/oracle/examined_network.hpp"
#include "alphabar/oracle/read_sampler.hpp"
#include "alphabar/oracle/sampler_finding.hpp"
#include "alphabar/oracle/sampler_law.hpp"
#include "alphabar/oracle/sampler_of_steps.hpp"
#include "alphabar/oracle/sampler_response.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {
namespace detail {

/// One examination of one sampler.
class Examiner {
 public:
  Examiner(const SamplerOfSteps& sampler, const AuditReport::Law& prior,
           const ExaminedNetwork& network, const ExaminationOptions& options)
      : sampler_(sampler), prior_(prior), network_(network), options_(options) {}

  [[nodiscard]] Examination examine() {
    for (const Index n : options_.few_steps) {
      const SamplerReading reading = read(n, network_.prediction);
      for (const SamplerFinding& finding : reading.findings) {
        if (finding.fault == Fault::throws) continue;  // it may refuse so few steps
        add(n, finding);
      }
      if (!result_.findings.empty()) return result_;
    }
    for (const Index n : options_.steps) {
      if (!take(n)) return result_;
    }
    judge_order();
    while (!result_.order && 2 * result_.n.back() <= options_.most_steps) {
      if (!take(2 * result_.n.back())) return result_;
      judge_order();
    }
    look_for_wasted_calls(result_.n.back());
    judge_start();
    judge_limit();
    judge_levels();
    judge_consistency();
    return result_;
  }

 private:
  void add(Index n, SamplerFinding finding) {
    finding.place = "n = " + to_text(n) + ", " + finding.place;
    result_.findings.push_back(std::move(finding));
  }

  [[nodiscard]] SamplerReading read(Index n, Prediction kind) const {
    const auto call_of = [&](std::size_t, double told) {
      return SamplerCall{.time = told, .level = network_.level(told), .model_time = told};
    };
    return read_sampler(sampler_(n), prior_.dimension(),
                        {kind, network_.prediction, network_.scales, options_.tolerance}, call_of);
  }

  static std::size_t weights(const SamplerReading& reading) {
    std::size_t count = 0;
    for (const SamplerCall& call : reading.plan.calls) count += call.step.predictions.size();
    return count;
  }

  /// Whether x and the prediction of the network determine this kind, and conversely.
  [[nodiscard]] bool determines(const SamplerPlan& plan, Prediction kind) const {
    return std::ranges::all_of(plan.calls, [&](const SamplerCall& call) {
      return determines_x0(kind, call.level) && determines_x0(network_.prediction, call.level);
    });
  }

  /// Reads the sampler in terms of the prediction that needs the fewest weights.
  [[nodiscard]] SamplerReading shortest(Index n) const {
    SamplerReading best = read(n, network_.prediction);
    if (!best.linear()) return best;
    for (const Prediction kind : {Prediction::noise, Prediction::x0}) {
      if (kind == network_.prediction || !determines(best.plan, kind)) continue;
      SamplerReading reading = read(n, kind);
      if (reading.linear() && weights(reading) <= weights(best)) best = std::move(reading);
    }
    return best;
  }

  /// Reads the sampler at n steps. Returns whether it could be read.
  [[nodiscard]] bool take(Index n) {
    last_ = shortest(n);
    for (const SamplerFinding& finding : last_.findings) add(n, finding);
    if (!last_.linear()) return false;
    const SamplerPlan& plan = last_.plan;
    result_.n.push_back(n);
    result_.law.push_back(sampler_law(plan, prior_));
    result_.distance.push_back(distance_in_basis(result_.law.back(), prior_));
    const Eigen::VectorXd& lambda = prior_.covariance().eigenvalues();
    Eigen::VectorXd deviation(lambda.size());
    Eigen::VectorXd mean(lambda.size());
    const TransitionKernel<double>& first = plan.calls.front().level;
    levels_.push_back(point_levels(plan));
    for (Index i = 0; i < lambda.size(); ++i) {
      const auto response = sampler_response(plan, lambda(i));
      deviation(i) = std::sqrt(response.start * response.start * first.variance(lambda(i)) +
                               response.variance);
      mean(i) = response.mean + response.start * first.signal_scale();
    }
    deviations_.push_back(deviation);
    means_.push_back(mean);
    result_.steps.push_back(plan);
    return true;
  }

  /// The signal of a level with this noise.
  static double signal_beside(double noise, LevelScale scale) {
    if (scale == LevelScale::preserving && noise < 1) return std::sqrt((1 - noise) * (1 + noise));
    if (scale == LevelScale::straight && noise < 1) return 1 - noise;
    return 1;
  }

  void look_for_wasted_calls(Index n) {
    std::size_t first = 0;
    std::size_t count = 0;
    const std::size_t calls = last_.plan.calls.size();
    for (std::size_t k = calls; k-- > 0;) {
      double largest = 0;
      for (std::size_t row = k + 1; row <= calls; ++row) {
        largest = (std::max)(largest, std::abs(last_.points[row].predictions[k]));
      }
      if (largest > options_.tolerance) continue;
      first = k;
      ++count;
    }
    if (count == 0) return;
    const SamplerCall& call = last_.plan.calls[first];
    std::string meaning = "the prediction has no effect";
    if (count > 1) {
      meaning += ", nor have " + to_text(count - 1) + " later ones of " + to_text(calls);
    }
    if (call.level.noise_scale() == 0) meaning += ": the network is called at clean data";
    add(n, {.call = static_cast<Index>(first),
            .place = place_of_call(first, "told", call.model_time),
            .fault = Fault::wasted_call,
            .meaning = meaning});
  }

  /// The start must be noise, or noise plus data of variance 1.
  void judge_start() {
    const SamplerPlan& plan = result_.steps.back();
    const TransitionKernel<double>& level = plan.calls.front().level;
    const double scale = plan.start_scale * plan.start_scale;
    const double slack = 1e-3 * level.noise_variance();
    const double least = level.noise_variance() - slack;
    const double most = level.noise_variance() + level.signal_power() + slack;
    if (scale >= least && scale <= most) return;
    add(result_.n.back(), {.place = place_of_call(0, "told", plan.calls.front().model_time),
                           .fault = Fault::start_level,
                           .coefficient = "the scale of the start",
                           .claimed = level.noise_scale(),
                           .found = plan.start_scale,
                           .meaning = "by the level that the network is told"});
  }

  /// W2 between the laws of runs i and i + 1, both started from the law of the data.
  [[nodiscard]] double change(std::size_t i) const {
    const Eigen::ArrayXd of_mean = (means_[i + 1] - means_[i]).array() * prior_.mean().array();
    return std::hypot(of_mean.matrix().norm(), (deviations_[i + 1] - deviations_[i]).norm());
  }

  void judge_order() {
    const std::size_t last = deviations_.size() - 1;
    const double rounding = (std::max)(1e-11, options_.tolerance) *
                            std::sqrt(prior_.covariance().eigenvalues().maxCoeff());
    if (change(last - 1) <= rounding) {
      result_.order = std::numeric_limits<double>::infinity();
    } else if (last >= 3) {
      result_.order = constant_order(change(last - 3), change(last - 2), change(last - 1));
    }
  }

  void judge_limit() {
    const std::size_t last = deviations_.size() - 1;
    const Index d = prior_.dimension();
    result_.variance_ratio.resize(d);
    result_.mean_error.resize(d);
    result_.variance_uncertainty.resize(d);
    const auto limit = [&](const auto& value) {
      return limit_of(value(last >= 2 ? last - 2 : last - 1), value(last - 1), value(last));
    };
    const double noise = limit([&](std::size_t n) { return levels_[n].back().noise; }).value;
    const double signal = signal_beside(noise, scale_of(result_.steps.back()));
    double worst = 0;
    for (Index i = 0; i < d; ++i) {
      const Limit deviation = limit([&](std::size_t n) { return deviations_[n](i); });
      const Limit mean = limit([&](std::size_t n) { return means_[n](i) / signal; });
      const double lambda = prior_.covariance().eigenvalues()(i);
      const double variance = signal * signal * lambda + noise * noise;
      result_.variance_ratio(i) = deviation.value * deviation.value / variance;
      result_.variance_uncertainty(i) =
          2 * std::abs(deviation.value) * deviation.uncertainty / variance;
      result_.mean_error(i) = (mean.value - 1) * prior_.mean()(i);
      worst = (std::max)({worst,
                          std::abs(result_.variance_ratio(i) - 1) - result_.variance_uncertainty(i),
                          std::abs(mean.value - 1) - mean.uncertainty});
    }
    if (worst <= options_.limit_tolerance) return;
    result_.findings.push_back(
        {.place = "all calls",
         .fault = Fault::limit,
         .found = worst,
         .meaning = "with more and more steps the law tends to another than the data's"});
  }

  /// Whether an error is larger than rounding and does not decrease from one n to the next.
  [[nodiscard]] bool remains(double before, double now) const {
    return now > (std::max)(1e-7, 20 * options_.tolerance) && now > 0.75 * before;
  }

  /// The call at which the level of x differs most from the level told, and the difference.
  [[nodiscard]] std::pair<std::size_t, double> furthest_level(std::size_t i) const {
    std::size_t call = 0;
    double largest = 0;
    for (std::size_t k = 0; k < result_.steps[i].calls.size(); ++k) {
      const TransitionKernel<double>& level = result_.steps[i].calls[k].level;
      const PointLevel& is = levels_[i][k];
      const double off =
          std::hypot(is.signal - level.signal_scale(), is.noise - level.noise_scale()) /
          std::hypot(level.signal_scale(), level.noise_scale());
      if (off <= largest) continue;
      largest = off;
      call = k;
    }
    return {call, largest};
  }

  void judge_levels() {
    const std::size_t last = levels_.size() - 1;
    const auto [call, off] = furthest_level(last);
    if (!remains(furthest_level(last - 1).second, off)) return;
    const SamplerCall& told = result_.steps[last].calls[call];
    const PointLevel& is = levels_[last][call];
    add(result_.n.back(),
        {.call = static_cast<Index>(call),
         .place = place_of_call(call, "told", told.model_time),
         .fault = Fault::told_level,
         .found = off,
         .meaning = "x is " + six_digits(is.signal) + " x_0 + " + six_digits(is.noise) +
                    " noise, for data that are one point; the network is told " +
                    six_digits(told.level.signal_scale()) + " and " +
                    six_digits(told.level.noise_scale())});
  }

  [[nodiscard]] double consistency_error(std::size_t i) const {
    const PointLevel& end = levels_[i].back();
    return std::abs(end.signal - signal_beside(end.noise, scale_of(result_.steps[i])));
  }

  void judge_consistency() {
    const std::size_t last = levels_.size() - 1;
    const double rounding = (std::max)(1e-9, 20 * options_.tolerance);
    const double error = consistency_error(last);
    result_.consistency_error = error;
    result_.consistent = error <= rounding;
    const double noise = levels_.back().back().noise;
    result_.end_noise = noise <= rounding ? 0 : noise;
    if (!remains(consistency_error(last - 1), error)) return;
    result_.findings.push_back(
        {.place = "all calls",
         .fault = Fault::inconsistent,
         .coefficient = "the sum of the weights of the data",
         .claimed = 1,
         .found = levels_.back().back().signal,
         .meaning = "a network that always predicts the same data does not lead there"});
  }

  const SamplerOfSteps& sampler_;
  const AuditReport::Law& prior_;
  const ExaminedNetwork& network_;
  const ExaminationOptions& options_;
  Examination result_;
  SamplerReading last_{};
  std::vector<Eigen::VectorXd> deviations_;  // at the end, started from the law of the data
  std::vector<Eigen::VectorXd> means_;       // factors of the mean of the data
  std::vector<std::vector<PointLevel>> levels_;
};

}  // namespace detail

/// Examines a sampler without a claim, on data with the known law N(μ, Σ): determines whether it is
/// a sampler, its order, and its limit. The network only has to be described.
///
/// At each number of steps the sampler is read (`read_sampler`), and its exact law with an ideal
/// network is computed. Each number of steps is twice the previous one, so successive changes of
/// the law decrease by a factor of 2 for order 1 and 4 for order 2. Extrapolation gives the limit.
/// For order and limit the start has the law of the data at the first level; `law` and `distance`
/// are for the start of the sampler, right or wrong. It reports: steps that are not linear; calls
/// without effect; a start at another level than that told to the network; a limit that is not the
/// law of the data; an x at another level than that told to the network, and weights of the data
/// that do not sum to 1, if the error is larger than rounding and does not decrease with n.
///
/// Cost: up to three readings (`read_sampler`) and O(d · calls) for each n.
/// @throws std::invalid_argument unless every variance is > 0, there are two or more numbers of
///     steps, each twice the previous one, the few steps are >= 1, and options.tolerance is in
///     (0, 0.1); and what `network.level` or the conversion of the network's prediction throws,
///     except std::out_of_range, which is a finding
[[nodiscard]] inline Examination examine(const SamplerOfSteps& sampler,
                                         const AuditReport::Law& prior,
                                         const ExaminedNetwork& network,
                                         const ExaminationOptions& options = {}) {
  detail::require(prior.covariance().rank() == prior.dimension(), "examine",
                  "the number of variances of the prior that are 0", "be 0",
                  prior.dimension() - prior.covariance().rank());
  detail::require(options.steps.size() >= 2, "examine", "options.steps.size()", "be >= 2",
                  options.steps.size());
  for (std::size_t i = 0; i + 1 < options.steps.size(); ++i) {
    detail::require(options.steps[i] >= 1 && options.steps[i + 1] == 2 * options.steps[i],
                    "examine", detail::element("options.steps", static_cast<Index>(i + 1)),
                    "be twice the one before", options.steps[i + 1]);
  }
  for (std::size_t i = 0; i < options.few_steps.size(); ++i) {
    detail::require(options.few_steps[i] >= 1, "examine",
                    detail::element("options.few_steps", static_cast<Index>(i)), "be >= 1",
                    options.few_steps[i]);
  }
  return detail::Examiner(sampler, prior, network, options).examine();
}

}  // namespace alphabar
