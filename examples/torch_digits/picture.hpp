// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "torch_digits/png.hpp"

namespace torch_digits {

/// Images in rows of `columns`, enlarged, with a line between them: -1 is white, 1 black.
inline GrayPicture draw(const Eigen::MatrixXf& images, std::size_t image_width,
                        std::size_t columns) {
  const std::size_t image_height = static_cast<std::size_t>(images.rows()) / image_width;
  const std::size_t zoom = std::max<std::size_t>(1, 48 / image_width);
  const std::size_t cell_width = zoom * image_width + 4;
  const std::size_t cell_height = zoom * image_height + 4;
  const auto count = static_cast<std::size_t>(images.cols());
  GrayPicture picture{columns * cell_width, (count + columns - 1) / columns * cell_height, {}};
  picture.shades.assign(picture.width * picture.height, 255);
  for (std::size_t j = 0; j < count; ++j) {
    const std::size_t corner =
        (j / columns * cell_height + 2) * picture.width + j % columns * cell_width + 2;
    for (std::size_t y = 0; y < zoom * image_height; ++y) {
      for (std::size_t x = 0; x < zoom * image_width; ++x) {
        const auto pixel = static_cast<Eigen::Index>(y / zoom * image_width + x / zoom);
        const float ink =
            std::clamp((images(pixel, static_cast<Eigen::Index>(j)) + 1) / 2, 0.0F, 1.0F);
        picture.shades[corner + y * picture.width + x] =
            static_cast<unsigned char>(std::lround(255 * (1 - ink)));
      }
    }
  }
  return picture;
}

}  // namespace torch_digits
