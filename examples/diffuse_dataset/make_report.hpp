// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diffuse_dataset/dataset.hpp"
#include "diffuse_dataset/experiment.hpp"
#include "diffuse_dataset/fitted_prior.hpp"
#include "diffuse_dataset/input.hpp"
#include "diffuse_dataset/options.hpp"
#include "diffuse_dataset/parallel.hpp"
#include "diffuse_dataset/plan.hpp"
#include "diffuse_dataset/report.hpp"

namespace diffuse_dataset {

/// Indices of at most `most` of `count` things, evenly spread.
inline std::vector<std::size_t> spread(std::size_t count, std::size_t most) {
  const std::size_t chosen = std::min(count, most);
  std::vector<std::size_t> indices(chosen);
  for (std::size_t k = 0; k < chosen; ++k) indices[k] = k * count / chosen;
  return indices;
}

inline std::vector<double> to_vector(const Vector& values) {
  return {values.begin(), values.end()};
}

inline void add_data(const Input& input, const Diffusion& diffusion, Report& report) {
  const Dataset& data = input.data;
  report.dataset = input.name;
  report.source = input.source;
  report.scaling = input.scaling;
  report.samples = data.count;
  report.dimension = data.dimension;
  report.image_width = data.image_width;
  report.image_height = data.image_height;
  const ValueRange range = data.range ? *data.range : observed_range(data);
  report.value_low = range.low;
  report.value_high = range.high;

  const auto& covariance = diffusion.prior().covariance();
  const Index constant = (covariance.matrix().diagonal().array() == 0).count();
  if (covariance.rank() == covariance.dimension()) return;
  std::string note = "Σ_0 is singular, of rank " + std::to_string(covariance.rank());
  if (constant > 0) {
    note += ": " + std::to_string(constant) + " of " + std::to_string(data.dimension) + " " +
            name_of_values(data) + " never change";
  }
  report.notes.push_back(note + ".");
}

inline void add_process(const alphabar::NoiseSchedule<double>& schedule, Report& report) {
  for (Index t = 0; t <= schedule.steps(); ++t) {
    report.alpha_bar.push_back(schedule.alpha_bar(t));
    report.one_minus_alpha_bar.push_back(schedule.one_minus_alpha_bar(t));
    report.beta.push_back(t == 0 ? 0 : schedule.beta(t));
    report.snr.push_back(schedule.snr(t));
  }
}

/// Distances at every t, in O(d) each. The gap to N(0, I) does not change when the axes turn, so
/// the eigenvectors are taken as axes, where the law is diagonal. The diagonal stand-in has the
/// same trace and therefore misses the law by the difference of their gaps, which is that of their
/// entropies. Gaps are exact near N(0, I), entropies where gaps are large.
inline void add_distances(const Diffusion& diffusion, Report& report) {
  using Diagonal = alphabar::DiagonalCovariance<double>;
  const auto& prior = diffusion.prior();
  const Vector zero = Vector::Zero(prior.dimension());
  const Vector variances = prior.covariance().matrix().diagonal();
  const alphabar::ForwardDiffusion along_eigenvectors(
      alphabar::Gaussian(zero, Diagonal(prior.covariance().eigenvalues())), diffusion.schedule());
  const alphabar::ForwardDiffusion stand_in(alphabar::Gaussian(zero, Diagonal(variances)),
                                            diffusion.schedule());
  for (Index t = 0; t <= diffusion.steps(); ++t) {
    const auto law = along_eigenvectors.marginal(t);
    const auto other = stand_in.marginal(t);
    const double gap = alphabar::kl_divergence(law);
    const double missed = gap > 1 ? alphabar::entropy(other) - alphabar::entropy(law)
                                  : gap - alphabar::kl_divergence(other);
    report.kl_covariance.push_back(gap);
    report.kl_mean.push_back(diffusion.mean(t).squaredNorm() / 2);
    report.total_correlation.push_back(t == 0 ? alphabar::total_correlation(prior)
                                              : std::max(0.0, missed));
  }
}

/// Of each class, up to ten of them, the sample nearest to the mean of the class.
inline std::vector<std::size_t> typical_samples(const Dataset& data, const Samples& x0) {
  std::map<std::string, std::vector<std::size_t>> classes;
  for (std::size_t j = 0; j < data.count; ++j) {
    const auto found = classes.find(data.labels[j]);
    if (found != classes.end()) {
      found->second.push_back(j);
    } else if (classes.size() < 10) {
      classes[data.labels[j]] = {j};
    }
  }
  std::vector<std::size_t> chosen;
  for (const auto& [label, members] : classes) {
    Vector mean = Vector::Zero(x0.rows());
    for (const std::size_t j : members) mean += x0.col(static_cast<Index>(j));
    mean /= static_cast<double>(members.size());
    chosen.push_back(*std::ranges::min_element(members, {}, [&](std::size_t j) {
      return (x0.col(static_cast<Index>(j)) - mean).squaredNorm();
    }));
  }
  return chosen;
}

/// Ten samples to look at, of ten classes if there are any, with the ε that they dissolve in.
inline void add_specimens(const Dataset& data, const Samples& x0, const Noise& noise,
                          Report& report) {
  std::vector<std::size_t> chosen = spread(data.count, 10);
  if (!data.labels.empty()) {
    std::vector<std::size_t> one_per_class = typical_samples(data, x0);
    if (one_per_class.size() > 1) chosen = std::move(one_per_class);
  }
  for (const std::size_t j : chosen) {
    Vector epsilon(x0.rows());
    noise.fill(epsilon, j * data.dimension);
    report.specimens.push_back({data.labels.empty() ? "" : data.labels[j],
                                to_vector(x0.col(static_cast<Index>(j))), to_vector(epsilon)});
  }
}

/// The spectrum of the data, largest eigenvalue first, and up to 2000 samples along the first two.
inline void add_principal_components(const Dataset& data, const Samples& x0,
                                     const Diffusion& diffusion, const Noise& noise,
                                     Report& report) {
  const auto& prior = diffusion.prior();
  const Vector eigenvalues = prior.covariance().eigenvalues().reverse();
  const Matrix eigenvectors = prior.covariance().eigenvectors().rowwise().reverse();
  report.eigenvalues = to_vector(eigenvalues);
  for (Index k = 0; k < std::min<Index>(8, x0.rows()); ++k) {
    report.eigenvectors.push_back(to_vector(eigenvectors.col(k)));
  }
  const Matrix first_two = eigenvectors.leftCols(2).transpose();
  const Vector mean = first_two * prior.mean();
  report.first_component_mean = mean[0];
  report.second_component_mean = mean[1];
  for (const std::size_t j : spread(data.count, 2000)) {
    Vector epsilon(x0.rows());
    noise.fill(epsilon, j * data.dimension);
    const Vector x = first_two * x0.col(static_cast<Index>(j));
    const Vector e = first_two * epsilon;
    report.first_component.push_back(x[0]);
    report.second_component.push_back(x[1]);
    report.first_component_noise.push_back(e[0]);
    report.second_component_noise.push_back(e[1]);
    if (!data.labels.empty()) report.component_labels.push_back(data.labels[j]);
  }
}

/// The coordinates of the heat map: all of them, or a coarser grid of about 64.
inline std::vector<std::size_t> heat_coordinates(const Dataset& data) {
  constexpr std::size_t most = 64;
  if (data.dimension <= most || data.image_width == 0) return spread(data.dimension, most);
  std::size_t stride = 1;
  const auto cells = [&](std::size_t extent) { return (extent + stride - 1) / stride; };
  while (cells(data.image_width) * cells(data.image_height) > most) ++stride;
  std::vector<std::size_t> chosen;
  for (std::size_t row = stride / 2; row < data.image_height; row += stride) {
    for (std::size_t column = stride / 2; column < data.image_width; column += stride) {
      chosen.push_back(row * data.image_width + column);
    }
  }
  return chosen;
}

inline void add_heat_map(const Dataset& data, const Matrix& covariance, Report& report) {
  report.heat_coordinates = heat_coordinates(data);
  const std::size_t shown = report.heat_coordinates.size();
  report.heat_description = shown == data.dimension
                                ? "all " + std::to_string(shown) + " " + name_of_values(data)
                                : std::to_string(shown) + " of the " +
                                      std::to_string(data.dimension) + " " + name_of_values(data);
  if (data.image_width != 0) report.heat_description += ", row by row";
  for (const std::size_t i : report.heat_coordinates) {
    for (const std::size_t j : report.heat_coordinates) {
      report.heat_covariance.push_back(covariance(static_cast<Index>(i), static_cast<Index>(j)));
    }
  }
}

/// What each structure loses, at some fifty times, and ten draws from each prior.
inline void add_stand_ins(const std::vector<FittedPrior>& priors,
                          const alphabar::NoiseSchedule<double>& schedule, const Noise& noise,
                          Report& report) {
  const std::vector<Index> times = even_times(schedule, 48);
  report.cost_times.assign(times.begin(), times.end());
  for (const FittedPrior& prior : priors) {
    StandIn stand_in{prior.name, prior.description, std::vector<double>(times.size()), {}};
    parallel_for(times.size(), [&](std::size_t k) { stand_in.cost[k] = prior.cost(times[k]); });
    const Matrix draws = prior.draw(noise, 10);
    for (Index j = 0; j < draws.cols(); ++j) stand_in.draws.push_back(to_vector(draws.col(j)));
    report.stand_ins.push_back(std::move(stand_in));
  }
}

/// A word of a command line as a shell takes it: in quotes where it needs them, and control
/// characters by their codes.
inline std::string shell_word(const std::string& word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=,@%+-";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  const bool has_controls = printable(word) != word;
  std::string quotes = has_controls ? "$'" : "'";
  for (const char c : word) {
    const auto code = static_cast<unsigned>(static_cast<unsigned char>(c));
    if (has_controls && (code < 0x20 || code == 0x7f)) {
      quotes += "\\" + std::string{static_cast<char>('0' + code / 64),
                                   static_cast<char>('0' + code / 8 % 8),
                                   static_cast<char>('0' + code % 8)};
    } else if (c == '\'') {
      quotes += has_controls ? "\\'" : "'\\''";
    } else {
      quotes += has_controls && c == '\\' ? "\\\\" : std::string(1, c);
    }
  }
  return quotes + "'";
}

/// The command line that makes this report again, as far as it differs from the default.
inline std::string command_line(const Options& options) {
  const Options standard;
  std::string command = "diffuse_dataset";
  const auto add = [&](const std::string& option, const auto&... values) {
    command += " " + option;
    ((command += " " + shell_word(values)), ...);
  };
  if (!options.data.empty()) add("--data", options.data);
  if (options.csv.label.position != 0) {
    add("--label-column", std::to_string(options.csv.label.position));
  }
  const auto add_answer = [&](const std::string& option, Answer answer) {
    if (answer != Answer::not_given) add(option, std::string(answer == Answer::yes ? "yes" : "no"));
  };
  add_answer("--header", options.csv.header);
  add_answer("--index", options.csv.index);
  if (options.range)
    add("--range", short_text(options.range->low), short_text(options.range->high));
  if (options.standardize) add("--standardize");
  if (options.image_width != 0) {
    add("--image", std::to_string(options.image_width), std::to_string(options.image_height));
  }
  if (options.structure.name() != standard.structure.name()) {
    add("--structure", options.structure.name());
  }
  if (options.schedule != standard.schedule) add("--schedule", options.schedule);
  if (options.steps != standard.steps) add("--steps", std::to_string(options.steps));
  if (options.seed != standard.seed) add("--seed", std::to_string(options.seed));
  return command;
}

/// Everything but the checks.
inline Report make_report(const Input& input, const Diffusion& diffusion, const Plan& plan,
                          const std::vector<FittedPrior>& priors, const Options& options) {
  const Samples x0 = samples_of(input.data);
  const Noise noise = Noise(options.seed).substream(0);  // Experiment uses the substreams 1, 2, 3
  Report report;
  report.schedule = options.schedule;
  report.seed = options.seed;
  report.command = command_line(options);
  report.version = std::to_string(ALPHABAR_VERSION_MAJOR) + "." +
                   std::to_string(ALPHABAR_VERSION_MINOR) + "." +
                   std::to_string(ALPHABAR_VERSION_PATCH);
  report.jumped = input.data.count;
  report.walked = static_cast<std::size_t>(plan.walked);
  report.alarm_level = alarm_level(plan.times.size());
  add_data(input, diffusion, report);
  add_process(diffusion.schedule(), report);
  add_distances(diffusion, report);
  add_specimens(input.data, x0, noise, report);
  add_principal_components(input.data, x0, diffusion, noise, report);
  add_stand_ins(priors, diffusion.schedule(), Noise(options.seed).substream(4), report);
  add_heat_map(input.data, diffusion.prior().covariance().matrix(), report);
  return report;
}

inline void add_checks(const std::vector<Finding>& findings, Report& report) {
  for (const Finding& finding : findings) {
    const auto t = static_cast<std::size_t>(finding.t);
    report.checks.push_back({.t = t,
                             .alpha_bar = report.alpha_bar[t],
                             .snr = report.snr[t],
                             .jump_error = finding.jump.error,
                             .walk_error = finding.walk.error,
                             .jump_p_value = finding.jump.p_value,
                             .walk_p_value = finding.walk.p_value,
                             .wishart_p_value = finding.drawn_p_value,
                             .kl_to_normal = report.kl_mean[t] + report.kl_covariance[t],
                             .total_correlation = report.total_correlation[t]});
  }
}

}  // namespace diffuse_dataset
