# SPDX-License-Identifier: ISC
# Child: a process of a test's own, which never comes back into the test.
#
#	my $pid = Child::start(sub { ... });		# ends with 0, or with 126 if that dies, and says why on standard error
#	my $pid = Child::start(sub { ...; exec 'program', @arguments or die "program: $!\n" });
#
# A child that dies would be caught by the next eval of the test, a subtest's for one, and continue the test: the same
# once more, and if it starts children and tries again, thousands.  At its end it runs none of the test's END blocks.
package Child;

use strict;
use warnings;

use Carp qw(croak);
use POSIX ();

sub start {
	my ($work) = @_;
	my $pid = fork // croak "fork: $!";

	return $pid if $pid;
	my $done = eval { $work->(); 1 };
	print STDERR "a child of $0: $@" unless $done;
	$_->flush for *STDOUT{IO}, *STDERR{IO};
	POSIX::_exit($done ? 0 : 126);
}

1;
