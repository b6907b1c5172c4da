// SPDX-License-Identifier: MIT
#include "alphabar/gaussian/detail/ideal_prediction.hpp"

#include <cmath>
#include <utility>

#include "support/catch.hpp"

namespace ideal_prediction_test {

using namespace alphabar;

struct Known {
  Prediction kind;
  double gain, of_mean;  ///< times λ_t
};

// Would catch a sign, a factor or a summand of one of the five kinds that is another for data far
// from 1, where A + B is not 1, or for one of the two ways to call.
TEST_CASE("IdealPrediction: the table of its gains") {
  for (const auto& [signal, noise] : {std::pair{0.6, 0.8}, {0.5, 3.0}, {2.0, 0.25}}) {
    const auto level = TransitionKernel<double>::from_scales(signal, noise);
    const double a = signal * signal;
    const double b = noise * noise;
    for (const double lambda : {0.0, 0.5, 7.0}) {
      CAPTURE(signal, noise, lambda);
      for (const Known& known : {
               Known{Prediction::noise, noise, -signal * noise},
               {Prediction::x0, signal * lambda, b},
               {Prediction::velocity, signal * noise * (1 - lambda), -noise * (a + b)},
               {Prediction::score, -1, signal},
               {Prediction::flow_velocity, noise - signal * lambda, -noise * (signal + noise)},
           }) {
        const detail::IdealPrediction<double> ideal(known.kind, level);
        const double variance = a * lambda + b;
        CHECK_THAT(ideal.gain(lambda), WithinAbs(known.gain / variance, 1e-13));
        CHECK_THAT(ideal.of_mean(lambda), WithinAbs(known.of_mean / variance, 1e-13));
        CHECK_THAT(ideal(lambda).gain, WithinAbs(known.gain / variance, 1e-13));
        CHECK_THAT(ideal(lambda).of_mean, WithinAbs(known.of_mean / variance, 1e-13));
      }
    }
  }
}

// Would catch 0/0 where nothing varies: then the prediction is that of the mean.
TEST_CASE("IdealPrediction: without variance and noise") {
  for (const double signal : {1.0, 0.5, 0.0}) {
    const auto level = TransitionKernel<double>::from_scales(signal, 0);
    for (const auto& [kind, of_mean] : {std::pair{Prediction::noise, 0.0},
                                        {Prediction::x0, 1.0},
                                        {Prediction::velocity, 0.0},
                                        {Prediction::flow_velocity, -1.0}}) {
      const detail::IdealPrediction<double> ideal(kind, level);
      CHECK(ideal.gain(0.0) == 0);
      CHECK(ideal.of_mean(0.0) == of_mean);
    }
  }
}

}  // namespace ideal_prediction_test
