// SPDX-License-Identifier: MIT
//
// A network is trained on handwritten digits, then samples are made by a dozen samplers, each with
// four grids and four budgets of calls. Is the order that the exact law predicts from the
// covariance of the data the order that the network shows?
//
//   torch_digits                                            the digits inside, some minutes
//   torch_digits --data train-images-idx3-ubyte.gz          any images
//   torch_digits --steps 9000 --out DIR                     goes on from DIR/checkpoint.pt

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include "diffuse_dataset/input.hpp"
#include "diffuse_dataset/progress_bar.hpp"
#include "svg/write_picture.hpp"
#include "torch_digits/loss_table.hpp"
#include "torch_digits/order.hpp"
#include "torch_digits/picture.hpp"
#include "torch_digits/plans.hpp"

namespace {

using namespace torch_digits;

struct Options {
  diffuse_dataset::Options input;
  std::uint64_t steps = 6000;
  Index batch = 128;
  Compared compared;
};

/// Trains until options.steps, from the checkpoint if there is one.
void train(Training& training, const Batches& batches, const LossTable& losses,
           const Options& options) {
  const std::string checkpoint = options.input.out + "/checkpoint.pt";
  if (std::filesystem::exists(checkpoint)) training.load(checkpoint, batches.name());
  std::printf("%10s %10s %10s %22s\n", "step", "loss", "held out", "floor: Gaussian, mixture");
  const std::uint64_t interval = std::max<std::uint64_t>(1, options.steps / 8);
  while (training.steps() < options.steps) {
    const std::uint64_t first = training.steps();
    const std::uint64_t end = std::min(options.steps, (first / interval + 1) * interval);
    double sum = 0;
    {
      diffuse_dataset::ProgressBar bar("training", static_cast<double>(end - first));
      while (training.steps() < end) {
        sum += training.step(batches[training.steps()]);
        bar.advance(1);
      }
    }
    training.save(checkpoint, batches.name());
    std::printf("%10ju %10.4f %10.4f %14.4f, %.4f\n", std::uintmax_t{end},
                sum / static_cast<double>(end - first), losses.on_held_out(training),
                losses.gaussian_floor(), losses.mixture_floor());
    std::fflush(stdout);
  }
}

/// A line for each sampler and budget: the predicted and the measured Fréchet distance of each
/// grid.
void print(const std::vector<Row>& rows, const Split& split) {
  std::printf("%-17s", "Frechet distance");
  for (const char* grid : grids) std::printf("  %15s", grid);
  std::printf("\n%-17s", "sampler, calls");
  for (std::size_t k = 0; k < grids.size(); ++k) std::printf("   predicted made");
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const Row& row = rows[k];
    if (k % grids.size() == 0) std::printf("\n%-13s %3td", row.sampler.c_str(), row.calls);
    std::printf("   %7.3f %6.3f", row.predicted, row.measured);
  }
  const auto [frechet, energy] = distances(split.training, split);
  std::printf("\nthe training samples: %.3f; their energy distance: %.4f\n", frechet, energy);
}

/// Samples of the run that is measured as the best; of two samplers with the fewest calls, a row
/// for each grid; and held-out images.
void write_pictures(const std::vector<Row>& rows, const Split& split,
                    const diffuse_dataset::Dataset& data, const Options& options) {
  const auto write = [&](std::string name, const Eigen::MatrixXf& images) {
    std::erase_if(name, [](char c) { return c == '\''; });
    std::ranges::replace(name, ' ', '_');
    std::ranges::replace(name, '+', 'p');
    svg::write_picture(options.input.out + "/" + name + ".png",
                       png(draw(images, data.image_width, 16)));
  };
  const auto row_of = [](const Eigen::MatrixXf& images) -> Eigen::MatrixXf {
    return images.leftCols(std::min<Index>(16, images.cols()));
  };
  write("held_out", row_of(split.held_out.cast<float>()));
  write("samples", std::ranges::min_element(rows, {}, &Row::measured)->first);
  for (const Row& row : rows) {
    if (row.budget == options.compared.budgets.front() &&
        (row.sampler == "euler" || row.sampler == "dpm++2m")) {
      write(row.sampler + "_" + row.grid, row_of(row.first));
    }
  }
}

int run(const Options& options) {
  const diffuse_dataset::Input input = diffuse_dataset::load_input(options.input);
  const std::uint64_t seed = options.input.seed;
  const Split split(input.data);
  const Schedule schedule = alphabar::scaled_linear_schedule<float>();
  std::printf("%s: %td samples to train on, %td held out\n", input.name.c_str(),
              split.training.cols(), split.held_out.cols());
  std::filesystem::create_directories(options.input.out);
  for (const std::string& name : options.compared.samplers) {
    (void)sampler_list::find_sampler(name, {1});  // a wrong name is refused before the training
  }

  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const LossTable losses(split, schedule, seed);
  const Batches batches(input.name, split.training.cast<float>(), schedule, options.batch, seed);
  Training training(split.training.rows(), seed);
  std::puts("\n[training]");
  train(training, batches, losses, options);
  std::printf("%.0f seconds\n\n[losses]\n", seconds());
  losses.print(training);

  const auto rows =
      compare(training, schedule, split, options.compared, alphabar::NoiseStream<float>(seed, 4));
  std::puts("\n[samplers]");
  print(rows, split);
  std::puts("\n[rank correlations]");
  print_rank_correlations(rows, options.compared);
  std::puts("\n[against Karras]");
  print_against_karras(rows, options.compared);
  std::printf("\n[time]\n%.0f seconds in all\n", seconds());
  if (input.data.image_width > 0) write_pictures(rows, split, input.data, options);
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"A network trained on digits, and samplers compared on it"};
  Options options;
  options.input.out = "torch-digits";
  describe_data_options(app, options.input);
  app.add_option("--steps", options.steps, "of training, from the checkpoint if there is one")
      ->capture_default_str();
  app.add_option("--batch", options.batch, "samples in a step")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  app.add_option("--sampler", options.compared.samplers, "names of samplers")
      ->capture_default_str();
  app.add_option("--calls", options.compared.budgets, "budgets of calls")
      ->check(CLI::Range(3, 1000))
      ->capture_default_str();
  app.add_option("--samples", options.compared.samples, "made by each sampler")
      ->check(CLI::Range(2, 1000000))
      ->capture_default_str();
  diffuse_dataset::describe_seed(app, options.input.seed, "of weights, batches and samples");
  app.add_option("--out", options.input.out, "folder of the checkpoint and the pictures")
      ->check(diffuse_dataset::require_name)
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return run(options);
} catch (const std::exception& error) {
  std::fprintf(stderr, "torch_digits: %s\n", alphabar::io::printable(error.what()).c_str());
  return 2;
}
