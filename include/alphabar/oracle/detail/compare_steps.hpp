// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/oracle/audit_report.hpp"
#include "alphabar/oracle/detail/call_alignment.hpp"
#include "alphabar/oracle/detail/probed_rows.hpp"
#include "alphabar/oracle/detail/step_comparison.hpp"
#include "alphabar/oracle/detail/step_meaning.hpp"
#include "alphabar/oracle/point_weights.hpp"
#include "alphabar/oracle/read_sampler.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

/// Compares the steps of a reading with those of a plan.
namespace alphabar::detail {

/// Compares by substitution: the claimed step, applied to the point found, must give the next point
/// found.
class StepsAgainstPlan {
 public:
  StepsAgainstPlan(const SamplerReading& reading, const SamplerPlan& plan,
                   const Alignment& alignment, double tolerance)
      : reading_(reading), plan_(plan), alignment_(alignment), tolerance_(tolerance) {
    found_of_.assign(plan.calls.size(), none);
    for (std::size_t i = 0; i < alignment.found.size(); ++i) {
      found_of_[alignment.claimed[i]] = alignment.found[i];
    }
    collect_draws();
  }

  /// The aligned calls with wrong weights of x or of predictions, and those with wrong weights of
  /// draws only.
  struct Differences {
    std::vector<std::size_t> steps;
    std::vector<std::size_t> draws;
    bool same_law = false;     ///< all steps and the joint law of their draws are as claimed
    bool other_draws = false;  ///< the draws themselves are not as claimed
  };

  [[nodiscard]] Differences differences() const {
    Differences result;
    for (std::size_t i = 0; i < alignment_.found.size(); ++i) {
      if (!same_step(i)) {
        result.steps.push_back(i);
      } else if (!same_draws(i)) {
        result.draws.push_back(i);
      }
    }
    const bool all = alignment_.found.size() == plan_.calls.size() &&
                     alignment_.found.size() == reading_.plan.calls.size();
    result.other_draws = found_draws_ != claimed_draws_ || !result.draws.empty();
    result.same_law = all && result.steps.empty() && same_law();
    return result;
  }

  /// The comparison of aligned call i.
  [[nodiscard]] StepComparison comparison(std::size_t i, LevelScale scale) const {
    const std::size_t call = alignment_.claimed[i];
    return {plan_,
            call,
            numbers_of(plan_.calls[call].step),
            numbers_of(reading_.plan.calls[alignment_.found[i]].step),
            tolerance_,
            scale};
  }

 private:
  static constexpr auto none = static_cast<std::size_t>(-1);

  /// A sparse row: weights of draws first, first + 1, ...
  struct Drawn {
    std::size_t first = 0;
    std::vector<double> weights;

    [[nodiscard]] double at(std::size_t m) const {
      return m >= first && m - first < weights.size() ? weights[m - first] : 0;
    }
  };

  [[nodiscard]] double scale_of_step(const LinearStep& step) const {
    double largest = (std::max)(1.0, std::abs(step.x));
    for (const double w : step.predictions) largest = (std::max)(largest, std::abs(w));
    return largest;
  }

  [[nodiscard]] bool same_step(std::size_t i) const {
    const std::size_t f = alignment_.found[i];
    const std::size_t c = alignment_.claimed[i];
    const LinearStep& step = plan_.calls[c].step;
    const PointWeights& here = reading_.points[f];
    const PointWeights& next = reading_.points[f + 1];
    std::vector<double> wanted(next.predictions.size());
    for (std::size_t j = 0; j < step.predictions.size(); ++j) {
      if (step.predictions[j] == 0) continue;
      if (found_of_[c - j] == none) return true;  // there is nothing to compare with
      wanted[found_of_[c - j]] = step.predictions[j];
    }
    const double scale = scale_of_step(step);
    const auto same = [&](double is, double from_x, double from_prediction) {
      const double allowed = tolerance_ * (std::max)({scale, std::abs(is), std::abs(from_x)});
      return std::abs(is - from_x - from_prediction) <= allowed;
    };
    if (!same(next.start, step.x * here.start, 0)) return false;
    for (std::size_t k = 0; k < wanted.size(); ++k) {
      if (!same(next.predictions[k], step.x * here.predictions[k], wanted[k])) return false;
    }
    return true;
  }

  /// The weights of the draws in each step, with the draws numbered without unused ones.
  void collect_draws() {
    const std::size_t draws = reading_.points.front().draws.size();
    std::vector<std::size_t> used;
    for (std::size_t m = 0; m < draws; ++m) {
      const auto uses = [&](const PointWeights& row) {
        return std::abs(row.draws[m]) > tolerance_;
      };
      if (std::ranges::any_of(reading_.points, uses)) used.push_back(m);
    }
    found_draws_ = used.size();
    for (std::size_t i = 0; i < alignment_.found.size(); ++i) {
      const std::size_t f = alignment_.found[i];
      const double x = plan_.calls[alignment_.claimed[i]].step.x;
      const auto& here = reading_.points[f].draws;
      const auto& next = reading_.points[f + 1].draws;
      Drawn drawn;
      for (std::size_t n = 0; n < used.size(); ++n) {
        const double weight = next[used[n]] - x * here[used[n]];
        const double scale =
            (std::max)({1.0, std::abs(next[used[n]]), std::abs(x * here[used[n]])});
        if (std::abs(weight) <= tolerance_ * scale) continue;
        if (drawn.weights.empty()) drawn.first = n;
        drawn.weights.resize(n - drawn.first);
        drawn.weights.push_back(weight);
      }
      found_.push_back(std::move(drawn));
    }
    collect_claimed_draws();
  }

  void collect_claimed_draws() {
    const auto total = static_cast<std::size_t>(plan_.draws());
    std::vector<std::size_t> number(total, none);
    const auto visit = [&](const LinearStep& step, std::size_t drawn, const auto& f) {
      for (std::size_t j = 0; j < step.draws.size(); ++j) {
        if (std::abs(step.draws[j]) > tolerance_) f(drawn - 1 - j, step.draws[j]);
      }
    };
    const auto mark = [&](std::size_t m, double) { number[m] = 0; };
    auto drawn = static_cast<std::size_t>(plan_.start.new_draws);
    visit(plan_.start, drawn, mark);
    for (const SamplerCall& call : plan_.calls) {
      drawn += static_cast<std::size_t>(call.step.new_draws);
      visit(call.step, drawn, mark);
    }
    claimed_draws_ = 0;
    for (std::size_t& n : number) {
      if (n != none) n = claimed_draws_++;
    }
    drawn = static_cast<std::size_t>(plan_.start.new_draws);
    for (const SamplerCall& call : plan_.calls) {
      drawn += static_cast<std::size_t>(call.step.new_draws);
      Drawn row;
      visit(call.step, drawn, [&](std::size_t m, double weight) {  // from the last to the first
        const std::size_t n = number[m];
        if (row.weights.empty()) {
          row = {n, {weight}};
        } else {
          row.weights.insert(row.weights.begin(), row.first - n, 0);
          row.weights.front() = weight;
          row.first = n;
        }
      });
      claimed_.push_back(std::move(row));
    }
  }

  [[nodiscard]] bool same(double a, double b) const { return same_number(a, b, tolerance_); }

  static double norm(const Drawn& row) {
    double norm = 0;
    for (const double w : row.weights) norm = std::hypot(norm, w);
    return norm;
  }

  [[nodiscard]] bool same_draws(std::size_t i) const {
    const Drawn& found = found_[i];
    const Drawn& claimed = claimed_[alignment_.claimed[i]];
    if (found_draws_ != claimed_draws_) return same(norm(found), norm(claimed));
    for (std::size_t m = found.first; m < found.first + found.weights.size(); ++m) {
      if (!same(found.at(m), claimed.at(m))) return false;
    }
    for (std::size_t m = claimed.first; m < claimed.first + claimed.weights.size(); ++m) {
      if (!same(found.at(m), claimed.at(m))) return false;
    }
    return true;
  }

  static double product(const Drawn& a, const Drawn& b) {
    double sum = 0;
    for (std::size_t m = (std::max)(a.first, b.first); m < a.first + a.weights.size(); ++m) {
      sum += a.at(m) * b.at(m);
    }
    return sum;
  }

  /// Whether the draws of all steps have the claimed joint covariance. A weight is known within the
  /// tolerance, so a small product of two is known better than a large one.
  [[nodiscard]] bool same_law() const {
    std::vector<double> deviations;
    for (const Drawn& row : claimed_) deviations.push_back(norm(row));
    for (std::size_t i = 0; i < found_.size(); ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        const double found = product(found_[i], found_[j]);
        const double claimed = product(claimed_[i], claimed_[j]);
        const double unit = (std::max)({1.0, deviations[i], deviations[j]});
        const double allowed = 2 * tolerance_ * unit * (deviations[i] + deviations[j]);
        if (!same(found, claimed) || std::abs(found - claimed) > allowed) return false;
      }
    }
    return true;
  }

  const SamplerReading& reading_;
  const SamplerPlan& plan_;
  const Alignment& alignment_;
  double tolerance_;
  std::vector<std::size_t> found_of_;
  std::vector<Drawn> found_;    // by the number of the aligned call
  std::vector<Drawn> claimed_;  // by the call of the plan
  std::size_t found_draws_ = 0;
  std::size_t claimed_draws_ = 0;
};

}  // namespace alphabar::detail
