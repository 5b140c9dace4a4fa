#!/bin/sh
# SPDX-License-Identifier: ISC
# check_all: the steps of `make check-all`, in two lanes side by side, and then some alone: check_all.sh BUILD STEP... -- STEP... -- STEP...
#
# The first lane has steps that mostly wait for terminals and time-outs, the second those that need the processor, and gets what is
# left of it.  Alone are those that run the suite as a new user does: with the time it has then.  A step is `make check-STEP`; its output goes into BUILD/check-all/STEP, and is shown if it fails.
set -u
build=$1
shift
logs=$build/check-all
rm -rf "$logs"
mkdir -p "$logs"
began=$(date +%s)

# step NICENESS NAME
step() {
	start=$(date +%s)
	if MAKEFLAGS= nice -n "$1" "${MAKE:-make}" --no-print-directory -j2 BUILD="$build" "check-$2" >"$logs/$2" 2>&1 </dev/null; then
		# The result of a step in a line: its last.
		printf '%-12s %4d s  ok  %s\n' "$2" $(($(date +%s) - start)) "$(tail -n 1 "$logs/$2" | cut -c 1-100)"
		echo "$2" >>"$logs/passed"
	else
		printf '%-12s %4d s  FAILED\n%s\n    (all of it: %s)\n' "$2" $(($(date +%s) - start)) \
		    "$(tail -n 60 "$logs/$2" | sed 's/^/    /')" "$logs/$2"
		echo "$2" >>"$logs/failed"
	fi
}

waiting= working= lanes=0
for name; do
	case $lanes$name in
	[01]--) lanes=$((lanes + 1)) ;;
	0*) waiting="$waiting $name" ;;
	1*) working="$working $name" ;;
	esac
done
(for name in $waiting; do step 0 "$name"; done) &
for name in $working; do step 10 "$name"; done
wait
while [ $# -gt 0 ] && [ $lanes -gt 0 ]; do
	[ "$1" != -- ] || lanes=$((lanes - 1))
	shift
done
for name; do step 0 "$name"; done
count() { [ -f "$logs/$1" ] && wc -l <"$logs/$1" || echo 0; }
echo "$(count passed) passed, $(count failed) failed$([ -f "$logs/failed" ] && printf ' (%s)' "$(echo $(cat "$logs/failed"))"), in $(($(date +%s) - began)) s"
[ ! -f "$logs/failed" ]
