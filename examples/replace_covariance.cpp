// SPDX-License-Identifier: MIT
//
// The process in two dimensions: the ellipse of the covariance becomes the unit circle.
//
//   replace_covariance [FILE.svg]

#include <alphabar/alphabar.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "svg/plot.hpp"
#include "svg/write_picture.hpp"

namespace {

constexpr double gap = 14;
constexpr double side = (svg::document_width - 2 * gap) / 3;  // three pictures in a row
constexpr double reach = 5.5;

/// Samples of the marginal and its ellipse of two standard deviations.
void draw(svg::Drawing& drawing, const svg::Frame& frame, const alphabar::Gaussian<double, 2>& x) {
  drawing.line({frame.at(-reach, 0), frame.at(reach, 0)}, svg::rule, 1);
  drawing.line({frame.at(0, -reach), frame.at(0, reach)}, svg::rule, 1);
  // The same noise at every t: each dot follows the process from picture to picture.
  const auto samples = x.sample(alphabar::NoiseStream(7), 300);
  for (const auto& point : samples.colwise()) {
    if (point.cwiseAbs().maxCoeff() > reach) continue;
    drawing.dot(frame.at(point(0), point(1)), 1.6, svg::data_color, 0.55);
  }
  const Eigen::Matrix2d& sigma = x.covariance().matrix();
  auto ellipse =
      svg::two_sigma_ellipse({x.mean()(0), x.mean()(1)}, sigma(0, 0), sigma(0, 1), sigma(1, 1));
  for (svg::Point& p : ellipse) p = frame.at(p.x, p.y);
  drawing.line(ellipse, svg::ink);
  drawing.axis_name('x', {frame.corner.x + 2, frame.at(0, 0).y - 6}, "x₁", "start");
  drawing.axis_name('y', {frame.at(0, 0).x + 6, frame.corner.y + 14}, "x₂", "start");
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string file = argc > 1 ? argv[1] : "replace_covariance.svg";
  const Eigen::Matrix2d sigma{{3.4, 2.1}, {2.1, 1.6}};
  const alphabar::Gaussian prior(Eigen::Vector2d(1.5, -1), sigma);
  const alphabar::ForwardDiffusion process(prior, alphabar::linear_schedule());

  constexpr double row = side + 34;
  svg::Drawing drawing(svg::document_width, 2 * row + 30);
  svg::Frame frame{{0, 0}, side, side, -reach, reach, -reach, reach};
  std::puts("   t   alpha_bar   lambda_1   lambda_2   KL to N(0, I)");
  for (const int t : {0, 100, 200, 350, 500, 1000}) {
    const auto x = process.marginal(t);
    draw(drawing, frame, x);
    drawing.label({frame.corner.x + side / 2, frame.bottom() + 20}, "t = " + std::to_string(t),
                  "middle", svg::ink);
    frame.corner.x += side + gap;
    if (frame.corner.x > svg::document_width) frame.corner = {0, row};
    const Eigen::Vector2d lambda = x.covariance().eigenvalues();
    std::printf("%4d   %9.5f   %8.4f   %8.4f   %13.5f\n", t, process.schedule().alpha_bar(t),
                lambda(1), lambda(0), kl_divergence(x));
  }
  drawing.label({0, 2 * row + 16}, "dots: 300 samples, ellipse: two standard deviations");
  svg::write_picture(file, drawing.str());
  std::printf("written to %s\n", file.c_str());
} catch (const std::exception& error) {
  std::fprintf(stderr, "replace_covariance: %s\n", error.what());
  return 2;
}
