# SPDX-License-Identifier: ISC
# Session: ptsh at a prompt, in a terminal of its own (Term), with a box (Box) to talk to.
#
#	my $s = Session->new(columns => 40, args => ['-e', '*'], box => ['--delay', 500]);	# dies unless the prompt comes
#	$s->line('ping');			# types it, and Enter
#	$s->box->log_lines('recv');
#	is $s->prompt_row, 'box> ', ...
#
# The box has the name `box` in the boxes file; the password is in PTSH_PASSWORD.  Its home has all the XDG folders.
package Session;
use strict;
use warnings;
use utf8;
use parent -norequire, 'Term';
use Box;
use Encode qw(decode encode);
use File::Path qw(make_path);
use Run;
use Term;

sub put
{
	my ($path, $text, $mode) = @_;
	open my $file, '>', $path or die "$path: $!";
	print $file encode('UTF-8', $text);
	close $file or die "$path: $!";
	chmod $mode, $path if defined $mode;
}

# Besides Term's columns, rows, env, job_control: args before the box's name; box => [options], or a Box; where => what
# stands for the box (name `box`); boxes => the boxes file's text; rc => text; home => another session's; wrap =>
# [words before ptsh]; wait => the pattern of the row to wait for (undef: none); ask => no password in the environment.
sub new
{
	my ($class, %o) = @_;
	my $box = !defined $o{box} ? Box->start : ref $o{box} eq 'ARRAY' ? Box->start(@{$o{box}}) : $o{box};
	my $home = $o{home} || Term::directory();
	make_path(map { "$home/$_" } qw(config/ptsh data/ptsh state/ptsh cache run));
	my %env = (Run::environment($home), TERM => 'tmux-256color', PTSH_PASSWORD => $box->password, PTSH_USER => 'admin',
	    COLUMNS => undef, LINES => undef, LESS => undef);
	delete $env{PTSH_PASSWORD} if $o{ask};
	%env = (%env, %{$o{env} || {}});
	put("$home/config/ptsh/boxes", $o{boxes} || 'box ' . $box->address . "\n");
	put("$home/config/ptsh/rc", $o{rc}) if defined $o{rc};
	my $t = Term->new(%o, env => \%env, command => [@{$o{wrap} || []}, Run::program(), '--clear-login', @{$o{args} || []},
	    defined $o{where} ? $o{where} : 'box']);
	bless $t, $class;
	@$t{qw(box_ home_)} = ($box, $home);
	my $wait = exists $o{wait} ? $o{wait} : qr/^box.*> $/;
	die "no prompt:\n" . join("\n", $t->rows) . "\n" if defined $wait && !defined $t->wait_prompt($wait);
	return $t;
}

sub box { return $_[0]{box_} }
sub home { return $_[0]{home_} }

# The row of the cursor, with a blank at its end if the cursor is after one.
sub prompt_row
{
	my ($t) = @_;
	my @cursor = $t->cursor;
	my $row = ($t->rows)[$cursor[1]];
	return '' unless defined $row;
	return $cursor[0] > length $row ? "$row " : $row;
}

# Waits until the cursor's row matches; returns it, or undef.
sub wait_prompt
{
	my ($t, $pattern) = @_;
	my $row;
	$t->wait_for(sub { ($row = $t->prompt_row) =~ $pattern }) and return $row;
	main::diag("the cursor's row does not match $pattern in:\n" . join("\n", map { encode('UTF-8', "  |$_|") } $t->rows))
	    if defined &main::diag;
	return undef;
}

# Types a line and Enter.
sub line
{
	my ($t, $text) = @_;
	$t->type($text);
	$t->key('Enter');
	return $t;
}

# Runs a line and returns the rows that it printed, up to the next prompt.
sub run
{
	my ($t, $text) = @_;
	$t->key('C-l');		# a screen of its own
	$t->wait_for(sub { my @c = $t->cursor; $c[1] == 0 && $t->prompt_row =~ /> $/ });
	$t->type($text);
	$t->key('Enter');
	my @rows;
	$t->wait_for(sub {
		@rows = $t->rows;
		my @cursor = $t->cursor;
		$cursor[1] > 0 && @rows > 1 && $cursor[1] == $#rows && $rows[-1] =~ /^[^ ].*>$/ && $t->prompt_row =~ /> $/;
	}) or return @rows;
	my $typed = $rows[0];
	my $len = length($typed) - length($typed =~ s/^.*?> //r);
	shift @rows;
	for (my $left = length($text) + $len - $t->columns + 1; $left > 0; $left -= $t->columns - 1) { shift @rows }
	pop @rows;
	return @rows;
}

sub all { return join "\n", $_[0]->scrollback }

1;
