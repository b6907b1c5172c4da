// SPDX-License-Identifier: MIT
//
// Trains for seconds: the loss falls, and a training that goes on from a checkpoint is the same bit
// for bit. Prints what fails, and has exit code 1 then.

#include <alphabar/gaussian/fit_dense.hpp>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "diffuse_dataset/input.hpp"
#include "torch_digits/energy_distance.hpp"
#include "torch_digits/floors.hpp"
#include "torch_digits/rank_correlation.hpp"
#include "torch_digits/split.hpp"
#include "torch_digits/training.hpp"

namespace {

using namespace torch_digits;

int failures = 0;

void check(bool holds, const char* what) {
  if (holds) return;
  std::printf("failed: %s\n", what);
  ++failures;
}

std::vector<double> losses_of(Training& training, const Batches& batches, int steps) {
  std::vector<double> losses;
  for (int k = 0; k < steps; ++k) losses.push_back(training.step(batches[training.steps()]));
  return losses;
}

double mean(std::span<const double> numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

void check_training(const Split& split, const std::string& folder) {
  const Schedule schedule = alphabar::scaled_linear_schedule<float>();
  const Batches batches("digits", split.training.cast<float>(), schedule, 64, 7);
  Training training(64, 7);
  const std::vector<double> losses = losses_of(training, batches, 150);
  const std::span all(losses);
  check(mean(all.last(30)) < 0.6 * mean(all.first(30)), "the loss falls");

  const std::string file = folder + "/checkpoint.pt";
  training.save(file, batches.name());
  Training resumed(64, 8);  // other weights until the checkpoint is read
  resumed.load(file, batches.name());
  check(resumed.steps() == 150, "the checkpoint knows its step");
  check(losses_of(training, batches, 30) == losses_of(resumed, batches, 30),
        "the losses after a break are the same bit for bit");
  const Batch batch = batches[1000];
  check(training.predict(batch) == resumed.predict(batch),
        "the averages after a break are the same bit for bit");
  check(training.predict(batch) != Training(64, 8).predict(batch), "training changes predictions");

  const auto refuses = [&](const std::string& path, const std::string& name) {
    try {
      resumed.load(path, name);
    } catch (const std::runtime_error&) {
      return true;
    }
    return false;
  };
  const Batches others("digits", split.training.cast<float>(), schedule, 64, 8);
  check(refuses(file, others.name()), "the checkpoint of another training is refused");
  std::ofstream(folder + "/text.pt") << "no checkpoint";
  check(refuses(folder + "/text.pt", batches.name()), "a file of another kind is refused");
}

/// The statistics that the program prints, where their values are known.
void check_statistics(const Split& split) {
  const Eigen::Vector4d x(1, 5, 2, 9);
  check(rank_correlation(x, x.array().exp()) == 1, "one order has rank correlation 1");
  check(rank_correlation(x, -x) == -1, "the opposite order has rank correlation -1");
  check(
      std::abs(rank_correlation(x, Eigen::Vector4d(2, 1, 1, 3)) - 1.5 / std::sqrt(5 * 4.5)) < 1e-12,
      "equal numbers share their ranks");
  const Eigen::RowVector2d points(0, 1);
  check(energy_distance(points, points.array() + 10) == 18, "energy distance of pairs of points");

  // The ideal prediction for a Gaussian is linear, so its error depends on means and covariances
  // alone: on what the Gaussian was fitted to, it is the floor.
  const Schedule schedule = alphabar::scaled_linear_schedule<float>();
  const alphabar::Gaussian<double> fit = alphabar::fit_dense(split.training);
  const double error =
      error_at(fit, split.training, schedule, 300, alphabar::NoiseStream<double>(3));
  check(std::abs(error / floor_at(fit, schedule, 300) - 1) < 0.02,
        "the floor is the error of the ideal prediction");
}

}  // namespace

int main() try {
  const Split split(diffuse_dataset::load_input({}).data);
  const auto folder = std::filesystem::temp_directory_path() / "alphabar_test_torch_digits";
  std::filesystem::create_directories(folder);
  check_training(split, folder.string());
  check_statistics(split);
  std::filesystem::remove_all(folder);
  return failures == 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "test_torch_digits: %s\n", error.what());
  return 1;
}
