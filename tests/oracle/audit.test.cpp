// SPDX-License-Identifier: MIT
#include "alphabar/oracle/audit.hpp"

#include <Eigen/Core>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"

/// Samplers as they are ported by hand, right and wrong, under the oracle.
namespace audit_test {

using namespace alphabar;
using Eigen::VectorXd;
using test::complaint;

/// Eigenvalues far from 1, one that is 0, a mean that is not.
const Gaussian prior(VectorXd{{1, -2, 3, 0.5}}, DiagonalCovariance(VectorXd{{4, 0, 0.05, 20}}));
const auto schedule = linear_schedule();

/// What can be broken in the loop below.
struct Mistakes {
  bool stride = false;       ///< the time to step to is t − T/n
  bool variance = false;     ///< noise scaled by the variance
  Index repeated = -1;       ///< this step is done twice
  bool stop_early = false;   ///< the last step is left out
  double of_clean = 1;       ///< −1: x_0 has the wrong sign
  double of_noise = 1;       ///< −1: ε has it
  Index this_off = 0;        ///< ᾱ_t is read so much later in the table
  Index next_off = 0;        ///< and so is ᾱ_s
  Index told_off = 0;        ///< the network is told so much more
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
      const VectorXd epsilon = network(x, static_cast<double>(t + mistakes.told_off));
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

SamplerClaim ddim_claim(const std::vector<Index>& times, double eta) {
  return {Ddim{eta}.plan(SamplerPath(schedule, to_data(times))), Prediction::noise};
}

AuditReport audit_ddim(const std::vector<Index>& times, double eta, const Mistakes& mistakes = {}) {
  return audit([&](const auto& network,
                   const auto& noise) { return ddim(network, noise, times, eta, mistakes); },
               prior, ddim_claim(times, eta));
}

const auto linspace = linspace_timesteps(1000, 10);
const std::vector<double> levels = to_data(karras_sigmas(8, 0.02, 80));

// Would catch an oracle that finds fault with what is right.
TEST_CASE("audit: samplers that are right pass, at a distance below 1e-12") {
  const auto check = [](const AuditReport& report) {
    INFO(report.text());
    CHECK(report.passed());
    CHECK(report.distance < 1e-12);
  };
  check(audit_ddim(linspace, 0));
  check(audit_ddim(linspace, 1));
  check(audit_ddim(trailing_timesteps(1000, 50), 0.5));
  const SamplerPath path = SamplerPath::of_sigmas(levels);
  check(audit([](const auto& network, const auto& noise) { return euler(network, noise, levels); },
              prior, {Euler{}.plan(path), Prediction::x0, levels.front()}));

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
      prior, {DpmSolverPp2M{}.plan(path), Prediction::x0, levels.front()}));
}

// Would catch an `Euler` that is not, along a rectified flow, the sampler of Stable Diffusion 3 and
// FLUX, as docs/oracle.md has it: x + (σ_s − σ_t) u, from noise alone.
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
      prior, {Euler{}.plan(SamplerPath(flow, times)), Prediction::flow_velocity});
  INFO(report.text());
  CHECK(report.passed());
  CHECK(report.distance < 1e-12);
}

// Would catch a tolerance that does not reach all that is compared, the times among it.
TEST_CASE("audit: a sampler in float passes with a tolerance of float") {
  SamplerClaim claim{Euler{}.plan(SamplerPath::of_sigmas(levels)), Prediction::x0, levels.front()};
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
  claim.tolerance = 1e-4;
  const AuditReport report = audit(in_float, prior, claim);
  INFO(report.text());
  CHECK(report.passed());
  CHECK(report.distance < 1e-4);
}

/// Every finding is this fault, and there is one.
void check_fault(const AuditReport& report, Fault fault, const std::string& coefficient) {
  INFO(report.text());
  REQUIRE_FALSE(report.findings.empty());
  for (const AuditFinding& finding : report.findings) {
    CHECK(finding.fault == fault);
    CHECK(finding.coefficient == coefficient);
  }
  CHECK(report.distance > 1e-3);
}

// The five mistakes that are made most. Would catch an oracle that sees that something is wrong but
// not what, or not where.
TEST_CASE("audit: names what is wrong") {
  const AuditReport stride = audit_ddim(linspace, 0, {.stride = true});
  check_fault(stride, Fault::target, "c_pred");
  CHECK(stride.findings.front().call == 0);
  CHECK(stride.findings.front().time == 1000);
  CHECK(stride.findings.front().meaning ==
        "a step to sigma = " + detail::six_digits(schedule.sigma(900)) + " instead of " +
            detail::six_digits(schedule.sigma(linspace[1])));

  const AuditReport root = audit_ddim(linspace, 1, {.variance = true});
  check_fault(root, Fault::noise_root, "c_noise");
  CHECK(root.findings.size() == 9);  // all but the last, which draws nothing
  CHECK_THAT(root.findings[3].found,
             WithinRel(root.findings[3].claimed * root.findings[3].claimed, 1e-10));

  const auto slope = audit(
      [](const auto& network, const auto& noise) { return euler(network, noise, levels, true); },
      prior, {Euler{}.plan(SamplerPath::of_sigmas(levels)), Prediction::x0, levels.front()});
  check_fault(slope, Fault::exchanged_level, "c_pred");
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

// The story of docs/oracle.md: a stride in place of the next time looks better than the
// right sampler on two of three modes, so no look at the result finds it; the law does.
TEST_CASE("audit: the mistake that looks like an improvement") {
  const VectorXd lambda{{0.05, 1, 20}};
  const Gaussian data(VectorXd::Zero(3), DiagonalCovariance(lambda));
  const auto report =
      audit([](const auto& network,
               const auto& noise) { return ddim(network, noise, linspace, 0, {.stride = true}); },
            data, ddim_claim(linspace, 0));
  const auto right = shares(report.claimed, lambda);
  const auto wrong = shares(report.made, lambda);
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

// Would catch faults that are found only in company: each of the small ones alone.
TEST_CASE("audit: starts, times, forgotten noise, and what is no sampler") {
  const auto claim = ddim_claim(linspace, 1);
  const auto first = [&](const auto& sampler) {
    const AuditReport report = audit(sampler, prior, claim);
    REQUIRE_FALSE(report.passed());
    return report.findings.front();
  };
  const AuditFinding doubled = first([](const ProbedNetwork& network, const ProbedNoise& noise) {
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
  CHECK(forgotten.coefficient == "c_noise");
  CHECK(forgotten.meaning == "nothing is drawn");
  const auto scaled = first([](const ProbedNetwork& network, const ProbedNoise& noise) {
    return ddim([&](const VectorXd& x, double t) { return (1.001 * network(x, t)).eval(); }, noise,
                linspace, 1, {.variance = true});
  });
  CHECK(scaled.coefficient == "c_noise");
  CHECK(scaled.fault != Fault::noise_root);  // that alone would not explain the step
  CHECK(first([](const ProbedNetwork& network, const ProbedNoise& noise) {
          return ddim([&](const VectorXd& x, double t) { return network(x, t).reverse().eval(); },
                      noise, linspace, 1);
        }).fault == Fault::not_affine);
  CHECK(first([](const ProbedNetwork& network, const ProbedNoise& noise) {
          return ddim(network, noise, trailing_timesteps(1000, 4), 1);
        }).fault == Fault::time);
  CHECK(complaint([] {
          (void)audit([](const auto&, const auto& noise) { return noise(); }, prior, {});
        }).starts_with("invalid_argument: alphabar::audit: plan.calls() must be >= 1, got 0"));
  SamplerClaim silent = ddim_claim(linspace, 0);
  silent.start_scale = 0;
  CHECK(complaint([&] {
          (void)audit([](const auto&, const auto& noise) { return noise(); }, prior, silent);
        }) == "invalid_argument: alphabar::audit: claim.start_scale must be finite and > 0, got 0");
  for (const auto& report :
       {audit_ddim(linspace, 0, {.of_clean = -1}), audit_ddim(linspace, 0, {.of_noise = -1})}) {
    CHECK(report.findings.size() >= 9);
    for (const AuditFinding& finding : report.findings) {
      CHECK(finding.fault == Fault::coefficient);
      CHECK(finding.meaning.empty());
    }
  }
  const auto asks_on = first([](const ProbedNetwork& network, const ProbedNoise& noise) {
    VectorXd x = ddim(network, noise, linspace, 1);
    (void)network(x, 0);
    return x;
  });
  CHECK(asks_on.call == 10);
  CHECK(asks_on.time == 0);
  CHECK(test::complaint([&] {
          (void)audit(
              [](const ProbedNetwork&, const ProbedNoise&) {
                return VectorXd{{1, 2}};
              },
              prior, claim);
        }) ==
        "invalid_argument: alphabar::audit: the size of what the sampler returns must be 4, got 2");
}

// Would catch a memory that is looked for only where one is claimed, and fewer equations than there
// may be coefficients, which then explain anything.
TEST_CASE("audit: answers of earlier calls, and steps of one coordinate that are not affine") {
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
    const auto report =
        audit(looks_back, prior,
              {Euler{}.plan(SamplerPath::of_sigmas(levels)), Prediction::x0, levels.front()});
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].call == 4);
    CHECK(report.findings[0].coefficient == (calls_ago == 2 ? "c_older[0]" : "c_older[1]"));
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
  CHECK(clipped.findings.size() == 10);
  for (const AuditFinding& finding : clipped.findings) CHECK(finding.fault == Fault::not_affine);
}

/// The sampler with mistakes, of noise η, held against a claim of its own η.
AuditReport audit_against(const SamplerClaim& claim, double eta, const Mistakes& mistakes) {
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
        "call 0 (t = 1000): time must be 1000, found 999: all times are 1 less: counted from 0?\n");
  CHECK(told(-7).findings[0].meaning == "all times are 7 less");
  CHECK(told(2).text() ==
        "call 0 (t = 1000): time must be 1000, found 1002: all times are 2 more\n");
  const auto some = audit(
      [](const ProbedNetwork& network, const ProbedNoise& noise) {
        const auto late = [&](const VectorXd& x, double t) {
          return network(x, t < 5 ? t : t - 1);
        };
        return ddim(late, noise, linspace, 0);
      },
      prior, ddim_claim(linspace, 0));
  CHECK(some.text() == "call 0 (t = 1000): time must be 1000, found 999\n");
  const std::vector<Index> once{1000};
  CHECK(audit_ddim(once, 0, {.told_off = -1}).text() ==
        "call 0 (t = 1000): time must be 1000, found 999\n");
}

// The mistake that everybody makes. Would catch a shift that is not tried, one that is tried beyond
// the table, a step taken for that of another call, and words that name other times.
TEST_CASE("audit: tables read one place early or late, for this time, the next, or both") {
  // by 1000 steps the first and the last are at the ends of the table
  const auto times = leading_timesteps(1000, 20);
  for (const double eta : {0.0, 1.0}) {
    const auto claim = SamplerClaim::along(Ddim{eta}, schedule, to_data(times), Prediction::noise);
    for (const auto& [here, next] :
         {std::pair<Index, Index>{-1, -1}, {1, 1}, {-1, 0}, {1, 0}, {0, -1}, {0, 1}}) {
      const auto report =
          audit([&, off = Mistakes{.this_off = here, .next_off = next}](
                    const auto& network,
                    const auto& noise) { return ddim(network, noise, times, eta, off); },
                prior, claim);
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
                prior, claim)
              .passed());
  }

  // the table ends at both ends; nobody steps from a time to itself or from where is no noise
  const auto all =
      SamplerClaim::along(Ddim{}, NoiseSchedule<double>::from_betas({0, 0.1, 0.1, 0.1}),
                          std::vector{4, 3, 2, 0}, Prediction::noise);
  const auto steps_in_place_of = [&](std::size_t call) {
    std::vector<std::string> meanings;
    for (const SuspectStep& suspect : all.suspects) {
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

  // who looks back, or calls twice, is claimed without
  const auto none = [&](const auto& sampler) {
    return SamplerClaim::along(sampler, schedule, to_data(times), Prediction::noise)
        .suspects.empty();
  };
  CHECK(none(Heun{}));
  CHECK(none(DpmSolverPp2M{}));
  struct Twice {
    [[nodiscard]] SamplerPlan plan(const SamplerPath& along) const {
      SamplerPlan plan = Ddim{}.plan(along);
      plan.steps.insert(plan.steps.end(), plan.steps.begin(), plan.steps.end());
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
    auto claim = SamplerClaim::along(Ddim{}, schedule, to_data(times), Prediction::noise);
    claim.tolerance = tolerance;
    return audit(
               [&](const auto& network, const auto& noise) {
                 return ddim(network, noise, times, 0, {.this_off = -1});
               },
               prior, claim)
        .findings.front();
  };
  CHECK(first(close, 1e-9).meaning == "a step from t = 5 to 4 instead of 6 to 4");
  CHECK(first(linspace, 5e-3).meaning == "a step from t = 999 to 889 instead of 1000 to 889");

  const std::vector<Index> times{999, 500};
  const auto terminal = zero_terminal_snr(linear_schedule());
  const auto claim = SamplerClaim::along(Ddim{}, terminal, to_data(times), Prediction::noise);
  const auto report =
      audit([&](const auto& network, const auto& noise) { return ddim(network, noise, times, 0); },
            prior, claim);
  CHECK(report.findings.size() == 2);  // along another table
}

// Would catch a target named where none is missed: "a step to sigma = 8.3 instead of 8.3".
TEST_CASE("audit: another share of noise, and a step that is wrong and silent") {
  const auto meanings = [](const AuditReport& report, const std::string& meaning) {
    INFO(report.text());
    CHECK(report.findings.size() == 9);
    for (const AuditFinding& finding : report.findings) {
      CHECK(finding.meaning == meaning);
      CHECK(finding.fault == Fault::coefficient);
    }
  };
  meanings(audit_against(ddim_claim(linspace, 1), 0, {}),
           "the level is right, but nothing is drawn");
  meanings(audit_against(ddim_claim(linspace, 1), 0.5, {}),
           "the level is right, but another share of its noise is drawn");
  meanings(audit_against(ddim_claim(linspace, 0), 1, {}),
           "the level is right, but another share of its noise is drawn");
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
  CHECK(audit_against(ddim_claim(linspace, 1), 0, {.of_noise = -1}).findings[0].meaning ==
        "nothing is drawn");
}

// Would catch a target that is named for what is another variance and nothing else: in the scale of
// σ every step is on a level.
TEST_CASE("audit: too much noise on the right way") {
  const SamplerClaim claim{Ddim{1}.plan(SamplerPath::of_sigmas(levels)), Prediction::x0,
                           levels.front()};
  const auto loud = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = levels.front() * noise();
        for (const SamplerStep& step : claim.plan.steps) {
          const AffineStep& c = step.coefficients;
          x = (c.x * x + c.prediction * network(x, step.time)).eval();
          if (c.noise > 0) x += 1.1 * c.noise * noise();
        }
        return x;
      },
      prior, claim);
  REQUIRE(loud.findings.size() == levels.size() - 2);
  for (const AuditFinding& finding : loud.findings) {
    CHECK(finding.coefficient == "c_noise");
    CHECK(finding.fault == Fault::coefficient);
    CHECK(finding.meaning.empty());
  }
}

// Would catch meanings that are held to another tolerance than the coefficients, which is relative
// for large ones.
TEST_CASE("audit: nothing is drawn, with coefficients that are large and rounded") {
  const SamplerClaim claim{Ddim{1}.plan(SamplerPath::of_sigmas(levels)), Prediction::noise,
                           levels.front()};
  const auto silent = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = levels.front() * noise();
        for (Index k = 0; k < claim.plan.calls(); ++k) {
          const AffineStep c = claim.plan.coefficients(k, Prediction::noise);
          const double time = claim.plan.steps[static_cast<std::size_t>(k)].time;
          x = (c.x * x + (1 + 9e-10) * c.prediction * network(x, time)).eval();
        }
        return x;
      },
      prior, claim);
  REQUIRE(silent.findings.size() == levels.size() - 2);
  for (const AuditFinding& finding : silent.findings) CHECK(finding.meaning == "nothing is drawn");
}

// Would catch noise levels that are exchanged in another form than the slope of Euler's method.
TEST_CASE("audit: noise scales of two times exchanged") {
  const auto exchanged = [](const AuditReport& report, std::size_t calls, const std::string& text) {
    check_fault(report, Fault::exchanged_level, "c_pred");
    CHECK(report.findings.size() == calls);
    for (const AuditFinding& finding : report.findings) CHECK(finding.meaning == text);
  };
  const std::string next =
      "the noise scale of the next time stands where that of this time belongs";
  const std::string here =
      "the noise scale of this time stands where that of the next time belongs";
  for (const double eta : {0.0, 0.5, 1.0}) {
    exchanged(audit_ddim(linspace, eta, {.stays_noisy = true}), 10, here);
    // the last next time has no noise, so that nothing is taken off: the answer is not used
    exchanged(audit_ddim(linspace, eta, {.cleans_less = true}), 10, next);
  }

  // a network that predicts x_0, whose ε is that of this time
  const SamplerPath path(schedule, to_data(linspace));
  const auto of_clean = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = noise();
        for (std::size_t k = 0; k < path.steps(); ++k) {
          const VectorXd clean = network(x, path.time(k));
          const auto& level = path.level(k);
          const VectorXd epsilon = (x - level.signal_scale() * clean) / level.noise_scale();
          x = path.level(k + 1).signal_scale() * clean + level.noise_scale() * epsilon;
        }
        return x;
      },
      prior, {Ddim{}.plan(path), Prediction::x0});
  exchanged(of_clean, 10, here);

  // no levels are exchanged where the last step only scales x, though 0 is what is left of a factor
  const auto scaled = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = noise();
        for (std::size_t k = 0; k < path.steps(); ++k) {
          const AffineStep c = Ddim{}.step(path.gap(k), path.level(k + 1));
          const VectorXd clean = network(x, path.time(k));
          x = k + 1 < path.steps() ? (c.x * x + c.prediction * clean).eval()
                                   : (x / path.level(k).signal_scale()).eval();
        }
        return x;
      },
      prior, {Ddim{}.plan(path), Prediction::x0});
  REQUIRE(scaled.findings.size() == 1);
  CHECK(scaled.findings[0].fault == Fault::coefficient);
  CHECK(scaled.findings[0].meaning.empty());

  // DDPM as in the paper: ε is divided by √(1 − ᾱ_t); and, by way of x_0, multiplied
  const SamplerClaim ddpm{Ddpm{}.plan(path), Prediction::noise};
  for (const bool divided : {true, false}) {
    const auto report = audit(
        [&](const ProbedNetwork& network, const ProbedNoise& noise) {
          VectorXd x = noise();
          for (std::size_t k = 0; k < path.steps(); ++k) {
            const AffineStep c = ddpm.plan.coefficients(static_cast<Index>(k), Prediction::noise);
            const double n_t = path.level(k).noise_scale();
            const double n_s = path.level(k + 1).noise_scale();
            const double factor = n_s == 0 ? 1 : divided ? n_t / n_s : n_s / n_t;
            x = (c.x * x + factor * c.prediction * network(x, path.time(k))).eval();
            if (c.noise > 0) x += c.noise * noise();
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
  SamplerClaim claim = ddim_claim(linspace, 1);
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
  const SamplerPath path = SamplerPath::of_sigmas(levels);
  const auto slope = audit([](const auto& n, const auto& z) { return euler(n, z, levels); }, prior,
                           {Euler{}.plan(path), Prediction::noise, levels.front()});
  REQUIRE(slope.findings.size() == 1);
  CHECK(slope.findings[0].meaning == "every call fits a network that predicts x0");

  const auto terminal = zero_terminal_snr(linear_schedule());
  const SamplerPath from_nothing(terminal, to_data(linspace));
  const SamplerClaim velocity{Ddim{}.plan(from_nothing), Prediction::velocity};
  const auto late = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = noise();
        for (std::size_t k = 0; k < from_nothing.steps(); ++k) {
          const AffineStep c =
              velocity.plan.coefficients(static_cast<Index>(k), Prediction::velocity);
          x = (c.x * x + 1.01 * c.prediction * network(x, from_nothing.time(k))).eval();
        }
        return x;
      },
      prior, velocity);
  CHECK(late.findings.size() == 10);
}

// Would catch words that leave the reader alone with a number, and rounding printed as a fact.
TEST_CASE("audit: clipping is asked for, and rounding is 0") {
  const auto clipped = audit_ddim(linspace, 0, {.at_most = 0.1});
  REQUIRE_FALSE(clipped.passed());
  CHECK(clipped.findings[0].meaning ==
        "not the same multiples of x, the answers and the draws in every element: is something "
        "clipped?");
  const SamplerPath path(schedule, to_data(linspace));
  const auto looks_back =
      audit_against({DpmSolverPp2M{}.plan(path), Prediction::noise}, 0, {.at_most = 0.1});
  CHECK(looks_back.findings[0].meaning.ends_with(
      "is something clipped, or an earlier answer read at another level?"));

  // steps to clean data, and answers that are not used
  const auto early = audit_ddim(linspace, 0, {.next_off = -1});
  CHECK(early.findings.back().meaning == "a step to sigma = 0 instead of 0.0100005");
  const auto idle = audit_ddim(linspace, 0, {.this_off = -1});
  CHECK(idle.findings.back().text() ==
        "call 9 (t = 1): c_pred must be -0.0100005, found 0: the step stays where it is");
  CHECK(idle.findings.back().found == 0);
}

// Would catch a meaning that is looked for where there is no noise, and thrown instead of found:
// the last call of Heun's method for the flow asks for a score of the data themselves.
TEST_CASE("audit: a fault in a call without noise") {
  const SamplerPath path(VpLinear(), std::vector{1.0, 0.5, 0.0});
  const SamplerClaim claim{FlowHeun{}.plan(path)};
  const auto report = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = noise();
        VectorXd before = 0 * x;
        for (const SamplerStep& step : claim.plan.steps) {
          const VectorXd answer = network(x, step.time);
          const AffineStep& c = step.coefficients;
          const double wrong = step.time == 0 ? 0.1 : 0;
          x = (c.x * x + (c.prediction + wrong) * answer + c.previous * before).eval();
          before = answer;
        }
        return x;
      },
      Gaussian(VectorXd{{1, -2}}, DiagonalCovariance(VectorXd{{4, 0.05}})), claim);
  INFO(report.text());
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].call == 3);
  CHECK(report.findings[0].coefficient == "c_pred");
  CHECK(report.findings[0].meaning.empty());

  // all that can be said of a network that predicts ε fits, but its last answer says no score
  const auto of_noise = audit(
      [&](const ProbedNetwork& network, const ProbedNoise& noise) {
        VectorXd x = noise();
        VectorXd before = 0 * x;
        for (const SamplerStep& step : claim.plan.steps) {
          const double scale = step.time == 0 ? 1 : step.zero_to_t.noise_scale();
          const VectorXd answer = network(x, step.time) / -scale;
          const AffineStep& c = step.coefficients;
          x = (c.x * x + c.prediction * answer + c.previous * before).eval();
          before = answer;
        }
        return x;
      },
      Gaussian(VectorXd{{1, -2}}, DiagonalCovariance(VectorXd{{4, 0.05}})), claim);
  CHECK(of_noise.findings.size() > 1);
}

}  // namespace audit_test
