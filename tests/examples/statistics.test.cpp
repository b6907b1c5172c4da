// SPDX-License-Identifier: MIT
//
// The statistical tests of examples/diffuse_dataset: their tail probabilities against values from
// mpmath, their rate of false alarms against the stated one, and mistakes that they must detect.
// All noise is seeded: a case that passes always passes. The bounds of a simulation are four of its
// standard deviations wide, which an unlucky choice of seed would miss once in 16000.

#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include "diffuse_dataset/chi_square.hpp"
#include "diffuse_dataset/comparison.hpp"
#include "diffuse_dataset/experiment.hpp"
#include "diffuse_dataset/plan.hpp"
#include "diffuse_dataset/wishart_test.hpp"
#include "support/catch.hpp"

namespace {

using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using namespace diffuse_dataset;

Matrix normals(Index rows, Index columns, std::uint64_t stream) {
  Matrix z(rows, columns);
  Noise(2026, stream).fill(z);
  return z;
}

double p_value_of(const Matrix& samples) {
  const Moments moments = moments_of(samples);
  return standard_normal_p_value(moments.count(), moments.mean(), moments.covariance());
}

/// The share of p-values below `level` among 4000 sets of samples.
template <class PValue>
double share_below(double level, Index dimension, Index count, const PValue& p_value) {
  constexpr int sets = 4000;
  int below = 0;
  for (int k = 0; k < sets; ++k) {
    if (p_value(normals(dimension, count, static_cast<std::uint64_t>(k))) < level) ++below;
  }
  return below / double{sets};
}

/// A small data set whose covariance is far from diagonal and has an eigenvalue 0.
Matrix skewed_data() {
  Matrix x = normals(5, 300, 77);
  x.row(1) = 3 * x.row(0) + 0.2 * x.row(1);
  x.row(4).setConstant(2);
  return x;
}

/// Real samples noised with one kernel, compared with the law at time t.
Comparison held_against(const alphabar::NoiseSchedule<double>& schedule, Index t,
                        const alphabar::TransitionKernel<double>& kernel) {
  const Matrix x0 = skewed_data();
  const alphabar::ForwardDiffusion diffusion(moments_of(x0).gaussian(), schedule);
  Matrix x = x0;
  alphabar::add_noise(kernel, x0, Noise(5), x);
  const Matrix residuals =
      (x - schedule.sqrt_alpha_bar(t) * x0) / schedule.sqrt_one_minus_alpha_bar(t);
  const Claim claim{1, diffusion.covariance(t), diffusion.marginal(t).covariance().eigenvalues(),
                    schedule.one_minus_alpha_bar(t)};
  return compare({moments_of(x), moments_of(residuals)}, claim,
                 diffusion.prior().covariance().eigenvectors());
}

}  // namespace

// Would catch: a continued fraction that waits for a factor of exactly 1, a series without an end,
// and NaN from x/a that overflows.
TEST_CASE("Chi-square tails return for every x, and refuse degrees of freedom beyond 1e12") {
  int wrong = 0;
  for (int power = -1070; power < 1024; power += 3) {
    for (const double dof : {1e-3, 1.0, 3.0, 17.0, 59.0, 1e4, 1e7}) {
      for (const double digits : {1.0, 1.1, 1.37, 1.94}) {
        const Tails tails = chi_square_tails(std::ldexp(digits, power), dof);
        wrong += std::abs(tails.lower + tails.upper - 1) <= 1e-9 ? 0 : 1;
      }
    }
  }
  CHECK(wrong == 0);
  CHECK(chi_square_tails(std::numeric_limits<double>::max(), 0.5).upper == 0);
  CHECK_THAT(chi_square_tails(1e12, 1e12).lower, WithinAbs(0.5, 1e-6));
  for (const double dof : {0.0, -1.0, 1.1e12, 1e17, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_AS(chi_square_tails(1, dof), std::invalid_argument);
    CHECK_THROWS_AS(chi_square_tails(dof, dof), std::invalid_argument);
  }
}

TEST_CASE("Chi-square tails agree with mpmath, in both tails and up to 5·10⁷ degrees of freedom") {
  struct Reference {
    double x, dof, lower, upper;
  };
  // mpmath 1.2.1 at 40 digits: gammainc, and for the last three an integral of the density.
  for (const Reference& r :
       std::vector<Reference>{{0.001, 1, 0.025227120630039612, 0.97477287936996039},
                              {3.84, 1, 0.9499564787512949, 0.050043521248705103},
                              {30, 1, 0.99999995679536942, 4.3204630578274973e-8},
                              {0.5, 2, 0.22119921692859513, 0.77880078307140487},
                              {0.01, 5, 5.3002700426865172e-7, 0.99999946997299573},
                              {4, 5, 0.45058404864721977, 0.54941595135278023},
                              {80, 5, 0.99999999999999916, 8.3918251148316101e-16},
                              {20, 63, 4.4508910800326678e-8, 0.9999999554910892},
                              {63, 63, 0.52369761666186987, 0.47630238333813013},
                              {200, 63, 0.99999999999999964, 3.6170018669952573e-16},
                              {1500, 1796, 8.5506423849455809e-8, 0.99999991449357615},
                              {1796, 1796, 0.50443765282722319, 0.49556234717277681},
                              {2200, 1796, 0.99999999985475614, 1.4524386371654036e-10},
                              {57508, 59999, 1.5380311405201166e-13, 0.9999999999998462},
                              {59999, 59999, 0.50076777131689439, 0.49923222868310561},
                              {62000, 59999, 0.99999999452646472, 5.4735352794946872e-9},
                              {46981803, 47040000, 9.7200829033410097e-10, 0.99999999902799171},
                              {47040000, 47040000, 0.50002742017059944, 0.49997257982940056},
                              {47098197, 47040000, 0.99999999899875999, 1.0012400055021899e-9}}) {
    CAPTURE(r.x, r.dof);
    const Tails tails = chi_square_tails(r.x, r.dof);
    CHECK_THAT(tails.lower, WithinRel(r.lower, 1e-10));
    CHECK_THAT(tails.upper, WithinRel(r.upper, 1e-10));
  }
}

TEST_CASE("Chi-square tails at the ends") {
  CHECK(chi_square_tails(0, 5).two_sided() == 0);
  CHECK(chi_square_tails(-1, 5).two_sided() == 0);
  CHECK(chi_square_tails(std::numeric_limits<double>::infinity(), 5).two_sided() == 0);
  CHECK(chi_square_tails(std::nan(""), 5).two_sided() == 0);
  CHECK(chi_square_tails(1e5, 10).upper == 0);
}

TEST_CASE("Noncentral chi-square: a few percent off far out, better with more degrees of freedom") {
  struct Reference {
    double x, dof, shift, tail, tolerance;
  };
  // mpmath: the central tail, averaged over the shifted normal.
  for (const Reference& r : std::vector<Reference>{{1200, 10, 1000, 1.9738791e-3, 1e-3},
                                                   {184, 63, 63, 3.4777701e-3, 1e-2},
                                                   {806, 63, 1000, 9.9037201e-6, 1e-2},
                                                   {4172, 1796, 3000, 1.0589086e-7, 1e-2},
                                                   {5420, 1796, 3000, 6.7611589e-7, 1e-2},
                                                   {1013801, 1796, 1e6, 1.0991889e-9, 1e-4}}) {
    CAPTURE(r.x, r.dof, r.shift);
    const Tails tails = noncentral_chi_square_tails(r.x, r.dof, r.shift);
    CHECK_THAT(std::min(tails.lower, tails.upper), WithinRel(r.tail, r.tolerance));
  }
}

TEST_CASE("Normal tails are accurate far out") {
  CHECK_THAT(normal_tails(1.959963984540054).two_sided(), WithinRel(0.05, 1e-13));
  CHECK_THAT(normal_tails(-10).lower, WithinRel(7.6198530241605261e-24, 1e-13));
}

TEST_CASE("The smallest of many p-values has Šidák's p-value") {
  CHECK_THAT(smallest_of(2, 0.5), WithinRel(0.75, 1e-15));
  CHECK_THAT(smallest_of(300000, 1e-12), WithinRel(3e-7, 1e-6));
  CHECK(smallest_of(10, 0) == 0);
  CHECK(smallest_of(10, 1) == 1);
}

TEST_CASE("Bartlett: the size is exact, with more samples than dimensions or fewer") {
  const auto p_value = [](const Matrix& z) {
    return bartlett_p_value(z * z.transpose(), z.cols());
  };
  const double four_sigma = 4 * std::sqrt(0.05 * 0.95 / 4000);
  CHECK_THAT(share_below(0.05, 5, 12, p_value), WithinAbs(0.05, four_sigma));
  CHECK_THAT(share_below(0.05, 6, 4, p_value), WithinAbs(0.05, four_sigma));
}

TEST_CASE("The test of normality keeps its size") {
  const double four_sigma = 4 * std::sqrt(0.05 * 0.95 / 4000);
  CHECK(share_below(0.05, 5, 12, p_value_of) <= 0.05 + four_sigma);
  CHECK(share_below(0.05, 5, 12, p_value_of) >= 0.04 - four_sigma);
}

TEST_CASE("The test of normality detects what is not N(0, I)") {
  const Matrix z = normals(8, 5000, 1);
  CHECK(p_value_of(z) > 1e-3);
  CHECK(p_value_of(1.05 * z) < 1e-9);
  CHECK(p_value_of(z.array() + 0.1) < 1e-9);

  Matrix one_long_axis = z;
  one_long_axis.row(6) *= 1.2;
  CHECK(p_value_of(one_long_axis) < 1e-9);

  Matrix correlated = z;
  correlated.row(2) = std::sqrt(0.96) * z.row(2) + 0.2 * z.row(5);
  CHECK(p_value_of(correlated) < 1e-9);

  Matrix repeated = z;
  repeated.row(2) = z.row(5);
  CHECK(p_value_of(repeated) == 0);

  const Moments moments = moments_of(z);
  Vector no_mean = moments.mean();
  no_mean(3) = std::nan("");
  CHECK(standard_normal_p_value(moments.count(), no_mean, moments.covariance()) == 0);
  Matrix broken = z;
  broken(3, 100) = std::nan("");
  CHECK_THROWS_AS(moments_of(broken), std::invalid_argument);
}

// 300 samples of 5 values see each mistake where it is large; thousands see it further on.
TEST_CASE("Real samples are compared with the right time, the square root, and ᾱ instead of α") {
  const auto schedule = alphabar::linear_schedule();
  for (const Index t : {1, 10, 100, 500, 1000}) {
    CAPTURE(t);
    const auto right = schedule.transition(0, t);
    const Comparison good = held_against(schedule, t, right);
    CHECK(good.p_value > 1e-3);
    CHECK_THAT(good.error / good.expected_error, WithinAbs(1, 0.5));

    using Kernel = alphabar::TransitionKernel<double>;
    if (t <= 100) {
      const auto without_root = Kernel::from_scales(right.signal_scale(), right.noise_variance());
      CHECK(held_against(schedule, t, without_root).p_value < 1e-9);
    }
    if (t == 1) {
      CHECK(held_against(schedule, t, schedule.transition(0, t + 1)).p_value < 1e-6);
    }
    if (t > 1) {
      CHECK(held_against(schedule, t, schedule.step(t)).p_value < 1e-9);
    }
  }
}

TEST_CASE("The expected error is the mean over the noise") {
  const auto schedule = alphabar::linear_schedule();
  const Matrix x0 = skewed_data();
  const alphabar::ForwardDiffusion diffusion(moments_of(x0).gaussian(), schedule);
  const Index t = 200;
  const Matrix sigma = diffusion.covariance(t);
  double sum_of_squares = 0;
  constexpr int repetitions = 2000;
  for (int k = 0; k < repetitions; ++k) {
    Matrix x = x0;
    alphabar::add_noise(schedule.transition(0, t), x0, Noise(6).substream(k), x);
    sum_of_squares += (moments_of(x).covariance() - sigma).squaredNorm();
  }
  const double expected = held_against(schedule, t, schedule.transition(0, t)).expected_error;
  CHECK_THAT(std::sqrt(sum_of_squares / repetitions) / sigma.norm(), WithinRel(expected, 0.05));
}

TEST_CASE("Times of the checks: a dozen, with 1, 2, 10 and T, or all there are") {
  for (const auto& schedule : {alphabar::linear_schedule(), alphabar::cosine_schedule(),
                               alphabar::sigmoid_schedule(), alphabar::linear_schedule(10000)}) {
    const std::vector<Index> times = check_times(schedule);
    CHECK(times.size() >= 12);
    CHECK(times.size() <= 14);
    CHECK(std::ranges::is_sorted(times));
    for (const Index t : {Index{1}, Index{2}, Index{10}, schedule.steps()}) {
      CHECK(std::ranges::count(times, t) == 1);
    }
  }
  CHECK(check_times(alphabar::linear_schedule(1)) == std::vector<Index>{1});
  CHECK(check_times(alphabar::linear_schedule(3)) == std::vector<Index>{1, 2, 3});
}

TEST_CASE("An experiment does not depend on anything but its seed") {
  const Matrix x0 = skewed_data();
  const alphabar::ForwardDiffusion diffusion(moments_of(x0).gaussian(),
                                             alphabar::linear_schedule(20, 1e-3, 0.3));
  const Samples samples(x0.data(), x0.rows(), x0.cols());
  const Plan plan = make_plan(diffusion.schedule(), samples.cols(), samples.rows());
  const WhitenedDraws draws = [&](Index, const Noise& noise, Index count, Index first) {
    Matrix z(samples.rows(), count);
    noise.fill(z, static_cast<std::uint64_t>(first * samples.rows()));
    return z;
  };
  const std::vector<Finding> first = Experiment(samples, diffusion, plan, draws, 1).run();
  const std::vector<Finding> again = Experiment(samples, diffusion, plan, draws, 1).run();
  const std::vector<Finding> other = Experiment(samples, diffusion, plan, draws, 2).run();
  REQUIRE(first.size() == plan.times.size());
  for (std::size_t k = 0; k < first.size(); ++k) {
    CHECK(first[k].t == plan.times[k]);
    CHECK(first[k].jump.p_value == again[k].jump.p_value);
    CHECK(first[k].walk.error == again[k].walk.error);
    CHECK(first[k].drawn_p_value == again[k].drawn_p_value);
    CHECK(first[k].walk.error != other[k].walk.error);
    CHECK(std::min({first[k].jump.p_value, first[k].walk.p_value, first[k].drawn_p_value}) > 1e-4);
  }
}
