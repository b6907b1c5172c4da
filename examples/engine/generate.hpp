// SPDX-License-Identifier: MIT
#pragma once

#include "engine/tensor.hpp"

/// What the engine calls: from standard normal numbers to data, by DPM-Solver++(2M) in n steps with
/// the noise levels of Karras et al. between those of Stable Diffusion. Three files implement it.
namespace by_hand {
engine::Tensor generate(engine::Tensor start, int steps);
}
namespace by_run_sampler {
engine::Tensor generate(engine::Tensor start, int steps);
}
namespace by_plan {
engine::Tensor generate(engine::Tensor start, int steps);
}
