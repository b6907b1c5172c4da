#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What diffuse_dataset says of data in units far apart: exit code 0 and full rank for columns of
# mixed units; exit code 0 and the reason where double precision rounds the noise off; all checks
# when standardised.
#
#   sh units.sh PROGRAM DATA_DIRECTORY
program=$1
data=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

# run FILE PATTERN FORBIDDEN [OPTION...]: exit code 0, a line with the pattern, none with the other.
run() {
  file=$1
  pattern=$2
  forbidden=$3
  shift 3
  "$program" --data "$data/$file" --out "$work/out" "$@" >"$work/stdout" 2>"$work/stderr"
  code=$?
  if [ $code -ne 0 ] || ! grep -q "$pattern" "$work/stdout" ||
    grep -q "$forbidden" "$work/stdout"; then
    echo "FAILED: $file $*: exit code $code"
    sed 's/^/    /' "$work/stdout" "$work/stderr"
    failures=$((failures + 1))
  fi
}

run life_population_income.csv 'All checks pass' 'singular\|Precision limits'
run life_population_income.csv 'All checks pass: of 36' 'singular\|Precision limits' --standardize
run large_values.csv 'Precision limits' 'FAILED'
run large_values.csv 'All checks pass: of 36' 'Precision limits' --standardize
exit $failures
