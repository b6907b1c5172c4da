// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/quad_program.hpp"

/// Samplers whose steps depend on the steps before, against the same programs with 113 bits: the
/// coefficients of each step, for ratios of neighbouring levels from 1.0001 to 1000.
#ifdef ALPHABAR_TEST_QUAD
namespace accuracy_of_runs_test {

using namespace alphabar;
using test::Quad;
using test::QuadProgram;
using test::QuadValue;

constexpr double bound = 1e-13;

/// Levels of a run: σ, or u of a straight path.
struct Levels {
  std::vector<double> at;
  bool straight;

  [[nodiscard]] SamplerPath path() const {
    return straight ? SamplerPath(RectifiedFlow(), at) : SamplerPath::of_sigmas(at);
  }
  [[nodiscard]] Quad sigma(std::size_t k) const { return sigma_of(at[k]); }
  [[nodiscard]] Quad sigma_of(Quad level) const { return straight ? level / (1 - level) : level; }
};

std::vector<Levels> runs() {
  std::vector<Levels> list;
  for (const std::vector<double>& ratios :
       std::vector<std::vector<double>>{{1.0001, 1.0001, 1.0001, 1.0001, 1.0001, 1.0001},
                                        {1000, 1.0001, 1000, 1.0001, 1000, 1.0001},
                                        {1.0001, 1000, 1.0001, 1000, 1.0001, 1000},
                                        {1.0001, 1.0001, 1000, 1000, 1.0001, 1.0001},
                                        {1.5, 2, 3, 1.1, 30, 4}}) {
    for (const double first : {300.0, 1.0, 0.9, 0.3}) {
      std::vector<double> levels{first};
      for (const double ratio : ratios) levels.push_back(levels.back() / ratio);
      list.push_back({levels, first < 1});
    }
  }
  return list;
}

/// The largest deviation of a sampler from program(ask, levels), which gives x at the end, in the
/// scale in which ς is σ or u: x/α, or x along a straight path.
template <class S, class Program>
double deviation(const S& sampler, const Program& program) {
  double largest = 0;
  for (const Levels& levels : runs()) {
    QuadProgram quad(levels.straight);
    const auto scale = [&](Quad level) { return levels.straight ? 1 - level : Quad{1}; };
    const auto ask = [&](const QuadValue& x, Quad level) {
      return quad.ask(x / scale(level), levels.sigma_of(level));
    };
    const Quad end = levels.at.back();
    const QuadValue x = program(ask, levels.at) / scale(end);
    largest = std::max(
        largest, quad.deviation_of_steps(sampler.plan(levels.path()), x, levels.sigma_of(end)));
  }
  return largest;
}

/// The slopes of PLMS and PNDM from step `first` on, with Adams and Bashforth's weights.
template <class Ask>
QuadValue adams_bashforth(const Ask& ask, const std::vector<double>& levels, std::size_t first,
                          QuadValue x, std::vector<QuadValue> past) {
  const std::vector<std::vector<int>> weights{
      {24}, {36, -12}, {46, -32, 10}, {55, -59, 37, -9}};  // in parts of 24
  for (std::size_t k = first; k + 1 < levels.size(); ++k) {
    past.insert(past.begin(), ask(x, levels[k]));
    const auto& of_order = weights[std::min<std::size_t>(past.size(), 4) - 1];
    for (std::size_t j = 0; j < of_order.size(); ++j) {
      x = x - (Quad{levels[k]} - levels[k + 1]) * of_order[j] / 24 * past[j];
    }
  }
  return x;
}

// Would catch a slope at another level, another weight, and a difference of levels that has lost
// digits.
TEST_CASE("PLMS and PNDM: coefficients to 1e-13 of the largest of the step") {
  const auto plms = [](const auto& ask, const std::vector<double>& levels) {
    const QuadValue start = QuadValue::unit(0);
    const Quad h = Quad{levels[0]} - levels[1];
    const QuadValue first = ask(start, levels[0]);
    const QuadValue second = ask(start - h * first, levels[1]);
    return adams_bashforth(ask, levels, 1, start - h / 2 * (first + second), {first});
  };
  CHECK(deviation(Plms{}, plms) < bound);
  const auto pndm = [](const auto& ask, const std::vector<double>& levels) {
    QuadValue x = QuadValue::unit(0);
    std::vector<QuadValue> past;
    for (std::size_t k = 0; k < 3; ++k) {
      const Quad h = Quad{levels[k]} - levels[k + 1];
      const double middle = levels[k] - (levels[k] - levels[k + 1]) / 2;
      const Quad half = Quad{levels[k]} - middle;
      const QuadValue first = ask(x, levels[k]);
      const QuadValue second = ask(x - half * first, middle);
      const QuadValue third = ask(x - half * second, middle);
      const QuadValue fourth = ask(x - h * third, levels[k + 1]);
      x = x - h / 6 * (first + 2 * second + 2 * third + fourth);
      past.insert(past.begin(), first);
    }
    return adams_bashforth(ask, levels, 3, x, past);
  };
  CHECK(deviation(Pndm{}, pndm) < bound);
}

// Would catch another share of a slope, and the first level replaced by that of the step.
TEST_CASE("Heun++: coefficients to 1e-13 of the largest of the step") {
  const auto heun_pp = [](const auto& ask, const std::vector<double>& levels) {
    QuadValue x = QuadValue::unit(0);
    const std::size_t steps = levels.size() - 1;
    for (std::size_t k = 0; k < steps; ++k) {
      const auto slope = [&](const QuadValue& at, std::size_t j) {
        return (at - ask(at, levels[j])) / levels[j];
      };
      const Quad h = Quad{levels[k + 1]} - levels[k];
      const QuadValue d = slope(x, k);
      const QuadValue x_2 = x + h * d;
      if (k + 1 == steps) return x_2;
      const QuadValue d_2 = slope(x_2, k + 1);
      const bool two = k + 2 == steps;
      const Quad share_2 = Quad{levels[k + 1]} / ((two ? 2 : 3) * Quad{levels[0]});
      if (two) {
        x = x + h * ((1 - share_2) * d + share_2 * d_2);
        continue;
      }
      const QuadValue x_3 = x_2 + (Quad{levels[k + 2]} - levels[k + 1]) * d_2;
      const QuadValue d_3 = slope(x_3, k + 2);
      const Quad share_3 = Quad{levels[k + 2]} / (3 * Quad{levels[0]});
      x = x + h * ((1 - share_2 - share_3) * d + share_2 * d_2 + share_3 * d_3);
    }
    return x;
  };
  CHECK(deviation(HeunPp2{}, heun_pp) < bound);
}

// Would catch a gap to where the step before ended in the place of the one to its lower level.
TEST_CASE("RES multistep ancestral: coefficients to 1e-13 of the largest of the step") {
  for (const double eta : {0.0, 0.3, 1.0}) {
    INFO("eta = " << eta);
    double largest = 0;
    for (const Levels& levels : runs()) {
      QuadProgram quad(levels.straight);
      QuadValue x = quad.start(levels.sigma(0));
      QuadValue before;
      Quad gap = 0;
      for (std::size_t k = 0; k + 1 < levels.at.size(); ++k) {
        const Quad t = levels.sigma(k);
        const Quad s = levels.sigma(k + 1);
        Quad up = eta * test::sqrt(s * s * (t * t - s * s)) / t;
        Quad down = test::sqrt(s * s - up * up);
        if (levels.straight) {
          const Quad u = levels.at[k + 1];
          const Quad u_down = u * (1 + (u / levels.at[k] - 1) * eta);
          const Quad factor = (1 - u) / (1 - u_down);
          down = u_down / (1 - u_down);
          up = test::sqrt(u * u - u_down * u_down * factor * factor) / (1 - u);
        }
        const QuadValue d = quad.ask(x, t);
        const Quad h = test::log(t / down);
        const Quad mass = 1 - down / t;
        x = down / t * x + mass * d;
        if (gap > 0) x = x + (h - mass) / gap * (d - before);
        if (eta > 0) x = x + up * quad.draw();
        before = d;
        gap = h;
      }
      const SamplerPlan plan = ResMultistepAncestral{eta}.plan(levels.path());
      largest =
          std::max(largest, quad.deviation_of_steps(plan, x, levels.sigma(levels.at.size() - 1)));
    }
    CHECK(largest < bound);
  }
}

}  // namespace accuracy_of_runs_test
#endif
