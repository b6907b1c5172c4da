// SPDX-License-Identifier: MIT
#include "python/names.hpp"

#include <alphabar/diffusers/scheduler_config.hpp>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace alphabar_python {
namespace {

using namespace alphabar;

template <class T>
T chosen(const std::map<std::string, T>& choices, const std::string& what,
         const std::string& name) {
  const auto found = choices.find(name);
  if (found != choices.end()) return found->second;
  std::string names;
  for (const auto& [known, meaning] : choices) names += (names.empty() ? "" : ", ") + known;
  throw std::invalid_argument(what + " must be one of " + names + ", got \"" + name + "\"");
}

using Make = std::function<SamplerPlan(const SamplerPath&, std::optional<double>)>;

template <class S>
Make without_eta(S sampler) {
  return [=](const SamplerPath& path, std::optional<double> eta) {
    if (eta) throw std::invalid_argument("eta must be None: this sampler has none");
    return sampler.plan(path);
  };
}
template <class S>
Make with_eta(S sampler) {
  return [=](const SamplerPath& path, std::optional<double> eta) {
    S with = sampler;
    if (eta) with.eta = *eta;
    return with.plan(path);
  };
}

const std::map<std::string, Make>& samplers() {
  static const std::map<std::string, Make> known{
      {"ddpm", without_eta(Ddpm{})},
      {"ddpm_large", without_eta(Ddpm{Ddpm::Variance::step})},
      {"ddim", with_eta(Ddim{})},
      {"euler", without_eta(Euler{})},
      {"euler_ancestral", with_eta(EulerAncestral{})},
      {"heun", without_eta(Heun{})},
      {"dpm_2", without_eta(Dpm2{})},
      {"dpm_2_ancestral", with_eta(Dpm2Ancestral{})},
      {"dpmpp_2m", without_eta(DpmSolverPp2M{})},
      {"dpmpp_2m_sde", with_eta(DpmSolverMultistep{.eta = 1})},
      {"dpmpp_3m_sde", with_eta(DpmSolverMultistep{.order = 3, .eta = 1})},
      {"dpmpp_2s_ancestral", with_eta(DpmSolverPp2SAncestral{})},
      {"dpmpp_sde", with_eta(DpmSolverPpSde{})},
      {"uni_pc", without_eta(UniPc{})},
      {"deis", without_eta(Deis{})},
      {"lms", without_eta(Lms{})},
      {"ipndm", without_eta(Ipndm{})},
      {"plms", without_eta(Plms{})},
      {"pndm", without_eta(Pndm{})},
      {"res_multistep", without_eta(ResMultistep{})},
      {"er_sde", without_eta(ErSde{})},
      {"sa_solver", without_eta(SaSolver{})},
      {"seeds_2", with_eta(Seeds2{})},
      {"seeds_3", with_eta(Seeds3{})},
      {"lcm", without_eta(Lcm{})}};
  return known;
}

}  // namespace

NoiseSchedule<double> schedule_of(const std::string& name) {
  if (name.find('{') != std::string::npos) {
    const auto scheduler = diffusers::parse_scheduler_config(name);
    if (scheduler.schedule()) return *scheduler.schedule();
    throw std::invalid_argument(scheduler.class_name + " has no table");
  }
  using Schedule = NoiseSchedule<double> (*)();
  static const std::map<std::string, Schedule> known{
      {"linear", [] { return linear_schedule(); }},
      {"scaled_linear", [] { return scaled_linear_schedule(); }},
      {"cosine", [] { return cosine_schedule(1000); }},
      {"sigmoid", [] { return sigmoid_schedule(1000); }}};
  return chosen(known, "a schedule", name)();
}

Prediction prediction_of(const std::string& name) {
  static const std::map<std::string, Prediction> known{
      {"noise", Prediction::noise},
      {"epsilon", Prediction::noise},
      {"x0", Prediction::x0},
      {"sample", Prediction::x0},
      {"velocity", Prediction::velocity},
      {"v_prediction", Prediction::velocity},
      {"score", Prediction::score},
      {"flow_velocity", Prediction::flow_velocity},
      {"flow_prediction", Prediction::flow_velocity}};
  return chosen(known, "prediction", name);
}

SamplerPlan plan_of(const std::string& sampler, const std::string& along, std::vector<double> times,
                    const std::string& prediction, std::optional<double> eta) {
  const Make& make = chosen(samplers(), "sampler", sampler);
  if (times.empty() || times.back() != 0) times.push_back(0);
  const auto path = [&]() -> SamplerPath {
    if (along == "sigma") return SamplerPath::of_sigmas(std::move(times));
    if (along == "flow") return {RectifiedFlow(), std::move(times)};
    return {schedule_of(along), std::move(times)};
  };
  SamplerPlan plan = make(path(), eta);
  plan.network = prediction_of(prediction);
  return plan;
}

}  // namespace alphabar_python
