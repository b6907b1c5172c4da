// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <string_view>

#include "alphabar/error.hpp"

namespace alphabar::detail {

/// Eigenvalues, ascending, and eigenvectors of a symmetric matrix, of which the lower triangle
/// counts, by Eigen's QR iteration. Eigen stops after 30 iterations for each eigenvalue, whether or
/// not they have converged.
/// @throws std::invalid_argument if they have not, as for a matrix with NaN
template <class Matrix>
Eigen::SelfAdjointEigenSolver<Matrix> eigensystem(std::string_view function, const Matrix& matrix,
                                                  int options = Eigen::ComputeEigenvectors) {
  Eigen::SelfAdjointEigenSolver<Matrix> solver(matrix, options);
  if (solver.info() != Eigen::Success) {
    refuse(function, "info() of Eigen's eigensolver",
           "be 0, convergence within 30 iterations for each eigenvalue",
           static_cast<int>(solver.info()));
  }
  return solver;
}

}  // namespace alphabar::detail
