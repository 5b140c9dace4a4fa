# SPDX-License-Identifier: ISC
# The simulated box's scripted mode: every step does what --help says, and a client that does something else is noticed.
use strict;
use warnings;
use utf8;

use Box;
use File::Temp ();
use Test::More;
use Time::HiRes qw(time);
use Wire;

my $dir = File::Temp->newdir;

# Plays a script against a function that gets the connection.  Returns the box.
sub play {
	my ($script, $client, @options) = @_;
	my $box = Box->start(@options, script => $script);

	$client->($box, sub { Wire->tcp($box->port) });
	return $box;
}

# A connection without the greeting being read.
sub plain {
	my ($box) = @_;
	return bless { socket => IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $box->port), in => '', id => 0, held => [] },
	    'Wire';
}

subtest 'a good session' => sub {
	my $box = play(<<'SCRIPT', sub {
# the comment is skipped

hello login_cram_md6
login
  expect "realm_info"
expect ^\["x","ping"\]$
reply 1,1700000000.5,42
reply-to 2 0,"no","$id2"
SCRIPT
		my ($box, $connect) = @_;
		my $w = $connect->();
		is_deeply [$w->types], ['login_cram_md6'], 'the types of hello';
		my @reply = $w->cram('admin', $box->password);
		ok $reply[0] && $reply[2], 'the login is answered';
		$w->send('[7,"realm_info"]["x","ping"]');
		is $w->line, '["x",1,1700000000.5,42]', 'the second first';
		is $w->line, '[7,0,"no","7"]', 'the first second';
		ok $w->ended, 'the end';
		close $w->{socket};
	});
	is $box->wait, 0, 'done';
	is scalar(() = $box->received), 3, 'the log has what came';
};

subtest 'a client that does something else' => sub {
	for my $case (["hello\nexpect realm_info\n", '[1,"ping"]', qr/:2: expected realm_info, got \[1,"ping"\]/],
		["hello\nlogin\n", '[1,"ping"]', qr/expected a login/],
		["hello\nlogin\n", '[1,"login","admin","wrong"]', qr/the login is wrong/],
		["hello\nexpect x\n", '', qr/expect x|the client has gone/],
		["hello\nexpect x\n", '{"a":1}', qr/no array/],
		["hello\ncount-pings 2\n", '[1,"ping"]', qr/expected 2 pings, got 1/],
		["hello\ncount-pings\n", '[1,"log"]', qr/expected ping/],
		["hello\nexpect-eof\n", '[1,"log"]', qr/expected nothing more/],
		["hello\nexpect-eof\n", '[1,"lo', qr/expected nothing more, got 6 bytes/],
		["deadline 50\nhello\nexpect x\n", undef, qr/nothing happened for 50 ms/],
		["hello\nreply 1\n", '', qr/no array 0/],
		["hello\nclose\nsend x\n", '', qr/connection has ended/]) {
		my ($script, $bytes, $message) = @$case;
		my $box = play($script, sub {
			my $w = $_[1]->();
			$w->send($bytes) if defined $bytes;
			shutdown $w->{socket}, 1 if defined $bytes;
			is $_[0]->wait, 9, "status 9: $script";
		});
		like $box->stderr, $message, 'and why';
	}
};

subtest 'bytes' => sub {
	Box::write_file("$dir/file", "from \0 a file\n");
	my $box = play(<<"SCRIPT", sub {
line hello
send a\\tb\\x00\\x7f\\u00e9\\u4e2d\\\\\\\$id
send |\\n
json {"a":"\\\\u0000\\n"}
fill 3 xy\\n
file $dir/file
random 5
close
SCRIPT
		my $w = plain($_[0]);
		is $w->line, 'hello', 'line';
		is $w->line, "a\tb\0\x7f\xc3\xa9\xe4\xb8\xad\\\$id|", 'send, with escapes';
		is $w->line, '{"a":"\\\\u0000\\n"}', 'json, without';
		is_deeply [map { $w->line } 1 .. 3], [('xy') x 3], 'fill';
		is $w->line, "from \0 a file", 'file';
		$w->line;
		is length $w->{in}, 5, 'random';
	});
	is $box->wait, 0, 'done';
};

subtest 'segments' => sub {
	play("chunk 1\nline abc\nexpect go\nchunk 2 30\nsend 123456\n", sub {
		my $w = plain($_[0]);
		is $w->line, 'abc', 'byte by byte';
		my $began = time;	# before what the box waits for, so that it is never too late
		$w->send('[1,"go"]');
		sysread $w->{socket}, $w->{in}, 10, length $w->{in} while length $w->{in} < 6;
		cmp_ok time - $began, '>=', 0.05, 'with pauses';
	});
};

subtest 'loops and many replies' => sub {
	my $box = play(<<'SCRIPT', sub {
repeat 2
repeat 3
send x
end
line y
end
repeat 0
send never
end
collect 4
reply-to 2 1
reply-reversed 1,"$id4"
collect 2
reply-all 1
SCRIPT
		my $w = plain($_[0]);
		is $w->line, 'xxxy', 'a loop in a loop' for 1 .. 2;
		$w->send(join '', map { "[$_,\"ping\"]" } 1 .. 4);
		is $w->line, '[2,1]', 'reply-to';
		is $w->line, "[$_,1,\"4\"]", "reversed: $_" for 4, 3, 1;
		$w->send('[5,"a"][6,"b"]');
		is $w->line, "[$_,1]", "all: $_" for 5, 6;
		close $w->{socket};
	});
	is $box->wait, 0, 'done';
};

subtest 'answering' => sub {
	my $box = play("hello none\nanswer-all 2\ncount-pings 3\n", sub {
		my $w = $_[1]->();
		is_deeply [$w->request('log', 'x')], [1], 'anything' for 1 .. 2;
		is_deeply [($w->request('ping'))[0]], [1], 'a ping' for 1 .. 3;
		close $w->{socket};
	});
	is $box->wait, 0, 'done';
};

subtest 'ends' => sub {
	my $box = play("line a\nclose\nnext\nline b\nreset\nnext\nline c\nshutdown\ndrain\nnext\nline d\nnext\nrcvbuf 4096\nnoread 20\n", sub {
		my $box = $_[0];
		my $w = plain($box);
		$w->send('[1,"lost"]');
		is $w->line, 'a', 'first';
		ok $w->ended, 'close';
		close $w->{socket};
		$w = plain($box);
		is $w->line, 'b', 'second';
		my $n = sysread $w->{socket}, my $byte, 1;
		ok !defined $n && $!{ECONNRESET}, 'reset';
		$w = plain($box);
		is $w->line, 'c', 'third';
		ok $w->ended, 'shutdown';
		ok $w->send('[1,"x"]garbage'), 'the other half is open';
		close $w->{socket};
		$w = plain($box);
		is $w->line, 'd', 'fourth';
		my $fifth = plain($box);
		ok $w->ended, 'next ends it, too';
		close $w->{socket};
		close $fifth->{socket};
	});
	is $box->wait, 0, 'done';
	is_deeply [map { $_->[0] } $box->log_lines('open')], [1 .. 5], 'connections are counted';
	is_deeply [map { $_->[3] } grep { $_->[0] == 3 } $box->log_lines('odd')], ['garbage'], 'garbage is drained';
};

subtest 'sending to a client that does not read' => sub {
	my $box = play("deadline 200\nfill 1000000 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n", sub {
		my $w = plain($_[0]);
		is $_[0]->wait, 9, 'the deadline ends it';
	});
	$box = play("fill 1000000 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n", sub {
		my $w = plain($_[0]);
		sysread $w->{socket}, my $bytes, 100;
		close $w->{socket};
		is $_[0]->wait, 0, 'a client that has closed is no mistake';
	});
};

subtest 'TLS that fails' => sub {
	my $box = play("expect start_tls\nline [null,\"start_tls\"]\ntls\n", sub {
		my $w = plain($_[0]);
		$w->send('[1,"start_tls"]');
		$w->line;
		$w->send("no ClientHello\n");
		is $_[0]->wait, 9, 'status 9';
	});
	like $box->stderr, qr/:3: tls: /, 'and why';
	$box = play("line x\ntry-tls\nline never\nnext\nline y\n", sub {
		my $w = plain($_[0]);
		is $w->line, 'x', 'try-tls';
		close $w->{socket};
		$w = plain($_[0]);
		is $w->line, 'y', 'continues with the next connection';
		close $w->{socket};
	});
	is $box->wait, 0, 'done';
};

subtest 'mistakes in a script' => sub {
	for my $case (["dance\n", qr/:1: unknown step 'dance'/], ["end\n", qr/without its repeat/],
		["repeat 2\n", qr/without its end/], ["send\n", qr/it is: send TEXT/], ["close now\n", qr/it is: close/]) {
		my ($script, $message) = @$case;
		ok !eval { Box->start(script => $script); 1 } && $@ =~ $message, "refused: $script" or diag $@;
	}
};

done_testing;
