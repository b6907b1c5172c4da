#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What sampler_oracle makes of the eigenvalues 4, 1 and -1: the last counts as 0, which is said once,
# and the distances are those of an independent evaluation of the recursions, in 17 digits.
#
#   sh sampler_oracle.sh PROGRAM
program=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

header="{'descr': '|i1', 'fortran_order': False, 'shape': (3,), }"
{
  printf '\223NUMPY\001\000'
  printf "\\$(printf %o ${#header})\\000%s" "$header"
  printf '\004\001\377'
} >three.npy

"$program" --spectrum three.npy --csv >table.csv 2>stderr || exit 1
[ "$(cat stderr)" = 'three.npy: 1 eigenvalues below 0, down to -1, count as 0' ] || {
  echo 'FAILED: what is said of the negative eigenvalue'
  failures=1
}
[ "$(head -n 1 table.csv)" = 'scheme,NFE,eps,start,W2' ] && [ "$(wc -l <table.csv)" -eq 209 ] || {
  echo 'FAILED: the form of the table'
  failures=1
}
while read -r key expected; do
  grep "^$key," table.csv | awk -F, -v key="$key" -v expected="$expected" '
    { seen = 1; right = $5 == expected || ($5 - expected) ^ 2 < (1e-10 * expected) ^ 2 }
    END { if (!seen || !right) { print "FAILED: " key " is " $5 ", not " expected; exit 1 } }' ||
    failures=1
done <<END
SDE,0,0,p_T 0
ODE,0,1e-4,N0 0.0031809883257360371
SDE,0,1e-4,N0 0.0031779721072181548
EM,50,0,p_T 0.13904338097337418
EI,250,1e-5,N0 0.025308337747895655
DDPM,500,1e-3,p_T 0.018952371582147961
Euler,1000,0,N0 0.0052464770201465886
Heun,250,1e-3,p_T 0.0035060598351896273
RK4,50,1e-4,N0 1.8765918641079811
Heun,50,0,p_T inf
END

# The same as numbers: EM is the third scheme.
"$program" --spectrum three.npy --table numbers.csv >stdout 2>stderr || exit 1
[ "$(head -n 1 numbers.csv)" = 'scheme,NFE,eps,W2_from_p_T,W2_from_N0' ] &&
  [ "$(wc -l <numbers.csv)" -eq 105 ] && grep -q '^2,50,0,0.13904338097' numbers.csv || {
  echo 'FAILED: the table of numbers'
  failures=1
}
"$program" --spectrum three.npy --table none/numbers.npy >stdout 2>stderr
[ $? -eq 2 ] && grep -q 'none/numbers.npy: cannot be written: No such file' stderr || {
  echo 'FAILED: a table in a folder that is not there'
  failures=1
}

# npy NAME SHAPE BYTES: an array of signed bytes, given as octal escapes.
npy() {
  header="{'descr': '$4', 'fortran_order': False, 'shape': $2, }"
  {
    printf '\223NUMPY\001\000'
    printf "\\$(printf %o ${#header})\\000%s" "$header"
    # shellcheck disable=SC2059 # bytes, by their octal numbers
    printf "$3"
  } >"$1"
}

# refused NAME PATTERN: a spectrum that is none.
refused() {
  "$program" --spectrum "$1" --csv >stdout 2>stderr
  [ $? -eq 2 ] && [ ! -s stdout ] && grep -q "^sampler_oracle: $1: $2" stderr || {
    echo "FAILED: $1"
    cat stdout stderr
    failures=1
  }
}

npy zeros.npy '(3,)' '\000\000\000' '|i1'
refused zeros.npy 'holds no eigenvalue above 0'
npy matrix.npy '(2, 2)' '\001\000\000\001' '|i1'
refused matrix.npy 'byte 0: holds an array of several axes; --spectrum takes the eigenvalues'
npy subnormal.npy '(1,)' '\001\000\000\000\000\000\000\000' '<f8'
refused subnormal.npy 'holds the eigenvalue 4.94066e-324; eigenvalues must be 0 or in'
npy row.npy '(1, 2)' '\004\001' '|i1'
"$program" --spectrum row.npy --sampler em >stdout 2>stderr && grep -q '^row.npy, mean 0: ' stdout || {
  echo 'FAILED: a row of eigenvalues'
  failures=1
}
# Other samplers, by names as elsewhere, and budgets of points: Heun's method calls twice a point.
"$program" --spectrum three.npy --csv --sampler dpmpp_2m,FlowMatchHeunDiscreteScheduler,em \
  --budget points >table.csv 2>stderr || failures=1
for key in dpm++2m,50,1e-3,N0 heun,100,1e-3,N0 em,1000,0,p_T; do
  grep -q "^$key,[0-9]" table.csv || {
    echo "FAILED: no $key with --budget points"
    failures=1
  }
done
"$program" --spectrum three.npy --sampler none >stdout 2>stderr
[ $? -eq 2 ] && grep -q -- '--sampler: must be one of euler, .*, got "none"' stderr || {
  echo 'FAILED: --sampler none'
  failures=1
}
# The mean of data counts: by the recursions for the mean (9, 9) and the eigenvalues 1.5 and 0.5.
printf '9,10\n10,9\n8,8\n' >points.csv
"$program" --data points.csv --csv --sampler em,ei >table.csv 2>stderr || failures=1
for row in ODE,0,1e-3,N0,0.103137627091 em,50,1e-3,p_T,0.163025654959 \
  em,50,1e-3,N0,0.162515392005; do
  grep -q "^$row\$" table.csv || {
    echo "FAILED: no $row"
    failures=1
  }
done
"$program" --data '' --csv >stdout 2>stderr && {
  echo "FAILED: --data ''"
  failures=1
}
"$program" --spectrum three.npy --sampler em >/dev/full 2>stderr
[ $? -eq 2 ] && grep -q 'standard output: cannot be written' stderr || {
  echo 'FAILED: standard output on a full disk'
  failures=1
}
"$program" --spectrum three.npy --sampler em --svg /dev/full >stdout 2>stderr
[ $? -eq 2 ] && grep -q '/dev/full: cannot be written' stderr || {
  echo 'FAILED: a picture on a full disk'
  failures=1
}
exit $failures
