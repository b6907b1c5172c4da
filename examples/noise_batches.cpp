// SPDX-License-Identifier: MIT
//
// The input of a training loop: batches of images, each image noised at its own random time,
// with the min-SNR weight of its loss. Prints its time compared with gathering the batches only.
//
//   noise_batches                                         the built-in handwritten digits
//   noise_batches --data train-images-idx3-ubyte.gz       any CSV, NPY or IDX

#include <CLI/CLI.hpp>
#include <algorithm>
#include <alphabar/core.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "diffuse_dataset/bad_file.hpp"
#include "diffuse_dataset/input.hpp"
#include "diffuse_dataset/options.hpp"

namespace {

using namespace alphabar;

/// A training batch: the network gets the noised images and their times, and should predict the
/// clean images.
struct Batch {
  std::vector<float> clean;
  std::vector<float> noised;
  std::vector<Index> times;
  std::vector<float> weights;
};

class Loader {
 public:
  Loader(const diffuse_dataset::Dataset& data, std::size_t batch_size, std::uint64_t seed)
      : images_(data.values.begin(), data.values.end()), dimension_(data.dimension), noise_(seed) {
    batch_.clean.resize(batch_size * dimension_);
    batch_.noised.resize(batch_size * dimension_);
    batch_.times.resize(batch_size);
    batch_.weights.resize(batch_size);
    for (Index t = 0; t <= schedule_.steps(); ++t) {
      weight_at_.push_back(min_snr_weight(schedule_.snr(t), Prediction::x0));
    }
  }

  /// Batch number `step` is the same in every run.
  const Batch& load(std::uint32_t step) {
    gather(step);
    add_noise(schedule_, batch_.clean, batch_.times, noise_.substream(step), batch_.noised);
    for (std::size_t j = 0; j < batch_.times.size(); ++j) {
      batch_.weights[j] = weight_at_[static_cast<std::size_t>(batch_.times[j])];
    }
    return batch_;
  }

  /// The same with a scaling in place of the noise: the limit of the memory bandwidth.
  const Batch& load_and_scale(std::uint32_t step) {
    gather(step);
    std::ranges::transform(batch_.clean, batch_.noised.begin(), [](float x) { return 0.5F * x; });
    return batch_;
  }

 private:
  /// Draws images and times 1..T, with replacement.
  void gather(std::uint32_t step) {
    const std::size_t images = images_.size() / dimension_;
    for (std::size_t j = 0; j < batch_.times.size(); ++j) {
      const auto words = philox4x32({static_cast<std::uint32_t>(j), step, 0, 0}, {2026, 11});
      batch_.times[j] = 1 + words[0] % schedule_.steps();
      std::copy_n(&images_[words[1] % images * dimension_], dimension_,
                  &batch_.clean[j * dimension_]);
    }
  }

  std::vector<float> images_;
  std::size_t dimension_;
  NoiseSchedule<float> schedule_ = cosine_schedule<float>();
  std::vector<float> weight_at_;
  NoiseStream<float> noise_;
  Batch batch_;
};

/// Seconds per batch of the fastest of a few rounds, and a sum over all batches.
template <class Load>
double fastest(int batches, double& sum, Load load) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  for (std::uint32_t round = 0; round < 5; ++round) {
    const auto start = Clock::now();
    for (int k = 0; k < batches; ++k) {
      const Batch& batch =
          load(round * static_cast<std::uint32_t>(batches) + static_cast<std::uint32_t>(k));
      sum += batch.weights.front() * batch.noised.front();
    }
    const std::chrono::duration<double> seconds = Clock::now() - start;
    best = std::min(best, seconds.count() / batches);
  }
  return best;
}

int run(const diffuse_dataset::Options& options, std::size_t batch_size, int batches) {
  const diffuse_dataset::Input input = load_input(options);
  require_noisable(input);
  constexpr std::size_t most_numbers = std::size_t{1} << 28;
  if (batch_size > most_numbers / input.data.dimension) {
    throw std::invalid_argument("--batch must be at most " +
                                std::to_string(most_numbers / input.data.dimension) +
                                " for samples of " + std::to_string(input.data.dimension) +
                                " numbers, got " + std::to_string(batch_size));
  }
  Loader loader(input.data, batch_size, options.seed);
  double sum = 0;
  const double noised =
      fastest(batches, sum, [&](std::uint32_t step) -> const Batch& { return loader.load(step); });
  const double scaled = fastest(batches, sum, [&](std::uint32_t step) -> const Batch& {
    return loader.load_and_scale(step);
  });

  const auto numbers = static_cast<double>(batch_size * input.data.dimension);
  std::cout << input.name << ": " << input.data.count << " samples of " << input.data.dimension
            << " numbers, in batches of " << batch_size << '\n';
  std::cout.precision(3);
  std::cout << "drawn, noised and weighted: " << static_cast<double>(batch_size) / noised
            << " samples per second, " << 1e9 * noised / numbers << " ns per number\n"
            << "drawn and scaled, the limit of the memory bandwidth: " << 1e9 * scaled / numbers
            << " ns per number; noising runs at " << 100 * scaled / noised << " % of it\n"
            << "(sum of what was loaded: " << sum << ")\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  diffuse_dataset::Options options;
  std::size_t batch_size = 256;
  int batches = 200;
  CLI::App app("Noised batches for a training loop, and their cost.");
  describe_data_options(app, options);
  app.add_option("--batch", batch_size, "samples in a batch")->check(CLI::PositiveNumber);
  app.add_option("--batches", batches, "batches in a round")->check(CLI::PositiveNumber);
  diffuse_dataset::describe_seed(app, options.seed, "of the noise");
  try {
    app.parse(argc, argv);
    return run(options, batch_size, batches);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "noise_batches: " << diffuse_dataset::printable(error.what()) << '\n';
    return 2;
  }
}
