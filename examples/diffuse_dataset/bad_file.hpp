// SPDX-License-Identifier: MIT
#pragma once

#include <alphabar/io/bad_file.hpp>

namespace diffuse_dataset {

using alphabar::io::BadFile;
using alphabar::io::byte_place;
using alphabar::io::printable;
using alphabar::io::quoted;

}  // namespace diffuse_dataset
