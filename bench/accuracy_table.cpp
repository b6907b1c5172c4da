// SPDX-License-Identifier: MIT
//
// Prints docs/accuracy.md: the largest error of every table, and that of the usual code.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "alphabar/schedule/alpha_bar_schedules.hpp"
#include "alphabar/schedule/continuous.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/exact_formulas.hpp"
#include "support/exact_schedule.hpp"
#include "support/ulp.hpp"

#ifndef ALPHABAR_TEST_QUAD
#error "This table needs a type with 113 bits: GCC or Clang on x86-64 or AArch64."
#endif

namespace {

using namespace alphabar;
using test::Quad;

/// The numbers that are compared, t = 0..T: ᾱ, 1 − ᾱ, and B over ten steps.
struct Numbers {
  std::vector<Quad> alpha_bar;
  std::vector<Quad> noise;
};

/// The usual code: a running product, and everything else by subtraction, in one precision.
template <class S>
class UsualTable {
 public:
  explicit UsualTable(const std::vector<double>& betas) {
    for (const double beta : betas) {
      alpha_bars_.push_back(alpha_bars_.back() * (1 - static_cast<S>(beta)));
    }
  }
  /// From an ᾱ that was evaluated directly.
  static UsualTable of_alpha_bars(std::vector<S> alpha_bars) {
    UsualTable table({});
    table.alpha_bars_ = std::move(alpha_bars);
    return table;
  }

  [[nodiscard]] S alpha_bar(std::size_t t) const { return alpha_bars_[t]; }
  [[nodiscard]] S noise(std::size_t t) const { return 1 - alpha_bars_[t]; }
  [[nodiscard]] S snr(std::size_t t) const { return alpha_bars_[t] / (1 - alpha_bars_[t]); }
  [[nodiscard]] S log_snr(std::size_t t) const { return std::log(snr(t)); }
  [[nodiscard]] S added(std::size_t s, std::size_t t) const {
    return 1 - alpha_bars_[t] / alpha_bars_[s];
  }

 private:
  std::vector<S> alpha_bars_{1};
};

struct Table {
  std::string name;
  std::size_t last;                              // T, or as many times in (0, 1]
  std::function<std::string(std::size_t)> time;  // what to call time k
  Numbers exact;
  std::function<double(std::size_t)> alpha_bar, noise, snr, log_snr;
  std::function<double(std::size_t, std::size_t)> added;
  UsualTable<double> usual;
  UsualTable<float> usual_single;
};

void print_row(const Table& table, const char* quantity,
               const std::function<double(std::size_t)>& ours,
               const std::function<double(std::size_t)>& usual,
               const std::function<float(std::size_t)>& usual_single,
               const std::function<Quad(std::size_t)>& exact) {
  test::Worst worst, worst_usual, worst_single;
  for (std::size_t t = 1; t <= table.last; ++t) {
    if (test::absolute(exact(t)) < 1e-25) continue;  // log SNR = 0 has no relative error
    const auto at = static_cast<Index>(t);
    worst.see(test::ulps(ours(t), exact(t)), at);
    worst_usual.see(test::ulps(usual(t), exact(t)), at);
    worst_single.see(test::ulps(usual_single(t), exact(t)), at);
  }
  const auto times = [&](const test::Worst& w) {
    return table.time(static_cast<std::size_t>(w.t));
  };
  const auto number = [](double ulps) {
    char text[32];
    std::snprintf(text, sizeof text, std::isinf(ulps) ? "∞" : "%.2g", ulps);
    return std::string(text);
  };
  std::printf("| %s | %s | %.2f | %s | %s | %s |\n", table.name.c_str(), quantity, worst.ulps,
              times(worst).c_str(), number(worst_usual.ulps).c_str(),
              number(worst_single.ulps).c_str());
}

void print_rows(const Table& table) {
  const auto earlier = [](std::size_t t) { return t > 10 ? t - 10 : std::size_t{0}; };
  const Numbers& exact = table.exact;
  const auto row = [&](const char* quantity, const auto& ours, auto of_usual, const auto& is) {
    print_row(
        table, quantity, ours, [&](std::size_t t) { return of_usual(table.usual, t); },
        [&](std::size_t t) { return of_usual(table.usual_single, t); }, is);
  };
  row(
      "ᾱ", table.alpha_bar, [](const auto& u, std::size_t t) { return u.alpha_bar(t); },
      [&](std::size_t t) { return exact.alpha_bar[t]; });
  row(
      "1 − ᾱ", table.noise, [](const auto& u, std::size_t t) { return u.noise(t); },
      [&](std::size_t t) { return exact.noise[t]; });
  row(
      "SNR", table.snr, [](const auto& u, std::size_t t) { return u.snr(t); },
      [&](std::size_t t) { return exact.alpha_bar[t] / exact.noise[t]; });
  row(
      "log SNR", table.log_snr, [](const auto& u, std::size_t t) { return u.log_snr(t); },
      [&](std::size_t t) { return test::log(exact.alpha_bar[t] / exact.noise[t]); });
  row(
      "B, ten steps", [&](std::size_t t) { return table.added(earlier(t), t); },
      [&](const auto& u, std::size_t t) { return u.added(earlier(t), t); },
      [&](std::size_t t) {
        const std::size_t s = earlier(t);
        const bool little = exact.noise[t] < 0.5;
        const Quad gap =
            little ? exact.noise[t] - exact.noise[s] : exact.alpha_bar[s] - exact.alpha_bar[t];
        return gap / exact.alpha_bar[s];
      });
}

/// A discrete schedule against exact numbers; the usual code starts from `betas`.
void print_schedule(const std::string& name, const NoiseSchedule<>& schedule, Numbers exact,
                    const std::vector<double>& betas) {
  const auto at = [](std::size_t t) { return static_cast<Index>(t); };
  print_rows({name, betas.size(), [](std::size_t t) { return std::to_string(t); }, std::move(exact),
              [=](std::size_t t) { return schedule.alpha_bar(at(t)); },
              [=](std::size_t t) { return schedule.one_minus_alpha_bar(at(t)); },
              [=](std::size_t t) { return schedule.snr(at(t)); },
              [=](std::size_t t) { return schedule.log_snr(at(t)); },
              [=](std::size_t s, std::size_t t) {
                return schedule.transition(at(s), at(t)).noise_variance();
              },
              UsualTable<double>(betas), UsualTable<float>(betas)});
}

/// β is given: everything is a function of the stored β's.
void print_given_betas(const std::string& name, const NoiseSchedule<>& schedule) {
  const std::vector<double> betas(schedule.betas().begin(), schedule.betas().end());
  const test::ExactSchedule exact(betas);
  Numbers numbers;
  for (std::size_t t = 0; t <= betas.size(); ++t) {
    numbers.alpha_bar.push_back(exact.alpha_bar(t));
    numbers.noise.push_back(exact.one_minus_alpha_bar(t));
  }
  print_schedule(name, schedule, std::move(numbers), betas);
}

/// ᾱ is given by a formula; the usual code takes β = 1 − f(t)/f(t − 1) from it.
template <class Exact, class Usual>
void print_given_alpha_bar(const std::string& name, const NoiseSchedule<>& schedule,
                           double max_beta, Exact exact_alpha_bar, Usual usual_alpha_bar) {
  test::ExactTable exact = test::tabulate_exactly(schedule.steps(), max_beta, exact_alpha_bar);
  std::vector<double> betas;
  const auto steps = static_cast<double>(schedule.steps());
  for (double t = 1; t <= steps; ++t) {
    const double kept = usual_alpha_bar(t / steps) / usual_alpha_bar((t - 1) / steps);
    betas.push_back(std::fmin(1 - kept, max_beta));
  }
  print_schedule(name, schedule, {std::move(exact.alpha_bar), std::move(exact.noise)}, betas);
}

/// A process in continuous time at t = 1e-9, 1e-6 and 0.001, 0.002, ..., 0.999.
template <class Process, class Exact, class Usual>
void print_process(const std::string& name, const Process& process, Exact exact_alpha_bar,
                   Usual usual_alpha_bar) {
  std::vector<double> times{0, 1e-9, 1e-6};
  for (int k = 1; k < 1000; ++k) times.push_back(k / 1000.0);
  Numbers exact;
  std::vector<double> usual;
  std::vector<float> usual_single;
  for (const double t : times) {
    exact.alpha_bar.push_back(exact_alpha_bar(Quad{t}));
    exact.noise.push_back(1 - exact.alpha_bar.back());
    usual.push_back(usual_alpha_bar(t));
    usual_single.push_back(usual_alpha_bar(static_cast<float>(t)));
  }
  const auto time = [=](std::size_t k) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", times[k]);
    return std::string(text);
  };
  const auto alpha_bar = [=](std::size_t k) { return process.alpha_bar(times[k]); };
  const auto noise = [=](std::size_t k) { return process.one_minus_alpha_bar(times[k]); };
  const auto snr = [=](std::size_t k) { return alpha_bar(k) / noise(k); };
  const auto log_snr = [=](std::size_t k) { return process.log_snr(times[k]); };
  const auto added = [=](std::size_t j, std::size_t k) {
    return process.transition(times[j], times[k]).noise_variance();
  };
  print_rows({name, times.size() - 1, time, std::move(exact), alpha_bar, noise, snr, log_snr, added,
              UsualTable<double>::of_alpha_bars(usual),
              UsualTable<float>::of_alpha_bars(usual_single)});
}

double usual_cosine(double x) {
  const double root = std::cos((x + 0.008) / 1.008 * std::acos(-1.0) / 2);
  return root * root;
}
double usual_logistic(double x) { return 1 / (1 + std::exp(-x)); }
double usual_sigmoid(double x) {
  return (usual_logistic(3) - usual_logistic(6 * x - 3)) / (usual_logistic(3) - usual_logistic(-3));
}
double usual_laplace(double x) {
  if (x == 0) return 1;
  const double sign = x < 0.5 ? -1 : x > 0.5 ? 1 : 0;
  return usual_logistic(0.5 * sign * std::log(1 - std::abs(1 - 2 * x)));
}

}  // namespace

int main() {
  std::puts(R"(# Accuracy

This page lists the largest error of each schedule over all times, compared with the usual code. Errors
are in units in the last place (ulp) of the type; a correctly rounded number has at most 0.5. The usual
code forms a running product of 1 − β, then 1 − ᾱ, ᾱ/(1 − ᾱ), its logarithm and 1 − ᾱ_t/ᾱ_s, in double
or in float. One ulp of float is 2²⁹ ulp of double. The reference values
are computed in quadruple precision (113 bits).

For the linear, scaled linear and sigmoid schedules the reference is the exact function of the stored
β's. For the others, whose papers define ᾱ, it is the formula of the paper, with the limit `max_beta`
for each step. T = 1000 if no T is given. B, ten steps, is the noise variance of `transition(t - 10, t)`.
[`bench/accuracy_table.cpp`](../bench/accuracy_table.cpp) prints this page, and CI compares them.

| schedule | quantity | alphabar, largest ulp | at t | usual double | usual float |
|---|---|---|---|---|---|)");
  print_given_betas("linear", linear_schedule());
  print_given_betas("scaled linear", scaled_linear_schedule());
  print_given_betas("sigmoid", sigmoid_schedule());
  print_given_betas("linear, T = 10⁵, β = 10⁻⁶..2·10⁻⁴", linear_schedule(100'000, 1e-6, 2e-4));
  print_given_alpha_bar(
      "cosine", cosine_schedule(), 0.999, [](Quad x) { return test::cosine_alpha_bar(x, 0.008); },
      usual_cosine);
  print_given_alpha_bar(
      "sigmoid ᾱ", sigmoid_alpha_bar_schedule(), 0.999,
      [](Quad x) { return test::sigmoid_alpha_bar(x, -3, 3, 1); }, usual_sigmoid);
  print_given_alpha_bar(
      "exponential", exponential_schedule(), 1,
      [](Quad x) { return test::exponential_alpha_bar(x, 12); },
      [](double x) { return std::exp(-12 * x); });
  print_given_alpha_bar(
      "Laplace", laplace_schedule(), 0.999,
      [](Quad x) { return test::laplace_alpha_bar(x, 0, 0.5); }, usual_laplace);
  print_process(
      "VpLinear, t in (0, 1)", VpLinear(),
      [](Quad t) { return test::exp(-(Quad{0.1} * t + (20 - Quad{0.1}) * t * t / 2)); },
      [](auto t) {
        using S = decltype(t);
        return std::exp(-(S(0.1) * t + S(19.9) * t * t / 2));
      });
  print_process(
      "VpCosine, t in (0, 1)", VpCosine(), [](Quad t) { return test::cosine_alpha_bar(t, 0.008); },
      [](auto t) {
        using S = decltype(t);
        const auto root = [](S x) {
          return std::cos((x + S(0.008)) / S(1.008) * S(std::acos(-1.0)) / 2);
        };
        return root(t) * root(t) / (root(0) * root(0));
      });
}
