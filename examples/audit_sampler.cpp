// SPDX-License-Identifier: MIT
//
// A sampler that was ported by hand, and its test: docs/exact_tests.md.

#include <alphabar/core.hpp>
#include <alphabar/oracle/audit.hpp>
#include <cmath>
#include <cstdio>
#include <functional>

using namespace alphabar;
using Eigen::VectorXd;

// [the port]
/// DDIM in ten steps; `previous(t)` is the time after a step from t.
VectorXd ddim(const ProbedNetwork& network, const ProbedNoise& noise,
              const std::function<Index(Index)>& previous) {
  const auto schedule = linear_schedule();
  VectorXd x = noise();
  for (const Index t : linspace_timesteps(1000, 10)) {
    const VectorXd epsilon = network(x, static_cast<double>(t - 1));  // counted from 0
    const double a_t = schedule.alpha_bar(t);
    const double a_s = schedule.alpha_bar(previous(t));
    const VectorXd clean = (x - std::sqrt(1 - a_t) * epsilon) / std::sqrt(a_t);
    x = std::sqrt(a_s) * clean + std::sqrt(1 - a_s) * epsilon;
  }
  return x;
}
// [the port]

// [the test]
AuditReport audit_ddim(const std::function<Index(Index)>& previous) {
  const VectorXd variances{{0.05, 1, 20}};
  const Gaussian data(VectorXd{{1, -2, 3}}, DiagonalCovariance(variances));
  const auto claim =
      plan(Ddim{}, linear_schedule(), linspace_timesteps(1000, 10), Prediction::noise);
  return audit(
      [&](const auto& network, const auto& noise) { return ddim(network, noise, previous); }, data,
      claim);
}
// [the test]

int main() {
  const auto stride = [](Index t) { return t > 100 ? t - 100 : 0; };
  const auto next_of_list = [](Index t) { return t > 1 ? t - 111 : 0; };

  std::puts("[by stride]");
  const AuditReport wrong = audit_ddim(stride);
  std::fputs(wrong.text().c_str(), stdout);
  std::puts("[by list]");
  const AuditReport right = audit_ddim(next_of_list);
  std::fputs(right.text().c_str(), stdout);

  std::puts("[standard deviations]");
  std::puts("variance of the data | standard deviation, relative to the data: by list, by stride");
  for (const Index i : {0, 1, 2}) {
    const double variance = VectorXd{{0.05, 1, 20}}(i);
    const auto ratio = [&](const AuditReport& report) {
      return std::sqrt(report.made->covariance().eigenvalues()(i) / variance);
    };
    std::printf("%20g | %.3f %.3f\n", variance, ratio(right), ratio(wrong));
  }
}
