// SPDX-License-Identifier: MIT
#include "alphabar/diffusers/scheduler.hpp"

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "alphabar/diffusers/scheduler_config.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"

namespace scheduler_test {

using namespace alphabar;
using namespace alphabar::diffusers;
using Numbers = std::vector<double>;

Scheduler load(const std::string& class_name, const std::string& keys) {
  return parse_scheduler_config(R"({"_class_name": ")" + class_name + R"(", )" + keys + "}");
}

// Catches: a write beyond the list of unused normals, and normals with the numbers of other steps,
// where two neighbouring levels are equal by rounding and the step between them makes one call.
TEST_CASE("Scheduler: KarrasVe on levels that are equal by rounding") {
  const std::string narrow = R"("sigma_min": 1, "sigma_max": 1.0000000000000002)";
  const Scheduler still = load("KarrasVeScheduler", narrow + R"(, "s_churn": 0)");
  for (const Index n : {2, 5, 100}) {
    INFO(n << " steps");
    const SamplerPlan plan = still.plan(n);
    REQUIRE(plan.calls.size() == still.model_times(n).size());
    const Numbers levels = still.sigmas(n);
    CHECK(plan.start.new_draws == 1);
    Index unused = 0;
    for (std::size_t k = 0; k < plan.calls.size(); ++k) {
      CHECK(plan.calls[k].level.noise_scale() == levels[k]);
      CHECK(plan.calls[k].step.draws.empty());
      unused += plan.calls[k].step.new_draws;
    }
    CHECK(unused == n - 1);                             // one before each step but the first
    CHECK(plan.calls.back().step.new_draws == 0);       // no step follows
    CHECK(plan.calls.rbegin()[1].step.new_draws == 1);  // before the last step
  }
}

// Catches: a list of calls without the second one of a step that begins with the churn of the file
// and ends at its own level.
TEST_CASE("Scheduler: the calls of KarrasVe with churn on equal levels") {
  const Scheduler churned =
      load("KarrasVeScheduler", R"("sigma_min": 1, "sigma_max": 1.0000000000000002)");
  CHECK(churned.plan(5).calls.size() == 9);
  CHECK(churned.model_times(5).size() == 9);
  CHECK(churned.sigmas(5).size() == 10);
}

// Catches: a reference into a scheduler that is gone.
TEST_CASE("Scheduler: the schedule of a temporary is a value") {
  using Table = std::optional<NoiseSchedule<double>>;
  STATIC_REQUIRE(std::is_same_v<decltype(std::declval<Scheduler>().schedule()), Table>);
  STATIC_REQUIRE(std::is_same_v<decltype(std::declval<Scheduler&>().schedule()), const Table&>);
  STATIC_REQUIRE(
      std::is_same_v<decltype(std::declval<const Scheduler&>().schedule()), const Table&>);
  const auto& schedule = load("DDPMScheduler", R"("beta_end": 0.01)").schedule();
  REQUIRE(schedule);
  CHECK(schedule->beta(1000) == 0.01);
}

template <class Number>
constexpr bool are_steps = requires(const Scheduler& scheduler, Number n) {
  scheduler.plan(n);
  scheduler.model_times(n);
  scheduler.sigmas(n);
  scheduler.timesteps(n);
};
template <class Number>
constexpr bool is_some_step = requires(const Scheduler& s, Number n) {
  s.plan(n);
}
|| requires(const Scheduler& s, Number n) { s.model_times(n); }
|| requires(const Scheduler& s, Number n) { s.sigmas(n); }
|| requires(const Scheduler& s, Number n) { s.timesteps(n); };

// Catches: plan(4.9) that is plan(4).
TEST_CASE("Scheduler: a number of steps with a fraction does not compile") {
  STATIC_REQUIRE(are_steps<int>);
  STATIC_REQUIRE(are_steps<Index>);
  STATIC_REQUIRE(are_steps<std::size_t>);
  STATIC_REQUIRE_FALSE(is_some_step<double>);
  STATIC_REQUIRE_FALSE(is_some_step<float>);
}

// Catches: levels of an inversion that are those at which its steps end, then a 0 at which no step
// ends.
TEST_CASE("Scheduler: the levels of an inversion are those of its plan") {
  for (const char* to_one : {"true", "false"}) {
    INFO("set_alpha_to_one " << to_one);
    const Scheduler inversion =
        load("DDIMInverseScheduler",
             R"("clip_sample": false, "set_alpha_to_one": )" + std::string(to_one));
    for (const Run& run : {Run{.steps = 4}, Run{.steps = 10, .strength = 0.3}}) {
      const Numbers sigmas = inversion.sigmas(run);
      const SamplerPlan plan = inversion.plan(run);
      REQUIRE(sigmas.size() == plan.calls.size() + 1);
      for (std::size_t k = 0; k < plan.calls.size(); ++k) {
        const auto& level = plan.calls[k].level;
        CHECK_THAT(sigmas[k], WithinRel(level.noise_scale() / level.signal_scale(), 1e-12));
      }
      // Where ε is 0, x is proportional to the signal: a = 1/√(1 + σ²).
      double kept = 1;
      for (const SamplerCall& call : plan.calls) kept *= call.step.x;
      CHECK_THAT(std::hypot(1, sigmas.front()) / std::hypot(1, sigmas.back()),
                 WithinRel(kept, 1e-12));
    }
  }
}

// Catches: times of the caller that a grid replaces without a word.
TEST_CASE("Scheduler: times of the caller where the file has a grid") {
  const Run run{.timesteps = {900, 500, 100}};
  const auto complaint = [&](const std::string& name, const std::string& key) {
    const Scheduler scheduler = load(name, '"' + key + R"(": true)");
    const std::string of_plan = test::complaint([&] { (void)scheduler.plan(run); });
    CHECK(test::complaint([&] { (void)scheduler.model_times(run); }) == of_plan);
    CHECK(test::complaint([&] { (void)scheduler.sigmas(run); }) == of_plan);
    return of_plan;
  };
  for (const char* key : {"use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas"}) {
    for (const char* name :
         {"DPMSolverMultistepScheduler", "EulerDiscreteScheduler", "HeunDiscreteScheduler"}) {
      CHECK(complaint(name, key) ==
            "invalid_argument: alphabar::diffusers::Run: timesteps.size() must be 0 where " +
                std::string(key) + " is true, got 3");
    }
    CHECK(complaint("FlowMatchEulerDiscreteScheduler", key) == "nothing");  // as in diffusers
  }
  CHECK(complaint("DPMSolverMultistepScheduler", "use_lu_lambdas")
            .ends_with("must be 0 where use_lu_lambdas is true, got 3"));
  const Scheduler karras = load("DPMSolverMultistepScheduler", R"("use_karras_sigmas": true)");
  CHECK(karras.sigmas({.sigmas = {9, 3, 1}}) == Numbers{9, 3, 1, 0});
}

}  // namespace scheduler_test
