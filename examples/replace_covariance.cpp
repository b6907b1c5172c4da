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

constexpr double side = 150;
constexpr double reach = 5.5;

/// Samples of the marginal and its ellipse of two standard deviations.
void draw(svg::Drawing& drawing, const svg::Frame& frame, const alphabar::Gaussian<double, 2>& x) {
  drawing.line({frame.at(-reach, 0), frame.at(reach, 0)}, svg::rule, 1);
  drawing.line({frame.at(0, -reach), frame.at(0, reach)}, svg::rule, 1);
  // The same noise at every t: each dot follows the process from picture to picture.
  const auto samples = x.sample(alphabar::NoiseStream(7), 300);
  for (const auto& point : samples.colwise()) {
    drawing.dot(frame.at(point(0), point(1)), 1.2, svg::data_color, 0.55);
  }
  const Eigen::Matrix2d& sigma = x.covariance().matrix();
  auto ellipse =
      svg::two_sigma_ellipse({x.mean()(0), x.mean()(1)}, sigma(0, 0), sigma(0, 1), sigma(1, 1));
  for (svg::Point& p : ellipse) p = frame.at(p.x, p.y);
  drawing.line(ellipse, svg::ink);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string file = argc > 1 ? argv[1] : "replace_covariance.svg";
  const Eigen::Matrix2d sigma{{3.4, 2.1}, {2.1, 1.6}};
  const alphabar::Gaussian prior(Eigen::Vector2d(1.5, -1), sigma);
  const alphabar::ForwardDiffusion process(prior, alphabar::linear_schedule());

  svg::Drawing drawing(6 * (side + 12) + 12, side + 50);
  svg::Frame frame{{12, 12}, side, side, -reach, reach, -reach, reach};
  std::puts("   t   alpha_bar   lambda_1   lambda_2   KL to N(0, I)");
  for (const int t : {0, 100, 200, 350, 500, 1000}) {
    const auto x = process.marginal(t);
    draw(drawing, frame, x);
    drawing.label({frame.corner.x + side / 2, side + 36}, "t = " + std::to_string(t), "middle");
    frame.corner.x += side + 12;
    const Eigen::Vector2d lambda = x.covariance().eigenvalues();
    std::printf("%4d   %9.5f   %8.4f   %8.4f   %13.5f\n", t, process.schedule().alpha_bar(t),
                lambda(1), lambda(0), kl_divergence(x));
  }
  svg::write_picture(file, drawing.str());
  std::printf("written to %s\n", file.c_str());
} catch (const std::exception& error) {
  std::fprintf(stderr, "replace_covariance: %s\n", error.what());
  return 2;
}
