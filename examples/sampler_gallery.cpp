// SPDX-License-Identifier: MIT
//
// Samplers with one mistake each, and the results of `examine` and `audit`:
// docs/sampler_gallery.md. With a file name: a picture of W2 to the data over n.

#include <alphabar/core.hpp>
#include <alphabar/oracle/audit.hpp>
#include <alphabar/oracle/examine.hpp>
#include <alphabar/schedule/rectified_flow.hpp>
#include <cmath>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "sampler_gallery/picture.hpp"
#include "sampler_gallery/samplers.hpp"
#include "svg/write_picture.hpp"

namespace {

using namespace gallery;

struct Exhibit {
  const char* name;
  std::function<VectorXd(Index, const Network&, const Noise&)> sampler;
  ExaminedNetwork network;
  std::function<SamplerPlan(Index)> claim;
  bool drawn = false;  // in the picture
  AuditOptions options{};
};

std::vector<Exhibit> exhibits() {
  const RectifiedFlow flow;
  const auto schedule = linear_schedule();
  const auto of_flow = ExaminedNetwork::of_process(flow, Prediction::flow_velocity);
  const auto of_sigmas = ExaminedNetwork::of_sigmas(Prediction::x0);
  const auto of_table = ExaminedNetwork::of_table(schedule, Prediction::noise);
  const auto straight_claim = [=](Index n) {
    std::vector<double> times;
    for (Index k = n; k > 0; --k) times.push_back(static_cast<double>(k) / static_cast<double>(n));
    return plan(Ddim{1}, flow, times, Prediction::flow_velocity);
  };
  const auto sigma_claim = [](const auto& sampler) {
    return [=](Index n) { return plan_of_sigmas(sampler, sigmas(n), Prediction::x0); };
  };
  const auto table_claim = [=](double eta) {
    return [=](Index n) {
      return plan(Ddim{eta}, schedule, linspace_timesteps(1000, n), Prediction::noise);
    };
  };
  std::vector<Exhibit> list;
  const auto straight = [&](const char* name, bool exploding) {
    list.push_back({name,
                    [=](Index n, const Network& network, const Noise& noise) {
                      return ancestral(n, network, noise, exploding);
                    },
                    of_flow, straight_claim, true});
  };
  const auto along_sigma = [&](const char* name, auto sampler, auto mistakes, const auto& claim,
                               bool drawn = false) {
    list.push_back({name,
                    [=](Index n, const Network& network, const Noise& noise) {
                      return sampler(n, network, noise, mistakes);
                    },
                    of_sigmas, claim, drawn});
  };
  const auto along_table = [&](const char* name, const Table& mistakes, bool drawn = false) {
    list.push_back({name,
                    [=](Index n, const Network& network, const Noise& noise) {
                      return ddim(n, network, noise, mistakes);
                    },
                    of_table, table_claim(mistakes.eta), drawn});
  };
  // the plan of the correct sampler, by reading it
  const auto of_order_4 = [=](Index n) {
    const auto right = [=](const Network& network, const Noise& noise) {
      return adams_bashforth(n, network, noise, {});
    };
    const auto call_of = [](std::size_t, double sigma) {
      return SamplerCall{.time = sigma, .level = TransitionKernel<double>::from_scales(1, sigma)};
    };
    return read_sampler(right, 3, {.prediction = Prediction::noise, .network = Prediction::x0},
                        call_of)
        .plan;
  };
  straight("right: ancestral step on a straight path", false);
  straight("the ancestral step of the sigma scale on a straight path", true);
  along_sigma("right: Adams-Bashforth 4", &adams_bashforth, Multistep{}, of_order_4, true);
  along_sigma("Adams-Bashforth 4, slopes of one call before", &adams_bashforth,
              Multistep{.late = true}, of_order_4, true);
  along_sigma("Adams-Bashforth 4, weights of equal steps", &adams_bashforth,
              Multistep{.equal = true}, of_order_4, true);
  along_sigma("DPM-Solver++(2M), weights that do not sum to 1", &dpm_solver_2m, false,
              sigma_claim(DpmSolverPp2M{}));
  along_sigma("a midpoint whose prediction cancels", &euler, Multistep{.midpoint = true},
              sigma_claim(Euler{}));
  along_sigma("a call at the data", &euler, Multistep{.at_data = true}, sigma_claim(Euler{}));
  along_sigma("a grid that divides by n - 1", &euler, Multistep{.narrow_grid = true},
              sigma_claim(Euler{}));
  along_table("right: DDIM, eta 0.5", {.eta = 0.5});
  along_table("the next time by stride", {.stride = true}, true);
  along_table("any eta > 0 taken as 1", {.eta = 0.5, .whole_switch = true});
  along_table("the root of the standard deviation", {.eta = 1, .root_of_std = true}, true);
  along_table("beta does not reach its end", {.short_betas = true});
  std::vector<double> betas;
  for (int k = 0; k < 1000; ++k) betas.push_back(1e-4 + k / 1000. * (0.02 - 1e-4));
  list.back().options.suspect_plans = {
      {plan(Ddim{}, NoiseSchedule<double>::from_betas(betas), linspace_timesteps(1000, 10)),
       "the table whose beta does not reach its end"}};
  along_table("the network is told t, not t - 1", {.told = 1});
  along_table("x0 is clipped", {.at_most = 1});
  along_table("noise of its own", {.eta = 1, .own_noise = true});
  return list;
}

/// Prints the first lines of a text, and the number of the others.
void print_first(const std::string& text) {
  std::size_t lines = 0;
  for (const char c : text) lines += c == '\n' ? 1 : 0;
  const std::string first = text.substr(0, text.find('\n'));
  if (lines > 0) std::printf("  %s\n", first.c_str());
  if (lines > 1) std::printf("  ... and %zu more\n", lines - 1);
}

}  // namespace

int main(int argc, char** argv) try {
  const Gaussian data(VectorXd{{1, -2, 3}}, DiagonalCovariance(VectorXd{{0.05, 1, 4}}));
  std::vector<Curve> curves;
  for (const Exhibit& exhibit : exhibits()) {
    std::printf("[%s]\n", exhibit.name);
    const Examination examination = examine(exhibit.sampler, data, exhibit.network);
    std::printf("examine: %s", examination.passed() ? "passed" : "failed");
    if (examination.order) std::printf(", order %.2f", *examination.order);
    if (examination.variance_ratio.size() > 0) {
      const VectorXd& ratio = examination.variance_ratio;
      std::printf(", variance %.2f %.2f %.2f times the data's", ratio(0), ratio(1), ratio(2));
    }
    std::puts("");
    print_first(detail::text_of(examination.findings));

    const SamplerPlan claim = exhibit.claim(10);
    const auto ten_steps = [&](const Network& network, const Noise& noise) {
      return exhibit.sampler(10, network, noise);
    };
    const AuditReport report = audit(ten_steps, data, claim, exhibit.options);
    std::printf("audit, n = 10: %s\n", report.passed() ? "passed" : "failed");
    print_first(detail::text_of(report.findings));
    if (exhibit.drawn) curves.push_back({exhibit.name, examination.n, examination.distance});
  }
  if (argc > 1) svg::write_picture(argv[1], draw(curves));
} catch (const std::exception& error) {
  std::fprintf(stderr, "sampler_gallery: %s\n", error.what());
  return 2;
}
