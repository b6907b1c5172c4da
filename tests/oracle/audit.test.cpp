// SPDX-License-Identifier: MIT
#include "alphabar/oracle/audit.hpp"

#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/probed_plan.hpp"

/// Hand-written samplers, correct and wrong, audited.
namespace audit_test {

using namespace alphabar;
using Eigen::VectorXd;
using test::complaint;

/// Eigenvalues far from 1, one that is 0, a mean that is not.
const Gaussian prior(VectorXd{{1, -2, 3, 0.5}}, DiagonalCovariance(VectorXd{{4, 0, 0.05, 20}}));
const auto schedule = linear_schedule();

/// The mistakes of the loop below.
struct Mistakes {
  bool stride = false;       ///< the time to step to is t − T/n
  bool variance = false;     ///< noise scaled by the variance
  Index repeated = -1;       ///< this step is done twice
  bool stop_early = false;   ///< the last step is left out
  double of_clean = 1;       ///< −1: x_0 has the wrong sign
  double of_noise = 1;       ///< −1: ε has it
  Index this_off = 0;        ///< ᾱ_t is read so much later in the table
  Index next_off = 0;        ///< and so is ᾱ_s
  Index told_off = 0;        ///< added to the network's time argument
  bool stays_noisy = false;  ///< √(1 − ᾱ_t) leads to s
  bool cleans_less = false;  ///< √(1 − ᾱ_s) is taken off x
  double at_most = 1e300;    ///< x_0 is clipped here
};

/// DDIM on ε, as one writes it from the paper.
VectorXd ddim(const ProbedNetwork& network, const ProbedNoise& noise,
              const std::vector<Index>& times, double eta, const Mistakes& mistakes = {}) {
  VectorXd x = noise();
  const auto count = static_cast<Index>(times.size());
  for (Index k = 0; k < count - (mistakes.stop_early ? 1 : 0); ++k) {
    const Index t = times[static_cast<std::size_t>(k)];
    Index s = k + 1 < count ? times[static_cast<std::size_t>(k + 1)] : 0;
    if (mistakes.stride) s = std::max<Index>(0, t - schedule.steps() / count);
    const double a_t = schedule.alpha_bar(std::max<Index>(0, t + mistakes.this_off));
    const double a_s = schedule.alpha_bar(std::max<Index>(0, s + mistakes.next_off));
    for (int turn = 0; turn < (k == mistakes.repeated ? 2 : 1); ++turn) {
      const VectorXd epsilon = network(x, static_cast<double>(t - 1 + mistakes.told_off));
      const double taken_off = mistakes.cleans_less ? 1 - a_s : 1 - a_t;
      const VectorXd clean =
          ((x - std::sqrt(taken_off) * epsilon) / std::sqrt(a_t)).cwiseMin(mistakes.at_most);
      const double variance =
          eta > 0 && a_t < a_s ? eta * eta * (1 - a_s) / (1 - a_t) * (1 - a_t / a_s) : 0;
      const double left = mistakes.stays_noisy ? 1 - a_t : 1 - a_s;
      x = mistakes.of_clean * std::sqrt(a_s) * clean +
          mistakes.of_noise * std::sqrt(left - variance) * epsilon;
      if (variance > 0) x += (mistakes.variance ? variance : std::sqrt(variance)) * noise();
    }
  }
  return x;
}

/// Euler in σ on x_0, with the slope at σ_t or, by mistake, at σ_s.
VectorXd euler(const ProbedNetwork& network, const ProbedNoise& noise,
               const std::vector<double>& sigmas, bool slope_at_next = false) {
  VectorXd x = sigmas.front() * noise();
  for (std::size_t k = 0; k + 1 < sigmas.size(); ++k) {
    const VectorXd clean = network(x, sigmas[k]);
    const double slope_sigma = slope_at_next && sigmas[k + 1] > 0 ? sigmas[k + 1] : sigmas[k];
    x += (sigmas[k + 1] - sigmas[k]) / slope_sigma * (x - clean);
  }
  return x;
}

SamplerPlan ddim_claim(const std::vector<Index>& times, double eta) {
  return plan(Ddim{eta}, schedule, times, Prediction::noise);
}

AuditReport audit_ddim(const std::vector<Index>& times, double eta, const Mistakes& mistakes = {}) {
  return audit([&](const auto& network,
                   const auto& noise) { return ddim(network, noise, times, eta, mistakes); },
               prior, ddim_claim(times, eta));
}

const auto linspace = linspace_timesteps(1000, 10);
const std::vector<double> levels = to_data(karras_sigmas(8, 0.02, 80));

// Would catch a finding for a correct sampler.
TEST_CASE("audit: samplers that are right pass, at a distance below 1e-12") {
  const auto check = [](const AuditReport& report) {
    INFO(report.text());
    CHECK(report.passed());
    CHECK(report.distance < 1e-12);
  };
  check(audit_ddim(linspace, 0));
  check(audit_ddim(linspace, 1));
  check(audit_ddim(trailing_timesteps(1000, 50), 0.5));
  check(audit([](const auto& network, const auto& noise) { return euler(network, noise, levels); },
              prior, plan_of_sigmas(Euler{}, levels, Prediction::x0)));

  // DPM-Solver++(2M) as k-diffusion has it, and the library's own runs of those that look back
  check(audit(
      [](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = levels.front() * noise();
        VectorXd before;
        for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
          const VectorXd clean = network(x, levels[k]);
          const double h = std::log(levels[k] / levels[k + 1]);
          VectorXd ahead = clean;
          if (k > 0 && levels[k + 1] > 0) {
            const double r = std::log(levels[k - 1] / levels[k]) / h;
            ahead = (1 + 1 / (2 * r)) * clean - 1 / (2 * r) * before;
          }
          x = levels[k + 1] / levels[k] * x - std::expm1(-h) * ahead;
          before = clean;
        }
        return x;
      },
      prior, plan_of_sigmas(DpmSolverPp2M{}, levels, Prediction::x0)));
}

// Would catch an `Euler` that is not, along a rectified flow, the sampler of Stable Diffusion 3 and
// FLUX, as docs/exact_tests.md has it: x + (σ_s − σ_t) u, from noise alone.
TEST_CASE("audit: Euler along a rectified flow is Euler's method for the flow") {
  const RectifiedFlow flow(3);
  const std::vector<double> times{1, 0.75, 0.5, 0.25, 0};
  const auto report = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = noise();
        for (std::size_t k = 0; k + 1 < times.size(); ++k) {
          const double step = flow.noise_scale(times[k + 1]) - flow.noise_scale(times[k]);
          x += step * network(x, times[k]);
        }
        return x;
      },
      prior, plan(Euler{}, flow, times, Prediction::flow_velocity));
  INFO(report.text());
  CHECK(report.passed());
  CHECK(report.distance < 1e-12);
}

// Would catch a tolerance that does not reach all that is compared, the times among it.
TEST_CASE("audit: a sampler in float passes with a tolerance of float") {
  const SamplerPlan claim = plan_of_sigmas(Euler{}, levels, Prediction::x0);
  const ProbedSampler in_float = [](const ProbedNetwork& network, const ProbedNoise& noise) {
    Eigen::VectorXf x = (levels.front() * noise()).cast<float>();
    for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
      const auto sigma = static_cast<float>(levels[k]);
      const Eigen::VectorXf clean = network(x.cast<double>(), double{sigma}).cast<float>();
      x += static_cast<float>((levels[k + 1] - levels[k]) / levels[k]) * (x - clean);
    }
    return x.cast<double>().eval();
  };
  CHECK_FALSE(audit(in_float, prior, claim).passed());
  const AuditReport report = audit(in_float, prior, claim, {.tolerance = 1e-5});
  INFO(report.text());
  CHECK(report.passed());
  CHECK(report.distance < 1e-4);
}

/// Every finding is this fault, and there is one.
void check_fault(const AuditReport& report, Fault fault, const std::string& coefficient = "") {
  INFO(report.text());
  REQUIRE_FALSE(report.findings.empty());
  for (const SamplerFinding& finding : report.findings) {
    CHECK(finding.fault == fault);
    if (!coefficient.empty()) CHECK(finding.coefficient == coefficient);
  }
  CHECK(report.distance > 1e-3);
}

// The five most frequent mistakes. Would catch a finding without the fault or its place.
TEST_CASE("audit: names what is wrong") {
  const AuditReport stride = audit_ddim(linspace, 0, {.stride = true});
  check_fault(stride, Fault::target, "the weight of the predicted noise");
  CHECK(stride.findings.front().call == 0);
  CHECK(stride.findings.front().place == "call 0 (t = 1000)");
  CHECK(stride.findings.front().meaning ==
        "a step to sigma = " + detail::six_digits(schedule.sigma(900)) + " instead of " +
            detail::six_digits(schedule.sigma(linspace[1])));

  const AuditReport root = audit_ddim(linspace, 1, {.variance = true});
  check_fault(root, Fault::noise_root, "the weight of the draws");
  CHECK(root.findings.size() == 9);  // all but the last, which draws nothing
  CHECK_THAT(root.findings[3].found,
             WithinRel(root.findings[3].claimed * root.findings[3].claimed, 1e-10));

  const auto slope = audit(
      [](const auto& network, const auto& noise) { return euler(network, noise, levels, true); },
      prior, plan_of_sigmas(Euler{}, levels, Prediction::x0));
  check_fault(slope, Fault::exchanged_level);
  CHECK(slope.findings.size() == 7);
  CHECK(slope.findings.front().meaning ==
        "sigma of the next time stands where that of this time belongs");

  const AuditReport twice = audit_ddim(linspace, 0, {.repeated = 4});
  check_fault(twice, Fault::repeated_call, "the number of calls");
  CHECK(twice.findings.size() == 1);
  CHECK(twice.findings.front().call == 4);

  // a call too many that is no repetition, and two of them
  for (const int calls : {1, 2}) {
    const AuditReport more = audit(
        [&](const ProbedNetwork& network, const ProbedNoise& noise) {
          const VectorXd x = ddim(network, noise, linspace, 0);
          for (int k = 0; k < calls; ++k) (void)network(x, 0.5);
          return x;
        },
        prior, ddim_claim(linspace, 0));
    REQUIRE(more.findings.size() == 1);
    CHECK(more.findings.front().fault == Fault::calls);
    CHECK(more.findings.front().meaning == std::to_string(calls) + " too many");
  }

  const AuditReport early = audit_ddim(linspace, 0, {.stop_early = true});
  check_fault(early, Fault::skipped_call, "the number of calls");
  CHECK(early.findings.size() == 1);
  CHECK(early.findings.front().call == 9);
  CHECK(early.findings.front().text() ==
        "call 9 (t = 1): the number of calls must be 10, found 9: the call is missing");
}

/// Standard deviation at the end, in multiples of the data's.
std::vector<double> shares(const AuditReport::Law& law, const VectorXd& lambda) {
  const VectorXd share = (law.covariance().eigenvalues().cwiseQuotient(lambda)).cwiseSqrt();
  return {share.begin(), share.end()};
}

// The example of docs/exact_tests.md: a stride in place of the next time looks better than the
// right sampler on two of three modes, so inspection of the result does not show it; the law does.
TEST_CASE("audit: the mistake that looks like an improvement") {
  const VectorXd lambda{{0.05, 1, 20}};
  const Gaussian data(VectorXd::Zero(3), DiagonalCovariance(lambda));
  const auto report =
      audit([](const auto& network,
               const auto& noise) { return ddim(network, noise, linspace, 0, {.stride = true}); },
            data, ddim_claim(linspace, 0));
  const auto right = shares(report.claimed, lambda);
  const auto wrong = shares(*report.made, lambda);
  const double expected[3][2] = {{0.520, 0.760}, {0.815, 0.850}, {0.844, 0.752}};
  for (std::size_t i = 0; i < 3; ++i) {  // the numbers are those of a start from the marginal
    const double start = std::sqrt(schedule.alpha_bar(1000) * lambda[static_cast<Index>(i)] +
                                   schedule.one_minus_alpha_bar(1000));
    CHECK_THAT(right[i] * start, WithinAbs(expected[i][0], 5e-4));
    CHECK_THAT(wrong[i] * start, WithinAbs(expected[i][1], 5e-4));
  }
  CHECK(wrong[0] > right[0]);
  CHECK(wrong[1] > right[1]);
  CHECK(report.distance > 1e10 * audit_ddim(linspace, 0).distance);
  CHECK_FALSE(report.passed());
}

// Would catch faults that are found only together with others: each small one alone.
TEST_CASE("audit: starts, times, missing noise, and functions that are no samplers") {
  const auto claim = ddim_claim(linspace, 1);
  const auto first = [&](const auto& sampler) {
    const AuditReport report = audit(sampler, prior, claim);
    REQUIRE_FALSE(report.passed());
    return report.findings.front();
  };
  const SamplerFinding doubled = first([](const ProbedNetwork& network, const ProbedNoise& noise) {
    return ddim(
        network, [&] { return (2 * noise()).eval(); }, linspace, 1);
  });
  CHECK(doubled.fault == Fault::start);
  CHECK(doubled.text() == "call 0 (t = 1000): the scale of the start must be 1, found 2");
  CHECK(first([](const ProbedNetwork& network, const ProbedNoise& noise) {
          return ddim([&](const VectorXd& x, double t) { return network(x, t - 1); }, noise,
                      linspace, 1);
        }).fault == Fault::time);
  const auto forgotten = first([](const ProbedNetwork& network, const ProbedNoise& noise) {
    bool started = false;
    return ddim(
        network,
        [&] {
          const VectorXd z = noise();
          return std::exchange(started, true) ? VectorXd(0 * z) : z;
        },
        linspace, 1);
  });
  CHECK(forgotten.coefficient == "the weight of the draws");
  CHECK(forgotten.meaning == "nothing is drawn");
  const auto scaled = first([](const ProbedNetwork& network, const ProbedNoise& noise) {
    return ddim([&](const VectorXd& x, double t) { return (1.001 * network(x, t)).eval(); }, noise,
                linspace, 1, {.variance = true});
  });
  CHECK(scaled.coefficient == "the weight of the draws");
  CHECK(scaled.fault != Fault::noise_root);  // that alone would not explain the step
  CHECK(first([](const ProbedNetwork& network, const ProbedNoise& noise) {
          return ddim([&](const VectorXd& x, double t) { return network(x, t).reverse().eval(); },
                      noise, linspace, 1);
        }).fault == Fault::mixed_elements);
  CHECK(first([](const ProbedNetwork& network, const ProbedNoise& noise) {
          return ddim(network, noise, trailing_timesteps(1000, 4), 1);
        }).fault == Fault::calls);
  CHECK(complaint([] {
          (void)audit([](const auto&, const auto& noise) { return noise(); }, prior, SamplerPlan{});
        }) == "invalid_argument: alphabar::audit: plan.calls.size() must be >= 1, got 0");
  SamplerPlan silent = ddim_claim(linspace, 0);
  silent.start_scale = 0;
  CHECK(complaint([&] {
          (void)audit([](const auto&, const auto& noise) { return noise(); }, prior, silent);
        }) == "invalid_argument: alphabar::audit: plan.start_scale must be > 0, got 0");
  for (const auto& report :
       {audit_ddim(linspace, 0, {.of_clean = -1}), audit_ddim(linspace, 0, {.of_noise = -1})}) {
    CHECK(report.findings.size() >= 9);
    for (const SamplerFinding& finding : report.findings) {
      CHECK(finding.fault == Fault::coefficient);
      CHECK(finding.meaning.empty());
    }
  }
  const auto asks_on = first([](const ProbedNetwork& network, const ProbedNoise& noise) {
    VectorXd x = ddim(network, noise, linspace, 1);
    (void)network(x, 0.5);
    return x;
  });
  CHECK(asks_on.call == 10);
  CHECK(asks_on.place == "call 10 (told = 0.5)");
  CHECK(first([](const ProbedNetwork&, const ProbedNoise&) {
          return VectorXd{{1, 2}};
        }).text() == "the end: the size of what it returns must be 4, got 2");
}

// Would catch a memory that is looked for only where one is claimed, and fewer equations than there
// may be coefficients, which then explain anything.
TEST_CASE("audit: predictions of earlier calls, and steps of one coordinate that are not affine") {
  for (const std::size_t calls_ago : {2U, 3U}) {
    const auto looks_back = [&](const ProbedNetwork& network, const ProbedNoise& noise) {
      std::vector<VectorXd> answers;
      VectorXd x = levels.front() * noise();
      for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
        answers.push_back(network(x, levels[k]));
        x += (levels[k + 1] - levels[k]) / levels[k] * (x - answers[k]);
        if (k == 4) x += 0.1 * answers[k - calls_ago];
      }
      return x;
    };
    const auto report = audit(looks_back, prior, plan_of_sigmas(Euler{}, levels, Prediction::x0));
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].call == 4);
    CHECK(report.findings[0].coefficient ==
          (calls_ago == 2 ? "the weight of the predicted x0 of 2 calls before"
                          : "the weight of the predicted x0 of 3 calls before"));
    CHECK_THAT(report.findings[0].found, WithinRel(0.1, 1e-9));
  }

  const Gaussian one(VectorXd{{2}}, DiagonalCovariance(VectorXd{{4}}));
  const auto clipped = audit(
      [](const ProbedNetwork& network, const ProbedNoise& noise) {
        const auto clip = [&](const VectorXd& x, double t) {
          return network(x, t).cwiseMin(0.5).eval();
        };
        return ddim(clip, noise, linspace, 1);
      },
      one, ddim_claim(linspace, 1));
  REQUIRE(clipped.findings.size() == 1);
  CHECK(clipped.findings[0].fault == Fault::not_linear);
  CHECK(clipped.findings[0].meaning.ends_with("in 10 of 10 steps"));
  CHECK_FALSE(clipped.made);
}

/// The sampler with mistakes and noise η, compared with a claim with its own η.
AuditReport audit_against(const SamplerPlan& claim, double eta, const Mistakes& mistakes) {
  return audit([&](const auto& network,
                   const auto& noise) { return ddim(network, noise, linspace, eta, mistakes); },
               prior, claim);
}

// Would catch a verdict by the distance, which is 0 here, and a time named for the first call only
// when it is the same mistake in all of them; and the words for it when it is not.
TEST_CASE("audit: a network that is told another time, at no distance from the claimed law") {
  const auto told = [](Index off) { return audit_ddim(linspace, 0, {.told_off = off}); };
  CHECK(told(-1).distance < 1e-12);
  CHECK_FALSE(told(-1).passed());
  CHECK(told(-1).text() ==
        "failed: W2 to the claimed law below 1e-9\n"
        "call 0 (t = 1000): the time that the network is told must be 999, found 998: all times "
        "are 1 less\n");
  CHECK(told(-7).findings[0].meaning == "all times are 7 less");
  CHECK(told(2).text() ==
        "failed: W2 to the claimed law below 1e-9\n"
        "call 0 (t = 1000): the time that the network is told must be 999, found 1001: all times "
        "are 2 more\n");
  const auto some = audit(
      [](const ProbedNetwork& network, const ProbedNoise& noise) {
        const auto late = [&](const VectorXd& x, double t) {
          return network(x, t < 5 ? t : t - 1);
        };
        return ddim(late, noise, linspace, 0);
      },
      prior, ddim_claim(linspace, 0));
  CHECK(some.text() ==
        "failed: W2 to the claimed law below 1e-9\n"
        "call 0 (t = 1000): the time that the network is told must be 999, found 998: 9 of 10 "
        "times are wrong\n");
  CHECK(audit_ddim({1000, 500}, 0, {.told_off = -1}).findings[0].meaning == "all times are 1 less");
  const std::vector<Index> once{1000};
  CHECK(audit_ddim(once, 0, {.told_off = -1}).text() ==
        "failed: W2 to the claimed law below 1e-9\n"
        "call 0 (t = 1000): the time that the network is told must be 999, found 998\n");
}

// The most frequent mistake. Would catch a shift that is not tried, one that is tried beyond
// the table, a step taken for that of another call, and words that name other times.
TEST_CASE("audit: tables read one time early or late, for this time, the next, or both") {
  // by 1000 steps the first and the last are at the ends of the table
  const auto times = leading_timesteps(1000, 20);
  for (const double eta : {0.0, 1.0}) {
    const SamplerPlan claim = ddim_claim(times, eta);
    const AuditOptions options{.suspects = suspect_steps(Ddim{eta}, schedule, to_data(times))};
    for (const auto& [here, next] :
         {std::pair<Index, Index>{-1, -1}, {1, 1}, {-1, 0}, {1, 0}, {0, -1}, {0, 1}}) {
      const auto report =
          audit([&, off = Mistakes{.this_off = here, .next_off = next}](
                    const auto& network,
                    const auto& noise) { return ddim(network, noise, times, eta, off); },
                prior, claim, options);
      INFO("this " << here << ", next " << next << ", eta " << eta << "\n" << report.text());
      REQUIRE(report.findings.size() >= times.size() - 1);
      for (std::size_t k = 0; k + 1 < times.size(); ++k) {
        CHECK(report.findings[k].call == static_cast<Index>(k));
        CHECK(report.findings[k].fault == Fault::suspect);
        CHECK(report.findings[k].meaning == "a step from t = " + std::to_string(times[k] + here) +
                                                " to " + std::to_string(times[k + 1] + next) +
                                                " instead of " + std::to_string(times[k]) + " to " +
                                                std::to_string(times[k + 1]));
      }
    }
    CHECK(audit([&](const auto& network,
                    const auto& noise) { return ddim(network, noise, times, eta); },
                prior, claim, options)
              .passed());
  }

  // the table ends at both ends; no step goes from a time to itself or starts without noise
  const auto all = suspect_steps(Ddim{}, NoiseSchedule<double>::from_betas({0, 0.1, 0.1, 0.1}),
                                 std::vector{4, 3, 2, 0});
  const auto steps_in_place_of = [&](std::size_t call) {
    std::vector<std::string> meanings;
    for (const SuspectStep& suspect : all) {
      if (suspect.call == call) meanings.push_back(suspect.meaning);
    }
    return meanings;
  };
  CHECK(steps_in_place_of(0) ==
        std::vector<std::string>{"a step from t = 3 to 2 instead of 4 to 3",
                                 "a step from t = 4 to 2 instead of 4 to 3"});
  CHECK(steps_in_place_of(2) ==
        std::vector<std::string>{"a step from t = 3 to 1 instead of 2 to 0",
                                 "a step from t = 3 to 0 instead of 2 to 0",
                                 "a step from t = 2 to 1 instead of 2 to 0"});

  // samplers that use earlier predictions, or call twice, have no suspects
  const auto none = [&](const auto& sampler) {
    return suspect_steps(sampler, schedule, to_data(times)).empty();
  };
  CHECK(none(Heun{}));
  CHECK(none(DpmSolverPp2M{}));
  struct Twice {
    [[nodiscard]] SamplerPlan plan(const SamplerPath& along) const {
      SamplerPlan plan = Ddim{}.plan(along);
      plan.calls.insert(plan.calls.end(), plan.calls.begin(), plan.calls.end());
      return plan;
    }
  };
  CHECK(none(Twice{}));
  CHECK_FALSE(none(Ddpm{}));
}

// Would catch a step that is taken for what another call might be, one that fits for the one that
// fits best, and a suspect that no network of the claim's kind can do.
TEST_CASE("audit: which of the suspects it is") {
  const std::vector<Index> close{6, 4, 3};
  const auto first = [](const std::vector<Index>& times, double tolerance) {
    return audit(
               [&](const auto& network, const auto& noise) {
                 return ddim(network, noise, times, 0, {.this_off = -1});
               },
               prior, ddim_claim(times, 0),
               {tolerance, suspect_steps(Ddim{}, schedule, to_data(times))})
        .findings.front();
  };
  CHECK(first(close, 1e-9).meaning == "a step from t = 5 to 4 instead of 6 to 4");
  CHECK(first(linspace, 5e-3).meaning == "a step from t = 222 to 112 instead of 223 to 112");

  const std::vector<Index> times{999, 500};
  const auto terminal = zero_terminal_snr(linear_schedule());
  const auto report =
      audit([&](const auto& network, const auto& noise) { return ddim(network, noise, times, 0); },
            prior, plan(Ddim{}, terminal, times, Prediction::noise),
            {.suspects = suspect_steps(Ddim{}, terminal, to_data(times))});
  CHECK(report.findings.size() == 2);  // along another table
}

// Would catch a target named where none is missed: "a step to sigma = 8.3 instead of 8.3".
TEST_CASE("audit: another fraction of noise, and a wrong step that draws nothing") {
  const auto meanings = [](const AuditReport& report, const std::string& meaning) {
    INFO(report.text());
    CHECK(report.findings.size() == 9);
    for (const SamplerFinding& finding : report.findings) {
      CHECK(finding.meaning == meaning);
      CHECK(finding.fault == Fault::coefficient);
    }
  };
  meanings(audit_against(ddim_claim(linspace, 1), 0, {}),
           "the level is right, but nothing is drawn");
  meanings(audit_against(ddim_claim(linspace, 1), 0.5, {}),
           "the level is right, but another share of its noise is drawn");
  meanings(audit_against(ddim_claim(linspace, 0), 1, {}), "the level is right, but noise is drawn");
  CHECK(audit_against(ddim_claim(linspace, 1), 0, {})
            .findings[0]
            .text()
            .ends_with("found 0: the level is right, but nothing is drawn"));
  const auto unheard = audit(  // what is drawn, but not used, is not 0 in a fit
      [](const ProbedNetwork& network, const ProbedNoise& noise) {
        const auto draws_on = [&](const VectorXd& x, double t) {
          VectorXd answer = network(x, t);
          (void)noise();
          return answer;
        };
        return ddim(draws_on, noise, linspace, 0);
      },
      prior, ddim_claim(linspace, 1));
  meanings(unheard, "the level is right, but nothing is drawn");
  CHECK(audit_against(ddim_claim(linspace, 1), 0, {.stride = true})
            .findings[0]
            .meaning.ends_with(" instead of 54.5675, and nothing is drawn"));
  CHECK_FALSE(audit_against(ddim_claim(linspace, 1), 1, {.stride = true})
                  .findings[0]
                  .meaning.ends_with("nothing is drawn"));
  // two mistakes in one step: neither alone gives its numbers
  CHECK(audit_against(ddim_claim(linspace, 1), 0, {.of_noise = -1}).findings[0].meaning.empty());
}

// Would catch a target that is named for what is another variance and nothing else: in the scale of
// σ every step is on a level.
TEST_CASE("audit: only the variance of the noise is wrong") {
  const SamplerPlan claim = plan_of_sigmas(Ddim{1}, levels, Prediction::x0);
  const auto loud = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = levels.front() * noise();
        for (const SamplerCall& call : claim.calls) {
          const LinearStep& c = call.step;
          x = (c.x * x + c.predictions[0] * network(x, call.time)).eval();
          if (c.new_draws > 0) x += 1.1 * c.draws[0] * noise();
        }
        return x;
      },
      prior, claim);
  REQUIRE(loud.findings.size() == levels.size() - 2);
  for (const SamplerFinding& finding : loud.findings) {
    CHECK(finding.coefficient == "the weight of the draws");
    CHECK(finding.fault == Fault::coefficient);
    CHECK(finding.meaning == "the draws have 1.1 times the claimed weight");
  }
}

// Would catch meanings with another tolerance than the coefficients, which is relative
// for large ones.
TEST_CASE("audit: nothing is drawn, with coefficients that are large and rounded") {
  const SamplerPlan claim = plan_of_sigmas(Ddim{1}, levels, Prediction::noise);
  const auto silent = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = levels.front() * noise();
        for (std::size_t k = 0; k < claim.calls.size(); ++k) {
          const LinearStep c = claim.network_step(k);
          const double time = claim.calls[k].time;
          x = (c.x * x + (1 + 1e-11) * c.predictions[0] * network(x, time)).eval();
        }
        return x;
      },
      prior, claim);
  REQUIRE(silent.findings.size() == levels.size() - 2);
  for (const SamplerFinding& finding : silent.findings)
    CHECK(finding.meaning == "nothing is drawn");
}

// Would catch noise levels that are exchanged in another form than the slope of Euler's method.
TEST_CASE("audit: noise scales of two times exchanged") {
  const auto exchanged = [](const AuditReport& report, std::size_t calls, const std::string& text) {
    check_fault(report, Fault::exchanged_level);
    CHECK(report.findings.size() == calls);
    for (const SamplerFinding& finding : report.findings) {
      CHECK(finding.meaning == text);
      CHECK(finding.coefficient.starts_with("the weight of the predicted"));
    }
  };
  const std::string next =
      "the noise scale of the next time stands where that of this time belongs";
  const std::string here =
      "the noise scale of this time stands where that of the next time belongs";
  for (const double eta : {0.0, 0.5, 1.0}) {
    exchanged(audit_ddim(linspace, eta, {.stays_noisy = true}), 10, here);
    // the last next time has no noise, so that nothing is subtracted: the prediction is not used
    exchanged(audit_ddim(linspace, eta, {.cleans_less = true}), 10, next);
  }

  // a network that predicts x_0, whose ε is that of this time
  const SamplerPath path(schedule, to_data(linspace));
  const auto of_clean = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = noise();
        for (std::size_t k = 0; k < path.steps(); ++k) {
          const VectorXd clean = network(x, path.time(k) - 1);
          const auto& level = path.level(k);
          const VectorXd epsilon = (x - level.signal_scale() * clean) / level.noise_scale();
          x = path.level(k + 1).signal_scale() * clean + level.noise_scale() * epsilon;
        }
        return x;
      },
      prior, Ddim{}.plan(path));
  exchanged(of_clean, 10, here);

  // no levels are exchanged where the last step only scales x, though 0 is what is left of a factor
  const auto scaled = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = noise();
        for (std::size_t k = 0; k < path.steps(); ++k) {
          const LinearStep c = Ddim{}.step(path.gap(k), path.level(k + 1));
          const VectorXd clean = network(x, path.time(k) - 1);
          x = k + 1 < path.steps() ? (c.x * x + c.predictions[0] * clean).eval()
                                   : (x / path.level(k).signal_scale()).eval();
        }
        return x;
      },
      prior, Ddim{}.plan(path));
  REQUIRE(scaled.findings.size() == 1);
  CHECK(scaled.findings[0].fault == Fault::coefficient);
  CHECK(scaled.findings[0].meaning.empty());

  // DDPM as in the paper: ε is divided by √(1 − ᾱ_t); and, by way of x_0, multiplied
  const SamplerPlan ddpm = plan(Ddpm{}, schedule, linspace, Prediction::noise);
  for (const bool divided : {true, false}) {
    const auto report = audit(
        [&](const ProbedNetwork& network, const ProbedNoise& noise) {
          VectorXd x = noise();
          for (std::size_t k = 0; k < path.steps(); ++k) {
            const LinearStep c = ddpm.network_step(k);
            const double n_t = path.level(k).noise_scale();
            const double n_s = path.level(k + 1).noise_scale();
            const double factor = n_s == 0 ? 1 : divided ? n_t / n_s : n_s / n_t;
            x = (c.x * x + factor * c.predictions[0] * network(x, path.time(k) - 1)).eval();
            if (c.new_draws > 0) x += c.draws[0] * noise();
          }
          return x;
        },
        prior, ddpm);
    exchanged(report, 9, next);
  }
}

// Would catch a network of another kind taken for as many mistakes as there are calls, one that
// fits some calls but not all, and conversions that do not exist at zero terminal SNR.
TEST_CASE("audit: a claim for another network") {
  SamplerPlan claim = ddim_claim(linspace, 1);
  for (const auto kind : {Prediction::x0, Prediction::velocity, Prediction::score}) {
    claim.network = kind;
    const auto report = audit_against(claim, 1, {});
    INFO(report.text());
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].fault == Fault::network);
    CHECK(report.findings[0].meaning == "every call fits a network that predicts noise");
    CHECK(audit_against(claim, 1, {.repeated = 4}).findings.size() == 2);  // and it is there twice
    CHECK(audit_against(claim, 1, {.stride = true}).findings.size() == 10);
  }
  const auto slope = audit([](const auto& n, const auto& z) { return euler(n, z, levels); }, prior,
                           plan_of_sigmas(Euler{}, levels, Prediction::noise));
  REQUIRE(slope.findings.size() == 1);
  CHECK(slope.findings[0].meaning == "every call fits a network that predicts x0");

  const auto terminal = zero_terminal_snr(linear_schedule());
  const SamplerPath from_nothing(terminal, to_data(linspace));
  const SamplerPlan velocity = plan(Ddim{}, terminal, linspace, Prediction::velocity);
  const auto late = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = noise();
        for (std::size_t k = 0; k < from_nothing.steps(); ++k) {
          const LinearStep c = velocity.network_step(k);
          const double told = from_nothing.time(k) - 1;
          x = (c.x * x + 1.01 * c.predictions[0] * network(x, told)).eval();
        }
        return x;
      },
      prior, velocity);
  CHECK(late.findings.size() == 10);
}

// Would catch a finding with a number but no meaning, and rounding printed as a number.
TEST_CASE("audit: clipping is named, and rounding is 0") {
  const auto clipped = audit_ddim(linspace, 0, {.at_most = 0.1});
  REQUIRE(clipped.findings.size() == 1);
  CHECK(clipped.text().starts_with("failed\ncall 0 (told = 999): "));  // no law, no distance
  CHECK(clipped.findings[0].text().starts_with(
      "call 0 (told = 999): the step is not linear in x, the predictions and the draws: off by"));

  // steps to clean data, and predictions that are not used
  const auto early = audit_ddim(linspace, 0, {.next_off = -1});
  CHECK(early.findings.back().meaning == "a step to sigma = 0 instead of 0.0100005");
  const auto idle = audit_ddim(linspace, 0, {.this_off = -1});
  CHECK(idle.findings.back().text() ==
        "call 9 (t = 1): the weight of the predicted noise must be -0.0100005, found 0: the step "
        "stays where it is");
  CHECK(idle.findings.back().found == 0);
}

// Would catch a meaning that is looked for where there is no noise, and thrown instead of found:
// the last call of Heun's method for the flow needs the score of the data without noise.
TEST_CASE("audit: a fault in a call without noise") {
  const SamplerPlan claim = plan(FlowHeun{}, VpLinear(), {1.0, 0.5, 0.0}, Prediction::score);
  const Gaussian data(VectorXd{{1, -2}}, DiagonalCovariance(VectorXd{{4, 0.05}}));
  const auto report = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = noise();
        VectorXd before = 0 * x;
        for (const SamplerCall& call : claim.calls) {
          const VectorXd answer = network(x, call.time);
          const LinearStep& c = call.step;
          const double wrong = call.time == 0 ? 0.1 : 0;
          const double of_before = c.predictions.size() > 1 ? c.predictions[1] : 0;
          x = (c.x * x + (c.predictions[0] + wrong) * answer + of_before * before).eval();
          before = answer;
        }
        return x;
      },
      data, claim);
  INFO(report.text());
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].call == 3);
  CHECK(report.findings[0].coefficient == "the weight of the predicted score");
  CHECK(report.findings[0].meaning.empty());
}

/// What is wrong with runs of a plan in which something is done to the weights.
template <class Change>
AuditReport audit_changed(const SamplerPlan& claim, const Change& change,
                          AuditOptions options = {}) {
  SamplerPlan changed = claim;
  change(changed);
  return audit(test::probed(changed), prior, claim, options);
}

// Would catch a reason that names draws where nothing is drawn, on both sides.
TEST_CASE("audit: no fraction of noise where nothing is drawn") {
  const SamplerPlan claim = plan_of_sigmas(DpmSolverPp2M{}, levels, Prediction::x0);
  const auto report = audit_changed(claim, [](SamplerPlan& plan) {
    std::vector<double>& weights = plan.calls[3].step.predictions;
    weights[0] += 0.1;  // the sum is right, so that the level is
    weights[1] -= 0.1;
  });
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].place.starts_with("call 3 (sigma = "));
  CHECK(report.findings[0].meaning.empty());
}

// Would catch a tolerance that takes a table for another: β linspaced without its end.
TEST_CASE("audit: the tolerance for float tells tables apart") {
  const auto in_float = [](float last) {
    return [=](const ProbedNetwork& network, const ProbedNoise& noise) {
      std::vector<float> alpha_bar{1};
      for (int k = 0; k < 1000; ++k) {
        const float beta = 1e-4F + static_cast<float>(k) / last * (0.02F - 1e-4F);
        alpha_bar.push_back(alpha_bar.back() * (1 - beta));
      }
      Eigen::VectorXf x = noise().cast<float>();
      for (std::size_t t = 1000; t >= 50; t -= 50) {
        const Eigen::VectorXf epsilon =
            network(x.cast<double>(), static_cast<double>(t) - 1).cast<float>();
        const float a_t = alpha_bar[t];
        const float a_s = alpha_bar[t - 50];
        const Eigen::VectorXf clean = (x - std::sqrt(1 - a_t) * epsilon) / std::sqrt(a_t);
        x = std::sqrt(a_s) * clean + std::sqrt(1 - a_s) * epsilon;
      }
      return x.cast<double>().eval();
    };
  };
  const SamplerPlan claim = plan(Ddim{}, schedule, trailing_timesteps(1000, 20), Prediction::noise);
  CHECK(audit(in_float(999), prior, claim, {.tolerance = 1e-5}).passed());
  AuditOptions options{.tolerance = 1e-5};
  const auto report = audit(in_float(1000), prior, claim, options);
  CHECK(report.findings.size() > 5);
  std::vector<double> betas;
  for (int k = 0; k < 1000; ++k) betas.push_back(1e-4 + k / 1000. * (0.02 - 1e-4));
  const auto short_of_end = NoiseSchedule<double>::from_betas(betas);
  const auto times = trailing_timesteps(1000, 20);
  options.suspect_plans = {{plan(Ddim{1}, short_of_end, times), "another sampler"},
                           {plan(Ddim{}, short_of_end, times), "beta without its end"}};
  const auto named = audit(in_float(1000), prior, claim, options);
  INFO(named.text());
  REQUIRE(named.findings.size() == 1);
  CHECK(named.findings[0].fault == Fault::suspect);
  CHECK(named.findings[0].meaning == "every call fits beta without its end");
}

// Would catch an exception in the place of a finding, and a law that is made of NaN.
TEST_CASE("audit: NaN, noise of its own and exceptions are findings") {
  const SamplerPlan claim = ddim_claim(linspace, 0);
  const auto fault = [&](const ProbedSampler& sampler) {
    const AuditReport report = audit(sampler, prior, claim);
    REQUIRE(report.findings.size() == 1);
    CHECK_FALSE(report.made);
    CHECK(std::isinf(report.distance));
    return report.findings[0].fault;
  };
  CHECK(fault([](const ProbedNetwork& network, const ProbedNoise& noise) {
          return (ddim(network, noise, linspace, 0) / 0.0 * 0.0).eval();
        }) == Fault::not_finite);
  CHECK(fault([](const ProbedNetwork& network, const ProbedNoise& noise) -> VectorXd {
          (void)ddim(network, noise, linspace, 0);
          throw std::runtime_error("no");
        }) == Fault::throws);
  int runs = 0;
  CHECK(fault([&](const ProbedNetwork& network, const ProbedNoise& noise) {
          VectorXd x = ddim(network, noise, linspace, 0);
          x.array() += std::sin(++runs);
          return x;
        }) == Fault::own_noise);
}

// Would catch draws that are compared one by one where their covariance is that of the claim.
TEST_CASE("audit: other draws with the same law") {
  const SamplerPlan claim = plan(Ddim{1}, schedule, linspace, Prediction::noise);
  const auto split = [](SamplerPlan& plan) {  // each draw as a sum of two, as Brownian increments
    for (SamplerCall& call : plan.calls) {
      if (call.step.draws.empty()) continue;
      const double weight = call.step.draws[0];
      call.step.draws = {0.6 * weight, 0.8 * weight};
      call.step.new_draws = 2;
    }
  };
  const auto strict = audit_changed(claim, split);
  CHECK(strict.text() ==
        "failed: W2 to the claimed law below 1e-9\nall calls: other draws, same law\n");
  CHECK(strict.same_law);
  CHECK(strict.distance < 1e-12);
  CHECK(audit_changed(claim, split, {.law_only = true}).passed());
  const auto minus = audit_changed(claim, [](SamplerPlan& plan) {
    for (double& weight : plan.calls[2].step.draws) weight *= -1;
  });
  CHECK(minus.text() ==
        "failed: W2 to the claimed law below 1e-9\nall calls: other draws, same law\n");

  // draws that are not used, before, between and after
  const auto idle = [&](const ProbedNetwork& network, const ProbedNoise& noise) {
    (void)noise();
    const auto draws_on = [&](const VectorXd& x, double t) {
      VectorXd answer = network(x, t);
      (void)noise();
      return answer;
    };
    return ddim(draws_on, noise, linspace, 1);
  };
  CHECK(audit_against(claim, 1, {}).passed());
  const auto report = audit(idle, prior, claim);
  INFO(report.text());
  CHECK(report.passed());
}

// Would catch a draw that is used again and is taken for clipping, or not seen.
TEST_CASE("audit: a draw that is used again") {
  const SamplerPlan claim = plan(Ddim{1}, schedule, linspace, Prediction::noise);
  const auto report = audit_changed(claim, [](SamplerPlan& plan) {
    const double weight = plan.calls[4].step.draws[0];
    plan.calls[4].step.draws = {weight};
    plan.calls[4].step.new_draws = 0;  // the last normal is that of call 3
  });
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].meaning ==
        "each step draws as claimed, but the draws of different steps are not those claimed");
  CHECK(report.distance > 1e-3);
}

// Would catch weights that are compared only where the sampler, or only where the claim, has some.
TEST_CASE("audit: a step with a second draw, on one side alone") {
  const SamplerPlan one = plan(Ddim{1}, schedule, linspace, Prediction::noise);
  SamplerPlan two = one;
  two.calls[4].step.draws.push_back(0.1);  // that of call 3
  for (const bool claimed : {true, false}) {
    CAPTURE(claimed);
    const auto report =
        audit_changed(claimed ? two : one, [&](SamplerPlan& plan) { plan = claimed ? one : two; });
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].call == 4);
    CHECK(report.findings[0].coefficient == "the weight of the draws");
  }
}

// Would catch a small draw that is lost beside 1 where the numbers of the draws differ.
TEST_CASE("audit: a small draw that is not claimed, beside a larger one that is wrong") {
  const SamplerPlan claim = plan(Ddim{1}, schedule, linspace, Prediction::noise);
  const auto report = audit_changed(claim, [](SamplerPlan& plan) {
    plan.calls[4].step.draws[0] *= 0.5;
    plan.calls.back().step.draws = {1e-5};  // the last step of the claim draws nothing
    plan.calls.back().step.new_draws = 1;
  });
  INFO(report.text());
  REQUIRE(report.findings.size() == 2);
  CHECK(report.findings[0].call == 4);
  CHECK(report.findings[1].call == 9);
  CHECK(report.findings[1].coefficient == "the weight of the draws");
  CHECK(report.findings[1].claimed == 0);
}

// Would catch a straight path without any meaning, and levels that are named sigma there.
TEST_CASE("audit: meanings on straight paths") {
  const std::vector<double> times{1, 0.75, 0.5, 0.25, 0};
  const SamplerPlan claim = plan(Euler{}, RectifiedFlow(), times, Prediction::flow_velocity);
  const auto euler_to = [&](double shift) {
    return [=](const ProbedNetwork& network, const ProbedNoise& noise) {
      VectorXd x = noise();
      for (std::size_t k = 0; k + 1 < times.size(); ++k) {
        const double to = k == 1 ? times[k + 1] + shift : times[k + 1];
        x += (to - times[k]) * network(x, times[k]);
      }
      return x;
    };
  };
  CHECK(audit(euler_to(0), prior, claim).text() == "passed\n");
  const auto shifted = audit(euler_to(0.05), prior, claim);
  CHECK(shifted.distance > 1e-3);
  CHECK(shifted.text() == "failed: W2 to the claimed law " + detail::six_digits(shifted.distance) +
                              "\n"
                              "call 1 (u = 0.75): the weight of the predicted flow_velocity must "
                              "be -0.25, found -0.2: a "
                              "step to u = 0.55 instead of 0.5\n");

  // the ancestral step of k-diffusion for x = x_0 + sigma epsilon, on a path that is none
  const auto exploding = [&](const ProbedNetwork& network, const ProbedNoise& noise) {
    VectorXd x = noise();
    for (std::size_t k = 0; k + 1 < times.size(); ++k) {
      const double t = times[k];
      const double s = times[k + 1];
      const VectorXd clean = x - t * network(x, t);
      const double up = std::sqrt(s * s * (t * t - s * s)) / t;
      const double down = std::sqrt(s * s - up * up);
      x += (down - t) * (x - clean) / t;
      if (s > 0) x += up * noise();
    }
    return x;
  };
  const auto report =
      audit(exploding, prior, plan(Ddim{1}, RectifiedFlow(), times, Prediction::flow_velocity));
  INFO(report.text());
  REQUIRE(report.findings.size() == 3);
  for (const SamplerFinding& finding : report.findings) {
    CHECK(finding.meaning ==
          "a step for x = x_0 + sigma epsilon, with sigma = u: here x = (1 - u) x_0 + u epsilon");
  }

  const auto quiet =
      audit(euler_to(0), prior, plan(Ddim{1}, RectifiedFlow(), times, Prediction::flow_velocity));
  REQUIRE(quiet.findings.size() == 3);
  for (const SamplerFinding& finding : quiet.findings) {
    CHECK(finding.meaning == "the level is right, but nothing is drawn");
  }

  // the same with all noise new: sigma_down = 0
  const auto renewed = [&](double factor) {
    const auto sampler = [&](const ProbedNetwork& network, const ProbedNoise& noise) {
      VectorXd x = noise();
      for (std::size_t k = 0; k + 1 < times.size(); ++k) {
        x -= times[k] * network(x, times[k]);
        if (times[k + 1] > 0) x += factor * times[k + 1] * noise();
      }
      return x;
    };
    auto found =
        audit(sampler, prior, plan(Lcm{}, RectifiedFlow(), times, Prediction::flow_velocity));
    REQUIRE(found.findings.size() == 3);
    return found;
  };
  const std::string meaning = report.findings[0].meaning;
  for (const SamplerFinding& finding : renewed(1).findings) CHECK(finding.meaning == meaning);
  // more noise than the level has
  for (const SamplerFinding& finding : renewed(1.2).findings) CHECK(finding.meaning != meaning);
}

// Would catch steps that are read at the level of a wrong time and are then wrong, too.
TEST_CASE("audit: one wrong time is one finding") {
  for (const Index wrong : {-111, -20, 30, 300}) {
    const auto report = audit(
        [&](const ProbedNetwork& network, const ProbedNoise& noise) {
          const auto told = [&](const VectorXd& x, double t) {
            return network(x, t == 555 ? t + static_cast<double>(wrong) : t);
          };
          return ddim(told, noise, linspace, 0);
        },
        prior, ddim_claim(linspace, 0));
    INFO(report.text());
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].fault == Fault::time);
    CHECK(report.findings[0].call == 4);
    CHECK(report.findings[0].meaning.empty());
  }
}

// Would catch a mistake with several predictions without words, or with those of another one.
TEST_CASE("audit: predictions one call late, exchanged, or not used") {
  const SamplerPlan claim = plan_of_sigmas(DpmSolverPp2M{}, levels, Prediction::x0);
  const auto meaning = [&](auto change) {
    const auto report =
        audit_changed(claim, [&](SamplerPlan& plan) { change(plan.calls[3].step.predictions); });
    INFO(report.text());
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].call == 3);
    CHECK(report.findings[0].fault == Fault::coefficient);
    return report.findings[0].meaning;
  };
  using Weights = std::vector<double>;
  CHECK(meaning([](Weights& w) { w.insert(w.begin(), 0); }) ==
        "the predictions are those of one call before");
  CHECK(meaning([](Weights& w) { std::swap(w[0], w[1]); }) ==
        "the last two predictions are exchanged");
  CHECK(meaning([](Weights& w) { w = {w[0] + w[1]}; }) == "earlier predictions are not used");
  CHECK(meaning([](Weights& w) { w[0] += 1e-3; }).empty());
}

// Would catch a start that is compared without its sign or its noise, noise on one side alone, and
// draws of a step that have the right size but are others.
TEST_CASE("audit: signs and draws that are not those claimed") {
  const SamplerPlan claim = plan(Ddim{1}, schedule, linspace, Prediction::noise);
  const auto line = [&](const SamplerPlan& of, auto change) {
    const auto report = audit_changed(of, change);
    REQUIRE_FALSE(report.findings.empty());
    return report.findings[0].text();
  };
  CHECK(line(claim, [](SamplerPlan& plan) { plan.start.x = -1; }) ==
        "call 0 (t = 1000): the scale of the start must be 1, found -1");
  SamplerPlan turned = claim;
  turned.start.x = -1;
  CHECK(audit_changed(turned, [](SamplerPlan&) {}).passed());
  CHECK(line(turned, [](SamplerPlan& plan) { plan.start.x = 1; }) ==
        "call 0 (t = 1000): the scale of the start must be -1, found 1");
  const auto noisy = [](SamplerPlan& plan) {
    plan.start.draws = {0.25};
    plan.start.new_draws = 1;
  };
  CHECK(line(claim, noisy) ==
        "call 0 (t = 1000): the noise added to the start must be 0, found 0.25");
  SamplerPlan with_noise = claim;
  noisy(with_noise);
  CHECK(audit_changed(with_noise, [](SamplerPlan&) {}).passed());
  CHECK(line(with_noise, [](SamplerPlan& plan) { plan.start.draws = {0}; }) ==
        "call 0 (t = 1000): the noise added to the start must be 0.25, found 0");

  CHECK(line(ddim_claim(linspace, 0),
             [](SamplerPlan& plan) {
               plan.calls[4].step.draws = {0.5};
               plan.calls[4].step.new_draws = 1;
             }) ==
        "call 4 (t = 556): the weight of the draws must be 0, found 0.5: noise is drawn where none "
        "is claimed");
  CHECK(audit_against(ddim_claim(linspace, 0), 1, {.stride = true})
            .findings[0]
            .meaning.ends_with(" instead of 54.5675, and noise is drawn"));
  const auto two = audit_changed(claim, [](SamplerPlan& plan) {
    plan.calls[2].step.draws[0] *= -1;
    plan.calls[4].step.predictions[0] += 0.25;
  });
  REQUIRE(two.findings.size() == 2);
  CHECK(two.findings[0].text() ==
        "call 2 (t = 778): other draws than claimed, or draws in another order");
  CHECK(two.findings[1].call == 4);
  const auto root = audit_ddim(linspace, 1, {.variance = true});
  CHECK(root.findings[3].meaning == "a variance stands where its root belongs");
}

// Would catch a comparison of variances, for which noise below the root of the tolerance is none.
TEST_CASE("audit: a small noise that is left out, or has another weight") {
  const SamplerPlan without = plan(Ddim{}, linear_schedule(), {1000, 500, 100}, Prediction::noise);
  SamplerPlan with = without;
  with.calls[1].step.draws = {1e-5};
  with.calls[1].step.new_draws = 1;
  SamplerPlan larger = with;
  larger.calls[1].step.draws = {2e-5};
  for (const bool law_only : {false, true}) {
    const AuditOptions options{.law_only = law_only};
    CHECK(audit(test::probed(with), prior, with, options).passed());
    for (const auto& [sampler, claim] :
         {std::pair{without, with}, {with, without}, {larger, with}}) {
      const AuditReport report = audit(test::probed(sampler), prior, claim, options);
      CHECK_FALSE(report.same_law);
      CHECK_FALSE(report.passed());
    }
  }
}

}  // namespace audit_test
