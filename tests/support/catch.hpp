// SPDX-License-Identifier: MIT
#pragma once

/// The only file that distinguishes Catch2 2.13 from 3.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
