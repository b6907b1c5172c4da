// SPDX-License-Identifier: MIT
#include "alphabar/oracle/examine.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/probed_plan.hpp"

/// Samplers without a claim, correct and wrong.
namespace examine_test {

using namespace alphabar;
using Eigen::VectorXd;

const VectorXd variances{{0.05, 1, 4}};
const Gaussian data(VectorXd{{1, -2, 3}}, DiagonalCovariance(variances));
const auto schedule = linear_schedule();

std::vector<double> even_times(Index n, double first, double last) {
  std::vector<double> times;
  for (Index k = 0; k < n; ++k) {
    times.push_back(first + (last - first) * static_cast<double>(k) / static_cast<double>(n));
  }
  return times;
}

/// plan_of(n) examined as it runs.
template <class PlanOf>
Examination examine_plan(const PlanOf& plan_of, const ExaminedNetwork& network,
                         const ExaminationOptions& options = {}) {
  const auto sampler_of_n = [&](Index n) { return test::probed(plan_of(n)); };
  return examine(sampler_of_n, data, network, options);
}

void check_order(const Examination& found, double order, bool clean = true) {
  INFO(found.text());
  CHECK(found.passed());
  REQUIRE(found.order);
  CHECK_THAT(*found.order, WithinAbs(order, 0.2));
  CHECK((found.end_noise == 0) == clean);
  for (Index i = 0; i < variances.size(); ++i) {
    CHECK_THAT(found.variance_ratio(i), WithinAbs(1, 0.015 + found.variance_uncertainty(i)));
    CHECK_THAT(found.mean_error(i), WithinAbs(0, 0.01));
  }
}

// Would catch a finding for a correct sampler, along all three kinds of paths, and an
// order that is not the published one.
TEST_CASE("examine: samplers of the library have their orders and their limits") {
  const auto of_sigmas = ExaminedNetwork::of_sigmas(Prediction::x0);
  const auto along_sigmas = [&](const auto& sampler) {
    return examine_plan(
        [&](Index n) {
          return plan_of_sigmas(sampler, karras_sigmas(n, 0.005, 80), Prediction::x0);
        },
        of_sigmas);
  };
  check_order(along_sigmas(Euler{}), 1);
  check_order(along_sigmas(Heun{}), 2);
  check_order(along_sigmas(DpmSolverPp2M{}), 2);
  check_order(along_sigmas(Ddim{1}), 1);

  for (const Prediction kind : {Prediction::noise, Prediction::x0, Prediction::velocity}) {
    const auto of_table = ExaminedNetwork::of_table(schedule, kind);
    const auto along_table = [&](const auto& sampler) {
      return examine_plan(
          [&](Index n) { return plan(sampler, schedule, trailing_timesteps(1000, n), kind); },
          of_table);
    };
    check_order(along_table(Ddim{}), 1);
    check_order(along_table(Ddpm{}), 1);
    check_order(along_table(Ddpm{Ddpm::Variance::step}), 1);
    CHECK(along_table(DpmSolverPp2M{}).passed());
    CHECK(along_table(Heun{}).passed());
  }

  const auto straight = ExaminedNetwork::of_process(RectifiedFlow(), Prediction::flow_velocity);
  const auto along_straight = [&](const auto& sampler) {
    return examine_plan(
        [&](Index n) {
          return plan(sampler, RectifiedFlow(), even_times(n, 1, 0), Prediction::flow_velocity);
        },
        straight);
  };
  check_order(along_straight(Euler{}), 1);
  check_order(along_straight(Ddim{1}), 1);
  check_order(along_straight(Ddpm{}), 1);

  const auto of_vp = ExaminedNetwork::of_process(VpLinear(), Prediction::score);
  const auto along_vp = [&](const auto& sampler, double last = 1e-3) {
    return examine_plan(
        [&](Index n) {
          auto times = even_times(n, 1, last);
          times.push_back(last);
          return sampler.plan(SamplerPath(VpLinear(), times));
        },
        of_vp);
  };
  check_order(along_vp(EulerMaruyama{}), 1, false);
  check_order(along_vp(ExponentialIntegrator{}), 1, false);
  check_order(along_vp(FlowHeun{}), 2, false);
  check_order(along_vp(ExponentialIntegrator{}, 0.3), 1, false);  // a signal of 0.64
}

// Would catch a start that is not recognized as noise plus data of variance 1 where the first level
// has signal.
TEST_CASE("examine: a start from noise plus data of variance 1") {
  const auto found = examine_plan(
      [](Index n) {
        auto times = even_times(n, 0.3, 1e-3);
        times.push_back(1e-3);
        SamplerPlan plan = ExponentialIntegrator{}.plan(SamplerPath(VpLinear(), times));
        plan.start_scale = 1;
        return plan;
      },
      ExaminedNetwork::of_process(VpLinear(), Prediction::score));
  INFO(found.text());
  CHECK(found.passed());
}

// Would catch laws that are not those of the plan, an input scale that is left out, times of a
// table that are read one place off, and fractional ones.
TEST_CASE("examine: laws and steps are those of the plan") {
  const auto plan_of = [&](Index n) {
    return plan_of_sigmas(Ddim{0.5}, schedule, karras_sigmas(n, 0.03, 14), Prediction::velocity);
  };
  const auto found =
      examine_plan(plan_of, ExaminedNetwork::of_table(schedule, Prediction::velocity));
  INFO(found.text());
  REQUIRE(found.n == std::vector<Index>{10, 20, 40, 80, 160});
  for (std::size_t i = 0; i < found.n.size(); ++i) {
    const SamplerPlan plan = plan_of(found.n[i]);
    const auto law = sampler_law(plan, data);
    CHECK((found.law[i].mean() - law.mean()).norm() < 1e-4);  // the table is interpolated
    CHECK((found.law[i].covariance().eigenvalues() - law.covariance().eigenvalues()).norm() < 1e-4);
    CHECK(found.steps[i].calls.size() == plan.calls.size());
  }
}

/// The step of k-diffusion's ancestral sampler for x = x_0 + σ ε, on the path (1 − u) x_0 + u ε.
VectorXd exploding_on_straight(Index n, const ProbedNetwork& network, const ProbedNoise& noise) {
  VectorXd x = noise();
  for (Index k = n; k > 0; --k) {
    const double t = static_cast<double>(k) / static_cast<double>(n);
    const double s = static_cast<double>(k - 1) / static_cast<double>(n);
    const VectorXd clean = x - t * network(x, t);
    const double up = std::sqrt(s * s * (t * t - s * s)) / t;
    const double down = std::sqrt(s * s - up * up);
    x = clean + down / t * (x - clean);
    if (s > 0) x += up * noise();
  }
  return x;
}

std::vector<Fault> faults(const Examination& found) {
  std::vector<Fault> list;
  for (const SamplerFinding& finding : found.findings) list.push_back(finding.fault);
  return list;
}

bool has(const Examination& found, Fault fault) {
  const auto list = faults(found);
  return std::find(list.begin(), list.end(), fault) != list.end();
}

// Would catch a limit that is looked for at one n alone: more steps make it worse.
TEST_CASE("examine: a step of the sigma scale on a straight path has another limit") {
  const auto found =
      examine(&exploding_on_straight, data,
              ExaminedNetwork::of_process(RectifiedFlow(), Prediction::flow_velocity));
  INFO(found.text());
  CHECK_FALSE(found.passed());
  CHECK(has(found, Fault::limit));
  CHECK(has(found, Fault::told_level));
  CHECK_THAT(found.variance_ratio(0), WithinAbs(1.43, 0.05));
  CHECK_THAT(found.variance_ratio(1), WithinAbs(3.65, 0.1));
  CHECK(found.distance.back() > found.distance.front());
}

/// Euler's method along σ in which one thing is wrong.
struct Wrong {
  double told = 1;   ///< factor of the σ told
  double clean = 1;  ///< factor of the weight of the prediction
  double start = 1;  ///< factor of the start
  bool extra_call = false;
  bool at_data = false;
  bool halfway = false;  ///< as a midpoint whose prediction is not used
};

Examination examine_wrong(const Wrong& wrong) {
  const auto sampler = [&](Index n, const ProbedNetwork& network,
                           const ProbedNoise& noise) -> VectorXd {
    const auto sigmas = to_data(karras_sigmas(n, 0.005, 80));
    VectorXd x = wrong.start * 80 * noise();
    for (std::size_t k = 0; k + 1 < sigmas.size(); ++k) {
      const VectorXd d = network(x, wrong.told * sigmas[k]);
      const double q = sigmas[k + 1] / sigmas[k];
      const VectorXd next = q * x + wrong.clean * (1 - q) * d;
      if (wrong.halfway && k % 2 == 0)
        (void)network((x + next) / 2, (sigmas[k] + sigmas[k + 1]) / 2);
      x = next;
    }
    if (wrong.at_data) (void)network(x, 0);
    return x;
  };
  return examine(sampler, data, ExaminedNetwork::of_sigmas(Prediction::x0));
}

TEST_CASE("examine: what it finds without a claim") {
  CHECK(examine_wrong({}).passed());
  CHECK(has(examine_wrong({.told = 1.01}), Fault::told_level));
  const auto sums = examine_wrong({.clean = 0.99});
  CHECK(has(sums, Fault::inconsistent));
  CHECK_FALSE(sums.consistent);
  CHECK(has(examine_wrong({.start = 0.9}), Fault::start_level));
  CHECK(has(examine_wrong({.start = 0.99925}), Fault::start_level));  // 1.5e-3 of the variance
  const auto at_data = examine_wrong({.at_data = true});
  REQUIRE(at_data.findings.size() == 1);
  CHECK(
      at_data.findings[0].text() ==
      "n = 160, call 160 (told = 0): the prediction has no effect: the network is called at clean "
      "data");
  const auto halfway = examine_wrong({.halfway = true});
  REQUIRE(has(halfway, Fault::wasted_call));
  CHECK(halfway.findings[0].meaning ==
        "the prediction has no effect, nor have 79 later ones of 240");
}

/// Euler's method along σ: the first σ told, or the last weight of the data, is off by a factor of
/// 1 + 0.05 n^−power.
Examination examine_fading(double power, bool of_told) {
  const auto sampler = [=](Index n, const ProbedNetwork& network,
                           const ProbedNoise& noise) -> VectorXd {
    const double off = 0.05 * std::pow(static_cast<double>(n), -power);
    const auto sigmas = to_data(karras_sigmas(n, 0.005, 80));
    VectorXd x = 80 * noise();
    for (std::size_t k = 0; k + 1 < sigmas.size(); ++k) {
      const double q = sigmas[k + 1] / sigmas[k];
      const bool first = k == 0 && of_told;
      const VectorXd d = network(x, first ? sigmas[k] * (1 + off) : sigmas[k]);
      x = q * x + (k + 2 == sigmas.size() && !of_told ? 1 + off : 1) * (1 - q) * d;
    }
    return x;
  };
  return examine(sampler, data, ExaminedNetwork::of_sigmas(Prediction::x0));
}

// Would catch an error that is compared with that of another number of steps than half as many, and
// one that decreases but is reported, or hardly does and is not: 2^−0.38 is 0.77, 2^−0.46 is 0.73.
TEST_CASE("examine: errors of level and data that remain with more steps") {
  for (const bool of_told : {true, false}) {
    CAPTURE(of_told);
    const Fault fault = of_told ? Fault::told_level : Fault::inconsistent;
    CHECK(has(examine_fading(0.38, of_told), fault));
    CHECK_FALSE(has(examine_fading(0.46, of_told), fault));
  }
}

// Would catch a first or a last call whose prediction has no effect, and a bound on the scale of
// the start that is another, or at the wrong call.
TEST_CASE("examine: a wasted first call, and the scale of the start in words") {
  const auto wasted = [](bool at_start) {
    const auto sampler = [=](Index n, const ProbedNetwork& network,
                             const ProbedNoise& noise) -> VectorXd {
      const auto sigmas = to_data(karras_sigmas(n, 0.005, 80));
      VectorXd x = 80 * noise();
      if (at_start) (void)network(x, 80);
      for (std::size_t k = 0; k + 1 < sigmas.size(); ++k) {
        const double q = sigmas[k + 1] / sigmas[k];
        x = (q * x + (1 - q) * network(x, sigmas[k])).eval();
      }
      if (!at_start) (void)network(x, 0.5);
      return x;
    };
    return detail::text_of(
        examine(sampler, data, ExaminedNetwork::of_sigmas(Prediction::x0)).findings);
  };
  CHECK(wasted(true) == "n = 160, call 0 (told = 80): the prediction has no effect\n");
  CHECK(
      wasted(false).starts_with("n = 160, call 160 (told = 0.5): the prediction has no effect\n"));
  CHECK(examine_wrong({.start = 0.9}).findings.at(0).text() ==
        "n = 160, call 0 (told = 80): the scale of the start must be 80, found 72: by the level "
        "that the network is told");
  const double most = std::sqrt(6401.0) / 80;
  for (const auto& [start, wrong] :
       {std::pair{0.9996, false}, {0.9994, true}, {most * 1.0004, false}, {most * 1.0006, true}}) {
    CAPTURE(start);
    CHECK(has(examine_wrong({.start = start}), Fault::start_level) == wrong);
  }
}

// Would catch a change by rounding that is taken for one with an order, and words for another case.
TEST_CASE("examine: the order in words where there is none, or no error") {
  const auto text = [](const auto& off) {
    const auto sampler = [=](Index n, const ProbedNetwork& network,
                             const ProbedNoise& noise) -> VectorXd {
      const auto sigmas = to_data(karras_sigmas(20, 0.005, 80));
      VectorXd x = 80 * noise();
      for (std::size_t k = 0; k + 1 < sigmas.size(); ++k) {
        const double q = sigmas[k + 1] / sigmas[k];
        x = (q * x + (1 - q) * network(x, sigmas[k])).eval();
      }
      return (1 + off(static_cast<double>(n))) * x;
    };
    const std::string all =
        examine(sampler, data, ExaminedNetwork::of_sigmas(Prediction::x0)).text();
    const std::size_t begin = all.find("order of convergence: ");
    return all.substr(begin, all.find('\n', begin) - begin);
  };
  const std::string constant = "order of convergence: the law does not depend on n";
  CHECK(text([](double) { return 0.0; }) == constant);
  CHECK(text([](double n) { return 4e-8 / n; }) == constant);
  CHECK(text([](double n) { return 4e-4 / n; }) == "order of convergence: 1");
  CHECK(text([](double n) { return std::sin(n) / 1e3; }) ==
        "order of convergence: none: the error does not fall by a constant power of n");
}

// Would catch a sampler that is read in terms of another prediction than the one in which its steps
// are shortest.
TEST_CASE("examine: steps are given in their shortest form") {
  for (const Prediction network : {Prediction::x0, Prediction::noise}) {
    const auto found = examine_plan(
        [&](Index n) {
          SamplerPlan plan =
              DpmSolverPp2M{}.plan(SamplerPath::of_sigmas(to_data(karras_sigmas(n, 0.005, 80))));
          plan.network = network;
          return plan;
        },
        ExaminedNetwork::of_sigmas(network), {.steps = {4, 8}, .most_steps = 8, .few_steps = {}});
    INFO(found.text());
    REQUIRE(found.steps.size() == 2);
    CHECK(found.steps[1].prediction == Prediction::x0);
    for (const SamplerCall& call : found.steps[1].calls) CHECK(call.step.predictions.size() <= 2);
  }
}

// Would catch another default of one of the options.
TEST_CASE("examine, audit, read_sampler: the options that are documented") {
  const ExaminationOptions options;
  CHECK(options.steps == std::vector<Index>{10, 20, 40, 80, 160});
  CHECK(options.most_steps == 320);
  CHECK(options.few_steps == std::vector<Index>{1, 2, 3, 7});
  CHECK(options.tolerance == 1e-9);
  CHECK(options.limit_tolerance == 0.03);
  CHECK(ReadingOptions{}.tolerance == 1e-9);
  CHECK(AuditOptions{}.tolerance == 1e-9);
  CHECK_FALSE(AuditOptions{}.law_only);
}

// Would catch a limit, or an order, of another start than the sampler's without a word of it: W2
// is that of the samples, and does not fall.
TEST_CASE("examine: order and limit from the right start if the start is wrong") {
  const auto wrong = examine_wrong({.start = 9.0 / 80});
  REQUIRE(has(wrong, Fault::start_level));
  CHECK_FALSE(has(wrong, Fault::limit));
  CHECK_THAT(wrong.variance_ratio(2), WithinAbs(1, 0.01));
  CHECK(wrong.law.back().covariance().eigenvalues()(2) < 0.1 * variances(2));
  CHECK(wrong.distance.back() > 1);
  const std::string text = wrong.text();
  CHECK(text.find("\norder of convergence from the right start: ") != std::string::npos);
  CHECK(text.find("\nlimit of many steps from the right start: variance ") != std::string::npos);

  const std::vector<Wrong> others{{}, {.clean = 0.99}, {.start = std::sqrt(6401) / 80}};
  for (const Wrong& other : others) {
    const auto found = examine_wrong(other);
    REQUIRE_FALSE(has(found, Fault::start_level));
    CHECK(found.text().find("from the right start") == std::string::npos);
    CHECK(found.text().find("\nlimit of many steps: variance ") != std::string::npos);
  }
}

// Would catch a line of the text that is missing or has another number.
// Would catch the last of several calls that are equally far off: the first is where to look.
TEST_CASE("examine: of calls at one level that are equally far off the first is named") {
  const auto sampler = [](Index n, const ProbedNetwork& network,
                          const ProbedNoise& noise) -> VectorXd {
    const auto sigmas = to_data(karras_sigmas(n, 0.005, 80));
    VectorXd x = 72 * noise();
    (void)network(x, 80);
    for (std::size_t k = 0; k + 1 < sigmas.size(); ++k) {
      const double q = sigmas[k + 1] / sigmas[k];
      x = (q * x + (1 - q) * network(x, sigmas[k])).eval();
    }
    return x;
  };
  const auto found = examine(sampler, data, ExaminedNetwork::of_sigmas(Prediction::x0));
  CHECK(detail::text_of(found.findings)
            .find("n = 160, call 0 (told = 80): x is 1 x_0 + 72 noise, for data that are one "
                  "point; the network is told 1 and 80\n") != std::string::npos);
}

TEST_CASE("examine: the text of an examination") {
  CHECK(examine_wrong({.clean = 0.99}).text() ==
        "n = 10: 10 calls, W2 to the data 0.616\n"
        "n = 20: 20 calls, W2 to the data 0.447\n"
        "n = 40: 40 calls, W2 to the data 0.391\n"
        "n = 80: 80 calls, W2 to the data 0.375\n"
        "n = 160: 160 calls, W2 to the data 0.37\n"
        "order of convergence: 1.01\n"
        "limit of many steps: variance 0.908, 0.881, 0.869 times the data's, mean off by -0.054, "
        "0.135, -0.222\n"
        "a network that always predicts the same data leads 0.01 away from it at n = 160\n"
        "all calls: with more and more steps the law tends to another than the data's\n"
        "n = 160, call 159 (told = 0.005): x is 0.990001 x_0 + 0.005 noise, for data that are one "
        "point; the network is told 1 and 0.005\n"
        "all calls: the sum of the weights of the data must be 1, found 0.99: a network that "
        "always predicts the same data does not lead there\n"
        "failed\n");
  const auto with_noise = examine_plan(
      [&](Index n) {
        auto times = even_times(n, 1, 1e-3);
        times.push_back(1e-3);
        return EulerMaruyama{}.plan(SamplerPath(VpLinear(), times));
      },
      ExaminedNetwork::of_process(VpLinear(), Prediction::score));
  CHECK(with_noise.text() ==
        "n = 10: 10 calls, W2 to the data 0.339\n"
        "n = 20: 20 calls, W2 to the data 0.11\n"
        "n = 40: 40 calls, W2 to the data 0.0528\n"
        "n = 80: 80 calls, W2 to the data 0.0262\n"
        "n = 160: 160 calls, W2 to the data 0.0129\n"
        "order of convergence: 1\n"
        "limit of many steps: variance 1.001 +- 0.005, 1.000, 1.000 times the data's, mean off by "
        "0.000, 0.000, 0.000\n"
        "a network that always predicts the same data leads 0.000894 away from it at n = 160\n"
        "noise left at the end: 0.0407\n"
        "passed\n");
}

// Would catch a few steps that are not tried: where grids divide by n − 1, and where tables are
// read at −1.
TEST_CASE("examine: few steps, and times that the network does not have") {
  const auto grid = [&](bool whole) {
    return [=](Index n, const ProbedNetwork& network, const ProbedNoise& noise) -> VectorXd {
      VectorXd x = noise();
      for (Index k = 0; k < n; ++k) {
        const double share = static_cast<double>(k) / static_cast<double>(whole ? n : n - 1);
        const double t = std::round(1000 * (1 - share)) - 1;
        x += 0.1 * network(x, t);
        if (!whole) x *= 1 + share / 1e3;
      }
      return x;
    };
  };
  const auto network = ExaminedNetwork::of_table(schedule, Prediction::noise);
  const auto off = examine(grid(false), data, network);
  REQUIRE(off.findings.size() == 1);
  CHECK(off.findings[0].place.starts_with("n = 1, "));
  CHECK(off.n.empty());  // then nothing is known of a limit
  CHECK(off.consistency_error == 0);
  CHECK(off.end_noise == 0);
  const auto below = examine(
      [&](Index n, const ProbedNetwork& asked, const ProbedNoise& noise) -> VectorXd {
        VectorXd x = noise();
        for (Index k = 0; k <= n; ++k) x += 0.1 * asked(x, 999 - 1000.0 * double(k) / double(n));
        return x;
      },
      data, network);
  REQUIRE(below.findings.size() == 1);
  CHECK(below.findings[0].fault == Fault::time);
  CHECK(below.findings[0].text().starts_with(
      "n = 1, call 1 (told = -1): no time of the network: alphabar::ExaminedNetwork: the time told "
      "must be in [0, 999], got -1"));
}

TEST_CASE("examine: in float") {
  const auto sampler = [](Index n, const ProbedNetwork& network,
                          const ProbedNoise& noise) -> VectorXd {
    Eigen::VectorXf x = noise().cast<float>();
    for (Index k = n; k > 0; --k) {
      const float t = static_cast<float>(k) / static_cast<float>(n);
      const float s = static_cast<float>(k - 1) / static_cast<float>(n);
      x += (s - t) * network(x.cast<double>(), t).cast<float>();
    }
    return x.cast<double>();
  };
  const auto found = examine(
      sampler, data, ExaminedNetwork::of_process(RectifiedFlow(), Prediction::flow_velocity),
      {.tolerance = 1e-5});
  check_order(found, 1);
  CHECK(found.consistent);
}

// Would catch a sum of weights that is compared with 1 more strictly than the options say.
TEST_CASE("examine: the weights of the data are 1 to the tolerance") {
  const auto consistent = [](double off, double tolerance) {
    const auto sampler = [=](Index n, const ProbedNetwork& network,
                             const ProbedNoise& noise) -> VectorXd {
      const auto sigmas = to_data(karras_sigmas(n, 0.005, 80));
      VectorXd x = 80 * noise();
      for (std::size_t k = 0; k + 1 < sigmas.size(); ++k) {
        const double q = sigmas[k + 1] / sigmas[k];
        x = (q * x + (1 - q) * network(x, sigmas[k])).eval();
      }
      return (1 + off) * x;
    };
    return examine(sampler, data, ExaminedNetwork::of_sigmas(Prediction::x0),
                   {.tolerance = tolerance})
        .consistent;
  };
  CHECK(consistent(1.9e-4, 1e-5));
  CHECK_FALSE(consistent(2.1e-4, 1e-5));
  CHECK(consistent(0.9e-9, 1e-12));
  CHECK_FALSE(consistent(1.1e-9, 1e-12));
}

TEST_CASE("examine: what is refused") {
  const auto network = ExaminedNetwork::of_sigmas(Prediction::x0);
  const Gaussian flat(VectorXd{{0, 0}}, DiagonalCovariance(VectorXd{{1, 0}}));
  CHECK(test::complaint([&] { (void)examine(&exploding_on_straight, flat, network); }) ==
        "invalid_argument: alphabar::examine: the number of variances of the prior that are 0 must "
        "be 0, got 1");
  const auto along = [&](const std::vector<Index>& steps) {
    return test::complaint(
        [&] { (void)examine(&exploding_on_straight, data, network, {.steps = steps}); });
  };
  const std::string start = "invalid_argument: alphabar::examine: options.steps";
  CHECK(along({}) == start + ".size() must be >= 2, got 0");
  CHECK(along({10}) == start + ".size() must be >= 2, got 1");
  CHECK(along({10, 30}) == start + "[1] must be twice the one before, got 30");
  CHECK(along({1, 2, 4, 4}) == start + "[3] must be twice the one before, got 4");
  CHECK(along({0, 0}) == start + "[1] must be twice the one before, got 0");
  CHECK(along({1, 2}) == "nothing");
  const auto at_few = [&](const std::vector<Index>& few_steps) {
    return test::complaint(
        [&] { (void)examine(&exploding_on_straight, data, network, {.few_steps = few_steps}); });
  };
  CHECK(at_few({1, 0, -5}) ==
        "invalid_argument: alphabar::examine: options.few_steps[1] must be >= 1, got 0");
  CHECK(at_few({-5}) ==
        "invalid_argument: alphabar::examine: options.few_steps[0] must be >= 1, got -5");
  CHECK(at_few({1}) == "nothing");
}

// Would catch an exception of the network's description that is a fault of the sampler, or taken
// for a refusal of few steps.
TEST_CASE("examine: what the level of the network throws is no finding") {
  const ExaminedNetwork network{Prediction::x0, [](double) -> TransitionKernel<double> {
                                  throw std::invalid_argument("no such level");
                                }};
  CHECK(test::complaint([&] { (void)examine(&exploding_on_straight, data, network); }) ==
        "invalid_argument: no such level");
}

VectorXd plain_euler(Index n, const ProbedNetwork& network, const ProbedNoise& noise) {
  return test::probed(plan_of_sigmas(Euler{}, karras_sigmas(n, 0.005, 80), Prediction::x0))(network,
                                                                                            noise);
}

// Would catch a refusal of few steps that is a finding.
TEST_CASE("examine: few steps may be refused by an exception") {
  const auto from_eight = [](Index n, const ProbedNetwork& network, const ProbedNoise& noise) {
    if (n < 8) throw std::runtime_error("too few steps");
    return plain_euler(n, network, noise);
  };
  const auto found = examine(from_eight, data, ExaminedNetwork::of_sigmas(Prediction::x0));
  INFO(found.text());
  CHECK(found.passed());
  CHECK(found.n.front() == 10);
}

}  // namespace examine_test
