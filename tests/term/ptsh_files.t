# SPDX-License-Identifier: ISC
# Files at the prompt that wait, and what ^C does about them; a shell's loop that ^C ends.
use strict;
use warnings;
use utf8;
use Fcntl qw(O_NONBLOCK O_RDONLY);
use POSIX qw(mkfifo);
use Session;
use Test::More;

plan skip_all => 'needs tmux' unless Term::available;

my $dir = Term::directory();
mkfifo("$dir/fifo", 0600) or die "mkfifo: $!";
my $s = Session->new(box => ['--devices', 5000]);

for my $line ("ping > $dir/fifo", "ping >> $dir/fifo", "log \@$dir/fifo", ".source $dir/fifo", ".trace $dir/fifo", 'log @/dev/stdin') {
	$s->key('C-l');
	$s->wait_prompt(qr/^box> $/);
	$s->line($line);
	ok $s->wait_for(sub { $s->prompt_row !~ /^box>/ }), "$line waits";
	$s->key('C-c');
	ok defined $s->wait_prompt(qr/^box> $/), '... and ^C gives the prompt back';
}
is join('', $s->run('ping')) =~ /\d/ ? 'answered' : join("\n", $s->rows), 'answered', '... which works';

# A reader that comes, and one that stops reading.
$s->line("ping > $dir/fifo");
$s->wait_for(sub { $s->prompt_row !~ /^box>/ });
open my $reader, '<', "$dir/fifo" or die "fifo: $!";
like scalar(<$reader>), qr{^[0-9.]+\t[0-9]+}, 'a reader that comes later gets the result';
close $reader;
ok defined $s->wait_prompt(qr/^box> $/), '... and the prompt is back';
sysopen $reader, "$dir/fifo", O_RDONLY | O_NONBLOCK or die "fifo: $!";
$s->line("realm_query 'Head Office' device device_mac,device_ip > $dir/fifo");
$s->wait_for(sub { $s->prompt_row !~ /^box>/ });
$s->key('C-c');
ok defined $s->wait_prompt(qr/^box> $/), 'a reader that has stopped reading: ^C gives the prompt back';
close $reader;
for my $signal ('TERM', 'HUP') {
	my $t = Session->new;
	$t->line("log \@$dir/fifo");
	$t->wait_for(sub { $t->prompt_row !~ /^box>/ });
	kill $signal, $t->pid;
	is $t->status, {TERM => 143, HUP => 129}->{$signal}, "SIG$signal ends a session that waits for a file";
}

# A folder that hangs: Tab continues without its names, and the prompt works.
{
	my $t = Session->new(wrap => ['env', "LD_PRELOAD=$ENV{SHIM}", 'SHIM=hang=hung']);
	$t->type('log @/hung/fol');
	$t->key('Tab');
	$t->type('x');
	ok $t->wait_row(qr{^box> log \@/hung/folx$}), 'a Tab in a folder that hangs takes no key away';
	$t->key('C-c');
	is join('', $t->run('ping')) =~ /\d/ ? 'answered' : join("\n", $t->rows), 'answered', '... and the prompt works';
}

# No prompt: lines typed at a terminal whose output goes elsewhere are the kernel's, which cuts them.
for my $size (4094, 4095, 5000) {
	my $t = Session->new(wait => undef, wrap => ['sh', '-c', '"$@" | cat', 'sh'], args => ['-v']);
	$t->wait_for(sub { grep { /\bptsh\0/ } map { Term::slurp("/proc/$_/cmdline") } map { split ' ', Term::slurp($_) } glob '/proc/' . $t->pid . '/task/*/children' });
	$t->type("log '" . 'x' x ($size - 6) . "'");
	$t->key('Enter');
	if ($size < 4095) {
		ok $t->wait_for(sub { grep { /"log"/ } map { $_->[3] } $t->box->log_lines('recv') }), "a line of $size bytes is sent";
		$t->key('C-d');
	} else {
		ok $t->wait_row(qr/^ptsh: stdin:1: a line of 4095 bytes or more/), "a line of $size bytes is refused";
		is scalar(grep { /"log"/ } map { $_->[3] } $t->box->log_lines('recv')), 0, '... and nothing of it is sent';
	}
}

# ^C on a loop: a shell continues with the next round unless its child has died of the signal.
my $box = Box->start;
my $t = Session->new(box => $box, wait => undef, wrap => ['bash', '-c',
    'for i in 1 2 3; do echo "round $i"; "$@"; done; echo all rounds', 'bash'], args => ['-c', '.sleep 60']);
ok $t->wait_row(qr/^round 1$/), 'a loop runs ptsh';
$t->wait_for(sub { grep { /\bptsh\0/ } map { Term::slurp("/proc/$_/cmdline") } map { split ' ', Term::slurp($_) } glob '/proc/' . $t->pid . '/task/*/children' });
$t->key('C-c');
is $t->status, 130, '^C ends the loop';
is scalar(grep { /^round [23]|^all rounds/ } $t->scrollback), 0, '... without another round';

done_testing;
