// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <functional>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/schedule/continuous_process.hpp"
#include "alphabar/schedule/detail/schedule_state.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

namespace alphabar {

/// The network of a sampler under examination: its prediction, and the level of its input for each
/// time it is told. The level is that of the actual input: for a network whose input is x/√(1 + σ²)
/// and that is told t, it is the level of the table at t.
struct ExaminedNetwork {
  Prediction prediction = Prediction::noise;                     ///< what it predicts
  std::function<TransitionKernel<double>(double told)> level{};  ///< of its input
  NetworkScales scales{};  ///< of data and prediction; `level` is that of the actual input

  /// Trained with a table: the time told is t − 1, as in Python, or t − 1 + first_time. Between
  /// whole times log SNR is interpolated as by `NoiseSchedule::log_snr_at`.
  template <Real Scalar>
  [[nodiscard]] static ExaminedNetwork of_table(const NoiseSchedule<Scalar>& schedule,
                                                Prediction prediction, double first_time = 0) {
    return {prediction, [=](double told) {
              const double t = told - first_time + 1;
              detail::require_between("ExaminedNetwork", "the time told", first_time,
                                      first_time + static_cast<double>(schedule.steps() - 1), told);
              if (std::floor(t) == t) {
                return TransitionKernel<double>(schedule.transition(0, static_cast<Index>(t)));
              }
              return detail::vp_level(schedule.log_snr_at(t));
            }};
  }

  /// Of a process in continuous time, such as `RectifiedFlow` or `VpLinear`. The time told is
  /// unit · t, for example 1000 u.
  template <MarkovProcess Process>
  [[nodiscard]] static ExaminedNetwork of_process(const Process& process, Prediction prediction,
                                                  double unit = 1) {
    return {prediction, [=](double told) { return process.transition(0, told / unit); }};
  }

  /// Its input is x = x_0 + σ ε, and it is told σ, at most 1e154 (σ² must be finite).
  [[nodiscard]] static ExaminedNetwork of_sigmas(Prediction prediction) {
    return {prediction, [](double sigma) {
              detail::require_between("ExaminedNetwork", "the sigma told", 0, 1e154, sigma);
              return TransitionKernel<double>::from_scales(1, sigma);
            }};
  }
};

}  // namespace alphabar
