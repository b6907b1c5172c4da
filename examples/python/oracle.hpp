// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

namespace alphabar_python {

/// law, audit, examine and optimal_sigmas.
void bind_oracle(pybind11::module_& module);

}  // namespace alphabar_python
