// SPDX-License-Identifier: MIT
#include <alphabar/oracle/examine.hpp>
#include <alphabar/schedule/rectified_flow.hpp>
#include <cmath>
#include <cstdio>
#include <functional>

// [my sampler]
using Eigen::VectorXd;

/// An ancestral sampler for a flow model, ported from one for x = x_0 + sigma eps: n steps from
/// u = 1 to 0, a network that predicts eps - x_0.
VectorXd my_sampler(int n, const std::function<VectorXd(const VectorXd&, double)>& network,
                    const std::function<VectorXd()>& noise) {
  VectorXd x = noise();
  for (int k = n; k > 0; --k) {
    const double t = double(k) / n;
    const double s = double(k - 1) / n;
    const VectorXd x0 = x - t * network(x, t);
    const double up = std::sqrt(s * s * (t * t - s * s) / (t * t));
    const double down = std::sqrt(s * s - up * up);
    x = x0 + down / t * (x - x0);
    if (s > 0) x += up * noise();
  }
  return x;
}
// [my sampler]

// [the test]
int main() {
  using namespace alphabar;
  const Gaussian data(VectorXd{{1, -2, 3}}, DiagonalCovariance(VectorXd{{0.05, 1, 4}}));
  const auto network = ExaminedNetwork::of_process(RectifiedFlow(), Prediction::flow_velocity);
  const auto mine = [](Index n, const ProbedNetwork& ask, const ProbedNoise& noise) {
    return my_sampler(static_cast<int>(n), ask, noise);
  };
  const Examination examination = examine(mine, data, network);
  std::fputs(examination.text().c_str(), stdout);
}
// [the test]
