#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Tests a copy of the live page with probe.js inside, and with the numbers of the native program.
#   open_page.sh PRINT_NUMBERS PAGE DIGITS PROBE
set -eu
print_numbers=$1
page=$2
digits=$3
probe=$4

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
  echo "skipped: no chromium here"
  exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gzip -dc "$digits" > "$work/digits.csv"
{ echo '<script>'; "$print_numbers" "$work/digits.csv"; cat "$probe"; echo '</script>'; cat "$page"; } > "$work/probed.html"

sh "$(dirname "$0")/../report/probe_page.sh" "$browser" "$work/probed.html" 2400 20000
