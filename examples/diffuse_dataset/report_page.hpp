// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace diffuse_dataset {

/// The HTML of the report with @DATA@ where the data go; made from page/ at build time.
std::string_view report_page();

}  // namespace diffuse_dataset
