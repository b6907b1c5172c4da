// SPDX-License-Identifier: MIT
#include <alphabar/core.hpp>
#include <alphabar/diffusers/scheduler_config.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Writes the plans of samplers as JSON, to test ports in other languages:
///
///     conformance FOLDER                  the samplers below
///     conformance FOLDER CONFIG.json ...  those of scheduler_config.json files
///
/// docs/conformance.md describes the files.
namespace {

using namespace alphabar;
using Json = nlohmann::ordered_json;

const std::pair<std::string_view, std::string_view> configs[] = {
    {"ddpm", R"({"_class_name": "DDPMScheduler", "clip_sample": false})"},
    {"ddim_sd21", R"({"_class_name": "DDIMScheduler", "beta_schedule": "scaled_linear",
        "beta_start": 0.00085, "beta_end": 0.012, "clip_sample": false, "steps_offset": 1,
        "set_alpha_to_one": false, "prediction_type": "v_prediction"})"},
    {"ddim_zero_snr", R"({"_class_name": "DDIMScheduler", "clip_sample": false,
        "rescale_betas_zero_snr": true, "timestep_spacing": "trailing",
        "prediction_type": "v_prediction"})"},
    {"euler_sdxl", R"({"_class_name": "EulerDiscreteScheduler", "beta_schedule": "scaled_linear",
        "beta_start": 0.00085, "beta_end": 0.012, "steps_offset": 1,
        "timestep_spacing": "leading"})"},
    {"euler_karras", R"({"_class_name": "EulerDiscreteScheduler", "use_karras_sigmas": true})"},
    {"euler_ancestral", R"({"_class_name": "EulerAncestralDiscreteScheduler"})"},
    {"heun", R"({"_class_name": "HeunDiscreteScheduler"})"},
    {"edm_euler", R"({"_class_name": "EDMEulerScheduler"})"},
    {"flow_sd3", R"({"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0})"}};

Json step_as_json(const LinearStep& step) {
  return {{"x", step.x},
          {"predictions", step.predictions},
          {"draws", step.draws},
          {"new_draws", step.new_draws}};
}

std::string_view name_of(Prediction kind) {
  switch (kind) {
    case Prediction::noise:
      return "noise";
    case Prediction::x0:
      return "x0";
    case Prediction::velocity:
      return "velocity";
    case Prediction::score:
      return "score";
    default:
      return "flow_velocity";
  }
}

Json plan_as_json(const SamplerPlan& plan) {
  Json calls = Json::array();
  for (std::size_t k = 0; k < plan.calls.size(); ++k) {
    const SamplerCall& call = plan.calls[k];
    const auto conversion = plan.conversion(k);
    calls.push_back({{"time", call.time},
                     {"model_time", call.model_time},
                     {"input_scale", call.input_scale},
                     {"signal_scale", call.level.signal_scale()},
                     {"noise_scale", call.level.noise_scale()},
                     {"prediction_of_x", conversion.xt_scale()},
                     {"prediction_of_network", conversion.prediction_scale()},
                     {"step", step_as_json(call.step)}});
  }
  return {{"prediction", name_of(plan.prediction)},
          {"network", name_of(plan.network)},
          {"start_scale", plan.start_scale},
          {"start", step_as_json(plan.start)},
          {"calls", std::move(calls)}};
}

void write(const std::filesystem::path& folder, const std::string& name,
           const diffusers::Scheduler& scheduler, Index n) {
  const std::filesystem::path path = folder / (name + "_" + std::to_string(n) + ".json");
  std::ofstream file(path);
  file << plan_as_json(scheduler.plan(n)).dump(1) << '\n';
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) {
    std::fprintf(stderr, "usage: conformance FOLDER [CONFIG.json ...]\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  std::vector<std::pair<std::string, diffusers::Scheduler>> schedulers;
  for (int k = 2; k < argc; ++k) {
    schedulers.emplace_back(std::filesystem::path(argv[k]).stem().string(),
                            diffusers::read_scheduler_config(argv[k]));
  }
  if (schedulers.empty()) {
    for (const auto& [name, text] : configs) {
      schedulers.emplace_back(name, diffusers::parse_scheduler_config(text));
    }
  }
  for (const auto& [name, scheduler] : schedulers) {
    for (const Index n : {1, 4, 10}) write(folder, name, scheduler, n);
  }
  std::printf("%zu plans in %s\n", 3 * schedulers.size(), folder.string().c_str());
} catch (const std::exception& error) {
  std::fprintf(stderr, "conformance: %s\n", error.what());
  return 2;
}
