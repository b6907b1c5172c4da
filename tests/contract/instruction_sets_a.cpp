// SPDX-License-Identifier: MIT
//
// Would catch code of the noise that two units of a program share although one of them was compiled
// for another instruction set: this one is the baseline, the other has AVX2 and comes first in the
// link. Under emulation of a processor without AVX2 shared code is an illegal instruction.
#include "instruction_sets.hpp"

void other_unit(double* all);

int main() {
  double here[count];
  double there[count];
  noise(here);
  if (!__builtin_cpu_supports("avx2")) return here[0] == here[1] ? 1 : 0;
  other_unit(there);
  for (std::size_t k = 0; k < count; ++k) {
    if (here[k] != there[k]) return 1;
  }
  return 0;
}
