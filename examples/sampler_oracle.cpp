// SPDX-License-Identifier: MIT
//
// The W2 distance between the data and the result of each sampler, and the part of it that is
// sampler bias. Exact for the Gaussian fit of a data set; nothing is drawn.
//
//   sampler_oracle                               the built-in handwritten digits
//   sampler_oracle --data images.npy             any CSV, NPY or IDX
//   sampler_oracle --spectrum eigenvalues.npy    a covariance by its eigenvalues alone, mean 0
//   sampler_oracle --sampler dpmpp_2m,unipc      other samplers than the six of the paper; all

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "sampler_oracle/picture.hpp"
#include "sampler_oracle/print.hpp"
#include "sampler_oracle/spectrum.hpp"
#include "sampler_oracle/table.hpp"
#include "svg/write_picture.hpp"
#include "tables/write_table.hpp"

namespace {

/// The samplers of these names; without names, those of the paper.
std::vector<sampler_oracle::NamedSampler> schemes(const std::vector<std::string>& names,
                                                  const std::vector<double>& eigenvalues) {
  if (names.empty()) return sampler_oracle::paper_schemes();
  if (names == std::vector<std::string>{"all"}) return sampler_list::all_samplers(eigenvalues);
  std::vector<sampler_oracle::NamedSampler> list;
  for (const std::string& name : names) {
    list.push_back(sampler_list::find_sampler(name, eigenvalues));
  }
  return list;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"The exact W2 error of samplers on Gaussian data"};
  std::string spectrum_file;
  diffuse_dataset::Options options;
  std::string picture;
  std::string table_file;
  std::vector<std::string> names;
  std::string budget = "calls";
  bool csv = false;
  auto* const spectrum_option = app.add_option("--spectrum", spectrum_file, "eigenvalues, NPY")
                                    ->check(diffuse_dataset::require_name);
  describe_data_options(app, options);
  app.get_option("--data")->excludes(spectrum_option);
  app.add_option("--sampler", names,
                 "names, in any spelling of other programs; all for every sampler")
      ->delimiter(',');
  app.add_option("--budget", budget, "the unit of 50, 250, 500 and 1000")
      ->check(CLI::IsMember({"calls", "points"}))
      ->capture_default_str();
  app.add_flag("--csv", csv, "the table as scheme,NFE,eps,start,W2");
  app.add_option("--svg", picture, "the file of the picture")->check(diffuse_dataset::require_name);
  app.add_option("--table", table_file,
                 "the file of the table as numbers, schemes counted from 0: CSV or NPY")
      ->check(tables::require_table_name);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  using namespace sampler_oracle;
  const Spectrum spectrum = spectrum_file.empty()
                                ? fitted_spectrum(diffuse_dataset::load_input(options))
                                : read_spectrum(spectrum_file);
  const Table table({spectrum.mean, alphabar::DiagonalCovariance(spectrum.eigenvalues)},
                    schemes(names, {spectrum.eigenvalues.begin(), spectrum.eigenvalues.end()}),
                    budget == "points" ? Budget::points : Budget::calls);
  for (const auto& [name, refusal] : table.refusals()) {
    std::fprintf(stderr, "%s: no plan for some of the paths: %s\n", name.c_str(), refusal.c_str());
  }
  if (csv) {
    print_csv(table.rows());
  } else {
    std::printf("%s: %td eigenvalues from %.3g to %.3g\n", spectrum.source.c_str(),
                spectrum.eigenvalues.size(), spectrum.eigenvalues.minCoeff(),
                spectrum.eigenvalues.maxCoeff());
    print_tables(table.rows());
  }
  if (!picture.empty()) {
    svg::write_picture(picture, draw(table.rows()));
  }
  if (!table_file.empty()) {
    tables::write_table(table_file, as_numbers(table.rows()),
                        {"scheme", "NFE", "eps", "W2_from_p_T", "W2_from_N0"});
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "sampler_oracle: %s\n", alphabar::io::printable(error.what()).c_str());
  return 2;
}
