// SPDX-License-Identifier: MIT
#include "alphabar/oracle/information.hpp"

#include <Eigen/Core>
#include <cmath>
#include <random>

#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/gaussian/posterior.hpp"
#include "alphabar/schedule/continuous.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/prior.hpp"
#include "support/special_values.hpp"
#include "support/ulp.hpp"

namespace information_test {

using namespace alphabar;
using Eigen::VectorXd;
using test::any_prior;
using test::infinity;

constexpr Prediction kinds[] = {Prediction::noise, Prediction::x0, Prediction::velocity,
                                Prediction::score, Prediction::flow_velocity};

const TransitionKernel<> kernels[] = {linear_schedule().transition(0, 1),
                                      linear_schedule().transition(0, 500),
                                      linear_schedule().transition(0, 1000),
                                      RectifiedFlow().transition(0, 0.3), Edm().transition(0, 80)};

/// Variances 4, 0, 100, 0.01, 0.25.
const auto prior = any_prior();

// Would catch a unit other than nats, a factor 2, and I of the wrong variable: it is h(x_t) −
// h(x_t | x_0). Between two times it must be that of the chain.
TEST_CASE("mutual_information: entropy less noise, and along a chain") {
  for (const auto& kernel : kernels) {
    const double of_noise = 5 * std::log(kernel.noise_variance());
    const double expected =
        (propagate(kernel, prior).covariance().log_determinant() - of_noise) / 2;
    CHECK_THAT(mutual_information(prior, kernel), WithinAbs(expected, 1e-13));
  }
  const auto schedule = linear_schedule();
  const auto at_500 = propagate(schedule.transition(0, 500), prior);
  CHECK(mutual_information(at_500, schedule.transition(500, 1000)) >
        mutual_information(prior, schedule.transition(0, 1000)));
  CHECK_THAT(mutual_information(prior, TransitionKernel(1e-20, 1)),
             WithinRel(104.26e-20 / 2, 1e-14));
}

// Would catch an MMSE of the wrong variable, of one coordinate instead of all, and an area without
// its square: a prediction is linear in x_0 and ε, and its error that of x_0 given x_t.
TEST_CASE("minimum_mean_squared_error: of five predictions, from the posterior") {
  for (const auto& kernel : kernels) {
    const double error_of_x0 = posterior_covariance(prior, kernel).matrix().trace();
    for (const Prediction kind : kinds) {
      const double scale = PredictionConversion(kernel, Prediction::x0, kind).prediction_scale();
      CHECK_THAT(minimum_mean_squared_error(prior, kernel, kind),
                 WithinRel(scale * scale * error_of_x0, 1e-12));
    }
  }
}

// Would catch a factor or a variable that is wrong in both: dI/dSNR = MMSE/2.
TEST_CASE("mutual_information, minimum_mean_squared_error: I-MMSE") {
  for (const double snr : {1e-4, 0.3, 1.0, 20.0, 1e4}) {
    const double h = 1e-3 * snr;
    const auto at = [&](double power) {
      return mutual_information(prior, TransitionKernel(power, 1));
    };
    const double slope = (8 * (at(snr + h) - at(snr - h)) - (at(snr + 2 * h) - at(snr - 2 * h))) /
                         (12 * h);  // error h⁴/30 of the fifth derivative
    const TransitionKernel kernel(snr, 1);
    const double error =
        minimum_mean_squared_error(prior, TransitionKernel(snr, 1), Prediction::x0);
    CHECK_THAT(slope, WithinRel(error / 2, 1e-9));
  }
}

#ifdef ALPHABAR_TEST_QUAD
/// log(1 + x), for x >= 0.
test::Quad log_of_one_plus(test::Quad x) {
  return x < 0x1p-12 ? test::log_of_one_minus(-x) : test::log(1 + x);
}

/// The errors in ulp of a prior with one eigenvalue, for λ, A and B of this many decades around 1.
template <class Scalar>
void see_terms(double decades, test::Worst& information, test::Worst& squared_errors) {
  using test::Quad;
  std::mt19937_64 random(1);
  for (int k = 0; k < 3000; ++k) {
    const auto any = [&](double range) {
      const double share = static_cast<double>(random() >> 11) * 0x1p-53;
      return static_cast<Scalar>(std::pow(10, range * (2 * share - 1)));
    };
    const double range = k % 2 == 0 ? decades : 1;
    const Scalar lambda = any(range);
    const TransitionKernel<Scalar> kernel(any(range), any(range));
    const Gaussian one(Eigen::VectorX<Scalar>::Zero(1).eval(),
                       DiagonalCovariance(Eigen::VectorX<Scalar>::Constant(1, lambda).eval()));
    const Quad a = kernel.signal_power();
    const Quad b = kernel.noise_variance();
    const Quad root_a = test::sqrt(a);
    const Quad root_b = test::sqrt(b);
    information.see(
        test::ulps(mutual_information(one, kernel), log_of_one_plus(lambda * a / b) / 2), k);
    const auto see = [&](Prediction kind, Quad factor) {
      const Quad exact = factor * lambda / (a * lambda + b);
      squared_errors.see(test::ulps(minimum_mean_squared_error(one, kernel, kind), exact), k);
    };
    see(Prediction::x0, b);
    see(Prediction::noise, a);
    see(Prediction::score, a / b);
    see(Prediction::velocity, (a + b) * (a + b));
    see(Prediction::flow_velocity, (root_a + root_b) * (root_a + root_b));
  }
}

// Would catch log(1 + x) at small x, a difference of variances, and a factor in float.
TEST_CASE("mutual_information, minimum_mean_squared_error: each term within 8 ulp") {
  test::Worst information;
  test::Worst squared_errors;
  see_terms<double>(60, information, squared_errors);
  CHECK(information.ulps <= 8);
  CHECK(squared_errors.ulps <= 8);
  test::Worst information_in_float;
  test::Worst squared_errors_in_float;
  see_terms<float>(8, information_in_float, squared_errors_in_float);
  CHECK(information_in_float.ulps <= 8);
  CHECK(squared_errors_in_float.ulps <= 8);
}
#endif

// Would catch λA or λA/B out of range where the logarithm is not.
TEST_CASE("mutual_information: variances and kernels at the ends of the range") {
  const auto nats = [](double lambda, double a, double b) {
    const Gaussian one(VectorXd::Zero(1), DiagonalCovariance(VectorXd::Constant(1, lambda).eval()));
    return mutual_information(one, TransitionKernel(a, b));
  };
  CHECK_THAT(nats(1e200, 1, 1e-200), WithinRel(std::log(10) * 200, 1e-15));
  CHECK_THAT(nats(1e-200, 1e-150, 1e-300), WithinRel(5e-51, 1e-15));
  CHECK_THAT(nats(1e-200, 1e200, 1e10), WithinRel(5e-11, 1e-10));
  CHECK_THAT(nats(1e300, 1e200, 1e-300), WithinRel(std::log(10) * 400, 1e-15));
}

// Would catch 0/0 and ∞ − ∞ where the noise, the signal or a variance is 0.
TEST_CASE("Information: edges") {
  const Gaussian nothing(VectorXd::Ones(3), DiagonalCovariance(VectorXd::Zero(3).eval()));
  const TransitionKernel<> identity;
  const TransitionKernel erased(0, 1);
  const TransitionKernel silenced(0, 0);
  CHECK(mutual_information(prior, identity) == infinity);
  CHECK(mutual_information(nothing, identity) == 0);
  CHECK(mutual_information(prior, erased) == 0);
  CHECK(mutual_information(prior, silenced) == 0);

  CHECK(minimum_mean_squared_error(prior, identity, Prediction::x0) == 0);
  CHECK(minimum_mean_squared_error(prior, identity, Prediction::noise) == 5);
  CHECK(minimum_mean_squared_error(prior, identity, Prediction::velocity) == 5);
  CHECK(minimum_mean_squared_error(prior, erased, Prediction::noise) == 0);
  CHECK_THAT(minimum_mean_squared_error(prior, erased, Prediction::x0), WithinRel(104.26, 1e-14));
  CHECK(minimum_mean_squared_error(prior, TransitionKernel(0.25, 0), Prediction::velocity) == 1.25);
  CHECK_THAT(minimum_mean_squared_error(prior, silenced, Prediction::flow_velocity),
             WithinRel(109.26, 1e-14));
  CHECK(minimum_mean_squared_error(nothing, TransitionKernel(0.5, 0.5), Prediction::noise) == 0);
  CHECK(test::complaint(
            [&] { (void)minimum_mean_squared_error(prior, identity, Prediction::score); }) ==
        "invalid_argument: alphabar::minimum_mean_squared_error: noise_scale must be > 0 for a "
        "score, got 0");
}

}  // namespace information_test
