#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# The list of guards (tests/mutants) fits the sources: a change of a guard, or of the name of its test, is repeated there,
# too.  That the tests do miss them is `make check-mutants`.
use strict;
use warnings;
use Test::More tests => 3;
use FindBin;

my $said = `perl '$FindBin::Bin/../mutants/run.pl' --look 2>&1`;
is($said . $?, '0', 'every guard stands in its file once, and its test is there');

# A mistyped option is no folder to build in.
for my $wrong ('--help', '--loook') {
	my $refused = `perl '$FindBin::Bin/../mutants/run.pl' $wrong 2>&1`;
	ok($? != 0 && $refused =~ /^usage: / && !-e $wrong, "$wrong is refused");
}
