// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diffuse_dataset/report.hpp"
#include "tables/write_table.hpp"

namespace diffuse_dataset {

/// Writes the numbers of the report to `folder`, each table as a CSV and as an NPY: over_time,
/// checks and eigenvalues.
inline void write_tables(const Report& report, const std::string& folder) {
  const auto write = [&](const std::string& name, const auto& table,
                         const std::vector<std::string>& names) {
    for (const char* kind : {".csv", ".npy"}) {
      tables::write_table(folder + '/' + name + kind, table, names);
    }
  };

  std::vector<double> times(report.alpha_bar.size());
  for (std::size_t t = 0; t < times.size(); ++t) times[t] = static_cast<double>(t);
  const std::pair<const char*, const std::vector<double>*> columns[]{
      {"t", &times},
      {"alpha_bar", &report.alpha_bar},
      {"one_minus_alpha_bar", &report.one_minus_alpha_bar},
      {"beta", &report.beta},
      {"snr", &report.snr},
      {"total_correlation", &report.total_correlation},
      {"kl_mean", &report.kl_mean},
      {"kl_covariance", &report.kl_covariance}};
  std::vector<std::string> names;
  Eigen::MatrixXd over_time(std::ssize(times), std::ssize(columns));
  for (const auto& [name, values] : columns) {
    std::copy(values->begin(), values->end(), over_time.col(std::ssize(names)).begin());
    names.emplace_back(name);
  }
  write("over_time", over_time, names);

  Eigen::MatrixXd checks(std::ssize(report.checks), 10);
  for (Eigen::Index row = 0; row < checks.rows(); ++row) {
    const Check& check = report.checks[static_cast<std::size_t>(row)];
    checks.row(row) << static_cast<double>(check.t), check.alpha_bar, check.snr, check.jump_error,
        check.walk_error, check.jump_p_value, check.walk_p_value, check.wishart_p_value,
        check.kl_to_normal, check.total_correlation;
  }
  write("checks", checks,
        {"t", "alpha_bar", "snr", "jump_error", "walk_error", "jump_p_value", "walk_p_value",
         "wishart_p_value", "kl_to_normal", "total_correlation"});

  write(
      "eigenvalues",
      Eigen::Map<const Eigen::VectorXd>(report.eigenvalues.data(), std::ssize(report.eigenvalues)),
      {"eigenvalue"});
}

}  // namespace diffuse_dataset
