// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/grid/detail/time_of_sigma.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/real_list.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/schedule/continuous_process.hpp"
#include "alphabar/schedule/detail/schedule_state.hpp"
#include "alphabar/schedule/detail/schedule_table.hpp"
#include "alphabar/schedule/noise_schedule.hpp"
#include "alphabar/schedule/ve_process.hpp"

namespace alphabar {

/// A time on a path and q(x_t | x_0) there.
struct PathPoint {
  double time = 0;                   ///< t, σ or u
  TransitionKernel<double> level{};  ///< q(x_t | x_0)
};

/// The times of a sampler, from noise to data, and the kernels between them: everything that it
/// uses of a process.
///
/// The run ends at the last time. Grids of this library end before clean data, at the last call of
/// the network; append a 0 to end on clean data, as `to_data` does.
/// Invariant: two or more times, non-increasing, with noise at each but the last. A step between
/// two equal times keeps its level.
class SamplerPath {
 public:
  /// Along a table: whole times from T to 0. Kernels are those of the table in double.
  /// @throws std::invalid_argument for times that increase, fewer than two, or no noise
  /// @throws std::out_of_range for a time outside 0..T
  template <Real Scalar>
  SamplerPath(const NoiseSchedule<Scalar>& schedule, RealList times)
      : SamplerPath(
            std::move(times),
            [&](double s, double t) {
              return detail::exact_table(schedule).transition(static_cast<Index>(s),
                                                              static_cast<Index>(t));
            },
            schedule.steps()) {
    whole_times_ = true;
    process_ = std::make_shared<const NoiseSchedule<Scalar>>(schedule);
    at_time_ = [](const void* known, double t) {
      const auto& table = *static_cast<const NoiseSchedule<Scalar>*>(known);
      require_whole("time", t, table.steps());
      return PathPoint{t, detail::exact_table(table).transition(0, static_cast<Index>(t))};
    };
    at_log_snr_ = [](const void* known, double l) {
      const auto& table = *static_cast<const NoiseSchedule<Scalar>*>(known);
      return PathPoint{table.time_of_log_snr(l), detail::vp_level(l)};
    };
  }

  /// Along a process in continuous time, such as `VpLinear`.
  template <MarkovProcess Process>
  SamplerPath(const Process& process, RealList times)
      : SamplerPath(std::move(times),
                    [&](double s, double t) { return process.transition(s, t); }) {
    process_ = std::make_shared<const Process>(process);
    at_time_ = [](const void* known, double t) {
      return PathPoint{t, static_cast<const Process*>(known)->transition(0, t)};
    };
    if constexpr (ContinuousProcess<Process>) {
      at_log_snr_ = [](const void* known, double l) {
        const auto& of_path = *static_cast<const Process*>(known);
        const double t = of_path.time_of_log_snr(log_snr_with_first_noise(of_path, l));
        return PathPoint{t, of_path.transition(0, t)};
      };
    }
    if constexpr (VariancePreserving<Process> && requires(double t) { process.beta(t); }) {
      beta_ = [](const void* known, double t) {
        return static_cast<const Process*>(known)->beta(t);
      };
    }
  }

  /// Along σ, in the scale of the data: x = x_0 + σ ε (`Edm`).
  [[nodiscard]] static SamplerPath of_sigmas(RealList sigmas) { return {Edm(), std::move(sigmas)}; }
  /// The same for a network that was trained with a table. Its input is x/√(1 + σ²). Its time
  /// argument is t − 1, where t is the time of the table, whole or not, at which σ_t = σ. For a σ
  /// outside the finite levels of the table it is the nearest of them: at zero terminal SNR,
  /// t = T − 1 for every σ > σ_{T−1}.
  template <Real Scalar>
  [[nodiscard]] static SamplerPath of_sigmas(const NoiseSchedule<Scalar>& schedule,
                                             RealList sigmas) {
    SamplerPath path = of_sigmas(std::move(sigmas));
    path.table_ = std::make_shared<const NoiseSchedule<Scalar>>(schedule);
    path.table_time_ = [](const void* table, double sigma) {
      return detail::time_of_sigma(*static_cast<const NoiseSchedule<Scalar>*>(table), sigma);
    };
    return path;
  }

  [[nodiscard]] std::size_t steps() const noexcept { return gaps_.size(); }
  /// t_k, k = 0..steps().
  /// @throws std::out_of_range for another k, like the next two
  [[nodiscard]] double time(std::size_t k) const { return at(times_, "time", k); }
  /// q(x_{t_k} | x_0).
  [[nodiscard]] const TransitionKernel<double>& level(std::size_t k) const {
    return at(levels_, "level", k);
  }
  /// q(x_{t_k} | x_{t_{k+1}}), k = 0..steps() − 1: the kernel that step k reverses.
  [[nodiscard]] const TransitionKernel<double>& gap(std::size_t k) const {
    return at(gaps_, "gap", k);
  }

  /// The call at time k, without its step. Along a table the model time is t − 1, as in Python.
  [[nodiscard]] SamplerCall call(std::size_t k) const { return call({time(k), level(k)}); }
  /// The same at a point between the times.
  [[nodiscard]] SamplerCall call(const PathPoint& point) const {
    if (table_time_ != nullptr) {
      const double sigma = point.level.noise_scale();
      return {.time = point.time,
              .level = point.level,
              .model_time = table_time_(table_.get(), sigma) - 1,
              .input_scale = 1 / std::hypot(1.0, sigma)};
    }
    return {.time = point.time,
            .level = point.level,
            .model_time = point.time - (whole_times_ ? 1 : 0)};
  }
  /// The standard deviation of the starting noise: 1, or the σ of the first time where the signal
  /// is not scaled.
  [[nodiscard]] double start_scale() const noexcept {
    return levels_.front().signal_power() == 1 ? levels_.front().noise_scale() : 1;
  }

  /// Whether times are those of a table, t = 1..T, with the model time t − 1.
  [[nodiscard]] bool whole_times() const noexcept { return whole_times_; }

  /// The point of the process at a log SNR, which need not be that of one of the times. A table is
  /// interpolated as by `NoiseSchedule::log_snr_at`.
  /// @throws std::invalid_argument for a process without log SNR, std::out_of_range as the process
  [[nodiscard]] PathPoint at_log_snr(double log_snr) const {
    require_known(at_log_snr_, "log SNR");
    return at_log_snr_(process_.get(), log_snr);
  }
  /// The point at a time between those of the path: along a table, a whole one.
  /// @throws std::invalid_argument for a fractional time of a table, std::out_of_range for one
  ///     outside of it or of the process
  [[nodiscard]] PathPoint at_time(double time) const {
    require_known(at_time_, "continuous time");
    return at_time_(process_.get(), time);
  }
  /// β(t) of a variance-preserving process.
  /// @throws std::invalid_argument for a process without β(t)
  [[nodiscard]] double beta(double time) const {
    require_known(beta_, "beta(t)");
    return beta_(process_.get(), time);
  }

 private:
  template <class Transition>
  SamplerPath(RealList times, const Transition& transition,
              std::optional<Index> steps_of_table = {})
      : times_(std::move(times).values()) {
    detail::require(times_.size() >= 2, "SamplerPath", "the number of times", "be >= 2",
                    times_.size());
    for (std::size_t k = 0; k < times_.size(); ++k) {
      const auto name = [k] { return detail::element("times", static_cast<Index>(k)); };
      if (k > 0 && !(times_[k] <= times_[k - 1])) {
        detail::refuse("SamplerPath", name(),
                       "be at most the time before, " + detail::to_text(times_[k - 1]), times_[k]);
      }
      if (steps_of_table) require_whole(name(), times_[k], *steps_of_table);
      levels_.push_back(transition(0, times_[k]));
      if (k > 0) gaps_.push_back(transition(times_[k], times_[k - 1]));
      if (k + 1 < times_.size() && !(levels_[k].noise_variance() > 0)) {
        detail::refuse("SamplerPath", "the noise at " + name(), "be > 0",
                       levels_[k].noise_variance());
      }
    }
  }

  /// Levels of a path count from time 0, where a process such as `VeGeometric` has noise σ_0²
  /// already: σ²/α² of the process is (e^−l + σ_0²)/α_0² where a level has the log SNR l.
  template <ContinuousProcess Process>
  static double log_snr_with_first_noise(const Process& process, double l) {
    const double noise = process.noise_scale(0);
    const double signal = process.signal_scale(0);
    if (noise == 0 && signal == 1) return l;
    const double with_noise = 2 * std::log(signal) - std::log(std::exp(-l) + noise * noise);
    return (std::min)(with_noise, process.log_snr(0));
  }

  /// A time of a table of this many steps.
  static void require_whole(std::string_view name, double time, Index steps) {
    detail::require_between("SamplerPath", name, 0, static_cast<double>(steps), time);
    detail::require(std::floor(time) == time, "SamplerPath", name, "be a whole number", time);
  }

  template <class Function>
  static void require_known(const Function& function, std::string_view what) {
    if (function != nullptr) return;
    detail::refuse("SamplerPath", "the process", "have " + std::string(what), "one that has not");
  }

  template <class T>
  static const T& at(const std::vector<T>& values, const std::string& name, std::size_t k) {
    if (k >= values.size()) {
      detail::refuse_out_of_range("SamplerPath::" + name, "k", 0, std::ssize(values) - 1,
                                  static_cast<Index>(k));
    }
    return values[k];
  }

  std::vector<double> times_;
  std::vector<TransitionKernel<double>> levels_;
  std::vector<TransitionKernel<double>> gaps_;
  bool whole_times_ = false;
  std::shared_ptr<const void> process_;  // owns what the functions below use; null where unknown
  PathPoint (*at_log_snr_)(const void*, double) = nullptr;
  PathPoint (*at_time_)(const void*, double) = nullptr;
  double (*beta_)(const void*, double) = nullptr;
  std::shared_ptr<const void> table_;  // of the network, if the path is not along it
  double (*table_time_)(const void*, double) = nullptr;
};

}  // namespace alphabar
