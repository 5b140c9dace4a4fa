#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Twenty boxes at once, by GNU parallel, xargs and clush: each line of output is whole, statuses add up, and known_boxes loses nothing
# though twenty write it.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Box;

my $top = abs_path(dirname(__FILE__) . '/../..');
my $ptsh = abs_path($ENV{PTSH} // "$top/build/ptsh");
my $dir = tempdir('ptsh-many-XXXXXX', TMPDIR => 1, CLEANUP => 1);
make_path("$dir/.config/ptsh", "$dir/bin");
symlink $ptsh, "$dir/bin/ptsh" or die $!;

# They do not know the password of the first three.
my @boxes = map { Box->start('--tls', 'demand', '--auth', 'login_cram_md6', password => $_ < 3 ? "other$_" : 'of-all-boxes') } 0 .. 19;
sub put {
	my ($path, $text) = @_;
	open my $out, '>', $path or die "$path: $!";
	print $out $text;
	close $out or die "$path: $!";
	chmod 0600, $path;
}
put("$dir/.config/ptsh/boxes", join '', map { "box$_ admin\@" . $boxes[$_]->address . " --tls on --password-file ~/password\n" } 0 .. 19);
put("$dir/password", "of-all-boxes\n");
%ENV = (PATH => "$dir/bin:$ENV{PATH}", HOME => $dir, LC_ALL => 'C.UTF-8', TZ => 'UTC', TERM => 'dumb', USER => 'tester');
chdir $dir or die $!;

put("$dir/names", join '', map { "box$_\n" } 0 .. 19);
sub bash {
	my ($command) = @_;
	put("$dir/command", "$command 2>'$dir/errors'\n");
	my @rows = split /^/, qx(timeout 60 bash '$dir/command');
	return ($? >> 8, @rows);
}

sub parallel { my ($options, $line) = @_; return bash("parallel --will-cite -j 20 $options \"ptsh -w --accept-new -c '$line' {}\" < names") }

my ($failed, @rows) = parallel('--tag', 'ping');
is($failed, 3, 'the status is how many failed');
is(scalar @rows, 17, 'a line for each of the others');
is(scalar(grep { /^box\d+\t\d+\.\d+\t\d+\n\z/ } @rows), 17, 'every line is whole');
open my $errors, '<', "$dir/errors" or die $!;
my @messages = <$errors>;
is(scalar(grep { /ptsh: .*(?:login|password|prove)/i } @messages), 3, 'each that failed says why') or diag(@messages);

open my $known, '<', "$dir/.local/share/ptsh/known_boxes" or die $!;
my %known = map { /^(127\.0\.0\.1:\d+) sha256\/\/\S+ / ? ($1 => 1) : () } <$known>;
is(scalar keys %known, 20, 'all twenty keys are remembered');

# Ungrouped: what twenty write to one pipe at once.
($failed, @rows) = parallel('-u', 'realm_query 5000015442 device switch_uid,ifname,device_ip');
is($failed, 3, 'the same again');
# A device has one address, several or none, of either family.
my $row = qr/^[\w.-]+\t[\w\/]+\t(?:[\d.]+|[\dA-F:]+)?(?: (?:[\d.]+|[\dA-F:]+))*\n\z/;
is(scalar(grep { !/$row/ } @rows), 0, 'every line of many is whole') or diag(grep { !/$row/ } @rows);
is(scalar @rows, 17 * 300, 'none is missing');

($failed, @rows) = bash('xargs -P 20 -I{} ptsh -w -c ping {} < names');
is($failed, 123, 'xargs: that some failed');
is(scalar(grep { /^\d+\.\d+\t\d+\n\z/ } @rows), 17, '... and a whole line for each of the others');
($failed, @rows) = bash('clush -S -R exec --hostfile names ptsh -w -c ping %h');
is($failed, 4, 'clush: the highest status');
is(scalar(grep { /^box\d+: \d+\.\d+\t\d+\n\z/ } @rows), 17, '... and a whole line for each of the others');
$_->stop for @boxes;
done_testing();
