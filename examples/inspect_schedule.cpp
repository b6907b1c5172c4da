// SPDX-License-Identifier: MIT
//
// Prints a table and draws a picture of a schedule, given by a name or by a model's
// scheduler_config.json.
//
//   inspect_schedule cosine
//   inspect_schedule path/to/scheduler_config.json --svg schedule.svg

#include <CLI/CLI.hpp>
#include <algorithm>
#include <alphabar/core.hpp>
#include <alphabar/diffusers/scheduler_config.hpp>
#include <cmath>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "svg/plot.hpp"
#include "svg/write_picture.hpp"

namespace {

using namespace alphabar;
using Schedule = NoiseSchedule<double>;

const std::map<std::string, std::function<Schedule(Index)>> named{
    {"linear", [](Index steps) { return linear_schedule(steps); }},
    {"rescaled_linear", [](Index steps) { return rescaled_linear_schedule(steps); }},
    {"scaled_linear", [](Index steps) { return scaled_linear_schedule(steps); }},
    {"cosine", [](Index steps) { return cosine_schedule(steps); }},
    {"sigmoid", [](Index steps) { return sigmoid_schedule(steps); }},
    {"sigmoid_alpha_bar", [](Index steps) { return sigmoid_alpha_bar_schedule(steps); }},
    {"exponential", [](Index steps) { return exponential_schedule(steps); }},
    {"laplace", [](Index steps) { return laplace_schedule(steps); }},
};

void print(const Schedule& schedule) {
  std::puts("    t        beta   alpha_bar  1-alpha_bar         SNR   log SNR     sigma");
  const Index steps = schedule.steps();
  for (Index row = 0; row <= 10; ++row) {
    const Index t = std::max<Index>(1, row * steps / 10);
    if (row == 1 && t == 1) continue;
    std::printf("%5td %11.4g %11.4g %12.4g %11.4g %9.4g %9.4g\n", t, schedule.beta(t),
                schedule.alpha_bar(t), schedule.one_minus_alpha_bar(t), schedule.snr(t),
                schedule.log_snr(t), schedule.sigma(t));
  }
}

/// ᾱ, log SNR and β over t, one below the other.
std::string draw(const Schedule& schedule) {
  constexpr double height = 160;
  constexpr double panel = height + 110;
  svg::Drawing drawing(svg::document_width, 3 * panel);
  const auto last = static_cast<double>(std::max<Index>(2, schedule.steps()));
  double top = 40;
  const auto draw_panel = [&](const char* name, double low, double high, const auto& value) {
    const svg::Frame frame{{70, top}, svg::document_width - 100, height, 1, last, low, high};
    frame.names(drawing, "time t", name);
    for (const double y : {low, (low + high) / 2, high}) {
      frame.tick(drawing, y, svg::short_number(y));
    }
    frame.times(drawing);
    drawing.line(frame.curve([&](double t) {
      return value(std::min(static_cast<Index>(t), schedule.steps()));
    }),
                 svg::noise_color, 2);
    top += panel;
  };
  draw_panel("ᾱ: the remaining fraction of the data covariance", 0, 1,
             [&](Index t) { return schedule.alpha_bar(t); });
  double reach = 12;
  for (const Index t : {Index{1}, schedule.steps()}) {
    const double end = std::abs(schedule.log_snr(t));
    if (std::isfinite(end)) reach = std::max(reach, 4 * std::ceil(end / 4));
  }
  draw_panel("log SNR", -reach, reach, [&](Index t) { return schedule.log_snr(t); });
  const double largest = std::max(1e-12, std::ranges::max(schedule.betas()));
  const double digit = std::pow(10, std::floor(std::log10(largest)));
  draw_panel("β: the noise variance of one step", 0, digit * std::ceil(largest / digit),
             [&](Index t) { return schedule.beta(t); });
  return drawing.str();
}

void print_levels(const diffusers::Scheduler& scheduler, Index calls) {
  std::printf("the levels of %td calls, and of the end:\n", calls);
  for (const double sigma : scheduler.sigmas(calls)) std::printf(" %.5g", sigma);
  std::puts("");
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Prints a noise schedule and draws it"};
  std::string source = "linear";
  std::string picture;
  Index steps = 1000;
  Index calls = 10;
  app.add_option("schedule", source, "a name, or a scheduler_config.json")->capture_default_str();
  app.add_option("--steps", steps, "T, for a name")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str();
  app.add_option("--calls", calls, "length of a sampling run, for a file")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str();
  app.add_option("--svg", picture, "the file of the picture")->check([](const std::string& text) {
    return text.empty() ? std::string("must not be empty") : std::string();
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  std::optional<Schedule> schedule;
  if (const auto found = named.find(source); found != named.end()) {
    schedule = found->second(steps);
    std::printf("%s, T = %td\n", source.c_str(), steps);
  } else {
    const diffusers::Scheduler scheduler = diffusers::read_scheduler_config(source);
    std::printf("%s, prediction %s\n", io::printable(scheduler.class_name).c_str(),
                io::printable(scheduler.prediction_type).c_str());
    print_levels(scheduler, calls);
    schedule = scheduler.schedule();
  }
  if (schedule) print(*schedule);
  if (schedule && !picture.empty()) {
    svg::write_picture(picture, draw(*schedule));
    std::printf("written to %s\n", picture.c_str());
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "inspect_schedule: %s\n", alphabar::io::printable(error.what()).c_str());
  return 2;
}
