// SPDX-License-Identifier: MIT
#include <alphabar/alphabar.hpp>

double alpha_bar_in_the_other_unit(alphabar::Index t) {
  return alphabar::linear_schedule().alpha_bar(t);
}
