# SPDX-License-Identifier: ISC
# Box: a simulated box (tests/box) for the length of a test.
#
#	my $box = Box->start('--auth', 'none');		# dies unless it is ready in time
#	$box->port; $box->unix; $box->password; $box->address	# "127.0.0.1:PORT"
#	$box->log_lines('recv')				# what it saw, as [connection, channel, what, text]
#	my $status = $box->stop;				# or: $box->wait, for a script that ends by itself
#
# Options `script => TEXT` plays that text; `password => TEXT` is passed by the environment, never as an argument.
# A box that is not stopped is killed when the object goes.  A box that fails where it was not meant to makes the
# test die: a scripted box's status is part of the test.
package Box;

use strict;
use warnings;

use Carp qw(croak);
use Child;
use Deadline;
use File::Temp ();
use IO::Select ();
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(time);

# The program: BOX, as `make check` says.
sub program { $ENV{BOX} || croak 'BOX: not set to the box\'s path' }

sub start {
	my ($class, @options) = @_;
	my (%own, @arguments);

	while (@options) {
		my $option = shift @options;
		if ($option =~ /^(script|password)\z/) {
			$own{$1} = shift @options;
		} else {
			push @arguments, $option;
		}
	}
	# The same tests again, in TLS (tests/cli/tls.t): the folder has a certificate that is trusted by way of SSL_CERT_FILE.
	if (my $certs = $ENV{PTSH_TEST_TLS}) {
		push @arguments, '--tls', 'demand', '--cert', "$certs/good.pem", '--key', "$certs/good.key"
		    unless defined $own{script} || grep { /^--(?:tls|unix)\z/ } @arguments;
	}
	my $dir = File::Temp->newdir('ptsh-box-XXXXXX', TMPDIR => 1);
	my $self = bless { dir => $dir, log => "$dir/log", stderr => "$dir/stderr",
	    password => $own{password} // random_word() }, $class;
	push @arguments, '--log', $self->{log};
	if (defined $own{script}) {
		write_file("$dir/script", $own{script});
		push @arguments, '--script', "$dir/script";
	}
	pipe my $out, my $in or croak "pipe: $!";
	my $program = program();
	my $pid = Child::start(sub {
		$ENV{BOX_PASSWORD} = $self->{password};
		open STDIN, '<', '/dev/null';
		open STDOUT, '>&', $in;
		open STDERR, '>', $self->{stderr};
		close $out;
		exec { $program } $program, @arguments or die "$program: $!\n";
	});
	close $in;
	@$self{qw(pid out started owner)} = ($pid, $out, 1, $$);
	$self->read_announcement;
	return $self;
}

sub read_announcement {
	my ($self) = @_;
	my $line = '';
	my $end = time + Deadline::SECONDS;

	until ($line =~ /\n/) {
		IO::Select->new($self->{out})->can_read($end - time)
		    or $self->fail('was not ready in time');
		sysread($self->{out}, $line, 512, length $line)
		    or $self->fail('ended before it was ready');
	}
	$self->{port} = $1 if $line =~ /\bport (\d+)/;
	$self->{unix} = $1 if $line =~ /\bunix (.*)\n/;
}

sub fail {
	my ($self, $what) = @_;
	my $stderr = slurp($self->{stderr});
	$self->kill_it;
	croak "the box $what: $stderr";
}

sub pid { $_[0]{pid} }
sub port { $_[0]{port} // croak 'the box has no TCP port' }
sub unix { $_[0]{unix} // croak 'the box has no Unix socket' }
sub password { $_[0]{password} }
sub address { '127.0.0.1:' . $_[0]->port }
sub stderr { slurp($_[0]{stderr}) }

# Text up to its last LF.  (A pattern would try it from each character of a last line of megabytes.)
sub whole_lines { substr $_[0], 0, 1 + rindex $_[0], "\n" }

# What the box saw, in order: [connection, channel, what, text], all or of one kind.  A long line comes in several writes: one
# without its end is not there yet.
sub log_lines {
	my ($self, $what) = @_;
	my @lines = map { [split /\t/, $_, 4] } split /\n/, whole_lines(slurp($self->{log}));

	return grep { !defined $what || $_->[2] eq $what } @lines;
}

# The requests it received: their text.
sub received { map { $_->[3] } $_[0]->log_lines('recv') }

# Waits until the log holds a line of that kind matching the pattern; dies if none comes.
sub wait_log {
	my ($self, $what, $pattern) = @_;
	my @found;

	Deadline::wait_until(sub {
		@found = grep { $_->[3] =~ $pattern } $self->log_lines($what);
		$self->fail("ended before it logged $what $pattern") if !@found && $self->reap(WNOHANG);
		return scalar @found;
	}) or $self->fail("never logged $what $pattern");
	return @found;
}

sub reap {
	my ($self, $flags) = @_;

	return 1 if defined $self->{status};
	return 0 if waitpid($self->{pid}, $flags) != $self->{pid};
	$self->{status} = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	return 1;
}

# Waits for a box that ends by itself; returns its exit status.
sub wait {
	my ($self) = @_;

	Deadline::wait_until(sub { $self->reap(WNOHANG) }) or $self->fail('did not end in time');
	return $self->{status};
}

# Ends it; returns its exit status.
sub stop {
	my ($self) = @_;

	kill TERM => $self->{pid} unless $self->reap(WNOHANG);
	return $self->wait;
}

sub kill_it {
	my ($self) = @_;

	return if $self->reap(WNOHANG);
	kill KILL => $self->{pid};
	$self->reap(0);
}

sub DESTROY {
	my ($self) = @_;

	# Not in a child that the test forked.
	return if !$self->{started} || $self->{owner} != $$;
	local ($?, $!, $@);
	$self->kill_it;
}

# --- small things that tests of a box need ---

# Returns letters and digits that are nowhere else: a password whose traces can be searched for.
sub random_word {
	open my $random, '<:raw', '/dev/urandom' or croak "/dev/urandom: $!";
	sysread $random, my $bytes, 15;
	return 'pw' . unpack 'H*', $bytes;
}

sub slurp {
	my ($path) = @_;

	open my $file, '<:raw', $path or return '';
	local $/;
	return scalar(<$file>) // '';
}

sub write_file {
	my ($path, $text) = @_;

	open my $file, '>:raw', $path or croak "$path: $!";
	print $file $text;
	close $file or croak "$path: $!";
}

1;
