// SPDX-License-Identifier: MIT
#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <cmath>
#include <complex>
#include <cstdio>
#include <span>

namespace {

using namespace alphabar;
using Eigen::VectorXd;

constexpr ImageShape shape{.height = 16, .width = 16};
constexpr Index d = shape.size();

/// A spectrum on the torus with the values f(squared frequency).
template <class F>
StationaryCovariance<> falling(F f) {
  const auto of_wave = [f](Index k) {
    const Index row = k / (shape.width / 2 + 1);
    const auto y = static_cast<double>(std::min(row, shape.height - row));
    const auto x = static_cast<double>(k % (shape.width / 2 + 1));
    return std::complex<double>(f(y * y + x * x));
  };
  return StationaryCovariance<>::from_spectrum(
      shape, Eigen::RowVectorXcd::NullaryExpr(StationaryCovariance<>::frequencies(shape), of_wave));
}

/// The same in the basis of the cosine transform.
template <class F>
CosineCovariance<> falling_cosines(F f) {
  return {shape, VectorXd(VectorXd::NullaryExpr(shape.pixels(), [f](Index k) {
            const auto y = static_cast<double>(k / shape.width) / 2;
            const auto x = static_cast<double>(k % shape.width) / 2;
            return f(y * y + x * x);
          }))};
}

// [judge]
/// The divergence of x_T from the noise at the start of samplers, and that of the data from the
/// result of 20 steps of DDIM with a perfect network. In nats per image.
template <class Covariance, class Noise>
void judge(const char* name, const Gaussian<double, Eigen::Dynamic, Covariance>& data,
           const Noise& noise) {
  const auto schedule = scaled_linear_schedule();
  const ForwardDiffusion forward(data, schedule, noise);
  const auto& whitened = forward.whitened();
  const SamplerPlan steps = plan(Ddim{}, schedule, trailing_timesteps(1000, 20), Prediction::noise);
  std::printf("%-10s KL(x_T, start) %7.4f, KL(samples, data) %8.4f\n", name,
              kl_divergence(whitened.marginal(1000)),
              kl_divergence(sampler_law(steps, whitened.prior()), whitened.prior()));
}
// [judge]

}  // namespace

int main() {
  const Gaussian data(VectorXd(VectorXd::Constant(d, 0.2)),
                      falling([](double f) { return 60 / (1 + f * std::sqrt(f)); }));
  // [noises]
  // Offset noise: 0.1 of one more normal, the same for all pixels of an image.
  const VectorXd mean_mode = VectorXd::Constant(d, 1 / std::sqrt(static_cast<double>(d)));
  const LowRankCovariance offset(mean_mode, VectorXd{{0.01 * d}}, 1.0);
  // Pyramid noise: larger variances at low frequencies.
  const auto pyramid = falling([](double f) { return 0.2 + 4 / (1 + f); });
  // Blurred noise: white noise that has diffused, mirrored at the borders, plus some white noise.
  const auto blurred = falling_cosines([](double f) { return 0.1 + std::exp(-f / 8); });
  // Whitening: the covariance of the data.
  const auto& whitening = data.covariance();
  // [noises]

  // [judged]
  judge("white", data, IsotropicCovariance(1.0, d));
  judge("offset", data, offset);
  judge("pyramid", data, pyramid);
  judge("blurred", data, blurred);
  judge("whitening", data, whitening);
  // [judged]

  // [train]
  const NoiseStream noise(7);
  const ColoredNoise colored(blurred, noise);
  const Eigen::MatrixXd x0 = data.sample(noise.substream(1), 4);
  Eigen::MatrixXd x_t(d, 4);
  add_noise(scaled_linear_schedule(), x0, {10, 300, 600, 990}, colored, x_t);
  // [train]
  std::printf("the first pixel at t = 990: %.4f\n", x_t(0, 3));

  // [sample]
  const auto schedule = scaled_linear_schedule();
  const ForwardDiffusion forward(data, schedule, blurred);
  const ReverseDiffusion ideal(forward);  // in place of your network, which predicts the noise
  const auto network = [&](std::span<const double> x, const SamplerCall& call,
                           std::span<double> epsilon) {
    const Eigen::Map<const Eigen::MatrixXd> point(x.data(), d, std::ssize(x) / d);
    Eigen::Map<Eigen::MatrixXd>(epsilon.data(), d, point.cols()) =
        ideal.predict(Prediction::noise, point, static_cast<Index>(call.model_time) + 1);
  };
  const SamplerPlan steps = plan(Ddpm{}, schedule, trailing_timesteps(1000, 20), Prediction::noise);
  Eigen::MatrixXd x(d, 500);
  draw_start(steps, colored, x);
  run_sampler(steps, network, x, colored);
  // [sample]
  const auto law = forward.color(sampler_law(steps, forward.whitened().prior()));
  const auto variance = [&](const VectorXd& mode) {
    const VectorXd heights = x.transpose() * mode;
    return (heights.array() - heights.mean()).square().sum() / static_cast<double>(x.cols() - 1);
  };
  const auto exact = [&](const auto& covariance) {
    return mean_mode.dot(covariance.apply([](double lambda) { return lambda; }, mean_mode));
  };
  std::printf(
      "variance of the mean mode: of 500 samples %.1f, of the sampler's law %.1f, of the "
      "data %.1f\n",
      variance(mean_mode), exact(law.covariance()), exact(data.covariance()));
}
