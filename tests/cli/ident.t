#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# --ident: queries of the box, and of others that may not ask.
use strict;
use warnings;
use Test::More;
use IO::Select;
use IO::Socket::IP;
use Socket qw(SOCK_STREAM);
use Box;
use Run;

# The local port of the connection to a port on 127.0.0.1, as the kernel knows it.
sub local_port {
	my ($remote) = @_;
	my $wanted = sprintf '0100007F:%04X', $remote;
	open my $table, '<', '/proc/net/tcp' or die "/proc/net/tcp: $!";
	while (<$table>) {
		my (undef, $local, $peer, $state) = split;
		return hex((split /:/, $local)[1]) if $peer eq $wanted && $state eq '01';
	}
	return undef;
}

# One connection: what is sent, and what comes back until that many lines or the end.
sub ask {
	my ($to, $text, %o) = @_;
	my $socket = IO::Socket::IP->new(PeerHost => $o{host} // '127.0.0.1', PeerPort => $to, Type => SOCK_STREAM,
	    $o{from} ? (LocalHost => $o{from}) : ()) or return "no connection: $@";
	my $answer = '';
	my $select = IO::Select->new($socket);
	local $SIG{PIPE} = 'IGNORE';
	syswrite $socket, $text;
	my $lines = () = $text =~ /\n/g;
	while ((() = $answer =~ /\n/g) < $lines && $select->can_read($o{wait} // 10)) {
		sysread $socket, $answer, 4096, length $answer or return $answer . '(end)';
	}
	return $answer;
}

# ptsh with a connection, listening for queries; its port for them and its port to the box.
sub begin {
	my ($box, @args) = @_;
	my $run = Run->begin(args => ['-v', '-w', '--ident-port', '127.0.0.1:0', '--follow', '-e', 'realm_poll_stop', @args,
	    $box->address]);
	$run->wait_for('stderr', qr/logged in/);
	my ($port) = $run->stderr =~ /ident: answers on port (\d+)/;
	return ($run, $port, local_port($box->port));
}

sub end {
	my ($run) = @_;
	kill INT => $run->pid;
	$run->finish;
	is $run->status, 130, '... ended by ^C';
}

my $box = Box->start('--auth', 'none');
my $to = $box->port;

# --- the name, and which peers get it ---

my ($run, $port, $mine) = begin($box, '--ident=operator');
ok $port && $mine, 'it listens';
is ask($port, "$mine, $to\r\n"), "$mine, $to : USERID : UNIX : operator\r\n", 'the connection is the operator\'s';
is ask($port, " \t$mine\t ,\t$to \r\n"), "$mine, $to : USERID : UNIX : operator\r\n", 'with blanks everywhere';
is ask($port, "$mine,$to\r\n" . ($mine - 1) . ",$to\r\n$mine," . ($to - 1) . "\r\n$to,$mine\r\n"),
	"$mine, $to : USERID : UNIX : operator\r\n" . ($mine - 1) . ", $to : ERROR : NO-USER\r\n$mine, "
	. ($to - 1) . " : ERROR : NO-USER\r\n$to, $mine : ERROR : NO-USER\r\n", 'several in one connection; other pairs have no owner';
is ask($port, "0, $to\r\n"), "0, $to : ERROR : INVALID-PORT\r\n", 'a port of 0';
is ask($port, "$mine, 65536\r\n"), "$mine, 65536 : ERROR : INVALID-PORT\r\n", '... or too high';
is ask($port, "-1, 1.5\r\n"), "0, 0 : ERROR : INVALID-PORT\r\n", '... or no number';
is ask($port, ('x' x 1001) . "\r\n"), '(end)', 'a query that is too long';
is ask($port, "$mine, $to\r\n", from => '127.0.0.2'), '(end)', 'a peer that is not the box gets no answer';
$run->wait_for('stderr', qr/ident: the box asked: $mine, $to : USERID : UNIX : operator/);
pass '-v prints what was asked';

# Eight silent connections do not disturb the prompt, and end with ptsh.
my @silent = map { IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $port) } 1 .. 8;
is ask($port, "$mine, $to\r\n", wait => 0.3), '', 'the ninth has to wait';
shift @silent;
is ask($port, "$mine, $to\r\n"), "$mine, $to : USERID : UNIX : operator\r\n", '... until one has gone';
end($run);
like ask($port, "$mine, $to\r\n"), qr/^no connection/, 'gone when ptsh is';

# Listening everywhere, by both protocols.
$run = Run->begin(args => ['-v', '-w', '--ident=both', '--ident-port', 0, '--follow', '-e', 'realm_poll_stop', $box->address]);
$run->wait_for('stderr', qr/logged in/);
($port) = $run->stderr =~ /ident: answers on port (\d+)/;
$mine = local_port($to);
is ask($port, "$mine, $to\r\n"), "$mine, $to : USERID : UNIX : both\r\n", 'listening everywhere: the box asks by IPv4';
is ask($port, "$mine, $to\r\n", host => '::1'), '(end)', '... and ::1 is not the box';
end($run);

# --- a real client ---

SKIP: {
	my $client = <<'END';
use POE qw(Component::Client::Ident::Agent);
my ($port, $pair, $to) = @ARGV;
POE::Session->create(inline_states => {
	_start => sub {
		POE::Component::Client::Ident::Agent->spawn(PeerAddr => '127.0.0.1', PeerPort => $pair, SockAddr => '127.0.0.1',
		    SockPort => $to, IdentPort => $port, TimeOut => 10);
	},
	ident_agent_reply => sub { print "@_[ARG1, ARG2]" },
	ident_agent_error => sub { print "error $_[ARG1]" },
});
POE::Kernel->run;
END
	my $query = sub {
		open my $out, '-|', $^X, '-e', $client, @_ or die "perl: $!";
		local $/;
		return <$out> // '';
	};
	skip 'POE::Component::Client::Ident is not there', 3
	    if system "$^X -MPOE::Component::Client::Ident::Agent -e 1 >/dev/null 2>&1";
	($run, $port, $mine) = begin($box, '--ident');
	my $me = getpwuid $<;
	is $query->($port, $mine, $to), "UNIX $me", 'POE::Component::Client::Ident knows the user';
	is $query->($port, $mine - 1, $to), 'error NO-USER', '... and that there is none';
	end($run);
}

# --- hidden; a name from the box's options; a socket that was handed over ---

($run, $port, $mine) = begin($box, '--ident', '--ident-hidden');
is ask($port, "$mine, $to\r\n1, $to\r\n"), "$mine, $to : ERROR : HIDDEN-USER\r\n1, $to : ERROR : NO-USER\r\n", 'hidden';
end($run);

($run, $port, $mine) = begin($box, '--ident', '--auth', 'none', '-u', 'jane');
is ask($port, "$mine, $to\r\n"), "$mine, $to : USERID : UNIX : jane\r\n", 'the user is the one to be named';
end($run);

my $handed = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Listen => 5, Type => SOCK_STREAM) or die $@;
$run = Run->begin(args => ['-v', '--follow', '-e', 'realm_poll_stop', '--ident=jim', '--ident-fd', 7, $box->address],
	prepare => sub { POSIX::dup2(fileno $handed, 7) }, keep => [7]);
$run->wait_for('stderr', qr/logged in/);
$port = $handed->sockport;
$mine = local_port($to);
is ask($port, "$mine, $to\r\n"), "$mine, $to : USERID : UNIX : jim\r\n", 'at a socket that was passed on';
end($run);
close $handed;

# --- a failure is reported once, and work continues ---

my $taken = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Listen => 1, Type => SOCK_STREAM) or die $@;
$run = Run->ptsh(args => ['--ident', '--ident-port', '127.0.0.1:' . $taken->sockport, '-c', 'ping', '-c', '.connect',
	'-c', 'ping', $box->address]);
is $run->status, 0, 'the port is taken: work continues';
is $run->stderr, 'ptsh: ident: port ' . $taken->sockport . ": Address already in use: the box gets no answer\n", '... and it is reported once';
is scalar(() = $run->stdout =~ /\n/g), 2, '... with all results';
$run = Run->ptsh(args => ['--ident', '--ident-fd', 9, '-c', 'ping', $box->address]);
like $run->stderr, qr/^ptsh: ident: descriptor 9: Bad file descriptor: /, 'a descriptor that is not open';
is $run->status, 0, '... is no reason to stop, either';

for ([['--ident-fd', 1], qr/3 or more/], [['--ident-port', 'x'], qr/a port's number/], [["--ident=\x{1}"], qr/printable/],
	[['--ident-hidden'], qr/needs --ident/]) {
	my ($args, $text) = @$_;
	$run = Run->ptsh(args => [@$args, ($args->[0] =~ /hidden/ ? () : '--ident'), '-c', 'ping', $box->address]);
	is $run->status, 2, "@$args: usage" =~ s/\x01/?/r;
	like $run->stderr, $text, '... and why';
}

my $status = Run->ptsh(args => ['--ident', '--ident-port', '127.0.0.1:0', '-c', 'ping', '-c', '.status', $box->address]);
like $status->stdout, qr/^ident\tport \d+, \w+$/m, '.status shows it';
$box->stop;

# --- the box asks ---

my $free = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Listen => 1, Type => SOCK_STREAM) or die $@;
$port = $free->sockport;
close $free;
$box = Box->start('--ident', $port);
$run = Run->ptsh(args => ['-v', '--ident=admin', '--ident-port', "127.0.0.1:$port", '-c', 'ping', $box->address]);
is $run->status, 0, 'a box that knows one by ident needs no login';
like $run->stderr, qr/the box offers none, .*without a login \(none\)/s, '... it offers none';
like +($box->log_lines('ident'))[0][3], qr/^\d+, \d+ : USERID : UNIX : admin\z/, '... as the answer says';
for (['another', ['--ident=guest']], ['a hidden one', ['--ident=admin', '--ident-hidden']], ['no answer', []]) {
	my ($case, $args) = @$_;
	$run = Run->ptsh(args => ['-w', @$args, (@$args ? ('--ident-port', "127.0.0.1:$port") : ()), '-c', 'ping', $box->address]);
	is $run->status, 2, "$case: a password is needed";
}
$box->stop;
$box = Box->start('--ident', $port, '--v6');
$run = Run->ptsh(args => ['--ident=admin', '--ident-port', "[::1]:$port", '-c', 'ping', '[::1]:' . $box->port]);
is $run->status, 0, 'by IPv6, too' or diag $run->stderr;
$box->stop;

done_testing;
