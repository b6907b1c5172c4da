// SPDX-License-Identifier: MIT
//
// Would catch a function in a header that is not inline: it would be defined twice.
#include <alphabar/alphabar.hpp>
#include <alphabar/diffusers/scheduler_config.hpp>

double alpha_bar_in_the_other_unit(alphabar::Index t);

int main() {
  return alphabar::linear_schedule().alpha_bar(500) == alpha_bar_in_the_other_unit(500) ? 0 : 1;
}
