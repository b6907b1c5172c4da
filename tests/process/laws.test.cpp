// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <cmath>
#include <limits>

#include "alphabar/process/forward_diffusion.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/matrices.hpp"
#include "support/prior.hpp"

namespace laws_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::times;

template <class Expression>
MatrixXd in_double(const Expression& x) {
  return x.template cast<double>();
}

/// One law at one time; the message names it.
void check(const char* law, Index s, Index t, const MatrixXd& value, const MatrixXd& expected,
           double tolerance) {
  INFO(law << ", s = " << s << ", t = " << t);
  CHECK(test::relative_error(value, expected) < tolerance);
}

// Would catch, for any Scalar and any way to give the dimension: a time off by one, α for ᾱ, √ᾱ in
// the covariance or ᾱ in the mean, a B that is not added or added to every entry, a recursion that
// goes another way than the closed form, a marginal that is no start for what follows.
//
// The prior has eigenvalues far apart and far from 1, where a mistake would not show, and no zero
// in its basis. The expected numbers are the textbook's, in double.
TEMPLATE_TEST_CASE_SIG("ForwardDiffusion: the laws", "", ((class Scalar, int Dim), Scalar, Dim),
                       (double, 1), (double, 2), (double, 3), (double, -1), (float, 1), (float, 2),
                       (float, 3), (float, -1)) {
  constexpr Index d = Dim == Eigen::Dynamic ? 5 : Dim;
  const VectorXd mu = VectorXd{{1, -2, 3, 0.5, -0.25}}.head(d);
  const MatrixXd given = test::with_spectrum(VectorXd{{4, 0, 100, 0.01, 0.25}}.head(d));
  const ForwardDiffusion forward(Gaussian<Scalar, Dim>(mu.cast<Scalar>(), given.cast<Scalar>()),
                                 linear_schedule<Scalar>());
  const MatrixXd sigma = in_double(forward.prior().covariance().matrix());
  const MatrixXd identity = MatrixXd::Identity(d, d);
  const double eps = std::numeric_limits<Scalar>::epsilon();

  VectorXd alpha_bar = VectorXd::Ones(1001);
  VectorXd noise = VectorXd::Zero(1001);
  long double product = 1;  // so that the textbook's running product is right to the last digit
  for (Index t = 1; t <= 1000; ++t) {
    const long double slope = (0.02L - 1e-4L) / 999;
    product *= 1 - (1e-4L + slope * static_cast<long double>(t - 1));
    alpha_bar(t) = static_cast<double>(product);
    noise(t) = static_cast<double>(1 - product);
  }
  for (const Index t : times) {
    const double kept = alpha_bar(t);
    const auto sigma_t = forward.covariance(t);
    const auto marginal = forward.marginal(t);
    check("Σ_t = ᾱ_t Σ_0 + (1 − ᾱ_t) I", 0, t, in_double(sigma_t),
          kept * sigma + noise(t) * identity, 3 * eps);
    check("Σ_t by recursion", 0, t, in_double(forward.covariance_by_recursion(t)),
          in_double(sigma_t), 8 * eps);
    check("μ_t = √ᾱ_t μ_0", 0, t, in_double(forward.mean(t)), std::sqrt(kept) * mu, 12 * eps);
    CHECK(marginal.mean() == forward.mean(t));
    CHECK(marginal.covariance().matrix() == sigma_t);
    for (const Index s : times) {
      if (s > t) continue;
      const auto onward = propagate(forward.schedule().transition(s, t), forward.marginal(s));
      check("q(x_t) from q(x_s), mean", s, t, in_double(onward.mean()), in_double(marginal.mean()),
            8 * eps);
      check("q(x_t) from q(x_s), covariance", s, t, in_double(onward.covariance().matrix()),
            in_double(sigma_t), 8 * eps);
      check("q(x_t) from q(x_s), spectrum", s, t, in_double(onward.covariance().eigenvalues()),
            in_double(marginal.covariance().eigenvalues()), 8 * eps);
      check("Cov(x_s, x_t) = √(ᾱ_t/ᾱ_s) Σ_s", s, t, in_double(forward.cross_covariance(s, t)),
            std::sqrt(kept / alpha_bar(s)) * in_double(forward.covariance(s)), 12 * eps);
    }
  }
}

}  // namespace laws_test
