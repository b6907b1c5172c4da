// SPDX-License-Identifier: MIT
//
// Prints the noise levels at which a sampler has the least exact error on the Gaussian fit of a
// data set, as a list to copy, and the errors of the usual grids.
//
//   optimal_steps --steps 10                                the built-in handwritten digits
//   optimal_steps --data images.npy --sampler heun
//   optimal_steps --spectrum eigenvalues.npy --steps 20 --svg grids.svg
//
// Any sampler of the library with the same number of calls on every grid, by its name here or in
// other programs.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "optimal_steps/compare.hpp"
#include "optimal_steps/picture.hpp"
#include "sampler_oracle/spectrum.hpp"
#include "svg/write_picture.hpp"
#include "tables/write_table.hpp"

namespace {

using namespace optimal_steps;

void print(const std::vector<Grid>& grids) {
  std::printf("%-26s %12s %12s\n", "", "W2", "KL");
  for (const Grid& grid : grids) {
    std::printf("%-26s %12.6g %12.6g\n", grid.name.c_str(), grid.wasserstein, grid.kl);
  }
  for (const Grid& grid : grids) {
    if (!grid.optimal) continue;
    std::printf("\n# %s; the last step goes to 0\nsigmas = [", grid.name.c_str());
    for (const double sigma : grid.sigmas) std::printf("%.10g, ", sigma);
    std::puts("0]");
  }
}

/// Writes the levels of each grid, including the final 0.
void write(const std::string& file, const std::vector<Grid>& grids) {
  Eigen::MatrixXd levels =
      Eigen::MatrixXd::Zero(std::ssize(grids.front().sigmas) + 1, std::ssize(grids));
  std::vector<std::string> names;
  for (const Grid& grid : grids) {
    std::copy(grid.sigmas.begin(), grid.sigmas.end(), levels.col(std::ssize(names)).begin());
    names.push_back(grid.name);
  }
  tables::write_table(file, levels, names);
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Noise levels with the least exact error on Gaussian data"};
  std::string spectrum_file;
  diffuse_dataset::Options input;
  Request request;
  std::string sampler = "euler";
  std::string picture;
  std::string table;
  auto* const spectrum_option = app.add_option("--spectrum", spectrum_file, "eigenvalues, NPY")
                                    ->check(diffuse_dataset::require_name);
  describe_data_options(app, input);
  app.get_option("--data")->excludes(spectrum_option);
  app.add_option("--steps", request.steps, "the last of them goes to sigma = 0")
      ->capture_default_str();
  app.add_option("--sampler", sampler, "its name, in any spelling of other programs")
      ->capture_default_str();
  app.add_option("--sigma-max", request.sigma_max,
                 "the first level; the start is N(0, sigma_max^2 I)")
      ->capture_default_str();
  app.add_option("--svg", picture, "the file of the picture")->check(diffuse_dataset::require_name);
  app.add_option("--table", table, "the file of the levels: a column per grid, CSV or NPY")
      ->check(tables::require_table_name);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  const sampler_oracle::Spectrum spectrum =
      spectrum_file.empty() ? sampler_oracle::fitted_spectrum(diffuse_dataset::load_input(input))
                            : sampler_oracle::read_spectrum(spectrum_file);
  const Eigen::VectorXd support = without_zeros(spectrum.eigenvalues);
  std::printf("%s: %td eigenvalues from %.3g to %.3g, %td of them 0\n", spectrum.source.c_str(),
              spectrum.eigenvalues.size(), spectrum.eigenvalues.minCoeff(),
              spectrum.eigenvalues.maxCoeff(), spectrum.eigenvalues.size() - support.size());
  request.sampler = sampler_list::find_sampler(
      sampler, {spectrum.eigenvalues.begin(), spectrum.eigenvalues.end()});
  std::printf("%s, %td steps from sigma = %g to 0; the mean counts as 0\n\n",
              request.sampler.name.c_str(), request.steps, request.sigma_max);
  const std::vector<Grid> grids = compare(support, request);
  print(grids);
  if (!picture.empty()) {
    svg::write_picture(picture, draw(grids, support));
  }
  if (!table.empty()) write(table, grids);
} catch (const std::exception& error) {
  std::fprintf(stderr, "optimal_steps: %s\n", alphabar::io::printable(error.what()).c_str());
  return 2;
}
