# SPDX-License-Identifier: ISC
# Deadline: how long anything may take that a test waits for.
#
# It is there to end a hang, and for nothing else: no test fails because a machine is slow or busy.  Only what is tested for
# ending late has a time of its own, and says why.
package Deadline;

use strict;
use warnings;

use Carp qw(shortmess);
use Time::HiRes qw(sleep time);

our @CARP_NOT = qw(Box Run Term);	# a failure names the line of the test

# PTSH_TEST_SLOW: for programs that are slow because of how they were built or are run.
use constant SLOW => $ENV{PTSH_TEST_SLOW} // 1;
use constant SECONDS => 300 * SLOW;

# Looks again and again until $condition->() is true; returns its last value.  $seconds: how long, for what need not come or is
# asked for again.
sub wait_until {
	my ($condition, $seconds) = @_;
	my $end = time + ($seconds ? $seconds * SLOW : SECONDS);

	for (my $pause = 0.002;; $pause = $pause < 0.03 ? $pause * 1.5 : $pause) {
		my $value = $condition->();
		return $value if $value;
		if (time > $end) {
			# Whatever the test makes of it: else a message that was reworded costs a whole deadline each time, unseen.
			main::fail(shortmess('what was waited for never came')) if !$seconds && defined &main::fail;
			return $value;
		}
		sleep $pause;
	}
}

1;
