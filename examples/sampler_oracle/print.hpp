// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "sampler_oracle/table.hpp"

namespace sampler_oracle {

/// One line per number, for other programs.
inline void print_csv(const std::vector<Row>& rows) {
  std::puts("scheme,NFE,eps,start,W2");
  for (const Row& row : rows) {
    std::printf("%s,%td,%s,p_T,%.12g\n", row.scheme.c_str(), row.calls, row.truncation,
                row.from_marginal);
    std::printf("%s,%td,%s,N0,%.12g\n", row.scheme.c_str(), row.calls, row.truncation,
                row.from_noise);
  }
}

/// One line per row: the number of the scheme in the order of the table, calls, truncation, and the
/// distances from both starts.
inline Eigen::MatrixXd as_numbers(const std::vector<Row>& rows) {
  Eigen::MatrixXd numbers(std::ssize(rows), 5);
  std::vector<std::string> schemes;
  for (Eigen::Index k = 0; k < numbers.rows(); ++k) {
    const Row& row = rows[static_cast<std::size_t>(k)];
    auto scheme = std::find(schemes.begin(), schemes.end(), row.scheme);
    if (scheme == schemes.end()) scheme = schemes.insert(scheme, row.scheme);
    numbers.row(k) << static_cast<double>(scheme - schemes.begin()), static_cast<double>(row.calls),
        std::strtod(row.truncation, nullptr), row.from_marginal, row.from_noise;
  }
  return numbers;
}

/// Two tables for reading: a line per scheme and budget, a column per truncation.
inline void print_tables(const std::vector<Row>& rows) {
  std::size_t longest = 7;
  for (const Row& row : rows) longest = std::max(longest, row.scheme.size());
  const auto width = static_cast<int>(longest);
  const auto print = [&](const char* start, double Row::*distance) {
    std::printf("\nW2 to the data, started from %s\n%-*s %5s", start, width, "scheme", "NFE");
    for (const Truncation& end : truncations) std::printf("  eps = %-5s", end.text);
    std::puts("");
    for (const Row& first : rows) {
      if (first.truncation != std::string_view(truncations.front().text)) break;
      std::printf("%-*s %5td", width, first.scheme.c_str(), first.calls);
      for (const Row& row : rows) {
        if (row.scheme == first.scheme && row.calls == first.calls) {
          std::printf("  %-11.4g", row.*distance);
        }
      }
      std::puts("");
    }
  };
  print("q(x_T)", &Row::from_marginal);
  print("N(0, I)", &Row::from_noise);
}

}  // namespace sampler_oracle
