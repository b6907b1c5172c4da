// SPDX-License-Identifier: MIT
#pragma once

#include <alphabar/io/csv.hpp>
#include <alphabar/io/npy.hpp>
#include <string>
#include <vector>

namespace tables {

/// The error in the name of a table, for the command line; empty if there is none.
inline std::string require_table_name(const std::string& file) {
  if (file.ends_with(".csv") || file.ends_with(".npy")) return "";
  return "must end with .csv or .npy, got \"" + file + '"';
}

/// Writes a CSV with the names of the columns, or an NPY without, depending on the name of the
/// file.
template <class Table>
void write_table(const std::string& file, const Table& table,
                 const std::vector<std::string>& names) {
  if (file.ends_with(".npy")) {
    alphabar::io::write_npy(file, table);
  } else {
    alphabar::io::write_csv(file, table, names);
  }
}

}  // namespace tables
