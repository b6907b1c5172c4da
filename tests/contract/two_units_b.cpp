// SPDX-License-Identifier: MIT
#include <alphabar/alphabar.hpp>
#include <alphabar/diffusers/scheduler_config.hpp>

double alpha_bar_in_the_other_unit(alphabar::Index t) {
  return alphabar::linear_schedule().alpha_bar(t);
}
