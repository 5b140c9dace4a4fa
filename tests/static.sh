#!/bin/sh
# SPDX-License-Identifier: ISC
# static: checkers of the source: gcc -fanalyzer, clang-tidy (.clang-tidy says with what), cppcheck.
# static.sh FOLDER FLAG...
#
# gcc 12's analyzer is wrong about values stored through a pointer: its checks for leaks and unset values are off, which the
# sanitizers and valgrind see.  Nothing may be found.  Where a tool is wrong, the line says so (NOLINT, cppcheck-suppress) and why: ten at most.
set -u
cd "$(dirname "$0")/.."
folder=$1
shift
mkdir -p "$folder"
flags=$*
failed=0

verdict() {
	if [ "$1" = 0 ]; then
		echo "$2: nothing found"
	else
		echo "$2: found something"
		failed=1
	fi
}

# each COMMAND: for each source file, as "$1", as many at a time as there are processors.  The biggest come first: none is left
# alone at the end.  "$0" are the flags; its time goes into seconds.
each() {
	ls -S src/*.c src/*/*.c | xargs -P "$(nproc 2>/dev/null || echo 2)" -n 1 sh -c '
		began=$(date +%s)
		'"$1"'
		status=$?
		echo "$(($(date +%s) - began)) $1" >>"'"$folder"'/seconds"
		exit $status' "$flags"
}
: >"$folder/seconds"

each 'gcc $0 -O1 -fanalyzer -Wno-analyzer-malloc-leak -Wno-analyzer-use-of-uninitialized-value -Werror -c -o /dev/null "$1"' \
	>"$folder/analyzer" 2>&1
verdict $? 'gcc -fanalyzer'
grep -E '(warning|error):' "$folder/analyzer"

each 'clang-tidy --quiet "$1" -- $0' >"$folder/tidy" 2>/dev/null
verdict $? clang-tidy
grep -E '(warning|error):' "$folder/tidy" | sort -u

# The second thread: looking names up.
clang-tidy --quiet --checks='-*,concurrency-*' --config='{}' --warnings-as-errors='*' src/net/resolve.c src/net/srv.c -- $flags \
	>"$folder/threads" 2>/dev/null
verdict $? 'clang-tidy, threads'
grep -E '(warning|error):' "$folder/threads" | sort -u

cppcheck -q -j 2 --std=c11 -D_GNU_SOURCE -DPTSH_VERSION='"0"' -DAGENT_SONAME='"0"' -Isrc --enable=warning,performance,portability --library=tests/cppcheck.cfg --inline-suppr \
	--error-exitcode=1 --suppress=missingIncludeSystem --suppressions-list=tests/cppcheck.supp src >"$folder/cppcheck" 2>&1
verdict $? cppcheck
grep -E '(warning|error|performance|portability):' "$folder/cppcheck"

said=$(cat src/*.[ch] src/*/*.[ch] | grep -c 'NOLINT\|cppcheck-suppress')
said=$((said + $(grep -vc '^#\|^$' tests/cppcheck.supp)))
echo "$said suppressions"
[ "$said" -le 10 ] || { echo 'ten suppressions are enough'; failed=1; }
exit $failed
