# SPDX-License-Identifier: ISC
# The commands that ptsh runs: what is left of them, and how long they can delay it.
use strict;
use warnings;
use utf8;

use Box;
use Deadline;
use File::Temp ();
use FindBin;
use Run;
use Test::More;

my $dir = File::Temp->newdir;
my $password = 'the word for children';
my $box = Box->start(password => $password);
my $count = 0;
Box::write_file("$dir/password", "$password\n");

# A file where a command writes its group, and whether that group has still a member.
sub group_file { return "$dir/group" . ++$count }
sub written { my ($file) = @_; return -s $file && Box::slurp($file) =~ /\A(\d+)\n/ ? $1 : 0 }
sub is_gone { my ($file) = @_; my $group = written($file); return $group && Deadline::wait_until(sub { !kill 0, -$group }) }

sub with_command {
	my ($command, @more) = @_;

	return Run->begin(args => ['-u', 'admin', '--password-command', $command, @more, '-c', 'ping', $box->address], secret => $password);
}

subtest 'a password command that leaves something in the background' => sub {
	my $file = group_file();
	my $r = with_command("cat $dir/password; tail -f /dev/null 2>/dev/null & echo \$! >$file", '--connect-timeout', 60)->finish;

	is($r->status, 0, 'its first line and its end are enough');
	ok(kill(0, written($file)), '... and its background process is left alone');
	kill 'KILL', written($file);
	$r = with_command("head -c " . length($password) . " $dir/password; tail -f /dev/null 2>/dev/null & echo \$! >$file")->finish;
	is($r->status, 0, 'a line without its end counts when the command has ended');
	kill 'KILL', written($file);
	$r = with_command("(tail -f /dev/null; cat $dir/password) 2>/dev/null & echo \$\$ >$file")->finish;
	is($r->status, 2, 'what comes after its end does not');
	like($r->stderr, qr/^ptsh: .*--password-command: the first line is empty/m, '... and the message says so');
	kill 'KILL', -written($file);
};

subtest 'a password command that does not end' => sub {
	for my $case (['that ignores SIGTERM', "trap '' TERM"], ['that is a pipeline', 'tail -f /dev/null | cat | tail -f /dev/null']) {
		my ($name, $first) = @$case;
		for my $signal (qw(TERM INT HUP)) {
			my $file = group_file();
			my $r = with_command("echo \$\$ >$file; $first; while :; do tail -f /dev/null; done", '--connect-timeout', 0);

			Deadline::wait_until(sub { written($file) });
			kill $signal, $r->pid;
			$r->finish;
			is($r->status, { TERM => 143, INT => 130, HUP => 129 }->{$signal}, "$name: SIG$signal ends ptsh");
			ok(is_gone($file), '... and all of the command');
		}
	}
	my $file = group_file();
	my $r = with_command("echo \$\$ >$file; trap '' TERM; tail -f /dev/null; tail -f /dev/null", '--connect-timeout', 2)->finish;
	is($r->status, 3, 'the deadline ends it');
	like($r->stderr, qr/^ptsh: .*--password-command: did not end within --connect-timeout/m, '... with a message');
	ok(is_gone($file), '... and all of the command');
};

subtest 'a proxy command ends as a whole' => sub {
	my $relay = "perl '$FindBin::Bin/../faults/relay.pl' " . $box->port;

	for my $command ("true; $relay", "cat | $relay | cat", "($relay) && true", "tail -f /dev/null & $relay", "trap '' TERM; $relay; tail -f /dev/null",
	    "(trap '' TERM; tail -f /dev/null; tail -f /dev/null) & $relay") {
		my $file = group_file();
		my $r = Run->ptsh(args => ['--tls', 'off', '-u', 'admin', '--proxy-command', "echo \$\$ >$file; exec 2>/dev/null; $command", '-c', 'ping',
			'box.example.net'], env => { PTSH_PASSWORD => $password }, secret => $password);

		is($r->status, 0, $command) or diag $r->stderr;
		ok(is_gone($file), '... leaves no process');
	}
};

done_testing;
