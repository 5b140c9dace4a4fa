# SPDX-License-Identifier: ISC
# Dns: a name server on loopback that knows SRV records and nothing else, for the length of a test.
#
#	my $dns = Dns->start('_porttracker._tcp.box.example' => [[10, 0, 55, 'a.example'], ...], ...);
#	$dns->env('a.example' => '127.0.0.2', ...)	# the environment in which ptsh asks it and finds these addresses
#	$dns->asked					# the names it was asked for, in order
#
# Instead of records a name may have: 'silent' (no answer), 'garbage', 'servfail', or ['truncated', records]: by UDP only a hint
# that TCP has it.  A name that is not there does not exist.
package Dns;

use strict;
use warnings;

use Carp qw(croak);
use Child;
use File::Temp ();
use IO::Select ();
use IO::Socket::INET ();
use POSIX ();

sub start {
	my ($class, %zone) = @_;
	my ($udp, $tcp);

	# The same port for both; another process may have the second one.
	for (1 .. 20) {
		$udp = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1', LocalPort => 0) or croak "udp: $@";
		$tcp = IO::Socket::INET->new(Proto => 'tcp', LocalAddr => '127.0.0.1', LocalPort => $udp->sockport, Listen => 5) and last;
	}
	croak "tcp: $@" unless $tcp;
	my $log = File::Temp->new;
	my $self = bless { port => $udp->sockport, log => $log, owner => $$ }, $class;
	my $parent = $$;
	$self->{pid} = Child::start(sub { serve($udp, $tcp, $log, \%zone) while getppid == $parent });
	return $self;
}

sub serve {
	my ($udp, $tcp, $log, $zone) = @_;

	for my $ready (IO::Select->new($udp, $tcp)->can_read(0.5)) {
		if ($ready == $udp) {
			my $from = $udp->recv(my $question, 4096) // next;
			my $answer = answer($question, $zone, $log, 1);
			$udp->send($answer, 0, $from) if defined $answer;
			next;
		}
		my $client = $tcp->accept or next;
		sysread $client, my $question, 4096;
		my $answer = answer(substr($question, 2), $zone, $log, 0);
		syswrite $client, pack('n/a*', $answer) if defined $answer;
	}
}

sub name { join '', map({ pack 'C/a*', $_ } split /\./, $_[0]), "\0" }

sub answer {
	my ($question, $zone, $log, $udp) = @_;
	my ($id) = unpack 'n', $question;
	my ($labels, $rest) = ('', substr $question, 12);
	my $asked = substr $rest, 0, index($rest, "\0") + 5;

	while (my ($label) = unpack 'C/a', $rest) {
		last if $label eq '';
		$labels .= ($labels eq '' ? '' : '.') . $label;
		substr $rest, 0, 1 + length $label, '';
	}
	syswrite $log, "$labels\n" if $udp;
	my $records = $zone->{lc $labels};
	my $header = sub { pack 'n6', $id, @_, 0, 0 };
	return $header->(0x8183, 1, 0) . $asked unless defined $records;
	return undef if $records eq 'silent';
	return $header->(0x8180, 1, 3) . $asked . "\xc0\x0c\xff\xff" x 9 if $records eq 'garbage';
	return $header->(0x8182, 1, 0) . $asked if $records eq 'servfail';
	if (@$records && $records->[0] eq 'truncated') {
		return $header->(0x8380, 1, 0) . $asked if $udp;
		$records = $records->[1];
	}
	return join '', $header->(0x8180, 1, scalar @$records), $asked,
	    map { my $data = pack('n3', @$_[0 .. 2]) . name($_->[3]); pack('n3 N n/a*', 0xc00c, 33, 1, 60, $data) } @$records;
}

sub env {
	my ($self, @found) = @_;
	my @pairs = map { "$found[2 * $_]>$found[2 * $_ + 1]" } 0 .. @found / 2 - 1;

	return { LD_PRELOAD => $ENV{SHIM}, SHIM => "dns=$self->{port},lookup=" . join ';', @pairs };
}

sub asked {
	my ($self) = @_;

	open my $in, '<', $self->{log}->filename or croak $!;
	chomp(my @names = <$in>);
	return @names;
}

sub DESTROY {
	my ($self) = @_;

	return if $self->{owner} != $$;
	local ($?, $!, $@);
	kill KILL => $self->{pid};
	waitpid $self->{pid}, 0;
}

1;
