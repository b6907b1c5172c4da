// SPDX-License-Identifier: MIT
//
// How samplers with diagonal noise generate data with a dense covariance: docs/diagonal_bridge.md.
//
//   diagonal_bridge [FILE.svg]

#include <alphabar/alphabar.hpp>
#include <cmath>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "svg/plot.hpp"
#include "svg/write_picture.hpp"

namespace {

using alphabar::Index;
using Law = alphabar::Gaussian<double>;

constexpr Index dimension = 32;

/// Data with correlated neighbours: variances 1, correlation 0.95^|i−j|.
Law correlated_data() {
  const auto entry = [](Index i, Index j) {
    return std::pow(0.95, static_cast<double>(std::abs(i - j)));
  };
  return {Eigen::VectorXd::Zero(dimension),
          Eigen::MatrixXd::NullaryExpr(dimension, dimension, entry)};
}

// [sample]
/// The law of a sampler that starts from N(0, I) and takes n reverse steps, each with the exact
/// mean but with independent noise in each coordinate.
Law sampled_with_diagonal_noise(const Law& data, Index n) {
  const auto linear = alphabar::linear_schedule();
  const double first = linear.log_snr(1);
  const double last = linear.log_snr(1000);
  std::vector<double> levels{first};  // n of them, uniform in log SNR
  for (Index k = 1; k < n; ++k) {
    levels.push_back(first + static_cast<double>(k) / static_cast<double>(n - 1) * (last - first));
  }
  if (n == 1) levels = {last};
  const auto schedule = alphabar::NoiseSchedule<double>::from_log_snrs(levels);
  const alphabar::ForwardDiffusion forward(data, schedule);

  Eigen::MatrixXd sigma = Eigen::MatrixXd::Identity(data.dimension(), data.dimension());
  for (Index t = n; t >= 1; --t) {
    const auto before = forward.marginal(t - 1);
    const auto step = schedule.step(t);
    const auto mean = [&](const Eigen::MatrixXd& x) { return denoise(before, step, x); };
    const Eigen::VectorXd spread = posterior_covariance(before, step).matrix().diagonal();
    sigma = mean(mean(sigma).transpose());  // the data's mean is 0: the map is linear
    sigma.diagonal() += spread;
  }
  return {data.mean(), sigma};
}
// [sample]

void draw(const std::string& file, const Law& data, const std::vector<Index>& steps,
          const std::vector<double>& gaps) {
  constexpr double width = 340;
  constexpr double height = 200;
  svg::Drawing drawing(2 * width + 190, height + 90);

  const svg::Frame errors{{70, 40}, width, height, 0, 2.5, -3, 2};
  drawing.label({70, 22}, "KL(data ‖ samples), nats");
  for (int power = -3; power <= 2; ++power) {
    errors.tick(drawing, power, svg::short_number(std::pow(10, power)));
  }
  std::vector<svg::Point> curve;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    curve.push_back(errors.at(std::log10(static_cast<double>(steps[k])), std::log10(gaps[k])));
    drawing.dot(curve.back(), 3, svg::noise_color);
    drawing.label({curve.back().x, 40 + height + 20}, std::to_string(steps[k]), "middle");
  }
  drawing.line(curve, svg::noise_color);
  drawing.line({errors.at(1, 0.1), errors.at(2.5, -2.9)}, svg::soft, 1, 0.6);
  drawing.label(errors.at(1.75, -0.5), "1/steps²");
  drawing.label({70 + width / 2, 40 + height + 40}, "steps", "middle");

  const svg::Frame rows{{width + 150, 40}, width, height, 0, dimension - 1, 0, 1};
  drawing.label({width + 150, 22}, "covariance of the first coordinate with the others");
  for (const double y : {0.0, 0.5, 1.0}) rows.tick(drawing, y, svg::number(y));
  const auto draw_row = [&](const Eigen::MatrixXd& sigma, std::string_view color, double stroke,
                            double opacity) {
    drawing.line(rows.curve([&](double j) { return sigma(0, static_cast<Index>(j)); }), color,
                 stroke, opacity);
  };
  draw_row(data.covariance().matrix(), svg::data_color, 4, 0.35);
  for (const Index n : {1, 3, 10, 100}) {
    const Law law = sampled_with_diagonal_noise(data, n);
    draw_row(law.covariance().matrix(), svg::noise_color, 1.4, 1);
    const svg::Point at = rows.at(6, law.covariance().matrix()(0, 6));
    drawing.label({at.x, at.y - 5}, std::to_string(n), "middle");
  }
  drawing.label(rows.at(12, 0.9), "wide: the data", "start", svg::data_color);
  drawing.label(rows.at(12, 0.82), "thin: samples of 1, 3, 10, 100 steps", "start",
                svg::noise_color);
  drawing.label({width + 150 + width / 2, 40 + height + 40}, "coordinate", "middle");
  svg::write_picture(file, drawing.str());
}

}  // namespace

int main(int argc, char** argv) try {
  const Law data = correlated_data();
  std::printf("total correlation of the data: %.1f nats\n", total_correlation(data));
  std::puts("steps   KL(data || samples)");
  const std::vector<Index> steps{1, 3, 10, 20, 50, 100, 300};
  std::vector<double> gaps;
  for (const Index n : steps) {
    gaps.push_back(kl_divergence(data, sampled_with_diagonal_noise(data, n)));
    std::printf("%5td   %.3g\n", n, gaps.back());
  }
  if (argc > 1) draw(argv[1], data, steps, gaps);
} catch (const std::exception& error) {
  std::fprintf(stderr, "diagonal_bridge: %s\n", error.what());
  return 2;
}
