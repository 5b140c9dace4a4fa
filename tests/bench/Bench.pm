# Bench: runs programs in turn, takes medians, holds figures against bars.
#
#	my %took = compare(10, 20, ptsh => [...], floor => [...]);	# 10 rounds of 20 runs, in turn
#	$took{ptsh}{wall}, {cpu}, {rss}					# medians; rss: the most, in KiB
#	bar('one-shot', 'times the floor', $x, '<=', 1.25);		# a line of the table
#	note('one-shot', 'ms', $x);					# one without a bar
#
# Every figure is kept for figures().
package Bench;
use strict;
use warnings;
use Exporter 'import';
use File::Temp qw(tempdir);
use IO::Socket::INET;
use List::Util qw(max);
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep time);

our @EXPORT = qw($build $dir median compare measure start ended stop box installed bar note missing figures missed
    resident spent write_file slurp free_port);

our ($build, $dir);
my (@figures, %children, %told);
my $misses = 0;

sub setup {
	($build) = @_;
	$dir = tempdir('ptsh-bench-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	mkdir "$dir/home";
	%ENV = (PATH => $ENV{PATH}, HOME => "$dir/home", LC_ALL => 'C.UTF-8', TZ => 'UTC', TERM => 'xterm',
	    PTSH_PASSWORD => 'a password', BOX_PASSWORD => 'a password', map { $_ => $ENV{$_} } grep { /^BENCH_/ } keys %ENV);
	$| = 1;
}

END { kill 'TERM', keys %children if %children }

sub write_file {
	my ($path, @text) = @_;
	open my $file, '>:raw', $path or die "$path: $!\n";
	print $file @text;
	close $file or die "$path: $!\n";
	return $path;
}

sub slurp {
	my ($path) = @_;
	open my $file, '<:raw', $path or return '';
	local $/;
	return scalar(<$file>) // '';
}

sub installed {
	my ($program) = @_;
	return scalar grep { -x "$_/$program" } split /:/, $ENV{PATH};
}

sub free_port {
	my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "listen: $!\n";
	return $socket->sockport;
}

# --- programs ---

# Runs measure(1 of this folder); what it prints, a list a run.
sub measure {
	my ($how, @command) = @_;
	my @options = map { ("-$_", $how->{$_}) } grep { defined $how->{$_} } qw(n i o e);
	open my $lines, '-|', "$build/bench/measure", @options, @command or die "measure: $!\n";
	my @runs = map { [split] } <$lines>;
	close $lines or die "measure: @command: failed\n";
	for my $run (@runs) {
		die "@command: exit status $run->[3]\n" if $run->[3] != ($how->{status} // 0);
	}
	return @runs;
}

sub median {
	my @sorted = sort { $a <=> $b } @_;
	return @sorted % 2 ? $sorted[@sorted / 2] : ($sorted[@sorted / 2 - 1] + $sorted[@sorted / 2]) / 2;
}

# A subject is a command, or {i => stdin, o => stdout, e => stderr, command => [...]}.  In turn, so that what else the machine does
# falls on all of them.
sub compare {
	my ($rounds, $n, %subjects) = @_;
	my %runs;
	for my $round (1 .. $rounds) {
		for my $name (sort keys %subjects) {
			my $s = ref $subjects{$name} eq 'HASH' ? $subjects{$name} : {command => $subjects{$name}};
			push @{ $runs{$name} }, measure({ %$s, n => $n }, @{ $s->{command} });
		}
	}
	return map {
		my @r = @{ $runs{$_} };
		$_ => { wall => median(map { $_->[0] } @r), cpu => median(map { $_->[1] } @r), rss => max(map { $_->[2] } @r) };
	} keys %runs;
}

# Starts a program that says a line when it is ready; {pid, out, line}.
sub start {
	my ($how, @command) = @_;
	pipe my $out, my $in or die "pipe: $!\n";
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>&', $how->{out} // $in;
		open STDERR, '>', $how->{err} if defined $how->{err};
		close $out;
		exec { $command[0] } @command or POSIX::_exit(127);
	}
	$children{$pid} = 1;
	close $in;
	my $self = { pid => $pid, out => $out };
	$self->{line} = readline $out // die "@command: not ready\n" unless $how->{silent};
	$self->{port} = $1 if ($self->{line} // '') =~ /\bport (\d+)/;
	return $self;
}

# Waits for it; what it printed.
sub ended {
	my ($self) = @_;
	my @lines = readline $self->{out};
	waitpid $self->{pid}, 0;
	delete $children{ $self->{pid} };
	return join '', @lines;
}

sub stop {
	my ($self) = @_;
	kill 'TERM', $self->{pid};
	return ended($self);
}

# A box; its address in {at}.
sub box {
	my (@options) = @_;
	my $box = start({}, "$build/ptsh-box", @options);
	$box->{at} = "admin\@127.0.0.1:$box->{port}";
	return $box;
}

# KiB that a process holds.
sub resident {
	my ($pid) = @_;
	return (slurp("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m)[0] // 0;
}

# Seconds of processor time that a process has used.
sub spent {
	my ($pid) = @_;
	my @fields = split ' ', slurp("/proc/$pid/stat") =~ s/.*\) //sr;
	return ($fields[11] + $fields[12]) / POSIX::sysconf(POSIX::_SC_CLK_TCK());
}

# --- figures ---

sub shown { my ($x) = @_; return $x == int $x ? "$x" : $x >= 100 ? sprintf('%.0f', $x) : $x >= 1 ? sprintf('%.2f', $x) : sprintf('%.3g', $x) }

sub line {
	my ($what, $unit, $x, $bar, $verdict) = @_;
	printf "\n%s\n", $what unless $told{$what}++;
	printf "  %-58s %9s  %-10s %s\n", $unit, shown($x), $bar, $verdict;
	push @figures, join "\t", $what, $unit, $x, $bar, $verdict;
}

sub bar {
	my ($what, $unit, $x, $relation, $most) = @_;
	my $ok = $relation eq '<=' ? $x <= $most : $relation eq '>=' ? $x >= $most : $x == $most;
	$misses++ unless $ok;
	line($what, $unit, $x, "$relation $most", $ok ? 'ok' : 'MISSED');
}

sub note { my ($what, $unit, $x) = @_; line($what, $unit, $x, '', '') }

sub missing {
	my ($what, $peer) = @_;
	printf "\n%s\n", $what unless $told{$what}++;
	print "  ($peer is not installed: not compared with it)\n";
}

sub missed { return $misses }
sub figures { return @figures }

1;
