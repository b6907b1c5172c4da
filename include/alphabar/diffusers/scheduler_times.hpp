// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/grid/timesteps.hpp"

namespace alphabar::diffusers {

/// The calls of the network that a class of diffusers makes.
enum class SchedulerWalk {
  ancestral,    ///< one per timestep (DDPM, DDIM)
  plms,         ///< the same, but the second timestep is called twice (PNDM with skip_prk_steps)
  runge_kutta,  ///< steps to the second, third and fourth timestep make four calls each (PNDM)
  consistency,  ///< n of the timesteps of the distillation (LCM, TCD)
  euler,        ///< one per timestep, which linspace may place between two whole ones (Euler, Heun)
  multistep,    ///< the first n of n + 1 timesteps (DPM-Solver, DEIS, SA-Solver)
  unipc,        ///< the same, except for the levels of a straight path (UniPC)
  flow,         ///< no table: levels of a straight path (flow matching)
  edm,          ///< no table: the levels of Karras et al. 2022
  own           ///< the calls that `SchedulerLevels::own` lists
};

/// The spacing of timesteps in the table, as of `linspace_timesteps`.
enum class TimestepSpacing { linspace, leading, trailing };

/// The times t = 1..T of a table at which a scheduler calls the network in n steps. Python lists
/// k = t − 1.
struct SchedulerTimes {
  SchedulerWalk walk = SchedulerWalk::ancestral;       ///< the calls that it makes
  Index train_steps = 1000;                            ///< T
  TimestepSpacing spacing = TimestepSpacing::leading;  ///< the spacing of the timesteps
  Index steps_offset = 0;                              ///< of the leading spacing
  Index distilled_steps = 0;                           ///< LCM's original_inference_steps

  /// The times of the steps, latest first.
  /// @throws std::invalid_argument or std::out_of_range for more steps than there are
  [[nodiscard]] std::vector<double> operator()(Index n) const {
    detail::require(n >= 1, "diffusers::Scheduler", "n", "be >= 1", n);
    switch (walk) {
      case SchedulerWalk::euler:
        return spacing == TimestepSpacing::linspace ? fractional_linspace(n) : spaced(n);
      case SchedulerWalk::consistency:
        return of_distillation(n);
      case SchedulerWalk::runge_kutta:
        detail::require(n >= 4, "diffusers::Scheduler", "n",
                        "be >= 4 for the Runge-Kutta steps of PNDM", n);
        return spaced(n);
      case SchedulerWalk::multistep:
      case SchedulerWalk::unipc:
        return spacing == TimestepSpacing::trailing ? spaced(n) : spaced_but_last(n);
      default:
        return spaced(n);
    }
  }

  /// Whether a class only calls the network at whole times of its table.
  [[nodiscard]] bool are_whole() const {
    return walk == SchedulerWalk::ancestral || walk == SchedulerWalk::consistency ||
           walk == SchedulerWalk::plms || walk == SchedulerWalk::runge_kutta;
  }

 private:
  using Times = std::vector<double>;

  [[nodiscard]] Times spaced(Index n) const {
    const auto whole = [&] {
      switch (spacing) {
        case TimestepSpacing::linspace:
          return linspace_timesteps(train_steps, n);
        case TimestepSpacing::leading:
          return leading_timesteps(train_steps, n, steps_offset);
        default:
          return trailing_timesteps(train_steps, n);
      }
    }();
    return {whole.begin(), whole.end()};
  }

  [[nodiscard]] Times spaced_but_last(Index n) const {
    detail::require_in_range("diffusers::Scheduler", "n", 1, train_steps - 1, n);
    Times times = spaced(n + 1);
    times.pop_back();
    return times;
  }

  [[nodiscard]] Times fractional_linspace(Index n) const {
    const auto intervals = static_cast<double>((std::max<Index>)(n - 1, 1));
    Times times;
    for (Index k = n - 1; k >= 0; --k) {
      times.push_back(1 + static_cast<double>(k * (train_steps - 1)) / intervals);
    }
    return times;
  }

  [[nodiscard]] Times of_distillation(Index n) const {
    detail::require_in_range("diffusers::Scheduler", "n", 1, distilled_steps, n);
    const Index stride = train_steps / distilled_steps;
    Times times;
    for (Index k = 0; k < n; ++k) {
      const Index left = distilled_steps - k * distilled_steps / n;
      times.push_back(static_cast<double>(left * stride));
    }
    return times;
  }
};

}  // namespace alphabar::diffusers
