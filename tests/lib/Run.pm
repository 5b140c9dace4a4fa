# SPDX-License-Identifier: ISC
# Run: one run of ptsh, from its arguments to its exit status.
#
#	my $r = Run->ptsh(args => ['-c', 'ping', $box->address], stdin => "...");
#	$r->stdout; $r->stderr; $r->status; $r->signal; $r->seconds
#
# The environment is fixed: TERM=dumb, LC_ALL=C.UTF-8, COLUMNS=80, TZ=UTC, HOME and XDG_* in a folder of its own, and
# nothing else but what `env => {...}` adds (undef removes).  There is no terminal.  `home => $run->home` uses an
# earlier run's folder again; `program => PATH` runs something else than PTSH.
#
# What must hold whatever is tested dies here, loudly, not in the test: the run ends in time, and with
# `secret => TEXT` that text is in no output, no file below HOME and no argument, its own children's included, nor in
# their environment; with `user => NAME` the key that cram derives from both is not either.
package Run;

use strict;
use warnings;

use Carp qw(croak);
use Child;
use Cram;
use Deadline;
use File::Find ();
use File::Spec ();
use File::Temp ();
use IO::Select ();
use MIME::Base64 qw(encode_base64);
use POSIX qw(:sys_wait_h setsid);
use Time::HiRes qw(time);

sub program { $ENV{PTSH} || croak 'PTSH: not set to ptsh\'s path' }

# A folder that is a new user's home.
sub new_home {
	my $home = File::Temp->newdir('ptsh-home-XXXXXX', TMPDIR => 1);

	mkdir "$home/$_", 0700 for qw(config data state cache run);
	return $home;
}

# The environment of every program under test.
sub environment {
	my ($home, $more) = @_;
	my %env = (
		PATH => $ENV{PATH}, TERM => 'dumb', LC_ALL => 'C.UTF-8', COLUMNS => 80, LINES => 24, TZ => 'UTC', HOME => "$home",
		XDG_CONFIG_HOME => "$home/config", XDG_DATA_HOME => "$home/data", XDG_STATE_HOME => "$home/state",
		XDG_CACHE_HOME => "$home/cache", XDG_RUNTIME_DIR => "$home/run",
		# Settings for `make check` and sanitizers are passed on.
		map({ ($_ => $ENV{$_}) } grep { /^(?:ASAN|UBSAN|LSAN|TSAN)_OPTIONS\z/ || ($ENV{PTSH_TEST_TLS} && $_ eq 'SSL_CERT_FILE') } keys %ENV),
		%{ $more // {} },
	);

	delete @env{ grep { !defined $env{$_} } keys %env };
	return %env;
}

sub ptsh {
	my ($class, %o) = @_;
	my $self = $class->begin(%o);

	return $self->finish;
}

# Starts it; between begin and finish a test may watch, signal $run->pid, or write with $run->input.
sub begin {
	my ($class, %o) = @_;
	my $self = bless { home => $o{home} // new_home(), secrets => [secrets(@o{qw(secret user)})],
	    stdout => '', stderr => '', stdin => $o{stdin} // '', open => $o{open}, started => time, owner => $$ }, $class;
	my $program = File::Spec->rel2abs($o{program} // program());
	my @args = @{ $o{args} // [] };

	croak 'the secret is among the arguments' if defined $o{secret} && grep { index($_, $o{secret}) >= 0 } @args;

	pipe my $in_read, my $in_write or croak "pipe: $!";
	pipe my $out_read, my $out_write or croak "pipe: $!";
	pipe my $err_read, my $err_write or croak "pipe: $!";
	my $pid = Child::start(sub {
		%ENV = environment($self->{home}, $o{env});
		setsid();		# no terminal, and a group that can be ended as a whole
		$SIG{PIPE} = 'DEFAULT';
		close $_ for $in_write, $out_read, $err_read;
		defined $o{stdin_file} ? open(STDIN, '<', $o{stdin_file}) : open(STDIN, '<&', $in_read);
		defined $o{stdout_file} ? open(STDOUT, '>', $o{stdout_file}) : open(STDOUT, '>&', $out_write);
		open STDERR, '>&', $err_write;
		close $_ for $in_read, $out_write, $err_write;
		chdir($o{dir} // "$self->{home}") or croak "chdir: $!";
		$o{prepare}->() if $o{prepare};		# limits, umask, closed descriptors
		# Closes descriptors that the test program inherited, except those it hands over.
		my %keep = map { $_ => 1 } @{$o{keep} // []};
		$keep{$_} or POSIX::close($_) for 3 .. 255;
		exec { $program } $program, @args or die "$program: $!\n";
	});
	close $_ for $in_read, $out_write, $err_write;
	@$self{qw(pid in out err)} = ($pid, $in_write, $out_read, $err_read);
	$_->blocking(0) for $in_write, $out_read, $err_read;
	return $self;
}

# More for standard input; with open => 1 it stays open until close_input.
sub input {
	my ($self, $text) = @_;

	$self->{stdin} .= $text;
	$self->turn(0);
}

sub close_input { $_[0]{open} = 0; $_[0]->turn(0) }

# Moves bytes once.
sub turn {
	my ($self, $timeout) = @_;
	my $write = $self->{in} && length $self->{stdin} ? IO::Select->new($self->{in}) : undef;
	my $read = IO::Select->new(grep { $_ } @$self{qw(out err)});

	if ($self->{in} && !$write && !$self->{open}) {
		close delete $self->{in};
	}
	my ($readable, $writable) = IO::Select->select($read, $write, undef, $timeout);
	$self->look_at_arguments;
	for my $fh (@{ $readable // [] }) {
		my $which = $self->{out} && $fh == $self->{out} ? 'out' : 'err';
		my $n = sysread $fh, $self->{ $which eq 'out' ? 'stdout' : 'stderr' }, 1 << 16,
		    length $self->{ $which eq 'out' ? 'stdout' : 'stderr' };
		close delete $self->{$which} if defined $n && $n == 0;
	}
	if (@{ $writable // [] }) {
		local $SIG{PIPE} = 'IGNORE';
		my $n = syswrite $self->{in}, $self->{stdin}, 1 << 16;
		if (defined $n) {
			substr $self->{stdin}, 0, $n, '';
		} elsif (!$!{EAGAIN}) {
			$self->{stdin} = '';
			close delete $self->{in};
		}
	}
}

# Reads until the pattern stands in 'stdout' or 'stderr'; dies if it does not in time.
sub wait_for {
	my ($self, $which, $pattern) = @_;
	my $end = time + Deadline::SECONDS;

	until ($self->{$which} =~ $pattern) {
		$self->die_loudly("no $pattern on $which in time") if time > $end || !($self->{out} || $self->{err});
		$self->turn(0.05);
	}
	return $self;
}

sub finish {
	my ($self) = @_;
	my $end = time + Deadline::SECONDS;

	$self->{open} = 0;
	while ($self->{out} || $self->{err}) {
		$self->die_loudly('not finished in ' . Deadline::SECONDS . ' s') if time > $end;
		# One that was closed ends before the others.
		last if $self->reap && !$self->turn(0.05) && !$self->{out} && !$self->{err};
		$self->turn(0.05);
	}
	Deadline::wait_until(sub { $self->reap }) or $self->die_loudly('not finished in ' . Deadline::SECONDS . ' s');
	$self->{seconds} = time - $self->{started};
	$self->check_secret;
	return $self;
}

sub reap {
	my ($self) = @_;

	return 1 if defined $self->{wait};
	return 0 if waitpid($self->{pid}, WNOHANG) != $self->{pid};
	$self->{wait} = $?;
	return 1;
}

sub pid { $_[0]{pid} }
sub home { $_[0]{home} }
sub stdout { $_[0]{stdout} }
sub stderr { $_[0]{stderr} }
sub seconds { $_[0]{seconds} }
# The most memory it had, in KiB, at the last look: at most 10 ms before its end, and only with a secret.
sub rss { $_[0]{rss} // 0 }
sub signal { $_[0]{wait} & 127 }
# As a shell reports it.
sub status { $_[0]{wait} & 127 ? 128 + ($_[0]{wait} & 127) : $_[0]{wait} >> 8 }

# --- what must always hold ---

sub die_loudly {
	my ($self, $what) = @_;

	kill KILL => -$self->{pid}, $self->{pid};
	waitpid $self->{pid}, 0 unless defined $self->{wait};
	$self->{wait} //= $?;
	croak "INVARIANT: $what\n--- stdout\n" . substr($self->{stdout}, -2000) . "\n--- stderr\n"
	    . substr($self->{stderr}, -2000) . "\n---";
}

# What must not be seen: the password, and its key in the usual spellings.
sub secrets {
	my ($secret, $user) = @_;

	return () if !defined $secret || !length $secret;
	return $secret if !defined $user;
	my $key = Cram::key($user, $secret);
	return ($secret, $key, unpack('H*', $key), substr encode_base64($key, ''), 0, 43);
}

sub has_secret { my ($self, $text) = @_; grep { index($text, $_) >= 0 } @{ $self->{secrets} } }

# Arguments of ptsh and of all it has started, and the environment of these: now and then; a process that lives shorter is missed.
sub look_at_arguments {
	my ($self) = @_;

	return if !@{ $self->{secrets} } || time < ($self->{next_look} // 0);
	$self->{next_look} = time + 0.01;
	for my $pid ($self->{pid}, descendants($self->{pid})) {
		# There may be a shell between us and it; before it has started it is a copy of this program.
		my ($name, $rss) = read_file("/proc/$pid/status") =~ /\AName:\s*(\S+).*^VmHWM:\s*(\d+)/ms;
		$self->{rss} = $rss if defined $rss && $name eq 'ptsh' && $rss > ($self->{rss} // 0);
		$self->die_loudly("the secret is an argument of process $pid") if $self->has_secret(read_file("/proc/$pid/cmdline"));
		next unless defined $name && $name eq 'ptsh';
		for my $child (descendants($pid)) {
			$self->die_loudly("the secret is in the environment of process $child") if $self->has_secret(read_file("/proc/$child/environ"));
		}
	}
}

sub descendants {
	my ($pid) = @_;

	return map { ($_, descendants($_)) } split ' ', join ' ', map { read_file($_) } glob "/proc/$pid/task/*/children";
}

sub check_secret {
	my ($self) = @_;

	return unless @{ $self->{secrets} };
	$self->die_loudly("the secret is on $_") for grep { $self->has_secret($self->{$_}) } qw(stdout stderr);
	File::Find::find({ no_chdir => 1, wanted => sub {
		return unless -f $_ && !-l $_;
		$self->die_loudly("the secret is in $_") if $self->has_secret(read_file($_));
	} }, "$self->{home}");
}

sub read_file {
	my ($path) = @_;

	open my $file, '<:raw', $path or return '';
	local $/;
	return scalar(<$file>) // '';
}

sub DESTROY {
	my ($self) = @_;

	return if !$self->{pid} || $self->{owner} != $$ || defined $self->{wait};
	local ($?, $!, $@);
	kill KILL => -$self->{pid}, $self->{pid};
	waitpid $self->{pid}, 0;
}

1;
