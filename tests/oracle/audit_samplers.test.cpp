// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "alphabar/core.hpp"
#include "alphabar/oracle/audit.hpp"
#include "sampler_list/samplers.hpp"
#include "support/catch.hpp"
#include "support/probed_plan.hpp"

/// No correct sampler gets a finding: every sampler of the library, unchanged and with one changed
/// weight, on random grids, schedules, kinds of networks and tolerances.
namespace audit_samplers_test {

using namespace alphabar;
using Eigen::VectorXd;
using sampler_list::NamedSampler;

const VectorXd spectrum{{4, 0.3, 0.05, 20}};
const Gaussian prior(VectorXd{{1, -2, 3, 0.5}}, DiagonalCovariance(spectrum));

/// Random numbers, the same in each run.
class Lots {
 public:
  explicit Lots(std::uint64_t lot) : numbers_(lot, 5) {}

  /// In (0, 1).
  double uniform() { return std::erfc(numbers_(used_++) / std::sqrt(2)) / 2; }
  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(uniform() * static_cast<double>(n));
  }
  template <class T>
  T one_of(std::vector<T> list) {
    return list[below(list.size())];
  }

 private:
  NoiseStream<double> numbers_;
  std::uint64_t used_ = 0;
};

/// A plan along a process, 0 to 4, for a network that it may have there; none where the sampler is
/// not defined.
std::optional<SamplerPlan> drawn_plan(const NamedSampler& sampler, int process, Lots& lots) {
  const auto kind =
      lots.one_of(std::vector{Prediction::noise, Prediction::x0, Prediction::velocity});
  const NoiseSchedule<double> table = lots.one_of(std::vector{
      linear_schedule(), scaled_linear_schedule(), cosine_schedule(), sigmoid_schedule()});
  std::vector<double> sigmas{10 + 100 * lots.uniform()};
  std::vector<double> times{0.9 + 0.09 * lots.uniform()};
  for (int k = 0; k < 7; ++k) {
    sigmas.push_back(sigmas.back() * (0.3 + 0.6 * lots.uniform()));
    times.push_back(times.back() * (0.5 + 0.4 * lots.uniform()));
  }
  std::vector<double> whole;
  for (const double t : times) whole.push_back(std::round(1000 * t));
  const auto end = times.back() / 2;
  try {
    if (process == 0) return plan(sampler, table, whole, kind);
    if (process == 1) return plan_of_sigmas(sampler, sigmas, kind);
    if (process == 2) return plan_of_sigmas(sampler, table, sigmas, kind);
    if (process == 3) {
      return plan(sampler, RectifiedFlow(), times,
                  lots.one_of(std::vector{kind, Prediction::flow_velocity}));
    }
    times.push_back(end);
    SamplerPlan of_time = sampler.plan(SamplerPath(VpLinear(), times));
    of_time.network = lots.one_of(std::vector{kind, Prediction::score});
    return of_time;
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

std::vector<NamedSampler> samplers() {
  return sampler_list::all_samplers({spectrum.begin(), spectrum.end()});
}

// Would catch a finding for a correct sampler, along any path and for any network.
TEST_CASE("audit: every sampler passes, on random grids") {
  int passed = 0;
  for (std::uint64_t lot = 0; lot < 3; ++lot) {
    Lots lots(lot);
    for (const NamedSampler& sampler : samplers()) {
      for (int process = 0; process < 5; ++process) {
        const auto claim = drawn_plan(sampler, process, lots);
        if (!claim) continue;
        const double tolerance = lots.one_of(std::vector{1e-9, 1e-7, 1e-5});
        const AuditReport report = audit(test::probed(*claim), prior, *claim, {tolerance});
        INFO(sampler.name << ", lot " << lot << ", process " << process << "\n" << report.text());
        CHECK(report.passed());
        CHECK(report.same_law);
        ++passed;
      }
    }
  }
  CAPTURE(passed);
  CHECK(passed > 600);
}

/// A plan with one weight multiplied by `factor`; where, and what it was.
struct Disturbed {
  SamplerPlan plan;
  std::size_t call = 0;
  double weight = 0;
  bool of_draws = false;
};

Disturbed disturb(const SamplerPlan& claim, double factor, Lots& lots) {
  Disturbed result{claim, lots.below(claim.calls.size())};
  LinearStep& step = result.plan.calls[result.call].step;
  std::vector<double*> weights{&step.x};
  for (double& w : step.predictions) weights.push_back(&w);
  for (double& w : step.draws) weights.push_back(&w);
  const std::size_t which = lots.below(weights.size());
  result.weight = *weights[which];
  result.of_draws = which > step.predictions.size();
  *weights[which] *= factor;
  return result;
}

double norm(const std::vector<double>& weights) {
  double sum = 0;
  for (const double w : weights) sum += w * w;
  return std::sqrt(sum);
}

/// The result of a step from a point x_0 + noise at the level of its call: the weight of x_0, and
/// that of all noise.
struct Level {
  double signal;
  double noise;
};

Level level_after(const SamplerPlan& plan, std::size_t call) {
  const LinearStep& step = plan.calls[call].step;
  const auto& here = plan.calls[call].level;
  Level level{step.x * here.signal_scale(), step.x * here.noise_scale()};
  for (std::size_t j = 0; j < step.predictions.size(); ++j) {
    const auto& asked = plan.calls[call - j].level;
    const auto form =
        detail::prediction_form(plan.prediction, asked.signal_scale(), asked.noise_scale());
    level.signal += step.predictions[j] * form.form.x0 / form.unit;
    level.noise += step.predictions[j] * form.form.noise / form.unit;
  }
  level.noise = std::hypot(level.noise, norm(step.draws));
  return level;
}

/// Whether the reason of a finding gives the numbers of the two steps, computed anew: to the six
/// digits that are printed, and the tolerance in units of the weights of the start.
bool is_true(const SamplerFinding& finding, const SamplerPlan& claim, const SamplerPlan& changed,
             double tolerance) {
  const std::string& reason = finding.meaning;
  const auto call = static_cast<std::size_t>(finding.call);
  const LinearStep& was = claim.calls[call].step;
  const LinearStep& is = changed.calls[call].step;
  if (reason.empty()) return true;
  using detail::six_digits;
  if (reason == "the draws have " + six_digits(norm(is.draws) / norm(was.draws)) +
                    " times the claimed weight") {
    return is.x == was.x && is.predictions == was.predictions;
  }
  const bool of_sigma = reason.starts_with("a step to sigma = ");
  if (!of_sigma && !reason.starts_with("a step to u = ")) return false;
  const auto leads_to = [&](const SamplerPlan& plan, const std::string& number) {
    const Level level = level_after(plan, call);
    const double named = of_sigma ? level.noise / level.signal : level.noise;
    return std::abs(std::stod(number) - named) <= 1e-5 * named + tolerance * (1 + plan.start_scale);
  };
  const std::string split = " instead of ";
  return leads_to(changed, reason.substr(reason.find('=') + 2)) &&
         leads_to(claim, reason.substr(reason.find(split) + split.size()));
}

/// The number that a finding names, of a step: by what the network predicts where the step has one
/// prediction.
double named_number(const SamplerFinding& finding, const SamplerPlan& plan) {
  const auto call = static_cast<std::size_t>(finding.call);
  const bool one = plan.calls[call].step.predictions.size() <= 1;
  const LinearStep step = one ? plan.network_step(call) : plan.calls[call].step;
  const std::string& name = finding.coefficient;
  if (name == "the weight of x") return step.x;
  if (name == "the weight of the draws") return norm(step.draws);
  const std::size_t of = name.find(" of ", name.find("predicted "));
  return step.predictions.at(of == std::string::npos ? 0 : std::stoul(name.substr(of + 4)));
}

// Would catch a weight that is not compared, a finding at another call, numbers that are not those
// of the two steps, and a meaning that does not hold.
TEST_CASE("audit: one changed weight is one finding, without a false meaning") {
  int disturbed = 0;
  int reasons = 0;
  for (std::uint64_t lot = 0; lot < 2; ++lot) {
    Lots lots(100 + lot);
    for (const NamedSampler& sampler : samplers()) {
      for (int process = 0; process < 5; ++process) {
        const auto claim = drawn_plan(sampler, process, lots);
        if (!claim) continue;
        for (const double share : {1e-3, 1e-2, 1e-1}) {
          const double tolerance = lots.one_of(std::vector{1e-9, 1e-7, 1e-5});
          const Disturbed wrong = disturb(*claim, 1 + share, lots);
          if (std::abs(wrong.weight) * share < 300 * tolerance) continue;
          ++disturbed;
          const AuditReport report = audit(test::probed(wrong.plan), prior, *claim, {tolerance});
          INFO(sampler.name << ", lot " << lot << ", process " << process << ", call " << wrong.call
                            << ", weight " << wrong.weight << ", share " << share << ", of draws "
                            << wrong.of_draws << "\n"
                            << report.text());
          CHECK(report.findings.size() == 1);
          if (report.findings.size() != 1) continue;
          const SamplerFinding& finding = report.findings[0];
          CHECK(finding.call == static_cast<Index>(wrong.call));
          CHECK_THAT(finding.claimed, WithinAbs(named_number(finding, *claim), 1e-6));
          CHECK_THAT(finding.found, WithinAbs(named_number(finding, wrong.plan), 1e-6));
          CHECK(is_true(finding, *claim, wrong.plan, tolerance));
          reasons += finding.meaning.empty() ? 0 : 1;
        }
      }
    }
  }
  CAPTURE(disturbed, reasons);
  CHECK(disturbed > 1000);
  CHECK(reasons > 100);
}

}  // namespace audit_samplers_test
