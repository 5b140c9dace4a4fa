#!/bin/sh
# SPDX-License-Identifier: ISC
# prove: runs tests with prove, several at once; one that fails is run again, alone, twice at most.
#
#	sh tests/prove.sh STATE JOBS TEST...
#
# Terminals, time-outs and servers of other programs suffer when everything runs at once on a small machine.  What fails
# three times fails; what failed before is named.  STATE: a file that remembers which failed.
# Signals mean what they mean by default, whatever started this: behind nohup or & some are ignored, by all that is started then.
set -u
state=$1 jobs=$2
shift 2
mkdir -p "$(dirname "$state")"
rm -f "$state"
run() {
	perl -e '$SIG{$_} = "DEFAULT" for qw(HUP INT QUIT TERM TSTP PIPE CHLD); exec "prove", "-Itests/lib", @ARGV or die "prove: $!\n"' -- "$@"
}
run -j"$jobs" --state=save --statefile="$state" "$@" && exit 0
grep -qs total_failures "$state" || exit 1	# it did not come to its end: there is no list of what failed
echo "once more, one at a time:"
run --state=failed,save --statefile="$state" && exit 0
echo "and a last time:"
run --state=failed,save --statefile="$state"
