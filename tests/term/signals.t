# SPDX-License-Identifier: ISC
# Signals at the prompt: stopped and continued, ended and killed, the terminal is as it was.
use strict;
use warnings;
use utf8;
use Test::More;
use Prompt;

# Sanitizers handle these signals themselves.
$ENV{ASAN_OPTIONS} = join ':', grep({ defined } $ENV{ASAN_OPTIONS}), map { "handle_$_=0" } qw(segv sigbus abort);

plan skip_all => 'needs tmux' unless Term::available;

# ^Z, something else, fg
my $t = Prompt->new(columns => 60, rows => 20, job_control => 1);
my $line = 'typed before it was stopped, long enough to wrap around — ä日';
$t->type($line);
is $t->settle($line), '', 'a line is typed';
$t->key('C-z');
ok $t->wait_row(qr/Stopped/), '^Z stops it';
$t->type("stty -a | grep -c -- '-icanon' ; echo pasting \$((\$(date +%s) > 0))");
$t->key('Enter');
ok $t->wait_row(qr/^pasting 1$/), 'the shell is back';
ok scalar(grep { $_ eq '0' } $t->rows), '... in its own modes';
is $t->ask('bracket_paste_flag') || 0, 0, '... and without bracketed paste' if $t->ask('version') ge '3.4';
$t->event(2);
$t->type('fg');
$t->key('Enter');
is $t->settle($line), '', 'fg brings the line back';
$t->type(' MORE');
is $t->settle("$line MORE"), '', '... and it can be typed on';
is $t->settle_events, '', 'events that came meanwhile are there';
$t->key('Enter');
is_deeply [$t->wait_logged(1)], ["LINE $line MORE"], '... and sent';
$t->key('C-z');
$t->wait_for(sub { ($t->rows)[-1] eq 'bash$' });
$t->type('fg');
$t->key('Enter');
$t->type('quit');
$t->key('Enter');
$t->wait_row(qr/^bash\$ *$/);
is_deeply [$t->wait_logged(3)], ["LINE $line MORE", 'LINE quit', 'END '], 'typed ahead of fg';
$t->close;
$t = Prompt->new(columns => 60, rows => 20, job_control => 1);
$t->type('typed');
$t->settle('typed');
kill 'STOP', $t->pid;
$t->wait_row(qr/Stopped/);
$t->wait_for(sub { ($t->rows)[-1] eq 'bash$' });
$t->type('fg');
$t->key('Enter');
$t->type('more');
is $t->settle('typedmore'), '', 'SIGSTOP, after which the shell has changed the modes, and fg';
$t->close;

# From outside, also many times
$t = Prompt->new(columns => 60);
$t->type('typed');
is $t->settle('typed'), '', 'a line is typed';
for (1 .. 20) {
	kill 'STOP', $t->pid;
	kill 'CONT', $t->pid;
}
$t->type('more');
is $t->settle('typedmore'), '', 'SIGSTOP and SIGCONT from outside';
kill 'TSTP', $t->pid;		# its group has no shell that could wake it up: the kernel does not stop it
$t->type('!');
is $t->settle('typedmore!'), '', 'SIGTSTP without a shell that could continue it';
my $kids = 200;
kill $_ % 2 ? 'WINCH' : 'CONT', $t->pid for 1 .. $kids;
$t->type('?');
is $t->settle('typedmore!?'), '', "a storm of $kids signals";

# The ways to end
for my $case (['TERM', 143], ['HUP', 129]) {
	my ($signal, $status) = @$case;
	my $p = Prompt->new;
	$p->type('typed');
	$p->settle('typed');
	kill $signal, $p->pid;
	is $p->status, $status, "SIG$signal ends it";
	ok $p->modes_restored, '... with the terminal as before';
	is_deeply [$p->logged], ['END '], '... in order';
	my @rows = $p->rows;
	is $rows[0], 'me> typed', '... and the line can still be read';
}
for my $case (['QUIT', 131], ['ABRT', 134], ['SEGV', 139], ['BUS', 135]) {
	my ($signal, $status) = @$case;
	my $p = Prompt->new;
	$p->type('typed');
	$p->settle('typed');
	kill $signal, $p->pid;
	is $p->status, $status, "SIG$signal kills it";
	ok $p->modes_restored, '... with the terminal as before';
	ok $p->wait_output(qr/\e\[\?2004l[^\e]*$/), '... and bracketed paste off';
}
my $p = Prompt->new;
$p->type('abort');
$p->key('Enter');
is $p->status, 134, 'abort() between two lines';
ok $p->modes_restored, '... with the terminal as before';
for my $place ('C-r', 'Escape') {
	my $q = Prompt->new;
	$q->type('x');
	$q->key($place);
	$q->event;
	$q->wait_row(qr/^E0/);
	kill 'TERM', $q->pid;
	is $q->status, 143, "SIGTERM within $place";
	ok $q->modes_restored, '... with the terminal as before';
}
my $vi = Prompt->new(editrc => "bind -v\n");
$vi->type('x');
$vi->settle('x');
$vi->key('Escape');
$vi->type('/y');
$vi->wait_row(qr{^/y});
kill 'HUP', $vi->pid;
is $vi->status, 129, 'SIGHUP within a search of vi, which reads again';

# The terminal closes
my $gone = Prompt->new;
$gone->type('x');
$gone->settle('x');
my $pid = $gone->pid;
$gone->close;
ok $gone->wait_for(sub { !kill(0, $pid) || Term::slurp("/proc/$pid/stat") =~ /\) Z/ }), 'it ends with its terminal';
is_deeply [$gone->logged], ['END '], '... in order';

done_testing;
