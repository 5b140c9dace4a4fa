# SPDX-License-Identifier: ISC
# The whole ptsh at a prompt: how it starts, what a request looks like, how it ends.
use strict;
use warnings;
use utf8;
use Encode qw(encode);
use Test::More;
use Session;
use Socket;

plan skip_all => 'needs tmux' unless Term::available;

my $s = Session->new;
is $s->prompt_row, 'box> ', 'the prompt is the box as it was typed';
like join(' ', $s->run('ping')), qr/^time +pid -+  -+ \d{4}-\d\d-\d\d [\d:.]+[+-]\d\d:\d\d +\d+$/, 'a request and its table';
is_deeply [$s->run('realm_info gid,name 5200007311')], ['       gid  name', '----------  ----', '5200007311  Lab'], 'a table';
is_deeply [$s->run('realm_info gid 1')], ['ptsh: realm_info: no such realm: \'1\''], 'a failure is reported in a line';
is_deeply [$s->run('realm_poll')], ['ptsh: realm_poll: realm (gid or name) is missing', 'ptsh: usage: realm_poll REALM'], 'a mistake';
$s->line('realm_inf gid,name');
ok $s->wait_prompt(qr/^realm_inf: no such request; did you mean realm_info\? \[y\/N\]/), 'a mistyped name is asked about';
$s->line('y');
ok $s->wait_row(qr/^3865500631171652 /), '... and corrected';
$s->key('C-l');
$s->line('.each realm_inf gid,name 5200007311 -- .echo {name}');
ok $s->wait_prompt(qr/^realm_inf: no such request; did you mean realm_info\? \[y\/N\]/), '... in .each, too';
$s->line('y');
ok $s->wait_row(qr/^Lab$/), '... and corrected';
$s->key('C-l');
is_deeply [grep { /^ptsh/ } $s->run('- realm_info gid 1')], ['ptsh: realm_info: no such realm: \'1\''], 'the failure of a line that may fail is reported';
$s->type('half');
$s->wait_prompt(qr/half$/);		# (^C takes what the terminal still holds)
$s->key('C-c');
ok $s->wait_for(sub { join('|', $s->rows) =~ /box> half\^C\|box>$/ }), '^C at the prompt discards the line';
is_deeply [$s->run('.echo still here')], ['still here'], '... and nothing else';
$s->key('C-d');
is $s->status, 0, '^D leaves';
ok $s->modes_restored, '... with the terminal as before';

for my $word (qw(quit exit .quit .q), 'quit  # for today') {
	my $q = Session->new(box => $s->box);
	$q->line($word);
	is $q->status, 0, "$word leaves";
}

# Why there is no connection is reported, and is the status.
sub failing
{
	my ($name, $status, $pattern, %o) = @_;
	my $f = Session->new(box => $s->box, wait => undef, %o);
	is $f->status, $status, "$name: status $status";
	like join('', $f->rows), $pattern, '... and why';
	unlike $f->output, qr/> $/m, '... without a prompt';
	ok $f->modes_restored, '... and the terminal is as before';
}
socket my $closed, AF_INET, SOCK_STREAM, 0 or die $!;
bind $closed, sockaddr_in(0, INADDR_LOOPBACK) or die $!;
my ($port) = sockaddr_in(getsockname $closed);
failing('no listener', 3, qr/^ptsh: .*Connection refused$/, boxes => "box 127.0.0.1:$port\n");
failing('no such option', 2, qr/^ptsh: .*--nonsense/, args => ['--nonsense']);
failing('another password', 4, qr/^ptsh: box: login refused: /, env => {PTSH_PASSWORD => 'wrong'}, args => ['-w']);
failing('TLS refused', 5, qr/the box refuses TLS/, args => ['--tls', 'on']);

# Signals
for my $case (['TERM', 143], ['HUP', 129]) {
	my ($signal, $status) = @$case;
	my $t = Session->new(box => $s->box);
	$t->type('half a line');
	$t->wait_prompt(qr/half a line/);
	kill $signal, $t->pid;
	is $t->status, $status, "SIG$signal at the prompt";
	ok $t->modes_restored, '... restores the terminal';
	$t = Session->new(box => ['--delay', 20000]);
	$t->line('realm_poll Lab');
	$t->box->wait_log('recv', qr/realm_poll/);
	kill $signal, $t->pid;
	is $t->status, $status, "SIG$signal while a request runs";
	ok $t->modes_restored, '... restores the terminal';
}
my $j = Session->new(box => $s->box, job_control => 1);
$j->type('.echo typed');
$j->wait_prompt(qr/typed$/);
$j->key('C-z');
ok $j->wait_prompt(qr/^bash\$ $/), '^Z goes back to the shell';
$j->line('stty -a | grep -o " -\?icanon"');
ok $j->wait_row(qr/^ icanon/), '... whose terminal is as it was';
$j->line('fg');
ok $j->wait_prompt(qr/^box> \.echo typed$/), 'fg brings back the line';
$j->key('Enter');
ok $j->wait_row(qr/^typed$/), '... and it can be run';
$j->close;

# A request that takes long
my $w = Session->new(box => ['--delay', 2500]);
$w->line('realm_poll Lab');
ok $w->wait_row(qr/^realm_poll Lab: 1 s \(\^C leaves it running\)$/), 'after a second its time is shown';
ok $w->wait_row(qr/^realm_poll Lab: 2 s /), '... and counts';
ok $w->wait_row(qr/^port_updates +4$/), 'then the result';
ok !grep(/leaves it running/, $w->scrollback), '... and the time is gone';
$w->key('C-l');
$w->line('realm_poll Lab');
$w->box->wait_log('recv', qr/realm_poll/);
$w->wait_row(qr/: 1 s/);
$w->key('C-c');
ok $w->wait_row(qr/^ptsh: \[1\] realm_poll Lab: continues as a job$/), '^C makes a job of it, and says so';
is $w->wait_prompt(qr/ $/), 'box (1 job)> ', '... which the prompt shows';
$w->line('realm_poll Archive &');
ok $w->wait_prompt(qr/^box \(2 jobs\)> $/), 'jobs are counted';
$w->type('half a li');
ok $w->wait_row(qr/^ptsh: \[1\] realm_poll Lab: done, 2\.\ds$/), 'the end of a job';
ok $w->wait_prompt(qr/^box(?: \(1 job\))?> half a li$/), '... is above the line';
ok $w->wait_row(qr/^ptsh: \[2\] realm_poll Archive: done/), 'the end of the other';
ok $w->wait_prompt(qr/^box> half a li$/), '... too, and the prompt counts them';
ok !grep(/\^C./, $w->rows), 'the ^C disturbs nothing else';
$w->key('C-u', 'C-d');
is $w->status, 0, '^D leaves';

# A box that says nothing
my $silent = Box->start(script => "drain\n");
my $c = Session->new(box => $silent, wait => undef);
ok $c->wait_row(qr/^connecting to box: 1 s$/), 'what it waits for is shown';
$c->key('C-c');
is $c->status, 130, '^C while it connects leaves';
ok $c->modes_restored, '... and the terminal is as before';

done_testing;
