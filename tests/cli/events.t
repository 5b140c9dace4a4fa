# SPDX-License-Identifier: ISC
# Events: -e, --follow, --reconnect, subscribe, .on, in every format.
use strict;
use warnings;

use Box;
use Deadline;
use JSON::PP ();
use Lines;
use Run;
use Test::More;

my $box = Box->start('--auth', 'none', '--delay', 50);
my $l = Lines->new($box->address);

sub subscriptions { return scalar grep { $_->[3] =~ /subscribe/ } $box->log_lines('recv') }

# A ptsh that follows; returns when it has subscribed.
sub follow {
	my (@args) = @_;
	my $before = subscriptions();
	my $r = Run->begin(args => ['--follow', @args, $box->address]);

	Deadline::wait_until(sub { subscriptions() > $before });
	return $r;
}

sub interrupt {
	my ($r) = @_;

	kill INT => $r->pid;
	is($r->finish->status, 130, 'ended by SIGINT');
	return $r;
}

subtest 'formats' => sub {
	my %shown = (
		table => qr/\A\d\d:\d\d:\d\d realm_poll_start 5200007311 \(Lab\)\n\d\d:\d\d:\d\d realm_poll_stop 5200007311 \(Lab\)\n\z/,
		tsv => qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00\tevent\trealm_poll_start\t5200007311\n\S+\tevent\trealm_poll_stop\t5200007311\n\z/,
		csv => qr/\A\S+?,event,realm_poll_start,5200007311\r\n\S+?,event,realm_poll_stop,5200007311\r\n\z/,
		json => qr/\A\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00","event":"realm_poll_start","args":\["5200007311"\]\}\n\{"time":"[^"]+","event":"realm_poll_stop","args":\["5200007311"\]\}\n\z/,
		raw => qr/\A\[null,"event","realm_poll_start","5200007311"\]\n\[null,"event","realm_poll_stop","5200007311"\]\n\z/,
	);
	$shown{records} = $shown{json};
	my @followers = map { [$_, follow('-e', 'realm_poll_start', '-e', 'realm_poll_stop', '-o', $_)] } sort keys %shown;
	# A table's realm names are asked for after the subscription; their reply comes before the events.
	$box->wait_log('recv', qr/"realm_info"/);
	$l->good("realm_poll Lab\nrealm_discover Lab\n");
	for (@followers) {
		my ($format, $r) = @$_;
		$r->wait_for(stdout => qr/_stop/);
		interrupt($r);
		like($r->stdout, $shown{$format}, "$format: only what was asked for");
	}
};

subtest 'awkward events' => sub {
	my $other = Box->start(script => "hello none\nexpect subscribe\nreply 1\n"
	    . q(json [null,"event","a\tb\u001b[31m",{"x":[1e400,null]},"two\nlines",0.10]) . "\n" . q(json [null,"event"]) . "\n"
	    . q(json [null,"event","late"]) . "\nclose\n");
	my $r = Run->ptsh(args => ['-e', '*', '--follow', $other->address]);
	like($r->stdout, qr/\A\S+\tevent\ta\\tb(?:(?!\e).)*\[31m\t\{"x":\[1e400,null\]\}\ttwo\\nlines\t0\.10\n/, 'tsv: harmless, to the digit');
	like($r->stdout, qr/^\S+\tevent\tlate\n\z/m, 'arguments after an event without a name are there');
	is($r->status, 0, 'the box ended in order');
};

subtest 'subscribing' => sub {
	my $r = $l->run("subscribe realm_poll_stop realm_poll_start\nunsubscribe realm_poll_start\nrealm_poll Lab\n");
	is($r->stdout =~ s/^(?!\S+\tevent).*\n//mgr =~ s/^\S+\t//r, "event\trealm_poll_stop\t5200007311\n", 'subscribe, unsubscribe');
	$r = $l->run("subscribe '*'\nrealm_poll Lab\n");
	is(scalar(() = $r->stdout =~ /^\S+\tevent\trealm_poll_st/mg), 2, '* is all');
	$r = $l->run(".events off\nsubscribe '*'\nrealm_poll Lab\n.events on\nrealm_poll 5100005442\n");
	unlike($r->stdout, qr/^\S+\tevent\t\w+\t5200007311/m, '.events off');
	is(scalar(() = $r->stdout =~ /^\S+\tevent\t\w+\t5100005442/mg), 2, '.events on');
	is($l->run(".events\n")->stderr, "ptsh: events are shown\n", '.events');
	$l->bad(".events x\n", 2, qr/^ptsh: stdin:1: \.events: x: on, off or list$/m);
	$l->bad("ping\n", 1, qr/^ptsh: subscribe: .*nonsense/m, '-e', 'nonsense');
	is($l->run("subscribe a_new_one\n")->stderr =~ /^ptsh: stdin:1: .*a_new_one.*unknown to ptsh/m, 1, 'one that ptsh does not know');
};

subtest '--follow' => sub {
	my $r = Run->begin(args => ['-e', '*', '--follow', '-c', 'realm_poll Lab', $box->address]);
	$r->wait_for(stdout => qr/port_seens\t52\n/);
	like($r->stdout, qr/\A\S+\tevent\trealm_poll_start.*event\trealm_poll_stop.*port_updates/s, 'events and results, each whole');
	interrupt($r);
	$r = Run->ptsh(args => ['-e', '*', '--follow', '-c', 'realm_poll 1', $box->address]);
	is($r->status, 1, 'a failure ends it');
	my $other = Box->start(script => "hello none\nexpect subscribe\nreply 1\nclose\n");
	is(Run->ptsh(args => ['-e', '*', '--follow', $other->address])->status, 0, 'the box goes: the end');
	$other = Box->start(script => "hello none\nexpect subscribe\nreply 1\nreset\n");
	is(Run->ptsh(args => ['-e', '*', '--follow', $other->address])->status, 3, 'the connection is reset: 3');
	is(Run->ptsh(args => ['-e', '*', '--follow', '127.0.0.1:1'])->status, 3, 'no box: 3');
};

subtest '--reconnect' => sub {
	my $other = Box->start('--auth', 'none', '--delay', 50);
	my $port = $other->port;
	my $r = Run->begin(args => ['-e', 'realm_poll_stop', '--follow', '--reconnect', '-c', '.on realm_poll_start -- log {1}', $other->address]);
	$other->wait_log('recv', qr/subscribe/);
	Lines->new($other->address)->good("realm_poll Lab\n");
	$r->wait_for(stdout => qr/^\S+\tevent/);
	$other->stop;
	$r->wait_for(stderr => qr/^ptsh: 127\.0\.0\.1:\d+: the box closed the connection(?:; trying to connect again)?$/m);
	$other = Box->start('--auth', 'none', '--delay', 50, '--port', $port);
	$r->wait_for(stderr => qr/^ptsh: 127\.0\.0\.1:\d+: reconnected after \d+\.\ds$/m);
	$other->wait_log('recv', qr/subscribe.*realm_poll_stop|subscribe.*realm_poll_start/);
	Lines->new($other->address)->good("realm_poll 5100005442\n");
	$r->wait_for(stdout => qr/^\S+\tevent\trealm_poll_stop\t5100005442$/m);
	$other->wait_log('syslog', qr/5100005442/);
	interrupt($r);
	is($r->stdout =~ s/^\S+\t//mgr, "event\trealm_poll_stop\t5200007311\nevent\trealm_poll_stop\t5100005442\n", 'subscribed again');

	# While the box is away, ^C works.
	$other = Box->start('--auth', 'none');
	$r = Run->begin(args => ['-e', '*', '--follow', '--reconnect', $other->address]);
	$other->wait_log('recv', qr/subscribe/);
	$other->stop;
	$r->wait_for(stderr => qr/closed the connection/);
	interrupt($r);
	is(Run->ptsh(args => ['-e', '*', '--follow', '--reconnect', '127.0.0.1:1'])->status, 3, 'a box that was never there');
};

# The box sends an event with the reply of what it is about: whatever is answered after it comes later.
subtest '.on' => sub {
	my $r = follow('-c', '.on realm_discover_stop -- realm_poll {1}');
	$l->good("realm_discover Lab\nrealm_discover 5100005442\n");
	$r->wait_for(stdout => qr/(?:port_seens\t\d+\n.*){2}/s);
	interrupt($r);
	is($r->stdout =~ /^\S+\tevent/m ? 1 : 0, 0, 'its event is not shown');
	like($r->stderr, qr/^ptsh: \.on: realm_poll 5200007311: done, 0\.\ds$/m, 'its end is reported');

	$r = $l->run(".on realm_poll_stop 5200007311 -- log one\n.on realm_poll_stop 1 -- log two\n.on '*' -- log {1}\nrealm_poll Lab\n.wait\nping\n");
	my @logged = map { $_->[3] } $box->log_lines('syslog');
	is(join(' ', sort @logged[-3 .. -1]), '6 5200007311 6 5200007311 6 one', 'events by their arguments');
	is($r->status, 0, 'well') or diag $r->stderr;

	is($l->good(".on realm_poll_stop -- ping\n.on realm_poll_start 7 -- log 'x {1}'\n.on\n.on off 1\n.on\n.on off\n.on\n"),
		"1\trealm_poll_stop\t0\tping\n2\trealm_poll_start 7\t0\tlog 'x {1}'\n2\trealm_poll_start 7\t0\tlog 'x {1}'\n", 'list, off N, off');
	is($l->good(".on realm_poll_stop -- poller_info_modify {1} secret=geheim\n.on realm_poll_stop -- set_license geheim\n.on\n"),
		"1\trealm_poll_stop\t0\tpoller_info_modify ?\n2\trealm_poll_stop\t0\tset_license ?\n", 'a list without secrets');
	$l->bad(".on realm_poll_stop -- ping\n.on off x\n", 2, qr/^ptsh: stdin:2: \.on: off: x: no such number; \.on lists them$/m);
	is($l->run(".on realm_poll_stop -- ping\n- .on off 7\n.on\n")->stdout, "1\trealm_poll_stop\t0\tping\n", 'nothing else is ended');
	$l->bad(".on realm_poll_stop -- realm_pol 1\n", 2, qr/realm_poll\?/);
	$l->bad(".on realm_poll_stop -- .sleep 1\n", 2, qr/only a request or \.echo is allowed here/);
	like($l->run(".on realm_poll_stop -- .echo poll of {1}\nrealm_poll Lab\nping\n")->stdout, qr/^poll of 5200007311$/m, '.echo at an event');
	$l->bad(".watch 1 .echo\n", 2, qr/only a request or \.find is allowed here/);
	$l->bad(".each .find x -- ping\n", 2, qr/only a request is allowed here/);
	$l->bad(".on realm_poll_stop ping\n", 2, qr/usage: \.on EVENT \[ARG\.\.\.\] -- LINE/);
	$l->bad(".on realm_poll_stop -- log {2}\n", 2, qr/\{2}: no such column, only \{1}$/m);
	$l->bad(".on * -- log {2}\nrealm_poll Lab\nping\n", 2, qr/\{2}: no such column, only \{1}$/m);
	$l->bad(".on realm_poll_stop -- log {gid}\nrealm_poll Lab\n", 2, qr/\{gid}: an event's arguments have no names, only numbers: \{1} \{2} \.\.\.$/m);
	$l->bad(".on * -- log {65}\n", 2, qr/\{65}: no such column, only \{1} to \{64}$/m);
	$l->bad(".on realm_poll_stop -- realm_poll 1\nrealm_poll Lab\nping\n", 1, qr/^ptsh: (?:stdin:1: )?\.on: realm_poll 1: failed after 0\.\ds: no such realm/m);
	is($l->run(".on realm_poll_stop -- - realm_poll 1\nrealm_poll Lab\nping\n")->status, 0, '- LINE does not count');

	# What a listener begins may end the next one.
	$r = $l->run(".on realm_poll_stop -- log once\nrealm_poll Lab &\n.wait realm_poll_stop\n.on off\nrealm_poll Lab\n");
	is($r->status, 0, '.wait and .on off at one event') or diag $r->stderr;
	is(scalar(() = $r->stderr =~ /\.on: log once: done/g), 1, '... which .on has heard, and no later one');

	is($l->good("subscribe realm_poll_stop\n.events off\nrealm_poll Lab\nping\n.format csv\n.events list\n", '-q') =~ /^\S+?,event.*/m ? $& =~ s{^\S+?,}{}r : '',
		"event,realm_poll_stop,5200007311\r", '.events list, of those that were hidden, too');

	# What an event has begun is a job.
	like($l->run(".on realm_poll_stop Lab -- realm_poll 5100005442\nrealm_poll Lab\n.wait\n.echo end\n")->stdout, qr/\nend\n\z/, '.wait: for .on, too');

	# A realm by its name, as everywhere.
	$r = $l->run(".on realm_poll_stop lab -- .echo lab {1}\nrealm_poll Lab &\nrealm_poll 5100005442 &\n.wait realm_poll_stop Lab\n.wait\n", '-q', '-o', 'json', '-t', 10);
	is($r->status, 0, '.wait EVENT NAME') or diag $r->stderr;
	is(join('', $r->stdout =~ /^lab.*\n/mg), "lab 5200007311\n", '.on EVENT NAME: for that realm only');

	$l->bad(".wait realm_poll_stop Nowhere\nping\n", 2, qr/^ptsh: realm_poll_stop: Nowhere: no such realm; there is Head Office/m);
	is($l->run("- .wait realm_poll_stop Nowhere\nping\n")->status, 0, '... and .wait does not wait for it');
	is(Run->ptsh(args => ['-c', '.on realm_poll_stop Nowhere -- ping', '--follow', $box->address])->status, 2, '... nor follow it');

	# An event that the box does not know is not waited for.
	$l->bad(".wait realm_nonsense\nping\n", 1, qr/^ptsh: subscribe: unknown event 'realm_nonsense'$/m);
	is($l->run("- .wait realm_nonsense\n.echo on\n")->status, 0, '- .wait: does not count');

	# Nor is one whose name is a secret in the wrong place shown: refused, not heard, lost, listed.
	my $password = 'n0tToBeSeen';
	my $deaf = Box->start(script => "hello none\nexpect subscribe\nreply 1\nexpect ping\nreply 2\nexpect-eof\n");
	my $short = Box->start(script => "hello none\nexpect subscribe\nreply 1\nclose\n");
	for (["ping\n", $deaf->address, 6, qr/^ptsh: stdin:1: \.wait: no password=\*\*\*$/m], ['', $short->address, 3, qr/\.wait: no password=\*\*\*$/m],
		['', $box->address, 1, qr/unknown event 'password=\*\*\*$/m]) {
		my ($more, $address, $status, $why) = @$_;
		$r = Run->ptsh(args => ['-X', '-t', 1, '--keep-going', '-f', '-', $address], stdin => ".wait password=$password\n$more", secret => $password);
		is($r->status, $status, ".wait password=SECRET: $status") or diag $r->stderr;
		like($r->stderr, $why, '... which is in no message');
	}
	$r = Run->ptsh(args => ['-X', '--keep-going', '-f', '-', $box->address], stdin => ".on password=$password -- ping\n.on\n", secret => $password);
	is($r->stdout, "1\tpassword=***\t0\tping\n", '... nor in the list of .on');

	# One that has been heard is over: its realm may have another name at the next connection.
	my $twice = Box->start('--auth', 'none');
	$r = Run->begin(args => ['-q', '-f', '-', $twice->address], open => 1);
	$r->input("realm_poll Lab &\n.wait realm_poll_stop Lab\n.wait\n.echo heard\n");
	$r->wait_for(stdout => qr/^heard$/m);
	Run->ptsh(args => ['-q', '-c', 'realm_info_modify Lab name=Annex', $twice->address]);
	$r->input(".connect @{[$twice->address]}\nping\n.last\n");
	$r->close_input;
	$r->finish;
	is($r->status, 0, 'another connection after .wait') or diag $r->stderr;
	unlike($r->stderr, qr/no such realm/, '... does not look for its realm');

	# And it is not followed without end.
	for my $args (['-e', 'realm_nonsense'], ['-c', '.on realm_nonsense -- ping']) {
		$r = Run->ptsh(args => [@$args, '--follow', $box->address]);
		is($r->status . $r->stderr, "1ptsh: subscribe: unknown event 'realm_nonsense'\n", "--follow @$args: ends");
	}
	is(Run->ptsh(args => ['-e', 'realm_nonsense', '--keep-going', '-c', '.echo on', $box->address])->stdout, "on\n", '--keep-going continues');

	# The box ends the connection in order: that is the end, not a failure; and it is reported.
	my $gone = Box->start(script => "hello none\nexpect subscribe\nreply 1\njson [null,\"event\",\"x\",1]\nclose\n");
	$r = Run->ptsh(args => ['-e', 'x', '--follow', $gone->address]);
	is($r->status . ($r->stdout =~ s/^\S+\t//r), "0event\tx\t1\n", '--follow ends with the box');
	like($r->stderr, qr/^ptsh: \S+: the box closed the connection$/m, '... and says so');

	# At most 64 at once.
	my $other = Box->start(script => "hello none\nexpect subscribe\nreply 1\nfill 100 [null,\"event\",\"x\",1]\\n\ncollect 64\nsleep 50\n"
	    . "reply-all 1\ncollect 36\nreply-all 1\nexpect-eof\n");
	my $run = Run->begin(args => ['-q', '-c', '.on x -- log {1}', '--follow', $other->address]);
	$run->wait_for(stderr => qr/(?:.*done.*\n){100}/);
	interrupt($run);
	is($other->wait, 0, 'at most 64 run at once');
};

subtest 'a flood' => sub {
	my $other = Box->start('--auth', 'none', '--events', 20_000);
	my $r = Run->begin(args => ['-e', '*', '--follow', $other->address]);
	$r->wait_for(stdout => qr/\A.{30000}.{30000}.{30000}/s);
	interrupt($r);
	is($r->stdout =~ s/^\S+\tevent\trealm_poll_st\w+\t\d+\n//mgr, '', 'in a script none is folded or torn');
	my $program = Run::program();
	my $run = Run->ptsh(program => '/bin/bash', args => ['-c', "'$program' -e '*' --follow @{[$other->address]} | head -3 | wc -l; echo \${PIPESTATUS[0]}"]);
	is($run->stdout . $run->stderr, "3\n141\n", '| head ends it quietly');
};

done_testing();
