// SPDX-License-Identifier: MIT
#pragma once

/// Everything: the forward diffusion process, seen from the covariance.
#include "alphabar/core.hpp"
#include "alphabar/covariance/concepts.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/covariance/propagate.hpp"
#include "alphabar/gaussian/divergence.hpp"
#include "alphabar/gaussian/fit_diagonal.hpp"
#include "alphabar/gaussian/fit_low_rank.hpp"
#include "alphabar/gaussian/fit_mixture.hpp"
#include "alphabar/gaussian/flow.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/gaussian_mixture.hpp"
#include "alphabar/gaussian/mixture_laws.hpp"
#include "alphabar/gaussian/moments.hpp"
#include "alphabar/gaussian/posterior.hpp"
#include "alphabar/gaussian/score.hpp"
#include "alphabar/gaussian/shrinkage.hpp"
#include "alphabar/oracle/information.hpp"
#include "alphabar/process/forward_diffusion.hpp"
#include "alphabar/process/reverse_diffusion.hpp"
