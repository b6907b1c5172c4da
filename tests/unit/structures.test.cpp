// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "alphabar/covariance/circulant.hpp"
#include "alphabar/covariance/isotropic.hpp"
#include "alphabar/covariance/low_rank.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/law_battery.hpp"
#include "support/matrices.hpp"
#include "support/special_values.hpp"

namespace structures_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::complaint;
using test::obeys_the_laws;

// Would catch a d that is forgotten in a trace, and a point that has a density.
TEMPLATE_TEST_CASE("IsotropicCovariance: obeys the laws", "", float, double) {
  for (const double variance : {6.25, 0.0}) {
    CAPTURE(variance);
    const MatrixXd sigma = variance * MatrixXd::Identity(6, 6);
    const auto given = static_cast<TestType>(variance);
    obeys_the_laws(IsotropicCovariance(given, 6), sigma);
    obeys_the_laws(IsotropicCovariance<TestType, 6>(given), sigma);
  }
}

template <class Scalar>
void low_rank_obeys_the_laws(const VectorXd& l, double psi) {
  CAPTURE(l, psi);
  constexpr Index d = 6;
  const MatrixXd u = test::rotation(d).leftCols(l.size());
  const MatrixXd sigma = u * l.asDiagonal() * u.transpose() + psi * MatrixXd::Identity(d, d);
  const auto basis = u.cast<Scalar>();
  const auto loads = l.cast<Scalar>();
  const auto rest = static_cast<Scalar>(psi);
  obeys_the_laws(LowRankCovariance(basis, loads, rest), sigma);
  obeys_the_laws(LowRankCovariance<Scalar, d>(basis, loads, rest), sigma);
}

// Would catch ψ that counts r times too often, l for l + ψ, a gain that is not a difference, and
// 0 · ∞ where nothing is left for ψ.
TEMPLATE_TEST_CASE("LowRankCovariance: obeys the laws", "", float, double) {
  low_rank_obeys_the_laws<TestType>(VectorXd{{40, 3, 0.5, 0.25, 7}}, 0.125);
  low_rank_obeys_the_laws<TestType>(VectorXd{{40, -0.25}}, 0.25);
  low_rank_obeys_the_laws<TestType>(VectorXd{{40, 3}}, 0);
  low_rank_obeys_the_laws<TestType>(VectorXd{{40, 3, 0.5, 0.25, 7, 1}}, 0);
}

// Would catch an interior frequency that counts once, or a last one that counts twice, an odd ring
// that is taken for an even one, and a spectrum without the factor of the inverse transform.
TEMPLATE_TEST_CASE("CirculantCovariance: obeys the laws", "", float, double) {
  for (const Index d : {1, 2, 3, 6, 8}) {
    for (const bool singular : {false, true}) {
      CAPTURE(d, singular);
      VectorXd spectrum = VectorXd::NullaryExpr(
          d / 2 + 1, [](Index k) { return 40 / double((k + 1) * (k + 1) * (k + 1)); });
      if (singular) spectrum(d / 4) = 0;
      const MatrixXd sigma = MatrixXd::NullaryExpr(d, d, [&](Index i, Index j) {
        double sum = 0;
        for (Index k = 0; k < d; ++k) {
          const double angle = 2 * std::numbers::pi * double(k * (i - j)) / double(d);
          sum += spectrum(std::min(k, d - k)) * std::cos(angle) / double(d);
        }
        return sum;
      });
      obeys_the_laws(CirculantCovariance(sigma.col(0).cast<TestType>().eval()), sigma);
      obeys_the_laws(
          CirculantCovariance<TestType>::from_spectrum(spectrum.cast<TestType>().eval(), d), sigma);
    }
  }
}

}  // namespace structures_test
