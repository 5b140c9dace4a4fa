#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# The keys that ptsh(1) lists do what it says, and all of them are tried.
use strict;
use warnings;
use Test::More;
use POSIX ();
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use Session;

my $top = abs_path(dirname(__FILE__) . '/../..');
open my $in, '<', "$top/man/ptsh.1" or die $!;
my ($list) = do { local $/; <$in> } =~ /^Those of emacs that are most used\n(.*?)^\.El/ms;
my @listed = map { s/\\\(ha/C-/gr } map { split ' ' } $list =~ /^\.It Ic (.*)$/mg;

my $s = Session->new(columns => 60);
my %tried;
# What is typed, the keys, and the prompt's row after an X is typed where the cursor is.
sub becomes {
	my ($typed, $keys, $wanted, $what) = @_;
	$s->key('C-u');
	$s->wait_prompt(qr/^box> $/);
	$s->type($typed);
	$s->wait_prompt(qr/^box> \Q$typed\E ?$/);
	$s->key(@$keys);
	$s->type('X');
	ok $s->wait_for(sub { (grep { /^box>/ } $s->rows)[-1] eq "box> $wanted" }), "@$keys: $what" or diag $s->prompt_row;
	$tried{$_} = 1 for @$keys;
}
becomes('one two', ['C-a'], 'Xone two', 'to the beginning');
becomes('one two', ['C-a', 'C-e'], 'one twoX', 'to the end');
becomes('one two', ['M-b'], 'one Xtwo', 'a word back');
becomes('one two', ['C-a', 'M-f'], 'oneX two', 'a word on');
becomes('one two', ['C-w'], 'one X', 'delete the word before');
becomes('one two', ['C-a', 'M-d'], 'X two', 'delete the word after');
becomes('one two', ['C-u'], 'X', 'delete the line');
becomes('one two', ['M-b', 'C-k'], 'one X', 'delete what is after');
becomes('one two', ['C-w', 'C-a', 'C-y'], 'twoXone', 'insert what was deleted');
becomes('one two', ['C-t'], 'one towX', 'swap two');
becomes('one two', ['C-a', 'C-d'], 'Xne two', 'delete the one under the cursor');
$s->key('C-u');
is_deeply [$s->run('.echo first')], ['first'], 'a line';
is_deeply [$s->run('.echo second')], ['second'], 'and another';
becomes('', ['C-p', 'C-p'], '.echo firstX', 'the line before');
becomes('', ['C-p', 'C-p', 'C-n'], '.echo secondX', '... and the one after');
$s->key('C-u', 'C-r');
$s->type('fir');
ok $s->wait_for(sub { grep { /^box> \.echo first$/ } $s->rows }), 'C-r: search';
$tried{'C-r'} = 1;
$s->key('Enter');
ok $s->wait_row(qr/^first$/), '... and run';
$s->key('C-l');
ok $s->wait_for(sub { my @rows = $s->rows; @rows == 1 && $rows[0] eq 'box>' }), 'C-l: an empty screen';
$tried{'C-l'} = 1;
$s->type('half');
$s->wait_prompt(qr/half ?$/);
$s->key('C-c');
ok $s->wait_prompt(qr/^box> $/), 'C-c: discard the line';
$s->key('C-d');
is $s->status, 0, 'C-d: leave';
$tried{$_} = 1 for qw(C-c C-d);

# ^D typed where no line is read acts when the next one is
my $early = Session->new(box => $s->box);
$early->line('.sleep 3');
$early->wait_row(qr/^\.sleep 3: \d+ s/);	# it runs
$early->key('C-d');
is $early->status, 0, 'C-d between two lines: leave';
my $both = Session->new(box => $s->box);
$both->line('.sleep 1000');
$both->wait_row(qr/^\.sleep 1000: \d+ s/);
$both->key('C-c', 'C-d');
is $both->status, 0, 'C-c and C-d at once while a line runs: leave';
my $stale = Session->new(box => $s->box);
$stale->bytes("\e[200~.sleep 1000\e[201~\r.echo typed too early\r");
$stale->wait_row(qr/^\.sleep 1000: \d+ s/);
$stale->key('C-c');
$stale->wait_prompt(qr/^box> $/);
is_deeply [$stale->run('.echo later')], ['later'], 'C-c drops what was typed ahead, also if it came with a paste';
unlike $stale->all, qr/^typed too early$/m, '... and it does not run';
$stale->close;
my $after = Session->new(box => $s->box, wrap => ['sh', '-c', '"$@"; read line; echo "the shell has: $line"', 'sh']);
$after->bytes(".quit\rfor the shell\r");
ok $after->wait_row(qr/^the shell has: for the shell$/), 'what is typed at once after .quit is for the shell';
$after->status;
my $fifo = Term::directory() . '/go';
POSIX::mkfifo($fifo, 0600) or die $!;
my $first = Session->new(box => $s->box, wait => undef, wrap => ['sh', '-c', ': < "$0"; exec "$@"', $fifo]);
$first->wait_for(sub { $first->pid });
$first->key('C-d');
open my $go, '>', $fifo or die $!;
is $first->status, 0, '... before there is a prompt, too';

is join(' ', sort map { uc } keys %tried), join(' ', sort map { uc } @listed), 'all keys of the page were tried';
done_testing();
