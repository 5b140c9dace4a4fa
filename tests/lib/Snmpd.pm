# Snmpd: Debian's snmpd for the length of a test, on loopback, with a configuration and a folder of its own.
#
#	my $agent = Snmpd->start;		# or skip the test: Snmpd->available
#	$agent->address				# "127.0.0.1:PORT"
#	my $slow = $agent->relay(delay => 0.2);	# "127.0.0.1:PORT" of a relay that takes its time with every answer
#	my $dead = Snmpd->dead;			# an address that takes questions and answers none
#
# Communities: `public` reads, `private` writes.  Users of v3: `plain` (noAuth), `auth` (SHA), `priv` (SHA and AES); `old` (MD5
# and DES) where the library still has them.  Pass phrases: `authpass123`, `privpass123`.
package Snmpd;

use strict;
use warnings;

use Carp qw(croak);
use File::Temp ();
use IO::Select ();
use IO::Socket::INET ();
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(time sleep);

use constant DEADLINE => 20;

sub program { (grep { -x } '/usr/sbin/snmpd', map { "$_/snmpd" } split /:/, $ENV{PATH})[0] }
sub available { defined program() }

sub socket_of {
	my (%o) = @_;
	return IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1', LocalPort => 0, %o) || croak "udp: $@";
}

sub start {
	my ($class, %o) = @_;
	my $dir = File::Temp->newdir('ptsh-snmpd-XXXXXX', TMPDIR => 1);

	# The kernel picks a port; between its being closed and taken again somebody else may have it.
	for (1 .. 5) {
		my $port = socket_of()->sockport;
		my $self = bless { dir => $dir, port => $port, children => [], owner => $$ }, $class;
		$self->configure;
		$self->{pid} = fork // croak "fork: $!";
		if ($self->{pid} == 0) {
			%ENV = (PATH => $ENV{PATH}, HOME => "$dir", SNMP_PERSISTENT_DIR => "$dir/state", SNMPCONFPATH => "$dir", MIBS => '');
			open STDIN, '<', '/dev/null';
			open STDOUT, '>', "$dir/output";
			open STDERR, '>&', \*STDOUT;
			no warnings 'exec';
			exec { program() } 'snmpd', '-f', '-Lo', '-C', '-c', "$dir/snmpd.conf", '-I', '-smux,smux', "udp:127.0.0.1:$port";
			POSIX::_exit(127);
		}
		return $self if $self->ready;
	}
	croak 'snmpd does not start: ' . (slurp("$dir/output") // '');
}

sub configure {
	my ($self) = @_;

	mkdir "$self->{dir}/state", 0700;
	open my $conf, '>', "$self->{dir}/snmpd.conf" or croak $!;
	print $conf <<'END';
rocommunity public 127.0.0.1
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

# Asks by hand (SNMPv1 get of sysServices.0) until it answers.
sub ready {
	my ($self) = @_;
	my $socket = socket_of(PeerAddr => $self->address);
	my $question = pack 'H*', '302602010004067075626c6963a01902010102010002010030' . '0e300c06082b060102010107000500';
	my $end = time + DEADLINE;

	while (time < $end) {
		return 0 if waitpid($self->{pid}, WNOHANG) == $self->{pid};
		$socket->send($question);
		IO::Select->new($socket)->can_read(0.1) or next;
		return 1 if defined $socket->recv(my $answer, 2048);
		sleep 0.05;		# nobody listens there yet
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

# A socket that nobody reads; it lives as long as what is returned second.
sub dead {
	my $socket = socket_of();
	return ('127.0.0.1:' . $socket->sockport, $socket);
}

# A process between the asker and the agent: every answer comes `delay` seconds late.  The questions it has seen are counted
# in a file: $agent->asked.
sub relay {
	my ($self, %o) = @_;
	my $front = socket_of();
	my $pid = fork // croak "fork: $!";

	if ($pid == 0) {
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
		POSIX::_exit(0);
	}
	push @{ $self->{children} }, $pid;
	return '127.0.0.1:' . $front->sockport;
}

# A process that answers each question with what answer() makes of its bytes (undef: with nothing) until the test ends; its address.
sub fake {
	my ($class, $answer) = @_;
	my $front = socket_of();
	my $pid = fork // croak "fork: $!";

	if ($pid == 0) {
		my $parent = getppid;
		while (getppid == $parent) {
			IO::Select->new($front)->can_read(0.5) or next;
			my $from = $front->recv(my $bytes, 65536);
			my $text = defined $from ? $answer->($bytes) : undef;
			$front->send($text, 0, $from) if defined $text;
		}
		POSIX::_exit(0);
	}
	return '127.0.0.1:' . $front->sockport, bless { children => [$pid], owner => $$ }, $class;
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
