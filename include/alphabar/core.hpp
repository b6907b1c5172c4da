// SPDX-License-Identifier: MIT
#pragma once

/// Everything that needs no Eigen: schedules, kernels, noise.
#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/posterior_kernel.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/noise/add_noise.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/noise/philox.hpp"
#include "alphabar/noise/standard_normal.hpp"
#include "alphabar/schedule/noise_schedule.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "alphabar/version.hpp"
