#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# .snmp against Debian's snmpd: every version, every security level, agents that are dead, slow, or wrong.
use strict;
use warnings;
use utf8;
use Test::More;
use Encode qw(encode decode);
use File::Temp ();
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(time);
use Box;
use Child;
use Run;
use Snmpd;

my ($version) = Run->ptsh(args => ['--version'])->stdout =~ /, ((?:Net-SNMP \S+)|no SNMP)$/m;
ok defined $version, '--version says whether there is SNMP';
if (($version // '') eq 'no SNMP') {
	my $r = Run->ptsh(args => ['-c', '.snmp get 127.0.0.1 1.3']);
	is $r->status, 2, 'without Net-SNMP';
	is $r->stderr, "ptsh: .snmp: this ptsh was built without Net-SNMP (libsnmp-dev): it has no SNMP\n", '... it says so';
	done_testing;
	exit;
}
plan skip_all => 'needs snmpd' unless Snmpd->available;

my $agent = Snmpd->start;
my $to = $agent->address;
my %object = (services => '1.3.6.1.2.1.1.7.0', contact => '.1.3.6.1.2.1.1.4.0', uptime => '1.3.6.1.2.1.1.3.0',
	name => '1.3.6.1.2.1.1.5.0', system => '1.3.6.1.2.1.1');
my ($services, $system) = @object{qw(services system)};
my @secrets = qw(authpass123 privpass123 wrongpass123);

# Runs lines; the secrets must be nowhere.
sub snmp {
	my ($line, %o) = @_;
	my $r = Run->ptsh(args => [@{ $o{options} // [] }, '-f', '-', @{ $o{box} // [] }], stdin => encode('UTF-8', "$line\n"), %{ $o{run} // {} });
	for my $secret (@secrets) {
		fail("$secret is shown: " . $r->stderr) if index($r->stderr, $secret) >= 0;
	}
	return $r;
}

sub works {
	my ($line, $wanted, $name, %o) = @_;
	my $r = snmp($line, %o);
	is $r->status, 0, $name or diag $r->stderr;
	ref $wanted ? like $r->stdout, $wanted, '... with its row' : is $r->stdout, $wanted, '... with its row';
}

sub fails {
	my ($line, $status, $text, $name, %o) = @_;
	my $r = snmp($line, %o);
	is $r->status, $status, $name or diag $r->stderr;
	like $r->stderr, $text, '... and it is reported';
	unlike $r->stderr, qr/\n./, '... in a line';
	is $r->stdout, '', '... and nothing else';
}

# --- versions and levels ---

my $row = ".1.3.6.1.2.1.1.7.0\tINTEGER\t72\n";
my %v3 = (
	plain => '-v 3 -u plain -l noAuthNoPriv', auth => '-v 3 -u auth -l authNoPriv -a SHA -A authpass123',
	priv => '-v 3 -u priv -l authPriv -a SHA -A authpass123 -x AES -X privpass123',
);
works(".snmp get $to -v 1 -c public $services", $row, 'version 1');
works(".snmp get $to -v 2c -c public $services", $row, 'version 2c');
works(".snmp get -v2c -cpublic $to $services", $row, 'options first, and joined');
works(".snmp get $to $v3{$_} $services", $row, "version 3, $_") for sort keys %v3;
works(".snmp get localhost:" . $agent->port . " -v 2c -c public $services", $row, 'by name');
works(".snmp get udp:$to -v 2c -c public $services", $row, 'with the transport first, as snmpget has it');
works(".snmp get tcp:$to -v 2c -c public $services", $row, 'by TCP');
works(".snmp get tcp:localhost:" . $agent->port . " $v3{priv} $services", $row, '... by name, version 3');
my $any = '-l authPriv -A authpass123 -X privpass123';
my $old = ".snmp get $to -v 3 -u old $any -a MD5 -x DES $services";
works($old, $row, 'version 3, MD5 and DES') unless snmp($old)->stderr =~ /Invalid \w+ protocol/;	# libraries may be without them
works(".snmp get $to -v 3 -u sha$_ $any -a SHA-$_ -x AES $services", $row, "version 3, SHA-$_ and AES") for 224, 256, 384, 512;
if (Snmpd->ipv6) {
	my $six = '[::1]:' . $agent->port;
	works(".snmp get $six -v 2c -c public $services", $row, 'by IPv6');
	works(".snmp get udp6:$six $v3{priv} $services", $row, '... with the transport first, version 3');
	fails(".snmp get udp:$six -v 2c -c public $services", 2, qr/\[::1\]:\d+: udp: and tcp: are for IPv4$/, '... with the wrong one');
	fails(".snmp get udp6:$to -v 2c -c public $services", 2, qr/127\.0\.0\.1:\d+: udp6: and tcp6: are for IPv6$/, '... or the other way round');
}

# Users of v3 are not mixed up: one name, several pass phrases, one after the other.
my $r = snmp(join "\n", map { ".snmp get $to -v 3 -u auth -l authNoPriv -a SHA -A $_ $services" } qw(authpass123 wrongpass123 authpass123));
is $r->status, 1, 'a wrong pass phrase between two right ones';
is $r->stdout, $row, '... the first works, then a script stops';
$r = snmp((join "\n", map { ".snmp get $to -v 3 -u auth -l authNoPriv -a SHA -A $_ $services" } qw(authpass123 wrongpass123 authpass123)),
	options => ['--keep-going']);
is $r->stdout, $row x 2, '... or continues';

# --- values ---

$r = snmp(".snmp get $to -v 2c -c public $object{contact} $services $object{uptime} 1.3.6.1.2.1.1.2.0 1.3.6.1.2.1.99.0", options => ['-o', 'json']);
is $r->status, 0, 'several objects';
my @rows = split /\n/, decode('UTF-8', $r->stdout);
is $rows[0], '[".1.3.6.1.2.1.1.4.0","STRING","Jörg <joerg@example.net>"]', 'text';
is $rows[1], '[".1.3.6.1.2.1.1.7.0","INTEGER",72]', 'a number';
like $rows[2], qr/^\["\.1\.3\.6\.1\.2\.1\.1\.3\.0","Timeticks",\d+\]$/, 'ticks are a number where programs read';
like $rows[3], qr/^\["\.1\.3\.6\.1\.2\.1\.1\.2\.0","OID","\.1\.3\.6\.1\.4\.1\.8072[\d.]*"\]$/, 'an OID';
is $rows[4], '[".1.3.6.1.2.1.99.0","noSuchObject",null]', 'an object that is not there';
works(".snmp get $to -v 2c -c public $object{uptime}", qr/^\S+ +Timeticks +(?:\d+d )?\d\d:\d\d:\d\d\.\d\d$/m, 'ticks are a time in a table',
	options => ['-o', 'table']);
works(".snmp get $to -v 2c -c public $services", qr/^"?oid"?,type,value\r\n\.1\.3\.6\.1\.2\.1\.1\.7\.0,INTEGER,72\r\n\z/, 'csv', options => ['-o', 'csv']);
works(".snmp get $to -v 2c -c public $services", qq({"oid":".1.3.6.1.2.1.1.7.0","type":"INTEGER","value":72}\n), 'records', options => ['-o', 'records']);

# --- names without MIB files, and what snmpwalk's users type ---

works(".snmp get $to -c public $services", $row, '-c without -v is 2c');
like snmp(".snmp get $to -c public $services", options => ['-v'])->stderr, qr/SNMP version 2c$/m, '... and no other version';
works(".snmp get $to -v 1 -c public sysServices.0", $row, 'a name of the system group');
works(".snmp get $to -c public SNMPv2-MIB::sysServices.0", $row, '... with its module');
works(".snmp get $to -c public sysServices.0", qr/^sysServices\.0 +INTEGER +72$/m, '... in tables, too', options => ['-o', 'table']);
works(".snmp walk $to -c public sysORTable", qr/\A(?:oid.*\n-.*\n)?sysORID\.1 (?:.*\n)+sysORDescr\.1 (?:.*\n)*sysORUpTime\.1 /, 'the table of that group',
	options => ['-o', 'table']);
works(".snmp walk $to -c public interfaces", qr/^\.1\.3\.6\.1\.2\.1\.2\.2\.1\.2\.1\tSTRING\tlo$/m, 'the interfaces group');
works(".snmp walk $to -c public ifName", qr/\A\.1\.3\.6\.1\.2\.1\.31\.1\.1\.1\.1\.1\tSTRING\tlo$/m, 'a column of ifXTable');
works(".snmp bulkwalk $to -c public ifDescr.1", ".1.3.6.1.2.1.2.2.1.2.1\tSTRING\tlo\n", 'bulkwalk is another name for walk');
fails(".snmp get $to -c public ifDescr.x", 2, qr/ifDescr\.x: not an object's numbers/, 'only numbers follow a name');
fails(".snmp get $to -c public sysServicesX.0", 2, qr/sysServicesX\.0: not an object's numbers/, 'an unknown name');

# --- next, bulk, walk ---

works(".snmp getnext $to -v 2c -c public 1.3.6.1.2.1.1.6.0", $row, 'getnext');
is scalar(() = snmp(".snmp getbulk $to -v 2c -c public -Cr7 $system")->stdout =~ /\n/g), 7, 'getbulk, as many as asked for';
is scalar(() = snmp(".snmp getbulk $to -v 2c -c public -Cn1 -Cr2 $services $system")->stdout =~ /\n/g), 3, '... and some of them once';
my $walk = snmp(".snmp walk $to -v 2c -c public $system")->stdout;
like $walk, qr/\A\.1\.3\.6\.1\.2\.1\.1\.1\.0\t.*^\Q$row\E/ms, 'a walk';
is scalar(grep { !/^\.1\.3\.6\.1\.2\.1\.1\./ } split /\n/, $walk), 0, '... within its root';
my $ticks = sub { $_[0] =~ s/\tTimeticks\t.*//mgr };
is $ticks->(snmp(".snmp walk $to -v 1 -c public $system")->stdout), $ticks->($walk), '... is the same in version 1';
is $ticks->(snmp(".snmp walk $to $v3{priv} $system")->stdout), $ticks->($walk), '... and in version 3';
is $ticks->(snmp(".snmp walk $to -v 2c -c public -Cr1 $system")->stdout), $ticks->($walk), '... and one by one';
works(".snmp walk $to -v 2c -c public $services", $row, 'a walk of a leaf is the leaf');
works(".snmp walk $to -v 2c -c public $services 1.3.6.1.2.1.1.99", "$row.1.3.6.1.2.1.1.99\tnoSuchObject\t\n", '... and of nothing says so');
works(".snmp walk $to -v 2c -c public $system", qr/\Aoid\ttype\tvalue\n(?!.*^oid)/ms, 'headings once', options => ['--header']);

# --- set ---

my $set = "1.3.6.1.2.1.1.5.0";
works(".snmp set $to -v 2c -c private $set s 'a name'", ".$set\tSTRING\ta name\n", 'set');
works(".snmp get $to -v 2c -c public $set", ".$set\tSTRING\ta name\n", '... is set');
fails(".snmp set $to -v 2c -c private $set i -5", 1, qr/: wrongType \(\.$set\)$/, 'a negative number is a value; of the wrong type');
fails(".snmp set $to -v 2c -c public $set s x", 1, qr/: noAccess \(\.$set\)$/, 'a community that may only read');
fails(".snmp set $to -v 2c -c private $services i 5", 1, qr/: notWritable \(\.1\.3\.6\.1\.2\.1\.1\.7\.0\)$/, 'what cannot be written');
for (['i -5', 'INTEGER', -5], ['i 2147483647', 'INTEGER', 2147483647], ['u 4294967295', 'Gauge32', 4294967295], ['t 123', 'Timeticks', 123],
	['a 10.1.2.3', 'IpAddress', '10.1.2.3'], ['o 1.3.6.1.4.1.1', 'OID', '.1.3.6.1.4.1.1'], ["s 'a b'", 'STRING', 'a b'], ["s ''", 'STRING', ''],
	["x '00 FF 41'", 'Hex-STRING', '00 FF 41'], ['x 00ff41', 'Hex-STRING', '00 FF 41'], ['d 0.255.65', 'Hex-STRING', '00 FF 41'],
	['b 0,2', 'Hex-STRING', 'A0'], ["s 'j\x{f6}rg'", 'STRING', "j\x{f6}rg"]) {
	my ($typed, $type, $value) = @$_;
	my $object = Snmpd::SETTABLE;
	my $wanted = encode('UTF-8', ".$object\t$type\t$value\n");
	works(".snmp set $to -v 2c -c private $object $typed", $wanted, encode('UTF-8', "set $typed"));
	is snmp(".snmp get $to -v 2c -c public $object")->stdout, $wanted, '... and it is that';
}
for my $bad ('i 2147483648', 'i -2147483649', 'i 12x', 'i 0x10', "i ''", "i ' 5'", 'i 1.5', 'u 4294967296', 'u -1', 't 99999999999', 'c -1', 'a host', 'a 1.2.3.4.5',
	'o nonsense', 'x 0', 'x zz', 'd 1.256', 'ii 5', "'' 5") {
	my ($type, $value) = map { s/'//gr } split ' ', $bad, 2;
	fails(".snmp set $to -v 2c -c private " . Snmpd::SETTABLE . " $bad", 2, qr/\Q$type $value\E: not a type's letter and a value of it/, "set $bad: refused");
}
works(".snmp set $to -v 2c -c private $set s one " . Snmpd::SETTABLE . ' i 7', qr/\A\.\Q$set\E\tSTRING\tone\n\S+\tINTEGER\t7\n\z/, 'two at once');
fails(".snmp set $to -v 2c -c private $set q x", 2, qr/q x: not a type's letter/, 'an unknown type');
fails(".snmp set $to -v 2c -c private $set s", 2, qr/OID TYPE VALUE/, 'no value');
fails(".snmp set $to -v 2c -c private $set s x", 2, qr/refused by --read-only/, '--read-only', options => ['-r']);

# --- what goes wrong ---

my ($dead, $hold) = Snmpd->dead;
my $start = time;
fails(".snmp get $dead -v 2c -c public -t 0.2 -r 2 $services", 6, qr/\Q$dead\E: no answer in time$/, 'a dead host');
cmp_ok time - $start, '>', 0.55, '... is asked three times';
my @asked;
$hold->blocking(0);
while (defined $hold->recv(my $bytes, 2048)) { push @asked, $bytes }
is scalar @asked, 3, '... exactly';
fails(".snmp get $dead $v3{priv} -t 0.2 -r 0 $services", 6, qr/no answer in time$/, 'a dead host, version 3');
fails(".snmp get $to -v 2c -c wrong -t 0.3 -r 0 $services", 6, qr/no answer in time$/, 'a wrong community');
fails(".snmp get $to -v 3 -u auth -l authNoPriv -a SHA -A wrongpass123 $services", 1, qr/Authentication failure/, 'a wrong pass phrase');
fails(".snmp get $to -v 3 -u auth -l authPriv -a SHA -A authpass123 -x AES -X privpass123 $services", 1, qr/Unsupported security level/i,
	'a level that the user does not have');
fails(".snmp get $to -v 3 -u priv -l authPriv -a SHA -A authpass123 -x AES -X wrongpass123 -t 2 -r 0 $services", 6,
	qr/no answer in time \(a wrong privacy pass phrase\?\)$/, 'a wrong privacy pass phrase');
fails(".snmp get $to -v 3 -u nosuchuser -l noAuthNoPriv $services", 1, qr/Unknown user name/, 'an unknown user');
fails(".snmp get $to -v 1 -c public 1.3.6.1.2.1.99.0", 1, qr/: noSuchName \(\.1\.3\.6\.1\.2\.1\.99\.0\)$/, 'version 1: no such name');
fails(".snmp get nosuch.invalid -v 1 -c public $services", 3, qr/nosuch\.invalid: /, 'an unknown host');

# Hostile text of agents; control characters reach no terminal.
for (
	['Counter64', '18446744073709551615', 0x46, "\0" . "\xff" x 8], ['Counter32', '4294967295', 0x41, "\0\xff\xff\xff\xff"],
	['Gauge32', '4294967295', 0x42, "\0\xff\xff\xff\xff"], ['INTEGER', '-2147483648', 2, "\x80\0\0\0"], ['UInteger32', '5', 0x47, "\5"],
	['OID', '".0"', 6, ''], ['Opaque', '1.5', 0x44, "\x9f\x78\4\x3f\xc0\0\0"], ['Opaque', '"inf"', 0x44, "\x9f\x78\4\x7f\x80\0\0"],
	['Opaque', '"01 02"', 0x44, "\1\2"], ['NULL', 'null', 5, ''], ['Hex-STRING', '"61 00 62"', 4, "a\0b"], ['Hex-STRING', '"1B 5B 32 4A"', 4, "\e[2J"],
	['Hex-STRING', '"C2 9B 32 4A"', 4, "\xc2\x9b2J"], ['STRING', '"two\\nlines"', 4, "two\nlines"], ['Hex-STRING', '"FF FE"', 4, "\xff\xfe"],
	['BITS', '"00 A0"', 3, "\0\xa0"], ['noSuchObject', 'null', 0x80, ''], ['noSuchInstance', 'null', 0x81, ''], ['endOfMibView', 'null', 0x82, ''],
) {
	my ($type, $value, $tag, $bytes) = @$_;
	my ($fake, $process) = Snmpd->fake(sub { Snmpd::reply($_[0], [['1.3.6.1.9', Snmpd::ber($tag, $bytes)]]) });
	works(".snmp get $fake -v 2c -c public 1.3.6.1.9", qq([".1.3.6.1.9","$type",$value]\n), "an agent says $type $value", options => ['-o', 'json']);
	$process->stop;
}

# Answers with a few bytes changed: each run must end with a status, and its output must be harmless.
{
	srand 1;
	my @values = (Snmpd::ber(0x46, "\0" . "\xff" x 8), Snmpd::ber(6, "\x2b\6\1"), Snmpd::ber(0x44, "\x9f\x78\4\x3f\xc0\0\0"), Snmpd::ber(4, "text \xc3\xbc"),
		Snmpd::integer(-5), Snmpd::ber(0x40, "\1\2\3\4"), Snmpd::ber(0x43, "\1\2"), Snmpd::ber(3, "\0\1"), Snmpd::ber(5, ''));
	my @rows = map { ["1.3.6.1.9.1.$_", $values[$_ % @values]] } 1 .. 40;
	my ($fake, $process) = Snmpd->fake(sub {
		my $answer = Snmpd::reply($_[0], [@rows[map { int rand @rows } 1 .. 8]]) // return undef;
		substr($answer, 30 + int rand(length($answer) - 30), 1) = chr int rand 256 for 1 .. 1 + int rand 4;
		return $answer;
	});
	my $options = "$fake -v 2c -c public -t 0.02 -r 4 1.3.6.1.9";
	my @wrong;
	for my $format (map { ($_) x 2 } qw(table tsv csv json records)) {
		my $r = snmp(join("\n", map { ".snmp $_ $options" } qw(getbulk get walk)), options => ['--keep-going', '-o', $format]);
		push @wrong, "$format: status " . $r->status . ': ' . $r->stderr unless $r->status =~ /^[0126]$/;
		my $shown = ($format eq 'csv' ? $r->stdout =~ s/\r\n/\n/gr : $r->stdout) . $r->stderr;
		push @wrong, "$format: a control character" if $shown =~ /[\x00-\x08\x0b-\x1f\x7f]/;
	}
	is "@wrong", '', 'answers that are mangled';
	$process->stop;
}

# A long walk takes no more memory than a short one; SIGPIPE ends it.
my $long = sub {
	my ($most) = @_;
	return Snmpd->fake(sub {
		my ($at) = (Snmpd::asked($_[0]) // '') =~ /^1\.3\.6\.1\.9\.1\.(\d+)/;
		Snmpd::reply($_[0], [map { $_ <= $most ? ["1.3.6.1.9.1.$_", Snmpd::ber(4, "the value of row $_, which takes some room")] :
			['1.3.6.1.9.2', Snmpd::ber(4, 'x')] } ($at // 0) + 1 .. ($at // 0) + 200]);
	});
};
my %peak;
for my $most (400, 60_000) {
	my ($fake, $process) = $long->($most);
	# It stays until its input ends: then its peak can be read for certain.
	my $run = Run->begin(args => ['-X'], open => 1, stdin => ".snmp walk $fake -v 2c -c public -Cr200 1.3.6.1.9.1\n.echo ended\n");
	$run->wait_for(stdout => qr/^ended$/m);
	($peak{$most}) = Box::slurp('/proc/' . $run->pid . '/status') =~ /^VmHWM:\s+(\d+)/m;
	$run->close_input;
	$run->finish;
	is $run->status, 0, "a walk of $most rows";
	is scalar(() = $run->stdout =~ /\n/g), $most + 1, '... has them all';
	$process->stop;
}
cmp_ok $peak{60_000}, '<', $peak{400} + 2048, '... and takes no more memory' unless $ENV{PTSH_TEST_SANITIZED};
my ($endless, $endless_agent) = $long->(1_000_000_000);
my $piped = qx(timeout 120 '$ENV{PTSH}' -X -c '.snmp walk $endless -v 2c -c public -Cr50 1.3.6.1.9.1' | head -n 1);
is $piped, ".1.3.6.1.9.1.1\tSTRING\tthe value of row 1, which takes some room\n", 'an endless walk into head';
$endless_agent->stop;

# One that stops answering in the middle: what has come is shown.
my $turns = File::Temp->new;
my ($half, $half_agent) = Snmpd->fake(sub {
	syswrite $turns, '.';
	return undef if -s $turns->filename > 1;
	Snmpd::reply($_[0], [map { ["1.3.6.1.9.1.$_", Snmpd::integer($_)] } 1 .. 3]);
});
$r = snmp(".snmp walk $half -v 2c -c public -t 0.2 -r 0 1.3.6.1.9.1");
is $r->status, 6, 'a walk that breaks off';
is $r->stdout, join('', map { ".1.3.6.1.9.1.$_\tINTEGER\t$_\n" } 1 .. 3), '... what has come is shown';
$half_agent->stop;

# Agents that misbehave.
my $times = 0;
my ($fake, $process) = Snmpd->fake(sub { $times++ < 50 ? $_[0] =~ s/\xa1/\xa2/r : undef });
fails(".snmp walk $fake -v 1 -c public -t 0.3 -r 0 1.3.6.1.2.1", 1, qr/out of order: the walk would never end$/, 'the same object again');
$process->stop;
my $counted = File::Temp->new;
($fake, $process) = Snmpd->fake(sub {
	syswrite $counted, '.';
	return $_[0] =~ s/\xa5(.\x02.*?)\x02\x01\x00\x02\x01.(?=\x30)/\xa2$1\x02\x01\x01\x02\x01\x00/sr;
});
fails(".snmp walk $fake -v 2c -c public 1.3.6.1.2.1", 1, qr/: tooBig$/, 'everything is too big');
is -s $counted->filename, 4, '... also a half of it, and a half of that';
$process->stop;
for my $garbage ('', "\x30", "\x30\x84\xff\xff\xff\xff", "\x30\x03\x02\x01\x01", 'x' x 3000) {
	($fake, $process) = Snmpd->fake(sub { $garbage });
	fails(".snmp get $fake $_ -t 0.1 -r 0 1.3.6.1", 6, qr/no answer in time$/, 'garbage of ' . length($garbage) . ' bytes') for '-v 2c -c public', $v3{priv};
	$process->stop;
}

# By TCP: no listener, one that is silent, that closes at once or after the query, or that answers no SNMP.
my $listener = sub {
	my ($serve) = @_;
	my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or die $@;
	my $parent = $$;
	my $pid = Child::start(sub {
		local $SIG{PIPE} = 'IGNORE';
		while (getppid == $parent) {
			IO::Select->new($socket)->can_read(0.5) or next;
			my $client = $socket->accept or next;
			$serve->($client);
		}
	});
	return ('tcp:127.0.0.1:' . $socket->sockport, $pid);
};
my $closed = do { my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die $@; 'tcp:127.0.0.1:' . $s->sockport };
fails(".snmp get $closed -v 2c -c public $services", 3, qr/: cannot connect: 127\.0\.0\.1 port \d+: Connection refused$/, 'TCP without a listener');
my @kept;
my $frame = "\x30\x84\x7f\xff\xff\xff";
for my $how (
	[sub { push @kept, $_[0] }, 6, qr/no answer in time$/, 'says nothing'],
	[sub { }, 3, qr/the agent has closed the connection$/, 'goes away at once'],
	[sub { sysread $_[0], my $bytes, 1000 }, 3, qr/the agent has closed the connection$/, 'goes away after the question'],
	[sub { sysread $_[0], my $bytes, 1000; syswrite $_[0], 'no SNMP' x 1000; push @kept, $_[0] }, 3, qr/the agent has closed the connection$/, 'speaks something else'],
	[sub { sysread $_[0], my $bytes, 1000; syswrite $_[0], $frame . 'x' x 100_000; push @kept, $_[0] }, qr/^[36]$/, qr/closed the connection$|no answer in time$/, 'promises two gigabytes'],
) {
	my ($serve, $status, $text, $what) = @$how;
	for my $version ('-v 2c -c public', $v3{priv}) {
		my ($address, $pid) = $listener->($serve);
		$r = snmp(".snmp get $address $version -t 0.3 -r 0 $services");
		like $r->status, ref $status ? $status : qr/^$status$/, "TCP, and it $what";
		like $r->stderr, $text, '... which is reported';
		kill KILL => $pid;
		waitpid $pid, 0;
	}
}

for (
	['.snmp', qr/usage: \.snmp get/], ['.snmp fetch h 1.3', qr/fetch: no such operation; use get, getnext/], ['.snmp get', qr/HOST is missing/],
	[".snmp get $to", qr/an OID is missing/], [".snmp get $to -v 9 -c x 1.3", qr/Invalid version specified after -v flag$/],
	[".snmp get $to -v 3 -u a -l none 1.3", qr/Invalid security level/],
	[".snmp get $to -v 3 -u a -l authNoPriv -A short12 1.3", qr/below the length requirements/],
	[".snmp get $to -v 3 -u a -l authNoPriv -a authpass123 -A SHA 1.3", qr/Invalid authentication protocol specified after -3a flag$/],
	[".snmp get $to -v 2c 1.3", qr/No community name specified/], [".snmp get $to -v 2c -c", qr/-c needs an argument/],
	[".snmp get $to -D all 1.3", qr/-D is not an option here/], [".snmp get $to -Cx 1.3", qr/-C takes/],
	[".snmp get $to:99999 -v1 -c x 1.3", qr/not HOST or HOST:PORT/], [".snmp get http:$to -v1 -c x 1.3", qr/not HOST or HOST:PORT/],
	[".snmp get h:0 -v1 -c x 1.3", qr/the port is a number/], [".snmp get '' -v1 -c x 1.3", qr/not HOST/],
	[".snmp get $to -v 1 -c x sysNonsense.0", qr/sysNonsense\.0: not an object's numbers/],
	[".snmp check lab tcp:$to", qr/check uses UDP only, as the box does/],
	[".snmp check lab $to -c public", qr/check takes -t and -r/], ['.snmp check lab', qr/usage: \.snmp check REALM HOST/],
) {
	fails($_->[0], 2, $_->[1], "usage: $_->[0]");
}
works(".snmp get $to -v 2c -c public $services", '', '--dry-run sends no query', options => ['-n']);

# --- snmp.conf ---

my $home = Run::new_home();
mkdir "$home/.snmp";
Box::write_file("$home/.snmp/snmp.conf", "defVersion 3\ndefSecurityName priv\ndefSecurityLevel authPriv\ndefAuthType SHA\n"
	. "defAuthPassphrase authpass123\ndefPrivType AES\ndefPrivPassphrase privpass123\n");
works(".snmp get $to $services", $row, 'what is not given comes from snmp.conf', run => { home => $home });
works(".snmp get $to -v 2c -c public $services", $row, '... and what is given wins', run => { home => $home });
is_deeply [sort map { s/.*\///r } glob("$home/.snmp/* $home/state/*")], ['snmp.conf'], 'no file is left';

# --- names ---

my $mibs = "$home/mibs";
mkdir $mibs;
Box::write_file("$mibs/PTSH-TEST-MIB.txt", <<'MIB');
PTSH-TEST-MIB DEFINITIONS ::= BEGIN
internet OBJECT IDENTIFIER ::= { iso org(3) dod(6) 1 }
mgmt OBJECT IDENTIFIER ::= { internet 2 }
mib-2 OBJECT IDENTIFIER ::= { mgmt 1 }
system OBJECT IDENTIFIER ::= { mib-2 1 }
sysServices OBJECT-TYPE
	SYNTAX INTEGER { nothing(0), everything(72) }
	ACCESS read-only
	STATUS mandatory
	DESCRIPTION ""
	::= { system 7 }
END
MIB
my %with = (run => { home => $home, env => { MIBS => 'PTSH-TEST-MIB', MIBDIRS => $mibs } });
works(".snmp get $to -v 2c -c public sysServices.0", "PTSH-TEST-MIB::sysServices.0\tINTEGER\t72\n", 'names where there is a MIB', %with);
works(".snmp get $to -v 2c -c public sysServices.0", qr/^PTSH-TEST-MIB::sysServices\.0 +INTEGER +everything\(72\)$/m, '... and of values, in a table',
	%with, options => ['-o', 'table']);

# --- nothing waits for an agent ---

my $rfc3339 = qr/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d/;

my $box = Box->start('--auth', 'none', '--events', 50);
for my $how ("-v 2c -c public", $v3{auth}) {
	my $run = Run->begin(args => ['-e', '*', '-c', 'ping', '-c', ".snmp get $dead $how -t 1.5 -r 0 $services", $box->address]);
	$run->finish;
	is $run->status, 6, "a dead host ($how)";
	cmp_ok scalar(() = $run->stdout =~ /^$rfc3339\tevent\t/mg), '>', 20, '... and events continue meanwhile';
}
my $slow = $agent->relay(delay => 0.5);
$r = Run->ptsh(args => ['-e', '*', '-c', 'ping', '-c', ".snmp walk $slow -v 2c -c public $system", $box->address]);
is $r->status, 0, 'a walk of a slow agent';
is $ticks->($r->stdout =~ s/^(?:$rfc3339\tevent\t|\d+\.).*\n//mgr), $ticks->(snmp(".snmp walk $to -v 2c -c public $system")->stdout),
	'... has all rows';
like $r->stdout, qr/^\.1\.3\.6[^\n]*\n$rfc3339\tevent\t.*^$rfc3339\tevent\t[^\n]*\n\.1\.3\.6/ms, '... with events between them';
$start = time;
my @line = (".snmp get $slow -t 10 $v3{priv} $services &") x 10;
$r = snmp(join("\n", @line), box => [$box->address]);
is $r->status, 0, 'ten jobs';
is $r->stdout, $row x 10, '... all answered';
# One after the other these are 10 s at least.
cmp_ok time - $start, '<', 8, '... at once';
is scalar(() = $r->stderr =~ /^ptsh: stdin:\d+: \[\d+\] \.snmp get .* -A \? .* -X \? \S+: done, \d+\.\ds$/mg), 10, '... reported without their secrets';

# ^C
my $run = Run->begin(args => ['-c', ".snmp get $dead -v 2c -c public -t 20 $services"]);
$run->turn(0.3);
kill INT => $run->pid for 1, 2;
$run->finish;
is $run->status, 130, 'an interrupted one ends';
$box->stop;

# --- check ---

my $lab = Box->start('--auth', 'none');
my @lab = (box => [$lab->address]);
my $entries = '[["127.0.0.0",8,[[2,["too","short"]]],1],["127.0.0.0",24,[[2,["public","wrong"]],[3,"auth","authpass123",null,null,"sha",null],'
	. '[3,"priv","authpass123","privpass123",null,"SHA1","aes"],[3,"priv","wrongpass123","privpass123",null,"sha","aes"],[3,"plain","",null]],1],'
	. '["127.0.1.0",24,[],0]]';
is snmp("realm_snmp_credential_list_modify Lab --add $entries", @lab)->status, 0, 'credentials for the realm';
$r = snmp(".snmp check Lab $to -t 3 -r 0", @lab);
is $r->status, 0, 'a check: something has answered';
is $r->stderr, '', '... without a failure';
my @check = map { [split /\t/, $_, -1] } split /\n/, $r->stdout;
is_deeply [map { [@$_[0 .. 2]] } @check], [['127.0.0.0/24', '2c', 'community 1'], ['127.0.0.0/24', '2c', 'community 2'], ['127.0.0.0/24', 3, 'auth'],
	['127.0.0.0/24', 3, 'priv'], ['127.0.0.0/24', 3, 'priv'], ['127.0.0.0/24', 3, 'plain']], 'the longest prefix, each of its credentials';
is_deeply [map { $_->[4] =~ /^(\w+ \w+|\w+)/ } @check], ['answered', 'no answer', 'answered', 'answered', 'Authentication failure', 'answered'],
	'... and what became of it';
is scalar(grep { ($_->[3] =~ /^\d+$/) == ($_->[4] eq 'answered') } @check), 6, '... the time it took';
is scalar(grep { $_->[4] ne 'answered' || ($_->[5] =~ /^\d+$/ && $_->[6] ne '') } @check), 6, '... sysUpTime and sysDescr';
unlike $r->stdout, qr/public|wrong\t|wrongpass|authpass|privpass/, 'no secret is shown';
$r = snmp(".set reveal on\n.snmp check Lab $to -t 3 -r 0", @lab);
like $r->stdout, qr/\tpublic\t.*\twrong\t.*\tauth authpass123 -\t.*\tpriv authpass123 privpass123\t/s, '... but with .set reveal on';
# By name; and each failure has its own reason.
$entries = '[["127.0.0.1",32,[[3,"auth","wrongpass123",null,null,"sha",null],[3,"nosuchuser","",null],[3,"priv","authpass123","wrongpass123",null,"sha","aes"],'
	. '[2,["nonsense"]]],1],["::1",128,[[2,["public"]]],1]]';
is snmp("realm_snmp_credential_list_modify Archive --add $entries", @lab)->status, 0, 'other credentials';
$r = snmp('.snmp check Archive localhost:' . $agent->port . ' -t 3 -r 0', @lab);
is $r->status, 1, 'a host by its name: none of them works';
my @why = map { (split /\t/)[4] } split /\n/, $r->stdout;
is $why[0], 'Authentication failure', '... a wrong pass phrase';
is $why[1], 'Unknown user name', '... an unknown user';
is $why[2], 'no answer in time (a wrong privacy pass phrase?)', '... a wrong privacy pass phrase';
is $why[3], 'no answer in time (a wrong community?)', '... a wrong community';
if (Snmpd->ipv6) {
	$r = snmp('.snmp check Archive [::1]:' . $agent->port . ' -t 3 -r 0', @lab);
	like $r->stdout, qr/\A::1\/128\t2c\tcommunity 1\t\d+\tanswered\t/, 'by IPv6';
	is scalar(() = $r->stdout =~ /\n/g), 1, '... and nothing else';
}
my $crowd = join ',', map { qq("c$_") } 1 .. 300;
is snmp(qq(realm_snmp_credential_list_modify Archive --add [["127.0.0.2",32,[[2,[$crowd]]],1]]), @lab)->status, 0, 'three hundred communities';
$r = snmp('.snmp check Archive 127.0.0.2:9 -t 2 -r 0', @lab);	# one after the other these are eight minutes
is scalar(() = $r->stdout =~ /\n/g), 256, '... 256 of them are tried';
like $r->stderr, qr/44 more of the realm's communities and users are not tried$/, '... and the others are mentioned';

$r = snmp(".snmp check Lab 127.0.1.9", @lab);
is $r->status, 1, 'an excluded host';
is $r->stdout, "127.0.1.0/24\t\t\t\texcluded\t\t\n", '... is not asked';
fails('.snmp check Lab 192.0.2.1', 1, qr/the realm has no credentials for this address/, 'no entry at all', @lab);
fails('.snmp check Lob 127.0.0.1', 2, qr/Lob: no such realm; there is .*Lab/, 'no such realm', @lab);
$r = snmp(".snmp check Lab $dead -t 0.2 -r 0", @lab);
is $r->status, 6, 'no answer';
is scalar(() = $r->stdout =~ /no answer in time/g), 6, '... to anything';

# Boxes show version entries nested, as above, and side by side.
my $side = Box->start(script => <<'SCRIPT');
hello none
expect "realm_snmp_credential_list","1"
reply 1,["127.0.0.0",8,[2,["public"]],[3,"auth","authpass123",null,"SHA",null],1],["10.0.0.0",8,[2,["public"]],1],["127.0.0.1","",[2,["x"]],1],["127.0.0.1"," 32",[2,["x"]],1],["127.0.0.1","32x",[2,["x"]],1],["127.0.0.1",129,[2,["x"]],1]
drain
SCRIPT
$r = snmp(".snmp check 1 $to -t 3 -r 0", box => [$side->address]);
is $r->status, 0, 'version entries side by side';
is_deeply [map { (split /\t/)[2, 4] } split /\n/, $r->stdout], ['community 1', 'answered', 'auth', 'answered'], '... are the same';
is $side->wait, 0, '... and the box was asked once; what is no prefix is ignored';
my $trace = "$home/trace";
$r = snmp(".snmp check Lab $to -t 3 -r 0", @lab, options => ['--trace', $trace]);
unlike Box::slurp($trace), qr/public|authpass|privpass/, 'a trace of it has no secret';
$lab->stop;
$agent->stop;

done_testing;
