#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The pictures of the documentation are what the programs write, and no file has the name of an
# option.
#
#   sh pictures.sh ROOT PROGRAMS
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh "$1/scripts/draw_pictures" "$2" "$work"
failures=0
for drawn in "$work"/*.svg; do
  cmp "$drawn" "$1/docs/images/$(basename "$drawn")" || failures=1
done
for stored in "$1"/docs/images/*.svg; do
  [ -e "$work/$(basename "$stored")" ] || { echo "no program writes $stored"; failures=1; }
done
[ $failures -eq 0 ] || echo 'scripts/draw_pictures writes them again'
cd "$work"
if "$2/replace_covariance" --help 2>stderr || ! grep -q 'is an option' stderr || [ -e ./--help ]; then
  echo 'replace_covariance --help is not refused'
  failures=1
fi
exit $failures
