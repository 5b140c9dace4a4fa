# SPDX-License-Identifier: ISC
# The prompt: keys, rows, the history, Tab and `?`, other terminals and other locales.
use strict;
use warnings;
use utf8;
use Test::More;
use Prompt;
use Time::HiRes qw(time);

plan skip_all => 'needs tmux' unless Term::available;

# Rows and the history
my $t = Prompt->new(columns => 60, rows => 24, args => ['-h', Term::directory() . '/history']);
my $history = 0;
$t->type('realm_info gid');
$t->key('Enter');
$t->type("log 'two");
$t->key('Enter');
ok $t->wait_row(qr/^\.\.\.$/), 'an open quote continues in the next row';
$t->event;
$t->type("rows'");
ok $t->wait_for(sub { my @r = $t->rows; $r[-1] eq "... rows'" && $r[-2] =~ /^E0/ }), 'and events come above it';
$t->key('Enter');
is_deeply [$t->wait_logged(2)], ['LINE realm_info gid', "LINE log 'two\\nrows'"], 'all rows are one text';
$t->settle('');
$t->key('Up');
ok $t->wait_for(sub { my @r = $t->rows; "@r[-2, -1]" eq "me> log 'two rows'" && join(',', $t->cursor) =~ /^5,/ }),
    'the history has them as one entry';
$t->key('Enter');
is +($t->wait_logged(3))[2], "LINE log 'two\\nrows'", '... which is sent as one';
$t->type('[1,');
$t->key('Enter');
$t->wait_row(qr/^\.\.\.$/);
$t->key('C-c');
is +($t->wait_logged(4))[3], 'INTERRUPT ', '^C in a later row discards all of them';
is $t->settle(''), '', 'and the prompt is the first again';
$t->type('[1,');
$t->key('Enter');
$t->wait_row(qr/^\.\.\.$/);
$t->key('C-d');
is +($t->wait_logged(5))[4], 'LINE [1,', '^D in a later row ends the text';
$t->settle('');
$t->key('Up', 'Up', 'Up');
is $t->settle('realm_info gid'), '', 'Up goes back, repetitions are there once';
$t->key('Down', 'Down', 'Down');
is $t->settle(''), '', 'Down comes forward';
$t->key('C-r');
$t->type('info');
ok $t->wait_row(qr/^me> realm_info gid$/), '^R finds';
$t->key('C-e');
$t->type('!');
is $t->settle('realm_info gid!'), '', '... and typing continues what was found';
$t->key('C-c');
$t->type('abc def');
$t->key('C-w');
is $t->settle('abc '), '', '^W deletes a word';
$t->key('Home');
$t->type('x');
$t->key('End', 'Left', 'Delete');
is $t->settle('xabc'), '', 'Home, End, Delete';
$t->key('C-l');
is $t->settle('xabc'), '', '^L';
ok $t->wait_for(sub { "@{[$t->rows]}" eq 'me> xabc' }), '... clears the screen';
$t->key('C-c');
$t->type('quit');
$t->key('Enter');
is $t->status, 0, 'quit';

# Tab and `?`
my $c = Prompt->new(columns => 70, rows => 14);
$c->type('realm_dis');
$c->key('Tab');
is $c->settle('realm_discover '), '', 'Tab completes what is unique, with a blank';
$c->key('C-c');
$c->type('.h');
$c->key('Tab');
is $c->settle('.h'), '', 'Tab with nothing in common adds nothing';
ok $c->wait_for(sub { $c->output =~ /\a/ }), '... and rings';
$c->event;
$c->key('Tab');
ok $c->wait_row(qr/^ +\.history +Show lines typed before$/), 'a second Tab lists, with help';
is $c->settle('.h'), '', '... above the line, which is as it was';
$c->event(3);
is $c->settle('.h'), '', 'events come below the list';
ok $c->wait_for(sub { $c->events_wrong eq '' }), '... whole';
$c->type('i');
$c->key('Tab');
is $c->settle('.history '), '', 'and Tab continues';
$c->key('C-u');
$c->type('realm_poll ');
$c->key('Tab');
is $c->settle('realm_poll 5'), '', 'names that come from the box are waited for';
$c->key('Tab');
ok $c->wait_row(qr/^ +5000015443 +Zürich 日本$/), '... and listed beside their gids';
ok $c->wait_row(qr/^ +5100005442 +evil \\x1b\[2J\\u202e name$/), '... harmless';
$c->key('C-c');
$c->type('r');
$c->key('Tab');
$c->settle('re');
$c->key('Tab');
ok $c->wait_row(qr/^  \.\.\. \d+ more$/), 'a list taller than the screen is cut';
cmp_ok scalar(grep { /^  re/ } $c->rows), '<=', 12, '... to a screenful';
$c->key('C-c');
$c->type('?');
ok $c->wait_row(qr/^  \.\.\. \d+ more$/), '? on an empty line lists what may come';
is $c->settle(''), '', '... and types nothing';
$c->type('realm_poll ?');
ok $c->wait_row(qr/realm/), '? after a blank';
is $c->settle('realm_poll '), '', '... types nothing';
$c->type('?');
is $c->settle('realm_poll ?'), '', 'a second ? is typed';
$c->type('?x ');
is $c->settle('realm_poll ??x '), '', '? within a word is typed';
$c->key('C-u');
$c->type("log 'really ?");
is $c->settle("log 'really ?"), '', '? in quotes is typed';
$c->key('C-u');
$c->type('login admin ?');
is $c->settle('login admin ?'), '', '? where a secret stands is typed';
$c->key('C-c');
$c->type('');
$c->close;

# Nothing to do, nothing done
SKIP: {
	skip 'needs strace', 2 unless grep { -x "$_/strace" } split /:/, $ENV{PATH};
	my $trace = Term::directory() . '/trace';
	my $i = Prompt->new(wrap => ['strace', '-f', '-o', $trace]);
	skip 'strace may not trace here', 2 unless $i->settle('') eq '';
	$i->type('typed');
	$i->settle('typed');
	my $last = Term::slurp($trace);
	$i->wait_for(sub { Term::slurp($trace) ne $last }, 1.5);
	is substr(Term::slurp($trace), length $last), '', 'no system call while nothing happens';
	my $before = length $last;
	$i->type('x');
	$i->settle('typedx');
	my @writes = substr(Term::slurp($trace), $before) =~ /^\d+ +write\(1,.*/gm;
	is scalar(@writes), 1, 'one write for a key';
	$i->type('quit');
	$i->close;
}

# Other locales and terminals
for my $env ({LC_ALL => 'C'}, {LC_ALL => 'POSIX'}, {LC_ALL => undef, LANG => undef}, {LC_ALL => 'de_DE.ISO-8859-1'}) {
	my $p = Prompt->new(env => $env);
	$p->type('café 日本');
	my $name = join ' ', map { "$_=" . (defined $env->{$_} ? $env->{$_} : '(unset)') } sort keys %$env;
	is $p->settle('café 日本'), '', "$name: é can be typed";
	$p->key('Enter');
	is_deeply [$p->wait_logged(1)], ['LINE café 日本'], '... and is sent';
	$p->close;
}
for my $term ('dumb', '', undef, 'no-such-terminal') {
	my $name = defined $term ? "TERM='$term'" : 'no TERM';
	my $p = Prompt->new(columns => 60, env => {TERM => $term}, prompt => "\e[1mme>\e[m ");
	ok $p->wait_row(qr/^me>$/), "$name: a prompt";
	$p->type('typed while');
	$p->wait_row(qr/^me> typed while$/);
	$p->event(2);
	ok $p->wait_for(sub { my @r = $p->rows; $p->events_wrong eq '' && $r[-1] eq 'me> typed while' }), '... events on rows of their own, and the line again';
	$p->type(' events come ä');
	$p->key('Enter');
	is_deeply [$p->wait_logged(1)], ['LINE typed while events come ä'], '... the line is what was typed';
	$p->type("log 'a");
	$p->key('Enter');
	ok $p->wait_row(qr/^\.\.\.$/), '... rows continue';
	$p->type("b'");
	$p->key('Enter');
	is +($p->wait_logged(2))[1], "LINE log 'a\\nb'", '... into one text';
	$p->type('x');
	$p->key('C-c');
	is +($p->wait_logged(3))[2], 'INTERRUPT ', '... ^C';
	$p->type('y');
	$p->key('Enter');
	is +($p->wait_logged(4))[3], 'LINE y', '... discards the line';
	my $long = join ',', map { "10.$_.0.0/16" } 1 .. 400;
	$p->type("$long,x");
	$p->key('BSpace');
	$p->type('z');
	$p->key('Enter');
	is +($p->wait_logged(5))[4], "LINE $long,z", '... a line of more than 4095 bytes is read whole';
	$p->wait_row(qr/^me>$/);
	$p->type('.hi');
	$p->key('Tab');
	ok $p->wait_row(qr/^me> \.history$/), '... Tab completes';
	$p->key('C-w', 'Up', 'Up');
	ok $p->wait_row(qr/^me> y$/), '... Up brings the line before';
	$p->key('C-a');
	$p->type('<');
	$p->key('C-e');
	$p->type('>');
	ok $p->wait_row(qr/^me> <y>$/), '... which can be changed in its middle';
	$p->key('C-u');
	$p->wait_row(qr/^me>$/);
	$p->key('C-d');
	is $p->status, 0, '... ^D ends it';
	unlike $p->output, qr/\e/, '... and no escape sequence was written';
	ok $p->modes_restored, '... modes as before';
}
my $off = Prompt->new(editrc => "edit off\n");
$off->type('x');
$off->key('Enter');
is_deeply [$off->wait_logged(1)], ['LINE x'], '`edit off` in ~/.editrc';
$off->close;
my $rc = Prompt->new(editrc => "bind ^T ed-move-to-beg\nptsh:bind ^G ed-move-to-end\nnonsense\n");
$rc->type('abc');
$rc->key('C-t');
$rc->type('x');
$rc->key('C-g');
$rc->type('y');
is $rc->settle('xabcy'), '', 'bindings of ~/.editrc, also with our name';
$rc->close;
my $narrow = Prompt->new(columns => 12, rows => 20, prompt => "\e[1mcore.example.net (3 jobs)\e[m> ");
$narrow->type('ping');
is $narrow->settle('ping'), '', 'a terminal narrower than the prompt';
$narrow->event;
is $narrow->settle('ping'), '', '... with events';
for my $columns (1, 2, 3, 200, 12) {
	$narrow->resize($columns);
	$narrow->type('x');
}
is $narrow->settle('pingxxxxx'), '', '... through unusual sizes';
$narrow->key('Enter');
is_deeply [$narrow->wait_logged(1)], ['LINE pingxxxxx'], '... is sent';

my $wide = Prompt->new(columns => 80, rows => 20);
my $text = join ' ', map { "word$_" } 10 .. 30;
$wide->type($text);
is $wide->settle($text), '', 'a line of three rows';
for my $columns (50, 33, 60) {
	$wide->resize($columns);
	is $wide->settle($text), '', "... at $columns columns";
	is scalar(grep { /^me>/ } $wide->rows), 1, '... stands there once';
}
$wide->close;

# A row that tmux had broken stayed joined to the next one, though it was painted anew: widened, the line had fewer rows than were
# painted, and the row above was painted over.
my $joined = Prompt->new(columns => 60, rows => 20);
my $typed = 'x' x 41;
$joined->event(3);
$joined->type($typed);
is $joined->settle($typed), '', 'a line of one row';
$joined->resize(24);
is $joined->settle($typed), '', '... of two in a narrower terminal';
$joined->type('yy yyyyyyyy');
is $joined->settle($typed .= 'yy yyyyyyyy'), '', '... and of three';
$joined->resize(80);
$joined->event(2);
is $joined->settle_events, '', '... loses no event above it when the terminal is wide again';
is $joined->settle($typed), '', '... and is itself again';
$joined->close;

# Not a terminal: libedit is not touched
my $pipe = Prompt->new(wrap => ['sh', '-c', '(echo one; printf "tw\n"; printf three) | "$@"', 'sh']);
is_deeply [$pipe->wait_logged(4)], ['LINE one', 'LINE tw', 'LINE three', 'END '], 'lines from a pipe';
$pipe->status;
unlike $pipe->output, qr/\e|me>/, '... no prompt, no escape sequence';
my $out = Prompt->new(wrap => ['sh', '-c', '"$@" | cat', 'sh']);
$out->type('x');
$out->key('Enter');
$out->wait_logged(1);
$out->event(2);
ok $out->wait_for(sub { $out->events_wrong eq '' }), 'output into a pipe: events come at once';
unlike $out->output, qr/\e|me>/, '... no prompt, no escape sequence';
my $null = Prompt->new(wrap => ['sh', '-c', '"$@" < /dev/null', 'sh']);
is $null->status, 0, 'end of file at once';

done_testing;
