# SPDX-License-Identifier: ISC
# The simulated box answers all 50 requests from one model: each succeeds and fails as documented, and a change is seen
# by the next reading request.  Raw sockets only, without ptsh.
use strict;
use warnings;
use utf8;

use Box;
use Test::More;
use Wire;

my ($HEAD, $ZURICH, $LAB, $ARCHIVE) = qw(5000015442 5100005442 5200007311 3865500631171652);
my ($POLLER, $GROUP, $RADIUS, $LDAPS) = qw(64424509930 98784248723 90194313753 90194313603);
my $PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

my $box = Box->start('--auth', 'none,login,login_cram_md6', '--delay', '20');
my $w = Wire->tcp($box->port);
my %seen;		# request => { ok => n, failed => n }

# Sends a request that must succeed; returns its values.
sub good {
	my ($name, @request) = @_;
	my ($status, @values) = $w->request(@request);

	$seen{ $request[0] }{ok}++ if $status eq '1';
	ok $status eq '1', $name or diag explain [@request, $status, @values];
	return @values;
}

# Sends one that must fail with a message like that.
sub bad {
	my ($name, $pattern, @request) = @_;
	my ($status, $message) = $w->request(@request);

	$seen{ $request[0] }{failed}++ if $status eq '0';
	ok $status eq '0' && $message =~ $pattern, $name or diag explain [@request, $status, $message];
}

subtest 'session and box' => sub {
	my ($time, $pid) = good('ping', 'ping');
	cmp_ok abs($time - time), '<', 5, 'a pong has the time';
	is $pid, $box->pid, 'and the pid';
	is_deeply [good('product_id', 'product_id')], ['n', '00:1d:60:e8:6e:36'], 'product';
	good('subscribe', 'subscribe', 'realm_poll_stop');
	bad('an unknown event', qr/unknown event 'no'/, 'subscribe', 'no');
	good('unsubscribe', 'unsubscribe', 'realm_poll_stop');
	bad('an unknown event', qr/unknown event/, 'unsubscribe', '**');
	good('log', 'log', 'backup done', 5);
	good('log without priority', 'log', 'plain');
	bad('a priority that is none', qr/0 to 7/, 'log', 'x', 8);
	is_deeply [map { $_->[3] } $box->log_lines('syslog')], ['5 backup done', '6 plain'], 'both are logged';
	good('set_license', 'set_license', 'ABCD-0123-WXYZ-4567');
	bad('a licence that is none', qr/not valid/, 'set_license', 'please');
	good('remote_backup as configured', 'remote_backup');
	good('remote_backup', 'remote_backup', 'SCP', '10.5.1.1', 'admin', 'admin', '/tmp');
	bad('a protocol that is none', qr/unknown protocol 'TFTP'/, 'remote_backup', 'TFTP', 'x');
	bad('login with a wrong password', qr/login failed/, 'login', 'admin', 'wrong');
	good('login', 'login', 'admin', $box->password);
	my (@reply) = $w->cram('admin', $box->password);
	ok $reply[0] eq '1' && $reply[2], 'login_cram_md6, and the box proves itself';
	$seen{login_cram_md6}{ok}++;
	bad('cram with a wrong response', qr/login failed/, 'login_cram_md6', 'admin', 'A' x 43, 'YWJj');
	bad('start_tls without TLS', qr/not available/, 'start_tls');
	bad('an unknown request', qr/unknown request type 'nonsense'/, 'nonsense');
	delete $seen{nonsense};
};

# The realms as (gid => name).
sub realms { map { @$_ } good('realm_info gid,name', 'realm_info', ['gid', 'name']) }

subtest 'realms' => sub {
	my %realms = realms();
	is $realms{$HEAD}, 'Head Office', 'a realm';
	is $realms{$ZURICH}, 'Zürich', 'another';
	my @all = good('realm_info', 'realm_info');
	is scalar @{ $all[0] }, 14, 'all documented fields';
	is_deeply [good('one realm', 'realm_info', ['name', 'gid'], [$LAB])], [['Lab', $LAB]], 'chosen fields and realm';
	bad('an unknown field', qr/unknown field 'colour'/, 'realm_info', ['colour']);
	bad('an unknown realm', qr/no such realm: '1'/, 'realm_info', undef, ['1']);

	good('realm_info_modify', 'realm_info_modify', $LAB, { name => 'Labor', description => "zwei\tZeilen\n", ageing_interval => 60 });
	is_deeply [good('look', 'realm_info', [qw(name description ageing_interval)], [$LAB])], [['Labor', "zwei\tZeilen\n", '60']],
	    'a change is seen';
	good('discovery_poller', 'realm_info_modify', $HEAD, { discovery_poller => '64424509931' });
	is_deeply [good('look', 'realm_info', ['discovery_poller'], [$HEAD])], [['64424509931']], 'and asked for';
	bad('a name twice', qr/already/, 'realm_info_modify', $LAB, { name => 'Zürich' });
	bad('an unknown property', qr/unknown property/, 'realm_info_modify', $LAB, { polling => 1 });
	bad('a poller of another realm', qr/no poller/, 'realm_info_modify', $LAB, { discovery_poller => $POLLER });
	bad('no object', qr/not an object/, 'realm_info_modify', $LAB, 'name=x');
	bad('half a change', qr/unknown property/, 'realm_info_modify', $LAB, { name => 'no', x => 1 });
	is_deeply [good('look', 'realm_info', ['name'], [$LAB])], [['Labor']], 'a change that fails changes nothing';

	good('realm_modify', 'realm_modify', [], [['Test Realm', 'for test'], ['Nr. 2']]);
	my %more = realms();
	my ($gid) = grep { $more{$_} eq 'Test Realm' } keys %more;
	like $gid, qr/^\d{16}\z/, 'a new realm has a gid of 16 digits';
	good('delete', 'realm_modify', [$gid], []);
	is scalar(keys %{ { realms() } }), keys(%more) - 1, 'and is gone';
	bad('delete again', qr/no such realm/, 'realm_modify', [$gid], []);
	bad('a name twice', qr/already/, 'realm_modify', [], [['Labor', '']]);
};

subtest 'work' => sub {
	my @before = good('look', 'realm_info', ['last_poll', 'last_discover', 'last_sync'], [$ARCHIVE]);
	is_deeply \@before, [[undef, undef, undef]], 'nothing was ever done';
	good('realm_discover', 'realm_discover', $ARCHIVE);
	bad('an unknown realm', qr/no such realm/, 'realm_discover', 'x');
	my ($statistics) = good('realm_poll', 'realm_poll', $HEAD);
	is $statistics->{switch_updates}, '15', 'statistics';
	bad('an unknown realm', qr/no such realm/, 'realm_poll', '0');
	good('realm_poll', 'realm_poll', $ARCHIVE);
	($statistics) = good('switch_poll', 'switch_poll', $HEAD, '10.0.0.3');
	is $statistics->{switch_updates}, '1', 'of one switch';
	bad('an unknown switch', qr/no such switch in 'Head Office': '10.0.0.99'/, 'switch_poll', $HEAD, '10.0.0.99');
	good('realm_sync', 'realm_sync', $ARCHIVE, 'qsync');
	bad('an unknown module', qr/unknown sync module/, 'realm_sync', $HEAD, 'zsync');
	my ($row) = good('look', 'realm_info', ['last_poll', 'last_discover', 'last_sync', 'sync_result', 'polling'], [$ARCHIVE]);
	cmp_ok abs($_ - time), '<', 10, 'done just now' for @$row[0 .. 2];
	is_deeply $row->[3], { sync => { qsync => 'Success', bsync => undef } }, 'sync result';
	is $row->[4], '0', 'no longer polling';
	my ($poll, $look) = $w->ask_all(['realm_poll', $HEAD], ['realm_info', ['polling'], [$HEAD]]);
	is_deeply [$w->answer($look)], [1, ['1']], 'polling while it polls';
	my ($status) = $w->answer($poll);
	is $status, 1, 'and then done';

	# A realm that is new finds its devices from its seeds.
	good('realm', 'realm_modify', [], [['Neu', '']]);
	my %realms = realms();
	my ($new) = grep { $realms{$_} eq 'Neu' } keys %realms;
	good('seed', 'realm_seed_list_modify', $new, [], ['10.9.8.7']);
	good('discover', 'realm_discover', $new);
	my ($rows) = good('query', 'realm_query', $new, 'device', ['device_ip']);
	is scalar @$rows, 12, 'a discovery finds devices';
};

# The rows of a query of a box with such options; a failure's message.
sub of_box {
	my ($options, @request) = @_;
	my $other = Box->start('--auth', 'none', @$options);
	my ($status, $answer) = Wire->tcp($other->port)->request('realm_query', @request);

	return $answer;
}

subtest 'boxes that differ' => sub {
	my %spelt = (colon => '00:1d:60:36:16:71', upper => '00:1D:60:36:16:71', dash => '00-1D-60-36-16-71', dot => '001d.6036.1671',
	    bare => '001d60361671');
	my @first = ($HEAD, 'device', ['device_mac'], [], {device_ip => '10.64.0.0'});
	is_deeply of_box(['--mac-style', $_], @first), [[$spelt{$_}]], "a MAC, $_" for sort keys %spelt;

	my %found = (like => [0, 1, 20], ilike => [1, 1, 20], suffix => [0, 0, 20], ignored => [300, 300, 300]);
	for my $style (sort keys %found) {
		my @filters = ({device_mac => '00:1D:60:36:16:71'}, {device_mac => '%:36:16:71'}, {switch_uid => 'switch03%'});
		is scalar @{ of_box(['--filter-style', $style], $HEAD, 'device', ['ifname'], [], $filters[$_]) }, $found{$style}[$_],
		    "$style, filter $_" for 0 .. 2;
	}
	like of_box(['--filter-style', 'refused'], @first), qr/cannot filter by 'device_ip'/, 'refused';
	like of_box(['--no-column', 'vlan,device_notes'], $HEAD, 'device', [$_]), qr/unknown column '$_'/, "no $_" for qw(vlan device_notes);
	like of_box(['--no-column', 'device_ip'], @first), qr/cannot filter by 'device_ip'/, 'nor can be filtered by it';
	is scalar @{ of_box(['--no-column', 'device_ip'], $HEAD, 'device')->[0] }, 24, 'all columns are one less';
	my @deny = (['--deny', 'Lab', '--deny', 'Head Office'], $HEAD, 'switch', ['switch']);
	is of_box(@deny), 'permission denied', 'a realm that is denied';
	ok ref of_box($deny[0], $ZURICH, 'switch', ['switch']), 'another one';
};

subtest 'queries' => sub {
	my ($rows) = good('realm_query', 'realm_query', $HEAD, 'device', ['switch_uid', 'device_ip'], ['device_mac'],
	    { switch_uid => 'switch03%' });
	is scalar @$rows, 20, 'filtered by switch';
	ok !(grep { $_->[0] ne 'switch03.head-office.example' } @$rows), 'all are of that switch';
	ok !(grep { length $_->[2] != 6 } @$rows), 'a raw MAC has six octets';
	my ($all) = good('all', 'realm_query', $HEAD, 'device');
	is scalar @$all, 300, 'all devices';
	is scalar @{ $all->[0] }, 25, 'all columns where none is named';
	my ($older) = good('history 1', 'realm_query', $HEAD, 'device', ['device_log_end'], [], {}, 1);
	my ($changes) = good('history 2', 'realm_query', $HEAD, 'device', ['device_log_end'], [], {}, '2');
	ok @$all < @$older && @$older < @$changes, 'more with history, most with changes';
	my ($switches) = good('switch', 'realm_query', $HEAD, 'switch', ['switch', 'switch_ip'], ['switch_ip'], { switch => 7 });
	is_deeply $switches, [[7, '10.0.0.7', "\x0a\x00\x00\x07"]], 'a number as filter';
	my ($ports) = good('switch_detail', 'realm_query', $HEAD, 'switch_detail', ['ifname'], [], { switch => 7 });
	is scalar @$ports, 26, 'ports of a switch';
	my ($unused) = good('unused', 'realm_query', $HEAD, 'switch_detail', ['ifname', 'detected_devices_current'], [], {}, 0,
	    { months => 3 });
	ok @$unused > 0 && !(grep { $_->[1] ne '0' } @$unused), 'ports unused since have no device';
	my ($comments) = good('comments', 'realm_query', $HEAD, 'device', ['device_comment'], [], { device_comment => '%会议%' });
	is scalar @$comments, 1, 'a filter in another script';
	for my $type (qw(device switch switch_detail)) {
		my ($names) = good("$type, nothing matches", 'realm_query', $HEAD, $type, ['switch_uid'], [], { switch_uid => 'x' });
		is_deeply $names, [], 'no rows';
	}
	bad('an unknown type', qr/unknown type 'router'/, 'realm_query', $HEAD, 'router', []);
	bad('an unknown column', qr/unknown column 'colour'/, 'realm_query', $HEAD, 'device', ['colour'], []);
	bad('a raw column of another type', qr/unknown raw column/, 'realm_query', $HEAD, 'switch', [], ['device_mac']);
	bad('a filter by what is no column', qr/cannot filter/, 'realm_query', $HEAD, 'device', [], [], { x => 1 });
	bad('a history that is none', qr/history/, 'realm_query', $HEAD, 'device', [], [], {}, 3);
	bad('weeks', qr/days, months or years/, 'realm_query', $HEAD, 'device', [], [], {}, 0, { weeks => 1 });

	my ($both) = good('an uplink', 'realm_query', $HEAD, 'device', ['ifname', 'device_mac'], [], {device_ip => '10.64.0.13'});
	is_deeply [map { $_->[0] } @$both], ['Fa0/14', 'Gi0/1'], 'a device is seen on its port and on an uplink';
	my ($counts) = good('its ports', 'realm_query', $HEAD, 'switch_detail', ['detected_devices_current'], [], {switch => 2});
	is $counts->[24][0], 280, 'an uplink counts the devices of the other switches';
	my ($gone) = good('gone', 'realm_query', $HEAD, 'device', ['device_mac'], [], {device_ip => '10.64.0.10'});
	my ($were) = good('gone', 'realm_query', $HEAD, 'device', ['device_log_end'], [], {device_ip => '10.64.0.10'}, 1);
	ok !@$gone && @$were == 1 && $were->[0][0] =~ /^2025-/, 'only history has a device that is gone';
	my ($six) = good('IPv6', 'realm_query', $HEAD, 'device', ['device_ip'], ['device_ip'], {device_ip => '2001:DB8%'});
	is_deeply $six, [['2001:DB8:0:0:0:0:0:1', pack 'H*', '20010db8000000000000000000000001']], 'an IPv6 address in full';
	my ($cells) = good('two addresses', 'realm_query', $HEAD, 'device', ['device_ip'], [], {device_ip => '%192.0.2.33'});
	is_deeply $cells, [['10.64.0.6 192.0.2.33'], ['192.0.2.33']], 'two addresses in a cell, and the second alone';
	my ($desks) = good('desks', 'realm_query', $HEAD, 'switch_detail', ['ifalias'], [], {ifalias => 'desk_7'});
	is_deeply $desks, [['desk 7'], ['desk_7']], '_ stands for any character';

	my ($reports) = good('report_info', 'report_info');
	is scalar @$reports, 2, 'reports';
	my ($views) = good('user_view_info', 'user_view_info', ['gid', 'name']);
	is scalar @$views, 5, 'views';
	my ($ports_only) = good('by type', 'user_view_info', ['name'], ['port']);
	ok @$ports_only == 2 && !(grep { $_->[0] !~ /^Ports:/ } @$ports_only), 'views of ports';
	bad('an unknown view type', qr/unknown type 'x'/, 'user_view_info', [], ['x']);
	for my $view (@$views) {
		my ($found) = good("view $view->[1]", 'realm_view', $ZURICH, $view->[0]);
		ok @$found > 0, 'has rows';
	}
	bad('an unknown view', qr/no such view/, 'realm_view', $HEAD, '1');
};
# It takes no arguments: it can only fail before login (box_session.t).
$seen{report_info}{failed}++;

subtest 'seeds, credentials, assignments' => sub {
	my ($seeds) = good('realm_seed_list', 'realm_seed_list', $HEAD);
	is_deeply $seeds->[0], ['10.0.0.1', 0], 'a seed';
	good('realm_seed_list_modify', 'realm_seed_list_modify', $HEAD, ['10.0.0.2'], ['10.0.0.1', '2001:db8::1']);
	($seeds) = good('look', 'realm_seed_list', $HEAD);
	is_deeply $seeds, [['10.0.0.1', 2], ['10.0.0.3', 2], ['2001:db8::1', 2]], 'deleted, flagged, added';
	is_deeply [good('look', 'realm_info', ['seeds'], [$HEAD])], [['10.0.0.1 10.0.0.3 2001:db8::1']], 'also in realm_info';
	bad('no address', qr/not an IP address: 'host'/, 'realm_seed_list_modify', $HEAD, [], ['host']);
	bad('an unknown realm', qr/no such realm/, 'realm_seed_list', '7');

	my $entry = ['192.168.240.0', 24, [[2, ['w0rld', 'peace']], [3, 'noAuthUser']], 1];
	good('realm_snmp_credential_list_modify', 'realm_snmp_credential_list_modify', $HEAD, [['10.0.0.0', 16], ['1.2.3.4', 32]],
	    [$entry]);
	my ($list) = good('realm_snmp_credential_list', 'realm_snmp_credential_list', $HEAD);
	is_deeply $list->[-1], $entry, 'added as it was given';
	ok !(grep { $_->[0] eq '10.0.0.0' } @$list), 'deleted';
	bad('a subnet that is none', qr/a credential is/, 'realm_snmp_credential_list_modify', $HEAD, [], [['10.0.0.0', 33, [], 1]]);
	bad('a deletion of more', qr/to be deleted/, 'realm_snmp_credential_list_modify', $HEAD, [['10.0.0.0']], []);
	bad('an unknown realm', qr/no such realm/, 'realm_snmp_credential_list', '7');

	my ($devices) = good('realm_device_assignment_list', 'realm_device_assignment_list', $HEAD);
	my ($free) = map { $_->[0] } grep { !defined $_->[1] } @$devices;
	ok defined $free, 'one is not assigned';
	good('assign one', 'realm_device_assign', $HEAD, ['10.0.0.1', '64424509931']);
	good('and free another', 'realm_device_assign', $HEAD, ['10.0.0.4', undef]);
	($devices) = good('look', 'realm_device_assignment_list', $HEAD);
	is_deeply [@$devices[0, 3]], [['10.0.0.1', '64424509931'], ['10.0.0.4', undef]], 'seen';
	good('assign all', 'realm_device_assign', $HEAD);
	($devices) = good('look', 'realm_device_assignment_list', $HEAD);
	ok !(grep { !defined $_->[1] } @$devices), 'all are assigned';
	bad('an unknown device', qr/no such device/, 'realm_device_assign', $HEAD, ['1.1.1.1', undef]);
	bad('a poller of another realm', qr/no poller/, 'realm_device_assign', $HEAD, ['10.0.0.1', '64424509944']);
	bad('null for a realm', qr/realm gid/, 'realm_device_assignment_list', undef);
};

subtest 'pollers' => sub {
	my ($pollers) = good('poller_info', 'poller_info', ['gid', 'name'], [$POLLER]);
	is_deeply $pollers, [[$POLLER, 'localhost']], 'a poller';
	bad('an unknown poller', qr/no such poller/, 'poller_info', [], ['5']);
	good('poller_info_modify', 'poller_info_modify', $POLLER, { name => 'test1', dns_max_outstanding => '65', secret => 'test123' });
	is_deeply [good('look', 'poller_info', ['name', 'dns_max_outstanding', 'hostname'], [$POLLER])],
	    [[['test1', '65', '127.0.0.1']]], 'seen';
	bad('no name', qr/needs a name/, 'poller_info_modify', $POLLER, { name => '' });
	good('poller_modify', 'poller_modify', $LAB, [], [['fünf', 'Test poller', '127.0.0.1', 'test']]);
	($pollers) = good('look', 'poller_info', ['gid', 'name']);
	my ($new) = map { $_->[0] } grep { $_->[1] eq 'fünf' } @$pollers;
	my ($row) = good('look', 'realm_info', ['pollers'], [$LAB]);
	ok grep({ $_ eq $new } @{ $row->[0] }), 'it belongs to its realm';
	good('delete', 'poller_modify', $LAB, [$new], []);
	bad('delete again', qr/no poller/, 'poller_modify', $LAB, [$new], []);
	bad('one without a secret', qr/a poller to add is/, 'poller_modify', $LAB, [], [['a', 'b', 'c']]);

	my ($subnets) = good('poller_subnet_list', 'poller_subnet_list', $POLLER);
	is_deeply $subnets->[0], ['10.0.0.0', 16, 1000, 3], 'a subnet';
	good('poller_subnet_list_modify', 'poller_subnet_list_modify', $POLLER, [['10.0.0.0', 16, 1000, 3], ['10.1.1.1', 32, 1, 0]],
	    [['192.168.0.0', 16, 1200, 1, 2], ['2001:db8::', 48, 10, 1]]);
	is_deeply [good('look', 'poller_subnet_list', $POLLER)],
	    [[['10.1.1.1', 32, 1000, 0], ['192.168.0.0', 16, 1200, 3], ['2001:db8::', 48, 10, 1]]],
	    'deleted what matched exactly, added in both spellings';
	bad('33 bits', qr/a subnet is/, 'poller_subnet_list_modify', $POLLER, [], [['10.0.0.0', 33, 1, 1]]);
	bad('an unknown poller', qr/no such poller/, 'poller_subnet_list', $HEAD);
};

subtest 'settings' => sub {
	my ($rows) = good('global_settings', 'global_settings');
	is scalar @$rows, 6, 'all of them';
	good('global_settings_modify', 'global_settings_modify', [['session_timeout', '3600'], ['domain', 'zürich.example']]);
	is_deeply [good('look', 'global_settings', ['domain', 'session_timeout'])],
	    [[['domain', 'zürich.example'], ['session_timeout', '3600']]], 'seen, in the order asked';
	bad('an unknown property', qr/unknown property 'x'/, 'global_settings', ['x']);
	bad('a value that cannot be', qr/'session_timeout' cannot be 'long'/, 'global_settings_modify',
	    [['domain', 'no'], ['session_timeout', 'long']]);
	is_deeply [good('look', 'global_settings', ['domain'])], [[['domain', 'zürich.example']]], 'nothing changed';

	good('advanced_settings_modify', 'advanced_settings_modify', [['max_parallel_jobs', 900]]);
	is_deeply [good('advanced_settings', 'advanced_settings', ['max_parallel_jobs'])], [[['max_parallel_jobs', '900']]], 'seen';
	bad('an unknown property', qr/unknown property/, 'advanced_settings', ['domain']);
	bad('an unknown property', qr/unknown property/, 'advanced_settings_modify', [['domain', 'x']]);

	($rows) = good('realm_advanced_settings', 'realm_advanced_settings', $HEAD);
	is scalar @$rows, 17, 'all of them';
	good('realm_advanced_settings_modify', 'realm_advanced_settings_modify', $HEAD, [['cdp_enabled', '0'],
		['block_port_macs', ['11:00:0a:0b:11:22'], ['AA:BB:CC:DD:EE:FF']]]);
	is_deeply [good('look', 'realm_advanced_settings', $HEAD, ['cdp_enabled', 'block_port_macs'])],
	    [[['cdp_enabled', '0'], ['block_port_macs', ['AA:BB:CC:DD:EE:FF']]]], 'seen';
	good('no lists', 'realm_advanced_settings_modify', $HEAD, [['block_port_macs']]);
	is_deeply [good('look', 'realm_advanced_settings', $HEAD, ['block_port_macs'])], [[['block_port_macs', []]]], 'all deleted';
	bad('no MAC', qr/not a MAC/, 'realm_advanced_settings_modify', $HEAD, [['block_port_macs', [], ['AABBCC']]]);
	bad('no flag', qr/'cdp_enabled' cannot be '2'/, 'realm_advanced_settings_modify', $HEAD, [['cdp_enabled', '2']]);
	bad('an unknown property', qr/unknown property/, 'realm_advanced_settings', $HEAD, ['domain']);
};

subtest 'security' => sub {
	my ($values) = good('security_misc_settings', 'security_misc_settings', ['enable_login_banner', 'login_banner']);
	ok !ref $values->[0] && $values->[1] =~ /\n\t/, 'bare values, a banner of two lines';
	good('security_misc_settings_modify', 'security_misc_settings_modify', { login_banner => 'Its My Box.' });
	is_deeply [good('look', 'security_misc_settings', ['login_banner'])], [['Its My Box.']], 'seen';
	bad('an unknown property', qr/unknown property/, 'security_misc_settings', ['x']);
	bad('no flag', qr/cannot be/, 'security_misc_settings_modify', { enable_login_banner => 'yes' });

	good('security_certificate_list_modify', 'security_certificate_list_modify', [], [['new_custom', $PEM]]);
	my ($rows) = good('security_certificate_list', 'security_certificate_list');
	is_deeply $rows->[-1], ['new_custom', $PEM], 'a new certificate';
	is_deeply [good('names', 'security_certificate_list', ['name'])], [[['System Default'], ['custom'], ['new_custom']]], 'names';
	bad('an unknown property', qr/unknown property/, 'security_certificate_list', ['key']);
	bad('no PEM', qr/not PEM/, 'security_certificate_list_modify', [], [['x', 'y']]);
	bad('no such', qr/no such certificate/, 'security_certificate_list_modify', ['x'], []);
	good('security_certificate_assign', 'security_certificate_assign', [['new_custom', 'api']]);
	is_deeply [good('security_certificate_assignment_list', 'security_certificate_assignment_list')],
	    [[['System Default', 'apache'], ['custom', undef], ['new_custom', 'api']]], 'seen';
	bad('one in use', qr/in use/, 'security_certificate_list_modify', ['new_custom'], []);
	bad('another use', qr/apache or api/, 'security_certificate_assign', [['custom', 'ssh']]);
	good('delete', 'security_certificate_list_modify', ['custom'], []);
	is scalar @{ (good('look', 'security_certificate_list'))[0] }, 2, 'gone';

	($rows) = good('security_authentication_method_list', 'security_authentication_method_list', ['name'], [$RADIUS, $LDAPS]);
	is_deeply $rows, [['RADIUS'], ['Active Directory (LDAPS)']], 'methods';
	good('security_authentication_modify', 'security_authentication_modify', $RADIUS,
	    { inuse => 1, server => '4test', secret => 's', csecret => 's' });
	good('and LDAPS', 'security_authentication_modify', $LDAPS,
	    { certificate => 'new_custom', domain => 'new', ctrls => [['10.1.50.1'], ['10.1.50.2']], timeout => 7 });
	($rows) = good('look', 'security_authentication_method_list', ['inuse', 'settings'], [$RADIUS, $LDAPS]);
	is_deeply $rows->[0], [1, { server => '4test', timeout => '10' }], 'seen, without the secret';
	is_deeply $rows->[1][1], { certificate => 'new_custom', domain => 'new', ctrls => ['10.1.50.2'], timeout => '7' }, 'seen';
	bad('secrets that differ', qr/differ/, 'security_authentication_modify', $RADIUS, { secret => 'a', csecret => 'b' });
	bad('an unknown method', qr/no such authentication method/, 'security_authentication_modify', '9', {});
	bad('an unknown method', qr/no such authentication method/, 'security_authentication_method_list', [], ['9']);
};
# It takes no arguments either.
$seen{security_certificate_assignment_list}{failed}++;

subtest 'groups' => sub {
	my ($rows) = good('group_info', 'group_info', ['gid', 'name', 'description'], [$GROUP]);
	is_deeply $rows, [[$GROUP, 'Network Operator', 'looks, never touches']], 'a group';
	bad('an unknown group', qr/no such group/, 'group_info', [], ['1']);
	good('group_modify', 'group_modify', ['98784248728'], [['test1', 'Test group']]);
	($rows) = good('look', 'group_info', ['name', 'gid']);
	ok !(grep { $_->[0] eq 'helpme' } @$rows), 'deleted';
	my ($new) = map { $_->[1] } grep { $_->[0] eq 'test1' } @$rows;
	bad('the admins', qr/cannot be deleted/, 'group_modify', ['98784248720'], []);

	good('group_settings_modify', 'group_settings_modify', $new, { name => 'TEST' }, [['Add Realms', 1], ['API', 2]],
	    [[$HEAD, [['Views', 1], ['Plugins', 2]]]]);
	my ($settings) = good('group_settings', 'group_settings', $new, ['Add Realms', 'Views'], [$HEAD, $ZURICH]);
	is_deeply $settings, [[['Add Realms', 1]], [[$HEAD, [['Views', 1]]], [$ZURICH, [['Views', 0]]]]], 'seen';
	($settings) = good('all', 'group_settings', $new);
	is scalar @{ $settings->[0] }, 11, 'system roles';
	is scalar @{ $settings->[1][0][1] }, 10, 'realm roles';
	is_deeply [good('look', 'group_info', ['name'], [$new])], [[['TEST']]], 'renamed';
	bad('an unknown role', qr/unknown role 'Cook'/, 'group_settings', $new, ['Cook']);
	bad('a permission that is none', qr/is 0, 1 or 2/, 'group_settings_modify', $new, {}, [['API', 3]]);
	bad('an unknown realm', qr/no such realm/, 'group_settings_modify', $new, {}, [], [['5', []]]);
};

# start_tls succeeds in box_session.t.
$seen{start_tls}{ok}++;
is scalar(keys %seen), 50, 'all 50 requests were tried';
is_deeply [grep { !$seen{$_}{ok} } sort keys %seen], [qw()], 'each succeeded';
is_deeply [grep { !$seen{$_}{failed} } sort keys %seen], [qw(ping product_id)], 'each failed where it can';

is $box->stop, 0, 'SIGTERM ends the box';
done_testing;
