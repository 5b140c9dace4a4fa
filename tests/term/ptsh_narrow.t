# SPDX-License-Identifier: ISC
# What is shown by itself or asked for at the prompt stays whole in a wide and in a narrow window while events come: lists, the search,
# jobs, .watch, the question before a paste, the time that a request takes.
use strict;
use warnings;
use utf8;
use Test::More;
use Session;

plan skip_all => 'needs tmux' unless Term::available;

my $clock = qr/\d\d:\d\d:\d\d/;
my $event = qr/^$clock realm_poll_st(?:op|art) \d+ \([^()]+\)$|^ptsh: realm_poll_stop: \d+ more in a second \(\.events list\)$/;

for my $columns (80, 40, 24) {
	my $s = Session->new(columns => $columns, rows => 24, args => ['-e', '*'], env => {PTSH_PAGER => ''}, box => ['--events', 20, '--delay', 1500]);

	# From the last prompt on; ptsh breaks a long line itself, before the last column.
	my $bottom = sub {
		my @rows = $s->rows;
		my ($first) = grep { $rows[$_] =~ /^box/ } reverse 0 .. $#rows;
		return defined $first ? join('', @rows[$first .. $#rows]) =~ s/ //gr : '';
	};
	my $reads = sub {
		my ($wanted, $what) = @_;
		my $have;
		ok $s->wait_for(sub { ($have = $bottom->()) eq $wanted =~ s/ //gr }), "$columns columns: $what" or diag $have;
	};
	# Consecutive rows.
	my $shows = sub {
		my ($what, $times, @wanted) = @_;
		my $wanted = join '', map { "$_\n" } @wanted;
		ok $s->wait_for(sub { (() = join('', map { s/ +$//r . "\n" } $s->scrollback) =~ /^$wanted/mg) == $times }),
		    "$columns columns: $what" or diag $s->all;
	};
	my $more_events = sub {
		my $before = () = $s->all =~ /realm_poll_st/g;
		$s->wait_for(sub { (() = $s->all =~ /realm_poll_st/g) > $before + 1 });
	};

	$s->type('realm_query Lab device device_');
	$reads->('box> realm_query Lab device device_', 'a line');
	$s->key('Tab', 'Tab');
	$shows->('the list of Tab is whole', 1, map { "  device_$_ .*" } qw(comment dnsname ip log_end log_start mac notes));
	$more_events->();
	$reads->('box> realm_query Lab device device_', '... and so is the line');
	$s->key('C-u');
	$s->type('realm_query Lab device ?');
	$shows->('`?` explains', 1, 'columns: list of names, required: columns to show', map { "  device_$_ .*" } qw(comment dnsname ip));
	$more_events->();
	$reads->('box> realm_query Lab device', '... and is not in the line');

	$s->key('C-u');
	$s->line('.watch 0.3 3 realm_info gid,name 5200007311');
	$shows->('.watch: each table is whole', 3, ' *gid  name', '-+  -+', '5200007311  Lab');
	$reads->('box>', '... and the prompt is back');
	$s->key('C-r');
	$s->type('watch');
	$more_events->();
	$reads->('box> .watch 0.3 3 realm_info gid,name 5200007311bck:watch', '^R shows what it has found');
	$s->key('C-c');
	$reads->('box>', '... ^C leaves it');

	$s->line('ping &');
	$shows->('a job begins', 1, 'ptsh: \[1\] ping');
	$s->type('half a line');
	$shows->('... and ends', 1, 'ptsh: \[1\] ping: done, [\d.]+m?s');
	$reads->('box> half a line', '... above the line');
	$s->key('C-u');

	$s->paste(".echo eins zwei drei\n.echo zwei\n");
	$shows->('a paste is shown', 1, '\| \.echo eins zwei drei', '\| \.echo zwei');
	my $question = sub { my @rows = $s->rows; join('', @rows > 1 ? @rows[-2, -1] : @rows) =~ /Run these 2 lines\? \[y\/N\]$/ };
	ok $s->wait_for($question), "$columns columns: ... and asked about";
	$more_events->();
	ok $s->wait_for($question), "$columns columns: ... which events leave alone";
	$s->type('y');
	$shows->('... and run', 1, 'zwei');
	$reads->('box>', '... all of it');

	$s->line('realm_poll Lab');
	ok $s->wait_for(sub { join('', $s->rows) =~ /realm_poll Lab: 1 s[^:]*\z/ }), "$columns columns: the time of a long request is shown";
	$shows->('... then its result', 1, 'port_updates +4', 'device_seens +30');
	$reads->('box>', '... and the prompt');
	is scalar(grep { /Lab: 1 s|leaves/ } $s->scrollback), 0, "$columns columns: ... and the time is gone";

	my @torn = grep { /realm_poll|more in a second/ && !/$event/ && !/^box> / } $s->scrollback;
	is "@torn", '', "$columns columns: no event is torn";
	$s->key('C-d');
	is $s->status, 0, "$columns columns: ends";
}

done_testing;
