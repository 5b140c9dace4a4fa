#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Writes src/base/width_table.h: which characters take no column and which take two, from Perl's copy of the
# Unicode character database.  Run it again when Unicode grows:  perl src/base/width_table.pl > src/base/width_table.h
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

print "/* SPDX-License-Identifier: ISC AND Unicode-DFS-2016 */\n";
print "/*\n * Made by src/base/width_table.pl from Unicode ", Unicode::UCD::UnicodeVersion(), ": do not edit.\n *\n";
print map { " * $_" =~ s/ +$//mr } <DATA>;
print " */\n";
table('zero', 'Marks, format characters, Hangul vowels and finals: no column of their own.', \@zero);
table('wide', 'East Asian wide and full-width, emoji: two columns.', \@wide);
__DATA__
Copyright (c) 1991-2021 Unicode, Inc. All rights reserved.
Distributed under the Terms of Use in https://www.unicode.org/copyright.html.

Permission is hereby granted, free of charge, to any person obtaining a copy of
the Unicode data files and any associated documentation (the "Data Files") or
Unicode software and any associated documentation (the "Software") to deal in
the Data Files or Software without restriction, including without limitation
the rights to use, copy, modify, merge, publish, distribute, and/or sell copies
of the Data Files or Software, and to permit persons to whom the Data Files or
Software are furnished to do so, provided that either
(a) this copyright and permission notice appear with all copies of the Data
Files or Software, or
(b) this copyright and permission notice appear in associated Documentation.

THE DATA FILES AND SOFTWARE ARE PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND,
EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT OF THIRD
PARTY RIGHTS. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR HOLDERS INCLUDED IN THIS
NOTICE BE LIABLE FOR ANY CLAIM, OR ANY SPECIAL INDIRECT OR CONSEQUENTIAL
DAMAGES, OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS,
WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING
OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THE DATA FILES OR
SOFTWARE.

Except as contained in this notice, the name of a copyright holder shall not be
used in advertising or otherwise to promote the sale, use or other dealings in
these Data Files or Software without prior written authorization of the
copyright holder.
