// SPDX-License-Identifier: MIT
#include "python/oracle.hpp"

#include <pybind11/stl.h>

#include <alphabar/alphabar.hpp>
#include <alphabar/oracle/audit.hpp>
#include <alphabar/oracle/examine.hpp>
#include <alphabar/oracle/optimal_grid.hpp>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "python/arrays.hpp"
#include "python/names.hpp"

namespace alphabar_python {
namespace {

using namespace alphabar;
using Law = AuditReport::Law;

Law law_of(const py::object& mean, const py::object& variances) {
  return {vector_of(mean, "mean"), DiagonalCovariance(vector_of(variances, "variances"))};
}

py::dict as_dict(const Law& law) {
  py::dict result;
  result["mean"] = array_of(law.mean());
  result["variances"] = array_of(law.covariance().eigenvalues());
  return result;
}

/// A Python sampler under test. Its exceptions are stored, because a test reports an exception as a
/// finding; `rethrow` raises the stored one again.
class PythonSampler {
 public:
  PythonSampler(Index dimension, bool keep_all) : dimension_(dimension), keep_all_(keep_all) {}

  /// call(network, noise) in Python.
  template <class Call>
  Eigen::VectorXd run(const Call& call, const ProbedNetwork& network, const ProbedNoise& noise) {
    if (raised_) throw std::runtime_error("the sampler has raised an exception before");
    try {
      const auto ask = [&](const py::object& x, double time) -> py::object {
        const py::array given = py::array::ensure(x);
        const bool is_float = given && given.dtype().is(py::dtype::of<float>());
        const Eigen::VectorXd answer = network(checked(x, "x"), time);
        if (is_float) return Floats(array_of(answer));
        return array_of(answer);
      };
      const auto draw = [&] { return array_of(noise()); };
      return checked(call(py::cpp_function(ask), py::cpp_function(draw)), "what a sampler returns");
    } catch (const py::error_already_set& error) {
      if (keep_all_ || !error.matches(PyExc_Exception)) raised_ = std::current_exception();
      throw;
    }
  }

  void rethrow() const {
    if (raised_) std::rethrow_exception(raised_);
  }

 private:
  [[nodiscard]] Eigen::VectorXd checked(const py::handle& object, const std::string& name) const {
    Eigen::VectorXd vector = vector_of(object, name);
    if (vector.size() != dimension_) {
      throw std::invalid_argument(name + " must have " + std::to_string(dimension_) +
                                  " numbers, got " + std::to_string(vector.size()));
    }
    return vector;
  }

  Index dimension_;
  bool keep_all_;
  std::exception_ptr raised_;
};

ExaminedNetwork network_of(const std::string& along, const std::string& prediction) {
  const Prediction kind = prediction_of(prediction);
  if (along == "sigma") return ExaminedNetwork::of_sigmas(kind);
  if (along == "flow") return ExaminedNetwork::of_process(RectifiedFlow(), kind);
  return ExaminedNetwork::of_table(schedule_of(along), kind);
}

AuditReport audit_python(const py::function& sampler, const SamplerPlan& plan,
                         const py::object& mean, const py::object& variances, double tolerance,
                         bool law_only) {
  const Law data = law_of(mean, variances);
  PythonSampler python(data.dimension(), true);
  const ProbedSampler probed = [&](const ProbedNetwork& network,
                                   const ProbedNoise& noise) -> Eigen::VectorXd {
    return python.run([&](const auto& ask, const auto& draw) { return sampler(ask, draw); },
                      network, noise);
  };
  AuditReport report = audit(probed, data, plan, {.tolerance = tolerance, .law_only = law_only});
  python.rethrow();
  return report;
}

Examination examine_python(const py::function& sampler, const py::object& mean,
                           const py::object& variances, const std::string& along,
                           const std::string& prediction, const std::vector<Index>& steps,
                           double tolerance) {
  const Law data = law_of(mean, variances);
  PythonSampler python(data.dimension(), false);
  const auto of_steps = [&](Index n, const ProbedNetwork& network,
                            const ProbedNoise& noise) -> Eigen::VectorXd {
    return python.run([&](const auto& ask, const auto& draw) { return sampler(n, ask, draw); },
                      network, noise);
  };
  ExaminationOptions options{.tolerance = tolerance};
  if (!steps.empty()) options.steps = steps;
  Examination examination = examine(of_steps, data, network_of(along, prediction), options);
  python.rethrow();
  return examination;
}

std::vector<std::string> texts(const std::vector<SamplerFinding>& findings) {
  std::vector<std::string> list;
  for (const SamplerFinding& finding : findings) list.push_back(finding.text());
  return list;
}

Doubles optimal_python(const py::object& variances, Index n, double sigma_max,
                       const std::string& sampler) {
  const std::vector<double> spectrum = list_of(variances, "variances");
  const auto search = [&](const auto& of) {
    const py::gil_scoped_release released;
    return optimal_sigmas(spectrum, n, sigma_max, GridGoal::wasserstein, of);
  };
  if (sampler == "euler") return array_of(search(Euler{}));
  if (sampler == "heun") return array_of(search(Heun{}));
  if (sampler == "dpmpp_2m") return array_of(search(DpmSolverPp2M{}));
  throw std::invalid_argument("sampler must be one of dpmpp_2m, euler, heun, got \"" + sampler +
                              "\"");
}

}  // namespace

void bind_oracle(py::module_& module) {
  using namespace py::literals;
  py::class_<AuditReport>(module, "AuditReport")
      .def_property_readonly("passed", &AuditReport::passed)
      .def_readonly("distance", &AuditReport::distance)
      .def_property_readonly("findings",
                             [](const AuditReport& report) { return texts(report.findings); })
      .def_property_readonly("claimed",
                             [](const AuditReport& report) { return as_dict(report.claimed); })
      .def("__str__", &AuditReport::text);
  py::class_<Examination>(module, "Examination")
      .def_property_readonly("passed", &Examination::passed)
      .def_readonly("order", &Examination::order)
      .def_readonly("n", &Examination::n)
      .def_readonly("distance", &Examination::distance)
      .def_property_readonly(
          "variance_ratio",
          [](const Examination& examination) { return array_of(examination.variance_ratio); })
      .def_property_readonly(
          "findings", [](const Examination& examination) { return texts(examination.findings); })
      .def("__str__", &Examination::text);
  module.def(
      "law",
      [](const SamplerPlan& plan, const py::object& mean, const py::object& variances) {
        const Law data = law_of(mean, variances);
        const auto made = [&] {
          const py::gil_scoped_release released;
          const Law law = sampler_law(plan, data);
          return std::pair(law, wasserstein_distance(law, data));
        }();
        py::dict result = as_dict(made.first);
        result["distance"] = made.second;
        return result;
      },
      "The exact law of the result of the plan on data N(mean, diag(variances)), and its W2 to "
      "them.",
      "plan"_a, "mean"_a, "variances"_a);
  module.def(
      "audit", &audit_python,
      "Compares sampler(network, noise) with the plan that it claims to be. network(x, time) "
      "and noise() are given to it. Exceptions of the sampler are raised again.",
      "sampler"_a, "plan"_a, py::kw_only(), "mean"_a, "variances"_a, "tolerance"_a = 1e-9,
      "law_only"_a = false);
  module.def("examine", &examine_python,
             "Examines sampler(n, network, noise) without a claim. The network "
             "predicts `prediction` along \"sigma\", \"flow\" or a schedule.",
             "sampler"_a, py::kw_only(), "mean"_a, "variances"_a, "along"_a, "prediction"_a,
             "steps"_a = std::vector<Index>{}, "tolerance"_a = 1e-9);
  module.def("optimal_sigmas", &optimal_python,
             "The n levels from sigma_max down with the least exact W2 error, without the last 0.",
             "variances"_a, "n"_a, "sigma_max"_a, "sampler"_a = "euler");
}

}  // namespace alphabar_python
