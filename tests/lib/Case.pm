# SPDX-License-Identifier: ISC
# Case: a fault, from its text to its verdict.
#
# A file holds several cases:
#
#	=== A8 reset in the middle of a reply
#	box:
#		hello
#		login
#		expect "ping"
#		send [$id,1,17
#		reset
#	run: -c ping
#	stderr:
#		^ptsh: \S+: incomplete message
#	status: 3
#
# A key's value is the rest of its line, or the lines below it, indented by a tab.  Keys:
#
#	box              the script of the box (ptsh-box --help); an empty one: a box that behaves; none: no box
#	box-options      more options of the box, as in a shell
#	box-status       the box's exit status (0), if it plays a script
#	run              ptsh's arguments, as in a shell; the box's address is appended unless %BOX%, %UNIX% or %NOBOX% is among them
#	stdin            its standard input (nothing)
#	file NAME [MODE] a file in its home, where it starts
#	env              a line each: NAME=VALUE, or NAME to remove it
#	shell            what a shell does before it becomes ptsh: limits, umask, redirections
#	before           a shell command run in the home first, without ptsh's limits
#	steps            while it runs: wait stdout|stderr|received PATTERN; signal NAME; input TEXT; eof; pause MS;
#	                 close-stdout; perl CODE (true or the case fails); no-secret-in-memory
#	stdout           exactly this (nothing); %TIME% in it is any RFC 3339 time with an offset
#	stderr           a pattern for each line, in order; a line `...` is for any number of lines
#	status           exit status, as a shell reports it (0)
#	received         a pattern for each request the box must have got besides start_tls and login, in order
#	check            Perl that must be true: $r is the Run, $box the Box, $home the home
#	at-least         seconds; rss: MiB at most
#	cpu              seconds of processor time at most: for what takes time that grows with the square of the input, and then at
#	                 least ten times what it takes here: a slow machine is no fault
#	password         env (default), file, none; the password is random, and wherever it is seen afterwards, the case fails
#	clear            yes: the password may be sent in clear
#	count            no: a result of this case is not one line (see check_outcomes)
#	full             yes: only with PTSH_TEST_FULL
#	needs            a pattern that `ptsh --version` must match: only with such a build
#	early            how the case goes where TLS is asked for before the greeting, see below: taken (default), again or never
#	early-KEY        what KEY says there instead
#
# Where a line `each-case: early` stands above the cases of a file, each is run a second time, against a box that is remembered to
# start TLS when asked, so that ptsh asks before the greeting; that it does is seen in a trace.  Its script waits for the request
# first and greets then.  `taken`: the box answers as it does to the later request.  `again`: that try fails, and ptsh connects once
# more and asks after the greeting: the box plays its script a second time.  `never`: it is not to be asked early in spite of the memory.
#
# No case limits its time, which depends on the machine's load.  What must end by itself is tested against a
# box that does not end first (`noread`, `expect-eof`: these fail in the end) and with timers of a hundred seconds.
#
# In values %BOX% %PORT% %UNIX% %HOME% %CERTS% %SHIM% %PIN% (of CERTS/self.pem) %OTHERPIN% %EXPIREDPIN% %FAULTS% (this folder)
# are replaced.  In `stdin`,
# `stdout` and files `\xHH` is a byte, `\\` a backslash, and one at the end of the last line takes its newline away.
package Case;

use strict;
use warnings;

use Carp qw(croak);
use File::Find ();
use File::Temp ();
use MIME::Base64 qw(encode_base64);
use Text::ParseWords qw(shellwords);
use Time::HiRes qw(time);

use Box;
use Certs;
use Cram;
use Deadline;
use Run;

my %known = map { $_ => 1 } qw(box box-options box-status run stdin env shell before steps stdout stderr status received check
    at-least rss cpu password clear count full needs early);
$known{"early-$_"} = 1 for keys %known;

# All cases of a file.
sub read_file {
	my ($path) = @_;
	my (@cases, $case, $key, $early);

	open my $in, '<', $path or croak "$path: $!";
	while (<$in>) {
		chomp;
		if (/^each-case: early$/) {
			$early = 1;
		} elsif (/^=== (.+)/) {
			push @cases, $case = bless { name => $1, at => "$path:$." }, 'Case';
			undef $key;
		} elsif ($key && /^\t(.*)/) {
			push @{ $case->{$key} }, $1;
		} elsif ($case && /^(file [^:]+|[a-z-]+):[ \t]*(.*)/) {
			$key = $1;
			croak "$path:$.: unknown key $key" unless $known{$key} || $key =~ /^file /;
			croak "$path:$.: $key: twice" if $case->{$key};
			$case->{$key} = length $2 ? [$2] : [];
		} elsif (/\S/ && !/^#/) {
			croak "$path:$.: neither a key nor indented";
		}
	}
	return $early ? map { ($_, $_->asked_early) } @cases : @cases;
}

# The same where TLS is asked for early.
sub asked_early {
	my ($self) = @_;
	my $how = ($self->value('early') // 'taken');
	my %other = (%$self, name => "$self->{name} (asked early)", asked => $how, map { /^early-(.+)/ ? ($1 => $self->{$_}) : () } keys %$self);
	my @script = @{ $self->{box} // [] };
	my ($greets) = grep { $script[$_] =~ /^(?:hello|(?:line|send) \[null,"hello")/ } 0 .. $#script;
	my ($expects) = grep { $script[$_] eq 'expect "start_tls"' } 0 .. $#script;

	splice @script, $greets, 0, splice @script, $expects, 1 if $how ne 'never' && defined $greets && defined $expects && $greets < $expects;
	push @script, 'next', @{ $self->{box} } if $how eq 'again' && @script;
	$other{box} = \@script if $self->{box} && !$self->{'early-box'};
	return bless \%other, 'Case';
}

sub name { $_[0]{name} }
sub uses { my ($self, $what) = @_; return scalar grep { /\Q$what\E/ } map { ref $_ ? @$_ : $_ } values %$self }
sub is_full { ($_[0]->value('full') // '') eq 'yes' }
sub is_possible {
	my ($self) = @_;
	my $needs = $self->value('needs') // return 1;
	our $version //= Run->ptsh(args => ['--version'])->stdout;
	return $version =~ $needs;
}
sub value { my ($self, $key) = @_; return $self->{$key} ? $self->expand(join ' ', @{ $self->{$key} }) : undef }
sub lines { my ($self, $key) = @_; return map { $self->expand($_) } @{ $self->{$key} // [] } }
sub text { my ($self, $key) = @_; return join '', map { "$_\n" } $self->lines($key) }

sub expand {
	my ($self, $text) = @_;
	my %with = %{ $self->{with} // {} };

	$text =~ s/%([A-Z]+)%/defined $with{$1} ? $with{$1} : "%$1%"/ge;
	return $text;
}
sub uses_certs { my ($self) = @_; return grep { $self->uses($_) } qw(%CERTS% %PIN% %OTHERPIN% %EXPIREDPIN%) }

# Runs it; returns what is wrong, or nothing.
sub run {
	my ($self) = @_;
	my @wrong = eval { $self->play };

	return $@ ? "$@" : @wrong;
}

# What was measured of what is bounded, and the bounds: '' if nothing is.
sub measured {
	my ($self) = @_;
	my %had = (cpu => $self->{cpu_used}, rss => $self->{rss_used});
	my %shown = (cpu => '%.2f s of CPU (at most %d)', rss => '%.1f MiB (at most %d)');

	return join ', ', map { sprintf $shown{$_}, $had{$_}, $self->value($_) } grep { $self->{$_} && defined $had{$_} } qw(cpu rss);
}

sub play {
	my ($self) = @_;
	my $secret = $self->{secret} = Box::random_word();
	my $home = Run::new_home();
	my $certs = $self->uses_certs ? Certs::directory() : undef;
	my $box;

	$self->{with} = { HOME => "$home", CERTS => $certs, UNIX => "$home/box.socket", NOBOX => '', SHIM => $ENV{SHIM}, FAULTS => $self->{at} =~ s{/[^/]*$}{}r };
	if ($self->{box}) {
		my @options = map { $self->expand($_) } shellwords(join ' ', @{ $self->{'box-options'} // [] });
		push @options, script => $self->text('box') if @{ $self->{box} };
		$box = Box->start(password => $secret, @options);
		@{ $self->{with} }{qw(BOX PORT)} = ($box->address, $box->port) if defined $box->{port};
	}
	for my $key (grep { /^file / } keys %$self) {
		my (undef, $name, $mode) = split ' ', $key;
		Box::write_file("$home/$name", unescape($self->text($key)));
		chmod oct($mode), "$home/$name" if defined $mode;
	}
	@{ $self->{with} }{qw(PIN OTHERPIN EXPIREDPIN)} = map { Certs::pin($_) } qw(self other expired) if $certs;
	my $r = $self->run_ptsh($home, $box);
	my @wrong = ($self->judge($r, $box), $self->check_outcomes($r), $self->check_key($r));
	push @wrong, $self->check_box($box) if $box;
	push @wrong, shown('stdout', $r->stdout), shown('stderr', $r->stderr) if @wrong;
	return @wrong;
}

sub shown {
	my ($what, $text) = @_;
	my @lines = split /\n/, substr $text, 0, 3000;

	splice @lines, 10, @lines - 14, '...' if @lines > 14;
	return map { "  $what: " . substr $_, 0, 200 } @lines;
}

sub arguments {
	my ($self) = @_;
	my $line = join ' ', @{ $self->{run} // [] };
	my @words = map { $self->expand($_) } shellwords($line);

	@words = grep { length } @words if $line =~ /%NOBOX%/;
	push @words, $self->{with}{BOX} if defined $self->{with}{BOX} && $line !~ /%(?:BOX|PORT|UNIX|NOBOX)%/;
	return @words;
}

sub run_ptsh {
	my ($self, $home, $box) = @_;
	my $secret = $self->{secret};
	my %env = (PTSH_USER => 'admin', PTSH_PASSWORD => $secret);
	my @args = $self->arguments;
	my @shell = $self->{shell} ? ('/bin/sh', '-c', $self->value('shell') . "\nexec \"\$0\" \"\$@\"", Run::program()) : ();
	my $how = $self->value('password') // 'env';
	my $text = unescape($self->text('stdin'));
	my @steps = $self->lines('steps');

	if ($how ne 'env') {
		delete $env{PTSH_PASSWORD};
	}
	if ($how eq 'file') {
		# Outside the home, where no secret may be found.
		$self->{password_file} = File::Temp->new;
		print { $self->{password_file} } "$secret\n";
		$self->{password_file}->flush;
		unshift @args, '--password-file', "$self->{password_file}";
	}
	for ($self->lines('env')) {
		my ($name, $value) = split /=/, $_, 2;
		$env{$name} = $value;
	}
	if (my $command = join "\n", $self->lines('before')) {
		system('/bin/sh', '-c', "cd '$home' && $command") == 0 or croak "before: $command: failed";
	}
	if ($self->{asked}) {
		remember_early($home, $self->{with});
		unshift @args, '--trace', "$home/early.trace";
	}
	my $before = cpu_of_children();
	my $r = Run->begin(args => [@shell ? (@shell[1 .. $#shell], @args) : @args], home => $home, env => \%env, secret => $secret,
	    stdin => $text, open => scalar(@steps),
	    @shell ? (program => $shell[0]) : ());
	$self->step($r, $box, $_) for @steps;
	$r->finish;
	$self->{cpu_used} = cpu_of_children() - $before;
	$self->{rss_used} = $r->rss / 1024;
	return $r;
}

# Every name that a case has for its box starts TLS when asked.
sub remember_early {
	my ($home, $with) = @_;
	my $path = "$home/data/ptsh/known_boxes";
	my @names = (map({ "$_:" . ($with->{PORT} // 55) } qw(127.0.0.1 localhost)), map({ "$_:55" } qw(box.example.net other.example box.example.test a.box.example.test)), $with->{UNIX});
	my @lines = -f $path ? split /\n/, Box::slurp($path) : map { "$_ tls 2026-01-01" } @names;

	system 'mkdir', '-p', '-m', '700', "$home/data/ptsh";
	unlink $path;
	Box::write_file($path, join '', map { "$_ start_tls=asked\n" } @lines);
	chmod 0600, $path;
}

# Whether TLS was asked for when it should have been: before the greeting, but on a second connection after it.
sub check_early {
	my ($self, $r) = @_;
	my $trace = join '', map { / > \[\d+,"start_tls"\]$/ ? 'ask ' : / < \[null,"hello"/ ? 'hello ' : () } split /\n/, Box::slurp($r->home . '/early.trace');
	my %right = (taken => qr/^(?:ask hello )+$/, again => qr/^ask (?:hello )?(?:hello (?:ask )?)$/, never => qr/^(?:hello (?:ask )?)?$/);

	return $trace =~ $right{ $self->{asked} } ? () : "the trace has: $trace; must be $self->{asked}";
}

sub cpu_of_children { my (undef, undef, $user, $system) = times; return $user + $system }

sub step {
	my ($self, $r, $box, $step) = @_;
	my ($what, $rest) = split ' ', $step, 2;

	if ($what eq 'wait') {
		my ($where, $pattern) = split ' ', $rest, 2;
		return $r->wait_for($where, qr/$pattern/m) if $where ne 'received';
		my $end = time + Deadline::SECONDS;
		until (grep { /$pattern/ } $box->received) {
			$r->die_loudly("the box never received $pattern") if time > $end;
			$r->turn(0.01);
		}
	} elsif ($what eq 'signal') {
		kill $rest => $r->pid;
	} elsif ($what eq 'input') {
		$r->input(unescape($rest));
	} elsif ($what eq 'eof') {
		$r->close_input;
	} elsif ($what eq 'pause') {
		my $end = time + $rest / 1000;
		$r->turn(0.01) while time < $end;
	} elsif ($what eq 'close-stdout') {
		close delete $r->{out};
	} elsif ($what eq 'perl') {
		my $secret = $self->{secret};
		my $true = eval "package main; $rest";
		$r->die_loudly("perl $rest: " . ($@ || 'false')) unless $true;
	} elsif ($what eq 'no-secret-in-memory') {
		# Of others only root may look at this; a sanitizer keeps what was freed.
		my @found = $> == 0 && !sanitized() ? $self->found_in_memory($r->pid) : ();
		$r->die_loudly("in memory: @found") if @found;
	} else {
		croak "steps: $what: unknown";
	}
}

# Returns where in a process's memory the password or its key is.
sub found_in_memory {
	my ($self, $pid) = @_;
	my %needle = (password => $self->{secret}, key => Cram::key('admin', $self->{secret}));
	my @found;

	open my $memory, '<:raw', "/proc/$pid/mem" or croak "/proc/$pid/mem: $!";
	for (split /\n/, Box::slurp("/proc/$pid/maps")) {
		my ($from, $to, $mode, $what) = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)/ or next;
		next if $mode !~ /^rw/;
		no warnings 'portable';
		sysseek $memory, hex $from, 0 or next;
		my $bytes = '';
		1 while sysread $memory, $bytes, (hex($to) - hex($from)) - length $bytes, length $bytes;
		for my $name (sort keys %needle) {
			push @found, "$name in $what $mode" if index($bytes, $needle{$name}) >= 0;
		}
	}
	return @found;
}

# Returns how many bytes are not zero in the memory where a process keeps passwords, which is wiped in its children.
sub kept {
	my ($pid) = @_;
	my ($from, $to);

	for (split /\n/, Box::slurp("/proc/$pid/smaps")) {
		($from, $to) = ($1, $2) if /^([0-9a-f]+)-([0-9a-f]+) rw/;
		last if /^VmFlags:.* wf\b/;
		undef $from if /^VmFlags:/;
	}
	croak 'there is no such memory' unless defined $from;
	open my $memory, '<:raw', "/proc/$pid/mem" or croak "/proc/$pid/mem: $!";
	no warnings 'portable';
	sysseek $memory, hex $from, 0 or croak "seek: $!";
	sysread $memory, my $bytes, hex($to) - hex($from) or croak "read: $!";
	return scalar(() = $bytes =~ /[^\0]/g);
}

sub unescape {
	my ($text) = @_;

	$text =~ s/\\\n\z//;
	$text =~ s/\\(?:x([0-9a-f]{2})|\\)/defined $1 ? chr hex $1 : '\\'/gie;
	return $text;
}

# --- the verdict ---

# What an event begins with in every format but raw and table.
our $rfc3339 = qr/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d/;

sub judge {
	my ($self, $r, $box) = @_;
	my $status = $self->value('status') // 0;
	my $want = unescape($self->text('stdout'));
	my $pattern = join $rfc3339, map { quotemeta } split /%TIME%/, $want, -1;
	my $home = $r->home;
	my @wrong;

	push @wrong, "status " . $r->status . ", not $status" if $r->status != $status && !($self->{check} && !$self->{status});
	push @wrong, 'stdout is not as it should be' if $r->stdout !~ /\A$pattern\z/ && !($self->{check} && !$self->{stdout});
	push @wrong, $self->match('stderr', $self->{stderr}, split /\n/, $r->stderr)
	    unless $self->{check} && !$self->{stderr};
	if (my ($seconds) = $self->value('at-least')) {
		push @wrong, sprintf 'took only %.2f s', $r->seconds if defined $seconds && $r->seconds < $seconds;
	}
	push @wrong, 'took ' . $self->measured
	    if !slow() && grep { $self->{$_} && $self->{"${_}_used"} > $self->value($_) } qw(cpu rss);
	push @wrong, $self->check_bytes($r);
	push @wrong, $self->check_early($r) if $self->{asked};
	if ($self->{check}) {
		my $code = join "\n", $self->lines('check');
		my $true = eval "package main; $code";
		push @wrong, "check: $@" if $@;
		push @wrong, 'the check is false' if !$true && !$@;
	}
	return @wrong;
}

# True if ptsh is built so that times and memory mean nothing.
sub slow { Deadline::SLOW > 1 }
# True if it has a malloc of its own.
sub sanitized { $ENV{PTSH_TEST_SANITIZED} }

sub match {
	my ($self, $what, $patterns, @lines) = @_;
	my @patterns = map { $self->expand($_) } @{ $patterns // [] };
	my $any = 0;

	while (@patterns) {
		my $pattern = shift @patterns;
		if ($pattern eq '...') {
			$any = 1;
			next;
		}
		shift @lines while $any && @lines && $lines[0] !~ /$pattern/;
		return "$what: nothing more, expected $pattern" unless @lines;
		my $line = shift @lines;
		return "$what: expected $pattern, got $line" if $line !~ /$pattern/;
		$any = 0;
	}
	return @lines && !$any ? "$what: unexpected: $lines[0]" : ();
}

# I7: whatever the box says, a message does nothing to a terminal, and a table neither.  Other results that go to a pipe keep
# what hides or reorders text; those in json and records, every byte.
sub check_bytes {
	my ($self, $r) = @_;
	my @wrong;
	my $args = join ' ', $self->arguments;
	my %seen = (stdout => $r->stdout, stderr => $r->stderr);

	return if $args =~ /(?:-o|--output)[ =]?raw/;
	my ($format) = $args =~ /(?:-o|--output)[ =]?(\w+)/;
	$format //= 'tsv';
	delete $seen{stdout} if $format =~ /^(?:json|records)$/;
	$seen{stdout} =~ s/\r\n/\n/g if $format eq 'csv';
	for my $which (sort keys %seen) {
		my $text = $seen{$which};
		push @wrong, sprintf '%s: byte 0x%02x', $which, ord $1 if $text =~ /([\x00-\x08\x0b-\x1f\x7f])/;
		push @wrong, "$which: C1 " . unpack('H*', $1) if $text =~ /(\xc2[\x80-\x9f])/;
		# Marks and bidirectional controls, in UTF-8.
		push @wrong, "$which: " . unpack('H*', $1)
		    if ($which eq 'stderr' || $format eq 'table') && $text =~ /(\xd8\x9c|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf)/;
		push @wrong, "$which: not UTF-8" unless utf8::decode(my $copy = $text);
	}
	return @wrong;
}

# I2: the key that is derived from the password is as good as it.
sub check_key {
	my ($self, $r) = @_;
	my $key = Cram::key('admin', $self->{secret});
	my $base64 = encode_base64($key, '');
	my @wrong;

	$base64 =~ s/=+\z//;
	my $found = sub { grep { index($_[0], $_) >= 0 } $key, $base64, unpack 'H*', $key };
	push @wrong, 'the derived key is in the output' if $found->($r->stdout . $r->stderr);
	File::Find::find({ no_chdir => 1, wanted => sub {
		push @wrong, "the derived key is in $_" if -f $_ && $found->(Box::slurp($_));
	} }, $r->home . '');
	return @wrong;
}

# The requests of this case: lines that are no command, comment or blank.
sub requests {
	my ($self) = @_;
	my @args = $self->arguments;
	my @lines = split /\r?\n/, unescape($self->text('stdin'));
	my (@own, $other);

	for (my $i = 0; $i < @args; $i++) {
		push @own, $args[$i + 1] if $args[$i] =~ /^(?:-c|--command)$/;
		push @own, split /\r?\n/, Box::slurp("$self->{with}{HOME}/$args[$i + 1]") if $args[$i] =~ /^(?:-f|--file)$/ && $args[$i + 1] ne '-' && -f "$self->{with}{HOME}/$args[$i + 1]";
		$other = 1 if $args[$i] =~ /^(?:-c|-f|--command|--file)$/;
		push @own, @lines if $args[$i] =~ /^(?:-f|--file)$/ && $args[$i + 1] eq '-';
	}
	@own = @lines unless $other;
	s/^\xef\xbb\xbf// for @own;
	return grep { /\S/ && !/^\s*[#.]/ } @own;
}

# I1: every line has one outcome: a result, a message that names it, or it is among those not run.
sub check_outcomes {
	my ($self, $r) = @_;
	my @requests = $self->requests;
	my ($results, $named, $dropped) = (0, 0, 0);
	my %types = map { /^\s*(?:- )?(?:\[\s*")?([a-z_0-9]+)/ ? ($1 => 1) : () } @requests;

	return if ($self->value('count') // '') eq 'no' || grep { /^(?:-n|--dry-run|--follow|-e)$/ } $self->arguments;
	# Ended before the first line: the connection, the login or the options failed.
	$results = () = $r->stdout =~ /\n/g;
	for (split /\n/, $r->stderr) {
		if (/^ptsh: (?:[^ ]+:\d+: )?([a-z_0-9]+): (?!warning:)/ && $types{$1}) {
			$named++;
		} elsif (/^ptsh: (\d+) lines? (?:was|were) not run/) {
			$dropped += $1;
		}
	}
	return if $results + $named + $dropped == 0 && $r->status != 0;
	my $all = @requests;
	# Commands without a result print nothing.
	return if grep(/^\s*(?:- )?(?:\[\s*")?(?:log|subscribe|\w+_modify|realm_discover)\b/, @requests) && $results + $named + $dropped < $all;
	return "outcomes: $all requests, but $results results, $named named and $dropped not run"
	    if $results + $named + $dropped != $all;
	return;
}

sub check_box {
	my ($self, $box) = @_;
	my @wrong;
	my $scripted = @{ $self->{box} };
	my $status = $scripted ? eval { $box->wait } // do { push @wrong, "$@"; $box->stop } : $box->stop;
	my $want = $self->value('box-status') // 0;

	push @wrong, "the box: status $status: " . $box->stderr if $status != $want;
	push @wrong, $self->match('received', $self->{received}, grep { !/^\[\d+,"(?:start_tls|login|login_cram_md6)"/ } $box->received)
	    if $self->{received};
	# I2 on the wire
	my $key = Cram::key('admin', $self->{secret});
	my @key = (unpack('H*', $key), encode_base64($key, '') =~ s/=+\z//r);
	for my $line ($box->log_lines) {
		push @wrong, 'the key was sent' if grep { index($line->[3] // '', $_) >= 0 } @key;
		my ($connection, $channel, $what, $text) = @$line;
		push @wrong, "the password was sent in clear" if $channel eq 'clear' && index($text // '', $self->{secret}) >= 0
		    && ($self->value('clear') // '') ne 'yes';
	}
	return @wrong;
}

1;
