// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "alphabar/covariance/dense.hpp"
#include "alphabar/gaussian/divergence.hpp"
#include "alphabar/gaussian/wasserstein.hpp"
#include "alphabar/process/forward_diffusion.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"
#include "support/unit_noise.hpp"

/// What every covariance structure must do, told by the dense matrix in double that it stands for.
namespace test {

template <class Scalar>
Scalar identity(Scalar lambda) {
  return lambda;
}
template <class Scalar>
Scalar root(Scalar lambda) {
  return std::sqrt(lambda);
}
template <class Scalar>
Scalar resolvent(Scalar lambda) {
  return 1 / (lambda + Scalar(0.5));
}

/// A mean and a point, and a batch, without a zero and of moderate size.
template <class Scalar>
Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> any_batch(Eigen::Index d) {
  const auto entry = [](Eigen::Index i, Eigen::Index j) {
    return static_cast<Scalar>(std::cos(1.0 + 2.3 * double(i) + 0.7 * double(j)));
  };
  return Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>::NullaryExpr(d, 3, entry);
}

/// The battery. Errors are counted in the unit of roundoff of the structure's Scalar.
template <class Covariance>
class LawBattery {
 public:
  using Vector = typename Covariance::Vector;
  using Scalar = typename Vector::Scalar;
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  LawBattery(const Covariance& covariance, const Eigen::MatrixXd& sigma)
      : covariance_(covariance), dense_(sigma), batch_(any_batch<Scalar>(covariance.dimension())) {}

  void run() const {
    spectrum();
    functions();
    for (const double noise : {0.0, 0.7}) {
      CAPTURE(noise);
      after_a_step(noise);
    }
    process();
    distances();
  }

 private:
  static constexpr double unit = std::numeric_limits<Scalar>::epsilon() / 2;
  static constexpr double bound = 64 * unit;

  /// The largest difference in multiples of `scale`; infinite where a value is no number.
  static double error(const Eigen::MatrixXd& value, const Eigen::MatrixXd& exact, double scale) {
    if (!value.allFinite()) return infinity;
    const double difference = (value - exact).cwiseAbs().maxCoeff();
    return difference == 0 ? 0 : difference / scale;
  }

  void spectrum() const {
    CHECK(covariance_.dimension() == dense_.dimension());
    CHECK(covariance_.rank() == dense_.rank());
    CHECK(error(covariance_.matrix().template cast<double>(), dense_.matrix(), largest()) < bound);
    Eigen::VectorXd eigenvalues = covariance_.eigenvalues().template cast<double>();
    std::sort(eigenvalues.begin(), eigenvalues.end());
    CHECK(error(eigenvalues, dense_.eigenvalues(), largest()) < bound);
    CHECK(covariance_.shares_basis(covariance_.transformed(Scalar(0.5), Scalar(0.25))));
  }

  void functions() const {
    using F = Scalar (*)(Scalar);
    using G = double (*)(double);
    const std::pair<F, G> pairs[] = {{identity<Scalar>, identity<double>},
                                     {root<Scalar>, root<double>},
                                     {resolvent<Scalar>, resolvent<double>}};
    for (const auto& [f, g] : pairs) {
      const double size = dense_.eigenvalues().unaryExpr(g).maxCoeff();
      const Eigen::MatrixXd exact = dense_.apply(g, batch_.template cast<double>().eval());
      CHECK(error(covariance_.apply(f, batch_).template cast<double>(), exact, size) < bound);
      CHECK(error(covariance_.apply(f, Vector(batch_.col(1))).template cast<double>(), exact.col(1),
                  size) < bound);
      CHECK_THAT(double(covariance_.trace(f)), WithinRel(dense_.trace(g), bound));
      CHECK(error(covariance_.mapped(f).matrix().template cast<double>(), dense_.mapped(g).matrix(),
                  size) < bound);
    }
  }

  void after_a_step(double noise) const {
    const auto later = covariance_.transformed(Scalar(0.3F), static_cast<Scalar>(noise));
    const auto b = static_cast<double>(static_cast<Scalar>(noise));
    const auto exact = dense_.transformed(double{0.3F}, b);
    CHECK(error(later.matrix().template cast<double>(), exact.matrix(), largest()) < bound);
    CHECK(later.rank() == exact.rank());
    const alphabar::Gaussian p(batch_.col(0), later);
    const alphabar::Gaussian q(batch_.col(0).template cast<double>(), exact);
    if (later.rank() < later.dimension()) {
      CHECK(later.log_determinant() == -std::numeric_limits<Scalar>::infinity());
      CHECK_THAT(complaint([&] { (void)p.log_density(batch_.col(1)); }),
                 Catch::Matchers::StartsWith(
                     "invalid_argument: alphabar::Gaussian::log_density: the rank"));
      return;
    }
    const double condition = exact.eigenvalues().maxCoeff() / exact.eigenvalues().minCoeff();
    const auto d = static_cast<double>(later.dimension());
    CHECK_THAT(double(later.log_determinant()), WithinAbs(exact.log_determinant(), d * bound));
    CHECK_THAT(double(p.log_density(batch_.col(1))),
               WithinRel(q.log_density(batch_.col(1).template cast<double>()), condition * bound));
  }

  void process() const {
    const auto schedule = alphabar::linear_schedule<Scalar>();
    const alphabar::ForwardDiffusion forward(alphabar::Gaussian(batch_.col(0), covariance_),
                                             schedule);
    const alphabar::ForwardDiffusion reference(
        alphabar::Gaussian(batch_.col(0).template cast<double>(), dense_),
        alphabar::linear_schedule());
    for (const alphabar::Index t : {0, 300}) {
      CAPTURE(t);
      const auto [mean, map] = as_affine_map(forward, t);
      const double size = std::max(1.0, largest());
      CHECK(error(mean, reference.mean(t), 1) < bound);
      CHECK(error(map * map.transpose(), reference.covariance(t), size) < bound);
    }
  }

  /// Between two times, where the dense matrices do not know that they share a basis.
  void distances() const {
    const alphabar::Gaussian p(batch_.col(0), covariance_.transformed(Scalar(0.75F), Scalar(0)));
    const alphabar::Gaussian q(batch_.col(1), covariance_.transformed(Scalar(0.5F), Scalar(0.25F)));
    const auto in_double = [](const Eigen::MatrixXd& mean, const Eigen::MatrixXd& sigma) {
      return alphabar::Gaussian(mean.col(0), sigma);
    };
    const Eigen::MatrixXd means = batch_.template cast<double>();
    const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(means.rows(), means.rows());
    const auto dense_p = in_double(means.col(0), 0.75 * dense_.matrix());
    const auto dense_q = in_double(means.col(1), 0.5 * dense_.matrix() + 0.25 * identity);
    CHECK_THAT(double(wasserstein_distance(p, q)),
               WithinRel(wasserstein_distance(dense_p, dense_q), bound));
    CHECK_THAT(double(kl_divergence(q)), WithinRel(kl_divergence(dense_q), bound));
    if (covariance_.rank() < covariance_.dimension()) {
      CHECK(kl_divergence(p, q) == std::numeric_limits<Scalar>::infinity());
    } else {
      CHECK_THAT(double(kl_divergence(p, q)), WithinRel(kl_divergence(dense_p, dense_q), bound));
    }
  }

  /// The mean and the matrix that `sample` is.
  static std::pair<Eigen::VectorXd, Eigen::MatrixXd> as_affine_map(const auto& forward,
                                                                   alphabar::Index t) {
    const Eigen::VectorXd mean =
        forward.sample(t, UnitNoise<Scalar>::silence(), 1).template cast<double>();
    Eigen::MatrixXd map(mean.size(), mean.size());
    for (alphabar::Index k = 0; k < mean.size(); ++k) {
      const UnitNoise<Scalar> noise(static_cast<std::uint64_t>(k));
      map.col(k) = forward.sample(t, noise, 1).template cast<double>() - mean;
    }
    return {mean, map};
  }

  [[nodiscard]] double largest() const { return dense_.eigenvalues().maxCoeff(); }

  Covariance covariance_;
  alphabar::DenseCovariance<double> dense_;
  Matrix batch_;
};

}  // namespace test
