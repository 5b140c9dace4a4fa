# SPDX-License-Identifier: ISC
# Questions at a terminal about the box and the user: keys, clear channels, passwords.
use strict;
use warnings;
use utf8;
use Test::More;
use Session;

plan skip_all => 'needs tmux' unless Term::available;

my $pin = qr{sha256//[A-Za-z0-9+/]{43}=};

# --- an unknown key ---

my $tls = Box->start('--tls', 'offer');
my @tls = (box => $tls, args => ['--tls', 'on'], wait => undef);
my $question = qr/^Trust it from now on\? \(yes, no, or its pin as you know it\) $/;
sub known { my ($s) = @_; return Term::slurp($s->home . '/data/ptsh/known_boxes') }

for my $case (['no', 5], ['end of file', 5], ['^C', 130], ['another pin', 5]) {
	my ($what, $status) = @$case;
	my $s = Session->new(@tls);
	ok $s->wait_prompt($question), 'an unknown key is asked about';
	my $text = join "\n", $s->rows;
	like $text, qr/^  key +EC .*\n  pin +$pin\n  subject +CN = \S+\n.*  valid +\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d$/ms, '... and shown'
	    if $what eq 'no';
	$what eq '^C' ? $s->key('C-c') : $what eq 'end of file' ? $s->key('C-d') :
	    $s->line($what eq 'no' ? 'no' : 'sha256//' . 'A' x 43 . '=');
	is $s->status, $status, "$what: status $status";
	is known($s), '', '... nothing is remembered';
	is scalar(grep { /login/ } $tls->received), 0, '... and no login was sent';
	ok $s->modes_restored, '... the terminal is as before';
}
for my $answer ('yes', 'pin') {
	my $s = Session->new(@tls);
	$s->wait_prompt($question);
	my ($seen) = join('', $s->rows) =~ /($pin)/;
	if ($answer eq 'yes') {
		$s->line('perhaps');
		ok $s->wait_prompt(qr/^Please answer yes, no, or with the whole pin: $/), 'anything else is asked again';
	}
	$s->line($answer eq 'yes' ? 'yes' : $seen);
	ok $s->wait_prompt(qr/^box> $/), "$answer: trusted";
	like known($s), qr/^127\.0\.0\.1:\d+ \Q$seen\E \d{4}-/m, '... and remembered';
	my $again = Session->new(@tls, home => $s->home, rows => 60);
	ok $again->wait_prompt(qr/^box> $/), '... the next time without a question';
	unlike join("\n", $again->rows), qr/Trust it/, '... really';
	my $status = join "\n", $again->run('.status');
	like $status, qr/^encryption +TLSv1\.\d, \S+\nkey +EC .*\npin +\Q$seen\E$/m, '.status shows the key';
	like $status, qr/^certificate expires +\d{4}-/m, '... and its end';
	my $changed = Session->new(box => Box->start('--tls', 'offer'), args => ['--tls', 'on',
	    '--known-as', $tls->address], wait => undef, home => $s->home);
	is $changed->status, 5, 'a changed key is refused without a question';
	like join('', $changed->rows), qr/\Q$seen\E/, '... and the old one is shown';
}

# What was typed before a question is no answer to it
{
	my $slow = Box->start('--tls', 'offer', '--latency', 500);
	my $s = Session->new(@tls, box => $slow);
	$s->line('yes');
	ok $s->wait_prompt($question), 'a yes that was typed too early';
	$s->line('what?');
	ok $s->wait_prompt(qr/^Please answer yes, no, or with the whole pin: $/), '... is not taken for the answer';
	$s->line('no');
	is $s->status, 5, '... which is what comes after the question';
}

# --- a clear channel over a network: all that ptsh sees of this one is a command's pipe ---

my $dir = Term::directory();
Session::put("$dir/relay", <<'END', 0755);
#!/usr/bin/perl
use IO::Socket::INET;
my $s = IO::Socket::INET->new($ARGV[0]) or die "$ARGV[0]: $!";
if (my $pid = fork) {
	syswrite $s, $_ while sysread STDIN, $_, 65536;
	shutdown $s, 1;
	waitpid $pid, 0;
} else {
	syswrite STDOUT, $_ while sysread $s, $_, 65536;
}
END
my $clear = Box->start;
my $boxes = "box box.example:5555 --proxy-command '$dir/relay " . $clear->address . "'\n";
my $c = Session->new(box => $clear, boxes => $boxes, wait => undef);
ok $c->wait_row(qr/without TLS|no TLS|refuses TLS|encryption/i), 'a box without TLS is asked about';
$c->wait_prompt(qr/\? .*$/);
my $asked = join "\n", $c->rows;
$c->line('no');
is $c->status, 5, 'no: status 5';
is scalar(grep { /login/ } $clear->received), 0, '... and no login was sent';
$c = Session->new(box => $clear, boxes => $boxes, wait => undef);
$c->wait_prompt(qr/\? .*$/);
$c->line('yes');
is $c->wait_prompt(qr/^box.*> $/), 'box !clear> ', 'yes: the prompt says that it is clear';
like known($c), qr/^box\.example:5555 clear \d{4}-/m, '... and it is remembered';
my $c2 = Session->new(box => $clear, boxes => $boxes, home => $c->home);
is $c2->prompt_row, 'box !clear> ', 'the next time without a question';
my $off = Session->new(box => $clear, boxes => "box box.example:5555 --tls off --proxy-command '$dir/relay " . $clear->address . "'\n");
is $off->prompt_row, 'box !clear> ', '--tls off: the prompt says so, too';

# --- the password ---

my $box = Box->start;
my @ask = (box => $box, ask => 1, wait => undef);
my $prompt = qr/^Password for admin at box: $/;
my $s = Session->new(@ask, where => 'admin@' . $box->address);
ok $s->wait_prompt(qr/^Password for admin at 127\.0\.0\.1:\d+: $/), 'the user is named once';
$s->key('C-c');
$s = Session->new(@ask);
ok $s->wait_prompt($prompt), 'without a password it is asked for';
for my $try (1, 2) {
	$s->line("wrong$try");
	ok $s->wait_for(sub { (() = $s->all =~ /^ptsh: box: login refused: /mg) == $try }), 'a wrong one is refused';
	ok $s->wait_prompt($prompt), '... and asked for again';
}
$s->line($box->password);
ok $s->wait_prompt(qr/^box> $/), 'the right one is taken';
unlike $s->output, qr/wrong\d|\Q@{[$box->password]}\E/, '... none was shown';
ok !grep({ /\Q@{[$box->password]}\E|wrong\d/ } split /\0/, Term::slurp('/proc/' . $s->pid . '/environ')), '... or is in the environment';
$s = Session->new(@ask);
for my $try (1 .. 3) {
	$s->wait_prompt($prompt);
	$s->line('wrong');
	$s->wait_for(sub { (() = $s->all =~ /login refused/g) == $try });
}
is $s->status, 4, 'three wrong ones: status 4';
ok $s->modes_restored, '... with the terminal as before';
for my $case (['C-c', 130], ['C-d', 2], ['Enter', 2]) {
	my ($key, $status) = @$case;
	$s = Session->new(@ask);
	$s->wait_prompt($prompt);
	$s->key($key);
	is $s->status, $status, "$key at the password: status $status";
	ok $s->modes_restored, '... with the terminal as before';
}
for my $case (['TERM', 143], ['HUP', 129]) {
	my ($signal, $status) = @$case;
	$s = Session->new(@ask);
	$s->wait_prompt($prompt);
	kill $signal, $s->pid;
	is $s->status, $status, "SIG$signal at the password: status $status";
	ok $s->modes_restored, '... with the terminal as before';
}
$s = Session->new(@ask, job_control => 1);
$s->wait_prompt($prompt);
$s->key('C-z');
ok $s->wait_prompt(qr/^bash\$ $/), '^Z at the password goes back to the shell';
$s->line('fg');
ok $s->wait_prompt($prompt), 'fg asks again';
$s->line($box->password);
ok $s->wait_prompt(qr/^box> $/), '... without having lost anything';
$s->close;
my $strict = Box->start(script => <<'END');
hello login
expect "login"
reply 0,"no"
next
hello login
expect "login"
reply 0,"no"
close
next
hello login
login
answer-all
END
$s = Session->new(box => $strict, ask => 1, wait => undef);
for my $try (1, 2) {
	$s->wait_prompt($prompt);
	$s->line('wrong');
	$s->wait_for(sub { (() = $s->all =~ /login refused/g) == $try });
}
$s->wait_prompt($prompt);
$s->line($strict->password);
ok $s->wait_prompt(qr/^box> $/), 'a box that hangs up after a refused login is connected to again';

# The same box, or another one in its place, with a weaker login
for my $weaker ('login', 'none') {
	my $false = Box->start(script => <<"END");
hello login_cram_md6
expect "login_cram_md6"
reply 0,"no"
close
next
hello $weaker
expect-eof
END
	$s = Session->new(box => $false, ask => 1, wait => undef);
	$s->wait_prompt($prompt);
	$s->line($false->password);
	is $s->status, 4, "$weaker instead of cram after a refused login: status 4";
	like join("\n", $s->rows), qr/nothing weaker/, '... and why';
	is $false->wait, 0, '... and nothing was sent';
}

# What was in the environment is wrong: then it is asked for
$s = Session->new(box => $box, env => {PTSH_PASSWORD => 'old'}, wait => undef);
ok $s->wait_prompt($prompt), 'a wrong one from the environment is asked for again';
$s->line($box->password);
ok $s->wait_prompt(qr/^box> $/), '... and that one is taken';
is_deeply [$s->run('realm_info gid 5200007311 | env | grep -c PTSH_PASSWORD')], ['0', 'ptsh: env | grep -c PTSH_PASSWORD: status 1'],
    'no child gets it';

done_testing;
