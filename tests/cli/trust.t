# SPDX-License-Identifier: ISC
# What may happen on which channel: every kind of channel, all offers of a box, all values of --auth, with and without
# --clear-login and a password; the expected result is computed here from the table in ptsh(1), not by ptsh's code.
# And a man in the middle.  A sample; with PTSH_TEST_FULL all of it.
use strict;
use warnings;

use Box;
use Certs;
use Cram;
use File::Temp ();
use FindBin;
use MIME::Base64 qw(decode_base64 encode_base64);
use Parallel;
use Run;
use Test::More;

my $dir = File::Temp->newdir('ptsh-trust-XXXXXX', TMPDIR => 1);
my $certs = Certs::directory();
my $password = Box::random_word();
my @pem = ('--cert', "$certs/self.pem", '--key', "$certs/self.key");
my %type = (none => 'none', cram => 'login_cram_md6', login => 'login');

# --- the table, as ptsh(1) has it: yes; warned about; named: only if --auth names it; flag: only with --clear-login ---

my %table = (
	unix => { none => 'yes', cram => 'yes', login => 'yes' },
	loopback => { none => 'yes', cram => 'yes', login => 'flag' },
	'low port' => { none => 'yes', cram => 'yes', login => 'yes' },
	'trusted TLS' => { none => 'yes', cram => 'yes', login => 'yes' },
	'unknown TLS' => { none => 'named', cram => 'warned', login => 'flag' },
	clear => { none => 'named', cram => 'warned', login => 'flag' },
);

# Through a command every box counts as remote.
my $far = sub { ('--proxy-command', "exec perl '$FindBin::Bin/../faults/relay.pl' " . $_[0]->port, 'box.example.net') };
my %channel = (
	unix => { box => ['--unix', 'PATH'], args => sub { $_[0]->unix } },
	loopback => { box => [], args => sub { $_[0]->address } },
	'low port' => { box => ['--port', 'LOW'], args => sub { $_[0]->address } },
	'trusted TLS' => { box => ['--tls', 'offer', @pem], args => sub { ('--pin', Certs::pin('self'), $_[0]->address) } },
	'unknown TLS' => { box => ['--tls', 'offer', @pem], args => sub { ('--tls', 'insecure', $far->($_[0])) } },
	clear => { box => [], args => sub { ('--tls', 'off', $far->($_[0])) } },
);

# What has to happen: the method (or undef), whether it is warned about, and the status.
sub expected {
	my ($channel, $offered, $auth, $clear_login, $has_password) = @_;
	my @order = @$auth ? @$auth : $has_password ? qw(cram login none) : qw(none cram login);

	for my $method (@order) {
		my $how = $table{$channel}{$method};
		next unless grep { $_ eq $method } @$offered;
		next if $how eq 'named' && !@$auth or $how eq 'flag' && !$clear_login;
		return ($method, $how ne 'yes', $method eq 'none' || $has_password ? 0 : 2);
	}
	return (undef, 0, 4);
}

# Returns what is wrong in the box's log since the last run.
sub wrong_on_the_wire {
	my ($channel, $method, $status, @log) = @_;
	my $key = Cram::key('admin', $password);
	my @got = map { $_->[3] =~ /^\[\d+,"(\w+)"/ ? $1 : $_->[3] } grep { $_->[2] eq 'recv' } @log;
	my @want = ($channel =~ /TLS/ ? 'start_tls' : (), $status == 0 && $method ne 'none' ? $type{$method} : (), $status == 0 ? 'ping' : ());
	my $on = $channel eq 'unix' ? 'unix' : $channel =~ /TLS/ ? 'tls' : 'clear';

	return "received @got instead of @want" if "@got" ne "@want";
	for (@log) {
		my ($connection, $where, $what, $text) = @$_;
		my $bytes = $text . join '', map { decode_base64($_) } $text =~ m{([A-Za-z0-9+/]{20,}=*)}g;
		return "$what: on $where" if $what eq 'recv' && $text !~ /start_tls/ && $where ne $on;
		return 'the key was sent' if index($bytes, $key) >= 0;
		return 'the password was sent' if index($text, $password) >= 0 && ($method // '') ne 'login';
		return 'odd bytes' if $what eq 'odd';
	}
	return '';
}

sub run_one {
	my ($box, $home, $channel, $offered, $auth, $clear_login, $has_password) = @_;
	my ($method, $warned, $status) = expected($channel, $offered, $auth, $clear_login, $has_password);
	my $before = () = $box->log_lines;
	my $r = Run->ptsh(home => $home, secret => $password, user => 'admin', env => { PTSH_PASSWORD => $has_password ? $password : undef },
	    args => [@$auth ? ('--auth', join ',', @$auth) : (), $clear_login ? '--clear-login' : (), $has_password ? ('-u', 'admin') : (),
	    '-c', 'ping', $channel{$channel}{args}->($box)]);
	my @log = $box->log_lines;

	return 'status ' . $r->status . ", not $status: " . $r->stderr if $r->status != $status;
	return 'warned or not: ' . $r->stderr if $warned != ($r->stderr =~ /warning: logging in over a channel that is not trusted/);
	return wrong_on_the_wire($channel, $method, $status, @log[$before .. $#log]);
}

# All lists of some of these, in any order; the empty one: no --auth.
sub lists {
	my (@of) = @_;

	return ([], map { my $first = $_; map { [$first, @$_] } lists(grep { $_ ne $first } @of) } @of);
}

my @groups;
for my $channel (sort keys %table) {
	for my $set (0 .. 7) {
		my @offered = map { (qw(none cram login))[$_] } grep { $set & 1 << $_ } 0 .. 2;
		# A Unix socket always offers none.
		push @groups, [$channel, @offered] unless $channel eq 'unix' && !($set & 1) || $channel eq 'low port' && $>;
	}
}
my @options = map { my $auth = $_; map { my $c = $_; map { [$auth, $c, $_] } 0, 1 } 0, 1 } lists(qw(none cram login));
my ($runs, @wrong) = 0;
my $every = $ENV{PTSH_TEST_FULL} ? 1 : 5;
for my $i (0 .. $#groups) {
	my $n = 0;
	# The most frequent choice is always there: no --auth.
	push @{ $groups[$i] }, { options => [grep { !@{ $_->[0] } || ($n++ + $i) % $every == 0 } @options] };
	$runs += @{ $groups[$i][-1]{options} };
}
Parallel::each(4, \@groups, sub {
	my ($channel, @offered) = @{ $_[0] };
	my $options = pop @offered;
	my $home = Run::new_home();
	my $box;
	# Only root may have a port below 1024, and the kernel picks none: one that is taken is no fault.
	for (my $tries = $channel eq 'low port' ? 20 : 1; !$box && $tries > 0; $tries--) {
		my @box = map { $_ eq 'PATH' ? "$dir/$$" : $_ eq 'LOW' ? 600 + int rand 400 : $_ } @{ $channel{$channel}{box} };
		$box = eval { Box->start(password => $password, @box, '--auth', join ',', map { $type{$_} } @offered) };
	}
	return "$channel: no box: $@" unless $box;
	my @texts;
	for (@{ $options->{options} }) {
		my ($auth, $clear_login, $has_password) = @$_;
		my $text = run_one($box, $home, $channel, \@offered, $auth, $clear_login, $has_password);
		push @texts, "$channel, offered (@offered), --auth (@$auth), --clear-login $clear_login, password $has_password: $text"
		    if $text ne '';
	}
	return join "\n", map { s/\n/; /gr } @texts;
}, sub { my ($group, $text) = @_; push @wrong, split /\n/, $text });
ok !@wrong, "what may happen on which channel ($runs runs)" or diag join "\n", @wrong[0 .. ($#wrong < 14 ? $#wrong : 14)], scalar(@wrong) . ' failed';

# --- a key that could not be remembered, and another box when the connection is made again ---

for my $tls ('offer', 'off') {
	my @box = (password => $password, '--port');
	my $box = Box->start(@box, 0, '--tls', 'offer', @pem);
	my $r = Run->begin(secret => $password, user => 'admin', env => { PTSH_PASSWORD => $password, PTSH_USER => 'admin', XDG_DATA_HOME => '/proc/nowhere' },
	    args => ['--tls', 'on', '--accept-new', '-e', '*', '--follow', '--reconnect', $box->address]);
	$box->wait_log('recv', qr/"subscribe"/);
	$box->stop;
	$r->wait_for(stderr => qr/closed the connection/);
	$box = Box->start(@box, $box->port, '--tls', $tls);
	$r->finish;
	is $r->status, 5, "--accept-new, --reconnect, no known_boxes: another box ($tls) is refused";
	like $r->stderr, $tls eq 'off' ? qr/the box refuses TLS/ : qr/THE KEY HAS CHANGED: .* \(seen earlier in this run\)/, '... as it should be';
	is scalar(grep { /login/ } $box->received), 0, '... and sees no login';
}

# --- a man in the middle, with TLS of its own, that passes every array on to the real box ---

my $real = Box->start(password => $password, '--tls', 'offer', @pem);
my $in_between = sub {
	my (@args) = @_;
	my $relay = Box->start(password => $password, '--cert', "$certs/other.pem", '--key', "$certs/other.key", script => <<"END");
forward @{[$real->port]}
expect "start_tls"
line [null,"start_tls"]
tls
reply 1
pass
END
	my $before = () = $real->received;
	my $home = Run::new_home();
	mkdir "$home/data/ptsh", 0700;
	Box::write_file("$home/data/ptsh/known_boxes", 'known.example:55 ' . Certs::pin('self') . " 2026-01-01\n");
	my $r = Run->ptsh(home => $home, secret => $password, user => 'admin', env => { PTSH_PASSWORD => $password, PTSH_USER => 'admin' },
	    args => [@args, '-c', 'product_id', $far->($relay)]);
	my @relayed = map { /^\[\d+,"(\w+)"/ } $relay->received;
	my @real = $real->received;
	is scalar(grep { index($_, $password) >= 0 } $relay->received), 0, "@args: the one in between never sees the password";
	return ($r, join(' ', @relayed), scalar @real - $before);
};

for my $case (['--tls on --pin ' . Certs::pin('self'), qr/the key is \Q@{[Certs::pin('other')]}\E, not --pin \Q@{[Certs::pin('self')]}\E/],
    ['--pin ' . Certs::pin('self'), qr/not --pin/], ['--tls insecure --pin ' . Certs::pin('self'), qr/not --pin/], ['', qr/unknown key/],
    ['--known-as known.example', qr/THE KEY HAS CHANGED/], ['--known-as known.example --accept-new', qr/THE KEY HAS CHANGED/],
    ["--tls verify --ca $certs/ca.pem", qr/certificate is not verified/]) {
	my ($options, $says) = @$case;
	my ($r, $seen, $real) = $in_between->(split / /, $options);
	is $r->status, 5, "a man in the middle, $options: refused" or diag $r->stderr;
	like $r->stderr, $says, '... and why';
	is "$seen, $real", 'start_tls, 0', '... before a login';
}
{
	my ($r, $seen, $real) = $in_between->('--tls', 'insecure');
	is $r->status, 0, 'a man in the middle, --tls insecure: it works' or diag $r->stderr;
	like $r->stderr, qr/^ptsh: warning: \S+: --tls insecure: the key is not verified: another machine may be in between/m, '... and what that means is printed';
	like $r->stderr, qr/^ptsh: \S+: warning: logging in over a channel that is not trusted$/m, '... twice';
	is "$seen, $real", 'start_tls login_cram_md6 product_id, 2', '... cram proves the user to the box, but not to which box';
	($r, $seen, $real) = $in_between->('--tls', 'insecure', '--auth', 'login');
	is $r->status, 4, '... a login in clear text is not sent there';
	is "$seen, $real", 'start_tls, 0', '... really';
}

done_testing;
