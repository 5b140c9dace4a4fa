#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# swallow.pl ADDRESS [PORT]: a port (the kernel's choice, or this one) that answers to no SYN: listens with no room and fills it.
# Prints the id of the process that does so, until it is ended or twenty minutes have passed, and the port.
use strict;
use warnings;
use Socket qw(:all);

use constant TCP_INFO => 11;

my ($address, $port) = @ARGV;
my $v6 = $address =~ /:/;

sub name { my ($port) = @_; return $v6 ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $address)) : pack_sockaddr_in($port, inet_aton($address)) }
# True if the queue of connections is full: for a listener, struct tcp_info has both numbers.
sub is_full {
	my ($listener) = @_;
	my ($waiting, $most) = unpack 'x24 L2', getsockopt $listener, IPPROTO_TCP, TCP_INFO;

	return $waiting > $most;
}

socket my $listener, $v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0 or die "socket: $!\n";
setsockopt $listener, SOL_SOCKET, SO_REUSEADDR, 1;
setsockopt $listener, IPPROTO_IPV6, IPV6_V6ONLY, 1 if $v6;
bind $listener, name($port // 0) or die "bind: $!\n";
listen $listener, 0 or die "listen: $!\n";
my $bound = getsockname $listener;
my ($chosen) = $v6 ? unpack_sockaddr_in6($bound) : unpack_sockaddr_in($bound);
my @clients;
for (1 .. 4) {
	socket my $client, $v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0 or die "socket: $!\n";
	connect $client, name($chosen);
	push @clients, $client;
}
select undef, undef, undef, 0.01 until is_full($listener);
my $pid = fork // die "fork: $!\n";
if ($pid) {
	print "$pid $chosen\n";
	exit 0;
}
open STDOUT, '>', '/dev/null';
open STDERR, '>', '/dev/null';
sleep 1200;		# longer than any test waits
