# SPDX-License-Identifier: ISC
# Tab at the prompt of the whole ptsh: what is offered where, with what the box knows.
use strict;
use warnings;
use utf8;
use Encode qw(encode);
use Test::More;
use Run;
use Session;

plan skip_all => 'needs tmux' unless Term::available;

my $dir = Term::directory();
mkdir "$dir/folder" or die $!;
Session::put("$dir/file one", "text\n");
my $s = Session->new(rows => 40, env => {PTSH_PAGER => ''});
my $address = $s->box->address;

# The row that a line becomes by Tab.
sub tab
{
	my ($line, $becomes) = @_;
	$s->key('C-u');
	$s->type($line);
	$s->key('Tab');
	my $row;
	$s->wait_for(sub { ($row = $s->prompt_row) eq "box> $becomes" });
	is encode('UTF-8', $row), encode('UTF-8', "box> $becomes"), encode('UTF-8', "Tab: $line");
}

# The list that a second Tab shows, as `word|description`.
sub listed
{
	my ($line, @wanted) = @_;
	$s->key('C-u', 'C-l');
	$s->wait_for(sub { ($s->cursor)[1] == 0 && $s->prompt_row eq 'box> ' });
	$s->type($line);
	$s->key('Tab');
	my @rows;
	my $ok = $s->wait_for(sub {
		my $row = $s->prompt_row;
		my @all = $s->rows;
		return 1 if @all > 2 && $all[-1] =~ /^box>/;
		$s->key('Tab') if $row =~ /^box> \Q$line\E/;	# (the first has perhaps come while the names were on their way)
		select undef, undef, undef, 0.1;
		return 0;
	});
	@rows = map { s/^  //r =~ s/ {2,}/|/r } grep { /^  / } $s->rows;
	for my $want (@wanted) {
		ok scalar(grep { ref $want ? $_ =~ $want : $_ eq $want } @rows), encode('UTF-8', "second Tab: $line: $want") or
		    diag(encode('UTF-8', join "\n", @rows));
	}
}

# Requests and their arguments
SKIP: {
	skip 'built without SNMP', 6 if Run->ptsh(args => ['--version'])->stdout =~ /no SNMP/;
	tab('.snmp getn', '.snmp getnext ');
	tab('.snmp get h -v 2', '.snmp get h -v 2c ');
	tab('.snmp get -l authP', '.snmp get -l authPriv ');
	tab('.snmp check Lab h -', '.snmp check Lab h -');
	listed('.snmp get -', '-v|version: 1, 2c or 3', '-Cr|rN: repetitions of getbulk and walk', '-e|engine id of the agent, in hexadecimal');
	listed('.snmp check ', qr/^5000015442\|Head Office/);
}

tab('realm_disc', 'realm_discover ');
tab('rea', 'realm_');
tab('realm_info gid,na', 'realm_info gid,name');
tab('realm_info --re', 'realm_info --realms ');
tab('realm_info --realms Ze', 'realm_info --realms Ze');
tab('realm_query Lab dev', 'realm_query Lab device ');
tab('realm_query Lab device device_m', 'realm_query Lab device device_mac');
tab('realm_query Lab switch number', 'realm_query Lab switch number_ports');
tab('realm_query Lab switch device_m', 'realm_query Lab switch device_m');
tab('realm_query Lab switch switch_uid --hist', 'realm_query Lab switch switch_uid --history ');
tab('realm_query Lab switch switch_uid --history ch', 'realm_query Lab switch switch_uid --history changes ');
tab('global_settings_modify sess', 'global_settings_modify session_timeout=');
tab('realm_info_modify Lab desc', 'realm_info_modify Lab description=');
tab('group_settings_modify helpme --system \'Add', 'group_settings_modify helpme --system \'Add Realms\'=');
tab('subscribe realm_poll_sta', 'subscribe realm_poll_start ');
tab('log text deb', 'log text debug ');
tab('realm_sync Lab q', 'realm_sync Lab qsync ');
tab('- realm_disc', '- realm_discover ');
listed('realm_info ', 'last_poll|time of the last poll', 'gid|gid of the realm');
listed('realm_', 'realm_poll|poll a realm', qr/^realm_query\|show /);
listed('log x ', 'emerg|the system is unusable');

# Names on the box
tab('realm_poll Zü', 'realm_poll Zürich ');
tab('realm_poll 東', 'realm_poll 東京 ');
tab('realm_poll Hea', 'realm_poll \'Head Office\' ');
tab('realm_poll "Hea', 'realm_poll "Head Office" ');
tab('realm_poll 52', 'realm_poll 5200007311 ');
tab('poller_info name flo', 'poller_info name \'floor 3\'');
listed('realm_poll ', '5200007311|Lab', '64424509927|東京');
listed('realm_view Lab ', qr/^\d+\|\S/);
listed('group_settings ', qr/^98784248723\|Network Operator/);
$s->key('C-u');
is_deeply [($s->run('realm_modify --add Quarantine,new'))[0]], ['ok'], 'a realm is made';
ok $s->wait_for(sub {
	$s->key('C-u');
	$s->type('realm_poll Quar');
	$s->key('Tab');
	$s->wait_for(sub { $s->prompt_row eq 'box> realm_poll Quarantine ' }, 0.2);
}), '... and offered at once';
my $second = Session->new(box => $s->box);
is_deeply [($second->run('realm_modify --add Elsewhere,made'))[0]], ['ok'], 'a realm is made by another user';
$s->key('C-u');
$s->run('.refresh');
ok $s->wait_for(sub {
	$s->key('C-u');
	$s->type('realm_poll Else');
	$s->key('Tab');
	$s->wait_for(sub { $s->prompt_row eq 'box> realm_poll Elsewhere ' }, 0.2);
}), '... and offered after .refresh';

# Commands and their words
tab('.ev', '.events ');
tab('.events li', '.events list ');
tab('.format rec', '.format records ');
tab('.last cs', '.last csv ');
tab('.timing of', '.timing off ');
tab('.set rev', '.set reveal ');
tab('.set reveal of', '.set reveal off ');
tab('.help realm_disc', '.help realm_discover ');
tab('.help .sou', '.help .source ');
tab('.trust rem', '.trust remove ');
tab('.connect b', '.connect box ');
tab('.on realm_poll_stop -- realm_disc', '.on realm_poll_stop -- realm_discover ');
tab('.on realm_poll_stop 52', '.on realm_poll_stop 5200007311 ');
tab('.each realm_info gi', '.each realm_info gid');
tab('.each realm_info gid -- realm_disc', '.each realm_info gid -- realm_discover ');
tab('.watch 2 realm_disc', '.watch 2 realm_discover ');
tab('.watch 2 3 realm_info na', '.watch 2 3 realm_info name');
tab('.watch 2 .ec', '.watch 2 .ec');		# which it would refuse
tab('.wait realm_poll_sto', '.wait realm_poll_stop ');
listed('.', '.jobs|list the jobs that run', '.watch|run LINE every SECONDS, N times; changed cells stand out');
listed('.format ', qr/^tsv\|one row a line/);

# Places in a line that runs later
tab('.each realm_info gid,name -- realm_poll {g', '.each realm_info gid,name -- realm_poll {gid}');
tab(".each realm_info gid,name -- log '{na", ".each realm_info gid,name -- log '{name}");
tab('.each realm_seed_list Lab -- log x{f', '.each realm_seed_list Lab -- log x{flags}');
tab('.on realm_poll_stop -- log {', '.on realm_poll_stop -- log {1}');
tab('.alias ports realm_query {', '.alias ports realm_query {');
tab('.alias ports realm_query {1} device device_ip device_ip={*', '.alias ports realm_query {1} device device_ip device_ip={*}');
listed('.each realm_info name,gid -- log {', '{gid}|gid of the realm', qr/^\{name}\|/);
listed('.alias ports realm_query {1} device {', '{1}|a word after the name', '{2}|a word after the name', '{*}|all words that are left');

# Names of one's own
$s->key('C-u');
$s->run('.alias portsof realm_query {1} switch_detail ifname --filter switch={2}');
$s->run('.alias dozing realm_info name,polling');
tab('portso', 'portsof ');
tab('portsof La', 'portsof Lab ');
tab('.alias off doz', '.alias off dozing ');
tab('.each doz', '.each dozing ');
$s->key('C-u');
$s->run('.alias portsall realm_query Lab switch_detail ifname');
listed('ports', 'portsof|realm_query {1} switch_detail ifname --filter switch={2}');

# Files
tab(".source $dir/fi", ".source '$dir/file one' ");
tab(".trace $dir/fo", ".trace $dir/folder/");
tab("ping > $dir/fo", "ping > $dir/folder/");
tab(".status > $dir/fo", ".status > $dir/folder/");
tab(".each realm_info gid -- ping {gid} >> $dir/fo", ".each realm_info gid -- ping {gid} >> $dir/folder/");
tab("ping >> $dir/fi", "ping >> '$dir/file one' ");
tab("log \@$dir/fo", "log \@$dir/folder/");

# What may come next
$s->key('C-u', 'C-l');
$s->type('realm_query Lab ?');
ok $s->wait_row(qr/^type: /), '? explains what may come next';
ok $s->wait_row(qr/^  switch_detail +ports/), '... and lists it';
ok $s->wait_prompt(qr/^box> realm_query Lab $/), '... and does not stay in the line';
$s->key('C-u', 'C-l');
$s->type('.events ?');
ok $s->wait_row(qr/^\.events \[on \| off \| list\]: show or hide events/), '? explains a command';
$s->key('C-u', 'C-l');
$s->type('realm_poll ');
$s->key('C-v');
$s->type('?');
$s->type('x');
ok $s->wait_prompt(qr/^box> realm_poll \?x$/), '^V ? is a question mark';
$s->key('C-u', 'C-l');
$s->type('log "what?" ');
ok $s->wait_prompt(qr/^box> log "what\?" $/), '... and so is one within quotes';
$s->key('C-c');
$s->key('C-d');
is $s->status, 0, 'ends';

# Names come in the background: Tab waits at most 300 ms for a slow box, and not at all without a connection.
my $slow = Session->new(box => ['--latency', 1000]);
$slow->type('realm_poll La');
$slow->key('Tab');
$slow->type('b');
ok $slow->wait_prompt(qr/^box> realm_poll Lab ?$/), 'a slow box does not keep the keys';
$slow->key('C-u');
ok $slow->wait_for(sub {
	$slow->key('C-u');
	$slow->type('realm_poll La');
	$slow->key('Tab');
	$slow->wait_for(sub { $slow->prompt_row eq 'box> realm_poll Lab ' }, 0.5);
}), '... and its names come in the end';
$slow->box->stop;
ok $slow->wait_prompt(qr/^box \(away \d+s\)> /), 'the connection is lost';
$slow->key('C-u');
$slow->type('realm_poll Hea');
$slow->key('Tab');
ok $slow->wait_prompt(qr/> realm_poll 'Head Office' $/), 'names are still offered';
$slow->close;

done_testing;
