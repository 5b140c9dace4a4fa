# SPDX-License-Identifier: ISC
# Each of the 50 requests through ptsh against the box: one that succeeds, whose effect another one sees, and one that
# fails.  Which requests there are is asked of .help; one without both makes the test fail.
use strict;
use warnings;
use utf8;

use Box;
use File::Temp ();
use Lines;
use Run;
use Test::More;

binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

my $box = Box->start('--auth', 'none', '--delay', 20);
my $l = Lines->new($box->address);
my %seen;

sub name_of { my ($line) = @_; $line =~ /^\[?"?(\w+)/; return $1 }
sub note_seen { my ($how, $name) = @_; $seen{$name}{$how} = 1 }

# A change, or a question whose answer does not matter.
sub good { my ($line) = @_; note_seen(good => name_of($line)); utf8::encode($line); return $l->good("$line\n") }
sub rows { my ($line) = @_; note_seen(good => name_of($line)); utf8::encode($line); return $l->rows("$line\n") }
sub value { my ($line) = @_; note_seen(good => name_of($line)); utf8::encode($line); return $l->value("$line\n") }

# The box refuses it.
sub bad {
	my ($line, $why) = @_;
	my $name = name_of($line);

	note_seen(bad => $name);
	utf8::encode($line);
	$l->bad("$line\n", 1, qr/^ptsh: stdin:1: $name: .*$why/m);
}

# A box that refuses what the simulated one never refuses.
sub bad_here {
	my ($line) = @_;
	my $name = name_of($line);
	my $other = Box->start(script => "hello none\nexpect \"$name\"\nreply 0,\"not today\"\nexpect-eof\n");

	note_seen(bad => $name);
	Lines->new($other->address)->bad("$line\n", 1, qr/^ptsh: stdin:1: $name: not today$/m);
	is($other->wait, 0, '... and nothing else was sent');
}

sub hash { return map { $_->{property} => $_->{value} } @_ }

# --- session and box ---

{
	my @ping = rows('ping');
	cmp_ok(abs($ping[0]{time} - time), '<', 60, 'ping: the time');
	is($ping[0]{pid}, $box->pid, 'ping: the process');
	is((rows('product_id'))[0]{branding}, 'n', 'product_id');
	bad_here($_) for qw(ping product_id report_info);

	good(q(log 'backup done, "all" of it' notice));
	is((map { $_->[3] } $box->log_lines('syslog'))[-1], '5 backup done, "all" of it', 'log: it is in the log');
	bad('log x 99', 'priority');

	good('set_license ABCD-0123-WXYZ-4567');
	bad('set_license nonsense', 'not valid');

	good('remote_backup SCP backup.example ptsh secret /var/backups');
	like((map { $_->[3] } grep { $_->[3] =~ /remote_backup/ } $box->log_lines('recv'))[-1],
		qr{"remote_backup","SCP","backup\.example","ptsh","[^"]*","/var/backups"\]$}, 'remote_backup: as it was typed');
	bad('["remote_backup","UUCP","x"]', 'UUCP');

	note_seen(good => 'subscribe');
	is($l->good("subscribe realm_poll_stop\n- realm_poll 5100005442\n") =~ /^\S+\tevent\trealm_poll_stop\t5100005442$/m, 1,
		'subscribe: the event comes');
	note_seen(good => 'unsubscribe');
	unlike($l->good("subscribe realm_poll_stop\nunsubscribe realm_poll_stop\nrealm_poll 5100005442\n"), qr/^event/m,
		'unsubscribe: it does not come');
	bad('["subscribe","no_such_event"]', 'no_such_event');
	bad('["unsubscribe","no_such_event"]', 'no_such_event');
}

# --- login, TLS ---

{
	my ($cram, $login) = map { Box->start('--auth', $_, '--tls', 'offer') } qw(login_cram_md6 login);
	for my $case ([login_cram_md6 => $cram, '--auth', 'cram'], [login => $login, '-q', '--clear-login', '--auth', 'login']) {
		my ($name, $b, @options) = @$case;
		my %o = (args => ['-u', 'admin', @options, '-c', 'ping', $b->address], user => 'admin');
		my $r = Run->ptsh(%o, secret => $b->password, env => { PTSH_PASSWORD => $b->password });

		is($r->status, 0, "$name: the right password") or diag $r->stderr;
		like(join("\n", map { $_->[3] } $b->log_lines('login')), qr/^\Q$name\E admin/m, '... by this method');
		note_seen(good => $name);
		$r = Run->ptsh(%o, secret => 'wrong horse', env => { PTSH_PASSWORD => 'wrong horse' });
		is($r->status, 4, "$name: a wrong password");
		like($r->stderr, qr/^ptsh: 127\.0\.0\.1:\d+: login refused: .+$/m, '... is refused');
		is($r->stdout, '', '... and nothing answered');
		note_seen(bad => $name);
		for my $line ("$name a b c", 'start_tls') {
			my $own = $line =~ /^login / ? 'login a b' : $line;
			like(Run->ptsh(args => [@{ $o{args} }[0 .. $#{ $o{args} } - 2], $own, $b->address])->stderr,
				qr/^ptsh: \w+: ptsh sends this itself when it connects/, "$own: ptsh sends it itself");
		}
	}
	my @tls = ('-w', '--accept-new', '-c', 'ping');
	my $r = Run->ptsh(args => ['-u', 'admin', '--tls', 'on', @tls, $cram->address], secret => $cram->password,
		env => { PTSH_PASSWORD => $cram->password });
	is($r->status, 0, 'start_tls: offered') or diag $r->stderr;
	is((grep { $_->[3] =~ /"ping"/ } $cram->log_lines('recv'))[-1][1], 'tls', '... the ping was inside TLS');
	note_seen(good => 'start_tls');
	is(Run->ptsh(args => ['--tls', 'on', @tls, Box->start('--tls', 'off')->address])->status, 5, 'start_tls: refused');
	note_seen(bad => 'start_tls');
}

# --- realms ---

{
	good(q(realm_modify --add 'Außenstelle Köln','zwei Etagen'));
	my ($new) = grep { $_->{name} eq 'Außenstelle Köln' } rows('realm_info gid,name,description');
	is($new->{description}, 'zwei Etagen', 'realm_modify: the realm is there');
	my $gid = $new->{gid};

	good("realm_info_modify $gid name=Köln ageing_interval=7200");
	is_deeply([rows("realm_info name,ageing_interval,description $gid")],
		[{ name => 'Köln', ageing_interval => '7200', description => 'zwei Etagen' }], 'realm_info_modify: as asked, and nothing else');
	is(value('realm_info gid Köln'), $gid, 'realm_info: by the new name');
	good("realm_modify $gid");
	is(scalar(grep { $_->{gid} eq $gid } rows('realm_info gid')), 0, 'realm_modify: it is gone');
	bad('realm_info nix_field', 'nix_field');
	bad('realm_info_modify 1 name=x', 'no such realm');
	bad('realm_modify 1', 'no such realm');

	my $was = (rows('realm_info last_discover,last_poll Lab'))[0];
	good('realm_discover Lab');
	is({ map { $_->{name} => $_->{value} } rows('realm_poll Lab') }->{port_seens}, '52', 'realm_poll: its statistics');
	my $is = (rows('realm_info last_discover,last_poll Lab'))[0];
	isnt($is->{last_discover}, $was->{last_discover}, 'realm_discover: it has been discovered');
	isnt($is->{last_poll} // 'never', $was->{last_poll} // 'never', 'realm_poll: it has been polled');
	bad("$_ 1", 'no such realm') for qw(realm_discover realm_poll);

	my ($switch) = map { $_->{switch_ip} } rows('realm_query Zürich switch switch_ip');
	ok(scalar(rows("switch_poll Zürich $switch")), 'switch_poll: a switch that realm_query has shown');
	bad('switch_poll Zürich 192.0.2.99', 'no such switch');
	bad('realm_query 1 switch switch_ip', 'no such realm');
	is(scalar(grep { $_->{switch_ip} ne $switch } rows("realm_query Zürich switch switch_ip [] switch_ip=$switch")), 0,
		'realm_query: its filter');

	good('realm_sync Zürich bsync');
	is(value('realm_info sync_result Zürich')->{sync}{bsync}, 'Success', 'realm_sync: is the result');
	bad('realm_sync 1 bsync', 'no such realm');

	my ($view) = grep { $_->{name} =~ /^Switches/ } rows('user_view_info gid,name switch');
	is(scalar(() = good("realm_view Zürich $view->{gid}") =~ /\n/g), scalar(rows('realm_query Zürich switch switch_ip')),
		'user_view_info, realm_view: a row for every switch');
	bad('user_view_info nix_field', 'nix_field');
	bad("realm_view 1 $view->{gid}", 'no such realm');
	ok(scalar(grep { $_->{name} =~ /^Übersicht/ } rows('report_info')), 'report_info');

	good('realm_seed_list_modify Lab 10.2.0.1 192.0.2.1,192.0.2.2');
	my %seeds = map { $_->{ip} => $_->{flags} } rows('realm_seed_list Lab');
	is(join(' ', sort keys %seeds), '10.2.0.2 192.0.2.1 192.0.2.2', 'realm_seed_list_modify: deleted and added');
	is($seeds{'192.0.2.1'} & 2, 2, '... by hand');
	like(value('realm_info seeds Lab'), qr/192\.0\.2\.2/, '... and realm_info knows');
	bad('realm_seed_list 1', 'no such realm');
	bad('["realm_seed_list_modify","5200007311",[],["nonsense"]]', 'nonsense');

	good('realm_snmp_credential_list_modify Lab --add [["192.0.2.0",24,[[2,["n3w"]],[3,"u","apass","ppass",null,"SHA","AES"]],1]]');
	my ($entry) = grep { $_->{subnet} eq '192.0.2.0' } rows('realm_snmp_credential_list Lab');
	is_deeply($entry->{credentials}[0], [2, ['n3w']], 'realm_snmp_credential_list_modify: the community is there');
	good('realm_snmp_credential_list_modify Lab 192.0.2.0,24');
	is(scalar(grep { $_->{subnet} eq '192.0.2.0' } rows('realm_snmp_credential_list Lab')), 0, '... and gone');
	bad('realm_snmp_credential_list 1', 'no such realm');
	bad('realm_snmp_credential_list_modify 1 192.0.2.0,24', 'no such realm');

	my ($device) = map { $_->{ip} } grep { !defined $_->{poller} } rows('realm_device_assignment_list Zürich');
	good("realm_device_assign Zürich $device Zürich");
	my ($now) = map { $_->{poller} } grep { $_->{ip} eq $device } rows('realm_device_assignment_list Zürich');
	is($now, value('poller_info gid Zürich'), 'realm_device_assign: to a poller by its name');
	good("realm_device_assign Zürich $device null");
	is(scalar(grep { $_->{ip} eq $device && !defined $_->{poller} } rows('realm_device_assignment_list Zürich')), 1, '... and to none');
	bad('realm_device_assignment_list 1', 'no such realm');
	bad('realm_device_assign Zürich 192.0.2.99 null', 'no such device');

	good('realm_advanced_settings_modify Lab cdp_enabled=0 snmp_timeout=9');
	my %set = hash(rows('realm_advanced_settings Lab cdp_enabled,snmp_timeout'));
	is_deeply(\%set, { cdp_enabled => '0', snmp_timeout => '9' }, 'realm_advanced_settings_modify: both');
	good('realm_advanced_settings_modify Lab [["block_port_macs",[],["AA:BB:CC:DD:EE:FF"]]]');
	like(good('realm_advanced_settings Lab block_port_macs'), qr/AA:BB:CC:DD:EE:FF/, '... and a list of addresses');
	bad('realm_advanced_settings 1', 'no such realm');
	bad('realm_advanced_settings_modify Lab nix_property=1', 'nix_property');
}

# --- pollers ---

{
	good(q(poller_modify Lab --add 'zweiter','im Keller',192.0.2.55,geheim));
	my ($p) = grep { $_->{name} eq 'zweiter' } rows('poller_info');
	is($p->{hostname}, '192.0.2.55', 'poller_modify: the poller is there');
	good("poller_info_modify $p->{gid} hostname=poller.example dns_max_outstanding=7");
	is_deeply([rows("poller_info hostname,dns_max_outstanding,name $p->{gid}")],
		[{ hostname => 'poller.example', dns_max_outstanding => '7', name => 'zweiter' }], 'poller_info_modify: as asked');

	good("poller_subnet_list_modify $p->{gid} --add 192.168.0.0,16,1200,3 10.0.0.0,8,500,1");
	good("poller_subnet_list_modify zweiter 10.0.0.0,8,500,1");
	is(good('poller_subnet_list zweiter'), "192.168.0.0\t16\t1200\t3\n", 'poller_subnet_list_modify: two added, one deleted');
	good("poller_modify Lab $p->{gid}");
	is(scalar(grep { $_->{gid} eq $p->{gid} } rows('poller_info gid')), 0, 'poller_modify: it is gone');
	bad('poller_info gid 1', 'no such poller');
	bad('poller_modify 1 --add a,b,c,d', 'no such realm');
	bad('poller_info_modify 1 name=x', 'no such poller');
	bad('poller_subnet_list 1', 'no such poller');
	bad('poller_subnet_list_modify 1 --add 10.0.0.0,8,500,1', 'no such poller');
}

# --- settings ---

for my $case ([global_settings => domain => "it's.example"], [advanced_settings => max_parallel_jobs => '900']) {
	my ($name, $property, $value) = @$case;

	(my $quoted = $value) =~ s/'/\\'/g;
	good("${name}_modify $property=$quoted");
	is_deeply({ hash(rows("$name $property")) }, { $property => $value }, "${name}_modify: changed");
	cmp_ok(scalar(rows($name)), '>', 3, "$name: all of them");
	bad("$name nix_property", 'nix_property');
	bad("${name}_modify nix_property=1", 'nix_property');
}

# --- security ---

{
	good(q(security_misc_settings_modify login_banner='Kein Zutritt.' enable_login_banner=0));
	is_deeply([rows('security_misc_settings enable_login_banner,login_banner')],
		[{ login_banner => 'Kein Zutritt.', enable_login_banner => '0' }], 'security_misc_settings_modify: in the order asked');
	bad('security_misc_settings nix_property', 'nix_property');
	bad('security_misc_settings_modify nix_property=1', 'nix_property');

	my $pem = File::Temp->new;
	print $pem "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUbm90IGEgcmVhbCBjZXJ0aWZpY2F0ZQ==\n-----END CERTIFICATE-----\n";
	close $pem;
	good("security_certificate_list_modify --add neu,\@$pem");
	like({ map { $_->{name} => $_->{certificate} } rows('security_certificate_list') }->{neu}, qr/^-----BEGIN CERT.*-----\n\z/s,
		'security_certificate_list_modify: from a file, whole');
	good('security_certificate_assign neu,api');
	is(scalar(grep { $_->{name} eq 'neu' && ($_->{status} // '') eq 'api' } rows('security_certificate_assignment_list')), 1,
		'security_certificate_assign: seen');
	bad('security_certificate_list nix_property', 'nix_property');
	bad('security_certificate_list_modify nix', 'no such certificate');
	bad('security_certificate_assign nix,api', 'no such certificate');
	bad_here('security_certificate_assignment_list');

	good(q(security_authentication_modify RADIUS inuse=on server=radius2.example secret=s3cret csecret=s3cret));
	my ($m) = rows('security_authentication_method_list name,inuse,settings RADIUS');
	is($m->{inuse} . $m->{settings}{server}, '1radius2.example', 'security_authentication_modify: seen');
	bad('security_authentication_method_list nix_property', 'nix_property');
	bad('security_authentication_modify 1 inuse=on', 'no such');
}

# --- groups ---

{
	good(q(group_modify --add Nachtdienst,'von zehn bis sechs'));
	my ($g) = grep { $_->{name} eq 'Nachtdienst' } rows('group_info');
	is($g->{description}, 'von zehn bis sechs', 'group_modify: the group is there');
	good(q(group_settings_modify Nachtdienst name=Nacht --system 'View Log'=read API=write));
	my %may = map { ($_->{realm} // '') eq '' ? ($_->{role} => $_->{permission}) : () } rows('group_settings Nacht');
	is("$may{'View Log'}$may{API}$may{License}", '120', 'group_settings_modify: what it may do');
	good(q(group_settings_modify Nacht --realm-roles [["5100005442",[["Views",2]]]]));
	my ($views) = map { $_->{permission} } grep { ($_->{realm} // '') eq '5100005442' && $_->{role} eq 'Views' } rows('group_settings Nacht');
	is($views, 2, '... in a realm, too');
	good("group_modify $g->{gid}");
	is(scalar(grep { $_->{gid} eq $g->{gid} } rows('group_info gid')), 0, 'group_modify: it is gone');
	bad('group_info gid 1', 'no such group');
	bad('group_modify 1', 'no such group');
	bad('group_settings 1', 'no such group');
	bad('group_settings_modify 1 name=x', 'no such group');
}

# --- all of them ---

{
	my $help = $l->good(".help\n");
	my @names = $help =~ /^  ([a-z]\w+) +\S/mg;

	is(scalar @names, 50, '.help lists 50 requests');
	is(join(' ', grep { !$seen{$_}{good} } @names), '', 'every one has succeeded');
	is(join(' ', grep { !$seen{$_}{bad} } @names), '', 'every one has failed');
}

done_testing();
