#!/bin/sh
# check_all: the steps of `make check-all`, one after the other: check_all.sh BUILD STEP...
#
# A step is `make check-STEP`; its output goes into BUILD/check-all/STEP, and is shown if it fails.
set -u
build=$1
shift
logs=$build/check-all
mkdir -p "$logs"
passed=0 failed=0 names=
began=$(date +%s)
for step; do
	start=$(date +%s)
	printf '%-12s ' "$step"
	if "${MAKE:-make}" --no-print-directory -j2 BUILD="$build" "check-$step" >"$logs/$step" 2>&1 </dev/null; then
		passed=$((passed + 1)) result=ok
	else
		failed=$((failed + 1)) result=FAILED names="$names $step"
	fi
	printf '%4d s  %s' $(($(date +%s) - start)) "$result"
	# What a step has to say in a line: its last.
	if [ $result = ok ]; then
		printf '  %s\n' "$(tail -1 "$logs/$step" | cut -c 1-100)"
	else
		printf '\n'
		tail -60 "$logs/$step" | sed 's/^/    /'
		echo "    (all of it: $logs/$step)"
	fi
done
echo "$passed passed, $failed failed${names:+ ($(echo $names))}, in $(($(date +%s) - began)) s"
[ $failed = 0 ]
