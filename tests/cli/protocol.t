#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# ptsh-protocol(7) is enough to write a peer from.  Its arithmetic is done here with the page's numbers and
# must give what the published modules give; a client made of it alone talks to the simulated box; and what it says about each
# request is what the catalogue says, no name less and none more.
use strict;
use warnings;
no warnings 'portable';
use Test::More;
use Box;
use Deadline;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64;

my $top = abs_path(dirname(__FILE__) . '/../..');
sub slurp {
	my ($path) = @_;
	open my $in, '<', "$top/$path" or die "$path: $!";
	local $/;
	return scalar <$in>;
}
my $page = slurp('man/ptsh-protocol.7');
my %section = $page =~ /^\.Sh ([^\n]+)\n(.*?)(?=^\.Sh |\z)/msg;

# --- MD6 ---

my ($md6) = $section{LOGIN} =~ /^\.Ss MD6-256\n(.*)/ms;
my @root = map { hex } $md6 =~ /\b([0-9a-f]{16})\b/g;
my ($state, $mask) = @root[15, 16];
@root = @root[0 .. 14];
my ($r) = $md6 =~ /^r:(.*)$/m;
my ($l) = $md6 =~ /^l:(.*)$/m;
my @right = split ' ', $r;
my @left = split ' ', $l;
my @taps = $md6 =~ /A\[n-(\d+)\]/g;
is("@taps", '89 17 18 21 31 67', 'the page has the places that are mixed');
my ($rounds) = $md6 =~ /^Then, (\d+) times/m;
is(scalar @right . scalar @left . $rounds, '1616104', '... the shifts, and how often');

sub compress {
	my ($block, $level, $number, $is_root) = @_;
	my $unused = (512 - length $block) * 8;
	my @a = (@root, (0) x 8, ($level << 56) + $number, ($rounds << 48) + (64 << 40) + (($is_root ? 1 : 0) << 36) + ($unused << 20) + 256,
		unpack 'Q>64', $block . "\0" x (512 - length $block));
	my $s = $state;
	for (1 .. $rounds) {
		for my $j (0 .. 15) {
			my $n = @a;
			my $x = $s ^ $a[$n - $taps[0]] ^ $a[$n - $taps[1]] ^ ($a[$n - $taps[2]] & $a[$n - $taps[3]])
				^ ($a[$n - $taps[4]] & $a[$n - $taps[5]]);
			$x ^= $x >> $right[$j];
			push @a, $x ^ $x << $left[$j];
		}
		$s = ($s << 1 | $s >> 63) ^ ($s & $mask);
	}
	return pack 'Q>16', @a[-16 .. -1];
}

sub md6 {
	my ($data) = @_;
	for (my $level = 1;; $level++) {
		my @blocks = length $data ? unpack '(a512)*', $data : '';
		my @results = map { compress($blocks[$_], $level, $_, @blocks == 1) } 0 .. $#blocks;
		return substr $results[0], -32 if @blocks == 1;
		$data = join '', @results;
	}
}

my ($abc) = $md6 =~ /^([0-9a-f]{32}\n[0-9a-f]{32})$/m;
is(unpack('H*', md6('abc')), $abc =~ s/\n//r, 'MD6-256 of abc is what the page says');
for my $line (split /\n/, slurp('tests/vectors/md6.tsv')) {
	my ($n, $hash) = split /\t/, $line;
	next if $n > 10000;	# three levels are enough, in Perl
	is(unpack('H*', md6(join '', map { chr((7 * $_ + 3) % 256) } 0 .. $n - 1)), $hash, "MD6-256 of $n bytes");
}

# --- login ---

sub hmac {
	my ($key, $message) = @_;
	$key = md6($key) if length $key > 64;
	$key .= "\0" x (64 - length $key);
	return md6(($key ^ "\x5c" x 64) . md6(($key ^ "\x36" x 64) . $message));
}
my %formula = $section{LOGIN} =~ /^(key|cr|sr) +=\s+HMAC\((.*)\)$/mg;
sub formula {
	my ($what, %have) = @_;
	my ($key, $message) = map { join '', map { $have{$_} // die $_ } split / \+ / } split /, +/, $formula{$what};
	return hmac($key, $message);
}
sub proofs {
	my %have = @_;
	$have{key} = formula('key', %have);
	return ($have{key}, map { formula($_, %have) } qw(cr sr));
}
my ($nonce, $cc) = $section{LOGIN} =~ /^nonce\n\.Li (\S+)\nand cc\n\.Li (\S+)$/m;
my %result = $section{LOGIN} =~ /^(key|cr|sr) += (\w\S{40,})$/mg;
is(join(' ', map { encode_base64($_, '') =~ s/=//r } proofs(user => 'user', password => 'pass', nonce => decode_base64($nonce), cc => decode_base64($cc))),
	join(' ', @result{qw(key cr sr)}), 'key, cr and sr are what the page says');

# --- a peer made from it ---

my $box = Box->start('--auth', 'login_cram_md6');
my $socket = IO::Socket::INET->new(PeerAddr => $box->address) or die $!;
my $json = JSON::PP->new->utf8->allow_nonref;
$socket->autoflush(1);
local $SIG{ALRM} = sub { die "no answer\n" };
alarm Deadline::SECONDS;
sub message { return $json->decode(scalar readline $socket) }
my $hello = message();
is_deeply([@$hello[0 .. 3]], [undef, 'hello', 1, ['login_cram_md6']], 'the box greets as the page says');
my ($key, $cr, $sr) = proofs(user => 'admin', password => $box->password, nonce => decode_base64($hello->[4]), cc => 'chosen by the peer');
print $socket $json->encode([1, 'login_cram_md6', 'admin', encode_base64($cr, ''), encode_base64('chosen by the peer', '')]);
my $answer = message();
is("@$answer[0, 1]", '1 1', 'the login is accepted');
is(decode_base64($answer->[2]), $sr, '... and the box has proved itself');
# Those of the page's session that need no login.
my ($session) = $section{SESSION} =~ /^A whole session:\n\.Bd [^\n]*\n(.*?)^\.Ed/ms;
my %sent = $session =~ /^client: (\["(\d+)",(?!"login).*)$/mg;
for my $request (sort grep { /^\[/ } %sent) {
	print $socket $request;
	my ($id) = $request =~ /^\["(\d+)"/;
	my ($shown) = $session =~ /^box:    \["$id",(\d)/m;
	$answer = message();
	is("@$answer[0, 1]", "$id $shown", "$request: answered as the page says");
}
alarm 0;
$box->stop;

# --- the requests ---

my $catalog = slurp('src/proto/catalog.def');
my $fields = slurp('src/proto/catalog_fields.def');
my %macro = $fields =~ /^#define ([A-Z_]+) \\\n((?:.*\\\n)*.*\n)/mg;
$macro{$1} = $2 while $fields =~ /^#define ([A-Z_]+) (F\(.*\))$/mg;
my (%values, %names, %named, %secret);
while ($fields =~ /^static const struct value_name (\w+)\[\] = \{\n(.*?)^\};/msg) {
	my ($name, $list) = ($1, $2);
	$values{$name} = [$list =~ /(?:\{|\bV\()"([^"]+)", "([^"]+)"/g];
}
while ($fields =~ /^(?:static )?const struct field (\w+)\[\] = \{(.*?)\};$/msg) {
	my ($name, $list) = ($1, $2);
	$list =~ s/(?<!\.)\b([A-Z_]{4,})\b/$macro{$1} \/\/ $1/ge;
	for my $field ($list =~ /F\(("(?:[^"\\]|\\.|"[^"]*")*?.*?)\)(?:,|\s*\\?\s*\z|\s*\\?\n)/sg) {
		my ($word) = $field =~ /^"([^"]+)"/;
		push @{$names{$name}}, $word;
		push @{$named{$name}}, $1 if $field =~ /\.values = (\w+)/;
		$secret{$name} = 1 if $field =~ /\.secret = true|UNIT_SECRET/;
	}
}
cmp_ok(scalar keys %names, '>', 25, 'the catalogue\'s fields are found');
my %item;
while ($section{'THE REQUESTS'} =~ /^\.It Ic (\w+)([^\n]*)\n\w\.\n(.*?)(?=^\.It Ic |^\.El)/msg) {
	$item{$1} = "$2\n$3";
}
# A request that shows what another one changes has its values, too.
my %changed;
for my $entry (split /^\},?$/m, $catalog) {
	push @{$changed{$1}}, map { @{$named{$_} // []} } $entry =~ /\.fields = (\w+)/g if $entry =~ /\.reader = "(\w+)"/;
}
my %all = map { $_ => 1 } map { @$_ } values %names, values %values;
for my $entry (split /^\},?$/m, $catalog) {
	my ($name) = $entry =~ /^\t\.name = "(\w+)"/m or next;
	my ($reader) = $entry =~ /\.reader = "(\w+)"/;
	my $own = $item{$name} // '';
	my $text = $own . ($reader ? $item{$reader} // '' : '');
	$text .= $section{'NOTIFICATIONS AND EVENTS'} if $name =~ /subscribe\z/;
	my @lists = grep { !/^columns_all$/ } $entry =~ /\.(?:fields|reply) = (\w+)/g;
	my @missing = grep { $_ ne '*' && $text !~ /(?<![\w-])\Q$_\E(?![\w-])/ } map { @{$names{$_} // []} } @lists;
	my @values = ($entry =~ /\.values = (\w+)/g, map { @{$named{$_} // []} } @lists);
	for my $list (@values) {
		my @pairs = @{$values{$list}};
		while (my ($word, $value) = splice @pairs, 0, 2) {
			next if $word =~ /\+/;	# several at once
			push @missing, $word if $text !~ /\b(?:\Q$word\E|\Q$value\E)\b/;
		}
	}
	is("@missing", '', "$name: all its names stand there");
	my %own = map { $_ => 1 } (map { @{$names{$_} // []} } @lists), (map { @{$values{$_}} } @values, @{$changed{$name} // []}),
		$entry =~ /(?:\{\.name = |GID\()"([\w-]+)"/g;
	my @surplus = grep { $all{$_} && !$own{$_} } map { split / , | / } $own =~ /^\.Li (.*)$/mg;
	# The columns have lists of their own, and what realm_info says of the two kinds of sync stands inside a reply.
	@surplus = () if $entry =~ /columns_all/ || $name eq 'realm_info' && "@surplus" eq 'qsync bsync';
	is("@surplus", '', "$name: and no others");
	my $has = $entry =~ /ARG_SECRET/ || grep { $secret{$_} } @lists;
	my $says = $own =~ s/^\.\w+ //mgr =~ s/\s+/ /gr;
	is($says =~ /\((?:both )?secret\)|\b(?:is|are|both) secret\b/ ? 1 : 0, $has ? 1 : 0, "$name: what is secret is called so");
}


# Columns, by what is asked for.
for my $type (qw(device switch switch_detail)) {
	my ($list) = $item{realm_query} =~ /^Columns of\n\.Li $type :\n((?:\.Li .*\n)+)/m;
	my @stand = map { grep { /\w/ } split ' ' } ($list // '') =~ /^\.Li (.*)$/mg;
	is(join(' ', sort @stand), join(' ', sort @{$names{"columns_$type"} // []}), "columns of $type");
}

done_testing();
