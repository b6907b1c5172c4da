// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "diffuse_dataset/dataset.hpp"
#include "diffuse_dataset/read_csv.hpp"

namespace diffuse_dataset {

/// The structure of a covariance, as on the command line: "dense", "ppca:16".
struct Structure {
  std::string kind = "dense";
  std::ptrdiff_t number = 0;  ///< after the colon

  [[nodiscard]] std::string name() const {
    return number == 0 ? kind : kind + ":" + std::to_string(number);
  }
};

/// The options of the command line.
struct Options {
  std::string data;  ///< empty: the built-in digits
  CsvOptions csv;
  std::optional<ValueRange> range;
  bool standardize = false;
  std::size_t image_width = 0;
  std::size_t image_height = 0;
  Structure structure;
  std::string schedule = "linear";
  std::ptrdiff_t steps = 1000;
  std::uint64_t seed = 0;
  std::string out = "alphabar-report";
  bool tables = false;
};

/// For options with the name of a file, which must not be empty.
inline std::string require_name(const std::string& text) {
  return text.empty() ? "must not be empty" : "";
}

/// Adds --seed, an integer of 64 bits: -1 and 2^64 are refused.
inline void describe_seed(CLI::App& app, std::uint64_t& seed, const std::string& description) {
  app.add_option_function<std::string>(
         "--seed",
         [&seed](const std::string& text) {
           const char* const end = text.data() + text.size();
           const auto [rest, error] = std::from_chars(text.data(), end, seed);
           if (error == std::errc() && rest == end) return;
           throw CLI::ValidationError(
               "--seed", "must be an integer in 0..18446744073709551615, got \"" + text + '"');
         },
         description)
      ->type_name("S")
      ->default_str("0");
}

/// Adds the options for reading a CSV, for every program that reads one.
inline void describe_table_options(CLI::App& app, CsvOptions& options) {
  app.add_option("--label-column", options.label.position,
                 "column of a CSV that names the class and is no value: none, first, last, or its "
                 "number")
      ->transform(
          CLI::Transformer(std::map<std::string, long>{{"none", 0}, {"first", 1}, {"last", -1}},
                           CLI::ignore_case)
              .description(""))
      ->type_name("WHICH");
  const auto add_answer = [&app](const std::string& name, Answer& answer,
                                 const std::string& description) {
    app.add_option_function<std::string>(
           name,
           [name, &answer](const std::string& text) {
             if (text != "yes" && text != "no") {
               throw CLI::ValidationError(name, "must be yes or no, got \"" + text + '"');
             }
             answer = text == "yes" ? Answer::yes : Answer::no;
           },
           description)
        ->type_name("yes|no");
  };
  add_answer("--header", options.header, "whether the first line of a CSV names the columns");
  add_answer("--index", options.index,
             "whether the first column of a CSV is an index and no value");
}

inline void describe_data_options(CLI::App& app, Options& options) {
  app.add_option("--data", options.data,
                 "CSV, NPY or IDX, gzipped or not; without it, the built-in handwritten digits")
      ->check(require_name)
      ->type_name("FILE");
  describe_table_options(app, options.csv);
  auto* standardize =
      app.add_flag("--standardize", options.standardize,
                   "give every value the mean 0 and the variance 1: for columns of mixed units");
  app.add_option_function<std::pair<double, double>>(
         "--range",
         [&options](const std::pair<double, double>& range) {
           const auto [low, high] = range;
           const double half_width = (high - low) / 2;
           if (!(half_width > 0) || !std::isfinite(half_width)) {
             throw CLI::ValidationError("--range",
                                        "LOW must be below HIGH, and half of HIGH - LOW a number");
           }
           options.range = ValueRange{low, high};
         },
         "range of the values, mapped to [-1, 1]; bytes are mapped from 0..255 without it, other "
         "numbers are left as they are")
      ->excludes(standardize)
      ->type_name("LOW HIGH");
  app.add_option_function<std::pair<int, int>>(
         "--image",
         [&options](const std::pair<int, int>& shape) {
           const auto [width, height] = shape;
           if (width < 1 || height < 1) throw CLI::ValidationError("--image", "needs two sizes");
           options.image_width = static_cast<std::size_t>(width);
           options.image_height = static_cast<std::size_t>(height);
         },
         "the values of a sample are an image, row by row")
      ->type_name("WIDTH HEIGHT");
}

/// Parses "ppca:16". The number is required for the kinds that have one, and refused for others.
inline Structure parse_structure(const std::string& text) {
  const std::size_t colon = text.find(':');
  Structure structure{text.substr(0, colon), 0};
  const bool counted = structure.kind == "ppca" || structure.kind == "mixture";
  const bool known = counted || structure.kind == "dense" || structure.kind == "diagonal" ||
                     structure.kind == "stationary" || structure.kind == "kronecker";
  const char* end = text.data() + text.size();
  if (counted && colon != std::string::npos) {
    const auto read = std::from_chars(text.data() + colon + 1, end, structure.number);
    if (read.ec != std::errc() || read.ptr != end) structure.number = 0;
  }
  if (!known || counted != (structure.number > 0) || (!counted && colon != std::string::npos)) {
    throw CLI::ValidationError("--structure", text +
                                                  " is none of dense, diagonal, stationary, "
                                                  "kronecker, ppca:R, mixture:K");
  }
  return structure;
}

inline void describe_process_options(CLI::App& app, Options& options) {
  app.add_option_function<std::string>(
         "--structure",
         [&options](const std::string& text) { options.structure = parse_structure(text); },
         "structure of the prior that the checks draw from: dense, diagonal, stationary, "
         "kronecker (of images), ppca:R, mixture:K")
      ->type_name("NAME");
  app.add_option("--schedule", options.schedule, "noise schedule")
      ->check(CLI::IsMember({"linear", "scaled_linear", "cosine", "sigmoid"}))
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--steps", options.steps, "number of steps T")
      ->check(CLI::Range(1, 10000))
      ->type_name("T")
      ->capture_default_str();
  describe_seed(app, options.seed, "seed of all noise");
  app.add_option("--out", options.out, "directory for report.html and the pictures")
      ->check(require_name)
      ->type_name("DIR")
      ->capture_default_str();
  app.add_flag("--tables", options.tables,
               "the numbers over time, the checks and the eigenvalues as CSV and NPY, too");
}

}  // namespace diffuse_dataset
