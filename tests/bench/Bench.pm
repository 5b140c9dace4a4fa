# SPDX-License-Identifier: ISC
# Bench: runs programs in turn, compares them run by run, holds figures against bars.
#
#	my $t = compare(10, 20, ptsh => [...], floor => [...]);		# 10 rounds of 20 runs each, in turn
#	$t->{ptsh}{wall}, {cpu}, {rss}					# medians of a run; rss: the most, in KiB
#	versus('one-shot', 'times the floor', $t, 'ptsh', 'floor', '<=', 1.25);	# a line of the table
#	bar('one-shot', 'MiB resident', $x, '<=', 16);			# one of a single figure
#	note('one-shot', 'MB', $x);					# one without a bar
#
# A ratio is the median of the rounds' ratios: what else the machine does falls on both programs of a round alike, so it
# says on a busy machine what it says on an idle one.  It is taken of processor time, which decides about the bar, and of
# elapsed time, which is shown beside it and includes waiting for the box and for the machine.
#
# Every figure is kept for figures(); those of an earlier run can be shown beside them (BENCH_BASE).
package Bench;
use strict;
use warnings;
use feature 'state';
use Exporter 'import';
use File::Temp qw(tempdir);
use IO::Socket::INET;
use List::Util qw(max min);
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep time);

our @EXPORT = qw($build $dir median compare ratio measure counted start ended stop box installed bar note both versus missing
    verdicts save resident spent write_file slurp free_port);

our ($build, $dir);
my ($measuring, @figures, %children, %titled, %base, @met, @missed, %absent);

sub setup {
	($build) = @_;
	$dir = tempdir('ptsh-bench-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	mkdir "$dir/home";
	%ENV = (PATH => $ENV{PATH}, HOME => "$dir/home", LC_ALL => 'C.UTF-8', TZ => 'UTC', TERM => 'xterm',
	    PTSH_PASSWORD => 'a password', BOX_PASSWORD => 'a password', map { $_ => $ENV{$_} } grep { /^BENCH_/ } keys %ENV);
	$| = 1;
	# What has been started ends.
	$SIG{$_} = sub { kill 'TERM', -$measuring if $measuring; exit 130 } for qw(INT TERM HUP);
	return unless defined $ENV{BENCH_BASE};
	die "BENCH_BASE: $ENV{BENCH_BASE}: $!\n" unless -r $ENV{BENCH_BASE};
	for (split /\n/, slurp($ENV{BENCH_BASE})) {
		my ($what, $unit, $x) = split /\t/;
		$base{"$what\t$unit"} = $x if defined $x && $x =~ /^[\d.]/;
	}
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
	$measuring = open(my $lines, '-|') // die "measure: $!\n";
	if ($measuring == 0) {
		setpgrp;	# so that all it starts can be ended
		exec "$build/bench/measure", @options, @command or POSIX::_exit(127);
	}
	my @runs = map { [split] } <$lines>;
	close $lines or die "measure: @command: failed\n";
	undef $measuring;
	for my $run (@runs) {
		die "@command: exit status $run->[3]\n" if $run->[3] != ($how->{status} // 0);
	}
	return @runs;
}

sub median {
	my @sorted = sort { $a <=> $b } @_;
	return @sorted % 2 ? $sorted[@sorted / 2] : ($sorted[@sorted / 2 - 1] + $sorted[@sorted / 2]) / 2;
}

# A subject is a command, or {i => stdin, o => stdout, e => stderr, command => [...]}.  The first one changes from round to
# round.  Of a round's runs the shortest counts: disturbances only add time.
sub compare {
	my ($rounds, $n, %subjects) = @_;
	my (%runs, %t);
	for my $round (1 .. $rounds) {
		my @names = sort keys %subjects;
		for my $name ($round % 2 ? @names : reverse @names) {
			my $s = ref $subjects{$name} eq 'HASH' ? $subjects{$name} : {command => $subjects{$name}};
			my @r = measure({ %$s, n => $n }, @{ $s->{command} });
			push @{ $runs{$name} }, [map { my $i = $_; $i == 2 ? max(map { $_->[2] } @r) : min(map { $_->[$i] } @r) } 0 .. 2];
		}
	}
	for my $name (keys %runs) {
		my @r = @{ $runs{$name} };
		$t{$name} = { wall => median(map { $_->[0] } @r), cpu => median(map { $_->[1] } @r), rss => max(map { $_->[2] } @r), rounds => \@r };
	}
	return \%t;
}

# The median of the rounds' ratios, and the quartiles around it.
sub ratio {
	my ($t, $one, $other, $time) = @_;
	my $i = $time eq 'wall' ? 0 : 1;
	my ($ones, $others) = map { $t->{$_}{rounds} } $one, $other;
	my @r = sort { $a <=> $b } map { $ones->[$_][$i] / ($others->[$_][$i] || 1e-6) } 0 .. $#$ones;

	return wantarray ? (median(@r), $r[$#r / 4], $r[$#r - int($#r / 4)]) : median(@r);
}

# How many instructions a command takes, or undef: this machine cannot count them.  They do not depend on what else runs.
sub counted {
	my ($how, @command) = @_;
	state $counter = counter();
	return undef unless $counter;
	my $in = $how->{i} // '/dev/null';
	my $said = `@{[join ' ', map { quotemeta } @$counter, @command]} 2>&1 >/dev/null <\Q$in\E`;
	my ($n) = $said =~ /^(\d+),[^,]*,instructions/m;
	($n) = $said =~ /I\s+refs:\s+([\d,]+)/ unless defined $n;
	die "counting: @command: $said\n" unless $? == 0 && defined $n;
	return $n =~ tr/,//dr;
}

sub counter {
	my $perf = installed('perf') ? `perf stat -x, -e instructions:u true 2>&1` : '';
	return ['perf', 'stat', '-x,', '-e', 'instructions:u'] if $perf =~ /^\d+,/m;
	return [qw(valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null)] if installed('valgrind');
	return undef;
}

# Starts a program that prints a line when it is ready; returns {pid, out, line}.
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

# Waits for it; returns what it printed.
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

sub shown {
	my ($x) = @_;
	return '' unless defined $x;
	return $x == int $x ? "$x" : $x >= 100 ? sprintf('%.0f', $x) : $x >= 1 ? sprintf('%.2f', $x) : sprintf('%.3g', $x);
}

sub heading {
	my ($what) = @_;
	printf "\n%-60s %9s %10s  %s\n", $what, 'figure', '(elapsed)', 'bar' unless $titled{$what}++;
}

# One or two figures, each [figure, low, high] where its spread is known.
sub line {
	my ($what, $unit, $first, $second, $bar, $verdict) = @_;
	my $was = $base{"$what\t$unit"} // $base{"$what\t$unit, processor"};
	my $change = $was ? sprintf ' (%+.0f %% since)', ($first->[0] / $was - 1) * 100 : '';
	heading($what);
	printf "  %-58s %9s %10s  %-8s %s%s\n", $unit, shown($first->[0]), $second ? '(' . shown($second->[0]) . ')' : '', $bar, $verdict, $change;
	push @figures, join "\t", $what, $second ? "$unit, processor" : $unit, map({ $_ // '' } @$first[0 .. 2]), $bar, $verdict;
	push @figures, join "\t", $what, "$unit, elapsed", map({ $_ // '' } @$second[0 .. 2]), '', '' if $second;
}

sub holds { my ($x, $relation, $most) = @_; return $relation eq '<=' ? $x <= $most : $relation eq '>=' ? $x >= $most : $x == $most }

sub judged {
	my ($what, $unit, $met) = @_;
	push @{ $met ? \@met : \@missed }, "$what: $unit";
	return $met ? 'met' : 'NOT MET';
}

sub bar {
	my ($what, $unit, $x, $relation, $most) = @_;
	line($what, $unit, [$x], undef, "$relation $most", judged($what, $unit, holds($x, $relation, $most)));
}

sub note { my ($what, $unit, $x) = @_; line($what, $unit, [$x], undef, '', '') }

# The ratios of processor time and of elapsed time.
sub both { my ($what, $unit, $t, $each) = @_; line($what, $unit, [$t->{cpu} * $each], [$t->{wall} * $each], '', '') }

# The ratio of what `one` takes to what `other` takes; without a relation: a note.  $elapsed: elapsed time decides, not processor
# time.
sub versus {
	my ($what, $unit, $t, $one, $other, $relation, $most, $elapsed) = @_;
	my ($cpu, $wall) = ([ratio($t, $one, $other, 'cpu')], [ratio($t, $one, $other, 'wall')]);
	return line($what, $unit, $cpu, $wall, '', '') unless $relation;
	my ($met, $other_met) = map { holds($_->[0], $relation, $most) } $elapsed ? ($wall, $cpu) : ($cpu, $wall);
	my $verdict = judged($what, $unit, $met);
	$verdict .= sprintf ' (%s: %s)', $elapsed ? 'processor' : 'elapsed', $other_met ? 'met' : 'not' if !$met != !$other_met;
	line($what, $unit, $cpu, $wall, "$relation $most", $verdict);
}

sub missing {
	my ($what, $peer) = @_;
	heading($what);
	print "  ($peer is not installed)\n";
	$absent{$peer} = 1;
}

# Writes the figures to a file.
sub save {
	my ($path, $about) = @_;
	write_file($path, map { "$_\n" } "# $about", "measurement\tquantity\tfigure\tlow quartile\thigh quartile\tbar\tverdict", @figures);
	return scalar @figures;
}

# Prints which bars are met and missed.
sub verdicts {
	my @lines = sprintf '%d of %d bars met', scalar @met, @met + @missed;
	push @lines, "NOT MET: $_" for @missed;
	push @lines, 'missing: ' . join ', ', sort keys %absent if %absent;
	return @lines;
}

1;
