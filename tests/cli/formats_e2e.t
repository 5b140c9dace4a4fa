# SPDX-License-Identifier: ISC
# Formats end to end: what the box has, as each format shows it, judged by JSON::XS on the json of the same reply.
use strict;
use warnings;
use utf8;

use Box;
use JSON::XS ();
use Lines;
use Run;
use Test::More;

binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

my $json = JSON::XS->new->allow_nonref;
my $exact = JSON::XS->new->canonical->allow_nonref;

# As tsv and csv write a cell: text as it is but for its escapes, all else as compact JSON, null as nothing.
sub cell_text {
	my ($v) = @_;

	return '' if !defined $v;
	return $exact->encode($v) if ref $v;
	return $v;
}

sub untsv { my ($t) = @_; $t =~ s/\\([tnr\\])/{ t => "\t", n => "\n", r => "\r", '\\' => '\\' }->{$1}/ge; return $t }
sub tsv_rows { my ($t) = @_; return [map { [map { untsv($_) } split /\t/, $_, -1] } split /\n/, $t] }

sub csv_rows {
	my ($t) = @_;
	my @rows;

	while ($t =~ /\G((?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\r\n]*))*)\r\n/gc) {
		my $line = "$1,";
		my @cells;
		while ($line =~ /\G(?:"((?:[^"]|"")*)"|([^",]*)),/g) {
			push @cells, defined $1 ? $1 =~ s/""/"/gr : $2;
		}
		push @rows, \@cells;
	}
	is(pos($t) // 0, length $t, 'csv: RFC 4180 to its end');
	return \@rows;
}

# Nested JSON may have its blanks where it likes.
sub normal { my ($cell) = @_; return $cell =~ /\A[\[{]/ ? $exact->encode(scalar eval { $json->decode($cell) } // $cell) : $cell }
sub normal_rows { return [map { [map { normal($_) } @$_] } @{ $_[0] }] }

sub ask {
	my ($l, $line, $format, @options) = @_;
	my $text = "$line\n";

	utf8::encode($text);
	my $out = $l->good($text, '--output', $format, @options);
	utf8::decode($out);
	return $out;
}

# The rows of a reply in json: the values, or the elements of the only one.
sub json_rows {
	my ($l, $line, $shape) = @_;
	my $values = $json->decode(ask($l, $line, 'json'));

	return $shape eq 'flat' ? $values : $values->[0];
}

# tsv, csv and records say the same as json.
sub same_in_all {
	my ($l, $shape, $line, @headings) = @_;
	my @rows = map { [map { cell_text($_) } @$_] } @{ json_rows($l, $line, $shape) };

	is_deeply(normal_rows(tsv_rows(ask($l, $line, 'tsv'))), \@rows, 'tsv');
	is_deeply(normal_rows(csv_rows(ask($l, $line, 'csv'))), [\@headings, @rows], 'csv with its headings');
	is_deeply(normal_rows(csv_rows(ask($l, $line, 'csv', '--no-header'))), \@rows, 'csv --no-header');
	is_deeply((tsv_rows(ask($l, $line, 'tsv', '--header')))->[0], \@headings, 'tsv --header');
	my @records = map { $json->decode($_) } split /\n/, ask($l, $line, 'records');
	is_deeply([map { my $r = $_; [map { cell_text($r->{$_}) } @headings] } @records], \@rows, 'records');
	is(scalar(grep { join(' ', sort keys %$_) ne join ' ', sort @headings } @records), 0, '... with all keys');
}

my (%nested, %flat);
for my $shape (qw(nested flat)) {
	my $box = Box->start('--auth', 'none', '--delay', 10, '--rows', $shape);
	my $l = Lines->new($box->address);

	subtest "realm_info, $shape" => sub {
		same_in_all($l, $shape, 'realm_info gid,name,description,pollers,poll_result', qw(gid name description pollers poll_result));
	};
	subtest "one row, $shape" => sub { same_in_all($l, $shape, 'realm_info gid,name Lab', qw(gid name)) };
	subtest "one cell, $shape" => sub { same_in_all($l, $shape, 'realm_info gid Lab', 'gid') };
	subtest "one list, $shape" => sub { same_in_all($l, $shape, 'realm_info pollers Lab', 'pollers') };
	subtest "seeds, $shape" => sub { same_in_all($l, $shape, 'realm_seed_list Lab', qw(ip flags)) };
	subtest "credentials, $shape" => sub { same_in_all($l, $shape, 'realm_snmp_credential_list Lab', qw(subnet bits credentials flags)) };
	subtest "settings, $shape" => sub { same_in_all($l, $shape, 'realm_advanced_settings Lab', qw(property value)) };
	subtest "switches, $shape" => sub { same_in_all($l, $shape, 'realm_query Zürich switch switch_ip,switch_uid,number_ports', qw(switch_ip switch_uid number_ports)) };

	my %empty = (tsv => '', csv => "ip,flags\r\n", records => '', table => "ip  flags\n--  -----\n(0 rows)\n", json => $shape eq 'flat' ? "[]\n" : "[[]]\n");
	is(ask($l, 'realm_seed_list Archive', $_), $empty{$_}, "no rows, $shape: $_") for sort keys %empty;
	for my $format (qw(tsv csv records table)) {
		my $out = join '', map { ask($l, $_, $format) } 'realm_info', 'global_settings', 'group_info', 'realm_seed_list Lab', 'realm_view Zürich Switches:Default';
		($shape eq 'flat' ? \%flat : \%nested)->{$format} = $out;
	}
}
is($flat{$_}, $nested{$_}, "$_: both shapes look the same") for sort keys %flat;

my $box = Box->start('--auth', 'none', '--delay', 10, '--devices', 20_000);
my $l = Lines->new($box->address);

subtest 'bare values' => sub {
	like(ask($l, 'ping', 'tsv'), qr/\A\d+\.\d+\t\d+\n\z/, 'tsv');
	like(ask($l, 'ping', 'csv'), qr/\Atime,pid\r\n\d+\.\d+,\d+\r\n\z/, 'csv');
	like(ask($l, 'ping', 'json'), qr/\A\[\d+\.\d+,\d+\]\n\z/, 'json');
	like(ask($l, 'ping', 'records'), qr/\A\{"time":\d+\.\d+,"pid":\d+\}\n\z/, 'records');
	like(ask($l, 'ping', 'raw'), qr/\A\["?\d+"?,1,\d+\.\d+,\d+\]\n\z/, 'raw');
	like(ask($l, 'ping', 'table'), qr/\Atime +pid\n-+  -+\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d +\d+\n\z/, 'table');
	my %banner = (tsv => '0\tThis system .*\\\\n\\\\tUnbefugter .*\n', csv => qq(enable_login_banner,login_banner\r\n0,".*\n\tUnbefugter .*"\r\n));
	$l->good("security_misc_settings_modify enable_login_banner=0\n");
	like(ask($l, 'security_misc_settings enable_login_banner,login_banner', $_), qr/\A$banner{$_}\z/, "values in the order asked: $_") for sort keys %banner;
};

subtest 'an object' => sub {
	my $poll = $json->decode(ask($l, 'realm_poll Lab', 'json'))->[0];
	my %rows = map { @$_ } @{ tsv_rows(ask($l, 'realm_poll Lab', 'tsv')) };
	is_deeply(\%rows, $poll, 'tsv: rows of name and value');
	is(csv_rows(ask($l, 'realm_poll Lab', 'csv'))->[0][1], 'value', 'csv: headings');
	is_deeply({ map { $_->{name} => $_->{value} } map { $json->decode($_) } split /\n/, ask($l, 'realm_poll Lab', 'records') }, $poll, 'records');
	like(ask($l, 'realm_poll Lab', 'table'), qr/\Aname +value\n-+  -+\nport_updates +\d+\n/, 'table');
};

subtest 'raw columns' => sub {
	my $line = 'realm_query Zürich device device_ip device_mac';
	my $rows = json_rows($l, $line, 'nested');
	my $tsv = tsv_rows(ask($l, $line, 'tsv'));
	my $records = [map { $json->decode($_) } split /\n/, ask($l, $line, 'records')];
	my ($mac) = ask($l, $line, 'table') =~ /^ *\Q$rows->[0][0]\E +((?:[0-9a-f]{2}:){5}[0-9a-f]{2})$/mi;
	is(length $rows->[0][1], 6, 'json: six octets');
	is($records->[$_]{device_mac}, $rows->[$_][1], 'records: the same') for 0 .. 20;
	is($mac, join(':', map { sprintf '%02x', ord } split //, $rows->[0][1]), 'table: an address in words');
	unlike(ask($l, $line, 'tsv'), qr/[\x00-\x08\x0b-\x1f\x7f-\x9f]/, 'tsv: no control character');
	is(scalar @$tsv, scalar @$rows, '... and all rows');
};

subtest 'permissions' => sub {
	my $tsv = tsv_rows(ask($l, 'group_settings helpme', 'tsv'));
	my $values = json_rows($l, 'group_settings helpme', 'nested');
	my @want = ((map { ['', @$_] } @{ $values->[0] }), map { my ($gid, $roles) = @$_; map { [$gid, @$_] } @$roles } @{ $values->[1] });
	is_deeply($tsv, [map { [map { cell_text($_) } @$_] } @want], 'system and realms in one list');
	is(join(' ', @{ csv_rows(ask($l, 'group_settings helpme', 'csv'))->[0] }), 'realm role permission', 'headings');
	like(ask($l, 'group_settings helpme', 'table'), qr/^.*Views +(?:none|read|read and write|write)$/m, 'table: in words');
};

subtest 'a choice of format' => sub {
	is($l->run("product_id\n", { env => { PTSH_OUTPUT => 'records' } })->stdout =~ /^\{"branding":"n",/, 1, 'PTSH_OUTPUT');
	is($l->run("product_id\n", { env => { PTSH_OUTPUT => 'records' } }, '-o', 'json')->stdout =~ /^\["n",/, 1, '-o wins');
	is($l->run("product_id\n", { env => { PTSH_OUTPUT => 'nix' } })->status, 2, 'PTSH_OUTPUT=nix: status 2');
	is($l->run("product_id\n", '-o', 'nix')->status, 2, '-o nix, too');
	is($l->good("log x\n", '-o', $_), '', "$_: no values print nothing") for qw(tsv csv json records table);
	is($l->good("log x\n", '-o', 'raw') =~ /^\["?\d+"?,1\]\n\z/, 1, 'raw: its line');
};

subtest 'a large reply' => sub {
	my $line = q(realm_query 'Head Office' device device_ip,device_dnsname,switch_uid,ifname,device_comment,vlan,device_log_start device_mac);
	my @headings = qw(device_ip device_dnsname switch_uid ifname device_comment vlan device_log_start device_mac);
	my $text = ask($l, $line, 'json');
	my $rows = $json->decode($text)->[0];
	cmp_ok(length $text, '>', 1 << 20, 'larger than what is kept');
	is(scalar @$rows, 20_000, 'all devices');
	my @want = map { [map { cell_text($_) } @$_] } @$rows;
	# Control characters are made visible; the rest is as it was.
	my @plain = grep { join('', @{ $want[$_] }) !~ /[\x00-\x1f\x7f-\x9f\xad]|[^\x00-\x{1fff}]/ } 0 .. $#want;
	cmp_ok(scalar @plain, '>', 1000, '... many of them without control characters');
	for my $case ([tsv => tsv_rows(ask($l, $line, 'tsv'))], [csv => [@{ csv_rows(ask($l, $line, 'csv')) }[1 .. 20_000]]]) {
		my ($format, $got) = @$case;
		is(scalar @$got, 20_000, "$format: all rows");
		is(scalar(grep { "@{ $got->[$_] }" ne "@{ $want[$_] }" } @plain), 0, '... as json has them');
		is(scalar(grep { "@{ $got->[$_] }[0 .. 6]" ne "@{ $want[$_] }[0 .. 6]" } 0 .. $#want), 0, '... the columns without octets in all rows');
	}
	my @records = map { $json->decode($_) } split /\n/, ask($l, $line, 'records');
	is(scalar @records, 20_000, 'records: all rows');
	is(scalar(grep { my $i = $_; grep { ($records[$i]{ $headings[$_] } // "\0") ne ($rows->[$i][$_] // "\0") } 0 .. $#headings } 0 .. $#records), 0,
		'... every cell as json has it');
	is(() = ask($l, $line, 'table') =~ /\n/g, 20_002, 'table: all rows, headings, their line');
	is_deeply($json->decode(ask($l, $line, 'raw'))->[2], $rows, 'raw: the same');
	is(ask($l, "ping\n$line\nping", 'tsv') =~ tr/\n//, 20_002, 'between others');
};

subtest 'a large reply that breaks off' => sub {
	my $script = "hello none\nexpect realm_info\nsend [\$id,1,[[1,\"]]\",[2]]\nfill 99999 ,[1,\"x]\\\\\"],\",{\"a\":[3]}]\nsend ,[1\nclose\n";
	for my $format (qw(tsv csv json records raw)) {
		my $broken = Box->start('--auth', 'none', script => $script);
		my $r = Lines->new($broken->address)->run("realm_info gid,name,pollers\n", '-o', $format);
		like($r->stderr, qr/^ptsh: stdin:1: realm_info: the reply broke off after 100000 rows$/m, "$format: how many rows there were");
		is($r->status, 3, '... status 3');
		$broken->wait;
	}
};

done_testing();
