# SPDX-License-Identifier: ISC
# The base of the tests: a child of a test never continues the test, work that dies is reported, and the output of failed tests is
# printed once more at the end.
use strict;
use warnings;

use Box;
use Child;
use File::Temp ();
use FindBin;
use Parallel;
use Test::More;

my $dir = File::Temp->newdir;

# Were a child that dies caught by this eval, the file would have a line of each of them.
for my $n (1 .. 3) {
	eval { waitpid Child::start(sub { close STDERR; die "no\n" }), 0 };
	is($? >> 8, 126, 'a child that dies has ended');
	eval { local $ENV{BOX}; Box->start };
	like($@, qr/^BOX: not set/, 'a box that cannot be started is reported');
	open my $file, '>>', "$dir/count" or die $!;
	print $file "$n\n";
	close $file;
}
is(Box::slurp("$dir/count"), "1\n2\n3\n", '... and nothing of the test ran twice');
my @alone = grep { Box::slurp($_) =~ /\bfork\s*(?:;|\/\/|\|\||or\b)/ } grep { !/(?:Child|Parallel)\.pm\z/ } glob "$FindBin::Bin/../{cli,term,faults,lib}/*.{t,pm}";
is("@alone", '', 'no test forks by itself');

my @items = 1 .. 9;
my @texts;
Parallel::each(3, \@items, sub { $_[0] == 5 ? die "five\n" : "did $_[0]" }, sub { push @texts, "$_[0]: $_[1]" });
is_deeply(\@texts, [map { $_ == 5 ? "5: died: five\n" : "$_: did $_" } 1 .. 9], 'in several processes: in order, and what died is reported');

Box::write_file("$dir/bad.t", "use Test::More; ok 1; is 1, 2, 'this one'; diag 'because'; done_testing;\n");
Box::write_file("$dir/good.t", "use Test::More; ok 1; done_testing;\n");
my $prove = "sh '$FindBin::Bin/../prove.sh' 2";
my $text = qx(cd '$FindBin::Bin/../..' && $prove $dir/bad.t $dir/good.t 2>&1);
is($? >> 8, 1, 'a failed test: status 1');
like($text, qr/^Result: FAIL\n.*^--- [^\n]*\n#   Failed test 'this one'\n.*^# because$/ms, '... and why, after the summary');
$text = qx(cd '$FindBin::Bin/../..' && $prove $dir/good.t 2>&1);
is($? >> 8, 0, 'none: status 0');
unlike($text, qr/^---/m, '... and nothing more is said');

done_testing;
