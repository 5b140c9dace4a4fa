# SPDX-License-Identifier: ISC
# `.find`: finds the port of a device.  The result is the same whatever a box does where the protocol document is silent.
use strict;
use warnings;
use utf8;

use Box;
use JSON::PP ();
use Run;
use Test::More;

binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

my $json = JSON::PP->new->utf8;
my @REALMS = ('Head Office', 'Zürich', 'Lab', '東京', 'Archive');

# Runs lines against a box; text is decoded.
sub run_lines {
	my ($box, $lines, @options) = @_;
	my @args = map { utf8::encode(my $line = $_); ('-c', $line) } ref $lines ? @$lines : $lines;
	my $r = Run->ptsh(args => [@options, @args, $box->address]);
	my %got = (status => $r->status, out => $r->stdout, err => $r->stderr);

	utf8::decode($got{$_}) for qw(out err);
	return \%got;
}

# The rows that a line finds, as lists; its status and messages in @$_[1, 2] of the list context.
sub found {
	my ($box, $line, @options) = @_;
	my $got = run_lines($box, $line, '-o', 'json', @options);
	utf8::encode(my $out = $got->{out});

	return ($out =~ /\S/ ? $json->decode($out) : undef, $got->{status}, $got->{err});
}

# What was asked for since the last time: [type, args...].
{
	my %seen;
	sub asked {
		my ($box) = @_;
		my @all = $box->received;
		my @new = map { $json->decode($_) } @all[($seen{$box} // 0) .. $#all];
		$seen{$box} = @all;
		shift @$_ for @new;
		return @new;
	}
}

sub ports { my ($rows) = @_; return join ', ', map { join ' ', $_->[0], $_->[1] =~ s/\..*//r, $_->[2] // '-' } @$rows }

my $box = Box->start('--auth', 'none');

subtest 'the requests of each kind of word' => sub {
	my @device = ('switch_uid', 'ifname', 'vlan', 'device_mac', 'device_ip', 'device_dnsname', 'device_log_end', 'ifalias',
	    'device_comment', 'device_notes');
	my $filters = sub {
		my ($line) = @_;
		asked($box);
		my ($rows) = found($box, "$line --realms Lab --history current");
		my ($list, @queries) = asked($box);
		is_deeply($list, ['realm_info', ['gid', 'name']], "$line: the realms first");
		is_deeply([grep { $_->[1] ne '5200007311' } @queries], [], '... then those asked for only');
		return [map { my $f = $_->[5]; [$_->[2], map { "$_=$f->{$_}" } sort keys %$f] } @queries];
	};
	my $mac = $filters->('.find 3C-D9-2B-38-5D-7C');
	is_deeply([sort map { "@$_" } @$mac], [sort 'device device_mac=3c:d9:2b:38:5d:7c', 'device device_mac=%3c%d9%2b%38%5d%7c%',
	    'device device_mac=%3C%D9%2B%38%5D%7C%', 'device', map { "switch_detail port_mac=$_" } '3c:d9:2b:38:5d:7c', '%3c%d9%2b%38%5d%7c%',
	    '%3C%D9%2B%38%5D%7C%'], 'a MAC in every form, and then all devices');
	is_deeply($filters->('.find 64:32'), [['device', 'device_mac=%64%32%'], ['device']], 'a part without letters: one form');
	is_deeply([sort map { "@$_" } @{ $filters->('.find 10.96.0.3') }],
	    ['device device_ip=%10.96.0.3%', 'device device_ip=10.96.0.3', 'switch'], 'an address');
	is_deeply($filters->('.find 10.96.0.0/29'), [['device', 'device_ip=%10.96.0.%']], 'a subnet');
	is_deeply([sort map { "@$_" } @{ $filters->('.find uplink') }], ['device', 'switch', 'switch_detail'], 'text: everything');
	is_deeply($filters->('.find linkstatus=up linkspeed=9%'), [['device', 'linkspeed=9%', 'linkstatus=up']], 'columns: as typed, together');
	asked($box);
	found($box, '.find 10.96.0.3 --realms Lab');
	my ($query) = grep { $_->[0] eq 'realm_query' } asked($box);
	is_deeply([@$query[2 .. 4]], ['device', \@device, []], 'the columns of a device');
	is(scalar @$query, 6, 'no history');
};

subtest 'what is found' => sub {
	my ($rows, $status, $err) = found($box, '.find 001d.6036.1671');
	is_deeply($rows, [['Head Office', 'switch01.head-office.example', 'Fa0/1', 40, '00:1d:60:36:16:71', '10.64.0.0',
	    'pc-00001.head-office.example', 'now', 'room 090', 'device_mac', undef]], 'a MAC');
	is("$status$err", 0, '... silently');
	is(ports((found($box, ".find $_"))[0]), 'Head Office switch01 Fa0/1', ".find $_")
	    for '00:1D:60:36:16:71', '00-1d-60-36-16-71', '001d60361671', '001d60-361671', '0:1d:60:36:16:71', '1671', '16:71', '6036.1671';
	is(ports((found($box, '.find 10.64.0.0/30'))[0]), join(', ', map { "Head Office switch01 Fa0/$_" } 1 .. 4), 'a subnet');
	is(ports((found($box, '.find 2001:db8::1%eth0'))[0]), 'Head Office switch01 Fa0/9', 'an IPv6 address that the box spells otherwise');
	is(ports((found($box, '.find 192.0.2.33'))[0]), join(', ', map { my $r = $_; map { "$r switch01 Fa0/$_" } 7, 13 } @REALMS[0 .. 3]),
	    'an address beside another one is not hidden by one alone in its cell');
	is(ports((found($box, '.find desk_7'))[0]), join(', ', map { "$_ switch01 Fa0/15" } @REALMS[0 .. 3]), '_ is no wildcard here');
	is(ports((found($box, '.find BÜRO 361'))[0]), 'Head Office switch01 Fa0/8', 'text, in any case, in any script');
	is(ports((found($box, '.find frau*'))[0]), '', 'a pattern is the whole value');
	is(ports((found($box, '.find *frau* --realms Lab'))[0]), 'Lab switch01 Fa0/4', '... this one is');
	is((found($box, '.find *frau*'))[0][0][9], 'device_comment', 'the column that matched is named');
	my ($switch) = found($box, '.find 10.0.0.3');
	is_deeply([@{ $switch->[0] }[0 .. 2, 9]], ['Head Office', 'switch03.head-office.example', undef, 'switch_ip'], 'a switch has no port');
	my ($comment) = found($box, '.find ausgetauscht --realms Zürich,Lab');
	is_deeply([map { [@$_[0, 2, 4, 9]] } @$comment], [['Zürich', 'Fa0/2', undef, 'port_comment'], ['Lab', 'Fa0/2', undef, 'port_comment']],
	    'a port, in the realms asked for');
	is(scalar @{ (found($box, '.find desk 7 --realms Lab'))[0] }, 1, 'a port is left out where its device is shown');
	is(scalar @{ (found($box, '.find switch_uid=switch02% --realms Lab'))[0] }, 11, 'a column and a pattern');
	is(ports((found($box, '.find device_mac=001d.6036.1671'))[0]), 'Head Office switch01 Fa0/1', 'a MAC in a column is every spelling');
	is(ports((found($box, q(.find '*device_ip=10.64.0.1*')))[0]), '', 'quoted it is text');
};

subtest 'an uplink is ranked after the port, never hidden' => sub {
	my ($rows) = found($box, '.find 10.64.0.13');
	is_deeply([map { [@$_[2, 10]] } @$rows], [['Fa0/14', 1], ['Gi0/1', 280]], 'fewest devices first');
	like(run_lines($box, '.find 10.64.0.13', '-o', 'table')->{out}, qr{Gi0/1 .* 280 \(uplink\?\)\n\z}, 'marked in a table');
	unlike(run_lines($box, '.find 10.64.0.13', '-o', 'tsv')->{out}, qr/uplink\?/, '... only there');
};

subtest 'the past' => sub {
	my ($rows, $status, $err) = found($box, '.find 10.64.0.10');
	is_deeply([map { [@$_[2, 7]] } @$rows], [['Fa0/23', '2025-09-25 21:58:39']], 'where it was');
	is("$status $err", "0 ptsh: .find: not connected now; where it was:\n", '... is said');
	is(run_lines($box, '.find 10.64.0.10', '-q')->{err}, '', '... not with -q');
	($rows, $status, $err) = found($box, '.find 10.64.0.10 --history current');
	is_deeply([$rows, $status, $err], [[], 1, 'ptsh: .find: 10.64.0.10: not found in ' . join(', ', @REALMS) . " (as address 10.64.0.10, now)\n"],
	    'no question about the past with --history');
	($rows) = found($box, '.find 10.64.0.0 --history all');
	is_deeply([map { [@$_[2, 7]] } @$rows], [['Fa0/1', 'now'], ['Fa0/21', '2025-02-15 11:09:09']], 'both');
	my ($more) = found($box, '.find 10.64.0.0 --history changes');
	cmp_ok(scalar @$more, '>', 2, 'and changes');
	is(scalar(grep { $_->[7] eq 'now' } @$more), 1, '... one of them is now');
};

subtest 'nothing' => sub {
	my ($rows, $status, $err) = found($box, '.find aaaa.aaaa.aaaa');
	is_deeply([$rows, $status], [[], 1], 'no row');
	is($err, 'ptsh: .find: aaaa.aaaa.aaaa: not found in ' . join(', ', @REALMS) . " (as MAC aa:aa:aa:aa:aa:aa, now and in the past)\n",
	    'what was looked for, where, and as what');
	is(run_lines($box, '.find no such thing', '-o', $_)->{out}, '', "$_: nothing") for qw(table tsv records);
	is(run_lines($box, '.find no such thing', '-o', 'raw')->{out}, "[]\n", 'raw is as json');
	is(run_lines($box, ['- .find no such thing', '.echo on'])->{out}, "on\n", '- tolerates it');
	my $got = run_lines($box, ['.find no such thing', '.echo on']);
	is("$got->{status}$got->{out}", 1, 'else a script stops');
};

subtest 'mistakes' => sub {
	my %wrong = ('.find' => qr/usage: \.find WORD/, q(.find '')  => qr/usage/, '.find x --realms' => qr/--realms needs an argument; usage: \.find WORD/, '.find --history' => qr/--history needs an argument/,
		'.find x --history past' => qr/'past' is not current, all or changes/, '.find x --relams Lab' => qr/--relams: no such option/,
		'.find switch_model=x device_mac=y' => qr/no view has all these columns/, '.find vlan=1 x' => qr/'x' is not COLUMN=PATTERN/,
		'.find x --realms Nowhere' => qr/Nowhere: no such realm; there is Head Office/);
	for my $line (sort keys %wrong) {
		asked($box);
		my $got = run_lines($box, $line);
		is($got->{status}, 2, $line);
		like($got->{err}, qr/\Aptsh: \.find: .*\n\z/, '... one line');
		like($got->{err}, $wrong{$line}, '... that says what is wrong');
		is(scalar(grep { $_->[0] eq 'realm_query' } asked($box)), 0, '... and nothing is asked for');
	}
};

subtest 'ways to run it' => sub {
	my $got = run_lines($box, '.find 16:71', '-n');
	my @lines = split /\n/, $got->{out};
	is($lines[0], '["realm_info",["gid","name"]]', '-n: the realms');
	like($lines[1], qr/\A\["realm_query","\{gid\}","device",.*\{"device_mac":"%16%71%"\}\]\z/, '... and the first requests');
	is(scalar @lines, 2, '... no more');
	is(run_lines($box, '.find 16:71', '-r')->{status}, 0, '-r permits it');
	is(run_lines($box, ['.find 16:71', '.last csv'])->{out} =~ s/.*\n(?=realm)//r, "realm,switch_uid,ifname,vlan,device_mac,device_ip,device_dnsname," .
	    "last_seen,ifalias,match,devices\r\nHead Office,switch01.head-office.example,Fa0/1,40,00:1d:60:36:16:71,10.64.0.0," .
	    "pc-00001.head-office.example,now,room 090,device_mac,\r\n", '.last in another format');
	like(run_lines($box, '.find 16:71 &')->{err}, qr/\A\[1\] \.find 16:71: done, \S+\n\z|\Aptsh: \[1\] \.find 16:71: done, \S+\n\z/, 'as a job');
	my $many = run_lines($box, [map { (".find 10.64.0.$_", 'ping', ".echo $_") } 0 .. 5], '-o', 'tsv')->{out};
	is(join(' ', map { /Fa0.(\d+)\t/ ? "f$1" : /^\d+\.\d/ ? 'p' : "e$_" } split /\n/, $many), join(' ', map { 'f' . ($_ + 1) . " p e$_" } 0 .. 5),
	    'results in the order of the lines');
	is(run_lines($box, '.find 16:71', '-j', 1)->{out}, run_lines($box, '.find 16:71')->{out}, '-j 1 finds the same');
	asked($box);
	is(run_lines($box, '.find 16:71', '-o', 'records')->{out} =~ tr/\n//, 1, 'records');
	my $watched = run_lines($box, '.watch 0.1 2 .find 16:71', '-o', 'tsv');
	is($watched->{out}, run_lines($box, '.find 16:71', '-o', 'tsv')->{out} x 2, '.watch asks again');
	is("$watched->{status}$watched->{err}", 0, '... silently');
	is(run_lines($box, '.watch 0.1 2 .find 16:71', '-n')->{out}, run_lines($box, '.find 16:71', '-n')->{out}, '... -n prints its requests once');
	$watched = run_lines($box, ['.watch 0.1 2 .find no such thing', '.echo on']);
	is(scalar(() = $watched->{err} =~ /not found in/g), 2, '... and goes on while nothing is found');
	is("$watched->{status}$watched->{out}", "0on\n", '... which is no failure');
	is(run_lines($box, ['.alias where .find {1}', '.watch 0.1 1 where 16:71'], '-o', 'tsv')->{out}, run_lines($box, '.find 16:71', '-o', 'tsv')->{out},
	    '... also by an alias');
	is(run_lines($box, '.watch 0.1 1 .find --realms')->{status}, 2, '... a mistake in it is found first');
	is(run_lines($box, '.format records .watch 0.1 2 .find 16:71')->{out} =~ tr/\n//, 2, '... in another format');
	my $each = run_lines($box, '.each realm_info gid -- .find 16:71');
	is($each->{status}, 2, 'not in .each');
};

subtest 'scripts do not wait for one .find before the next' => sub {
	my $slow = Box->start('--auth', 'none', '--latency', 100);
	my $got = run_lines($slow, [(map { ".find 10.64.0.$_ --realms Lab --history current" } 201 .. 206), 'ping'], '--keep-going');
	my @sent = map { $_->[3] } $slow->log_lines('recv');
	my ($last) = grep { $sent[$_] =~ /"device_ip":"10\.64\.0\.206"/ } 0 .. $#sent;
	my ($all) = grep { $sent[$_] =~ /"device",.*\{\}/ } 0 .. $#sent;
	my ($ping) = grep { $sent[$_] =~ /"ping"/ } 0 .. $#sent;
	ok($last < $all, 'the last one asks before the first one asks for more');
	ok($ping < $all, 'and a request after them does not wait');
	like($got->{out}, qr/\A\d+\.\d+\t\d+\n\z/, 'its result');
	is(join(' ', $got->{err} =~ /10\.64\.0\.(\d+): not found/g), '201 202 203 204 205 206', 'messages in the order of the lines');
};

# --- boxes that differ ---

my @LINES = ('.find 001d.6036.1671', '.find f0:9f', '.find 10.64.0.7', '.find 10.80.0.0/29', '.find 192.0.2.33', '.find room 090',
    '.find 2001:db8::1', '.find Frau Müller', '.find to be replaced', '.find switch03', '.find 1671', '.find 10.64.0.10', '.find 10.0.0.3');

# What each of them finds, in one session.
sub all_found {
	my ($other, @options) = @_;
	my $got = run_lines($other, \@LINES, '-q', '-o', 'json', @options);
	utf8::encode(my $out = $got->{out});
	my @rows = map { ports($json->decode($_)) } split /\n/, $out;

	is("$got->{status}$got->{err}", 0, 'silently');
	return map { $LINES[$_] => $rows[$_] } 0 .. $#LINES;
}

my %expected = all_found($box);

for my $style (qw(colon upper dash dot bare)) {
	for my $filter (qw(like ilike suffix refused ignored)) {
		next if $style eq 'colon' && $filter eq 'like';
		subtest "MACs in $style, filters $filter" => sub {
			my %got = all_found(Box->start('--auth', 'none', '--mac-style', $style, '--filter-style', $filter));
			for my $line (@LINES) {
				# What stands alone in its cell is all that such a filter can find.
				next if $filter eq 'suffix' && $line eq '.find 192.0.2.33';
				is($got{$line}, $expected{$line}, $line);
			}
		};
	}
}

subtest 'a column that the box does not know is left out, and it alone' => sub {
	my $other = Box->start('--auth', 'none', '--no-column', 'vlan,device_notes,port_comment,switch_notes');
	is(ports((found($other, $_))[0]), $expected{$_}, $_) for '.find Frau Müller', '.find 10.64.0.7', '.find 001d.6036.1671', '.find switch03';
	my $no_ip = Box->start('--auth', 'none', '--no-column', 'device_ip');
	is(ports((found($no_ip, '.find 001d.6036.1671'))[0]), $expected{'.find 001d.6036.1671'}, 'not even the address');
	my ($rows, $status) = found($no_ip, '.find 10.64.0.7');
	is_deeply([$rows, $status], [[], 1], 'without it no address is found');
	asked($other);
	run_lines($other, ['.find 10.64.0.7', '.wait', '.find 10.64.0.8'], '--keep-going');
	my @first = grep { $_->[0] eq 'realm_query' && exists $_->[5]{device_ip} && $_->[5]{device_ip} eq '10.64.0.8' } asked($other);
	is(scalar(grep { grep { /^(?:vlan|device_notes)\z/ } @{ $_->[3] } } @first), 0, 'what was learned holds for the session');
};

subtest 'a realm that is refused is named; the others are shown' => sub {
	my $other = Box->start('--auth', 'none', '--deny', 'Zürich');
	my ($rows, $status, $err) = found($other, '.find 192.0.2.33');
	is(ports($rows), join(', ', map { my $r = $_; map { "$r switch01 Fa0/$_" } 7, 13 } @REALMS[0, 2, 3]), 'the others');
	is("$status $err", "1 ptsh: .find: realm_query: Zürich: permission denied\n", 'the realm, once');
	asked($other);
	my $got = run_lines($other, ['.find 192.0.2.33', '.wait', '.find 10.64.0.7'], '--keep-going');
	my @later = grep { $_->[0] eq 'realm_query' && $_->[1] eq '5000015442' && ($_->[5]{device_ip} // '') =~ /10\.64\.0\.7/ } asked($other);
	is(scalar @later, 2, 'it teaches nothing about the others');
};

subtest 'a view that is larger than a reply that is kept' => sub {
	my $big = Box->start('--auth', 'none', '--devices', 60_000);
	my ($rows) = found($big, '.find pc-59998*');
	is(scalar @$rows <= 1, 1, 'rows are checked as they arrive');
	my $r = Run->ptsh(args => ['-o', 'json', '-c', '.find switch_uid=% --realms "Head Office"', $big->address]);
	like($r->stderr, qr/printed as it comes/, 'more than a megabyte of matches: a note');
	is(scalar @{ $json->decode($r->stdout) }, 60_000, '... and all of them');
	is($r->status, 0, '... with status 0');
	$r = Run->ptsh(args => ['-o', 'tsv', '-c', '.find switch_uid=% --realms "Head Office"', $big->address]);
	is($r->stdout =~ tr/\n//, 60_000, 'in tsv, too');
};

done_testing;
