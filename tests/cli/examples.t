#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# The EXAMPLES of ptsh(1), run as they stand there, against simulated boxes called core and lab.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use POSIX qw(SIGINT);
use Box;
use Child;
use Deadline;
use Term;

my $top = abs_path(dirname(__FILE__) . '/../..');
my $ptsh = abs_path($ENV{PTSH} // "$top/build/ptsh");
my $dir = tempdir('ptsh-examples-XXXXXX', TMPDIR => 1, CLEANUP => 1);
make_path("$dir/.config/ptsh", "$dir/bin");
symlink $ptsh, "$dir/bin/ptsh" or die $!;

my %box = map { $_ => Box->start('--unix', "$dir/$_.socket", '--delay', 100) } qw(core lab);
sub put {
	my ($path, $text) = @_;
	open my $out, '>', $path or die "$path: $!";
	print $out $text;
	close $out or die "$path: $!";
	chmod 0600, $path;
}
put("$dir/.config/ptsh/boxes", "# ours\n\n" . join '', map { "$_ $dir/$_.socket\n" } sort keys %box);
%ENV = (PATH => "$dir/bin:$ENV{PATH}", HOME => $dir, LC_ALL => 'C.UTF-8', TZ => 'UTC', TERM => 'dumb', USER => 'tester',
	ASAN_OPTIONS => $ENV{ASAN_OPTIONS} // '');
chdir $dir or die $!;

# --- the page ---

open my $page, '<', "$top/man/ptsh.1" or die $!;
my ($examples) = do { local $/; <$page> } =~ /^\.Sh EXAMPLES\n(.*?)^\.Sh /ms;
my %named = (aq => "'", dq => '"', ha => '^', ti => '~', ga => '`');
$examples =~ s/\\\((\w\w)/$named{$1}/g;
$examples =~ s/\\e/\\/g;
$examples =~ s/^\\&//mg;
my ($first, %section) = split /^\.Ss (.*)\n/m, $examples;
# The displays of a section, each as its text.
sub displays { return $_[0] =~ /^(?:\.Bd -literal[^\n]*\n(.*?)^\.Ed$|\.Dl ([^\n]*\n))/msg }
sub blocks { return grep { defined } displays(@_) }
# What is typed after the shell's prompts in a display.
sub commands {
	my ($text) = @_;
	my @commands;
	for my $line (split /\n/, $text) {
		if ($line =~ /^\$ (.*)/) {
			push @commands, $1;
		} elsif (@commands) {
			$commands[-1] .= "\n" . ($line =~ s/^> ?//r);
		}
	}
	return @commands;
}

# Runs one as bash would; its output, errors and status.
sub run {
	my ($command) = @_;
	put("$dir/command", "exec 2>'$dir/errors' </dev/null\n$command\n");
	my $output = qx(timeout 30 bash '$dir/command');
	my $status = $? >> 8;
	open my $in, '<', "$dir/errors" or die $!;
	my $errors = do { local $/; <$in> } // '';
	return ($output, $errors, $status);
}

sub good {
	my ($command) = @_;
	my ($output, $errors, $status) = run($command);
	is($status, 0, "$command") or diag($output, $errors);
	return $output;
}

# --- the three programs that every client must have ---

my @showcase = map { commands($_) } blocks($first);
is(scalar @showcase, 4, 'the first examples');
like(good($showcase[0]), qr/^\d+\.\d+\t\d+\n\z/, 'ping prints time and pid');
my $realms = () = good("ptsh -c 'realm_info gid' core") =~ /\n/g;
my $each = good($showcase[1]);
is(scalar(() = $each =~ /^\d+\t.*\n/mg), $realms, 'a line for each realm') or diag($each);
my $starts = () = join("\n", map { $_->[3] } $box{core}->log_lines('recv')) =~ /"realm_discover"/g;
is($starts, $realms, 'each was discovered');

sub subscriptions { scalar grep { $_->[3] =~ /"subscribe"/ } $box{core}->log_lines('recv') }

# Starts one that runs until interrupted; ends it when its output matches.
sub follow {
	my ($command, $kick, $wanted) = @_;
	my $before = subscriptions();		# of those that ran before it
	my $pid = Child::start(sub {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$dir/follow";
		open STDERR, '>', "$dir/follow.errors";
		exec 'bash', '-c', "exec $command" or die "bash: $!\n";
	});
	my $seen = '';
	my $subscribed = 0;
	Deadline::wait_until(sub {
		if (!$subscribed && subscriptions() > $before) {
			$subscribed = 1;
			good($kick);
		}
		open my $in, '<', "$dir/follow" or return 0;	# not begun yet
		$seen = do { local $/; <$in> } // '';
		return $seen =~ $wanted;
	});
	kill 'INT', $pid;
	waitpid $pid, 0;
	# It dies of the signal itself, which a shell reports as 130.
	is($?, SIGINT, "$command: until it is interrupted") or diag(do { local (@ARGV, $/) = "$dir/follow.errors"; <> });
	return $seen;
}
my ($gid) = split /\n/, good("ptsh -c 'realm_info gid' core");
like(follow($showcase[2], "ptsh -c 'realm_poll $gid' core", qr/\n/), qr/^\S+\tevent\trealm_poll_stop\t$gid$/m, 'an event is reported');
follow($showcase[3], "ptsh -c 'realm_discover $gid' core", qr/\n/);
ok(scalar(grep { $_->[3] =~ /\["?\d+"?,"realm_poll","$gid"\]/ } $box{core}->log_lines('recv')) >= 2,
	'a realm that was discovered is polled');

# --- six tasks ---

put("$dir/seeds.txt", "192.0.2.7\n192.0.2.8\n");
my ($seed, $seeds) = map { commands($_) } blocks($section{'Seed a realm from a file'});
good($seed);
like(good($seeds), qr/^192\.0\.2\.7\n192\.0\.2\.8\n/m, 'the realm has the seeds');

my ($script, $typed) = blocks($section{'Rotate an SNMP community in all realms'});
put("$dir/rotate", $script);
my ($dry, $rotate) = commands($typed);
like(good($dry), qr/^\["realm_snmp_credential_list_modify","1",\[\["10\.0\.0\.0",8\]\],\[\["10\.0\.0\.0",8,\[\[2,\["x"\]\]\],1\]\]\]$/,
	'what would be sent');
good($rotate);
my @with = grep { /^10\.0\.0\.0\t8\t\[\[2,\["n3w"\]\]\]\t1$/m }
	map { good("ptsh -c 'realm_snmp_credential_list $_' core") } split /\n/, good("ptsh -c 'realm_info gid' core");
is(scalar @with, $realms, 'every realm has the new community');

my ($nightly) = blocks($section{'Discover every night, and wait for the end'});
put("$dir/nightly", $nightly);
my ($cron) = $section{'Discover every night, and wait for the end'} =~ /^\.Li (ptsh .*?) :$/m;
good($cron);
my @done = map { $_->[3] } $box{core}->log_lines('syslog');
like("@done", qr/nightly discovery done/, 'the box has logged it');
my @recv = map { $_->[3] =~ /"(realm_discover|realm_poll|log)"/ } $box{core}->log_lines('recv');
is("@recv[-3 .. -1]", 'realm_discover realm_poll log', '... in this order');

my ($export) = map { commands($_) } blocks($section{'Export all devices to CSV'});
good($export);
open my $csv, '<', "$dir/devices.csv" or die $!;
my @rows = <$csv>;
is($rows[0] =~ s/\r//r, "switch_uid,ifname,vlan,device_ip,device_mac,device_dnsname\n", 'the CSV has its headings');
cmp_ok(scalar @rows, '>', 300, '... and all devices');

my ($watch) = blocks($section{'Watch a poll'});
my ($shell, @typed) = $watch =~ /^(?:\$|core>) (.*)$/mg;
my $t = Term->new(columns => 80, rows => 24, env => {%ENV, TERM => q(xterm)}, command => ['sh', '-c', "exec $shell"]);
for my $line (@typed) {
	ok($t->wait_for(sub { (($t->rows)[-1] // '') =~ /^core.*>$/ }), 'a prompt') or diag(join "\n", $t->rows);
	$t->type($line);
	$t->key('Enter');
}
ok($t->wait_row(qr/\[1\] \Qrealm_poll 'Head Office'\E: done, /), 'the poll ends') or diag(join "\n", $t->rows);
ok($t->wait_row(qr/^name +polling +last_poll$/), '... while it is watched');
ok($t->wait_row(qr/^Head Office +(?:yes|no) /), '... as a table');
$t->key('C-c');
ok($t->wait_for(sub { (($t->rows)[-1] // '') =~ /^core>$/ }), 'watched until ^C') or diag(join "\n", $t->rows);
$t->key('C-d');
is($t->status, 0, 'and left');

my ($compare) = map { commands($_) } blocks($section{'Compare the settings of two boxes'});
is(good($compare), '', 'equal settings');
good("ptsh -c 'global_settings_modify domain=elsewhere.example' lab");
my ($differs, undef, $status) = run($compare);
is($status, 1, 'settings that differ');
like($differs, qr/^> domain\telsewhere\.example$/m, '... are shown');

# --- many boxes ---

my @many = map { commands($_) } blocks($section{'Many boxes at once'});
good($many[0]);
is(join(' ', sort split /\n/, good('cat all')), 'core lab', 'the boxes of the boxes file');
is(join(' ', sort map { /^(\w+)\t\d+\.\d+\t\d+$/ ? $1 : "?$_" } split /\n/, good($many[1])), 'core lab', 'parallel');
is(join(' ', map { /^n\t\S+$/ ? 'ok' : "?$_" } split /\n/, good($many[2])), 'ok ok', 'xargs');
is(join(' ', sort map { /^(\w+): \d+\.\d+\t\d+$/ ? $1 : "?$_" } split /\n/, good($many[3])), 'core lab', 'clush');

# --- ten people's jobs, a line each ---

my ($shells, $prompts) = blocks($section{'Ten jobs, a line each'});
my ($find, $ports, $community, $poll, $csv_file, $follow, $compare_reply, $cleanup, $check) = commands($shells);
my ($add, $take_back) = $prompts =~ /^core> (.*)$/mg;
my $mac = '00:1d:60:09:c4:f2';
like(good($find), qr/^Lab\tswitch01\.lab\.example\tFa0\/1\t\d*\t$mac\t/m, '... is on that port');
for my $spelled ($mac, '00-1D-60-09-C4-F2', '001d.6009.c4f2', '001d60-09c4f2', '001D6009C4F2', 'c4:f2') {
	like(good("ptsh -c '.find $spelled' core"), qr/^Lab\tswitch01\.lab\.example\tFa0\/1\t\d*\t$mac\t/m, '... is on that port');
}

my $free = good($ports);
like($free, qr/^name,switch_uid,free_ports\r\n.*^Lab,switch01\.lab\.example,\d+\r\n/ms, 'free ports of each switch, with its realm');

my $prompt = Term->new(columns => 100, rows => 24, env => {%ENV, TERM => q(xterm)}, command => ['sh', '-c', 'exec ptsh core']);
for my $line ($add, $take_back, 'y', 'realm_seed_list Lab') {
	my $question = $line eq 'y' ? qr/\[y\/N\]/ : qr/^core.*>$/;
	ok($prompt->wait_for(sub { (($prompt->rows)[-1] // '') =~ $question }), "a seed, and back: before $line") or
		diag(join "\n", $prompt->rows);
	$prompt->type($line);
	$prompt->key('Enter');
}
ok($prompt->wait_for(sub { (($prompt->rows)[-1] // '') =~ /^core.*>$/ }), '... the seeds are listed');
$prompt->key('C-d');
is($prompt->status, 0, '... and left');
my @seeds = map { $_->[3] =~ /("realm_seed_list_modify".*)\]/ } $box{core}->log_lines('recv');
like($seeds[-2], qr/\[\],\["192\.0\.2\.99"\]/, 'the seed was added');
like($seeds[-1], qr/\["192\.0\.2\.99"\]/, '... and taken back');
unlike(good("ptsh -c 'realm_seed_list Lab' core"), qr/192\.0\.2\.99/, '... and is gone');

put("$dir/community", "r0t4ted\n");
good($community);
like(good("ptsh -c 'realm_snmp_credential_list Lab' core"), qr/^10\.2\.0\.0\t16\t\[\[2,\["r0t4ted"\]\]\]\t1$/m, 'a community is rotated');

like(good("$poll | grep ': done, ' | tail -n 1"),
	qr/^\S.*: done, \d+\.\d+s$/, 'all realms are polled; the slowest ended last');

good($csv_file);
open my $lab, '<', "$dir/lab.csv" or die $!;
is(scalar(<$lab>), "switch_uid,ifname,device_mac\r\n", 'a csv file');
cmp_ok(scalar(() = <$lab>), '>', 10, '... with all rows');

my $watcher = Child::start(sub {
	open STDIN, '<', '/dev/null' or die $!;
	exec 'bash', '-c', "exec $follow 2> events.errors" or die "bash: $!\n";
});
my $deadline = time + Deadline::SECONDS;
my $events = '';
while ($events !~ /\n/ && time < $deadline) {	# the first may come before it has subscribed
	good("ptsh -c 'realm_poll Lab' core");
	open my $in, '<', "$dir/events.csv" or next;
	$events = do { local $/; <$in> } // '';
}
kill 'INT', $watcher;
waitpid $watcher, 0;
like($events, qr/^\d{4}-\d\d-\d\dT[^,]+,event,realm_poll_(?:start|stop),5200007311\r$/m, 'events in a file, with their time');

is(good($compare_reply), '', 'two boxes with the same realms');
good($cleanup);
my ($gone, undef, $unlike) = run("diff <(ptsh -c 'group_info name' core) <(ptsh -c 'group_info name' lab)");
like($gone, qr/^\S+\n> helpme\n\z/, 'a group is cleaned up: only the other box still has it');
is($unlike, 1, '... which diff says');

SKIP: {
	skip 'built without SNMP', 2 if good('ptsh --version') =~ /no SNMP/;
	my ($out, $why, $checked) = run($check);
	isnt($checked, 0, 'a switch that is not polled');
	like($why, qr/the realm has no credentials for this address, so the box does not ask it/, '... and why');
}

$_->stop for values %box;
done_testing();
