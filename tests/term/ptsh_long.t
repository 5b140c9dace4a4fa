#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Long sessions: thousands of connections and a million events leave memory and descriptors as they were.  A part of them; with
# PTSH_TEST_FULL=1 all.
use strict;
use warnings;
use utf8;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Box;
use Deadline;
use Session;
use Term;

plan skip_all => 'no tmux' unless Term::available();

# A sanitizer keeps what was freed.
my $measured = !$ENV{PTSH_TEST_SANITIZED} && Deadline::SLOW == 1;

sub resident { my ($s) = @_; return Box::slurp('/proc/' . $s->pid . '/status') =~ /VmRSS:\s+(\d+)/ ? $1 : 0 }
sub descriptors { my ($s) = @_; my @fds = glob '/proc/' . $s->pid . '/fd/*'; return scalar @fds }

# Does the same work twice: what the first time has allocated (pools, OpenSSL's tables) must do for the second, but for so
# many KiB.
sub is_flat
{
	my ($s, $what, $least, $work) = @_;
	$work->(0);
	my ($memory, $fds) = (resident($s), descriptors($s));
	$work->(1);
	is descriptors($s), $fds, "$what: as many descriptors as before";
	my $more = resident($s) - $memory;
	SKIP: {
		skip 'memory says nothing here', 1 if !$measured;
		cmp_ok $more, '<', $least, "$what: memory is flat ($memory KiB, then $more more)";
	}
}

# --- connections, one after the other ---

sub connections
{
	my ($name, $n, $s, @lines) = @_;
	is_flat($s, $name, 1024, sub {
		my ($round) = @_;
		my $count = int $n / 2;
		Session::put($s->home . '/lines', join('', map { "$_\n" } (@lines) x $count, ".echo round $round is over"));
		$s->line('.source ' . $s->home . '/lines');
		ok $s->wait_row(qr/^round $round is over$/), "$name: $count times" or diag $s->all =~ s/.*(.{800})\z/$1/sr;
		$s->wait_prompt(qr/^\w+> $/);
	});
}

my $full = $ENV{PTSH_TEST_FULL};
my $box = Box->start('--port', 0, '--tls', 'offer');
my $s = Session->new(box => $box, boxes => 'box ' . $box->address . "\ntls --tls insecure -q " . $box->address . "\n");
connections('connections', $full ? 10000 : 500, $s, '.connect box', 'product_id > /dev/null');
connections('connections with TLS', $full ? 1000 : 60, $s, '.connect tls', 'product_id > /dev/null');
my $opened = $full ? 11001 : 561;
is scalar($box->log_lines('open')), $opened, '... each a connection of its own';
$s->key('C-d');
is $s->status, 0, 'ends';

# --- connections that are lost; a typed line does not wait for the next try ---

my $times = $full ? 500 : 30;
my $lossy = Box->start(script => "repeat 100000\nhello none\nexpect ping\nreply 1,1,2\nreset\nnext\nend\n");
my $l = Session->new(box => $lossy, args => ['-q']);
is_flat($l, "$times lost connections", 512, sub {
	for (1 .. $times) {
		$l->line('ping');
		$l->wait_prompt(qr/^box \(away/) or last;
	}
	is scalar(grep { $_->[3] =~ /ping/ } $lossy->log_lines('recv')) % $times, 0, 'lost: each got its answer';
});

# --- a million events ---

# Of more kinds than are counted separately, so that all paths of the folding are taken.
sub events
{
	my ($n) = @_;
	my $each = int $n / 50;
	return join '', map { "fill $each [null,\"event\",\"kind_$_\",\"5000015442\",{\"a\":[$_]}]\\n\n" } 1 .. 50;
}

my $events = $full ? 1000000 : 50000;
my $half = int $events / 2;
my $script = "hello none\nexpect subscribe\nreply 1\nanswer-all 6\n";		# the names that a session asks for
$script .= "expect product_id\n" . events($half) . "reply 1,\"round $_\",1\n" for 0, 1;
my $many = Box->start(script => $script . "answer-all\n");
my $e = Session->new(box => $many, args => ['-e', '*']);
is_flat($e, "$events events", 1024, sub {
	my ($round) = @_;
	$e->line('product_id');
	ok $e->wait_row(qr/round $round/), "$half events";
	$e->wait_prompt(qr/^box> $/);
});
$e->line('.status');
ok $e->wait_row(qr/\b$events\b/), '... all of them seen' or diag $e->all;

done_testing;
