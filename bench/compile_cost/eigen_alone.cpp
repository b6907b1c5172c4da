// SPDX-License-Identifier: MIT
//
// What examples/quickstart.cpp does, by hand on Eigen alone: scripts/compile_cost compares how long
// the two take to compile.
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <random>
#include <vector>

int main() {
  const Eigen::Vector2d mean(1, -2);
  const Eigen::Matrix2d sigma{{4, 1.5}, {1.5, 1}};
  std::vector<double> alpha_bars{1};
  for (int t = 1; t <= 1000; ++t) {
    alpha_bars.push_back(alpha_bars.back() * (1 - (1e-4 + (0.02 - 1e-4) * (t - 1) / 999)));
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d> solver(sigma);
  const auto covariance = [&](double alpha_bar) -> Eigen::Matrix2d {
    return alpha_bar * sigma + (1 - alpha_bar) * Eigen::Matrix2d::Identity();
  };
  std::cout.precision(4);
  for (const std::size_t t : {0U, 100U, 500U, 1000U}) {
    const Eigen::Array2d lambda = alpha_bars[t] * solver.eigenvalues().array() + 1 - alpha_bars[t];
    const double divergence =
        ((lambda - 1 - lambda.log()).sum() + alpha_bars[t] * mean.squaredNorm()) / 2;
    std::cout << "t = " << t << ": alpha_bar = " << alpha_bars[t]
              << ", KL to N(0, I) = " << divergence << " nats\n"
              << covariance(alpha_bars[t]) << '\n';
  }
  std::mt19937 engine(42);
  std::normal_distribution<double> normal;
  Eigen::Matrix2Xd x(2, 100000);
  for (double& z : x.reshaped()) z = normal(engine);
  const Eigen::LLT<Eigen::Matrix2d> root(covariance(alpha_bars[500]));
  x = root.matrixL() * x;
  x.colwise() += std::sqrt(alpha_bars[500]) * mean;
  const Eigen::MatrixXd centred = x.colwise() - x.rowwise().mean();
  Eigen::MatrixXd lower = Eigen::MatrixXd::Zero(2, 2);
  lower.selfadjointView<Eigen::Lower>().rankUpdate(centred, 1. / 99999);
  const Eigen::MatrixXd measured = lower.selfadjointView<Eigen::Lower>();
  std::cout << "measured at t = 500:\n" << measured << '\n';
}
