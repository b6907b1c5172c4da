// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/tape.hpp"

/// Runge–Kutta methods for the probability flow of the variance-preserving SDE in continuous time,
/// with D the score and without noise:
///
///     dx/dt = −½β(t) (x + D)
///
/// All but Euler's also call the network at the end of a step. For singular data there is no score
/// at time 0, so those runs must end before. Song et al. 2021, arXiv:2011.13456, eq. 13.
/// @throws std::invalid_argument for a path of a process without β(t)
namespace alphabar {
namespace detail {

/// An explicit Runge–Kutta method: stage i is at time t − c_i h and x + h Σ_j a_ij k_j; the last
/// row is the step.
template <std::size_t Stages>
struct Tableau {
  std::array<double, Stages> c;
  std::array<std::array<double, Stages>, Stages + 1> a;
};

template <std::size_t Stages>
SamplerPlan flow_plan(const Tableau<Stages>& tableau, const SamplerPath& path) {
  SamplerTape tape(Prediction::score, empty_plan(path, Prediction::score).start_scale);
  TapeValue x = tape.start();
  for (std::size_t k = 0; k < path.steps(); ++k) {
    const double t = path.time(k);
    const double h = t - path.time(k + 1);
    TapeValue point = x;
    std::vector<TapeValue> slopes;  // h k_i
    for (std::size_t i = 0; i < Stages; ++i) {
      const double c = tableau.c[i];
      const double time = c == 1 ? path.time(k + 1) : t - c * h;
      const TransitionKernel<double> level = path.at_time(time).level;
      const TapeValue score = tape.ask(time, level, point);
      slopes.push_back(path.beta(time) * h / 2 * (point + score));
      point = x;
      for (std::size_t j = 0; j <= i; ++j) {
        if (tableau.a[i + 1][j] != 0) point += tableau.a[i + 1][j] * slopes[j];
      }
    }
    x = point;
  }
  return tape.finish(x);
}

}  // namespace detail

/// Euler's method: one call per step, order 1.
struct FlowEuler {
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    constexpr detail::Tableau<1> euler{{0}, {{{0}, {1}}}};
    return detail::flow_plan(euler, path);
  }
};

/// Heun's method: two calls per step, order 2.
struct FlowHeun {
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    constexpr detail::Tableau<2> heun{{0, 1}, {{{0, 0}, {1, 0}, {0.5, 0.5}}}};
    return detail::flow_plan(heun, path);
  }
};

/// The classical Runge–Kutta method: four calls per step, order 4.
struct FlowRungeKutta4 {
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    constexpr detail::Tableau<4> classical{{0, 0.5, 0.5, 1},
                                           {{{0, 0, 0, 0},
                                             {0.5, 0, 0, 0},
                                             {0, 0.5, 0, 0},
                                             {0, 0, 1, 0},
                                             {1. / 6, 1. / 3, 1. / 3, 1. / 6}}}};
    return detail::flow_plan(classical, path);
  }
};

}  // namespace alphabar
