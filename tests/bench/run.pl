#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# How fast ptsh is, measured beside programs that do the same or less, all in one run on one machine.
#
#	perl tests/bench/run.pl BUILD		(`make bench`)
#
# Environment: BENCH_ONLY=NAME,... measures only these (the names are those of the subs below); BENCH_RUNS=N is how
# often the long ones run (5); BENCH_BASE=FILE is a figures.tsv of an earlier time, and the change from it is printed.  All is
# done in turn, and what is compared is compared run by run: see Bench.pm.  A bar that is missed is printed, and is no failure
# of this program.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bench;

use constant HEAD => '5000015442';

my $runs = $ENV{BENCH_RUNS} || 5;
Bench::setup(@ARGV);
my $ptsh = "$build/ptsh";
print "Times, and ratios of times, are of processor time; those of elapsed time stand beside them in brackets.\n";
my @quiet = ('-X', '-q');

# One request, with all it takes to begin and end.
sub oneshot {
	my $what = '`ptsh -c ping`, cram login, loopback';
	my $box = box('--auth', 'login_cram_md6');
	my %subjects = (ptsh => [$ptsh, @quiet, '-c', 'ping', $box->{at}], floor => ["$build/bench/floor", $box->{port}]);
	my ($redis, $port) = redis();

	$subjects{redis} = ['redis-cli', '-p', $port, 'PING'] if $redis;
	my $t = compare(15, 20, %subjects);
	both($what, 'ms', $t->{ptsh}, 1000);
	both($what, 'ms, a hard-coded client', $t->{floor}, 1000);
	versus($what, 'times the hard-coded client', $t, 'ptsh', 'floor', '<=', 1.25);
	if ($redis) {
		both($what, 'ms, redis-cli PING', $t->{redis}, 1000);
		versus($what, 'times redis-cli PING', $t, 'ptsh', 'redis', '<=', 0.65);
		stop($redis);
	} else {
		missing($what, 'redis-server with redis-cli');
	}
	stop($box);
}

# The same in TLS.
sub tls {
	for my $version ('1.3', '1.2') {
		my $what = "`ptsh --tls insecure -c ping`, TLS $version, loopback";
		my $box = box('--auth', 'login_cram_md6', '--tls', 'offer', '--tls-max', $version);
		my $t = compare(15, 10, ptsh => { e => "$dir/warnings", command => [$ptsh, @quiet, '--tls', 'insecure', '-c', 'ping', $box->{at}] },
		    floor => ["$build/bench/floor", $box->{port}, 'tls']);

		both($what, 'ms', $t->{ptsh}, 1000);
		both($what, 'ms, a hard-coded client of OpenSSL', $t->{floor}, 1000);
		versus($what, 'times the hard-coded client', $t, 'ptsh', 'floor', '<=', 1.25);
		stop($box);
	}
}

# A thousand of them, 20 at a time.
sub crowd {
	my ($what, $n) = ('1,000 one-shots by 20 processes', 1000);
	my $box = box('--auth', 'login_cram_md6');
	my @crowd = ('sh', '-c', "seq $n | xargs -P 20 -I{} \"\$@\" >'$dir/crowd'", 'sh');
	my %subjects = (ptsh => [@crowd, $ptsh, @quiet, '-c', 'ping', $box->{at}], floor => [@crowd, "$build/bench/floor", $box->{port}]);
	my ($redis, $port) = redis();

	$subjects{redis} = [@crowd, 'redis-cli', '-p', $port, 'PING'] if $redis;
	my $t = compare(3, 1, %subjects);
	note($what, 'one-shots a second', $n / $t->{ptsh}{wall});
	note($what, 'one-shots a second, a hard-coded client', $n / $t->{floor}{wall});
	versus($what, 'times the hard-coded client', $t, 'ptsh', 'floor', '<=', 1.5);
	if ($redis) {
		note($what, 'one-shots a second, redis-cli PING', $n / $t->{redis}{wall});
		versus($what, 'times redis-cli PING', $t, 'ptsh', 'redis', '<=', 1);
		stop($redis);
	} else {
		missing($what, 'redis-server with redis-cli');
	}
	stop($box);
}

# Many boxes, one request to each.
sub fleet {
	my ($what, $n) = ('a fleet of 50 boxes, 20 at a time', 50);
	my @boxes = map { box('--auth', 'login_cram_md6') } 1 .. $n;
	my $ports = join ' ', map { $_->{port} } @boxes;
	my @fleet = ('sh', '-c', "printf '%s\\n' $ports | xargs -P 20 -I{} \"\$@\" admin\@127.0.0.1:{} >'$dir/fleet'", 'sh', $ptsh, @quiet);
	my $t = compare($runs, 1, ping => [@fleet, '-c', 'ping'], find => [@fleet, '-c', '.find 10.0.0.0/8'],
	    each => [@fleet, '-c', '.each realm_info gid,name -- realm_seed_list {gid}']);

	for my $one (['ping', 'ping'], ['find', '.find'], ['each', '.each']) {
		both($what, "$one->[1]: ms", $t->{ $one->[0] }, 1000);
	}
	versus($what, '.find: times ping', $t, 'find', 'ping', '<=', 2);
	versus($what, '.each: times ping', $t, 'each', 'ping', '<=', 2);
	stop($_) for @boxes;
}

# From the command to its first prompt.
sub begin {
	my $what = 'an interactive session';
	my $box = box('--auth', 'login_cram_md6');
	my @ms = map { ended(start({ silent => 1 }, "$build/bench/prompt", 'first', $ptsh, '-X', $box->{at})) =~ /first (\S+)/ } 1 .. 15;

	bar($what, 'ms to its first prompt', median(@ms), '<=', 100);
	stop($box);
}

# A redis-server and its port, or nothing.
sub redis {
	return unless installed('redis-server') && installed('redis-cli');
	my $port = free_port();
	my $redis = start({ silent => 1, err => '/dev/null', out => write_handle() }, 'redis-server', '--port', $port,
	    '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', $dir);
	for (1 .. 100) {
		last if IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
		select undef, undef, undef, 0.05;
	}
	return ($redis, $port);
}

sub write_handle { open my $null, '>', '/dev/null' or die; return $null }

# A long link: waiting is counted, not timed; the time is shown beside it.
sub flights {
	my $what = 'round trips after connecting, a link of 50, 100, 200 ms';
	# In TLS 1.3: hello; start_tls; ClientHello; Finished with all that follows.  1.2 needs one more.  A box that is remembered to
	# start TLS when asked is asked before hello: one less.
	my @known = ('--tls', 'on', '--known-as', 'bench.example');
	my @cases = (
		['clear', 2, [], []],
		['TLS 1.3', 4, ['--tls', 'offer'], ['--tls', 'insecure']],
		['TLS 1.2', 5, ['--tls', 'offer', '--tls-max', '1.2'], ['--tls', 'insecure']],
		['TLS 1.3, remembered', 3, ['--tls', 'offer'], \@known],
		['TLS 1.2, remembered', 4, ['--tls', 'offer', '--tls-max', '1.2'], \@known],
		['TLS 1.3, demanded by the box', 3, ['--tls', 'demand'], ['--tls', 'insecure']],
	);

	for my $case (@cases) {
		my ($name, $fewest, $box_options, $options) = @$case;
		my $box = box('--auth', 'login_cram_md6', @$box_options);
		remember($box, @$options) if $name =~ /remembered/;
		for my $ms (50, 100, 200) {
			my $relay = start({}, "$build/bench/relay", $box->{port}, $ms / 2);
			my ($run) = measure({ e => "$dir/warnings" }, $ptsh, @quiet, @$options, '-c', 'ping', "admin\@127.0.0.1:$relay->{port}");
			my ($flights, $writes) = ended($relay) =~ /flights (\d+) writes (\d+)/;
			bar($what, "$name, $ms ms", $flights + 1, '<=', $fewest);
			note($what, "$name, $ms ms: writes", $writes);
			note($what, "$name, $ms ms: time, in round trips", $run->[0] * 1000 / $ms);
			next if $name =~ /demanded/;
			$relay = start({}, "$build/bench/relay", $box->{port}, $ms / 2);
			my ($floor) = measure({}, "$build/bench/floor", $relay->{port}, $name =~ /remembered/ ? 'early' : @$options ? 'tls' : ());
			ended($relay);
			note($what, "$name, $ms ms: time, in round trips, a hard-coded client", $floor->[0] * 1000 / $ms);
		}
		stop($box);
	}
}

# A known_boxes that has just met the box.
sub remember {
	my ($box, @options) = @_;
	unlink "$dir/home/.local/share/ptsh/known_boxes";
	measure({}, $ptsh, @quiet, @options, '--accept-new', '-c', 'ping', $box->{at});
}

# The time of a one-shot in TLS across a long link, asked for early and not, beside a client that does nothing else.
sub early {
	my ($what, $ms) = ('`ptsh --tls on -c ping`, TLS 1.3, a link of 200 ms', 200);
	my $box = box('--auth', 'login_cram_md6', '--tls', 'offer');
	my @known = ('--tls', 'on', '--known-as', 'bench.example');
	my %relay = map { $_ => start({}, "$build/bench/relay", $box->{port}, $ms / 2, 1_000_000) } qw(early late floor);
	my %at = map { $_ => "admin\@127.0.0.1:$relay{$_}{port}" } keys %relay;

	remember($box, @known);
	my $t = compare($runs, 2, early => [$ptsh, @quiet, @known, '-c', 'ping', $at{early}],
	    late => { e => "$dir/warnings", command => [$ptsh, @quiet, '--tls', 'insecure', '-c', 'ping', $at{late}] },
	    floor => ["$build/bench/floor", $relay{floor}{port}, 'early']);
	both($what, "$_->[1]: ms", $t->{ $_->[0] }, 1000) for ['early', 'asked early'], ['late', 'asked after the greeting'], ['floor', 'a hard-coded client of OpenSSL, asking early'];
	bar($what, 'asked early: elapsed time, times the hard-coded client', scalar ratio($t, 'early', 'floor', 'wall'), '<=', 1.1);
	bar($what, 'asked early: elapsed time, times asked after the greeting', scalar ratio($t, 'early', 'late', 'wall'), '<=', 0.85);
	stop($_) for values %relay, $box;
}

# Many small requests in one run.
sub pings {
	my $what = 'pings from standard input';
	my $box = box('--auth', 'login_cram_md6');
	my @sizes = (10_000, 100_000, 1_000_000);
	my %file = map { $_ => write_file("$dir/pings.$_", "ping\n" x $_) } @sizes;
	my %run = map { $_ => { i => $file{$_}, command => [$ptsh, @quiet, $box->{at}] } } @sizes;

	my $t = compare(3 * $runs, 1, ptsh => $run{100_000}, loop => ["$build/bench/floor", $box->{port}, 100_000]);
	both($what, '100,000: ms', $t->{ptsh}, 1000);
	both($what, '100,000: ms, a C loop that writes them ready-made', $t->{loop}, 1000);
	versus($what, '100,000: times the C loop', $t, 'ptsh', 'loop', '<=', 3, 'elapsed');
	$t = compare($runs, 1, %run, file => [$ptsh, @quiet, '-f', $file{1_000_000}, $box->{at}]);
	per_unit($what, 'us a ping', $t, 1e6, @sizes);
	bar($what, '1,000,000: MiB resident', $t->{1_000_000}{rss} / 1024, '<=', 32);
	bar($what, '1,000,000: MiB resident, with -f', $t->{file}{rss} / 1024, '<=', 32);
	stop($box);
}

# The cost of one at each size; and that one more costs as much as those before, without what is needed once.
sub per_unit {
	my ($what, $unit, $t, $scale, @sizes) = @_;
	my @more = map { my $i = $_; [map { ($t->{ $sizes[$i] }{rounds}[$_][1] - $t->{ $sizes[$i - 1] }{rounds}[$_][1]) /
	    ($sizes[$i] - $sizes[$i - 1]) } 0 .. $#{ $t->{ $sizes[$i] }{rounds} }] } 1 .. $#sizes;

	note($what, "$_: $unit", $t->{$_}{cpu} / $_ * $scale) for @sizes;
	for my $i (1 .. $#more) {
		bar($what, "$unit: up to $sizes[$i + 1], in those up to $sizes[$i]",
		    median(map { $more[$i][$_] / ($more[$i - 1][$_] || 1e-9) } 0 .. $#{ $more[$i] }), '<=', 1.3);
	}
}

# A row for each of them, all at once, 64 at once, one at a time.
sub each_row {
	my $what = '.each over rows, a request for each';
	my $line = ".each realm_query @{[HEAD]} device device_ip -- ping";
	my @sizes = (100, 1000, 10_000);
	my %box = map { $_ => box('--auth', 'login_cram_md6', '--devices', $_) } @sizes;
	my $most = $box{10_000};

	my $t = compare($runs, 1, (map { ("j$_" => [$ptsh, @quiet, '-j', $_, '-c', $line, $most->{at}]) } 0, 64, 1),
	    (map { ("loop$_" => ["$build/bench/floor", $most->{port}, 10_000, $_ || 10_000]) } 0, 64, 1),
	    (map { ($_ => [$ptsh, @quiet, '-j', 0, '-c', $line, $box{$_}{at}]) } @sizes));
	for my $j (0, 64, 1) {
		both($what, "10,000, -j $j: ms", $t->{"j$j"}, 1000);
		versus($what, "10,000, -j $j: times the C loop with as many at once", $t, "j$j", "loop$j");
		note($what, "10,000, -j $j: MiB resident", $t->{"j$j"}{rss} / 1024);
	}
	per_unit($what, 'us a row, -j 0', $t, 1e6, @sizes);
	stop($_) for values %box;
	$most = box('--auth', 'login_cram_md6', '--devices', 200_000);
	my $columns = 'device_ip,device_mac,device_dnsname,ifname,vlan,linkstatus,linkspeed,switch_ip,switch_uid,ifdescr';
	$t = compare(1, 1, each => [$ptsh, @quiet, '-c', ".each realm_query @{[HEAD]} device $columns -- ping", $most->{at}],
	    find => [$ptsh, @quiet, '-c', '.find 10.0.0.0/8', $most->{at}]);
	bar($what, '200,000 of ten columns: MiB resident', $t->{each}{rss} / 1024, '<=', 32);
	bar('.find', '200,000 rows found: MiB resident', $t->{find}{rss} / 1024, '<=', 32);
	stop($most);
}

# --- a large reply ---

my @columns = qw(switch switch_uid ifname ifdescr vlan linkstatus linkspeed device_ip device_mac device_dnsname);

# Much like a box's list of devices: 10 columns, 170 bytes.
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

# The programs for jq and Perl that give the same output.
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
		my $t = compare($runs, 1, %subjects);
		both($what, "$format: ms", $t->{ptsh}, 1000);
		versus($what, "$format: times faster than jq", $t, 'jq', 'ptsh', '>=', 10) if $t->{jq};
		versus($what, "$format: times faster than Perl's JSON::XS", $t, 'xs', 'ptsh', '>=', 3) if $t->{xs};
		if ($format eq 'table') {
			bar($what, 'table: MiB resident, in those of the reply', $t->{ptsh}{rss} * 1024 / $size, '<=', 3);
		} else {
			bar($what, "$format: MiB resident", $t->{ptsh}{rss} / 1024, '<=', 16);
		}
		same_output($what, $format);
	}
	stop($box);
}

# Rows whose headings are unknown.
sub view {
	my $what = 'a view of 200,000 rows, headings not known';
	my $box = box_of_rows(200_000, 'realm_view');
	my %run = map { $_ => [$ptsh, @quiet, '-o', $_, '-c', 'realm_view 5000015442 7', "127.0.0.1:$box->{port}"] } qw(records tsv);

	delete local $ENV{PTSH_PASSWORD};
	my $t = compare($runs, 1, %run);
	both($what, "$_: ms", $t->{$_}, 1000) for qw(tsv records);
	versus($what, 'records: times tsv', $t, 'records', 'tsv', '<=', 1.5);
	bar($what, 'records: MiB resident', $t->{records}{rss} / 1024, '<=', 16);
	stop($box);
}

# Checks by size that they all print the same: some quote more than they must, or no \u.
sub same_output {
	my ($what, $format) = @_;
	my %size = map { $_ => -s "$dir/out.$_" } grep { -e "$dir/out.$_" } qw(ptsh jq xs);

	note($what, "$format: bytes printed" . ($_ eq 'ptsh' ? '' : " by $_"), $size{$_}) for sort keys %size;
	unlink map { "$dir/out.$_" } keys %size;
}

my @device = ('-c', 'realm_query 5000015442 device ' . join ',', @columns);

# A box that sends the same row n times.
sub box_of_rows {
	my ($n, $request) = (@_, 'realm_query');
	my $row = '["sw-001.example.net","5000015442","Gi1/0/17","GigabitEthernet1/0/17",17,"up",1000000000,' .
	    '"10.1.2.3","00:1d:60:01:02:03","host.example.net"]';
	my $script = write_file("$dir/script.$n", "deadline 10000000\nrepeat 100000\nhello none\nexpect $request\nsend [\$id,1,[\nfill " .
	    ($n - 1) . " $row,\nline $row]]\nexpect-eof\nnext\nend\n");

	return box('--script', $script);
}

# Growth: the same rows 1, 10 and 100 times; and a gigabyte of them, once.
sub growth {
	my $what = 'a reply that grows: 2.3 MB, 23 MB, 235 MB, 940 MB';
	my @sizes = (20_000, 200_000, 2_000_000);
	my %box = map { $_ => box_of_rows($_) } 2_000, @sizes, 8_000_000;

	delete local $ENV{PTSH_PASSWORD};
	for my $format (qw(tsv csv json records raw table)) {
		my @these = $format eq 'table' ? (2_000, @sizes[0, 1]) : @sizes;
		my %run = map { $_ => [$ptsh, @quiet, '-o', $format, @device, "127.0.0.1:$box{$_}{port}"] } keys %box;
		my $t = compare($runs, 1, map { $_ => $run{$_} } @these);
		per_unit($what, "$format: ns a row", $t, 1e9, @these);
		next if $format eq 'table';
		my $most = compare(1, 1, 8_000_000 => $run{8_000_000});
		bar($what, "8000000: $format: MiB resident", $most->{8_000_000}{rss} / 1024, '<=', 16);
	}
	stop($_) for values %box;
}

# One cell that is as long as a whole reply.
sub cell {
	my $what = 'a reply of one cell of 30 MB';
	my $script = write_file("$dir/script.cell", "deadline 10000000\nrepeat 1000\nhello none\nexpect realm_query\nsend [\$id,1,[[\"\n" .
	    "fill 30000 " . "x" x 1000 . "\nline \"]]]\nexpect-eof\nnext\nend\n");
	my $box = box('--script', $script);

	delete local $ENV{PTSH_PASSWORD};
	for my $format (qw(tsv csv json records raw)) {
		my $t = compare($runs, 1, ptsh => [$ptsh, @quiet, '-o', $format, '-c', 'realm_query 5000015442 device ifname', "127.0.0.1:$box->{port}"]);
		both($what, "$format: ms", $t->{ptsh}, 1000);
		bar($what, "$format: MiB resident", $t->{ptsh}{rss} / 1024, '<=', 16);
	}
	stop($box);
}

# Instructions do not depend on what else runs: for comparison with another time.
sub counts {
	my $what = 'instructions';
	my $box = box('--auth', 'login_cram_md6');
	my %rows = map { $_ => box_of_rows($_) } 10_000, 20_000;

	if (defined(my $start = counted({}, $ptsh, @quiet, '-c', 'ping', $box->{at}))) {
		my ($few, $many) = map { counted({ i => write_file("$dir/pings", "ping\n" x $_) }, $ptsh, @quiet, $box->{at}) } 10_000, 20_000;
		note($what, '`ptsh -c ping`', $start);
		note($what, "... a hard-coded client's", counted({}, "$build/bench/floor", $box->{port}));
		note($what, 'a ping of many', ($many - $few) / 10_000);
		delete local $ENV{PTSH_PASSWORD};
		for my $format (qw(tsv csv json records raw table)) {
			my ($few, $many) = map { counted({}, $ptsh, @quiet, '-o', $format, @device, "127.0.0.1:$rows{$_}{port}") } 10_000, 20_000;
			note($what, "a row of many, $format", ($many - $few) / 10_000);
		}
	} else {
		missing($what, 'perf or valgrind');
	}
	stop($_) for $box, values %rows;
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

my @all = ([oneshot => \&oneshot], [tls => \&tls], [crowd => \&crowd], [fleet => \&fleet], [begin => \&begin], [view => \&view],
    [flights => \&flights], [early => \&early], [pings => \&pings], [each => \&each_row], [reply => \&reply], [growth => \&growth], [cell => \&cell],
    [flood => \&flood], [prompt => \&prompt], [counts => \&counts]);
my %only = map { $_ => 1 } split /,/, $ENV{BENCH_ONLY} // '';
for my $name (keys %only) {
	die "BENCH_ONLY: $name: not one of @{[map { $_->[0] } @all]}\n" unless grep { $_->[0] eq $name } @all;
}
my @took;
for my $one (@all) {
	next if %only && !$only{ $one->[0] };
	my $began = time;
	$one->[1]->();
	push @took, sprintf '%s %.0f', $one->[0], time - $began;
}
my $version = `$ptsh --version` =~ s/\n.*//sr;
my $load = slurp('/proc/loadavg') =~ s/\s.*//sr;
my $count = save("$build/bench/figures.tsv", "$version, " . localtime() . ", load $load");
print "\n", map { "$_\n" } verdicts(), "$count figures in $build/bench/figures.tsv; load $load; seconds: @took";
