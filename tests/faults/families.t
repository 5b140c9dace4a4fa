#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Cases that are made, not written: a conversation cut after each byte, sent in segments of each size, a batch that loses its
# connection anywhere, and the same batch over all channels and windows.  A sample of each; with PTSH_TEST_FULL=1 all of them.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";

use Time::HiRes qw(time);

use Box;
use Deadline;
use Parallel;
use Run;

my $full = $ENV{PTSH_TEST_FULL};
my $seed = $ENV{SEED} // 1;

# All or some of a list, always the first and the last.
sub sample {
	my ($most, @all) = @_;

	return @all if $full || @all <= $most;
	my $step = (@all - 1) / ($most - 1);
	return @all[map { int($_ * $step + 0.5) } 0 .. $most - 1];
}

# Runs the work for all items, four at a time; a test each would be thousands of lines.
sub family {
	my ($name, $items, $work) = @_;
	my @wrong;

	Parallel::each(4, $items, sub { $work->($_[0]) // '' }, sub {
		my ($item, $text) = @_;
		push @wrong, (ref $item ? join ' ', map { "$_=$item->{$_}" } sort keys %$item : $item) . ": $text" if $text ne '';
	});
	ok !@wrong, "$name (" . @$items . ' runs)' or diag join "\n", @wrong[0 .. ($#wrong < 9 ? $#wrong : 9)], scalar(@wrong) . ' failed';
}

sub escape {
	my ($bytes) = @_;

	$bytes =~ s/([^ -~]|[\\\$])/sprintf '\\x%02x', ord $1/ge;
	return $bytes;
}

sub ptsh {
	my ($box, %o) = @_;

	return Run->ptsh(secret => $box->password, env => { PTSH_USER => 'admin', PTSH_PASSWORD => $box->password }, %o);
}

sub shown { my ($r) = @_; return 'status ' . $r->status . ', ' . substr($r->stdout, 0, 300) . ' | ' . substr($r->stderr, -300) }

# --- a conversation, for the first two families ---

my @requests = ('ping', 'product_id', 'realm_info gid,name', 'ping', "- log 'an umlaut: ä'", 'realm_seed_list 5100005442', 'ping');
my @replies = (
	'[1,1,1700000000.5,17]' => "1700000000.5\t17\n",
	'[2,1,"n","00:11:22:33:44:55"]' . "\r" => "n\t00:11:22:33:44:55\n",
	'[3,1,["5100005442","Z\u00fcrich \ud83d\ude00"],["5100005443","Gen' . "\xc3\xa8" . 've"]]' =>
	    "5100005442\tZ\xc3\xbcrich \xf0\x9f\x98\x80\n5100005443\tGen\xc3\xa8ve\n",
	'[4,1,9007199254740993,-0.10e+5]' => "9007199254740993\t-0.10e+5\n",
	'[5,0,"no log"]' => '',
	'[6,1,[["10.0.0.1",2],["10.0.0.2",0]]]' => "10.0.0.1\t2\n10.0.0.2\t0\n",
	'[7,1,{"a":[1,null]},"\u0000\\\\"]' => "{\"a\":[1,null]}\t\\x00\\\\\n",
);
my @messages = map { $replies[2 * $_] . "\n" } 0 .. $#replies / 2;
my @results = map { $replies[2 * $_ + 1] } 0 .. $#replies / 2;
my $all = join '', @messages;

# The output that is due after so many bytes.
sub after {
	my ($n) = @_;
	my ($out, $at, $whole) = ('', 0, 0);

	for (0 .. $#messages) {
		$at += length $messages[$_];
		last if $at > $n;
		$out .= $results[$_];
		$whole++;
	}
	return ($out, $whole);
}

my @arguments = ('--auth', 'none', '-j', '0', map { ('-c', $_) } @requests);

sub check_cut {
	my ($cut, $how) = @_;
	my $box = Box->start(script => "hello none\ncollect 7\n" . ($cut ? 'send ' . escape(substr $all, 0, $cut) . "\n" : '') . "$how\n");
	my $r = ptsh($box, args => [@arguments, $box->address]);
	my ($want, $whole) = after($cut);
	my $unknown = () = $r->stderr =~ /: no answer: the box may have done it$/mg;

	$box->stop;
	return shown($r) if $r->stdout ne $want || $unknown != @requests - $whole;
	return shown($r) if $r->status != ($whole == @requests ? 0 : 3);
	return;
}

my $unsplit = do {
	my $box = Box->start(script => "hello none\ncollect 7\nsend " . escape($all) . "\n");
	ptsh($box, args => [@arguments, $box->address]);
};
is $unsplit->stdout, join('', @results), 'the conversation as it is';
is $unsplit->status, 0, '... and its status';

family('a conversation cut after each byte', [sample(24, 0 .. length $all)], sub { check_cut($_[0], 'close') });
family('the same, by half', [sample(6, 0 .. length $all)], sub { check_cut($_[0], 'shutdown') });

family('segments of each size', [sample(8, 1 .. 64)], sub {
	my ($size) = @_;
	my $box = Box->start(script => "chunk $size\nhello none\ncollect 7\nsend " . escape($all) . "\n");
	my $r = ptsh($box, args => [@arguments, $box->address]);
	$box->stop;
	return $r->stdout eq $unsplit->stdout && $r->status == 0 ? '' : shown($r);
});

family('segments of each size in TLS', [sample(4, 1 .. 64)], sub {
	my ($size) = @_;
	my $box = Box->start(script => "hello none\nexpect start_tls\nline [null,\"start_tls\"]\ntls\nchunk $size\nreply 1\ncollect 7\nsend "
	    . escape($all =~ s/^\[(\d)/'[' . ($1 + 1)/gmer) . "\n");
	my $r = ptsh($box, args => ['--tls', 'insecure', @arguments, $box->address]);
	$box->stop;
	return $r->stdout eq $unsplit->stdout && $r->status == 0 ? '' : shown($r);
});

# --- K1: a batch of a thousand lines whose connection is lost ---

# What is asked: mostly reading, with some that wait for all before them.
sub batch {
	my ($changes) = @_;
	return map { $changes && $_ % 97 == 0 ? "realm_poll $_" : 'ping' } 1 .. 1000;
}

sub check_batch {
	my ($seed) = @_;
	srand $seed;
	my $how = (qw(close reset shutdown))[rand 3];
	my $changes = int rand 2;
	my @options = @{ (['-j', 0], ['-j', 1], ['-j', 64], [])[rand 4] };
	my $jobs = @options ? $options[1] : $changes ? 96 : 1000;
	$jobs = 1000 if $jobs == 0;
	# How many are sent before the first barrier, or at once.
	my $come = $jobs;
	my $answered = int rand($come + 1);
	my $tail = rand() < 0.7 ? substr '[' . ($answered + 1) . ',1,"r"]', 0, int rand 9 : '';
	my $script = "hello none\ncollect $come\n";
	$script .= 'send ' . join('', map { "[$_,1,\"r$_\"]\\n" } 1 .. $answered) . "$tail\n" if $answered || $tail ne '';
	# With -j 1 the next is sent when this one is answered: cut nevertheless.
	my $box = Box->start(script => "$script$how\n");
	my $home = Run::new_home();
	Box::write_file("$home/batch", join '', map { "$_\n" } batch($changes));
	my $r = ptsh($box, home => $home, args => ['--auth', 'none', @options, '-f', 'batch', $box->address]);
	$box->stop;

	my @ok = split /\n/, $r->stdout;
	my %named;
	my $dropped = 0;
	for (split /\n/, $r->stderr) {
		if (/^ptsh: batch:(\d+): (?:ping|realm_poll): (no answer|not sent)/) {
			return "line $1 has two outcomes" if $named{$1};
			$named{$1} = $2;
		} elsif (/^ptsh: (\d+) lines? (?:was|were) not run$/) {
			$dropped = $1;
		}
	}
	for (0 .. $#ok) {
		return "result $_ is $ok[$_]" if $ok[$_] ne 'r' . ($_ + 1);
		return 'line ' . ($_ + 1) . ' has two outcomes' if $named{ $_ + 1 };
	}
	my $received = grep { /^\[\d+,"(?:ping|realm_poll)"/ } $box->received;
	my $unknown = grep { $_ eq 'no answer' } values %named;
	my $total = @ok + keys(%named) + $dropped;
	my $shown = "$how, @options, $answered of $come answered and '$tail': " . @ok . " ok, $unknown unknown, "
	    . (keys(%named) - $unknown) . " unsent, $dropped not run, $received received; " . shown($r);

	return "outcomes: $shown" if $total != 1000;
	# The shell shows a result only if its line was complete; a reset may have overtaken it.
	return "ok: $shown" if @ok > $answered || ($how ne 'reset' && @ok != $answered);
	return "unsent: $shown" if $received > @ok + $unknown;
	return "status: $shown" if $r->status != 3 && !($answered == 1000 && $tail eq '' && $r->status == 0);
	return;
}

family('K1 a batch of 1000 lines that loses its connection', [map { $seed * 100000 + $_ } 1 .. ($full ? 1000 : 24)], \&check_batch);

# --- D9: as many requests as replies before the first is answered, in any order ---

family('D9 four thousand replies in another order', [$full ? (0 .. 9) : (0, 1)], sub {
	my ($seed) = @_;
	srand $seed;
	my @order = $seed ? sort { $a->[0] <=> $b->[0] } map { [rand, $_] } 1 .. 4000 : map { [0, $_] } reverse 1 .. 4000;
	my $box = Box->start(script => "hello none\ncollect 4000\nsend " . join('', map { "[$_->[1],1,\"to $_->[1]\"]\\n" } @order) . "\n");
	my $r = ptsh($box, args => ['--auth', 'none', $box->address], stdin => "ping\n" x 4000);
	$box->stop;
	return $r->status == 0 && $r->stdout eq join('', map { "to $_\n" } 1 .. 4000) ? '' : shown($r);
});

# --- I6: a signal at any moment, also between the last check and the wait ---

my $busy = Box->start('--port', 0, '--auth', 'none', '--delay', 60000);
family('I6 interrupted at any moment', [map { $seed * 100000 + $_ } 1 .. ($full ? 1000 : 24)], sub {
	my ($seed) = @_;
	srand $seed;
	my $r = Run->begin(secret => $busy->password, args => ['--auth', 'none', '-c', 'realm_poll 5000015442', $busy->address]);
	my $until = time + rand 0.03;
	$r->turn($until - time) while time < $until;
	# Through its handler, or before it is set.
	kill INT => $r->pid;
	$until = time + Deadline::SECONDS;
	$r->turn(0.05) while time < $until && $r->{stderr} !~ /waiting/ && !$r->reap;
	return 'the signal was never noticed: ' . shown($r) if time >= $until;
	kill INT => $r->pid;
	$r->finish;
	return $r->status == 130 ? '' : shown($r);
});
$busy->stop;

# --- K14: windows and channels ---

my $directory = File::Temp->newdir('ptsh-batch-XXXXXX', TMPDIR => 1);
Box::write_file("$directory/batch", join '', map { ("realm_info gid,name\n", "realm_seed_list 5100005442\n", "log 'line $_'\n",
    "poller_info gid,name\n", "product_id\n") } 1 .. 40);
my $box = Box->start('--port', 0, '--unix', "$directory/socket", '--tls', 'offer', '--auth', 'login_cram_md6');
my %channel = (tcp => [$box->address], unix => [$box->unix], tls => ['--tls', 'insecure', '-q', $box->address]);
my @wanted;
for my $channel (sort keys %channel) {
	for my $jobs (1, 2, 64, 1000) {
		my $r = ptsh($box, args => ['-j', $jobs, '-o', 'json', '-f', "$directory/batch", @{ $channel{$channel} }]);
		push @wanted, $r->stdout;
		is $r->status, 0, "K14 $channel, -j $jobs" or diag shown($r);
	}
}
is scalar(grep { $_ ne $wanted[0] } @wanted), 0, 'K14 the same output over all channels and windows';
is scalar(split /\n/, $wanted[0]), 160, '... and all of it (log has no result)';
$box->stop;

done_testing;
