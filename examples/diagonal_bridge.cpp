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

/// The divergence over the number of steps, both logarithmic.
void draw_gaps(svg::Drawing& drawing, const std::vector<Index>& steps,
               const std::vector<double>& gaps) {
  const svg::Frame frame{{70, 40}, svg::document_width - 100, 250, 0, 2.5, -3, 2};
  frame.names(drawing, "steps", "KL(data ‖ samples), nats");
  for (int power = -3; power <= 2; ++power) frame.tick(drawing, power, svg::decade(power));
  std::vector<svg::Point> curve;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const double x = std::log10(static_cast<double>(steps[k]));
    curve.push_back(frame.at(x, std::log10(gaps[k])));
    drawing.dot(curve.back(), 4, svg::noise_color);
    frame.below(drawing, x, std::to_string(steps[k]));
  }
  drawing.line(curve, svg::noise_color, 2);
  drawing.dashed_line({frame.at(1, 0.7), frame.at(2.35, -2)}, svg::soft, 1.4);
  const svg::Point slope = frame.at(1.7, -0.7);
  drawing.label({slope.x + 10, slope.y - 6}, "slope of 1/steps²");
}

/// The first row of the covariance of the data, and of samples.
void draw_rows(svg::Drawing& drawing, const Law& data) {
  const svg::Frame frame{{70, 410}, svg::document_width - 190, 270, 0, dimension - 1, 0, 1};
  frame.names(drawing, "coordinate", "covariance with the first coordinate");
  for (const double y : {0.0, 0.5, 1.0}) frame.tick(drawing, y, svg::number(y));
  for (const Index j : {1, 8, 16, 24, 32}) {
    frame.below(drawing, static_cast<double>(j - 1), std::to_string(j));
  }
  std::vector<svg::CurveEnd> ends;
  const auto draw_row = [&](const Law& law, const std::string& name, double stroke) {
    const auto color = svg::curve_color(ends.size());
    const auto curve =
        frame.curve([&](double j) { return law.covariance().matrix()(0, static_cast<Index>(j)); });
    drawing.line(curve, color, stroke);
    ends.push_back({curve.back().y, name, color});
  };
  draw_row(data, "the data", 4);
  for (const Index n : {100, 10, 3, 1}) {
    const std::string name = std::to_string(n) + (n == 1 ? " step" : " steps");
    draw_row(sampled_with_diagonal_noise(data, n), name, 2);
  }
  svg::name_curves(drawing, frame, true, ends);
}

void draw(const std::string& file, const Law& data, const std::vector<Index>& steps,
          const std::vector<double>& gaps) {
  svg::Drawing drawing(svg::document_width, 740);
  draw_gaps(drawing, steps, gaps);
  draw_rows(drawing, data);
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
