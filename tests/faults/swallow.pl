#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# swallow.pl ADDRESS PORT: a port that answers to no SYN: listens with no room and fills it.  Prints the id of the process that
# goes on doing so, until it is ended or 30 seconds have passed.
use strict;
use warnings;
use Socket qw(:all);

my ($address, $port) = @ARGV;
my $v6 = $address =~ /:/;
my $name = $v6 ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $address)) : pack_sockaddr_in($port, inet_aton($address));

socket my $listener, $v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0 or die "socket: $!\n";
setsockopt $listener, SOL_SOCKET, SO_REUSEADDR, 1;
setsockopt $listener, IPPROTO_IPV6, IPV6_V6ONLY, 1 if $v6;
bind $listener, $name or die "bind: $!\n";
listen $listener, 0 or die "listen: $!\n";
# The queue has room for one more than it was told.
my @clients;
for (1 .. 4) {
	socket my $client, $v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0 or die "socket: $!\n";
	connect $client, $name;
	push @clients, $client;
}
select undef, undef, undef, 0.05;
my $pid = fork // die "fork: $!\n";
if ($pid) {
	print "$pid\n";
	exit 0;
}
open STDOUT, '>', '/dev/null';
open STDERR, '>', '/dev/null';
sleep 30;
