// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/oracle/point_weights.hpp"
#include "alphabar/sampler/detail/weights_by_age.hpp"
#include "alphabar/sampler/linear_step.hpp"

/// The points of a linear sampler as linear combinations of its start, predictions and draws, and
/// the steps between them.
namespace alphabar::detail {

/// The points of all calls, then the end.
struct ProbedRows {
  std::vector<PointWeights> rows;
  std::vector<std::size_t> draws_before;  ///< before each point, without that of the start

  [[nodiscard]] std::size_t calls() const { return rows.size() - 1; }
};

/// Weights of a step, by the numbers of predictions and draws: `later` − factor · `earlier`.
inline PointWeights difference(const PointWeights& later, double factor,
                               const PointWeights& earlier) {
  PointWeights rest = later;
  rest.start -= factor * earlier.start;
  for (std::size_t k = 0; k < rest.predictions.size(); ++k) {
    rest.predictions[k] -= factor * earlier.predictions[k];
  }
  for (std::size_t m = 0; m < rest.draws.size(); ++m) rest.draws[m] -= factor * earlier.draws[m];
  return rest;
}

/// Finds the steps with the fewest predictions and draws.
class StepFinder {
 public:
  StepFinder(const ProbedRows& rows, double tolerance) : rows_(rows), tolerance_(tolerance) {}

  /// The step from point k to the next.
  [[nodiscard]] LinearStep after(std::size_t k) const {
    const PointWeights& here = rows_.rows[k];
    const PointWeights& next = rows_.rows[k + 1];
    double best_factor = 0;
    PointWeights best;
    std::size_t fewest = static_cast<std::size_t>(-1);
    const auto candidate = [&](double factor) {
      PointWeights rest = difference(next, factor, here);
      std::size_t terms = settle(rest, next, factor, here) + (factor != 0 ? 1 : 0);
      // the start is part of the point; a step uses it directly only if there is no other form
      if (rest.start != 0) terms += rest.predictions.size() + rest.draws.size();
      if (terms >= fewest) return;
      fewest = terms;
      best_factor = factor;
      best = std::move(rest);
    };
    const double largest = largest_of(here);
    for (const double threshold : {1e-14, tolerance_, std::sqrt(tolerance_)}) {
      candidate(ratio_of_oldest(here, next, threshold * largest));
    }
    candidate(0);
    LinearStep step{.x = best_factor};
    // without the point if that needs as few terms
    if (std::abs(best_factor) <= tolerance_ * 1e-6) step.x = 0;
    step.predictions = weights_by_age(best.predictions, 0, k + 1);
    step.draws = weights_by_age(best.draws, 0, rows_.draws_before[k + 1]);
    step.new_draws = static_cast<Index>(rows_.draws_before[k + 1] - rows_.draws_before[k]);
    return step;
  }

 private:
  static double largest_of(const PointWeights& row) {
    double largest = std::abs(row.start);
    for (const double w : row.predictions) largest = (std::max)(largest, std::abs(w));
    for (const double w : row.draws) largest = (std::max)(largest, std::abs(w));
    return largest;
  }

  /// next/here for the oldest source in the point: the start, or the earliest one after it.
  [[nodiscard]] double ratio_of_oldest(const PointWeights& here, const PointWeights& next,
                                       double threshold) const {
    if (std::abs(here.start) > threshold) return next.start / here.start;
    std::size_t m = 0;
    for (std::size_t k = 0; k < rows_.calls(); ++k) {
      for (; m < rows_.draws_before[k]; ++m) {
        if (std::abs(here.draws[m]) > threshold) return next.draws[m] / here.draws[m];
      }
      if (std::abs(here.predictions[k]) > threshold) {
        return next.predictions[k] / here.predictions[k];
      }
    }
    return 0;
  }

  /// Sets weights below rounding to 0.
  /// @return the number of remaining weights
  [[nodiscard]] std::size_t settle(PointWeights& rest, const PointWeights& next, double factor,
                                   const PointWeights& here) const {
    const double largest = largest_of(rest);
    std::size_t left = 0;
    const auto cut = [&](double& weight, double later, double earlier) {
      const double scale = (std::max)({std::abs(later), std::abs(factor * earlier), largest});
      if (std::abs(weight) <= tolerance_ * scale) weight = 0;
      if (weight != 0) ++left;
    };
    cut(rest.start, next.start, here.start);
    for (std::size_t k = 0; k < rest.predictions.size(); ++k) {
      cut(rest.predictions[k], next.predictions[k], here.predictions[k]);
    }
    for (std::size_t m = 0; m < rest.draws.size(); ++m) {
      cut(rest.draws[m], next.draws[m], here.draws[m]);
    }
    return left;
  }

  const ProbedRows& rows_;
  double tolerance_;
};

}  // namespace alphabar::detail
