// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/QR>
#include <cmath>
#include <cstdint>

#include "alphabar/noise/noise_stream.hpp"

/// Matrices for tests, none of them special in a way that a mistake could hide in.
namespace test {

/// A d × d orthonormal basis without a zero in it, in double.
inline Eigen::MatrixXd rotation(Eigen::Index d, std::uint64_t seed = 1) {
  Eigen::MatrixXd normals(d, d);
  alphabar::NoiseStream(seed).fill(normals);
  return Eigen::HouseholderQR<Eigen::MatrixXd>(normals).householderQ();
}

/// U diag(λ) Uᵀ, exactly symmetric, for the rotation above.
inline Eigen::MatrixXd with_spectrum(const Eigen::VectorXd& eigenvalues, std::uint64_t seed = 1) {
  const Eigen::MatrixXd basis = rotation(eigenvalues.size(), seed);
  const Eigen::MatrixXd matrix = basis * eigenvalues.asDiagonal() * basis.transpose();
  return (matrix + matrix.transpose()) / 2;
}

/// Variances 1, correlation ρ^|i−j|: a walk that forgets.
inline Eigen::MatrixXd autoregressive(Eigen::Index d, double rho) {
  const auto entry = [&](Eigen::Index i, Eigen::Index j) {
    return std::pow(rho, static_cast<double>(std::abs(i - j)));
  };
  return Eigen::MatrixXd::NullaryExpr(d, d, entry);
}

/// The largest difference, in multiples of the largest entry of b.
template <class A, class B>
double relative_error(const A& a, const B& b) {
  const Eigen::MatrixXd exact = b.template cast<double>();
  const Eigen::MatrixXd difference = a.template cast<double>() - exact;
  return difference.cwiseAbs().maxCoeff() / exact.cwiseAbs().maxCoeff();
}

}  // namespace test
