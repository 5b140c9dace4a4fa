# SPDX-License-Identifier: ISC
# Random interleavings of keys, events, resizes and cursor movements, against a model of the line.
# PTSH_TEST_FULL: more than 1000 of them; PTSH_TEST_SEED: another sequence.
#
# Where the window is resized all letters are narrow.  When a wrapped row in its history has a wide character at the margin, tmux
# 3.3a can forget, in widening, that it was wrapped (grid_reflow_join: the rest begins with a character that does not fit), and puts
# the cursor of any program a row too high: about one event in 2000 is painted over then.
use strict;
use warnings;
use utf8;
use Test::More;
use Prompt;

plan skip_all => 'needs tmux' unless Term::available;

my $runs = $ENV{PTSH_TEST_FULL} ? 1200 : 160;
my $seed = $ENV{PTSH_TEST_SEED} || 1;
diag "seed $seed" if $ENV{PTSH_TEST_SEED};
srand $seed;

my @narrow = split //, 'abcdefghijklm noqrst äöüß éñ €';
my @wide = (@narrow, split(//, '日本語한 漢字'), '😀');

for my $columns (80, 40, 24, 60) {
	my $resized = $columns == 40 || $columns == 60;
	my @letters = $resized ? @narrow : @wide;
	my $t = Prompt->new(columns => $columns, rows => 24);
	my ($line, $cursor, $wrong, $done, @sent) = ('', 0, '', 0);
	my %move = (
		'C-a' => sub { $cursor = 0 },
		'C-e' => sub { $cursor = length $line },
		'Left' => sub { $cursor-- if $cursor > 0 },
		'Right' => sub { $cursor++ if $cursor < length $line },
		'C-b' => sub { $cursor-- if $cursor > 0 },
		'BSpace' => sub { substr $line, --$cursor, 1, '' if $cursor > 0 },
		'Delete' => sub { substr $line, $cursor, 1, '' if $cursor < length $line },
		'C-k' => sub { substr $line, $cursor, length $line, '' },
		'C-u' => sub { ($line, $cursor) = ('', 0) },
	);
	my @keys = sort keys %move;
	RUN: for my $run (1 .. $runs / 4) {
		for (1 .. 3 + int rand 8) {
			my $dice = rand;
			if ($dice < 0.45 && length $line < 120) {
				my $text = join '', map { $letters[rand @letters] } 1 .. 1 + int rand 6;
				$t->type($text);
				substr $line, $cursor, 0, $text;
				$cursor += length $text;
			} elsif ($dice < 0.65) {
				my $key = $keys[rand @keys];
				next if $key eq 'C-u' && rand > 0.1 || $key eq 'C-k' && rand > 0.3;
				$t->key($key);
				$move{$key}->();
			} elsif ($dice < 0.97) {
				$t->event(1 + int rand 3);
			} elsif ($resized) {
				# What is painted for one width, and reaches the terminal when it has another, cannot be right.
				last if ($wrong = $t->settle($line, $cursor) || $t->settle_events) ne '';
				$t->resize((80, 40, 24, 31, 60)[rand 5]);
			}
		}
		if (rand > 0.93 && $line =~ /\S/) {
			$t->key('Enter');
			push @sent, $line;
			($line, $cursor) = ('', 0);
		}
		$wrong = $t->settle($line, $cursor);
		$done++;
		last RUN if $wrong ne '';
	}
	is $wrong, '', "from $columns columns: line and cursor are right after each of $done";
	is $t->settle_events, '', "from $columns columns: none of $t->{events} events is missing or torn";
	if (!$resized) {
		my @rows = map { s/ //gr } map({ (@{($t->painted($_, 0))[0]}, "you said [$_]") } @sent), @{($t->painted($line, 0))[0]};
		my @found = map { s/ //gr } grep { !/^E\d/ } $t->scrollback;
		pop @rows while $rows[-1] eq '';
		is_deeply \@found, \@rows, "from $columns columns: and nothing else is on the screen";
	}
	$t->key('Enter');
	push @sent, $line;
	is_deeply [$t->wait_logged(scalar @sent)], [map { "LINE $_" } @sent], "from $columns columns: sent what was typed";
	$t->close;
}

done_testing;
