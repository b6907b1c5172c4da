#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What diffuse_dataset does with files that it cannot use, seen from outside: exit code 2, nothing
# on standard output, one line on standard error with the file, the place and the reason, and
# nothing written. And with a good file: exit code 0, silence on standard error, the report.
#
#   sh bad_files.sh PROGRAM DIGITS_CSV_GZ
program=$1
digits=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

fail() {
  echo "FAILED: $1"
  sed 's/^/    /' stdout stderr
  failures=$((failures + 1))
}

# refused NAME 'PATTERN' [OPTION...]: the file NAME is refused, and the line ends like that pattern.
refused() {
  name=$1
  reason=$2
  shift 2
  "$program" --data "$name" --out out "$@" >stdout 2>stderr
  code=$?
  [ $code -eq 2 ] || fail "$name: exit code $code"
  [ -s stdout ] && fail "$name: wrote to standard output"
  [ "$(wc -l <stderr)" -eq 1 ] || fail "$name: more or less than one line"
  # shellcheck disable=SC2254
  case $(cat stderr) in
    "diffuse_dataset: $name"$reason) ;;
    *) fail "$name: another line" ;;
  esac
  [ -e out ] && fail "$name: left something behind"
}

# not_written WHERE: after a run in which a disk ran full, the old report is there and nothing else.
not_written() {
  [ $code -eq 2 ] || fail "$1: exit code $code"
  [ "$(wc -l <stderr)" -eq 1 ] || fail "$1: more or less than one line"
  grep -q "^diffuse_dataset: .*: cannot be written: $2\$" stderr || fail "$1: another line"
  [ "$(ls "$1")" = report.html ] || fail "$1: left something behind"
  [ "$(cat "$1"/report.html)" = old ] || fail "$1: the old report is lost"
}

refused missing.csv ': No such file or directory'

ln -s loop.csv loop.csv
refused loop.csv ': Too many levels of symbolic links'
refused . ': is a directory, not a file'

: >empty.csv
refused empty.csv ': byte 0: the file is empty'

printf '1,2\n3,4\n5\n' >ragged.csv
refused ragged.csv ': line 3: 1 columns, where the first line has 2'

printf '1,2\n3,4x\n' >letters.csv
refused letters.csv ': line 2, column 2: "4x" is not a number'

printf '1,2\nnan,4\n' >nan.csv
refused nan.csv ': line 2, column 1: "nan" is not a finite number'

# A first line or a first column that can be read in two ways, and the option that decides.
printf 'NA,NA\n1.5,2\n3,4.5\n' >missing_names.csv
refused missing_names.csv ': line 1: the line holds missing values; are these names*--header yes*'
printf '"7","8"\n1.5,2\n3,4.5\n' >quoted_names.csv
refused quoted_names.csv ': line 1: the line holds numbers in quotes; are these names*--header yes*'
printf '2001,2002,2003\n1.5,2,7\n3,4.5,1\n2,2,1\n' >years.csv
refused years.csv ': line 1: the line holds numbers unlike those of the other lines;*--header yes*'
printf 'n,a\n1,5\n2,3\n3,8\n4,1\n5,4\n' >counting.csv
refused counting.csv ': column 1: the column counts the lines; is it an index*--index yes*'
printf '1,x\n3,4\n' >mixed.csv
refused mixed.csv ': line 1, column 2: "x" is not a number (--header yes takes the line for names)'
printf '1,2\r3,4\n5,6\n' >cr.csv
refused cr.csv ': line 1: a carriage return (CR) stands inside the line'
printf '\377\376a\000' >utf16.csv
refused utf16.csv ': byte 0: is text in UTF-16; text is read in ASCII or UTF-8'

# Values that have no covariance, or none that fits into a number, or on which noise is lost.
printf 'a,b\n5,5\n5,5\n' >same.csv
refused same.csv ': all samples are the same; they have no covariance'
printf 'a,b\n1e-200,2e-200\n3e-200,1e-200\n' >tiny.csv
refused tiny.csv ': holds values from 1e-200 to 3e-200 that differ by at most 2e-200, *--range*'
printf 'a,b\n1e99,2e98\n3e99,1e98\n' >huge.csv
refused huge.csv ': holds values from 1e+98 to 3e+99 that differ by at most 2e+99, *--range*'

printf '1,2\n3,4\n' >good.csv
refused good.csv ': line 1: there is no label column 3 among 2 columns' --label-column 3
refused good.csv ': 2 values per sample are no image of 8 by 8' --image 8 8

printf '\211PNG\r\n\032\n' >picture.npy
refused picture.npy \
  ': byte 0: wrong magic: neither CSV, NPY nor IDX (it begins with 89 50 4e 47)'

head -c 30000 "$digits" >short.csv.gz
refused short.csv.gz ': byte 30000: the gzip data are cut short'

printf '\000\000\010\002\000\000\000\003\000\000\000\002abcde' >short.idx
refused short.idx ': byte 17: the data are cut short: the header promises 6 bytes, 5 are there'

printf '\000\000\016\003\377\377\377\377\377\377\377\377\377\377\377\377' >huge.idx
refused huge.idx \
  ': byte 16: the data are cut short: the header promises 18446744073709551615 bytes, 0 are there'

printf '\223NUMPY\001\000\110\000%s\n' \
  "{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776, 2), }" >huge.npy
refused huge.npy \
  ': byte 82: the data are cut short: the header promises 17592186044416 bytes, 0 are there'

printf '\223NUMPY\001\000\077\000{"descr": "<f8"}' >short.npy
refused short.npy ': byte 26: the NPY header is cut short'

printf '\223NUMPY\001\000\076\000%s\n' \
  "{'descr': '|u1', 'fortran_order': 1, 'shape': (3, 2), }      " >fortran.npy
printf 'abcdef' >>fortran.npy
refused fortran.npy ": byte 44: 'fortran_order' must be True or False"

# What never ends, and a megabyte that unpacks to a thousand of them.
refused /dev/zero ': holds more than 1073741824 bytes, which is what this program takes'
head -c 67108864 /dev/zero | gzip >zeros.gz
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do cat zeros.gz; done >bomb.csv.gz
refused bomb.csv.gz ': byte *: the gzip data unpack to more than 1073741824 bytes, *'
rm bomb.csv.gz zeros.gz

# A directory that cannot be made.
: >file
"$program" --data good.csv --out file/out >stdout 2>stderr
[ $? -eq 2 ] || fail "--out below a file: exit code"
[ "$(wc -l <stderr)" -eq 1 ] || fail "--out below a file: more or less than one line"

# A disk that runs full while the report is written: a limit of 8 KB on every file, and, where a
# file system can be mounted without being root, one of 32 KB.
mkdir small
echo old >small/report.html
(
  trap '' XFSZ
  ulimit -f 16
  exec "$program" --data good.csv --steps 20 --out small
) >stdout 2>stderr
code=$?
not_written small 'File too large'

# shellcheck disable=SC2016
if unshare -rm sh -c 'mount -t tmpfs -o size=32k none small' 2>/dev/null; then
  unshare -rm sh -c 'mount -t tmpfs -o size=32k none small && echo old >small/report.html &&
    { "$0" --data good.csv --steps 20 --out small; code=$?; cp -r small full; exit $code; }' \
    "$program" >stdout 2>stderr
  code=$?
  not_written full 'No space left on device'
fi

"$program" --data good.csv --steps 20 --out small >/dev/full 2>stderr
[ $? -eq 2 ] || fail "standard output on a full disk: exit code"
grep -q 'standard output: cannot be written' stderr || fail "standard output on a full disk"

# A directory in the way of a picture: nothing is published, not even the report.
mkdir -p way/dissolve.svg
echo old >way/report.html
"$program" --data good.csv --steps 20 --out way >stdout 2>stderr
[ $? -eq 2 ] || fail "a directory in the way: exit code"
grep -q 'way/dissolve.svg: cannot be written: it is a directory' stderr || fail "a directory in the way"
[ "$(cat way/report.html)" = old ] || fail "a directory in the way: the report is of another run"
[ "$(ls -A way | wc -l)" -eq 2 ] || fail "a directory in the way: left something behind"

# What processes left behind that were killed: incomplete files go, complete ones are published. Those
# of a process that runs stay.
sleep 0 &
dead=$!
wait $dead
mkdir -p left/.alphabar.part$dead left/.alphabar.part$$
echo incomplete >left/.alphabar.part$dead/report.html
"$program" --data good.csv --steps 20 --out left >stdout 2>stderr || fail "after a killed run: exit code"
[ -e left/.alphabar.part$dead ] && fail "after a killed run: its files are still there"
[ -e left/.alphabar.part$$ ] || fail "took the files of another run"
mkdir -p left/.alphabar.done$dead/.old
echo complete >left/.alphabar.done$dead/other.html
"$program" --data good.csv --steps 20 --out left >stdout 2>stderr || fail "after a killed run: exit code"
[ "$(cat left/other.html)" = complete ] || fail "a publication that was killed is not completed"
[ -e left/.alphabar.done$dead ] && fail "after a killed publication: its directory is still there"

# A run that a signal stops leaves nothing that the next one does not remove.
gzip -dc "$digits" >many.csv
"$program" --data many.csv --label-column last --out stopped >stdout 2>stderr &
run=$!
sleep 0.3
kill -TERM $run
wait $run
"$program" --data good.csv --steps 20 --out stopped >stdout 2>stderr || fail "after a signal: exit code"
[ -z "$(find stopped -name '.*.part*' -o -name '.*.done*')" ] || fail "after a signal: files are left"

# Names of files that a terminal or a shell would take for more than names.
odd=$(printf "it's \033[31m \$x.csv")
cp good.csv "$odd"
"$program" --data "$odd" --steps 20 --out odd >stdout 2>stderr || fail "an odd name: exit code"
grep -q "$(printf '\033')" stdout stderr && fail "an odd name: control characters are printed raw"
grep -q 'diffuse_dataset --data \$.it.*s .*033\[31m \$x.csv' odd/report.html ||
  fail "an odd name: the command is not quoted"

# What is taken for what is said in one line each.
printf ',0,1\n0,1.5,2\n1,3,4.5\n2,1,1\n' >pandas.csv
"$program" --data pandas.csv --steps 20 --out out2 >stdout 2>stderr || fail "pandas.csv: exit code"
grep -q 'pandas.csv: 3 samples of 2 values' stdout || fail "pandas.csv: other samples"
[ "$(grep -c -- '--header no\|--index no' stderr)" -eq 2 ] || fail "pandas.csv: what is said"
"$program" --data pandas.csv --index no --header yes --steps 20 --out out2 >stdout 2>stderr ||
  fail "pandas.csv, --index no: exit code"
grep -q 'pandas.csv: 3 samples of 3 values' stdout || fail "pandas.csv, --index no: other samples"
grep -q -- 'diffuse_dataset --data pandas.csv --header yes --index no --steps 20' out2/report.html ||
  fail "pandas.csv, --index no: another command"

for seed in -1 18446744073709551616 1e3 0x10; do
  "$program" --seed "$seed" --out out >stdout 2>stderr
  [ $? -eq 2 ] || fail "--seed $seed: exit code"
  grep -q -- "--seed: must be an integer in 0..18446744073709551615, got \"$seed\"" stderr ||
    fail "--seed $seed: another line"
done
for option in --data --out --seed; do
  "$program" $option '' --out out >stdout 2>stderr
  [ $? -eq 2 ] || fail "$option '': exit code"
done

# Options that make no sense.
for options in '--steps 0' '--steps many' '--schedule none' '--label-column x' '--range 1 0' \
  '--range -inf inf' '--range nan 1' '--range 0 5e-324' '--header maybe' '--index 1' '--no'; do
  # shellcheck disable=SC2086
  "$program" $options --out out >stdout 2>stderr
  [ $? -eq 2 ] || fail "$options: exit code"
  [ -s stderr ] || fail "$options: no message"
  [ -e out ] && fail "$options: left something behind"
done

# Good data; what was in the directory stays, and a file of the same name is replaced.
printf 'a,b\n1,2\n2,1\n4,4\n' >good.csv
mkdir out
echo mine >out/notes.txt
echo old >out/report.html
"$program" --data good.csv --steps 20 --out out >stdout 2>stderr
[ $? -eq 0 ] || fail "good.csv: exit code"
[ -s stderr ] && fail "good.csv: wrote to standard error, which is no terminal"
[ "$(cat out/notes.txt)" = mine ] || fail "good.csv: touched what was there"
grep -q '<html' out/report.html || fail "good.csv: no report"
[ -z "$(find out -name '*.part*' -o -name '*.done*')" ] || fail "good.csv: left temporary files"

"$program" --help >stdout 2>stderr || fail "--help: exit code"
grep -q -e '--schedule' stdout || fail "--help: does not help"

[ $failures -eq 0 ] && echo "all as it should be"
exit $failures
