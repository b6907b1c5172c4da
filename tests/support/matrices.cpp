// SPDX-License-Identifier: MIT
#include "support/matrices.hpp"

#include <Eigen/QR>
#include <cmath>

#include "alphabar/noise/noise_stream.hpp"

namespace test {

Eigen::MatrixXd rotation(Eigen::Index d, std::uint64_t seed) {
  Eigen::MatrixXd normals(d, d);
  alphabar::NoiseStream(seed).fill(normals);
  return Eigen::HouseholderQR<Eigen::MatrixXd>(normals).householderQ();
}

Eigen::MatrixXd with_spectrum(const Eigen::VectorXd& eigenvalues, std::uint64_t seed) {
  const Eigen::MatrixXd basis = rotation(eigenvalues.size(), seed);
  const Eigen::MatrixXd matrix = basis * eigenvalues.asDiagonal() * basis.transpose();
  return (matrix + matrix.transpose()) / 2;
}

Eigen::MatrixXd autoregressive(Eigen::Index d, double rho) {
  const auto entry = [&](Eigen::Index i, Eigen::Index j) {
    return std::pow(rho, static_cast<double>(std::abs(i - j)));
  };
  return Eigen::MatrixXd::NullaryExpr(d, d, entry);
}

double relative_error(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  return (a - b).cwiseAbs().maxCoeff() / b.cwiseAbs().maxCoeff();
}

}  // namespace test
