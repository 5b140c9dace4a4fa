#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# What the prompt shows of the session, what ^D does while jobs run, and words of psql's.
use strict;
use warnings;
use Test::More;
use Session;

my $s = Session->new(box => ['--delay', 600000], args => ['-r']);
ok $s->wait_prompt(qr/^box \(read-only\)> $/), 'the prompt says that the session is read-only';
is_deeply [$s->run('realm_poll Lab')], ['ptsh: realm_poll: refused by --read-only'], '... which it is';
is_deeply [$s->run('\q')], ['ptsh: \q: no such command; use .quit (or ^D)'], '\q says what it is called here';
is_deeply [$s->run('\?')], ['ptsh: \?: no such command; use .help'], '... and \?';
is_deeply [$s->run('\dt+')], ['ptsh: \dt: no such command; use a command with its dot (.help lists them)'], '... and any other';
ok !grep({ /\\/ } $s->box->received), '... and nothing is sent';
$s->key('C-d');
is $s->status, 0, '^D without a job leaves';

my $j = Session->new(box => $s->box);
$j->line('realm_poll Lab &');
ok $j->wait_prompt(qr/^box \(1 job\)> $/), 'a job is in the prompt';
$j->key('C-d');
ok $j->wait_row(qr/^ptsh: 1 job is running; \^D again leaves, and the box continues with it$/), '^D with a job says so';
ok $j->wait_prompt(qr/^box \(1 job\)> $/), '... and stays';
is_deeply [$j->run('.echo on')], ['on'], '... and lines are run';
$j->key('C-d');
ok $j->wait_row(qr/^ptsh: 1 job is running/), '... so that the next ^D is a first one again';
$j->wait_prompt(qr/^box \(1 job\)> $/);
$j->key('C-d');
is $j->status, 0, 'the second one leaves';
my @last = grep { /Lab/ && !/^box|^ptsh: \[1\] realm_poll Lab$/ } $j->scrollback;
is_deeply \@last, ['ptsh: [1] realm_poll Lab: left running on the box'], '... and says once what becomes of the job';

# Marks for the terminal: only where it says that it knows them, and only if they are wanted.
my $m = Session->new(box => $s->box, columns => 120, env => {TERM_PROGRAM => 'tmux'});
is_deeply [$m->run('.set marks on')], ['ptsh: .set: marks: the terminal does not say that it knows them (TERM, TERM_PROGRAM)'],
    'marks where the terminal is another';
$m->line('.quit');
$m = Session->new(box => $s->box, env => {TERM_PROGRAM => 'WezTerm'});
$m->run('ping');
unlike $m->output, qr/\e\]/, 'no marks by default';
$m->run('.set marks on');
$m->run('ping');
$m->run('realm_poll');
$m->run('.set marks off');
$m->run('ping');
like $m->output, qr/\e\]133;A\e\\.*\e\]133;C\e\\.*\d.*\e\]133;D;0\e\\.*\e\]133;A\e\\.*\e\]133;C\e\\.*missing.*\e\]133;D;2\e\\/s,
    '... and around prompts and results, with the status, if they are wanted';
is scalar(() = $m->output =~ /\e\]133;A/g), 3, '... until they are not';
$m->line('.quit');

# The end of a long job, and no other, is a notice for the desktop, with marks only.
my $long = Session->new(box => ['--delay', 11000], columns => 120, env => {TERM_PROGRAM => 'WezTerm'});
$long->run('.set marks on');
$long->line('realm_poll Lab &');
$long->wait_prompt(qr/\(1 job\)/);
ok $long->wait_row(qr/\[1\] realm_poll Lab: done/), 'a long job ends';
ok $long->wait_output(qr/\e\]9;box: realm_poll Lab: done\e\\/), '... which is a notice' or diag($long->output =~ s/\e/^/gr);
$long->line('ping &');
$long->wait_row(qr/\[2\] ping: done/);
unlike $long->output, qr/\e\]9;box: ping/, '... of a short one there is none';
$long->close;

# Colours
my $c = Session->new(box => $s->box, args => ['-r', '-e', '*'], env => {NO_COLOR => undef});
like $c->output, qr/\e\[1mbox\e\[m.*\e\[35m \(read-only\)\e\[m> /, 'the state is set off in the prompt';
$c->run('realm_poll Lab');
like $c->output, qr/\e\[31mptsh: realm_poll: refused by --read-only\e\[m\r/, 'a failure is red';
$c->key('C-d');
$c->status;
for my $env ({NO_COLOR => 1}, {TERM => 'dumb'}) {
	my $p = Session->new(box => $s->box, args => ['-r'], env => $env);
	$p->line('realm_poll Lab');
	$p->wait_row(qr/^ptsh: realm_poll: refused/);
	unlike $p->output, qr/\e\[[0-9;]*m/, join(' ', %$env) . ': no colour';
	$p->key('C-d');
	$p->status;
}

done_testing;
