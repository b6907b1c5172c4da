// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/count.hpp"
#include "alphabar/error.hpp"
#include "alphabar/grid/sigma_grids.hpp"
#include "alphabar/real_list.hpp"

/// Levels that were optimized for a model and published as numbers, and their interpolation to
/// other numbers of steps. A published list of N + 1 levels is for N steps. Its last level, the
/// least, is used in the interpolation and not returned: sampling replaces it by 0, which `to_data`
/// appends.
namespace alphabar {

/// Interpolates a list of levels to n levels, by the rule of the authors of Align Your Steps: log u
/// is linear between the positions i/N of the N + 1 given levels, and the result are the levels at
/// the positions k/n, k = 0..n−1. At the position of a given level the result is that level, bit
/// for bit.
/// Accuracy: within 4 + |log a| + |log b| ulp, where a and b are the two neighbouring given levels,
/// if they are normal numbers.
/// @throws std::invalid_argument unless n >= 1, n times the number of intervals is an `Index`, and
///     there are two levels or more, finite, > 0, and strictly decreasing
[[nodiscard]] inline std::vector<double> interpolate_levels(const RealList& levels, Count n) {
  const std::vector<double>& given = levels.values();
  detail::require(n >= 1, "interpolate_levels", "n", "be >= 1", Index{n});
  detail::require(given.size() >= 2, "interpolate_levels", "the number of levels", "be >= 2",
                  given.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    const bool legal =
        given[i] > 0 && std::isfinite(given[i]) && (i == 0 || given[i] < given[i - 1]);
    if (!legal) {
      detail::refuse("interpolate_levels", detail::element("levels", static_cast<Index>(i)),
                     "be finite, > 0 and less than the one before", given[i]);
    }
  }
  const auto intervals = static_cast<Index>(given.size()) - 1;
  (void)detail::size_product("interpolate_levels", "n times the number of intervals", n, intervals);
  std::vector<double> out;
  for (Index k = 0; k < n; ++k) {
    const auto i = static_cast<std::size_t>(k * intervals / n);
    const double share = static_cast<double>(k * intervals % n) / static_cast<double>(n);
    out.push_back(share == 0 ? given[i] : detail::geometric_mean(given[i + 1], given[i], share));
  }
  return out;
}

/// The models of `align_your_steps_sigmas`.
enum class AlignYourSteps {
  stable_diffusion_1,     ///< Stable Diffusion 1.5
  stable_diffusion_xl,    ///< Stable Diffusion XL
  stable_video_diffusion  ///< Stable Video Diffusion
};

/// σ of Align Your Steps, published for 10 steps. Sabour, Fidler, Kreis 2024, arXiv:2404.14507, and
/// its page "how to".
/// @throws std::invalid_argument unless n >= 1
[[nodiscard]] inline std::vector<double> align_your_steps_sigmas(Count n, AlignYourSteps model) {
  detail::require(n >= 1, "align_your_steps_sigmas", "n", "be >= 1", Index{n});
  switch (model) {
    case AlignYourSteps::stable_diffusion_1:
      return interpolate_levels(
          {14.6146412293, 6.4745760956, 3.8636745985, 2.6946151520, 1.8841921177, 1.3943805092,
           0.9642583904, 0.6523686016, 0.3977456272, 0.1515232662, 0.0291671582},
          n);
    case AlignYourSteps::stable_diffusion_xl:
      return interpolate_levels(
          {14.6146412293, 6.3184485287, 3.7681790315, 2.1811480769, 1.3405244945, 0.8620721141,
           0.5550693289, 0.3798540708, 0.2332364134, 0.1114188177, 0.0291671582},
          n);
    default:
      return interpolate_levels(
          {700.0, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002}, n);
  }
}

/// The models of `optimal_steps_levels`.
enum class OptimalSteps {
  flux,   ///< FLUX.1, published for 10 steps
  wan,    ///< Wan 2.1, published for 20 steps
  chroma  ///< Chroma, published for 40 steps
};

/// Levels u of OptimalSteps on the straight path. Pei, Hu, Gu 2025, arXiv:2503.21774, as ComfyUI's
/// OptimalStepsScheduler lists them.
/// @throws std::invalid_argument unless n >= 1
[[nodiscard]] inline std::vector<double> optimal_steps_levels(Count n, OptimalSteps model) {
  detail::require(n >= 1, "optimal_steps_levels", "n", "be >= 1", Index{n});
  switch (model) {
    case OptimalSteps::flux:
      return interpolate_levels(
          {0.9968, 0.9886, 0.9819, 0.975, 0.966, 0.9471, 0.9158, 0.8287, 0.5512, 0.2808, 0.001}, n);
    case OptimalSteps::wan:
      return interpolate_levels(
          {1.0,   0.997, 0.995, 0.993, 0.991, 0.989, 0.987, 0.985, 0.98,  0.975, 0.973,
           0.968, 0.96,  0.946, 0.927, 0.902, 0.864, 0.776, 0.539, 0.208, 0.001},
          n);
    default:
      return interpolate_levels(
          {0.992, 0.99,  0.988, 0.985, 0.982, 0.978, 0.973, 0.968, 0.961, 0.953, 0.943,
           0.931, 0.917, 0.9,   0.881, 0.858, 0.832, 0.802, 0.769, 0.731, 0.69,  0.646,
           0.599, 0.55,  0.501, 0.451, 0.402, 0.355, 0.311, 0.27,  0.232, 0.199, 0.169,
           0.143, 0.12,  0.101, 0.084, 0.07,  0.058, 0.048, 0.001},
          n);
  }
}

}  // namespace alphabar
