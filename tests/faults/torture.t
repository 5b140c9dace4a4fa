#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Torture: the same runs again and again, with one call of the system failing, another one each time (tests/faults/shim.c).  A
# sample of the calls; with PTSH_TEST_FULL=1 each of them, but for the allocations of TLS that goes well.  Each allocation of TLS
# with a wrong key fails once: 12,400 runs, about 90 s of processor time.
#
# What must hold: a call that is interrupted, or does less than it was asked to, changes nothing.  One that fails may end the run,
# with a message and a status of the table, but not by a signal, not late, and never with results that are not in the good run,
# or with status 0 and fewer of them.
# TORTURE=PATTERN runs the scenarios of that name, TORTURE_CALLS=PATTERN has those calls fail.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";

use Box;
use Certs;
use Child;
use Deadline;
use Dns;
use Parallel;
use POSIX ();
use Run;

plan skip_all => 'not with a sanitizer or gcov: those have allocations of their own' if $ENV{PTSH_TEST_SANITIZED} || Deadline::SLOW > 1;

my $full = $ENV{PTSH_TEST_FULL};
my $shim = $ENV{SHIM} or die "SHIM: not set to the shim's path\n";
my ($only, $calls) = map { $_ // '' } @ENV{qw(TORTURE TORTURE_CALLS)};
my $folder = File::Temp->newdir('ptsh-torture-XXXXXX', TMPDIR => 1);
my $certs = Certs::directory();
my $password = Box::random_word();

my %box = (
	plain => Box->start(password => $password, '--port', 0, '--unix', "$folder/socket", '--delay', 1, '--auth', 'login_cram_md6'),
	tls => Box->start(password => $password, '--tls', 'offer', '--delay', 1, '--cert', "$certs/self.pem", '--key', "$certs/self.key"),
	wrong => Box->start(password => $password, '--tls', 'offer', '--cert', "$certs/self.pem", '--key', "$certs/self.key"),
	large => Box->start(password => $password, '--devices', 20000, '--delay', 1),
);
my $dns = Dns->start('_porttracker._tcp.box.example' => [[1, 0, 9, 'dead.example'], [2, 0, $box{plain}->port, 'live.example']]);
my $srv = $dns->env(map { ("$_.example" => '127.0.0.1') } qw(box dead live))->{SHIM};
Box::write_file("$folder/batch", join '', map { "realm_info gid,name\nproduct_id\nlog 'line $_'\n" } 1 .. 10);
Box::write_file("$folder/names", "realm_seed_list 'Head Office'\nproduct_id\n");

# Scenarios: what is run, and the stride of the sweep of its allocations, even in full (OpenSSL makes many thousand).
my $columns = 'switch_uid,device_ip,device_dnsname,ifname,vlan,linkstatus,device_mac';
my @scenarios = (
	{ name => 'nothing but looking', args => ['-n', '-f', "$folder/batch"] },
	{ name => 'a login and a ping', box => 'plain', args => ['-c', 'product_id'] },
	{ name => 'a Unix socket', box => 'plain', args => ['-c', 'product_id', "$folder/socket"] },
	{ name => 'a batch', box => 'plain', args => ['-f', "$folder/batch"] },
	{ name => 'a script on standard input', box => 'plain', args => ['-o', 'json'], stdin => "realm_info gid,name\n" x 20 },
	{ name => 'names instead of gids', box => 'plain', args => ['-f', "$folder/names"] },
	{ name => 'a table', box => 'plain', args => ['-o', 'table', '-c', 'realm_info'] },
	{ name => 'csv and records', box => 'plain', args => ['-o', 'csv', '-c', 'realm_info', '-c', '.format records', '-c', 'realm_info'] },
	{ name => 'each', box => 'plain', args => ['-c', '.each realm_info gid,name -- realm_seed_list {gid}', '-j', 1] },
	{ name => 'failures', box => 'plain', args => ['--keep-going', '-c', 'realm_poll 1', '-c', 'product_id', '-c', 'nonsense 1 {"a":2}'], status => 1 },
	{ name => 'SRV records, and ident', shim => $srv, args => ['--ident', '--ident-port', '127.0.0.1:0', '-c', 'product_id', 'box.example'] },
	{ name => 'a large reply', box => 'large', args => ['-c', "realm_query 5000015442 device $columns"] },
	{ name => 'TLS with a pin, and a trace', box => 'tls', stride => 29,
	    args => ['--tls', 'on', '--pin', Certs::pin('self'), '--trace', 'trace', '-c', 'product_id'] },
	{ name => 'TLS and a key to remember', box => 'tls', stride => 29, args => ['--tls', 'on', '--accept-new', '-c', 'product_id'],
	    files => 1 },
	{ name => 'TLS with a wrong pin', box => 'wrong', each => 1, stride => 29,
	    args => ['--tls', 'on', '--pin', Certs::pin('other'), '-c', 'product_id'], status => 5, untrusted => 1 },
	{ name => 'TLS with a changed key', box => 'wrong', stride => 29, known => Certs::pin('other'),
	    args => ['--tls', 'on', '--accept-new', '-c', 'product_id'], status => 5, untrusted => 1 },
);
@scenarios = grep { $_->{name} =~ /$only/ } @scenarios;

sub arguments {
	my ($s) = @_;
	my $box = $s->{box} && $box{ $s->{box} };
	my @args = @{ $s->{args} };

	push @args, $box->address if $box && $args[-1] !~ m{/socket$};
	return @args;
}

my %env = (
	PTSH_USER => 'admin', PTSH_PASSWORD => $password,
	# Freed memory is overwritten, so that using it shows.
	MALLOC_PERTURB_ => 165,
	# Else the authorities of this machine were read, with a hundred thousand allocations.
	SSL_CERT_FILE => '/dev/null', SSL_CERT_DIR => '/nonexistent',
);

sub home {
	my ($s) = @_;
	my $home = Run::new_home();

	if (defined $s->{known}) {
		mkdir "$home/data/ptsh", 0700;
		Box::write_file("$home/data/ptsh/known_boxes", $box{ $s->{box} }->address . " $s->{known} 2026-01-01\n");
	}
	return $home;
}

sub run_it {
	my ($s, $order) = @_;

	return Run->ptsh(args => [arguments($s)], home => home($s), stdin => $s->{stdin}, secret => $password,
	    env => { %env, LD_PRELOAD => $shim, SHIM => ($s->{shim} // '') . ",$order" });
}

# The same for many instructions, one after the other by a shell: without Run's checks of the living process, and without
# a home for each run, but each costs little more than ptsh itself.
sub run_many {
	my ($s, @orders) = @_;
	my $home = home($s);
	my $out = File::Temp->newdir('ptsh-torture-XXXXXX', TMPDIR => 1);
	my $pid = Child::start(sub {
		%ENV = (Run::environment($home, { %env, ORDERS => "@orders", OUT => "$out", PRELOAD => $shim, ALWAYS => $s->{shim} // '', PTSH => Run::program() }));
		POSIX::setsid();
		open STDIN, '<', '/dev/null';
		open STDERR, '>', "$out/shell";		# the shell reports signals
		exec '/bin/sh', '-c', 'for order in $ORDERS; do
			LD_PRELOAD=$PRELOAD SHIM=$ALWAYS,$order "$PTSH" "$@" >"$OUT/$order.out" 2>"$OUT/$order.err"
			echo $? >"$OUT/$order.status"
		done', 'sh', arguments($s) or die "sh: $!\n";
	});
	local $SIG{ALRM} = sub { kill KILL => -$pid };
	alarm Deadline::SECONDS;
	waitpid $pid, 0;
	alarm 0;
	return map {
		my ($stdout, $stderr, $status) = map { Box::slurp("$out/$_") } "$_.out", "$_.err", "$_.status";
		[$_, bless { stdout => $stdout, stderr => $stderr, status => length $status ? $status + 0 : 255 }, 'Torture::Result']
	} @orders;
}

sub Torture::Result::stdout { $_[0]{stdout} }
sub Torture::Result::stderr { $_[0]{stderr} }
sub Torture::Result::status { $_[0]{status} }
sub Torture::Result::signal { $_[0]{status} > 128 ? $_[0]{status} - 128 : 0 }

sub shown { my ($r) = @_; return 'status ' . $r->status . ', ' . substr($r->stdout, -200) . ' | ' . substr($r->stderr, 0, 400) }

# True if the lines are some of the others, in their order.
sub are_among {
	my ($some, $all) = @_;
	my @all = split /\n/, $all;

	for my $line (split /\n/, $some) {
		shift @all while @all && $all[0] ne $line;
		return 0 unless @all;
		shift @all;
	}
	return 1;
}

# The run may not differ.
sub check_same {
	my ($s, $order) = @_;
	my $r = run_it($s, $order);

	return "$order: " . shown($r) if $r->stdout ne $s->{good} || $r->status != ($s->{status} // 0);
	return '';
}

# The run may fail, but in order.
sub check_failure {
	my ($s, $order, $r) = @_;
	$r //= run_it($s, $order);
	my $good = $s->{status} // 0;

	return "$order: ended by a signal: " . shown($r) if $r->signal || $r->status > 8;
	return "$order: results of its own: " . shown($r) unless $s->{name} =~ /table/ || are_among(Box::whole_lines($r->stdout), $s->{good});
	return "$order: no message: " . shown($r) if $r->status != 0 && $r->stderr !~ /^ptsh: \S/m && $order !~ /^(?:write|malloc)/;
	return "$order: no message for its memory: " . shown($r)
	    if $order =~ /^malloc/ && $r->status != $good && $r->stderr !~ /memory|ptsh: \S/;
	return "$order: ended by a signal or without a reason: " . shown($r)
	    if $order =~ /^malloc/ && $r->status != $good && !$s->{untrusted} && $r->stderr =~ /did not prove|not a pin|not --pin|CHANGED|no such (?!request)/;
	return "$order: as if it were complete: " . shown($r) if $r->status == $good && $good == 0 && $r->stdout ne $s->{good};
	return "$order: went on with a key that is not trusted: " . shown($r) if $s->{untrusted} && $r->status == 0;
	return "$order: shows the password" if index($r->stdout . $r->stderr, $password) >= 0;
	return '';
}

# Instructions for each call up to N, some or all of them.
sub orders {
	my ($call, $what, $n, $most, $stride) = @_;
	my @k = 1 .. $n;

	if ($full && $stride > 1) {
		# All of the first and the last, where ptsh's own are.
		@k = grep { $_ <= 150 || $_ > $n - 250 || $_ % $stride == 0 } @k;
	} elsif (!$full && $n > $most) {
		my $shift = int rand($n / $most);
		@k = map { 1 + ($shift + int $_ * $n / $most) % $n } 0 .. $most - 1;
	}
	return map { "$call\@$_$what" } @k;
}

srand($ENV{SEED} // 1);
my (@work, @many, $runs);
for my $s (@scenarios) {
	my $r = run_it($s, "count=$folder/count");
	is $r->status, $s->{status} // 0, "$s->{name}: as it is" or diag shown($r);
	$s->{good} = $r->stdout;
	my %count = map { split } split /\n/, Box::slurp("$folder/count");
	my @orders = map { [$s, \&check_same, $_] } (
		map({ orders($_, '=EINTR', $count{$_}, 2, 1) } qw(read write recv send poll ppoll)),
		map({ orders($_, '=short', $count{$_}, 2, 1) } qw(read write recv send)),
		map({ orders($_, '=EAGAIN', $count{$_}, 2, 1) } qw(write recv send)),
		$s->{name} =~ /large/ ? () : ('recv@1+=short', 'send@1+=short', 'write@1+=short'),
	);
	push @orders, map { [$s, \&check_failure, $_] } (
		$full && $s->{each} ? () : orders('malloc', '', $count{malloc}, 16, $s->{stride} // 1),
		orders('malloc', '+', $count{malloc}, 4, $s->{stride} // ($full ? 3 : 1)),
		map({ my $call = $_; map({ orders($call, "=$_", $count{$call}, 1, 1) } qw(EIO ENOSPC)) } qw(open write fsync rename close)),
		map({ orders($_, '=EINTR', $count{$_}, 1, 1) } qw(open connect fsync rename close getrandom)),
		orders('getrandom', '=short', $count{getrandom}, 1, 1),
		orders('read', '=EAGAIN', $count{read}, 1, 1),
		map({ orders($_, '=EMFILE', $count{$_}, 2, 1) } qw(open socket pipe2)),
		map({ orders($_, '=ECONNRESET', $count{$_}, 1, 1) } qw(recv send)),
		map({ orders($_, '=EIO', $count{$_}, 1, 1) } qw(read fstat fcntl connect getrandom)),
	);
	@orders = $r->status == ($s->{status} // 0) ? grep { $_->[2] =~ /$calls/ } @orders : ();
	# Runs that wait are mixed with runs that compute.
	push @work, @orders;
	if ($full && $s->{each}) {
		my @each = map { "malloc\@$_" } 1 .. $count{malloc};
		while (my @some = splice @each, 0, 100) {
			push @many, [$s, @some];
			$runs += @some;
			$s->{runs} += @some;
		}
	}
	$s->{runs} += @orders;
	$runs += @orders;
}

# Some at a time: starting a process for each is half of the work.
my @portions;
push @portions, [splice @work, 0, 20] while @work;
push @portions, map { { many => $_ } } @many;
my %wrong;
Parallel::each($full ? 3 : 4, \@portions, sub {
	my ($portion) = @_;
	my @texts;
	if (ref $portion eq 'HASH') {
		my ($s, @orders) = @{ $portion->{many} };
		return join "\n", map { s/\n/; /gr } map { "$s->{name}\t$_" } grep { $_ ne '' } map { check_failure($s, @$_) } run_many($s, @orders);
	}
	for (@$portion) {
		my ($s, $check, $order) = @$_;
		my $text = eval { $check->($s, $order) } // "$order: $@";
		push @texts, "$s->{name}\t" . $text =~ s/\n/; /gr if $text ne '';
	}
	return join "\n", @texts;
}, sub {
	my ($portion, $text) = @_;
	for (split /\n/, $text) {
		my ($name, $what) = split /\t/, $_, 2;
		push @{ $wrong{$name} }, $what // '';
	}
});
for my $s (@scenarios) {
	my @wrong = @{ delete $wrong{ $s->{name} } // [] };
	ok !@wrong, "$s->{name} ($s->{runs} runs)" or diag join "\n", @wrong[0 .. ($#wrong < 14 ? $#wrong : 14)], scalar(@wrong) . ' failed';
}
is_deeply [keys %wrong], [], "nothing else went wrong ($runs runs)" or diag explain \%wrong;
# E31: a box with a wrong key never gets a login.
is scalar(grep { /login/ } $box{wrong}->received), 0, 'E31 a box with a wrong key never gets a login';
$_->stop for values %box;
done_testing;
