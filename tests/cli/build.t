#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# The Makefile notices changes of what it builds from: sources that come, go and move, flags, and Net-SNMP.  Tried on a tree of some small
# files, with libraries that a pkg-config of its own knows.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Test::More;

my $top = abs_path(dirname(__FILE__) . '/../..');
my $dir = tempdir(CLEANUP => 1);
chdir $dir or die $!;
make_path('src/shell', 'src/base', 'src/snmp', 'tests/unit');
copy("$top/Makefile", '.') or die $!;
copy("$top/tests/checks.mk", 'tests') or die $!;

sub spew {
	my ($path, $text) = @_;
	open my $out, '>', $path or die "$path: $!";
	print $out $text;
	close $out or die "$path: $!";
}
spew('src/main.c', "extern int value(void), snmp(void);\nint main(void);\nint main(void) { return value() + snmp(); }\n");
spew('src/base/value.c', "int value(void);\nint value(void) { return 1; }\n");
spew('src/shell/version.c', "extern const char version[];\nconst char version[] = PTSH_VERSION;\n");
spew('src/snmp/agent.c', "int snmp(void);\n#if defined AGENT_SONAME && !defined NO_SNMP\nint snmp(void) { return 10; }\n#else\nint snmp(void) { return 20; }\n#endif\n");
spew('tests/unit/test_value.c', "int main(void);\nint main(void) { return 0; }\n");
# Every library is there whose name does not say that it is lacking.
spew('pc', "#!/bin/sh\ncase \"\$*\" in *lacking*) exit 1 ;; esac\n");
chmod 0755, 'pc';
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES CFLAGS CPPFLAGS LDFLAGS V BUILD DESTDIR NO_SNMP)};

# What make prints, and its status.
sub make {
	open my $out, '-|', 'sh', '-c', 'make PKG_CONFIG=./pc "$@" 2>&1', 'sh', @_ or die $!;
	my $text = join '', <$out>;
	close $out;
	return ($text, $? >> 8);
}
sub built { return system($_[0] // 'build/ptsh') >> 8 }

my $nothing = qr/\Amake: Nothing to be done for 'all'\.\n\z/;
my ($said, $status) = make();
is $status, 0, 'it builds' or diag $said;
like $said, qr{^CC src/base/value\.c$}m, 'a short line a file';
unlike $said, qr/-std=c11/, '... and no command';
my $with = built();
ok $with == 11 || $with == 21, "it runs ($with)";
like +(make())[0], $nothing, 'the second make has nothing to do';

# Net-SNMP
($said) = make('NO_SNMP=1');
is built(), 21, 'NO_SNMP=1: without SNMP, at once';
unlike $said, qr/value\.c/, '... and only what knows of it is compiled' if $with == 11;
make();
is built(), $with, '... and back';

# Sources
make_path('src/net');
rename 'src/base/value.c', 'src/net/value.c' or die $!;
is +(make())[1], 0, 'a source that has moved';
like +(make())[0], $nothing, '... once';
spew('src/net/more.c', "int value(void);\nint value(void) { return 2; }\n");
unlink 'src/net/value.c' or die $!;
make();
is built() - $with, 1, 'one that is new is in it, and one that is gone is not';
unlink 'src/net/more.c' or die $!;
isnt +(make())[1], 0, 'what is missing is missed, though its object is still there';
spew('src/net/more.c', "#include \"net/more.h\"\nint value(void) { return HEADER; }\n");
spew('src/net/more.h', "int value(void);\n#define HEADER 3\n");
make();
is built() - $with, 2, 'a header';
spew('src/net/more.h', "int value(void);\n#define HEADER 4\n");
utime time + 2, time + 2, 'src/net/more.h';
make();
is built() - $with, 3, '... that has changed';
utime time - 2, time - 2, 'src/net/more.h';
spew('src/net/more.c', "#define HEADER 4\nint value(void);\nint value(void) { return HEADER; }\n");
unlink 'src/net/more.h' or die $!;
utime time + 2, time + 2, 'src/net/more.c';
is +(make())[1], 0, '... that is gone';
utime time - 2, time - 2, 'src/net/more.c';
unlink 'build/src/net/more.o';
make();
ok -e 'build/src/net/more.o', 'an object that was taken away is made again';
like +(make())[0], $nothing, '... once';

# Flags
($said) = make('CFLAGS=-O0');
like $said, qr/^CC src\/main\.c$/m, 'other flags: compiled again';
($said) = make('install', 'CFLAGS=-O1', 'DESTDIR=' . "$dir/a place", 'V=1');
unlike $said, qr/-std=c11/, 'install takes what was built';
($said, $status) = make('V=1', 'CPPFLAGS=-D_FORTIFY_SOURCE=1');
is $status, 0, 'a level of _FORTIFY_SOURCE in CPPFLAGS';
my @levels = map { /(_FORTIFY_SOURCE=?\d*)/g } grep { / -c .*src\/main\.c$/ } split /\n/, $said;
is_deeply \@levels, ['_FORTIFY_SOURCE=1'], '... is the only one';
($said) = make('V=1', 'CFLAGS=-O2 -Wp,-D_FORTIFY_SOURCE=2');
unlike $said, qr/_FORTIFY_SOURCE=3|-U_FORTIFY_SOURCE|redefined/, '... likewise in CFLAGS';
($said) = make('V=1');
like $said, qr/-D_FORTIFY_SOURCE=[23] /, '... else there is one';

# Blanks
($said, $status) = make('BUILD=b c');
is $status, 0, 'BUILD with a blank' or diag $said;
is built('"b c/ptsh"') - $with, 3, '... has the program';
like +(make('BUILD=b c'))[0], $nothing, '... and is up to date then';
is +(make('clean', 'BUILD=b c'))[1], 0, '... and is cleaned';
ok !-e 'b c', '... away';

# What is missing
($said, $status) = make('LIBS=libssl lacking-one lacking-two', 'BUILD=none');
is $status, 2, 'libraries are missing';
like $said, qr/\A[^\n]*missing: lacking-one lacking-two\b[^\n]*make deps\b[^\n]*\n\z/, '... is said in one line, and what to do';
($said, $status) = make('check-unit', 'TEST_LIBS=lacking-three', 'BUILD=none');
like $said, qr/\A[^\n]*missing: lacking-three\b[^\n]*make deps check\b[^\n]*\n\z/, 'a library of tests: before anything is compiled';
($said, $status) = make('CC=no-such-compiler', 'BUILD=none');
like $said, qr/\A[^\n]*missing: no-such-compiler\b[^\n]*\n\z/, 'no compiler';
is +(make('clean', 'LIBS=lacking'))[1], 0, 'cleaning takes none';

# deps comes first, and other goals see what it installed.
spew('tests/deps.sh', "echo deps for \$*\nprintf 'int value(void);\\nint value(void) { return 5; }\\n' >src/net/brought.c\n");
unlink 'src/net/more.c';
($said, $status) = make('-j4', 'all', 'deps', 'BUILD=late');
is $status, 0, 'deps with another goal' or diag $said;
like $said, qr/\Adeps for all\n/, '... is first, and knows the goals';
is built('late/ptsh') - $with, 4, '... and a source it made is compiled';
like +(make('deps'))[0], qr/\Adeps for all\n\z/, 'deps alone';

done_testing;
