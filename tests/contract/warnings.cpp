// SPDX-License-Identifier: MIT
//
// Code for compilers with more warnings than those of this build: templates once, with float, where
// promotions occur.
#include <alphabar/alphabar.hpp>
#include <alphabar/noise/torch_noise.hpp>
#include <cstdint>
#include <utility>
#include <vector>

namespace {

template <class Scalar>
double instantiate() {
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
  const auto schedule = alphabar::cosine_schedule<Scalar>();
  const alphabar::NoiseStream<Scalar> noise(1);
  std::vector<Scalar> x(100, Scalar{1});
  std::vector<Scalar> y(100);
  const std::vector<int> times{10, 900};
  alphabar::add_noise(schedule, x, times, noise, y);
  alphabar::add_noise(schedule.transition(0, 3), x, noise, y);
  alphabar::convert_predictions(schedule, alphabar::Prediction::x0, alphabar::Prediction::velocity,
                                x, y, times, y);
  const alphabar::SamplerPlan plan = alphabar::plan(alphabar::Ddim{1}, schedule, {900, 10});
  alphabar::draw_start(plan, noise, y);
  alphabar::draw_start(plan, x, noise, y);
  alphabar::run_sampler(
      plan, [](auto, const alphabar::SamplerCall&, auto) { return true; }, y, noise);
  const Matrix samples = Matrix::Random(4, 60);
  alphabar::Moments<Scalar> moments;
  moments.add(samples);
  const auto prior = moments.gaussian();
  const alphabar::ForwardDiffusion process(prior, schedule);
  const alphabar::ReverseDiffusion reverse(process);
  const auto mixture = alphabar::fit_mixture(samples, 2, 1);
  double sum =
      static_cast<double>(alphabar::min_snr_weight(schedule.snr(3), alphabar::Prediction::x0));
  sum += static_cast<double>(mixture.log_density(samples.col(0)));
  sum +=
      static_cast<double>(alphabar::score(mixture, schedule.transition(0, 5), samples.col(0))(0));
  sum += static_cast<double>(alphabar::kl_divergence(prior, alphabar::fit_dense(samples)));
  sum += static_cast<double>(alphabar::fit_kronecker(samples, 2, 2).covariance().dimension());
  sum += static_cast<double>(alphabar::fit_low_rank(samples, 1).covariance().dimension());
  sum += static_cast<double>(alphabar::fit_stationary(samples).covariance().dimension());
  sum += static_cast<double>(alphabar::fit_diagonal(samples).covariance().dimension());
  sum += static_cast<double>(alphabar::wasserstein_distance(prior, prior));
  sum += static_cast<double>(process.sample(500, noise, 2)(0, 0));
  const auto images = alphabar::fit_stationary(samples, {2, 1, 2});
  const alphabar::ForwardDiffusion colored(images, schedule, images.covariance().transformed(1, 1));
  const alphabar::ReverseDiffusion back(colored);
  sum += static_cast<double>(back.draw(samples, 500, 200, noise)(0, 0));
  const alphabar::CosineCovariance cosine({2, 2, 1}, prior.mean().cwiseAbs().eval());
  const alphabar::ForwardDiffusion dense(prior, schedule, cosine.transformed(1, 1));
  sum += static_cast<double>(dense.covariance_by_recursion(3)(0, 0));
  return sum + static_cast<double>(y[0]);
}

}  // namespace

int main() {
  const auto sums = instantiate<float>();
  return sums > 0 ? 0 : 1;
}
