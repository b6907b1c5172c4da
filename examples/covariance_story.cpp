// SPDX-License-Identifier: MIT
//
// The experiments of docs/tutorial.md, in its order.

#include <alphabar/alphabar.hpp>
#include <cstdio>
#include <vector>

void chain_two_steps() {
  std::puts("[chain two steps]");
  // [chain two steps]
  const auto schedule = alphabar::NoiseSchedule<double>::from_betas({0.1, 0.3});
  const auto both = schedule.step(2) * schedule.step(1);  // later * earlier
  std::printf("A = %.2f, B = %.2f, alpha_bar_2 = %.2f\n", both.signal_power(),
              both.noise_variance(), schedule.alpha_bar(2));
  // [chain two steps]
}

void closed_form() {
  std::puts("[closed form]");
  // [closed form]
  const Eigen::Matrix2d sigma_0{{4, 1.5}, {1.5, 1}};
  const alphabar::ForwardDiffusion process(alphabar::Gaussian(Eigen::Vector2d(1, -2), sigma_0),
                                           alphabar::linear_schedule());
  const Eigen::Matrix2d gap = process.covariance(500) - process.covariance_by_recursion(500);
  std::printf("closed form and 500 steps differ by less than 1e-15: %s\n",
              gap.cwiseAbs().maxCoeff() < 1e-15 ? "yes" : "no");
  // [closed form]
}

void eigenvalues_walk() {
  std::puts("[eigenvalues]");
  // [eigenvalues]
  const Eigen::Matrix2d sigma_0{{4, 1.5}, {1.5, 1}};
  const alphabar::Gaussian prior(Eigen::Vector2d(1, -2), sigma_0);
  const alphabar::ForwardDiffusion process(prior, alphabar::linear_schedule());
  for (const int t : {0, 100, 300, 500, 1000}) {
    const Eigen::Vector2d lambda = process.marginal(t).covariance().eigenvalues();
    std::printf("t = %4d   lambda = %.4f, %.4f\n", t, lambda(0), lambda(1));
  }
  // [eigenvalues]
}

void weight_of_the_noise() {
  std::puts("[weight of the noise]");
  // [weight of the noise]
  const auto schedule = alphabar::linear_schedule();
  double right = 1;
  double wrong = 1;
  for (const double beta : schedule.betas()) {
    right = (1 - beta) * right + beta;         // x <- sqrt(1 - beta) x + sqrt(beta) noise
    wrong = (1 - beta) * wrong + beta * beta;  // x <- sqrt(1 - beta) x + beta noise
  }
  std::printf("variance at the end: %.4f, with beta for its root: %.4f\n", right, wrong);
  // [weight of the noise]
}

void covariance_of_a_sum() {
  std::puts("[covariance of a sum]");
  // [covariance of a sum]
  const Eigen::Matrix<double, 2, 4> x{{1, 2, 3, 6}, {0, 1, -1, 4}};  // four samples, in columns
  const Eigen::Matrix<double, 2, 4> y{{2, 0, 1, 5}, {1, 1, 0, 2}};
  const auto product = [](const auto& a, const auto& b) -> Eigen::Matrix2d {
    return (a.colwise() - a.rowwise().mean()) * (b.colwise() - b.rowwise().mean()).transpose() / 4;
  };
  const Eigen::Matrix<double, 2, 4> sum = x + y;
  const Eigen::Matrix2d cross = product(x, y);
  const Eigen::Matrix2d without = product(sum, sum) - product(x, x) - product(y, y);
  std::printf("error without the cross terms: %.4f, with C alone: %.4f, with C + C^T: %.4f\n",
              without.norm(), (without - cross).norm(),
              (without - cross - cross.transpose()).norm());
  // [covariance of a sum]
}

void what_falls_to_zero() {
  std::puts("[alpha and alpha_bar]");
  // [alpha and alpha_bar]
  const auto schedule = alphabar::linear_schedule();
  std::printf("alpha_T = %.4f, alpha_bar_T = %.6f\n", schedule.alpha(1000),
              schedule.alpha_bar(1000));
  // [alpha and alpha_bar]
}

void shrinking_steps() {
  std::puts("[shrinking steps]");
  // [shrinking steps]
  std::vector<double> harmonic, square;
  for (int t = 1; t <= 100000; ++t) {
    harmonic.push_back(1.0 / (t + 1));
    square.push_back(1.0 / (t + 1.0) / (t + 1.0));
  }
  using Schedule = alphabar::NoiseSchedule<double>;
  std::printf("alpha_bar after 100000 steps: 1/(t+1) leaves %.5f, 1/(t+1)^2 leaves %.5f\n",
              Schedule::from_betas(harmonic).alpha_bar(100000),
              Schedule::from_betas(square).alpha_bar(100000));
  // [shrinking steps]
}

void the_mean_may_be_dropped() {
  std::puts("[the mean may be dropped]");
  // [the mean may be dropped]
  const Eigen::Vector2d mu_0(1, -2);
  const Eigen::Matrix2d sigma_0{{4, 1.5}, {1.5, 1}};
  const auto kernel = alphabar::linear_schedule().transition(0, 500);
  const auto marginal = propagate(kernel, alphabar::Gaussian(mu_0, sigma_0));
  const Eigen::Matrix2d moment_0 = sigma_0 + mu_0 * mu_0.transpose();  // E[x x^T]
  const Eigen::Matrix2d moment_t =
      marginal.covariance().matrix() + marginal.mean() * marginal.mean().transpose();
  std::printf("E[x x^T] follows the same kernel: %s\n",
              propagate(kernel, moment_0).isApprox(moment_t, 1e-15) ? "yes" : "no");
  // [the mean may be dropped]
}

int main() {
  chain_two_steps();
  closed_form();
  eigenvalues_walk();
  weight_of_the_noise();
  covariance_of_a_sum();
  what_falls_to_zero();
  shrinking_steps();
  the_mean_may_be_dropped();
}
