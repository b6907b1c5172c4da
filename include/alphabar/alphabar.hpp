// SPDX-License-Identifier: MIT
#pragma once

/// Everything: the forward diffusion process, seen from the covariance.
#include "alphabar/core.hpp"
#include "alphabar/covariance/concepts.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/covariance/propagate.hpp"
#include "alphabar/gaussian/divergence.hpp"
#include "alphabar/gaussian/flow.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/moments.hpp"
#include "alphabar/gaussian/posterior.hpp"
#include "alphabar/gaussian/score.hpp"
#include "alphabar/oracle/information.hpp"
#include "alphabar/oracle/audit.hpp"
#include "alphabar/oracle/sampler_law.hpp"
#include "alphabar/oracle/sampler_response.hpp"
#include "alphabar/process/forward_diffusion.hpp"
#include "alphabar/process/reverse_diffusion.hpp"
