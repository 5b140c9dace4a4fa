# SPDX-License-Identifier: ISC
# The prompt under valgrind: random keys, events, pastes, completion, a screen that shrinks to three rows.
use strict;
use warnings;
use utf8;
use Test::More;
use Prompt;

plan skip_all => 'needs tmux' unless Term::available;
plan skip_all => 'not with a sanitizer: it and valgrind exclude each other' if $ENV{PTSH_TEST_SANITIZED};
plan skip_all => 'needs valgrind' unless grep { -x "$_/valgrind" } split /:/, $ENV{PATH};

srand($ENV{PTSH_TEST_SEED} || 1);
my $steps = $ENV{PTSH_TEST_FULL} ? 2000 : 120;
for my $mode ('emacs', 'vi') {
	my $report = Term::directory() . '/valgrind';
	my $t = Prompt->new(columns => 20, rows => 8, editrc => $mode eq 'vi' ? "bind -v\n" : '',
	    # (only definite losses: terminfo keeps its formats in a tree whose pointers are marked, so that they seem to point nowhere)
	    wrap => ['valgrind', '-q', '--leak-check=full', '--show-leak-kinds=definite', '--errors-for-leak-kinds=definite',
	    '--error-exitcode=99', "--log-file=$report"]);
	# Without vi's ~ and counted b: there libedit reads a character before its line.
	my @keys = $mode eq 'vi' ? ('Escape', 'Left', 'Enter', 'BSpace', '$', 'i', 'A', 'x', 'Up', 'Tab', 'C-l', 'u', 'n', 's', '/') :
	    ('C-a', 'C-e', 'C-k', 'C-y', 'C-t', 'Left', 'Up', 'Down', 'Enter', 'BSpace', 'Tab', 'Tab', '?', 'C-w', 'M-b', 'M-f', 'M-d', 'C-r',
	    'C-g', 'C-v', 'C-l', 'Escape', 'C-_');
	$t->settle('');
	for my $step (1 .. $steps) {
		my $dice = rand;
		if ($dice < 0.4) {
			$t->type(join '', map { ('a' .. 'e', ' ', 'ä', '日', '😀', "e\x{301}", "\x{202e}", 'realm_')[rand 12] } 1 .. 4);
		} elsif ($dice < 0.75) {
			$t->key($keys[rand @keys]);
		} elsif ($dice < 0.85) {
			$t->event(2);
		} elsif ($dice < 0.9) {
			$t->paste(rand > 0.5 ? "pasted\n" : "a\nb");
		} elsif ($dice < 0.93) {
			$t->resize(20, (3, 8)[rand 2]);
		} elsif ($dice < 0.95) {
			$t->bytes(join '', map { chr 128 + rand 128 } 1 .. 3);
		} else {
			$t->key('C-g', 'C-c');
		}
	}
	$t->resize(20, 8);
	my $quit = sub {
		my $before = () = $t->logged;
		$t->key('Escape') if $mode eq 'vi';
		$t->key('C-c');
		$t->wait_for(sub { (() = $t->logged) > $before }, 0.5);
		$t->type('quit');
		$t->key('Enter');
		return defined $t->status(1);
	};
	ok $t->wait_for($quit), "$mode: it can be left";
	is $t->status, 0, "$mode: with status 0";
	is Term::slurp($report), '', "$mode: no memory error and no leak";
}

done_testing;
