// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/oracle/detail/probe_run.hpp"
#include "alphabar/oracle/detail/probed_rows.hpp"
#include "alphabar/oracle/point_weights.hpp"

/// Runs with arbitrary predictions and draws, which the steps found must reproduce.
namespace alphabar::detail {

/// Normals of a scale as predictions and draws.
struct ArbitraryInput {
  ArbitraryInput(Index dimension, std::uint64_t number, double scale)
      : predictions(normals(dimension, NoiseStream<double>(2 + number, 0), scale)),
        draws(normals(dimension, NoiseStream<double>(2 + number, 1), scale)) {}

  ProbeValue predictions;
  ProbeValue draws;

 private:
  static ProbeValue normals(Index dimension, const NoiseStream<double>& numbers, double scale) {
    return [=](std::size_t k, Index e) {
      return scale *
             numbers(k * static_cast<std::uint64_t>(dimension) + static_cast<std::uint64_t>(e));
    };
  }
};

struct ArbitraryRun {
  ArbitraryInput input;
  ProbeRun run;
};

/// The values of an arbitrary run, one column each.
class ArbitraryValues {
 public:
  /// `start` is the number of the draw for the start, if there is one.
  ArbitraryValues(const ArbitraryRun& run, const ProbedRows& rows, Index dimension,
                  std::optional<std::size_t> start)
      : run_(run.run),
        predictions_(columns(dimension, rows.rows.front().predictions.size(), run.input.predictions,
                             std::nullopt)),
        draws_(columns(dimension, rows.rows.front().draws.size(), run.input.draws, start)),
        start_(Eigen::VectorXd::Zero(dimension)) {
    for (Index e = 0; start && e < dimension; ++e) start_(e) = run.input.draws(*start, e);
  }

  /// The largest difference between the point after call k and factor · its point plus `rest`,
  /// relative to the largest term. Small weights are not set to 0 here.
  [[nodiscard]] double deviation(std::size_t k, double factor, const PointWeights& rest) const {
    const auto& found = run_.points[k + 1].array();
    Eigen::ArrayXd next = factor * run_.points[k].array();
    Eigen::ArrayXd scale = ((next.abs().max)(found.abs()).max)(1);
    const auto add = [&](double weight, const auto& value) {
      if (weight == 0) return;
      next += weight * value.array();
      scale = (scale.max)((weight * value.array()).abs());
    };
    add(rest.start, start_);
    for (Index j = 0; j < predictions_.cols(); ++j) {
      add(rest.predictions[static_cast<std::size_t>(j)], predictions_.col(j));
    }
    for (Index m = 0; m < draws_.cols(); ++m) {
      add(rest.draws[static_cast<std::size_t>(m)], draws_.col(m));
    }
    return ((found - next).abs() / scale).maxCoeff();
  }

 private:
  /// The values 0..count − 1; `omitted` is skipped.
  static Eigen::MatrixXd columns(Index dimension, std::size_t count, const ProbeValue& value,
                                 std::optional<std::size_t> omitted) {
    Eigen::MatrixXd values(dimension, static_cast<Index>(count));
    for (Index k = 0; k < values.cols(); ++k) {
      const auto number = static_cast<std::size_t>(k);
      const bool behind = omitted && number >= *omitted;
      for (Index e = 0; e < dimension; ++e) values(e, k) = value(number + (behind ? 1 : 0), e);
    }
    return values;
  }

  const ProbeRun& run_;
  Eigen::MatrixXd predictions_;
  Eigen::MatrixXd draws_;
  Eigen::VectorXd start_;
};

}  // namespace alphabar::detail
