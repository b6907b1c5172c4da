// SPDX-License-Identifier: MIT
#pragma once

/// The version of this library, in one place: CMake reads it from here.
#define ALPHABAR_VERSION_MAJOR 0
/// New names raise this one.
#define ALPHABAR_VERSION_MINOR 1
/// And corrections this one.
#define ALPHABAR_VERSION_PATCH 0
