// SPDX-License-Identifier: MIT
#include "alphabar/diffusers/scheduler_config.hpp"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/complaint.hpp"

namespace scheduler_config_test {

using namespace alphabar;
using namespace alphabar::diffusers;
using Times = std::vector<Index>;
using Numbers = std::vector<double>;

/// A file of that class, with these keys.
std::string of(const std::string& class_name, const std::string& keys = "") {
  return R"({"_class_name": ")" + class_name + R"(")" + (keys.empty() ? "" : ", ") + keys + "}";
}

Scheduler load(const std::string& class_name, const std::string& keys = "") {
  return parse_scheduler_config(of(class_name, keys));
}

void check_close(const Numbers& numbers, const Numbers& expected, double tolerance = 1e-12) {
  REQUIRE(numbers.size() == expected.size());
  for (std::size_t k = 0; k < expected.size(); ++k) {
    INFO("number " << k);
    CHECK_THAT(numbers[k], WithinRel(expected[k], tolerance) || WithinAbs(expected[k], tolerance));
  }
}

/// The error message of reading the text.
std::string complaint_of(const std::string& text) {
  return test::complaint([&] { (void)parse_scheduler_config(text); });
}

/// The same without its beginning, which is the same for all messages about keys.
std::string refusal(const std::string& class_name, const std::string& keys) {
  const std::string beginning = "invalid_argument: alphabar::diffusers::parse_scheduler_config: ";
  const std::string complaint = complaint_of(of(class_name, keys));
  return complaint.starts_with(beginning) ? complaint.substr(beginning.size()) : complaint;
}

const std::string stable_diffusion =
    R"("beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012)";

// Would catch a bound that is itself refused: "beta_start": 0 is valid.
TEST_CASE("scheduler_config: bounds of numbers are accepted, numbers beyond them are refused") {
  const char* const ddim = "DDIMScheduler";
  CHECK(load(ddim, R"("beta_start": 0)").schedule()->beta(1) == 0);
  CHECK(load(ddim, R"("beta_start": 0.0)").schedule()->beta(1) == 0);
  CHECK(load(ddim, R"("beta_end": 1)").schedule()->beta(1000) == 1);
  CHECK(refusal(ddim, R"("beta_start": -1e-300)") == "beta_start must be in [0, 1], got -1e-300");
  CHECK(refusal(ddim, R"("beta_end": 1.0000000000000002)") ==
        "beta_end must be in [0, 1], got 1.0000000000000002");
  CHECK(load(ddim, R"("num_train_timesteps": 1, "steps_offset": 0)").schedule()->steps() == 1);
  CHECK(refusal(ddim, R"("num_train_timesteps": 1000001)") ==
        "num_train_timesteps must be an integer in 1..1000000, got 1000001");
  const Scheduler table = load(ddim, R"("num_train_timesteps": 3, "trained_betas": [0, 0.5, 1])");
  CHECK(table.schedule()->beta(1) == 0);
  CHECK(table.schedule()->beta(3) == 1);
  const char* const flow = "FlowMatchEulerDiscreteScheduler";
  for (const char* shift : {"1e-6", "1e6"}) {
    CHECK(refusal(flow, R"("shift": )" + std::string(shift)) == "nothing");
  }
}

// Would catch a device without an end that takes the memory.
TEST_CASE("read_scheduler_config: an endless file") {
  if (!std::filesystem::exists("/dev/zero")) return;
  CHECK(test::complaint([] {
          (void)read_scheduler_config("/dev/zero");
        }).ends_with("the file must hold at most 16777216 bytes, got more"));
}

// Published files of models, shortened to the relevant keys and one or two irrelevant ones. The
// numbers were computed with 40 digits.

// Catches: the linear table or DDPM's leading spacing taken for another.
TEST_CASE("scheduler_config: DDPM on CIFAR-10") {
  const Scheduler ddpm = load("DDPMScheduler", R"("_diffusers_version": "0.1.1",
      "beta_end": 0.02, "beta_schedule": "linear", "beta_start": 0.0001, "clip_sample": true,
      "num_train_timesteps": 1000, "timestep_values": null, "trained_betas": null,
      "variance_type": "fixed_large")");
  CHECK(ddpm.class_name == "DDPMScheduler");
  CHECK(ddpm.prediction == Prediction::noise);
  CHECK_THAT(ddpm.schedule()->alpha_bar(100), WithinRel(0.89701814567496036372, 1e-15));
  CHECK_THAT(ddpm.schedule()->alpha_bar(1000), WithinRel(0.000040358297653756833148, 1e-15));
  CHECK(ddpm.timesteps(5) == Times{801, 601, 401, 201, 1});
  CHECK(ddpm.sigmas(5).back() == 0);
  const Times all = ddpm.timesteps(1000);
  CHECK(all.front() == 1000);
  CHECK(all.back() == 1);
}

// Catches: v_prediction lost, the offset lost, and t mistaken for Python's k = t − 1.
TEST_CASE("scheduler_config: DDIM of Stable Diffusion 2.1") {
  const Scheduler ddim = load("DDIMScheduler", stable_diffusion + R"(, "clip_sample": false,
      "num_train_timesteps": 1000, "prediction_type": "v_prediction", "set_alpha_to_one": false,
      "skip_prk_steps": true, "steps_offset": 1, "trained_betas": null)");
  CHECK(ddim.prediction == Prediction::velocity);
  CHECK(ddim.prediction_type == "v_prediction");
  CHECK_THAT(ddim.schedule()->sigma(1000), WithinRel(14.614641229333635971, 1e-15));
  CHECK(ddim.model_times(5) == Numbers{801, 601, 401, 201, 1});
  CHECK(ddim.timesteps(5) == Times{802, 602, 402, 202, 2});
  CHECK_THAT(ddim.sigmas(5).back(), WithinRel(0.02916715815172006662, 1e-15));
}

// Catches: a Stable Diffusion whose second call is made once, or whose last step ends at 1.
TEST_CASE("scheduler_config: PNDM of Stable Diffusion 1.5") {
  const Scheduler pndm = load("PNDMScheduler", stable_diffusion + R"(,
      "_diffusers_version": "0.6.0", "clip_sample": false, "num_train_timesteps": 1000,
      "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1,
      "trained_betas": null)");
  CHECK_THAT(pndm.schedule()->alpha_bar(500), WithinRel(0.27766965045646781407, 1e-15));
  CHECK(pndm.model_times(5) == Numbers{801, 601, 601, 401, 201, 1});
  const Numbers sigmas = pndm.sigmas(50);
  REQUIRE(sigmas.size() == 52);
  CHECK_THAT(sigmas[0], WithinRel(13.120410742553979, 1e-14));
  CHECK(sigmas[1] == sigmas[2]);
  CHECK_THAT(sigmas[51], WithinRel(0.02916715815172006662, 1e-15));
  CHECK(pndm.model_times(1) == Numbers{1});
}

// Catches: a single call at 0/0.
TEST_CASE("scheduler_config: one call of Euler's linspace") {
  CHECK(load("EulerDiscreteScheduler").model_times(1) == Numbers{0});
}

// Catches: a Runge-Kutta start with other midpoints, too few calls, or one for n < 4.
TEST_CASE("scheduler_config: PNDM with its Runge-Kutta steps") {
  const Scheduler pndm = load("PNDMScheduler");
  CHECK(pndm.model_times(5) ==
        Numbers{800, 700, 700, 600, 600, 500, 500, 400, 400, 300, 300, 200, 200, 0});
  CHECK(pndm.model_times(50).size() == 59);
  CHECK(pndm.model_times(4).size() == 13);
  CHECK(test::complaint([&] { (void)pndm.timesteps(3); }) ==
        "invalid_argument: alphabar::diffusers::Scheduler: n must be >= 4 for the Runge-Kutta "
        "steps of PNDM, "
        "got 3");
}

// Catches: Euler's default linspace where the file says leading, or its offset without effect.
TEST_CASE("scheduler_config: Euler of SDXL") {
  const Scheduler euler = load("EulerDiscreteScheduler", stable_diffusion + R"(,
      "clip_sample": false, "interpolation_type": "linear", "num_train_timesteps": 1000,
      "prediction_type": "epsilon", "sample_max_value": 1.0, "set_alpha_to_one": false,
      "skip_prk_steps": true, "steps_offset": 1, "timestep_spacing": "leading",
      "trained_betas": null, "use_karras_sigmas": false)");
  CHECK(euler.model_times(5) == Numbers{801, 601, 401, 201, 1});
  CHECK(euler.timesteps(5) == Times{802, 602, 402, 202, 2});
  CHECK_THAT(euler.sigmas(5)[4], WithinRel(0.041314411996782915, 1e-14));
  CHECK(euler.sigmas(5)[5] == 0);
}

// Catches: times rounded that Euler leaves between two timesteps, and the wrong level between them.
TEST_CASE("scheduler_config: Euler between two timesteps") {
  const Scheduler euler = load("EulerDiscreteScheduler", stable_diffusion);
  check_close(euler.model_times(3), {999, 499.5, 0}, 0);
  check_close(euler.sigmas(3),
              {14.614641229333635971, 1.6155825101612458, 0.02916715815172006662, 0}, 1e-14);
  CHECK(test::complaint([&] { (void)euler.timesteps(3); }) ==
        "invalid_argument: alphabar::diffusers::Scheduler::timesteps: model_times[1] must be "
        "whole, got 499.5");
  CHECK(euler.timesteps(2) == Times{1000, 1});
  CHECK_THAT(
      load("EulerDiscreteScheduler", stable_diffusion + R"(, "final_sigmas_type": "sigma_min")")
          .sigmas(3)
          .back(),
      WithinRel(0.02916715815172006662, 1e-15));
}

// Catches: a Karras grid of Euler that spans the table instead of the times visited.
TEST_CASE("scheduler_config: Euler on a Karras grid") {
  const Scheduler euler = load("EulerDiscreteScheduler", stable_diffusion + R"(,
      "steps_offset": 1, "timestep_spacing": "leading", "use_karras_sigmas": true)");
  check_close(euler.sigmas(5), {5.1344311175175328, 2.0248055945183152, 0.6921500519920194,
                                0.19469305794654179, 0.041314411996782915, 0});
  check_close(euler.model_times(5),
              {801, 565.83014940594512, 248.59301006516961, 38.422350895970531, 1}, 1e-11);
  CHECK(euler.sigmas(1).size() == 2);
}

// Catches: Stable Video Diffusion's ends of the grid, or its ln(σ)/4, ignored.
TEST_CASE("scheduler_config: Euler of Stable Video Diffusion") {
  const Scheduler euler = load("EulerDiscreteScheduler", stable_diffusion + R"(,
      "interpolation_type": "linear", "prediction_type": "v_prediction", "sigma_max": 700.0,
      "sigma_min": 0.002, "steps_offset": 1, "timestep_spacing": "leading",
      "timestep_type": "continuous", "use_karras_sigmas": true)");
  check_close(euler.sigmas(3), {700, 15.589967799969996, 0.002, 0});
  check_close(euler.model_times(3), {1.6377700837608511, 0.68665690440976801, -1.5536520246055479});
  CHECK(test::complaint([&] { (void)euler.timesteps(3); }).find("take times of a table") !=
        std::string::npos);
}

// Catches: the trailing spacing of the one-step models.
TEST_CASE("scheduler_config: Euler ancestral of SDXL Turbo") {
  const Scheduler euler = load("EulerAncestralDiscreteScheduler", stable_diffusion + R"(,
      "interpolation_type": "linear", "prediction_type": "epsilon", "steps_offset": 1,
      "timestep_spacing": "trailing", "use_karras_sigmas": false)");
  CHECK(euler.timesteps(1) == Times{1000});
  CHECK(euler.model_times(13) ==
        Numbers{999, 922, 845, 768, 691, 614, 537, 461, 384, 307, 230, 153, 76});
  check_close(euler.sigmas(1), {14.614641229333635971, 0}, 1e-14);
}

// Catches: Heun's "exp" table, its T of 1024, its calls made once, or x_0 for another prediction.
TEST_CASE("scheduler_config: Heun of Shap-E") {
  const Scheduler heun = load("HeunDiscreteScheduler", R"("beta_schedule": "exp",
      "clip_sample": true, "clip_sample_range": 1.0, "num_train_timesteps": 1024,
      "prediction_type": "sample", "trained_betas": null, "use_karras_sigmas": true)");
  CHECK(heun.prediction == Prediction::x0);
  CHECK(heun.schedule()->steps() == 1024);
  CHECK_THAT(heun.schedule()->beta(1), WithinRel(-std::expm1(-12.0 / 1024), 1e-15));
  CHECK_THAT(heun.schedule()->alpha_bar(1024), WithinRel(6.14421235332821e-6, 1e-14));
  check_close(heun.sigmas(4),
              {403.42755411474303, 64.552985495064078, 64.552985495064078, 5.3562125997423866,
               5.3562125997423866, 0.10857109909792519, 0.10857109909792519, 0});
  check_close(
      heun.model_times(4),
      {1023, 710.27148240475276, 710.27148240475276, 288.34635518269931, 288.34635518269931, 0, 0},
      1e-11);
}

// Catches: Python's -Infinity taken for bad JSON, and DPM-Solver's n + 1 times less the last.
TEST_CASE("scheduler_config: DPM-Solver of PixArt") {
  const Scheduler dpm = load("DPMSolverMultistepScheduler", R"("algorithm_type": "dpmsolver++",
      "beta_end": 0.02, "beta_schedule": "linear", "beta_start": 0.0001,
      "dynamic_thresholding_ratio": 0.995, "euler_at_final": false,
      "lambda_min_clipped": -Infinity, "lower_order_final": true, "num_train_timesteps": 1000,
      "prediction_type": "epsilon", "sample_max_value": 1.0, "solver_order": 2,
      "solver_type": "midpoint", "steps_offset": 0, "thresholding": false,
      "timestep_spacing": "linspace", "trained_betas": null, "use_karras_sigmas": false,
      "use_lu_lambdas": false, "variance_type": null)");
  CHECK(dpm.model_times(10) == Numbers{999, 899, 799, 699, 599, 500, 400, 300, 200, 100});
  CHECK_THAT(dpm.sigmas(10)[0], WithinRel(157.40728081040743305, 1e-14));
  CHECK_THAT(dpm.sigmas(10)[1], WithinRel(60.271410067824021, 1e-14));
  const Scheduler leading =
      load("DPMSolverMultistepScheduler", R"("timestep_spacing": "leading", "steps_offset": 1)");
  CHECK(leading.model_times(4) == Numbers{801, 601, 401, 201});
  const Scheduler trailing =
      load("DPMSolverMultistepScheduler", R"("timestep_spacing": "trailing")");
  CHECK(trailing.model_times(4) == Numbers{999, 749, 499, 249});
}

// Catches: a grid that does not span the whole table, and times left between two timesteps.
TEST_CASE("scheduler_config: UniPC on a Karras grid") {
  const Scheduler unipc = load("UniPCMultistepScheduler", stable_diffusion + R"(,
      "disable_corrector": [], "predict_x0": true, "solver_p": null, "solver_type": "bh2",
      "use_karras_sigmas": true)");
  check_close(unipc.sigmas(10),
              {14.614641229333635, 9.1029281340476427, 5.4783919864429542, 3.1686030729596104,
               1.7494170492511838, 0.91407226503096284, 0.44691820937343735, 0.20139829978031112,
               0.081910238320268627, 0.029167158151720066, 0});
  CHECK(unipc.timesteps(10) == Times{1000, 917, 816, 688, 524, 328, 147, 42, 8, 1});
}

// Catches: times on a grid rounded to the nearest where diffusers rounds them down.
TEST_CASE("scheduler_config: grids whose times are rounded down") {
  const std::string cosine = R"("beta_schedule": "squaredcos_cap_v2", "use_karras_sigmas": true)";
  CHECK(load("DPMSolverMultistepScheduler", cosine).model_times(10) ==
        Numbers{999, 998, 998, 998, 997, 995, 983, 894, 259, 0});
  CHECK(load("UniPCMultistepScheduler", cosine).model_times(10) ==
        Numbers{999, 999, 999, 998, 998, 995, 983, 895, 259, 0});
  CHECK(
      load("DPMSolverMultistepScheduler", stable_diffusion + R"(, "use_exponential_sigmas": true)")
          .model_times(10) == Numbers{999, 874, 723, 538, 329, 152, 52, 14, 2, 0});
}

// Catches: β's where use_flow_sigmas means a straight path, the even levels that UniPC had before
// 2026, which DPM-Solver still has, and times that are rounded up.
TEST_CASE("scheduler_config: UniPC of Wan 2.1") {
  const std::string wan = R"("beta_end": 0.02, "beta_schedule": "linear", "beta_start": 0.0001,
      "final_sigmas_type": "zero", "flow_shift": 3.0, "prediction_type": "flow_prediction",
      "use_flow_sigmas": true)";
  const Scheduler unipc = load("UniPCMultistepScheduler", wan);
  CHECK(unipc.prediction == Prediction::flow_velocity);
  CHECK_FALSE(unipc.schedule());
  check_close(unipc.sigmas(4),
              {0.999999, 0.90011997600479904, 0.75037481259370315, 0.50099900099900099, 0});
  CHECK(unipc.model_times(4) == Numbers{999, 900, 750, 500});
  const Scheduler dpm = load("DPMSolverMultistepScheduler", wan);
  check_close(dpm.sigmas(4), {0.99966644429619744, 0.89963978387032217, 0.74962481240620316,
                              0.49966655551850619, 0});
  CHECK(dpm.model_times(4) == Numbers{999, 899, 749, 499});
}

// Catches: LCM with the spacing of the others instead of every 20th time of its distillation.
TEST_CASE("scheduler_config: LCM") {
  const Scheduler lcm = load("LCMScheduler", stable_diffusion + R"(, "clip_sample": false,
      "original_inference_steps": 50, "prediction_type": "epsilon", "set_alpha_to_one": true,
      "steps_offset": 1, "timestep_scaling": 10.0, "timestep_spacing": "leading")");
  CHECK(lcm.model_times(4) == Numbers{999, 759, 499, 259});
  CHECK(lcm.timesteps(1) == Times{1000});
  CHECK(lcm.timesteps(50).back() == 20);
  CHECK_THAT(lcm.sigmas(4)[3], WithinRel(0.71937962030588065, 1e-14));
  CHECK(lcm.sigmas(4)[4] == 0);
  CHECK(test::complaint([&] { (void)lcm.timesteps(51); }) ==
        "out_of_range: alphabar::diffusers::Scheduler: n must be in 1..50, got 51");
}

// Catches: the shift left out, or applied once to the last level where diffusers has it twice.
TEST_CASE("scheduler_config: flow matching of Stable Diffusion 3") {
  const Scheduler flow =
      load("FlowMatchEulerDiscreteScheduler", R"("num_train_timesteps": 1000, "shift": 3.0)");
  CHECK(flow.prediction == Prediction::flow_velocity);
  CHECK_FALSE(flow.schedule());
  check_close(flow.sigmas(4),
              {1, 0.85769230769230764, 0.60215053763440862, 0.0089285714285714281, 0});
  check_close(flow.model_times(4),
              {1000, 857.69230769230764, 602.15053763440862, 8.9285714285714281});
  check_close(flow.sigmas(1), {1, 0});
  CHECK(test::complaint([&] { (void)flow.timesteps(4); }) ==
        "invalid_argument: alphabar::diffusers::Scheduler::timesteps: the network must take times "
        "of a table, "
        "got FlowMatchEulerDiscreteScheduler: see model_times");
}

// Catches: EDM's levels with other ends or another ρ, and times other than ln(σ)/4.
TEST_CASE("scheduler_config: EDM of Playground") {
  const std::string playground = R"("final_sigmas_type": "zero", "num_train_timesteps": 1000,
      "prediction_type": "epsilon", "rho": 7.0, "sigma_data": 0.5, "sigma_max": 80.0,
      "sigma_min": 0.002)";
  for (const char* name : {"EDMEulerScheduler", "EDMDPMSolverMultistepScheduler"}) {
    const Scheduler edm = load(name, playground);
    CHECK_FALSE(edm.schedule());
    CHECK_FALSE(edm.prediction);
    CHECK(edm.sigma_data == 0.5);
    check_close(edm.sigmas(5), {80, 17.5278319646, 2.51521897615, 0.169752756269, 0.002, 0}, 1e-11);
    CHECK_THAT(edm.model_times(5)[4], WithinRel(std::log(0.002) / 4, 1e-15));
    CHECK(edm.sigmas(1) == Numbers{80, 0});
  }
  const Scheduler cosxl = load(
      "EDMEulerScheduler", R"("sigma_schedule": "exponential", "final_sigmas_type": "sigma_min")");
  check_close(cosxl.sigmas(4), {80, 2.339214190570293, 0.068399037867067886, 0.002, 0.002});
}

// Catches: one default for all classes. An empty file is where they differ.
TEST_CASE("scheduler_config: a missing key has the default of its class") {
  struct Defaults {
    std::string name;
    double beta_first, beta_last, last_sigma;
    std::size_t calls;
    double first_time;
  };
  const double sigma_1 = 0.010000500037503125273;
  for (const Defaults& known :
       std::vector<Defaults>{{"DDPMScheduler", 1e-4, 0.02, 0, 10, 900},
                             {"DDIMScheduler", 1e-4, 0.02, 0, 10, 900},
                             {"PNDMScheduler", 1e-4, 0.02, sigma_1, 19, 900},
                             {"LCMScheduler", 0.00085, 0.012, 0, 10, 999},
                             {"EulerDiscreteScheduler", 1e-4, 0.02, 0, 10, 999},
                             {"EulerAncestralDiscreteScheduler", 1e-4, 0.02, 0, 10, 999},
                             {"HeunDiscreteScheduler", 0.00085, 0.012, 0, 19, 999},
                             {"DPMSolverMultistepScheduler", 1e-4, 0.02, 0, 10, 999},
                             {"UniPCMultistepScheduler", 1e-4, 0.02, 0, 10, 999}}) {
    INFO(known.name);
    for (const Scheduler& scheduler :
         {load(known.name), load(known.name, R"("beta_start": null, "steps_offset": null)")}) {
      CHECK(scheduler.schedule()->steps() == 1000);
      CHECK(scheduler.prediction == Prediction::noise);
      CHECK_THAT(scheduler.schedule()->beta(1), WithinRel(known.beta_first, 1e-15));
      CHECK_THAT(scheduler.schedule()->beta(1000), WithinRel(known.beta_last, 1e-15));
      CHECK(scheduler.model_times(10).size() == known.calls);
      CHECK(scheduler.sigmas(10).size() == known.calls + 1);
      CHECK(scheduler.model_times(10).front() == known.first_time);
      CHECK_THAT(scheduler.sigmas(10).back(), WithinAbs(known.last_sigma, 1e-15));
    }
  }
  CHECK(load("HeunDiscreteScheduler").schedule()->beta(500) !=
        load("LCMScheduler").schedule()->beta(500));  // linear here, scaled_linear there
}

/// All numbers of a plan, in the order of their use.
Numbers numbers(const SamplerPlan& plan) {
  Numbers list{plan.start_scale, plan.data_scale, plan.prediction_scale};
  const auto append = [&](const Numbers& more) {
    list.insert(list.end(), more.begin(), more.end());
  };
  for (const SamplerCall& call : plan.calls) {
    append({call.model_time, call.input_scale, call.level.signal_scale(), call.level.noise_scale(),
            call.step.x});
    append(call.step.predictions);
    append(call.step.draws);
  }
  return list;
}

struct KnownNumber {
  std::string name, key, value, first, last, other;
  std::string keys = "";  ///< besides
  Run run{.steps = 3};
};

/// The plan without the key is that with `value`, and not that with `other`; `first` and `last` are
/// taken, numbers beyond them refused.
void check_number(const KnownNumber& known, bool whole) {
  INFO(known.name << ", " << known.key);
  const auto with = [&](const std::string& value) {
    const std::string pair = "\"" + known.key + "\": " + value;
    return known.keys.empty() ? pair : known.keys + ", " + pair;
  };
  const auto plan = [&](const std::string& keys) {
    return numbers(load(known.name, keys).plan(known.run));
  };
  CHECK(plan(known.keys) == plan(with(known.value)));
  CHECK(plan(known.keys) != plan(with(known.other)));
  const std::string kind = whole ? "be an integer in " : "be in [";
  const std::string range = known.key + " must " + kind + known.first + (whole ? ".." : ", ") +
                            known.last + (whole ? "" : "]") + ", got ";
  CHECK(refusal(known.name, with("-1")) == range + "-1");
  CHECK(refusal(known.name, with(whole ? "10000000" : "1e301")) ==
        range + (whole ? "10000000" : "1e+301"));
  CHECK(refusal(known.name, with(known.first)).find(kind) == std::string::npos);
  CHECK(refusal(known.name, with(known.last)).find(kind) == std::string::npos);
}

// Catches: another default or bound of one class, where the models of the other tests state the
// number or no small run depends on it. `other` shows that the plan depends on the key.
TEST_CASE("scheduler_config: the defaults and bounds of the numbers that few classes have") {
  const std::string least = "1e-150";
  const std::string most = "1e+150";
  const std::string large = "1e+300";
  const std::string no_corrector = R"("correct_steps": 0)";
  const std::string flow = R"("use_flow_sigmas": true, "prediction_type": "flow_prediction")";
  const std::string one_stage = R"("stages": 1, "scheduler_type": "euler")";
  const std::string karras_ve = "KarrasVeScheduler";
  const std::string uni_pc = "UniPCMultistepScheduler";
  const Run many{.steps = 400};
  for (const KnownNumber& known : std::vector<KnownNumber>{
           {"DDPMWuerstchenScheduler", "s", "0.008", "0", "1", "0.009"},
           {"DDPMWuerstchenScheduler", "scaler", "1", "0.001", "1000", "1.1"},
           {karras_ve, "sigma_min", "0.02", least, most, "0.021"},
           {karras_ve, "sigma_max", "100", least, most, "101"},
           {karras_ve, "s_churn", "80", "0", "1e+06", "81", "", many},
           {karras_ve, "s_min", "0.05", "0", large, "0.06", "", many},
           {karras_ve, "s_max", "50", "0", large, "51", "", many},
           {karras_ve, "s_noise", "1.007", "0", "1e+06", "1.008", "", many},
           {"ScoreSdeVeScheduler", "sigma_min", "0.01", least, most, "0.011", no_corrector},
           {"ScoreSdeVeScheduler", "sigma_max", "1348", least, most, "1349", no_corrector},
           {"ScoreSdeVeScheduler", "sampling_eps", "1e-5", "0", "0.5", "2e-5", no_corrector},
           {"ScoreSdeVpScheduler", "beta_min", "0.1", "0", "700", "0.11"},
           {"ScoreSdeVpScheduler", "beta_max", "20", "1e-100", "700", "21"},
           {"ScoreSdeVpScheduler", "sampling_eps", "1e-3", "1e-100", "0.5", "2e-3"},
           {"SCMScheduler", "max_timesteps", "1.5708", "1e-06", "1.5708", "1.5"},
           {"SCMScheduler", "sigma_data", "0.5", least, most, "0.6"},
           {"SCMScheduler",
            "intermediate_timesteps",
            "1.3",
            "0",
            "1.5708",
            "1.2",
            "",
            {.steps = 2}},
           {"ConsistencyDecoderScheduler",
            "sigma_data",
            "0.5",
            least,
            most,
            "0.6",
            "",
            {.steps = 2}},
           {"MiniMaxH3Scheduler", "shift", "12", "1e-06", "1e+06", "13"},
           {"HeliosScheduler", "shift", "1", "1e-06", "700", "2", one_stage},
           {"FlowMatchEulerDiscreteScheduler", "shift", "1", "1e-06", "1e+06", "2"},
           {uni_pc, "flow_shift", "1", "1e-06", "1e+06", "2", flow},
           {"EDMEulerScheduler", "rho", "7", "1", "1000", "8"},
           {"EDMEulerScheduler", "sigma_min", "0.002", least, most, "0.003"},
           {"EDMEulerScheduler", "sigma_max", "80", least, most, "81"},
           {"EDMEulerScheduler", "sigma_data", "0.5", least, most, "0.6"},
           {"CosineDPMSolverMultistepScheduler", "sigma_min", "0.3", least, most, "0.4"},
           {"CosineDPMSolverMultistepScheduler", "sigma_max", "500", least, most, "501"},
           {"CosineDPMSolverMultistepScheduler", "sigma_data", "1", least, most, "1.1"},
           {"LCMScheduler", "timestep_scaling", "10", "0", "1e+06", "11"},
           {"LTXEulerAncestralRFScheduler", "eta", "1", "0", "1", "0.9"},
           {"CogVideoXDDIMScheduler", "snr_shift_scale", "3", "1e-06", "1e+06", "4"}}) {
    check_number(known, false);
  }
}

// Catches: another default or bound of a whole number.
TEST_CASE("scheduler_config: the defaults and bounds of whole numbers") {
  for (KnownNumber known : std::vector<KnownNumber>{
           {"CMStochasticIterativeScheduler", "num_train_timesteps", "40", "1", "1000000", "50",
            R"("clip_denoised": false)"},
           {"EulerDiscreteScheduler", "num_train_timesteps", "1000", "1", "1000000", "1001"},
           {"EulerDiscreteScheduler", "steps_offset", "0", "0", "999", "1",
            R"("timestep_spacing": "leading")"},
           {"LCMScheduler", "original_inference_steps", "50", "1", "1000", "40"},
           {"DPMSolverMultistepScheduler", "solver_order", "2", "1", "3", "3"},
           {"SASolverScheduler", "predictor_order", "2", "1", "4", "3"},
           {"SASolverScheduler", "corrector_order", "2", "0", "4", "3"}}) {
    known.run = {.steps = 16};
    check_number(known, true);
  }
  CHECK(refusal("ConsistencyDecoderScheduler", R"("num_train_timesteps": 1008)") ==
        "num_train_timesteps must be an integer in 1009..1000000, got 1008");
}

// Catches: a list of times that is not that of the run, where a step calls the network twice.
TEST_CASE("scheduler_config: the listed times and levels are those of the plan") {
  for (const std::string name :
       {"HeunDiscreteScheduler", "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler",
        "FlowMatchHeunDiscreteScheduler", "KarrasVeScheduler", "EulerDiscreteScheduler"}) {
    INFO(name);
    const Scheduler scheduler = load(name, R"("s_churn": 0)");
    const bool straight = name.starts_with("FlowMatch");
    Numbers times;
    Numbers levels;
    for (const SamplerCall& call : scheduler.plan(5).calls) {
      const double noise = call.level.noise_scale();
      times.push_back(call.model_time);
      levels.push_back(noise /
                       (straight ? call.level.signal_scale() + noise : call.level.signal_scale()));
    }
    check_close(scheduler.model_times(5), times);
    Numbers listed = scheduler.sigmas(5);
    listed.pop_back();  // the end
    check_close(listed, levels);
  }
}

// Catches: lower orders at the end of a run of any length. The classes have them below 15 steps.
TEST_CASE("scheduler_config: lower orders at the end of short runs") {
  for (const char* name : {"DPMSolverMultistepScheduler", "DPMSolverMultistepInverseScheduler"}) {
    INFO(name);
    const std::string keys = R"("lower_order_final": true, "final_sigmas_type": "sigma_min")";
    CHECK(load(name, keys).plan(14).calls.back().step.predictions.size() == 1);
    CHECK(load(name, keys).plan(15).calls.back().step.predictions.size() == 2);
  }
}

// Catches: a table by the wrong name. "linear" of CompVis is "scaled_linear" here.
TEST_CASE("scheduler_config: tables by name") {
  const auto alpha_bar = [](const std::string& name, Index t) {
    return load("DDPMScheduler", R"("beta_schedule": ")" + name + '"').schedule()->alpha_bar(t);
  };
  CHECK_THAT(alpha_bar("linear", 500), WithinRel(0.078587242881778237343, 1e-15));
  CHECK_THAT(alpha_bar("squaredcos_cap_v2", 1000), WithinRel(2.428766907034468356e-9, 1e-14));
  CHECK_THAT(alpha_bar("sigmoid", 1000), WithinRel(3.968181990533e-5, 1e-12));
  CHECK_THAT(alpha_bar("laplace", 1), WithinRel(0.978846242799588, 1e-12));
  CHECK_THAT(alpha_bar("laplace", 500), WithinRel(0.7074601578004677, 1e-12));
  CHECK_THAT(alpha_bar("laplace", 1000), WithinRel(0.03162277660168381, 1e-12));
  const Scheduler trained =
      load("DDIMScheduler", R"("trained_betas": [0.1, 0.3], "num_train_timesteps": 2)");
  CHECK_THAT(trained.schedule()->alpha_bar(2), WithinRel(0.63, 1e-15));
  CHECK(trained.timesteps(2) == Times{2, 1});
}

// Catches: zero terminal SNR ignored, exact where diffusers patches it, or patched where it is 0.
TEST_CASE("scheduler_config: rescale_betas_zero_snr") {
  const std::string keys = stable_diffusion + R"(, "rescale_betas_zero_snr": true)";
  for (const char* name : {"DDPMScheduler", "DDIMScheduler", "LCMScheduler"}) {
    const Scheduler exact = load(name, keys);
    CHECK(exact.schedule()->alpha_bar(1000) == 0);
    CHECK_THAT(exact.schedule()->alpha_bar(501), WithinRel(0.24101878275731595, 1e-14));
    CHECK(exact.timesteps(10).size() == 10);
  }
  for (const char* name : {"EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler",
                           "DPMSolverMultistepScheduler", "UniPCMultistepScheduler"}) {
    const Scheduler patched = load(name, keys);
    CHECK(patched.schedule()->alpha_bar(1000) == 0x1p-24);
    CHECK_THAT(patched.sigmas(5).front(), WithinRel(4095.99987793, 1e-11));
    CHECK_THAT(patched.schedule()->alpha_bar(999), WithinRel(1.967888056621187e-07, 1e-13));
  }
}

// Catches: the mistakes of each kind getting through, or a message without key and value.
TEST_CASE("scheduler_config: what is refused") {
  const std::string ddim = "DDIMScheduler";
  const std::string euler = "EulerDiscreteScheduler";
  const std::string dpm = "DPMSolverMultistepScheduler";
  const std::string flow = "FlowMatchEulerDiscreteScheduler";
  const std::string edm = "EDMEulerScheduler";
  SECTION("a class") {
    CHECK(complaint_of("{}").find("_class_name must be one of DDPMScheduler, ") !=
          std::string::npos);
    CHECK(complaint_of("{}").ends_with("got no such key"));
    CHECK(complaint_of(of("DDPM")).ends_with(R"(IPNDMScheduler, got "DDPM")"));
    CHECK(complaint_of(R"({"_class_name": 7})").ends_with("_class_name must be a string, got 7"));
    CHECK(
        complaint_of(of("RePaintScheduler"))
            .ends_with("_class_name must be another class: its step also depends on a given image "
                       "and a mask, and its times go back and forth, got \"RePaintScheduler\""));
    CHECK(complaint_of(of("VQDiffusionScheduler"))
              .ends_with("be another class: its samples are tokens, got \"VQDiffusionScheduler\""));
  }
  SECTION("a value") {
    CHECK(
        refusal(euler, R"("beta_schedule": "sigmoid")") ==
        R"(beta_schedule must be one of linear, scaled_linear, squaredcos_cap_v2, got "sigmoid")");
    CHECK(refusal(ddim, R"("timestep_spacing": "even")") ==
          R"(timestep_spacing must be one of linspace, leading, trailing, got "even")");
    CHECK(refusal("PNDMScheduler", R"("prediction_type": "sample")") ==
          R"(prediction_type must be one of epsilon, v_prediction, got "sample")");
    CHECK(refusal(ddim, R"("prediction_type": "flow_prediction")") ==
          R"(prediction_type must be one of epsilon, v_prediction, sample, got "flow_prediction")");
    CHECK(refusal(edm, R"("sigma_schedule": "linear")") ==
          R"(sigma_schedule must be one of karras, exponential, got "linear")");
    CHECK(refusal(dpm, R"("final_sigmas_type": "one")") ==
          R"(final_sigmas_type must be one of zero, sigma_min, got "one")");
    CHECK(refusal(euler, R"("interpolation_type": "log_linear")") ==
          R"(interpolation_type must be one of linear, got "log_linear")");
    CHECK(refusal(ddim, R"("beta_end": 2)") == "beta_end must be in [0, 1], got 2");
    CHECK(refusal(ddim, R"("num_train_timesteps": 0)") ==
          "num_train_timesteps must be an integer in 1..1000000, got 0");
    CHECK(refusal(ddim, R"("num_train_timesteps": 18446744073709551615)") ==
          "num_train_timesteps must be an integer in 1..1000000, got 18446744073709551615");
    CHECK(refusal(flow, R"("shift": -3)") == "shift must be in [1e-06, 1e+06], got -3");
    CHECK(refusal(flow, R"("shift": Infinity)") == R"(shift must be a number, got "inf")");
  }
  SECTION("a type") {
    CHECK(refusal(ddim, R"("beta_start": "0.1")") == R"(beta_start must be a number, got "0.1")");
    CHECK(refusal(ddim, R"("beta_start": true)") == "beta_start must be a number, got true");
    CHECK(refusal(ddim, R"("num_train_timesteps": 1000.0)") ==
          "num_train_timesteps must be an integer in 1..1000000, got 1000.0");
    CHECK(refusal(ddim, R"("beta_schedule": ["linear"])") ==
          R"(beta_schedule must be a string, got ["linear"])");
    CHECK(refusal(euler, R"("use_karras_sigmas": 1)") ==
          "use_karras_sigmas must be true or false, got 1");
    CHECK(refusal(ddim, R"("trained_betas": 0.1)") ==
          "trained_betas must be a list of numbers, got 0.1");
    CHECK(refusal(ddim, R"("trained_betas": [0.1, "0.2"])") ==
          R"(trained_betas[1] must be a number in [0, 1], got "0.2")");
    CHECK(refusal(ddim, R"("trained_betas": [1.5])") ==
          "trained_betas[0] must be a number in [0, 1], got 1.5");
  }
  SECTION("a contradiction") {
    CHECK(refusal(ddim, R"("trained_betas": [0.1, 0.3])") ==
          "trained_betas must have num_train_timesteps = 1000 entries, got [0.1,0.3]");
    CHECK(refusal(euler, R"("use_karras_sigmas": true, "use_exponential_sigmas": true)") ==
          "use_exponential_sigmas must be false where use_karras_sigmas is true, got true");
    CHECK(refusal(dpm, R"("prediction_type": "flow_prediction")") ==
          "prediction_type must be another one where use_flow_sigmas is false, got "
          R"("flow_prediction")");
    CHECK(refusal(dpm, R"("use_flow_sigmas": true, "use_karras_sigmas": true)") ==
          "use_flow_sigmas must be false where use_karras_sigmas or another grid is true, "
          "got true");
    CHECK(refusal(dpm, R"("algorithm_type": "dpmsolver")") ==
          "algorithm_type must be dpmsolver++ or sde-dpmsolver++ where final_sigmas_type is zero, "
          R"(got "dpmsolver")");
    CHECK(refusal(dpm, R"("algorithm_type": "dpmsolver", "final_sigmas_type": "sigma_min")") ==
          "nothing");
    CHECK(refusal(edm, R"("sigma_min": 90)") ==
          "sigma_min must be less than sigma_max = 80, got 90");
    CHECK(refusal(edm, R"("sigma_min": 80)") ==
          "sigma_min must be less than sigma_max = 80, got 80");
    CHECK(refusal("PNDMScheduler", R"("rescale_betas_zero_snr": true)") ==
          "rescale_betas_zero_snr must be false for PNDMScheduler, got true");
    CHECK(refusal(euler, R"("rescale_betas_zero_snr": true)") ==
          "rescale_betas_zero_snr must be false for a table that falls below 2^-24 before its end, "
          "got true");
    CHECK(refusal(euler, R"("rescale_betas_zero_snr": true, "num_train_timesteps": 2,
                            "trained_betas": [0.9999999, 0.5])") == "nothing");
  }
  SECTION("what is not supported") {
    CHECK(refusal(dpm, R"("lambda_min_clipped": -5.1)") ==
          "lambda_min_clipped must be -Infinity: it is not supported, got -5.1");
  }
}

// Catches: keys of other classes, which diffusers keeps in the file when it converts, refused.
TEST_CASE("scheduler_config: keys of other classes are ignored") {
  const Scheduler ddim = load("DDIMScheduler", R"("use_karras_sigmas": true, "shift": "no number",
      "algorithm_type": "dpmsolver", "lambda_min_clipped": -5, "unheard_of": [{}])");
  CHECK(ddim.timesteps(1) == Times{1});
}

// Catches: steps that do not fit accepted, or Python's 1000 steps with an offset (index 1000).
TEST_CASE("scheduler_config: a number of steps that does not fit") {
  const auto complaint = [](const Scheduler& scheduler, Index n) {
    return test::complaint([&] { (void)scheduler.sigmas(n); });
  };
  const std::string at_least_1 =
      "invalid_argument: alphabar::diffusers::Scheduler: n must be >= 1, got 0";
  for (const char* name : {"DDIMScheduler", "EulerDiscreteScheduler", "EDMEulerScheduler",
                           "FlowMatchEulerDiscreteScheduler", "UniPCMultistepScheduler"}) {
    CHECK(complaint(load(name), 0) == at_least_1);
  }
  CHECK(complaint(load("DDIMScheduler"), 1001).find("must be in 1..1000") != std::string::npos);
  CHECK(complaint(load("DDIMScheduler", R"("steps_offset": 1)"), 1000)
            .starts_with("out_of_range: alphabar::leading_timesteps: offset must be in 0..0"));
  CHECK(complaint(load("UniPCMultistepScheduler"), 1000) ==
        "out_of_range: alphabar::diffusers::Scheduler: n must be in 1..999, got 1000");
}

// Catches: a message that counts otherwise than the caller, times that a class ignores, and levels
// that only a function below refuses.
TEST_CASE("scheduler_config: times and levels of a run that do not fit") {
  const auto complaint = [](const char* name, const Run& run, const std::string& entries = "") {
    return test::complaint([&] { (void)load(name, entries).plan(run); });
  };
  const std::string of_times = "out_of_range: alphabar::diffusers::Run: timesteps";
  for (const char* name : {"EulerDiscreteScheduler", "LCMScheduler", "PNDMScheduler"}) {
    CHECK(complaint(name, {.timesteps = {900, 1000}}) ==
          of_times + "[1] must be in 0..999, got 1000");
    CHECK(complaint(name, {.timesteps = {-1}}) == of_times + "[0] must be in 0..999, got -1");
    CHECK(complaint(name, {.timesteps = {999, 0}}) == "nothing");
  }
  const char* flow = "FlowMatchEulerDiscreteScheduler";
  CHECK(complaint(flow, {.timesteps = {1001}}) == of_times + "[0] must be in 1..1000, got 1001");
  CHECK(complaint(flow, {.timesteps = {900, 0}}) == of_times + "[1] must be in 1..1000, got 0");
  CHECK(complaint(flow, {.timesteps = {1000, 1}}) == "nothing");
  CHECK(complaint("EDMEulerScheduler", {.timesteps = {900, 800}}) ==
        "invalid_argument: alphabar::diffusers::Run: timesteps.size() must be 0 for this class, "
        "got 2");
  const std::string of_levels = "invalid_argument: alphabar::diffusers::Run: sigmas";
  for (const char* name : {"EulerDiscreteScheduler", "EDMEulerScheduler", flow}) {
    CHECK(complaint(name, {.sigmas = {0.5, std::nan("")}}) ==
          of_levels + "[1] must be finite and > 0, got nan");
    CHECK(complaint(name, {.sigmas = {HUGE_VAL}}) ==
          of_levels + "[0] must be finite and > 0, got inf");
    CHECK(complaint(name, {.sigmas = {0.5, 0}}) == of_levels + "[1] must be finite and > 0, got 0");
  }
  for (const double mu : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    CHECK(complaint(flow, {.steps = 4, .mu = mu}, R"("use_dynamic_shifting": true)") ==
          "out_of_range: alphabar::diffusers::Run: mu must be in [-230, 230], got " +
              alphabar::detail::to_text(mu));
  }
}

// Catches: a class whose calls are its own that takes what it does not know, or makes a plan that
// is not that of the class.
TEST_CASE("scheduler_config: classes with their own rules, and without a plan") {
  const auto complaint = [](const Scheduler& scheduler, const Run& run) {
    return test::complaint([&] { (void)scheduler.plan(run); });
  };
  const std::string of_plan = "invalid_argument: alphabar::diffusers::Scheduler::plan: ";
  const Run run{.steps = 5};
  const Scheduler ve = load("ScoreSdeVeScheduler");
  CHECK(ve.sigmas(5).size() == 6);
  CHECK(complaint(ve, run) ==
        of_plan +
            "correct_steps must be 0 for a plan of linear steps, got 1, the default of "
            "ScoreSdeVeScheduler: the step of a correction depends on norms");
  CHECK(complaint(load("HeliosScheduler"), run) ==
        of_plan + "stages must be 1 for a plan, got 3: samples change their size between stages");
  CHECK(complaint(load("HeliosScheduler", R"("stages": 1)"), run) ==
        of_plan + "scheduler_type must be euler for a plan, got \"unipc\"");
  const std::string inverse = "DPMSolverMultistepInverseScheduler";
  CHECK(complaint(load(inverse, R"("algorithm_type": "sde-dpmsolver++")"), run)
            .starts_with(of_plan + "algorithm_type must be dpmsolver++ or dpmsolver for a plan"));
  CHECK(refusal(inverse, R"("use_karras_sigmas": true)")
            .ends_with("use_karras_sigmas must be false: it is not supported, got true"));
  CHECK(complaint(load("ConsistencyDecoderScheduler"), run) ==
        "invalid_argument: alphabar::diffusers::Scheduler: n must be 2 for this class, got 5");
  CHECK(complaint(load("KarrasVeScheduler"), {.steps = 1}) ==
        "invalid_argument: alphabar::diffusers::Scheduler: n must be >= 2 for this class, got 1");
  CHECK(
      complaint(load("SCMScheduler"), {.sigmas = {1, 0.5}}) ==
      "invalid_argument: alphabar::diffusers::Run: sigmas.size() must be 0 for this class, got 2");
  CHECK(
      complaint(load("SCMScheduler"), {.timesteps = {1, 0}}) ==
      "invalid_argument: alphabar::diffusers::Run: timesteps.size() must be 0 for this class, got "
      "2");
}

// Catches: the angle between, a step of 1/n taken for the published one, and levels of a caller
// that are shifted.
TEST_CASE("scheduler_config: options of classes with their own rules") {
  const SamplerPlan sprint = load("SCMScheduler").plan(2);
  CHECK(sprint.calls[0].model_time == 1.5708);
  CHECK(sprint.calls[1].model_time == 1.3);
  const Scheduler vp = load("ScoreSdeVpScheduler");
  CHECK_THAT(vp.plan(2).calls[0].step.x, WithinRel(1 + 10 * 0.999, 1e-15));
  CHECK_THAT(vp.plan({.steps = 2, .reproduce_defects = true}).calls[0].step.x,
             WithinRel(1 + 10 * 0.5, 1e-15));
  const SamplerPlan given = load("MiniMaxH3Scheduler").plan({.sigmas = {1, 0.5}});
  CHECK(given.calls[1].model_time == 0.5);
  CHECK(given.prediction_scale == -1);
  const Scheduler inverse =
      load("DPMSolverMultistepInverseScheduler", R"("timestep_spacing": "leading")");
  CHECK(inverse.model_times(3) == std::vector<double>{0, 250, 500});
  CHECK(inverse.sigmas(3).back() == inverse.schedule()->sigma(1000));
}

// Catches: a position that is off, or Infinity replaced inside a string.
TEST_CASE("scheduler_config: text that is not JSON") {
  const std::string at =
      "invalid_argument: alphabar::diffusers::parse_scheduler_config: the text must be JSON, ";
  CHECK(complaint_of("") == at + "got an error at line 1, column 1");
  CHECK(complaint_of("{\n  \"a\": 1,\n  \"b\": ?\n}") == at + "got an error at line 3, column 8");
  CHECK(complaint_of("{\"a\": -Infinity,\n \"b\": ?}") == at + "got an error at line 2, column 7");
  CHECK(complaint_of("{\"a\": NaN}") == at + "got an error at line 1, column 7");
  CHECK(complaint_of("{\"a\": 1e999}").starts_with(at));
  CHECK(complaint_of("[1]") ==
        "invalid_argument: alphabar::diffusers::parse_scheduler_config: the text must be a JSON "
        "object, got "
        "array");
  CHECK(refusal("DDIMScheduler", R"("beta_schedule": "\"-Infinity")")
            .ends_with(R"(got "\"-Infinity")"));
}

// Catches: a file that is not read to its end, or a message that does not say which file, or why.
TEST_CASE("scheduler_config: files") {
  const auto file = std::filesystem::temp_directory_path() / "alphabar_scheduler_config.json";
  std::ofstream(file) << of("DDIMScheduler", stable_diffusion);
  CHECK_THAT(read_scheduler_config(file).schedule()->sigma(1000),
             WithinRel(14.614641229333635971, 1e-15));
  std::ofstream(file) << "{\n";
  CHECK(test::complaint([&] { (void)read_scheduler_config(file); }) ==
        "invalid_argument: alphabar::diffusers::read_scheduler_config(" + file.string() +
            "): the text must be JSON, got an error at line 2, column 1");
  std::filesystem::remove(file);
  const auto reason = [](const std::filesystem::path& path) {
    return test::complaint([&] { (void)read_scheduler_config(path); });
  };
  CHECK(reason(file) == "invalid_argument: alphabar::diffusers::read_scheduler_config(" +
                            file.string() +
                            "): the file must be readable, got an error: " + std::strerror(ENOENT));
  const auto folder = std::filesystem::temp_directory_path();
  CHECK(reason(folder) == "invalid_argument: alphabar::diffusers::read_scheduler_config(" +
                              folder.string() + "): the file must be readable, got a directory");
}

}  // namespace scheduler_config_test
