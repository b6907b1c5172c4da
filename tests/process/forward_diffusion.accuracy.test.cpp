// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "alphabar/process/forward_diffusion.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/exact_schedule.hpp"
#include "support/matrices.hpp"
#include "support/ulp.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::Quad;
using test::Worst;

const VectorXd spectrum{{0, 1e-6, 0.01, 0.25, 1, 4, 100, 1e6}};
constexpr Index times[] = {1, 2, 3, 10, 50, 100, 200, 333, 500, 700, 900, 990, 998, 999, 1000};

struct Case {
  std::string name;
  NoiseSchedule<double> schedule;
};

/// Two more than everybody uses: without an end that is 1, and with a beginning that is nearly 0.
std::vector<Case> cases() {
  std::vector<double> harmonic(1000);
  for (std::size_t k = 0; k < harmonic.size(); ++k) harmonic[k] = 1 / static_cast<double>(k + 2);
  return {{"linear", linear_schedule()},
          {"scaled linear", scaled_linear_schedule()},
          {"cosine", cosine_schedule()},
          {"cosine, zero terminal SNR", cosine_schedule(1000, 0.008, 1)},
          {"sigmoid", sigmoid_schedule()},
          {"small betas", linear_schedule(1000, 1e-12, 1e-6)},
          {"1/(t + 1)", NoiseSchedule<>::from_betas(harmonic)}};
}

template <class Scalar>
NoiseSchedule<Scalar> rounded(const NoiseSchedule<double>& schedule) {
  return NoiseSchedule<Scalar>::from_betas(schedule.betas());
}

// Would catch 1 + ᾱ(λ − 1), an ᾱ or 1 − ᾱ of fewer digits, a matrix put together from its spectrum.
// Given A and B, of which each may be half an ulp off, an eigenvalue is nearer still.
TEMPLATE_TEST_CASE("ForwardDiffusion::covariance: within 2 ulp, entry by entry", "", float,
                   double) {
  using Matrix = Eigen::Matrix<TestType, Eigen::Dynamic, Eigen::Dynamic>;
  using Vector = Eigen::Matrix<TestType, Eigen::Dynamic, 1>;
  const Matrix sigma = test::with_spectrum(spectrum).cast<TestType>();
  for (const auto& [name, schedule] : cases()) {
    const ForwardDiffusion forward(Gaussian(Vector::Zero(8), sigma), rounded<TestType>(schedule));
    const test::ExactSchedule exact(schedule.betas());
    Worst entry;
    Worst eigenvalue;
    Worst given_the_kernel;
    for (const Index t : times) {
      const Quad kept = exact.alpha_bar(static_cast<std::size_t>(t));
      const Quad noise = exact.one_minus_alpha_bar(static_cast<std::size_t>(t));
      const Matrix sigma_t = forward.covariance(t);
      for (Index k = 0; k < sigma.size(); ++k) {
        const bool diagonal = k % 9 == 0;
        entry.see(test::ulps(sigma_t(k), kept * sigma(k) + (diagonal ? noise : Quad{0})), t, k);
      }
      const Vector& before = forward.prior().covariance().eigenvalues();
      const Vector after = forward.marginal(t).covariance().eigenvalues();
      const auto kernel = forward.schedule().transition(0, t);
      for (Index i = 0; i < 8; ++i) {
        eigenvalue.see(test::ulps(after(i), kept * before(i) + noise), t, i);
        const Quad exact_of_kernel =
            Quad{kernel.signal_power()} * before(i) + Quad{kernel.noise_variance()};
        given_the_kernel.see(test::ulps(after(i), exact_of_kernel), t, i);
      }
    }
    INFO(name << ": entry " << entry.s << " at t = " << entry.t << ", eigenvalue " << eigenvalue.s
              << " at t = " << eigenvalue.t);
    CHECK(entry.ulps <= 2);
    CHECK(eigenvalue.ulps <= 2);
    CHECK(given_the_kernel.ulps <= 1.5);
  }
}

// Would catch a recursion without its correction, which adds up the rounding of a thousand
// steps. A diagonal matrix, so that each eigenvalue is held to its own size.
TEMPLATE_TEST_CASE("ForwardDiffusion: closed form and recursion agree within 16 u", "", float,
                   double) {
  using Vector = Eigen::Matrix<TestType, Eigen::Dynamic, 1>;
  const Vector lambda = spectrum.cast<TestType>();
  const double unit = std::numeric_limits<TestType>::epsilon() / 2;
  for (const auto& [name, schedule] : cases()) {
    const ForwardDiffusion forward(Gaussian(Vector::Zero(8), lambda.asDiagonal().toDenseMatrix()),
                                   rounded<TestType>(schedule));
    for (const Index t : times) {
      const VectorXd closed = forward.covariance(t).diagonal().template cast<double>();
      const VectorXd by_recursion =
          forward.covariance_by_recursion(t).diagonal().template cast<double>();
      INFO(name << ", t = " << t << ", in u: "
                << ((by_recursion - closed).array() / closed.array() / unit).transpose());
      CHECK(((by_recursion - closed).array().abs() <= 16 * unit * closed.array()).all());
    }
  }
}

}  // namespace
#endif
