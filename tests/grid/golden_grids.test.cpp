// SPDX-License-Identifier: MIT
//
// Would catch any rule that is not the published one: levels of public programs in double precision
// (data/README.md), every list of the file. Where a program differs from our grid, the case
// states the difference and builds the program's list from ours.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "alphabar/grid/flow_levels.hpp"
#include "alphabar/grid/noise_levels.hpp"
#include "alphabar/grid/published_levels.hpp"
#include "alphabar/grid/sigma_grids.hpp"
#include "alphabar/grid/table_levels.hpp"
#include "alphabar/grid/timesteps.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "alphabar/schedule/transformations.hpp"
#include "alphabar/schedule/vp_process.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

namespace golden_grids_test {

using namespace alphabar;
using Levels = std::vector<double>;
using Grid = std::function<Levels(Index)>;

Levels without_last(Levels levels) {
  levels.pop_back();
  return levels;
}

Levels times_of_one(const std::vector<Index>& times, double steps) {
  Levels shares;
  for (const Index t : times) shares.push_back(static_cast<double>(t) / steps);
  return shares;
}

/// The grids of ComfyUI along a table of σ.
void add_table(std::map<std::string, Grid>& grids, const std::string& name,
               const NoiseSchedule<>& table) {
  const auto add = [&](const std::string& key, auto times) {
    grids["comfy/" + name + "/" + key] = [=](Index n) { return sigmas_at(table, times(n)); };
  };
  add("normal", [](Index n) { return normal_times(1000, n); });
  add("simple", [](Index n) { return simple_timesteps(1000, n); });
  add("sgm_uniform", [](Index n) { return sgm_uniform_times(1000, n); });
  add("ddim_uniform", [](Index n) { return ddim_uniform_timesteps(1000, n); });
  add("beta", [](Index n) { return beta_timesteps(1000, n); });
  add("beta57", [](Index n) { return beta_timesteps(1000, n, 0.5, 0.7); });
}

/// The grids between two levels, whatever their scale.
void add_range(std::map<std::string, Grid>& grids, const std::string& name, double min,
               double max) {
  grids["comfy/" + name + "/kl_optimal"] = [=](Index n) { return tangent_sigmas(n, min, max); };
  grids["comfy/" + name + "/karras"] = [=](Index n) { return karras_sigmas(n, min, max); };
  grids["comfy/" + name + "/exponential"] = [=](Index n) {
    return exponential_sigmas(n, min, max);
  };
}

/// Its grids along the levels shift(t/T). Its normal and sgm_uniform go down to the level of the
/// first time and shift once more.
void add_flow(std::map<std::string, Grid>& grids, const std::string& name, Index steps,
              double shift) {
  const auto last = static_cast<double>(steps);
  const double min = shift_levels({1 / last}, shift)[0];
  const std::string key = "comfy/" + name + "/";
  const auto add = [&](const std::string& rule, auto times) {
    grids[key + rule] = [=](Index n) { return shift_levels(times_of_one(times(n), last), shift); };
  };
  add("simple", [=](Index n) { return simple_timesteps(steps, n); });
  add("ddim_uniform", [=](Index n) { return ddim_uniform_timesteps(steps, n); });
  add("beta", [=](Index n) { return beta_timesteps(steps, n); });
  add("beta57", [=](Index n) { return beta_timesteps(steps, n, 0.5, 0.7); });
  grids[key + "normal"] = [=](Index n) { return shift_levels(linear_levels(n, min), shift); };
  grids[key + "sgm_uniform"] = [=](Index n) {
    return shift_levels(without_last(linear_levels(n + 1, min)), shift);
  };
  grids[key + "linear_quadratic"] = [](Index n) { return linear_quadratic_levels(n); };
  add_range(grids, name, min, 1);
}

/// diffusers' FlowMatchEulerDiscreteScheduler: from the shifted level of the first time, and, but
/// for dynamic shifting, shifted once more.
void add_flow_euler(std::map<std::string, Grid>& grids) {
  const std::string key = "diffusers/flow_euler/";
  const auto shifted = [](double shift) {
    const double min = shift_levels({0.001}, shift)[0];
    return [=](Index n) { return shift_levels(linear_levels(n, min), shift); };
  };
  grids[key + "shift1"] = shifted(1);
  grids[key + "shift3"] = shifted(3);
  grids[key + "shift3_terminal0.1"] = [=](Index n) { return stretch_levels(shifted(3)(n), 0.1); };
  const double least = shifted(3)(2)[1];
  grids[key + "karras_shift3"] = [=](Index n) { return karras_sigmas(n, least, 1); };
  grids[key + "exponential_shift3"] = [=](Index n) { return exponential_sigmas(n, least, 1); };
  grids[key + "beta_shift3"] = [=](Index n) { return beta_sigmas(n, least, 1); };
  for (const auto& [name, shift] :
       {std::pair{"mu1.15_exponential", std::exp(1.15)}, std::pair{"mu1.15_linear", 1.15}}) {
    const auto dynamic = [shift = shift](Index n) {
      return shift_levels(linear_levels(n, 0.001), shift);
    };
    grids[key + name] = dynamic;
    grids[key + name + "_terminal0.1"] = [=](Index n) { return stretch_levels(dynamic(n), 0.1); };
    grids[key + name + "_sigmas_linspace_1_to_1_over_n"] = [shift = shift](Index n) {
      return shift_levels(linear_levels(n, 1 / static_cast<double>(n)), shift);
    };
  }
}

std::map<std::string, Grid> all_grids() {
  std::map<std::string, Grid> grids;
  const auto table = scaled_linear_schedule();
  const double min = table.sigma(1);
  const double max = table.sigma(1000);
  add_table(grids, "sd", table);
  add_range(grids, "sd", min, max);
  grids["comfy/sd/linear_quadratic"] = [=](Index n) {
    Levels sigmas = linear_quadratic_levels(n);
    for (double& sigma : sigmas) sigma *= max;
    return sigmas;
  };
  grids["comfy/sd/polyexponential_rho1"] = [=](Index n) {
    return polyexponential_sigmas(n, min, max, 1);
  };
  grids["comfy/sd/polyexponential_rho2"] = [=](Index n) {
    return polyexponential_sigmas(n, min, max, 2);
  };
  grids["comfy/sd/laplace"] = [=](Index n) { return laplace_sigmas(n, min, max); };
  grids["comfy/sd/vp"] = [](Index n) {
    Levels sigmas;
    for (const double t : linear_levels(n, 1e-3)) {
      sigmas.push_back(sigma_of_log_snr(VpLinear().log_snr(t)));
    }
    return sigmas;
  };

  // ComfyUI puts this in place of ᾱ_T = 0.
  const auto zero = zero_terminal_snr(table);
  Levels alpha_bars(zero.alpha_bars().begin(), zero.alpha_bars().end());
  alpha_bars.back() = 4.8973451890853435e-08;
  add_table(grids, "sd_zsnr", NoiseSchedule<>::from_alpha_bars(alpha_bars));

  add_flow(grids, "flow_shift3", 1000, 3);
  add_flow(grids, "flux_mu1.15", 10000, std::exp(1.15));

  grids["diffusers/euler/linspace"] = [=](Index n) {
    return sigmas_at(table, normal_times(1000, n));
  };
  grids["diffusers/euler/leading"] = [=](Index n) {
    return sigmas_at(table, leading_timesteps(1000, n));
  };
  grids["diffusers/dpm_multi/linspace"] = [=](Index n) {
    return without_last(sigmas_at(table, linspace_timesteps(1000, n + 1)));
  };
  grids["diffusers/dpm_multi/leading"] = [=](Index n) {
    return without_last(sigmas_at(table, leading_timesteps(1000, n + 1)));
  };
  for (const std::string name : {"euler", "dpm_multi"}) {
    const std::string key = "diffusers/" + name + "/";
    grids[key + "trailing"] = [=](Index n) {
      return sigmas_at(table, trailing_timesteps(1000, n));
    };
    grids[key + "karras"] = [=](Index n) { return karras_sigmas(n, min, max); };
    grids[key + "exponential"] = [=](Index n) { return exponential_sigmas(n, min, max); };
    grids[key + "beta"] = [=](Index n) { return beta_sigmas(n, min, max); };
  }
  grids["diffusers/dpm_multi/lu_lambdas"] = [=](Index n) {
    return exponential_sigmas(n, min, max);
  };
  grids["diffusers/dpm_multi/flow_shift3"] = [](Index n) {
    return shift_levels(without_last(linear_levels(n + 1, 0, 0.999)), 3);
  };
  grids["diffusers/unipc/flow_shift3"] = [](Index n) {
    Levels levels = shift_levels(without_last(linear_levels(n + 1, 0.001)), 3);
    levels[0] = std::min(levels[0], 1 - 1e-6);
    return levels;
  };
  add_flow_euler(grids);
  grids["diffusers/edm_euler/karras"] = [](Index n) { return karras_sigmas(n, 0.002, 80); };
  grids["diffusers/edm_euler/exponential"] = [](Index n) {
    return exponential_sigmas(n, 0.002, 80);
  };

  for (const auto& [name, model] : {std::pair{"ays/SD1", AlignYourSteps::stable_diffusion_1},
                                    std::pair{"ays/SDXL", AlignYourSteps::stable_diffusion_xl},
                                    std::pair{"ays/SVD", AlignYourSteps::stable_video_diffusion}}) {
    grids[name] = [model = model](Index n) { return align_your_steps_sigmas(n, model); };
  }
  for (const auto& [name, model] : {std::pair{"optimal_steps/FLUX", OptimalSteps::flux},
                                    std::pair{"optimal_steps/Wan", OptimalSteps::wan},
                                    std::pair{"optimal_steps/Chroma", OptimalSteps::chroma}}) {
    grids[name] = [model = model](Index n) { return optimal_steps_levels(n, model); };
  }
  return grids;
}

/// The relative error that is allowed, 1e-12 but for what has a cause.
double tolerance(const std::string& name) {
  if (name == "comfy/sd/laplace") return 2.3e-5;  // it adds 1e-5 to the argument of the logarithm
  return 1e-12;
}

TEST_CASE("golden grids: the levels of public programs") {
  const std::map<std::string, Grid> grids = all_grids();
  std::set<std::string> seen;
  const auto lines = test::golden_lines("grids.csv");
  REQUIRE(lines.size() == 160);
  for (const auto& [key, golden] : lines) {
    INFO(key);
    const std::string name = key.substr(0, key.find('@'));
    const Index n = std::stol(key.substr(key.find('@') + 1));
    REQUIRE(grids.count(name) == 1);
    const Levels levels = grids.at(name)(n);
    seen.insert(name);
    const bool with_end = golden.size() > levels.size();  // the 0 behind
    REQUIRE(golden.size() == levels.size() + (with_end ? 1 : 0));
    if (with_end) CHECK(golden.back() == 0);
    REQUIRE(levels.size() == static_cast<std::size_t>(n));
    for (std::size_t k = 0; k < levels.size(); ++k) {
      INFO("level " << k);
      CHECK_THAT(levels[k], WithinRel(golden[k], tolerance(name)));
    }
  }
  std::string idle;
  for (const auto& [name, grid] : grids) {
    if (seen.count(name) == 0) idle += name + " ";
  }
  CHECK(idle == "comfy/sd_zsnr/beta57 ");
}

}  // namespace golden_grids_test
