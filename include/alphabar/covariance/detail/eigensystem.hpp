// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/unit.hpp"
#include "alphabar/error.hpp"

namespace alphabar::detail {

/// Multiplies x by the product Q of the reflectors of a tridiagonalization. Each 16 of them are one
/// matrix, H_i H_i+1 ... = I − V T Vᴴ (Schreiber, Van Loan, SIAM J. Sci. Stat. Comput. 10, 1989).
/// Eigen's own function for this has the same result, but takes a quarter of the compile time of a
/// program with a dense covariance.
template <class Matrix>
void apply_reflectors(const Eigen::Tridiagonalization<Matrix>& reduced, Matrix& x) {
  const Matrix& packed = reduced.packedMatrix();
  const auto coefficients = reduced.householderCoefficients();
  const Index d = packed.rows();
  constexpr Index block = 16;
  for (Index last = d - 1; last > 0; last -= block) {
    const Index first = (std::max<Index>)(0, last - block);
    const Index count = last - first;
    Matrix v = Matrix::Zero(d - 1 - first, count);
    for (Index j = 0; j < count; ++j) {
      v(j, j) = 1;
      for (Index i = first + j + 2; i < d; ++i) v(i - 1 - first, j) = packed(i, first + j);
    }
    const Matrix rows = v.adjoint();
    const Matrix gram = rows * v;
    Matrix t = Matrix::Zero(count, count);
    for (Index j = 0; j < count; ++j) {
      t(j, j) = Eigen::numext::conj(coefficients(first + j));
      for (Index i = 0; i < j; ++i) {
        for (Index k = i; k < j; ++k) t(i, j) -= t(j, j) * t(i, k) * gram(k, j);
      }
    }
    const Matrix part = x.bottomRows(v.rows());
    const Matrix modes = rows * part;
    const Matrix turned = t * modes;
    x.bottomRows(v.rows()).noalias() -= v * turned;
  }
}

/// The eigenvalues, ascending, and eigenvectors of a symmetric matrix.
template <class Matrix>
struct Eigensystem {
  using Vector = Eigen::Matrix<typename Matrix::RealScalar, Eigen::Dynamic, 1>;

  Vector eigenvalues;
  Matrix eigenvectors;  ///< empty if not asked for
};

/// In double, by Eigen's QR iteration; the lower triangle of the matrix counts. Eigen stops after
/// 30 iterations for each eigenvalue, whether or not they have converged.
/// @throws std::invalid_argument if they have not, as for a matrix with NaN
template <class Matrix>
Eigensystem<Matrix> eigensystem(std::string_view function, const Matrix& matrix,
                                int options = Eigen::ComputeEigenvectors) {
  using Vector = typename Eigensystem<Matrix>::Vector;
  Matrix scaled = matrix.template triangularView<Eigen::Lower>();
  const double unit = unit_of(scaled);
  scaled *= 1 / unit;
  const Eigen::Tridiagonalization<Matrix> reduced(scaled);
  const Vector diagonal = reduced.diagonal();
  const Vector below = reduced.subDiagonal();
  Eigen::SelfAdjointEigenSolver<Matrix> solver;
  solver.computeFromTridiagonal(diagonal, below, options);
  if (solver.info() != Eigen::Success) {
    refuse(function, "info() of Eigen's eigensolver",
           "be 0, convergence within 30 iterations for each eigenvalue",
           static_cast<int>(solver.info()));
  }
  Eigensystem<Matrix> result{unit * solver.eigenvalues(), {}};
  if (options == Eigen::ComputeEigenvectors) {
    result.eigenvectors = solver.eigenvectors();
    apply_reflectors(reduced, result.eigenvectors);
  }
  return result;
}

}  // namespace alphabar::detail
