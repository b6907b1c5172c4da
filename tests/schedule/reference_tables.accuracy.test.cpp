// SPDX-License-Identifier: MIT
//
// Would catch a mistake that the arithmetic of the other accuracy tests and the library's have in
// common: these numbers were made by mpmath with 60 digits (data/README.md).
#include <cstdlib>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/ulp.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace {

using namespace alphabar;

/// A column of the tables, what it holds, and the bound that `NoiseSchedule` states in ulp.
struct Column {
  const char* name;
  double (*value)(const NoiseSchedule<>&, Index);
  double bound;
};

double posterior_variance(const NoiseSchedule<>& schedule, Index t) {
  return schedule.posterior(t - 1, t).variance();
}

template <double (NoiseSchedule<>::*accessor)(Index) const>
double value(const NoiseSchedule<>& schedule, Index t) {
  return (schedule.*accessor)(t);
}

constexpr Column columns[] = {
    {"beta", value<&NoiseSchedule<>::beta>, 0.51},
    {"alpha_bar", value<&NoiseSchedule<>::alpha_bar>, 0.51},
    {"one_minus_alpha_bar", value<&NoiseSchedule<>::one_minus_alpha_bar>, 0.51},
    {"sqrt_alpha_bar", value<&NoiseSchedule<>::sqrt_alpha_bar>, 0.51},
    {"sqrt_one_minus_alpha_bar", value<&NoiseSchedule<>::sqrt_one_minus_alpha_bar>, 0.51},
    {"log_alpha_bar", value<&NoiseSchedule<>::log_alpha_bar>, 1.2},
    {"snr", value<&NoiseSchedule<>::snr>, 0.51},
    {"log_snr", value<&NoiseSchedule<>::log_snr>, 1.2},
    {"posterior_variance", posterior_variance, 4},
};

struct Table {
  std::string file;
  std::function<NoiseSchedule<>()> make;
};

const std::vector<Table> tables{
    {"linear_10.csv", [] { return linear_schedule(10, 0.1, 0.9); }},
    {"linear_1000.csv", [] { return linear_schedule(); }},
    {"linear_100000_small.csv", [] { return linear_schedule(100'000, 1e-6, 2e-4); }},
    {"linear_100000_underflow.csv", [] { return linear_schedule(100'000); }},
    {"scaled_linear_1000.csv", [] { return scaled_linear_schedule(); }},
    {"cosine_10.csv", [] { return cosine_schedule(10); }},
    {"cosine_1000.csv", [] { return cosine_schedule(); }},
    {"sigmoid_1000.csv", [] { return sigmoid_schedule(); }},
};

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  return cells;
}

TEST_CASE("NoiseSchedule: the reference tables") {
  for (const auto& [file, make] : tables) {
    DYNAMIC_SECTION(file) {
      const NoiseSchedule<> schedule = make();
      std::ifstream stream(TEST_DATA_DIR "/" + file);
      std::string line;
      REQUIRE(std::getline(stream, line));
      const std::vector<std::string> names = cells_of(line);
      REQUIRE(names.size() == 1 + std::size(columns));
      Index t = 0;
      while (std::getline(stream, line)) {
        const std::vector<std::string> cells = cells_of(line);
        t = std::strtol(cells.at(0).c_str(), nullptr, 10);
        for (std::size_t k = 1; k < cells.size(); ++k) {
          const auto& [name, value, bound] = columns[k - 1];
          REQUIRE(names[k] == name);
          if (cells[k].empty()) continue;  // what is not defined at t = 0
          const long double exact = std::strtold(cells[k].c_str(), nullptr);
          INFO(name << " at t = " << t);
          CHECK(test::ulps(value(schedule, t), test::Quad{exact}) <= bound);
        }
      }
      CHECK(t == schedule.steps());
    }
  }
}

}  // namespace
#endif
