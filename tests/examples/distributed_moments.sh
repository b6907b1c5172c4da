#!/bin/sh
# SPDX-License-Identifier: MIT
#
# distributed_moments prints the same hashes under 1, 2 and 3 ranks; and when one of them meets a bad
# file, all end: an exit code that is not 0, one line of ours, nothing on standard output.
#
#   sh distributed_moments.sh MPIEXEC PROGRAM DIGITS_CSV_GZ
mpiexec=$1
program=$2
digits=$3
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

fail() {
  echo "FAILED: $1"
  sed 's/^/    /' stdout stderr
  failures=$((failures + 1))
}

gzip -dc "$digits" | split -l 300 - part_
head -n 3 part_aa | sed '2s/,.*,/,/' > ragged.csv
printf '1,2\n3,4\n' > narrow.csv

# same NAME [FILE...]: the same output under 1, 2 and 3 ranks.
same() {
  name=$1
  shift
  for ranks in 1 2 3; do
    "$mpiexec" -n $ranks "$program" "$@" > stdout 2> stderr || fail "$ranks ranks, $name"
    [ $ranks -gt 1 ] || cp stdout "$name"
    cmp stdout "$name" || fail "$ranks ranks, $name: other bits"
  done
}

same digits
same files part_*
for bad in ragged.csv narrow.csv missing.csv; do
  "$mpiexec" -n 3 "$program" part_aa part_ab $bad > stdout 2> stderr && fail "$bad: exit code 0"
  [ -s stdout ] && fail "$bad: wrote to standard output"
  [ "$(grep -c '^distributed_moments: ' stderr)" -eq 1 ] || fail "$bad: one message"
done
[ "$(wc -l < digits)" -eq 4 ] || fail "four lines"
exit $failures
