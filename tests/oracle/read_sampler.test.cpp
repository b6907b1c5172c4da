// SPDX-License-Identifier: MIT
#include "alphabar/oracle/read_sampler.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "alphabar/core.hpp"
#include "support/bound.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/probed_plan.hpp"

/// Plans that run, read again; and what is no list of linear steps.
namespace read_sampler_test {

using namespace alphabar;
using Eigen::VectorXd;

/// The largest difference of two lists of steps, relative to the largest weight of each step;
/// infinite where another number of them is used.
double difference(const SamplerPlan& a, const SamplerPlan& b) {
  if (a.calls.size() != b.calls.size()) return std::numeric_limits<double>::infinity();
  double largest = std::abs(a.start_scale - b.start_scale) / b.start_scale;
  const auto compare = [&](const std::vector<double>& x, const std::vector<double>& y,
                           double scale) {
    for (std::size_t j = 0; j < std::max(x.size(), y.size()); ++j) {
      const double left = j < x.size() ? x[j] : 0;
      const double right = j < y.size() ? y[j] : 0;
      largest = std::max(largest, std::abs(left - right) / scale);
    }
  };
  for (std::size_t k = 0; k < a.calls.size(); ++k) {
    const LinearStep& x = a.calls[k].step;
    const LinearStep& y = b.calls[k].step;
    double scale = std::abs(y.x);
    for (const double w : y.predictions) scale = std::max(scale, std::abs(w));
    compare({x.x}, {y.x}, scale);
    compare(x.predictions, y.predictions, scale);
    compare(x.draws, y.draws, scale);
    if (x.new_draws != y.new_draws) return std::numeric_limits<double>::infinity();
    if (a.calls[k].model_time != b.calls[k].model_time) return 1;
  }
  compare(a.start.draws, b.start.draws, 1);
  return largest;
}

SamplerReading read(const SamplerPlan& plan, Index dimension = 3) {
  return read_sampler(test::probed(plan), dimension,
                      {plan.prediction, plan.network, {1, plan.data_scale, plan.prediction_scale}},
                      [&](std::size_t k, double) { return plan.calls[k]; });
}

void check(const SamplerPlan& plan) {
  for (const Index dimension : {1, 3, 64}) {
    CAPTURE(dimension);
    const SamplerReading reading = read(plan, dimension);
    INFO(detail::text_of(reading.findings));
    CHECK(reading.linear());
    CHECK(difference(reading.plan, plan) < 1e-11);
    const Index sources = std::ssize(plan.calls) + plan.draws() + 1;
    const Index blocks = (sources + dimension - 1) / dimension;
    const Index checks = std::max<Index>(2, (24 + dimension - 1) / dimension);
    CHECK(reading.runs == blocks + checks + (dimension > 1 ? 5 : 4));
  }
}

// Would catch weights at the wrong call, draws in the wrong order, an input scale that is not taken
// off, and predictions converted at another level.
TEST_CASE("read_sampler: the plans of the library, as they run") {
  const auto schedule = linear_schedule();
  const auto times = trailing_timesteps(1000, 7);
  for (const Prediction kind : {Prediction::noise, Prediction::velocity, Prediction::x0}) {
    check(plan(Ddim{}, schedule, times, kind));
    check(plan(Ddim{0.7}, schedule, times, kind));
    check(plan(Ddpm{}, schedule, times, kind));
    check(plan(Heun{}, schedule, times, kind));
    check(plan(DpmSolverPp2M{}, schedule, times, kind));
    check(plan_of_sigmas(DpmSolverPp2M{}, karras_sigmas(8, 0.02, 80), kind));
    check(plan_of_sigmas(Ddim{1}, schedule, karras_sigmas(8, 0.03, 14), kind));
  }
  check(plan(Ddim{0.5}, RectifiedFlow(), {1.0, 0.7, 0.4, 0.1}, Prediction::flow_velocity));
  check(plan(FlowRungeKutta4{}, VpLinear(), {1.0, 0.7, 0.4, 0.1}, Prediction::score));
  check(plan(EulerMaruyama{}, VpLinear(), {1.0, 0.7, 0.4, 0.1}, Prediction::score));
}

// Would catch a bound on the number of earlier predictions, draws that are only found in their own
// step, and what is drawn before the first call.
TEST_CASE("read_sampler: any plan, with all earlier predictions and draws in every step") {
  const auto schedule = linear_schedule(30, 0.01, 0.5);
  SamplerPlan plan{.prediction = Prediction::x0, .start_scale = 3};
  int number = 0;
  const auto next = [&] { return 1.5 + std::sin(static_cast<double>(++number)); };
  plan.start = {.x = 1, .draws = {next(), next()}, .new_draws = 2};
  for (Index k = 0; k < 9; ++k) {
    SamplerCall call{.time = static_cast<double>(k), .level = schedule.transition(0, 30 - 3 * k)};
    call.step.x = next();
    call.step.new_draws = k % 3;
    for (Index j = 0; j <= k; ++j) call.step.predictions.push_back(next());
    for (Index j = 0; j < 2 + k % 3; ++j) call.step.draws.push_back(next());
    plan.calls.push_back(call);
  }
  check(plan);
  plan.start.draws = {2, 1};  // 1 is a weight like any other
  check(plan);
}

// Would catch a step that uses the point where it does not, as in consistency models.
TEST_CASE("read_sampler: a sampler whose steps do not use the point") {
  const auto schedule = linear_schedule();
  SamplerPlan lcm{.prediction = Prediction::x0, .network = Prediction::noise};
  const auto times = trailing_timesteps(1000, 4);
  for (std::size_t k = 0; k < times.size(); ++k) {
    SamplerCall call{.time = static_cast<double>(times[k]),
                     .level = schedule.transition(0, times[k])};
    const Index s = k + 1 < times.size() ? times[k + 1] : 0;
    const auto level = schedule.transition(0, s);
    call.step = {.x = 0, .predictions = {level.signal_scale()}};
    if (s > 0) call.step.draws = {level.noise_scale()};
    call.step.new_draws = s > 0 ? 1 : 0;
    lcm.calls.push_back(call);
  }
  check(lcm);
}

// Would catch a step with the point where it needs fewer predictions and draws without, and one
// without it where that is no shorter; and a factor of the point from another source than its
// oldest.
TEST_CASE("read_sampler: of all forms of a step the shortest") {
  const auto last_step = [](const VectorXd& factors, bool of_prediction) {
    const ProbedSampler sampler = [=](const ProbedNetwork& network, const ProbedNoise& noise) {
      const VectorXd first = network(noise(), 8);
      const VectorXd drawn = noise();
      const VectorXd x = 2 * drawn + (of_prediction ? 1 : 0) * first;
      const VectorXd second = network(x, 4);
      return (factors(0) * x + factors(1) * first + factors(2) * second + factors(3) * drawn)
          .eval();
    };
    const SamplerReading reading = read_sampler(sampler, 3, {}, [](std::size_t, double told) {
      return SamplerCall{.level = TransitionKernel<double>::from_scales(1, told),
                         .model_time = told};
    });
    INFO(detail::text_of(reading.findings));
    CHECK(reading.linear());
    REQUIRE(reading.plan.calls.size() == 2);
    return reading.plan.calls[1].step;
  };
  using Weights = std::vector<double>;
  const LinearStep with_point = last_step(VectorXd{{0.5, 0, 0.25, 0}}, false);
  CHECK(with_point.x == 0.5);
  CHECK(with_point.predictions == Weights{0.25});
  CHECK(with_point.draws.empty());
  CHECK(with_point.new_draws == 0);
  const LinearStep of_both = last_step(VectorXd{{0.5, 0, 0.25, 0}}, true);
  CHECK(of_both.x == 0.5);
  CHECK(of_both.predictions == Weights{0.25});
  const LinearStep without = last_step(VectorXd{{0, 0.5, 0.25, 0}}, true);
  CHECK(without.x == 0);
  CHECK(without.predictions == Weights{0.25, 0.5});
  CHECK(without.draws.empty());
  const LinearStep of_draw = last_step(VectorXd{{0, 0, 0.25, 3}}, true);
  CHECK(of_draw.x == 0);
  CHECK(of_draw.predictions == Weights{0.25});
  CHECK(of_draw.draws == Weights{3});
}

// Would catch rounding of large numbers that is compared with 1: 1e8 in double.
TEST_CASE("read_sampler: large and small numbers") {
  check(plan_of_sigmas(DpmSolverPp2M{}, {1e8, 1e5, 30.0, 1e-3}, Prediction::x0));
  check(plan_of_sigmas(Ddim{1}, {1e8, 1e5, 30.0, 1e-3}, Prediction::noise));
  check(plan_of_sigmas(Ddim{1}, {1e-2, 1e-5, 1e-7}, Prediction::noise));
}

TEST_CASE("read_sampler: a thousand calls") {
  const auto all = plan(Ddim{1}, linear_schedule(), trailing_timesteps(1000, 1000));
  const SamplerReading reading = read(all, 64);
  CHECK(reading.linear());
  CHECK(difference(reading.plan, all) < 1e-9);
}

/// Euler's method in four steps, in which something can be done to what the network returns, to x,
/// and to what is drawn.
template <class Change>
SamplerReading read_changed(const Change& change, Index dimension = 3, double tolerance = 1e-9) {
  static const std::vector<double> sigmas{8, 4, 2, 1, 0};
  const ProbedSampler sampler = [&](const ProbedNetwork& network, const ProbedNoise& noise) {
    VectorXd x = sigmas[0] * noise();
    for (std::size_t k = 0; k + 1 < sigmas.size(); ++k) {
      VectorXd d = network(x, sigmas[k]);
      x += (sigmas[k + 1] / sigmas[k] - 1) * (x - d);
      change(k, x, d, network, noise);
    }
    return x;
  };
  return read_sampler(sampler, dimension, {.tolerance = tolerance}, [](std::size_t, double told) {
    return SamplerCall{.level = TransitionKernel<double>::from_scales(1, told), .model_time = told};
  });
}

/// The fault, when there is one finding, and the call.
std::string fault_of(const SamplerReading& reading) {
  INFO(detail::text_of(reading.findings));
  REQUIRE(reading.findings.size() == 1);
  return reading.findings[0].text();
}

// Each would catch a reading that throws, does not end, or reports another fault.
TEST_CASE("read_sampler: what is no list of linear steps is named") {
  using Network = ProbedNetwork;
  using Noise = ProbedNoise;
  CHECK(fault_of(read_changed([](std::size_t, VectorXd& x, VectorXd&, const Network&,
                                 const Noise&) { x = x.cwiseMin(1.5).eval(); }))
            .starts_with("call 0 (told = 8): the step is not linear in x, the predictions and the "
                         "draws: off by up to "));
  CHECK(fault_of(read_changed(
                     [](std::size_t k, VectorXd& x, VectorXd&, const Network&, const Noise&) {
                       if (k == 2) x = x.cwiseMin(1.5).eval();
                     },
                     1))
            .ends_with("in 1 of 4 steps"));
  CHECK(fault_of(
            read_changed([](std::size_t k, VectorXd& x, VectorXd&, const Network&, const Noise&) {
              if (k == 1) x(0) = std::numeric_limits<double>::quiet_NaN();
            })) ==
        "call 2 (told = 2): NaN or infinity in x, from predictions and draws that are finite");
  const SamplerReading clipped =
      read_changed([](std::size_t k, VectorXd& x, VectorXd&, const Network&, const Noise&) {
        if (k != 1) x = x.cwiseMax(-2).eval();
      });
  CHECK(fault_of(clipped) ==
        "call 0 (told = 8): the step is not linear in x, the predictions and the draws: off by up "
        "to " +
            detail::six_digits(clipped.findings[0].found) +
            " of its largest term, in 3 of 4 steps");
  CHECK(clipped.findings[0].found > 0.5);
  CHECK(clipped.findings[0].found <= 2);
  const SamplerReading endless =
      read_changed([](std::size_t k, VectorXd& x, VectorXd&, const Network&, const Noise&) {
        if (k == 1) x(0) = std::numeric_limits<double>::infinity();
      });
  CHECK(endless.findings.at(0).found == 0);  // no size
  int runs = 0;
  CHECK(fault_of(
            read_changed([&](std::size_t k, VectorXd& x, VectorXd&, const Network&, const Noise&) {
              if (k == 0) x.array() += std::sin(++runs);
            })) ==
        "call 1 (told = 4): the same predictions and draws give another x in every run: it draws "
        "noise of its own, or keeps something from run to run");
  VectorXd kept = VectorXd::Zero(3);
  CHECK(fault_of(read_changed(
            [&](std::size_t k, VectorXd& x, VectorXd& d, const Network&, const Noise&) {
              if (k == 0) x += 0.1 * kept;
              kept = d;
            })) ==
        "call 1 (told = 4): the first run differs from those after it: something is kept from run "
        "to run");
  CHECK(
      fault_of(
          read_changed([](std::size_t k, VectorXd& x, VectorXd&, const Network&, const Noise&) {
            if (k == 3) x.array() += 0.25;
          })) ==
      "the end: x is not 0 (up to 0.25) where all predictions and draws are 0: numbers of its own "
      "are added");
  CHECK(fault_of(
            read_changed([](std::size_t k, VectorXd& x, VectorXd& d, const Network&, const Noise&) {
              if (k == 1) x += 0.1 * d.reverse();
            })) == "call 2 (told = 2): elements of x depend on other elements");
  CHECK(fault_of(read_changed([](std::size_t k, VectorXd& x, VectorXd&, const Network& network,
                                 const Noise&) {
          if (k == 3 && x(0) > 0) x = network(x, 0.5);
        })).starts_with("call 0 (told = 8): the number of calls depends on the values"));
  CHECK(fault_of(
            read_changed([](std::size_t k, VectorXd& x, VectorXd&, const Network&, const Noise&) {
              if (k == 3) x.conservativeResize(2);
            })) == "the end: the size of what it returns must be 3, got 2");
  CHECK(fault_of(read_changed(
            [](std::size_t k, VectorXd& x, VectorXd&, const Network& network, const Noise&) {
              if (k == 3) (void)network(x.head(1), 0.5);
            })) == "call 4 (told = 0.5): the size of x at the network must be 3, got 1");
  CHECK(
      fault_of(read_changed([](std::size_t k, VectorXd&, VectorXd&, const Network&, const Noise&) {
        if (k == 2) throw std::runtime_error("no memory");
      })) == "after call 2: it throws: no memory");
  CHECK(
      fault_of(read_changed([](std::size_t k, VectorXd&, VectorXd&, const Network&, const Noise&) {
        if (k == 2) throw 7;
      })) == "after call 2: it throws");
}

TEST_CASE("read_sampler: no network, no end, and the start used again") {
  const auto call_of = [](std::size_t, double told) {
    return SamplerCall{.level = TransitionKernel<double>::from_scales(1, told), .model_time = told};
  };
  const auto one = [&](const ProbedSampler& sampler) {
    return fault_of(read_sampler(sampler, 2, {}, call_of));
  };
  CHECK(one([](const ProbedNetwork&, const ProbedNoise& noise) { return noise(); }) ==
        "the end: the network is never called");
  CHECK(one([](const ProbedNetwork& network, const ProbedNoise& noise) {
          const VectorXd x = noise();
          (void)network(x, 1);
          return x;
        }) == "all calls: no prediction is used");
  CHECK(one([](const ProbedNetwork& network, const ProbedNoise& noise) {
          const VectorXd z = noise();
          const VectorXd x = network(2 * z, 2);
          return (network(x, 1) / 2 + 3 * z).eval();
        }) == "call 1 (told = 1): the normal of the start is used again, with weight 3");
  CHECK(one([](const ProbedNetwork& network, const ProbedNoise& noise) {
          VectorXd x = noise();
          while (x.norm() >= 0) x = network(x, 1);
          return x;
        }).ends_with("it throws: the number of calls of a run exceeds 1000000"));
}

// Would catch an exception of the network's description that is reported as a fault of the sampler.
TEST_CASE("read_sampler: what the description of the network throws is no fault of the sampler") {
  const ProbedSampler euler = [](const ProbedNetwork& network, const ProbedNoise& noise) {
    const VectorXd x = noise();
    return (x + network(x, 1)).eval();
  };
  const ProbedSampler swallowing = [](const ProbedNetwork& network, const ProbedNoise& noise) {
    VectorXd x = noise();
    try {
      x += network(x, 1);
    } catch (...) {
      x.setZero();
    }
    return x;
  };
  for (const ProbedSampler& sampler : {euler, swallowing}) {
    const auto reading = [&](const TransitionKernel<double>& level) {
      return read_sampler(sampler, 2, {.prediction = Prediction::x0, .network = Prediction::noise},
                          [&](std::size_t, double) { return SamplerCall{.level = level}; });
    };
    CHECK(test::complaint([&] {
            (void)reading({0, 1});
          }) ==
          "invalid_argument: alphabar::PredictionConversion: signal_scale must be > 0 to turn "
          "noise into "
          "x0, got 0");
    CHECK(test::complaint([&] {
            (void)read_sampler(sampler, 2, {}, [](std::size_t, double) -> SamplerCall {
              throw std::invalid_argument("no such level");
            });
          }) == "invalid_argument: no such level");
    CHECK(fault_of(read_sampler(sampler, 2, {}, [](std::size_t, double) -> SamplerCall {
            throw std::out_of_range("not now");
          })) == "call 0 (told = 1): no time of the network: not now");
  }
}

// Would catch a time that differs from itself, and is taken for one that depends on the values.
TEST_CASE("read_sampler: a time that is not finite is named") {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double time : {std::numeric_limits<double>::quiet_NaN(), infinity, -infinity}) {
    const ProbedSampler sampler = [=](const ProbedNetwork& network, const ProbedNoise& noise) {
      VectorXd x = noise();
      for (const double told : {2.0, time, 1.0}) x += network(x, told);
      return x;
    };
    const SamplerReading reading = read_sampler(sampler, 2, {}, [](std::size_t, double) {
      return SamplerCall{.level = {1, 1}};
    });
    CHECK(fault_of(reading) == "call 1 (told = " + detail::six_digits(time) +
                                   "): the network is told a time that is not finite");
    CHECK(reading.findings[0].fault == Fault::not_finite);
  }
}

/// What is found if one run, counted from 1, is changed at its end.
template <class Change>
std::string fault_of_run(Index number, const Change& change) {
  Index run = 0;
  const SamplerReading reading =
      read_changed([&](std::size_t k, VectorXd& x, VectorXd&, const ProbedNetwork& network,
                       const ProbedNoise& noise) {
        if (k == 3 && ++run == number) change(x, network, noise);
      });
  INFO(detail::text_of(reading.findings));
  CHECK(reading.findings.size() == 1);
  return reading.findings.empty() ? "" : reading.findings[0].text();
}

// Would catch a run that is not looked at, whichever it is, and a run that is compared with another
// only if it is the first, or with numbers that are none.
TEST_CASE("read_sampler: every run must be finite, and take the same course") {
  const Index runs = read_changed([](std::size_t, const auto&...) {}).runs;
  CHECK(runs == 3 + 1 + 2 + 1 + 8);  // alike, silent, 5 sources in 3 elements, mixing, arbitrary
  for (Index number = 1; number <= runs; ++number) {
    CAPTURE(number);
    CHECK(fault_of_run(number, [](VectorXd& x, const auto&...) {
            x(1) = std::numeric_limits<double>::infinity();
          }) == "the end: NaN or infinity in x, from predictions and draws that are finite");
    CHECK(fault_of_run(number,
                       [](VectorXd&, const auto&, const ProbedNoise& noise) { (void)noise(); }) ==
          "call 0 (told = 8): the number of draws depends on the values of predictions and "
          "draws");
    const std::string calls = fault_of_run(number, [](VectorXd& x, const ProbedNetwork& network,
                                                      const auto&) { (void)network(x, 0.5); });
    if (number == 1) {
      CHECK(calls ==
            "call 0 (told = 8): the first run differs from those after it: something is "
            "kept from run to run");
    } else if (number <= 3) {
      CHECK(calls.starts_with("call 0 (told = 8): the same predictions and draws give another x"));
    } else {
      CHECK(calls ==
            "call 0 (told = 8): the number of calls depends on the values of predictions "
            "and draws: 4 and 5");
    }
  }
}

// Would catch a course that is compared for calls alone, or only where something is not 0; and a
// limit on calls but none on draws.
TEST_CASE("read_sampler: a course that depends on the values, and no end of draws") {
  const auto if_silent = [](auto change) {
    return fault_of(read_changed([=](std::size_t k, VectorXd& x, VectorXd&,
                                     const ProbedNetwork& network, const ProbedNoise&) {
      if (k == 3 && x.isZero(0)) change(x, network);
    }));
  };
  CHECK(if_silent([](VectorXd& x, const ProbedNetwork& network) { (void)network(x, 0.5); }) ==
        "call 0 (told = 8): the number of calls depends on the values of predictions and draws: 4 "
        "and 5");
  CHECK(if_silent([](VectorXd& x, const ProbedNetwork&) { x(0) = -1.0 / 0.0; }) ==
        "the end: NaN or infinity in x, from predictions and draws that are finite");
  const auto call_of = [](std::size_t, double told) {
    return SamplerCall{.level = TransitionKernel<double>::from_scales(1, told), .model_time = told};
  };
  const auto of = [&](const ProbedSampler& sampler) {
    return fault_of(read_sampler(sampler, 2, {}, call_of));
  };
  CHECK(of([](const ProbedNetwork& network, const ProbedNoise& noise) {
          const VectorXd x = noise();
          return network(x, x(0) > 0 ? 2 : 3);
        }).ends_with("): the times depend on the values of predictions and draws"));
  CHECK(of([](const ProbedNetwork& network, const ProbedNoise& noise) {
          VectorXd x = network(noise(), 2);
          if (x(0) > 0) x += noise();
          return x;
        }) ==
        "call 0 (told = 2): the number of draws depends on the values of predictions and "
        "draws");
  CHECK(of([](const ProbedNetwork&, const ProbedNoise& noise) {
          VectorXd x = noise();
          while (x.norm() >= 0) x = noise();
          return x;
        }) == "before the first call: it throws: the number of draws of a run exceeds 1000000");
}

// Would catch predictions and draws, or two runs, with the same normals: a step that is not linear
// in them may vanish where they agree.
TEST_CASE("read_sampler: the numbers of arbitrary runs are independent") {
  for (const std::uint64_t number : {0U, 1U, 7U}) {
    const detail::ArbitraryInput input(3, number, 10);
    const NoiseStream<double> predictions(2 + number, 0);
    const NoiseStream<double> draws(2 + number, 1);
    for (const std::size_t k : {0U, 1U, 5U}) {
      for (const Index e : {0, 1, 2}) {
        const std::uint64_t at = 3 * k + static_cast<std::uint64_t>(e);
        CHECK(input.predictions(k, e) == 10 * predictions(at));
        CHECK(input.draws(k, e) == 10 * draws(at));
      }
    }
  }
}

TEST_CASE("read_sampler: what is refused") {
  const SamplerPlan any = plan(Ddim{}, linear_schedule(), {1000, 500});
  CHECK(test::complaint([&] { (void)read(any, 0); }) ==
        "invalid_argument: alphabar::read_sampler: dimension must be >= 1, got 0");
  const auto with = [&](double tolerance) {
    return read_sampler(test::probed(any), 1, {any.prediction, any.network, {}, tolerance},
                        [&](std::size_t k, double) { return any.calls[k]; });
  };
  test::check_bound(with, std::numeric_limits<double>::denorm_min(), 0);
  test::check_bound(with, std::nextafter(0.1, 0), 0.1);
  for (const double tolerance : {0.0, 0.1, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK(test::complaint([&] { (void)with(tolerance); }) ==
          "invalid_argument: alphabar::read_sampler: options.tolerance must be in (0, 0.1), got " +
              detail::to_text(tolerance));
  }
}

}  // namespace read_sampler_test
