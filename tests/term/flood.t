# SPDX-License-Identifier: ISC
# 10,000 events a second: keys are shown between them, memory stays where it is, and nothing is lost.
use strict;
use warnings;
use utf8;
use Child;
use Test::More;
use Prompt;
use Time::HiRes qw(sleep time);

plan skip_all => 'needs tmux' unless Term::available;

sub memory { my ($pid) = @_; return (Term::slurp("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m)[0] }

my $t = Prompt->new(columns => 60, rows => 20);
my $pid = $t->pid;
my ($rate, $seconds) = (10000, 3);

# Events are sent by a child at their times, so that looking at the screen does not slow them down.
my $flood = Child::start(sub {
	my ($start, $n) = (time, 0);
	while ($n < $rate * $seconds) {
		my $due = int((time - $start) * $rate);
		$due = $rate * $seconds if $due > $rate * $seconds;
		$t->event($due - $n) if $due > $n;
		$n = $due;
		sleep 0.002;
	}
});
$t->wait_row(qr/^E\d/);
my ($typed, $first) = ('', 0);
my $until = time + $seconds - 0.7;
while (time < $until && length $typed < 50) {
	my $c = chr(ord('a') + length($typed) % 26);
	$t->type($c);
	$typed .= $c;
	$t->wait_for(sub { scalar grep { $_ eq "me> $typed" } $t->rows }) or last;
	$first ||= memory($pid);
}
cmp_ok length $typed, '>', 3, 'keys are shown during the flood, not after it';
waitpid $flood, 0;
$t->{events} = $rate * $seconds;
is $t->settle($typed), '', 'the line is right in the end';
my $last = memory($pid);
SKIP: {
	skip 'memory says nothing here', 1 if $ENV{PTSH_TEST_SLOW};
	cmp_ok $last, '<', $first + 512, "memory is flat ($first to $last KiB)";
}
my $wrong;
$t->wait_for(sub { ($wrong = $t->events_wrong) eq '' });
is $wrong, '', 'all events are there, whole and in order';
my ($ticks) = map { $$_[11] + $$_[12] } [split ' ', Term::slurp("/proc/$pid/stat") =~ s/^.*\) //r];
diag sprintf 'processor time for %d events: %.2f s', $rate * $seconds, $ticks / 100;
$t->key('Enter');
is_deeply [$t->wait_logged(1)], ["LINE $typed"], 'sent what was typed';

done_testing;
