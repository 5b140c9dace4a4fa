# SPDX-License-Identifier: ISC
# The tests of scripts, again with every box demanding TLS: the same tests, the same output.
use strict;
use warnings;

use Certs;
use FindBin;
use Parallel;
use Test::More;

plan skip_all => 'not within itself' if $ENV{PTSH_TEST_TLS};

my $certs = $ENV{PTSH_TEST_TLS} = Certs::directory();
$ENV{SSL_CERT_FILE} = "$certs/ca.pem";
Parallel::each(3, [@ARGV ? @ARGV : qw(batch each events formats_e2e jobs requests)], sub {
	my ($name) = @_;
	my $output = qx{'$^X' '-I$FindBin::Bin/../lib' '$FindBin::Bin/$name.t' 2>&1};

	return ($? == 0 && $output =~ /^ok 1\b/m) . "\n$output";
}, sub {
	my ($name, $text) = @_;
	my ($good, @lines) = split /\n/, $text;

	ok $good, "$name.t in TLS (" . (grep { /^ok \d/ } @lines) . ' tests)' or diag join "\n", grep { !/^\s*ok / } @lines;
});

done_testing;
