// SPDX-License-Identifier: MIT
#include "sampler_list/samplers.hpp"

#include <algorithm>
#include <alphabar/core.hpp>
#include <cctype>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sampler_list {

std::vector<NamedSampler> all_samplers(const std::vector<double>& eigenvalues) {
  using namespace alphabar;
  using Dpm = DpmSolverMultistep;
  constexpr auto noise = Prediction::noise;
  constexpr auto heun = SolverType::heun;
  std::vector<NamedSampler> list;
  const auto add = [&](const char* name, auto sampler, std::vector<std::string> others = {}) {
    list.push_back({name, std::move(others),
                    [=](const SamplerPath& path) -> SamplerPlan { return sampler.plan(path); }});
  };
  // one call per step
  add("euler", Euler{}, {"ddim", "flowmatcheuler", "edmeuler", "cogvideoxddim", "ddimparallel"});
  add("ancestral", EulerAncestral{}, {"eulera", "eulerancestral", "ltxeulerancestralrf"});
  add("ddpm", Ddpm{Ddpm::Variance::step}, {"fixedlarge", "ddpmparallel"});
  add("ddpm_small", Ddpm{}, {"fixedsmall"});
  add("ddpm_optimal", OptimalDdpm(eigenvalues), {"analyticdpm"});
  add("lcm", Lcm{}, {"flowmatchlcm"});
  add("tcd", Tcd{});
  add("consistency", ConsistencyModel{}, {"cmstochasticiterative"});
  // multistep
  add("dpm++2m", DpmSolverPp2M{},
      {"dpmsolver++", "dpmsolvermultistep", "edmdpmsolvermultistep", "dpm++2mkarras"});
  add("dpm++3m", Dpm{.order = 3});
  add("dpm_2m", Dpm{.prediction = noise}, {"dpmsolver"});
  add("dpm_3m", Dpm{.prediction = noise, .order = 3});
  add("dpm++2m_sde", Dpm{.eta = 1}, {"sdedpmsolver++", "cosinedpmsolvermultistep"});
  add("dpm++2m_sde_heun", Dpm{.type = heun, .eta = 1});
  add("dpm++3m_sde", Dpm{.order = 3, .type = heun, .eta = 1});
  add("deis", Deis{3}, {"deismultistep"});
  add("deis_tab", DeisTab{3});
  add("unipc", UniPc{}, {"unipcbh2", "unipcmultistep"});
  add("unipc_bh1", UniPc{.b = UniPc::B::bh1});
  add("res_multistep", ResMultistep{});
  add("res_multistep_ancestral", ResMultistepAncestral{});
  add("lms", Lms{4}, {"ipndmv"});
  add("ipndm", Ipndm{});
  add("plms", Plms{});
  add("pndm", Pndm{});
  add("gradient_estimation", GradientEstimation{});
  add("sa_solver", SaSolver{}, {"sasolver"});
  add("sa_solver_pece", SaSolver{.repeat_call = true});
  add("er_sde", ErSde{});
  // several calls per step
  add("heun", Heun{}, {"flowmatchheun"});
  add("heun++2", HeunPp2{});
  add("dpm2", Dpm2{}, {"kdpm2"});
  add("dpm2_ancestral", Dpm2Ancestral{}, {"dpm2a", "kdpm2ancestral"});
  add("dpm_solver_2", DpmSolver{{2}});
  add("dpm_solver_3", DpmSolver{{3}});
  add("dpm_singlestep_2", DpmSolverSinglestep{}, {"dpmsolversinglestep"});
  add("dpm_singlestep_3", DpmSolverSinglestep{.order = 3, .type = heun});
  add("dpm++2s", DpmSolverPp2SAncestral{0});
  add("dpm++2s_ancestral", DpmSolverPp2SAncestral{}, {"dpm++2sa"});
  add("dpm++sde", DpmSolverPpSde{}, {"dpmsolversde"});
  add("seeds_2", Seeds2{});
  add("seeds_3", Seeds3{});
  add("exp_heun_2_x0", Seeds2{0, 1, heun});
  add("exp_heun_2_x0_sde", Seeds2{1, 1, heun});
  add("res_2s", Res2S{});
  // along processes with beta(t)
  add("em", EulerMaruyama{}, {"eulermaruyama"});
  add("ei", ExponentialIntegrator{}, {"exponentialintegrator"});
  add("ancestral_sde", Ancestral{});
  add("flow_euler", FlowEuler{});
  add("flow_heun", FlowHeun{});
  add("flow_rk4", FlowRungeKutta4{}, {"rk4"});
  return list;
}

std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c == ' ' || c == '_' || c == '-') continue;
    plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (name.starts_with("k_")) plain.erase(0, 1);
  const auto replace = [&](std::string_view from, std::string_view to) {
    if (const auto at = plain.find(from); at != std::string::npos) {
      plain.replace(at, from.size(), to);
    }
  };
  replace("scheduler", "");
  replace("discrete", "");
  replace("pp", "++");
  return plain;
}

NamedSampler find_sampler(std::string_view name, const std::vector<double>& eigenvalues) {
  const std::string plain = plain_name(name);
  std::string names;
  for (NamedSampler& sampler : all_samplers(eigenvalues)) {
    if (plain_name(sampler.name) == plain || std::ranges::count(sampler.others, plain) > 0) {
      return std::move(sampler);
    }
    names += (names.empty() ? "" : ", ") + sampler.name;
  }
  throw std::invalid_argument("--sampler: must be one of " + names + ", got \"" +
                              std::string(name) + '"');
}

}  // namespace sampler_list
