// SPDX-License-Identifier: MIT
//
// What 2^28 numbers of a NoiseStream look like, as the table of docs/noise.md: every line is a
// deviation from N(0, 1) in units of its standard deviation, except the two that say otherwise.

#include <algorithm>
#include <alphabar/core.hpp>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t count = std::size_t{1} << 28;
constexpr std::size_t bins = 4096;

double upper_tail(double x) { return std::erfc(x / std::numbers::sqrt2) / 2; }

/// (name, value) in a fixed order.
using Lines = std::vector<std::pair<std::string, double>>;

/// Sums over a long run of numbers, block by block.
class Statistics {
 public:
  template <class Scalar>
  void add(const std::vector<Scalar>& z) {
    std::array<double, 4> powers{};
    std::array<double, 4> products{};
    for (std::size_t k = 0; k < z.size(); ++k) {
      const double x = z[k];
      for (double power = x; double& sum : powers) sum += std::exchange(power, power * x);
      for (std::size_t lag = 0; lag < lags.size(); ++lag) {
        if (k >= lags[lag]) products[lag] += x * z[k - lags[lag]];
      }
      if (k > 0) products[3] += (x * x - 1) * (double{z[k - 1]} * z[k - 1] - 1);
      for (std::size_t i = 0; i < tails_.size(); ++i) {
        tails_[i] += std::abs(x) > static_cast<double>(i + 3);
      }
      const double below = 1 - upper_tail(x);
      ++histogram_[std::min(bins - 1, static_cast<std::size_t>(below * bins))];
    }
    for (std::size_t i = 0; i < 4; ++i) {
      powers_[i] += powers[i];
      products_[i] += products[i];
    }
  }

  [[nodiscard]] Lines lines() const {
    const auto n = static_cast<double>(count);
    Lines lines;
    const std::array<double, 4> means{0, 1, 0, 3};
    const std::array<double, 4> variances{1, 2, 15, 96};
    for (std::size_t i = 0; i < 4; ++i) {
      lines.emplace_back("mean of z^" + std::to_string(i + 1),
                         (powers_[i] - n * means[i]) / std::sqrt(n * variances[i]));
    }
    for (std::size_t lag = 0; lag < lags.size(); ++lag) {
      lines.emplace_back("correlation at distance " + std::to_string(lags[lag]),
                         products_[lag] / std::sqrt(n));
    }
    lines.emplace_back("correlation of neighbors' squares", products_[3] / std::sqrt(4 * n));
    for (std::size_t i = 0; i < tails_.size(); ++i) {
      const double expected = 2 * n * upper_tail(static_cast<double>(i + 3));
      lines.emplace_back("count of abs(z) > " + std::to_string(i + 3),
                         (tails_[i] - expected) / std::sqrt(expected));
    }
    double chi_squared = 0;
    double below = 0;
    double largest = 0;
    for (std::size_t i = 0; i < bins; ++i) {
      const double expected = n / bins;
      chi_squared += (histogram_[i] - expected) * (histogram_[i] - expected) / expected;
      below += histogram_[i] - expected;
      largest = std::max(largest, std::abs(below));
    }
    lines.emplace_back("chi squared of 4096 bins", (chi_squared - bins) / std::sqrt(2.0 * bins));
    lines.emplace_back("Kolmogorov-Smirnov, sqrt(n) D (1 in 20 above 1.36)",
                       largest / std::sqrt(n));
    return lines;
  }

 private:
  static constexpr std::array<std::size_t, 3> lags{1, 16, 64};

  std::array<double, 4> powers_{};
  std::array<double, 4> products_{};
  std::array<double, 4> tails_{};
  std::vector<double> histogram_ = std::vector<double>(bins);
};

template <class Scalar>
Lines statistics(std::uint64_t seed) {
  const alphabar::NoiseStream<Scalar> noise(seed);
  std::vector<Scalar> block(std::size_t{1} << 16);
  Statistics statistics;
  double largest = 0;
  for (std::size_t first = 0; first < count; first += block.size()) {
    noise.fill(block, first);
    statistics.add(block);
    for (const Scalar z : block) largest = std::max(largest, std::abs(double{z}));
  }
  Lines lines = statistics.lines();
  lines.emplace_back("largest abs(z) (6.0 is the median)", largest);
  return lines;
}

}  // namespace

int main() {
  const std::array columns{statistics<float>(0), statistics<float>(2026), statistics<double>(0),
                           statistics<double>(2026)};
  std::puts("| | float, seed 0 | float, seed 2026 | double, seed 0 | double, seed 2026 |");
  std::puts("|---|---:|---:|---:|---:|");
  for (std::size_t i = 0; i < columns[0].size(); ++i) {
    std::printf("| %s |", columns[0][i].first.c_str());
    for (const Lines& lines : columns) std::printf(" %.2f |", lines[i].second);
    std::puts("");
  }
}
