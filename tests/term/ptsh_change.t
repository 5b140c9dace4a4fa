# SPDX-License-Identifier: ISC
# Modifying requests at the prompt: values before and after, the line that undoes them, deleting, secrets, the history.
use strict;
use warnings;
use utf8;
use Encode qw(decode encode);
use Test::More;
use Session;

plan skip_all => 'needs tmux' unless Term::available;

my $s = Session->new(rows => 50, env => {PTSH_PAGER => ''});
sub history { my ($t) = @_; return split /\n/, decode('UTF-8', Term::slurp($t->home . '/state/ptsh/history')) }
sub is_run
{
	my ($line, @rows) = @_;
	is_deeply [map { encode('UTF-8', $_) } $s->run($line)], [map { encode('UTF-8', $_) } @rows], encode('UTF-8', $line);
}

# --- undo ---
is_run('realm_info_modify Lab name=Labor description="zu Hause"', 'ok', '  name: "Lab" -> "Labor"', '  description: "" -> "zu Hause"',
    'undo: .undo 1');
is_run('realm_info name,description 5200007311', 'name   description', '-----  -----------', 'Labor  zu Hause');
$s->key('C-l');
$s->line('.undo');
ok $s->wait_prompt(qr/^Take it back\? \[y\/N\] $/), '.undo shows and asks';
my $question = join "\n", $s->rows;
like $question, qr/^realm_info_modify Lab name=Labor description="zu Hause"$/m, '... which line it was';
like $question, qr/^  name: "Labor" -> "Lab"$/m, '... what changes';
like $question, qr/^  by realm_info_modify 5200007311 name=Lab description=''$/m, '... by which request';
$s->line('');
ok $s->wait_row(qr/^ptsh: \.undo: nothing is sent$/), '... Enter is no';
$s->key('C-l');
$s->line('.undo 1');
$s->wait_prompt(qr/^Take it back/);
$s->line('y');
ok $s->wait_row(qr/^undo: \.undo 2$/), '... y does it, and that is a change itself';
is_run('realm_info name,description 5200007311', 'name  description', '----  -----------', 'Lab');
is_run('realm_info_modify Lab name=Lab', 'ok', '  nothing has changed by it');
is_run('realm_seed_list_modify Lab --add 10.9.9.9', 'ok', '  10.9.9.9: absent -> by hand', 'undo: .undo 3')
    or diag(join "\n", map { encode('UTF-8', $_) } $s->rows);
is_run('global_settings_modify session_timeout=77', 'ok', '  session_timeout: "86400" -> "77"',
    'undo: .undo 4') or diag(join "\n", map { encode('UTF-8', $_) } $s->rows);
$s->run('.set undo off');
is_run('global_settings_modify session_timeout=78', 'ok');
$s->run('.set undo on');

# Another user has changed it since.
$s->run('realm_info_modify Lab description=mine');
local $ENV{PTSH_PASSWORD} = $s->box->password;
system($ENV{PTSH}, '-w', '--clear-login', '-u', 'admin', '-c', 'realm_info_modify 5200007311 description=theirs', $s->box->address);
$s->key('C-l');
$s->line('.undo');
ok $s->wait_prompt(qr/^Overwrite their change\? \[y\/N\] $/), 'a change made by another user since is reported';
like join("\n", $s->rows), qr/^  description: "theirs" -> ""$/m, '... with the present value';
$s->line('n');
$s->wait_prompt(qr/^box> $/);
# A secret that the box gives back returns, and is never seen.
my $list = '[["10.7.0.0",16,[[2,["0ldC0mm"]]],1]]';
$s->run("realm_snmp_credential_list_modify Lab --add $list");
$s->line('realm_snmp_credential_list_modify Lab [["10.7.0.0",16]] [["10.7.0.0",16,[[2,["n3wC0mm"]]],1]]');
$s->wait_prompt(qr/Continue/);
$s->line('y');
$s->wait_row(qr/^undo: \.undo \d+$/);
$s->key('C-l');
$s->line('.undo');
$s->wait_prompt(qr/^Take it back/);
unlike join("\n", $s->rows), qr/0ldC0mm|n3wC0mm/, 'no secret in the question';
$s->line('y');
$s->wait_row(qr/^undo: \.undo \d+$/);
ok scalar(grep { /10\.7\.0\.0",16\]\],\[.*0ldC0mm/ } $s->box->received), '... but in the request';
$s->key('C-l', 'Up', 'Up');
$s->wait_row(qr/^box> realm_snmp/);
unlike join("\n", $s->rows), qr/0ldC0mm|n3wC0mm/, '... and none in the history';
$s->key('C-u');
like join("\n", $s->run('.undo list')), qr/^number  1\n.*\nline    realm_info_modify Lab name=Labor.*\nstate   taken back$/m, '.undo list';
like join("\n", $s->run('.undo 1')), qr/1 has been taken back already/, '... but not a second time';
like join("\n", $s->run('.undo 99')), qr/no such change; \.undo list shows them/, '... nor what is not there';

# --- deleting asks ---
$s->run('realm_modify --add Doomed,soon');
for my $answer ('n', '', 'C-d', 'C-c', 'what') {
	$s->key('C-l');
	$s->line('realm_modify --delete Doomed');
	ok $s->wait_prompt(qr/^This deletes on the box and cannot be undone\. Continue\? \[y\/N\] $/), 'deleting is asked about';
	like join("\n", $s->rows), qr/^realm_modify --delete Doomed\n  what is deleted is gone, and made again it has another gid\nThis/m, '... with the reason';
	$answer =~ /^C-/ ? $s->key($answer) : $s->line($answer);
	ok $s->wait_prompt(qr/^box> $/), "... '$answer' is no";
}
is scalar(grep { /realm_modify",\["/ } $s->box->received), 0, '... and nothing was sent';
ok scalar(grep { /Doomed/ } $s->run('realm_info name')), '... really';
$s->key('C-l');
$s->line('realm_modify --delete Doomed');
$s->wait_prompt(qr/Continue/);
$s->line('y');
ok $s->wait_row(qr/^ok$/), 'y deletes';
is scalar(grep { /Doomed/ } $s->run('realm_info name')), 0, '... really';
$s->run('realm_modify --add Doomed,again');
$s->run('.set yes on');
my @deleted = $s->run('realm_modify --delete Doomed');
is_deeply [grep { /Continue/ } @deleted], [], '.set yes on: it is not asked about';
like join(' ', @deleted), qr/ptsh: cannot be undone: what is deleted is gone/, '... so that it is said afterwards';

# --- what was added ---
my @added = $s->run('realm_modify --add First Second');
like join("\n", @added), qr/^ok\n  First: absent -> gid \d{16}\n  Second: absent -> gid (\d{16})\nundo: \.undo \d+$/, 'gids of what was added are shown';
my ($second) = "@added" =~ /Second: absent -> gid (\d+)/;
$s->key('C-l');
$s->line('.undo');
ok $s->wait_prompt(qr/^This deletes on the box and cannot be undone\. Continue\? \[y\/N\] $/), '.undo of it asks, also with .set yes on';
like join("\n", $s->rows), qr/^  First: gid \d+ -> absent\n  Second: gid $second -> absent\n  by realm_modify \d+,$second$/m, '... and says what it deletes';
$s->line('');
$s->wait_row(qr/nothing is sent$/);
system($ENV{PTSH}, '-w', '--clear-login', '-u', 'admin', '-c', "realm_info_modify $second name=Theirs", $s->box->address);
$s->key('C-l');
$s->line('.undo');
$s->wait_prompt(qr/Continue/);
like join("\n", $s->rows), qr/^  Theirs: gid $second -> absent\n.*\n  it has been renamed by others since$/m, 'the list is read again';
$s->line('y');
ok $s->wait_row(qr/^ok$/), 'y deletes it';
is scalar(grep { /First|Second|Theirs/ } $s->run('realm_info name')), 0, '... really';
like join("\n", $s->run('.undo list')), qr/^line    \.undo \d+\nstate   what was deleted is gone$/m, '... for good';
like join("\n", $s->run('poller_modify Lab --add spare,x,10.0.0.9,s3cretW0rd')), qr/^  spare: absent -> gid \d+$/m, 'a poller';
$s->run('poller_modify Lab --delete spare');
$s->key('C-l');
$s->line('.undo');
ok $s->wait_row(qr/^ptsh: \.undo: it is gone already; nothing is sent$/), 'what is gone already is not deleted';
like join("\n", $s->run('group_modify --add Readers')), qr/^  Readers: absent -> gid \d+$/m, 'a group';

# --- secrets ---
my $secret = 'ABCD-0123-WXYZ-4567';
$s->key('C-l');
$s->line('set_license ?');
ok $s->wait_prompt(qr/^set_license licence \(not echoed\): $/), 'a secret is asked for' or diag(join "\n", $s->rows);
$s->line($secret);
ok $s->wait_row(qr/^ok$/), '... and sent';
unlike join("\n", $s->scrollback), qr/\Q$secret\E/, '... without echo';
is scalar(grep { /\Q$secret\E/ } $s->box->received), 1, '... right';
$s->key('C-l');
$s->line('set_license ?');
$s->wait_prompt(qr/^set_license licence \(not echoed\): $/);
$s->key('C-c');
ok $s->wait_row(qr/^ptsh: .*no secret was given$/), '^C at a secret';
ok $s->wait_prompt(qr/^box> $/), '... goes back to the prompt';
unlike join("\n", $s->rows), qr/usage:/, '... without the usage, in which nothing is wrong';
is_deeply [$s->run('.echo on')], ['on'], '... which works';
my %secrets = (
	'set_license ABCD-0123-WXYZ-4568' => 'set_license ?',
	'remote_backup SCP host user pa55word1' => 'remote_backup SCP host user ?',
	'poller_info_modify 64424509930 secret=pa55word2 description=x' => 'poller_info_modify 64424509930 secret=? description=x',
	'["set_license","pa55word3"]' => '["set_license",?]',
);
for my $line (sort keys %secrets) {
	$s->run($line);
	is_deeply [(history($s))[-1] eq $secrets{$line} || grep({ $_ eq $secrets{$line} } history($s)) ? 'masked' : (history($s))[-1]], ['masked'],
	    "history: $secrets{$line}";
}
unlike join("\n", history($s)), qr/ABCD-0123|pa55word/, 'the history file holds no secret';
is sprintf('%03o', (stat $s->home . '/state/ptsh/history')[2] & 0777), '600', '... and private';
$s->run(' .echo with a blank');
ok !grep({ /with a blank/ } history($s)), 'a line that starts with a blank is not kept';
$s->key('C-l');
$s->line('set_license ABCD-0123-WXYZ-4569');
$s->wait_row(qr/^ok$/);
$s->key('Up');
ok $s->wait_prompt(qr/^box> set_license \?$/), 'Up gives the line back without its secret';
$s->key('C-u');
is_deeply [grep { /pa55|ABCD/ } $s->run('.history lic')], [], '.history does not show it'
    or diag(join "\n", $s->rows);
$s->key('C-d');
is $s->status, 0, 'ends';

# --- all devices are assigned at once: each goes back by itself ---
my $all = Session->new(rows => 50, columns => 160, env => {PTSH_PAGER => ''});
sub answered
{
	my ($line, $answer, $end) = @_;
	$all->key('C-l');
	$all->line($line);
	$all->wait_prompt(qr/\[y\/N\] $/);
	my $shown = join "\n", $all->rows;
	$all->line($answer);
	$all->wait_row($end);
	return $shown;
}
my @before = $all->run('realm_device_assignment_list "Head Office"');
my @assigned = $all->run('realm_device_assign "Head Office"');
my @changed = map { /^  ([\d.]+): null -> "(\d+)"$/ ? [$1, $2] : () } @assigned;
cmp_ok scalar(@changed), '>', 2, 'each device that has a poller now is shown' or diag join "\n", @assigned;
is $assigned[-1], 'undo: .undo 1', '... and they can be taken back';
is_deeply [$all->run('realm_device_assign "Head Office"')], ['ok', '  nothing has changed by it'], 'once more: nothing changes';
my @after = $all->run('realm_device_assignment_list "Head Office"');
my $asked = answered('.undo', 'n', qr/nothing is sent$/);
like $asked, qr/^  \Q$changed[0][0]\E: "$changed[0][1]" -> null$/m, '.undo shows each';
like $asked, qr/^  by @{[scalar @changed]} requests, the first realm_device_assign 5000015442 \Q$changed[0][0]\E null$/m, '... and says how many requests';
unlike $asked, qr/others/, '... of one\'s own';
my @other = ($ENV{PTSH}, '-w', '--clear-login', '-u', 'admin');
my ($poller) = grep { $_ ne $changed[1][1] } map { $_->[1] } @changed;
{
	local $ENV{PTSH_PASSWORD} = $all->box->password;
	system @other, '-c', "realm_device_assign 5000015442 $changed[1][0] $poller", '-c', "realm_device_assign 5000015442 $changed[0][0] null", $all->box->address;
	like answered('.undo', 'n', qr/nothing is sent$/), qr/^  by @{[@changed - 1]} requests.*\n  it has been changed by others since$/m,
	    '... only those that are not as before, and who has changed one';
	system @other, '-c', "realm_device_assign 5000015442 $changed[$_][0] $changed[$_][1]", $all->box->address for 0, 1;
}
answered('.undo', 'y', qr/^undo: \.undo 2$/);
is_deeply [$all->run('realm_device_assignment_list "Head Office"')], \@before, '... and all are as before';
like answered('.undo', 'y', qr/^undo: \.undo 3$/), qr/^  by @{[scalar @changed]} requests, the first realm_device_assign 5000015442 \Q$changed[0][0] $changed[0][1]\E$/m,
    'that is a change, too';
is_deeply [$all->run('realm_device_assignment_list "Head Office"')], \@after, '... and all are as after it';
# A poller that has gone
$all->run('poller_modify Lab --add P,p,10.0.0.9,s3cr3tw0rd');
my ($gone) = join("\n", $all->run('poller_info name,gid')) =~ /^P +(\d+)$/m;
$all->run("realm_device_assign Lab 10.2.0.1 $gone");
$all->run('realm_device_assign Lab 10.2.0.1 null');
$all->run('.set yes on');
$all->run('poller_modify Lab --delete P');
$all->run('.set yes off');
$all->key('C-l');
$all->line('.undo');
$all->wait_prompt(qr/Take it back/);
$all->line('y');
ok $all->wait_row(qr/^ptsh: \.undo: .*no poller/), 'what the box refuses is reported';
is scalar(grep { /taken back/ } $all->run('.undo list')), 2, '... and is not taken back';
# The same where some of many are refused
my $set = '\'Head Office\'';
$all->run("poller_modify $set --add P,p,10.0.0.9,s3cr3tw0rd");
$all->run("realm_device_assign 5000015442 $_->[0] null") for @changed;
$all->run("realm_device_assign $set");
$all->run('realm_device_assignment_list 5000015442 > ' . $all->home . '/with.csv');
($gone) = join("\n", $all->run('poller_info name,gid')) =~ /^P +(\d+)$/m;
my $refused = grep { /,$gone\r?$/ } split /\n/, Term::slurp($all->home . '/with.csv');
cmp_ok $refused, '>', 0, 'some are assigned to the new poller';
answered('.undo', 'y', qr/^undo: \.undo \d+$/);
$all->run('.set yes on');
$all->run("poller_modify $set --delete P");
my @half = $all->run("realm_device_assignment_list $set");
answered('.undo', 'y', qr/requests failed/);
like join("\n", $all->rows), qr/^ptsh: \.undo: $refused of @{[scalar @changed]} requests failed; \.undo \d+ takes the rest back; the first: realm_device_assign \d+ \S+ $gone: .*no poller/m,
    'those that the box refuses are counted, and the first is named';
is scalar(grep { /^10\.0\.0\.\d+$/ } $all->run("realm_device_assignment_list $set")), $refused, '... the others are taken back';
answered('.undo', 'n', qr/nothing is sent$/);
like $all->all, qr/^  by @{[$refused > 1 ? "$refused requests, the first " : '']}realm_device_assign \d+ \S+ $gone$/m, '... and those can be tried again';
$all->close;

# --- what cannot be undone is in the list ---
for my $columns (80, 40) {
	my $n = Session->new(box => $s->box, columns => $columns);
	is_deeply [$n->run('.undo list')], ['ptsh: no changes in this session'], "nothing yet, at $columns columns";
	$n->close;
}
my $n = Session->new(box => ['--delay', 10], rows => 60, columns => 120, env => {PTSH_PAGER => ''});
for my $line ('realm_poll Lab', 'realm_discover Lab', 'switch_poll Lab 10.2.0.1', 'realm_sync Lab bsync', 'log "a word"') {
	my @shown = $n->run($line);
	ok !grep(/^undo:/, @shown), "$line: nothing to be undone";
	ok !grep(/cannot be undone/, @shown), '... and not a word about it' if $line !~ /^log/;
}
$n->line('realm_info_modify Lab description=job &');
$n->wait_row(qr/\[1\] realm_info_modify .*: done/);
$n->run('.on realm_poll_stop -- realm_info_modify {1} description=polled');
$n->line('realm_poll Archive');
$n->wait_row(qr/^ptsh: \.on: realm_info_modify 3865500631171652 description=polled: done/);
$n->wait_prompt(qr/^box> $/);
$n->run('.on off');
$n->run('.each poller_info gid -- poller_info_modify {gid} secret=pa55word4');
my @listed = $n->run('.undo list');
is scalar(grep { /^ +\d+  [\d:]+  poller_info_modify \d+ secret=\? +it ran in \.each$/ } @listed),
    scalar($n->run('poller_info gid')) - 2, 'lines of .each: each in the list, without the secret' or diag(join "\n", @listed);
for my $want (['realm_info_modify 3865500631171652 description=polled', 'it ran in .on'],
    ['realm_poll Lab', 'what was started cannot be taken back'], ['realm_discover Lab', 'what was started cannot be taken back'],
    ['realm_sync Lab bsync', 'what was started cannot be taken back'], ['log "a word"', 'the state before cannot be read'],
    ['realm_info_modify Lab description=job &', 'it ran as a job']) {
	ok scalar(grep { /^\s*\d+  [\d:]+  \Q$want->[0]\E +\Q$want->[1]\E$/ } @listed), "$want->[0]: in the list, with why" or diag(join "\n", @listed);
}
$n->run('realm_info_modify Archive description=kept');
$n->run('realm_poll Lab') for 1 .. 51;
$n->key('C-l');
$n->line('.undo');
ok $n->wait_prompt(qr/^Take it back\?/), 'many polls do not push out what can be undone' or diag($n->all);
$n->line('n');
$n->close;

# --- the link is lost while a change is under way ---
my $lost = Session->new(box => ['--latency', 1500], columns => 120);
$lost->line('realm_info_modify 5200007311 description=perhaps');
$lost->box->wait_log('recv', qr/"realm_info_modify"/);
$lost->box->stop;
ok $lost->wait_row(qr/^ptsh: realm_info_modify: no answer: the box may have done it$/), 'the link is lost with a change under way' or diag($lost->all);
ok scalar(grep { /realm_info_modify 5200007311 description=perhaps +no answer: unknown whether it was done$/ } $lost->run('.undo list')),
    '... which .undo list says' or diag($lost->all);
like join("\n", $lost->run('.undo 1')), qr/^ptsh: \.undo: 1 cannot be undone: no answer: unknown whether it was done$/m, '... and .undo';
$lost->close;

# --- two sessions at once ---
my $one = Session->new(box => $s->box);
my $two = Session->new(box => $s->box, home => $one->home);
for my $i (1 .. 5) {
	$one->run(".echo one $i");
	$two->run(".echo two $i");
}
$_->key('C-d') for $one, $two;
$_->status for $one, $two;
is_deeply [sort grep { /^\.echo/ } history($one)], [sort map { (".echo one $_", ".echo two $_") } 1 .. 5], 'two sessions lose no history';
my $next = Session->new(box => $s->box, home => $one->home);
$next->key('Up');
ok $next->wait_prompt(qr/^box> \.echo two 5$/), 'the next session has it';
$next->key('C-u');
$next->key('C-r');
$next->type('one 3');
ok $next->wait_for(sub { join("\n", $next->rows) =~ /\.echo one 3/ }), '^R finds it';
$next->key('C-c', 'C-d');
$next->close;

# --- a history that cannot be kept ---
for my $case (['a directory', sub { mkdir "$_[0]/state/ptsh/history" or die $! }],
    ['a symbolic link', sub { symlink "$_[0]/elsewhere", "$_[0]/state/ptsh/history" or die $! }]) {
	my ($what, $make) = @$case;
	my $home = Term::directory();
	File::Path::make_path("$home/state/ptsh");
	$make->($home);
	my $h = Session->new(box => $s->box, home => $home);
	ok $h->wait_for(sub { join('', $h->rows) =~ /history is not kept/ }), "history is $what: reported";
	is_deeply [$h->run('.echo on')], ['on'], '... and the prompt continues';
	ok !-e "$home/elsewhere", '... and nothing is written elsewhere';
	$h->key('Up');
	ok $h->wait_prompt(qr/^box> \.echo on$/), '... but remembers';
	$h->key('C-c', 'C-d');
	$h->close;
}

done_testing;
