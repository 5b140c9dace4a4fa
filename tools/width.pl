#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Writes src/base/width_table.h: which characters take no column and which take two, from Perl's copy of the
# Unicode character database.  Run it again when Unicode grows:  perl tools/width.pl > src/base/width_table.h
use strict;
use warnings;
use Unicode::UCD ();
no warnings 'utf8';

# Combining marks, format characters, and the vowels and finals of Hangul that join the syllable before them.
# Format characters that are drawn (Arabic number signs and the like: Prepended_Concatenation_Mark) take a column.
sub zero {
	my ($c) = @_;
	return 0 if $c =~ /\p{Prepended_Concatenation_Mark}/ || $c eq "\xad";
	return $c =~ /[\p{Mn}\p{Me}\p{Cf}]/ || $c =~ /\p{Hangul_Syllable_Type=V}|\p{Hangul_Syllable_Type=T}/;
}

sub wide { $_[0] =~ /\p{East_Asian_Width=W}|\p{East_Asian_Width=F}/ }

my @planes = ([0, 0xd7ff], [0xe000, 0x10ffff]);
my (@zero, @wide);

for my $range (@planes) {
	for my $point ($range->[0] .. $range->[1]) {
		my $c = chr $point;
		my $list = zero($c) ? \@zero : wide($c) ? \@wide : next;
		if (@$list && $list->[-1][1] == $point - 1) {
			$list->[-1][1] = $point;
		} else {
			push @$list, [$point, $point];
		}
	}
}

sub table {
	my ($name, $comment, $list) = @_;
	print "\n/* $comment */\nstatic const struct range $name\[] = {\n";
	my @cells = map { sprintf '{0x%04x, 0x%04x},', @$_ } @$list;
	print "\t", join(' ', splice @cells, 0, 5), "\n" while @cells;
	print "};\n";
}

print "/* SPDX-License-Identifier: ISC */\n";
print "/* Made by tools/width.pl from Unicode ", Unicode::UCD::UnicodeVersion(), ": do not edit. */\n";
table('zero', 'Marks, format characters, Hangul vowels and finals: no column of their own.', \@zero);
table('wide', 'East Asian wide and full-width, emoji: two columns.', \@wide);
