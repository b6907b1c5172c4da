// SPDX-License-Identifier: MIT
#include "support/law_battery.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "alphabar/covariance/dense.hpp"
#include "support/catch.hpp"
#include "support/matrices.hpp"
#include "support/special_values.hpp"

namespace test {

MatrixXd any_batch(Eigen::Index d) {
  return MatrixXd::NullaryExpr(d, 3, [](Eigen::Index i, Eigen::Index j) {
    return std::round(64 * std::cos(1.0 + 2.3 * double(i) + 0.7 * double(j))) / 32 + 1.0 / 64;
  });
}

MatrixXd noise_in_another_basis(Eigen::Index d) {
  return with_spectrum(
      Eigen::VectorXd::NullaryExpr(d, [](Eigen::Index k) { return std::exp2(double(k % 3 - 1)); }),
      5);
}

Answers answers_of(const MatrixXd& sigma) {
  return Questions<alphabar::DenseCovariance<double>>::ask(alphabar::DenseCovariance(sigma));
}

namespace {

/// The largest difference in multiples of `scale`, a unit of roundoff of it; infinite where a value
/// is no number.
double error(const MatrixXd& value, const MatrixXd& exact, double scale) {
  if (!value.allFinite()) return infinity;
  const double difference = (value - exact).cwiseAbs().maxCoeff();
  return difference == 0 ? 0 : difference / scale;
}

void compare(const Law& law, const Law& exact, double unit) {
  const double scale = exact.matrix.diagonal().maxCoeff();
  CHECK(law.rank == exact.rank);
  CHECK(error(law.matrix, exact.matrix, unit * scale) <= 64);
  CHECK(error(law.mean, exact.mean, unit) <= 64);
  CHECK(error(law.map, law.map.transpose(), unit * std::sqrt(scale)) <= 64);  // the symmetric root
  CHECK(error(law.map * law.map.transpose(), exact.matrix, unit * scale) <= 64);
  CHECK_THAT(law.kl_to_normal, WithinRel(exact.kl_to_normal, 64 * unit));
  CHECK_THAT(law.kl_to_later, WithinRel(exact.kl_to_later, 64 * unit));
  CHECK_THAT(law.w2_to_normal, WithinRel(exact.w2_to_normal, 64 * unit));
  CHECK_THAT(law.w2_to_later, WithinRel(exact.w2_to_later, 64 * unit));
  CHECK_THAT(law.log_determinant, WithinAbs(exact.log_determinant, 64 * unit) ||
                                      WithinRel(exact.log_determinant, 64 * unit));
  CHECK(law.density == exact.density);
  CHECK_THAT(law.log_density, WithinRel(exact.log_density, 64 * unit));
}

/// The largest difference, in units of the largest entry.
double error_of_largest(const MatrixXd& value, const MatrixXd& expected, double unit) {
  return error(value, expected, unit * expected.cwiseAbs().maxCoeff());
}

void compare(const Process& process, const Process& exact, double unit) {
  CHECK(error_of_largest(process.score, exact.score, unit) <= 16);
  CHECK(error_of_largest(process.denoised, exact.denoised, unit) <= 16);
  CHECK(error_of_largest(process.noise, exact.noise, unit) <= 16);
  CHECK(error_of_largest(process.velocity, exact.velocity, unit) <= 16);
  CHECK(error_of_largest(process.flow, exact.flow, unit) <= 16);
  CHECK(error_of_largest(process.back, exact.back, unit) <= 16);
  CHECK(error_of_largest(process.reverse_mean, exact.reverse_mean, unit) <= 16);
  CHECK(error_of_largest(process.reverse_covariance, exact.reverse_covariance, unit) <= 16);
}

void compare(const Colored& colored, const Colored& exact, double unit) {
  CHECK(error_of_largest(colored.marginal, exact.marginal, unit) <= 64);
  CHECK(error_of_largest(colored.score, exact.score, unit) <= 64);
  CHECK(error_of_largest(colored.denoised, exact.denoised, unit) <= 64);
  CHECK(error_of_largest(colored.flow, exact.flow, unit) <= 64);
  CHECK(error_of_largest(colored.reverse_mean, exact.reverse_mean, unit) <= 64);
  CHECK(error_of_largest(colored.reverse_covariance, exact.reverse_covariance, unit) <= 64);
  CHECK_THAT(colored.kl, WithinRel(exact.kl, 64 * unit));
}

}  // namespace

void compare(Answers answers, const Answers& exact, double unit) {
  const double largest = exact.eigenvalues.maxCoeff();
  const double smallest = exact.eigenvalues.minCoeff();
  CHECK(answers.dimension == exact.dimension);
  std::sort(answers.eigenvalues.begin(), answers.eigenvalues.end());
  CHECK(error(answers.eigenvalues, exact.eigenvalues, unit * largest) <= 64);
  for (std::size_t k = 0; k < exact.functions.size(); ++k) {
    CAPTURE(k);
    const Function& f = answers.functions[k];
    const Function& g = exact.functions[k];
    const double scale = g.mapped.diagonal().maxCoeff();
    const double length = any_batch(exact.dimension).colwise().norm().maxCoeff();
    CHECK(error(f.batch, g.batch, unit * scale * length) <= 64);
    CHECK(error(f.point, g.point, unit * scale * length) <= 64);
    CHECK(error(f.mapped, g.mapped, unit * scale) <= 64);
    CHECK_THAT(f.trace, WithinRel(g.trace, 64 * unit));
  }
  compare(answers.now, exact.now, unit);
  compare(answers.later, exact.later, unit);
  // The laws divide by λ_t, so that the rounding errors of the entries of Σ are multiplied by its
  // condition number.
  const double condition = (kept * largest + added) / (kept * smallest + added);
  compare(answers.process, exact.process, unit * condition);
  compare(answers.same_basis, exact.same_basis, unit * condition);
  compare(answers.other_basis, exact.other_basis, unit * condition);
}

}  // namespace test
