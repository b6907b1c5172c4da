// SPDX-License-Identifier: MIT
#include <alphabar/covariance/circulant.hpp>
#include <alphabar/covariance/cosine.hpp>
#include <alphabar/covariance/dense.hpp>
#include <alphabar/covariance/diagonal.hpp>
#include <alphabar/covariance/isotropic.hpp>
#include <alphabar/covariance/kronecker.hpp>
#include <alphabar/covariance/low_rank.hpp>
#include <alphabar/covariance/stationary.hpp>
#include <alphabar/schedule/noise_schedule.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
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

template <class Covariance>
void check_spectrum(const Covariance& covariance) {
  const Eigen::VectorXd eigenvalues = covariance.eigenvalues();
  expect(eigenvalues.size() == covariance.dimension());
  expect(eigenvalues.allFinite() && (eigenvalues.array() >= 0).all());
}

/// The numbers as a matrix of so many rows; the last ones may be left over.
Eigen::MatrixXd matrix_of(const Eigen::VectorXd& numbers, alphabar::Index rows) {
  if (rows < 1) return {};
  const alphabar::Index columns = numbers.size() / rows;
  return numbers.head(rows * columns).reshaped(rows, columns);
}

/// A schedule or a covariance; `shape` is one of its sizes.
void construct(int which, alphabar::Index shape, const std::vector<double>& numbers) {
  using namespace alphabar;
  const Eigen::VectorXd x =
      Eigen::Map<const Eigen::VectorXd>(numbers.data(), static_cast<Index>(numbers.size()));
  const auto d = static_cast<Index>(std::sqrt(static_cast<double>(x.size())));
  const Eigen::MatrixXd square = matrix_of(x, d).leftCols(d);
  const ImageShape image{1 + shape % 4, 1 + shape / 4 % 4, 1 + shape / 16 % 2};
  switch (which) {
    case 0:
      return check(NoiseSchedule<double>::from_betas(numbers));
    case 1:
      return check(NoiseSchedule<double>::from_alpha_bars(numbers));
    case 2:
      return check(NoiseSchedule<double>::from_log_snrs(numbers));
    case 3:
      return check_spectrum(DiagonalCovariance(x));
    case 4:
      return check_spectrum(DenseCovariance(square));
    case 5:
      return check_spectrum(IsotropicCovariance<double>(numbers.at(0), shape));
    case 6:
      return check_spectrum(LowRankCovariance<double>(
          matrix_of(x, shape), x.head(matrix_of(x, shape).cols()), x(x.size() - 1)));
    case 7:
      return check_spectrum(KroneckerCovariance<double>(square, square));
    case 8:
      return check_spectrum(CirculantCovariance<double>(x));
    case 9:
      return check_spectrum(CirculantCovariance<double>::from_spectrum(x, shape));
    case 10:
      return check_spectrum(
          StationaryCovariance<double>::from_first_columns(image, matrix_of(x, image.size())));
    default:
      return check_spectrum(CosineCovariance<double>(image, x));
  }
}

}  // namespace

/// Would catch: numbers that crash a constructor, are refused by another exception than the
/// documented one, or are accepted and break the invariant. The first byte chooses the constructor,
/// the second a size, the others are doubles.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t first = 2;
  if (size < first + sizeof(double) || size > 2048) return 0;
  std::vector<double> numbers((size - first) / sizeof(double));
  std::memcpy(numbers.data(), data + first, numbers.size() * sizeof(double));
  try {
    construct(data[0] % 12, static_cast<std::int8_t>(data[1]), numbers);
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
