// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/QR>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/in_double.hpp"
#include "alphabar/error.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/sampler/affine_step.hpp"

/// What somebody's sampler does, seen from outside: it is given a network and a noise that are
/// ours, and what it asks them is written down.
namespace alphabar {

/// The network that a sampler under test asks: x and the time, as the sampler tells it, to the
/// prediction.
using ProbedNetwork = std::function<Eigen::VectorXd(const Eigen::VectorXd& x, double time)>;
/// The noise that it draws: standard normals at every call. The first draw is for the start, the
/// noise of a step is drawn between the call of that step and the next.
using ProbedNoise = std::function<Eigen::VectorXd()>;
/// A sampler under test: noise in, data out.
using ProbedSampler =
    std::function<Eigen::VectorXd(const ProbedNetwork& network, const ProbedNoise& noise)>;

namespace detail {

template <class Vector>
struct RecordedCall {
  double time;
  Vector x;
  Vector answer;
  std::vector<Vector> draws;  ///< until the next call
};

template <class Vector>
struct RecordedRun {
  std::vector<Vector> start;  ///< what is drawn before the first call
  std::vector<RecordedCall<Vector>> calls;
  Vector end;

  /// Where call k leads: to the point of the next, or to the end.
  [[nodiscard]] const Vector& after(std::size_t k) const {
    return k + 1 < calls.size() ? calls[k + 1].x : end;
  }
};

/// One run; `network(x, time)` answers, and `draw(j)` is the j-th vector that is drawn.
template <class Vector, class Network, class Draw>
RecordedRun<Vector> record(const ProbedSampler& sampler, Index dimension, const Network& network,
                           const Draw& draw) {
  RecordedRun<Vector> run;
  std::size_t drawn = 0;
  const auto ask = [&](const Vector& x, double time) -> Vector {
    require_size("audit", "the size of the x that the network is asked at", dimension, x.size());
    run.calls.push_back({time, x, network(x, time), {}});
    return run.calls.back().answer;
  };
  const auto noise = [&]() -> Vector {
    auto& draws = run.calls.empty() ? run.start : run.calls.back().draws;
    draws.push_back(draw(drawn++));
    return draws.back();
  };
  run.end = sampler(ask, noise);
  require_size("audit", "the size of what the sampler returns", dimension, run.end.size());
  return run;
}

/// A sampler that asks or draws as the noise falls is no affine map.
template <class Vector>
void require_same_course(const RecordedRun<Vector>& a, const RecordedRun<Vector>& b) {
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
template <class Vector>
std::vector<RecordedRun<Vector>> record_arbitrary_runs(const ProbedSampler& sampler,
                                                       Index dimension) {
  constexpr Index equations = 24;
  std::vector<RecordedRun<Vector>> runs;
  for (Index first = 0; first < equations; first += dimension) {
    const NoiseStream<double> numbers(1, static_cast<std::uint64_t>(first));
    std::uint64_t used = 0;
    const auto next = [&] {
      Vector values(dimension);
      numbers.fill(values, std::exchange(used, used + static_cast<std::uint64_t>(dimension)));
      return values;
    };
    runs.push_back(record<Vector>(
        sampler, dimension, [&](const Vector&, double) { return next(); },
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
template <class Vector, class Said>
FoundStep fit_step(const std::vector<RecordedRun<Vector>>& runs, std::size_t k,
                   std::size_t look_back, const Said& said) {
  using Matrix = typename InDouble<Vector>::Matrix;
  const std::size_t backwards = std::min(look_back, k);
  const std::size_t draws = runs.front().calls[k].draws.size();
  const Index dimension = runs.front().end.size();
  Matrix columns(static_cast<Index>(runs.size()) * dimension,
                 static_cast<Index>(2 + backwards + draws));
  Vector next(columns.rows());
  Index row = 0;
  for (const RecordedRun<Vector>& run : runs) {
    auto block = columns.middleRows(row, dimension);
    block.col(0) = run.calls[k].x;
    block.col(1) = run.calls[k].answer;
    Index column = 2;
    for (std::size_t back = 1; back <= backwards; ++back) block.col(column++) = said(run, k - back);
    for (const Vector& draw : run.calls[k].draws) block.col(column++) = draw;
    next.segment(row, dimension) = run.after(k);
    row += dimension;
  }
  Vector scales = columns.colwise().norm().transpose();
  scales = (scales.array() > 0).select(scales, 1);  // what is always 0 explains nothing
  const Matrix scaled = columns * scales.cwiseInverse().asDiagonal();
  const Vector solution = scaled.colPivHouseholderQr().solve(next).cwiseQuotient(scales);
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

}  // namespace detail
}  // namespace alphabar
