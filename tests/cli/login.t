# SPDX-License-Identifier: ISC
# Logging in, and the ways to the box: the same batch prints the same over TCP, a Unix socket and TLS; passwords from all
# sources.
use strict;
use warnings;
use utf8;

use Box;
use File::Temp ();
use Lines;
use Run;
use Test::More;

binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

my $dir = File::Temp->newdir;
my @all = ('--delay', 20, '--seed', 3, '--gids-as-numbers');
my $batch = <<'LINES';
# reads, changes, jobs, events, failures
realm_info gid,name,pollers,seeds
realm_query 'Head Office' device device_ip,device_comment device_mac switch_uid=switch0%
subscribe realm_poll_stop
realm_info_modify Lab description='neu, "neuer"'
realm_info gid,name,description Lab
realm_poll Lab
- realm_poll 1
.each realm_info gid,name -- realm_seed_list {gid}
realm_discover Lab &
.wait
log 'Grüße'
global_settings
LINES
utf8::encode($batch);

subtest 'one batch, every way' => sub {
	my $home = Run::new_home();
	my %env = (PTSH_PASSWORD => 'of all these boxes');
	my @ways = map { [$_->[0], Box->start(@all, password => $env{PTSH_PASSWORD}, @{ $_->[1] }), @{ $_->[2] }] }
		['TCP, cram', ['--auth', 'login_cram_md6'], ['--auth', 'cram']],
		['TCP, login', ['--auth', 'login'], ['--clear-login']],
		['TCP, none', ['--auth', 'none'], ['--auth', 'none']],
		['Unix', ['--unix', "$dir/box", '--port', 0], ['unix', '--auth', 'none']],
		['Unix, login', ['--unix', "$dir/box2"], ['unix', '--auth', 'login']],
		['TLS, accepted', ['--tls', 'offer'], ['--tls', 'on', '--accept-new']],
		['TLS 1.2', ['--tls', 'demand', '--tls-max', '1.2'], ['--tls', 'on', '--accept-new']];
	my %stdout;

	for my $way (@ways) {
		my ($name, $b, @options) = @$way;
		my $unix = @options && $options[0] eq 'unix' && shift @options;
		my $run = sub {
			return Run->ptsh(args => ['-u', 'admin', @_, $unix ? $b->unix : $b->address], stdin => $batch, env => \%env,
				secret => $env{PTSH_PASSWORD}, user => 'admin', home => $home);
		};
		my $check = sub {
			my ($r, $how) = @_;
			is($r->status, 0, "$name$how") or diag $r->stderr;
			is(scalar(() = $r->stderr =~ /^ptsh: stdin:\d+:/mg), 2, '... one failure, one job');
			# An event has the time it came, which differs from one run to the next.
			my $times = (my $stdout = $r->stdout) =~ s/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)(?=\tevent\t)/TIME/mg;
			cmp_ok($times, '>', 0, '... each event with its time');
			$stdout{"$name$how"} = $stdout;
		};
		$check->($run->(@options), '');
		next if $name !~ /^TLS/;
		my @names = map { $_->[3] =~ /^\[.*?"(\w+)"/ } grep { $_->[1] eq 'clear' } $b->log_lines('recv');
		like("@names", qr/\A(?:start_tls)?\z/, '... nothing else in clear');
		$check->($run->('--tls', 'on'), ', remembered');
		my ($pin) = $run->('-v', '--tls', 'on', '--no-rc')->stderr =~ /(sha256\/\/\S{44})/;
		($pin) = Box::slurp("$home/data/ptsh/known_boxes") =~ /@{[$b->port]}\s(sha256\/\/\S+)/ if !defined $pin;
		my $other = Run::new_home();
		$home = $other;
		$check->($run->('--tls', 'on', '--pin', $pin), ', pinned');
		is($run->('--tls', 'on', '--pin', 'sha256//' . 'A' x 43 . '=')->status, 5, '... another pin: 5');
		is($run->('--tls', 'on', '-w')->status, 5, '... not remembered by a pin: 5');
		$check->($run->('--tls', 'insecure', '--clear-login'), ', insecure') ;
	}
	my ($first) = sort keys %stdout;
	ok($stdout{$_} eq $stdout{$first}, "$_: the same as $first") or diag substr $stdout{$_}, 0, 300 for sort keys %stdout;
	cmp_ok(length $stdout{$first}, '>', 2000, '... and not nothing');
};

utf8::encode(my $password = 'käse "und" brot');
my $box = Box->start('--auth', 'login_cram_md6', password => $password);
my $user = ['-u', 'admin', '-c', 'ping', $box->address];

sub with {
	my ($env, @options) = @_;

	return Run->ptsh(args => [@options, @$user], env => $env, secret => $box->password, user => 'admin');
}

subtest 'where a password comes from' => sub {
	my $file = "$dir/password";

	Box::write_file($file, "$password\nnot this\n");
	chmod 0600, $file;
	is(with({}, '--password-file', $file)->status, 0, '--password-file: its first line');
	Box::write_file("$file.bare", $password);
	chmod 0400, "$file.bare";
	is(with({}, '--password-file', "$file.bare")->status, 0, '... without a newline');
	for my $mode (0640, 0604, 0644) {
		chmod $mode, $file;
		my $r = with({}, '--password-file', $file);
		is($r->status, 2, sprintf '... refused with mode %o', $mode);
		like($r->stderr, qr/^ptsh: .*\Q$file\E.+$/m, '... and why');
	}
	chmod 0600, $file;
	is(with({}, '--password-command', "cat '$file'")->status, 0, '--password-command');
	my $r = with({}, '--password-command', 'echo oh no >&2; exit 3');
	isnt($r->status, 0, '... that fails');
	like($r->stderr, qr/^ptsh: .*(?:password|command)/m, '... is reported');
	is(with({ PTSH_PASSWORD => $password })->status, 0, 'PTSH_PASSWORD');
	$r = with({});
	is($r->status, 2, 'none, and no terminal to ask at: 2');
	like($r->stderr, qr/^ptsh: .+--password-/m, '... with what would help') or diag $r->stderr;
	is($r->stderr =~ tr/\n//, 1, '... in one line');
	$r = with({ PTSH_PASSWORD => "$password " });
	is($r->status, 4, 'a wrong one: 4');
	is($r->stderr =~ tr/\n//, 1, '... in one line');
};

subtest 'the box and the user' => sub {
	my $address = $box->address;
	my %env = (PTSH_PASSWORD => $box->password);
	my $home = Run::new_home();
	my @o = (env => \%env, home => $home);

	is(Run->ptsh(args => ['-c', 'ping', "admin\@$address"], @o)->status, 0, 'user@host:port');
	is(Run->ptsh(args => ['-c', 'ping', '-p', $box->port, 'admin@127.1'], @o)->status, 0, '--port, inet_aton');
	is(Run->ptsh(args => ['-c', 'ping', 'admin@127.0.0.1:nosuchservice=' . $box->port], @o)->status, 0, 'name=number');
	is(Run->ptsh(args => ['-c', 'ping'], env => { %env, PTSH_BOX => $address, PTSH_USER => 'admin' }, home => $home)->status, 0, 'PTSH_BOX, PTSH_USER');
	mkdir "$home/config/ptsh", 0700;
	Box::write_file("$home/config/ptsh/boxes", "# boxes\ncore admin\@$address --timeout 5\ndefault core\n");
	is(Run->ptsh(args => ['-c', 'ping', 'core'], @o)->status, 0, 'a name of the boxes file');
	my $wrong = Run->ptsh(args => ['-c', 'ping', "nosuchuser\@$address"], @o);
	is($wrong->status, 4, 'an unknown user');
	is(Run->ptsh(args => ['-c', 'ping', 'a@b@c', 'x'], @o)->status, 2, 'two boxes');
};

done_testing();
