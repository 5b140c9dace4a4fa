#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# mutants: takes one guard out of the program at a time; a test must fail then.
#
#	perl tests/mutants/run.pl BUILD [PATTERN]	all, or those whose names match (`make mutants MUTANTS=PATTERN`)
#	perl tests/mutants/run.pl --look		builds and runs nothing: checks that the guards and the tests named exist
#
# The guards are in tests/mutants/*.guards:
#
#	=== a nonce that is too short
#	in: cram_compute
#	guard:
#		nonce_len < CRAM_NONCE_MIN
#	instead:
#		false
#	red: unit/test_auth a_short_nonce
#	red: faults ^D5 a nonce of one byte
#
# in is a function, a table or a constant of an enum, in whichever file of src defines it.  guard is a piece of that definition,
# as it stands there exactly once, but for its white space; instead is what replaces it (nothing: it goes away).  red is a test
# program below tests/ and a pattern: one of its tests with such a name must fail; the first of several programs that does will
# do.  `faults` are the cases of tests/faults.
#
# Each mutant is the objects of that file (a header: of the files that include it), linked before the library of BUILD, in a
# folder of its own, which stays if it survives.
# Nothing else is touched.  MUTANT_COMPILE, MUTANT_LINK and MUTANT_LIBS are the Makefile's commands.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use File::Basename qw(basename dirname);
use File::Path qw(make_path remove_tree);
use IO::Select;
use Parallel;

use constant PATIENCE => 300;	# seconds for a test program: one that hangs has failed, too

# As in tests/prove.sh.
$SIG{$_} = 'DEFAULT' for qw(HUP INT QUIT TERM TSTP PIPE CHLD);

my ($build, $only) = @ARGV;
die "usage: perl tests/mutants/run.pl BUILD [PATTERN] | --look [PATTERN]\n"
    if @ARGV < 1 || @ARGV > 2 || ($build =~ /^-/ ? $build ne '--look' : !-d $build) || ($only // '') =~ /^-/;
my $tests = "$FindBin::Bin/..";
my $root = "$tests/..";

sub slurp { my ($path) = @_; local $/; open my $in, '<', $path or return; return scalar <$in> }

sub read_guards {
	my ($path) = @_;
	my (@mutants, $key);

	open my $in, '<', $path or die "$path: $!\n";
	while (<$in>) {
		chomp;
		if (/^=== (.+)/) {
			push @mutants, { name => $1, at => basename($path) . ":$.", red => [] };
			undef $key;
		} elsif (/^\t(.*)/ && $key) {
			$mutants[-1]{$key} .= (defined $mutants[-1]{$key} ? "\n" : '') . $1;
		} elsif (/^red: +(\S+) +(.+)/ && @mutants) {
			push @{ $mutants[-1]{red} }, { program => $1, pattern => $2 };
		} elsif (/^in: +(\w+)$/ && @mutants) {
			$mutants[-1]{in} = $1;
		} elsif (/^(guard|instead):$/ && @mutants) {
			$key = $1;
		} elsif (/\S/ && !/^#/) {
			die "$path:$.: not understood\n";
		}
	}
	return @mutants;
}

# The definitions of src by their names: where each stands and how long it is.  One begins in the first column and ends before the
# next; the constants of an enum are names of it, too.
sub definitions {
	my %found;

	for my $path (glob "$root/src/*.[ch] $root/src/*/*.[ch]") {
		my $text = slurp($path);
		(my $file = $path) =~ s{^\Q$root\E/src/}{};
		while ($text =~ /^(?=[a-z])(?!\w+:$)(.*?)(?=^[a-z#\/]|\z)/gmsi) {
			my ($definition, $at) = ($1, $-[1]);
			my @names = $definition =~ /\A(?:static |const )*enum\b[^(\[=]*\{/ ? $definition =~ /\b([A-Z]\w+)\b/g : $definition =~ /\b(\w+) ?[(\[=]/;
			my %once = map { $_ => 1 } @names;
			push @{ $found{$_} }, { file => $file, at => $at, text => $definition } for keys %once;
		}
	}
	return \%found;
}

my $definitions;

# The file of a guard and its text without it, or dies with the reason: an outdated list is noticed.
sub mutated {
	my ($m) = @_;
	my $guard = join '\s+', map { quotemeta } split ' ', $m->{guard} // die "no guard\n";
	my (@places, $n);

	$definitions //= definitions();
	for my $d (@{ $definitions->{ $m->{in} // die "`in' is missing\n" } // die "nothing in src defines $m->{in}\n" }) {
		push @places, [$d, $-[0], $+[0]] while $d->{text} =~ /$guard/g;
	}
	$n = @places;
	die "its guard stands in $m->{in} $n times, not once\n" if $n != 1;
	die "no test is named\n" unless @{ $m->{red} };
	my ($d, $from, $to) = @{ $places[0] };
	my $text = slurp("$root/src/$d->{file}");
	substr($text, $d->{at} + $from, $to - $from) = $m->{instead} // '';
	return ($d->{file}, $text);
}

# What is compiled with a file: itself, or the files that include it, as the compiler has noted.
sub units {
	my ($file) = @_;

	return $file if $file =~ /\.c$/;
	return map { s{^\Q$build\E/src/(.*)\.d$}{$1.c}r } grep { slurp($_) =~ m{\bsrc/\Q$file\E\b} } glob "$build/src/*.d $build/src/*/*.d";
}

sub command {
	my ($log, $what, $command) = @_;

	system("($command) >>'$log' 2>&1") == 0 or die "$what: " . (slurp($log) =~ s/\n/; /gr) . "\n";
}

sub failed { my ($text) = @_; return $text =~ /^\s*not ok \d+ - (.*)/mg }

# Reads a test program's output until it ends, a matching test has failed, or PATIENCE is over: no run waits for
# what a prompt without its guard will never show.  A test in Perl catches the signal and ends what it has started.
sub listen_to {
	my ($log, $pattern, @command) = @_;
	my ($text, $end, $stopped) = ('', time + PATIENCE, 0);

	my $pid = open my $out, '-|';
	if (!$pid) {
		open STDERR, '>>', $log;
		exec @command or exit 126;
	}
	my $select = IO::Select->new($out);
	while (1) {
		if (!$select->can_read($end - time > 0 ? $end - time : 0)) {
			$stopped = 1;
			last;
		}
		sysread $out, $text, 65536, length $text or last;
		last if defined $pattern && grep { /$pattern/ } failed($text);
	}
	kill TERM => $pid;
	$SIG{ALRM} = sub { kill KILL => $pid };
	alarm 10;
	close $out;
	alarm 0;
	return ($text, $stopped || ($? & 127 && $? != 15));
}

# Runs a test program with what it needs linked from @objects (none: as it is in BUILD).  Returns the names of its tests that failed
# and of those that did not, and whether it was ended by a signal or by PATIENCE.
sub run_test {
	my ($folder, $program, $pattern, @objects) = @_;
	my @command = ('perl', "-I$tests/lib", $program eq 'faults' ? "$tests/faults/faults.t" : "$tests/$program");

	local $ENV{PTSH} = @objects ? "$folder/ptsh" : $ENV{PTSH};
	local $ENV{FAULTS} = $pattern;
	local $ENV{DRIVER} = $ENV{DRIVER};
	# Those with a terminal clean up at the signal that we may send.
	splice @command, 1, 0, '-Msigtrap=die,TERM' if $program !~ /^term/;
	if ($program =~ m{^(?:unit/(\S+)|term/)}) {
		my $name = $1 // 'driver';
		my $object = "$build/tests/" . (defined $1 ? 'unit' : 'term') . "/$name.o";
		command("$folder/log", 'linking', "$ENV{MUTANT_LINK} -o '$folder/$name' '$object' @objects $ENV{MUTANT_LIBS}") if @objects;
		$ENV{DRIVER} = "$folder/$name" if @objects;
		@command = @objects ? "$folder/$name" : "$build/tests/unit/$name" if $program =~ /^unit/;
	}
	my ($text, $stopped) = listen_to("$folder/log", @objects ? $pattern : undef, @command);
	return ([failed($text)], [$text =~ /^\s*ok \d+ - (.*)/mg], $stopped);
}

# Builds and tests one mutant; returns the result.
sub try_mutant {
	my ($m) = @_;
	my $folder = "$build/mutants/$m->{number}";
	my ($file, $source) = eval { mutated($m) } or return "ERROR     $m->{name}: $m->{at}: $@";
	my @red;

	remove_tree($folder);
	make_path(dirname("$folder/$file"));
	open my $out, '>', "$folder/$file" or die "$folder: $!\n";
	print $out $source;
	close $out;
	my $main = join ' ', map { $file eq "$_.c" ? () : "'$build/src/$_.o'" } qw(main shell/version);
	my @objects;
	my $killed = eval {
		for my $unit (units($file)) {
			# Quoted includes are looked for in the mutant's folder first.
			my ($object, $path) = ("'$folder/mutant" . @objects . ".o'", $unit eq $file ? "$folder/$unit" : "src/$unit");
			command("$folder/log", 'compiling', "cd '$root' && $ENV{MUTANT_COMPILE} -iquote '$folder' -w -c -o $object '$path'");
			push @objects, $object;
		}
		push @objects, "'$build/libptsh.a'";
		command("$folder/log", 'linking', "$ENV{MUTANT_LINK} -o '$folder/ptsh' $main @objects $ENV{MUTANT_LIBS}");
		for my $red (@{ $m->{red} }) {
			my ($failed, undef, $stopped) = run_test($folder, $red->{program}, $red->{pattern}, @objects);
			my ($by) = grep { /$red->{pattern}/ } @$failed;
			$by //= 'its end' if $stopped;
			return "$red->{program} $by" if defined $by;
			push @red, @$failed;
		}
		return '';
	};
	return "ERROR     $m->{name}: $m->{at}: $@" unless defined $killed;
	remove_tree($folder) if $killed ne '';
	return "killed    $m->{name}: $killed" if $killed ne '';
	return "SURVIVED  $m->{name}: $m->{at}" . (@red ? " (red are: @red)" : '');
}

# Every test named must exist and pass with nothing taken away: else it would seem to kill a mutant.  One that fails
# beside others is run once more.
sub check_tests {
	my (@mutants) = @_;
	my (%patterns, @wrong);

	push @{ $patterns{ $_->{program} } }, $_->{pattern} for map { @{ $_->{red} } } @mutants;
	make_path("$build/mutants/good");
	my @programs = sort keys %patterns;
	Parallel::each(2, \@programs, sub {
		my ($program) = @_;
		my @how = ("$build/mutants/good", $program, join('|', @{ $patterns{$program} }));
		my ($failed, $passed) = run_test(@how);
		($failed, $passed) = run_test(@how) if @$failed;
		return join "\n", map({ "-$_" } @$failed), map({ "+$_" } @$passed);
	}, sub {
		my ($program, $text) = @_;
		my @lines = split /\n/, $text;
		for my $pattern (@{ $patterns{$program} }) {
			my @named = grep { substr($_, 1) =~ /$pattern/ } @lines;
			push @wrong, "$program $pattern: no such test" unless @named;
			push @wrong, map { "$program " . substr($_, 1) . ': red though nothing was changed' } grep { /^-/ } @named;
		}
	});
	return @wrong;
}

# The same without running any, by a look at the files.
sub look_for_tests {
	my (@mutants) = @_;
	my (%text, @wrong);

	for my $red (map { @{ $_->{red} } } @mutants) {
		my ($program, $pattern) = @$red{qw(program pattern)};
		my @files = $program eq 'faults' ? glob "$tests/faults/*.case" : "$tests/$program" . ($program =~ /^unit/ ? '.c' : '');
		my $names = $text{$program} //= join '', map { slurp($_) // '' } @files;
		$names = join '', $names =~ /^=== (.*\n)/mg if $program eq 'faults';
		# A test's name may be put together: then its program must be there at least.
		push @wrong, "$program $pattern: no such test" unless $names =~ /$pattern/m || ($program =~ /\.t$/ && $names ne '');
	}
	return @wrong;
}

my $began = time;
my @mutants = map { read_guards($_) } sort glob "$tests/mutants/*.guards";
@mutants = grep { $_->{name} =~ /$only/ } @mutants if defined $only && $only ne '';
$mutants[$_]{number} = $_ + 1 for 0 .. $#mutants;
if ($build eq '--look') {
	my @wrong = (look_for_tests(@mutants), map { my $m = $_; eval { mutated($m) } ? () : "$m->{name}: $m->{at}: $@" } @mutants);
	print map { chomp; "$_\n" } @wrong;
	exit(@wrong || !@mutants ? 1 : 0);
}
my @wrong = check_tests(@mutants);
print "ERROR     $_\n" for @wrong;
my %count = (killed => 0, SURVIVED => 0, ERROR => scalar @wrong);
$| = 1;
Parallel::each(2, \@mutants, \&try_mutant, sub {
	my (undef, $text) = @_;
	chomp $text;
	my ($what) = $text =~ /^(killed|SURVIVED)\b/;
	$count{ $what // 'ERROR' }++;
	print "$text\n";
});
printf "%d mutants: %d killed, %d survived, %d errors, in %d s\n", scalar @mutants, @count{qw(killed SURVIVED ERROR)}, time - $began;
exit($count{killed} == @mutants && @mutants && !$count{ERROR} ? 0 : 1);
