#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A program whose standard output is on a full disk, or closed, has exit code 2 and says so.
#
#   sh full_disk.sh PROGRAM [ARGUMENT...]
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

check() {
  [ "$1" -eq 2 ] || { echo "FAILED: $2: exit code $1"; failures=1; }
  grep -q 'standard output: cannot be written' "$work/stderr" || {
    echo "FAILED: $2: no message"
    failures=1
  }
}

"$@" >/dev/full 2>"$work/stderr"
check $? 'a full disk'
"$@" >&- 2>"$work/stderr"
check $? 'a closed standard output'
exit $failures
