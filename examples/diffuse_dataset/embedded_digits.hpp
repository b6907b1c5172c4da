// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace diffuse_dataset {

/// The bytes of examples/data/digits.csv.gz, compiled into the program.
std::string_view embedded_digits();

}  // namespace diffuse_dataset
