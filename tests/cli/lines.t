# SPDX-License-Identifier: ISC
# What a line is: comments, syntax of other shells, blanks that are not ASCII.  The same with -c, in a file, on standard
# input and at a prompt: what is refused sends nothing.
use strict;
use warnings;
use utf8;

use Box;
use Encode qw(decode encode);
use Lines;
use Run;
use Session;
use Test::More;

binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

my $box = Box->start('--auth', 'none');
my $l = Lines->new($box->address);
my $dir = Term::directory();

# What the lines of this test send, and those that send nothing, for the runs of all together at its end.
my (@sent, @good, @bad);

# What a line sends, by --dry-run; nothing: it is empty.
sub sends {
	my ($line, @want) = @_;
	my $bytes = encode('UTF-8', $line);
	my $want = join '', map { "$_\n" } @want;
	my $r = Run->ptsh(args => ['-n', '-c', $bytes, $box->address]);

	is(decode('UTF-8', $r->stdout) . $r->status, "${want}0", $line) or diag $r->stderr;
	push @good, $line;
	push @sent, @want;
}

sub refuses {
	my ($line, $why) = @_;
	my $r = Run->ptsh(args => ['-n', '-c', encode('UTF-8', $line), $box->address]);

	is($r->stdout . $r->status, '2', "$line: sends nothing");
	like(decode('UTF-8', $r->stderr), $why, '... and says why');
	push @bad, $line;
}

# --- comments ---

sends(q(realm_modify 5200007311   # the old lab), '["realm_modify",["5200007311"]]');
sends(q(  # nothing else));
sends(q(realm_info gid,name	#tab and glued), '["realm_info",["gid","name"]]');
sends(q(["realm_poll","5"]   # raw), '["realm_poll","5"]');
sends(q(- realm_poll 5 # may fail), '["realm_poll","5"]');
sends(q(realm_poll 5 & # a job), '["realm_poll","5"]');
sends(q(realm_info_modify 5 name=a#b description='# c' # d), '["realm_info_modify","5",{"name":"a#b","description":"# c"}]');
sends(q(log "# no" notice # yes), '["log","# no",5]');
sends(q(log \# notice), '["log","#",5]');
sends(q(["log","# no"]), '["log","# no"]');
sends(q(realm_info_modify 5 {"name": "# a" } # b), '["realm_info_modify","5",{"name":"# a"}]');
sends("realm_info \\\n gid # \"an open quote \\", '["realm_info",["gid"]]');
sends(q(.each realm_info gid -- realm_poll {gid} # each of them), '["realm_info",["gid"]]', '["realm_poll","{gid}"]');
sends(q(.on realm_discover_stop -- realm_poll {1} # ours), '["subscribe","realm_discover_stop"]', '["realm_poll","{1}"]');
sends(q(.wait realm_poll_stop 5 # HQ), '["subscribe","realm_poll_stop"]');
sends(q(.watch 1 1 realm_info gid # once), '["realm_info",["gid"]]');
is($l->good(".echo a 'b # c' # d\n"), "a b # c\n", 'a command has its comment, too');

refuses('set_license #abc', qr/licence.* is missing: # begins a comment.*quote it/);
refuses('log #1', qr/message.* is missing: # begins a comment/);
refuses('realm_poll # 5200007311', qr/realm.* is missing: # begins a comment/);
refuses('realm_modify #5', qr/argument: # begins a comment/);
refuses('.sleep #5', qr/usage: \.sleep SECONDS: # begins a comment/);
refuses('.each realm_info gid # -- realm_poll {gid}', qr/usage: \.each.*# begins a comment/);
refuses('remote_backup SCP host admin #x', qr/the comment begins where password .*may stand/);
sends('remote_backup SCP host admin # x', '["remote_backup","SCP","host","admin"]');

# The boxes file has the same comments.
{
	my $home = Run::new_home();
	mkdir "$home/config/ptsh";
	Session::put("$home/config/ptsh/boxes", "# first\nhere '" . $box->address . "' --no-prompt # the one\n\n  # last", 0600);
	is(Run->ptsh(args => ['-c', '.echo here', 'here'], home => $home)->stdout, "here\n", 'the boxes file: a comment after a line');
}

# --- syntax of other shells ---

refuses('realm_modify 5 ; realm_info gid,name', qr/;: one request a line; quote it if it is text/);
refuses('realm_poll 5;', qr/one request a line/);
refuses('ping; ping', qr/one request a line/);
refuses('ping ;ping', qr/one request a line/);
refuses('realm_poll 5 && realm_sync 5 qsync', qr/&&: one request a line/);
refuses('realm_poll 5 || ping', qr/\|\|: one request a line/);
refuses('realm_poll 5 2>/dev/null', qr/redirection/);
refuses("realm_poll 5 $_", qr/ \Q$_\E: write a redirection as > FILE/) for '2>&1', '>&2', '2>>', '1>&-', '&>';
refuses("realm_poll 5 $_", qr/ >: write a redirection as > FILE/) for '2>file', '12>&1', '>&file';
refuses('realm_poll 5 >/dev/null', qr/redirection/);
refuses('realm_poll 5 &>f', qr/redirection/);
refuses('realm_poll 5 <f', qr/redirection/);
refuses('realm_poll 5&', qr/the & that makes a job is a word of its own/);
refuses('realm_modify --add a,b |wc', qr/the \| of a redirection is a word of its own/);
refuses("log 'a';", qr/one request a line/);
refuses('["ping"] ; ["ping"]', qr/one request a line/);
refuses('.echo a && .echo b', qr/one request a line/);
refuses('.on realm_poll_stop; -- ping', qr/one request a line/);
refuses('.each realm_info gid -- realm_poll {gid} ; ping', qr/one request a line/);
refuses('.each realm_info gid ; -- realm_poll {gid}', qr/one request a line/);
# A place that is filled later does not hide it: nothing is subscribed to, nothing is asked for first.
refuses($_, qr/one request a line/) for '.on realm_poll_stop -- realm_poll {1};', '.on realm_poll_stop -- {1};', '.on realm_poll_stop -- .sleep {1}; ping',
    '.each realm_info gid -- realm_poll {gid};', '.each realm_info gid -- log {gid} {gid};';
sends(q(log ';' notice), '["log",";",5]');
sends(q(log 'a && b;'), '["log","a && b;"]');
sends(q(log a\;), '["log","a;"]');
sends(q(log a;b), '["log","a;b"]');
sends(q(log "2>x"), '["log","2>x"]');
sends(q(["log","; && ||"]), '["log","; && ||"]');
sends(q(realm_info_modify 5 {"name":"a;"}), '["realm_info_modify","5",{"name":"a;"}]');

# What is wrong with quotes, a redirection, or a file is not the request's usage.
for my $line ('log @/nonexistent/file', 'set_license ?', "ping 'open", 'realm_info gid > f', 'realm_poll 5 ; ping', 'realm_poll 5 & ping') {
	unlike(Run->ptsh(args => ['-n', '-c', $line, $box->address])->stderr, qr/usage/, "$line: no usage");
}
like(Run->ptsh(args => ['-n', '-c', 'realm_poll', $box->address])->stderr, qr/^ptsh: usage: realm_poll REALM$/m, '... but for a missing argument');
refuses(q(realm_query 5 device ifname --filter 'device_mac=00'), qr/the = stands inside the quotes/);

# --- blanks that are not ASCII ---

for my $point (0xa0, 0x2003, 0x202f, 0x3000, 0x200b, 0xfeff, 0x2060, 0xad, 0x2800, 0x3164, 0xffa0, 0x202e, 0x2067) {
	my $blank = chr $point;
	my $name = sprintf 'U\+%04X', $point;

	refuses("realm_poll${blank}5", qr/$name/);
	refuses("realm_poll 5$blank", qr/$name/);
	refuses("realm_modify --add a,b$blank c,d", qr/$name/);
	sends("log 'a${blank}b'", qq(["log","a${blank}b"]));
}
# Joiners belong into words of text, in Persian and in emoji; in a name, a gid, a number or an address they are pasted in.
for my $point (0x200c, 0x200d, 0xfe0f, 0xe0062, 0x200f) {
	my $joiner = chr $point;
	my $why = sprintf 'U\+%04X cannot be seen: take it out; quote it', $point;

	sends("log a${joiner}b", qq(["log","a${joiner}b"]));
	sends("realm_info_modify 5 description=a${joiner}b", qq(["realm_info_modify","5",{"description":"a${joiner}b"}]));
	sends("realm_poll 'Head${joiner}Office'", qq(["realm_poll","Head${joiner}Office"]));
	for my $line ("realm_poll 5000${joiner}015442", "realm_poll Head${joiner}Office", "realm_info gid,na${joiner}me", "realm_info gid 5,6$joiner",
	    "realm_info_modify 5 na${joiner}me=x", "log x 5$joiner", "log x ${joiner}info", "realm_sync 5 qs${joiner}ync",
	    "realm_seed_list_modify 5 --add 10.0.0.${joiner}1", "poller_subnet_list_modify 5 --add 10.0.0.0,2${joiner}4,10,1",
	    "realm_query 5 device ifname --filter device_mac=00:1d:${joiner}60:36:16:71", "subscribe realm_poll${joiner}_stop",
	    "realm_advanced_settings_modify 5 block_port_macs=+AA:BB:CC:${joiner}DD:EE:FF", "realm_device_assign 5 1.1.1.1 4$joiner",
	    ".wait realm_poll${joiner}_stop", ".wait realm_poll_stop La${joiner}b", ".on realm_poll${joiner}_stop -- ping", ".on * $joiner -- ping") {
		refuses($line, qr/$why/);
	}
	sends(".wait 'realm_poll${joiner}_stop'", qq(["subscribe","realm_poll${joiner}_stop"]));
	sends(".on 'realm_sync${joiner}_stop' -- log a${joiner}b", qq(["subscribe","realm_sync${joiner}_stop"]), qq(["log","a${joiner}b"]));
}
refuses('realm/poll 5', qr{not /});
refuses('["a b"]', qr/not U\+0020/);
refuses('"realm poll"', qr/not U\+0020/);
refuses('größe_zeigen', qr/not U\+00F6/);

# A secret that is typed in the wrong place is in no message.
for my $line ('realm_snmp_credential_list_modify 5 10.0.0.0,8,%s,1', 'realm_snmp_credential_list_modify 5 %s',
	'realm_snmp_credential_list_modify 5 10.0.0.0,%s', 'realm_snmp_credential_list_modify 5 --add 10.0.0.0,99,%s', '.set password=%s',
	'.source no/such/password=%s', 'remote_backup password=%s', 'remote_backup FTPS host user %s x y z', '.snmp get h --community=%s 1.3',
	'realm_poll password=%s', '.wait realm_poll_stop password=%s', '.format password=%s ping', '.find --realms password=%s x') {
	my $secret = 'n0tToBeSeen';
	my $r = Run->ptsh(args => ['-X', '-w', '-f', '-', '--keep-going', $box->address], stdin => sprintf("$line\n", $secret), secret => $secret);
	is($r->status, 2, sprintf($line, 'SECRET') . ': refused');
}

# A secret after one is still a secret.
{
	my $secret = 'ABCD-0123-WXYZ-4567';
	my $r = Run->ptsh(args => ['-f', '-', '--trace', '-', $box->address], stdin => encode('UTF-8', "set_license\x{a0}$secret\n"),
	    secret => $secret);
	is($r->status, 2, 'a request and its secret glued together are refused');
	like($r->stderr, qr/^ptsh: stdin:1: U\+00A0 is no blank/m, '... without repeating them');
}

# Messages show which blank it was.
like(decode('UTF-8', Run->ptsh(args => ['-n', '-c', encode('UTF-8', "realm_sync 5 'q\x{a0}sync'"), $box->address])->stderr), qr/q\\u00a0sync/, 'a message shows the blank');

# --- all of them in a file, and on standard input ---

for my $way ("$dir/lines", '-') {
	my $text = join '', map { "$_\n" } @good;

	Session::put("$dir/lines", $text);
	my $r = Run->ptsh(args => ['-n', '-f', $way, $box->address], stdin => encode('UTF-8', $text));
	# Subscriptions go first.
	is(join("\n", sort(split /\n/, decode('UTF-8', $r->stdout)), $r->status), join("\n", sort(@sent), 0), "-f $way: all that is sent")
	    or diag $r->stderr;
	$text = join '', map { "$_\n" } @bad;
	Session::put("$dir/lines", $text);
	$r = Run->ptsh(args => ['-n', '--keep-going', '-f', $way, $box->address], stdin => encode('UTF-8', $text));
	is($r->stdout . $r->status, '2', '... and nothing of what is refused');
	my $name = $way eq '-' ? 'stdin' : $way;
	my %reported = map { $_ => 1 } $r->stderr =~ /^ptsh: \Q$name\E:(\d+): /mg;
	is(scalar(keys %reported), scalar(@bad), '... each with its number');
}

# --- at a prompt ---

SKIP: {
	skip 'needs tmux', 1 unless Term::available;
	my $s = Session->new(columns => 160, rows => 40);
	my @before = $s->box->log_lines('recv');

	like(join("\n", $s->run($_->[0])), $_->[1], "at a prompt: $_->[0]") for
	    ['set_license #abc', qr/# begins a comment/],
	    ['realm_poll 5200007311 ; ping', qr/one request a line/],
	    ["realm_poll\x{a0}5200007311", qr/U\+00A0 is no blank/],
	    ['realm_poll 5200007311 2>/dev/null', qr/redirection/],
	    ['y', qr{"y": no such request; \.help lists them \(the raw JSON array \["y"\] is}],
	    ['show realm_info', qr/"show": no such request; realm_info alone is one/],
	    ['\q', qr/\\q: no such command; use \.quit/],
	    ['\?', qr/\\\?: no such command; use \.help/],
	    ['\dt realm', qr/\\dt: no such command; use a command with its dot \(\.help lists them\)/],
	    ['\connect core', qr/\\connect: no such command; use \.connect BOX/],
	    [':q', qr/:q: no such command; use \.quit/];
	is_deeply([$s->run('realm_info name 5200007311 # the lab')], ['name', '----', 'Lab'], '... and a comment is not among the words');
	$s->key('C-l');
	$s->key('Up');
	ok($s->wait_for(sub { $s->prompt_row =~ /# the lab$/ }), '... but is kept in the history');
	is(scalar(grep { !/name/ } grep { /realm_poll|set_license|show|"y"/ } $s->box->log_lines('recv')), 0, '... nothing that was refused is sent');
}

done_testing;
