# SPDX-License-Identifier: ISC
# What is taller than the screen goes through the pager, whichever line shows it; the connection is read meanwhile.
use strict;
use warnings;
use utf8;
use Test::More;
use Session;

plan skip_all => 'needs tmux' unless Term::available;
plan skip_all => 'needs less' unless grep { -x "$_/less" } split /:/, $ENV{PATH};

# --- every table of ptsh's own ---
my $s = Session->new(rows => 8, columns => 100);
Session::put($s->home . '/data/ptsh/known_boxes', join('', map { "host$_:55 clear 2026-01-0$_\n" } 1 .. 9), 0600);
$s->run(".on realm_poll_stop $_ -- ping") for 1 .. 7;
$s->run('subscribe realm_poll_start');
$s->run("realm_info_modify Lab description=d$_") for 1 .. 7;
$s->run('.each realm_info gid -- realm_poll {gid}') for 1 .. 2;
for my $line ('.status', '.set', '.trust list', '.undo list', '.on', '.help lines', 'realm_advanced_settings Lab', '.last',
    '.format table .last', '.events list', '.find room 09') {
	$s->key('C-l');
	$s->line($line);
	ok $s->wait_row(qr/^:$/), "$line: through the pager" or diag $s->all;
	$s->type('q');
	ok $s->wait_prompt(qr/^box.*> $/), '... and q ends it';
}
for my $line ('.format csv .status', '.format json .undo list', '.status > /dev/null') {
	ok !grep(/^:$/, $s->run($line)), "$line: not";
}
my $tall = Session->new(rows => 60, columns => 100, box => $s->box);
ok scalar(grep { /^product +Porttracker/ } $tall->run('.status')), 'what fits is written at once';
$tall->line('.status &');
ok $tall->wait_prompt(qr/^box> $/), '.status as a job' or diag $tall->all;
$tall->close;
$s->close;

# --- what has been received after the last reply, when its result is in the pager ---
my $rows = join ',', map { qq(["sw$_","Fa0/$_","room $_","",""]) } 1 .. 30;
my $events = 20000;
for my $case (['.find room', qr/^:$/, 'q'], ['.find room | less', qr/^:|\(END\)/, 'q']) {
	my ($line, $row, $key) = @$case;
	my $box = Box->start(script => "hello login\nlogin\ncollect 6\nreply-all 1\nexpect realm_info\nreply 1,[[\"5\",\"A\"]]\ncollect 3\n" .
	    "reply-to 9 1,[]\nreply-to 10 1,[]\n" . "json [\$id,1,[$rows]]" . "\nfill $events [null,\"event\",\"something\"]\\n\n" .
	    "expect product_id\nreply 1,\"n\",\"x\"\ndrain\n");
	my $p = Session->new(rows => 12, columns => 80, box => $box, args => ['-q']);
	$box->wait_log('recv', qr/"security_authentication_method_list"/);	# the last of the names that are asked for at the start
	$p->line($line);
	ok $p->wait_row($row), "$line: in the pager" or diag $p->all;
	$p->key('Space');
	$p->type($key);
	ok $p->wait_prompt(qr/^box> $/), '... and the prompt is back' or diag $p->all;
	like join("\n", $p->run('.status | grep ^requests')), qr/ $events events$/m, '... with every event after the reply counted once' or diag $p->all;
	unlike $p->all, qr/^ptsh: box: (?!warning: logging in)/m, '... and the connection goes on';
	$p->close;
}

# --- the row that says what .find does ---
for my $columns (120, 40) {
	my $f = Session->new(columns => $columns, box => ['--latency', 2500]);
	$f->run('.refresh');
	$f->line('.find 10.2.0.1');
	ok $f->wait_row(qr/^\.find: reading the names of realms, \d/), ".find at $columns columns: the realms are not known yet" or diag $f->all;
	ok $f->wait_row(qr/^\.find: 0 of 5 realms, \d/), '... then how many have answered' or diag $f->all;
	$f->key('C-c');
	ok $f->wait_for(sub { $f->all =~ /^ptsh: \[1\] \.find 10\.2\.0\.1: continues as a ?\n?job$/m }), '... ^C makes it a job';
	ok $f->wait_for(sub { $f->all =~ /^ptsh: \[1\] \.find 10\.2\.0\.1: done, /m }), '... which ends';
	ok $f->wait_row(qr/switch01\.lab\.ex/), '... with its result';
	unlike $f->all, qr/0 of 0/, '... and never of no realms';
	$f->close;
}

done_testing;
