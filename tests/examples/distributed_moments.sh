#!/bin/sh
# SPDX-License-Identifier: MIT
#
# distributed_moments prints the same hashes under 1, 2 and 3 ranks, and for files that are streamed in
# blocks of any size; and when one rank meets a bad file, one that is cut while it is read, or is
# killed, all end: an exit code that is not 0, one line, nothing on standard output.
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

octal() { awk -F, '{ for (i = 1; i <= 65; ++i) printf "\\%03o", $i }'; }
# shellcheck disable=SC2059 # bytes, by their octal numbers
idx() { printf '\000\000\010\002'"$1"'\000\000\000\101'"$(octal)"; }

# The digits once more, with their labels, as bytes in two IDX files: 1000 samples of 65, and 797.
gzip -dc "$digits" | head -n 1000 | idx '\000\000\003\350' > a.idx
gzip -dc "$digits" | tail -n 797 | idx '\000\000\003\035' > b.idx
head -c 60000 a.idx > short.idx
# Three samples of one float, the last of which is not a number.
printf '\000\000\015\002\000\000\000\003\000\000\000\001' > nan.idx
printf '\077\200\000\000\100\000\000\000\177\300\000\000' >> nan.idx

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
for block in 1 7 1000 5000; do
  same streamed a.idx b.idx --block $block
  cmp streamed files || fail "blocks of $block: other bits"
done
for bad in "part_aa ragged.csv" "part_aa part_ab narrow.csv" "part_aa part_ab missing.csv" \
  "a.idx short.idx" nan.idx "a.idx nan.idx" "a.idx --block 0" "part_aa --header maybe"; do
  # shellcheck disable=SC2086 # several files
  "$mpiexec" -n 3 "$program" $bad > stdout 2> stderr && fail "$bad: exit code 0"
  [ -s stdout ] && fail "$bad: wrote to standard output"
  [ "$(grep -c '^distributed_moments: ' stderr)" -eq 1 ] || fail "$bad: one message"
done

# A rank that is killed while it waits for its file, a pipe that nobody writes to.
mkfifo pipe.csv
"$mpiexec" -n 3 "$program" part_aa part_ab pipe.csv > stdout 2> stderr &
job=$!
rank=
tries=0
while [ -z "$rank" ] && [ $tries -lt 300 ]; do
  sleep 0.1
  tries=$((tries + 1))
  rank=$(ps -A -o pid= -o ppid= | awk -v job=$job '$2 == job { print $1; exit }')
done
sleep 1
kill -KILL "$rank"
wait $job && fail "a rank that is killed: exit code 0"
[ -s stdout ] && fail "a rank that is killed: wrote to standard output"
[ -s stderr ] || fail "a rank that is killed: no message"

# A file that is cut while it is read: two million samples, which take longer than a second.
printf '\000\000\010\002\000\036\204\200\000\000\000\101' > long.idx
truncate -s 130000012 long.idx
"$mpiexec" -n 2 "$program" long.idx --block 10 > stdout 2> stderr &
job=$!
sleep 1
truncate -s 1000 long.idx
wait $job && fail "a file that is cut: exit code 0"
[ -s stdout ] && fail "a file that is cut: wrote to standard output"
[ "$(grep -c '^distributed_moments: long.idx: byte [0-9]*: ' stderr)" -eq 1 ] ||
  fail "a file that is cut: one message"

[ "$(wc -l < digits)" -eq 4 ] || fail "four lines"
exit $failures
