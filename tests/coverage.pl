#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Which lines the tests reach, by folder, from what gcc --coverage left in a build folder: coverage.pl BUILD
#
# Prints a line a folder; BUILD/coverage.txt gets a line for each line of code that no test reaches.  Fails if a folder that has a
# bar is below it.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Find ();

my $build = abs_path(shift // die "usage: coverage.pl BUILD\n");
chdir dirname(abs_path($0)) . '/..' or die $!;

# What must be reached: percent.
my %bar = ('src/proto' => 95, 'src/lang' => 95, 'src/format' => 95, 'src/tls trust, known boxes, pins' => 95);
sub group {
	my ($path) = @_;
	return 'src/tls trust, known boxes, pins' if $path =~ m{^src/tls/(?:trust|remembered|known_\w+|pin)\.};
	return dirname($path);
}

my (@objects, %lines);		# path => line => times
File::Find::find({ no_chdir => 1, wanted => sub { push @objects, $_ if /\.gcno$/ && m{^\Q$build\E/src/} } }, $build);
for my $object (@objects) {
	open my $in, '-|', 'gcov', '--stdout', '--relative-only', $object or die "gcov: $!";
	my $path;
	while (<$in>) {
		my ($times, $line, $text) = /^\s*([^:]+):\s*(\d+):(.*)/ or next;
		if ($line == 0) {
			$path = $1 if $text =~ /^Source:(.*)/;
			next;
		}
		next if $times eq '-' || $path !~ m{^src/};
		# `#####` never; a line in several objects counts as often as in all.
		$lines{$path}{$line} += $times =~ /^(\d+)/ ? $1 : 0;
	}
	close $in;
}

my (%of, %reached);
open my $missed, '>', "$build/coverage.txt" or die $!;
for my $path (sort keys %lines) {
	for my $line (sort { $a <=> $b } keys %{ $lines{$path} }) {
		$of{$_}++ for group($path), 'all';
		if ($lines{$path}{$line}) {
			$reached{$_}++ for group($path), 'all';
		} else {
			print $missed "$path:$line\n";
		}
	}
}
close $missed;

my $failed = 0;
for my $group ((sort grep { $_ ne 'all' } keys %of), 'all') {
	my $percent = 100 * ($reached{$group} // 0) / $of{$group};
	my $low = defined $bar{$group} && $percent < $bar{$group};
	printf "%-34s %5d of %5d lines  %5.1f %%%s\n", $group, $reached{$group} // 0, $of{$group}, $percent,
	    $low ? "  below $bar{$group} %" : '';
	$failed = 1 if $low;
}
exit $failed;
