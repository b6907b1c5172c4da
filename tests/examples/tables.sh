#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The tables of diffuse_dataset: one line per time, check and eigenvalue, and arrays of their shapes.
#
#   sh tables.sh PROGRAM
program=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

"$program" --steps 20 --tables --out report >stdout 2>stderr || {
  cat stdout stderr
  exit 1
}
# expect NAME LINES FIRST SHAPE
expect() {
  [ "$(wc -l <"report/$1.csv")" -eq "$2" ] &&
    [ "$(head -n 1 "report/$1.csv" | cut -d , -f 1,2)" = "$3" ] &&
    grep -aq "'shape': $4" "report/$1.npy" || {
    echo "FAILED: $1"
    failures=1
  }
}
expect over_time 22 t,alpha_bar '(21, 8)'
expect eigenvalues 65 eigenvalue '(64,)'
expect checks "$(wc -l <report/checks.csv)" t,alpha_bar "($(($(wc -l <report/checks.csv) - 1)), 10)"
[ "$(sed -n 2p report/over_time.csv | cut -d , -f 1-3)" = 0,1,0 ] || {
  echo 'FAILED: the first time'
  failures=1
}
exit $failures
