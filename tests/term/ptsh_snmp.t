# SPDX-License-Identifier: ISC
# .snmp at the prompt: a walk continues while a line is typed and events come, ^C leaves it, and no secret is kept.
use strict;
use warnings;
use utf8;
use Test::More;
use Run;
use Session;
use Snmpd;

plan skip_all => 'needs tmux' unless Term::available;
plan skip_all => 'needs snmpd' unless Snmpd->available;
plan skip_all => 'built without SNMP' if Run->ptsh(args => ['--version'])->stdout =~ /no SNMP/;

my $agent = Snmpd->start;
my $slow = $agent->relay(delay => 0.15);
my ($dead, $hold) = Snmpd->dead;
my $clock = qr/\d\d:\d\d:\d\d/;

# --- a walk as a job: typing and events continue ---

my $s = Session->new(columns => 100, rows => 40, args => ['-e', '*'], box => ['--events', 8]);
$s->line(".snmp walk $slow -v 2c -c public -Cr2 1.3.6.1.2.1.1 &");
ok $s->wait_prompt(qr/^box \(1 job\)> $/), 'a walk as a job: the prompt is there at once';
my $line = 'log "a line that is typed while an agent is asked for one object after the other"';
for my $part ($line =~ /.{1,3}/gs) {
	$s->type($part);
}
ok $s->wait_for(sub { $s->prompt_row eq "box (1 job)> $line" }), 'a line is typed meanwhile';
ok $s->wait_row(qr/^ptsh: \[1\] \.snmp walk .*: done, [1-9]\d*\.\ds$/), '... then the walk has ended';
ok $s->wait_for(sub { $s->prompt_row eq "box> $line" }), '... the line is what it was';
my @all = $s->scrollback;
my ($end) = grep { $all[$_] =~ /^ptsh: \[1\] .*done/ } 0 .. $#all;
cmp_ok scalar(grep { /^$clock realm_poll_stop/ } @all[0 .. $end]), '>', 3, '... events came before its end';
ok scalar(grep { /^sysServices\.0 +INTEGER +72$/ } @all), '... and its rows are there, in columns';
is scalar(grep { /^oid +type +value$/ } @all), 1, '... under one heading';
$s->key('Enter');
ok $s->wait_row(qr/^ok$/), '... the line is sent';

# --- in the foreground: ^C leaves it ---

$s->line('.events off');
for my $version ('2c -c public', '3 -u auth -l authNoPriv -a SHA -A authpass123') {
	$s->key('C-l');
	$s->line(".snmp get $dead -v $version -t 30 1.3.6.1.2.1.1.7.0");
	ok $s->wait_row(qr/: [1-9]\d* s /), "a dead agent, version $version: how long it has been is shown";
	$s->key('C-c');
	ok $s->wait_prompt(qr/^box> $/), '... ^C brings the prompt back';
}
is_deeply [grep { /no answer/ } $s->run('.echo still here')], [], '... and nothing of it comes later';
my @got = $s->run('.snmp get ' . $agent->address . ' -v 2c -c public 1.3.6.1.2.1.1.7.0');
is $got[-1], 'sysServices.0  INTEGER     72', 'a request in the foreground';

# --- secrets: those of a line that failed are recalled masked, and none is kept ---

$s->key('C-l');
$s->line('.snmp get ' . $agent->address . ' -v 2c -c ? 1.3.6.1.2.1.1.7.0');
ok $s->wait_row(qr/^SNMP community \(not echoed\): *$/), 'a secret that is ? is asked for';
$s->line('public');
ok $s->wait_row(qr/^sysServices\.0 +INTEGER +72$/), '... taken';
is scalar(grep { /public/ } $s->rows), 0, '... and not shown';
$s->key('C-l');
$s->line(".snmp get $dead -v 3 -u auth -l authNoPriv -a SHA -Ahushhush1 -X 'hush hush2' -t 0.1 -r 0 1.3");
ok $s->wait_row(qr/no answer in time/), 'a line with secrets';
$s->line(".snmpp get $dead -c hushhush3 1.3");
ok $s->wait_row(qr/no such command/), '... one that is misspelt';
$s->line(".snmp get $dead -c hushhush4 -D 'open");
$s->line("quote' 1.3");
ok $s->wait_row(qr/-D is not an option here/), '... and one that is no good';
$s->key('Up', 'Up');
ok $s->wait_prompt(qr/\.snmpp get \S+ -c \? 1\.3/), 'what failed can be recalled, its secret masked' or diag(join "\n", $s->rows);
$s->key('C-c');
$s->wait_prompt(qr/^box> $/);
$s->key('C-d');
is $s->status, 0, '^D leaves';
my $history = Term::slurp($s->home . '/state/ptsh/history');
like $history, qr/^\.snmp get \S+ -v 3 -u auth -l authNoPriv -a SHA -A\? -X \? -t 0\.1 -r 0 1\.3$/m, 'the history has the lines';
unlike $history, qr/hush|-c public|authpass/, '... without their secrets';
$agent->stop;

done_testing;
