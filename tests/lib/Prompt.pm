# SPDX-License-Identifier: ISC
# Prompt: the driver of the prompt (tests/term/driver.c) in a terminal, with a socket for its events, and a model of what its
# screen must show.
package Prompt;
use strict;
use warnings;
use utf8;
use parent -norequire, 'Term';
use Box;
use Deadline;
use Encode qw(decode encode);
use IO::Socket::UNIX;
use Socket;
use Term;

our $DRIVER = $ENV{DRIVER} || 'build/term-driver';

# As Term->new(), with args => [...] for the driver, prompt => text, editrc => text, wrap => [words before the driver].
sub new
{
	my ($class, %o) = @_;
	my $dir = Term::directory();
	my $listener = IO::Socket::UNIX->new(Local => "$dir/events", Listen => 1) or die "$dir/events: $!";
	my %env = %{$o{env} || {}};
	if (defined $o{editrc}) {
		open my $rc, '>', "$dir/editrc" or die $!;
		print $rc $o{editrc};
		close $rc;
		$env{EDITRC} = "$dir/editrc";
	}
	my $prompt = defined $o{prompt} ? $o{prompt} : 'me> ';
	my $t = Term->new(%o, env => \%env, command => [@{$o{wrap} || []}, $DRIVER, '-e', "$dir/events", '-l', "$dir/log",
	    '-p', $prompt, @{$o{args} || []}]);
	bless $t, $class;
	$t->{dir} = $dir;
	$t->{prompt} = $prompt =~ s/\e\[[0-9;]*m//gr;
	$t->{events} = 0;
	vec(my $ready = '', fileno $listener, 1) = 1;
	select($ready, undef, undef, Deadline::SECONDS) or die "the driver does not connect\n" . join "\n", $t->rows;
	$t->{conn} = $listener->accept;
	return $t;
}

sub order { my ($t, $order) = @_; $t->send_all("!$order\n") }

sub send_all
{
	my ($t, $bytes) = @_;
	while (length $bytes) {
		my $n = syswrite $t->{conn}, $bytes;
		die "events: $!" unless defined $n;
		substr $bytes, 0, $n, '';
	}
}

sub event_text { my ($n) = @_; return sprintf 'E%06d ä日%s E', $n, 'x' x ($n % 7) }

# Sends n more events.
sub event
{
	my ($t, $n) = @_;
	$t->send_all(join '', map { encode('UTF-8', event_text($t->{events}++)) . "\n" } 1 .. ($n || 1));
}

# The events on the screen and above it: '' if they are what was sent, complete, once, and in order; else what is wrong.
sub events_wrong
{
	my ($t) = @_;
	my $next = 0;
	for my $row ($t->scrollback) {
		next unless $row =~ /^E\d/ || $row =~ / E$/;
		return "instead of event $next: $row" if $row ne event_text($next);
		$next++;
	}
	return $next == $t->{events} ? '' : "$next of $t->{events} events";
}

sub width { return $_[0] =~ /\p{Ea=W}|\p{Ea=F}/ ? 2 : $_[0] =~ /\p{Mn}/ ? 0 : 1 }

# The rows that prompt and line take, and the cursor's column and row in them.
sub painted
{
	my ($t, $line, $cursor) = @_;
	my ($h, $column, $row, @rows) = (0, 0, 0, '');
	my $i = -length $t->{prompt};
	for my $c (split(//, $t->{prompt} . $line), '') {
		if ($h + ($c eq '' ? 0 : width($c)) > $t->columns - 1) {
			push @rows, '';
			$h = 0;
		}
		($column, $row) = ($h, $#rows) if $i == $cursor;
		$rows[-1] .= $c;
		$h += width($c) if $c ne '';
		$i++;
	}
	return (\@rows, $column, $row);
}

# '' if the bottom of the screen is exactly prompt and line with the cursor in its place; else what is wrong.  The line
# must fit on the screen.
sub line_wrong
{
	my ($t, $line, $cursor) = @_;
	my ($rows, $column, $row) = $t->painted($line, defined $cursor ? $cursor : length $line);
	my @want = map { s/ +$//r } @$rows;
	my $count = @want;
	pop @want while @want && $want[-1] eq '';
	my @screen = $t->rows;
	my @cursor = $t->cursor;
	my $top = $cursor[1] - $row;
	my @have = $top < 0 ? () : @screen[$top .. $#screen];
	return '' if @have == @want && !(grep { $have[$_] ne $want[$_] } 0 .. $#want) && $cursor[0] == $column;
	return encode('UTF-8', join "\n", "cursor @cursor, wanted column $column in row $row of:", @want, '--- screen:', @screen);
}

# Waits until the bottom of the screen is right; returns '' or what is still wrong.
sub settle
{
	my ($t, $line, $cursor) = @_;
	my $wrong = '';
	$t->wait_for(sub { ($wrong = $t->line_wrong($line, $cursor)) eq '' });
	return $wrong;
}

# Waits until all events are there; '' or what is still wrong.
sub settle_events
{
	my ($t) = @_;
	my $wrong = '';
	$t->wait_for(sub { ($wrong = $t->events_wrong) eq '' });
	return encode('UTF-8', $wrong);
}

# What the driver has noted.  A long line comes in several writes: one without its end is not there yet.
sub logged { return split /\n/, decode('UTF-8', Box::whole_lines(Term::slurp("$_[0]{dir}/log"))) }

# Waits until the driver has noted that many things.
sub wait_logged
{
	my ($t, $n) = @_;
	$t->wait_for(sub { (() = $t->logged) >= $n });
	return $t->logged;
}

1;
