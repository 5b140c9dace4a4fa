# SPDX-License-Identifier: ISC
# Term: a program in a terminal of its own, for tests: a private tmux server, spoken to in control mode.
#
#	my $t = Term->new(columns => 40, rows => 10, env => {TERM => 'dumb'}, command => ['build/ptsh', 'box']);
#	$t->type('ping'); $t->key('Enter');
#	ok $t->wait_row(qr/^\d+\.\d+/), 'ping is answered';
#	is $t->status, 0;
#
# Nothing here sleeps for a fixed time: wait_* look again and again until the deadline.
# Text is in characters, output() in bytes.  The server ends with the test, also if the test is killed.
package Term;
use strict;
use warnings;
use Deadline;
use Encode qw(decode encode);
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use IPC::Open2;
use POSIX qw(mkfifo);
use Time::HiRes qw(sleep time);

my ($dir, $client, $server, $to, $from, $count);

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

# The lines between %begin and %end; what tmux prints outside them does not matter here.
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
	$dir = tempdir('ptsh-term-XXXXXX', TMPDIR => 1);
	open my $conf, '>', "$dir/conf" or die $!;
	print $conf map { "set -$_\n" } 'g history-limit 200000', 'g default-terminal tmux-256color',
	    'g status off', 'g remain-on-exit on', 'g remain-on-exit-format ""',
	    's escape-time 0', 'g default-shell /bin/sh';
	close $conf;
	local $ENV{LC_ALL} = 'C.UTF-8';
	local $ENV{TERM} = 'xterm';
	delete local $ENV{TMUX};
	$SIG{$_} ||= sub { exit 1 } for qw(INT TERM HUP);	# so that END runs
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
		kill 'TERM', $server, $client;		# (kill-server may wait for the client without end)
		close $to;
		close $from;
		waitpid $client, 0;
		for (1 .. 100) {			# the program there may still write
			remove_tree($dir, {error => \my $trouble});
			last unless -e $dir;
			sleep 0.02;
		}
		$? = $status;
	}
}

# A new directory that goes when the test ends.
sub directory
{
	start_server() unless $client;
	return tempdir('XXXXXX', DIR => $dir);
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
	# Records the terminal's modes before and after; the script itself survives signals meant for the program.
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
	# tmux lays its screen out anew at once, but the program's terminal may get its size a quarter of a second later.
	my ($tty) = tmux('display-message', '-p', '-t', $t->{name}, '#{pane_tty}');
	$t->wait_for(sub { my $size = `stty -F $tty size 2>/dev/null`; $size eq "$t->{rows} $columns\n" || $size eq '' });
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

# The value of a tmux format for the pane: 'bracket_paste_flag' ...
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

# Waits until $condition->() is true, as Deadline::wait_until does.
sub wait_for
{
	my ($t, $condition, $seconds) = @_;
	return Deadline::wait_until($condition, $seconds);
}

# Waits for a row of the screen that matches; returns it (decoded), or undef.
sub wait_row
{
	my ($t, $pattern) = @_;
	my $row;
	$t->wait_for(sub { ($row) = grep { $_ =~ $pattern } $t->rows; defined $row });
	main::diag("no row matches $pattern in:\n" . join("\n", map { encode('UTF-8', "  |$_|") } $t->rows))
	    if !defined $row && defined &main::diag;
	return $row;
}

sub wait_output { my ($t, $pattern) = @_; return $t->wait_for(sub { $t->output =~ $pattern }) }

sub pid
{
	my ($t) = @_;
	return $t->{pid} ||= $t->wait_for(sub { (slurp("$t->{base}.pid") =~ /^(\d+)\n/)[0] });
}

# Brings a stopped program back.  What is typed before it runs again is read by the shell's modes: its Enter ends no line then.
sub fg
{
	my ($t) = @_;
	$t->type('fg');
	$t->key('Enter');
	return $t->wait_for(sub { slurp('/proc/' . $t->pid . '/stat') !~ /\) T/ });
}

# The program's exit status as the shell says it (128 + signal), waiting for its end; undef if it still runs.
sub status
{
	my ($t, $seconds) = @_;
	$t->wait_for(sub { -e "$t->{base}.done" }, $seconds) or return undef;
	return slurp("$t->{base}.exit") + 0;
}

# True if the terminal's modes after the program are those from before.
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
}

1;
