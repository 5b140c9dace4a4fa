#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# README's picture is what the program looks like: played again, it is the same to the byte.
use strict;
use warnings;
use Test::More tests => 4;
use Cwd qw(abs_path);
use File::Basename qw(dirname);

my $top = abs_path(dirname(__FILE__) . '/../..');
open my $in, '<', "$top/man/session.svg" or die $!;
my $picture = do { local $/; <$in> };
my $again = qx($^X '$top/tests/picture.pl');
is($?, 0, 'it is drawn');
ok($again eq $picture, 'the same (else: make picture, and look at it)') or diag($again =~ s/<[^>]*>//gr);
like($picture, qr/realm_discover_stop.*switch_detail.*realm_query/s, 'an event, what may come next, and the line being typed');
open $in, '<', "$top/README.md" or die $!;
like(do { local $/; <$in> }, qr/!\[[^]]+\]\(man\/session\.svg\)/, 'README shows it');
