# SPDX-License-Identifier: ISC
# The simulated box's sessions: logins, framing, events, TLS, and what its options do.
use strict;
use warnings;
use utf8;

use Box;
use Child;
use Deadline;
use File::Temp ();
use IO::Select ();
use IO::Socket::INET ();
use IO::Socket::IP ();
use Test::More;
use Time::HiRes qw(time);
use Wire;

my ($HEAD, $LAB, $ARCHIVE) = qw(5000015442 5200007311 3865500631171652);

subtest 'logging in' => sub {
	my $dir = File::Temp->newdir;
	my $box = Box->start('--port', 0, '--unix', "$dir/sock", '--user', 'Jürgen', '--v6');

	my $w = Wire->tcp($box->port);
	is_deeply [$w->types], ['login_cram_md6', 'login'], 'what is offered';
	is length $w->nonce, 16, 'a nonce';
	for my $request (['ping'], ['report_info'], ['realm_info'], ['nonsense']) {
		is_deeply [$w->request(@$request)], [0, 'you need to authenticate first'], "@$request before login";
	}
	is((Wire->tcp($box->port)->login('admin', $box->password))[0], 0, 'a wrong user');
	is((Wire->tcp($box->port)->login('Jürgen', $box->password . 'x'))[0], 0, 'a wrong password');
	is((Wire->tcp($box->port)->cram('Jürgen', 'wrong'))[0], 0, 'a wrong password for cram');
	my @reply = $w->cram('J' . "\xc3\xbc" . 'rgen', $box->password);
	is $reply[0], 0, 'characters are not bytes in JSON';
	isnt $w->nonce, Wire->tcp($box->port)->nonce, 'another nonce for each';

	my $cram = Wire->tcp($box->port);
	my ($cr, $sr) = Cram::responses("J\xc3\xbcrgen", $box->password, 'cc', $cram->nonce);
	my ($status, $got) = $cram->request('login_cram_md6', 'Jürgen', MIME::Base64::encode_base64($cr, ''), 'Y2M=');
	is $status, 1, 'cram, padded';
	is $got, MIME::Base64::encode_base64($sr, '') =~ s/=+\z//r, 'sr, without padding';
	is((Wire->tcp($box->port)->request('login_cram_md6', 'Jürgen', MIME::Base64::encode_base64($cr, ''), 'Y2M='))[0], 0,
	    'another connection needs another response');

	is_deeply [$w->login('Jürgen', $box->password)], [1], 'login';
	is((($w->request('ping'))[0]), 1, 'and then a ping');
	is_deeply [Wire->unix($box->unix)->types], ['none', 'login_cram_md6', 'login'], 'none on the Unix socket';
	is((Wire->unix($box->unix)->request('ping'))[0], 1, 'and no login');
	is $box->stop, 0, 'ended';
	ok !-e "$dir/sock", 'the socket is removed';
};

subtest 'only what is offered' => sub {
	my $box = Box->start('--auth', 'login');
	is((Wire->tcp($box->port)->cram('admin', $box->password))[0], 0, 'no cram');
	is((Wire->tcp($box->port)->login('admin', $box->password))[0], 1, 'login');
};

subtest 'framing' => sub {
	my $box = Box->start('--auth', 'none');
	my $w = Wire->tcp($box->port);

	$w->send(qq([1,"ping"]["a","ping"]\r\n\n [ 2 , "product_id" ] ["\\u0062","product_id"][9007199254740993,"nope"]));
	like $w->line, qr/^\[1,1,\d+\.\d{5},\d+\]\z/, 'a ping';
	like $w->line, qr/^\["a",1,/, 'back to back';
	is $w->line, '[2,1,"n","00:1d:60:e8:6e:36"]', 'with white space';
	like $w->line, qr/^\["\\u0062",1,/, 'an id is returned as it was written';
	like $w->line, qr/^\[9007199254740993,0,/, 'with every digit';

	my $text = qq(["x y","realm_query","$HEAD","device",["device_comment"],[],{"device_comment":"%M\\u00fcller%"}] [3,"ping"]);
	for my $i (0 .. length($text) - 1) {
		$w->send(substr $text, $i, 1);
	}
	is $w->line, qq(["x y",1,[["Empfang, Erdgescho\xc3\x9f (Frau M\xc3\xbcller)"]]]), 'byte by byte';
	like $w->line, qr/^\[3,1,/, 'and the next';

	my $n = 20000;
	my $pid = Child::start(sub { $w->send(join '', map { qq([$_,"ping"]) } 1 .. $n) });
	my $right = grep { $w->line =~ /^\[$_,1,/ } 1 .. $n;
	waitpid $pid, 0;
	is $right, $n, 'many in a row';

	for my $case (['{"a":1}', 'an object'], ['hello', 'a word'], ['[1,"ping"', 'half an array'], ['[1,"p" "q"]', 'no comma'],
	    ["[1,\"\xff\"]", 'no UTF-8'], ['[]', 'nothing in it'], ['[null,"ping"]', 'no id'], ['[1,2]', 'no type'],
	    ['[' x 600, 'too deep']) {
		my ($bytes, $name) = @$case;
		my $bad = Wire->tcp($box->port);
		$bad->send($bytes);
		if ($name eq 'half an array') {
			shutdown $bad->{socket}, 1;
		} else {
			my $message = $bad->message;
			is_deeply [@$message[0, 1]], [undef, 'error'], "$name: a fatal error";
		}
		ok $bad->ended, "$name: and the end";
	}
	ok $box->wait_log('rest', qr/^\[1,"ping"\z/), 'half an array is in the log';
	is((($w->request('product_id'))[0]), 1, 'others continue');
};

subtest 'events' => sub {
	my $box = Box->start('--auth', 'none', '--delay', '200');
	my ($all, $stops, $none) = map { Wire->tcp($box->port) } 1 .. 3;

	is_deeply [$all->request('subscribe', '*', 'realm_poll_stop')], [1], 'all';
	is_deeply [$stops->request('subscribe', 'realm_poll_stop', 'realm_discover_stop')], [1], 'some';
	my @ids = $none->ask_all(['realm_poll', $HEAD], ['realm_discover', $LAB], ['switch_poll', $HEAD, '10.0.0.1']);
	is_deeply [map { [@{ $all->event }[2, 3]] } 1 .. 6],
	    [map { [@$_] } ['realm_poll_start', $HEAD], ['realm_discover_start', $LAB], ['realm_poll_start', $HEAD],
		['realm_poll_stop', $HEAD], ['realm_discover_stop', $LAB], ['realm_poll_stop', $HEAD]],
	    'starts and stops, each once, in parallel';
	is_deeply [map { [@{ $stops->event }[2, 3]] } 1 .. 3],
	    [['realm_poll_stop', $HEAD], ['realm_discover_stop', $LAB], ['realm_poll_stop', $HEAD]], 'stops only';
	is((($none->answer($_))[0]), 1, 'done') for @ids;
	is scalar(grep { !defined $_->[0] } @{ $none->{held} }), 0, 'a client that has not subscribed gets nothing';

	is_deeply [$all->request('unsubscribe', '*')], [1], 'no more of all';
	is_deeply [$stops->request('unsubscribe', 'realm_discover_stop')], [1], 'no more discoveries';
	$none->request('realm_discover', $LAB);
	$none->request('realm_poll', $LAB);
	is_deeply [@{ $stops->event }[2, 3]], ['realm_poll_stop', $LAB], 'only the poll';
	is_deeply [@{ $all->event }[2, 3]], ['realm_poll_stop', $LAB], 'what was subscribed to by name stays';

	# The polling client may subscribe, too: the start comes first, as a line of its own.
	my $own = Wire->tcp($box->port);
	$own->request('subscribe', 'realm_poll_start', 'realm_poll_stop');
	$own->send(qq([5,"realm_poll","$HEAD"]));
	is $own->line, qq([null,"event","realm_poll_start","$HEAD"]), 'start';
	is $own->line, qq([null,"event","realm_poll_stop","$HEAD"]), 'stop';
	like $own->line, qr/^\[5,1,\{.*\}\]\z/, 'reply';
	$stops->event;

	# A realm that is deleted while it is polled.
	my ($poll, $delete) = $none->ask_all(['realm_poll', $ARCHIVE], ['realm_modify', [$ARCHIVE], []]);
	is_deeply [$none->answer($delete)], [1], 'deleted';
	is_deeply [$none->answer($poll)], [0, 'the realm was deleted'], 'the poll fails';
	# A client that leaves while its poll runs.
	my $leaver = Wire->tcp($box->port);
	$leaver->ask('realm_poll', $HEAD);
	$box->wait_log('recv', qr/realm_poll.*$HEAD/);
	close $leaver->{socket};
	is_deeply [@{ $stops->event }[2, 3]], ['realm_poll_stop', $ARCHIVE], 'the event comes anyway';
	is_deeply [@{ $stops->event }[2, 3]], ['realm_poll_stop', $HEAD], 'here, too';
	is $box->stop, 0, 'ended';
};

subtest 'a flood of events' => sub {
	my $box = Box->start('--auth', 'none', '--events', '20000');
	my $w = Wire->tcp($box->port);

	$w->request('subscribe', 'realm_poll_stop');
	$w->event;
	my $began = time;
	$w->event for 1 .. 4000;
	cmp_ok time - $began, '>', 0.1, 'at most 20000 a second';
	is((($w->request('ping'))[0]), 1, 'requests are answered meanwhile');
};

# Carries bytes between a connection that is to become TLS and `openssl s_client`; returns what came out of that for
# what was put in.
sub over_tls {
	my ($w, $input, $until, @options) = @_;
	my $listener = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die $!;
	my $port = $listener->sockport;
	pipe my $in_read, my $in_write or die $!;
	pipe my $out_read, my $out_write or die $!;
	my $pid = Child::start(sub {
		open STDIN, '<&', $in_read;
		open STDOUT, '>&', $out_write;
		open STDERR, '>&', $out_write;
		close $_ for $in_write, $out_read, $w->{socket}, $listener;
		exec 'openssl', 's_client', '-connect', "127.0.0.1:$port", '-quiet', '-nocommands', @options or die "openssl: $!\n";
	});
	close $_ for $in_read, $out_write;
	my $peer = $listener->accept;
	my $output = $w->{in};
	my $end = time + Deadline::SECONDS;
	my $select = IO::Select->new($peer, $w->{socket}, $out_read);
	syswrite $in_write, $input;
	RELAY: while ($output !~ $until && time < $end) {
		for my $from ($select->can_read(0.1)) {
			my $n = sysread $from, my $bytes, 1 << 16;
			last RELAY unless $n;
			if ($from == $out_read) {
				$output .= $bytes;
			} else {
				syswrite $from == $peer ? $w->{socket} : $peer, $bytes;
			}
		}
	}
	close $in_write;
	kill TERM => $pid;
	waitpid $pid, 0;
	return $output;
}

subtest 'TLS' => sub {
	my $box = Box->start('--tls', 'offer', '--auth', 'login');
	my $w = Wire->tcp($box->port);
	$w->send('["t","start_tls"]');
	is $w->line, '[null,"start_tls"]', 'the notification';
	my $output = over_tls($w, '[2,"login","admin","' . $box->password . '"][3,"ping"]', qr/\[3,.*\n/);
	like $output, qr/^\["t",1\]\n\[2,1\]\n\[3,1,/m, 'the reply comes inside, then login and ping';
	is_deeply [map { "$_->[1] $_->[2]" } grep { $_->[2] =~ /recv|tls|login/ } $box->log_lines],
	    ['clear recv', 'tls tls', 'tls recv', 'tls login', 'tls recv'], 'the log distinguishes clear text from TLS';

	my $lf = Wire->tcp($box->port);
	$lf->send(qq([1,"start_tls"]\n));
	is $lf->line, '[null,"start_tls"]', 'with a LF after it';
	ok $lf->ended, 'it breaks';
	is_deeply [map { $_->[3] } $box->log_lines('odd')], ['\x0a'], 'and the log has it';
	is $box->stop, 0, 'ended';

	$box = Box->start('--tls', 'demand', '--auth', 'none', '--tls-max', '1.2');
	$w = Wire->tcp($box->port);
	is $w->line, '[null,"start_tls"]', 'demanded';
	like over_tls($w, '[1,"ping"]', qr/\[1,.*\n/), qr/^\[1,1,/m, 'a ping inside';
	like +($box->log_lines('tls'))[0][3], qr/^TLSv1\.2 /, 'the version is bounded';
	my $crossed = Wire->tcp($box->port);
	$crossed->send('["c","start_tls"]');
	is $crossed->line, '[null,"start_tls"]', 'one notification';
	like over_tls($crossed, '[2,"ping"]', qr/\[2,.*\n/), qr/^\["c",1\]\n\[2,1,/m, 'crossing requests are one handshake';
	my $clear = Wire->tcp($box->port);
	$clear->send('[1,"ping"]');
	is $clear->line, '[null,"start_tls"]', 'demanded';
	ok $clear->ended, 'nothing else is answered in clear';
	is $box->stop, 0, 'ended';
};

subtest 'a reply of many TLS records is whole' => sub {
	my $query = qq([1,"realm_query","$HEAD","device"]);
	my ($clear, $tls) = map { Box->start('--auth', 'none', '--devices', 2000, '--tls', 'offer') } 1 .. 2;
	my $w = Wire->tcp($clear->port);
	$w->send($query);
	my $line = $w->line;
	cmp_ok length $line, '>', 400_000, 'more than a few records';
	$w = Wire->tcp($tls->port);
	$w->send('["t","start_tls"]');
	$w->line;
	my ($got) = over_tls($w, $query, qr/^\[1,.*\n/m) =~ /^(\[1,.*)\n/m;
	ok defined $got && $got eq $line, 'the same as in clear';
};

subtest 'a client certificate' => sub {
	my $dir = File::Temp->newdir;
	my $openssl = sub { system("cd $dir && openssl @_ >/dev/null 2>&1") == 0 or die "openssl @_" };
	$openssl->('req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -subj /CN=ca -days 2');
	$openssl->('req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout me.key -out me.csr -subj /CN=me');
	$openssl->('x509 -req -in me.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out me.pem -days 2');
	my $box = Box->start('--tls', 'offer', '--client-ca', "$dir/ca.pem", '--cert', "$dir/ca.pem", '--key', "$dir/ca.key");
	for my $case ([1, 'with', '-cert', "$dir/me.pem", '-key', "$dir/me.key"], [0, 'without']) {
		my ($status, $name, @options) = @$case;
		my $w = Wire->tcp($box->port);
		$w->send('["t","start_tls"]');
		$w->line;
		like over_tls($w, '[3,"ping"]', qr/\[3,.*\n/, @options), qr/^\[3,$status,/m, "a ping $name it";
	}
	like +($box->log_lines('tls'))[0][3], qr{/CN=me$}, 'the log names it';
};

subtest 'shapes' => sub {
	my %shape = (
		documented => [qr/^\[1,1,\["5000015442"\],\["51/, qr/^\[1,1,\[\["64424509930"\],/, qr/^\[1,1,\["This/],
		nested => [qr/^\[1,1,\[\["5000015442"\],/, qr/^\[1,1,\[\["64424509930"\],/, qr/^\[1,1,\["This/],
		flat => [qr/^\[1,1,\["5000015442"\],\["51/, qr/^\[1,1,\["64424509930"\],/, qr/^\[1,1,"This/],
	);
	for my $rows (sort keys %shape) {
		my $box = Box->start('--auth', 'none', '--rows', $rows);
		my @requests = ('"realm_info",["gid"]', '"poller_info",["gid"]', '"security_misc_settings"');
		for my $i (0 .. 2) {
			my $w = Wire->tcp($box->port);
			$w->send("[1,$requests[$i]]");
			like $w->line, $shape{$rows}[$i], "$rows: $requests[$i]";
		}
	}
	my $box = Box->start('--auth', 'none', '--rows', 'flat', '--gids-as-numbers', '--split-flags', '--product', 'i');
	my $w = Wire->tcp($box->port);
	$w->send('[1,"poller_info",["gid"],["64424509960"]][2,"poller_subnet_list",64424509960][3,"product_id"]');
	is $w->line, '[1,1,[64424509960]]', 'gids as numbers';
	is $w->line, '[2,1,["10.3.0.0",16,1000,1,2],["10.1.1.1",32,1000,0,0]]', 'flags apart';
	like $w->line, qr/^\[3,1,"i",/, 'PortIQ';
	$w->send('[4,"realm_query",5000015442,"device",["device_ip"],["device_mac"],{"device_ip":"10.64.0.4"}]');
	like $w->line, qr/^\[4,1,\["10\.64\.0\.4","(?:[ !#-\[\]-~]|\\u00[0-9a-f]{2}){6}"\]\]\z/, 'raw octets are escaped';
};

subtest 'limits' => sub {
	my $box = Box->start('--auth', 'none', '--max-clients', '1');
	my $first = Wire->tcp($box->port);
	my $second = Wire->tcp($box->port);
	is_deeply $second->{hello}, [undef, 'error', 'too many connections'], 'one too many';
	ok $second->ended, 'is closed';
	$box->stop;
	ok $first->ended, 'the other one with the box';

	$box = Box->start('--auth', 'none', '--allow', '127.0.0.2/32');
	ok !defined eval { Wire->tcp($box->port) }->{hello}, 'from elsewhere: closed';
	$box->stop;
	$box = Box->start('--auth', 'none', '--allow', '127.0.0.0/8');
	ok defined Wire->tcp($box->port)->{hello}, 'from here';
	$box->stop;

	$box = Box->start('--auth', 'none', '--once');
	undef $first;
	my @w = map { Wire->tcp($box->port) } 1 .. 2;
	@w = ();
	is $box->wait, 0, '--once: ends with the last client';

	$box = Box->start('--auth', 'none', '--v6');
	ok defined Wire->new(IO::Socket::IP->new(PeerAddr => '::1', PeerPort => $box->port))->{hello}, '--v6: the same port on ::1';
	my $dir = File::Temp->newdir;
	open my $alive, '|-', 'exec "$BOX" --unix ' . "$dir/s --stdin-guard >$dir/out" or die $!;
	ok close($alive), '--stdin-guard: ends with its standard input';

	$box = Box->start('--auth', 'none', '--latency', '100');
	my $began = time;
	my $w = Wire->tcp($box->port);
	$w->request('ping');
	cmp_ok time - $began, '>=', 0.19, '--latency: hello and pong are late';
	$began = time;
	my @ids = $w->ask_all(map { ['ping'] } 1 .. 1000);
	$w->answer($_) for @ids;
	my $seconds = time - $began;
	# One after the other these are 100 s.
	ok $seconds >= 0.09 && $seconds < 50, 'pipelined ones once' or diag $seconds;
};

subtest 'the same seed' => sub {
	my @replies = map {
		my $box = Box->start('--auth', 'none', '--devices', 50, '--seed', $_);
		my $w = Wire->tcp($box->port);
		$w->send(qq([1,"realm_query","$HEAD","device"]));
		$w->line;
	} 7, 7, 8;
	is $replies[0], $replies[1], 'the same network';
	isnt $replies[0], $replies[2], 'another one';
};

subtest 'a large reply' => sub {
	my $box = Box->start('--auth', 'none', '--devices', 100000);
	my $w = Wire->tcp($box->port);
	$w->send(qq([1,"realm_query","$HEAD","device"]));
	my $line = $w->line;
	is ord(substr $line, -1), ord(']'), 'complete';
	is scalar(() = $line =~ /\],\[/g), 99999, 'every row';
	cmp_ok length $line, '>', 20_000_000, 'of many bytes';
};

done_testing;
