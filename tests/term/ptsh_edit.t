# SPDX-License-Identifier: ISC
# `.edit`: a line in the editor, shown and asked about before it runs; nothing is left behind, and no secret is written.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Session;
use Test::More;

plan skip_all => 'needs tmux' unless Term::available;

my $dir = Term::directory();
mkdir "$dir/run" or die $!;
# An editor: says what it gets and under which modes, and writes what stands in $dir/new, by renaming.
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

sub edits
{
	my ($line, $new, $answer) = @_;
	unlink "$dir/new";
	Session::put("$dir/new", $new) if defined $new;
	$s->key('C-l');
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
is join(' ', glob "$dir/run/* $dir/run/.p*"), '', '... which is gone, with all that stood beside it';

edits('.edit .echo given', undef);
ok $s->wait_row(qr/^ptsh: not changed; nothing was run: does your editor wait\?/), 'unchanged: nothing is run' or diag($s->all);
like Term::slurp("$dir/seen"), qr/^\.echo given$/m, '... of the line that was given';

edits('.edit .echo given', ".echo refused\n", 'n');
$s->wait_row(qr/^box>/);
unlike $s->all, qr/^refused$/m, 'no: nothing is run';

Session::put("$dir/status", "3\n");
edits('.edit .echo given', ".echo failed\n");
ok $s->wait_row(qr/^ptsh: not changed; nothing was run$/), 'an editor that fails: nothing is run' or diag($s->all);
unlink "$dir/status";

edits('.edit poller_info_modify 1 secret=s3same', ".echo clean\n", 'y');
ok $s->wait_row(qr/^clean$/), 'a line with a secret';
unlike Term::slurp("$dir/seen"), qr/s3same/, '... which is not written';
$s->line('.quit');
my $r = Run->ptsh(args => ['-X', '-n', '-c', '.edit']);
is $r->status, 2, 'in a script: status 2';
$s->box->stop;
done_testing;
