# SPDX-License-Identifier: ISC
# An idle session makes no system calls, and a long one takes no more memory than a new one.
use strict;
use warnings;
use utf8;
use Test::More;
use Time::HiRes qw(sleep time);
use Session;

plan skip_all => 'needs tmux' unless Term::available;
plan skip_all => 'not with a sanitizer: it is no friend of strace, and keeps memory' if $ENV{PTSH_TEST_SANITIZED};
plan skip_all => 'needs strace' unless grep { -x "$_/strace" } split /:/, $ENV{PATH};

my $log = Term::directory() . '/strace';
my $s = Session->new(args => ['-e', '*'], wrap => ['strace', '-f', '-o', $log]);
$s->run('ping');
$s->type('half a line');
$s->wait_prompt(qr/half a line$/);

# The system calls it makes while idle, once its work is done.
sub quiet
{
	my ($seconds) = @_;
	my $size = -1;
	$s->wait_for(sub { my $now = -s $log; my $same = $now == $size; $size = $now; sleep 0.4; $same });
	sleep $seconds;
	return substr Term::slurp($log), $size;
}
my $seconds = $ENV{PTSH_TEST_FULL} ? 10 : 2;
is quiet($seconds), '', "no system call in $seconds s at the prompt";
my $other = Session->new(box => $s->box);
$other->run('realm_poll Lab');
ok $s->wait_row(qr/realm_poll_stop 5200007311/), 'an event comes';
is quiet($seconds), '', '... and then it is quiet again';
$s->box->stop;
$s->wait_prompt(qr/away 2s/);
$s->key('C-u', 'C-d');
is $s->status, 0, 'ends';

# Many requests leave no memory allocated
my $t = Session->new(env => {PTSH_PAGER => ''});
sub resident { return Term::slurp('/proc/' . $t->pid . '/status') =~ /VmRSS:\s+(\d+)/ ? $1 : 0 }
sub descriptors { my @all = glob '/proc/' . $t->pid . '/fd/*'; return scalar @all }
Session::put("$log.lines", "realm_query 5000015442 device device_ip,device_mac\n" x 50);
$t->line(".source $log.lines");
$t->line('.echo first');
$t->wait_row(qr/^first$/);
my ($memory, $open) = (resident(), descriptors());
for my $n (1 .. 5) {
	$t->line(".source $log.lines");
	$t->line(".echo round $n");
	$t->wait_row(qr/^round $n$/);
	$t->run('ping | cat');
}
cmp_ok resident() - $memory, '<', 1024, 'memory after 250 more replies';
is descriptors(), $open, 'open files, too';
$t->key('C-d');
is $t->status, 0, 'ends';

done_testing;
