#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# `make demo`: at a terminal a session to try things in, else a sample; and nothing is left, however it ends.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use Box;
use Run;
use Term;

my $top = abs_path(dirname(__FILE__) . '/../..');
my %programs = (PTSH => Run::program(), BOX => Box::program());
my $tmp = Term::directory();
sub left { return join ' ', map { s/.*\///r } grep { -d } glob "$tmp/ptsh-demo-*" }

my $sample = Run->ptsh(program => '/bin/sh', args => ["$top/tests/demo.sh"], env => {%programs, TMPDIR => $tmp});
is($sample->status . $sample->stderr, '0', 'without a terminal');
like($sample->stdout, qr/^time +pid\n(?s:.*)Head Office(?s:.*)^session_timeout/m, '... a sample');
is(left(), '', '... and nothing is left');

for my $way ('^D', 'a terminal that is closed', 'SIGHUP') {
	my $t = Term->new(env => {%programs, TMPDIR => $tmp, TERM => 'xterm'}, command => ['sh', "$top/tests/demo.sh"]);
	ok($t->wait_row(qr/^demo> ?$/), "$way: a prompt");
	ok($t->wait_for(sub { left() }), '... of a box in a folder');
	ok(scalar(grep { /\.each realm_info/ } $t->rows), '... and what to try');
	$t->type('realm_info name');
	$t->key('Enter');
	ok($t->wait_row(qr/^Head Office$/), '... works');
	if ($way eq '^D') {
		$t->wait_for(sub { ($t->rows)[-1] =~ /^demo>$/ });
		$t->type('realm_poll Lab');
		$t->key('Enter');
		$t->wait_output(qr/\rrealm_poll Lab: 1 ?s/);
		$t->key('C-c');
		ok($t->wait_row(qr/continues as a job$/), '... ^C is for ptsh');
		ok($t->wait_row(qr/\[1\] realm_poll Lab: done/), '... and not for the box');
		$t->key('C-d');
		is($t->status, 0, '... ends well');
	} elsif ($way eq 'SIGHUP') {
		kill 'HUP', $t->pid;
		$t->close;
	} else {
		$t->close;
	}
	ok($t->wait_for(sub { !left() }), '... and nothing is left') or diag(left());
}
done_testing();
