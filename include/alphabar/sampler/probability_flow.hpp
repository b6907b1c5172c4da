// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>

#include "alphabar/sampler/affine_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/schedule/vp_process.hpp"

/// Runge–Kutta methods for the probability flow of the variance-preserving SDE in continuous time,
/// D the score; nothing is drawn:
///
///     dx/dt = −½β(t) (x + D)
///
/// All but Euler's call the network at the end of a step as well, and where data are singular there
/// is no score at time 0: end them before. Song et al. 2021, arXiv:2011.13456, eq. 13.
/// @throws std::invalid_argument for a path of another process
namespace alphabar {
namespace detail {

/// An explicit Runge–Kutta method: stage i is at time t − c_i h and x + h Σ_j a_ij k_j; the last
/// row is the step itself.
template <std::size_t Stages>
struct Tableau {
  std::array<double, Stages + 1> c;
  std::array<std::array<double, Stages>, Stages + 1> a;
};

/// x · x_t + Σ_j answers_j D_j, the D's being the answers of this step's calls.
template <std::size_t Stages>
struct StageForm {
  double x = 0;
  std::array<double, Stages> answers{};

  void add(double scale, const StageForm& other) {
    x += scale * other.x;
    for (std::size_t j = 0; j < Stages; ++j) answers[j] += scale * other.answers[j];
  }
};

/// From a stage to the next in terms of the point where the network was asked: x_t is eliminated,
/// whose weight there is at least 1.
template <std::size_t Stages>
AffineStep between_stages(const StageForm<Stages>& here, StageForm<Stages> next,
                          std::size_t stage) {
  const double kept = next.x / here.x;
  next.add(-kept, here);
  const auto answer = [&](std::size_t calls_ago) {
    return calls_ago <= stage ? next.answers[stage - calls_ago] : 0.0;
  };
  return {
      .x = kept, .prediction = answer(0), .previous = answer(1), .older = {answer(2), answer(3)}};
}

template <std::size_t Stages>
void append_flow_step(SamplerPlan& plan, const Tableau<Stages>& tableau, const VpLinear& process,
                      const SamplerPath& path, std::size_t k) {
  const double t = path.time(k);
  const double s = path.time(k + 1);
  using Form = StageForm<Stages>;
  std::array<Form, Stages> slopes;  // h k_i
  Form here{.x = 1};
  for (std::size_t i = 0; i < Stages; ++i) {
    const double c = tableau.c[i];
    const double time = c == 1 ? s : t - c * (t - s);
    const auto level = c == 0   ? path.level(k)
                       : c == 1 ? path.level(k + 1)
                                : process.transition(0, time);
    const double half_rate = process.beta(time) * (t - s) / 2;
    slopes[i].add(half_rate, here);
    slopes[i].answers[i] += half_rate;
    Form next{.x = 1};
    for (std::size_t j = 0; j <= i; ++j) next.add(tableau.a[i + 1][j], slopes[j]);
    plan.steps.push_back({time, level, between_stages(here, next, i)});
    here = next;
  }
}

template <std::size_t Stages>
SamplerPlan flow_plan(const char* sampler, const Tableau<Stages>& tableau, const VpLinear& process,
                      const SamplerPath& path) {
  require_path_of(sampler, process, path);
  SamplerPlan plan{Prediction::score, {}};
  for (std::size_t k = 0; k < path.steps(); ++k) {
    append_flow_step(plan, tableau, process, path, k);
  }
  return plan;
}

}  // namespace detail

/// Euler's method: one call per step, order 1.
struct FlowEuler {
  VpLinear process{};

  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    constexpr detail::Tableau<1> euler{{0, 1}, {{{0}, {1}}}};
    return detail::flow_plan("FlowEuler", euler, process, path);
  }
};

/// Heun's method: two calls per step, order 2.
struct FlowHeun {
  VpLinear process{};

  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    constexpr detail::Tableau<2> heun{{0, 1, 1}, {{{0, 0}, {1, 0}, {0.5, 0.5}}}};
    return detail::flow_plan("FlowHeun", heun, process, path);
  }
};

/// The classical Runge–Kutta method: four calls per step, order 4.
struct FlowRungeKutta4 {
  VpLinear process{};

  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    constexpr detail::Tableau<4> classical{{0, 0.5, 0.5, 1, 1},
                                           {{{0, 0, 0, 0},
                                             {0.5, 0, 0, 0},
                                             {0, 0.5, 0, 0},
                                             {0, 0, 1, 0},
                                             {1. / 6, 1. / 3, 1. / 3, 1. / 6}}}};
    return detail::flow_plan("FlowRungeKutta4", classical, process, path);
  }
};

}  // namespace alphabar
