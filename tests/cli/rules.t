#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# The tree's own rules, read off its text: which folder may include which, which calls are banned, and that no request is named
# outside the catalogue.
use strict;
use warnings;
use Test::More;
use FindBin;
use File::Basename qw(dirname);

my $top = "$FindBin::Bin/../..";
my @files = sort glob("$top/src/*.[ch] $top/src/*/*.[ch] $top/src/*/*.def");
ok @files > 50, 'the sources are there';

sub text
{
	my ($path) = @_;
	open my $f, '<', $path or die "$path: $!";
	local $/;
	return <$f>;
}

my @unlicensed;
for my $path (map { "$top/$_" } split /\n/, `cd '$top' && git ls-files 2>/dev/null`) {
	next unless $path =~ /\.(?:c|h|def|pl|pm|t|sh|mk)$|Makefile$/ && -e $path;
	push @unlicensed, $path unless (join '', (split /\n/, text($path), 3)[0, 1]) =~ /SPDX-License-Identifier: /;
}
is_deeply \@unlicensed, [], 'each source file names its licence';

# Without comments and strings, as rules are about code; for rules about strings only comments are removed.
sub without_comments
{
	my ($t) = @_;
	$t =~ s{/\*.*?\*/|("(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])*+')}{ defined $1 ? $1 : ' ' }gse;
	return $t;
}

sub code
{
	my ($t) = @_;
	$t = without_comments($t);
	$t =~ s/"(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])*+'/""/gs;
	return $t;
}

# A folder's files include only those of the folders before it.
my @folders = qw(base net tls proto lang format options term link run undo snmp commands shell);
my %rank = map { $folders[$_] => $_ } 0 .. $#folders;
my (@outward, @io, @banned, @exits, @sizes, %static);
for my $path (@files) {
	(my $name = $path) =~ s{^\Q$top\E/}{};
	my $t = text($path);
	my ($ring) = $name =~ m{^src/(\w+)/};
	for ($t =~ /^#include "([^"]+)"/mg) {
		push @outward, $name =~ s{^src/}{}r . ": $_" if $ring && ($rank{ s{/.*}{}r } // 99) > $rank{$ring};
	}
	push @outward, "$name: Net-SNMP" if ($ring // '') ne 'snmp' && $t =~ /^#include <net-snmp/m;
	if (($ring // '') eq 'proto') {
		for ($t =~ /^#include <([^>]+)>/mg) {
			push @io, "$name: $_" if m{^(poll|sys/socket|sys/poll|netdb|netinet/.*|histedit|openssl/.*|termios|unistd|fcntl)\.h$};
		}
		push @io, "$name: $1" if code($t) =~ /\b(printf|puts|fputs|fopen|fwrite|putchar)\s*\(/;
	}
	my $c = code($t);
	while ($c =~ /\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|system|rand|srand|cJSON_\w+)\s*\(/g) {
		my $call = $1;
		next if $call eq 'cJSON_Version' || (($ring // '') eq 'undo' && $call =~ /^cJSON_(?!Parse)/);
		push @banned, "$name: $call";
	}
	push @banned, "$name: setlocale(LC_ALL)" if $c =~ /setlocale\s*\(\s*LC_ALL/;
	push @exits, $name if $name ne 'src/main.c' && $c =~ /(?<![_\w])(exit|abort|err|errx)\s*\(/;
	$static{$1}{$name} = 1 while $c =~ /^static [^;={}()]*?\b([a-z]+(?:_on)?)\([^;{}]*\)\n\{/mg;
	my $lines = () = $t =~ /\n/g;
	push @sizes, "$name: $lines lines" if $lines > 700 && $name !~ /\.def$|_table\.h$/;
}
is_deeply \@outward, [], 'a folder includes only those before it';
is_deeply \@io, [], 'proto does no input or output';
is_deeply \@banned, [], 'no banned call';
is_deeply \@exits, [], 'only main.c exits';
is_deeply \@sizes, [], 'no file is too large to have one job';

# A debugger's `break fail` must find one: a function whose name is a bare verb is its file's, with the file's name or an object.
my @bare = grep { keys %{ $static{$_} // {} } > 1 } qw(begin end drop refuse answered fail forget take keep remember finish replace split go_on goes_on);
push @bare, grep { $static{$_} } qw(begin end drop refuse answered);
is join(', ', map { "$_ (" . join(' ', sort keys %{ $static{$_} }) . ')' } @bare), '', 'no bare verb is the name of functions in several files';
cmp_ok scalar keys %static, '>', 20, '... of the names that are found';

# The box must not share code, and so mistakes, with what it tests.
my @shared;
for my $path (glob "$top/tests/box/*.[ch]") {
	for my $include (text($path) =~ /^#include "([^"]+)"/mg) {
		push @shared, $path =~ s{.*/}{}r . ": $include" unless $include !~ m{/} && -e "$top/tests/box/$include";
	}
}
is_deeply \@shared, [], 'the simulated box has no code of ptsh';

# Which file of src uses which others, by the symbols that their objects define and use: {user}{used} = 1.
sub calls
{
	my ($build) = @_;
	my (%home, %uses, %calls);

	# An old build still has objects of sources that were moved.
	my @objects = grep { -e $top . (s/\.o\z/.c/r =~ s/^\Q$build\E//r) } glob "$build/src/*.o $build/src/*/*.o";
	for (split /\n/, @objects ? `nm -gA @objects` : '') {
		my ($name, $kind, $symbol) = m{^\Q$build\E/src/(\S+)\.o:.*(\S) (\S+)$} or next;
		$kind eq 'U' ? push @{ $uses{$name} }, $symbol : ($home{$symbol} = $name);
	}
	for my $name (keys %uses) {
		$calls{$name} = {};
		$calls{$name}{$_} = 1 for grep { defined && $_ ne $name } map { $home{$_} } @{ $uses{$name} };
	}
	return \%calls;
}

# The files that call each other in a circle.
sub circles
{
	my %calls = %{ $_[0] };
	my (%index, %low, %open, @stack, @found);
	my $visit;	# Tarjan's strongly connected components
	$visit = sub {
		my ($v) = @_;
		$index{$v} = $low{$v} = keys %index;
		push @stack, $v;
		$open{$v} = 1;
		for my $w (sort keys %{ $calls{$v} }) {
			$visit->($w) unless defined $index{$w};
			$low{$v} = $low{$w} if $open{$w} && $low{$w} < $low{$v};
		}
		return if $low{$v} != $index{$v};
		my @circle;
		do { push @circle, pop @stack; $open{ $circle[-1] } = 0 } until $circle[-1] eq $v;
		push @found, [sort @circle] if @circle > 1;
	};
	defined $index{$_} or $visit->($_) for sort keys %calls;
	return @found;
}
my $calls = calls($ENV{PTSH} ? dirname($ENV{PTSH}) : "$top/build");
my @circles = circles($calls);
cmp_ok scalar keys %$calls, '>', 100, 'the objects are there';
is_deeply [map { "@$_" } @circles], [], 'no files call each other in a circle';

# What is a feature can be taken out: its folder, its command, and the lines of main and --version that name it.
my %named_by = (undo => 'commands/undo main', snmp => 'commands/table shell/version');
for my $feature (sort keys %named_by) {
	my @users = grep { my $user = $_; $user !~ m{^$feature/} && grep { m{^$feature/} } keys %{ $calls->{$user} } } sort keys %$calls;
	is "@users", $named_by{$feature}, "without src/$feature and its rows the rest links";
	my @readers = grep { !m{/src/$feature/} && text($_) =~ m{^#include "$feature/}m } @files;
	is join(' ', map { s{^\Q$top\E/src/}{}r =~ s/\.c$//r } @readers), $feature eq 'snmp' ? 'shell/version' : $named_by{$feature}, '... and compiles';
}

# Each request's name is in the catalogue, as a whole string, and nowhere else in the sources.
my %request;
for (glob("$top/src/proto/catalog*.def")) {
	$request{$_} = 1 for text($_) =~ /\.name = "([a-z_0-9]+)", (?:\.role = \w+, )?\.group/g;
}
is scalar keys %request, 50, 'the catalogue has 50 requests';
my @twice;
for my $path (@files, glob("$top/completions/*")) {
	next if $path =~ /catalog[^\/]*\.(def|c)$/;
	my $t = $path =~ /\.[ch]$/ ? without_comments(text($path)) : text($path);
	for my $name (keys %request) {
		next if $name =~ /^(log|login|ping|start_tls|login_cram_md6)$/;	# the session's own messages, and words
		(my $file = $path) =~ s{^\Q$top\E/}{};
		push @twice, "$file: $name" if $t =~ /"\Q$name\E"/;
	}
}
is_deeply \@twice, [], 'no request is named outside the catalogue';

# A header declares only functions that other files call: one called only by its own file is static, one never called is removed.
my (%offered, %written);
for my $path (@files, glob("$top/tests/*/*.c $top/tests/*/*.h")) {
	my $t = code(text($path));
	$written{$_}{$path} = 1 for $t =~ /\b([a-z]\w+)\b/g;
	next if $path !~ m{^\Q$top\E/src/.*\.h$};
	$offered{$1} = $path while $t =~ /^[a-z][\w *]*?\b(\w+)\([^;{}]*\);/mg;
}
cmp_ok scalar keys %offered, '>', 300, 'functions are found';
my @alone;
for my $name (sort keys %offered) {
	next if (() = code(text($offered{$name})) =~ /\b$name\b/g) > 1;	# by an inline function
	my @in = grep { $_ ne $offered{$name} } keys %{$written{$name}};
	push @alone, "$name (" . join(', ', map { s{^\Q$top\E/}{}r } @in) . ')' if @in < 2;
}
is join(', ', @alone), '', 'every declared function is called by another file';

done_testing;
