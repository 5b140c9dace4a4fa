# SPDX-License-Identifier: ISC
# The commands of the prompt, redirection, rc file, pastes, terminals of all kinds.
use strict;
use warnings;
use utf8;
use Encode qw(decode encode);
use Test::More;
use Session;

plan skip_all => 'needs tmux' unless Term::available;

my $dir = Term::directory();
my $s = Session->new(rows => 50, env => {PTSH_PAGER => ''}, rc => "# rc\n.timing on\n.echo from the rc file\n");
ok grep(/^from the rc file$/, $s->rows), 'the rc file is run';
my @lab = ('       gid  name', '----------  ----', '5200007311  Lab');

# .timing, .format, .last
like(($s->run('realm_info gid,name 5200007311'))[-1], qr/^ptsh: time: \d+ ms$/, '.timing on');
is_deeply [$s->run('.timing off')], [], '.timing off';
is_deeply [$s->run('realm_info gid,name 5200007311')], \@lab, '... is quiet';
is_deeply [$s->run('.last json')], ['[["5200007311","Lab"]]'], '.last FORMAT';
is_deeply [$s->run('.last')], \@lab, '.last';
$s->run('.format tsv');
is_deeply [$s->run('realm_info gid,name 5200007311')], ["5200007311      Lab"], '.format';
like(($s->run('.format raw'))[0], qr/^ptsh: \.format: raw: not on a terminal: /, '... but raw');
$s->run('.format table');

# Redirection
is_deeply [$s->run("realm_info gid,name 5200007311 > '$dir/out file'")], [], '> file';
is Term::slurp("$dir/out file"), "5200007311\tLab\n", '... has the result, tsv';
$s->run("realm_info gid,name 5200007311 >> '$dir/out file'");
is Term::slurp("$dir/out file"), "5200007311\tLab\n" x 2, '>> file';
$s->run("realm_info gid,name 5200007311 > '$dir/out file'");
is Term::slurp("$dir/out file"), "5200007311\tLab\n", '> file again';
is_deeply [$s->run('realm_info gid,name | sort -rn | head -1')], ["3865500631171652        Archive"], '| command';
is_deeply [$s->run('realm_info gid,name | false')], ['ptsh: false: status 1'], '| a command that fails';
is_deeply [$s->run('realm_info gid,name > /nonexistent/x')], ['ptsh: realm_info: /nonexistent/x: No such file or directory'], '> nowhere';
is_deeply [$s->run('realm_info gid,name > /dev/full')], ['ptsh: /dev/full: No space left on device'], '> a full disk';
SKIP: {
	skip 'a sanitizer has a malloc of its own', 1 if $ENV{PTSH_TEST_SANITIZED};
	my $late = Session->new(wrap => ['env', "LD_PRELOAD=$ENV{SHIM}", 'SHIM=close@1+=EIO']);
	is_deeply [$late->run('realm_info gid,name > /dev/null')], ['ptsh: /dev/null: Input/output error'], '> a disk that is found to be full late';
}
$s->key('C-l');
$s->line('realm_info gid,name | sleep 60');
ok $s->wait_for(sub { `ps -o stat= --ppid @{[$s->pid]}` =~ /S/ }), 'a command that takes long';
$s->key('C-c');
ok $s->wait_prompt(qr/^box> $/), '... ends by ^C';
is_deeply [$s->run('.echo alive')], ['alive'], '... alone';

# .source
Session::put("$dir/lines", "# lines\nrealm_info name 5200007311\n.echo sourced\n");
is_deeply [$s->run(".source $dir/lines")], ['name', '----', 'Lab', 'sourced'], '.source runs lines';
Session::put("$dir/wrong", "ping\nrealm_info 'open\n");
like(($s->run(".source $dir/wrong"))[0], qr/^ptsh: \Q$dir\E\/wrong:2: /, '.source reports a mistake, and where');
like(($s->run(".source $dir/nothing"))[0], qr/^ptsh: \.source: \Q$dir\E\/nothing: No such file/, '.source without a file');

# .trace
$s->run(".trace $dir/trace");
$s->run('set_license ABCD-0123-WXYZ-4567');
$s->run('.trace off');
$s->run('ping');
my $trace = Term::slurp("$dir/trace");
my ($id) = $trace =~ /> \[(\d+),"set_license"/;
my @of_it = grep { /[<>] \[$id,/ } split /\n/, $trace;		# (names may be read again at any time)
like join("\n", @of_it), qr/^\S+ \S+ > \[\d+,"set_license","\*\*\*"\]\n\S+ \S+ < \[\d+,1\]\z/, '.trace writes messages, without secrets';
unlike $trace, qr/ABCD|"ping"/, '... and none after .trace off';
is sprintf('%03o', (stat "$dir/trace")[2] & 0777), '600', '... and private';

# .watch: what has changed stands out
my $other = Session->new(box => $s->box);
$s->key('C-l');
$s->line('.watch 0.2 realm_info gid,name,description 5200007311');
$s->wait_for(sub { (() = $s->all =~ /every 0\.2 s/g) >= 2 });
$other->run('realm_info_modify Lab description=changed');
ok $s->wait_output(qr/\e\[7m *changed *\e\[(?:0?|27)m/), '.watch: a changed cell stands out';
unlike $s->output =~ s/.*every 0\.2 s//sr, qr/\e\[7m5200007311/, '... and no other';
$s->key('C-c');
ok $s->wait_prompt(qr/^box> $/), '^C ends it';
is_deeply [grep { !/every/ } $s->run('.watch 0.1 2 realm_info name 5200007311')], [('name', '----', 'Lab') x 2], '.watch N times';
like(($s->run('.watch 1'))[0], qr/^ptsh: \.watch: usage: \.watch SECONDS \[N\] LINE/, '.watch without a line');

# .on, .each, .wait, .jobs
$s->run('.on realm_poll_stop -- realm_info name {1}');
like join(';', $s->run('.on')), qr/;     1  realm_poll_stop     0  realm_info name \{1\}$/, '.on lists';
$s->key('C-l');
$s->line('realm_poll Archive');
ok $s->wait_row(qr/^Archive$/), '.on runs its line';
$s->run('.on off');
is_deeply [$s->run('.on')], ['ptsh: no .on lines'], '.on off';
is_deeply [$s->run('.each realm_info gid,name [5200007311] -- realm_info name {gid}')],
    ['5200007311 Lab: done, 0.0s', 'name', '----', 'Lab'], '.each';
is_deeply [$s->run('.jobs')], ['ptsh: no jobs'], '.jobs without any';
$s->key('C-l');
$s->line('realm_poll "Head Office" &');
like join(';', $s->run('.jobs')), qr/;  1  0\.\ds +realm_poll "Head Office"$/, '.jobs';
$s->run('.wait');
is $s->prompt_row, 'box> ', '.wait waits for them';
is_deeply [$s->run('.wait 99')], ['ptsh: .wait: 99: no such job; .jobs lists them'], '.wait for nothing';
$s->key('C-l');
$s->line('.wait realm_poll_stop');
$other->line('realm_poll Lab');
ok $s->wait_row(qr/realm_poll_stop 5200007311/), '.wait EVENT';
$s->key('C-l');
$s->line('.wait realm_poll_stop');
$s->wait_for(sub { $s->prompt_row !~ /> $/ });
$s->key('C-c');		# (which drops what has been typed ahead)
ok $s->wait_prompt(qr/^box> $/), '^C ends .wait';

# .history, .help, unknown ones
ok scalar(grep { /^\.trace off$/ } $s->run('.history trace')), '.history TEXT';
is scalar(grep { /timing/ } $s->run('.history trace')), 0, '... only those';
like join("\n", $s->run('.help realm_poll')), qr/^realm_poll REALM\n/, '.help REQUEST';
like join("\n", $s->run('help realm_poll')), qr/^realm_poll REALM\n/, '... the dot may be missing';
like join("\n", $s->run('.help .watch')), qr/^\.watch SECONDS \[N\] LINE\n/, '.help COMMAND';
like join("\n", $s->run('.help .snmp')), qr/ repetitions\), walk\n|\(-CrN\n {6}repetitions\)/, '.help: what is too long continues in the next row';
like join("\n", $s->run('.help')), qr/^  group_settings_modify +change a group.*^  \.watch /sm, '.help';
like(($s->run('.help nosuch'))[0], qr/^ptsh: \.help: nosuch: /, '.help of nothing');
is_deeply [$s->run('.e')], ['ptsh: .e: may be .each, .echo, .edit, .events'], 'an ambiguous command';
like join(';', $s->run('.status')), qr/box +box .*state +connected.*address +127\.0\.0\.1 port \d+.*login +cram as admin.*product +Porttracker [0-9a-f:]+;/, '.status';
like join(';', $s->run('.set')), qr/;undo +on /, '.set lists';
$s->run('.set undo off');
like join(';', $s->run('.set undo')), qr/;undo +off /, '.set';

is_deeply [$s->run('status')], ['ptsh: status: no such request; the command is .status'], 'a command without its dot';
is_deeply [$s->run('hlep')], ['ptsh: hlep: no such request; did you mean .help?'], '... mistyped';
is_deeply [$s->run('connect other')], ['ptsh: connect: no such request; the command is .connect'], '... with words';
like(($s->run('.wait realm_nonsense'))[-1], qr/^ptsh: subscribe: unknown event/, '.wait for an event that there is not ends');

# A paste of two lines
$s->key('C-l');
$s->wait_for(sub { ($s->cursor)[1] == 0 });
$s->paste(".echo one\n.echo two\n");
ok $s->wait_row(qr/^\| \.echo two$/), 'a paste of two lines is shown';
ok !grep({ /^one$/ } $s->rows), '... not run';
ok $s->wait_row(qr/\?/), '... and asked about';
$s->key('y');
ok $s->wait_row(qr/^two$/), 'y: both are run';
ok scalar(grep { /^one$/ } $s->rows), '... really';
ok $s->wait_prompt(qr/^box> $/), '... and the prompt is back';
$s->key('C-l');
$s->wait_for(sub { ($s->cursor)[1] == 0 });
$s->paste("realm_info gid 1\n.echo three\n.echo four\n");
$s->wait_row(qr/^\| \.echo four$/);
$s->wait_row(qr/\?/);
$s->key('y');
ok $s->wait_row(qr/^ptsh: 2 lines were not run$/), 'a failure stops the rest, and that is reported';
ok $s->wait_row(qr/^ptsh: realm_info: no such realm/), '... after it';
$s->wait_prompt(qr/^box> $/);
$s->key('C-l');
$s->wait_for(sub { ($s->cursor)[1] == 0 });
$s->paste(".echo five\n.echo six\n");
$s->wait_row(qr/\?/);
$s->key('n');
ok $s->wait_prompt(qr/^box> $/), 'n: back to the prompt';
ok !grep({ /^five$/ } $s->rows), '... nothing is run';
$s->key('C-c', 'C-d');
is $s->status, 0, 'ends';

# --- terminals ---

my $dumb = Session->new(box => $s->box, env => {TERM => 'dumb'}, args => ['-e', '*']);
$dumb->line('realm_info gid,name 5200007311');
ok $dumb->wait_row(qr/^5200007311  Lab$/), 'TERM=dumb: a request';
$dumb->line('realm_poll Lab &');
ok $dumb->wait_row(qr/^ptsh: \[1\] realm_poll Lab: done/), '... a job';
$dumb->wait_row(qr/^port_seens/);
$dumb->line('.sleep 30');
$dumb->wait_for(sub { $dumb->output =~ /\.sleep 30\r\n\z/ });
$dumb->key('C-c');
ok $dumb->wait_prompt(qr/^box> $/), '... the prompt stands alone after ^C, too';
$dumb->key('C-d');
is $dumb->status, 0, '... and ^D';
unlike $dumb->output, qr/\e/, '... without an escape sequence';

my $plain = Session->new(box => $s->box, env => {NO_COLOR => 1, PTSH_PAGER => ''}, args => ['--tls', 'off']);
$plain->run('realm_info');
$plain->run('realm_info gid 1');
$plain->key('C-d');
$plain->status;
unlike $plain->output, qr/\e\[[0-9;]*[1-9][0-9;]*m/, 'NO_COLOR: no colour, nothing bold';
my $color = Session->new(box => $s->box);
ok $color->wait_output(qr/\e\[1mbox\e\[0?m> /), '... otherwise the prompt is';
$color->key('C-d');

my $c = Session->new(box => $s->box, env => {LC_ALL => 'C'});
is_deeply [$c->run('.echo Zürich größer 東京')], ['Zürich größer 東京'], 'LC_ALL=C: umlauts and more';
$c->line('realm_poll Zürich');
ok $c->wait_row(qr/^port_seens/), '... are sent, too';
my ($sent) = grep { /"realm_poll","5100005442"/ } $c->box->received;
ok $sent, '... right';
$c->key('C-d');

# While a line runs, what is typed is not echoed into the rows of results and events; it is there when the prompt is.
my $ahead = Session->new(box => $s->box);
$ahead->line('.sleep 1');
$ahead->type('.echo typed ahead');
ok $ahead->wait_prompt(qr/^box> \.echo typed ahead$/), 'what is typed ahead is kept';
is_deeply [grep { !/^Type help/ } $ahead->rows], ['box> .sleep 1', 'box> .echo typed ahead'], '... and stands in no other row';
$ahead->key('Enter');
ok $ahead->wait_row(qr/^typed ahead$/), '... and runs';
$ahead->key('C-d');

for my $columns (24, 8, 5) {
	my $n = Session->new(box => $s->box, columns => $columns, where => $s->box->address, wait => undef, rows => 40, args => ['-q']);
	$n->wait_for(sub { join('', $n->rows) =~ /> ?$/ });
	my $text = '.echo abcdefghijklmnopqrstuvwxyz';
	$n->type($text);
	my $want = ($s->box->address . '>' . $text) =~ s/ //gr;
	ok $n->wait_for(sub { join('', $n->rows) =~ s/ //gr eq $want }), "$columns columns, narrower than the prompt: the line can be read";
	$n->key('Enter');
	ok $n->wait_for(sub { join('', $n->rows) =~ /zabcdefghijklmnopqrstuvwxyz/ }), '... and run';
	$n->key('C-d');
	is $n->status, 0, '... and left';
}

done_testing;
