// SPDX-License-Identifier: MIT
//
// How far from the data does each sampler end, and how much of that is the sampler's doing? Exact
// W2 distances under the Gaussian fit of a data set; nothing is drawn.
//
//   sampler_oracle                               the handwritten digits inside
//   sampler_oracle --data images.npy             any CSV, NPY or IDX
//   sampler_oracle --spectrum eigenvalues.npy    a covariance by its eigenvalues alone

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

#include "sampler_oracle/picture.hpp"
#include "sampler_oracle/print.hpp"
#include "sampler_oracle/spectrum.hpp"
#include "sampler_oracle/table.hpp"

int main(int argc, char** argv) try {
  CLI::App app{"The exact W2 error of samplers on Gaussian data"};
  std::string spectrum_file;
  diffuse_dataset::Options options;
  std::string picture;
  bool csv = false;
  auto* const spectrum_option = app.add_option("--spectrum", spectrum_file, "eigenvalues, NPY");
  app.add_option("--data", options.data, "a data set, CSV, NPY or IDX")->excludes(spectrum_option);
  app.add_flag("--csv", csv, "the table as scheme,NFE,eps,start,W2");
  app.add_option("--svg", picture, "where the picture goes");
  CLI11_PARSE(app, argc, argv);

  using namespace sampler_oracle;
  const Spectrum spectrum = spectrum_file.empty()
                                ? fitted_spectrum(diffuse_dataset::load_input(options))
                                : read_spectrum(spectrum_file);
  const Table table(spectrum.eigenvalues);
  if (csv) {
    print_csv(table.rows());
  } else {
    std::printf("%s: %td eigenvalues from %.3g to %.3g\n", spectrum.source.c_str(),
                spectrum.eigenvalues.size(), spectrum.eigenvalues.minCoeff(),
                spectrum.eigenvalues.maxCoeff());
    print_tables(table.rows());
  }
  if (!picture.empty()) {
    std::ofstream file(picture);
    file << draw(table.rows());
    if (!file.flush()) throw std::runtime_error("cannot write " + picture);
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "sampler_oracle: %s\n", error.what());
  return 2;
}
