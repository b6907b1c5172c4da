#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What optimal_steps makes of the eigenvalues 4, 4, 0 and 4: three steps at equal angles
# of sigma/2, and W2 that of a product of three cosines; with dpm++2m they can be exact.
#
#   sh optimal_steps.sh PROGRAM
program=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

header="{'descr': '|i1', 'fortran_order': False, 'shape': (4,), }"
{
  printf '\223NUMPY\001\000'
  printf "\\$(printf %o ${#header})\\000%s" "$header"
  printf '\004\004\000\004'
} >four.npy

"$program" --spectrum four.npy --steps 3 --svg grids.svg >printed || exit 1
expect() {
  awk -v name="$1" -v found="$2" -v expected="$3" 'BEGIN {
    error = found / expected - 1
    if (error < -1e-4 || error > 1e-4) { print "FAILED: " name " is " found ", not " expected; exit 1 }
  }' || failures=1
}
expect 'W2 of the grid for W2' "$(awk '/^optimal for W2/ { print $4 }' printed)" 1.1824258
levels=$(grep -m 1 '^sigmas = ' printed | tr -d '[],' | cut -d ' ' -f 3-)
set -- $levels
[ $# -eq 4 ] && [ "$4" = 0 ] || {
  echo "FAILED: the levels are $levels"
  failures=1
}
expect 'the first level' "$1" 80
expect 'the second level' "$2" 3.3345239
expect 'the third level' "$3" 1.1325888
grep -q '</svg>' grids.svg || {
  echo 'FAILED: no picture'
  failures=1
}

# The levels as tables: the same numbers with all their digits.
"$program" --spectrum four.npy --steps 3 --table grids.csv >again && cmp -s again printed || {
  echo 'FAILED: --table changes what is printed'
  failures=1
}
[ "$(wc -l <grids.csv)" -eq 5 ] && head -n 1 grids.csv | grep -q '^optimal for W2,optimal for KL,' || {
  echo 'FAILED: the form of the table'
  failures=1
}
expect 'the second level of the table' "$(sed -n 3p grids.csv | cut -d , -f 1)" 3.3345239
"$program" --spectrum four.npy --steps 3 --table grids.npy >again || failures=1
[ "$(wc -c <grids.npy)" -eq $((128 + 8 * 4 * 5)) ] && grep -aq "'fortran_order': True, 'shape': (4, 5)" grids.npy || {
  echo 'FAILED: the array of the table'
  failures=1
}
"$program" --spectrum four.npy --table grids.txt >spelled 2>stderr && failures=1
grep -q -- '--table: must end with .csv or .npy, got "grids.txt"' stderr || {
  echo 'FAILED: --table grids.txt'
  failures=1
}

"$program" --spectrum four.npy --steps 3 --sampler dpm++2m >printed || exit 1
awk '/^optimal for W2/ { found = $4 } END { exit !(found < 1e-6) }' printed || {
  echo 'FAILED: three steps of dpm++2m can be exact for one eigenvalue'
  failures=1
}

# The spellings of other programs.
for name in dpmpp_2m dpm++_2m dpmsolver++ 'DPM++ 2M' DPMSolverMultistepScheduler; do
  "$program" --spectrum four.npy --steps 3 --sampler "$name" >spelled && cmp -s spelled printed || {
    echo "FAILED: --sampler $name"
    failures=1
  }
done
"$program" --spectrum four.npy --steps 3 --sampler euler >printed || failures=1
"$program" --spectrum four.npy --steps 3 --sampler ddim >spelled && cmp spelled printed || failures=1
# Any sampler of the library; those that need beta(t), which a path of sigma has not, say so.
for name in unipc KDPM2AncestralDiscreteScheduler lms seeds_2; do
  "$program" --spectrum four.npy --steps 4 --sampler $name >printed || {
    echo "FAILED: --sampler $name"
    failures=1
  }
done
"$program" --spectrum four.npy --steps 4 --sampler rk4 >printed 2>stderr
[ $? -eq 2 ] && grep -q 'must have beta(t)' stderr || {
  echo 'FAILED: --sampler rk4'
  failures=1
}
"$program" --spectrum four.npy --sampler none >spelled 2>stderr && failures=1
grep -q -- '--sampler: must be one of euler, ancestral, ddpm, .*, got "none"' stderr || {
  echo 'FAILED: --sampler none'
  failures=1
}
"$program" --spectrum four.npy --steps 3 >/dev/full 2>stderr
[ $? -eq 2 ] && grep -q 'standard output: cannot be written' stderr || {
  echo 'FAILED: standard output on a full disk'
  failures=1
}
exit $failures
