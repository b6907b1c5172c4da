// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/QR>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/oracle/sampler_probe.hpp"
#include "alphabar/sampler/affine_step.hpp"

/// What a sampler under test asked and drew, and the steps that follow from it.
namespace alphabar::detail {

struct RecordedCall {
  double time;
  Eigen::VectorXd x;
  Eigen::VectorXd answer;
  std::vector<Eigen::VectorXd> draws;  ///< until the next call
};

struct RecordedRun {
  std::vector<Eigen::VectorXd> start;  ///< what is drawn before the first call
  std::vector<RecordedCall> calls;
  Eigen::VectorXd end;

  /// Where call k leads: to the point of the next, or to the end.
  [[nodiscard]] const Eigen::VectorXd& after(std::size_t k) const {
    return k + 1 < calls.size() ? calls[k + 1].x : end;
  }
};

/// Where one run ends; `network(x, time)` answers, and `draw(j)` is the j-th vector that is drawn.
template <class Network, class Draw>
Eigen::VectorXd run(const ProbedSampler& sampler, Index dimension, const Network& network,
                    const Draw& draw) {
  std::size_t drawn = 0;
  const auto ask = [&](const Eigen::VectorXd& x, double time) -> Eigen::VectorXd {
    require_size("audit", "the size of the x that the network is asked at", dimension, x.size());
    return network(x, time);
  };
  Eigen::VectorXd end = sampler(ask, [&]() -> Eigen::VectorXd { return draw(drawn++); });
  require_size("audit", "the size of what the sampler returns", dimension, end.size());
  return end;
}

/// The same with everything that happens in it.
template <class Network, class Draw>
RecordedRun record(const ProbedSampler& sampler, Index dimension, const Network& network,
                   const Draw& draw) {
  RecordedRun recorded;
  const auto ask = [&](const Eigen::VectorXd& x, double time) -> Eigen::VectorXd {
    recorded.calls.push_back({time, x, network(x, time), {}});
    return recorded.calls.back().answer;
  };
  const auto noise = [&](std::size_t j) -> Eigen::VectorXd {
    auto& draws = recorded.calls.empty() ? recorded.start : recorded.calls.back().draws;
    draws.push_back(draw(j));
    return draws.back();
  };
  recorded.end = run(sampler, dimension, ask, noise);
  return recorded;
}

/// A sampler that asks or draws as the noise falls is no affine map.
inline void require_same_course(const RecordedRun& a, const RecordedRun& b) {
  require_size("audit", "the number of calls of every run", std::ssize(a.calls),
               std::ssize(b.calls));
  require_size("audit", "the number of draws before the first call", std::ssize(a.start),
               std::ssize(b.start));
  for (std::size_t k = 0; k < a.calls.size(); ++k) {
    require_size("audit", "the number of draws after " + element("call", static_cast<Index>(k)),
                 std::ssize(a.calls[k].draws), std::ssize(b.calls[k].draws));
  }
}

/// Runs in which answers and draws are arbitrary numbers: what comes next is then a linear system
/// for the coefficients.
inline std::vector<RecordedRun> record_arbitrary_runs(const ProbedSampler& sampler,
                                                      Index dimension) {
  constexpr Index equations = 24;
  std::vector<RecordedRun> runs;
  for (Index first = 0; first < equations; first += dimension) {
    const NoiseStream<double> numbers(1, static_cast<std::uint64_t>(first));
    std::uint64_t used = 0;
    const auto next = [&] {
      Eigen::VectorXd values(dimension);
      numbers.fill(values, std::exchange(used, used + static_cast<std::uint64_t>(dimension)));
      return values;
    };
    runs.push_back(record(
        sampler, dimension, [&](const Eigen::VectorXd&, double) { return next(); },
        [&](std::size_t) { return next(); }));
    require_same_course(runs.front(), runs.back());
  }
  return runs;
}

/// The numbers of one step, as far as it is one: `residual` is the part of where it leads that they
/// do not explain.
struct FoundStep {
  AffineStep coefficients{};
  double residual = 0;
};

/// x_next by least squares from the columns that `look_back` allows, over all runs. `said(run, k)`
/// is the D of call k.
template <class Said>
FoundStep fit_step(const std::vector<RecordedRun>& runs, std::size_t k, std::size_t look_back,
                   const Said& said) {
  const std::size_t backwards = std::min(look_back, k);
  const std::size_t draws = runs.front().calls[k].draws.size();
  const Index dimension = runs.front().end.size();
  Eigen::MatrixXd columns(static_cast<Index>(runs.size()) * dimension,
                          static_cast<Index>(2 + backwards + draws));
  Eigen::VectorXd next(columns.rows());
  Index row = 0;
  for (const RecordedRun& run : runs) {
    auto block = columns.middleRows(row, dimension);
    block.col(0) = run.calls[k].x;
    block.col(1) = run.calls[k].answer;
    Index column = 2;
    for (std::size_t back = 1; back <= backwards; ++back) block.col(column++) = said(run, k - back);
    for (const Eigen::VectorXd& draw : run.calls[k].draws) block.col(column++) = draw;
    next.segment(row, dimension) = run.after(k);
    row += dimension;
  }
  Eigen::VectorXd scales = columns.colwise().norm().transpose();
  scales = (scales.array() > 0).select(scales, 1);  // what is always 0 explains nothing
  const Eigen::MatrixXd scaled = columns * scales.cwiseInverse().asDiagonal();
  const Eigen::VectorXd solution = scaled.colPivHouseholderQr().solve(next).cwiseQuotient(scales);
  FoundStep found;
  found.residual = (columns * solution - next).norm() / (1 + next.norm());
  found.coefficients.x = solution(0);
  found.coefficients.prediction = solution(1);
  if (backwards > 0) found.coefficients.previous = solution(2);
  for (std::size_t back = 2; back <= backwards; ++back) {
    found.coefficients.older[back - 2] = solution(static_cast<Index>(1 + back));
  }
  found.coefficients.noise = solution.tail(static_cast<Index>(draws)).norm();
  return found;
}

}  // namespace alphabar::detail
