// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>

#include "alphabar/diffusers/detail/json_object.hpp"

/// Refuses keys that would change the calls in an unsupported way.
namespace alphabar::diffusers::detail {

inline void require_off(const JsonObject& json, std::initializer_list<const char*> keys) {
  for (const char* key : keys) json.require(!json.flag(key), key, "be false: it is not supported");
}

inline void require_no_lambda_clipping(const JsonObject& json) {
  json.require(!json.has("lambda_min_clipped") || json.is("lambda_min_clipped", "-inf"),
               "lambda_min_clipped", "be -Infinity: it is not supported");
}

}  // namespace alphabar::diffusers::detail
