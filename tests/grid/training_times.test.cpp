// SPDX-License-Identifier: MIT
#include "alphabar/grid/training_times.hpp"

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/prediction/loss_weights.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/golden.hpp"
#include "support/special_values.hpp"

namespace training_times_test {

using namespace alphabar;
using test::complaint;
using test::infinity;
using test::nan;
using Law = std::function<double(double)>;

std::map<std::string, Law> golden_laws() {
  std::map<std::string, Law> laws;
  for (const auto& [mean, std] : {std::pair{0.0, 1.0}, {0.5, 0.6}, {-0.5, 1.0}, {1.0, 2.0}}) {
    laws["logit_normal/" + detail::to_text(mean) + "/" + detail::to_text(std)] =
        [m = mean, s = std](double u) { return logit_normal_time(u, m, s); };
  }
  for (const double scale : {1.29, 0.0, 0.81, -1.0}) {
    laws["mode/" + detail::to_text(scale)] = [=](double u) { return mode_time(u, scale); };
  }
  for (const auto& [mean, std] : {std::pair{-1.2, 1.2}, {-0.4, 1.0}, {0.7, 1.6}}) {
    laws["log_normal/" + detail::to_text(mean) + "/" + detail::to_text(std)] =
        [m = mean, s = std](double u) { return log_normal_sigma(u, m, s); };
  }
  laws["log_logistic"] = [](double u) { return log_logistic_sigma(u, 0, 1, 0.01, 80); };
  laws["log_uniform"] = [](double u) { return log_uniform_sigma(u, 0.01, 80); };
  laws["v_diffusion"] = [](double u) { return v_diffusion_sigma(u, 0.5, 1e-3, 1e3); };
  laws["cosine_interpolated"] = [](double u) {
    return cosine_interpolated_sigma(u, 256, 32, 256, 0.5);
  };
  return laws;
}

// Would catch a law of another name, one that falls, a wrong tail and a wrong truncation.
TEST_CASE("training times: the quantiles of public programs") {
  const auto lines = test::golden_lines("training_times.csv");
  const auto& quantiles = lines.at("u");
  const auto laws = golden_laws();
  CHECK(laws.size() + 4 == lines.size());
  for (const auto& [name, law] : laws) {
    REQUIRE(lines.count(name) == 1);
    for (std::size_t k = 0; k < quantiles.size(); ++k) {
      INFO(name << " at u = " << quantiles[k]);
      CHECK_THAT(law(quantiles[k]), WithinRel(lines.at(name)[k], 1e-12));
    }
  }
  const auto& times = lines.at("loss_weights/sigmas");
  for (std::size_t k = 0; k < times.size(); ++k) {
    CHECK_THAT(cosmap_weight(times[k]), WithinRel(lines.at("loss_weights/cosmap")[k], 1e-15));
    CHECK_THAT(inverse_square_weight(times[k]),
               WithinRel(lines.at("loss_weights/sigma_sqrt")[k], 1e-15));
  }
}

// Would catch weights of the two halves exchanged (a density that jumps), and one that is 1/2.
TEST_CASE("split_log_normal_sigma: two halves") {
  const double share = 0.6 / (0.6 + 1.4);
  CHECK_THAT(split_log_normal_sigma(share, -1.2, 0.6, 1.4), WithinRel(std::exp(-1.2), 1e-15));
  const double one_below = 2 * share * uniform_of_normal(-1);
  const double one_above = 2 * (1 - share) * uniform_of_normal(-1);
  CHECK_THAT(split_log_normal_sigma(one_below, -1.2, 0.6, 1.4), WithinRel(std::exp(-1.8), 1e-14));
  CHECK_THAT(split_log_normal_sigma(1 - one_above, -1.2, 0.6, 1.4),
             WithinRel(std::exp(0.2), 1e-14));
  for (const double u : {0.01, 0.3, 0.5, 0.9}) {
    CHECK_THAT(split_log_normal_sigma(u, -1, 0.7, 0.7),
               WithinRel(log_normal_sigma(u, -1, 0.7), 1e-14));
  }
}

// Would catch a share of the lower half that underflows, or a sum of deviations that overflows.
TEST_CASE("split_log_normal_sigma: deviations of any size") {
  CHECK(split_log_normal_sigma(0, 0, 1e-300, 1e100) == 0);
  CHECK(split_log_normal_sigma(0, 0, 1e308, 1e308) == 0);
  CHECK(split_log_normal_sigma(1, 0, 1e-300, 1e100) == test::infinity);
}

// Would catch a tangent or a logit near its pole that is taken from the far end.
TEST_CASE("training times: values by hand, far out") {
  CHECK_THAT(cosmap_time(0.5), WithinRel(0.5, 1e-15));
  CHECK_THAT(cosmap_time(1.0 / 3), WithinRel(1 / (1 + std::sqrt(3.0)), 1e-15));
  CHECK_THAT(v_diffusion_sigma(1 - 0x1p-50), WithinRel(0x1p51 / 3.14159265358979324, 1e-15));
  CHECK_THAT(v_diffusion_sigma(0x1p-50), WithinRel(3.14159265358979324 / 0x1p51, 1e-15));
  CHECK_THAT(log_logistic_sigma(1 - 0x1p-50), WithinRel(0x1p50 - 1, 1e-13));
  CHECK_THAT(log_logistic_sigma(0x1p-50), WithinRel(0x1p-50, 1e-13));
  CHECK_THAT(mode_time(0x1p-50, -1), WithinRel(std::pow(3.14159265358979324 / 0x1p51, 2), 1e-15));
  CHECK_THAT(log_uniform_sigma(0.5, 1e-100, 1e100), WithinRel(1.0, 1e-13));
}

// Would catch NaN at an end, a law that falls, and one that leaves its range by rounding.
TEST_CASE("training times: both ends, and monotone between them") {
  struct Range {
    Law law;
    double first;
    double last;
  };
  const std::vector<Range> ranges{
      {[](double u) { return logit_normal_time(u, -1, 2); }, 0, 1},
      {[](double u) { return mode_time(u); }, 0, 1},
      {[](double u) { return mode_time(u, 1.7519383938841); }, 0, 1},
      {[](double u) { return mode_time(u, -1); }, 0, 1},
      {[](double u) { return cosmap_time(u); }, 0, 1},
      {[](double u) { return log_normal_sigma(u); }, 0, infinity},
      {[](double u) { return split_log_normal_sigma(u, 0, 1, 3); }, 0, infinity},
      {[](double u) { return log_uniform_sigma(u, 0.002, 80); }, 0.002, 80},
      {[](double u) { return log_logistic_sigma(u); }, 0, infinity},
      {[](double u) { return log_logistic_sigma(u, 1, 0.5, 0.01, 80); }, 0.01, 80},
      {[](double u) { return v_diffusion_sigma(u); }, 0, infinity},
      {[](double u) { return v_diffusion_sigma(u, 0.5, 0.002, 80); }, 0.002, 80},
      {[](double u) { return cosine_interpolated_sigma(u, 512, 32, 256); }, 1e-3, 1e3}};
  for (std::size_t k = 0; k < ranges.size(); ++k) {
    CAPTURE(k);
    const auto& [law, first, last] = ranges[k];
    CHECK_THAT(law(0), WithinRel(first, 1e-14));
    if (std::isinf(last)) {
      CHECK(law(1) == last);
    } else {
      CHECK_THAT(law(1), WithinRel(last, 1e-14));
    }
    double before = 0;
    for (int i = 0; i <= 1000; ++i) {
      const double value = law(i / 1000.0);
      REQUIRE(value >= before * (1 - 1e-14));
      before = value;
    }
  }
}

// Would catch a uniform number that is not one, and a normal that is mirrored: addressed noise.
TEST_CASE("uniform_of_normal: a distribution with addressed noise") {
  const NoiseStream noise(7);
  double sum = 0;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    const double z = noise(i);
    const double u = uniform_of_normal(z);
    CHECK_THAT(std::log(log_normal_sigma(u)), WithinAbs(-1.2 + 1.2 * z, 1e-11));
    sum += u;
  }
  CHECK_THAT(sum / 4000, WithinAbs(0.5, 0.02));
  CHECK(uniform_of_normal(-infinity) == 0);
  CHECK(uniform_of_normal(infinity) == 1);
}

// Would catch a check that NaN passes, and a message with the name of another function.
TEST_CASE("training times: say what is wrong") {
  const auto refused = [](const std::string& message, const std::function<void()>& make) {
    CHECK(complaint(make) == "invalid_argument: alphabar::" + message);
  };
  refused("logit_normal_time: u must be in [0, 1], got nan", [] { (void)logit_normal_time(nan); });
  refused("logit_normal_time: std must be finite and > 0, got 0",
          [] { (void)logit_normal_time(0.5, 0, 0); });
  refused("mode_time: u must be in [0, 1], got -1", [] { (void)mode_time(-1); });
  refused("mode_time: scale must be in [-1, 1.7519383938841089], got 2",
          [] { (void)mode_time(0.5, 2); });
  refused("cosmap_time: u must be in [0, 1], got 2", [] { (void)cosmap_time(2); });
  refused("log_normal_sigma: mean must be finite, got inf",
          [] { (void)log_normal_sigma(0.5, infinity); });
  refused("split_log_normal_sigma: std_above must be finite and > 0, got nan",
          [] { (void)split_log_normal_sigma(0.5, 0, 1, nan); });
  refused("log_uniform_sigma: sigma_min must be finite and > 0, got 0",
          [] { (void)log_uniform_sigma(0.5, 0, 1); });
  refused("log_uniform_sigma: sigma_max must be finite and > 0, got inf",
          [] { (void)log_uniform_sigma(0.5, 1, infinity); });
  refused("log_logistic_sigma: sigma_max must be > sigma_min = 2, got 1",
          [] { (void)log_logistic_sigma(0.5, 0, 1, 2, 1); });
  refused(
      "log_logistic_sigma: sigma_max must be 0, infinite or exp(loc + scale x) with |x| <= 700, "
      "got 80",
      [] { (void)log_logistic_sigma(0.5, 0, 1e-3, 0, 80); });
  refused("v_diffusion_sigma: sigma_data must be finite and > 0, got 0",
          [] { (void)v_diffusion_sigma(0.5, 0); });
  refused("v_diffusion_sigma: sigma_min must be finite and >= 0, got nan",
          [] { (void)v_diffusion_sigma(0.5, 1, nan); });
  refused("cosine_interpolated_sigma: image_size must be finite and > 0, got -1",
          [] { (void)cosine_interpolated_sigma(0.5, -1, 1, 1); });
  refused("uniform_of_normal: z must be a number, got nan", [] { (void)uniform_of_normal(nan); });
}

// Would catch a time that rounding takes above 1 or below 0.
TEST_CASE("mode_time: times next to the ends remain times") {
  for (int k = 1; k <= 1000; ++k) {
    const double rough = -1 + k / 1000.0 * 2.75;
    for (const double scale : {rough, std::nextafter(rough, 0), std::nextafter(rough, -2)}) {
      for (int j = 0; j <= 4; ++j) CHECK(mode_time(1 - j * 0x1p-53, scale) <= 1);
      CHECK(mode_time(0x1p-1074, scale) >= 0);
    }
  }
}

// Would catch another bound of the levels between which the distribution is cut.
TEST_CASE("log_logistic_sigma: levels up to exp(700) and down to exp(-700)") {
  const auto between = [](double sigma_min, double sigma_max) {
    return complaint([=] { (void)log_logistic_sigma(0.5, 0, 1, sigma_min, sigma_max); });
  };
  CHECK(between(std::exp(-699.9), std::exp(699.9)) == "nothing");
  CHECK(between(0, std::exp(700.1)).find("sigma_max must be 0, infinite or exp") !=
        std::string::npos);
  CHECK(between(std::exp(-700.1), 1).find("sigma_min must be 0, infinite or exp") !=
        std::string::npos);
}

}  // namespace training_times_test
