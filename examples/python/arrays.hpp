// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

/// NumPy arrays, and objects that NumPy converts to arrays: lists, and torch tensors on the CPU.
namespace alphabar_python {

namespace py = pybind11;
using Doubles = py::array_t<double, py::array::c_style | py::array::forcecast>;
using Floats = py::array_t<float, py::array::c_style | py::array::forcecast>;

/// Converts any object to a contiguous array of double.
/// @throws std::invalid_argument if it is not an array of numbers
inline Doubles doubles(const py::handle& object, const std::string& name) {
  Doubles array = Doubles::ensure(object);
  if (!array) {
    PyErr_Clear();
    throw std::invalid_argument(name + " must be an array of numbers");
  }
  return array;
}

/// One axis of numbers.
inline Eigen::VectorXd vector_of(const py::handle& object, const std::string& name) {
  const Doubles array = doubles(object, name);
  if (array.ndim() != 1) {
    throw std::invalid_argument(name + " must have one axis, got " + std::to_string(array.ndim()));
  }
  return Eigen::Map<const Eigen::VectorXd>(array.data(), array.size());
}

inline std::vector<double> list_of(const py::handle& object, const std::string& name) {
  const Eigen::VectorXd numbers = vector_of(object, name);
  return {numbers.begin(), numbers.end()};
}

template <class Numbers>
Doubles array_of(const Numbers& numbers) {
  Doubles array(static_cast<py::ssize_t>(std::size(numbers)));
  std::copy(std::begin(numbers), std::end(numbers), array.mutable_data());
  return array;
}

}  // namespace alphabar_python
