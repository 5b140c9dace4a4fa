#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Prints how the source is laid out, a noun phrase a file, from the files' opening comments; -w writes it into src/README.md.
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

# The first sentence after "name:" in the comment that a file opens with, or undef.
sub phrase {
	my ($path, $name) = @_;
	return undef unless -e $path;
	my ($text) = slurp($path) =~ m{\A/\* SPDX[^\n]*\n/\*\n \* \Q$name\E: (.*?)(?: \*/|\n \*\n|\n \*/)}s or return undef;
	$text =~ s/\n \* ?/ /g;
	$text =~ s/[.:](?:\s.*)?\z//s if $text !~ s/\.(?=\s{2}|\z).*//s;
	return $text =~ /^see / ? undef : $text;
}

# The rooms, in the order in which they may use each other: each only those above it.
my @rooms = (
	base => 'text and memory that know nothing of ptsh',
	net => 'how to reach a box: the loop, addresses, names, sockets, children, files',
	tls => 'whether to believe what answers: TLS, certificates, keys, known boxes',
	proto => 'the protocol: JSON, messages, ids, login arithmetic, the catalogue of requests; no descriptor, no clock, no output',
	lang => 'a line becomes a request, and a request becomes a line',
	format => 'a reply is shown: one file a format',
	options => 'the command line, the environment, the boxes file',
	term => 'the person: screen, prompt, history, questions, pager',
	link => 'one connection to a box, from connecting to its loss',
	run => 'lines in order: the queue, jobs, events, scripts',
	undo => 'what a change has changed, and what takes it back',
	snmp => 'agents, and `.snmp`: Net-SNMP is used here only',
	commands => "ptsh's own commands, one file a command, and their table",
	shell => 'the three ways in: prompt, script, one line',
);

my $layout = '';
while (my ($room, $what) = splice @rooms, 0, 2) {
	my $folder = "src/$room";
	my %files;
	for my $path (glob("$folder/*.[ch]")) {
		my ($name) = $path =~ m{([^/]+)\.[ch]$};
		$files{$name} = 1;
	}
	die "$folder: no files\n" unless %files;
	$layout .= "\n**$room** $what\n\n";
	for my $name (sort keys %files) {
		my $text = phrase("$folder/$name.h", $name) // phrase("$folder/$name.c", $name);
		if (!defined $text) {
			next if -e "$folder/$name.h" && !-e "$folder/$name.c";	# a table; its user says what it is
			die "$folder/$name: no opening comment \"$name: ...\"\n";
		}
		$layout .= "- `$name` $text\n";
	}
}
$layout .= "\n";
for my $folder (glob 'src/*/') {
	die "$folder is in no list of rooms\n" unless $layout =~ m{^\*\*\Q${\ ($folder =~ m{src/(\w+)})}\E\*\* }m;
}

if (@ARGV && $ARGV[0] eq '-w') {
	my $readme = slurp('src/README.md');
	$readme =~ s/(<!-- layout -->\n).*(<!-- \/layout -->)/$1$layout$2/s or die "src/README.md: no place for the layout\n";
	open my $out, '>:encoding(UTF-8)', 'src/README.md' or die $!;
	print $out $readme;
	close $out or die $!;
} else {
	binmode STDOUT, ':encoding(UTF-8)';
	print $layout;
}
