#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# The man pages are complete and true: every option, command, request, argument, field, variable and status is in them, nothing
# else is, and the examples work.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use lib dirname(__FILE__) . '/../lib';
use Box;

my $top = abs_path(dirname(__FILE__) . '/../..');
my $ptsh = $ENV{PTSH} // "$top/build/ptsh";
my $home = tempdir(CLEANUP => 1);
%ENV = (PATH => $ENV{PATH}, BOX => $ENV{BOX} // "$top/build/ptsh-box", HOME => $home, LC_ALL => 'C.UTF-8', TERM => 'dumb', TZ => 'UTC');

sub slurp {
	my ($path) = @_;
	open my $in, '<', $path or die "$path: $!";
	local $/;
	return scalar <$in>;
}

# Standard output and error of a program, and its status.
sub run {
	my @command = @_;
	my $pid = open my $out, '-|';
	die "fork: $!" unless defined $pid;
	if ($pid == 0) {
		open STDIN, '<', '/dev/null';
		open STDERR, '>&', \*STDOUT;
		exec @command or print "$command[0]: $!\n";
		exit 127;
	}
	local $/;
	my $text = <$out>;
	close $out;
	return ($text // '', $? >> 8);
}

# Two lists with the same members; reports which are only in one of them.
sub same {
	my ($have, $want, $name) = @_;
	my %have = map { $_ => 1 } @$have;
	my %want = map { $_ => 1 } @$want;
	my @surplus = sort grep { !$want{$_} } keys %have;
	my @missing = sort grep { !$have{$_} } keys %want;
	ok(!@surplus && !@missing && %have, $name)
		or diag("missing: @missing; surplus: @surplus; of " . keys(%have));
}

my %page = map { $_ => slurp("$top/man/$_") } qw(ptsh.1 ptsh-protocol.7);

# --- the pages by themselves ---

for my $name (sort keys %page) {
	my ($text, $status) = run('mandoc', '-Tlint', '-Wstyle', "$top/man/$name");
	# Other pages may be missing on this machine.
	$text =~ s/^mandoc: (?:outdated mandoc\.db lacks |\S+: STYLE: referenced manual not found: ).*\n//mg;
	is($text, '', "mandoc has nothing to say against $name");
	my ($ascii) = run('mandoc', '-Tascii', "$top/man/$name");
	cmp_ok(length $ascii, '>', 10000, "$name is a page");
	unlike($page{$name}, qr/[^\x00-\x7f]/, "$name is ASCII");
}

# What people look up: `/word` in less leads to it, with `n` twice at most.
my ($rendered) = run('mandoc', '-Tascii', '-Owidth=80', "$top/man/ptsh.1");
my @rows = split /\n/, $rendered =~ s/.\x08//gr;
for (
	['which port', qr/which port a device is on/], ['Nagios', qr/check for Nagios/], ['bugs', qr/Report bugs/],
	['AUTHORS', qr/^AUTHORS/], ['time zone', qr/The time zone of the times/], ['character set', qr/has another\b|character set/],
	['CHANGED', qr/ptsh: .*THE KEY HAS CHANGED/], ['cron', qr/crontab/], ['systemd', qr/a service and a timer/],
	['password', qr/which is the best place/], ['requests', qr/\.help lists them/], ['compression', qr/There is no compression/],
) {
	my ($word, $wanted) = @$_;
	my @found = grep { /\Q$word\E/ } @rows;
	ok(scalar(grep { defined && /$wanted/ } @found[0 .. 2]), "/$word leads to it") or diag(join "\n", @found);
}

# What an .It line holds, its macros taken away: the words after Ic, Fl, Ev.
sub items {
	my ($page, $macro) = @_;
	my @found;
	for my $line ($page =~ /^\.It (.*)$/mg) {
		my @words = split ' ', $line;
		my $in = '';
		for my $word (@words) {
			if ($word =~ /^(?:Ic|Fl|Ar|Ev|Cm|Op|Oo|Oc|Li|No|Ns|Pa)$/) {
				$in = $word;
			} elsif ($in eq $macro && $word ne ',') {
				push @found, $word;
			}
		}
	}
	return @found;
}

# --- options ---

my ($help, $status) = run($ptsh, '--help');
is($status, 0, 'ptsh --help');
my (@long, @short);
while ($help =~ /^  (?:-(\w), |    )--([a-z-]+)/mg) {
	push @short, $1 if defined $1;
	push @long, $2;
}
cmp_ok(scalar @long, '>=', 40, 'options are found in --help');
my @fl = items($page{'ptsh.1'}, 'Fl');
same([map { /^-(.+)/ ? $1 : () } @fl], \@long, 'long options: the page and --help agree');
same([grep { /^\w$/ } @fl], \@short, 'short options: the page and --help agree');
my %argument;
$argument{$1} = $2 while $help =~ /--([a-z-]+)(?: ([A-Z]+))?/g;
for my $line ($page{'ptsh.1'} =~ /^\.It (.*Fl -.*)$/mg) {
	while ($line =~ /Fl -([a-z-]+)(?: Ar (\w+))?/g) {
		is($2, $argument{$1}, "--$1: its argument is the same in both");
	}
}

# --- commands and requests ---

my ($summary, $summary_status) = run($ptsh, '-X', '-c', '.help');
is($summary_status, 0, '.help needs no box');
same([map { /^\.(.+)/ ? $1 : () } items($page{'ptsh.1'}, 'Ic')], [$summary =~ /^\s*\.([a-z]+)\b/mg],
	'commands: the page and .help agree');

# The formats say what they are themselves: .help lists those of --help.
my ($formats) = run($ptsh, '-X', '-c', '.help formats');
my ($of_help) = $help =~ /--output FORMAT +(.+)/;
is_deeply([$formats =~ /^  (\w+) {2,}\S/mg], [split /, | or /, $of_help], 'formats: .help and --help agree');

# How a command is typed, except for case and blanks.
for my $line ($page{'ptsh.1'} =~ /^\.It Ic (\.[a-z]+.*)$/mg) {
	my ($name) = $line =~ /^\.([a-z]+)/;
	next if $name eq 'snmp';	# a section of its own
	my ($shown, $close) = ('', 0);
	for my $word (split ' ', $line) {
		$shown .= $word eq 'Op' || $word eq 'Oo' ? '[' : $word eq 'Oc' ? ']' : $word =~ /^(?:Ar|Cm|Li|Ns)$/ ? '' : $word;
		$close++ if $word eq 'Op';	# to the end of the line
	}
	my ($usage) = run($ptsh, '-X', '-c', ".help .$name");
	is(lc($shown . ']' x $close), lc((split /\n/, $usage)[0] =~ s/ //gr), ".$name: typed as .help says");
}

my ($set) = run($ptsh, '-X', '-o', 'tsv', '-c', '.set');
my ($set_page) = $page{'ptsh.1'} =~ /^\.It Ic \.set .*?\n(.*?)^\.El/ms;
same([$set_page =~ /^\.It Cm ([\w-]+)$/mg], [$set =~ /^([\w-]+)\t/mg], 'settings: the page and .set agree');

my $catalog = slurp("$top/src/proto/catalog.def");
my (%args, %kind);
for my $entry (split /^\},?$/m, $catalog) {
	my ($name) = $entry =~ /^\t\.name = "(\w+)"/m or next;
	($kind{$name}) = $entry =~ /\.kind = REQUEST_(\w)/;
	$args{$name} = [$entry =~ /^\t\t(?:\{\.name = |GID\()"([\w-]+)"/mg];
}
is(scalar keys %args, 50, 'the catalogue has 50 requests');

my $protocol = $page{'ptsh-protocol.7'};
my ($requests) = $protocol =~ /^\.Sh THE REQUESTS\n(.*?)^\.Sh /ms;
my (%page_args, %page_kind);
while ($requests =~ /^\.It Ic (\w+)(.*)\n(\w)\.\n/mg) {
	$page_kind{$1} = $3;
	$page_args{$1} = [grep { !/^(?:Ar|Op|Oo|Oc|\.\.\.)$/ } split ' ', $2];
}
same([keys %page_args], [keys %args], 'requests: the page and the catalogue agree');
for my $name (sort keys %args) {
	is_deeply($page_args{$name}, $args{$name}, "$name: its arguments, in order");
	is($page_kind{$name}, $kind{$name}, "$name: its kind");
	like($summary, qr/\b$name\b/, "$name stands in .help");
}

# Every field, column, property, role and event, and every named value.
my $fields = slurp("$top/src/proto/catalog_fields.def");
my ($rest) = $protocol =~ /^\.Sh NOTIFICATIONS AND EVENTS\n(.*)/ms;
my %names = map { $_ => 1 } $fields =~ /\bF\("([^"]+)"/g;
delete $names{'*'};
cmp_ok(scalar keys %names, '>', 100, 'fields are found in the catalogue');
my @unknown = grep { my $n = $_; $rest !~ /(?<![\w-])\Q$n\E(?![\w-])/ } sort keys %names;
is("@unknown", '', 'every field, column, property and role is in the page');

# --- environment and status ---

my %variables;
for my $file (glob("$top/src/*.c $top/src/*/*.c")) {
	my $source = slurp($file);
	$variables{$1} = 1 while $source =~ /\b(?:getenv|set_variable|absolute|put_path)\((?:&?[\w>.-]+, )?"([A-Z_]+)"/g;
}
$variables{PTSH_PASSWORD} = 1;
# What the libraries read.
@variables{qw(TERM TZ SSL_CERT_FILE SSL_CERT_DIR LANG LC_CTYPE LOGNAME USER)} = (1) x 8;
# Ways to learn the size and the programs; nothing of ptsh's own.
delete @variables{qw(LC_ALL COLUMNS LINES PATH SHELL)};
same([items($page{'ptsh.1'}, 'Ev')], [keys %variables], 'environment: the page and the sources agree');

# FILES: those that options/options.c puts together, and the two that libraries read.
my %files;
for my $file (glob("$top/src/*/*.[ch]")) {
	my $source = slurp($file);
	$files{$1} = 1 while $source =~ m{"(/etc/ptsh/\w+)"}g;
	$files{"\$$1/ptsh/$2"} = 1 while $source =~ /\bput_path\([^;"]*"(XDG_\w+)", "[^"]+", "(\w+)"/g;
}
my ($files_section) = $page{'ptsh.1'} =~ /^\.Sh FILES\n(.*?)^\.Sh /ms;
same([grep { m{^(?:\$XDG|/etc/)} } $files_section =~ /^\.It Pa (\S+)/mg], [keys %files], 'files: the page and the sources agree');

my $statuses = slurp("$top/src/base/status.h");
my ($exit) = $page{'ptsh.1'} =~ /^\.Sh EXIT STATUS\n(.*?)^\.Sh /ms;
same([grep { $_ < 128 } map { /(\d+)/g } $exit =~ /^\.It (.*)$/mg], [$statuses =~ /STATUS_\w+ = (\d+)/g],
	'exit status: the page and the sources agree');

# What DIAGNOSTICS explains, and what is printed: every message is in the sources (a string may be in parts) or is printed here, and
# whatever a user is likely to meet is explained.
my $said = '';
$said .= slurp($_) for glob("$top/src/*.c $top/src/*/*.c");
$said =~ s/"\s*\n\s*"//g;
my ($diagnostics) = $page{'ptsh.1'} =~ /^\.Sh DIAGNOSTICS\n(.*?)^\.Sh /ms;
my @messages = $diagnostics =~ /^\.It "(.*)"$/mg;
cmp_ok(scalar @messages, '>=', 5, 'messages are found');
my $box = Box->start;
my $slow = Box->start('--delay', 600000);
my $secure = Box->start('--tls', 'demand');
my $mute = Box->start(script => "hello none\nexpect \"log\"\nclose\n");
my $web = Box->start(script => "line HTTP/1.1 400 Bad Request\ndrain\n");
my @at = ('--clear-login', '-c');
my $printed = '';
for my $case (['nothing listens there', '-c', 'ping', 'localhost:1'], ['a mistyped host', '-c', 'ping', 'no-such-host.invalid'],
    ['a wrong password', '--password-command', 'echo wrong', @at, 'ping', $box->address], ['no password', @at, 'ping', $box->address],
    ['a new box', '-c', 'ping', '--tls', 'on', $secure->address], ['a box without TLS', '-c', 'ping', '--tls', 'on', $box->address],
    ['another service', '-c', 'ping', $web->address], ['it hangs up', '--auth', 'none', '-c', 'log x', $mute->address],
    ['a mistyped option', '--tsl=on'], ['a password as an option', '--password=x'], ['a mistyped request', '-n', '-c', 'realm_inf'],
    ['a field that is unknown', '-n', '-c', 'realm_info nmae'], ['two requests', '-n', '-c', 'ping; ping'],
    ['a redirection', '-n', '-c', 'ping > file'], ['--read-only', '-r', '-n', '-c', 'realm_poll Lab'],
    ['a mistyped realm', @at, 'realm_poll Berlin', $box->address],
    ['a poll that takes long', '-t', '0.2', @at, 'realm_poll 5200007311', $slow->address],
    ['a device that is not there', @at, '.find 00:00:5e:00:53:01', $box->address]) {
	my ($name, @words) = @$case;
	local $ENV{PTSH_PASSWORD} = $name =~ /password/ ? undef : $words[-1] eq $slow->address ? $slow->password : $box->password;
	delete $ENV{PTSH_PASSWORD} if !defined $ENV{PTSH_PASSWORD};
	my ($text) = run($ptsh, '-X', '-w', '-u', 'admin', @words);
	my @lines = $text =~ /^ptsh: (?!usage:|.*warning:)(.*)$/mg;
	my @explained = grep { my $m = join '.*', map { quotemeta } split / ?\.\.\.( |\z)/; $lines[0] =~ /$m/ } @messages;
	cmp_ok(scalar @explained, '>=', 1, "$name: the message is explained") or diag($text);
	$printed .= $text;
}
for my $message (@messages) {
	my $text = $message =~ s/ ?\.\.\.\z//r;
	ok(index($said, $text) >= 0 || index($printed, $text) >= 0, "message: $message");
}

# --- examples ---

sub plain {
	my ($text) = @_;
	$text =~ s/^\\&//mg;
	my %named = (aq => "'", dq => '"', ha => '^', ti => '~', ga => '`');
	$text =~ s/\\\((\w\w)/$named{$1}/g;
	$text =~ s/\\e/\\/g;
	return $text;
}

my ($block) = $page{'ptsh.1'} =~ /^These lines, and what is sent for them:\n\.Bd [^\n]*\n(.*?)^\.Ed/ms;
my $examples = 0;
while ($block =~ /\G((?:(?!\t).*\n)+)((?:\t.*\n)+)/g) {
	my ($line, $json) = (plain($1), plain($2));
	chomp $line;
	$json =~ s/[\t\n]//g;
	my ($got, $failed) = run($ptsh, '-X', '-n', '-c', $line);
	chomp $got;
	is($got, $json, "-n of: $line");
	is($failed, 0, '... is fine');
	$examples++;
}
cmp_ok($examples, '>=', 14, 'the examples of lines are found');

# The lines in single quotes after -c in EXAMPLES, and those of the two scripts.
my ($worked) = $page{'ptsh.1'} =~ /^\.Sh EXAMPLES\n(.*?)^\.Sh /ms;
$worked = plain($worked);
my @lines = $worked =~ /-c '([^']+)'/g;
push @lines, map { s/\$\([^)]*\)/192.0.2.1/r } $worked =~ /-c "([^"]+(?:"\d[^"]*"[^"]*)*)"/g;
cmp_ok(scalar @lines, '>=', 5, 'the lines of the examples are found');
my $file = File::Temp->new;	# what stands in a file is a word
print $file "word\n";
close $file or die $!;
for my $line (@lines, $worked =~ /^((?:realm_poll|realm_discover|log|subscribe) .*)$/mg) {
	next if $line =~ /^\./;
	my ($got, $failed) = run($ptsh, '-X', '-n', '-c', $line =~ s/ &$//r =~ s/\@\w+/\@$file/r);
	is($failed, 0, "-n of: $line") or diag($got);
	like($got, qr/^\["\w+"/, '... is a request');
}

# The boxes file that the page shows is one.
my ($boxes) = $page{'ptsh.1'} =~ /starts no JSON.*?\.Bd [^\n]*\n(.*?)^\.Ed/ms;
mkdir "$home/.config";
mkdir "$home/.config/ptsh";
open my $out, '>', "$home/.config/ptsh/boxes" or die;
print $out plain($boxes);
close $out;
for my $box (qw(core lab lab-ro), '') {
	my ($got, $failed) = run($ptsh, '-n', '-c', 'ping', $box || ());
	is($got, qq(["ping"]\n), "the boxes file of the page: $box");
}

done_testing();
