# SPDX-License-Identifier: ISC
# Wire: a raw connection to a box, for tests of the box itself and for looking at one from outside.
#
#	my $w = Wire->tcp($box->port);  my $w = Wire->unix($box->unix);	# reads the hello
#	my @reply = $w->request('realm_info', ['gid']);	# (status, values...)
#	$w->send($text); my $line = $w->line; my $message = $w->message
#
# Everything has a deadline.  Messages are decoded by JSON::PP; line() is the text as it came, without its LF.
package Wire;

use strict;
use warnings;

use Carp qw(croak);
use Cram;
use Deadline;
use IO::Select ();
use IO::Socket::INET ();
use IO::Socket::UNIX ();
use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64);
use Time::HiRes qw(time);

my $json = JSON::PP->new->utf8->allow_nonref;

sub tcp {
	my ($class, $port, $host) = @_;

	return $class->new(IO::Socket::INET->new(PeerAddr => $host // '127.0.0.1', PeerPort => $port, Timeout => Deadline::SECONDS)
	    // croak "port $port: $!");
}

sub unix { my ($class, $path) = @_; $class->new(IO::Socket::UNIX->new(Peer => $path) // croak "$path: $!") }

sub new {
	my ($class, $socket) = @_;
	my $self = bless { socket => $socket, in => '', id => 0, held => [] }, $class;

	$socket->autoflush(1);
	$self->{hello} = $self->message;
	return $self;
}

# The greeting's parts.
sub types { @{ $_[0]{hello}[3] } }
sub nonce { decode_base64($_[0]{hello}[4]) }

sub send {
	my ($self, $text) = @_;

	local $SIG{PIPE} = 'IGNORE';
	while (length $text) {
		my $n = syswrite $self->{socket}, $text;
		return 0 unless defined $n;
		substr $text, 0, $n, '';
	}
	return 1;
}

# The next line as it came; undef at the end.
sub line {
	my ($self) = @_;
	my $end = time + Deadline::SECONDS;
	my $from = 0;
	my $at;

	while (($at = index $self->{in}, "\n", $from) < 0) {
		$from = length $self->{in};
		my $left = $end - time;
		IO::Select->new($self->{socket})->can_read($left > 0 ? $left : 0) or croak 'nothing came in time';
		my $n = sysread $self->{socket}, $self->{in}, 1 << 18, length $self->{in};
		return undef unless $n;
	}
	return substr($self->{in}, 0, $at + 1, '') =~ s/\n\z//r;
}

sub message { my ($self) = @_; my $line = $self->line; defined $line ? $json->decode($line) : undef }

# True if nothing more comes but the end.
sub ended { my ($self) = @_; !defined $self->line && $self->{in} eq '' }

# Sends requests in one write; returns their ids.
sub ask_all {
	my ($self, @requests) = @_;
	my @ids = map { ++$self->{id} } @requests;

	$self->send(join '', map { $json->encode([$ids[$_], @{ $requests[$_] }]) } 0 .. $#requests);
	return @ids;
}

sub ask { my ($self, @request) = @_; ($self->ask_all([@request]))[0] }

# Waits for the answer to an id: (status, values...).  Messages before it are held.
sub answer {
	my ($self, $id) = @_;
	my $is_it = sub { defined $_[0][0] && $_[0][0] eq $id };

	for my $i (0 .. $#{ $self->{held} }) {
		next unless $is_it->($self->{held}[$i]);
		my ($message) = splice @{ $self->{held} }, $i, 1;
		return @$message[1 .. $#$message];
	}
	while (my $message = $self->message) {
		return @$message[1 .. $#$message] if $is_it->($message);
		push @{ $self->{held} }, $message;
	}
	croak "no answer to $id";
}

sub request { my ($self, @request) = @_; $self->answer($self->ask(@request)) }

# The next notification; replies that come before it are held.
sub event {
	my ($self) = @_;

	for my $i (0 .. $#{ $self->{held} }) {
		return splice @{ $self->{held} }, $i, 1 unless defined $self->{held}[$i][0];
	}
	while (my $message = $self->message) {
		return $message unless defined $message->[0];
		push @{ $self->{held} }, $message;
	}
	return undef;
}

# Logs in; returns the reply, and whether sr proves the box.
sub login { my ($self, $user, $password) = @_; $self->request('login', $user, $password) }

sub cram {
	my ($self, $user, $password) = @_;
	my $client_nonce = 'a nonce of the test';
	my ($cr, $sr) = Cram::responses($user, $password, $client_nonce, $self->nonce);
	my @reply = $self->request('login_cram_md6', $user, encode_base64($cr, '') =~ s/=+\z//r,
	    encode_base64($client_nonce, ''));

	return (@reply, $reply[0] && decode_base64($reply[1]) eq $sr);
}

1;
