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
  std::string complaint{};                ///< and its description
  std::string complaint_place{};

  [[nodiscard]] std::size_t calls() const { return told.size(); }
  [[nodiscard]] bool complete() const { return complaint.empty(); }
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
      const Answer* const known = answer_at(run, k, told);
      if (known == nullptr) return Eigen::VectorXd::Zero(x.size());
      const Answer& answer = *known;
      run.told.push_back(told);
      run.points.emplace_back(x / answer.input_scale);
      run.draws_before.push_back(drawn);
      return vector([&](Index e) {
        return answer.of_x * run.points.back()(e) + answer.of_d * prediction(k, e);
      });
    };
    Eigen::VectorXd end = Eigen::VectorXd::Zero(dimension_);
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
    try {
      end = sampler_(ask, noise);
    } catch (const std::exception& error) {
      complain(run, Fault::throws, place_after(run), std::string("it throws: ") + error.what());
    } catch (...) {
      complain(run, Fault::throws, place_after(run), "it throws");
    }
#else
    end = sampler_(ask, noise);
#endif
    require_size(run, "the end", "what it returns", end.size());
    run.points.push_back(std::move(end));
    run.draws_before.push_back(drawn);
    return run;
  }

  /// The level and scale of call k of the last run.
  [[nodiscard]] SamplerCall call(std::size_t k) const { return answers_[k].call; }

 private:
  static constexpr std::size_t limit = 1000000;

  /// The network's prediction is of_x · x + of_d · D.
  struct Answer {
    SamplerCall call;
    double input_scale = 1;
    double of_x = 0;
    double of_d = 1;
  };

  [[noreturn]] static void stop(const char* what) {
    ALPHABAR_THROW(std::runtime_error(std::string(what) + " exceeds " + to_text(limit)));
  }

  static void complain(ProbeRun& run, Fault fault, const std::string& place,
                       const std::string& text) {
    if (!run.complete()) return;
    run.fault = fault;
    run.complaint = text;
    run.complaint_place = place;
  }

  /// The place of an exception.
  static std::string place_after(const ProbeRun& run) {
    return run.calls() == 0 ? "before the first call" : "after call " + to_text(run.calls() - 1);
  }

  void require_size(ProbeRun& run, const std::string& place, const char* what, Index size) const {
    if (size == dimension_) return;
    complain(run, Fault::resized, place,
             std::string("the size of ") + what + " must be " + to_text(dimension_) + ", got " +
                 to_text(size));
  }

  template <class Value>
  [[nodiscard]] Eigen::VectorXd vector(const Value& value) const {
    Eigen::VectorXd values(dimension_);
    for (Index e = 0; e < dimension_; ++e) values(e) = value(e);
    return values;
  }

  /// Null for a time outside the network's range.
  const Answer* answer_at(ProbeRun& run, std::size_t k, double told) {
    if (k < answers_.size() && answers_[k].call.model_time == told) return &answers_[k];
    answers_.resize(k + 1);
    Answer& answer = answers_[k];
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
    try {
      answer = {call_of_(k, told)};
    } catch (const std::out_of_range& error) {
      complain(run, Fault::time, place_of_call(k, "told", told),
               std::string("no time of the network: ") + error.what());
      return nullptr;
    }
#else
    answer = {call_of_(k, told)};
#endif
    answer.call.model_time = told;
    answer.input_scale = answer.call.input_scale;
    const PredictionConversion<double> to_d(answer.call.level, network_, kind_,
                                            {answer.input_scale, scales_.data, scales_.prediction});
    // where x alone determines D, the network's prediction does not affect D
    if (to_d.prediction_scale() != 0) {
      answer.of_x = -to_d.xt_scale() / to_d.prediction_scale();
      answer.of_d = 1 / to_d.prediction_scale();
    }
    return &answer;
  }

  const ProbedSampler& sampler_;
  Index dimension_;
  Prediction kind_;
  Prediction network_;
  NetworkScales scales_;  // the input scale is that of the call
  CallOfTime call_of_;
  std::vector<Answer> answers_;
};

}  // namespace alphabar::detail
