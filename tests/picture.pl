#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Plays a session at a real prompt, in tmux, against a simulated box, and writes the screen as SVG:
#
#	make picture
#
# Bold and reversed text is so on the screen.  Clock and durations are always the same, and so is the picture.
use strict;
use warnings;
use utf8;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp;
use lib dirname(__FILE__) . '/lib';
use Box;
use Term;

use constant { COLUMNS => 92, ROWS => 27, WIDTH => 8.4, HEIGHT => 18, EDGE => 14 };
binmode STDOUT, ':encoding(UTF-8)';
my $ptsh = abs_path($ENV{PTSH} // 'build/ptsh');
my $home = File::Temp->newdir("ptsh-picture-XXXXXX", TMPDIR => 1);
my $box = Box->start('--unix', "$home/socket", '--delay', 2500);
mkdir "$home/.config";
mkdir "$home/.config/ptsh";
open my $boxes, '>', "$home/.config/ptsh/boxes" or die $!;
print $boxes "core $home/socket\n";
close $boxes;
chmod 0600, "$home/.config/ptsh/boxes";

my $t = Term->new(columns => COLUMNS, rows => ROWS, env => {TERM => 'xterm', HOME => "$home", TZ => 'UTC'},
	command => [$ptsh, '-e', '*', 'core']);
sub say_line {
	my ($line, $then) = @_;
	$t->type($line);
	$t->wait_row(qr/\Q$line\E$/) or die;
	$t->key('Enter');
	$t->wait_row($then) or die "$line: nothing came of it\n";
	wait_prompt();
}
# Text typed before it would not be after it.
sub wait_prompt { $t->wait_for(sub { (($t->rows)[-1] // '') =~ /^core.*>$/ && ($t->cursor)[1] == $t->rows - 1 }) or die "no prompt\n" }
wait_prompt();
say_line("realm_poll 'Head Office' &", qr/^ptsh: \[1\]/);
say_line('realm_info gid,name,polling,last_poll', qr/Archive/);
$t->type("realm_query 'Head Office' sw");
$t->wait_row(qr/ sw$/) or die;
# Another user works on the same box.
my $other = fork // die $!;
if (!$other) {
	open STDOUT, '>', '/dev/null';
	exec $ptsh, '-X', '-w', '-c', 'realm_discover 5100005442', "$home/socket";
}
$t->wait_row(qr/realm_discover_start/) or die;
# The poll was there first, and both take as long.
$t->wait_row(qr/^port_seens/) or die;
$t->wait_row(qr/realm_discover_stop/) or die;
$t->key('Tab', 'Tab');
$t->wait_row(qr/^  switch_detail /) or die;
$t->wait_row(qr/ switch$/) or die;
my @rows = $t->rows('-e');
my ($column, $row) = $t->cursor;
$t->key('C-u', 'C-d');
waitpid $other, 0;
$box->stop;

# --- the picture ---

sub escape { my ($text) = @_; $text =~ s/&/&amp;/g; $text =~ s/</&lt;/g; $text =~ s/>/&gt;/g; return $text }
# Of columns, as tmux counts them: what is East Asian is two wide.
sub columns { my $n = 0; $n += $_ =~ /[\x{1100}-\x{115f}\x{2e80}-\x{a4cf}\x{ac00}-\x{d7a3}\x{f900}-\x{faff}\x{ff00}-\x{ff60}]/ ? 2 : 1 for split //, $_[0]; return $n }

my ($width, $height) = (COLUMNS * WIDTH + 2 * EDGE, @rows * HEIGHT + 2 * EDGE);
print qq(<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$height" viewBox="0 0 $width $height">\n);
print qq(<title>A session of ptsh</title>\n<rect x="0.5" y="0.5" width=") . ($width - 1) . '" height="' . ($height - 1)
	. qq(" rx="8" fill="#1d2126" stroke="#566170"/>\n);
printf qq(<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="#8fa1b3"/>\n), EDGE + $column * WIDTH, EDGE + $row * HEIGHT + 2, WIDTH, HEIGHT - 2;
print qq(<g font-family="DejaVu Sans Mono,Menlo,Consolas,monospace" font-size="14" fill="#c9d1d9" xml:space="preserve">\n);
my %colour = (31 => '#f47067', 35 => '#dcbdfb', 36 => '#76e3ea');
my ($bold, $colour) = (0, '');
for my $i (0 .. $#rows) {
	my $y = EDGE + ($i + 1) * HEIGHT - 4;
	my $column = 0;
	$rows[$i] =~ s/^((?:\e\[[\d;]*m)*)\d\d:\d\d:\d\d/${1}14:54:47/;
	$rows[$i] =~ s/done, [\d.]+s/done, 2.5s/;
	for my $part (split /(\e\[[\d;]*m)/, $rows[$i]) {
		if ($part =~ /^\e\[([\d;]*)m/) {
			for (length $1 ? split /;/, $1 : '0') {
				die "$part is not drawn\n" unless /^(?:[01]|22|[34]9)\z/ || $colour{$_};
				$bold = $_ eq '1' ? 1 : 0 if /^(?:[01]|22)\z/;
				$colour = $colour{$_} // '' if /^(?:0|39)\z/ || $colour{$_};
			}
			next;
		}
		# A run of words at its place each: columns stay where they are, whatever the font.
		while ($part =~ /\G( *)(\S+(?: \S+)*)/gc) {
			$column += length $1;
			printf qq(<text x="%.1f" y="%d" textLength="%.1f" lengthAdjust="spacingAndGlyphs"%s>%s</text>\n), EDGE + $column * WIDTH, $y,
				columns($2) * WIDTH, $bold ? ' font-weight="bold" fill="#ffffff"' : $colour ? qq( fill="$colour") : '', escape($2);
			$column += columns($2);
		}
		$column += length $1 if $part =~ /\G( +)/;
	}
}
print "</g>\n</svg>\n";
