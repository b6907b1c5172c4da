// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <algorithm>
#include <alphabar/gaussian/moments.hpp>
#include <alphabar/schedule/schedules.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "diffuse_dataset/chi_square.hpp"
#include "diffuse_dataset/input.hpp"

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

/// What the programs do with samples of any magnitude: their moments, a law, a density, a test.
void use(const diffuse_dataset::Dataset& samples) {
  diffuse_dataset::require_squares("file", samples);
  using Matrix = Eigen::Map<const Eigen::MatrixXd>;
  const Matrix x(samples.values.data(), static_cast<Eigen::Index>(samples.dimension),
                 static_cast<Eigen::Index>(samples.count));
  alphabar::Moments<double> moments;
  moments.add(x);
  const auto prior = moments.gaussian();
  const auto kernel = alphabar::linear_schedule().transition(0, 500);
  const auto law = propagate(kernel, prior);
  expect(prior.covariance().eigenvalues().allFinite());
  expect(std::isfinite(law.log_density(x.col(0))));
}

/// Every number as an argument of the tails, and as degrees of freedom.
void use_tails(const diffuse_dataset::Dataset& samples) {
  for (std::size_t k = 0; k + 1 < std::min<std::size_t>(samples.values.size(), 64); ++k) {
    const double x = std::abs(samples.values[k]);
    const double dof = std::clamp(std::abs(samples.values[k + 1]), 1e-3, 1e8);
    const auto tails = diffuse_dataset::chi_square_tails(x, dof);
    expect(std::abs(tails.lower + tails.upper - 1) < 1e-6);
  }
}

}  // namespace

/// Would catch: a file (CSV, NPY, IDX, or gzip of one) that crashes its reader, is refused by
/// another exception than BadFile, or is accepted with numbers missing or not finite; and numbers
/// of a magnitude at which moments, laws and tests do not end, or give NaN. The
/// first byte chooses the label column and the options for header and index.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto answer = [&](int k) { return static_cast<diffuse_dataset::Answer>(k % 3); };
  const int choice = static_cast<std::int8_t>(data[0]);
  try {
    const auto samples = diffuse_dataset::decode_dataset(
        "file", bytes, {{choice % 4}, answer(data[0] / 8), answer(data[0] / 24)});
    expect(samples.values.size() == samples.count * samples.dimension);
    expect(samples.labels.empty() || samples.labels.size() == samples.count);
    for (const double value : samples.values) expect(std::isfinite(value));
    use_tails(samples);
    if (samples.dimension <= 8) use(samples);
  } catch (const diffuse_dataset::BadFile&) {
  }
  return 0;
}
