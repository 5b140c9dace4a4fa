#!/bin/sh
# SPDX-License-Identifier: ISC
# prove: runs tests with prove, several at once, each once: prove.sh JOBS TEST...
#
# A test that fails now and then is a fault of the test or of the program, to be found; it is not tried again.
# Signals mean what they mean by default, whatever started this: behind nohup or & some are ignored, by all that is started then.
set -u
jobs=$1
shift
exec perl -e '$SIG{$_} = "DEFAULT" for qw(HUP INT QUIT TERM TSTP PIPE CHLD); exec "prove", "-Itests/lib", @ARGV or die "prove: $!\n"' \
	-- -j"$jobs" "$@"
