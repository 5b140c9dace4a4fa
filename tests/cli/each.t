# SPDX-License-Identifier: ISC
# `.each LINE -- LINE2`, and the three showcase programs of the protocol's library as one line each.
use strict;
use warnings;
use utf8;

use Box;
use JSON::PP ();
use Lines;
use Run;
use Test::More;
use Time::HiRes qw(time);

binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

my $box = Box->start('--auth', 'none', '--delay', 150);
my $l = Lines->new($box->address);
my @realms = map { [split /\t/] } split /\n/, $l->good("realm_info gid,name\n");

sub good { my ($text, @options) = @_; utf8::encode($text); my $out = $l->good("$text\n", @options); utf8::decode($out); return $out }
utf8::decode($_->[1]) for @realms;

subtest 'the three showcase programs' => sub {
	my $r = Run->ptsh(args => ['-c', 'ping', $box->address]);
	like($r->stdout, qr/\A\d+\.\d+\t\d+\n\z/, 'ping: the time and the process');

	$r = Run->ptsh(args => ['-c', '.each realm_info gid,name -- realm_discover {gid}', $box->address]);
	my $out = $r->stdout;
	utf8::decode($out);
	is(join('', sort split /^/, $out), join('', sort map { "$_->[0]\t$_->[1]\tok\n" } @realms), '... each named');
	is($r->status . $r->stderr, 0, '... and it returns when all have ended');
	is(scalar(grep { !/"last_discover":null/ } split /\n/, $l->good("realm_info last_discover\n", '-o', 'records')), scalar @realms,
		'... discovered');

	my $f = Run->begin(args => ['-e', 'realm_poll_stop', '--follow', $box->address]);
	$box->wait_log('recv', qr/"subscribe","realm_poll_stop"/);
	$l->good("realm_poll 5100005442\n");
	$f->wait_for(stdout => qr/\A\S+\tevent\trealm_poll_stop\t5100005442\n/);
	$l->good("realm_poll 5200007311\n");
	$f->wait_for(stdout => qr/^\S+\tevent\trealm_poll_stop\t5200007311\n\z/m);
	kill INT => $f->pid;
	is($f->finish->status, 130, 'follows until interrupted');
};

subtest 'places' => sub {
	my %line = (
		'log {name}' => sub { $_[1] }, 'log {2}' => sub { $_[1] }, q(log '{1}/{2}!') => sub { "$_[0]/$_[1]!" },
		q(log "{2}\u0021") => sub { "$_[1]!" }, 'log {gid}={name}' => sub { "$_[0]=$_[1]" }, '["log",{name}]' => sub { $_[1] },
		'["log","<{name}>"]' => sub { "<$_[1]>" }, 'log \{name}' => sub { '{name}' },
	);
	for my $second (sort keys %line) {
		good(".each realm_info gid,name -- $second");
		my @logged = map { $_->[3] =~ s/^6 //r } $box->log_lines('syslog');
		utf8::decode($_) for @logged;
		is(join('|', sort @logged[-@realms .. -1]), join('|', sort map { $line{$second}->(@$_) } @realms), $second);
	}
	# What a cell holds stays one word.
	for my $name (q(it's), 'a "b" {gid} \\', '-- x', '&', '> /tmp/x', "two\nlines", '[1', '{', "tab\there", '?', '@/etc/passwd', '#', '') {
		my $json = JSON::PP->new->encode([$name]);
		good(qq(["realm_info_modify","5200007311",{"description":@{[substr $json, 1, -1]}}]));
		for my $second ('log x{description}', 'log "x{description}"', q(log 'x{description}'), '["log","x{description}"]') {
			good(".each realm_info description Lab -- $second");
			my $got = ($box->received)[-1];
			my $want = JSON::PP->new->encode(["x$name"]);
			is(substr($got, index($got, '"log",') + 6), substr($want, 1), "$second: " . $json);
		}
	}
	good(qq(realm_info_modify Lab description='x'));
	good('.each global_settings domain,smtp_user -- log {property}={value}');
	is(join('|', map { $_->[3] } ($box->log_lines('syslog'))[-2, -1]), '6 domain=example.net|6 smtp_user=', 'names of settings');
	good('.each realm_poll Lab -- log {name}={value}');
	is(join('|', map { $_->[3] } ($box->log_lines('syslog'))[-1]), '6 port_seens=52', 'names of statistics');

	$l->bad(".each realm_info gid,name -- log $_->[0]\n", 2, $_->[1]) for
		['{nix}', qr/^ptsh: stdin:1: \.each: \{nix}: no such column, only \{gid} \{name} or \{1} to \{2}$/m],
		['{3}', qr/^ptsh: stdin:1: \.each: \{3}: /m], ['{0}', qr/\{0}: /];
};

subtest 'a mistyped column is found before anything is sent' => sub {
	my $sent = scalar(() = $box->log_lines('recv'));
	for (['realm_info gid,name -- realm_poll {gd}', qr/\{gd}: no such column, only \{gid} \{name} or \{1} to \{2}$/m],
		['realm_seed_list Lab -- log {ipp}', qr/\{ipp}: no such column, only \{ip} \{flags}/],
		['realm_seed_list Lab -- log {3}', qr/\{3}: no such column/], ['["realm_info",["gid"]] -- log {name}', qr/\{name}: no such column/],
		['realm_poll Lab -- log {nmae}={value}', qr/\{nmae}: no such column, only \{name} \{value}/]) {
		$l->bad(".each $_->[0]\n", 2, $_->[1]);
	}
	is(scalar(grep { $_->[3] =~ /realm_info|realm_seed|realm_poll/ } ($box->log_lines('recv'))[$sent .. scalar($box->log_lines('recv')) - 1]), 0,
		'nothing was asked');
	good('.each realm_info gid,name Lab -- log \'{gid} {name}\'');
	like($l->run(".each realm_info gid,new_field Lab -- log {gd}\n")->stderr, qr/\{gd}|new_field/, 'a field that only the box may know is left to it');
	is($l->run(".alias two .each realm_info gid,{1} Lab -- .echo {gid}={name}\ntwo name\n")->stdout, "5200007311=Lab\n", 'nor is an argument of an alias');
};

subtest 'over several lines' => sub {
	my $want = good('.each realm_info gid,name Lab -- realm_seed_list {gid}');
	for my $text (".each realm_info gid,name Lab --\\\n realm_seed_list {gid}", ".each realm_info gid,name Lab \\\n-- realm_seed_list {gid}",
		".each \\\n  realm_info gid,name \\\r\n  Lab \\\n  -- \\\n  realm_seed_list {gid}") {
		is(good($text), $want, $text =~ s/\r?\n/|/gr);
	}
	$l->bad("$_\n", 2, qr/usage: \.each LINE -- LINE2/) for '.each realm_info gid--realm_poll', '.each realm_info gid --realm_poll', '.each realm_info --',
		'.each -- ping', q(.each 'realm_info -- ping');
};

subtest 'what it shows' => sub {
	my %shown = (
		tsv => "5200007311\tLab\t10.2.0.1\t0\n5200007311\tLab\t10.2.0.2\t0\n3865500631171652\tArchive\t\t\n",
		csv => "gid,name,ip,flags\r\n5200007311,Lab,10.2.0.1,0\r\n5200007311,Lab,10.2.0.2,0\r\n3865500631171652,Archive,,\r\n",
		records => qq({"gid":"5200007311","name":"Lab","ip":"10.2.0.1","flags":0}\n{"gid":"5200007311","name":"Lab","ip":"10.2.0.2","flags":0}\n)
		    . qq({"gid":"3865500631171652","name":"Archive","ip":null,"flags":null}\n),
		json => qq([["5200007311","Lab"],[[["10.2.0.1",0],["10.2.0.2",0]]]]\n[["3865500631171652","Archive"],[[]]]\n),
	);
	for my $format (sort keys %shown) {
		is($l->good(".each realm_info gid,name Lab,Archive -- realm_seed_list {gid}\n", '-o', $format, '-j', 1), $shown{$format}, $format);
	}
	my $table = $l->good(".each realm_info gid,name Lab,Archive -- realm_seed_list {gid}\n", '-o', 'table', '-j', 1);
	like($table, qr/\A5200007311 Lab: done, 0\.\ds\nip +flags\n/, 'table: a heading for each end');
	like($table, qr/^3865500631171652 Archive: done, 0\.\ds$/m, '... with its row');
	my $five = Box->start(script => "hello none\nexpect realm_info\nreply 1,[\"5\"],[\"6\"],[\"7\"],[\"8\"],[\"9\"]\ncollect 5\nreply-all 1\nexpect-eof\n");
	is(Run->ptsh(args => ['-c', '.each realm_info gid -- realm_discover {gid}', $five->address])->stdout, join('', map { "$_\tok\n" } 5 .. 9),
		'all realms');
	is($five->wait, 0, '... at once');
	is($l->good(".each realm_info gid Lab -- realm_discover {gid}\n", '-o', 'csv'), "gid,result\r\n5200007311,ok\r\n", 'no values: ok');
	is($l->good(".each realm_info name Lab -- realm_poll {name}\n", '-o', 'csv') =~ s/\n.*//sr, "name,name,value\r", 'headings of statistics');
	like($l->good(".each realm_info name Lab -- realm_poll {name}\n", '-o', 'records'), qr/\A\{"name":"Lab","name_2":"port_updates","value":"4"}\n/,
		'... in records unique');
	is($l->good(".each realm_info gid [] -- ping\n", '-o', 'csv') eq '' ? '' : 1, 1, 'an empty list means all');
	is($l->good(".each realm_seed_list Archive -- ping\n"), '', 'no rows: nothing');
};

subtest 'order and failures' => sub {
	my $start = time;
	good('.each realm_info gid -- realm_discover {gid}', '-j', 2);
	cmp_ok(time - $start, '>', 0.15 * @realms / 2 - 0.05, '-j bounds it');
	like(good(".each realm_info gid,name -- realm_info_modify {gid} description='{name} neu'\nrealm_info description"), qr/^(?:.* neu\n){5}\z/m,
		'the next line waits for all of it');

	good(q(realm_modify --add 'fort','x'));
	my $r = $l->run(".each realm_info gid,name -- switch_poll {gid} 10.2.0.1\nping\n");
	is($r->status, 1, 'some fail: status 1');
	is(scalar(() = $r->stderr =~ /^ptsh: stdin:1: switch_poll: \d+ \S.*: no such switch in/mg), scalar @realms, 'each is reported with its row');
	like($r->stdout, qr/^5200007311\tLab\tport_seens/m, 'the others are shown') or diag $r->stdout;
	like($r->stderr, qr/^ptsh: 1 line was not run$/m, 'the script stops after it');
	is($l->run("- .each realm_info gid,name -- switch_poll {gid} 10.2.0.1\n")->status, 0, '- .each: does not count');
	is($l->run(".each realm_info gid,name -- - switch_poll {gid} 10.2.0.1\n.echo on\n")->status, 0, '.each ... -- - LINE: does not either');

	$l->bad(".each realm_info nix_field -- ping\n", 1, qr/^ptsh: stdin:1: realm_info: .*nix_field/m);
	$l->bad(".each realm_inof -- ping\n", 2, qr/^ptsh: stdin:1: \.each: "realm_inof": no such request; did you mean realm_info\?/m);
	$l->bad(".each realm_info gid -- realm_pol {gid}\n", 2, qr/"realm_pol": no such request; did you mean realm_poll\?/);
	$l->bad(".each realm_info gid -- .sleep {gid}\n", 2, qr/^ptsh: stdin:1: \.each: only a request or \.echo is allowed here$/m);
	my $unassigned = Box->start(script => "hello none\nexpect realm_device_assignment_list\nreply 1,[[\"1.1.1.1\",null]]\n"
	    . "expect \"realm_device_assign\",\"5\",\\[\"1.1.1.1\",null\\]\nreply 1\nexpect-eof\n");
	is(Run->ptsh(args => [$unassigned->address, '-c', '.each realm_device_assignment_list 5 -- realm_device_assign 5 {ip} {2}',
		])->status, 0, 'a cell that is null');
	is($l->good(".each realm_info gid,name 5200007311 -- .echo '{name}:' {gid}\n"), "Lab: 5200007311\n", '.echo for every row');
	$l->bad(".each realm_info gid\n", 2, qr/usage: \.each LINE -- LINE2/);
	$l->bad(".each -- ping\n", 2, qr/usage: \.each LINE -- LINE2/);
	is($l->run(".each realm_info gid -- log x\n", '-r')->status, 2, '--read-only holds inside');

	my $other = Box->start(script => "hello none\nexpect realm_info\nreply 1,[[\"1\"],[\"2\"],[\"3\"]]\nexpect ping\nclose\n");
	$r = Run->ptsh(args => ['-j', 1, '-c', '.each realm_info gid -- ping', $other->address]);
	is($r->status, 3, 'lost in the middle');
	like($r->stderr, qr/^ptsh: ping: 1: no answer: the box may have done it$/m, '... is reported');
	like($r->stderr, qr/^ptsh: \.each: 2 more rows were not run$/m, '... and what was not begun');
	my $many = join ',', map { "[\"$_\"]" } 1 .. 20_000;
	$other = Box->start(script => "hello none\nexpect realm_info\nreply 1,[$many]\ncount-pings 20000\n");
	$r = Run->ptsh(args => ['-c', '.each realm_info gid -- ping', $other->address]);
	is($r->status, 0, '20,000 rows') or diag $r->stderr;
	is(scalar(() = $r->stdout =~ /\n/g), 20_000, '... all answered');
	is($other->wait, 0, '... each asked once');
};

done_testing();
