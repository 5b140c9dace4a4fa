#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# A --proxy-command: standard input and output to and from a port of this machine, so that a box on loopback looks remote.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

my $box = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => shift) or die "relay: $@\n";
my %to = (fileno($box) => \*STDOUT, 0 => $box);
my $from = IO::Select->new($box, \*STDIN);
while ($from->count == 2) {
	for my $in ($from->can_read) {
		my $n = sysread $in, my $bytes, 65536;
		my $out = $to{ fileno $in };
		$from->remove($in) unless $n;
		for (my $at = 0; $n && $at < $n;) {
			my $put = syswrite $out, $bytes, $n - $at, $at;
			exit 0 unless defined $put;
			$at += $put;
		}
	}
}
