#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# SRV records: a box located by DNS, with a name server of the test's own; targets that are dead, silent, another box, or not
# there; and which name is trusted.
use strict;
use warnings;
use Test::More;
use FindBin;
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(time);
use Box;
use Certs;
use Child;
use Dns;
use Run;

plan skip_all => 'not with a sanitizer: the shim cannot be loaded before it' if $ENV{PTSH_TEST_SANITIZED};

my $box = Box->start('--auth', 'none');
my $port = $box->port;
my $name = '_porttracker._tcp.box.example';
my @hosts = ('a.example' => '127.0.0.1', 'b.example' => '127.0.0.1', 'dead.example' => '127.0.0.3', 'box.example' => '127.0.0.4');
my $dead = do { my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.3', Listen => 1) or die $@; $s->sockport };
my $silent = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or die $@;	# the kernel accepts, and nothing is ever sent

# A port that greets as something else, or goes away at once.
sub service {
	my ($text) = @_;
	my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or die $@;
	my $parent = $$;
	my $pid = Child::start(sub {
		while (getppid == $parent) {
			IO::Select->new($listener)->can_read(0.5) or next;
			my $client = $listener->accept or next;
			syswrite $client, $text if $text ne '';
			IO::Select->new($client)->can_read(5) if $text ne '';
		}
	});
	return ($listener->sockport, $pid);
}
my ($ssh, $ssh_pid) = service("SSH-2.0-OpenSSH_9.2\r\n");
my ($shut, $shut_pid) = service('');

my ($dns, $run);
sub ping {
	my ($records, @o) = @_;
	my %o = (to => 'box.example', options => [], hosts => \@hosts, @o);

	$dns = Dns->start(ref $records eq 'HASH' ? %$records : ($name => $records));
	$run = Run->ptsh(args => ['-w', '-v', '--auth', 'none', @{ $o{options} }, '-c', 'ping', $o{to}],
		env => { %{ $dns->env(@{ $o{hosts} }) }, %{ $o{env} // {} } }, home => $o{home});
	return $run;
}
sub works {
	my ($records, $what, @o) = @_;

	ping($records, @o);
	is $run->status, 0, $what or diag $run->stderr;
	like $run->stdout, qr/^\d+\.\d+\t\d+\n\z/, '... and the box has answered';
}
sub reports { my ($pattern, $what) = @_; like $run->stderr, $pattern, "... $what" }

# --- where it is ---

works([[10, 0, $port, 'a.example']], 'a record gives host and port');
reports(qr/^ptsh: box\.example: \Q$name\E is a\.example port $port$/m, '-v prints it');
reports(qr/^ptsh: box\.example: a\.example is 127\.0\.0\.1 port $port$/m, 'and the target\'s address');
is_deeply [$dns->asked], [$name], '... the name server was asked once';
works([[20, 0, $dead, 'dead.example'], [10, 0, $port, 'a.example']], 'the lower priority is tried first');
unlike $run->stderr, qr/refused/, '... and the other not at all';
works(['truncated', [[10, 0, $port, 'a.example']]], 'an answer that only TCP has room for');
works({ '_http._tcp.box.example' => [[1, 0, $port, 'a.example']] }, 'the service is the port\'s name', to => 'box.example:http');
works({ '_new._tcp.box.example' => [[1, 0, $port, 'a.example']] }, '... also of one that this machine does not know', to => 'box.example:new=9');
works({ '_porttracker._tcp.box.example' => [[1, 0, $port, 'a.example']] }, 'a dot at the end', to => 'box.example.');
works({ '_porttracker._tcp.box.corp.example' => [[1, 0, $port, 'a.example']] }, 'a name short of its domain', to => 'box',
	env => { LOCALDOMAIN => 'nowhere.example corp.example' });
works({}, 'a number as the port asks for no record', to => "a.example:$port");
is_deeply [$dns->asked], [], '... no query was sent';
works({}, '... and an address is not looked up', to => "127.0.0.1:$port");
ping({}, to => 'localhost', hosts => [localhost => '127.0.0.4']);
is_deeply [$dns->asked], [], '... nor localhost';

# --- none ---

for (['none', {}, qr/^ptsh: box\.example: no SRV record \Q$name\E: trying the name itself$/m],
	['an empty answer', [], qr/no SRV record/], ['garbage', 'garbage', qr/no SRV record/], ['a server that fails', 'servfail', qr/no SRV record/],
	['an answer that does not come', 'silent', qr/no answer in time for the SRV record \Q$name\E: trying the name itself$/m]) {
	my ($what, $records, $pattern) = @$_;
	ping($records, options => ['--connect-timeout', 1000]);
	is $run->status, 3, "$what: the name itself, without a listener";
	reports($pattern, 'the reason is printed');
	reports(qr/127\.0\.0\.4 port 55: Connection refused/, 'at the default port');
}
ping([[0, 0, 0, '']]);
is $run->status, 3, 'a dot as the target: not here';
reports(qr/^ptsh: box\.example:55: cannot be looked up: its DNS says that it does not have this service \(SRV record `\.`\)$/m, 'which is printed');
unlike $run->stderr, qr/connecting/, '... and no connection is made';

# --- bad targets ---

my @good = [20, 0, $port, 'a.example'];
works([[10, 0, $dead, 'dead.example'], @good], 'a target without a listener');
reports(qr/^ptsh: box\.example: 127\.0\.0\.3 port $dead: Connection refused\nptsh: box\.example: trying 127\.0\.0\.1 port $port$/m, 'the reason to try the next');
works([[10, 0, $port, 'nowhere.example'], @good], 'a target that does not exist');
reports(qr/^ptsh: box\.example: nowhere\.example: \S/m, 'it is reported');
works([[10, 0, $port, 'hangs.example'], @good], 'a target that the name server keeps silent about', hosts => [@hosts, 'hangs.example' => 'HANG'],
	options => ['--connect-timeout', 1000]);
reports(qr/^ptsh: box\.example: hangs\.example: no answer in time, skipped$/m, 'it is left out');
my $start = time;
works([[10, 0, $silent->sockport, 'b.example'], @good], 'a target that accepts and says nothing', options => ['--connect-timeout', 6]);
reports(qr/^ptsh: box\.example: no greeting \(127\.0\.0\.1 port \d+\); trying the next address$/m, 'it is reported');
cmp_ok time - $start, '>', 2.9, '... after its share of the time';
works([[10, 0, $silent->sockport, 'b.example'], [11, 0, $silent->sockport, 'b.example'], [12, 0, $silent->sockport, 'b.example'], @good],
	'three of them', options => ['--connect-timeout', 8]);
is scalar(() = $run->stderr =~ /no greeting/g), 3, '... each has its share';
works([[10, 0, $ssh, 'b.example'], @good], 'a target that is something else');
reports(qr/^ptsh: box\.example: .*not a Porttracker.* \(127\.0\.0\.1 port \d+\); trying the next address$/m, 'it is reported');
works([[10, 0, $shut, 'b.example'], @good], 'a target that ends the connection at once');
reports(qr/closed the connection without a greeting; trying the next address$/m, 'it is reported');

# One whose SYN is lost: the next one is tried 250 ms later (RFC 8305), and the first one is closed.
my ($swallower, $swallow) = split ' ', qx($^X $FindBin::Bin/../faults/swallow.pl 127.0.0.5);
$start = time;
works([[10, 0, $swallow, 'lost.example'], @good], 'a target that does not answer', hosts => [@hosts, 'lost.example' => '127.0.0.5'],
	options => ['--connect-timeout', 1000]);
cmp_ok time - $start, '>', 0.24, '... is given a quarter of a second';
reports(qr/^ptsh: box\.example: trying 127\.0\.0\.1 port $port, too: the one before has not answered yet$/m, 'it is reported');
# One that does not greet while the one before does not answer: both are reported at the end.
ping([[10, 0, $swallow, 'lost.example'], [20, 0, $dead, 'dead.example']], hosts => [@hosts, 'lost.example' => '127.0.0.5'],
	options => ['--connect-timeout', 1]);
is $run->status, 3, 'all of them fail';
reports(qr/cannot connect in time: 127\.0\.0\.5 port $swallow: no answer; 127\.0\.0\.3 port $dead: Connection refused$/m, 'each with its reason');
kill KILL => $swallower;

ping([[10, 0, $dead, 'dead.example'], [20, 0, $dead, 'nowhere.example']]);
is $run->status, 3, 'where there are records, the name itself is not tried';
unlike $run->stderr, qr/127\.0\.0\.4/, '... whatever its address';
ping([[10, 0, $dead, 'nowhere.example'], [20, 0, $dead, 'nor.example']]);
is $run->status, 3, 'no target has an address';
reports(qr/cannot be looked up: SRV target nowhere\.example: /, 'the first one is named');
ping([[10, 0, $port, '-evil.example'], [10, 0, $port, "a\e[2J.example"], [10, 0, $port, 'a b.example']]);
unlike $run->stderr, qr/evil|\e|a b/, 'what is no host\'s name is ignored';
$box->stop;

# --- it is the name typed that is trusted ---

my $certs = Certs::directory();
my $tls = sub { Box->start('--auth', 'none', '--tls', 'offer', '--cert', "$certs/$_[0].pem", '--key', "$certs/$_[0].key") };
my $typed = '_porttracker._tcp.box.example.test';
my @verify = (to => 'box.example.test', options => ['--tls', 'verify', '--ca', "$certs/ca.pem"], hosts => ['elsewhere.example' => '127.0.0.1']);
$box = $tls->('wildcard');
works({ $typed => [[1, 0, $box->port, 'elsewhere.example']] }, 'a certificate for the name typed', @verify);
$box->stop;
$box = $tls->('wrong-name');
ping({ $typed => [[1, 0, $box->port, 'elsewhere.example']] }, @verify);
is $run->status, 5, 'a certificate for the target only';
reports(qr/certificate is not verified: .*[Hh]ostname/, 'is not trusted');
is scalar(grep { !/start_tls/ } $box->received), 0, '... and nothing was asked';

# The key is remembered under the name typed, and only that key will do, wherever DNS leads to.
my $home = Run::new_home();
my @known = (to => 'box.example.test', hosts => ['elsewhere.example' => '127.0.0.1', 'thief.example' => '127.0.0.1'], home => $home);
works({ $typed => [[1, 0, $box->port, 'elsewhere.example']] }, 'an unknown key', @known, options => ['--tls', 'on', '--accept-new']);
like Box::slurp("$home/data/ptsh/known_boxes"), qr/\Abox\.example\.test:55 sha256\/\/.*\n\z/, '... is remembered under the name typed';
my $thief = $tls->('other');
ping({ $typed => [[1, 0, $thief->port, 'thief.example']] }, @known, options => ['--tls', 'on', '--accept-new']);
is $run->status, 5, 'another key at another target';
reports(qr/KEY HAS CHANGED/, 'is another key');
$thief->stop;
# A name that leads to this machine: its users must not be taken for the box.
$thief = Box->start('--auth', 'none');
ping({ $typed => [[1, 0, $thief->port, 'thief.example']] }, @known);
is $run->status, 5, 'a box that had TLS is on loopback now, without';
reports(qr/the box refuses TLS, but used it before/, 'is not believed');
is scalar(grep { !/start_tls/ } $thief->received), 0, '... and nothing was asked';
$thief->stop;
works({ $typed => [[1, 0, $box->port, 'elsewhere.example']] }, 'the box itself is still trusted', @known, options => ['--tls', 'auto']);
reports(qr/TLS established/, 'and spoken to by TLS, though it is on loopback');
my $number = $box->port;
my @address = (to => "box.example.test:$number", hosts => ['box.example.test' => '127.0.0.1'], home => $home);
works({}, 'the same without records', @address, options => ['--tls', 'on', '--accept-new']);
$box->stop;
$box = Box->start('--auth', 'none', '--port', $number);
ping({}, @address);
is $run->status, 5, '... and no TLS at its address';
ping({}, @address, to => "localhost:$number", hosts => [localhost => '127.0.0.1']);
is $run->status, 0, '... while localhost is just that';
ping({}, @address, to => "localhost:$number", hosts => [localhost => '127.0.0.1'], options => ['--known-as', "box.example.test:$number"]);
is $run->status, 5, '... unless it is the end of a tunnel to the box';
$box->stop;
kill KILL => $ssh_pid, $shut_pid;
waitpid $_, 0 for $ssh_pid, $shut_pid;

done_testing;
