#!/bin/sh
# SPDX-License-Identifier: ISC
# prove: runs tests with prove, several at once, each once: prove.sh JOBS TEST...
#
# A test that fails now and then is a fault of the test or of the program, to be found; it is not tried again.  The output of failed tests
# is printed once more at the end, where a log that was cut still has it.
# Signals have their default meaning, whatever started this: after nohup or & some are ignored, by every program started then.
set -u
jobs=$1
shift
exec perl -e '
	use strict;
	use warnings;

	$SIG{$_} = "DEFAULT" for qw(HUP INT QUIT TERM TSTP PIPE CHLD);
	pipe my $read, my $write or die "pipe: $!\n";
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		close $read;
		open STDOUT, ">&", $write or die "dup: $!\n";
		open STDERR, ">&", $write or die "dup: $!\n";
		close $write;
		exec "prove", "-Itests/lib", "--failures", "--comments", @ARGV or die "prove: $!\n";
	}
	close $write;
	$| = 1;
	my (@said, @held);
	while (<$read>) {
		next if /^# Subtest: /;
		push @said, $_ if /^ *(?:#.|not ok )/;
		shift @said if @said > 2000;
		# The name of a test is followed by its output, which is of no interest if it passed.
		push @held, $_ if @held || /^\S.* \.\. $/;
		@held or print;
		if (@held > 1 && !/^#/) {
			/^ok\b/ ? print $held[0] =~ s/\n//r, $_ : print @held;
			@held = ();
		}
	}
	print @held;
	waitpid $pid, 0;
	my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	print "\n--- what the tests said, once more:\n", @said if $status;
	exit $status;
' -- -j"$jobs" "$@"
