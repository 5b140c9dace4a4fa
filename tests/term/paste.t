# SPDX-License-Identifier: ISC
# Bracketed paste: one line is inserted, several are shown and asked about once, and none is run without an answer.
use strict;
use warnings;
use utf8;
use Test::More;
use Prompt;

plan skip_all => 'needs tmux' unless Term::available;

my $t = Prompt->new(columns => 60, rows => 24);
$t->type('ab');
$t->key('Left');
$t->paste("one ä日 line\n");
is $t->settle('aone ä日 lineb', 12), '', 'one line is inserted where the cursor is, without its end';
$t->paste("\ttab? and \x01\x1b[31mcontrols\x7f");
is $t->settle("aone ä日 line       tab? and [31mcontrolsb", 40), '', 'TAB and ? of a paste are no keys, controls are dropped';
is $t->status(0.2), undef, 'and nothing was run';
is_deeply [$t->logged], [], '... or sent';
$t->key('C-c');
$t->wait_logged(1);

$t->paste("realm_info\nrealm_poll 5000015442\r\n\n");
ok $t->wait_row(qr/^Run these 2 lines\? \[y\/N\]$/), 'two lines are asked about';
is_deeply [($t->rows)[-3, -2]], ['| realm_info', '| realm_poll 5000015442'], '... and shown whole';
$t->event(2);
ok $t->wait_for(sub { $t->events_wrong eq '' }), '... while events continue';
is_deeply [$t->logged], ['INTERRUPT '], 'nothing has run yet';
$t->type('y');
is_deeply [$t->wait_logged(2)], ['INTERRUPT ', 'PASTE realm_info\nrealm_poll 5000015442'], 'y runs them, as one paste';
is $t->settle(''), '', 'and the prompt is back';

$t->type('kept ');
$t->paste("a\nreboot\n");
$t->wait_row(qr/^Run these 2 lines/);
for my $no ("n", "\r", "x") {
	$t->type($no);
	is $t->settle('kept '), '', 'another answer keeps the line as it was';
	$t->paste("a\nreboot\n");
	$t->wait_row(qr/^Run these 2 lines\? \[y\/N\]$/);
}
$t->key('C-c');
is_deeply [$t->wait_logged(3)], ['INTERRUPT ', 'PASTE realm_info\nrealm_poll 5000015442', 'INTERRUPT '], '^C discards all';
is $t->settle(''), '', 'and the prompt is back';

$t->type("first ");
$t->paste("a\nb");
$t->wait_row(qr/^Run these 2/);
$t->type('Y');
is +($t->wait_logged(4))[3], 'PASTE first a\nb', 'what was typed before belongs to it';

# No key, search or half a sequence turns its lines into commands.
for my $before ('C-r', 'Escape', 'C-v') {
	my $n = $t->logged;
	$t->key($before);
	$t->paste("x\nreboot now\n");
	ok $t->wait_for(sub { grep { $_ eq 'Run these 2 lines? [y/N]' } $t->rows }), "paste after $before";
	$t->key('C-c');
	my @log = $t->wait_logged($n + 1);
	is $t->settle(''), '', '... is asked about';
	is_deeply [@log[$n .. $#log]], ['INTERRUPT '], '... runs nothing';
}

# Events and half a paste; the mark comes in pieces, as over a slow line.
my $n = $t->logged;
$t->bytes("\e[2");
select undef, undef, undef, 0.2;
$t->bytes('0');
select undef, undef, undef, 0.2;
$t->bytes('0~be');
$t->event;
$t->bytes("gun \xc3");
$t->event;
$t->bytes("\xa4\e[20");
$t->bytes('1~after');
is $t->settle('begun äafter'), '', 'a paste in pieces';
is $t->settle_events, '', '... and events between them';
$t->key('C-u');
$t->bytes("\e[200~never ended");
$t->event;
$t->wait_for(sub { $t->events_wrong eq '' });
my $interrupts = $t->logged;
# (one that comes right after the paste could be a part of it)
ok $t->wait_for(sub { $t->key('C-c'); $t->logged > $interrupts }), '^C ends a paste that has no end';
$t->type('on');
is $t->settle('on'), '', '... and what follows is typed';
$t->key('C-u');
$t->paste("safe\x03\nreboot\n");
ok $t->wait_row(qr/^Run these 2 lines/), '^C in a paste does not end it: what follows is not typed';
$t->type('n');
$t->wait_row(qr/^me>/);
$t->key('C-u', 'Escape', 'b', 'Up');
$t->wait_row(qr/me> ./);
$t->key('C-u');

my @many = map { "line $_" } 1 .. 500;
$t->paste(join "\n", @many);
ok $t->wait_row(qr/^Run these 500 lines/), 'many lines';
is scalar(grep { /^\| line \d+$/ } $t->scrollback), 500, '... are all shown';
$t->key('C-c');
$t->close;

# vi has it too, and keeps its ESC
my $vi = Prompt->new(editrc => "bind -v\n");
$vi->paste("one line\n");
is $vi->settle('one line'), '', 'vi: one line';
$vi->key('Escape');
$vi->type('0x');
is $vi->settle('ne line', 0), '', 'vi: ESC is a key of its own';
$vi->type('A');
$vi->paste("\nreboot\n");
ok $vi->wait_row(qr/^Run these 2 lines/), 'vi: several lines';
$vi->type('n');
is $vi->settle('ne line'), '', 'vi: no';

# off when no line is read
$vi->key('C-u', 'C-c');
$vi->type('quit');
$vi->key('Enter');
is $vi->status, 0, 'quit';
ok $vi->wait_for(sub { ($vi->output =~ /\e\[\?2004([hl])/g)[-1] eq 'l' }), 'bracketed paste is off in the end';
done_testing;
