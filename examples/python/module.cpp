// SPDX-License-Identifier: MIT
//
// A small Python module: schedules, plans of samplers, their exact laws, the tests of samplers, and
// the noise, all on NumPy arrays: docs/how-to/python.md.

#include <pybind11/stl.h>

#include <algorithm>
#include <alphabar/core.hpp>
#include <alphabar/diffusers/scheduler_config.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "python/arrays.hpp"
#include "python/names.hpp"
#include "python/oracle.hpp"

namespace alphabar_python {
namespace {

using namespace alphabar;

py::dict tables(const std::string& name) {
  const NoiseSchedule<double> schedule = schedule_of(name);
  std::vector<double> beta{0};
  std::vector<double> alpha_bar, one_minus_alpha_bar, sigma, log_snr;
  for (Index t = 0; t <= schedule.steps(); ++t) {
    if (t > 0) beta.push_back(schedule.beta(t));
    alpha_bar.push_back(schedule.alpha_bar(t));
    one_minus_alpha_bar.push_back(schedule.one_minus_alpha_bar(t));
    sigma.push_back(schedule.sigma(t));
    log_snr.push_back(schedule.log_snr(t));
  }
  py::dict result;
  result["beta"] = array_of(beta);
  result["alpha_bar"] = array_of(alpha_bar);
  result["one_minus_alpha_bar"] = array_of(one_minus_alpha_bar);
  result["sigma"] = array_of(sigma);
  result["log_snr"] = array_of(log_snr);
  return result;
}

SamplerPlan plan_of_config(const std::string& config, Index n, std::optional<double> eta,
                           std::optional<double> mu, double strength,
                           const std::vector<double>& sigmas, bool reproduce_defects) {
  diffusers::Run run{.steps = sigmas.empty() ? n : 0, .sigmas = sigmas};
  run.eta = eta;
  run.mu = mu;
  run.strength = strength;
  run.reproduce_defects = reproduce_defects;
  return diffusers::parse_scheduler_config(config).plan(run);
}

/// A row per call, padded with zeros.
Doubles rows_of(const SamplerPlan& plan, std::vector<double> LinearStep::*list, std::size_t width) {
  Doubles array({plan.calls.size(), width});
  auto out = array.mutable_unchecked<2>();
  for (std::size_t k = 0; k < plan.calls.size(); ++k) {
    const std::vector<double>& weights = plan.calls[k].step.*list;
    for (std::size_t j = 0; j < width; ++j) {
      out(static_cast<py::ssize_t>(k), static_cast<py::ssize_t>(j)) =
          j < weights.size() ? weights[j] : 0;
    }
  }
  return array;
}

template <class Value>
auto by_call(Value value) {
  return [=](const SamplerPlan& plan) {
    std::vector<double> values;
    for (std::size_t k = 0; k < plan.calls.size(); ++k) values.push_back(value(plan, k));
    return array_of(values);
  };
}

template <class Scalar>
py::array noise_of(std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                   const std::vector<py::ssize_t>& shape) {
  py::array_t<Scalar> out(shape);
  const std::span<Scalar> buffer(out.mutable_data(), static_cast<std::size_t>(out.size()));
  const py::gil_scoped_release released;
  NoiseStream<Scalar>(seed, stream).fill(buffer, first);
  return out;
}

/// "float32" or "float64" in any spelling of NumPy.
bool is_float32(const py::object& dtype) {
  const py::dtype type = py::dtype::from_args(dtype);
  if (type.is(py::dtype::of<float>())) return true;
  if (type.is(py::dtype::of<double>())) return false;
  throw std::invalid_argument("dtype must be float32 or float64, got " +
                              py::cast<std::string>(py::str(static_cast<py::handle>(type))));
}

template <class Scalar>
py::array noised(const std::string& along, const py::array& x0, const py::object& times,
                 const NoiseStream<Scalar>& noise, std::uint64_t first) {
  using Array = py::array_t<Scalar, py::array::c_style | py::array::forcecast>;
  const Array in = Array::ensure(x0);
  if (!in || in.ndim() < 1) throw std::invalid_argument("x0 must be an array of samples");
  const std::vector<double> of_sample = list_of(times, "t");
  if (static_cast<py::ssize_t>(of_sample.size()) != in.shape(0)) {
    throw std::invalid_argument("t must have a time for each of the " +
                                std::to_string(in.shape(0)) + " samples, got " +
                                std::to_string(of_sample.size()));
  }
  py::array_t<Scalar> out(std::vector<py::ssize_t>(in.shape(), in.shape() + in.ndim()));
  const std::span<const Scalar> data(in.data(), static_cast<std::size_t>(in.size()));
  const std::span<Scalar> result(out.mutable_data(), static_cast<std::size_t>(out.size()));
  std::vector<TransitionKernel<Scalar>> kernels;
  const bool flow = along == "flow";
  const auto schedule = flow ? linear_schedule() : schedule_of(along);
  for (const double t : of_sample) {
    if (!flow && t != std::floor(t)) {
      throw std::invalid_argument("t must be whole along a schedule, got " + std::to_string(t));
    }
    const TransitionKernel<double> kernel =
        flow ? RectifiedFlow().transition(0, t) : schedule.transition(0, static_cast<Index>(t));
    kernels.emplace_back(kernel);
  }
  const py::gil_scoped_release released;
  const std::size_t dimension = data.size() / (std::max<std::size_t>)(kernels.size(), 1);
  for (std::size_t j = 0; j < kernels.size(); ++j) {
    add_noise(kernels[j], data.subspan(j * dimension, dimension), noise,
              result.subspan(j * dimension, dimension), first + j * dimension);
  }
  return out;
}

py::array add_noise_python(const std::string& along, const py::object& x0, const py::object& times,
                           std::uint64_t seed, std::uint64_t stream, std::uint64_t first) {
  const py::array array = py::array::ensure(x0);
  if (!array) {
    PyErr_Clear();
    throw std::invalid_argument("x0 must be an array of numbers");
  }
  if (array.dtype().is(py::dtype::of<float>())) {
    return noised(along, array, times, NoiseStream<float>(seed, stream), first);
  }
  return noised(along, array, times, NoiseStream<double>(seed, stream), first);
}

void bind_plan(py::module_& module) {
  using namespace py::literals;
  const auto conversion = [](const SamplerPlan& plan, std::size_t k) { return plan.conversion(k); };
  py::class_<SamplerPlan>(module, "Plan", "The calls of a sampler, and the linear step after each.")
      .def("__len__", [](const SamplerPlan& plan) { return plan.calls.size(); })
      .def_readonly("start_scale", &SamplerPlan::start_scale)
      .def_property_readonly(
          "time", by_call([](const auto& plan, std::size_t k) { return plan.calls[k].time; }))
      .def_property_readonly("model_time", by_call([](const auto& plan, std::size_t k) {
                               return plan.calls[k].model_time;
                             }))
      .def_property_readonly("input_scale", by_call([](const auto& plan, std::size_t k) {
                               return plan.calls[k].input_scale;
                             }))
      .def_property_readonly("signal_scale", by_call([](const auto& plan, std::size_t k) {
                               return plan.calls[k].level.signal_scale();
                             }))
      .def_property_readonly("noise_scale", by_call([](const auto& plan, std::size_t k) {
                               return plan.calls[k].level.noise_scale();
                             }))
      .def_property_readonly("from_x", by_call([=](const auto& plan, std::size_t k) {
                               return conversion(plan, k).xt_scale();
                             }))
      .def_property_readonly("from_network", by_call([=](const auto& plan, std::size_t k) {
                               return conversion(plan, k).prediction_scale();
                             }))
      .def_property_readonly(
          "x", by_call([](const auto& plan, std::size_t k) { return plan.calls[k].step.x; }))
      .def_property_readonly("predictions",
                             [](const SamplerPlan& plan) {
                               return rows_of(plan, &LinearStep::predictions,
                                              plan.kept_predictions());
                             })
      .def_property_readonly("draws",
                             [](const SamplerPlan& plan) {
                               return rows_of(plan, &LinearStep::draws, plan.kept_draws());
                             })
      .def_property_readonly("new_draws", [](const SamplerPlan& plan) {
        std::vector<Index> counts;
        for (const SamplerCall& call : plan.calls) counts.push_back(call.step.new_draws);
        return counts;
      });
  module.def(
      "plan", &plan_of_config,
      "The plan of the diffusers scheduler with this text of a scheduler_config.json, in n steps.",
      "config"_a, "n"_a, py::kw_only(), "eta"_a = std::nullopt, "mu"_a = std::nullopt,
      "strength"_a = 1.0, "sigmas"_a = std::vector<double>{}, "reproduce_defects"_a = false);
  module.def(
      "plan",
      [](const std::string& sampler, const std::string& along, const py::object& times,
         const std::string& prediction, std::optional<double> eta) {
        return plan_of(sampler, along, list_of(times, "times"), prediction, eta);
      },
      "The plan of a sampler along \"sigma\", \"flow\" or a schedule, at these levels or times.",
      "sampler"_a, "along"_a, "times"_a, py::kw_only(), "prediction"_a = "noise",
      "eta"_a = std::nullopt);
}

}  // namespace
}  // namespace alphabar_python

PYBIND11_MODULE(alphabar, module) {
  using namespace alphabar_python;
  using namespace py::literals;
  module.doc() = "The forward diffusion process and the exact laws of samplers, on NumPy arrays.";
  py::register_exception_translator([](std::exception_ptr error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const std::out_of_range& refused) {
      PyErr_SetString(PyExc_ValueError, refused.what());
    }
  });
  module.def("tables", &tables,
             "Of a schedule by name, or of the text of a scheduler_config.json: arrays over t = "
             "0..T; beta[0] is 0.",
             "schedule"_a);
  bind_plan(module);
  bind_oracle(module);
  module.def(
      "noise",
      [](std::uint64_t seed, const std::vector<py::ssize_t>& shape, std::uint64_t stream,
         std::uint64_t first, const py::object& dtype) {
        for (const py::ssize_t extent : shape) {
          if (extent < 0) {
            throw std::invalid_argument("shape must be >= 0, got " + std::to_string(extent));
          }
        }
        return is_float32(dtype) ? noise_of<float>(seed, stream, first, shape)
                                 : noise_of<double>(seed, stream, first, shape);
      },
      "Standard normals first, first + 1, ... of a stream: the bits of NoiseStream.", "seed"_a,
      "shape"_a, py::kw_only(), "stream"_a = 0, "first"_a = 0, "dtype"_a = "float64");
  module.def(
      "add_noise", &add_noise_python,
      "Samples x0 (the first axis) at the times t (0..T of a schedule, or u along \"flow\"), "
      "with the noise of a stream.",
      "along"_a, "x0"_a, "t"_a, py::kw_only(), "seed"_a, "stream"_a = 0, "first"_a = 0);
}
