#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Opens a copy of the live page with probe.js inside, and before it the numbers of the native program;
# reads the verdict, at the width of a desk and of a phone.
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

for width in 1280 500; do  # headless windows are not narrower
  "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars \
    --user-data-dir="$work/profile" --window-size=$width,2400 --virtual-time-budget=20000 \
    --dump-dom "file://$work/probed.html" > "$work/dom.html" 2> "$work/log" || true
  grep -o '<p>PROBE [^<]*' "$work/dom.html" || { echo "the probe did not finish"; tail -5 "$work/log"; exit 1; }
  grep -q '<p>PROBE passed' "$work/dom.html"
done
