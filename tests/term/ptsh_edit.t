# SPDX-License-Identifier: ISC
# `.edit`: a line in the editor, shown and asked about before it runs; no file is left, and no secret is written.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Session;
use Test::More;

plan skip_all => 'needs tmux' unless Term::available;

my $dir = Term::directory();
mkdir "$dir/run" or die $!;
# An editor: records what it gets and under which modes, and replaces the file by $dir/new, by renaming.
Session::put("$dir/ed", <<"SH");
#!/bin/sh
for file; do :; done
{ cat "\$file"; stat -c %a "\$file" "\${file%/*}"; echo "\$1"; } >'$dir/seen'
touch "\${file%/*}/.line.ptsh.swp" "\$file~"
[ -e '$dir/new' ] && cp '$dir/new' "\$file.new" && mv "\$file.new" "\$file"
exit \$(cat '$dir/status' 2>/dev/null || echo 0)
SH
chmod 0755, "$dir/ed";
my $s = Session->new(rows => 40, columns => 100, env => {PTSH_PAGER => '', VISUAL => "$dir/ed --wait", XDG_RUNTIME_DIR => "$dir/run"});

# What stands on the screen afterwards is new.
sub cleared
{
	$s->key('C-l');
	$s->wait_for(sub { ($s->cursor)[1] == 0 && $s->prompt_row eq 'box> ' });
}

sub edits
{
	my ($line, $new, $answer) = @_;
	unlink "$dir/new";
	Session::put("$dir/new", $new) if defined $new;
	cleared();
	$s->type($line);
	$s->key('Enter');
	if (defined $answer) {
		ok $s->wait_row(qr/^Run th(?:is line|ese \d+ lines)\? \[y\/N\]/), "$line: asked about" or diag($s->all);
		$s->type($answer);
		$s->key('Enter');
	}
}

$s->run('.echo before');
edits('.edit', ".echo one\n.echo two\n", 'y');
ok $s->wait_row(qr/^two$/), 'what comes back is run' or diag($s->all);
like $s->all, qr/^\| \.echo one\n\| \.echo two\n/m, '... and was shown';
is Term::slurp("$dir/seen"), ".echo before\n600\n700\n--wait\n", 'the editor gets the last line, in a private file';
is join(' ', glob "$dir/run/* $dir/run/.p*"), '', '... which is gone, with all files beside it';

edits('.edit .echo given', undef);
ok $s->wait_row(qr/^ptsh: not changed; nothing was run: does your editor wait\?/), 'unchanged: nothing is run' or diag($s->all);
like Term::slurp("$dir/seen"), qr/^\.echo given$/m, '... of the line that was given';

edits('.edit .echo given', ".echo refused\n", 'n');
ok $s->wait_prompt(qr/^box> \.echo refused$/), 'no: the line comes back to be corrected' or diag($s->all);
unlike $s->all, qr/^refused$/m, '... and is not run';
$s->type(' no more');
$s->key('Enter');
ok $s->wait_row(qr/^refused no more$/), '... corrected and run';
edits('.edit .echo given', ".echo two\n.echo refused lines\n", 'n');
ok $s->wait_prompt(qr/^box> $/), 'no to several: they are gone';
$s->key('Up');
ok $s->wait_prompt(qr/^\.echo refused lines$/), '... but in the history' or diag($s->all);
$s->key('Enter');
ok $s->wait_row(qr/^two$/), '... from where they run as the lines that they are' or diag($s->all);
ok $s->wait_row(qr/^refused lines$/), '... each';

# ^X ^E
sub edits_typed
{
	my ($line, $new) = @_;
	unlink "$dir/new", "$dir/seen";
	Session::put("$dir/new", $new) if defined $new;
	cleared();
	$s->type($line);
	$s->key('C-x', 'C-e');
	$s->wait_for(sub { -s "$dir/seen" });
}
edits_typed('.echo half a li', ".echo a whole line\n");
ok $s->wait_row(qr/^Run this line\? \[y\/N\]/), '^X ^E: what was typed is edited' or diag($s->all);
$s->type('y');
$s->key('Enter');
ok $s->wait_row(qr/^a whole line$/), '... and run';
like Term::slurp("$dir/seen"), qr/^\.echo half a li$/m, '... as far as it was typed';
edits_typed('.echo kept', undef);
ok $s->wait_row(qr/^ptsh: not changed; nothing was run/), 'unchanged: not run';
ok $s->wait_prompt(qr/^box> \.echo kept$/), '... and it stands at the prompt again' or diag($s->all);
$s->key('C-u');
edits_typed('poller_info_modify 1 secret=s3same', ".echo masked\n");
$s->wait_row(qr/^Run this line\? \[y\/N\]/);
$s->key('Enter');
like Term::slurp("$dir/seen"), qr/^poller_info_modify 1 secret=\?$/m, 'a secret that was typed is not written';
ok $s->wait_prompt(qr/^box> \.echo masked$/), '... Enter is no';
$s->key('C-u');
edits_typed('', ".echo from nothing\n");
$s->wait_row(qr/^Run this line\? \[y\/N\]/);
$s->type('y');
$s->key('Enter');
ok $s->wait_row(qr/^from nothing$/), 'an empty line can be edited';
edits_typed('.echo first', ".edit .echo second\n");
$s->wait_row(qr/^Run this line\? \[y\/N\]/);
unlink "$dir/new";
$s->type('y');
$s->key('Enter');
ok $s->wait_row(qr/^ptsh: not changed; nothing was run/), 'an edited text that is .edit again: at once' or diag($s->all);
like Term::slurp("$dir/seen"), qr/^\.echo second$/m, '... with the line that it names';

Session::put("$dir/status", "3\n");
edits('.edit .echo given', ".echo failed\n");
ok $s->wait_row(qr/^ptsh: not changed; nothing was run$/), 'an editor that fails: nothing is run' or diag($s->all);
unlink "$dir/status";

edits('.edit poller_info_modify 1 secret=s3same', ".echo clean\n", 'y');
ok $s->wait_row(qr/^clean$/), 'a line with a secret';
unlike Term::slurp("$dir/seen"), qr/s3same/, '... which is not written';
$s->line('.quit');

# While the editor runs
Session::put("$dir/slow", <<"SH", 0755);
#!/bin/sh
trap 'echo INT >>"$dir/signals"' INT
touch "\$1~"
echo EDITOR HAS IT
while read line; do [ "\$line" = end ] && exit 1; done
SH
my @slow = (rows => 30, columns => 100, env => {PTSH_PAGER => '', VISUAL => "$dir/slow", XDG_RUNTIME_DIR => "$dir/run"}, box => $s->box);
for my $case (['TERM', 143], ['HUP', 129]) {
	my ($signal, $status) = @$case;
	my $t = Session->new(@slow);
	$t->line('.edit .echo a line');
	ok $t->wait_row(qr/^EDITOR HAS IT$/), "SIG$signal while the editor runs";
	cmp_ok scalar(() = glob "$dir/run/*"), '>', 0, '... there is a folder';
	kill $signal, $t->pid;
	is $t->status, $status, "... ends with $status";
	is join(' ', glob "$dir/run/* $dir/run/.p*"), '', '... and leaves no file';
}
my $i = Session->new(@slow, args => ['-e', 'realm_poll_stop']);
my $other = Session->new(box => $s->box);
$i->line('.edit .echo a line');
$i->wait_row(qr/^EDITOR HAS IT$/);
$i->key('C-c');
ok $i->wait_for(sub { -s "$dir/signals" }), '^C is the editor\'s';
$other->run('realm_poll Lab');
$i->type('end');
$i->key('Enter');
ok $i->wait_row(qr/^ptsh: not changed; nothing was run$/), '... which continues' or diag($i->all);
ok $i->wait_row(qr/ realm_poll_stop 5200007311/), '... and events that came meanwhile are shown';
$i->line('.quit');
is $i->status, 0, '... ends well';
my $z = Session->new(@slow, job_control => 1);
$z->line('.edit .echo a line');
$z->wait_row(qr/^EDITOR HAS IT$/);
$z->key('C-z');
ok $z->wait_row(qr/Stopped/), '^Z stops both';
$z->wait_for(sub { ($z->rows)[-1] eq 'bash$' });
$z->fg;
$z->type('end');
$z->key('Enter');
ok $z->wait_row(qr/^ptsh: not changed; nothing was run$/), '... and fg continues both' or diag($z->all);
ok $z->wait_prompt(qr/^box> $/), '... the prompt is back';
$z->close;
my $r = Run->ptsh(args => ['-X', '-n', '-c', '.edit']);
is $r->status, 2, 'in a script: status 2';
$s->box->stop;
done_testing;
