#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Prints how the source is laid out, a noun phrase a file, from the files' opening comments; -w writes it into README.md.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);

chdir dirname(abs_path($0)) . '/..' or die $!;

sub slurp {
	my ($path) = @_;
	open my $in, '<:encoding(UTF-8)', $path or die "$path: $!";
	local $/;
	return scalar <$in>;
}

# The first sentence behind "name:" in the comment that a file opens with, or undef.
sub phrase {
	my ($path, $name) = @_;
	return undef unless -e $path;
	my ($text) = slurp($path) =~ m{\A/\* SPDX[^\n]*\n/\*\n \* \Q$name\E: (.*?)(?: \*/|\n \*\n|\n \*/)}s or return undef;
	$text =~ s/\n \* ?/ /g;
	$text =~ s/[.:](?:\s.*)?\z//s if $text !~ s/\.(?=\s{2}|\z).*//s;
	return $text =~ /^see / ? undef : $text;
}

my %seen;
my $layout = '';
for my $folder (qw(src src/base src/net src/tls src/proto src/lang src/format src/options src/term src/link src/run src/undo src/snmp src/commands src/shell tests/box)) {
	my %files;
	for my $path (glob("$folder/*.[ch]")) {
		my ($name) = $path =~ m{([^/]+)\.[ch]$};
		$files{$name} = 1;
	}
	next unless %files;
	$layout .= "\n**$folder**\n\n";
	for my $name (sort keys %files) {
		my $text = phrase("$folder/$name.h", $name) // phrase("$folder/$name.c", $name);
		if (!defined $text) {
			next if -e "$folder/$name.h" && !-e "$folder/$name.c";	# a table; its user says what it is
			die "$folder/$name: no opening comment \"$name: ...\"\n";
		}
		$layout .= "- `$name` $text\n";
	}
}
$layout .= <<'END';

**tests** `unit` of the parts, `cli` of the program and the papers, `term` at a terminal, `faults` what goes wrong, `fuzz` with
inputs nobody thought of, `mutants` what a missing guard would do, `bench` how fast, `lib` what tests share, `vectors` what
the published login arithmetic gives; **tools** what makes the tables of display widths

END

if (@ARGV && $ARGV[0] eq '-w') {
	my $readme = slurp('README.md');
	$readme =~ s/(<!-- layout -->\n).*(<!-- \/layout -->)/$1$layout$2/s or die "README.md: no place for the layout\n";
	open my $out, '>:encoding(UTF-8)', 'README.md' or die $!;
	print $out $readme;
	close $out or die $!;
} else {
	binmode STDOUT, ':encoding(UTF-8)';
	print $layout;
}
