// SPDX-License-Identifier: MIT
#include "instruction_sets.hpp"

void other_unit(float* normals) { noise(normals); }
