#!/usr/bin/perl
# How fast ptsh is, measured beside programs that do the same or less, all in one run on one machine.
#
#	perl tests/bench/run.pl BUILD		(`make bench`)
#
# Environment: BENCH_ONLY=NAME,... measures only these (the names are those of the subs below); BENCH_RUNS=N is how
# often the long ones run (5); BENCH_FULL=1 adds the reply of 1 GB.  All is done in turn, and medians are compared: of
# elapsed time for what mostly waits, of processor time for what mostly works, so that a busy machine says nearly the
# same as an idle one.  A bar that is missed is told, and is no failure of this program.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bench;

use constant { HEAD => '5000015442', LOCAL_ROWS => 10_000 };

my $runs = $ENV{BENCH_RUNS} || 5;
Bench::setup(@ARGV);
my $ptsh = "$build/ptsh";
my @quiet = ('-X', '-q');

# One request, with all it takes to begin and end.
sub oneshot {
	my $what = '`ptsh -c ping`, cram login, loopback';
	my $box = box('--auth', 'login_cram_md6');
	my %subjects = (ptsh => [$ptsh, @quiet, '-c', 'ping', $box->{at}], floor => ["$build/bench/floor", $box->{port}]);
	my $redis;

	if (installed('redis-server') && installed('redis-cli')) {
		my $port = free_port();
		$redis = start({ silent => 1, err => '/dev/null', out => write_handle() }, 'redis-server', '--port', $port,
		    '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', $dir);
		for (1 .. 100) {
			last if IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
			select undef, undef, undef, 0.05;
		}
		$subjects{redis} = ['redis-cli', '-p', $port, 'PING'];
	}
	my %t = compare(10, 20, %subjects);
	note($what, 'ms', $t{ptsh}{wall} * 1000);
	note($what, 'ms, the hard-coded client', $t{floor}{wall} * 1000);
	bar($what, 'times the hard-coded client', $t{ptsh}{wall} / $t{floor}{wall}, '<=', 1.25);
	note($what, "times the hard-coded client's processor time", $t{ptsh}{cpu} / $t{floor}{cpu});
	if ($redis) {
		note($what, 'ms, redis-cli PING', $t{redis}{wall} * 1000);
		bar($what, 'times redis-cli PING', $t{ptsh}{wall} / $t{redis}{wall}, '<=', 0.65);
		note($what, "times redis-cli's processor time", $t{ptsh}{cpu} / $t{redis}{cpu});
		stop($redis);
	} else {
		missing($what, 'redis-server with redis-cli');
	}
	stop($box);
}

sub write_handle { open my $null, '>', '/dev/null' or die; return $null }

# A long link: waiting is counted, not timed; the time is shown beside it.
sub flights {
	my $what = 'round trips after connecting, a link of 50, 100, 200 ms';
	# In TLS 1.3: hello; start_tls; ClientHello; Finished with all that follows.  1.2 needs one more.  To ask for TLS
	# before hello would save one, but a box that demands TLS by itself would take the question for a handshake.
	my @cases = (
		['clear', 2, [], []],
		['TLS 1.3', 4, ['--tls', 'offer'], ['--tls', 'insecure']],
		['TLS 1.2', 5, ['--tls', 'offer', '--tls-max', '1.2'], ['--tls', 'insecure']],
		['TLS 1.3, demanded by the box', 3, ['--tls', 'demand'], ['--tls', 'insecure']],
	);

	for my $case (@cases) {
		my ($name, $fewest, $box_options, $options) = @$case;
		my $box = box('--auth', 'login_cram_md6', @$box_options);
		for my $ms (50, 100, 200) {
			my $relay = start({}, "$build/bench/relay", $box->{port}, $ms / 2);
			my ($run) = measure({ e => "$dir/warnings" }, $ptsh, @quiet, @$options, '-c', 'ping', "admin\@127.0.0.1:$relay->{port}");
			my ($flights, $writes) = ended($relay) =~ /flights (\d+) writes (\d+)/;
			bar($what, "$name, $ms ms", $flights + 1, '<=', $fewest);
			note($what, "$name, $ms ms: writes", $writes);
			note($what, "$name, $ms ms: time, in round trips", $run->[0] * 1000 / $ms);
		}
		stop($box);
	}
}

# Many small requests in one run.
sub pings {
	my $what = 'pings from standard input';
	my $box = box('--auth', 'login_cram_md6');
	my (%each, %file);

	$file{$_} = write_file("$dir/pings.$_", "ping\n" x $_) for 10_000, 100_000, 1_000_000;
	my %t = compare($runs, 3,
	    ptsh => { i => $file{100_000}, command => [$ptsh, @quiet, $box->{at}] },
	    loop => ["$build/bench/floor", $box->{port}, 100_000]);
	note($what, '100,000: s', $t{ptsh}{wall});
	note($what, '100,000: s, a C loop that writes them ready-made', $t{loop}{wall});
	bar($what, '100,000: times the C loop, processor', $t{ptsh}{cpu} / $t{loop}{cpu}, '<=', 8);
	note($what, '100,000: times the C loop, elapsed', $t{ptsh}{wall} / $t{loop}{wall});
	for my $n (10_000, 100_000, 1_000_000) {
		my %r = compare($runs, 1, ptsh => { i => $file{$n}, command => [$ptsh, @quiet, $box->{at}] },
		    file => [$ptsh, @quiet, '-f', $file{$n}, $box->{at}]);
		$each{$n} = ($r{ptsh}{cpu} - start_cost($box)) / $n;
		note($what, "$n: us of processor time each, less the start", $each{$n} * 1e6);
		bar($what, "$n: MiB resident", $r{ptsh}{rss} / 1024, '<=', 32) if $n == 1_000_000;
		bar($what, "$n: MiB resident, with -f", $r{file}{rss} / 1024, '<=', 32) if $n == 1_000_000;
	}
	bar($what, 'a ping of 1,000,000, in those of 100,000', $each{1_000_000} / $each{100_000}, '<=', 1.5);
	stop($box);
}

my $start;
sub start_cost {
	my ($box) = @_;
	return $start //= { compare(1, 20, ptsh => [$ptsh, @quiet, '-c', 'ping', $box->{at}]) }->{ptsh}{cpu};
}

# A row for each of them, all at once, 64 at once, one at a time.
sub each_row {
	my $what = '.each over 10,000 rows, a request for each';
	my $box = box('--auth', 'login_cram_md6', '--devices', LOCAL_ROWS);
	my $line = ".each realm_query @{[HEAD]} device device_ip -- ping";

	my %t = compare($runs, 1, (map { ("j$_" => [$ptsh, @quiet, '-j', $_, '-c', $line, $box->{at}]) } 0, 64, 1),
	    (map { ("loop$_" => ["$build/bench/floor", $box->{port}, LOCAL_ROWS, $_ || LOCAL_ROWS]) } 0, 64, 1));
	for my $j (0, 64, 1) {
		note($what, "-j $j: s", $t{"j$j"}{wall});
		note($what, "-j $j: times the C loop with as many at once", $t{"j$j"}{wall} / $t{"loop$j"}{wall});
		note($what, "-j $j: MiB resident", $t{"j$j"}{rss} / 1024);
	}
	stop($box);
}

# --- a large reply ---

my @columns = qw(switch switch_uid ifname ifdescr vlan linkstatus linkspeed device_ip device_mac device_dnsname);

# Much like what a box says of devices: 10 columns, 170 bytes.
sub rows_text {
	my ($n) = @_;
	my @speeds = (10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000);

	return join ',', map {
		my $i = $_;
		sprintf '["sw-%03d.example.net","%d","Gi%d/0/%d","GigabitEthernet%d/0/%d%s",%d,"%s",%d,"10.%d.%d.%d",' .
		    '"00:1d:60:%02x:%02x:%02x",%s]', $i % 700, 5000015000 + $i % 700, $i % 4, $i % 48, $i % 4, $i % 48,
		    $i % 10 ? '' : ' B\u00fcro \"Nord\"', $i % 4094 + 1, $i % 3 ? 'up' : 'down', $speeds[$i % 4],
		    $i >> 16 & 255, $i >> 8 & 255, $i & 255, $i >> 16 & 255, $i >> 8 & 255, $i & 255,
		    $i % 5 ? sprintf('"host-%06d.example.net/Zürich, 3. Stock"', $i) : 'null';
	} 1 .. $n;
}

# What jq is to do, and what Perl, for the same output.
my %peers = (
	tsv => ['-r', '.[2][]|@tsv', 'print join("\t", map { !defined ? "" : /[\\\\\t\r\n]/ ? esc($_) : $_ } @$_), "\n" for @{$r->[2]}'],
	csv => ['-r', '.[2][]|@csv',
	    'print join(",", map { !defined ? "" : /[",\r\n]/ ? do { my $c = s/"/""/gr; "\"$c\"" } : $_ } @$_), "\n" for @{$r->[2]}'],
	json => ['-c', '.[2:]', 'print $json->encode([@$r[2 .. $#$r]]), "\n"'],
	raw => ['-c', '.', 'print $json->encode($r), "\n"'],
	records => ['-c', '.[2][]|{' . join(',', map { "$columns[$_]:.[$_]" } 0 .. $#columns) . '}',
    'my @n = qw(' . join(' ', @columns) . '); for my $v (@{$r->[2]}) { my %h; @h{@n} = @$v; print $json->encode(\%h), "\n" }'],
);

sub reply {
	my $what = 'a reply of 200,000 rows of 10 columns';
	my $rows = rows_text(200_000);
	utf8::encode($rows) if utf8::is_utf8($rows);
	write_file("$dir/rows", "1,[$rows]]\n");
	write_file("$dir/reply", "[2,1,[$rows]]\n");
	my $size = -s "$dir/reply";
	my @request = ('-c', 'realm_query 5000015442 device ' . join ',', @columns);
	my $script = write_file("$dir/script", "deadline 10000000\nrepeat 100000\nhello none\nexpect realm_query\nsend [\$id,\nfile $dir/rows\nexpect-eof\nnext\nend\n");
	my $box = box('--script', $script);
	my $jq = installed('jq');
	my $xs = system($^X, '-MJSON::XS', '-e', '0') == 0;

	note($what, 'MB', $size / 1e6);
	missing($what, 'jq') unless $jq;
	missing($what, "Perl's JSON::XS") unless $xs;
	for my $format (qw(tsv csv json records raw table)) {
		my ($flag, $filter, $print) = @{ $peers{$format} // [] };
		my $perl = 'sub esc { my $c = shift; $c =~ s/\\\\/\\\\\\\\/g; $c =~ s/\t/\\\\t/g; $c } local $/; $json = JSON::XS->new->utf8; ' .
		    'binmode STDOUT, $ARGV[1]; open F, "<", $ARGV[0]; $r = $json->decode(<F>); ' . ($print // '');
		my $layer = ($print // '') =~ /encode/ ? ':raw' : ':utf8';
		my %subjects = (ptsh => { o => "$dir/out.ptsh", command => [$ptsh, '-q', '-X', '-o', $format, '--no-header', @request, "127.0.0.1:$box->{port}"] });
		delete local $ENV{PTSH_PASSWORD};
		$subjects{jq} = { o => "$dir/out.jq", command => ['jq', $flag, $filter, "$dir/reply"] } if $jq && $flag;
		$subjects{xs} = { o => "$dir/out.xs", command => [$^X, '-MJSON::XS', '-e', $perl, "$dir/reply", $layer] } if $xs && $flag;
		my %t = compare($runs, 1, %subjects);
		note($what, "$format: s", $t{ptsh}{wall});
		note($what, "$format: MB/s of processor time", $size / 1e6 / $t{ptsh}{cpu});
		for (['jq', $t{jq}, 10], ["Perl's JSON::XS", $t{xs}, 3]) {
			my ($name, $peer, $most) = @$_;
			next unless $peer;
			bar($what, "$format: times faster than $name, processor", $peer->{cpu} / $t{ptsh}{cpu}, '>=', $most);
			note($what, "$format: times faster than $name, elapsed", $peer->{wall} / $t{ptsh}{wall});
		}
		if ($format eq 'table') {
			bar($what, 'table: MiB resident, in those of the reply', $t{ptsh}{rss} * 1024 / $size, '<=', 3);
		} else {
			bar($what, "$format: MiB resident", $t{ptsh}{rss} / 1024, '<=', 16);
		}
		same_output($what, $format);
	}
	stop($box);
}

# That they all print the same shows in how much it is: some quote more than they must, or no \u.
sub same_output {
	my ($what, $format) = @_;
	my %size = map { $_ => -s "$dir/out.$_" } grep { -e "$dir/out.$_" } qw(ptsh jq xs);

	note($what, "$format: bytes printed" . ($_ eq 'ptsh' ? '' : " by $_"), $size{$_}) for sort keys %size;
	unlink map { "$dir/out.$_" } keys %size;
}

# Growth: the same rows 1, 10 and 100 times; with BENCH_FULL up to 1 GB.
sub growth {
	my $what = 'a reply that grows, to tsv';
	my %each;

	for my $n (20_000, 200_000, 2_000_000, $ENV{BENCH_FULL} ? 8_000_000 : ()) {
		my $row = '["sw-001.example.net","5000015442","Gi1/0/17","GigabitEthernet1/0/17",17,"up",1000000000,' .
		    '"10.1.2.3","00:1d:60:01:02:03","host.example.net"]';
		my $bytes = $n * (1 + length $row);
		my $script = write_file("$dir/script", "deadline 10000000\nrepeat 100000\nhello none\nexpect realm_query\nsend [\$id,1,[\nfill $n $row,\n" .
		    "line $row]]\nexpect-eof\nnext\nend\n");
		my $box = box('--script', $script);
		my %t;
		{
			delete local $ENV{PTSH_PASSWORD};
			%t = compare($n > 2_000_000 ? 1 : $runs, 1, ptsh => [$ptsh, @quiet, '-o', 'tsv', '-c',
			    'realm_query 5000015442 device ' . join(',', @columns), "127.0.0.1:$box->{port}"]);
		}
		stop($box);
		$each{$n} = $t{ptsh}{cpu} / $n;
		note($what, sprintf('%d MB: ns of processor time a row', $bytes / 1e6), $each{$n} * 1e9);
		bar($what, sprintf('%d MB: MiB resident', $bytes / 1e6), $t{ptsh}{rss} / 1024, '<=', 16);
	}
	bar($what, 'a row of 2,000,000, in those of 200,000', $each{2_000_000} / $each{200_000}, '<=', 1.3);
}

# --- events, and nothing at all ---

sub flood {
	my $what = 'a flood of events, to a file';

	for my $rate (10_000, 100_000) {
		my $box = box('--auth', 'login_cram_md6', '--events', $rate);
		open my $out, '>', "$dir/events" or die "$dir/events: $!\n";
		my $run = start({ silent => 1, out => $out }, $ptsh, @quiet, '-o', 'tsv', '-e', 'realm_poll_stop', '--follow', $box->{at});
		select undef, undef, undef, 1;
		my ($before, $used, $lines) = (resident($run->{pid}), spent($run->{pid}), -s "$dir/events");
		select undef, undef, undef, 3;
		my ($after, $now, $bytes) = (resident($run->{pid}), spent($run->{pid}), -s "$dir/events");
		stop($run);
		stop($box);
		my $line = length((slurp("$dir/events") =~ /^(.*\n)/)[0] // '');
		note($what, "$rate a second: shown a second", $line ? ($bytes - $lines) / 3 / $line : 0);
		note($what, "$rate a second: % of a processor", ($now - $used) / 3 * 100);
		bar($what, "$rate a second: KiB more after 3 s", $after - $before, '<=', 256);
		unlink "$dir/events";
	}
}

sub prompt {
	my $what = 'the prompt';

	for my $rate (0, 10_000) {
		my $box = box('--auth', 'login_cram_md6', $rate ? ('--events', $rate) : ());
		my $run = start({ silent => 1 }, "$build/bench/prompt", $rate ? 1 : 4, $ptsh, '-X', $rate ? ('-e', 'realm_poll_stop') : (), $box->{at});
		my $said = ended($run);
		stop($box);
		my ($wakeups) = $said =~ /wakeups (\d+)/;
		my ($median, $most) = $said =~ /echo (\S+) (\S+)/ or die "prompt: $said\n";
		bar($what, 'wake-ups in 4 s of nothing', $wakeups, '==', 0) unless $rate;
		note($what, "$rate events a second: ms from a key to its echo", $median);
		bar($what, "$rate events a second: ms, the longest", $most, '<=', 100);
	}
}

my @all = ([oneshot => \&oneshot], [flights => \&flights], [pings => \&pings], [each => \&each_row], [reply => \&reply],
    [growth => \&growth], [flood => \&flood], [prompt => \&prompt]);
my %only = map { $_ => 1 } split /,/, $ENV{BENCH_ONLY} // '';
for my $name (keys %only) {
	die "BENCH_ONLY: $name: not one of @{[map { $_->[0] } @all]}\n" unless grep { $_->[0] eq $name } @all;
}
for my $one (@all) {
	$one->[1]->() if !%only || $only{ $one->[0] };
}
my $version = `$ptsh --version` =~ s/\n.*//sr;
my $load = slurp('/proc/loadavg') =~ s/\s.*//sr;
write_file("$build/bench/figures.tsv", map { "$_\n" } "# $version, " . localtime() . ", load $load",
    "measurement\tquantity\tfigure\tbar\tverdict", figures());
printf "\n%d figures in %s/bench/figures.tsv; load %s; %s\n", scalar figures(), $build, $load,
    missed() ? missed() . ' bars MISSED' : 'all bars ok';
