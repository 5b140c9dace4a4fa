# SPDX-License-Identifier: ISC
# A line is typed while events come: it reads the same, it is sent the same, and no event is missing or torn.
use strict;
use warnings;
use utf8;
use Test::More;
use Prompt;

plan skip_all => 'needs tmux' unless Term::available;

my $line = 'Zürich größer straße 東京 大阪 realm_query 5100005442 device "日本語テキスト" äöü ÄÖÜ 漢字かな交じり文 end of the line 0123456789';
cmp_ok length $line, '>=', 100, 'the line has 100 characters';

for my $columns (80, 40, 24) {
	my $t = Prompt->new(columns => $columns, rows => 20);
	my ($keys, $wrong) = (0, '');
	for my $c (split //, $line) {
		$t->type($c);
		$t->event if ++$keys % 4 == 0;
		$wrong ||= $t->settle(substr $line, 0, $keys) if $keys % 20 == 0;
	}
	is $wrong, '', "$columns columns: right all the way";
	is $t->settle($line), '', "$columns columns: the line reads the same";
	is $t->settle_events, '', "$columns columns: no event is missing or torn";
	my @rows = $t->scrollback;
	is scalar(@rows), $t->{events} + @{($t->painted($line, 0))[0]}, "$columns columns: nothing else is on the screen";
	$t->key('Enter');
	is_deeply [$t->wait_logged(1)], ["LINE $line"], "$columns columns: the line is sent the same";
	$t->close;
}

# In the middle of keys and characters.
my $t = Prompt->new(columns => 40, rows => 20);
$t->type('first alpha');
$t->key('Enter');
$t->wait_logged(1);
$t->type('beta');
$t->key('C-r');
$t->type('alp');
$t->wait_row(qr/^bck:alp/);
$t->event(3);
ok $t->wait_for(sub { my @r = $t->rows; @r >= 2 && $r[-2] eq 'me> first alpha' && $r[-1] eq 'bck:alp' && $t->events_wrong eq '' }),
    'events during ^R';
$t->key('C-e');
is $t->settle('first alpha'), '', 'a key that ends ^R is executed at once';
$t->key('Escape');
$t->event(2);
is $t->settle('first alpha'), '', 'events after a lone ESC';
$t->type('b');
$t->type('X');
is $t->settle('first Xalpha', 7), '', '... which still makes M-b';
$t->key('C-e');
$t->bytes("\xe6");
$t->event;
is $t->settle('first Xalpha'), '', 'an event within a character';
$t->bytes("\x97");
$t->event;
$t->bytes("\xa5");
is $t->settle('first Xalpha日'), '', '... which is complete in the end';
$t->bytes("\xff\xc3z\xe6\x97y");
is $t->settle('first Xalpha日zy'), '', 'bytes that are not UTF-8 are dropped, and only they';
is $t->settle_events, '', 'no event was lost';
$t->key('C-a', 'C-c');
$t->type('next');
is $t->settle('next'), '', '^C discards the line and goes below it';
ok scalar(grep { $_ eq 'me> first Xalpha日zy^C' } $t->rows), '... which can still be read';
for my $n (1 .. 30) {
	$t->type("x$n");
	$t->event(3);
	$t->key('C-c');
}
is $t->settle_events, '', '^C takes no event from the screen that has just been written';
ok $t->wait_for(sub { $t->key('C-u'); $t->line_wrong('') eq '' }), '... and the prompt is there';
my $noted = $t->logged;
$t->key('C-r');
$t->type('al');
$t->wait_row(qr/^bck:al/);
$t->key('C-c');
$t->type('ok');
$t->event;
is $t->settle('ok'), '', '^C within ^R';
$t->order('prompt a new prompt> ');
$t->{prompt} = 'a new prompt> ';
is $t->settle('ok'), '', 'the prompt changes while a line is typed';
$t->order('prompt ');
$t->{prompt} = '';
is $t->settle('ok'), '', '... to nothing';
$t->order("prompt a prompt that is wider than the terminal is> ");
$t->{prompt} = 'a prompt that is wider than the terminal is> ';
is $t->settle('ok'), '', '... and to something wider than the terminal';
is $t->settle_events, '', 'no event was lost';
$t->key('C-c');
$t->wait_logged($noted + 2);
$t->wait_row(qr/^l is>$/);
$t->key('C-d');
is $t->status, 0, '^D on an empty line ends it';
ok $t->modes_restored, 'with the terminal as before';

# vi
my $vi = Prompt->new(columns => 60, rows => 20, editrc => "bind -v\n");
$vi->key('Escape');
$vi->type('$ix');
$vi->type('y');
$vi->event;
is $vi->settle('xy'), '', 'vi: $ in an empty line (libedit would write outside of it)';
$vi->key('Escape');
$vi->type('ihello ');
is $vi->settle('xhello y', 7), '', 'vi: command mode and back';
$vi->key('Escape');
$vi->type('/zz');
$vi->event;
ok $vi->wait_for(sub { my @r = $vi->rows; $r[-1] eq '/zz' && $vi->events_wrong eq '' }), 'vi: an event during a search';
$vi->key('C-c');
$vi->key('C-c');
$vi->type('ab');
is $vi->settle('ab'), '', 'vi: ^C';
$vi->key('Escape');
$noted = $vi->logged;
$vi->type('v');
is +($vi->wait_logged($noted + 1))[$noted], 'EDIT ab', 'vi: `v` asks for an editor, which libedit does not start';
is $vi->settle('ab'), '', '... and the line comes back';
$vi->event;
$vi->type('x');
is $vi->settle('abx'), '', '... to be changed';
is $vi->settle_events, '', 'vi: no event was lost';

# taller than the screen
my $tall = Prompt->new(columns => 20, rows => 6);
my $long = '0123456789abcdefghij' x 9;
$tall->event(2);
$tall->type($long);
$tall->event(2);
$tall->key('C-a');
$tall->event;
$tall->type('X');
$tall->key('C-e');
$tall->event;
$tall->key('Enter');
is_deeply [$tall->wait_logged(1)], ["LINE X$long"], 'a line taller than the screen is sent whole';
ok $tall->wait_row(qr/^me>$/), 'and the prompt is back';
is $tall->settle_events, '', 'no event was lost above it';
$tall->type($long);
$tall->key('C-a');
$tall->type('Y');
$tall->key('C-e');
$tall->type('z' x 150);
$tall->key('Enter');
is_deeply [($tall->wait_logged(2))[1]], ["LINE Y$long" . 'z' x 150], '... also one that grows at its end when it was edited elsewhere';
my $all = join '', $tall->scrollback;
like $all, qr/me> X\Q$long\Eyou said/, 'all of it can be read above';

done_testing;
