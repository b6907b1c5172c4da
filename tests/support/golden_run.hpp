// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "alphabar/core.hpp"

/// Runs of other programs and of a plan, as numbers to compare.
/// tests/data/README.md describes the files.
namespace test {

inline nlohmann::json golden_file(const std::string& name) {
  std::ifstream stream(TEST_DATA_DIR "/samplers/" + name);
  return nlohmann::json::parse(stream);
}

/// One input of the network, or the end, as a combination of the start, the predictions and the
/// draws.
struct LinearRow {
  double x = 0;
  std::vector<double> answers;
  std::vector<double> draws;
};

/// The inputs of all calls and the end of a run.
struct LinearRun {
  std::vector<LinearRow> rows;
};

/// A file lists every normal that a program takes, even one that it never uses; here those are left
/// out. Trailing zeros are left out, too.
inline LinearRun golden_run(const nlohmann::json& linear) {
  LinearRun run;
  const auto add = [&](const nlohmann::json& row) {
    run.rows.push_back({row.at("x"), row.at("answers"), row.at("draws")});
  };
  for (const auto& row : linear.at("inputs")) add(row);
  add(linear.at("final"));
  return run;
}

/// Where the predictions and draws of a plan are different unit vectors.
inline LinearRun linear_run(const alphabar::SamplerPlan& plan) {
  using namespace alphabar;
  struct UnitVectors {
    std::size_t first = 0;
    std::size_t k = 0;
    [[nodiscard]] UnitVectors substream(std::uint64_t at) const {
      return {first, static_cast<std::size_t>(at)};
    }
    double operator()(std::uint64_t i) const { return i == first + k - 1 ? 1 : 0; }
    void fill(std::span<double> buffer, std::uint64_t) const {
      for (std::size_t i = 0; i < buffer.size(); ++i) buffer[i] = (*this)(i);
    }
  };
  const std::size_t calls = plan.calls.size();
  const auto draws = static_cast<std::size_t>(plan.draws());
  std::vector<double> x(1 + calls + draws);
  x[0] = plan.start_scale;
  LinearRun run;
  const auto add = [&](std::span<const double> row) {
    LinearRow added{row[0], {}, {}};
    added.answers.assign(row.begin() + 1, row.begin() + 1 + static_cast<std::ptrdiff_t>(calls));
    added.draws.assign(row.begin() + 1 + static_cast<std::ptrdiff_t>(calls), row.end());
    run.rows.push_back(added);
  };
  run_sampler(
      plan,
      [&](std::span<const double> input, const SamplerCall&, std::span<double> answer) {
        add(input);
        std::fill(answer.begin(), answer.end(), 0);
        answer[run.rows.size()] = 1;
      },
      x, UnitVectors{1 + calls});
  add(x);
  return run;
}

/// The draws that some row uses, in their order.
inline std::vector<std::vector<double>> used_draws(const LinearRun& run) {
  std::size_t count = 0;
  for (const LinearRow& row : run.rows) count = std::max(count, row.draws.size());
  std::vector<std::vector<double>> used;
  for (std::size_t m = 0; m < count; ++m) {
    std::vector<double> column;
    for (const LinearRow& row : run.rows) {
      column.push_back(m < row.draws.size() ? row.draws[m] : 0);
    }
    const bool zero = std::all_of(column.begin(), column.end(), [](double w) { return w == 0; });
    if (!zero) used.push_back(column);
  }
  return used;
}

/// The largest difference of two runs, each relative to the largest weight in its row; infinite
/// where they differ in the number of calls or of draws that are used.
inline double deviation(const LinearRun& a, const LinearRun& b) {
  const auto draws_a = used_draws(a);
  const auto draws_b = used_draws(b);
  if (a.rows.size() != b.rows.size() || draws_a.size() != draws_b.size()) {
    return std::numeric_limits<double>::infinity();
  }
  double largest = 0;
  for (std::size_t r = 0; r < a.rows.size(); ++r) {
    double scale = std::abs(b.rows[r].x);
    double difference = std::abs(a.rows[r].x - b.rows[r].x);
    const auto compare = [&](double wanted, double found) {
      scale = std::max(scale, std::abs(wanted));
      difference = std::max(difference, std::abs(wanted - found));
    };
    const auto at = [](const std::vector<double>& list, std::size_t k) {
      return k < list.size() ? list[k] : 0;
    };
    for (std::size_t k = 0; k + 1 < a.rows.size(); ++k) {
      compare(at(b.rows[r].answers, k), at(a.rows[r].answers, k));
    }
    for (std::size_t m = 0; m < draws_a.size(); ++m) compare(draws_b[m][r], draws_a[m][r]);
    largest = std::max(largest, difference / scale);
  }
  return largest;
}

/// Deviations from the loops of k-diffusion and ComfyUI, n = 5 and levels that end at 0.
class GoldenLoops {
 public:
  /// Along σ, D the predicted data.
  template <class S>
  static double along_sigma(const std::string& name, const S& sampler) {
    const std::string variant = name + "/eps";
    return of(variant, plan_of_sigmas(sampler, levels(variant), alphabar::Prediction::x0));
  }

  /// Along a straight path, D the predicted data.
  template <class S>
  static double along_straight_path(const std::string& name, const S& sampler) {
    const std::string variant = name + "/flow";
    return of(variant,
              plan(sampler, alphabar::RectifiedFlow(), levels(variant), alphabar::Prediction::x0));
  }

  /// Of any plan for the n = 5 levels of a variant.
  static double of(const std::string& variant, const alphabar::SamplerPlan& plan) {
    const nlohmann::json& linear = file().at("variants").at(variant).at("linear");
    return deviation(linear_run(plan), golden_run(linear));
  }

  /// Of levels without the 0 at their end.
  template <class S>
  static double not_to_zero(const std::string& variant, const S& sampler) {
    using namespace alphabar;
    std::vector<double> sigmas = levels(variant);
    sigmas.pop_back();
    const bool straight = variant.ends_with("/flow");
    const SamplerPath path =
        straight ? SamplerPath(RectifiedFlow(), sigmas) : SamplerPath::of_sigmas(sigmas);
    const nlohmann::json& run = file().at("variants").at(variant).at("linear_not_to_zero");
    return deviation(linear_run(sampler.plan(path)), golden_run(run));
  }

  /// Of the rest of a run from call `first` on, where a program does something else before it; that
  /// call is at levels[at].
  template <class S>
  static double rest(const std::string& variant, std::size_t first, std::size_t at,
                     const S& sampler) {
    using namespace alphabar;
    std::vector<double> sigmas = levels(variant);
    sigmas.erase(sigmas.begin(), sigmas.begin() + static_cast<std::ptrdiff_t>(at));
    LinearRun golden = golden_run(file().at("variants").at(variant).at("linear"));
    golden.rows.erase(golden.rows.begin(),
                      golden.rows.begin() + static_cast<std::ptrdiff_t>(first));
    // The point of that call takes the place of the start: a row has as much of it as of the start.
    const LinearRow begin = golden.rows[0];
    for (LinearRow& row : golden.rows) {
      const double share = row.x / begin.x;
      const auto without = [&](std::vector<double>& list, const std::vector<double>& of_begin,
                               std::size_t count) {
        for (std::size_t k = 0; k < of_begin.size() && k < list.size(); ++k) {
          list[k] -= share * of_begin[k];
        }
        list.erase(list.begin(),
                   list.begin() + static_cast<std::ptrdiff_t>(std::min(count, list.size())));
      };
      row.x = share;
      without(row.answers, begin.answers, first);
      without(row.draws, begin.draws, begin.draws.size());
    }
    SamplerPlan plan = sampler.plan(SamplerPath(RectifiedFlow(), sigmas));
    return deviation(linear_run(plan), golden);
  }

  static std::vector<double> levels(const std::string& variant) {
    const nlohmann::json& run = file().at("variants").at(variant).at("runs").at("5");
    std::vector<double> sigmas =
        file().at("grids").at(run.at("grid").get<std::string>()).at("sigmas");
    // Some samplers replace u = 1, where log SNR is infinite, by a level below it.
    const double asked = file().at("variants").at(variant).at("linear").at("levels_asked").at(0);
    sigmas[0] = std::min(sigmas[0], asked);
    return sigmas;
  }

 private:
  static const nlohmann::json& file() {
    static const nlohmann::json loops = golden_file("kdiffusion_loops.json");
    return loops;
  }
};

}  // namespace test
