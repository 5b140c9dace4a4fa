# SPDX-License-Identifier: ISC
# Snmpd: Debian's snmpd for the length of a test, on loopback, with a configuration and a folder of its own.
#
#	my $agent = Snmpd->start;		# or skip the test: Snmpd->available
#	$agent->address				# "127.0.0.1:PORT"
#	my $slow = $agent->relay(delay => 0.2);	# "127.0.0.1:PORT" of a relay that takes its time with every answer
#	my $dead = Snmpd->dead;			# an address that receives queries and answers none
#	my ($fake, $process) = Snmpd->fake(sub { ... });	# an agent that misbehaves: see fake(), reply()
#
# It listens on 127.0.0.1 and ::1, by UDP and TCP.  Communities: `public` reads, `private` writes.  Users of v3: `plain` (noAuth),
# `auth` (SHA), `priv` (SHA and AES), `old` (MD5 and DES), and `sha224` ... `sha512` (with AES).  Pass phrases: `authpass123`,
# `privpass123`.  The object SETTABLE takes a value of any type and keeps it.
package Snmpd;

use strict;
use warnings;

use Carp qw(croak);
use Child;
use Deadline;
use File::Temp ();
use IO::Select ();
use IO::Socket::INET ();
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(time sleep);

use constant SETTABLE => '1.3.6.1.4.1.8072.9999.1.0';

sub program { (grep { -x } '/usr/sbin/snmpd', map { "$_/snmpd" } split /:/, $ENV{PATH})[0] }
sub available { defined program() }

sub socket_of {
	my (%o) = @_;
	return IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1', LocalPort => 0, %o) || croak "udp: $@";
}

sub start {
	my ($class, %o) = @_;
	my $dir = File::Temp->newdir('ptsh-snmpd-XXXXXX', TMPDIR => 1);

	# The kernel picks a port; another process may take it before snmpd does.
	for (1 .. 5) {
		my $port = socket_of()->sockport;
		my $self = bless { dir => $dir, port => $port, children => [], owner => $$ }, $class;
		$self->configure;
		$self->{pid} = Child::start(sub {
			%ENV = (PATH => $ENV{PATH}, HOME => "$dir", SNMP_PERSISTENT_DIR => "$dir/state", SNMPCONFPATH => "$dir", MIBS => '');
			open STDIN, '<', '/dev/null';
			open STDOUT, '>', "$dir/output";
			open STDERR, '>&', \*STDOUT;
			exec { program() } 'snmpd', '-f', '-Lo', '-C', '-c', "$dir/snmpd.conf", '-I', '-smux,smux', map { "$_:$port" } 'udp:127.0.0.1', 'tcp:127.0.0.1', ipv6() ? 'udp6:[::1]' : () or die "snmpd: $!\n";
		});
		return $self if $self->ready;
	}
	croak 'snmpd does not start: ' . (slurp("$dir/output") // '');
}

sub ipv6 { require IO::Socket::IP; !!IO::Socket::IP->new(Proto => 'udp', LocalHost => '::1', LocalPort => 0) }

sub configure {
	my ($self) = @_;

	mkdir "$self->{dir}/state", 0700;
	open my $pass, '>', "$self->{dir}/pass" or croak $!;
	print $pass <<'END';
my ($what, $oid, $type, @value) = @ARGV;
my $base = '.1.3.6.1.4.1.8072.9999.1';
if ($what eq '-s') {
	open my $out, '>', "$0.state";
	print $out "$type\n@value\n";
	exit;
}
exit if $what eq '-g' ? $oid ne "$base.0" : $oid =~ /^\Q$base\E\./;
open my $in, '<', "$0.state" or exit;
print "$base.0\n", <$in>;
END
	close $pass or croak $!;
	open my $conf, '>', "$self->{dir}/snmpd.conf" or croak $!;
	print $conf "pass .1.3.6.1.4.1.8072.9999.1 $^X $self->{dir}/pass\n";
	print $conf "createUser sha$_ SHA-$_ authpass123 AES privpass123\nrouser sha$_ priv\n" for 224, 256, 384, 512;
	print $conf <<'END';
rocommunity public 127.0.0.1
rocommunity6 public ::1
rwcommunity private 127.0.0.1
sysServices 72
sysContact Jörg <joerg@example.net>
createUser plain
createUser auth SHA "authpass123"
createUser priv SHA "authpass123" AES "privpass123"
createUser old MD5 "authpass123" DES "privpass123"
rouser plain noauth
rouser auth auth
rwuser priv priv
rouser old priv
END
	close $conf or croak $!;
}

# Sends SNMPv1 gets of sysServices.0, made by hand, until one is answered.
sub ready {
	my ($self) = @_;
	my $socket = socket_of(PeerAddr => $self->address);
	my $question = pack 'H*', '302602010004067075626c6963a01902010102010002010030' . '0e300c06082b060102010107000500';
	my $end = time + Deadline::SECONDS;

	while (time < $end) {
		return 0 if waitpid($self->{pid}, WNOHANG) == $self->{pid};
		$socket->send($question);
		IO::Select->new($socket)->can_read(0.1) or next;
		return 1 if defined $socket->recv(my $answer, 2048);
		sleep 0.05;		# nothing listens there yet
	}
	return 0;
}

sub slurp {
	my ($path) = @_;
	open my $in, '<', $path or return undef;
	local $/;
	return scalar <$in>;
}

sub port { $_[0]{port} }
sub address { '127.0.0.1:' . $_[0]{port} }

# A socket that is never read; it lives as long as the second result.
sub dead {
	my $socket = socket_of();
	return ('127.0.0.1:' . $socket->sockport, $socket);
}

# A process between the asker and the agent: every answer comes `delay` seconds late.  The queries it has seen are counted
# in a file: $agent->asked.
sub relay {
	my ($self, %o) = @_;
	my $front = socket_of();
	my $pid = Child::start(sub {
		my %back;		# asker => [socket]
		my @late;		# [due, asker, answer]
		my $parent = getppid;
		while (getppid == $parent) {
			my $select = IO::Select->new($front, values %back);
			for my $ready ($select->can_read(@late ? 0.005 : 0.5)) {
				my $from = $ready->recv(my $bytes, 65536);
				next unless defined $from;
				if ($ready == $front) {
					$back{$from} //= socket_of(PeerAddr => $self->address);
					$back{$from}->send($bytes);
				} else {
					my ($asker) = grep { $back{$_} == $ready } keys %back;
					push @late, [time + $o{delay}, $asker, $bytes];
				}
			}
			while (@late && $late[0][0] <= time) {
				my $one = shift @late;
				$front->send($one->[2], 0, $one->[1]);
			}
		}
	});
	push @{ $self->{children} }, $pid;
	return '127.0.0.1:' . $front->sockport;
}

# A process that answers each query with what answer() returns for its bytes (undef: nothing) until the test ends; its address.
sub fake {
	my ($class, $answer) = @_;
	my $front = socket_of();
	my $pid = Child::start(sub {
		my $parent = getppid;
		while (getppid == $parent) {
			IO::Select->new($front)->can_read(0.5) or next;
			my $from = $front->recv(my $bytes, 65536);
			my $text = defined $from ? $answer->($bytes) : undef;
			$front->send($text, 0, $from) if defined $text;
		}
	});
	return '127.0.0.1:' . $front->sockport, bless { children => [$pid], owner => $$ }, $class;
}

# --- the answers of a fake agent: BER by hand ---

sub ber {
	my ($tag, $content) = @_;
	my $len = length $content;

	return pack('C', $tag) . ($len < 128 ? pack 'C', $len : pack 'C n', 0x82, $len) . $content;
}

sub integer {
	my ($n) = @_;
	my $bytes = pack 'q>', $n;

	# The shortest form that keeps the sign.
	$bytes = substr $bytes, 1 while length $bytes > 1 && $bytes =~ /\A(?:\x00[\x00-\x7f]|\xff[\x80-\xff])/;
	return ber(2, $bytes);
}

sub oid {
	my ($first, $second, @rest) = split /\./, $_[0];
	return ber(6, join '', map { pack 'w', $_ } 40 * $first + $second, @rest);
}

# The first object of a query.
sub asked {
	my ($question) = @_;
	my ($bytes) = $question =~ /\x30.\x06(.(?s:.)*)\x05\x00/ ? unpack('C/a', $1) : return undef;
	my ($first, @rest) = unpack 'w*', $bytes;

	return join '.', int($first / 40), $first % 40, @rest;
}

# The answer to a query of version 1 or 2c by `public`: [oid, value in BER]...; error => N, index => N.
sub reply {
	my ($question, $vars, %o) = @_;
	my ($community, $id) = $question =~ /\A\x30.{1,3}?(\x02\x01[\x00\x01]\x04\x06public)[\xa0-\xa5].{1,3}?\x02([\x01-\x04].*)/s or return undef;
	my ($number) = unpack 'C/a', $id;
	my $list = ber(0x30, join '', map { ber(0x30, oid($_->[0]) . $_->[1]) } @$vars);

	return ber(0x30, $community . ber(0xa2, ber(2, $number) . integer($o{error} // 0) . integer($o{index} // 0) . $list));
}

sub stop {
	my ($self) = @_;

	for my $pid (@{ $self->{children} }, $self->{pid} // ()) {
		kill KILL => $pid;
		waitpid $pid, 0;
	}
	$self->{children} = [];
	$self->{pid} = undef;
}

sub DESTROY {
	my ($self) = @_;

	return if $self->{owner} != $$;
	local ($?, $!, $@);
	$self->stop;
}

1;
