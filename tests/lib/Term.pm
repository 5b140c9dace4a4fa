# Term: a program on a terminal, in a tmux server of its own.
#
#	my $t = Term->start(args => [$box->address], size => [80, 24]);
#	$t->wait_for(qr/> \z/);				# on the screen; dies with the screen if it does not come
#	$t->type('realm_info gid');			# literal text
#	$t->keys('Tab', 'Enter', 'C-c');		# tmux's names
#	$t->paste("a\nb\n");				# bracketed, if the program asked for it
#	$t->screen; $t->cursor; $t->resize(40, 10); $t->history
#	my $status = $t->wait_end;			# or: $t->stop
#
# The environment is Run's, but for TERM=screen (what tmux is) and no COLUMNS.  `program`, `env`, `home` and `secret`
# are as there; the secret must not stand on the screen or in what has scrolled off it, looked at with every wait and
# at the end.
package Term;

use strict;
use warnings;

use Carp qw(croak);
use File::Spec ();
use File::Temp ();
use Run;
use Time::HiRes qw(time sleep);

use constant { DEADLINE => 20, STEP => 0.01 };

sub start {
	my ($class, %o) = @_;
	my $dir = File::Temp->newdir('ptsh-term-XXXXXX', TMPDIR => 1);
	my ($columns, $lines) = @{ $o{size} // [80, 24] };
	my $self = bless { dir => $dir, home => $o{home} // Run::new_home(), secret => $o{secret}, owner => $$,
	    deadline => $o{deadline} // DEADLINE }, $class;
	my %env = Run::environment($self->{home}, { TERM => 'screen', COLUMNS => undef, LINES => undef, %{ $o{env} // {} } });
	my @command = (File::Spec->rel2abs($o{program} // Run::program()), @{ $o{args} // [] });

	# A file, so that no value becomes an argument of tmux.
	open my $launch, '>:utf8', "$dir/launch" or croak "$dir/launch: $!";
	chmod 0700, $launch;
	print $launch "cd ", quote("$self->{home}"), " || exit 126\n",
	    "exec env -i \\\n", map({ my $name = $_; "$name=" . quote($env{$name}) . " \\\n" } sort keys %env),
	    join(' ', map { quote($_) } @command), "\n";
	close $launch or croak "$dir/launch: $!";
	open my $conf, '>', "$dir/conf" or croak "$dir/conf: $!";
	print $conf map { "$_\n" } 'set -g default-terminal screen', 'set -g remain-on-exit on', 'set -g remain-on-exit-format ""',
	    'set -g status off', 'set -sg escape-time 0', 'set -g history-limit 20000',
	    'set -g assume-paste-time 0';
	close $conf or croak "$dir/conf: $!";
	{
		local $ENV{TMUX};
		local $ENV{LC_ALL} = 'C.UTF-8';
		system('tmux', '-u', '-S', "$dir/s", '-f', "$dir/conf", 'new-session', '-d', '-x', $columns, '-y', $lines,
		    'sh', "$dir/launch") == 0 or croak 'tmux: cannot start a session';
	}
	$self->{pid} = $self->ask('#{pane_pid}');
	return $self;
}

sub quote { my ($text) = @_; $text =~ s/'/'\\''/g; "'$text'" }

# Runs a tmux command; returns what it prints.
sub tmux {
	my ($self, @command) = @_;

	local $ENV{TMUX};
	local $ENV{LC_ALL} = 'C.UTF-8';
	open my $out, '-|:utf8', 'tmux', '-S', "$self->{dir}/s", @command or croak "tmux: $!";
	local $/;
	my $text = <$out> // '';
	close $out or croak "tmux @command: failed";
	return $text;
}

sub ask {
	my ($self, $format) = @_;
	my $text = $self->tmux('display-message', '-p', $format);

	chomp $text;
	return $text;
}

# --- typing ---

sub bytes { my ($text) = @_; utf8::encode($text) if utf8::is_utf8($text); $text }

sub type { my ($self, $text) = @_; $self->tmux('send-keys', '-l', '--', bytes($text)) if length $text; $self }
sub keys { my ($self, @keys) = @_; $self->tmux('send-keys', @keys); $self }

sub paste {
	my ($self, $text) = @_;

	$self->tmux('set-buffer', '--', bytes($text));
	$self->tmux('paste-buffer', '-p', '-r');
	return $self;
}

sub resize {
	my ($self, $columns, $lines) = @_;

	$self->tmux('resize-window', '-x', $columns, '-y', $lines);
	return $self;
}

# --- looking ---

sub tidy {
	my ($self, $text) = @_;

	$text =~ s/[ ]+$//mg;
	$text =~ s/\n+\z//;
	$self->check_secret($text);
	return $text;
}

# The screen's text, lines without blanks at their ends, empty ones at the bottom left out.
sub screen { my ($self) = @_; $self->tidy($self->tmux('capture-pane', '-p')) }

sub screen_lines { split /\n/, $_[0]->screen, -1 }

# With what has scrolled off; wrapped lines joined.
sub history { my ($self) = @_; $self->tidy($self->tmux('capture-pane', '-p', '-J', '-S', '-')) }

# The screen with its colours as escape sequences.
sub colours { $_[0]->tmux('capture-pane', '-p', '-e') }

# (column, line), from 0
sub cursor { split /,/, $_[0]->ask('#{cursor_x},#{cursor_y}') }

# The line the cursor is in.
sub cursor_line { my ($self) = @_; ($self->screen_lines)[($self->cursor)[1]] // '' }

sub check_secret {
	my ($self, $text) = @_;

	return if !defined $self->{secret} || !length $self->{secret};
	# It may be wrapped.
	(my $joined = $text) =~ s/\n//g;
	croak "INVARIANT: the secret is on the terminal:\n$text\n---" if index($joined, $self->{secret}) >= 0;
}

# --- waiting ---

# Waits until the function says yes; dies with the screen if it does not in time.
sub wait_until {
	my ($self, $what, $function, $deadline) = @_;
	my $end = time + ($deadline // $self->{deadline});

	until ($function->($self)) {
		if (time > $end) {
			my $screen = eval { $self->screen } // $@;
			my $cursor = eval { join ',', $self->cursor } // '';
			croak "INVARIANT: not in time: $what\n--- screen (cursor $cursor)\n$screen\n---";
		}
		sleep STEP;
	}
	return $self;
}

# The pattern stands on the screen (its lines joined by newlines), no longer does, or stands in the history.
sub wait_for { my ($self, $p, $d) = @_; $self->wait_until("$p", sub { $self->screen =~ $p }, $d) }
sub wait_gone { my ($self, $p, $d) = @_; $self->wait_until("$p gone", sub { $self->screen !~ $p }, $d) }
sub wait_history { my ($self, $p, $d) = @_; $self->wait_until("$p in the history", sub { $self->history =~ $p }, $d) }

# --- the end ---

sub ended { $_[0]->ask('#{pane_dead}') eq '1' }

# Waits for the program to end by itself; returns its status as a shell tells it.
sub wait_end {
	my ($self, $deadline) = @_;

	$self->wait_until('the end of the program', sub { $self->ended }, $deadline);
	my ($status, $signal) = split /,/, $self->ask('#{pane_dead_status},#{pane_dead_signal}'), -1;
	return length $status ? $status : 128 + $signal;
}

sub pid { $_[0]{pid} }
sub home { $_[0]{home} }

# Ends it; dies if the secret has been on the terminal.
sub stop {
	my ($self) = @_;

	return if $self->{stopped}++;
	eval { $self->history };
	my $wrong = $@;
	eval { $self->tmux('kill-server') };
	croak $wrong if $wrong =~ /^INVARIANT/;
}

sub DESTROY {
	my ($self) = @_;

	return if !$self->{pid} || $self->{owner} != $$ || $self->{stopped};
	local ($?, $!, $@);
	eval { $self->tmux('kill-server') };
}

1;
