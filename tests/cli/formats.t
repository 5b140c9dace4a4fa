#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# formats: 12,000 awkward values through every format, judged by independent programs: JSON::XS, jq, Python's
# csv, and a tsv reader in Perl.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use JSON::XS ();
use Test::More;

my $build = dirname($ENV{PTSH} // 'build/ptsh');
my $show = "$build/tests/unit/show";
-x $show or BAIL_OUT("no $show: `make programs` builds it");
my $dir = tempdir(CLEANUP => 1);
my $seed = $ENV{FORMATS_SEED} // 20240229;
srand $seed;
diag("FORMATS_SEED=$seed") if $ENV{FORMATS_SEED};

sub spew { my ($name, $bytes) = @_; open my $f, '>:raw', "$dir/$name" or die; print $f $bytes; close $f or die; "$dir/$name" }
sub slurp { my ($path) = @_; open my $f, '<:raw', $path or die "$path: $!"; local $/; my $t = <$f>; $t // '' }

# --- values: [bytes of the text or undef, JSON text]; numbers and nested ones have no bytes ---

my @controls = map { chr } 0 .. 0x1f, 0x7f .. 0x9f;
my @awkward = (@controls, map { chr } 0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x200b .. 0x200f, 0x2028 .. 0x202e, 0x2060 .. 0x2069,
	0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xfff9 .. 0xfffd, 0xe0001, 0xe0041, 0x1f600, 0x1f469, 0x10ffff, 0xfffe, 0xfdd0, 0x301);
my @plain = (map({ chr } 0x20 .. 0x5b, 0x5d .. 0x7e), qw(\t), map { chr } 0xe9, 0x6771, 0x5d0, 0x391, 0xac00, 0xf8ff, 0x20ac);
my @bad = ("\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x9b", "\xf0\x9f\x98");
my @numbers = qw(0 -0 1 -1 9007199254740993 12345678901234567890 0.1000 0.10 1e400 -1e400 1E+2 1.5e-300 1202674637.64799 38952865423);

sub utf8_of { my $t = shift; utf8::encode($t); $t }

# A character as it may stand in JSON: raw where that is allowed, or in one of its escapes.
sub json_char {
	my ($c) = @_;
	my %short = ("\n" => '\n', "\t" => '\t', "\r" => '\r', "\b" => '\b', "\f" => '\f', '"' => '\"', '\\' => '\\\\', '/' => '\/');
	return $short{$c} if exists $short{$c} && ($c ne '/' || rand() < 0.5) && rand() < 0.8;
	my $o = ord $c;
	if ($o < 0x20 || $c eq '"' || $c eq '\\' || rand() < 0.2) {
		return $o > 0xffff ? sprintf('\u%04x\u%04X', 0xd800 + (($o - 0x10000) >> 10), 0xdc00 + ($o & 0x3ff)) : sprintf('\u%04x', $o);
	}
	return utf8_of($c);
}

sub text {
	my ($kinds, $most) = @_;
	my ($bytes, $json) = ('', '"');
	for (1 .. int rand $most) {
		my $kind = substr $kinds, int rand length $kinds, 1;
		if ($kind eq 'b') {
			my $b = $bad[rand @bad];
			# a cut character must not be completed by what follows
			$bytes .= "$b.";
			$json .= "$b.";
			next;
		}
		my $c = $kind eq 'a' ? $awkward[rand @awkward] : $kind eq 's' ? '\\' : $plain[rand @plain];
		$c = chr 0x20 if length $c != 1;
		$bytes .= utf8_of($c);
		$json .= json_char($c);
	}
	return [$bytes, "$json\""];
}

sub nested {
	my ($depth) = @_;
	return text('paaa', 5)->[1] if $depth == 0 || rand() < 0.2;
	return $numbers[rand @numbers] if rand() < 0.1;
	my @parts = map { nested($depth - 1) } 1 .. int rand 4;
	my $blank = rand() < 0.3 ? ' ' : '';
	return '[' . join("$blank,$blank", @parts) . ']' if rand() < 0.5;
	return "{$blank" . join(",$blank", map { text('pa', 6)->[1] . "$blank:$blank$_" } @parts) . '}';
}

sub deep { my ($n) = @_; ('[' x $n) . '"\u001b"' . (']' x $n) }

# Columns: any text; text with backslashes; numbers; null and literals; nested.
my (@rows, @lines);
for my $i (1 .. 2400) {
	my @row = (
		text($i % 3 ? 'ppa' : 'a', 30),
		text('pps', 30),
		[undef, $numbers[rand @numbers]],
		[undef, (qw(null true false), '""')[rand 4]],
		[undef, $i % 400 ? nested(4) : deep(200)],
	);
	push @rows, \@row;
}
push @rows, [[$_, '"' . json_char($_) . '"'], ['x', '"x"'], [undef, 0], [undef, 'null'], [undef, '{}']]
	for map { utf8_of($_) } map { chr } 0x20 .. 0x7e;
$rows[-1 - $_][0] = [utf8_of(chr $_), sprintf '"\u%04x"', $_] for 0 .. 0x1f, 0x7f .. 0x9f;

sub reply { my ($shape, @r) = @_; my $t = join ',', map { '[' . join(',', map { $_->[1] } @$_) . ']' } @r; $shape ? "[\"1\",1,$t]" : "[\"1\",1,[$t]]" }

my @batches;
push @batches, [splice @{[@rows]}, $_ * 100, 100] for 0 .. $#rows / 100;
my $good = join '', map { reply($_ % 2, @{$batches[$_]}) . "\n" } 0 .. $#batches;
my $good_file = spew('good', $good);

my @bad_rows = map { [text('pab', 20), text('pb', 20), [undef, 1], [undef, 'null'], [undef, '[' . text('ppb', 9)->[1] . ']']] } 1 .. 500;
my $bad_file = spew('bad', reply(0, @bad_rows) . "\n");

sub run {
	my ($file, $format, @options) = @_;
	my $out = "$dir/out";
	system("$show -f a,b,c,d,e @options $format < $file > $out 2> $dir/err") == 0 or diag("$format: ", slurp("$dir/err"));
	is(slurp("$dir/err"), '', "$format @options: no complaint");
	return slurp($out);
}

# What must not reach a terminal.
sub harmless {
	my ($bytes, $what) = @_;
	my $text = $bytes;
	ok(utf8::decode($text), "$what is UTF-8");
	ok($bytes !~ /[\x00-\x08\x0b-\x1f\x7f]/, "$what: no control but LF and TAB");
	ok($text !~ /[\x{80}-\x{9f}\x{61c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]/, "$what: no C1, no bidi");
	ok($text !~ /[\x{200b}-\x{200d}\x{2028}\x{2029}\x{feff}\x{e0000}-\x{e007f}]/, "$what: nothing invisible");
}

# What tsv and csv of a file escape: controls, and nothing else.
sub no_controls {
	my ($bytes, $what) = @_;
	my $text = $bytes;
	ok($bytes !~ /[\x00-\x08\x0b-\x1f\x7f]/, "$what: no control but LF and TAB");
	ok(utf8::decode($text), "$what is UTF-8");
	ok($text !~ /[\x{80}-\x{9f}]/, "$what: no C1");
}

my $xs = JSON::XS->new->utf8->allow_nonref->canonical->max_depth(512);

# Canonical text of a value with every number as the text it was written as (JSON::XS would change digits).
sub numbers_as_text {
	my ($json) = @_;
	my $out = '';
	while ($json =~ /\G(?:("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)|([^"\d-]+))/gcs) {
		$out .= defined $1 ? $1 : defined $2 ? "\"number $2\"" : $3;
	}
	return $out;
}
sub canonical { my ($json) = @_; $xs->encode($xs->decode(numbers_as_text($json))) }

sub all_equal {
	my ($got, $expected, $what) = @_;
	is(scalar @$got, scalar @$expected, "$what: count");
	for my $i (0 .. $#$expected) {
		next if defined $got->[$i] && $got->[$i] eq $expected->[$i];
		fail("$what: value $i");
		diag('got      ', $xs->encode($got->[$i] // 'nothing'), "\nexpected ", $xs->encode($expected->[$i]));
		return;
	}
	pass("$what: " . @$expected . ' values are the same');
}

for my $large ('', '-l 3000') {
	# json, by JSON::XS and jq
	my $json = run($good_file, 'json', $large);
	is($json, $good =~ s/^\["1",1,/[/gmr, "json $large: the bytes of the box");
	my @got = map { canonical($_) } split /\n/, $json;
	my @expected = map { s/^\["1",1,/[/r } split /\n/, $good;
	all_equal(\@got, [map { canonical($_) } @expected], "json $large by JSON::XS");
	is(`jq -c 'length' < $dir/out | wc -l` + 0, scalar @batches, "json $large is read by jq");

	# tsv, by what ptsh(1) says of it
	my $tsv = run($good_file, 'tsv', $large);
	no_controls($tsv, "tsv $large");
	my %undo = (n => "\n", t => "\t", r => "\r", '\\' => '\\');
	my @cells = map { map { s/\\(?:([ntr\\])|x(..)|u(....)|U(........))/defined $1 ? $undo{$1} : defined $2 ? chr hex $2 : utf8_of(chr hex($3 \/\/ $4))/ger }
		map { split /\t/, $_, -1 } $_ } split /\n/, $tsv;
	is(scalar @cells, 5 * @rows, "tsv $large: cells");
	all_equal([map { $cells[$_ * 5], $cells[$_ * 5 + 1] } 0 .. $#rows], [map { $_->[0][0], $_->[1][0] } @rows], "tsv $large: texts");
	all_equal([map { $cells[$_ * 5 + 2] } 0 .. $#rows], [map { $_->[2][1] } @rows], "tsv $large: numbers");
	all_equal([map { $cells[$_ * 5 + 3] } 0 .. $#rows], [map { $_->[3][1] =~ s/^(?:null|"")$//r } @rows], "tsv $large: null");
	my @nested = grep { $rows[$_][4][1] =~ /^[\[{]/ } 0 .. $#rows;
	all_equal([map { canonical($cells[$_ * 5 + 4]) } @nested], [map { canonical($rows[$_][4][1]) } @nested], "tsv $large: nested");

	# csv, by Python.  A backslash is doubled only where something was escaped, or might seem to be.
	my $undo_csv = sub { $_[0] =~ s/\\(?:([r\\])|x([0-9a-f]{2})|u([0-9a-f]{4}))/defined $1 ? ($1 eq 'r' ? "\r" : '\\') : chr hex($2 \/\/ $3)/ger };
	my $csv = run($good_file, 'csv', '-h', $large);
	(my $unix = $csv) =~ s/\r\n/\n/g;
	no_controls($unix, "csv $large");
	open my $python, '-|', 'python3', '-c', <<'EOP', "$dir/out" or die;
import csv, json, sys
csv.field_size_limit(1 << 30)
with open(sys.argv[1], newline='', encoding='utf-8') as f:
    for row in csv.reader(f, strict=True):
        print(json.dumps(row))
EOP
	my @read = map { $xs->decode($_) } <$python>;
	ok(close $python, "csv $large is read by Python");
	is(scalar @read, scalar @rows, "csv $large: records");
	is(scalar(grep { @$_ != 5 } @read), 0, "csv $large: every record has as many fields");
	all_equal([map { utf8_of($undo_csv->($_->[0])) } @read],
		[map { $_->[0][0] } @rows], "csv $large: texts");
	all_equal([map { utf8_of($undo_csv->($_->[1])) } @read], [map { $_->[1][0] } @rows], "csv $large: texts with backslashes");
	all_equal([map { $_->[2] } @read], [map { $_->[2][1] } @rows], "csv $large: numbers");
	all_equal([map { canonical(utf8_of($undo_csv->($read[$_][4]))) } @nested], [map { canonical($rows[$_][4][1]) } @nested], "csv $large: nested");

	# records, by jq (whose numbers are doubles: these are looked at in the text)
	my $records = run($good_file, 'records', $large);
	my @objects = map { $xs->decode($_) } split /\n/, `jq -c '[.a, .b, .d, .e]' < $dir/out`;
	is(scalar @objects, scalar @rows, "records $large: read by jq");
	all_equal([map { utf8_of($_->[0]), utf8_of($_->[1]) } @objects], [map { $_->[0][0], $_->[1][0] } @rows], "records $large: texts");
	all_equal([map { canonical($_) } split /\n/, $records],
		[map { my $r = $_; canonical('{' . join(',', map { '"' . qw(a b c d e)[$_] . '":' . $r->[$_][1] } 0 .. 4) . '}') } @rows],
		"records $large by JSON::XS");

	is(run($good_file, 'raw', $large), $good, "raw $large is untouched");

	# On a terminal, whatever the format.
	harmless(run($good_file, $_, $large, '-T') =~ s/\r\n/\n/gr, "$_ $large on a terminal") for qw(json tsv csv records);
}

# table: harmless, and nothing at the ends of lines.
my $table = run($good_file, 'table');
harmless($table, 'table');
my @table = split /\n/, $table;
is(scalar @table, @rows + 2 * @batches, 'table: a line a row, headings and a rule for each reply');
my $blanks = grep { / $/ } @table;
my $typed = grep { $_->[4][1] =~ /^".* "$/ } @rows;
cmp_ok($blanks, '<=', $typed, 'table: lines end with a blank only where the value does');

# What is not UTF-8.
my $tsv = run($bad_file, 'tsv', '-T');
harmless($tsv, 'tsv of bad bytes');
my @cells = map { (split /\t/, $_, -1)[0] } split /\n/, $tsv;
my %undo = (n => "\n", t => "\t", r => "\r", '\\' => '\\');
all_equal([map { s/\\(?:([ntr\\])|x(..)|u(....)|U(........))/defined $1 ? $undo{$1} : defined $2 ? chr hex $2 : utf8_of(chr hex($3 \/\/ $4))/ger } @cells],
	[map { $_->[0][0] } @bad_rows], 'tsv of bad bytes: every byte is there');
for my $format (qw(table csv json records)) {
	my $out = run($bad_file, $format, '-T');
	$out =~ s/\r\n/\n/g if $format eq 'csv';
	harmless($out, "$format of bad bytes");
}
open my $python, '-|', 'python3', '-c', 'import sys; sys.stdout.buffer.write(open(sys.argv[1], "rb").read().decode("utf-8", "replace").encode())', $bad_file or die;
my $replaced = do { local $/; <$python> };
is(canonical(run($bad_file, 'json', '-T') =~ s/\n$//r), canonical($replaced =~ s/^\["1",1,/[/r =~ s/\n$//r),
	'json of bad bytes: U+FFFD where Python puts it');

done_testing();
