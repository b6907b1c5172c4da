// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

#include "alphabar/gaussian/gaussian.hpp"
#include "support/matrices.hpp"

/// A prior and times at which every mistake has a visible effect.
namespace test {

/// Eigenvalues far apart and far from 1, no zero in the basis, a mean that is not 0.
template <class Scalar = double>
alphabar::Gaussian<Scalar> any_prior() {
  const Eigen::VectorXd mean{{1, -2, 3, 0.5, -0.25}};
  const Eigen::MatrixXd sigma = with_spectrum(Eigen::VectorXd{{4, 0, 100, 0.01, 0.25}});
  return {mean.cast<Scalar>(), sigma.cast<Scalar>()};
}

/// From the first steps to the last of 1000.
inline constexpr alphabar::Index times[] = {0, 1, 2, 10, 333, 500, 700, 999, 1000};

}  // namespace test
