# SPDX-License-Identifier: ISC
# Every key of libedit's emacs and vi maps still works while events arrive: the same keys are typed into two prompts, one of them with
# an event before, between and after the bytes of the key, and what is sent in the end must be the same.  Where the documented
# effect of a key is simple (editline(7)), it must be that.
# PTSH_TEST_FULL=1: each event is on the screen before the next byte is typed.
use strict;
use warnings;
use utf8;
use Encode qw(encode);
use Test::More;
use Prompt;

plan skip_all => 'needs tmux' unless Term::available;

my $text = 'foo bär 日本 word Tail';
my $cursor = 9;			# after the Chinese word

# What libedit's `bind` prints, as map => [[bytes, function]...]; of a range its ends.
sub maps
{
	my ($editor) = @_;
	my (%map, $of);
	local $ENV{TERM} = 'xterm';
	local $ENV{LC_ALL} = 'C.UTF-8';
	open my $in, '-|', $Prompt::DRIVER, '-b', $editor or die $!;
	while (<$in>) {
		if (/^(\w+).* bindings/) {
			$of = $1;
		} elsif (/^"(.*?)"(?:\s+to "(.*?)")?\s*->\s+(.*\S)/ && $of ne 'Arrow') {
			push @{$map{$of}}, map { [bytes_of($_), $3] } grep { defined && !/[^ -~]/ } $1, $2;	# (no keyboard has the others)
		}
	}
	close $in or die 'no maps';
	return %map;
}

# "^[[A" -> "\e[A"
sub bytes_of
{
	my ($name) = @_;
	return $name =~ s/\^(.)/$1 eq '?' ? "\x7f" : chr(ord($1) & 0x1f)/ger;
}

sub name_of { return join '', map { sprintf $_ lt ' ' || $_ gt '~' ? '\x%02x' : '%s', /[ -~]/ ? $_ : ord } split //, $_[0] }

# --- the documented effects of some: (line, cursor) -> (line, cursor) ---

sub word_back { my ($l, $c) = @_; $c-- while $c > 0 && substr($l, $c - 1, 1) !~ /\w/; $c-- while $c > 0 && substr($l, $c - 1, 1) =~ /\w/; return $c }
sub word_end { my ($l, $c) = @_; $c++ while $c < length $l && substr($l, $c, 1) !~ /\w/; $c++ while $c < length $l && substr($l, $c, 1) =~ /\w/; return $c }
sub without { my ($l, $from, $to) = @_; return (substr($l, 0, $from) . substr($l, $to), $from) }
sub changed { my ($l, $c, $how) = @_; my $e = word_end($l, $c); return (substr($l, 0, $c) . $how->(substr $l, $c, $e - $c) . substr($l, $e), $e) }

my %simple = (
	'ed-ignore' => sub { @_ },
	'ed-move-to-beg' => sub { ($_[0], 0) },
	'ed-move-to-end' => sub { ($_[0], length $_[0]) },
	'ed-prev-char' => sub { ($_[0], $_[1] - 1) },
	'ed-next-char' => sub { ($_[0], $_[1] + 1) },
	'ed-prev-word' => sub { ($_[0], word_back(@_)) },
	'em-next-word' => sub { ($_[0], word_end(@_)) },
	'em-delete-prev-char' => sub { without($_[0], $_[1] - 1, $_[1]) },
	'ed-delete-next-char' => sub { without($_[0], $_[1], $_[1] + 1) },
	'em-delete-or-list' => sub { without($_[0], $_[1], $_[1] + 1) },
	'ed-delete-prev-word' => sub { without($_[0], word_back(@_), $_[1]) },
	'em-delete-next-word' => sub { without(@_, word_end(@_)) },
	'ed-kill-line' => sub { without(@_, length $_[0]) },
	'em-kill-line' => sub { ('', 0) },
	'em-upper-case' => sub { changed(@_, sub { uc $_[0] }) },
	'em-lower-case' => sub { changed(@_, sub { lc $_[0] }) },
	'vi-delete-prev-char' => sub { without($_[0], $_[1] - 1, $_[1]) },
	'vi-kill-line-prev' => sub { without($_[0], 0, $_[1]) },
	'vi-zero' => sub { ($_[0], 0) },
	'vi-insert' => sub { @_ },
	'vi-add' => sub { ($_[0], $_[1] + 1) },
	'vi-add-at-eol' => sub { ($_[0], length $_[0]) },
	'vi-insert-at-bol' => sub { ($_[0], 0) },
	'vi-substitute-line' => sub { ('', 0) },
	'vi-change-to-eol' => sub { without(@_, length $_[0]) },
);
# Keys with a function of ptsh's own, tested elsewhere; in vi's command mode some of these leave it.
my %own = map { $_ => 1 } "\t", '?', "\x0c", "\x12", "\x17";
my %enters_insert = map { $_ => 1 } 'vi-insert', 'vi-add', 'vi-add-at-eol', 'vi-insert-at-bol', 'vi-substitute-line', 'vi-change-to-eol';

# The line that is sent after the key, `iX` and Enter; undef: not simple to predict.
sub expected
{
	my ($map, $bytes, $function, $line) = @_;
	my $does = $simple{$function};
	return if !$does || $own{$bytes} || $map eq 'vi insert' && $bytes =~ /^\e/;	# ESC leaves vi's insert mode
	my ($l, $c) = $does->($line, $cursor + length($line) - length($text));
	my $typed = $map eq 'vi command' && !$enters_insert{$function} ? 'X' : 'iX';
	$c-- if $map eq 'vi command' && !$enters_insert{$function} && $c >= length $l && $c > 0;	# on the last character, not after it
	return substr($l, 0, $c) . $typed . substr($l, $c);
}

# --- typing ---

sub entries { my ($t) = @_; return scalar(() = $t->logged) }

sub an_event
{
	my ($t) = @_;
	$t->event;
	return unless $ENV{PTSH_TEST_FULL};
	my $event = Prompt::event_text($t->{events} - 1);
	$t->wait_for(sub { grep { $_ eq $event } $t->rows }, 1);		# after ^L, and while ^S holds the terminal, it is not there
}

my %ended = map { $_ => 1 } "\x03", "\x1a", "\x1c";	# these are signals, see below
sub sweep
{
	my ($map, $editrc, $setup, @keys) = @_;
	my ($quiet, $busy) = map { Prompt->new(columns => 60, rows => 20, editrc => $editrc) } 1, 2;
	my (@what, @wrong, $number);

	for (@keys) {
		my ($bytes, $function) = @$_;
		next if $ended{$bytes};
		my $line = sprintf 'k%03d %s', ++$number, $text;
		my $before = entries($quiet);
		my $keys = $bytes . ($bytes eq "\x13" ? "\x11" : '');	# ^S holds the terminal until ^Q
		my $tail = "iX\r";
		$quiet->bytes(encode('UTF-8', $line) . $setup . $keys . $tail);
		# Some need one more key: ^V and the like take the Enter for themselves.
		for (1 .. 3) {
			last if $quiet->wait_for(sub { entries($quiet) > $before }, 1);
			$quiet->bytes("\r");
			$tail .= "\r";
		}
		if ($function eq 'ed-newline') {	# it has been sent already, with what followed it
			$quiet->wait_for(sub { entries($quiet) > $before + 1 });
		}
		my $now = entries($quiet);
		push @what, ("$map: " . name_of($bytes) . " $function") x ($now - $before);
		my $expected = expected($map, $bytes, $function, $line);
		my $sent = ($quiet->logged)[$now - 1];
		push @wrong, encode('UTF-8', "$what[-1]: `$sent`, not `$expected`") if defined $expected && $sent ne "LINE $expected";

		$busy->bytes(encode('UTF-8', $line) . $setup);
		an_event($busy);
		for my $byte (split //, $keys) {
			$busy->bytes($byte);
			an_event($busy);
		}
		for my $byte (split //, $tail) {
			$busy->bytes($byte);
			$busy->event;
		}
		$busy->wait_for(sub { entries($busy) >= $now });
	}
	is join("\n", @wrong), '', "$map: they do what they are documented to do";
	my @quiet = $quiet->logged;
	my @busy = $busy->logged;
	my @differ = map { encode('UTF-8', "$what[$_]: `" . ($busy[$_] // 'nothing') . "`, not `$quiet[$_]`") } grep { ($busy[$_] // '') ne $quiet[$_] } 0 .. $#quiet;
	is join("\n", @differ), '', "$map: $number keys, and events change nothing";
	is $busy->settle_events, '', "$map: none of $busy->{events} events is missing or torn";
	$_->close for $quiet, $busy;
}

my %emacs = maps('emacs');
my @multi = @{$emacs{Multi}};
cmp_ok scalar(@multi), '>', 30, 'libedit lists its keys';
sweep('emacs', "bind -e\n", "\x02" x (length($text) - $cursor), @{$emacs{Standard}}, @multi,
    # arguments, marks and kills, by several keys
    map { [$_, 'several'] } "\e3\x02", "\ed\x19", "\x00\x02\x02\ew\x19", "\x0b\x19", "\x18\x18", "\x16\x01", "\ef\eb\ec");

my %vi = maps('vi');
my $back = "\e" . (length($text) - $cursor - 1) . 'h';
sweep('vi insert', "bind -v\n", "${back}i", @{$vi{Standard}}, grep { $_->[0] =~ /^\e/ } @{$vi{Multi}});
sweep('vi command', "bind -v\n", $back, @{$vi{Alternative}}, @{$vi{Multi}},
    map { [$_, 'several'] } 'dw', 'dd', 'db', 'd$', 'cw', 'cc', 'yw', 'ywP', 'fT', 'Fb', 'tT', 'Tb', 'rx', '2w', '3x', 'x.', 'xu', 'dwp', '2dw', 'd2w', '~~', 'fT;', 'wFo,');

# The keys that end, interrupt or stop, with events all around them.
for my $case (["\x03\x04", 0, '^C, then ^D'], ["\x15\x04", 0, '^U, then ^D'], ["\x1c", 131, '^\\']) {
	my ($keys, $status, $name) = @$case;
	my $t = Prompt->new(columns => 60, rows => 20);
	$t->type($text);
	$t->event;
	is $t->settle($text), '', "$name: a line";
	for my $key (split //, $keys) {
		$t->event;
		$t->settle_events;
		$t->bytes($key);
	}
	is $t->status, $status, "$name ends it";
	ok $t->modes_restored, '... with the terminal as before';
	is_deeply [$t->logged], [$status ? () : 'END '], '... and nothing was sent' if $keys !~ /\x03/;
	is_deeply [$t->logged], ['INTERRUPT ', 'END '], '... and nothing was sent' if $keys =~ /\x03/;
	is $t->settle_events, '', '... and no event was lost';
	$t->close;
}
my $t = Prompt->new(columns => 60, rows => 20, job_control => 1);
$t->type($text);
$t->event;
is $t->settle($text), '', '^Z: a line';
$t->event;
$t->bytes("\x1a");
$t->event;
$t->wait_row(qr/Stopped/);
$t->wait_for(sub { ($t->rows)[-1] eq 'bash$' });
$t->event;
$t->type('fg');
$t->key('Enter');
is $t->settle($text), '', '^Z and fg leave the line as it is';
is $t->settle_events, '', '... and no event was lost';
$t->close;

done_testing;
