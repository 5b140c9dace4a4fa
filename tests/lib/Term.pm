<<<<<<< HEAD
# Term: a program in a terminal of its own, for tests: a private tmux server, spoken to in control mode.
#
#	my $t = Term->new(columns => 40, rows => 10, env => {TERM => 'dumb'}, command => ['build/ptsh', 'box']);
#	$t->type('ping'); $t->key('Enter');
#	ok $t->wait_row(qr/^\d+\.\d+/), 'ping is answered';
#	is $t->status, 0;
#
# Nothing here sleeps for a fixed time: wait_* look again and again until a deadline (10 s, times PTSH_TEST_SLOW).
# Text is in characters, output() in bytes.  The server ends with the test, also if the test is killed.
package Term;
use strict;
use warnings;
use Encode qw(decode encode);
use File::Temp qw(tempdir);
use IPC::Open2;
use POSIX qw(mkfifo);
use Time::HiRes qw(sleep time);

my ($dir, $client, $server, $to, $from, $count);
our $SLOW = $ENV{PTSH_TEST_SLOW} || 1;

# Bytes of keys by tmux's names; C-x, M-x and single characters are computed.
my %KEY = (
	Enter => "\r", Tab => "\t", Escape => "\e", BSpace => "\x7f", Space => ' ', Delete => "\e[3~",
	Up => "\e[A", Down => "\e[B", Right => "\e[C", Left => "\e[D", Home => "\e[1~", End => "\e[4~",
);

sub available { return scalar grep { -x "$_/tmux" } split /:/, $ENV{PATH} }

sub quoted
{
	my ($word) = @_;
	$word =~ s/([\\"\$])/\\$1/g;
	return "\"$word\"";
}

# Runs one tmux command and returns its output's lines (bytes).
sub tmux
{
	my @words = @_;
	print {$to} join(' ', map { /^[A-Za-z0-9_=-]+$/ ? $_ : quoted($_) } @words), "\n";
	return answer();
}

# The lines between %begin and %end; what tmux tells outside of them is of no interest here.
sub answer
{
	my ($number, @lines);
	while (defined(my $line = <$from>)) {
		chomp $line;
		if (!defined $number) {
			$number = $1 if $line =~ /^%begin \d+ (\d+)/;
		} elsif ($line =~ /^%(end|error) \d+ $number /) {
			die "tmux: @lines\n" if $1 eq 'error';
			return @lines;
		} else {
			push @lines, $line;
		}
	}
	die "tmux has gone away\n";
}

sub start_server
{
	$dir = tempdir('ptsh-term-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	open my $conf, '>', "$dir/conf" or die $!;
	print $conf map { "set -$_\n" } 'g history-limit 200000', 'g default-terminal tmux-256color',
	    'g status off', 'g remain-on-exit on', 'g remain-on-exit-format ""',
	    's escape-time 0', 'g default-shell /bin/sh';
	close $conf;
	local $ENV{LC_ALL} = 'C.UTF-8';
	local $ENV{TERM} = 'xterm';
	delete local $ENV{TMUX};
	$client = open2($from, $to, 'tmux', '-u', '-S', "$dir/tmux", '-f', "$dir/conf", '-C',
	    'new-session', '-s', 'control', '-x', '20', '-y', '4', 'exec cat');
	binmode $_ for $from, $to;
	$to->autoflush(1);
	answer();
	($server) = tmux('display-message', '-p', '#{pid}');
	tmux(qw(set -s exit-unattached on));	# the server goes when this process does
}

END {
	if ($client) {
		my $status = $?;
		kill 'TERM', $server, $client;		# (kill-server may wait for the client for ever)
		close $to;
		close $from;
		waitpid $client, 0;
		$? = $status;
	}
}

# columns, rows, env (undef removes), command (words).  job_control: run it as typed to an interactive bash.
sub new
{
	my ($class, %o) = @_;
	start_server() unless $client;
	my $t = bless {name => 't' . ++$count, columns => $o{columns} || 80, rows => $o{rows} || 24}, $class;
	my $base = $t->{base} = "$dir/$t->{name}";
	mkdir "$base.home" or die $!;
	mkfifo("$base.go", 0600) or die $!;
	my %env = (LC_ALL => 'C.UTF-8', HOME => "$base.home", TZ => 'UTC', %{$o{env} || {}});
	my $shell = sub { join ' ', map { my $w = $_; $w =~ s/'/'\\''/g; "'$w'" } @_ };
	my @env = ('env', (map { ('-u', $_) } 'TMUX', 'TMUX_PANE', 'COLUMNS', 'LINES',
	    grep { !defined $env{$_} } sort keys %env), map { "$_=$env{$_}" } grep { defined $env{$_} } sort keys %env);
	my $program = $shell->(@env, 'sh', '-c', 'echo $$ > "$0"; exec "$@"', "$base.pid", @{$o{command}});
	open my $script, '>', "$base.sh" or die $!;
	# The terminal is told apart before and after; the script itself survives what is meant for the program.
	print $script encode('UTF-8', "trap : INT QUIT TSTP TERM HUP\n: < $base.go\nstty -g > $base.before\n$program\n" .
	    "echo \$? > $base.exit\nstty -g > $base.after\n: > $base.done\n");
	close $script;
	my $command = $o{job_control} ? "PS1='bash\$ ' HOME=/nonexistent exec bash --norc --noprofile -i" : "exec sh $base.sh";
	$t->{program} = $program;
	tmux('new-session', '-d', '-s', $t->{name}, '-x', $t->{columns}, '-y', $t->{rows}, encode('UTF-8', $command));
	tmux('pipe-pane', '-t', $t->{name}, "cat > $base.raw");
	if ($o{job_control}) {
		$t->wait_row(qr/^bash\$/) or die 'no shell';
		open my $line, '>', "$base.sh" or die $!;
		print $line encode('UTF-8', "$program\n");
		close $line;
		$t->type(". $base.sh");
		$t->key('Enter');
	} else {
		open my $go, '>', "$base.go" or die $!;
	}
	return $t;
}

sub home { return $_[0]{base} . '.home' }
sub columns { return $_[0]{columns} }

# Raw bytes as if they came from the keyboard.
sub bytes
{
	my ($t, $bytes) = @_;
	while (length $bytes) {
		my $part = substr $bytes, 0, 500, '';
		tmux('send-keys', '-t', $t->{name}, '-H', map { sprintf '%02x', ord } split //, $part);
	}
	return $t;
}

sub type { my ($t, $text) = @_; return $t->bytes(encode('UTF-8', $text)) }

sub key
{
	my ($t, @keys) = @_;
	return $t->bytes(join '', map {
		defined $KEY{$_} ? $KEY{$_} : /^C-(.)$/ ? chr(ord(uc $1) & 0x1f ^ ($1 eq '?' ? 0x60 : 0)) :
		    /^M-(.)$/ ? "\e$1" : encode('UTF-8', $_)
	} @keys);
}

# What a terminal sends for a paste while bracketed paste is on.
sub paste { my ($t, $text) = @_; return $t->bytes("\e[200~" . encode('UTF-8', $text =~ s/\n/\r/gr) . "\e[201~") }

sub resize
{
	my ($t, $columns, $rows) = @_;
	$t->{columns} = $columns;
	$t->{rows} = $rows if $rows;
	tmux('resize-window', '-t', $t->{name}, '-x', $columns, '-y', $t->{rows});
	return $t;
}

# The screen's rows without blanks at their ends and empty rows at the end; @options are capture-pane's.
sub rows
{
	my ($t, @options) = @_;
	my @rows = map { decode('UTF-8', $_) =~ s/ +$//r } tmux('capture-pane', '-p', @options, '-t', $t->{name});
	pop @rows while @rows && $rows[-1] eq '';
	return @rows;
}

sub scrollback { return $_[0]->rows('-J', '-S', '-') }	# all rows ever, the ones still on the screen included

sub cursor				# column, row
{
	my ($t) = @_;
	my ($answer) = tmux('display-message', '-p', '-t', $t->{name}, '#{cursor_x} #{cursor_y}');
	return split ' ', $answer;
}

# What a tmux format says of the pane: 'bracket_paste_flag' ...
sub ask { my ($t, $what) = @_; return (tmux('display-message', '-p', '-t', $t->{name}, "#{$what}"))[0] }

sub slurp
{
	my ($path) = @_;
	open my $file, '<', $path or return '';
	local $/;
	my $content = <$file>;
	return defined $content ? $content : '';
}

sub output { return slurp($_[0]{base} . '.raw') }	# every byte the program has written

# Waits until $condition->() is true; returns its value, or the last false one.
sub wait_for
{
	my ($t, $condition, $seconds) = @_;
	my $deadline = time + ($seconds || 10) * $SLOW;
	for (my $pause = 0.002;; $pause = $pause < 0.03 ? $pause * 1.5 : $pause) {
		my $value = $condition->();
		return $value if $value || time > $deadline;
		sleep $pause;
	}
}

# Waits for a row of the screen that matches; returns it (decoded), or undef.
sub wait_row
{
	my ($t, $pattern, $seconds) = @_;
	my $row;
	$t->wait_for(sub { ($row) = grep { $_ =~ $pattern } $t->rows; defined $row }, $seconds);
	main::diag("no row matches $pattern in:\n" . join("\n", map { encode('UTF-8', "  |$_|") } $t->rows))
	    if !defined $row && defined &main::diag;
	return $row;
}

sub wait_output { my ($t, $pattern, $seconds) = @_; return $t->wait_for(sub { $t->output =~ $pattern }, $seconds) }

sub pid
{
	my ($t) = @_;
	return $t->{pid} ||= $t->wait_for(sub { (slurp("$t->{base}.pid") =~ /^(\d+)\n/)[0] });
}

# The program's exit status as the shell says it (128 + signal), waiting for its end; undef if it goes on.
sub status
{
	my ($t, $seconds) = @_;
	$t->wait_for(sub { -e "$t->{base}.done" }, $seconds) or return undef;
	return slurp("$t->{base}.exit") + 0;
}

# Whether the terminal's modes are after the program what they were before.
sub modes_restored
{
	my ($t) = @_;
	defined $t->status or return 0;
	my $before = slurp("$t->{base}.before");
	return $before ne '' && $before eq slurp("$t->{base}.after");
}

sub close
{
	my ($t) = @_;
	tmux('kill-session', '-t', $t->{name});
=======
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
>>>>>>> w-box
}

1;
