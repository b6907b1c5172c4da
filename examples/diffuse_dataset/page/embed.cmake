# SPDX-License-Identifier: MIT
#
# Puts style and scripts into the page, and the page into a C++ source:
#   cmake -D OUTPUT=report_page.cpp -P embed.cmake
set(here ${CMAKE_CURRENT_LIST_DIR})
file(READ ${here}/report.html page)
file(READ ${here}/report.css style)
set(script "")
foreach(part IN ITEMS page report pictures charts checks) # the last one starts it
  file(READ ${here}/${part}.js text)
  string(APPEND script "${text}")
endforeach()
string(REPLACE "@STYLE@" "${style}" page "${page}")
string(REPLACE "@SCRIPT@" "${script}" page "${page}")
file(WRITE ${OUTPUT}.html "${page}")

set(INPUT ${OUTPUT}.html)
set(NAME report_page)
include(${here}/../../data/embed.cmake)
