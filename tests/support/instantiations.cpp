// SPDX-License-Identifier: MIT
#include "support/instantiations.hpp"

#include <sstream>
#include <string>

ALPHABAR_TEST_INSTANTIATIONS(template);

std::string test::shown(const Eigen::MatrixXd& matrix) {
  std::ostringstream text;
  text << matrix;
  return text.str();
}
