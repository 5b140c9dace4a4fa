#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# examples/check_ptsh: one line and Nagios's statuses, whatever the box does; the other examples work.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use Box;

my $top = abs_path(dirname(__FILE__) . '/../..');
my $ptsh = abs_path($ENV{PTSH} // "$top/build/ptsh");
my $dir = tempdir('ptsh-monitoring-XXXXXX', TMPDIR => 1, CLEANUP => 1);
%ENV = (PATH => $ENV{PATH}, BOX => $ENV{BOX}, HOME => $dir, LC_ALL => 'C.UTF-8', TERM => 'dumb', PTSH => $ptsh, ASAN_OPTIONS => $ENV{ASAN_OPTIONS} // '');

# What it prints, and its status.
sub check {
	my $pid = open my $out, '-|';
	die $! unless defined $pid;
	if ($pid == 0) {
		open STDIN, '<', '/dev/null';
		open STDERR, '>&', \*STDOUT;
		exec 'sh', "$top/examples/check_ptsh", @_ or exit 127;
	}
	my $text = do { local $/; <$out> };
	close $out;
	return ($text, $? >> 8);
}
sub says {
	my ($name, $status, $pattern, @words) = @_;
	my ($text, $is) = check(@words);
	is($is, $status, "$name: status $status");
	like($text, qr/\A$pattern[^\n|]*\n\z/, "$name: one line");
}

my $box = Box->start('--unix', "$dir/socket");
says('a box that answers', 0, qr/OK: the box answers, its daemon is process \d+/, "$dir/socket");
$box->stop;
my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 1) or die $!;
my $port = $listen->sockport;
close $listen;
says('a box that is down', 2, qr/CRITICAL: ptsh: .*refused/, "127.0.0.1:$port");
says('no box named', 3, qr/UNKNOWN: usage: /);
says('an option that is none', 3, qr/UNKNOWN: ptsh: unknown option/, '--tsl', 'core');
{
	local $ENV{PTSH} = "$dir/nothing";
	says('no ptsh', 3, qr/UNKNOWN: /, 'core');
}

# --- the files beside it ---

sub slurp { my ($path) = @_; open my $in, '<', $path or die "$path: $!"; local $/; return scalar <$in> }
sub dry { my $out = qx('$ptsh' -X -q -n @_ 2>&1); return ($?, $out) }
my ($status, $out) = dry("-f '$top/examples/nightly'");
is($status, 0, 'nightly: every line is a valid line') or diag($out);
my @timer = map { slurp("$top/examples/$_") } qw(nightly ptsh-nightly.service);
my ($command) = $timer[0] =~ /^#\t(ptsh .*)$/m;
my $unit = $command =~ s{ nightly }{ %h/nightly }r;
like($timer[1], qr/^ExecStart=\Q$unit\E$/m, 'the timer runs what cron runs');
for (grep { /\S/ && !/^#/ } split /\n/, slurp("$top/examples/rc")) {
	next if /^\./;
	my ($failed, $text) = dry(qq(-c "$_"));
	is($failed, 0, "rc: $_") or diag($text);
}
mkdir "$dir/.config";
mkdir "$dir/.config/ptsh";
open my $boxes, '>', "$dir/.config/ptsh/boxes" or die $!;
print $boxes slurp("$top/examples/boxes");
close $boxes or die $!;
for my $name (slurp("$top/examples/boxes") =~ /^(\w[\w-]*)/mg) {
	my $text = qx('$ptsh' -n -c ping $name 2>&1);
	is($text, qq(["ping"]\n), "boxes: $name");
}
done_testing();
