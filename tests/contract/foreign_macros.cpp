// SPDX-License-Identifier: MIT
//
// Would catch a name that <windows.h> (with min and max), <complex.h> or <termios.h> defines as a
// macro: a call of std::min without parentheses, a variable `small`. The standard library and Eigen
// come first, since the macros are not for them.
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <numbers>
#include <numeric>
#include <optional>
#include <random>
#include <ranges>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define small char
#define hyper long
#define near
#define far
#define pascal
#define cdecl
#define interface struct
#define IN
#define OUT
#define OPTIONAL
#define ERROR 0
#define NO_ERROR 0
#define CONST const
#define VOID void
#define TRUE 1
#define FALSE 0
#define DELETE 0x00010000L
#define STRICT 1
#define ABSOLUTE 1
#define RELATIVE 2
#define DIFFERENCE 11
#define TRANSPARENT 1
#define OPAQUE 2
#define PASSTHROUGH 19
#define I 1
#define B0 0
#define ECHO 8
#define MIN(a, b) (((a) < (b)) ? (a) : (b))
#define MAX(a, b) (((a) > (b)) ? (a) : (b))

#include <alphabar/alphabar.hpp>
#include <alphabar/io/csv.hpp>
#include <alphabar/io/npy.hpp>
#include <alphabar/io/sample_file.hpp>
#include <alphabar/noise/torch_noise.hpp>
#include <alphabar/oracle/audit.hpp>
#include <alphabar/oracle/optimal_grid.hpp>
#include <alphabar/oracle/variance_slope.hpp>

int main() { return alphabar::linear_schedule().steps() == 1000 ? 0 : 1; }
