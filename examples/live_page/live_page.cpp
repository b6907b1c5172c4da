// SPDX-License-Identifier: MIT
#include "live_page/live_page.hpp"

#include <alphabar/kernel/transition_kernel.hpp>
#include <alphabar/schedule/noise_schedule.hpp>
#include <alphabar/schedule/schedules.hpp>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "live_page/digits.hpp"
#include "live_page/plane.hpp"
#include "live_page/samplers.hpp"

namespace {

using live_page::Digits;
using live_page::Plane;

alphabar::NoiseSchedule<double> schedule_named(int which) {
  switch (which) {
    case 1:
      return alphabar::scaled_linear_schedule();
    case 2:
      return alphabar::cosine_schedule();
    case 3:
      return alphabar::sigmoid_schedule();
    default:
      return alphabar::linear_schedule();
  }
}

/// All that the page holds.
struct Page {
  Plane plane{{live_page::tilted(Eigen::Vector2d::Zero(), 1, 1, 0), schedule_named(0)}};
  std::string text;
  std::optional<Digits> digits;

  const alphabar::NoiseSchedule<double>& schedule() const { return plane.process().schedule(); }
  alphabar::TransitionKernel<double> kernel(int t) const { return schedule().transition(0, t); }
};

Page& page() {
  static Page the_page;
  return the_page;
}

template <class Values>
const double* keep(std::vector<double>& where, const Values& values) {
  where.assign(values.data(), values.data() + values.size());
  return where.data();
}

std::array<double, 8> as_array(const Plane::Now& now) {
  return {now.alpha_bar,        now.one_minus_alpha_bar, now.snr, now.log_snr,
          now.small_eigenvalue, now.large_eigenvalue,    now.kl,  now.w2};
}

}  // namespace

int steps() { return static_cast<int>(page().schedule().steps()); }
int sample_count() { return Plane::samples; }
int outline_count() { return Plane::outline; }
int moment_count() { return Plane::moments; }

void use_schedule(int which) {
  page().plane = Plane({page().plane.process().prior(), schedule_named(which)});
}

void use_prior(double x, double y, double first, double second, double angle) {
  page().plane = Plane({live_page::tilted({x, y}, first, second, angle), page().schedule()});
}

const double* now(int t) {
  static std::vector<double> kept;
  return keep(kept, as_array(page().plane.now(t)));
}

const double* samples(int t) {
  static std::vector<double> kept;
  return keep(kept, page().plane.samples_at(t));
}

const double* ellipse(int t) {
  static std::vector<double> kept;
  return keep(kept, page().plane.ellipse_at(t));
}

int time_of(int moment) { return static_cast<int>(page().plane.time_of(moment)); }

const double* curves() {
  static std::vector<double> kept;
  kept.clear();
  for (int k = 0; k < moment_count(); ++k) {
    const auto values = as_array(page().plane.now(time_of(k)));
    kept.insert(kept.end(), values.begin(), values.end());
  }
  return kept.data();
}

char* digits_text(std::int32_t size) {
  page().text.resize(static_cast<std::size_t>(size));
  return page().text.data();
}

void read_digits() { page().digits.emplace(page().text); }
void show_digits(int which) { page().digits->show(which); }

const double* digits(int what, int t) {
  static std::array<std::vector<double>, 4> kept;
  const Digits& all = *page().digits;
  auto& where = kept.at(static_cast<std::size_t>(what));
  if (what == 0) return keep(where, all.clean());
  if (what == 1) return keep(where, all.noised(page().kernel(t)));
  return keep(where, all.denoised(page().kernel(t), what == 3));
}

const double* digit_beliefs(int t) {
  static std::vector<double> kept;
  return keep(kept, page().digits->beliefs(page().kernel(t)));
}

const double* digit_spectrum(int t) {
  static std::vector<double> kept;
  const auto& covariance = page().digits->gaussian().covariance();
  return keep(kept, propagate(page().kernel(t), covariance).eigenvalues());
}

const double* sampler_table(int of_digits) {
  static std::vector<double> kept;
  const auto& plane = page().plane.process().prior();
  kept = of_digits == 0 ? live_page::sampler_errors(plane, page().schedule())
                        : live_page::sampler_errors(page().digits->gaussian(), page().schedule());
  return kept.data();
}
