#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# All cases of tests/faults/*.case, six at a time (most of them wait), a test each.  FAULTS=PATTERN runs those whose name matches; PTSH_TEST_FULL=1
# the slow ones, too.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";

use Case;
use Certs;
use Parallel;

my @cases = map { Case::read_file($_) } sort glob "$FindBin::Bin/*.case";
@cases = grep { $_->name =~ /$ENV{FAULTS}/ } @cases if $ENV{FAULTS};
@cases = grep { !$_->is_full } @cases unless $ENV{PTSH_TEST_FULL};
@cases = grep { $_->is_possible } @cases;
# A sanitizer's malloc replaces the shim's, and it needs room for its shadow memory.
@cases = grep { !$_->uses('%SHIM%') && !$_->uses('ulimit -v') } @cases if Case::sanitized();
Certs::directory() if grep { $_->uses_certs } @cases;

Parallel::each(6, \@cases, sub {
	my ($case) = @_;
	my @wrong = $case->run;
	return join "\n", '# ' . $case->measured, @wrong;
}, sub {
	my ($case, $text) = @_;
	my ($measured, $wrong) = split /\n/, $text, 2;
	note $measured =~ s/^# //r if $measured ne '# ';
	ok !defined $wrong, $case->name or diag "$case->{at}\n$wrong";
});
done_testing;
