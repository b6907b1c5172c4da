// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace test {

/// The lines `key,number,number,...` of a file in tests/data, by their keys.
inline std::map<std::string, std::vector<double>> golden_lines(const std::string& name) {
  std::map<std::string, std::vector<double>> lines;
  std::ifstream file(TEST_DATA_DIR "/" + name);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream stream(line);
    std::string cell;
    std::getline(stream, cell, ',');
    std::vector<double>& numbers = lines[cell];
    while (std::getline(stream, cell, ',')) numbers.push_back(std::strtod(cell.c_str(), nullptr));
  }
  return lines;
}

}  // namespace test
