// SPDX-License-Identifier: MIT
#include <alphabar/alphabar.hpp>
#include <cstdio>
#include <numbers>
#include <vector>

using namespace alphabar;

int main() {
  // [conventions]
  // Times run from 0 (clean data) to T. Entry k of a table in Python is time k + 1 here.
  const auto schedule = linear_schedule();
  std::printf("alpha_bar(0) = %g, alphas_cumprod[999] of Python = %.7f\n", schedule.alpha_bar(0),
              schedule.alpha_bar(1000));

  // A batch has one sample per column. Moments divide by n - 1.
  const Eigen::MatrixXd samples{{1, 2, 3, 6}};  // four samples of one number
  Moments moments;
  moments.add(samples);
  std::printf("covariance %.4f, times (n - 1)/n %.4f\n", moments.covariance()(0, 0),
              moments.covariance()(0, 0) * 3 / 4);

  // Divergences and entropies are in nats; divide by log 2 for bits.
  const Gaussian wide(Eigen::VectorXd::Zero(1).eval(), IsotropicCovariance(4.0, 1));
  const double nats = kl_divergence(wide);
  std::printf("KL to N(0, I): %.4f nats, %.4f bits\n", nats, nats / std::numbers::ln2);

  // Laws take the prior, then the kernel, then the point; `later * earlier` is the product of
  // kernels.
  const Eigen::VectorXd x{{2}};
  const auto both = schedule.transition(100, 500) * schedule.transition(0, 100);
  std::printf("E[x_0 given x_500 = 2] = %.4f\n", denoise(wide, both, x)(0));

  // Grids begin with the noisiest time and end before clean data; to_data appends it.
  std::printf("times:");
  for (const Index t : to_data(trailing_timesteps(1000, 4))) std::printf(" %td", t);
  std::puts("");

  // What is written comes last, before arguments with default values.
  std::vector<double> x_t(4);
  add_noise(schedule, samples, {10, 300, 600, 990}, NoiseStream(1), x_t);
  std::printf("first noised number %.4f\n", x_t[0]);
  // [conventions]
}
