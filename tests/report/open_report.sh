#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Makes the report of the digits, opens a copy of it with probe.js inside, and reads the verdict, at the
# width of a desk and of a phone.
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
for width in 1280 500; do # headless windows are not narrower
  "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars \
    --user-data-dir="$work/profile" --window-size=$width,3000 --virtual-time-budget=5000 \
    --dump-dom "file://$work/probed.html" > "$work/dom.html" 2> "$work/log" || true
  grep -o '<p>PROBE [^<]*' "$work/dom.html" || { echo "the probe did not finish"; tail -5 "$work/log"; exit 1; }
  grep -q '<p>PROBE passed' "$work/dom.html"
done
