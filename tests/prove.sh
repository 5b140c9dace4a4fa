#!/bin/sh
# prove: runs tests with prove, several at once; one that fails is run once more, alone.
#
#	sh tests/prove.sh STATE JOBS TEST...
#
# Terminals, time-outs and servers of other programs suffer when everything runs at once on a small machine.  What fails
# twice fails; what failed once is named.  STATE: a file that remembers which failed.
set -u
state=$1 jobs=$2
shift 2
mkdir -p "$(dirname "$state")"
rm -f "$state"
prove -Itests/lib -j"$jobs" --state=save --statefile="$state" "$@" && exit 0
echo "once more, one at a time:"
prove -Itests/lib --state=failed,save --statefile="$state"
