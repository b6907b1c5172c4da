// SPDX-License-Identifier: MIT
//
// Heun's method in the table of Pierret and Galerne, with a budget that counts calls of the network
// and with one that counts points of the grid.
//
//   pierret_galerne                      the built-in handwritten digits
//   pierret_galerne eigenvalues.npy      a covariance by its eigenvalues, mean 0

#include <cstdio>
#include <exception>
#include <string_view>
#include <vector>

#include "sampler_oracle/spectrum.hpp"
#include "sampler_oracle/table.hpp"

namespace {

using namespace sampler_oracle;

void print(const Table& table, const char* counted) {
  std::printf("%-6s %-7s %5s", "scheme", "budget", "NFE");
  for (const Truncation& end : truncations) std::printf("  eps = %-5s", end.text);
  std::puts("");
  for (const std::string_view scheme : {"Euler", "Heun"}) {
    for (const Row& first : table.rows()) {
      if (first.scheme != scheme || first.truncation != truncations.front().text) continue;
      std::printf("%-6s %-7s %5td", first.scheme.c_str(), counted, first.calls);
      for (const Row& row : table.rows()) {
        if (row.scheme != scheme || row.calls != first.calls) continue;
        std::printf("  %-11.4g", row.from_noise);
      }
      std::puts("");
    }
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const Spectrum spectrum =
      argc > 1 ? read_spectrum(argv[1]) : fitted_spectrum(diffuse_dataset::load_input({}));
  std::printf("%s\n", spectrum.source.c_str());
  const Table::Data data(spectrum.mean, alphabar::DiagonalCovariance(spectrum.eigenvalues));
  std::vector<NamedSampler> schemes = paper_schemes();
  std::erase_if(schemes,
                [](const NamedSampler& s) { return s.name != "Euler" && s.name != "Heun"; });
  std::puts("[calls]");
  print(Table(data, schemes), "calls");
  std::puts("[points]");
  print(Table(data, schemes, Budget::points), "points");
} catch (const std::exception& error) {
  std::fprintf(stderr, "pierret_galerne: %s\n", alphabar::io::printable(error.what()).c_str());
  return 2;
}
