# SPDX-License-Identifier: ISC
# The output of ptsh's own commands goes into a file or a shell command, as a request's result does: at the prompt only.
use strict;
use warnings;
use utf8;
use Box;
use Fcntl qw(O_NONBLOCK O_RDONLY);
use POSIX qw(mkfifo);
use Session;
use Test::More;

plan skip_all => 'needs tmux' unless Term::available;

my $dir = Term::directory();
my $s = Session->new(rows => 50, columns => 120, env => {PTSH_PAGER => ''}, box => ['--devices', 200]);
my $known = "$dir/out";

# Runs the line into a file; returns what is in that file, and nothing may be on the screen.
sub into
{
	my ($line) = @_;
	unlink $known;
	is_deeply [$s->run("$line > $known")], [], "$line > file: the screen stays empty";
	return -e $known ? Term::slurp($known) : undef;
}

# A redirection after a command was ignored: it wrote to the screen.
is into('.echo  a b'), "a b\n", '.echo';
like into('.status'), qr/^box\tbox\b.*^state\tconnected$/ms, '.status: tsv, as no terminal is there';
like into('.help'), qr/^  realm_poll +\S.*^  \.each /ms, '.help';
like into('.help realm_query'), qr/^realm_query REALM/m, '.help WORD';
like into('help ping'), qr/^ping/m, 'help without a dot';
like into('.set'), qr/^yes\toff\t/m, '.set';
like into('.set jobs'), qr/^jobs\tdefault\t[^\n]*\n\z/, '.set NAME';
like into('.trust list'), qr/\A\z/, '.trust list: nothing is a file, too';
like into('.history echo'), qr/^\.echo  a b > /m, '.history TEXT';
is into('.jobs'), '', '.jobs: none';
is into('.on'), '', '.on: none';
$s->run('realm_info gid,name 5200007311');
is into('.last csv'), "gid,name\r\n5200007311,Lab\r\n", '.last FORMAT';
is into('.last'), "5200007311\tLab\n", '.last';
like into('.last raw'), qr/\A\[\d+,1,\["5200007311","Lab"\]\]\n\z/, '.last raw: no terminal is there';
$s->run('subscribe realm_poll_start');
$s->run('.on realm_discover_stop -- ping');
is into('.on'), "1\trealm_discover_stop\t0\tping\n", '.on lists';
$s->run('realm_poll Lab');
like into('.events list'), qr/realm_poll_start\t5200007311$/m, '.events list';
like into('.each realm_info gid,name -- realm_info name {gid}'), qr/^5200007311\tLab\tLab$/m, '.each: every result';
like into('.each realm_info name -- .echo {1}'), qr/^Head Office\n(?:.*\n)*Lab$/m, '... of .echo, too';
like into('.each realm_info gid,name 5200007311 -- ping'), qr/^5200007311\tLab\t\d/, '... without its headings';
is into('.watch 0.1 2 realm_info name 5200007311'), "Lab\nLab\n", '.watch: every round';
like into('.undo list'), qr/\A1\t[\d:]+\trealm_poll Lab\twhat was started cannot be taken back\n\z/, '.undo list';
like into('.find switch_uid=switch01%'), qr/^Head Office\tswitch01/m, '.find';

# >>, | and what goes with them
$s->run(".echo one > $known");
$s->run(".echo two >> $known");
is Term::slurp($known), "one\ntwo\n", '>> appends to the file';
is_deeply [$s->run('.history .echo | grep -c "  a b"')], [2], '| a command';
is_deeply [$s->run('.each realm_info name -- .echo {1} | sort -r | tail -1')], ['Archive'], '.each: all of it goes to one command';
is_deeply [$s->run('.watch 0.1 2 realm_info name | wc -l')], [(scalar(() = $s->run('realm_info name')) - 2) x 2], '.watch: each round to one';
is_deeply [$s->run('.help | false')], ['ptsh: false: status 1'], '| a command that fails';
is_deeply [$s->run('.help nonsense | sed s/^/ran/')], ['ptsh: .help: nonsense: no such request, command or group; .help lists them'], '... nothing runs for a line that fails';
is_deeply [$s->run('.echo a|b "> c"')], ['a|b > c'], '... a word of its own';
is_deeply [$s->run('.status > /nonexistent/x')], ['ptsh: .status: /nonexistent/x: No such file or directory'], '> nowhere';
my $changes = sub { scalar grep { /"realm_poll"|"realm_info_modify"/ } $s->box->received };
my $before = $changes->();
is_deeply [$s->run('.each realm_info gid -- realm_poll {gid} > /nonexistent/x')], ['ptsh: .each: /nonexistent/x: No such file or directory'], '... and nothing runs';
is_deeply [$s->run('realm_info_modify Lab description=no > /nonexistent/x')],
    ['ptsh: realm_info_modify: /nonexistent/x: No such file or directory'], '... a request neither';
is $changes->(), $before, '... on the box';
cmp_ok $before, '>', 0, '... where some did before';
is_deeply [$s->run('.help > /dev/full')], ['ptsh: /dev/full: No space left on device'], '> a full disk';
like((join "\n", $s->run('.last json')), qr/^\[\[/, 'the terminal has its results again');
is_deeply [grep { !/^-/ } $s->run('realm_info gid,name 5200007311')], ['       gid  name', '5200007311  Lab'], '... in its format';

# What shows nothing
for my $line ('.connect', '.set yes on', '.trust remove nix', '.format csv', '.events on', '.sleep 0', '.timing on', '.refresh', '.quit',
	".source $known", '.trace off', '.on realm_poll_stop -- ping') {
	my ($name) = $line =~ /^(\.\w+)/;
	for my $to ("> $dir/never", '| cat') {
		is_deeply [$s->run("$line $to")], ["ptsh: $name: this shows nothing that can be redirected"], "$line $to";
	}
}
ok !-e "$dir/never", '... and no file is made';
like((join "\n", $s->run(".find Lab > $known &")), qr/a job's result cannot be redirected/, 'not after a job');
like((join "\n", $s->run(".each realm_info gid > $known -- ping {gid}")), qr/only & may follow a redirection/, 'only at the end');

# ^C
mkfifo("$dir/fifo", 0600) or die "mkfifo: $!";
for my $line (".help > $dir/fifo", ".each realm_info gid -- ping >> $dir/fifo", ".history > $dir/fifo") {
	$s->key('C-l');
	$s->wait_prompt(qr/^box> $/);
	$s->line($line);
	ok $s->wait_for(sub { $s->prompt_row !~ /^box>/ }), "$line waits for a reader";
	$s->key('C-c');
	ok defined $s->wait_prompt(qr/^box> $/), '... and ^C gives the prompt back';
}
$s->key('C-l');
$s->line('.help | sleep 60');
ok $s->wait_for(sub { `ps -o stat= --ppid @{[$s->pid]}` =~ /S/ }), 'a command that takes long';
$s->key('C-c');
ok $s->wait_prompt(qr/^box> $/), '... ends by ^C';
unlink $known;
$s->run(".echo begun > $known");
$s->line(".watch 0.1 realm_info name 5200007311 >> $known");
ok $s->wait_for(sub { (() = Term::slurp($known) =~ /^Lab$/mg) >= 3 }), '.watch writes each round as it comes';
$s->key('C-c');
ok $s->wait_prompt(qr/^box> $/), '... until ^C';
my $slow = Session->new(columns => 120, box => ['--delay', 2000]);
my $polls = sub { scalar grep { /"realm_poll"/ } $slow->box->received };
$slow->line(".each realm_info gid,name -- realm_poll {gid} > $known");
$slow->wait_for(sub { $polls->() == 5 });
$slow->key('C-c');
ok $slow->wait_row(qr/\.each: 5 still run on the box/), '.each, left by ^C';
$slow->line("realm_poll Lab > $known.request");
$slow->wait_for(sub { $polls->() == 6 });
$slow->key('C-c');
ok $slow->wait_row(qr/continues as a job/), 'a request, left by ^C';
ok $slow->wait_row(qr/\[1\] realm_poll .*: done/), '... ends';
like Term::slurp("$known.request"), qr/\Aport_updates\t/, '... in its file';
ok $slow->wait_for(sub { Term::slurp($known) =~ /^5200007311\tLab\tport_updates\t/m }), '... and .each in its own';
$slow->line('realm_poll Lab | sed s/^/piped/');
$slow->wait_for(sub { $polls->() == 7 });
$slow->key('C-c');
ok $slow->wait_row(qr/^port_updates/), 'left by ^C before its | command: on the screen';
unlike $slow->all, qr/^piped/m, '... the command is not run';

# In a script the calling shell redirects.
# The suffix of the file's name sets the format, where the line does not.
for my $case (['csv', qr/^gid,name\r\n5000015442,/], ['tsv', qr/^5000015442\t/], ['json', qr/^\[\["5000015442",/],
    ['JSONL', qr/^\{"gid":"5000015442",/], ['txt', qr/^5000015442\t/]) {
	$s->run("realm_info gid,name > $dir/x.$case->[0]");
	like Term::slurp("$dir/x.$case->[0]"), $case->[1], "> x.$case->[0]";
}
$s->run(".format json realm_info gid,name > $dir/y.csv");
like Term::slurp("$dir/y.csv"), qr/^\[\["5000015442",/, '.format json LINE > y.csv: what the line says';
$s->run(".last > $dir/z.csv");
like Term::slurp("$dir/z.csv"), qr/^gid,name\r\n/, '.last > z.csv';
$s->run(".format table realm_info gid,name > $dir/t.txt");
like Term::slurp("$dir/t.txt"), qr{^ +gid +name\n-}, '.format table LINE > t.txt: a table, as it was asked for';
like join("\n", $s->run('.format csv realm_info gid')), qr/^gid\n5000015442\n/, '.format csv LINE on the screen';

# Every format: in a file and for a command the same as without a prompt
{
	local $ENV{PTSH_PASSWORD} = $s->box->password;
	my @formats = map { /^  (\w+)  / ? $1 : () } $s->run('.help formats');
	cmp_ok scalar(@formats), '>=', 6, 'the formats';
	for my $f (@formats) {
		for my $line ('realm_info gid,name,description', '.find 10.2.0.1', '.each realm_info gid -- realm_seed_list {gid}') {
			my $want = qx('$ENV{PTSH}' -X -w --clear-login -u admin -o $f -j 1 -c '$line' @{[$s->box->address]});
			cmp_ok length $want, '>', 0, ".format $f $line";
			my @got = ($want) x 2;
			$s->run(".format $f $line > $dir/once");
			$got[0] = Term::slurp("$dir/once");
			$s->run(".format $f $line | cat > $dir/twice");
			$got[1] = Term::slurp("$dir/twice");
			if ($line =~ /^\.each/ || $f eq 'raw') {	# replies come in any order, have ids and times
				$_ = join '', sort map { s/^\[\d+,/[/r =~ s/: done, .*/: done/r } split /(?<=\n)/ for $want, @got;
			}
			is $got[0], $want, '... > FILE';
			is $got[1], $want, '... | COMMAND';
		}
	}
	like join("\n", $s->run('.format')), qr/the format is table/, "the session's format stays";
}
like join("\n", $s->run('realm_info gid')), qr{^ +gid\n-+}, '... and the next line as before';

my $script = Run->ptsh(args => ['-c', ".status > $dir/never", $s->box->address]);
is $script->status, 2, 'one-shot: status 2';
like $script->stderr, qr/^ptsh: \.status: redirections are for the prompt/, '... as for a request';
for my $line (".each realm_info gid -- ping {gid} > $dir/never", ".watch 1 1 ping | cat", ".last csv >> $dir/never", ".find x | cat") {
	my $r = Run->ptsh(args => [$s->box->address], stdin => "ping\n$line\n");
	is $r->status, 2, "$line in a script: status 2";
	like $r->stderr, qr/^ptsh: stdin:2: \.\w+: redirections are for the prompt/m, '... and says why';
}
ok !-e "$dir/never", '... no file is made';
done_testing;
