// SPDX-License-Identifier: MIT
#pragma once

/// The version of this library. CMake reads it from here.
#define ALPHABAR_VERSION_MAJOR 0
/// Increases with every release that adds public names.
#define ALPHABAR_VERSION_MINOR 1
/// Increases with every release that only corrects.
#define ALPHABAR_VERSION_PATCH 0
