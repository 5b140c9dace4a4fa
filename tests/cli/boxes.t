#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# /etc/ptsh/boxes, after the user's own: in a mount namespace of its own, where /etc is a folder of the test's.
use strict;
use warnings;
use Test::More;
use File::Temp ();
use Box;
use Run;

# root needs no name space of users, and in a chroot it gets none.
my ($apart) = grep { system("unshare $_ true 2>/dev/null") == 0 } '-m', '-Urm' or plan skip_all => 'needs unshare(1), and root or user namespaces';

my $etc = File::Temp->newdir('ptsh-etc-XXXXXX', TMPDIR => 1);
my $file = "$etc/ptsh/boxes";
mkdir "$etc/ptsh", 0755 or die $!;
for my $name (grep { -e "/etc/$_" } qw(passwd group hosts services nsswitch.conf ssl)) {
	system('cp', '-rL', "/etc/$name", "$etc/$name") == 0 or die $name;
}

sub put {
	my ($path, $text) = @_;
	open my $out, '>', $path or die "$path: $!";
	print $out $text;
	close $out or die $!;
}

# ptsh with these arguments in that world; own => the user's boxes file.
sub ptsh {
	my ($args, %o) = @_;
	my $home = Run::new_home();

	mkdir "$home/config/ptsh", 0700;
	put("$home/config/ptsh/boxes", $o{own}) if defined $o{own};
	return Run->ptsh(program => '/usr/bin/env', home => $home, env => $o{env}, args => ['unshare', $apart, 'sh', '-c',
	    'mount --bind "$0" /etc && exec "$@"', "$etc", Run::program(), @$args]);
}

my $box = Box->start;
my %env = (env => {PTSH_PASSWORD => $box->password, PTSH_USER => 'admin'});
put($file, 'corp ' . $box->address . " --clear-login\nother corp\n# a comment\nbroken host --no-such-option\n");

my $r = ptsh(['-c', 'ping', 'corp'], %env);
is $r->status, 0, 'a box of the whole machine' or diag $r->stderr;
like $r->stdout, qr/^\S+\t\d+$/, '... answers';
is ptsh(['-c', 'ping', 'other'], %env, own => "mine 127.0.0.1:1\n")->status, 0, '... also beside the user\'s own file';
is ptsh(['-c', 'ping', 'mine'], %env, own => "mine corp\n")->status, 0, '... a line of the user\'s may lead to it';
is ptsh(['-c', 'ping', 'corp'], %env, own => "corp 127.0.0.1:1\n")->status, 3, 'of two lines of one name the user\'s counts';
$r = ptsh(['-c', 'ping', 'broken'], %env, own => "mine 127.0.0.1:1\n");
is $r->status, 2, 'a mistake in it';
like $r->stderr, qr{^ptsh: /etc/ptsh/boxes:4: unknown option --no-such-option}, '... is reported with its file';
like ptsh(['--complete', 0, ''], own => "corp 127.0.0.1:1\nmine corp\n")->stdout, qr/\Acorp\b[^\n]*\nmine\b[^\n]*\nother\b[^\n]*\nbroken\b/,
    'completion offers both, a name once';
unlike ptsh(['-X', '--complete', 0, ''])->stdout, qr/^corp/m, '-X reads neither';
is ptsh(['-X', '-n', '-c', 'ping', 'corp'])->status, 0, '... so corp is a host';

chmod 0666, $file;
$r = ptsh(['-c', 'ping', 'corp'], %env);
is $r->status, 2, 'one that others can write';
like $r->stderr, qr{^ptsh: /etc/ptsh/boxes: not trusted: others can write it}, '... is refused';
chmod 0644, $file;
chmod 0777, "$etc/ptsh";
$r = ptsh(['-c', 'ping', 'corp'], %env);
is $r->status, 2, 'one in a folder that others can write';
like $r->stderr, qr{^ptsh: /etc/ptsh/boxes: not trusted: others can write the folder}, '... is refused';
chmod 0755, "$etc/ptsh";
unlink $file;
is ptsh(['-n', '-c', 'ping', 'mine'], own => "mine 127.0.0.1:1\n")->status, 0, 'without it nothing changes';

done_testing;
