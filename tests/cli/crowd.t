#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Two hundred clients of one box at once: none waits for another, each is distinguished, and one too many gets a message.
use strict;
use warnings;
use Test::More;
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(time);
use Box;
use Deadline;
use Run;

use constant { MANY => 200, TURNS => 20 };

sub connect_to { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $_[0], Timeout => Deadline::SECONDS) // die "port $_[0]: $!" }

# --- a flood and a client that reads nothing do not disturb others ---

my $box = Box->start('--auth', 'none', '--devices', 100_000);
my ($flood, $deaf) = map { connect_to($box->port) } 1 .. 2;
my @clients = map { { socket => connect_to($box->port), replies => -1, in => '' } } 3 .. MANY;
my $pings = '[7,"ping"]' x 50_000;
$flood->blocking(0);
substr $pings, 0, syswrite($flood, $pings), '';
syswrite $deaf, '[1,"realm_query","5000015442","device"]' x 20;

my %of = map { fileno $_->{socket} => $_ } @clients;
my $select = IO::Select->new($flood, map { $_->{socket} } @clients);
my ($total, $first_half, $flooded, $end) = (0, undef, 0, time + Deadline::SECONDS);
while ($total < @clients * TURNS && time < $end) {
	for my $ready ($select->can_read(1)) {
		if ($ready == $flood) {		# sends more requests as it is answered
			sysread $ready, my $bytes, 1 << 16 or die 'the flood was ended';
			$flooded += $bytes =~ tr/\n//;
			$pings .= '[7,"ping"]' x 1000 if length $pings < 1 << 16;
			substr $pings, 0, syswrite($flood, $pings) // 0, '';
			next;
		}
		my $c = $of{fileno $ready};
		sysread $ready, $c->{in}, 4096, length $c->{in} or die 'a client was dropped';
		next unless $c->{in} =~ s/\A[^\n]*\n//;
		$total++ if ++$c->{replies} > 0;	# the first line is hello
		syswrite $ready, "[$c->{replies},\"ping\"]" if $c->{replies} < TURNS;
	}
	$first_half //= (sort { $a <=> $b } map { $_->{replies} } @clients)[0] if $total >= @clients * TURNS / 2;
}
is $total, @clients * TURNS, (MANY - 2) . ' clients are answered beside a flood and one that reads nothing';
cmp_ok $first_half, '>', 0, '... none waited until others had half of their answers';
cmp_ok $flooded, '>', 1000, '... and the flood continued';
$_->{socket}->close for @clients;
$box->stop;

# --- as many processes of ptsh, all following one event; a sanitizer needs much memory for each ---

my $many = $ENV{PTSH_TEST_SANITIZED} ? 40 : MANY;
$box = Box->start('--auth', 'none', '--max-clients', $many + 1, '--delay', 0);
my ($program, %env) = (Run::program(), Run::environment(Run::new_home()));
my @runs;
for (1 .. $many) {
	my $pid = open my $out, '-|' // die "fork: $!";
	if ($pid == 0) {
		%ENV = %env;
		open STDIN, '<', '/dev/null';
		no warnings 'exec';
		exec { $program } 'ptsh', '-X', '--auth', 'none', '-e', 'realm_poll_stop', '--follow', $box->address;
		POSIX::_exit(127);
	}
	push @runs, { pid => $pid, out => $out };
}
Deadline::wait_until(sub { $box->log_lines('recv') >= $many });
is scalar(grep { $_->[3] =~ /"subscribe"/ } $box->log_lines('recv')), $many, "$many of ptsh have subscribed";
my $poll = Run->ptsh(args => ['-c', 'realm_poll 5000015442', $box->address]);
is $poll->status, 0, 'one more polls a realm';
my $followed = 0;
for my $run (@runs) {
	IO::Select->new($run->{out})->can_read(Deadline::SECONDS) or next;
	my $line = '';
	$followed++ if sysread($run->{out}, $line, 4096) && $line =~ /^\S+\tevent\trealm_poll_stop\t5000015442/;
}
is $followed, $many, '... and all print it';

# A client too many gets the reason; once one has gone there is room again.
$box->wait_log('close', qr/eof/);
my $last = connect_to($box->port);
my $refused = Run->ptsh(args => ['-c', 'ping', $box->address]);
like $refused->stderr, qr/too many connections/, 'one too many gets the reason';
is $refused->status, 7, '... and gives up';
close $last;
kill TERM => $_->{pid} for @runs;
is scalar(grep { waitpid($_->{pid}, 0) == $_->{pid} && $? == POSIX::SIGTERM } @runs), $many, 'all are ended by the signal';
$box->stop;
my @opened = $box->log_lines('open');
is_deeply [sort { $a <=> $b } map { $_->[0] } @opened], [1 .. $many + 3], 'each connection has its own number';
is scalar(grep { $_->[3] =~ /^127\.0\.0\.1 port \d+\z/ } @opened), $many + 3, '... its address is logged';
is_deeply [sort { $a <=> $b } map { $_->[0] } $box->log_lines('close')], [1 .. $many + 3], '... and when it ends, once';

# --- --allow ---

for (['127.0.0.0/8', 1], ['127.0.0.1', 1], ['127.0.0.1/32', 1], ['127.0.0.0/31', 1], ['0.0.0.0/0', 1], ['127.0.0.2/32', 0],
	['127.0.0.2/31', 0], ['128.0.0.0/1', 0], ['::/0', 0], ['::1', 0]) {
	my ($network, $in) = @$_;
	$box = Box->start('--auth', 'none', '--allow', $network);
	my $run = Run->ptsh(args => ['-c', 'ping', $box->address]);
	is $run->status, $in ? 0 : 3, "--allow $network: " . ($in ? 'let in' : 'kept out');
	is scalar($box->log_lines('refused')), $in ? 0 : 1, '... which is logged';
	$box->stop;
}
for my $nonsense (qw(127.0.0.0/33 127.0.0.0/ 127.0.0.0/x 127.0.0.0/-1 127.0.0.0/4294967296 ::/129 127.0.0/8 nowhere /8), '') {
	my $said = qx('$ENV{BOX}' --allow '$nonsense' 2>&1 </dev/null);
	like $said, qr/--allow: '\Q$nonsense\E' is no network/, "--allow '$nonsense' is no network";
}

done_testing;
