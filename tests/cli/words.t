#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# The words: what a user reads, and what a developer reads, is the English that psql, ssh and git use.
use strict;
use warnings;
use Test::More;
use FindBin;

my $top = "$FindBin::Bin/../..";

sub text
{
	my ($path) = @_;
	open my $f, '<:encoding(UTF-8)', $path or die "$path: $!";
	local $/;
	return <$f>;
}

# Words that are not in anything a user reads, and what stands instead.
my @never = (
	[qr/\b(?:told|tells?|telling)\b/, 'report, print, show, notify, warn'],
	[qr/\b(?:is|are|was|be|been) had\b/, 'get, cannot read, cannot list'],
	[qr/\b(?:some|any|no|every)body\b/, 'user, peer, another process, none'],
	[qr/\bwhom\b/, 'the host, the user that'],
	[qr/\bfor ever\b/, 'until interrupted'],
	[qr/\b(?:so|nor) do(?:es)?\b/, 'also; write a sentence'],
	[qr/\ball the same\b/, 'anyway, too'],
	[qr/\bunless told\b/, 'by default'],
	[qr/\bvouch\w*/, 'verify'],
	[qr/\bthere is no (?!answer|DNS)[\w ]+? (?:that|of this)\b/, 'no such'],
	[qr/\bthere is nothing\b/, 'no such, nothing to do'],
	[qr/\bexpected\b/, 'must be'],
	[qr/\bgo(?:es)? on\b/, 'continue'],
	[qr/\bgoing on\b/, 'continuing'],
	[qr/\b(?:in front of|(?<!falls )behind)\b/, 'before, after'],
	[qr/\b(?:it is|is) there again\b/, 'reconnected'],
	[qr/\b(?:its|somebody) own business\b/, 'say what is wrong'],
	[qr/\bleave \S+ off away\b/, 'remove'],
	[qr/\b(?:reply|replies|answer) (?:is|are) waited for\b/, 'wait for, time-out'],
	[qr/\bsent no longer\b/, 'unsubscribe'],
);
# Words that are not in a comment either.
my @nor_in_comments = (
	[qr/\b(?:told|telling)\b/, 'reported, notified, called'],
	[qr/\b(?:is|are|was|be|been) had\b/, 'get'],
	[qr/\b(?:some|any|no|every)body\b/, 'caller, user, peer, another process, none'],
	[qr/\bwhom\b/, 'which'],
	[qr/\bfor ever\b/, 'until'],
	[qr/\ball the same\b/, 'anyway, although'],
	[qr/\bvouch\w*/, 'verify'],
	[qr/\btells?\b/, 'reports, prints, shows'],
	[qr/\bwhoever\b/, 'the caller, the process that'],
	[qr/\b(?:in front of|(?<!falls )behind)\b/, 'before, after'],
	[qr/\b(?:goes?|going|gone) on\b/, 'continues'],
	[qr/\bnor do(?:es)?\b/, 'and ... not'],
	[qr/\brefuses to know\b/, 'does not know'],
	[qr/\bhanded (?:on|over)\b/, 'passed on'],
);
# Nor in a test, in its name or its titles.
my @nor_in_tests = (@nor_in_comments[0 .. 6], $nor_in_comments[8], [qr/\b(?<!falls )behind\b/, 'before, after']);

# The lines of a text that have one of the words: FILE:LINE: the word; instead.
sub found
{
	my ($name, $t, $words) = @_;
	my @found;

	for my $word (@$words) {
		my ($pattern, $instead) = @$word;
		while ($t =~ /$pattern/gi) {
			my $line = 1 + (substr($t, 0, $-[0]) =~ tr/\n//);
			push @found, "$name:$line: '" . ($& =~ s/\s+/ /gr) . "' (write: $instead)";
		}
	}
	return @found;
}

# A source with all but its strings, or all but its comments, made blank; lines stay.
sub part_of
{
	my ($t, $comments) = @_;
	my $out = '';

	$t =~ s/^[ \t]*#\s*include[^\n]*//mg;
	while ($t =~ m{\G(?:(/\*.*?\*/)|("(?:\\.|[^"\\])*+")|('(?:\\.|[^'\\])+')|(.))}gs) {
		my ($comment, $string, $all) = ($1, $2, $&);
		my $keep = $comments ? defined $comment : defined $string;
		$out .= $keep ? $all =~ s/\\n/  /gr : $all =~ tr/\n/ /cr;
	}
	return $out;
}

# It can fail.
is_deeply [found('x.c', part_of("/* told */\nf(\"a\",\n  \"nobody is told\");", 0), [@never[0, 2]])],
    ["x.c:3: 'told' (write: $never[0][1])", "x.c:3: 'nobody' (write: $never[2][1])"], 'a word in a string is found, with file and line';
is_deeply [found('x.c', part_of("\"told\"\n/*\n * is told\n */", 1), [$nor_in_comments[0]])],
    ["x.c:3: 'told' (write: $nor_in_comments[0][1])"], '... and in a comment';

my @sources = map { s{^\Q$top\E/}{}r } sort glob("$top/src/*.[ch] $top/src/*/*.[ch] $top/src/*/*.def");
cmp_ok scalar @sources, '>', 100, 'the sources are there';
is join("\n", map { found($_, part_of(text("$top/$_"), 0), \@never) } @sources), '', 'plain words in what ptsh prints';
is join("\n", map { found($_, part_of(text("$top/$_"), 1), \@nor_in_comments) } grep { !m{/width_table\.h$} } @sources), '',
    'plain words in comments';	# width_table.h has Unicode's licence

my @tests = map { s{^\Q$top\E/}{}r } sort glob("$top/tests/*.{pl,sh,mk,supp} $top/tests/*/*.{t,pl,pm,case,guards}");
cmp_ok scalar @tests, '>', 100, 'the tests are there';
is join("\n", map { found($_, text("$top/$_"), \@nor_in_tests) } grep { !m{/words\.t$} } @tests), '', 'plain words in tests';
my @programs = map { s{^\Q$top\E/}{}r } sort glob("$top/tests/*/*.[ch]");
is join("\n", map { found($_, part_of(text("$top/$_"), 1), \@nor_in_comments) } @programs), '', '... in their comments';
is join("\n", map { found($_, text("$top/$_") =~ s/_/ /gr, [[qr/\bstatic void (?:\w+ )*(?:told|tells|whom|behind|nobody|somebody|vouch\w*)\b/, 'another name']]) } @programs), '',
    '... and in names';

my @papers = map { s{^\Q$top\E/}{}r } sort glob("$top/man/*.[1-9] $top/completions/* $top/README.md $top/CHANGELOG.md $top/SECURITY.md " .
    "$top/CONTRIBUTING.md $top/src/README.md $top/tests/README.md $top/examples/* $top/debian/changelog");
cmp_ok scalar @papers, '>', 8, 'the papers are there';
is join("\n", map { found($_, text("$top/$_"), \@never) } grep { -f "$top/$_" } @papers), '', 'plain words in manual pages, completions, README';

done_testing;
