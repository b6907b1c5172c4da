// SPDX-License-Identifier: MIT
#include "alphabar/noise/add_noise.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/schedule/rectified_flow.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"

namespace add_noise_test {

using namespace alphabar;

/// Numbers without a pattern that noise could hide in.
template <class Scalar>
std::vector<Scalar> data(std::size_t count) {
  std::vector<Scalar> x(count);
  for (std::size_t k = 0; k < count; ++k)
    x[k] = static_cast<Scalar>(std::sin(1.0 + 3.0 * double(k)));
  return x;
}

template <class Scalar>
bool close(Scalar a, Scalar b) {
  return std::abs(a - b) <= 2 * std::numeric_limits<Scalar>::epsilon() * (1 + std::abs(b));
}

// Would catch √β for β, ᾱ for √ᾱ, and noise of another index; across the blocks of 256, too.
TEMPLATE_TEST_CASE("add_noise: is perturb with the noise of the index", "", float, double) {
  const auto kernel = linear_schedule<TestType>().transition(0, 300);
  const NoiseStream<TestType> noise(1, 2);
  const std::uint64_t first = 1'000'003;
  for (const std::size_t count : {0u, 1u, 255u, 256u, 257u, 1000u}) {
    const std::vector<TestType> x0 = data<TestType>(count);
    std::vector<TestType> out(count);
    add_noise(kernel, x0, noise, out, first);
    int differences = 0;
    for (std::size_t k = 0; k < count; ++k) {
      differences += !close(out[k], kernel.perturb(x0[k], noise(first + k)));
    }
    CHECK(differences == 0);
  }
}

// The same bits everywhere: would catch a fused multiply-add. √A = √B = 1 + u, where it shows.
TEST_CASE("add_noise: two products, rounded, and a sum") {
  const double scale = 1 + 0x1p-30;
  const auto kernel = TransitionKernel<>::from_scales(scale, scale);
  const NoiseStream noise(3);
  const std::vector<double> x0 = data<double>(1000);
  std::vector<double> out(x0.size());
  add_noise(kernel, x0, noise, out);
  int differences = 0;
  for (std::size_t k = 0; k < x0.size(); ++k) {
    const volatile double signal = scale * x0[k];
    const volatile double added = scale * noise(k);
    differences += out[k] != signal + added;
  }
  CHECK(differences == 0);
}

// Would catch an output that is written before its input is read.
TEST_CASE("add_noise: in place") {
  const auto schedule = linear_schedule();
  const NoiseStream noise(4);
  const std::vector<double> x0 = data<double>(600);
  std::vector<double> expected(x0.size());
  std::vector<double> x = x0;
  add_noise(schedule.transition(0, 700), x0, noise, expected, 5);
  add_noise(schedule.transition(0, 700), x, noise, x, 5);
  CHECK(x == expected);

  x = x0;
  add_noise(schedule, x0, std::array{10, 1000, 0}, noise, expected, 5);
  add_noise(schedule, x, std::array{10, 1000, 0}, noise, x, 5);
  CHECK(x == expected);
}

// Would catch noise that depends on how a batch is split.
TEST_CASE("add_noise: any split gives the same result") {
  const auto kernel = linear_schedule().transition(0, 300);
  const NoiseStream noise(5);
  const std::vector<double> x0 = data<double>(1200);
  std::vector<double> whole(x0.size());
  add_noise(kernel, x0, noise, whole, 77);
  for (const std::size_t size : {1u, 3u, 64u, 255u, 257u, 600u}) {
    std::vector<double> parts(x0.size());
    for (std::size_t k = 0; k < parts.size(); k += size) {
      const std::size_t count = std::min(size, parts.size() - k);
      add_noise(kernel, std::span(x0).subspan(k, count), noise, std::span(parts).subspan(k, count),
                77 + k);
    }
    CHECK(parts == whole);
  }
}

// Would catch one time for all columns, times in another order, t - 1 for t, and a kernel from
// another start than 0.
TEMPLATE_TEST_CASE("add_noise: one time per column", "", float, double) {
  const auto schedule = cosine_schedule<TestType>(50);
  const NoiseStream<TestType> noise(6);
  const std::vector timesteps{50, 0, 1, 25, 25};
  const std::size_t dimension = 300;
  const std::vector<TestType> x0 = data<TestType>(dimension * timesteps.size());
  std::vector<TestType> out(x0.size());
  add_noise(schedule, x0, timesteps, noise, out, 9);
  for (std::size_t j = 0; j < timesteps.size(); ++j) {
    const std::size_t first = j * dimension;
    const auto column = std::span(x0).subspan(first, dimension);
    std::vector<TestType> expected(dimension);
    add_noise(schedule.transition(0, timesteps[j]), column, noise, expected, 9 + first);
    CHECK(std::equal(expected.begin(), expected.end(), out.begin() + std::ptrdiff_t(first)));
  }
  CHECK(std::equal(x0.begin() + 300, x0.begin() + 600, out.begin() + 300));  // t = 0
}

// Would catch noise that begins at another index where none is given, and a block of a long batch
// that begins at another than its own.
TEST_CASE("add_noise: the first index is 0 unless it is given") {
  const auto schedule = linear_schedule(10, 0.1, 0.3);
  const RectifiedFlow flow;
  const NoiseStream noise(8);
  const std::vector<double> x0 = data<double>(4500);
  const std::vector<int> timesteps{1, 5, 10};
  const std::vector<double> levels{0.1, 0.5, 1.0};
  std::vector<double> out(x0.size());
  const auto check = [&](const auto& kernel_of, std::uint64_t first) {
    for (std::size_t k = 0; k < x0.size(); ++k) {
      const TransitionKernel<double> kernel = kernel_of(k / 1500);
      if (out[k] != kernel.signal_scale() * x0[k] + kernel.noise_scale() * noise(first + k)) {
        FAIL("element " << k);
      }
    }
  };
  const auto of_table = [&](std::size_t j) { return schedule.transition(0, timesteps[j]); };
  const auto of_flow = [&](std::size_t j) { return flow.transition(0, levels[j]); };
  const auto of_one = [&](std::size_t) { return schedule.transition(0, 7); };
  add_noise(schedule.transition(0, 7), x0, noise, out);
  check(of_one, 0);
  add_noise(schedule, x0, timesteps, noise, out);
  check(of_table, 0);
  add_noise(schedule, x0, {1, 5, 10}, noise, out);
  check(of_table, 0);
  add_noise(flow, x0, levels, noise, out);
  check(of_flow, 0);
  add_noise(flow, x0, {0.1, 0.5, 1.0}, noise, out);
  check(of_flow, 0);
  add_noise(schedule, x0, timesteps, noise, out, 777);
  check(of_table, 777);
}

// What reads naturally must compile: buffers and times of any kind, a schedule of one step.
TEST_CASE("add_noise: takes anything contiguous") {
  const auto schedule = linear_schedule(1, 0.5, 0.5);
  const NoiseStream noise(7);
  Eigen::MatrixXd x0 = Eigen::MatrixXd::Constant(3, 4, 2);
  Eigen::MatrixXd expected(3, 4);
  add_noise(schedule.step(1), x0, noise, expected);
  CHECK(std::abs(expected(1, 2) - std::sqrt(0.5) * (2 + noise(7))) <= 1e-15);

  Eigen::MatrixXd out(3, 4);
  add_noise(schedule, x0, std::vector<Index>{1, 1, 1, 1}, noise, out);
  CHECK(out == expected);
  add_noise(schedule, x0, Eigen::VectorXi::Ones(4).eval(), noise, out);
  CHECK(out == expected);
  const std::uint8_t times[] = {1, 1, 1, 1};
  out.setZero();
  add_noise(schedule, x0, times, noise, out);
  CHECK(out == expected);

  out.setZero();
  add_noise(schedule.step(1), x0.col(2), noise, out.col(2), 6);
  add_noise(schedule.step(1), x0.leftCols(2), noise, Eigen::Map<Eigen::VectorXd>(out.data(), 6));
  CHECK(out.leftCols(3) == expected.leftCols(3));
  add_noise(schedule, std::vector<double>(), std::vector<int>(), noise, std::vector<double>());
}

// Would catch a matrix whose columns are not the samples that the times are of.
TEST_CASE("add_noise: the samples of a matrix are its columns, of a transposed one its rows") {
  const auto schedule = linear_schedule(10);
  const NoiseStream noise(7);
  const std::array times{2, 5, 10};
  const std::vector<double> x0 = data<double>(12);
  std::vector<double> expected(12);
  add_noise(schedule, x0, times, noise, expected);
  using Rows = Eigen::Matrix<double, 3, 4, Eigen::RowMajor>;
  Rows samples = Eigen::Map<const Rows>(x0.data());
  add_noise(schedule, samples.transpose(), times, noise, samples.transpose());
  CHECK(samples == Eigen::Map<const Rows>(expected.data()));
  CHECK(test::complaint([&] { add_noise(schedule, samples, times, noise, samples); }) ==
        "invalid_argument: alphabar::add_noise: x0.IsRowMajor must be 0 (pass the transpose when "
        "each row is a sample), got 1");
  const Eigen::MatrixXd columns = samples;
  Eigen::MatrixXd out(3, 4);
  CHECK(test::complaint([&] { add_noise(schedule, columns, times, noise, out); }) ==
        "invalid_argument: alphabar::add_noise: x0.cols() must be 3, got 4");
  CHECK_NOTHROW(add_noise(schedule, columns, std::array{5}, noise, out));  // one sample
}

// Would catch a shift that is applied twice, and coefficients that are rounded before their time.
TEMPLATE_TEST_CASE("add_noise: one level of a straight path per column", "", float, double) {
  const RectifiedFlow flow(3);
  const NoiseStream<TestType> noise(9);
  const std::vector<TestType> x0 = data<TestType>(12);
  const std::array times{0.0, 0.25, 1.0};
  std::vector<TestType> x_t(12);
  add_noise(flow, x0, times, noise, x_t, 24);
  int differences = 0;
  for (std::size_t k = 0; k < 12; ++k) {
    const double u = times[k / 4] == 0.25 ? 0.5 : times[k / 4];  // 3 t/(1 + 2 t)
    const auto expected =
        static_cast<TestType>(1 - u) * x0[k] + static_cast<TestType>(u) * noise(24 + k);
    differences += !close(x_t[k], expected);
  }
  CHECK(differences == 0);
  CHECK(test::complaint([&] {
          add_noise(flow, x0, std::array{0, 1, 2}, noise, x_t);
        }) == "out_of_range: alphabar::RectifiedFlow::transition: t must be in [0, 1], got 2");
}

/// A process of a user's own, known by its transitions alone. Time has no end.
struct BrownianMotion {
  static TransitionKernel<double> transition(double s, double t) { return {1, t - s}; }
};

// Would catch a process that samplers accept and whose data cannot be noised.
TEST_CASE("add_noise: a process that is known by its transitions") {
  const NoiseStream noise(9);
  const std::vector<double> x0 = data<double>(6);
  std::vector<double> x_t(6);
  std::vector<double> in_braces(6);
  add_noise(BrownianMotion(), x0, std::array{1.0, 4.0, 0.25}, noise, x_t, 24);
  add_noise(BrownianMotion(), x0, {1.0, 4.0, 0.25}, noise, in_braces, 24);
  const std::array scales{1.0, 2.0, 0.5};
  for (std::size_t k = 0; k < 6; ++k) CHECK(close(x_t[k], x0[k] + scales[k / 2] * noise(24 + k)));
  CHECK(in_braces == x_t);
}

/// Noise that cannot be copied.
struct OneNoise {
  OneNoise() = default;
  OneNoise(const OneNoise&) = delete;
  OneNoise& operator=(const OneNoise&) = delete;
  double operator()(std::uint64_t index) const { return static_cast<double>(index); }
  [[nodiscard]] OneNoise substream(std::uint64_t) const { return {}; }
  void fill(std::span<double> out, std::uint64_t first) const {
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = (*this)(first + k);
  }
};

// Would catch a copy of the noise in each call: that of `ColoredNoise` has a dense matrix.
TEST_CASE("add_noise: the noise is not copied") {
  const OneNoise noise;
  std::vector<double> x(3, 1);
  add_noise(TransitionKernel<double>(0.25, 4), x, noise, x, 7);
  CHECK(x == std::vector<double>{14.5, 16.5, 18.5});
}

// Would catch arithmetic in the data's precision: it happens in the coefficients', rounded once.
TEST_CASE("add_noise: data in another precision") {
  const auto kernel = linear_schedule().transition(0, 300);
  const NoiseStream noise(8);
  const std::vector<float> x0 = data<float>(500);
  std::vector<double> exact(x0.size());
  add_noise(kernel, x0, noise, exact);
  std::vector<float> in_float(x0.size());
  add_noise(kernel, x0, noise, in_float);
  Eigen::Array<Eigen::half, Eigen::Dynamic, 1> in_half(500);
  add_noise(kernel, x0, noise, in_half);
  int differences = 0;
  for (std::size_t k = 0; k < x0.size(); ++k) {
    const double expected = kernel.perturb(double{x0[k]}, noise(k));
    differences += !close(exact[k], expected);
    differences += in_float[k] != static_cast<float>(exact[k]);
    differences += in_half[static_cast<Index>(k)] != static_cast<Eigen::half>(exact[k]);
  }
  CHECK(differences == 0);
}

// Would catch half a batch that is written before the mistake is seen. (The messages are in
// error.test.cpp.)
TEST_CASE("add_noise: refuses before it writes") {
  const auto schedule = linear_schedule(10);
  const NoiseStream noise(9);
  const Eigen::MatrixXd x0 = Eigen::MatrixXd::Ones(3, 4);
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(3, 4);
  Eigen::MatrixXd wide = Eigen::MatrixXd::Zero(6, 4);
  Eigen::MatrixXd turned = Eigen::MatrixXd::Zero(4, 3);
  CHECK_THROWS_AS(add_noise(schedule.step(1), x0, noise, out.leftCols(3)), std::invalid_argument);
  CHECK_THROWS_AS(add_noise(schedule.step(1), x0, noise, wide), std::invalid_argument);
  CHECK_THROWS_AS(add_noise(schedule.step(1), x0, noise, wide.topRows(3)), std::invalid_argument);
  CHECK_THROWS_AS(add_noise(schedule.step(1), wide.topRows(3), noise, out), std::invalid_argument);
  CHECK_THROWS_AS(add_noise(schedule, x0, std::array{1, 2, 3, 4}, noise, wide),
                  std::invalid_argument);
  CHECK_THROWS_AS(add_noise(schedule, x0, std::array{1, 2, 3, 4, 5}, noise, out),
                  std::invalid_argument);
  CHECK_THROWS_AS(add_noise(schedule, x0, std::array{1, 2, 3}, noise, out), std::invalid_argument);
  CHECK_THROWS_AS(add_noise(schedule, x0, std::array{1, 2, 3, 4}, noise, turned),
                  std::invalid_argument);
  CHECK_THROWS_AS(add_noise(schedule, x0, std::vector<int>(), noise, out), std::invalid_argument);
  CHECK_THROWS_AS(add_noise(schedule, x0, std::array{1, 2, 3, 11}, noise, out), std::out_of_range);
  CHECK_THROWS_AS(add_noise(schedule, x0, std::array{1, 2, 3, -1}, noise, out), std::out_of_range);
  CHECK(out.isZero(0));
  CHECK(wide.isZero(0));
  CHECK(turned.isZero(0));
}

template <class Scalar, class Times, class Noise>
concept Noisable = requires(const NoiseSchedule<Scalar>& schedule, const Times& times,
                            const Noise& noise, std::vector<Scalar>& x) {
  add_noise(schedule, x, times, noise, x);
};

// Would catch times like 1.9 that are cut to 1, and noise of another precision than the schedule's.
TEST_CASE("add_noise: refuses by type") {
  STATIC_REQUIRE(Noisable<double, std::vector<int>, NoiseStream<double>>);
  STATIC_REQUIRE(Noisable<float, std::vector<unsigned char>, NoiseStream<float>>);
  CHECK_FALSE(Noisable<double, std::vector<double>, NoiseStream<double>>);
  STATIC_REQUIRE(!Noisable<double, std::vector<int>, NoiseStream<float>>);
}

}  // namespace add_noise_test
