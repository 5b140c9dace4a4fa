# SPDX-License-Identifier: ISC
# Jobs: `&`, .jobs, .wait.
use strict;
use warnings;

use Box;
use Lines;
use Run;
use Test::More;

my $box = Box->start('--auth', 'none', '--delay', 150);
my $l = Lines->new($box->address);
# For what must still run when the next lines do.
my $slow_box = Box->start('--auth', 'none', '--delay', 2000);
my $slow = Lines->new($slow_box->address);
my $done = qr/^ptsh: stdin:\d+: \[(\d+)\] (.+): done, (?:\d+m)?\d+(?:\.\d)?s$/m;

subtest 'a job' => sub {
	my $r = $slow->run("realm_poll Lab &\n.echo between\nping\n");
	is($r->status, 0, 'well');
	like($r->stdout, qr/^between\n\d+\.\d+\t\d+\nport_updates\t/, 'its result comes when it comes');
	like($r->stderr, qr/\A$done\n\z/, 'after a line that names it');
	is(scalar(() = $r->stdout =~ /\n/g), 7, 'the end of the script waits for it');

	# Its line is the last thing before its result where both go to one place.
	my $both = Run->ptsh(program => '/bin/sh', args => ['-c', "'@{[Run::program()]}' -o csv @{[$box->address]} 2>&1"],
		stdin => "realm_poll Lab &\n.wait\nping\n")->stdout;
	like($both, qr/\Aptsh: stdin:1: \[1\] realm_poll Lab: done, \d+\.\ds\nname,value\r\nport_updates,/, 'its line is right before it');

	my $three = Box->start(script => "hello none\ncollect 3\nreply-all 1\nexpect-eof\n");
	is(Run->ptsh(args => [$three->address], stdin => "realm_poll 5200007311 &\nrealm_poll 5100005442 &\nrealm_discover 5200007311 &\n")->status, 0,
		'several run');
	is($three->wait, 0, '... at once');
	$r = $l->run("ping &\nping&\nlog x&y\n");
	like($r->stderr, qr/^ptsh: stdin:2: &: the & that makes a job is a word of its own/m, 'an & is a word of its own');
};

subtest 'jobs that fail' => sub {
	my $r = $l->run("realm_poll 1 &\n.wait\nping\n");
	is($r->status, 1, 'a failure counts');
	like($r->stderr, qr/^ptsh: stdin:1: \[1\] realm_poll 1: failed after \d+\.\ds: no such realm: '1'$/m, '... is reported');
	like($r->stderr, qr/^ptsh: 1 line was not run$/m, '... and stops the script');
	is($r->stdout, '', '... here before the ping');
	$r = $l->run("realm_poll 1 &\n.wait\nping\n", '--keep-going');
	is($r->status, 1, '--keep-going: counts');
	like($r->stdout, qr/^\d+\.\d+\t\d+\n\z/, '... and continues');
	$r = $l->run("- realm_poll 1 &\n.wait\nping\n");
	is($r->status, 0, '- LINE &: does not count');
	like($r->stderr, qr/^ptsh: stdin:1: \[1\] realm_poll 1: failed after /m, '... named without its -');
	like($r->stderr, qr/failed after/, '... but is reported');

	my $other = Box->start(script => "hello none\nexpect ping\nexpect log\nreply 1\nclose\n");
	$r = Run->ptsh(args => [$other->address], stdin => "ping &\nlog x\n.sleep 1000\n");
	is($r->status, 3, 'lost with the connection, and nothing more is waited for');
	like($r->stderr, qr/^ptsh: stdin:1: \[1\] ping: failed after \S+: no answer: the box may have done it$/m, '... is reported');
	$r = $l->run("realm_poll Nowhere &\nping\n");
	is($r->status, 2, 'an unknown name');
	like($r->stderr, qr/Nowhere: no such realm; there is/, '... is reported');
};

subtest '.wait' => sub {
	my $r = $l->run("realm_poll Lab &\n.wait\n.echo after\n");
	like($r->stdout, qr/port_seens\t\d+\nafter\n\z/, 'for all jobs');
	$r = $slow->run("realm_poll Lab &\nping &\n.wait 2\n.echo after\n");
	like($r->stdout, qr/\A\d+\.\d+\t\d+\nafter\nport_updates/, 'for one');
	$r = $l->run("ping &\n.wait 1\n.wait 1\n.wait\n.echo x\n");
	like($r->stdout, qr/x\n\z/, 'for one that has ended');
	$l->bad(".wait 1\nping\n", 2, qr/^ptsh: stdin:1: \.wait: 1: no such job; \.jobs lists them$/m);
	$r = $slow->bad("realm_poll Lab &\n.set timeout 0.05\n.wait\n", 6, qr/^ptsh: stdin:3: \.wait: timeout: jobs are still running$/m);
	like($r->stdout, qr/^port_seens/m, '... and does not remain at the end');

	$r = $l->run("realm_discover Lab &\n.wait realm_discover_stop 5200007311\n.echo heard\n");
	my $event = qr/\d{4}-\S+\tevent\trealm_discover_stop\t5200007311\n/;
	like($r->stdout, qr/\A${event}heard\n\z/, 'for an event, which is its result') or diag $r->stderr;
	like($l->run("realm_discover Lab &\n.format json .wait realm_discover_stop Lab\n")->stdout, qr/^\{.*"realm_discover_stop".*\}\n\z|^\[.*"realm_discover_stop".*\]\n\z/m,
	    '... in the format of the line');
	like($l->run("realm_discover Lab &\n.wait realm_discover_stop\n.echo heard\n", '-e', 'realm_discover_stop')->stdout, qr/\A${event}heard\n\z/,
	    '... and is not printed a second time where -e prints it');
	$r = $l->bad("realm_discover Lab &\n.wait realm_discover_stop 5100005442\n", 6, qr/\.wait: no realm_discover_stop in time$/m, '-t', 2);
	my @recv = grep { /subscribe|discover/ } $box->received;
	like("@recv[-2, -1]", qr/subscribe.*realm_discover/, 'the event is subscribed to before anything still unsent');
	$l->bad(".wait realm_poll_stop\n", 6, qr/^ptsh: stdin:1: \.wait: no realm_poll_stop in time$/m, '-t', 1);
};

subtest '.jobs' => sub {
	is($l->good(".jobs\n"), '', 'none');
	my $r = $slow->run("realm_poll Lab &\nrealm_discover 5100005442 &\n.jobs\n", '-o', 'csv');
	like($r->stdout, qr/\Ajob,runs for,line\r\n1,\d\.\ds,realm_poll Lab\r\n2,\d\.\ds,realm_discover 5100005442\r\n/, 'two');
};

done_testing();
