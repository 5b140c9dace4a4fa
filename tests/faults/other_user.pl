#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# other_user.pl PATH UID FILE: a Unix socket that another user listens at (if root starts it; else the same user).  Prints the id of the
# process that listens, until it is ended or twenty minutes have passed; what it receives goes into FILE.
use strict;
use warnings;
use Socket qw(:all);

my ($path, $uid, $file) = @ARGV;

open my $heard, '>', $file or die "$file: $!\n";
socket my $listener, AF_UNIX, SOCK_STREAM, 0 or die "socket: $!\n";
bind $listener, pack_sockaddr_un($path) or die "$path: $!\n";
$< = $> = $uid if $> == 0;
# listen() decides who the owner is.
listen $listener, 4 or die "listen: $!\n";
my $pid = fork // die "fork: $!\n";
if ($pid) {
	print "$pid\n";
	exit 0;
}
open STDOUT, '>', '/dev/null';
open STDERR, '>', '/dev/null';
alarm 1200;		# longer than any test waits
while (accept my $client, $listener) {
	while (sysread $client, my $bytes, 65536) {
		syswrite $heard, $bytes;
	}
}
