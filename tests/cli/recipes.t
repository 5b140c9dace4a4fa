#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# What src/README.md promises to newcomers: the way of a line is the one in the code, and what "How to add" names is all that there is
# to do: in a copy of the sources a request, a command, an option and a format are added, and ptsh offers them everywhere.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);

my $top = abs_path(dirname(__FILE__) . '/../..');

sub slurp
{
	my ($path) = @_;
	open my $in, '<', $path or die "$path: $!";
	local $/;
	return <$in>;
}

sub spew
{
	my ($path, $text) = @_;
	open my $out, '>', $path or die "$path: $!";
	print $out $text;
	close $out or die "$path: $!";
}

my $readme = slurp("$top/src/README.md");

# --- the way of a line ---

my ($way) = $readme =~ /<!-- way -->\n(.*)<!-- \/way -->/s;
my (@above, @wrong);
my $steps = 0;
for (split /\n/, $way) {
	my ($indent, $function, $file) = /^    ( *)(\w+) +(\w+\/\w+)/ or next;
	my $code = slurp("$top/src/$file.c") =~ s{/\*.*?\*/}{ }gsr;
	$steps++;
	$above[length($indent) / 2] = $code;
	push @wrong, "$function is not defined in $file" unless $code =~ /^[a-z][^\n;]*\b$function\([^;]*?\n\{/m;
	next if $indent eq '';
	# Directly, passed on to be called, or as an operation: engine_on_reply by ->reply().
	my $operation = $function =~ s/.*_//r;
	push @wrong, "$function is not called from there" unless $above[length($indent) / 2 - 1] =~ /\b$function\b|->$operation\(/;
}
cmp_ok $steps, '>', 20, 'the way of a line is there';
is join(', ', @wrong), '', '... and is the one in the code';

# --- what is to be done for each ---

my %places;
for ($readme =~ /^\| an? \w+ \| .* \|$/mg) {
	my ($what, $where) = /^\| an? (\w+) \| (.*) \|$/ or next;
	$where =~ s/;\s*then .*//;
	# Names of files and folders; command_NAME is none.
	$places{$what} = [grep { -e "$top/src/$_" } $where =~ /`([^`]+)`/g];
	is_deeply [grep { !/NAME/ && !-e "$top/src/$_" } $where =~ /`([^`]+)`/g], [], "$what: the places are there";
	cmp_ok scalar @{ $places{$what} }, '<=', 2, "... two at the most";
}
is join(' ', sort keys %places), 'command format option request', 'all four recipes are there';

# --- they are followed ---

SKIP: {
	my $build = dirname(abs_path($ENV{PTSH} // "$top/build/ptsh"));
	# Only what changes is compiled, so the objects must be those that make would make here.
	skip 'not the build of this folder', 8 if $build ne "$top/build" || !-e "$build/libptsh.a";
	delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES V BUILD)};
	skip 'built with other flags than now', 8 if system('make', '-s', '-q', '-C', $top, 'build/flags') != 0;

	my $dir = tempdir('ptsh-recipes-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	mkdir "$dir/$_" for 'build', 'tests';
	# With their times.
	system('cp', '-pR', "$top/src", "$top/Makefile", $dir) == 0 or die;
	system('cp', '-p', "$top/tests/checks.mk", "$dir/tests") == 0 or die;
	system('cp', '-pR', map({ "$build/$_" } qw(src flags snmp)), "$dir/build") == 0 or die;

	my %edited;
	my $add = sub {
		my ($what, $place, $name, $change) = @_;
		die "$what: $place is not what the recipe names" unless grep { $_ eq $place } @{ $places{$what} };
		my $path = "$dir/src/$place" . (defined $name ? "/$name" : '');
		local $_ = -e $path ? slurp($path) : '';
		my $before = $_;
		$change->();
		die "$path: nothing was added" if $_ eq $before;
		spew($path, $_);
		$edited{$what}{$place} = 1;
	};
	$add->('request', 'proto/catalog_fields.def', undef, sub {
		s/^(static const struct field fields_ping\[\])/static const struct field fields_example[] = {\n\tF("colour", "of the example"),\n\t{0}\n};\n\n$1/m
	});
	$add->('request', 'proto/catalog.def', undef, sub {
		my $entry = <<'END';
{
	.name = "zebra_info", .group = "Session and box", .kind = REQUEST_READ, .help = "show zebras",
	.shape = REPLY_ROWS, .reply = fields_example,
	.example = "zebra_info", .example_json = "[\"zebra_info\"]",
},
END
		s/\s*\z/\n$entry/
	});
	$add->('command', 'commands', 'example.c', sub { $_ = <<'END' });
#include "commands/table.h"
#include "run/show.h"

static enum command_result example_run(struct shell *sh, struct task *t, enum status *status)
{
	(void)status;
	show_begin(sh, t);
	sink_puts(&sh->out, sh->options->example ? "with the option\n" : "without it\n");
	show_end(sh, t);
	return COMMAND_DONE;
}

const struct command command_example = {
	.word.name = "example", .usage = "", .help = "an example", .shows = command_shows, .run = example_run,
};
END
	$add->('command', 'commands/table.h', undef, sub { s/^(\tROW\(find\) \\\n)/\tROW(example) \\\n$1/m });
	$add->('option', 'options/table.c', undef, sub { s/^(\t\{'X', "no-rc")/\t{0, "example", NULL, "be an example", .scope = SCOPE_SESSION, FLAG(example)},\n$1/m });
	# The last member: what has been compiled finds the others where they were, and need not be compiled again.
	$add->('option', 'options/options.h', undef, sub { s/^(struct options \{.*?\n)\};/$1\tbool example;\n};/ms });
	$add->('format', 'format', 'example.c', sub { $_ = <<'END' });
#include "format/front.h"

static void example_cell(void *output, size_t index, struct json v)
{
	struct output *o = output;

	sink_printf(o->sink, "%zu=%.*s;", index, (int)v.len, v.text);
}

static void example_row_end(struct output *o, size_t count)
{
	(void)count;
	sink_putc(o->sink, '\n');
}

const struct format format_example = {
	.name = "example", .help = "an example", .cell = example_cell, .row_end = example_row_end, .large = LARGE_KEEP,
};
END
	$add->('format', 'format/formats.h', undef, sub { s/^(\tROW\(raw\))/\tROW(example) \\\n$1/m });
	is_deeply { map { $_ => [sort keys %{ $edited{$_} }] } keys %edited }, { map { $_ => [sort @{ $places{$_} }] } keys %places },
		'each recipe is followed, in all of its places';

	# Compiled again is what has the tables, and what makes or reads the options by them.
	my ($now, %again) = time;
	utime $now - 10, $now - 10, glob "$dir/src/*/*.[ch]";
	$again{$_} = 1 for glob("$dir/build/src/options/*.o"), map { "$dir/build/src/$_.o" } qw(main proto/catalog format/formats commands/table);
	utime $now, $now, grep { !$again{$_} } glob "$dir/build/src/*.o $dir/build/src/*/*.o";
	utime 0, 0, keys %again;
	open my $make, '-|', "make -s -C '$dir' 2>&1" or die $!;
	my $said = join '', <$make>;
	ok close($make), 'it compiles' or diag $said;
	is $said, '', '... without a warning';

	local $ENV{HOME} = $dir;
	my $run = sub {
		open my $out, '-|', "$dir/build/ptsh", @_ or die $!;
		return join '', <$out>;
	};
	like $run->('--help'), qr/^ +--example +be an example$/m, '--help has the option';
	like $run->('-Xn', '-c', '.help', 'box'), qr/^  zebra_info +show zebras\n.*^  \.example +an example$/ms, '.help has the request and the command';
	is $run->('-Xn', '--example', '-c', '.example', 'box'), "with the option\n", 'the command runs, and sees the option';
	like $run->('-Xn', '-o', 'example', '-c', '.jobs', '-c', 'zebra_info', 'box'), qr/^\["zebra_info"\]$/m, 'the request is one, in the new format';
	is join(',', map { $run->('--complete', @$_) =~ /^(?!:)(\S+)/m ? $1 : '' } [0, '--exa'], [1, '-o', 'exa'], [1, '-c', 'zeb'], [1, '-c', '.exa']),
		'--example,example,zebra_info,.example', 'completion has all four';
}

done_testing;
