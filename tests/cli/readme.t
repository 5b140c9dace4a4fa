#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# README.md is short and its one-liners work; src/README.md lists the files as they describe themselves.
use strict;
use warnings;
use Child;
use Test::More;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);

my $top = abs_path(dirname(__FILE__) . '/../..');
my $ptsh = $ENV{PTSH} // "$top/build/ptsh";
%ENV = (PATH => $ENV{PATH}, HOME => tempdir(CLEANUP => 1), LC_ALL => 'C.UTF-8');

sub slurp {
	my ($path) = @_;
	open my $in, '<', "$top/$path" or die "$path: $!";
	local $/;
	return scalar <$in>;
}

my $readme = slurp('README.md');
cmp_ok(scalar(() = $readme =~ /\n/g), '<=', 120, 'README.md has at most 120 lines');
my @missing = grep { !-e "$top/$_" } $readme =~ /\]\(([^):]+)\)/g;
is("@missing", '', 'what it links to is there');
my $layout = qx($^X $top/tests/layout.pl);
is($?, 0, 'every file opens with what it is');
my ($listed) = slurp('src/README.md') =~ /<!-- layout -->\n(.*)<!-- \/layout -->/s;
is($listed, $layout, 'the list of files is up to date (else: perl tests/layout.pl -w)');

my @lines = $readme =~ /ptsh .*?-c (?:'([^']+)'|"([^"]+)"|([a-z_]+))/g;
@lines = grep { defined } @lines;
cmp_ok(scalar @lines, '>=', 6, 'lines are found');
for my $line (@lines) {
	# What a command runs is a line, too.
	my @parts = $line =~ /^\.(?:each|on [a-z_]+)/ ? $line =~ /^\.(?:each (.*?)|on \S+) -- (.*)/ : $line;
	for my $part (grep { defined && length } @parts) {
		$part =~ s/\{\w+\}/1/g;
		my $pid = Child::start(sub {
			open STDOUT, '>', '/dev/null';
			exec $ptsh, '-X', '-q', '-n', '-c', $part or die "$ptsh: $!\n";
		});
		waitpid $pid, 0;
		is($? >> 8, 0, "-n of: $part");
	}
}

done_testing();
