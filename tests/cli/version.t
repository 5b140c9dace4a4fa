#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# The version is defined in the Makefile; what repeats it agrees.  --version also names the libraries, as they are on this machine.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Basename qw(dirname);

my $top = abs_path(dirname(__FILE__) . '/../..');
my $ptsh = $ENV{PTSH} // "$top/build/ptsh";

sub slurp {
	my ($path) = @_;
	open my $in, '<', "$top/$path" or die "$path: $!";
	local $/;
	return scalar <$in>;
}

my ($version) = slurp('Makefile') =~ /^VERSION = (\d+\.\d+\.\d+(?:-dev)?)$/m;
ok($version, 'the Makefile has it: a release, or -dev on the way to one');
my ($newest) = slurp('CHANGELOG.md') =~ /^## (\S+)/m;
is($newest, $version, 'CHANGELOG.md begins with it');
my ($packaged) = slurp('debian/changelog') =~ /\Aptsh \((\S+)\)/;
is($packaged, $version =~ s/-/~/r, 'debian/changelog begins with it; ~ sorts before the release');

my $version_text = qx('$ptsh' --version 2>&1);
is($?, 0, '--version');
is(qx('$ptsh' -V), $version_text, '-V is the same');
my $commit = -e "$top/.git" ? qx(git -C '$top' rev-parse --short=10 HEAD) : '';
chomp $commit;
like($version_text, $commit ne '' ? qr/\Aptsh \Q$version\E, commit [0-9a-f]{10}\n/ : qr/\Aptsh \Q$version\E\n/, 'it comes first, with the commit where it is known');
my ($openssl) = qx(openssl version) =~ /^(OpenSSL \S+)/;
like($version_text, qr/^\Q$openssl\E /m, 'OpenSSL, as it is loaded');
# Its package counts differently: 3.1, with a date; its header's version is printed.
my $macros = join '', map { qx(cc -E -dM -include $_ -x c /dev/null 2>/dev/null) } 'editline/readline.h', 'histedit.h';
my ($major) = $macros =~ /^#define LIBEDIT_MAJOR (\d+)/m;
my ($minor) = $macros =~ /^#define LIBEDIT_MINOR (\d+)/m;
like($version_text, qr/^libedit $major\.$minor, /m, 'libedit');
my $cjson = qx(pkg-config --modversion libcjson);
chomp $cjson;
like($version_text, qr/, cJSON \Q$cjson\E, /, 'cJSON');
like($version_text, qr/, (?:Net-SNMP \d+\.\d+|no SNMP)/, 'Net-SNMP, or that there is none');
unlike(slurp($_), qr/\b\Q$version\E\b/, "$_ does not repeat it") for qw(README.md man/ptsh.1 man/ptsh-protocol.7);

done_testing();
