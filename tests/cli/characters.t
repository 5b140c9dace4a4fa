#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# characters: every character of Unicode, judged by Perl's copy of its database: what is shown escaped, and what the table
# of widths says.
use strict;
use warnings;
no warnings qw(utf8 nonchar);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use Test::More;
use Unicode::UCD ();

my $build = dirname($ENV{PTSH} // 'build/ptsh');
my $show = "$build/tests/unit/show";
-x $show or BAIL_OUT("no $show: `make programs` builds it");
my $dir = tempdir(CLEANUP => 1);

# Reasons to escape a character; and characters of these kinds that are shown, or others that are not.
my $unsafe = qr/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/;
my %shown = map { $_ => 1 } 0xfe0e, 0xfe0f;			# they only choose how the character before looks
my %not_shown = map { $_ => 1 } 0xfff9 .. 0xfffb,		# annotations
	0x13430 .. 0x1343f, 0x16fe4, 0x1d159, 0xfff0 .. 0xfff8;	# drawn by nothing, or not alone

my @points = grep { $_ != 0x22 && $_ != 0x5c && !($_ >= 0xd800 && $_ <= 0xdfff) } 0x20 .. 0x10ffff;
open my $in, '>:utf8', "$dir/in" or die;
print $in '["1",1,[', join(',', map { '["' . chr($_) . '"]' } @points), "]]\n";
close $in or die;
open my $out, '-|:utf8', "$show -f x tsv < $dir/in" or die;
chomp(my @lines = <$out>);
close $out or die;
is(scalar @lines, scalar @points, 'a line for each character');
my @wrong;
for my $i (0 .. $#points) {
	my $p = $points[$i];
	my $escape = !$shown{$p} && ($not_shown{$p} || chr($p) =~ $unsafe);
	my $want = !$escape ? chr $p : sprintf $p < 0x80 ? '\x%02x' : $p < 0x10000 ? '\u%04x' : '\U%08x', $p;
	push @wrong, sprintf 'U+%04X: %s', $p, $lines[$i] if $lines[$i] ne $want;
}
is("@wrong[0 .. ($#wrong > 20 ? 20 : $#wrong)]", '', 'exactly the unsafe ones are escaped');

SKIP: {
	open my $file, '<', 'src/base/width_table.h' or die;
	my $table = do { local $/; <$file> };
	my $version = Unicode::UCD::UnicodeVersion();
	skip("this Perl knows Unicode $version, the table is of another", 1) if index($table, "Unicode $version:") < 0;
	is($table, scalar `$^X src/base/width_table.pl`, 'the table of widths is what its generator makes');
}
done_testing();
