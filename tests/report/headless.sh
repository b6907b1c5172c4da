#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The report in headless Chromium: no word on the console, and the slider moves every picture.
#   headless.sh DIFFUSE_DATASET
# Exit code 77: there is no Chromium here.
program=$1
here=$(dirname "$0")
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$program" --out "$work/report" > "$work/output" || { cat "$work/output"; exit 1; }
page=$work/report/report.html
if grep -qE '(src|href)="?(https?:)?//' "$page"; then
  echo "the report loads something from the network"
  exit 1
fi
{ cat "$page"; echo "<script>"; cat "$here/drive.js"; echo "</script>"; } > "$work/driven.html"

for width in 1280 500; do
  timeout 60 "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$work/profile" --window-size=$width,3000 --enable-logging=stderr \
    --virtual-time-budget=5000 --dump-dom "file://$work/driven.html" \
    > "$work/page" 2> "$work/console"
  if grep CONSOLE "$work/console"; then
    echo "the console of a window of $width pixels is not silent"
    exit 1
  fi
  if ! grep -q "ALL PICTURES MOVE" "$work/page"; then
    grep -o "FAULTS: .*<" "$work/page" || echo "the page did not answer"
    echo "in a window of $width pixels"
    exit 1
  fi
done
echo "a silent console, and the slider moves every picture"
