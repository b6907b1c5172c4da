// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <alphabar/gaussian/gaussian.hpp>
#include <alphabar/gaussian/gaussian_mixture.hpp>
#include <alphabar/gaussian/mixture_laws.hpp>
#include <alphabar/gaussian/moments.hpp>
#include <alphabar/gaussian/predict.hpp>
#include <alphabar/kernel/transition_kernel.hpp>
#include <alphabar/noise/noise_stream.hpp>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace live_page {

/// The handwritten digits, two priors fitted to them, and ten of them dissolving: one of each kind.
class Digits {
 public:
  static constexpr alphabar::Index pixels = 64;
  static constexpr alphabar::Index kinds = 10;
  using Kernel = alphabar::TransitionKernel<double>;
  using Prior = alphabar::Gaussian<double>;
  using Mixture = alphabar::GaussianMixture<double>;
  using Images = Eigen::MatrixXd;  ///< pixels × images

  /// From the text of examples/data/digits.csv: 64 grey levels 0..16, mapped to [-1, 1], and the
  /// kind in each line.
  explicit Digits(std::string_view text)
      : images_(read(text, kinds_of_)), gaussian_(fit_all()), mixture_(fit_each_kind()) {
    show(0);
  }

  /// The `page`-th image of each kind from now on.
  void show(alphabar::Index page) {
    clean_.resize(pixels, kinds);
    for (alphabar::Index kind = 0; kind < kinds; ++kind) {
      const auto& members = members_[static_cast<std::size_t>(kind)];
      const auto member = static_cast<std::size_t>(page) % members.size();
      clean_.col(kind) = images_.col(members[member]);
    }
    noise_.resize(pixels, kinds);
    alphabar::NoiseStream<double>(2, static_cast<std::uint64_t>(page))
        .fill(std::span(noise_.data(), static_cast<std::size_t>(noise_.size())));
  }

  [[nodiscard]] const Images& clean() const { return clean_; }
  [[nodiscard]] Images noised(const Kernel& kernel) const { return kernel.perturb(clean_, noise_); }

  /// E[x_0 | x_t], exactly, for a prior that is one Gaussian or one for each kind.
  [[nodiscard]] Images denoised(const Kernel& kernel, bool knows_kinds) const {
    return knows_kinds ? denoise(mixture_, kernel, noised(kernel))
                       : denoise(gaussian_, kernel, noised(kernel));
  }

  /// P(kind | x_t) of the kind that each image really is.
  [[nodiscard]] Eigen::VectorXd beliefs(const Kernel& kernel) const {
    return mixture_.responsibilities(kernel, noised(kernel)).diagonal();
  }

  [[nodiscard]] const Prior& gaussian() const { return gaussian_; }

 private:
  /// Of a grey level that was rounded to one of 17: it makes every covariance regular.
  static constexpr double rounding_variance = 1.0 / (8 * 8 * 12);

  static Images read(std::string_view text, std::vector<int>& kinds_of) {
    std::vector<double> levels;
    const char* at = text.data();
    const char* const end = at + text.size();
    int value = 0;
    for (std::size_t field = 0; at < end; ++field) {
      at = std::from_chars(at, end, value).ptr + 1;
      if (field % (pixels + 1) == pixels) {
        kinds_of.push_back(value);
      } else {
        levels.push_back(value / 8.0 - 1);
      }
    }
    return Eigen::Map<const Images>(levels.data(), pixels,
                                    static_cast<alphabar::Index>(kinds_of.size()));
  }

  static Prior fit(const Images& images) {
    alphabar::Moments<double> moments;
    moments.add(images);
    return {moments.mean(), propagate(Kernel(1, rounding_variance), moments.covariance())};
  }

  Prior fit_all() {
    for (alphabar::Index j = 0; j < images_.cols(); ++j) {
      members_[static_cast<std::size_t>(kinds_of_[static_cast<std::size_t>(j)])].push_back(j);
    }
    return fit(images_);
  }

  [[nodiscard]] Mixture fit_each_kind() const {
    std::vector<double> weights;
    std::vector<Prior> components;
    for (const auto& members : members_) {
      weights.push_back(static_cast<double>(members.size()));
      components.push_back(fit(images_(Eigen::all, members)));
    }
    return {weights, components};
  }

  std::vector<int> kinds_of_;
  std::array<std::vector<alphabar::Index>, kinds> members_;
  Images images_;
  Prior gaussian_;
  Mixture mixture_;
  Images clean_;
  Images noise_;
};

}  // namespace live_page
