# SPDX-License-Identifier: ISC
# .connect at the prompt: the present connection stays until the other one has logged in.
use strict;
use warnings;
use utf8;
use Box;
use Run;
use Session;
use Test::More;

plan skip_all => 'needs tmux' unless Term::available;

my $box = Box->start('--delay', 4000);
my $other = Box->start('--auth', 'none');
my $locked = Box->start(password => 'another');
my $dead = Box->start;
my $port = $dead->port;
$dead->stop;
my $s = Session->new(box => $box, columns => 120, rows => 40, args => ['-w'], boxes => join '',
    "box @{[$box->address]}\n", "core @{[$other->address]} --auth none\n", "locked @{[$locked->address]}\n", "gone 127.0.0.1:$port\n");
my $connections = sub { scalar $box->log_lines('open') };

# A mistyped name ended the connection and its jobs, and was tried without end.
$s->run("realm_info_modify Lab description='before the typo'");
my @said = $s->run('.connect croe');
like $said[0], qr/^ptsh: \.connect: croe:55: .*\(no box called croe; did you mean core\?\)$/, 'a mistyped name: a suggestion';
is $said[1], 'ptsh: the connection to box is kept', '... and the connection is kept';
is $s->prompt_row, 'box> ', '... by its name in the prompt';
like join("\n", $s->run('realm_info description 5200007311')), qr/^before the typo$/m, '... and works';
like join("\n", $s->run('.undo list')), qr/description='before the typo'/, '... with its changes';
@said = $s->run('.connect gone');
like $said[0], qr/^ptsh: \.connect: .*Connection refused$/, 'a box that does not run';
unlike $said[0], qr/did you mean/, '... whose name is right';
@said = $s->run('.connect locked');
like $said[0], qr/^ptsh: \.connect: locked: login refused/, 'a login that is refused';
is $s->prompt_row, 'box> ', '... keeps the connection, too';
is $connections->(), 1, '... which is the first one still';
like join("\n", $s->run('.status')), qr/^box +box /m, '.status says so';

# With a job
$s->line('realm_poll Lab &');
$s->wait_prompt(qr/^box \(1 job\)> $/);
$s->run('.connect gone');
like join("\n", $s->scrollback), qr/\.connect: not done: 1 job is running/, 'a job is not left without a question';
ok $s->wait_row(qr/\[1\] realm_poll Lab: done/), '... and comes to its end';

# The other one
$s->line('.connect core');
ok defined $s->wait_prompt(qr/^core> $/), 'a box that answers is the one';
unlike join("\n", $s->run('.undo list')), qr/before the typo/, '... with changes of its own';
ok $box->wait_log('close', qr/./), '... and the first connection is closed';
$s->line('.connect');
ok defined $s->wait_prompt(qr/^core> $/), '.connect alone: this one again';
ok $s->wait_for(sub { $other->log_lines('open') == 2 }), '... by a new connection';

# A question about jobs
my $t = Session->new(box => $box, columns => 120, boxes => "box @{[$box->address]}\ncore @{[$other->address]} --auth none\n");
$t->line('realm_poll Lab &');
$t->wait_prompt(qr/^box \(1 job\)> $/);
$t->line('.connect core');
ok $t->wait_row(qr/^1 job is running on box, and the result will not be seen\. Connect anyway\? \[y\/N\]/), 'jobs are asked about';
$t->line('n');
ok $t->wait_prompt(qr/^box \(1 job\)> $/), '... no: nothing happens';
$t->line('.connect core');
$t->wait_row(qr/Connect anyway\? \[y\/N\] ?$/);
$t->line('y');
ok $t->wait_prompt(qr/^core> $/), '... yes: it connects';
ok $t->wait_row(qr/\[1\] realm_poll Lab: failed after .*: no answer/), '... and the job is reported';

# ^C
my $mute = Box->start(script => "expect \"nothing\"\n");
Session::put($t->home . '/config/ptsh/boxes', "box @{[$box->address]}\ncore @{[$other->address]} --auth none\nmute @{[$mute->address]}\n");
$t->key('C-l');
$t->line('.connect mute');
ok $t->wait_row(qr/^connecting to mute/), "what is waited for is said";
$t->key('C-c');
ok $t->wait_row(qr/^ptsh: the connection to core is kept$/), '^C gives it up';
ok $t->wait_prompt(qr/^core> $/), '... and the prompt is back';
like join("\n", $t->run('ping')), qr/\d/, '... which works';

# A session without a connection shows it.
my $last = Box->start;
my $u = Session->new(box => $last, args => ['-w']);
my $at = $last->port;
$last->stop;
my $changed = Box->start('--port', $at, password => 'changed');
$u->wait_row(qr/^ptsh: box: login refused: /);
ok $u->wait_prompt(qr/^box \(not connected\)> $/), 'a login that is refused when it is tried again: not connected';

# ptsh NAME, and scripts
my $home = $s->home;
my $r = Run->ptsh(args => ['-c', 'ping', 'croe'], home => $home);
is $r->status, 3, 'ptsh croe: status 3' or diag $r->stderr;
like $r->stderr, qr/\(no box called croe; did you mean core\?\)/, '... with the suggestion';
$r = Run->ptsh(args => ['-c', 'realm_poll Lab &', '-c', '.connect ' . $box->address, '-c', 'ping', '-w', '--clear-login', $box->address],
    env => {PTSH_PASSWORD => $box->password, PTSH_USER => 'admin'});
is $r->status, 2, 'a script with a job: status 2';
like $r->stderr, qr/^ptsh: \.connect: 1 job is still running; use \.wait first$/m, '... says what to do';
done_testing;
