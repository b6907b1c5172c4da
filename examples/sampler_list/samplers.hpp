// SPDX-License-Identifier: MIT
#pragma once

#include <alphabar/sampler/sampler_path.hpp>
#include <alphabar/sampler/sampler_plan.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// All samplers of the library by name, for programs and tests.
namespace sampler_list {

/// A sampler whose type is not known at compile time; it is an `alphabar::Sampler`.
struct NamedSampler {
  std::string name;                 ///< for output
  std::vector<std::string> others;  ///< names in other programs, as `plain_name` writes them
  std::function<alphabar::SamplerPlan(const alphabar::SamplerPath&)> plan;
};

/// Every sampler from noise to data, and its usual variants. The eigenvalues are those of the data,
/// for the optimal variances of DDPM.
[[nodiscard]] std::vector<NamedSampler> all_samplers(const std::vector<double>& eigenvalues);

/// A name without the differences in spelling between programs: lower case, "pp" written "++", no
/// blanks, "_" or
/// "-", no "k" in front (of "k_euler"), no "discrete" or "scheduler" (of "EulerDiscreteScheduler").
[[nodiscard]] std::string plain_name(std::string_view name);

/// The sampler with this name, in any spelling.
/// @throws std::invalid_argument, with all names, for another one
[[nodiscard]] NamedSampler find_sampler(std::string_view name,
                                        const std::vector<double>& eigenvalues);

}  // namespace sampler_list
