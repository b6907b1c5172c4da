// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "alphabar/concepts.hpp"

namespace alphabar::detail {

/// Descends from x to a local minimum of f (BFGS; Nocedal, Wright, Numerical Optimization, chapter
/// 6). `value(x)` is f, or +∞ or NaN where x is not allowed; `gradient(x)` is its gradient. x must
/// be scaled such that steps of 1 are large.
///
/// f decreases in every step, so the result is at least as good as the start. Deterministic. Ends
/// when twenty steps together reduce f by less than 1e-7, when no step reduces it, or after 2000
/// steps.
template <class Vector, class Value, class Gradient>
Vector descend(Vector x, Value value, Gradient gradient) {
  using Matrix = Eigen::Matrix<typename Vector::Scalar, Eigen::Dynamic, Eigen::Dynamic>;
  constexpr int most_steps = 2000;
  constexpr int period = 20;
  constexpr double least_gain = 1e-7;

  double height = value(x);
  Vector slope = gradient(x);
  Matrix inverse_hessian = Matrix::Identity(x.size(), x.size());
  bool scaled = false;
  double height_before = height;
  for (int step = 1; step <= most_steps && std::isfinite(height); ++step) {
    Vector move = -(inverse_hessian * slope);
    if (!(move.dot(slope) < 0)) break;
    move *= (std::min)(1.0, 1 / move.cwiseAbs().maxCoeff());
    double length = 1;
    double lower = value(x + move);
    while (!(lower <= height + 1e-4 * length * move.dot(slope)) && length > 1e-10) {
      length /= 2;
      lower = value(x + length * move);
    }
    if (!(lower < height)) break;
    move *= length;
    x += move;
    height = lower;
    const Vector bend = gradient(x) - slope;
    slope += bend;
    const double curvature = bend.dot(move);
    if (curvature > 0) {
      if (!scaled) inverse_hessian *= curvature / bend.squaredNorm();
      scaled = true;
      const Vector image = inverse_hessian * bend;
      inverse_hessian += (1 + bend.dot(image) / curvature) / curvature * move * move.transpose() -
                         (move * image.transpose() + image * move.transpose()) / curvature;
    }
    if (step % period == 0) {
      if (height_before - height < least_gain) break;
      height_before = height;
    }
  }
  return x;
}

}  // namespace alphabar::detail
