#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Completion in real shells: what is typed, a Tab, and what the line is then.
# With PTSH_TEST_INSTALLED the shells find the completions by themselves, where a package has put them.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Term;

my $top = abs_path(dirname(__FILE__) . '/../..');
my $ptsh = abs_path($ENV{PTSH} // "$top/build/ptsh");
my $home = tempdir('ptsh-completions-XXXXXX', TMPDIR => 1, CLEANUP => 1);

make_path("$home/.config/ptsh", "$home/bin");
symlink $ptsh, "$home/bin/ptsh" or die $!;
open my $boxes, '>', "$home/.config/ptsh/boxes" or die $!;
print $boxes "core-east admin\@core.example.net --password-command 'pass core'\nlab-nine --tls on lab.example.net\n";
close $boxes;
chmod 0600, "$home/.config/ptsh/boxes";
open my $file, '>', "$home/quarterly.ptsh" or die $!;
close $file;

my %env = (HOME => $home, PATH => "$home/bin:$ENV{PATH}", XDG_CONFIG_HOME => undef, XDG_DATA_HOME => "$home/data",
	XDG_STATE_HOME => undef, XDG_CACHE_HOME => "$home/cache", PTSH_BOX => undef, TERM => 'xterm', ZDOTDIR => $home, SHLVL => undef,
	PS1 => '$ ', INPUTRC => '/dev/null', ASAN_OPTIONS => 'detect_leaks=0');

# --- the answers themselves ---

sub answer {
	my @words = @_;
	my $pid = open my $out, '-|';
	die $! unless defined $pid;
	if ($pid == 0) {
		for my $name (keys %env) {
			defined $env{$name} ? ($ENV{$name} = $env{$name}) : delete $ENV{$name};
		}
		exec $ptsh, '--complete', @words or exit 127;
	}
	local $/;
	my $text = <$out> // '';
	close $out;
	is($? >> 8, 0, "--complete @words ends well");
	return $text;
}

# Without what only says how a list is shown.
sub texts { return join ' ', map { /^(?!:kept)([^\t]*)/ ? $1 : () } split /\n/, answer(@_) }

is(texts(0, '--tl'), '--tls --tls-min', 'options by their beginning');
like(answer(0, '--tls-m'), qr/^--tls-min\t\S.*$/, '... with help');
is(texts(1, '--tls'), 'auto off on verify insecure', 'an argument that is a choice');
is(texts(0, '--tls=i'), '--tls=insecure', '... after =');
is(texts(1, '-o', ''), 'table tsv csv json records raw', 'formats');
is(texts(0, '-ojs'), '-ojson', '... after the letter at once');
is(texts(1, '--auth', 'cram,'), ':open cram,none cram,login', 'a list continues');
is(texts(1, '-qe', 'realm_poll_st'), 'realm_poll_start realm_poll_stop', 'events, after bundled flags');
is(texts(0), 'core-east lab-nine', 'boxes where nothing is typed');
make_path("$home/data/ptsh");
open my $known, '>', "$home/data/ptsh/known_boxes" or die $!;
print $known map { "$_ sha256//8NT4MXtzFCYEvXf3tIUdn+pLsNLJHPjFnMRwp3aPQvA= 2026-01-01\n" } qw(known.example.net:55 known.example.net:55 other.example.net:5500);
close $known;
chmod 0600, "$home/data/ptsh/known_boxes";
is(texts(0, 'kn'), 'known.example.net', 'a known box, once, without the default port');
is(texts(0, 'joe@oth'), 'joe@other.example.net:5500', '... after a user');
is(answer(0, 'lab'), "lab-nine\tlab.example.net\n", 'a box with its address');
is(texts(1, '-q', 'joe@core'), 'joe@core-east', 'a box after a user');
is(texts(2, '-o', 'json', 'lab'), 'lab-nine', 'a box after an argument');
is(texts(1, 'core-east', ''), '', 'no second box');
is(texts(2, '--', 'x'), '', '... also after --');
is(texts(1, '--', '--tl'), '', 'no options after --');
is(texts(1, '-f', 'q'), ':files', 'files');
is(texts(0, '--ca='), ':files', '... after =');
is(texts(0, './x'), ':files', 'a path where a box stands');
is(texts(1, '--password-command', ''), '', 'nothing where nothing is known');
is(texts(1, '-c', 'realm_que'), ':open realm_query', 'requests in a line');
is(texts(1, '-c', 'realm_info gid,nam'), ':open realm_info gid,name', 'fields in a line');
is(texts(1, '-c', '.he'), ':open .help', 'commands in a line');
is(texts(1, '-c', '["realm_quer'), ':open ["realm_query"', 'a request in raw JSON');
is(texts(1, '-c', '["realm_query",["'), ':open', '... but nothing after its name');
is(texts(1, '-c', 'realm_poll '), ':open', 'where a gid must stand no name of an argument is inserted');
like(answer(1, '-c', 'realm_info gid,nam'), qr/^:kept\trealm_info gid,$/m, 'a list can leave out what all candidates begin with');
is(answer(0, '-fq'), ":files\t-f\n", 'files after the letter at once');
is(texts('x'), '', 'nonsense is silent');
is(texts(), '', 'nothing is silent');
is(texts(7, 'a'), '', 'a place far after the end is silent');

# --- the shells ---

# What is typed, and what the row must contain after Tab.  `many`: what must be listed after another.
my @cases = (
	['ptsh --tls=ver', qr/ptsh --tls=verify\b/, 'a choice after ='],
	['ptsh --tls ver', qr/ptsh --tls verify\b/, 'a choice'],
	['ptsh --known', qr/ptsh --known-as\b/, 'an option'],
	['ptsh -qo rec', qr/ptsh -qo records\b/, 'a format'],
	['ptsh --auth cram,lo', qr/ptsh --auth cram,login/, 'a list'],
	['ptsh core', qr/ptsh core-east\b/, 'a box'],
	['ptsh -v joe@lab', qr/ptsh -v joe\@lab-nine\b/, 'a box after a user'],
	['ptsh -f quart', qr/ptsh -f quarterly\.ptsh\b/, 'a file'],
	['ptsh --ca=quart', qr/ptsh --ca=quarterly\.ptsh\b/, 'a file after ='],
	['ptsh -fquart', qr/ptsh -fquarterly\.ptsh\b/, 'a file after its letter'],
	['ptsh known', qr/ptsh known\.example\.net\b/, 'a known box'],
	[q(ptsh -c '["product), qr/ptsh -c '\["product_id"/, 'a request in raw JSON'],
	['ptsh -c product', qr/ptsh -c product_id\b/, 'a request'],
	[q(ptsh -c 'realm_info gid,descr), qr/ptsh -c 'realm_info gid,description/, 'a field within quotes'],
	[q(ptsh -c "realm_info gid,descr), qr/ptsh -c "realm_info gid,description/, 'a field within double quotes'],
	[q(ptsh -c ping -c 'realm_info gid' -o csv lab), qr/-o csv lab-nine\b/, 'after a quoted line'],
);

my $installed = $ENV{PTSH_TEST_INSTALLED};
my %shells = (
	bash => {
		command => ['bash', '--norc', '--noprofile', '-i'],
		prepare => "PS1='\$ '; . '" . ($installed ? '/usr/share/bash-completion/bash_completion' : "$top/completions/ptsh.bash") . "'; cd '$home'; bind 'set bell-style none'; clear",
		clear => ['C-u'],
	},
	zsh => {
		command => ['zsh', '-f', '-i'],
		prepare => "PS1='\$ '; " . ($installed ? '' : "fpath=('$top/completions' \$fpath);") . " autoload -U compinit; compinit -D -u; cd '$home'; unsetopt beep; clear",
		clear => ['C-u'],
	},
	fish => {
		# Without a configuration it looks nowhere.
		command => ['fish', $installed ? () : '--no-config', '--private', '-i', '-C', 'function fish_prompt; echo -n "\$ "; end; set -g fish_autosuggestion_enabled 0'],
		prepare => ($installed ? '' : "source $top/completions/ptsh.fish;") . "cd $home; clear",
		clear => ['C-u'],
	},
);

for my $name (sort keys %shells) {
	my $shell = $shells{$name};
	ok(scalar(grep { -x "$_/$name" } split /:/, $ENV{PATH}), "$name is here") or next;
	my $t = Term->new(columns => 100, rows => 24, env => \%env, command => $shell->{command});
	ok($t->wait_row(qr/^\S*\$ ?$/), "$name: a prompt") or diag(join "\n", $t->rows);
	$t->type($shell->{prepare});
	$t->key('Enter');
	ok($t->wait_for(sub { my @rows = $t->rows; @rows == 1 && $rows[0] =~ /^\S*\$ ?$/ }), "$name: prepared")
		or diag(join "\n", $t->rows);
	for my $case (@cases) {
		my ($typed, $wanted, $what) = @$case;
		$t->type($typed);
		$t->wait_row(qr/\Q$typed\E$/);
		$t->key('Tab');
		ok($t->wait_row($wanted), "$name: $what") or diag(join "\n", $t->rows);
		$t->key(@{$shell->{clear}});
		ok($t->wait_for(sub { !grep { /ptsh/ } grep { /^\S*\$ / } $t->rows }), "$name: ... and cleared");
	}
	# Several: listed.
	$t->type('ptsh --password-');
	$t->key('Tab', 'Tab');
	ok($t->wait_row(qr/--password-command/), "$name: several are listed") && ok($t->wait_row(qr/password-file\b/), "$name: ... all of them");
	# A list of what a line may contain shows the words, not the line again and again.
	$t->key(@{$shell->{clear}}, 'C-l');
	ok($t->wait_for(sub { !grep { /ptsh/ } grep { /^\S*\$ / } $t->rows }), "$name: cleared") or diag(join "\n", $t->rows);
	if ($name ne 'fish') {
		$t->type(q(ptsh -c 'realm_info gid,n));
		$t->key('BSpace');
		$t->key('Tab', 'Tab');
		ok($t->wait_row(qr/description/), "$name: fields are listed") or diag(join "\n", $t->rows);
		is(scalar(grep { /realm_info.*(?:name|description)/ } $t->rows), 0, "$name: ... without the line before each") or diag(join "\n", $t->rows);
	}
	# It must be gone before its home goes.
	my $pid = $t->pid;
	$t->close;
	ok($t->wait_for(sub { !kill 0, $pid }), "$name: has ended");
}

done_testing();
