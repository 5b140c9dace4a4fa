#!/bin/sh
# SPDX-License-Identifier: ISC
# fuzz: each target for some seconds, two at a time: fuzz.sh BUILD SECONDS fuzz_NAME...
#
# Seeds are tests/fuzz/seeds/NAME; new finds go to BUILD/NAME and are used by the next run.  A target ends at its first
# crash, which is kept as BUILD/crash-NAME-HASH.
set -u
build=$1 seconds=$2
shift 2
cd "$(dirname "$0")/.."
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1

one() {
	name=${1#fuzz_}
	mkdir -p "$build/$name"
	seeds=tests/fuzz/seeds/$name
	[ -d "$seeds" ] || seeds=
	# Sessions are long: a conversation; the others are texts.
	"$build/tests/fuzz/$1" -max_total_time="$seconds" -max_len=4096 -timeout=30 -rss_limit_mb=1024 -dict=tests/fuzz/fuzz.dict \
		-print_final_stats=1 -artifact_prefix="$build/crash-$name-" "$build/$name" $seeds >"$build/$name.log" 2>&1
	status=$?
	n=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log")
	cover=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$build/$name.log" | tail -1)
	printf '%-12s %10s executions, %5s edges  %s\n' "$name" "${n:-?}" "${cover:-?}" "$([ $status = 0 ] && echo ok || echo FAILED)"
	[ $status = 0 ] || grep -v '^#\|^NEW' "$build/$name.log" | tail -30
	return $status
}

failed=0
while [ $# -gt 0 ]; do
	first=$1
	shift
	one "$first" &
	pid=$!
	if [ $# -gt 0 ]; then
		one "$1" || failed=1
		shift
	fi
	wait $pid || failed=1
done
total=0
for log in "$build"/*.log; do
	n=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	total=$((total + ${n:-0}))
done
echo "$total executions in all"
exit $failed
