#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# tests/deps.sh where there is no apt-get: it names what is needed; whether building continues depends on what is installed.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use Run;

my $top = abs_path(dirname(__FILE__) . '/../..');
my $bin = tempdir(CLEANUP => 1);
for my $tool (qw(cat fold sed)) {
	my ($path) = grep { -x } map { "$_/$tool" } split /:/, $ENV{PATH};
	symlink $path, "$bin/$tool" or die "$tool: $!";
}
sub deps { return Run->ptsh(program => '/bin/sh', args => ["$top/tests/deps.sh", @_], env => {PATH => $bin}) }

my $r = deps('demo');
is($r->status, 1, 'nothing is there: building stops');
like($r->stderr, qr/^\s*$_ .*libedit/m, "what $_ calls the packages") for qw(dnf pacman apk brew);
like($r->stderr, qr/libedit-dev/, '... and Debian');
unlike($r->stderr, qr/not found/, 'it needs nothing itself that might be missing');

open my $fake, '>', "$bin/pkg-config" or die $!;
print $fake "#!/bin/sh\nexit 0\n";
close $fake;
chmod 0755, "$bin/pkg-config";
$r = deps('check');
is($r->status, 0, 'the libraries are there: it continues');
like($r->stderr, qr/libcmocka-dev/, '... and names what the tests need');

# With apt-get, what the goals of make need, and no more than that.
for my $tool (qw(apt-get dpkg-query tr)) {
	my $fake = $tool =~ /^(?:apt-get|dpkg-query)$/;
	my ($path) = $fake ? "$bin/pkg-config" : grep { -x } map { "$_/$tool" } split /:/, $ENV{PATH};
	symlink $path, "$bin/$tool" or die "$tool: $!";
}
for (['demo', qr/ gcc .* libsnmp-dev\b/, qr/cmocka|clang|snmpd|lintian|redis/], ['all', qr/ gcc .* libsnmp-dev\b/, qr/cmocka|clang/],
    ['install', qr/ libedit-dev\b/, qr/cmocka/], ['check', qr/ gcc .* libcmocka-dev .* snmpd .* lintian\b/, qr/redis-server/],
    ['check-all', qr/ clang .* lintian .*/, qr/redis-server/], ['deb', qr/ gcc .* debhelper\b/, qr/clang/],
    ['bench', qr/ gcc .* redis-server\b/, qr/clang/]) {
	my ($goal, $with, $without) = @$_;
	$r = deps('-n', $goal);
	is($r->status, 1, "$goal: something is missing");
	like($r->stdout, $with, '... what it needs');
	unlike($r->stdout, $without, '... and no more');
}
open my $in, '<', "$top/debian/control" or die $!;
my ($needs) = do { local $/; <$in> } =~ /^Build-Depends:((?:.*\n)(?: .*\n)+)/m;
for (grep { !/^debhelper-compat/ } map { s/^\s+|\s+\z//gr } split /,/, $needs) {
	my $names = join '|', map { /^(\S+)/ } split / \| /;
	like(deps('-n', 'deb')->stdout, qr/ (?:$names)\b/, "deb: $_ is installed");
}
$r = deps('-n', 'demo', 'check');
like($r->stdout, qr/^deps: missing:(?: (\S+)(?!.* \1(?: |$)))+$/, 'two goals: each package once');
done_testing();
