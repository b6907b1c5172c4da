// SPDX-License-Identifier: MIT
#pragma once

#include <alphabar/core.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Objects that Python names by a string.
namespace alphabar_python {

/// A schedule: "linear", "scaled_linear", "cosine", "sigmoid", each of 1000 times, or the text of a
/// scheduler_config.json with a table. @throws std::invalid_argument for another
alphabar::NoiseSchedule<double> schedule_of(const std::string& name);

/// What a network predicts: "noise" or "epsilon", "x0" or "sample", "velocity" or "v_prediction",
/// "score", "flow_velocity" or "flow_prediction".
alphabar::Prediction prediction_of(const std::string& name);

/// The plan of a sampler by its name in k-diffusion and ComfyUI, along "sigma", "flow" or a
/// schedule, at these levels or times, to clean data. η where the sampler has one.
alphabar::SamplerPlan plan_of(const std::string& sampler, const std::string& along,
                              std::vector<double> times, const std::string& prediction,
                              std::optional<double> eta);

}  // namespace alphabar_python
