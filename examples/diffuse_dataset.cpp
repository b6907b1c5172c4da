// SPDX-License-Identifier: MIT
//
// The forward process on real data, compared with theory.
//
//   diffuse_dataset                                     the built-in handwritten digits
//   diffuse_dataset --data train-images-idx3-ubyte.gz   any CSV, NPY or IDX
//   diffuse_dataset --structure ppca:16                 draws the checks from another prior
//
// Exit code: 0 when all checks pass, 1 when one fails, 2 when the input cannot be used.

#include <CLI/CLI.hpp>
#include <alphabar/alphabar.hpp>
#include <exception>
#include <iostream>
#include <new>
#include <sstream>
#include <string>
#include <vector>

#include "diffuse_dataset/bad_file.hpp"
#include "diffuse_dataset/console.hpp"
#include "diffuse_dataset/experiment.hpp"
#include "diffuse_dataset/input.hpp"
#include "diffuse_dataset/make_report.hpp"
#include "diffuse_dataset/options.hpp"
#include "diffuse_dataset/output_files.hpp"
#include "diffuse_dataset/plan.hpp"
#include "diffuse_dataset/report.hpp"
#include "diffuse_dataset/structures.hpp"
#include "diffuse_dataset/tables.hpp"

namespace {

using namespace diffuse_dataset;

alphabar::NoiseSchedule<double> make_schedule(const Options& options) {
  if (options.schedule == "scaled_linear") return alphabar::scaled_linear_schedule(options.steps);
  if (options.schedule == "cosine") return alphabar::cosine_schedule(options.steps);
  if (options.schedule == "sigmoid") return alphabar::sigmoid_schedule(options.steps);
  return alphabar::linear_schedule(options.steps);
}

void write_files(const Report& report, OutputFiles& output) {
  std::ostringstream html;
  write_report(report, html);
  output.write("report.html", html.str());
  for (const Picture& picture : pictures(report)) output.write(picture.file_name, picture.svg);
  output.publish();
}

int run(const Options& options) {
  const Input input = load_input(options);
  OutputFiles output(options.out);

  const Samples x0 = samples_of(input.data);
  const alphabar::Gaussian prior = moments_of(x0).gaussian();
  const alphabar::ForwardDiffusion diffusion(prior, make_schedule(options));

  const Plan plan = make_plan(diffusion.schedule(), x0.cols(), x0.rows());
  const std::vector<FittedPrior> priors = fit_structures(options, input, diffusion);
  Report report = make_report(input, diffusion, plan, priors, options);
  print_introduction(report, plan, std::cout);

  const std::vector<Finding> findings =
      Experiment(x0, diffusion, plan, priors.front().whitened, options.seed).run();
  add_checks(findings, report);
  print_table(report.checks, std::cout);
  print_structures(report, std::cout);
  const bool passed = print_verdict(findings, std::cout);

  write_files(report, output);
  if (options.tables) write_tables(report, options.out);
  std::cout << "The report is in " << options.out
            << "/report.html, its pictures in the same folder.\n";
  return passed ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("The forward diffusion process on real data, compared with theory.");
  describe_data_options(app, options);
  describe_process_options(app, options);
  try {
    app.parse(argc, argv);
    return run(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::bad_alloc&) {
    std::cerr << "diffuse_dataset: " << printable(options.data)
              << ": there is not enough memory for it\n";
  } catch (const std::exception& error) {
    std::cerr << "diffuse_dataset: " << printable(error.what()) << '\n';
  }
  return 2;
}
