#!/bin/sh
# SPDX-License-Identifier: ISC
# reports: runs a command with all reports of sanitizers (or valgrind) going into a folder, and fails if there is one:
# reports.sh FOLDER sanitizers|valgrind COMMAND...
#
# A test that expects a program to fail would not notice that it failed for another reason.
set -u
folder=$1 what=$2
shift 2
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
# Lets tests know that measuring time or memory makes no sense, and to wait longer.
export PTSH_TEST_SLOW=4 PTSH_TEST_SANITIZED=1
if [ "$what" = sanitizers ]; then
	tests=$(cd "$(dirname "$0")" && pwd)
	# Too large a block is refused as by any malloc.
	export ASAN_OPTIONS="log_path=$folder/asan:detect_stack_use_after_return=1:detect_leaks=1:allocator_may_return_null=1:exitcode=99"
	export UBSAN_OPTIONS="log_path=$folder/ubsan:print_stacktrace=1"
	export LSAN_OPTIONS="suppressions=$tests/lsan.supp:print_suppressions=0"
else
	export REPORTS="$folder"
fi
"$@"
status=$?
found=0
for report in "$folder"/*; do
	# A finding has a location; a line without one is a remark (of valgrind, on an ioctl that it does not know).
	[ -f "$report" ] && grep -q 'at 0x\|#0 0x\|runtime error' "$report" || continue
	found=$((found + 1))
	[ $found -gt 5 ] || head -60 "$report"
done
echo "$found reports of $what"
[ $status = 0 ] && [ $found = 0 ]
