// SPDX-License-Identifier: MIT
#include "instruction_sets.hpp"

void other_unit(double* all) { noise(all); }
