// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/oracle/detail/arbitrary_run.hpp"
#include "alphabar/oracle/detail/probe_run.hpp"
#include "alphabar/oracle/detail/probed_rows.hpp"
#include "alphabar/oracle/point_weights.hpp"
#include "alphabar/oracle/sampler_finding.hpp"
#include "alphabar/oracle/sampler_probe.hpp"
#include "alphabar/oracle/sampler_reading.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {
namespace detail {

/// One reading of one sampler.
class SamplerReader {
 public:
  SamplerReader(const ProbedSampler& sampler, Index dimension, const ReadingOptions& options,
                CallOfTime call_of)
      : probe_(sampler, dimension, options.prediction, options.network, options.scales,
               std::move(call_of)),
        dimension_(dimension),
        tolerance_(options.tolerance),
        reading_{.plan = {.prediction = options.prediction,
                          .network = options.network,
                          .data_scale = options.scales.data,
                          .prediction_scale = options.scales.prediction}} {}

  [[nodiscard]] SamplerReading read() {
    std::vector<ArbitraryRun> arbitrary{run_arbitrary(0, 1)};
    const ProbeRun first = arbitrary.front().run;
    if (!usable(first) || !repeatable(first)) return reading_;
    const ProbeRun silent =
        run([](std::size_t, Index) { return 0; }, [](std::size_t, Index) { return 0; });
    if (!usable(silent) || !same_course(first, silent)) return reading_;
    look_for_constants(silent);
    if (!find_rows(first, silent)) return reading_;
    find_plan();
    if (dimension_ > 1) look_for_mixing(arbitrary.front(), silent);
    const Index checks = (equations + dimension_ - 1) / dimension_;
    for (Index i = 1; i <= (std::max<Index>)(checks, 2); ++i) {
      arbitrary.push_back(run_arbitrary(static_cast<std::uint64_t>(i), i % 2 == 0 ? 1 : 10));
      const ProbeRun& latest = arbitrary.back().run;
      if (!usable(latest) || !same_course(first, latest)) return reading_;
    }
    check_steps(arbitrary);
    look_for_start_again(first);
    look_for_idle_network();
    reading_.points = std::move(rows_.rows);
    return reading_;
  }

 private:
  static constexpr Index equations = 24;

  ProbeRun run(const ProbeValue& prediction, const ProbeValue& draw) {
    ++reading_.runs;
    return probe_.run(prediction, draw);
  }

  ArbitraryRun run_arbitrary(std::uint64_t number, double scale) {
    ArbitraryInput input(dimension_, number, scale);
    ProbeRun found = run(input.predictions, input.draws);
    return {std::move(input), std::move(found)};
  }

  void find(Fault fault, const ProbeRun& run, std::size_t call, const std::string& meaning,
            double size = 0) {
    std::string place = "the end";
    if (call < run.calls()) place = place_of_call(call, "told", run.told[call]);
    reading_.findings.push_back({.call = static_cast<Index>(call),
                                 .place = place,
                                 .fault = fault,
                                 .found = size,
                                 .meaning = meaning});
  }

  /// Whether the run is complete, has calls, and is finite.
  [[nodiscard]] bool usable(const ProbeRun& run) {
    if (!run.complete()) {
      reading_.findings.push_back(
          {.place = run.fault_place, .fault = run.fault, .meaning = run.fault_text});
      return false;
    }
    if (run.calls() == 0) {
      find(Fault::ignored_network, run, 0, "the network is never called");
      return false;
    }
    for (std::size_t k = 0; k < run.points.size(); ++k) {
      const bool finite = run.points[k].allFinite();
      if (finite && (k == run.calls() || std::isfinite(run.told[k]))) continue;
      find(Fault::not_finite, run, k,
           finite ? "the network is told a time that is not finite"
                  : "NaN or infinity in x, from predictions and draws that are finite");
      return false;
    }
    return true;
  }

  [[nodiscard]] bool same_course(const ProbeRun& a, const ProbeRun& b) {
    if (a.draws_before == b.draws_before && a.told == b.told) return true;
    std::string meaning = "the number of draws depends on the values of predictions and draws";
    if (a.calls() != b.calls()) {
      meaning = "the number of calls depends on the values of predictions and draws: " +
                to_text(a.calls()) + " and " + to_text(b.calls());
    } else if (a.told != b.told) {
      meaning = "the times depend on the values of predictions and draws";
    }
    find(Fault::course, a, 0, meaning);
    return false;
  }

  /// The first point in which two runs differ, or none.
  [[nodiscard]] std::optional<std::size_t> first_difference(const ProbeRun& a,
                                                            const ProbeRun& b) const {
    if (a.points.size() != b.points.size()) return 0;
    for (std::size_t k = 0; k < a.points.size(); ++k) {
      const double scale = 1 + a.points[k].cwiseAbs().maxCoeff();
      if ((a.points[k] - b.points[k]).cwiseAbs().maxCoeff() > tolerance_ * scale) return k;
    }
    return std::nullopt;
  }

  /// Whether three runs with the same predictions and draws agree.
  [[nodiscard]] bool repeatable(const ProbeRun& first) {
    const ProbeRun second = run_arbitrary(0, 1).run;
    const ProbeRun third = run_arbitrary(0, 1).run;
    if (!usable(second) || !usable(third)) return false;
    const auto differs = first_difference(first, second);
    const auto differs_again = first_difference(second, third);
    if (!differs && !differs_again) return same_course(first, second) && same_course(second, third);
    if (differs && !differs_again) {
      find(Fault::history, first, *differs,
           "the first run differs from those after it: something is kept from run to run");
      return false;
    }
    find(Fault::own_noise, first, differs ? *differs : *differs_again,
         "the same predictions and draws give another x in every run: it draws noise of its own, "
         "or keeps something from run to run");
    return false;
  }

  void look_for_constants(const ProbeRun& silent) {
    for (std::size_t k = 0; k < silent.points.size(); ++k) {
      const double size = silent.points[k].cwiseAbs().maxCoeff();
      if (size <= tolerance_) continue;
      find(Fault::constant, silent, k,
           "x is not 0 (up to " + six_digits(size) +
               ") where all predictions and draws are 0: numbers of its own are added",
           size);
      return;
    }
  }

  /// Finds the weights by unit vectors: each element of each run has one prediction or draw equal
  /// to 1.
  [[nodiscard]] bool find_rows(const ProbeRun& first, const ProbeRun& silent) {
    const std::size_t calls = first.calls();
    const std::size_t draws = first.draws();
    rows_.rows.assign(calls + 1, {0, std::vector<double>(calls), std::vector<double>(draws)});
    rows_.draws_before = first.draws_before;
    const auto d = static_cast<std::size_t>(dimension_);
    for (std::size_t begin = 0; begin < calls + draws; begin += d) {
      const auto unit = [=](std::size_t before) {
        return [=](std::size_t k, Index e) {
          return before + k == begin + static_cast<std::size_t>(e) ? 1. : 0.;
        };
      };
      const ProbeRun found = run(unit(0), unit(calls));
      if (!usable(found) || !same_course(first, found)) return false;
      for (std::size_t k = 0; k <= calls; ++k) {
        for (std::size_t e = 0; e < d && begin + e < calls + draws; ++e) {
          const auto i = static_cast<Index>(e);
          const std::size_t source = begin + e;
          double& weight = source < calls ? rows_.rows[k].predictions[source]
                                          : rows_.rows[k].draws[source - calls];
          weight = found.points[k](i) - silent.points[k](i);
        }
      }
    }
    take_start();
    return true;
  }

  /// The start is the first draw that the first point uses.
  void take_start() {
    const std::vector<double>& weights = rows_.rows.front().draws;
    const auto used = std::find_if(weights.begin(), weights.end(),
                                   [&](double w) { return std::abs(w) > tolerance_; });
    if (used == weights.end()) return;
    start_draw_ = static_cast<std::size_t>(used - weights.begin());
    for (PointWeights& row : rows_.rows) {
      const auto at = row.draws.begin() + static_cast<std::ptrdiff_t>(*start_draw_);
      row.start = *at;
      row.draws.erase(at);
    }
    for (std::size_t& before : rows_.draws_before) before -= before > *start_draw_ ? 1U : 0U;
  }

  void find_plan() {
    SamplerPlan& plan = reading_.plan;
    const PointWeights& begin = rows_.rows.front();
    plan.start_scale = std::abs(begin.start);
    plan.start.x = begin.start < 0 ? -1 : 1;
    plan.start.new_draws = static_cast<Index>(rows_.draws_before.front());
    for (std::size_t m = rows_.draws_before.front(); m-- > 0;) {
      plan.start.draws.push_back(begin.draws[m]);
    }
    while (!plan.start.draws.empty() && plan.start.draws.back() == 0) plan.start.draws.pop_back();
    const StepFinder steps(rows_, tolerance_);
    for (std::size_t k = 0; k < rows_.calls(); ++k) {
      SamplerCall call = probe_.call(k);
      call.step = steps.after(k);
      plan.calls.push_back(std::move(call));
    }
  }

  /// The weight of the normal of the start in the step after call k.
  [[nodiscard]] double start_again(std::size_t k) const {
    const double left =
        rows_.rows[k + 1].start - reading_.plan.calls[k].step.x * rows_.rows[k].start;
    const double scale = (std::max)(1.0, reading_.plan.start_scale);
    return std::abs(left) > 10 * tolerance_ * scale ? left : 0;
  }

  void look_for_start_again(const ProbeRun& first) {
    if (!reading_.findings.empty()) return;  // their cause is known
    for (std::size_t k = 0; k < rows_.calls(); ++k) {
      const double weight = start_again(k);
      if (weight == 0) continue;
      find(Fault::start_used_again, first, k,
           "the normal of the start is used again, with weight " + six_digits(weight), weight);
      return;
    }
  }

  /// With all elements but the first 0, these must remain 0.
  void look_for_mixing(const ArbitraryRun& arbitrary, const ProbeRun& silent) {
    const ProbeRun& first = arbitrary.run;
    const auto in_one = [](const ProbeValue& values) {
      return [=](std::size_t k, Index e) { return e == 0 ? values(k, e) : 0; };
    };
    const ProbeRun found = run(in_one(arbitrary.input.predictions), in_one(arbitrary.input.draws));
    if (!usable(found) || !same_course(first, found)) return;
    for (std::size_t k = 0; k < found.points.size(); ++k) {
      const double size =
          (found.points[k] - silent.points[k]).tail(dimension_ - 1).cwiseAbs().maxCoeff();
      if (size <= tolerance_ * (1 + std::abs(found.points[k](0)))) continue;
      find(Fault::mixed_elements, first, k, "elements of x depend on other elements", size);
      return;
    }
  }

  void check_steps(const std::vector<ArbitraryRun>& runs) {
    if (!reading_.findings.empty()) return;  // their cause is known
    std::vector<ArbitraryValues> values;
    for (const ArbitraryRun& run : runs) values.emplace_back(run, rows_, dimension_, start_draw_);
    std::size_t first = rows_.calls();
    std::size_t count = 0;
    double largest = 0;
    for (std::size_t k = 0; k < rows_.calls(); ++k) {
      const double factor = reading_.plan.calls[k].step.x;
      const PointWeights rest = difference(rows_.rows[k + 1], factor, rows_.rows[k]);
      double here = 0;
      for (const ArbitraryValues& run : values) {
        here = (std::max)(here, run.deviation(k, factor, rest));
      }
      if (here <= 10 * tolerance_) continue;
      if (count++ == 0) first = k;
      largest = (std::max)(largest, here);
    }
    if (count == 0) return;
    find(Fault::not_linear, runs.front().run, first,
         "the step is not linear in x, the predictions and the draws: off by up to " +
             six_digits(largest) + " of its largest term, in " + to_text(count) + " of " +
             to_text(rows_.calls()) + " steps",
         largest);
  }

  void look_for_idle_network() {
    if (!reading_.findings.empty()) return;
    for (const PointWeights& row : rows_.rows) {
      for (const double w : row.predictions) {
        if (w != 0) return;
      }
    }
    reading_.findings.push_back({.place = "all calls",
                                 .fault = Fault::ignored_network,
                                 .meaning = "no prediction is used"});
  }

  Probe probe_;
  Index dimension_;
  double tolerance_;
  SamplerReading reading_;
  ProbedRows rows_;
  std::optional<std::size_t> start_draw_;
};

}  // namespace detail

/// Reads the steps of a sampler: for each call the time that it tells the network, and the weights
/// of x and of all predictions and draws, for any number of previous calls. It needs no claim, only
/// a description of the network: `call_of(k, told)` returns the level of call k for the time told,
/// and the scale of its input.
///
/// Every prediction and every draw is 1 in one element of one run, while all others are 0. The
/// points are then the weights. In further runs predictions and draws are normals of scale 1 and
/// 10, and the steps found must reproduce the points. The number of runs is
/// ⌈(calls + draws)/d⌉ + max(⌈24/d⌉, 2) + 5 in d >= 2 dimensions, and one less for d = 1. Of all
/// forms of a step the shortest is returned, with the fewest predictions and draws.
/// @param dimension of the vectors of the sampler
/// @throws std::invalid_argument where the network's prediction does not determine the prediction
///     in terms of which the steps are written; and what `call_of` throws, except
///     std::out_of_range, which is a finding (`Fault::time`)
[[nodiscard]] inline SamplerReading read_sampler(const ProbedSampler& sampler, Index dimension,
                                                 const ReadingOptions& options,
                                                 CallOfTime call_of) {
  detail::require(dimension >= 1, "read_sampler", "dimension", "be >= 1", dimension);
  detail::require(options.tolerance > 0 && options.tolerance < 0.1, "read_sampler",
                  "options.tolerance", "be in (0, 0.1)", options.tolerance);
  return detail::SamplerReader(sampler, dimension, options, std::move(call_of)).read();
}

}  // namespace alphabar
