#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Opens a page with a probe in it in a headless browser, in a wide and in a narrow window. The probe
# must report that it passed.
#
#   sh probe_page.sh BROWSER PAGE HEIGHT MILLISECONDS
set -eu
browser=$1
page=$2
height=$3
milliseconds=$4

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for width in 1280 500; do # headless windows are not narrower
  "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars \
    --user-data-dir="$work/profile" --window-size="$width,$height" \
    --virtual-time-budget="$milliseconds" --dump-dom "file://$page" \
    > "$work/dom.html" 2> "$work/log" || true
  grep -o '<p>PROBE [^<]*' "$work/dom.html" || { echo "the probe did not finish"; tail -5 "$work/log"; exit 1; }
  grep -q '<p>PROBE passed' "$work/dom.html"
done
