// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "torch_digits/comparison.hpp"
#include "torch_digits/plans.hpp"
#include "torch_digits/rank_correlation.hpp"

namespace torch_digits {

/// A column of the rows.
inline Eigen::VectorXd column(const std::vector<Row>& rows, double Row::*number) {
  Eigen::VectorXd numbers(std::ssize(rows));
  std::ranges::transform(rows, numbers.begin(), number);
  return numbers;
}

template <class Wanted>
std::vector<Row> chosen(const std::vector<Row>& rows, Wanted wanted) {
  std::vector<Row> some;
  std::ranges::copy_if(rows, std::back_inserter(some), wanted);
  return some;
}

/// Whether the samplers and grids come in the order that the spectrum predicts.
inline void print_rank_correlations(const std::vector<Row>& rows, const Compared& compared) {
  const auto print = [](const std::string& name, const std::vector<Row>& some) {
    const auto predicted = column(some, &Row::predicted);
    std::printf("%-16s %8.2f %8.2f\n", name.c_str(),
                rank_correlation(predicted, column(some, &Row::measured)),
                rank_correlation(predicted, column(some, &Row::energy)));
  };
  std::printf("%-16s %8s %8s\n", "", "Frechet", "energy");
  for (const Index budget : compared.budgets) {
    print(std::to_string(budget) + " calls",
          chosen(rows, [&](const Row& row) { return row.budget == budget; }));
  }
  for (const char* grid : grids) {
    print(grid, chosen(rows, [&](const Row& row) { return row.grid == grid; }));
  }
  print("all", rows);
}

/// How a grid does against Karras et al.: the number of samplers for which its distance is less,
/// and the median of the quotient. Energy distances have none, as they are often 0 but for chance.
inline void print_against_karras(const std::vector<Row>& rows, const Compared& compared) {
  std::printf("%-26s %22s %22s %16s\n", "", "predicted Frechet", "measured Frechet",
              "measured energy");
  for (const Index budget : compared.budgets) {
    for (const std::string grid : grids) {
      if (grid == "Karras") continue;
      const auto of = [&](const std::string& name, double Row::*number) {
        return column(
            chosen(rows, [&](const Row& row) { return row.budget == budget && row.grid == name; }),
            number);
      };
      std::printf("%2td calls, %-16s", budget, grid.c_str());
      for (double Row::*number : {&Row::predicted, &Row::measured, &Row::energy}) {
        const Eigen::VectorXd here = of(grid, number);
        const Eigen::VectorXd there = of("Karras", number);
        std::printf("   less: %2td of %td", (here.array() < there.array()).count(), here.size());
        if (number == &Row::energy) continue;
        Eigen::VectorXd quotients = here.cwiseQuotient(there);
        std::sort(quotients.begin(), quotients.end());
        const Index size = quotients.size();
        std::printf(", x %.2f", (quotients(size / 2) + quotients((size - 1) / 2)) / 2);
      }
      std::puts("");
    }
  }
}

}  // namespace torch_digits
