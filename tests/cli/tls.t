# What scripts do, once more with every box demanding TLS: the same tests, the same output.
use strict;
use warnings;

use Certs;
use FindBin;
use Test::More;

plan skip_all => 'not within itself' if $ENV{PTSH_TEST_TLS};

my $certs = $ENV{PTSH_TEST_TLS} = Certs::directory();
$ENV{SSL_CERT_FILE} = "$certs/ca.pem";
for my $name (@ARGV ? @ARGV : qw(batch each events formats_e2e jobs requests)) {
	my $output = qx{'$^X' '-I$FindBin::Bin/../lib' '$FindBin::Bin/$name.t' 2>&1};
	ok $? == 0 && $output =~ /^ok 1\b/m, "$name.t in TLS (" . (() = $output =~ /^ok \d/mg) . ' tests)'
	    or diag join "\n", grep { !/^\s*ok / } split /\n/, $output;
}

done_testing;
