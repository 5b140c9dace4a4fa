#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# tests/deps.sh where there is no apt-get: it names what is needed; whether building goes on depends on what is there.
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

my $r = deps('build');
is($r->status, 1, 'nothing is there: building does not go on');
like($r->stderr, qr/^\s*$_ .*libedit/m, "what $_ calls the packages") for qw(dnf pacman apk brew);
like($r->stderr, qr/libedit-dev/, '... and Debian');
unlike($r->stderr, qr/not found/, 'it needs nothing itself that might be missing');

open my $fake, '>', "$bin/pkg-config" or die $!;
print $fake "#!/bin/sh\nexit 0\n";
close $fake;
chmod 0755, "$bin/pkg-config";
$r = deps();
is($r->status, 0, 'the libraries are there: it goes on');
like($r->stderr, qr/libcmocka-dev/, '... and names what the tests need');
$r = deps('nonsense');
is($r->status, 2, 'no such group');
done_testing();
