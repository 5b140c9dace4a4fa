# SPDX-License-Identifier: ISC
# Parallel: does work in several processes, and returns the results in order.
#
#	Parallel::each(4, \@items, sub { text about $_[0] }, sub { my ($item, $text) = @_; ... });
package Parallel;

use strict;
use warnings;

use Carp qw(croak);
use IO::Select ();

sub each {
	my ($jobs, $items, $work, $done) = @_;
	my ($next, $shown) = (0, 0);
	my (%at, %text, %pid);
	my $select = IO::Select->new;

	while ($shown < @$items) {
		while ($next < @$items && keys %at < $jobs) {
			pipe my $read, my $write or croak "pipe: $!";
			my $pid = fork // croak "fork: $!";
			if ($pid == 0) {
				close $read;
				my $text = eval { $work->($items->[$next]) };
				$text = "died: $@" if !defined $text;
				utf8::encode($text) if utf8::is_utf8($text);
				print {$write} $text;
				close $write;
				# Ends without running the test program's END blocks.
				@$items = ();
				exit 0;
			}
			close $write;
			@at{ fileno $read } = $next;
			$pid{ fileno $read } = $pid;
			$text{$next++} = '';
			$select->add($read);
		}
		for my $fh ($select->can_read) {
			my $fd = fileno $fh;
			next if sysread $fh, $text{ $at{$fd} }, 65536, length $text{ $at{$fd} };
			$select->remove($fh);
			waitpid delete $pid{$fd}, 0;
			$text{ $at{$fd} } .= "the process that did this ended by $?" if $?;
			my $n = delete $at{$fd};
			close $fh;
			$text{$n} = \"$text{$n}";
		}
		while (ref $text{$shown}) {
			$done->($items->[$shown], ${ delete $text{$shown} });
			$shown++;
		}
	}
}

1;
