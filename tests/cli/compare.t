#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# README's table of what ptsh does and others leave to their user: every row has its test here, for every program in it.
#
# The peers are made here, a few lines of Perl each, as they do what no box should do.  The published Perl client is
# tried where it is installed (PERL5LIB helps to find it); the others, nc and redis-cli, are what deps.sh installs.
use strict;
use warnings;
use Child;
use Deadline;
use Test::More;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use Run;
use Session;
use Term;
use Time::HiRes qw(time);

my $top = abs_path(dirname(__FILE__) . '/../..');
sub found { my ($name) = @_; my ($path) = grep { -x } map { "$_/$name" } split /:/, $ENV{PATH}; return $path // die "$name is missing" }
my %path = (perl => $^X, nc => found('nc'), 'redis-cli' => found('redis-cli'));
my $perl_client = system($^X, '-e', 'open STDERR, ">", "/dev/null"; require AnyEvent::Porttracker') == 0;

# A peer in a process of its own: at most one connection at a time, each to the end of `serve->($socket)`.  What report() sends
# can be read by heard().
my @peers;
my $reports;
sub report { my ($text) = @_; $text =~ s/\s+/ /g; print {$reports} "$text\n"; $reports->flush }
sub peer {
	my ($serve) = @_;
	my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 5, ReuseAddr => 1) or die $!;
	pipe my $read, my $write or die $!;
	my $pid = Child::start(sub {
		close $read;
		$reports = $write;
		$SIG{PIPE} = 'IGNORE';
		while (my $socket = $listen->accept) {
			$socket->autoflush(1);
			$serve->($socket);
			close $socket;
		}
	});
	close $write;
	push @peers, $pid;
	return {port => $listen->sockport, heard => $read, pid => $pid};
}
# The next line that a peer reports; a program that talks to it works meanwhile.
sub heard {
	my ($peer, $r) = @_;
	my $end = time + Deadline::SECONDS;
	my $line = '';
	until ($line =~ s/\n\z//) {
		$r->turn(0) if $r;
		IO::Select->new($peer->{heard})->can_read(0.02) ? sysread($peer->{heard}, $line, 1, length $line) : time < $end or return undef;
	}
	return $line;
}
END { my $status = $?; kill 'KILL', @peers; waitpid $_, 0 for @peers; $? = $status }

# The next array or RESP request from a client: all bytes until it is complete.
sub take {
	my ($socket) = @_;
	my $text = '';
	while (1) {
		sysread $socket, $text, 1 << 16, length $text or return undef;
		return $text if $text =~ /\]\s*\z/ || $text =~ /\A\*\d+\r\n.*\r\n\z/s;
	}
}
sub id { my ($text) = @_; return $text =~ /\A\s*\[("[^"]*"|\d+)/ ? $1 : '0' }
my $hello = qq([null,"hello",1,["none"],""]\n);

# One run of each program, to its end or for so long; PERL is what the Perl client is to do with $api.
sub ptsh { my ($peer, @args) = @_; return Run->ptsh(args => ['-w', '--auth', 'none,cram,login', '-t', 10, @args, "127.0.0.1:$peer->{port}"], env => {PTSH_PASSWORD => 'sesame', PTSH_USER => 'admin'}) }
sub other {
	my ($program, $stdin, @args) = @_;
	my $r = Run->begin(program => $path{$program}, args => \@args, stdin => $stdin, open => 1,
		env => {PERL5LIB => $ENV{PERL5LIB}});
	return $r;
}
sub perl_client {
	my ($peer, $code, $options) = @_;
	return other('perl', '', '-MAnyEvent::Porttracker', '-e', '$SIG{__WARN__} = sub { print STDERR @_ }; my $cv = AE::cv;'
		. 'my $api = AnyEvent::Porttracker->new(host => "127.0.0.1", port => ' . $peer->{port} . ', user => "admin", pass => "sesame",'
		. ($options // '') . '); ' . $code . '; $cv->recv');
}
sub nc { my ($peer, $stdin) = @_; return other('nc', $stdin, '127.0.0.1', $peer->{port}) }
sub redis { my ($peer, $stdin, @args) = @_; return other('redis-cli', $stdin, '-h', '127.0.0.1', '-p', $peer->{port}, @args) }
# Ends what does not end by itself.
sub over { my ($r) = @_; kill 'KILL', $r->pid; $r->close_input; eval { $r->finish }; return }

my %row;
sub row { my ($name, $test) = @_; $row{$name} = 1; subtest $name => $test }
sub with_perl {
	my ($test) = @_;
	SKIP: {
		skip 'AnyEvent::Porttracker is not installed', 1 if !$perl_client;
		$test->();
	}
}

row 'an unknown certificate' => sub {
	my $box = Box->start('--tls', 'demand', '--auth', 'login_cram_md6', password => 'sesame');
	is(ptsh({port => $box->port}, '--tls', 'on', '-c', 'ping')->status, 5, 'ptsh: refused where there is no terminal to ask at');
	ok(!(grep { /login/ } $box->received), '... before the login');
	with_perl(sub {
		my $r = perl_client({port => $box->port}, '$api->req(ping => sub { print "pong\n"; exit })', 'tls => 1')->finish;
		is($r->stdout, "pong\n", 'the Perl client: accepted') or diag($r->stderr);
	});
	unlike(other('nc', '', '-h')->finish->stderr, qr/tls|ssl/i, 'nc: no TLS');
	my $home = Run::new_home();
	Run->ptsh(program => found('openssl'), args => ['req', '-x509', '-newkey', 'rsa:2048', '-subj', '/CN=localhost', '-keyout', "$home/key", '-out', "$home/cert",
		'-days', 2, '-noenc'])->status == 0 or die 'openssl';
	my $server = Run->begin(program => found('openssl'), args => ['s_server', '-accept', '127.0.0.1:0', '-key', "$home/key", '-cert', "$home/cert"],
		open => 1);
	$server->wait_for(stdout => qr/^ACCEPT 127\.0\.0\.1:(\d+)/m);
	my ($port) = $server->stdout =~ /^ACCEPT \S+:(\d+)/m;
	my $r = redis({port => $port}, '', '--tls', 'ping')->finish;
	like($r->stderr . $r->stdout, qr/certificate verify failed/, 'redis-cli: refused');
	over($server);
};

row 'only a clear-text login is offered' => sub {
	my $box = peer(sub {
		my ($s) = @_;
		print $s qq([null,"hello",1,["login"]]\n);
		report(take($s) // 'nothing');
	});
	is(ptsh($box, '-c', 'ping')->status, 4, 'ptsh: no password is sent');
	is(heard($box), 'nothing', '... nor anything else');
	with_perl(sub {
		my $r = perl_client($box, '');
		like(heard($box, $r), qr/"login","admin","sesame"/, 'the Perl client: sent');
		over($r);
	});
	my $redis = peer(sub { report(take($_[0])) });
	my $r = redis($redis, '', '--no-auth-warning', '-a', 'sesame', 'ping');
	like(heard($redis, $r), qr/AUTH.*sesame/i, 'redis-cli: sent');
	over($r);
};

row 'a box that returns the proof it was given' => sub {
	my $box = peer(sub {
		my ($s) = @_;
		print $s qq([null,"hello",1,["login_cram_md6"],""]\n);
		my $text = take($s) // return;
		my ($cr) = @{JSON::PP->new->allow_nonref->decode($text)}[3];
		print $s '[' . id($text) . qq(,1,"$cr"]\n);
		$text = take($s) // return;
		print $s '[' . id($text) . ",1,1,2]\n";
		take($s);
	});
	my $r = ptsh($box, '-c', 'ping');
	is($r->status, 4, 'ptsh: refused') or diag($r->stderr);
	is($r->stdout, '', '... and nothing is shown');
	with_perl(sub {
		is(perl_client($box, '$api->req(ping => sub { print "pong\n"; exit })')->finish->stdout, "pong\n", 'the Perl client: believed');
	});
};

row 'a reply to no request' => sub {
	my $box = peer(sub {
		my ($s) = @_;
		print $s $hello;
		my $text = take($s) // return;
		print $s qq(["never",1,"stray"]\n), '[' . id($text) . ",1,1,2]\n";
		take($s);
	});
	my $r = ptsh($box, '-c', 'ping');
	is($r->stdout, "1\t2\n", 'ptsh: the answer to what was asked') or diag($r->stderr);
	like($r->stderr, qr/never/, '... and it is reported');
	is($r->status, 7, '... by the status, too');
	with_perl(sub {
		$r = perl_client($box, '$api->req(ping => sub { print "pong\n"; exit })');
		$r->wait_for(stderr => qr/unexpected reply/);
		is($r->stdout, '', 'the Perl client: the end of the session');
		over($r);
	});
	$r = nc($box, qq([1,"ping"]));
	$r->wait_for(stdout => qr/"stray"/);
	pass('nc: shown');
	over($r);
	my $redis = peer(sub { my ($s) = @_; print $s "+STRAY\r\n"; take($s); print $s "+PONG\r\n"; take($s) });
	is(redis($redis, '', 'ping')->finish->stdout, "STRAY\n", 'redis-cli: taken for the answer');
};

row 'no answer' => sub {
	my $box = peer(sub { my ($s) = @_; print $s $hello; report(take($s)); take($s) });
	is(ptsh($box, '-t', '0.3', '-c', 'ping')->status, 6, 'ptsh: -t ends it');
	heard($box);
	my $waits = sub {
		my ($r, $peer, $name) = @_;
		like(heard($peer, $r), qr/ping/i, "$name: asked");
		my $end = time + 1;
		$r->turn(0.05) while time < $end;
		is(kill(0, $r->pid) && $r->stdout =~ s/^\Q$hello\E//r, '', '... and waits');
		over($r);
	};
	with_perl(sub { $waits->(perl_client($box, '$api->req(ping => sub { exit })'), $box, 'the Perl client') });
	$waits->(nc($box, '[1,"ping"]'), $box, 'nc');
	my $redis = peer(sub { my ($s) = @_; report(take($s)); take($s) });
	$waits->(redis($redis, '', 'ping'), $redis, 'redis-cli');
};

row 'control characters in the box\'s text' => sub {
	my $box = peer(sub {
		my ($s) = @_;
		print $s $hello, qq([null,"info","\\u001b[2Jgone"]\n);
		my $text = take($s) // return;
		print $s '[' . id($text) . qq(,1,"\x{c2}\x{9b}2J","\\u001b[2J"]\n);
		take($s);
	});
	my $r = ptsh($box, '-o', 'table', '-c', 'product_id');
	is($r->status, 0, 'ptsh: shown');
	unlike($r->stdout . $r->stderr, qr/\e|\xc2\x9b/, '... and made visible');
	with_perl(sub {
		$r = perl_client($box, '');
		$r->wait_for(stderr => qr/\e\[2J/);
		pass('the Perl client: as they are');
		over($r);
	});
	$r = nc($box, '[1,"product_id"]');
	$r->wait_for(stdout => qr/\xc2\x9b/);
	pass('nc: as they are');
	over($r);
	my $redis = peer(sub { my ($s) = @_; take($s); print $s "+\e[2J\r\n"; take($s) });
	is(redis($redis, '', 'ping')->finish->stdout, "\e[2J\n", 'redis-cli: as they are');
};

row 'a mistyped request' => sub {
	my $box = peer(sub { my ($s) = @_; print $s $hello; my $text = take($s); report($text // 'nothing'); print $s '[' . id($text) . ",0,\"no\"]\n" if $text });
	my $r = ptsh($box, '-c', 'relm_info gid');
	is($r->status, 2, 'ptsh: refused');
	like($r->stderr, qr/realm_info/, '... with what was perhaps meant');
	with_perl(sub { $r = perl_client($box, '$api->req("relm_info", sub { })'); like(heard($box, $r), qr/"relm_info"/, 'the Perl client: sent'); over($r) });
	$r = nc($box, '[1,"relm_info"]');
	like(heard($box, $r), qr/"relm_info"/, 'nc: sent');
	over($r);
	my $redis = peer(sub { my ($s) = @_; report(take($s)); print $s "-ERR\r\n" });
	$r = redis($redis, '', 'pnig');
	like(heard($redis, $r), qr/pnig/, 'redis-cli: sent');
	over($r);
};

row 'three lines of a script' => sub {
	# Answers nothing before it has all three, and reports how many came within a second.
	my $three = sub {
		my ($whole) = @_;
		return sub {
			my ($s) = @_;
			print $s $hello if $whole eq 'json';
			my ($text, $end) = ('', time + ($whole eq 'json' ? Deadline::SECONDS : 1));
			my $n = 0;
			while ($n < 3 && IO::Select->new($s)->can_read($end - time > 0 ? $end - time : 0)) {
				sysread $s, $text, 1 << 16, length $text or last;
				# It asks what there is, first.
				print $s "-ERR\r\n" if $text =~ s/\A\*.*?command.*//is;
				$n = () = $text =~ /"?ping"?/gi;
			}
			report($n);
			take($s);
		};
	};
	my $box = peer($three->('json'));
	my $all = sub { my ($r, $name) = @_; is(heard($box, $r), 3, "$name: all on their way at once"); over($r) };
	$all->(Run->begin(args => ['-w', "127.0.0.1:$box->{port}"], stdin => "ping\nping\nping\n"), 'ptsh');
	with_perl(sub { $all->(perl_client($box, '$api->req(ping => sub { }) for 1 .. 3'), 'the Perl client') });
	$all->(nc($box, '[1,"ping"][2,"ping"][3,"ping"]'), 'nc');
	my $redis = peer($three->('resp'));
	my $r = redis($redis, "ping\nping\nping\n");
	is(heard($redis, $r), 1, 'redis-cli: one at a time');
	over($r);
};

row 'a failure in a script' => sub {
	# Fails the first request, and reports the next one if there is one.
	my $box = peer(sub {
		my ($s) = @_;
		print $s $hello;
		my $text = take($s) // return;
		print $s '[' . id($text) . qq(,0,"no such realm"]\n);
		report(take($s) // 'nothing');
	});
	my $script = "realm_poll 1\nrealm_poll 2\n";
	my $r = Run->ptsh(args => ['-w', "127.0.0.1:$box->{port}"], stdin => $script);
	is($r->status, 1, 'ptsh: status 1');
	is(heard($box), 'nothing', '... and the next line is not begun');
	with_perl(sub {
		$r = perl_client($box, '$api->req(realm_poll => 1, sub { })');
		$r->wait_for(stderr => qr/no such realm/);
		is(heard($box, $r), 'nothing', 'the Perl client: the end of the session');
		over($r);
	});
	$r = nc($box, qq([1,"realm_poll","1"]));
	$r->wait_for(stdout => qr/no such realm/);
	$r->input(qq([2,"realm_poll","2"]));
	like(heard($box, $r), qr/"2"/, 'nc: shown, no more');
	over($r);
	my $redis = peer(sub { my ($s) = @_; print $s "-ERR no\r\n" while take($s) });
	$r = redis($redis, "realm_poll 1\nrealm_poll 2\n");
	$r->close_input;
	$r->finish;
	is($r->status . $r->stdout =~ tr/\n//dr, '0ERR noERR no', 'redis-cli: continues, status 0');
};

row 'an event while a line is being typed' => sub {
	my $home = Run::new_home();
	my $go = "$home/go";
	my $session = Session->new(columns => 60, args => ['-e', '*']);
	$session->type('realm_in');
	$session->wait_row(qr/^box> realm_in$/);
	my $other = Run->ptsh(args => ['-w', '--clear-login', '-c', 'realm_poll 5000015442', $session->box->address],
		env => {PTSH_PASSWORD => $session->box->password, PTSH_USER => 'admin'});
	ok($session->wait_row(qr/^\d\d:\d\d:\d\d realm_poll_stop 5000015442/), 'ptsh: above the line');
	ok($session->wait_row(qr/^box> realm_in$/), '... which stays as it was');
	my $event = sub { my ($s) = @_; Deadline::wait_until(sub { -e "$go" }); print $s qq([null,"event","realm_poll_stop","7"]\n); take($s) };
	my $box = peer(sub { my ($s) = @_; print $s $hello; $event->($s) });
	my $touch = sub { open my $out, '>', "$go" or die $!; close $out };
	with_perl(sub {
		$touch->();
		is(perl_client($box, '$api->on(realm_poll_stop_event => sub { print "event $_[1]\n"; exit })')->finish->stdout, "event 7\n",
			'the Perl client: a call of one\'s function');
	});
	unlink "$go";
	my $t = Term->new(columns => 60, rows => 10, command => [$path{nc}, '127.0.0.1', $box->{port}]);
	$t->wait_row(qr/hello/);
	$t->type('[1,"realm_in');
	$t->wait_row(qr/realm_in$/);
	$touch->();
	ok($t->wait_row(qr/^\[1,"realm_in\[null,"event"/), 'nc: into the line');
	$t->close;
	unlink "$go";
	my $redis = peer(sub {
		my ($s) = @_;
		while (my $text = take($s)) {
			print $s $text =~ /subscribe/i ? "*3\r\n\$9\r\nsubscribe\r\n\$4\r\nnews\r\n:1\r\n" : "*0\r\n";
		}
	});
	$t = Term->new(columns => 60, rows => 10, command => [$path{'redis-cli'}, '-p', $redis->{port}]);
	$t->wait_row(qr/^127\.0\.0\.1:\d+> ?$/);
	$t->type('subscribe news');
	$t->key('Enter');
	ok($t->wait_row(qr/^Reading messages\.\.\. \(press Ctrl-C to quit/), 'redis-cli: only while no line is being typed');
	$t->close;
};

# --- the table ---

open my $in, '<', "$top/README.md" or die $!;
my ($table) = do { local $/; <$in> } =~ /^\| \| ptsh \|[^\n]*\n\|[-|]+\n((?:\|.*\n)+)/m;
my @named = map { /^\| (.*?) \|/ ? $1 : () } split /\n/, $table // '';
is(join("\n", sort @named), join("\n", sort keys %row), "the rows of README's table are these tests");
done_testing();
