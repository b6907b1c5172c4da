// SPDX-License-Identifier: MIT
#pragma once

/// Everything that needs no Eigen: schedules, kernels, noise, what samplers are made of.
#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/posterior_kernel.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/noise/add_noise.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/noise/philox.hpp"
#include "alphabar/noise/standard_normal.hpp"
#include "alphabar/sampler/convert_predictions.hpp"
#include "alphabar/sampler/loss_weights.hpp"
#include "alphabar/sampler/noise_levels.hpp"
#include "alphabar/sampler/prediction.hpp"
#include "alphabar/sampler/sigma_grids.hpp"
#include "alphabar/sampler/timesteps.hpp"
#include "alphabar/schedule/alpha_bar_schedules.hpp"
#include "alphabar/schedule/continuous.hpp"
#include "alphabar/schedule/noise_schedule.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "alphabar/schedule/transformations.hpp"
#include "alphabar/version.hpp"
