# SPDX-License-Identifier: ISC
# The connection is lost and made again while a user is at the prompt.
use strict;
use warnings;
use utf8;
use Test::More;
use Session;

plan skip_all => 'needs tmux' unless Term::available;

my $away = qr/^box \(away \d+s\)> /;
my $s = Session->new(args => ['-e', 'realm_poll_stop'], box => ['--delay', 30000], rows => 40);
my ($port, $password) = ($s->box->port, $s->box->password);
$s->line('realm_poll Lab &');
$s->line('.on realm_discover_stop -- log seen');
$s->wait_prompt(qr/^box \(1 job\)> $/);
$s->box->wait_log('recv', qr/"realm_poll"/);
$s->type('.echo half');
$s->wait_prompt(qr/half$/);
$s->box->stop;
ok $s->wait_row(qr/^ptsh: box: the box closed the connection; trying to connect again$/), 'it is reported';
ok $s->wait_row(qr/^ptsh: \[1\] realm_poll Lab: failed after .*: no answer: the box may have done it$/), 'what has no answer is named';
ok $s->wait_prompt(qr/^box \(away \d+s\)> \.echo half$/), 'the prompt says it, and the line is as it was';
$s->type(' of it');
$s->key('Enter');
ok $s->wait_row(qr/^half of it$/), 'typing works, and commands';
ok $s->wait_prompt(qr/^box \(away [1-9]\d*s\)> $/), 'the seconds count';
$s->line('ping');
ok $s->wait_row(qr/^ptsh: ping: not sent: .*$/), 'a request meanwhile is refused, not forgotten';
$s->line('realm_poll Lab &');
ok $s->wait_row(qr/^ptsh: realm_poll: not sent: .*$/), '... a job, too';
like join('', map { "$_;" } $s->run('.status')), qr/;state +lost[^;]*;because +.*ref;?u;?s;?e;?d;/, '.status says why';
$s->type('typed meanwhile');
my $back = Box->start('--port', $port, password => $password);
ok $s->wait_row(qr/^ptsh: box: reconnected after [\d.]+s$/), 'the reconnection is reported';
ok $s->wait_prompt(qr/^box> typed meanwhile$/), '... above the line';
$back->wait_log('recv', qr/"subscribe"/);
is_deeply [map { $_ =~ s/^\[\d+,//r } grep { /subscribe/ } $back->received], ['"subscribe","realm_poll_stop","realm_discover_stop"]'],
    'it has subscribed again';
is scalar(grep { /realm_poll"/ } $back->received), 0, 'and sent nothing twice';
my $other = Session->new(box => $back);
$other->line('realm_poll Archive');
ok $s->wait_row(qr/ realm_poll_stop 3865500631171652 \(Archive\)$/), 'events come again';
$s->key('C-u', 'C-l');
is_deeply [$s->run('realm_info name 5200007311')], ['name', '----', 'Lab'], 'requests are answered again';

# A line makes it try at once
$back->stop;
$s->wait_prompt($away);
$s->run('ping');
$back = Box->start('--port', $port, password => $password);
is_deeply [$s->run('realm_info name 5200007311')], ['ptsh: box: reconnected after ' . (grep { s/.*after //  } $s->scrollback)[-1],
    'name', '----', 'Lab'], 'a line does not wait for the next try';
$s->key('C-d');
is $s->status, 0, '^D leaves';

# A question for the password does not take over the keyboard of a user who is typing
my $guarded = Box->start;
my $g = Session->new(box => $guarded, ask => 1, args => ['-e', 'realm_poll_stop'], wait => undef);
my $asked = qr/^Password for admin at box: $/;
$g->wait_prompt($asked);
$g->line($guarded->password);
$g->wait_prompt(qr/^box> $/);
$g->type('realm_info na');
$guarded->stop;
$g->wait_prompt(qr/away \d+s\)> realm_info na$/);
my $again = Box->start('--port', $guarded->port, password => $guarded->password);
ok $g->wait_row(qr/^ptsh: box: reconnected; press Enter to log in$/), 'the box is back, and that is printed';
like $g->prompt_row, qr/away \d+s\)> realm_info na$/, '... the line is as it was';
$g->type('me 5200007311');
ok $g->wait_prompt(qr/> realm_info name 5200007311$/), '... and typing works';
$g->key('Enter');
ok $g->wait_prompt($asked), '... until it is entered';
$g->line('wrong');
ok $g->wait_row(qr/^ptsh: box: login refused: /), '... a wrong one is refused';
ok $g->wait_prompt($asked), '... and asked for again';
$g->line($guarded->password);
ok $g->wait_row(qr/^ptsh: box: reconnected after [\d.]+s$/), 'the right one is taken';
ok $g->wait_row(qr/^Lab$/), '... and the line is run';
ok $g->wait_prompt(qr/^box> $/), '... and all is as before';
unlike $g->output, qr/\Q@{[$guarded->password]}\E/, '... it was not shown';
$again->wait_log('recv', qr/"subscribe"/);
$g->key('C-l');
$again->stop;
$g->wait_prompt($away);
$again = Box->start('--port', $guarded->port, password => $guarded->password);
ok $g->wait_row(qr/^ptsh: box: reconnected; press Enter to log in$/), 'the box is back once more';
$g->key('C-c');
$g->line('.echo a line without the box');
ok $g->wait_row(qr/^a line without the box$/), 'what needs no box';
ok !grep({ /login/ } $again->received), '... and ^C ask for nothing';
$g->key('Enter');
ok $g->wait_prompt($asked), 'and an empty line is enough';
$g->line($guarded->password);
ok $g->wait_prompt(qr/^box> $/), '... to be asked';
$g->close;

# Leaving while it is away
$s = Session->new(box => $back);
$back->stop;
$s->wait_prompt($away);
$s->key('C-c');
$s->wait_for(sub { $s->all =~ /\^C/ });
ok $s->wait_prompt($away), '^C does not end it';
$s->line('.quit');
is $s->status, 0, '.quit leaves while the box is away';

# A box that accepts a connection and sends nothing
my $mute = Box->start(script => "hello login\nlogin\nexpect \"realm_info\"\nclose\nnext\ndrain\n");
$s = Session->new(box => $mute, args => ['--connect-timeout', 60]);
ok $s->wait_prompt($away), 'the box hangs up';
$s->line('ping');
ok $s->wait_row(qr/^connecting to box: \d+ s/), 'a line waits for the connection';
$s->key('C-c');
ok $s->wait_row(qr/^ptsh: ping: not sent: /), '... until ^C';
ok $s->wait_prompt($away), '... and the prompt is back';
$s->key('C-d');
is $s->status, 0, '^D leaves';

# A request in the foreground
my $cut = Box->start(script => "hello login\nlogin\nexpect \"realm_info\"\nexpect \"realm_modify\"\nsend [\$id,1,[[\"x\nclose\nnext\ndrain\n" =~ s/expect "realm_modify"/collect 6/r);
$s = Session->new(box => $cut);
$s->line('realm_info gid,name');
ok $s->wait_row(qr/^ptsh: realm_info: no answer: the box may have done it$/), 'a request without an answer is named';
ok $s->wait_prompt($away), '... and the prompt is back';
$s->key('C-d');

# Before it is sent
my $slow = Box->start('--latency', 600);
$s = Session->new(box => $slow);
$s->run('realm_info name 5200007311');
$s->line('realm_discover Lab');
$s->wait_for(sub { (grep { /realm_info/ } $slow->received) > 2 });
$s->key('C-c');
ok $s->wait_row(qr/^ptsh: \[1\] realm_discover Lab: interrupted, not sent$/), '^C while a name is looked up';
ok $s->wait_row(qr/^ptsh: \[1\] realm_discover Lab: failed after .*: not sent$/), '... keeps the request from being sent';
is scalar(grep { /discover/ } $slow->received), 0, '... really';
$s->key('C-d');

# .connect
my ($one, $two) = (Box->start, Box->start('--auth', 'none'));
$s = Session->new(box => $one, boxes => 'box ' . $one->address . "\nother " . $two->address . " --auth none\n");
$s->line('.connect other');
ok $s->wait_prompt(qr/^other> $/), '.connect takes a name of the boxes file';
$s->line('ping');
ok $s->wait_row(qr/^time +pid/), '... and its options';
is scalar(grep { /"login/ } $two->received), 0, '... really';
$s->line('.connect box');
ok $s->wait_prompt(qr/^box> $/), '... and back';
$s->line('.connect a b');
ok $s->wait_row(qr/^ptsh: \.connect: usage: /), 'too many words';
$s->key('C-d');
is $s->status, 0, 'ends';

done_testing;
