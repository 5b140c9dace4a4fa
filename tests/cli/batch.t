# SPDX-License-Identifier: ISC
# Lines from -c, -f and standard input: their order, what stops them, messages, and the exit status.
use strict;
use warnings;
use utf8;

use Box;
use File::Temp ();
use Lines;
use Run;
use Test::More;
use Time::HiRes qw(time);

binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

my $dir = File::Temp->newdir;
my $box = Box->start('--auth', 'none', '--delay', 100);
my $l = Lines->new($box->address);

sub put {
	my ($name, $text) = @_;
	Box::write_file("$dir/$name", $text);
	return "$dir/$name";
}

# ptsh with these arguments and the box after them, nothing on standard input.
sub ptsh { return Run->ptsh(args => [@_, $box->address]) }

# The requests the box has received since the last call: names only.
my $before = 0;
sub received {
	my @all = $box->received;
	my @new = map { /^\["?\w+"?,"(\w+)"/ ? $1 : $_ } @all[$before .. $#all];

	$before = @all;
	return "@new";
}

subtest 'results come in the order of the lines' => sub {
	my $r = Run->ptsh(args => ['-c', '.echo 1', '-f', put('a', ".echo 2\nproduct_id\n"), '-c', '.echo 3', '-f', '-', '-c', '.echo 5',
		'-f', put('b', ".echo 6"), $box->address], stdin => ".echo 4\n");
	is($r->stdout =~ s/^n\t.*$/n/rm, "1\n2\nn\n3\n4\n5\n6\n", 'of -c, -f and - mixed, over one connection');
	is($r->status . $r->stderr, 0, 'well');
	is(scalar(grep { $_->[2] eq 'open' } $box->log_lines), 1, 'one connection');

	# The first is answered last.
	my $other = Box->start(script => "hello none\ncollect 3\nreply-reversed 1,\"\$id\"\nexpect-eof\n");
	$r = Run->ptsh(args => [$other->address], stdin => "ping\nping\nping\n");
	is(join(' ', sort(split /\n/, $r->stdout)), join(' ', split /\n/, $r->stdout), 'however the box answers');
	is($other->wait, 0, 'all three were sent without waiting');
};

subtest 'a modifying request waits, and is waited for' => sub {
	received();
	my $script = join '', map { "$_\n" } 'ping', 'realm_poll Lab', 'product_id', 'ping', q(log x), q(log y), 'ping';
	$l->good($script);
	is(received(), 'ping realm_info realm_poll product_id ping log log ping', 'the order on the wire');
	my @states;
	for my $options ([], ['-j', 1], ['-j', 0], ['-j', 3]) {
		my $out = $l->good(qq(realm_info_modify Lab description="@$options 1"\nrealm_info description Lab\n)
		    . qq(realm_info_modify Lab description="@$options 2"\nrealm_info description Lab\n), $options->[1] // 1 ? () : (), '-j', 1);
		is($out, "@$options 1\n@$options 2\n", 'a reading request sees the changes before it');
	}
	my $other = Box->start(script => "hello none\nexpect \"log\",\"a\"\nsleep 60\nreply 1\nexpect \"ping\"\nreply 1,2\n");
	is(Run->ptsh(args => [$other->address], stdin => "log a\nping\n")->stdout, "2\n", 'a change, then a look');
	is($other->wait, 0, '... not before it was answered');
};

subtest '--jobs' => sub {
	my $start = time;
	is(scalar(() = $l->good("realm_poll Lab\n" x 3, '-j', 1) =~ /port_seens/g), 3, '-j 1: three polls');
	cmp_ok(time - $start, '>', 0.3, '... one after the other');
	for my $n (3, 0) {
		my $three = Box->start(script => "hello none\ncollect 3\nreply-all 1,\"x\"\nexpect-eof\n");
		is(Run->ptsh(args => ['-j', $n, $three->address], stdin => "ping\nping\nping\n")->stdout, "x\nx\nx\n", "-j $n: three at once");
		is($three->wait, 0, '... at the box');
	}
	my $other = Box->start(script => "hello none\ncollect 2\nsleep 50\nreply-to 1 1,\"b\"\nexpect ping\nreply-to 2 1,\"c\"\nreply 1,\"d\"\nexpect-eof\n");
	is($l->run('')->stdout, '', 'nothing at all');
	is(Run->ptsh(args => ['-j', 2, $other->address], stdin => "ping\nping\nping\n")->stdout, "b\nc\nd\n", '-j 2: never three');
	is($other->wait, 0, '... at the box');
};

subtest 'a failure stops the script' => sub {
	my $script = "ping\nrealm_poll 1\nping\n# no line\n\nping\n";
	my $r = $l->bad($script, 1, qr/^ptsh: stdin:2: realm_poll: no such realm: '1'\nptsh: 2 lines were not run\n\z/);
	is(scalar(() = $r->stdout =~ /\n/g), 1, 'the lines before it have run');
	$r = $l->bad("log a\nrealm_poll 1\nping\n", 1, qr/^ptsh: 1 line was not run$/m);
	$r = $l->bad($script, 1, qr/^ptsh: stdin:2: realm_poll: no such realm: '1'\n\z/, '--keep-going');
	is(scalar(() = $r->stdout =~ /\n/g), 3, '--keep-going: the others have run');
	is($l->bad("realm_poll 1\nset_license x\n", 1, qr/not valid/, '--keep-going')->status, 1, '... and the first failure decides');

	$r = $l->run("- realm_poll 1\n-  ping\n- realm_poll 2\n");
	is($r->status, 0, '- LINE: may fail');
	is($r->stderr, "ptsh: stdin:1: realm_poll: no such realm: '1'\nptsh: stdin:3: realm_poll: no such realm: '2'\n", '... and is reported');
	is(scalar(() = $r->stdout =~ /\n/g), 1, '... and all else runs');
	$r = $l->bad("ping\nrelam_poll Lab\nping x\n.nix\nping\n", 2, qr/^(?:ptsh: stdin:[234]: (?!\d).*\n)+\z/, '--keep-going');
	is(scalar(() = $r->stdout =~ /\n/g), 2, '--keep-going: a wrong line does not stop it either');
	is($l->bad("realm_poll Lab\nping\n", 2, qr/refused by --read-only\n\z/, '-r', '--keep-going')->stdout =~ /\n/, 1, '... nor one that is refused');
	$r = $l->run("- realm_poll\n- relam_poll Lab\n- .sleep\n- - ping x\nping\n");
	is($r->status, 0, '- LINE: a mistake in it is allowed, too');
	is(scalar(() = $r->stderr =~ /^ptsh: stdin:\d: (?!usage: ping|usage: realm)/mg), 4, '... and is reported');
	like($r->stdout, qr/^\d+\.\d+\t\d+\n\z/, '... and what follows runs');
	is(ptsh('-f', put('m', "- realm_poll\nping\n"))->status, 0, '... in a file as well');
	is(ptsh('-r', '-c', '- realm_poll Lab', '-c', 'ping')->status, 0, '... and a refusal by ptsh');
	$l->bad("-\n", 2, qr/^ptsh: stdin:1: a line is missing/);
	$l->bad("- log 'a\nping\n", 2, qr/^ptsh: stdin:1: log: ' is not closed/);

	# Three readers in flight, the first one fails: the others are waited for, the fourth line is not begun.
	my $other = Box->start(script => "hello none\ncollect 3\nreply-to 1 0,\"no\"\nsleep 50\nreply-to 2 1,\"b\"\nreply-to 3 1,\"c\"\nexpect-eof\n");
	$r = Run->ptsh(args => [$other->address], stdin => "ping\nping\nping\nlog x\n");
	is($r->status . $r->stdout, "1b\nc\n", 'what was in flight is shown');
	is($r->stderr, "ptsh: stdin:1: ping: no\nptsh: 1 line was not run\n", 'what was not begun is counted');
	is($other->wait, 0, '... and was not sent');
};

subtest 'a file with a mistake is not begun' => sub {
	received();
	my $file = put('c', "ping\n" x 499 . "realm_poll\nrealm_query Lab nix ifname\n.nix\nping \"x\nping\n");
	my $r = ptsh('-c', 'ping', '-f', $file);
	is($r->status, 2, 'status 2');
	is(join(' ', $r->stderr =~ /^ptsh: \Q$file\E:(\d+): (?!usage)/mg), '500 501 502 503', 'every mistake is reported, with its line');
	is($r->stdout . received(), '', 'nothing is sent, of the lines before either');
	for my $wrong ('.sleep', '.each realm_info gid -- relam_poll {gid}', '.each realm_info gid -- .sleep {gid}', '.each realm_info gid', '.each realm_inof -- ping',
		'.on realm_poll_stop -- ping x {1}', '.watch 1 ping x', 'set_license ?', 'login a b') {
		$r = ptsh('-f', put('w', "product_id\n$wrong\n"));
		is($r->status, 2, "a mistake: $wrong");
		like($r->stderr, qr/^ptsh: \S+:2: \S+: /, '... is reported');
		is($r->stdout . received(), '', '... before anything is sent');
	}
	$r = ptsh('-f', put('w', "ping\nping\nping x\nping x\nping\nping\nrealm_poll\nping\n"));
	is_deeply([$r->stderr =~ /^ptsh: \S+:(\d+): (?!usage)/mg], [3, 4, 7], 'each wrong line is named, also one like the line before');
	is(ptsh('-r', '-f', put('w', "product_id\nrealm_poll Lab\n"))->status . received(), 2, '-r refuses a file before anything is sent');
	is(ptsh('-f', put('w', ".each realm_info gid -- realm_sync {gid} {gid}\n"))->status . received(), '2realm_info', 'mistakes that depend on the cells are found then');

	$r = $l->bad("product_id\nrealm_poll\nping > x\n", 2, qr/^ptsh: stdin:2: realm_poll: .* is missing\nptsh: stdin:2: usage: realm_poll REALM\n/);
	like($r->stdout, qr/^n\t/, 'on standard input the lines before it run');
	unlike($r->stderr, qr/stdin:3/, '... and none after it is parsed');
	is(received(), 'product_id', '... or sent');

	for my $case (['nix' => 2, 'No such file or directory'], [$dir => 2, 'Is a directory']) {
		my ($name, $status, $why) = @$case;
		$r = ptsh('-f', $name);
		is($r->status . $r->stderr, "${status}ptsh: $name: $why\n", "$name: $why");
	}
};

subtest 'lines' => sub {
	for my $case (["\x{feff}ping\n", 'ping'], ["ping\r\nping\r\n", 'ping ping'], ["ping\nping", 'ping ping'], ["\r\n\n  \t\nping", 'ping'],
		["  # x\nping\n#ping\\\nping\n", 'ping ping'], ["log \\\n'a\nb'\nping\n", 'log ping'], ["realm_info [\n\"gid\"\n]\n", 'realm_info'],
		[" [\"ping\"] \n[\n\"ping\"\n]\n", 'ping ping'], ["realm_info_modify 5200007311 {\"description\":\n\"x\"}\n", 'realm_info_modify'],
		["log 'Grüße # kein Kommentar' # einer\n", 'log'], ["ping ; ping\n", '']) {
		my ($text, $names) = @$case;
		utf8::encode($text);
		(my $shown = $text) =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;
		my $r = $l->run($text);
		is(received(), $names, $shown) or diag $r->stderr;
		is($r->status, $names eq '' ? 2 : 0, '... status') or diag $r->stderr;
	}
	is($l->good("log \\\n'a\nb'\n"), '', 'a line that continues');
	is((map { $_->[3] } $box->log_lines('syslog'))[-1] =~ s/\\x0a|\\n/|/r, '6 a|b', '... with its newline');
	$l->bad("ping\n\n\\\nping\nlog 'a\n", 2, qr/^ptsh: stdin:5: log: ' is not closed|^ptsh: stdin:5: .*not closed/m);
	my $gone = '/nonexistent/box';
	for my $nothing ('', "\n", "# x\n", "  \n\t\n") {
		my $r = Run->ptsh(args => [$gone], stdin => $nothing);
		is($r->status . $r->stdout . $r->stderr, '0', 'no line: no connection');
	}
	is(Run->ptsh(args => ['-c', '.echo a', $gone])->stdout, "a\n", 'nor for a line that needs none');
	is(Run->ptsh(args => ['-c', 'ping', $gone])->status, 3, '... but for one that does');
};

subtest '20,000 pings' => sub {
	my $other = Box->start('--auth', 'none');
	my $r = Run->ptsh(args => [$other->address, '-o', 'raw'], stdin => "ping\n" x 20_000);
	my @ids = $r->stdout =~ /^\[(\d+),1,/mg;
	is($r->status, 0, 'well') or diag $r->stderr;
	is(scalar @ids, 20_000, 'all are answered');
	is(scalar(grep { $ids[$_] != $ids[0] + $_ } 0 .. $#ids), 0, 'in order');
};

subtest '--dry-run' => sub {
	# Port 1: connecting would fail with a message.
	for my $case (['.each realm_info gid,name -- realm_discover {gid}', qq(["realm_info",["gid","name"]]\n["realm_discover","{gid}"]\n)],
		['.on realm_discover_stop -- realm_poll {1}', qq(["subscribe","realm_discover_stop"]\n["realm_poll","{1}"]\n)],
		['.wait realm_poll_stop', qq(["subscribe","realm_poll_stop"]\n)], ['.wait 1', ''], ['.connect', ''], ['.connect localhost:1', ''],
		['.watch 1 2 ping', qq(["ping"]\n)], ['.refresh', ''], ['login a b', qq(["login","a","b"]\n)], ['.status', qr/not connected/],
		['.each realm_info gid -- log {gid} {gid}', qq(["realm_info",["gid"]]\n)]) {
		my ($line, $out) = @$case;
		my $r = Run->ptsh(args => ['-n', '-c', $line, '127.0.0.1:1']);
		is($r->status, 0, "-n $line");
		like($r->stdout, ref $out ? $out : qr/\A\Q$out\E\z/, '... shows what would be sent');
		unlike($r->stderr, qr/cannot connect/, '... and connects to nothing');
	}
	my $r = Run->ptsh(args => ['-n', '-e', 'realm_poll_stop', '--follow', '127.0.0.1:1']);
	is($r->status . $r->stdout . $r->stderr, qq(0["subscribe","realm_poll_stop"]\n), '-n --follow: ends at once');

	my %sent = (
		'realm_info' => '["realm_info"]',
		'realm_info gid,name' => '["realm_info",["gid","name"]]',
		'realm_info gid,name 5000015442' => '["realm_info",["gid","name"],["5000015442"]]',
		'realm_poll 5100005442' => '["realm_poll","5100005442"]',
		'realm_info_modify 38952865423 name=default-1' => '["realm_info_modify","38952865423",{"name":"default-1"}]',
		'realm_query 5100005442 device switch_uid,device_ip device_mac switch_uid=switch03%' =>
		    '["realm_query","5100005442","device",["switch_uid","device_ip"],["device_mac"],{"switch_uid":"switch03%"}]',
		'realm_query 5100005442 device switch_uid --history all' => '["realm_query","5100005442","device",["switch_uid"],[],{},1]',
		'realm_query 5100005442 switch_detail ifname --filter switch=27 --unused days=30' =>
		    '["realm_query","5100005442","switch_detail",["ifname"],[],{"switch":"27"},0,{"days":"30"}]',
		q(realm_modify 38456782341 'Test Realm','for test') => '["realm_modify",["38456782341"],[["Test Realm","for test"]]]',
		q(realm_modify --add 'Test Realm','for test') => '["realm_modify",[],[["Test Realm","for test"]]]',
		'global_settings_modify session_timeout=86400' => '["global_settings_modify",[["session_timeout","86400"]]]',
		'realm_device_assign 64424509927 1.1.1.1 null' => '["realm_device_assign","64424509927",["1.1.1.1",null]]',
		q(log 'backup done' notice) => '["log","backup done",5]',
		'subscribe realm_poll_stop realm_discover_stop' => '["subscribe","realm_poll_stop","realm_discover_stop"]',
		q(group_settings_modify 98784248723 --system 'Add Realms'=none) => '["group_settings_modify","98784248723",{},[["Add Realms",0]]]',
		q(realm_poll 'Head Office') => '["realm_poll","Head Office"]',
		'["log", "x\u0000y" , 1e400,  0.10 ]' => '["log","x\u0000y",1e400,0.10]',
		'nix 0.10 9007199254740993 1e400 x {"a": 1}' => '["nix",0.10,9007199254740993,1e400,"x",{"a":1}]',
		'realm_poll 0123' => '["realm_poll","0123"]',
		'log null' => '["log","null"]',
	);
	my @lines = sort keys %sent;
	$r = Run->ptsh(args => ['-n', '/nonexistent/box'], stdin => join '', map { "$_\n" } @lines);
	my @out = split /\n/, $r->stdout;
	is($out[$_], $sent{ $lines[$_] }, $lines[$_]) for 0 .. $#lines;
	is($r->status, 0, 'connects to nothing');
	is($r->stderr, qq(ptsh: stdin:@{[1 + (grep { $lines[$_] =~ /^nix/ } 0 .. $#lines)[0]]}: "nix": unknown to ptsh; sending it anyway (aliases in rc are for the prompt; use -f FILE)\n), 'one note');
};

subtest '--timeout' => sub {
	my $other = Box->start(script => "hello none\nexpect ping\nexpect-eof\n");
	my $r = Run->ptsh(args => ['-t', '0.2', $other->address], stdin => "ping\nlog x\n");
	is($r->status, 6, 'status 6');
	is($r->stderr, "ptsh: stdin:1: ping: no reply in time: the box may have done it\nptsh: 1 line was not run\n", '... and what');
	is($other->wait, 0, '... and nothing more was sent');

	$other = Box->start(script => "hello none\nexpect ping\nexpect product\nreply-to 1 1,1\nreply 1,\"n\",\"x\"\nexpect-eof\n");
	$r = Run->ptsh(args => ['-t', 2, '-j', 1, '--keep-going', $other->address], stdin => "ping\nproduct_id\n");
	is($r->status . $r->stdout, "6n\tx\n", 'a late reply is not taken for another request');
	like($r->stderr, qr/^ptsh: .*late reply to request \d+/m, '... and is reported');
};

subtest 'the connection is lost' => sub {
	my $other = Box->start(script => "hello none\ncollect 3\nreply-to 1 1,\"a\"\nclose\n");
	my $r = Run->ptsh(args => [$other->address], stdin => "ping\nproduct_id\nreport_info\nlog x\nping\n");
	is($r->status . $r->stdout, "3a\n", 'what was answered is shown');
	like($r->stderr, qr/^ptsh: stdin:$_->[0]: $_->[1]: no answer: the box may have done it$/m, "$_->[1] had no answer")
	    for [2, 'product_id'], [3, 'report_info'];
	like($r->stderr, qr/^ptsh: 127\.0\.0\.1:\d+: the box closed the connection$/m, 'why');
	like($r->stderr, qr/^ptsh: 2 lines were not run$/m, 'the rest');

	# In the middle of an answer that fits in memory: nothing of it is shown.
	$other = Box->start(script => "hello none\nexpect ping\nsend [\$id,1,\"half\nclose\n");
	$r = Run->ptsh(args => [$other->address], stdin => "ping\n");
	is($r->status . $r->stdout, '3', 'half an answer is none');
	like($r->stderr, qr/ping: no answer/, '... as is reported');
	# After the last answer the box may go.
	$other = Box->start(script => "hello none\nexpect ping\nreply 1,1\nclose\n");
	is(Run->ptsh(args => [$other->address], stdin => "ping\n")->status, 0, 'after the last answer the loss is no failure');
};

subtest '50 MB to a box that reads nothing until its output has been read' => sub {
	my $other = Box->start(script => "hello none\nfill 400000 [null,\"info\",\"x\"]\\n\nanswer-all\n");
	my $line = "log '" . 'x' x 10_000 . "'\n";
	my $r = Run->ptsh(args => ['-q', '-j', 0, '-o', 'raw', $other->address], stdin => $line x 5000);
	is($r->status, 0, 'well') or diag substr $r->stderr, 0, 500;
	is(scalar(() = $r->stdout =~ /\n/g), 5000, 'all are answered');
};

subtest 'signals' => sub {
	for my $case ([INT => 130, 1], [TERM => 143, 2]) {
		my ($name, $status, $times) = @$case;
		my $other = Box->start(script => "hello none\nexpect ping\nexpect-eof\n");
		my $r = Run->begin(args => ['-c', 'ping', '-c', 'log x', $other->address]);
		$other->wait_log('recv', qr/ping/);
		my $start = time;
		kill $name => $r->pid;
		$r->wait_for(stderr => qr/^ptsh: .*: waiting up to 2 s for replies; interrupt again to leave at once$/m);
		kill $name => $r->pid if $times == 2;
		$r->finish;
		is($r->status, $status, "SIG$name: status $status");
		like($r->stderr, qr/^ptsh: ping: no answer: the box may have done it$/m, '... names what was in flight');
		cmp_ok(time - $start, '>', 1.5, '... after its grace') if $times == 1;
		like($r->stderr, qr/^ptsh: 1 line was not run$/m, '... and what was not begun');
	}
	my $r = Run->begin(args => ['-f', '-', $box->address], open => 1, stdin => ".echo x\n");
	$r->wait_for(stdout => qr/x/);
	kill INT => $r->pid;
	is($r->finish->status, 130, 'SIGINT while waiting for lines');
	my $other = Box->start(script => "send [\nsleep 1000000\n");
	$r = Run->begin(args => ['-v', '-c', 'ping', '--connect-timeout', 1000, $other->address]);
	$r->wait_for(stderr => qr/connected to/);
	kill INT => $r->pid;
	is($r->finish->status, 130, 'SIGINT while connecting');
};

subtest 'output that cannot be written' => sub {
	my $r = Run->ptsh(args => ['-c', 'ping', '-c', 'log x', $box->address], stdout_file => '/dev/full');
	is($r->status, 8, '/dev/full: status 8');
	is($r->stderr =~ s/^ptsh: \d lines? .*\n//mr, "ptsh: cannot write standard output: No space left on device\n", '... and why, once');

	for my $lines (10, 100_000) {
		my $file = put('pings', "ping\n" x $lines);
		my $program = Run::program();
		my @run = (args => ['-c', "'$program' -f '$file' @{[$box->address]} | head -1; echo \${PIPESTATUS[0]}"], program => '/bin/bash');
		my $run = Run->ptsh(@run);
		like($run->stdout, qr/^\d+\.\d+\t\d+\n(?:0|141)\n\z/, "$lines lines | head -1");
		is($run->stderr, '', '... is quiet');
	}
};

subtest 'each failure has its status' => sub {
	is(ptsh('-c', 'ping')->status, 0, '0: well');
	is(ptsh('-c', 'nix 1')->status, 1, '1: the box refused');
	is(ptsh('-c', 'realm_poll')->status, 2, '2: a wrong line');
	is(ptsh('-r', '-c', 'log x')->stderr, "ptsh: log: refused by --read-only\n", '... is a message on the request');
	is(ptsh('-r', '-c', 'log x')->status, 2, '2: --read-only');
	is(ptsh('-c', 'pign')->status, 2, '2: a misspelling');
	is(ptsh('-c', '["pign"]')->status, 1, '... but not in raw JSON');
	is(ptsh('-c', 'realm_poll Nowhere')->status, 2, '2: an unknown name');
	is(Run->ptsh(args => ['-c', 'ping', '127.0.0.1:1'])->status, 3, '3: no listener');
	is(ptsh('-c', 'ping', '--auth', 'cram', '-w')->status, 4, '4: no method');
	is(Run->ptsh(args => ['-c', 'ping', '--tls', 'on', '--accept-new', Box->start('--tls', 'off')->address])->status, 5, '5: no TLS');
	for my $case (["garbage\n" => 7], ["hello none\nexpect ping\nline [1,2,3\n" => 7], ["hello none\nexpect ping\njson [null,\"error\",\"dying\"]\nclose\n" => 7],
		["hello none\nexpect ping\nline [99999,1]\nreply 1,1\nexpect-eof\n" => 7]) {
		my ($script, $status) = @$case;
		$script =~ s/^garbage/line HTTP\/1.0 400 Bad Request/;
		my $other = Box->start(script => $script);
		my $r = Run->ptsh(args => ['-c', 'ping', $other->address]);
		is($r->status, $status, "$status: " . ($script =~ s/\n/; /gr)) or diag $r->stderr;
		like($r->stderr, qr/^ptsh: .+\n/, '... and why');
	}
};

is($box->stop, 0, 'the box has ended well');
done_testing();
