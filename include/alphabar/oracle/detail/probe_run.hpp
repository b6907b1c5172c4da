// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <exception>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/oracle/sampler_finding.hpp"
#include "alphabar/oracle/sampler_probe.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/linear_step.hpp"

/// One run of a sampler under test with chosen predictions and draws, and a record of it.
namespace alphabar::detail {

/// The element e of prediction or draw number k.
using ProbeValue = std::function<double(std::size_t k, Index e)>;

struct ProbeRun {
  std::vector<double> told;               ///< the times
  std::vector<Eigen::VectorXd> points;    ///< x at each call, without the input scale; then the end
  std::vector<std::size_t> draws_before;  ///< the number of draws before each point
  Fault fault = Fault::throws;            ///< the fault that ended the run, if any
  std::string fault_text{};               ///< and its description
  std::string fault_place{};

  [[nodiscard]] std::size_t calls() const { return told.size(); }
  [[nodiscard]] bool complete() const { return fault_text.empty(); }
  [[nodiscard]] std::size_t draws() const { return draws_before.back(); }
};

/// Runs a sampler such that D, the prediction of a chosen kind, has chosen values: the network
/// returns the prediction of its own kind that corresponds to D at the level of the call.
class Probe {
 public:
  Probe(const ProbedSampler& sampler, Index dimension, Prediction kind, Prediction network,
        const NetworkScales& scales, CallOfTime call_of)
      : sampler_(sampler),
        dimension_(dimension),
        kind_(kind),
        network_(network),
        scales_(scales),
        call_of_(std::move(call_of)) {}

  [[nodiscard]] ProbeRun run(const ProbeValue& prediction, const ProbeValue& draw) {
    ProbeRun run;
    std::size_t drawn = 0;
    const auto noise = [&]() -> Eigen::VectorXd {
      if (drawn >= limit) stop("the number of draws of a run");
      const std::size_t m = drawn++;
      return vector([&](Index e) { return draw(m, e); });
    };
    const auto ask = [&](const Eigen::VectorXd& x, double told) -> Eigen::VectorXd {
      const std::size_t k = run.calls();
      if (k >= limit) stop("the number of calls of a run");
      require_size(run, place_of_call(k, "told", told), "x at the network", x.size());
      if (!run.complete()) return Eigen::VectorXd::Zero(x.size());
      const KnownCall* const found = known_call(run, k, told);
      if (found == nullptr) return Eigen::VectorXd::Zero(x.size());
      const KnownCall& known = *found;
      run.told.push_back(told);
      run.points.emplace_back(x / known.input_scale);
      run.draws_before.push_back(drawn);
      return vector([&](Index e) {
        return known.of_x * run.points.back()(e) + known.of_d * prediction(k, e);
      });
    };
    Eigen::VectorXd end = Eigen::VectorXd::Zero(dimension_);
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
    try {
      end = sampler_(ask, noise);
    } catch (const std::exception& error) {
      record(run, Fault::throws, place_after(run), std::string("it throws: ") + error.what());
    } catch (...) {
      record(run, Fault::throws, place_after(run), "it throws");
    }
    if (of_network_) std::rethrow_exception(std::exchange(of_network_, nullptr));
#else
    end = sampler_(ask, noise);
#endif
    require_size(run, "the end", "what it returns", end.size());
    run.points.push_back(std::move(end));
    run.draws_before.push_back(drawn);
    return run;
  }

  /// The level and scale of call k of the last run.
  [[nodiscard]] SamplerCall call(std::size_t k) const { return known_calls_[k].call; }

 private:
  static constexpr std::size_t limit = 1000000;

  /// The network's prediction is of_x · x + of_d · D.
  struct KnownCall {
    SamplerCall call;
    double input_scale = 1;
    double of_x = 0;
    double of_d = 1;
  };

  [[noreturn]] static void stop(const char* what) {
    ALPHABAR_THROW(std::runtime_error(std::string(what) + " exceeds " + to_text(limit)));
  }

  static void record(ProbeRun& run, Fault fault, const std::string& place,
                     const std::string& text) {
    if (!run.complete()) return;
    run.fault = fault;
    run.fault_text = text;
    run.fault_place = place;
  }

  /// The place of an exception.
  static std::string place_after(const ProbeRun& run) {
    return run.calls() == 0 ? "before the first call" : "after call " + to_text(run.calls() - 1);
  }

  void require_size(ProbeRun& run, const std::string& place, const char* what, Index size) const {
    if (size == dimension_) return;
    record(run, Fault::resized, place,
           std::string("the size of ") + what + " must be " + to_text(dimension_) + ", got " +
               to_text(size));
  }

  template <class Value>
  [[nodiscard]] Eigen::VectorXd vector(const Value& value) const {
    Eigen::VectorXd values(dimension_);
    for (Index e = 0; e < dimension_; ++e) values(e) = value(e);
    return values;
  }

  /// Null for a time outside the network's range. Any other exception is rethrown after the run.
  const KnownCall* known_call([[maybe_unused]] ProbeRun& run, std::size_t k, double told) {
    if (k < known_calls_.size() && known_calls_[k].call.model_time == told) return &known_calls_[k];
    known_calls_.resize(k + 1);
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
    try {
      known_calls_[k] = described_call(k, told);
    } catch (const std::out_of_range& error) {
      record(run, Fault::time, place_of_call(k, "told", told),
             std::string("no time of the network: ") + error.what());
      return nullptr;
    } catch (...) {
      of_network_ = std::current_exception();
      throw;
    }
#else
    known_calls_[k] = described_call(k, told);
#endif
    return &known_calls_[k];
  }

  [[nodiscard]] KnownCall described_call(std::size_t k, double told) const {
    KnownCall known{call_of_(k, told)};
    known.call.model_time = told;
    known.input_scale = known.call.input_scale;
    const PredictionConversion<double> to_d(known.call.level, network_, kind_,
                                            {known.input_scale, scales_.data, scales_.prediction});
    // where x alone determines D, the network's prediction does not affect D
    if (to_d.prediction_scale() != 0) {
      known.of_x = -to_d.xt_scale() / to_d.prediction_scale();
      known.of_d = 1 / to_d.prediction_scale();
    }
    return known;
  }

  const ProbedSampler& sampler_;
  Index dimension_;
  Prediction kind_;
  Prediction network_;
  NetworkScales scales_;  // the input scale is that of the call
  CallOfTime call_of_;
  std::vector<KnownCall> known_calls_;
  std::exception_ptr of_network_;  // what its description threw in this run
};

}  // namespace alphabar::detail
