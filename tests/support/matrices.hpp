// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstdint>

/// Matrices for tests, without special values that would hide a mistake.
namespace test {

/// A d × d orthonormal basis without a zero in it, in double.
Eigen::MatrixXd rotation(Eigen::Index d, std::uint64_t seed = 1);

/// U diag(λ) Uᵀ, exactly symmetric, for the rotation above.
Eigen::MatrixXd with_spectrum(const Eigen::VectorXd& eigenvalues, std::uint64_t seed = 1);

/// Variances 1, correlation ρ^|i−j|: an AR(1) process.
Eigen::MatrixXd autoregressive(Eigen::Index d, double rho);

/// The largest difference, in multiples of the largest entry of b.
double relative_error(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);

/// The same for matrices of any kind.
template <class A, class B>
double relative_error(const A& a, const B& b) {
  const Eigen::MatrixXd value = a.template cast<double>();
  const Eigen::MatrixXd exact = b.template cast<double>();
  return relative_error(value, exact);
}

}  // namespace test
