// SPDX-License-Identifier: MIT
#include <alphabar/covariance/dense.hpp>
#include <alphabar/covariance/diagonal.hpp>
#include <alphabar/schedule/noise_schedule.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

void check(const alphabar::NoiseSchedule<double>& schedule) {
  for (alphabar::Index t = 0; t <= schedule.steps(); ++t) {
    expect(schedule.alpha_bar(t) >= 0 && schedule.alpha_bar(t) <= 1);
    expect(schedule.one_minus_alpha_bar(t) >= 0 && schedule.one_minus_alpha_bar(t) <= 1);
    expect(t == 0 || schedule.alpha_bar(t) <= schedule.alpha_bar(t - 1));
    expect(t == 0 ||
           (schedule.step(t).noise_variance() >= 0 && schedule.step(t).noise_variance() <= 1));
  }
}

void construct(int which, const std::vector<double>& numbers) {
  const auto d = static_cast<alphabar::Index>(std::sqrt(static_cast<double>(numbers.size())));
  switch (which) {
    case 0:
      return check(alphabar::NoiseSchedule<double>::from_betas(numbers));
    case 1:
      return check(alphabar::NoiseSchedule<double>::from_alpha_bars(numbers));
    case 2:
      return check(alphabar::NoiseSchedule<double>::from_log_snrs(numbers));
    case 3: {
      const alphabar::DiagonalCovariance covariance(Eigen::Map<const Eigen::VectorXd>(
          numbers.data(), static_cast<alphabar::Index>(numbers.size())));
      return expect((covariance.eigenvalues().array() >= 0).all());
    }
    default: {
      const alphabar::DenseCovariance covariance(
          Eigen::MatrixXd(Eigen::Map<const Eigen::MatrixXd>(numbers.data(), d, d)));
      return expect((covariance.eigenvalues().array() >= 0).all());
    }
  }
}

}  // namespace

/// Would catch: numbers that crash a constructor, are refused by another exception than the one it
/// promises, or are accepted and break the invariant. The first byte chooses the constructor, the
/// others are doubles.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 8 * 256) return 0;
  std::vector<double> numbers((size - 1) / sizeof(double));
  if (!numbers.empty()) std::memcpy(numbers.data(), data + 1, numbers.size() * sizeof(double));
  try {
    construct(data[0] % 5, numbers);
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
