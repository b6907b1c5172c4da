// SPDX-License-Identifier: MIT
#include "alphabar/diffusers/scheduler_config.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <optional>
#include <string>
#include <utility>
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

struct EmptyFile {
  std::string name;
  std::string prediction_type;
  std::optional<Prediction> prediction;
  Numbers times;
  Numbers sigmas;
};

// Catches: another default of one class. The numbers are those of diffusers, to six digits.
TEST_CASE("scheduler_config: five steps of every class by an empty file") {
  const Numbers leading_times{800, 600, 400, 200, 0};
  const Numbers leading{25.736, 6.17351, 2.04109, 0.723591, 0.0100005, 0};
  const Numbers shifted_leading{8.85256, 3.95711, 2.01678, 0.990154, 0.050519, 0};
  const Numbers distilled_times{999, 799, 599, 399, 199};
  const Numbers even_times{999, 749.25, 499.5, 249.75, 0};
  const Numbers even{157.407, 17.2799, 3.43355, 0.956759, 0.0100005, 0};
  const Numbers multistep_times{999, 799, 599, 400, 200};
  const Numbers multistep{157.407, 25.5285, 6.13521, 2.04109, 0.723591, 0};
  const Numbers to_table{157.407, 25.5285, 6.13521, 2.04109, 0.723591, 0.0100005};
  const Numbers twice_times{999, 749.25, 749.25, 499.5, 499.5, 249.75, 249.75, 0, 0};
  const Numbers twice{25.1461,  6.565,    6.565,     2.28035,   2.28035,
                      0.869783, 0.869783, 0.0291672, 0.0291672, 0};
  const Numbers between_times{999, 881.756, 749.25, 631.085, 499.5, 371.961, 249.75, 24.3966, 0};
  const Numbers between{25.1461, 12.8485,  6.565,    3.86917,   2.28035,
                        1.40833, 0.869783, 0.159277, 0.0291672, 0};
  const Numbers flow_times{1000, 750.25, 500.5, 250.75, 1};
  const Numbers flow{1, 0.75025, 0.5005, 0.25075, 0.001, 0};
  const Numbers fifths_times{1000, 800, 600, 400, 200};
  const Numbers fifths{1, 0.8, 0.6, 0.4, 0.2, 0};
  const Numbers edm_times{1.09551, 0.715948, 0.23059, -0.443353, -1.55365};
  const Numbers edm{80, 17.5278, 2.51522, 0.169753, 0.002, 0};
  const Prediction noise = Prediction::noise;
  const Prediction of_flow = Prediction::flow_velocity;
  for (const EmptyFile& known : std::vector<EmptyFile>{
           {"DDPMScheduler", "epsilon", noise, leading_times, leading},
           {"DDPMParallelScheduler", "epsilon", noise, leading_times, leading},
           {"DDIMScheduler", "epsilon", noise, leading_times, leading},
           {"DDIMParallelScheduler", "epsilon", noise, leading_times, leading},
           {"DDIMInverseScheduler",
            "epsilon",
            noise,
            {0, 200, 400, 600, 800},
            {0, 0.0100005, 0.723591, 2.04109, 6.17351, 25.736}},
           {"CogVideoXDDIMScheduler", "epsilon", noise, leading_times, shifted_leading},
           {"CogVideoXDPMScheduler", "epsilon", noise, leading_times, shifted_leading},
           {"UnCLIPScheduler",
            "epsilon",
            noise,
            {999, 749, 500, 250, 0},
            {20291.2, 2.43544, 1.01555, 0.426837, 0.00642541, 0}},
           {"PNDMScheduler",
            "epsilon",
            noise,
            {800, 700, 700, 600, 600, 500, 500, 400, 400, 300, 300, 200, 200, 0},
            {25.736, 12.0248, 12.0248, 6.17351, 6.17351, 3.44297, 3.44297, 2.04109, 2.04109,
             1.24016, 1.24016, 0.723591, 0.723591, 0.0100005, 0.0100005}},
           {"LCMScheduler",
            "epsilon",
            noise,
            distilled_times,
            {14.6146, 5.08776, 2.27646, 1.16058, 0.569285, 0}},
           {"TCDScheduler",
            "epsilon",
            noise,
            distilled_times,
            {14.6146, 5.08776, 2.27646, 1.16058, 0.569285, 0.0291672}},
           {"EulerDiscreteScheduler", "epsilon", noise, even_times, even},
           {"EulerAncestralDiscreteScheduler", "epsilon", noise, even_times, even},
           {"HeunDiscreteScheduler", "epsilon", noise, twice_times, twice},
           {"LMSDiscreteScheduler", "epsilon", noise, even_times, even},
           {"KDPM2DiscreteScheduler", "epsilon", noise, between_times, between},
           {"KDPM2AncestralDiscreteScheduler", "epsilon", noise, twice_times, twice},
           {"DPMSolverSDEScheduler", "epsilon", noise, between_times, between},
           {"DPMSolverMultistepScheduler", "epsilon", noise, multistep_times, multistep},
           {"DPMSolverSinglestepScheduler", "epsilon", noise, multistep_times, multistep},
           {"UniPCMultistepScheduler", "epsilon", noise, multistep_times, multistep},
           {"DEISMultistepScheduler", "epsilon", noise, multistep_times, to_table},
           {"SASolverScheduler", "epsilon", noise, multistep_times, to_table},
           {"FlowMatchEulerDiscreteScheduler", "flow_prediction", of_flow, flow_times, flow},
           {"FlowMatchHeunDiscreteScheduler",
            "flow_prediction",
            of_flow,
            {1000, 750.25, 750.25, 500.5, 500.5, 250.75, 250.75, 1, 1},
            {1, 0.75025, 0.75025, 0.5005, 0.5005, 0.25075, 0.25075, 0.001, 0.001, 0}},
           {"FlowMatchLCMScheduler", "flow_prediction", of_flow, flow_times, flow},
           {"FlowMapEulerDiscreteScheduler", "flow_prediction", of_flow, fifths_times, fifths},
           {"LTXEulerAncestralRFScheduler", "flow_prediction", of_flow, flow_times, flow},
           {"EDMEulerScheduler", "epsilon", {}, edm_times, edm},
           {"EDMDPMSolverMultistepScheduler", "epsilon", {}, edm_times, edm},
           {"CosineDPMSolverMultistepScheduler",
            "v_prediction",
            {},
            {0.998727, 0.991865, 0.948135, 0.69388, 0.185547},
            {500, 78.2542, 12.2474, 1.91683, 0.3, 0}},
           {"CMStochasticIterativeScheduler",
            "epsilon",
            {},
            {1095.51, 790.419, 420.672, -48.7176, -692.1},
            {80, 23.6101, 5.38, 0.822941, 0.0627624, 0.002}},
           {"DPMSolverMultistepInverseScheduler",
            "epsilon",
            noise,
            {0, 200, 400, 599, 799},
            {0.0100005, 0.723591, 2.04109, 6.13521, 25.5285, 157.407}},
           {"DDPMWuerstchenScheduler",
            "epsilon",
            noise,
            {1, 0.8, 0.6, 0.4, 0.2},
            {99.995, 3.10373, 1.39075, 0.737871, 0.335725, 0.0100005}},
           {"KarrasVeScheduler",
            "epsilon",
            noise,
            {10000, 141.421, 141.421, 2, 2, 0.0282843, 0.0282843, 0.0004, 0.0004},
            {10000, 141.421, 141.421, 2, 2, 0.0282843, 0.0282843, 0.0004, 0.0004, 0}},
           {"ScoreSdeVeScheduler",
            "score",
            Prediction::score,
            {1, 0.7500025, 0.500005, 0.2500075, 1e-05},
            {1348, 70.3505, 3.67151, 0.191612, 0.01, 0}},
           {"ScoreSdeVpScheduler",
            "epsilon",
            noise,
            {1, 0.75025, 0.5005, 0.25075, 0.001},
            {1, 0.75025, 0.5005, 0.25075, 0.001, 0}},
           {"SCMScheduler",
            "trigflow",
            {},
            {1.5708, 1.25664, 0.94248, 0.62832, 0.31416},
            {1.5708, 1.25664, 0.94248, 0.62832, 0.31416, 0}},
           {"MiniMaxH3Scheduler",
            "flow_prediction",
            of_flow,
            {0, 0.027027, 0.0769231, 0.2},
            {1, 0.972973, 0.923077, 0.8, 0}},
           {"HeliosScheduler",
            "flow_prediction",
            of_flow,
            {1000, 800.2, 600.4, 400.6, 200.8},
            {1, 0.8002, 0.6004, 0.4006, 0.2008, 0}},
           {"IPNDMScheduler",
            "v_prediction",
            Prediction::velocity,
            {1, 0.719524, 0.454249, 0.224576, 0.0608845},
            {1, 0.719524, 0.454249, 0.224576, 0.0608845, 0}}}) {
    INFO(known.name);
    const Scheduler scheduler = load(known.name);
    CHECK(scheduler.prediction_type == known.prediction_type);
    CHECK(scheduler.prediction == known.prediction);
    check_close(scheduler.model_times(5), known.times, 4e-6);
    check_close(scheduler.sigmas(5), known.sigmas, 4e-6);
  }
  const Scheduler decoder = load("ConsistencyDecoderScheduler");
  CHECK_FALSE(decoder.prediction);
  CHECK(decoder.model_times(2) == Numbers{1008, 512});
  check_close(decoder.sigmas(2), {43.7966, 1.01548, 0}, 4e-6);
}

struct TableClass {
  std::string name;
  std::string predictions;  ///< after "epsilon, v_prediction"
  std::string tables;       ///< after "linear, scaled_linear, squaredcos_cap_v2"
  std::string terminal;     ///< ᾱ_T with rescale_betas_zero_snr
  std::string clipped;      ///< clip_sample: "no key", or its default
  std::string end;          ///< the keys that give the last level
  bool grid;                ///< has use_karras_sigmas
  bool thresholding;        ///< has thresholding
};

// Catches: a key, a value or a default that only one class has, given to another.
TEST_CASE("scheduler_config: what the classes with a table accept") {
  const std::string sample = ", sample";
  const std::string flow = ", sample, flow_prediction";
  const std::string of_ddpm = ", sigmoid, laplace";
  const std::string alpha = "set_alpha_to_one";
  const std::string final_type = "final_sigmas_type";
  for (const TableClass& known : std::vector<TableClass>{
           {"DDPMScheduler", sample, of_ddpm, "0", "on", "clean", false, true},
           {"DDPMParallelScheduler", sample, of_ddpm, "0", "on", "clean", false, true},
           {"DDIMScheduler", sample, "", "0", "on", alpha, false, true},
           {"DDIMParallelScheduler", sample, "", "0", "on", alpha, false, true},
           {"DDIMInverseScheduler", sample, "", "0", "on", alpha, false, false},
           {"CogVideoXDDIMScheduler", sample, "", "0", "no key", alpha, false, false},
           {"CogVideoXDPMScheduler", sample, "", "0", "no key", alpha, false, false},
           {"UnCLIPScheduler", sample, "", "refused", "on", "clean", false, false},
           {"PNDMScheduler", "", "", "refused", "no key", alpha, false, false},
           {"LCMScheduler", sample, "", "0", "off", alpha, false, true},
           {"TCDScheduler", sample, "", "0", "no key", "table", false, false},
           {"EulerDiscreteScheduler", sample, "", "2^-24", "no key", final_type, true, false},
           {"EulerAncestralDiscreteScheduler", "", "", "2^-24", "no key", "clean", false, false},
           {"HeunDiscreteScheduler", sample, ", exp", "refused", "off", "clean", true, false},
           {"LMSDiscreteScheduler", sample, "", "refused", "no key", "clean", true, false},
           {"KDPM2DiscreteScheduler", "", "", "refused", "no key", "clean", true, false},
           {"KDPM2AncestralDiscreteScheduler", "", "", "refused", "no key", "clean", true, false},
           {"DPMSolverSDEScheduler", "", "", "refused", "no key", "clean", true, false},
           {"DPMSolverMultistepScheduler", flow, "", "2^-24", "no key", final_type, true, true},
           {"DPMSolverSinglestepScheduler", flow, "", "refused", "no key", final_type, true, true},
           {"UniPCMultistepScheduler", flow, "", "2^-24", "no key", final_type, true, true},
           {"DEISMultistepScheduler", flow, "", "refused", "no key", "table", true, true},
           {"SASolverScheduler", flow, "", "refused", "no key", "table", true, true}}) {
    INFO(known.name);
    CHECK(refusal(known.name, R"("prediction_type": "x")") ==
          "prediction_type must be one of epsilon, v_prediction" + known.predictions +
              R"(, got "x")");
    CHECK(refusal(known.name, R"("beta_schedule": "x")") ==
          "beta_schedule must be one of linear, scaled_linear, squaredcos_cap_v2" + known.tables +
              R"(, got "x")");

    const std::string rescaled = stable_diffusion + R"(, "rescale_betas_zero_snr": true)";
    if (known.terminal == "refused") {
      CHECK(refusal(known.name, rescaled) ==
            "rescale_betas_zero_snr must be false for " + known.name + ", got true");
    } else {
      const double alpha_bar = load(known.name, rescaled).schedule()->alpha_bar(1000);
      CHECK(alpha_bar == (known.terminal == "0" ? 0 : 0x1p-24));
    }

    const std::string clipped = "clip_sample must be false for a plan of linear steps, got true";
    CHECK(load(known.name).obstacle ==
          (known.clipped == "on" ? clipped + ", the default of " + known.name : ""));
    CHECK(load(known.name, R"("clip_sample": true)").obstacle ==
          (known.clipped == "no key" ? "" : clipped));
    CHECK(load(known.name, R"("clip_sample": false)").obstacle.empty());
    CHECK(load(known.name, R"("clip_sample": false, "thresholding": true)").obstacle ==
          (known.thresholding ? "thresholding must be false for a plan of linear steps, got true"
                              : ""));

    const auto end = [&](const std::string& keys) {
      const Scheduler scheduler = load(known.name, keys);
      const Numbers sigmas = scheduler.sigmas(5);  // an inversion begins at its end next to data
      const double sigma = scheduler.upward ? sigmas.front() : sigmas.back();
      if (sigma != 0) CHECK(sigma == scheduler.schedule()->sigma(1));
      return sigma != 0;
    };
    CHECK(end(R"("set_alpha_to_one": false)") == (known.end == alpha || known.end == "table"));
    CHECK(end(R"("set_alpha_to_one": true)") == (known.end == "table"));
    CHECK(end(R"("final_sigmas_type": "zero", "set_alpha_to_one": true)") ==
          (known.end == "table"));
    CHECK(end(R"("final_sigmas_type": "sigma_min", "set_alpha_to_one": true)") ==
          (known.end == final_type || known.end == "table"));

    const auto levels = [&](const std::string& keys) { return load(known.name, keys).sigmas(5); };
    for (const std::string key :
         {"use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas"}) {
      const bool has =
          known.grid && (key != "use_lu_lambdas" || known.name == "DPMSolverMultistepScheduler");
      CHECK((levels("\"" + key + "\": true") != levels("")) == has);
    }
    const Scheduler trailing = load(known.name, R"("timestep_spacing": "trailing")");
    CHECK(std::ranges::max(trailing.model_times(5)) == 999);
  }
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
  const std::string linear_stage = one_stage + R"(, "time_shift_type": "linear")";
  const std::string karras_ve = "KarrasVeScheduler";
  const std::string uni_pc = "UniPCMultistepScheduler";
  const Run many{.steps = 900};  // the levels are 2 % apart
  for (const KnownNumber& known : std::vector<KnownNumber>{
           {"DDPMWuerstchenScheduler", "s", "0.008", "0", "1", "0.009"},
           {"DDPMWuerstchenScheduler", "scaler", "1", "0.001", "1000", "1.1"},
           {karras_ve, "sigma_min", "0.02", least, most, "0.021"},
           {karras_ve, "sigma_max", "100", least, most, "101"},
           {karras_ve, "s_churn", "80", "0", "1e+06", "81", "", many},
           {karras_ve, "s_min", "0.05", "0", large, "0.06", "", many},
           {karras_ve, "s_max", "50", "0", large, "49", "", many},
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
           {"HeliosScheduler", "shift", "1", "1e-06", "700", "2", linear_stage},
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
           {"LTXEulerAncestralRFScheduler", "s_noise", "1", "1e-06", "1e+06", "0.9"},
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
           {"SASolverScheduler", "corrector_order", "2", "0", "4", "3"},
           {"DPMSolverMultistepInverseScheduler", "steps_offset", "0", "0", "999", "1",
            R"("timestep_spacing": "leading")"}}) {
    known.run = {.steps = 16};
    check_number(known, true);
  }
  CHECK(refusal("ConsistencyDecoderScheduler", R"("num_train_timesteps": 1008)") ==
        "num_train_timesteps must be an integer in 1009..1000000, got 1008");
  CHECK(refusal("ConsistencyDecoderScheduler", R"("num_train_timesteps": 1009)") == "nothing");
  const auto check_last = [](const std::string& name, const std::string& key, Index first,
                             Index last) {
    const std::string pair = "\"" + key + "\": ";
    const std::string range = key + " must be an integer in " + std::to_string(first) + ".." +
                              std::to_string(last) + ", got ";
    for (const Index fits : {first, last}) {
      CHECK(refusal(name, pair + std::to_string(fits)) == "nothing");
    }
    for (const Index beyond : {first - 1, last + 1}) {
      CHECK(refusal(name, pair + std::to_string(beyond)) == range + std::to_string(beyond));
    }
  };
  check_last("ScoreSdeVeScheduler", "correct_steps", 0, 1'000'000);
  check_last("HeliosScheduler", "stages", 1, 1000);
  check_last("EulerDiscreteScheduler", "steps_offset", 0, 999);
  check_last("LCMScheduler", "original_inference_steps", 1, 1000);
  for (const char* name : {"LCMScheduler", "TCDScheduler"}) {  // a default is a value too
    CHECK(refusal(name, R"("num_train_timesteps": 30)") ==
          "original_inference_steps must be an integer in 1..30, got 50, the default");
    CHECK(refusal(name, R"("num_train_timesteps": 50)") == "nothing");
    CHECK(refusal(name, R"("num_train_timesteps": 30, "original_inference_steps": 30)") ==
          "nothing");
  }
  for (const char* name : {"DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler",
                           "DPMSolverMultistepInverseScheduler", "UniPCMultistepScheduler",
                           "DEISMultistepScheduler"}) {
    check_last(name, "solver_order", 1, 3);
  }
  const std::string unipc = "UniPCMultistepScheduler";
  CHECK(refusal(unipc, R"("disable_corrector": [0, 1e6])") == "nothing");
  CHECK(refusal(unipc, R"("disable_corrector": [0, 1000001])") ==
        "disable_corrector[1] must be a number in [0, 1e+06], got 1000001");
  CHECK(refusal(unipc, R"("disable_corrector": [-1])") ==
        "disable_corrector[0] must be a number in [0, 1e+06], got -1");
  CHECK(refusal(unipc, R"("disable_corrector": [1, 1.7])") ==
        "disable_corrector[1] must be a whole number, got 1.7");
}

// Catches: a last level that is lost, or taken where the stretched levels cannot end.
TEST_CASE("scheduler_config: shift_terminal") {
  const std::string straight = R"("use_flow_sigmas": true, "prediction_type": "flow_prediction", )";
  for (const auto& [name, keys] : std::vector<std::pair<std::string, std::string>>{
           {"FlowMatchEulerDiscreteScheduler", ""}, {"UniPCMultistepScheduler", straight}}) {
    INFO(name);
    const auto with = [&, keys = keys](const std::string& value) {
      return keys + R"("shift_terminal": )" + value;
    };
    for (const double last : {0.1, 0.999}) {
      const Numbers sigmas = load(name, with(std::to_string(last))).sigmas(4);
      CHECK_THAT(sigmas[3], WithinAbs(last, 1e-15));
      CHECK(sigmas[4] == 0);
    }
    CHECK(load(name, with("null")).sigmas(4)[3] > 0);
    CHECK(load(name, with("0")).sigmas(4) == load(name, with("null")).sigmas(4));  // as in Python
    const std::string range = "shift_terminal must be in [0, 0.999], got ";
    CHECK(refusal(name, with("-1e-300")) == range + "-1e-300");
    CHECK(refusal(name, with("0.9991")) == range + "0.9991");
  }
}

/// The lists of a run are those of the calls of its plan.
void check_lists(const std::string& name, const std::string& keys, const Run& run) {
  INFO(name << ", " << keys);
  const Scheduler scheduler = load(name, keys);
  const bool straight = name.starts_with("FlowMatch");
  Numbers times;
  Numbers levels;
  for (const SamplerCall& call : scheduler.plan(run).calls) {
    const double noise = call.level.noise_scale();
    times.push_back(call.model_time);
    levels.push_back(noise /
                     (straight ? call.level.signal_scale() + noise : call.level.signal_scale()));
  }
  check_close(scheduler.model_times(run), times);
  Numbers listed = scheduler.sigmas(run);
  listed.pop_back();  // the end
  check_close(listed, levels);
}

/// Classes that call the network more often than they make steps, and one that does not.
const std::vector<std::pair<std::string, std::string>> several_calls = {
    {"HeunDiscreteScheduler", ""},
    {"KDPM2DiscreteScheduler", ""},
    {"KDPM2AncestralDiscreteScheduler", ""},
    {"DPMSolverSDEScheduler", ""},
    {"FlowMatchHeunDiscreteScheduler", ""},
    {"KarrasVeScheduler", R"("s_churn": 0)"},
    {"PNDMScheduler", ""},
    {"PNDMScheduler", R"("skip_prk_steps": true)"},
    {"EulerDiscreteScheduler", ""}};

// Catches: a list of times that is not that of the run, where a step calls the network twice or
// four times; in a partial run, the list of the whole run.
TEST_CASE("scheduler_config: the listed times and levels are those of the plan") {
  for (const auto& [name, keys] : several_calls) {
    check_lists(name, keys, {.steps = 5});
    check_lists(name, keys, {.steps = 8});
    for (const double strength : {0.05, 0.1, 0.15, 0.2, 0.25, 0.6, 1.0}) {
      check_lists(name, keys, {.steps = 20, .strength = strength});
    }
  }
  for (const char* keys : {"", R"("skip_prk_steps": true)"}) {
    check_lists("PNDMScheduler", keys, {.timesteps = {999, 599, 399, 299, 199}});
    check_lists("PNDMScheduler", keys, {.timesteps = {999, 599, 399, 299, 199}, .strength = 0.4});
    check_lists("PNDMScheduler", keys, {.timesteps = {999, 1}});
    check_lists("PNDMScheduler", keys, {.timesteps = {999}});
  }
  const Scheduler plms = load("PNDMScheduler", R"("skip_prk_steps": true, "steps_offset": 1)");
  CHECK(plms.model_times({.steps = 20, .strength = 0.2}) == Numbers{151, 101, 101, 51, 1});
  CHECK(load("PNDMScheduler").model_times({.steps = 20, .strength = 0.1}) ==
        Numbers{50, 25, 25, 0, 0});
  CHECK(test::complaint([] { (void)load("PNDMScheduler").plan(3); }) ==
        "invalid_argument: alphabar::diffusers::Scheduler: n must be >= 4 for the Runge-Kutta "
        "steps of PNDM, got 3");
}

// Catches: blocks of the single-step solver that begin with a partial run.
TEST_CASE("scheduler_config: the single-step DPM-Solver in a partial run") {
  const Scheduler single = load("DPMSolverSinglestepScheduler", R"("solver_order": 3)");
  const SamplerPlan whole = single.plan(8);
  const SamplerPlan part = single.plan({.steps = 8, .strength = 0.5});
  REQUIRE(part.calls.size() == 4);
  CHECK(part.calls[0].step.predictions.size() == 1);
  for (std::size_t k = 2; k < 4; ++k) {
    CHECK_THAT(part.calls[k].step.x, WithinRel(whole.calls[k + 4].step.x, 1e-14));
    CHECK(part.calls[k].step.predictions.size() == whole.calls[k + 4].step.predictions.size());
  }
}

// Catches: a network that is told the time of another step after a step between two equal levels,
// which makes one call where the others make two.
TEST_CASE("scheduler_config: a level twice") {
  for (const auto& [name, keys] : several_calls) {
    if (name == "KarrasVeScheduler" || name == "PNDMScheduler") continue;
    Numbers sigmas{10, 3, 3, 1};
    if (name.starts_with("FlowMatch")) sigmas = {1, 0.5, 0.5, 0.25};
    check_lists(name, keys, {.sigmas = sigmas});
    check_lists(name, keys, {.sigmas = {sigmas[1], sigmas[1], sigmas[1]}});
  }
  const Scheduler heun = load("HeunDiscreteScheduler");
  CHECK(heun.sigmas({.sigmas = {10, 3, 3, 1}}) == Numbers{10, 3, 3, 3, 1, 1, 0});
  const Run churned{.sigmas = {10, 3, 3, 1}, .churn = {.s_churn = 1}};
  Numbers times;
  for (const SamplerCall& call : heun.plan(churned).calls) times.push_back(call.model_time);
  CHECK(times.size() == 7);
  CHECK(heun.model_times(churned) == times);

  // Churn is at levels σ = u/(1 − u), here ∞, ∞, 1, 1 and 1/3.
  const Scheduler flow = load("FlowMatchHeunDiscreteScheduler");
  const Run straight{.sigmas = {1, 1, 0.5, 0.5, 0.25},
                     .churn = {.s_churn = 1, .s_tmin = 0.6, .s_tmax = 3}};
  times.clear();
  for (const SamplerCall& call : flow.plan(straight).calls) times.push_back(call.model_time);
  CHECK(times == Numbers{1000, 1000, 500, 500, 500, 500, 250, 250});
  CHECK(flow.model_times(straight) == times);
}

// Catches: undefined behaviour, or a list of nothing, where a run has no call; and a run that is
// cut off beyond its calls.
TEST_CASE("scheduler_config: runs without a call") {
  const std::string complaint =
      "invalid_argument: alphabar::diffusers::Run: strength must leave a call, got ";
  const std::string grid = R"("use_karras_sigmas": true, "final_sigmas_type": "sigma_min")";
  for (const std::string name :
       {"DEISMultistepScheduler", "SASolverScheduler", "UniPCMultistepScheduler",
        "EulerDiscreteScheduler", "HeunDiscreteScheduler", "DDIMInverseScheduler",
        "FlowMatchEulerDiscreteScheduler", "EDMEulerScheduler", "MiniMaxH3Scheduler"}) {
    INFO(name);
    const Scheduler scheduler = load(name, grid + R"(, "clip_sample": false)");
    for (const double strength : {0.0, 0.3}) {
      const Run run{.steps = 3, .strength = strength};
      const std::string got = complaint + alphabar::detail::to_text(strength);
      CHECK(test::complaint([&] { (void)scheduler.model_times(run); }) == got);
      CHECK(test::complaint([&] { (void)scheduler.sigmas(run); }) == got);
      CHECK(test::complaint([&] { (void)scheduler.plan(run); }) == got);
    }
  }
}

// Catches: another number of steps than the given one, or a step that is not of the whole run.
TEST_CASE("scheduler_config: the last steps of a run") {
  const Scheduler flow = load("FlowMatchEulerDiscreteScheduler", R"("shift": 3)");
  const Numbers whole = flow.sigmas(28);
  for (const Index last : {1, 17, 28}) {
    const Run run{.steps = 28, .last_steps = last};
    CHECK(flow.plan(run).calls.size() == static_cast<std::size_t>(last));
    CHECK(flow.sigmas(run) == Numbers(whole.end() - last - 1, whole.end()));
    CHECK(flow.model_times(run).size() == static_cast<std::size_t>(last));
  }
  CHECK(load("HeunDiscreteScheduler").plan({.steps = 9, .last_steps = 3}).calls.size() == 5);
  CHECK(flow.sigmas({.sigmas = {1, 0.5, 0.25}, .last_steps = 1}).size() == 2);
  const auto complaint = [&](const Run& run) {
    return test::complaint([&] { (void)flow.sigmas(run); });
  };
  for (const Index last : {-1, 0, 29}) {
    CHECK(complaint({.steps = 28, .last_steps = last}) ==
          "out_of_range: alphabar::diffusers::Run: last_steps must be in 1..28, got " +
              std::to_string(last));
  }
  CHECK(complaint({.steps = 28, .strength = 0.5, .last_steps = 3}) ==
        "invalid_argument: alphabar::diffusers::Run: strength must be 1 where last_steps is given, "
        "got 0.5");
}

// Catches: a partial run whose last steps are those of a short run, or whose steps are counted from
// its own beginning: diffusers counts the steps of the whole run.
TEST_CASE("scheduler_config: steps are counted in the whole run") {
  const auto kept = [](const std::string& name, const std::string& keys, const Run& run) {
    const SamplerPlan plan = load(name, keys).plan(run);
    std::vector<std::size_t> sizes;
    for (const SamplerCall& call : plan.calls) sizes.push_back(call.step.predictions.size());
    return sizes;
  };
  const std::string keys = R"("final_sigmas_type": "sigma_min")";
  for (const char* name : {"DPMSolverMultistepScheduler", "DPMSolverMultistepInverseScheduler",
                           "DEISMultistepScheduler"}) {
    INFO(name);
    using Sizes = std::vector<std::size_t>;
    CHECK(kept(name, keys, {.steps = 20, .last_steps = 4}) == Sizes{1, 2, 2, 2});
    CHECK(kept(name, keys, {.steps = 14, .last_steps = 4}) == Sizes{1, 2, 2, 1});
  }

  const std::string unipc = "UniPCMultistepScheduler";
  const Run last{.steps = 20, .last_steps = 5};
  const auto disabled = [&](const std::string& steps) {
    return numbers(load(unipc, R"("disable_corrector": )" + steps).plan(last));
  };
  CHECK(disabled("[0, 1, 2, 3, 4, 14]") == disabled("[]"));
  CHECK(disabled("[17]") != disabled("[]"));

  const auto churned = [](const Run& run) {
    return load("EulerDiscreteScheduler").plan(run).calls.back();
  };
  const SamplerCall whole = churned({.steps = 20, .churn = {.s_churn = 4}});
  const SamplerCall part = churned({.steps = 20, .last_steps = 5, .churn = {.s_churn = 4}});
  CHECK_THAT(part.time, WithinRel(whole.time, 1e-15));
  const auto of_karras_ve = [](const Run& run) {
    return load("KarrasVeScheduler", R"("s_churn": 4)").plan(run).calls[4].time;
  };
  const Run middle{.steps = 9, .last_steps = 5};  // its third step is the seventh of the whole run
  CHECK_THAT(of_karras_ve(middle),
             WithinRel(load("KarrasVeScheduler", R"("s_churn": 4)").plan(9).calls[12].time, 1e-15));
}

// Catches: levels of the caller for a class that only has times of its table, whose message names
// times that the caller did not give.
TEST_CASE("scheduler_config: levels for a class that calls the network at whole times") {
  for (const char* name : {"DDPMScheduler", "DDIMScheduler", "LCMScheduler", "TCDScheduler",
                           "PNDMScheduler", "CogVideoXDPMScheduler"}) {
    const Scheduler scheduler = load(name, R"("clip_sample": false)");
    const Run run{.sigmas = {3, 1}};
    const std::string got =
        "invalid_argument: alphabar::diffusers::Run: sigmas.size() must be 0 for this class, which "
        "calls the network at times of its table, got 2";
    CHECK(test::complaint([&] { (void)scheduler.plan(run); }) == got);
    CHECK(test::complaint([&] { (void)scheduler.sigmas(run); }) == got);
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

// Catches: a plan of linear steps for a class that clips, scales or changes its samples otherwise,
// and keys that make another class nonlinear.
TEST_CASE("scheduler_config: keys that only some classes use") {
  const auto obstacle = [](const std::string& name, const std::string& keys) {
    return load(name, keys).obstacle;
  };
  CHECK(obstacle("EDMDPMSolverMultistepScheduler", R"("thresholding": true)") ==
        "thresholding must be false for a plan of linear steps, got true");
  CHECK(obstacle("EDMEulerScheduler", R"("thresholding": true)").empty());
  const std::string cm = "CMStochasticIterativeScheduler";
  CHECK(obstacle(cm, R"("clip_denoised": false, "s_noise": 1.5)") ==
        "s_noise must be 1 for a plan, got 1.5");
  CHECK(obstacle(cm, R"("clip_denoised": false, "s_noise": 1)").empty());
  CHECK(obstacle("FlowMatchLCMScheduler", R"("scale_factors": [2, 1])") ==
        "scale_factors must be null for a plan: samples change their size between steps");
  CHECK(obstacle("FlowMatchLCMScheduler", R"("scale_factors": null)").empty());
  CHECK(refusal("IPNDMScheduler", R"("trained_betas": [0.1])") ==
        "trained_betas must be null for this class, got [0.1]");
  CHECK(refusal("DPMSolverSinglestepScheduler", R"("lambda_min_clipped": -5.1)") ==
        "lambda_min_clipped must be -Infinity: it is not supported, got -5.1");

  const Scheduler cog = load("CogVideoXDDIMScheduler");  // its step has no η
  CHECK(numbers(cog.plan({.steps = 4, .eta = 1})) == numbers(cog.plan(4)));
  for (const char* name : {"DPMSolverSinglestepScheduler", "UnCLIPScheduler"}) {
    INFO(name);
    const Numbers times = load(name).model_times(4);
    for (const char* spacing : {"leading", "trailing"}) {
      const std::string keys =
          R"("steps_offset": 1, "timestep_spacing": ")" + std::string(spacing) + '"';
      CHECK(load(name, keys).model_times(4) == times);
    }
  }
  const std::string dynamic = R"("use_dynamic_shifting": true, "shift_terminal": 0.1, )"
                              R"("use_karras_sigmas": true, "invert_sigmas": true, "shift": 3)";
  for (const char* name : {"FlowMatchHeunDiscreteScheduler", "FlowMapEulerDiscreteScheduler"}) {
    CHECK(load(name, dynamic).sigmas(4) == load(name, R"("shift": 3)").sigmas(4));
  }
  const std::string flow = "FlowMatchEulerDiscreteScheduler";
  CHECK(refusal(flow, R"("sigma_max": 1.5, "use_karras_sigmas": true)") ==
        "sigma_max must be at most 1 on a straight path, got 1.5");
  CHECK(load(flow, R"("sigma_max": 80)").sigmas(4) == load(flow).sigmas(4));
}

// Catches: the levels of LTX shifted where the caller gives them, and not shifted where it does
// not; and times of the caller that the network is not told.
TEST_CASE("scheduler_config: levels and times of the caller on straight paths") {
  const std::string ltx = "LTXEulerAncestralRFScheduler";
  const std::string dynamic = R"("use_dynamic_shifting": true, "shift_terminal": 0.1)";
  CHECK(load(ltx, dynamic).sigmas({.sigmas = {1, 0.5}}) == Numbers{1, 0.5, 0});
  CHECK(load(ltx, R"("shift": 3)").sigmas({.timesteps = {1000, 500}}) == Numbers{1, 0.5, 0});
  CHECK(load(ltx, R"("shift": 3)").sigmas(4) ==
        load("FlowMatchEulerDiscreteScheduler", R"("shift": 3)").sigmas(4));
  const Scheduler flow = load("FlowMatchEulerDiscreteScheduler", R"("shift": 3)");
  const Run run{.timesteps = {1000, 500}};
  CHECK(flow.sigmas(run) == Numbers{1, 0.75, 0});
  CHECK(flow.model_times(run) == Numbers{1000, 500});
  CHECK(flow.plan(run).calls[1].model_time == 500);
  const Scheduler inverted =
      load("FlowMatchEulerDiscreteScheduler", R"("shift": 3, "invert_sigmas": true)");
  CHECK(inverted.model_times(run) == Numbers{0, 250});
}

// Catches: a message that counts from 1 where the caller counts from 0, or that names a process
// which the caller does not know.
TEST_CASE("scheduler_config: lists that increase, and infinite levels") {
  const auto complaint = [](const Scheduler& scheduler, const Run& run) {
    return test::complaint([&] { (void)scheduler.plan(run); });
  };
  const std::string of_run = "invalid_argument: alphabar::diffusers::Run: ";
  const Scheduler euler = load("EulerDiscreteScheduler", R"("beta_end": 1)");
  CHECK(complaint(euler, {.timesteps = {3, 3, 900}}) ==
        of_run + "timesteps[2] must be at most the one before, 3, got 900");
  CHECK(complaint(euler, {.sigmas = {0.25, 0.5}}) ==
        of_run + "sigmas[1] must be at most the one before, 0.25, got 0.5");
  CHECK(complaint(load("FlowMatchEulerDiscreteScheduler"), {.timesteps = {3, 900}}) ==
        of_run + "timesteps[1] must be at most the one before, 3, got 900");
  for (const char* name : {"FlowMatchEulerDiscreteScheduler", "LTXEulerAncestralRFScheduler",
                           "MiniMaxH3Scheduler", "IPNDMScheduler", "HeliosScheduler"}) {
    CHECK(test::complaint([&] {
            (void)load(name).sigmas({.sigmas = {2, 1}});
          }) == of_run + "sigmas[0] must be at most 1 for this class, got 2");
    CHECK(load(name).sigmas({.sigmas = {1, 0.5}}).front() == 1);
  }
  CHECK(load("KarrasVeScheduler").sigmas(2).front() == 10000);
  CHECK(complaint(euler, {.steps = 4}) ==
        "invalid_argument: alphabar::diffusers::Scheduler::plan: sigmas[0] must be finite for this "
        "class, got inf");
}

// Catches: a long value that fills a message, or a short one that is cut.
TEST_CASE("scheduler_config: at most 60 characters of a value are shown") {
  const std::string whole(58, 'a');  // and two quotes
  CHECK(refusal("DDIMScheduler", R"("beta_schedule": ")" + whole + '"')
            .ends_with("got \"" + whole + '"'));
  CHECK(refusal("DDIMScheduler", R"("beta_schedule": ")" + whole + "a\"")
            .ends_with("got \"" + std::string(56, 'a') + "..."));
}

// Catches: a stack that overflows while a message shows a value of many levels.
TEST_CASE("scheduler_config: values of many levels in a message") {
  const auto nested = [](Index depth, char open, char close) {
    const auto count = static_cast<std::size_t>(depth);
    return std::string(count, open) + std::string(count, close);
  };
  for (const Index depth : {2, 100000}) {
    INFO(depth << " levels");
    const std::string lists = nested(depth, '[', ']');
    CHECK(complaint_of(R"({"_class_name": )" + lists + "}")
              .ends_with("_class_name must be a string, got a nested array"));
    CHECK(refusal("DDIMScheduler", R"("trained_betas": [)" + lists + "]") ==
          "trained_betas[0] must be a number in [0, 1], got a nested array");
    CHECK(refusal("DDIMScheduler", R"("beta_start": {"a": )" + lists + "}") ==
          "beta_start must be a number, got a nested object");
  }
  CHECK(refusal("DDIMScheduler", R"("beta_start": {"a": 1})") ==
        R"(beta_start must be a number, got {"a":1})");
}

// Catches: a misspelt variance that is taken for the one with the same beginning, or for that of
// the network.
TEST_CASE("scheduler_config: the variances of DDPM") {
  for (const char* name : {"DDPMScheduler", "DDPMParallelScheduler", "UnCLIPScheduler"}) {
    INFO(name);
    for (const std::string wrong : {"fixed_largest", "fixed_small_", "fixd_small", ""}) {
      CHECK(refusal(name, R"("variance_type": ")" + wrong + '"') ==
            "variance_type must be one of fixed_small, fixed_small_log, fixed_large, "
            "fixed_large_log, learned, learned_range, got \"" +
                wrong + '"');
    }
    const auto read = [&](const std::string& variance) {
      return load(name, R"("clip_sample": false, "variance_type": ")" + variance + '"');
    };
    CHECK(numbers(read("fixed_small_log").plan(4)) == numbers(read("fixed_small").plan(4)));
    CHECK(numbers(read("fixed_large_log").plan(4)) == numbers(read("fixed_large").plan(4)));
    CHECK(numbers(read("fixed_large").plan(4)) != numbers(read("fixed_small").plan(4)));
    for (const std::string learned : {"learned", "learned_range"}) {
      CHECK(read(learned).obstacle ==
            "variance_type must be fixed_small or fixed_large for a plan, got \"" + learned +
                "\": the variance is the network's");
    }
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
        of_plan +
            "stages must be 1 for a plan, got 3, the default of HeliosScheduler: samples change "
            "their size between stages");
  CHECK(complaint(load("HeliosScheduler", R"("stages": 2)"), run) ==
        of_plan + "stages must be 1 for a plan, got 2: samples change their size between stages");
  CHECK(complaint(load("HeliosScheduler", R"("stages": 1)"), run) ==
        of_plan +
            "scheduler_type must be euler for a plan, got \"unipc\", the default of "
            "HeliosScheduler");
  CHECK(complaint(load("HeliosScheduler", R"("stages": 1, "scheduler_type": "unipc")"), run) ==
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

// Catches: a shortest run that is refused, or a shorter one that is not; and a contradiction
// between two keys without the values that contradict.
TEST_CASE("scheduler_config: bounds of classes with their own rules") {
  const auto complaint = [](const std::string& name, const Run& run, const std::string& keys = "") {
    return test::complaint([&] { (void)load(name, keys).model_times(run); });
  };
  const std::string scheduler = "alphabar::diffusers::Scheduler: ";
  for (const char* name :
       {"DDPMWuerstchenScheduler", "ScoreSdeVpScheduler", "SCMScheduler", "HeliosScheduler",
        "DPMSolverMultistepInverseScheduler", "KarrasVeScheduler", "ScoreSdeVeScheduler",
        "MiniMaxH3Scheduler", "ConsistencyDecoderScheduler"}) {
    INFO(name);
    CHECK(complaint(name, {.steps = 0}) ==
          "invalid_argument: " + scheduler + "n must be >= 1, got 0");
    CHECK(complaint(name, {.steps = 2}) == "nothing");
  }
  for (const char* name : {"DDPMWuerstchenScheduler", "ScoreSdeVpScheduler", "SCMScheduler",
                           "HeliosScheduler", "DPMSolverMultistepInverseScheduler"}) {
    INFO(name);
    CHECK(complaint(name, {.steps = 1}) == "nothing");
  }
  for (const char* name : {"KarrasVeScheduler", "ScoreSdeVeScheduler", "MiniMaxH3Scheduler"}) {
    INFO(name);
    CHECK(complaint(name, {.steps = 1}) ==
          "invalid_argument: " + scheduler + "n must be >= 2 for this class, got 1");
  }
  CHECK(complaint("ConsistencyDecoderScheduler", {.steps = 1}) ==
        "invalid_argument: " + scheduler + "n must be 2 for this class, got 1");

  const std::string inverse = "DPMSolverMultistepInverseScheduler";
  CHECK(complaint(inverse, {.steps = 999}) == "nothing");
  CHECK(complaint(inverse, {.steps = 1000}) ==
        "out_of_range: " + scheduler + "n must be in 1..999, got 1000");
  const auto offset = [](const std::string& value) {
    return R"("timestep_spacing": "leading", "steps_offset": )" + value;
  };
  CHECK(load(inverse, offset("7")).model_times(3) == Numbers{7, 257, 507});
  CHECK(load(inverse, offset("499")).model_times(3) == Numbers{499, 749, 999});
  CHECK(complaint(inverse, {.steps = 3}, offset("500")) ==
        "out_of_range: " + scheduler +
            "a time of the leading spacing must be in [0, 999], got 1000");

  for (const std::string name : {"KarrasVeScheduler", "ScoreSdeVeScheduler"}) {
    const std::string most = name == "KarrasVeScheduler" ? "100" : "1348";
    CHECK(refusal(name, R"("sigma_min": )" + most) ==
          "sigma_min must be less than sigma_max, got " + most);
    CHECK(refusal(name, R"("sigma_min": 99)") == "nothing");
  }
  CHECK(refusal("ScoreSdeVpScheduler", R"("beta_min": 20)") == "nothing");
  CHECK(refusal("ScoreSdeVpScheduler", R"("beta_min": 20.5)") ==
        "beta_min must be at most beta_max = 20, got 20.5");
  const std::string dynamic = R"("use_dynamic_shifting": true)";
  CHECK(refusal("HeliosScheduler", dynamic) == "nothing");
  CHECK(refusal("HeliosScheduler", dynamic + R"(, "shift": 2)") ==
        "shift must be 1 where use_dynamic_shifting is true, got 2");
  const std::string clipped = "clip_denoised must be false for a plan of linear steps, got true";
  CHECK(load("CMStochasticIterativeScheduler").obstacle ==
        clipped + ", the default of CMStochasticIterativeScheduler");
  CHECK(load("CMStochasticIterativeScheduler", R"("clip_denoised": true)").obstacle == clipped);
  CHECK(load("CMStochasticIterativeScheduler", R"("clip_denoised": false)").obstacle.empty());
  CHECK(load("ScoreSdeVeScheduler", R"("correct_steps": 2)").obstacle ==
        "correct_steps must be 0 for a plan of linear steps, got 2: the step of a correction "
        "depends on norms");
}

// Catches: a draw that is counted but not used, after which each number of the noise is another.
TEST_CASE("scheduler_config: Wuerstchen draws nothing in its last step") {
  const auto plan = load("DDPMWuerstchenScheduler").plan({.steps = 4});
  CHECK(plan.draws() == 3);
  CHECK(plan.calls.back().step.new_draws == 0);
  CHECK(plan.calls.back().step.draws.empty());
}

// Catches: lists of the caller that are not counted, or not compared with the number of steps.
TEST_CASE("scheduler_config: the number of steps of a run") {
  const std::string run = "invalid_argument: alphabar::diffusers::Run: ";
  for (const char* name : {"EulerDiscreteScheduler", "EDMEulerScheduler"}) {
    const Scheduler scheduler = load(name);
    const auto complaint = [&](const Run& given) {
      return test::complaint([&] { (void)scheduler.sigmas(given); });
    };
    CHECK(scheduler.sigmas({.sigmas = {3}}) == Numbers{3, 0});
    CHECK(scheduler.sigmas({.steps = 1, .sigmas = {3}}) == Numbers{3, 0});
    CHECK(scheduler.sigmas({.steps = 2, .sigmas = {3, 1}}) == Numbers{3, 1, 0});
    for (const Index steps : {-1, 1, 3}) {
      CHECK(complaint({.steps = steps, .sigmas = {3, 1}}) ==
            run + "steps where levels or times are given must be 2, got " + std::to_string(steps));
    }
  }
  const Scheduler euler = load("EulerDiscreteScheduler");
  CHECK(euler.model_times({.timesteps = {7}}) == Numbers{7});
  CHECK(euler.model_times({.timesteps = {999, 0}}) == Numbers{999, 0});
  CHECK(test::complaint([&] { (void)euler.sigmas({.sigmas = {3}, .timesteps = {7}}); }) ==
        run + "timesteps.size() must be 0 where sigmas are given, got 1");
  for (const Index time : {-1, 1000}) {
    CHECK(test::complaint([&] { (void)euler.sigmas({.timesteps = {time}}); }) ==
          "out_of_range: alphabar::diffusers::Run: timesteps[0] must be in 0..999, got " +
              std::to_string(time));
  }
  CHECK(test::complaint([&] { (void)euler.plan({.steps = 3, .strength = 0.3}); }) ==
        run + "strength must leave a call, got 0.3");
  CHECK(euler.plan({.steps = 3, .strength = 0.34}).calls.size() == 1);
  CHECK(load("PNDMScheduler", R"("skip_prk_steps": true)").model_times(2) == Numbers{500, 0, 0});
}

// Catches: a change of what users get who fill these structures themselves.
TEST_CASE("scheduler_config: the defaults of runs, levels and schedulers") {
  CHECK(Run{}.steps == 0);
  CHECK(Run{}.strength == 1);
  CHECK_FALSE(Run{}.last_steps);
  CHECK_FALSE(Run{}.mu);
  CHECK_FALSE(Run{}.eta);
  CHECK(Run{}.churn == Churn{});
  CHECK(Run{}.order == 4);
  CHECK_FALSE(Run{}.reproduce_defects);
  CHECK(FlowShift{}.shift == 1);
  CHECK_FALSE(FlowShift{}.dynamic);
  CHECK_FALSE(FlowShift{}.linear);
  CHECK_FALSE(FlowShift{}.terminal);
  CHECK_FALSE(FlowShift{}.inverted);
  CHECK_FALSE(FlowShift{}.to_zero);
  CHECK_FALSE(FlowShift{}.before_last);
  CHECK(SchedulerTimes{}.walk == SchedulerWalk::ancestral);
  CHECK(SchedulerTimes{}.train_steps == 1000);
  CHECK(SchedulerTimes{}.spacing == TimestepSpacing::leading);
  CHECK(SchedulerTimes{}.steps_offset == 0);
  CHECK(SchedulerTimes{}.distilled_steps == 0);
  CHECK(SchedulerLevels{}.grid == SigmaGrid::timesteps);
  CHECK(SchedulerLevels{}.rho == 7);
  CHECK(SchedulerLevels{}.last == LastLevel::clean);
  CHECK(SchedulerLevels{}.model_time == ModelTime::index);
  CHECK_FALSE(SchedulerLevels{}.whole_times);
  CHECK(SchedulerLevels{}.nearest_time);
  CHECK_FALSE(SchedulerLevels{}.grid_of_table);
  CHECK(SchedulerLevels{}.own_end == 0);
  CHECK(Scheduler{}.sigma_data == 0.5);
  CHECK(Scheduler{}.scale == SampleScale::of_table);
  CHECK(Scheduler{}.second_call == SecondCall::none);
  CHECK_FALSE(Scheduler{}.start_has_data);
  CHECK_FALSE(Scheduler{}.churn);
  CHECK_FALSE(Scheduler{}.upward);
}

// Catches: noise outside of the window of times in which SA-Solver is stochastic, or none at its
// ends.
TEST_CASE("scheduler_config: the times at which SA-Solver adds noise") {
  const SamplerPlan plan = load("SASolverScheduler").plan({.timesteps = {801, 800, 500, 200, 199}});
  std::vector<bool> noisy;
  for (const SamplerCall& call : plan.calls) {
    noisy.push_back(!call.step.draws.empty());
    CHECK(call.step.new_draws == 1);
  }
  CHECK(noisy == std::vector{false, true, true, true, false});
}

// Catches: normals that are numbered otherwise than KarrasVe draws them: one before each step, also
// where the level is not in [s_min, s_max] and no noise is added.
TEST_CASE("scheduler_config: the normals of KarrasVe") {
  const SamplerPlan plan = load("KarrasVeScheduler").plan(5);
  REQUIRE(plan.calls.size() == 9);
  CHECK(plan.start.new_draws == 1);
  for (std::size_t k = 0; k < 9; ++k) {
    CHECK(plan.calls[k].step.new_draws == (k % 2 == 1 ? 1 : 0));
    CHECK(plan.calls[k].step.draws.empty() == (k != 3));  // only σ = 2 is between
  }
}

// Catches: a network that is told u, or asked for ε − x_0, where the file inverts the levels.
TEST_CASE("scheduler_config: invert_sigmas") {
  const Scheduler flow = load("FlowMatchEulerDiscreteScheduler", R"("invert_sigmas": true)");
  check_close(flow.model_times(3), {0, 499.5, 999});
  check_close(flow.sigmas(3), {1, 0.5005, 0.001, 0});
  const SamplerPlan plan = flow.plan(3);
  CHECK(plan.prediction_scale == -1);
  CHECK_THAT(plan.calls[1].model_time, WithinRel(499.5, 1e-12));
}

// Catches: a process that is not the identity, the one at the right angle beyond it, or that has
// another variance than the data and noise of its deviation.
TEST_CASE("scheduler_config: the process of TrigFlow by hand") {
  constexpr double right = std::numbers::pi / 2;
  const diffusers::detail::TrigFlow process{0.5};
  const auto check = [&](double s, double t, double signal_power, double noise_variance) {
    INFO(s << " to " << t);
    const TransitionKernel<double> kernel = process.transition(s, t);
    CHECK_THAT(kernel.signal_power(), WithinAbs(signal_power, 1e-15));
    CHECK_THAT(kernel.noise_variance(), WithinAbs(noise_variance, 1e-15));
  };
  check(0, 0, 1, 0);
  check(0.3, 0.3, 1, 0);
  check(right, right, 1, 0);
  check(right, 1.5708, 1, 0);
  check(0, right, 0, 0.25);
  check(0, 1.5708, 0, 0.25);
  check(0.3, 1.5708, 0, 0.25);
  check(0, std::numbers::pi / 6, 0.75, 0.0625);
  check(std::numbers::pi / 6, std::numbers::pi / 3, 1. / 3, 0.25 * (0.75 - 0.25 / 3));
  CHECK(diffusers::detail::TrigFlow{}.sigma_data == 0.5);
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
  CHECK(refusal("DDIMScheduler",
                R"("shift": Infinity, "rho": -Infinity, "sigma_data": Infinity)") == "nothing");
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
