#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Writes the report of the digits and tests a copy of it with probe.js inside.
#   open_report.sh PROGRAM PROBE
set -eu
program=$1
probe=$2

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
  echo "skipped: no chromium here"
  exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$program" --out "$work/report" > /dev/null

{ echo '<script>'; cat "$probe"; echo '</script>'; cat "$work/report/report.html"; } > "$work/probed.html"
sh "$(dirname "$0")/probe_page.sh" "$browser" "$work/probed.html" 3000 5000
