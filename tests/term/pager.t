# SPDX-License-Identifier: ISC
# The pager: text taller than the screen goes through it, events wait, and it may end in any way.
use strict;
use warnings;
use utf8;
use Test::More;
use Prompt;

plan skip_all => 'needs tmux' unless Term::available;
plan skip_all => 'needs less' unless grep { -x "$_/less" } split /:/, $ENV{PATH};

my %env = (PAGER => undef, PTSH_PAGER => undef, LESS => undef, PTSH_PASSWORD => 'a well kept secret');

sub lines_of { my ($t) = @_; return scalar grep { /^page line/ } $t->scrollback }

my $t = Prompt->new(columns => 60, rows => 10, env => \%env);
$t->type('pager 5');
$t->key('Enter');
is $t->settle(''), '', 'what fits is written';
is lines_of($t), 5, '... whole';
$t->type('pager 100');
$t->key('Enter');
ok $t->wait_row(qr/^:$/), 'what does not fit is paged';
$t->event(3);
$t->key('Space');
ok $t->wait_row(qr/^page line 18$/), 'less reads the keyboard';
is scalar(grep { /^E0/ } $t->rows), 0, 'events wait';
$t->key('C-c');
ok $t->wait_for(sub { $t->key('Space'); grep { /^page line (\d+)/ && $1 >= 27 } $t->rows }), '... after ^C, too';
$t->type('q');
is $t->settle(''), '', 'q brings the prompt back, ^C was for less';
is $t->settle_events, '', 'the events are there';
is_deeply [$t->logged], ['LINE pager 5', 'PAGED 5', 'LINE pager 100', 'PAGED 100'], 'nothing was interrupted';
$t->type('typed');
is $t->settle('typed'), '', 'keys are for the prompt again';

# while a line is typed
$t->order('pager 50');
ok $t->wait_row(qr/^:$/), 'a pager while a line is typed';
$t->event;
$t->key('C-c');
$t->wait_for(sub { $t->key('Space'); grep { /^page line (\d+)/ && $1 >= 18 } $t->rows });
$t->type('q');
is $t->settle('typed'), '', 'the line is back';
is $t->settle_events, '', 'and the event';
$t->order('release');
$t->wait_for(sub { !grep { /^me> typed/ } $t->rows });
$t->event(2);
$t->order('take');
is $t->settle('typed'), '', 'released and taken back';
is $t->settle_events, '', 'with the events in between';
$t->key('C-u');

# It dies, it is killed, it is stopped
$t->type('pager 2000');
$t->key('Enter');
$t->wait_row(qr/^:$/);
my $noted = $t->logged;
kill 'KILL', split ' ', Term::slurp("/proc/@{[$t->pid]}/task/@{[$t->pid]}/children");
$t->wait_logged($noted + 1);
is $t->settle(''), '', 'a pager that was killed';
$t->type('still edited');
is $t->settle('still edited'), '', '... leaves the terminal to the prompt';
$t->key('C-u');
$t->type('pager 100');
$t->key('Enter');
$t->wait_row(qr/^:$/);
kill 'TERM', $t->pid;
is $t->status, 143, 'SIGTERM while a pager runs';
ok $t->modes_restored, '... modes as before';

# Which one
my $dir = Term::directory();
for my $case (
	['$PTSH_PAGER before $PAGER', {PTSH_PAGER => "cat > $dir/a", PAGER => "cat > $dir/b"}, "$dir/a"],
	['$PAGER', {PAGER => "cat > $dir/c"}, "$dir/c"],
) {
	my ($name, $pagers, $file) = @$case;
	my $p = Prompt->new(columns => 60, rows => 10, env => {%env, %$pagers});
	$p->type('pager 5000');
	$p->key('Enter');
	$p->wait_logged(2);
	is $p->settle(''), '', "$name is run";
	is Term::slurp($file), join('', map { "page line $_\n" } 1 .. 5000), '... and gets all of it';
	$p->close;
}
for my $case (
	['an empty $PTSH_PAGER is none', {PTSH_PAGER => '', PAGER => 'less'}],
	['a pager that is not there', {PTSH_PAGER => '/nonexistent/pager'}],
) {
	my ($name, $pagers) = @$case;
	my $p = Prompt->new(columns => 60, rows => 10, env => {%env, %$pagers});
	$p->type('pager 300');
	$p->key('Enter');
	$p->wait_logged(2);
	is $p->settle(''), '', $name;
	is lines_of($p), 300, '... the text is written';
	$p->close;
}
my $quick = Prompt->new(columns => 60, rows => 10, env => {%env, PTSH_PAGER => 'head -n 1'});
$quick->type('pager 100000');
$quick->key('Enter');
$quick->wait_logged(2);
is $quick->settle(''), '', 'a pager that reads only a line is no error';
is lines_of($quick), 1, '... and the rest is not shown';
$quick->close;

# What it inherits
my $p = Prompt->new(columns => 100, rows => 30, env => {%env, PTSH_PAGER =>
    'ls -l /proc/self/fd | sed "s/.* \([0-9]* ->\)/\1/" > ' . "$dir/fds; env > $dir/env; grep Sig /proc/self/status > $dir/sig; cat > /dev/null"});
$p->type('pager 100');
$p->key('Enter');
$p->wait_logged(2);
is $p->settle(''), '', 'a pager that prints its environment';
my @fds = Term::slurp("$dir/fds") =~ /^(\d+) ->/gm;
is_deeply [grep { $_ > 3 } @fds], [], 'no descriptor but the three (and the one ls opens)' or diag Term::slurp("$dir/fds");
unlike Term::slurp("$dir/env"), qr/a well kept secret|PTSH_PASSWORD/, 'no password';
like Term::slurp("$dir/env"), qr/^LESSSECURE=1$/m, 'LESSSECURE';
my ($blocked, $ignored) = Term::slurp("$dir/sig") =~ /^Sig(?:Blk|Ign):\s*([0-9a-f]+)/gm;
like $blocked, qr/^0+$/, 'no signal blocked';
# 64 bits: more than Perl's hex() takes without a warning.
is hex(substr $ignored, -8) & (1 << 12), 0, 'SIGPIPE not ignored';

# ^Z in the pager
my $j = Prompt->new(columns => 60, rows => 12, env => \%env, job_control => 1);
$j->type('pager 100');
$j->key('Enter');
$j->wait_row(qr/^:$/);
$j->key('C-z');
$j->key('Space');
ok $j->wait_row(qr/^page line 22$/), 'less does not stop in its safe mode, so neither do we';
$j->type('q');
is $j->settle(''), '', '... and the prompt is back';
$j->close;
$j = Prompt->new(columns => 60, rows => 12, job_control => 1,
    env => {%env, PTSH_PAGER => 'head -n 3; printf paged:; read answer < /dev/tty'});
$j->type('pager 100');
$j->key('Enter');
$j->wait_row(qr/^paged:$/);
$j->event;
$j->key('C-z');
ok $j->wait_row(qr/Stopped/), '^Z stops a pager that can be stopped, and us';
$j->wait_for(sub { ($j->rows)[-1] eq 'bash$' });
$j->fg;
$j->key('Enter');
is $j->settle(''), '', 'fg brings it back, and then the prompt';
is $j->settle_events, '', '... with the event';

done_testing;
