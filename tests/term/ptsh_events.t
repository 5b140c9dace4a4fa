# SPDX-License-Identifier: ISC
# Events at the prompt of the whole ptsh: above the line, folded, hidden, listed, kept while a pager is open.
use strict;
use warnings;
use utf8;
use Test::More;
use Time::HiRes qw(time);
use Session;

plan skip_all => 'needs tmux' unless Term::available;

my $line = 'log "Zürich größer straße 東京 大阪 äöü ÄÖÜ 漢字かな交じり文 end of the line 0123456789 and more, 日本語テキスト." info';
cmp_ok length $line, '>=', 100, 'the line has 100 characters';
my $clock = qr/\d\d:\d\d:\d\d/;

# The text on the screen from the prompt on, rows joined: ptsh leaves the last column free, and a row ends early before
# a wide character.
sub typed
{
	my ($s) = @_;
	my @rows = $s->rows;
	my ($first) = grep { $rows[$_] =~ /^box/ } reverse 0 .. $#rows;
	return defined $first ? join('', @rows[$first .. $#rows]) =~ s/ //gr : '';
}

for my $columns (80, 40, 24) {
	my $s = Session->new(columns => $columns, args => ['-e', '*'], box => ['--events', 20]);
	for my $part ($line =~ /.{1,4}/gs) {
		$s->type($part);
	}
	ok $s->wait_for(sub { typed($s) eq "box> $line" =~ s/ //gr }), "$columns columns: the line reads the same";
	ok $s->wait_for(sub { (() = $s->all =~ /realm_poll_stop/g) > 20 }), '... and events continue';
	is typed($s), "box> $line" =~ s/ //gr, '... which leave it alone';
	$s->key('Enter');
	ok $s->wait_row(qr/^ok$/), '... it is accepted';
	$s->box->wait_log('recv', qr/"log"/);
	my ($sent) = map { $_->[3] } $s->box->log_lines('recv') ? grep { $_->[3] =~ /"log"/ } $s->box->log_lines('recv') : ();
	utf8::decode($sent);
	like $sent, qr/\Q@{[$line =~ s{^log (".*") info$}{"log",$1,6}r]}\E\]$/, '... and sent the same';
	my @torn = grep { /realm_poll|more in a second/ && !/^$clock realm_poll_st(?:op|art) / && !/^ptsh: realm_poll_stop: / } $s->scrollback;
	is "@torn", '', '... and no event is torn';
}

# Folding
my $s = Session->new(args => ['-e', 'realm_poll_stop'], box => ['--events', 1200], rows => 50, env => {PTSH_PAGER => 'cat; echo paged'});
ok $s->wait_row(qr/^ptsh: realm_poll_stop: (\d+) more in a second \(\.events list\)$/), 'a flood is folded into a line with a count';
my @rows = $s->scrollback;
my ($fold) = grep { $rows[$_] =~ /more in a second/ } 0 .. $#rows;
is scalar(grep { /^$clock realm_poll_stop \d+ \(.+\)$/ } @rows[0 .. $fold]), 10, '... after ten of them';
my ($count) = $rows[$fold] =~ /(\d+) more/;
cmp_ok $count, '>', 100, '... the count is what came';
cmp_ok $count, '<', 2400, '... in about a second';
$s->line('.events off');
$s->wait_for(sub { my $before = $s->all; select undef, undef, undef, 0.15; $before eq $s->all });
is_deeply [$s->run('.events')], ['ptsh: events are hidden'], '.events off hides them';
is_deeply [grep { /realm_poll_stop/ } $s->run('.echo nothing else')], [], '... really';
$s->line('unsubscribe *');
$s->wait_row(qr/^ok$/);
$s->line('.events on');
my @list;
$s->key('C-l');
$s->line('.events list');
ok $s->wait_row(qr/^paged$/), '.events list goes through the pager';
$s->wait_for(sub { @list = grep { /realm_poll_stop/ } $s->scrollback; @list >= 1000 });
cmp_ok scalar(@list), '>=', 1000, '... and has the last 1000, hidden and folded ones too';
$s->key('C-d');
is $s->status, 0, '^D leaves';

is_deeply [Session->new(box => $s->box)->run('.events list')], ['ptsh: no events so far'], '.events list without any';

# What is kept for .events list has a bound of its own: a thousand events of a megabyte would be a gigabyte.
my $l = Session->new(args => ['-e', '*'], rows => 50, columns => 120, box => Box->start(script => "hello none\nexpect subscribe\nreply 1\n"
    . "send [null,\"event\",\"long\",\"\nfill 4200 x\nline \"]\nline [null,\"event\",\"short\",\"x\"]\nanswer-all\n"));
ok $l->wait_row(qr/ short x$/), 'a long event and a short one are shown';
is_deeply [map { / (long|short) x/ } $l->run('.events list')], ['short'], '... and the long one is not kept';

# A flood
my $f = Session->new(args => ['-e', '*'], box => ['--events', 10000]);
ok $f->wait_row(qr/more in a second/), '10,000 events a second';
sub resident { return Term::slurp('/proc/' . $_[0]->pid . '/status') =~ /VmRSS:\s+(\d+)/ ? $1 : 0 }
my ($before, $unseen, $text) = (resident($f), 0, '');
my $until = time + ($ENV{PTSH_TEST_FULL} ? 10 : 2);
for (my $i = 0; time < $until; $i++) {
	my $key = chr(ord('a') + $i % 26);
	$f->wait_for(sub { $f->prompt_row =~ /> \Q$text\E$/ });
	$f->type($key);
	$text .= $key;
	$f->wait_for(sub { $f->prompt_row =~ /> \Q$text\E$/ }) or $unseen++;
	if (length $text >= 60) {
		$f->key('C-u');
		$text = '';
	}
}
is $unseen, 0, 'each key is echoed meanwhile';
SKIP: {
	skip 'memory says nothing here', 1 if $ENV{PTSH_TEST_SLOW};
	cmp_ok resident($f) - $before, '<', 2048, 'memory stays flat';
}
$f->key('C-c', 'C-d');
is $f->status, 0, 'and it ends as usual';

# The pager
my $dir = Term::directory();
Session::put("$dir/pager", <<'END', 0755);
#!/bin/sh
# What it got, its environment; then one key.
trap "" INT
cat > "$PAGED"
env > "$PAGED.env"
echo "PAGER HAS IT"
stty -icanon -echo min 1 < /dev/tty
dd bs=1 count=1 < /dev/tty > "$PAGED.key" 2> /dev/null
END
my $p = Session->new(rows => 8, args => ['-e', '*'], box => ['--events', 0],
    env => {PTSH_PAGER => "$dir/pager", PAGED => "$dir/paged"});
is_deeply [($p->run('realm_info gid,name 5200007311'))[2]], ['5200007311  Lab'], 'what fits is shown without the pager';
$p->line('realm_query "Head Office" device device_ip');
ok $p->wait_row(qr/^PAGER HAS IT$/), 'a tall result goes through the pager';
cmp_ok((() = Term::slurp("$dir/paged") =~ /\n/g), '>', 100, '... all of it');
like Term::slurp("$dir/paged.env"), qr/^LESSSECURE=1$/m, '... which may not run programs';
unlike Term::slurp("$dir/paged.env"), qr/PASSWORD|\Q@{[$p->box->password]}\E/, '... and does not get the password';
my $other = Session->new(box => $p->box);
$other->line('realm_poll Lab');
$other->wait_row(qr/^port_seens/);
ok !grep(/realm_poll_/, $p->rows), 'an event meanwhile is not shown in it';
$p->key('C-c');
is_deeply [grep { /PAGER/ } $p->rows], ['PAGER HAS IT'], '^C is the pager\'s';
$p->type('q');
ok $p->wait_row(qr/^$clock realm_poll_stop 5200007311 \(Lab\)$/), '... but after it';
ok $p->wait_prompt(qr/^box> $/), '... and the prompt is back';
is Term::slurp("$dir/paged.key"), 'q', '... without any key typed to the pager';
for my $pager ('true', 'kill -9 $$', '/nonexistent') {
	my $q = Session->new(box => $p->box, rows => 8, env => {PTSH_PAGER => $pager});
	$q->line('realm_query Lab device device_ip');
	$q->line('.echo alive');
	ok $q->wait_row(qr/^alive$/), "a pager that ends at once ($pager): the next line works";
	is scalar(grep { /^(?:10\.96\.0\.\d+(?: 192\.0\.2\.33)?|192\.0\.2\.33|2001:DB8:[0-9A-F:]+)$/ } $q->scrollback), $pager eq '/nonexistent' ? 30 : 0, '... and the text is shown only if it cannot be run';
}


# One's own
my $own = Session->new(rows => 50, columns => 120, box => ['--delay', 300]);
my $why = 'ptsh: events of your own requests are not shown: the end of the request, or of its job, reports them';
$own->run('subscribe realm_poll_start realm_poll_stop');
$own->run('realm_poll Lab');
is scalar(grep { $_ eq $why } $own->scrollback), 1, 'polling a realm oneself: why its events are not shown';
ok !grep(/^$clock realm_poll/, $own->scrollback), '... and they are not';
$own->line('realm_poll Lab &');
ok $own->wait_row(qr/^ptsh: \[1\] realm_poll Lab: done/), 'as a job';
is scalar(grep { $_ eq $why } $own->scrollback), 1, '... it is said once';
$other = Session->new(box => $own->box);
$other->run('realm_poll Lab');
ok $own->wait_row(qr/^$clock realm_poll_stop 5200007311/), '... while events of others are shown';

done_testing;
