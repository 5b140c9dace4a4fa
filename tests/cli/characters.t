#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# characters: every character of Unicode, judged by Perl's copy of its database: which are shown escaped, and the table
# of widths.
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
# What a tsv of them has: a line each.  -T: for a terminal.
sub lines_of {
	my ($options) = @_;
	open my $out, '-|:utf8', "$show $options -f x tsv < $dir/in" or die;
	chomp(my @lines = <$out>);
	close $out or die;
	is(scalar @lines, scalar @points, "show $options: a line for each character");
	return @lines;
}
# Those that are wrong; escape->(point) says which must be escaped.
sub wrong {
	my ($escape, @lines) = @_;
	my @wrong;
	for my $i (0 .. $#points) {
		my $p = $points[$i];
		my $want = !$escape->($p) ? chr $p : sprintf $p < 0x80 ? '\x%02x' : $p < 0x10000 ? '\u%04x' : '\U%08x', $p;
		push @wrong, sprintf 'U+%04X: %s', $p, $lines[$i] if $lines[$i] ne $want;
	}
	return "@wrong[0 .. ($#wrong > 20 ? 20 : $#wrong)]";
}
is(wrong(sub { !$shown{$_[0]} && ($not_shown{$_[0]} || chr($_[0]) =~ $unsafe) }, lines_of('-T')), '',
	'on a terminal exactly the unsafe ones are escaped');
is(wrong(sub { $_[0] < 0x20 || $_[0] >= 0x7f && $_[0] < 0xa0 }, lines_of('')), '', 'elsewhere exactly the control characters');

SKIP: {
	open my $file, '<', 'src/base/width_table.h' or die;
	my $table = do { local $/; <$file> };
	my $version = Unicode::UCD::UnicodeVersion();
	skip("this Perl knows Unicode $version, the table is of another", 1) if index($table, "Unicode $version:") < 0;
	is($table, scalar `$^X src/base/width_table.pl`, 'the table of widths is what its generator makes');
}
done_testing();
