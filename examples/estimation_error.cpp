// SPDX-License-Identifier: MIT
//
// The error of an estimated covariance: KL and W2 between the marginals of the true prior and those
// of five fits to n samples, along t: docs/estimation_error.md.
//
//   estimation_error [--svg FILE.svg]        patches of 8 x 8 pixels with the spectrum 1/k^2
//   estimation_error --data images.npy       fits to one half of the data, evaluated on the other

#include <CLI/CLI.hpp>
#include <algorithm>
#include <alphabar/covariance/cosine.hpp>
#include <alphabar/gaussian/expected_divergence.hpp>
#include <alphabar/noise/noise_stream.hpp>
#include <alphabar/schedule/schedules.hpp>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diffuse_dataset/input.hpp"
#include "estimation_error/experiment.hpp"
#include "estimation_error/picture.hpp"
#include "svg/write_picture.hpp"

namespace {

using namespace estimation_error;

// [truth]
/// Patches of 8 × 8 pixels whose mode (p, q) of the cosine transform has a variance proportional to
/// 1/(p² + q²), like that of photographs. The mean variance of a pixel is 1/4.
Law patches() {
  constexpr Index width = 8;
  const VectorXd spectrum = VectorXd::NullaryExpr(width * width, [](Index k) {
    const auto p = static_cast<double>(k / width);
    const auto q = static_cast<double>(k % width);
    return 1 / std::max(p * p + q * q, 0.25);
  });
  const alphabar::CosineCovariance covariance({width, width},
                                              (16 / spectrum.sum() * spectrum).eval());
  return {VectorXd::Zero(width * width), covariance.matrix()};
}
// [truth]

/// Two halves of a data set, shuffled, and all disjoint sets of n samples of the first half.
class Halves {
 public:
  Halves(const diffuse_dataset::Dataset& data, std::uint64_t seed) {
    const auto count = static_cast<Index>(data.count);
    const auto dimension = static_cast<Index>(data.dimension);
    std::vector<Index> order(data.count);
    std::iota(order.begin(), order.end(), Index{0});
    VectorXd keys(count);
    alphabar::NoiseStream<double>(seed).fill(keys);
    std::stable_sort(order.begin(), order.end(),
                     [&](Index i, Index j) { return keys(i) < keys(j); });
    const Eigen::Map<const MatrixXd> samples(data.values.data(), dimension, count);
    const MatrixXd shuffled = samples(Eigen::all, order);
    fitted_ = shuffled.leftCols(count / 2);
    judge_ = shuffled.rightCols(count - count / 2);
  }

  [[nodiscard]] Index size() const { return fitted_.cols(); }

  [[nodiscard]] Law judge() const {
    alphabar::Moments<double> moments;
    moments.add(judge_);
    return moments.gaussian();
  }

  [[nodiscard]] Experiment experiment(Index n, Index repetitions, Index rank) const {
    Experiment result{n, {}};
    const Law truth = judge();
    for (Index r = 0; r < std::min(repetitions, size() / n); ++r) {
      result.fits.push_back(fit_all(truth, fitted_.middleCols(r * n, n), rank));
    }
    return result;
  }

 private:
  MatrixXd fitted_;
  MatrixXd judge_;
};

Experiment simulate(const Law& truth, Index n, Index repetitions, Index rank) {
  Experiment result{n, {}};
  for (Index r = 0; r < repetitions; ++r) {
    const alphabar::NoiseStream<double> noise(static_cast<std::uint64_t>(n));
    result.fits.push_back(fit_all(truth, truth.sample(noise, n, r * n), rank));
  }
  return result;
}

/// Differences in nats, or in units of W2, that do not count.
constexpr double negligible = 0.01;

/// "(0.02)", or blanks if there is none.
std::string standard_error(const Estimate& estimate) {
  char text[24] = "";
  if (estimate.error > 0) std::snprintf(text, sizeof text, "(%.1g)", estimate.error);
  return text;
}

void print_row(const std::vector<Estimate>& row) {
  std::vector<double> means;
  for (const Estimate& estimate : row) {
    std::printf(" %8.3g %-7s", estimate.mean, standard_error(estimate).c_str());
    means.push_back(estimate.mean);
  }
  const auto best = std::ranges::min_element(means);
  const auto k = static_cast<std::size_t>(best - means.begin());
  std::printf(" %s\n", !std::isfinite(*best) ? "none"
                       : std::ranges::max(means) - *best < negligible
                           ? "any"
                           : estimate_names.at(k).data());
}

/// The times at which a condition holds, as "1..200, 300".
template <class Predicate>
std::string times_when(Index last, Predicate holds) {
  std::string text;
  for (Index t = 0; t <= last; ++t) {
    if (!holds(t)) continue;
    const Index first = t;
    while (t < last && holds(t + 1)) ++t;
    text += (text.empty() ? "" : ", ") + std::to_string(first);
    if (t > first) text += ".." + std::to_string(t);
  }
  return text.empty() ? "never" : "t = " + text;
}

void print(const Experiment& experiment, const alphabar::NoiseSchedule<double>& schedule,
           const Law* truth) {
  const Index n = experiment.n;
  const std::size_t sets = experiment.fits.size();
  std::printf("[n = %td]\nKL in nats, mean of fits to %zu sets of samples (standard error)\n   t",
              n, sets);
  if (truth != nullptr) std::printf("  diagonal      full |");
  for (const std::string_view name : estimate_names) std::printf("  %-15s", name.data());
  std::puts(" best");
  const auto row = [&](auto measure) {
    std::vector<Estimate> estimates;
    for (std::size_t k = 0; k < estimate_names.size(); ++k) estimates.push_back(measure(k));
    return estimates;
  };
  for (const Index t : {0, 1, 10, 50, 100, 200, 300, 500, 700, 1000}) {
    const Kernel kernel = schedule.transition(0, t);
    std::printf("%4td", t);
    if (truth != nullptr) {
      std::printf(" %9.3g %9.3g |",
                  alphabar::expected_divergence_of_diagonal_fit(*truth, kernel, n),
                  alphabar::expected_divergence_of_dense_fit(*truth, kernel, n));
    }
    print_row(row([&](std::size_t k) { return experiment.kl(k, kernel); }));
  }
  std::puts("W2, root of the mean square");
  for (const Index t : {0, 100, 300, 1000}) {
    const Kernel kernel = schedule.transition(0, t);
    std::printf("%4td%s", t, truth != nullptr ? "                     |" : "");
    print_row(row([&](std::size_t k) {
      const Estimate square = experiment.squared_wasserstein(k, kernel);
      const double root = std::sqrt(std::max(0.0, square.mean));
      return Estimate{root, square.error > 0 ? square.error / (2 * root) : 0};
    }));
  }
}

/// Prints where one fit is better than another.
void summarize(const Experiment& experiment, const alphabar::NoiseSchedule<double>& schedule) {
  const Index last = schedule.steps();
  std::vector<std::array<double, estimate_names.size()>> nats;
  for (Index t = 0; t <= last; ++t) {
    const Kernel kernel = schedule.transition(0, t);
    auto& row = nats.emplace_back();
    for (std::size_t k = 0; k < row.size(); ++k) row.at(k) = experiment.kl(k, kernel).mean;
  }
  std::printf("n = %td\n", experiment.n);
  const auto diagonal_wins = [&](Index t) {
    const auto& row = nats[static_cast<std::size_t>(t)];
    return row[0] < row[2];
  };
  std::printf("  the diagonal is better than the full covariance: %s\n",
              times_when(last, diagonal_wins).c_str());
  for (std::size_t k = 0; k < estimate_names.size(); ++k) {
    const auto is_near_best = [&](Index t) {
      const auto& row = nats[static_cast<std::size_t>(t)];
      return std::isfinite(row.at(k)) && row.at(k) - std::ranges::min(row) < negligible;
    };
    std::printf("  %s is within %g nats of the best: %s\n", estimate_names.at(k).data(), negligible,
                times_when(last, is_near_best).c_str());
  }
}

// [search]
/// From which number of samples on the full covariance is better than the diagonal, by the formulas
/// alone.
void compare_by_formulas(const Law& truth, const alphabar::NoiseSchedule<double>& schedule) {
  std::puts("the full covariance is better than the diagonal from n samples on:");
  for (const Index t : {0, 1, 10, 50, 100, 200, 300}) {
    const Kernel kernel = schedule.transition(0, t);
    Index n = 4;
    while (alphabar::expected_divergence_of_dense_fit(truth, kernel, n) >
           alphabar::expected_divergence_of_diagonal_fit(truth, kernel, n)) {
      ++n;
    }
    std::printf("  t = %3td   n = %td\n", t, n);
  }
}
// [search]

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"The error of an estimated covariance, along the process"};
  diffuse_dataset::Options input;
  Index rank = 8;
  std::string picture;
  describe_data_options(app, input);
  app.get_option("--data")->description(
      "CSV, NPY or IDX, gzipped or not; without it, patches with the spectrum 1/k^2");
  app.add_option("--rank", rank, "directions of the low rank fit")->capture_default_str();
  diffuse_dataset::describe_seed(app, input.seed, "of the division of --data into halves");
  app.add_option("--svg", picture, "the file of the picture")->check(diffuse_dataset::require_name);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  const auto schedule = alphabar::linear_schedule();
  std::vector<Experiment> experiments;
  if (input.data.empty()) {
    const Law truth = patches();
    std::printf("patches of 8 x 8 pixels, eigenvalues from %.3g to %.3g\n",
                truth.covariance().eigenvalues().minCoeff(),
                truth.covariance().eigenvalues().maxCoeff());
    for (const auto& [n, repetitions] : {std::pair<Index, Index>{50, 20}, {500, 10}, {5000, 4}}) {
      experiments.push_back(simulate(truth, n, repetitions, rank));
      print(experiments.back(), schedule, &truth);
    }
    std::puts("[formulas]");
    compare_by_formulas(truth, schedule);
  } else {
    const auto loaded = diffuse_dataset::load_input(input);
    const Halves halves(loaded.data, input.seed);
    if (halves.size() < 4) {
      throw diffuse_dataset::BadFile(loaded.source, "", "has fewer than 8 samples");
    }
    std::printf("%s, %s: fits to n of %td samples, compared with the Gaussian of the others\n",
                loaded.name.c_str(), loaded.scaling.c_str(), halves.size());
    std::vector<Index> sizes{50, 500, 5000};
    std::erase_if(sizes, [&](Index n) { return n >= halves.size(); });
    sizes.push_back(halves.size());
    const Index dimension = halves.judge().dimension();
    const Index repetitions = std::clamp<Index>(1280 / dimension, 1, 20);  // each is O(d^3)
    for (const Index n : sizes) {
      experiments.push_back(halves.experiment(n, repetitions, std::min(rank, dimension)));
      print(experiments.back(), schedule, nullptr);
    }
  }
  std::puts("[where]");
  for (const Experiment& experiment : experiments) summarize(experiment, schedule);
  if (!picture.empty()) svg::write_picture(picture, draw(experiments, schedule));
} catch (const std::exception& error) {
  std::fprintf(stderr, "estimation_error: %s\n", alphabar::io::printable(error.what()).c_str());
  return 2;
}
