// SPDX-License-Identifier: MIT
#include "alphabar/oracle/variational_bound.hpp"

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <vector>

#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/covariance/isotropic.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"

namespace variational_bound_test {

using namespace alphabar;
using Eigen::VectorXd;

const Gaussian prior(VectorXd{{1, -2, 3, 0.5}}, DiagonalCovariance(VectorXd{{4, 100, 0.01, 0.25}}));

/// entropy + KL of the two paths, mode by mode: each reverse step costs ½ φ(ρ − 1), ρ the exact
/// variance B λ_s/λ_t over σ².
double by_paths(const ForwardDiffusion<double, -1, DiagonalCovariance<>>& forward,
                const std::vector<double>& variances) {
  double nats = entropy(forward.prior()) + kl_divergence(forward.marginal(forward.steps()));
  for (Index t = 1; t <= forward.steps(); ++t) {
    const VectorXd& at_s = forward.marginal(t - 1).covariance().matrix().diagonal();
    const VectorXd& at_t = forward.marginal(t).covariance().matrix().diagonal();
    const double scale = forward.schedule().beta(t) / variances[static_cast<std::size_t>(t - 1)];
    for (Index i = 0; i < at_s.size(); ++i) {
      const double ratio = scale * at_s(i) / at_t(i);
      nats += (ratio - 1 - std::log(ratio)) / 2;
    }
  }
  return nats;
}

// Would catch a term that is missing or counted for one coordinate, β̃ of another step, and a bound
// in bits: the same number by another decomposition.
TEST_CASE("variational_bound: entropy and the KL of the paths") {
  const ForwardDiffusion forward(prior, linear_schedule(100, 1e-3, 0.2));
  const std::vector<double> best = optimal_reverse_variances(forward);
  const auto betas = forward.schedule().betas();
  const std::vector<double> fixed(betas.begin(), betas.end());
  for (const auto& variances : {best, fixed}) {
    const VariationalBound bound = variational_bound(forward, variances);
    CHECK(bound.terms.size() == 101);
    CHECK_THAT(bound.nats(), WithinRel(by_paths(forward, variances), 1e-12));
    CHECK(bound.bits_per_dimension() == bound.nats() / (4 * std::log(2.0)));
  }
  CHECK(variational_bound(forward, best).nats() < variational_bound(forward, fixed).nats());
  for (const double factor : {0.99, 1.01}) {
    std::vector<double> moved = best;
    moved[40] *= factor;
    CHECK(variational_bound(forward, best).nats() < variational_bound(forward, moved).nats());
  }
}

// Would catch 0/0 in a step without noise, where nothing varies at t.
TEST_CASE("optimal_reverse_variances: a point, and a step that does nothing") {
  const Gaussian point(VectorXd{{1, -2}}, DiagonalCovariance(VectorXd::Zero(2).eval()));
  const auto schedule = NoiseSchedule<double>::from_betas({0.0, 0.1, 0.2});
  const std::vector<double> variances =
      optimal_reverse_variances(ForwardDiffusion(point, schedule));
  CHECK(variances[0] == 0);
  CHECK(variances[1] == 0);  // x_1 is the point, too
  CHECK_THAT(variances[2], WithinRel(0.2 * 0.1 / (0.8 * 0.1 + 0.2), 1e-15));
}

// Would catch ∞ − ∞ for data on a line: the entropy is −∞, but a sampler with noise has a bound.
TEST_CASE("variational_bound: singular data, isotropic data, and refusals") {
  const Gaussian line(VectorXd::Zero(2), DiagonalCovariance(VectorXd{{1, 0}}));
  const ForwardDiffusion forward(line, linear_schedule(50, 1e-3, 0.3));
  CHECK(entropy(line) == -std::numeric_limits<double>::infinity());
  CHECK(std::isfinite(variational_bound(forward, forward.schedule().betas()).nats()));

  // White data need no more than β: the bound is the entropy, L_T and all.
  const Gaussian white(VectorXd::Zero(3), DiagonalCovariance(VectorXd::Ones(3).eval()));
  const ForwardDiffusion still(white, linear_schedule(50));
  CHECK_THAT(variational_bound(still, optimal_reverse_variances(still)).nats(),
             WithinRel(entropy(white), 1e-13));
  CHECK_THAT(entropy(white), WithinRel(3 * 1.4189385332046727, 1e-15));

  CHECK(test::complaint([&] { (void)variational_bound(forward, std::vector{1.0}); }) ==
        "invalid_argument: alphabar::variational_bound: the number of variances must be 50, got 1");
  std::vector<double> zero(50, 1.0);
  zero[3] = 0;
  CHECK(
      test::complaint([&] { (void)variational_bound(forward, zero); }) ==
      "invalid_argument: alphabar::variational_bound: variances[3] must be finite and > 0, got 0");
}

// Would catch 1 − ᾱ_T taken from ᾱ_T: 2.6e-5 of the term at 10⁻¹⁴.
TEST_CASE("variational_bound: the prior's term where the noise is small") {
  const Gaussian data(Eigen::Vector2d(0, 0), DiagonalCovariance(Eigen::Vector2d(1, 4)));
  for (const double beta : {1e-14, 1e-10, 1e-3, 0.2}) {
    const ForwardDiffusion forward(data, NoiseSchedule<>::from_betas({beta}));
    const double exact = ((1 - beta) * 5 + 2 * (beta - 1 - std::log(beta))) / 2;
    CHECK_THAT(variational_bound(forward, {1.0}).terms.back(), WithinRel(exact, 1e-15));
  }
}

// Would catch a message about another argument than the one that is 0: a point has no least bound.
TEST_CASE("variational_bound: a point mass") {
  const Gaussian point(Eigen::Vector2d(1, 2), IsotropicCovariance<double, 2>(0.0));
  const ForwardDiffusion forward(point, linear_schedule(10));
  const auto variances = optimal_reverse_variances(forward);
  CHECK(variances.front() == 0);
  CHECK(
      test::complaint([&] { (void)variational_bound(forward, variances); }) ==
      "invalid_argument: alphabar::variational_bound: variances[0] must be finite and > 0, got 0");
}

}  // namespace variational_bound_test
