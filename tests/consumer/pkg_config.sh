#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Would catch: a pkg-config file that names another version, or not the folders of the headers.
#   pkg_config.sh PROGRAM VERSION
set -eu
test "$("$PKG_CONFIG" --modversion alphabar)" = "$2"
# shellcheck disable=SC2046 # a list of words
"$CXX" -std=c++20 -fsyntax-only $("$PKG_CONFIG" --cflags alphabar) "$1"
