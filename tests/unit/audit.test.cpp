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
  bool stride = false;      ///< the time to step to is t − T/n
  bool variance = false;    ///< noise scaled by the variance
  Index repeated = -1;      ///< this step is done twice
  bool stop_early = false;  ///< the last step is left out
  double of_clean = 1;      ///< −1: x_0 has the wrong sign
  double of_noise = 1;      ///< −1: ε has it
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
    const double a_t = schedule.alpha_bar(t);
    const double a_s = schedule.alpha_bar(s);
    for (int turn = 0; turn < (k == mistakes.repeated ? 2 : 1); ++turn) {
      const VectorXd epsilon = network(x, static_cast<double>(t));
      const VectorXd clean = (x - std::sqrt(1 - a_t) * epsilon) / std::sqrt(a_t);
      const double variance = eta * eta * (1 - a_s) / (1 - a_t) * (1 - a_t / a_s);
      x = mistakes.of_clean * std::sqrt(a_s) * clean +
          mistakes.of_noise * std::sqrt(1 - a_s - variance) * epsilon;
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
  CHECK(first([](const ProbedNetwork& network, const ProbedNoise& noise) {
          return ddim(
              network, [&] { return (2 * noise()).eval(); }, linspace, 1);
        }).fault == Fault::start);
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

}  // namespace audit_test
