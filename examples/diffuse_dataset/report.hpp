// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace diffuse_dataset {

/// One real sample and the noise it dissolves in: x_t = √ᾱ_t x_0 + √(1-ᾱ_t) ε at every t.
struct Specimen {
  std::string label;          ///< class name, may be empty
  std::vector<double> x0;     ///< d values
  std::vector<double> noise;  ///< d values of ε
};

/// One row of the table of checks: theory held against samples at time t.
struct Check {
  std::size_t t = 0;
  double alpha_bar = 0;
  double snr = 0;
  double jump_error = 0;         ///< ‖S - Σ_t‖_F / ‖Σ_t‖_F of the jumped real samples
  double walk_error = 0;         ///< the same for the walked ones
  double jump_p_value = 0;       ///< the residuals of the jumps are N(0, I)
  double walk_p_value = 0;       ///< the residuals of the walks are N(0, I)
  double wishart_p_value = 0;    ///< samples of the fitted Gaussian follow the Wishart law of Σ_t
  double kl_to_normal = 0;       ///< KL(q(x_t) ‖ N(0, I)), nats
  double total_correlation = 0;  ///< KL(q(x_t) ‖ its diagonal stand-in), nats
};

/// A prior of some structure that was fitted to the data: what it loses, what it takes for data.
struct StandIn {
  std::string name;                        ///< "ppca:16"
  std::string description;                 ///< "16 directions, and one variance for all others"
  std::vector<double> cost;                ///< nats per sample at the times of `cost_times`
  std::vector<std::vector<double>> draws;  ///< d values each
};

/// Everything the report shows. Columns over time have T + 1 entries, indexed by t = 0..T.
/// NaN means "not defined, show nothing"; infinities are shown as such.
struct Report {
  // The data.
  std::string dataset;          ///< "Handwritten digits"
  std::string source;           ///< where the data come from and their licence, one line
  std::string scaling;          ///< "pixels 0..16 mapped to [-1, 1]"
  std::size_t samples = 0;      ///< n
  std::size_t dimension = 0;    ///< d
  std::size_t image_width = 0;  ///< 0 when the data are not images
  std::size_t image_height = 0;
  double value_low = -1;  ///< the range of x_0, for the gray scale
  double value_high = 1;
  std::vector<std::string> notes;  ///< "3 pixels are constant: Σ_0 is singular, of rank 61."

  // The process.
  std::string schedule;  ///< "linear"
  std::uint64_t seed = 0;
  std::string command;  ///< the command line that makes this report again, may be empty
  std::string version;  ///< of alphabar
  std::vector<double> alpha_bar;
  std::vector<double> one_minus_alpha_bar;
  std::vector<double> beta;  ///< beta[0] = 0
  std::vector<double> snr;   ///< snr[0] = infinity

  // Samples and their covariance.
  std::vector<Specimen> specimens;                ///< 8 to 10, spread over the data
  std::vector<double> eigenvalues;                ///< of Σ_0, all d, descending
  std::vector<std::vector<double>> eigenvectors;  ///< the first 8 or so, d entries each
  std::vector<std::size_t> heat_coordinates;  ///< which m of the d coordinates the heat map shows
  std::vector<double> heat_covariance;        ///< their block of Σ_0, m × m
  std::string heat_description;               ///< "all 64 pixels, row by row"

  // The scatter: two principal coordinates u_kᵀx of up to 2000 real samples. Empty when d = 1.
  std::vector<double> first_component, second_component;              ///< of x_0, mean included
  std::vector<double> first_component_noise, second_component_noise;  ///< of ε
  std::vector<std::string> component_labels;                          ///< classes, may be empty
  double first_component_mean = 0, second_component_mean = 0;         ///< u_kᵀμ_0

  // Distances over time, nats.
  std::vector<double> total_correlation;  ///< cost of the diagonal stand-in
  std::vector<double> kl_mean;            ///< mean part of KL(q(x_t) ‖ N(0, I)): ½ ‖μ_t‖²
  std::vector<double> kl_covariance;      ///< covariance part: ½ Σ (λ_t - 1 - log λ_t)

  // Structures; the checks draw from the first.
  std::vector<StandIn> stand_ins;
  std::vector<std::size_t> cost_times;  ///< ascending, from 1 to T

  // The checks.
  std::size_t jumped = 0;     ///< samples noised by the jump
  std::size_t walked = 0;     ///< samples walked step by step
  double alarm_level = 1e-3;  ///< a p-value below this counts as a failed check
  std::vector<Check> checks;  ///< about a dozen, ascending in t
};

/// The report as one HTML file: data, style and script inside, no network.
void write_report(const Report& report, std::ostream& out);

// The main pictures as SVG documents.
std::string dissolve_svg(const Report& report);        ///< the specimens at eight times
std::string covariance_svg(const Report& report);      ///< Σ_t as heat maps, from Σ_0 to I
std::string scatter_svg(const Report& report);         ///< two principal components, with ellipses
std::string spectrum_svg(const Report& report);        ///< every λ_t over t
std::string step_fractions_svg(const Report& report);  ///< the fraction each step replaces
std::string diagonal_svg(const Report& report);        ///< cost of the diagonal stand-in over t
std::string gap_svg(const Report& report);             ///< gap to N(0, I): mean and covariance part
std::string structures_svg(const Report& report);      ///< what each structure loses over t
std::string priors_svg(const Report& report);          ///< draws of each prior below real samples

/// All of them with their file names: dissolve.svg, covariance.svg, scatter.svg, spectrum.svg, ...
struct Picture {
  std::string file_name;
  std::string svg;
};
std::vector<Picture> pictures(const Report& report);

}  // namespace diffuse_dataset
