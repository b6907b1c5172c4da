// SPDX-License-Identifier: MIT
#include "alphabar/schedule/continuous.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <list>
#include <numbers>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "alphabar/noise/add_noise.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace continuous_test {

using namespace alphabar;
using test::complaint;
using test::infinity;
using test::nan;

/// Calls check(process) for every process.
template <class Check>
void for_each_process(Check check) {
  check(VpLinear());
  check(VpLinear(0, 700));
  check(VpCosine());
  check(VpCosine(0));
  check(SubVpLinear());
  check(VpOfSigma());
  check(VeGeometric());
  check(Edm());
  check(RectifiedFlow());
  check(RectifiedFlow(3));
}

// Would catch a process that lost a member, and one that preserves no variance but may be
// discretised as if it did.
TEST_CASE("ContinuousProcess, VariancePreserving: types that satisfy them") {
  for_each_process([]<class P>(const P&) { STATIC_REQUIRE(ContinuousProcess<P>); });
  STATIC_REQUIRE(VariancePreserving<VpLinear>);
  STATIC_REQUIRE(VariancePreserving<VpCosine>);
  STATIC_REQUIRE(VariancePreserving<VpOfSigma>);
  STATIC_REQUIRE(!VariancePreserving<SubVpLinear>);
  STATIC_REQUIRE(!VariancePreserving<VeGeometric>);
  STATIC_REQUIRE(!VariancePreserving<Edm>);
  STATIC_REQUIRE(!VariancePreserving<RectifiedFlow>);
  STATIC_REQUIRE(!ContinuousProcess<double>);
}

// Would catch β where β/2 belongs, ∫β of the wrong constants, and a standard deviation for a
// variance: known numbers, the second with float32's 0.00100661758 as the warning.
TEST_CASE("VpLinear: golden values") {
  const VpLinear process;
  CHECK_THAT(process.alpha_bar(1), WithinRel(4.31857490603413e-5, 1e-14));
  CHECK_THAT(process.noise_scale(1e-5), WithinRel(0.00100049712594, 1e-11));
  CHECK_THAT(process.signal_scale(1), WithinRel(std::sqrt(4.31857490603413e-5), 1e-14));
  CHECK_THAT(process.one_minus_alpha_bar(1), WithinRel(1 - 4.31857490603413e-5, 1e-15));
}

// Would catch θ in place of its square, an offset that is not in the denominator, and a limit of
// large offsets, ᾱ = (1 - t)², that is 0/0.
TEST_CASE("VpCosine: values by hand") {
  CHECK_THAT(VpCosine(0).alpha_bar(0.5), WithinRel(0.5, 1e-15));
  CHECK_THAT(VpCosine(0).alpha_bar(1.0 / 3), WithinRel(0.75, 1e-15));
  CHECK_THAT(VpCosine(1).alpha_bar(0.5),
             WithinRel(2 * std::pow(std::sin(std::atan(1.0) / 2), 2), 1e-15));
  CHECK(VpCosine(std::numeric_limits<double>::max()).alpha_bar(0.25) == 0.5625);
  CHECK(VpCosine(1e308).transition(0.25, 0.5).noise_variance() == 5.0 / 9);
  CHECK(VpCosine().alpha_bar(1) == 0);
  CHECK(VpCosine().one_minus_alpha_bar(1) == 1);
}

// Would catch σ² for σ in sub-VP and VE, and a shift to the wrong side.
TEST_CASE("SubVpLinear, VeGeometric, Edm, RectifiedFlow: values by hand") {
  CHECK_THAT(SubVpLinear(2, 2).signal_scale(1), WithinRel(std::exp(-1.0), 1e-15));
  CHECK_THAT(SubVpLinear(2, 2).noise_scale(1), WithinRel(1 - std::exp(-2.0), 1e-15));
  CHECK(VeGeometric(0.01, 50).noise_scale(0) == 0.01);
  CHECK(VeGeometric(0.01, 50).noise_scale(1) == 50);
  CHECK(VeGeometric(0.25, 64).noise_scale(0.5) == 4);
  CHECK(VeGeometric(0.25, 64).signal_scale(0.5) == 1);
  CHECK(VeGeometric(0.25, 64).transition(0.5, 1) == TransitionKernel(1.0, 4096.0 - 16));
  CHECK(Edm().noise_scale(80) == 80);
  CHECK(Edm().transition(3, 5) == TransitionKernel(1, 16));
  CHECK(RectifiedFlow().signal_scale(0.25) == 0.75);
  CHECK(RectifiedFlow().noise_scale(0.25) == 0.25);
  CHECK(RectifiedFlow(3).noise_scale(0.5) == 0.75);
  CHECK(RectifiedFlow(3).signal_scale(0.5) == 0.25);
  CHECK(RectifiedFlow().transition(0.5, 0.75) == TransitionKernel(0.25, 0.75 * 0.75 - 0.0625));
}

// Would catch 0/0 where ᾱ = 0, and noise for s = t.
TEST_CASE("ContinuousProcess: transition(t, t) is the identity") {
  for_each_process([](const auto& process) {
    for (const double t : {0.0, 1e-300, 0.3, 0.5, 1.0}) {
      CHECK(process.transition(t, t) == TransitionKernel());
      CHECK_FALSE(std::signbit(process.transition(t, t).noise_variance()));
    }
  });
}

// s -> u -> t must be s -> t: would catch a B that belongs to another interval than A.
TEST_CASE("ContinuousProcess: transitions form a semigroup") {
  for_each_process([](const auto& process) {
    for (const double s : {0.0, 1e-9, 0.25}) {
      for (const double u : {s, 0.3, 0.7}) {
        for (const double t : {u, 0.9, 1.0}) {
          const auto whole = process.transition(s, t);
          const auto parts = process.transition(u, t) * process.transition(s, u);
          INFO("s = " << s << ", u = " << u << ", t = " << t);
          CHECK_THAT(parts.signal_power(), WithinRel(whole.signal_power(), 2e-15));
          CHECK_THAT(parts.noise_variance(), WithinRel(whole.noise_variance(), 2e-15));
        }
      }
    }
  });
}

// Would catch a kernel from 0 that is another process than the scales; VE's data has its σ_min.
TEST_CASE("ContinuousProcess: the transition from 0 leads to the scales") {
  for_each_process([](const auto& process) {
    for (const double t : {1e-6, 0.2, 0.8, 1.0}) {
      const auto kernel = process.transition(0, t);
      CHECK_THAT(kernel.signal_scale(), WithinRel(process.signal_scale(t), 1e-15));
      CHECK_THAT(std::hypot(process.noise_scale(0), kernel.noise_scale()),
                 WithinRel(process.noise_scale(t), 1e-15));
    }
  });
}

// Would catch -0 and 0/0 at the ends, and an inverse that does not know them.
TEST_CASE("ContinuousProcess: log SNR at both ends") {
  for_each_process([](const auto& process) {
    for (const double t : {0.0, 1.0}) {
      const double l = process.log_snr(t);
      CHECK_THAT(process.time_of_log_snr(l), WithinAbs(t, std::isinf(l) ? 0 : 1e-15));
    }
  });
  CHECK(VpLinear().log_snr(0) == infinity);
  CHECK(VpCosine().log_snr(1) == -infinity);
  CHECK(RectifiedFlow().log_snr(1) == -infinity);
  CHECK(RectifiedFlow().log_snr(0.5) == 0);
  CHECK_THAT(Edm().log_snr(1e-300), WithinRel(1381.5510557964274, 1e-15));  // 600 ln 10
}

// Would catch a time of 1 + 2⁻⁵² or -1e-17, which every other member refuses.
TEST_CASE("ContinuousProcess: an inverse stays among the times") {
  for (int k = 1; k <= 200; ++k) {
    const double x = 0.1 * k;
    const VpLinear vp(0.1, x);
    const SubVpLinear sub_vp(0.1, x);
    const VpCosine cosine(x);
    const VeGeometric ve(0.1 * x, x);
    CHECK(vp.time_of_log_snr(vp.log_snr(1)) <= 1);
    CHECK(sub_vp.time_of_log_snr(sub_vp.log_snr(1)) <= 1);
    CHECK(cosine.time_of_log_snr(-infinity) <= 1);
    CHECK(ve.time_of_log_snr(ve.log_snr(1)) <= 1);
    CHECK(ve.time_of_log_snr(ve.log_snr(0)) >= 0);
  }
}

// Would catch β_k of a shifted interval and a first interval that does not start at 0.
TEST_CASE("discretize: each beta is the transition's noise variance") {
  const std::vector<double> times{1e-5, 0.1, 0.100001, 0.3, 0.5};
  const VpLinear process;
  const auto schedule = discretize(process, times);
  REQUIRE(schedule.steps() == 5);
  double before = 0;
  for (Index k = 1; k <= 5; ++k) {
    const double t = times[static_cast<std::size_t>(k - 1)];
    CHECK(schedule.beta(k) == process.transition(before, t).noise_variance());
    CHECK_THAT(schedule.alpha_bar(k), WithinRel(process.alpha_bar(t), 1e-14));
    CHECK_THAT(schedule.log_snr(k), WithinRel(process.log_snr(t), 1e-14));
    before = t;
  }
}

// Would catch a range that must be a vector of doubles, and a Scalar that is not asked for.
TEST_CASE("discretize: from any range, to any Scalar") {
  const auto schedule = discretize(VpCosine(), std::list<float>{0.25F, 0.5F, 1.0F});
  CHECK(schedule.beta(3) == 1);
  CHECK(schedule.alpha_bar(3) == 0);
  const auto same = discretize<float>(VpCosine(), {0.25, 0.5, 1.0});
  STATIC_REQUIRE(std::is_same_v<decltype(same), const NoiseSchedule<float>>);
  CHECK(same.beta(2) == static_cast<float>(schedule.beta(2)));
  CHECK(discretize(VpLinear(), std::array{1}).steps() == 1);
}

/// A process of a user's own, ᾱ(t) = 1 − t², with the members that must be there and no more.
class Parabola {
 public:
  static double alpha_bar(double t) { return (1 - t) * (1 + t); }
  static double one_minus_alpha_bar(double t) { return t * t; }
  static double signal_scale(double t) { return std::sqrt(alpha_bar(t)); }
  static double noise_scale(double t) { return t; }
  static double log_snr(double t) { return std::log(alpha_bar(t) / (t * t)); }
  static double time_of_log_snr(double l) { return 1 / std::sqrt(1 + std::exp(l)); }
  static TransitionKernel<double> transition(double s, double t) {
    if (s == t) return {};
    return {alpha_bar(t) / alpha_bar(s), (t - s) * (t + s) / alpha_bar(s)};
  }
};

// Would catch a member that is asked for but not in the concept, and one of ᾱ and 1 − ᾱ computed
// from the other: at t = 10⁻⁵ and at t = 1 − 10⁻¹⁰ half of the digits would be lost.
TEST_CASE("discretize: a process with the required members alone") {
  STATIC_REQUIRE(VariancePreserving<Parabola>);
  STATIC_REQUIRE(!ExactVariancePreserving<Parabola>);
  const std::vector<double> times{1e-5, 0.1, 0.6, 1 - 1e-10, 1};
  const auto schedule = discretize(Parabola(), times);
  REQUIRE(schedule.steps() == 5);
  CHECK(schedule.alpha_bar(0) == 1);
  CHECK(schedule.one_minus_alpha_bar(0) == 0);
  double before = 0;
  for (Index k = 1; k <= 5; ++k) {
    const double t = times[static_cast<std::size_t>(k - 1)];
    CAPTURE(t);
    CHECK(schedule.alpha_bar(k) == Parabola::alpha_bar(t));
    CHECK(schedule.one_minus_alpha_bar(k) == Parabola::one_minus_alpha_bar(t));
    CHECK(schedule.sqrt_one_minus_alpha_bar(k) == t);
    const auto step = Parabola::transition(before, t);
    CHECK_THAT(schedule.step(k).signal_power(), WithinRel(step.signal_power(), 1e-15));
    CHECK_THAT(schedule.beta(k), WithinRel(step.noise_variance(), 1e-15));
    if (t < 1) CHECK_THAT(schedule.log_snr(k), WithinRel(Parabola::log_snr(t), 1e-15));
    before = t;
  }
  CHECK(schedule.log_snr(5) == -infinity);
  CHECK(schedule.beta(5) == 1);

  const auto in_braces = discretize<float>(Parabola(), {1e-5, 0.1, 0.6, 1 - 1e-10, 1});
  STATIC_REQUIRE(std::is_same_v<decltype(in_braces), const NoiseSchedule<float>>);
  for (Index k = 1; k <= 5; ++k) {
    CHECK(in_braces.one_minus_alpha_bar(k) == static_cast<float>(schedule.one_minus_alpha_bar(k)));
  }
  CHECK(discretize(Parabola(), {1}).alpha_bar(1) == 0);
}

/// ᾱ = ½ at all times, with a rounding that makes it rise after t = ½.
struct Constant : Parabola {
  static double alpha_bar(double t) { return t <= 0.5 ? 0.5 : std::nextafter(0.5, 1.0); }
  static double one_minus_alpha_bar(double t) { return t <= 0.5 ? 0.5 : std::nextafter(0.5, 0.0); }
};

// Would catch a process that is refused for its rounding, and a table that rises as it does.
TEST_CASE("discretize: a process that rises by a rounding counts as constant") {
  const auto schedule = discretize(Constant(), {0.5, 1});
  CHECK(schedule.alpha_bar(2) == 0.5);
  CHECK(schedule.one_minus_alpha_bar(2) == 0.5);
  CHECK(schedule.beta(2) == 0);
}

/// ᾱ = ½ + 2⁻⁵⁵ up to t = ½, then ½ − 2⁻⁵⁵: in double they are the same number. The other members
/// are those of another process.
struct AroundOneHalf : VpLinear {
  static SignalAndNoise signal_and_noise(double t) {
    const double error = t <= 0.5 ? 0x1p-55 : -0x1p-55;
    return {.signal = 0.5, .noise = 0.5, .signal_error = error, .noise_error = -error};
  }
};

TEST_CASE("SignalAndNoise: clean data by default") {
  const SignalAndNoise clean;
  CHECK(clean.signal == 1);
  CHECK(clean.noise == 0);
  CHECK(clean.signal_error == 0);
  CHECK(clean.noise_error == 0);
}

// Would catch rounding errors that are dropped or that change places, and ᾱ of the other members:
// log SNR = log(½ + δ) − log(½ − δ) = 4δ, and B between the two times is 4δ as well.
TEST_CASE("discretize: a process with the rounding errors of its numbers") {
  STATIC_REQUIRE(ExactVariancePreserving<AroundOneHalf>);
  const auto schedule = discretize(AroundOneHalf(), {0.5, 1});
  for (Index k = 1; k <= 2; ++k) {
    CHECK(schedule.alpha_bar(k) == 0.5);
    CHECK(schedule.one_minus_alpha_bar(k) == 0.5);
  }
  CHECK_THAT(schedule.log_snr(1), WithinRel(0x1p-53, 1e-14));
  CHECK_THAT(schedule.log_snr(2), WithinRel(-0x1p-53, 1e-14));
  CHECK_THAT(schedule.beta(2), WithinRel(0x1p-53, 1e-14));
  CHECK_THAT(schedule.transition(1, 2).noise_scale(), WithinRel(0x1p-26 * std::sqrt(0.5), 1e-14));
}

template <class Process>
concept NoisedAtRealTimes = requires(const Process& process, const NoiseStream<double>& noise,
                                     std::vector<double>& x) {
  add_noise(process, x, std::vector<double>{1.5}, noise, x);
};

template <class Process>
concept NoisedAtRealTimesInBraces = requires(const Process& process,
                                             const NoiseStream<double>& noise,
                                             std::vector<double>& x) {
  add_noise(process, x, {1.5}, noise, x);
};

// Would catch a table that passes for a process, with its times truncated: 1.5 to 1.
TEST_CASE("ContinuousProcess: a table does not satisfy it") {
  STATIC_REQUIRE(!ContinuousProcess<NoiseSchedule<double>>);
  STATIC_REQUIRE(!VariancePreserving<NoiseSchedule<double>>);
  STATIC_REQUIRE(NoisedAtRealTimes<Parabola>);
  STATIC_REQUIRE(NoisedAtRealTimes<RectifiedFlow>);
  STATIC_REQUIRE(!NoisedAtRealTimes<NoiseSchedule<double>>);
  STATIC_REQUIRE(!NoisedAtRealTimes<NoiseSchedule<float>>);
  STATIC_REQUIRE(NoisedAtRealTimesInBraces<RectifiedFlow>);
  STATIC_REQUIRE(!NoisedAtRealTimesInBraces<NoiseSchedule<double>>);
}

// Would catch a square root of a product that underflows: the time would be 1.
TEST_CASE("VpLinear: the time of a log SNR that is reached at once") {
  CHECK_THAT(VpLinear(0, 1e-100).time_of_log_snr(600),
             WithinRel(std::exp(-300.0) * std::numbers::sqrt2 * 1e50, 1e-14));
}

// Would catch an e^(l/2) that overflows although shift e^(l/2) does not, and one that does: t = 0.
TEST_CASE("RectifiedFlow: the times of the largest log SNRs") {
  for (const auto& [shift, t] :
       {std::pair{1e-100, 3e-211}, {1e-100, 3e-208}, {1.0, 3e-308}, {1e100, 3e-308}}) {
    CAPTURE(shift, t);
    const RectifiedFlow flow(shift);
    CHECK_THAT(flow.time_of_log_snr(flow.log_snr(t)), WithinRel(t, 1e-12));
  }
  CHECK(RectifiedFlow(1e-100).time_of_log_snr(infinity) == 0);
  CHECK(RectifiedFlow(1e100).time_of_log_snr(-infinity) == 1);
}

// Would catch a check that NaN passes, and a message that does not say what to change.
TEST_CASE("ContinuousProcess: bad parameters") {
  const auto refused = [](const std::string& message, const std::function<void()>& make) {
    CHECK(complaint(make) == "invalid_argument: alphabar::" + message);
  };
  refused("VpLinear: beta_max must be in [1e-100, 700], got 0", [] { (void)VpLinear(0, 0); });
  refused("VpLinear: beta_max must be in [1e-100, 700], got nan", [] { (void)VpLinear(0.1, nan); });
  refused("VpLinear: beta_min must be in [0, beta_max = 20], got -1", [] { (void)VpLinear(-1); });
  refused("VpLinear: beta_min must be in [0, beta_max = 20], got nan", [] { (void)VpLinear(nan); });
  refused("SubVpLinear: beta_min must be in [0, beta_max = 1], got 2",
          [] { (void)SubVpLinear(2, 1); });
  refused("VpCosine: offset must be finite and >= 0, got -0.1", [] { (void)VpCosine(-0.1); });
  refused("VpCosine: offset must be finite and >= 0, got inf", [] { (void)VpCosine(infinity); });
  refused("VpCosine: offset must be finite and >= 0, got nan", [] { (void)VpCosine(nan); });
  refused("VeGeometric: sigma_min must be >= 1e-150, got 0", [] { (void)VeGeometric(0); });
  refused("VeGeometric: sigma_min must be >= 1e-150, got nan", [] { (void)VeGeometric(nan); });
  refused("VeGeometric: sigma_max must be > sigma_min = 2 and <= 1e150, got 2",
          [] { (void)VeGeometric(2, 2); });
  refused("VeGeometric: sigma_max must be > sigma_min = 2 and <= 1e150, got inf",
          [] { (void)VeGeometric(2, infinity); });
  refused("RectifiedFlow: shift must be in [1e-100, 1e100], got 0", [] { (void)RectifiedFlow(0); });
  refused("RectifiedFlow: shift must be in [1e-100, 1e100], got nan",
          [] { (void)RectifiedFlow(nan); });
  refused("discretize: times[0] must be in (0, 1], got 0", [] {
    (void)discretize(VpLinear(), {0, 1});
  });
  refused("discretize: times[2] must be in (0.5, 1], got 0.5", [] {
    (void)discretize(VpLinear(), {0.25, 0.5, 0.5});
  });
  refused("discretize: times[1] must be in (0.5, 1], got 1.5", [] {
    (void)discretize(VpLinear(), {0.5, 1.5});
  });
  refused("discretize: times[0] must be in (0, 1], got nan",
          [] { (void)discretize(VpLinear(), {nan}); });
  refused("discretize: times must hold at least one value, got 0",
          [] { (void)discretize(VpLinear(), std::vector<double>()); });
}

// Would catch digits lost below the range of normal numbers where x/256 is formed: 128 ulp. Next to
// 0 1 − ᾱ is D, here t/10.
TEST_CASE("VpLinear: 1 - alpha_bar next to t = 0 is as exact as its double") {
  for (const double t :
       {0x1.23456789abcdfp-890, 0x1.23456789abcdfp-1000, 0x1.23456789abcdfp-1014}) {
    CHECK(VpLinear().one_minus_alpha_bar(t) == 0.1 * t);
    CHECK(VpLinear().transition(t, 2 * t).noise_variance() == 0.1 * t);
  }
}

/// A user's process that is one of levels: its ᾱ at t is that of `level(t)`.
struct UsersProcess : VpCosine {
  std::function<double(double)> level;
  std::function<double(double)> rest = [this](double t) { return 1 - level(t); };
  [[nodiscard]] double alpha_bar(double t) const { return level(t); }
  [[nodiscard]] double one_minus_alpha_bar(double t) const { return rest(t); }
  [[nodiscard]] SignalAndNoise signal_and_noise(double t) const { return {level(t), rest(t)}; }
};

// Would catch a table of a process that is none: from_alpha_bars refuses these values, and names
// itself where it does.
TEST_CASE("discretize: refuses a process whose signal rises or is 0 before the last time") {
  const auto message = [](std::function<double(double)> level, std::vector<double> times) {
    UsersProcess process;
    process.level = std::move(level);
    return complaint([&] { (void)discretize(process, times); });
  };
  const std::string start = "invalid_argument: alphabar::discretize: ";
  CHECK(message([](double t) { return t; }, {0.25, 0.5}) ==
        start + "alpha_bar at times[1] must not be greater than at the time before, got 0.5");
  CHECK(message([](double t) { return std::fmax(0, 0.5 - t); }, {0.25, 0.5, 0.75}) ==
        start + "alpha_bar before times[2] must be > 0, got 0");
  CHECK(message([](double) { return nan; }, {0.25}) ==
        start + "alpha_bar at times[0] must be in [0, 1], got nan");
  CHECK(message([](double t) { return 1 - 2 * t; }, {0.25, 0.75}) ==
        start + "alpha_bar at times[1] must be in [0, 1], got -0.5");
  CHECK(message([](double) { return 1.5; }, {0.25}) ==
        start + "alpha_bar at times[0] must be in [0, 1], got 1.5");
  UsersProcess process;
  process.level = [](double t) { return 1 - t; };
  for (const double rest : {-0.5, 1.5}) {
    process.rest = [rest](double) { return rest; };
    CHECK(complaint([&] { (void)discretize(process, {0.5}); }) ==
          start + "one_minus_alpha_bar at times[0] must be in [0, 1], got " +
              (rest < 0 ? "-0.5" : "1.5"));
  }
  process.rest = [](double t) { return t < 0.4 ? t : t / 2; };
  CHECK(complaint([&] {
          (void)discretize(process, {0.375, 0.5});
        }) == start +
                  "one_minus_alpha_bar at times[1] must not be less than at the time before, got "
                  "0.25");
}

// Would catch a table that is wrong where its numbers have no rounding errors beside them: σ_1 was
// 6e8 ulp off at t = 1e-160, and 0 at 1e-200.
TEST_CASE("discretize: next to time 0 and next to no signal") {
  const auto first = [](const auto& process, double t) { return discretize(process, {t, 0.5, 1}); };
  for (const double t : {5.3e-154, 1e-150, 1e-100}) {
    const auto schedule = first(VpLinear(0, 700), t);
    const double noise = 350 * t * t;  // the difference is of the order of its square
    CHECK_THAT(schedule.one_minus_alpha_bar(1), WithinRel(noise, 1e-15));
    CHECK_THAT(schedule.sigma(1), WithinRel(std::sqrt(350) * t, 1e-15));
    CHECK_THAT(schedule.log_snr(1), WithinRel(-std::log(noise), 1e-15));
  }
  CHECK_THAT(discretize(VpLinear(700, 700), {0.5, 1}).alpha_bar(2),
             WithinRel(std::exp(-700.), 1e-15));
  for (const double t : {1e-155, 1e-160, 1e-200}) {
    CHECK(complaint([&] { (void)first(VpLinear(0, 700), t); })
              .starts_with("invalid_argument: alphabar::discretize: one_minus_alpha_bar at "
                           "times[0] must be >= 2^-1010, got "));
  }
  CHECK(complaint([&] {
          (void)first(VpCosine(), 1e-305);
        }).starts_with("invalid_argument: alphabar::discretize: one_minus_alpha_bar at times[0]"));
}

// Would catch a refusal of what is rounding: of times so close that the last bit goes up.
TEST_CASE("discretize: takes a level that rises by a rounding") {
  UsersProcess process;
  process.level = [](double t) { return t == 0.5 ? 0.25 : std::nextafter(0.25, 1.0); };
  const auto schedule = discretize(process, {0.5, std::nextafter(0.5, 1.0)});
  CHECK(schedule.beta(2) == 0);
  CHECK(schedule.alpha_bar(2) == 0.25);
  for (double t = 0.3; t < 0.9; t += 0.01) {
    const auto near = std::nextafter(t, 1.0);
    CHECK(discretize(VpCosine(), {t, near, std::nextafter(near, 1.0), 1.0}).steps() == 4);
    CHECK(discretize(VpLinear(), {t, near, std::nextafter(near, 1.0), 1.0}).steps() == 4);
  }
}

// Would catch a member without its check: every one of them, for every process.
TEST_CASE("ContinuousProcess: times outside") {
  for_each_process([](const auto& process) {
    const auto outside = [](const auto& call) {
      CHECK(complaint(call).starts_with("out_of_range: alphabar::"));
    };
    using Process = std::decay_t<decltype(process)>;
    constexpr bool of_sigma = std::is_same_v<Process, Edm> || std::is_same_v<Process, VpOfSigma>;
    const double last = of_sigma ? 1e150 : 1;
    for (const double t : {-1e-9, last * (1 + 1e-15), infinity, nan}) {
      outside([&] { (void)process.signal_scale(t); });
      outside([&] { (void)process.noise_scale(t); });
      outside([&] { (void)process.log_snr(t); });
      outside([&] { (void)process.transition(0, t); });
      outside([&] { (void)process.transition(t, last); });
      if constexpr (VariancePreserving<std::decay_t<decltype(process)>>) {
        outside([&] { (void)process.alpha_bar(t); });
        outside([&] { (void)process.one_minus_alpha_bar(t); });
      }
    }
    outside([&] { (void)process.time_of_log_snr(nan); });
    const double lowest = process.log_snr(last);
    if (std::isfinite(lowest)) {
      outside([&] { (void)process.time_of_log_snr(std::nextafter(lowest, -infinity)); });
    }
    CHECK(complaint([&] {
            (void)process.transition(0.5, 0.25);
          }).ends_with("transition: s must not be later than t = 0.25, got 0.5"));
  });
  CHECK(complaint([] { (void)VpLinear().beta(-1); }) ==
        "out_of_range: alphabar::VpLinear::beta: t must be in [0, 1], got -1");
  CHECK(complaint([] { (void)VpLinear().alpha_bar(1.5); }) ==
        "out_of_range: alphabar::VpLinear::alpha_bar: t must be in [0, 1], got 1.5");
  CHECK(complaint([] { (void)VeGeometric(1, 4).time_of_log_snr(1); }) ==
        "out_of_range: alphabar::VeGeometric::time_of_log_snr: log_snr must be in "
        "[-2.772588722239781, 0], got 1");
}

/// Scales that do not belong together.
struct NotVariancePreserving {
  static double alpha_bar(double t) { return 1 - 0.5 * t; }
  static double one_minus_alpha_bar(double t) { return 0.1 * t; }
  static double signal_scale(double t) { return std::sqrt(alpha_bar(t)); }
  static double noise_scale(double t) { return std::sqrt(one_minus_alpha_bar(t)); }
  static double log_snr(double t) { return std::log(alpha_bar(t) / one_minus_alpha_bar(t)); }
  static double time_of_log_snr(double) { return 0; }
  static TransitionKernel<double> transition(double, double) { return {}; }
};

// Would catch a table in which alpha is not 1 - beta.
TEST_CASE("discretize: a process whose scales do not add up to 1") {
  CHECK(
      test::complaint([] {
        (void)discretize(NotVariancePreserving(), {0.5, 1});
      }) ==
      "invalid_argument: alphabar::discretize: alpha_bar + one_minus_alpha_bar at times[0] must be "
      "1, got 0.8");
}

// Would catch an inverse that is not one, of any process.
TEST_CASE("ContinuousProcess: the time of a log SNR, there and back") {
  for_each_process([](const auto& process) {
    for (const double t : {0.01, 0.3, 0.5, 0.9}) {
      CHECK_THAT(process.time_of_log_snr(process.log_snr(t)), WithinRel(t, 1e-12));
    }
  });
}

TEST_CASE("VpOfSigma: values by hand") {
  const VpOfSigma process;
  CHECK_THAT(process.alpha_bar(3), WithinRel(0.1, 1e-15));
  CHECK_THAT(process.one_minus_alpha_bar(3), WithinRel(0.9, 1e-15));
  CHECK_THAT(process.signal_scale(3), WithinRel(std::sqrt(0.1), 1e-15));
  CHECK_THAT(process.noise_scale(3), WithinRel(std::sqrt(0.9), 1e-15));
  CHECK_THAT(process.log_snr(3), WithinRel(-2 * std::log(3.), 1e-15));
  CHECK_THAT(process.transition(1, 3).signal_power(), WithinRel(0.2, 1e-15));
  CHECK_THAT(process.transition(1, 3).noise_variance(), WithinRel(0.8, 1e-15));
}

}  // namespace continuous_test
