# SPDX-License-Identifier: ISC
# `.alias`: a line under a name of one's own: arguments are inserted unchanged, and nothing in it is a secret.
use strict;
use warnings;
use utf8;

use Box;
use File::Temp qw(tempdir);
use JSON::PP ();
use Run;
use Test::More;

binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;
my $json = JSON::PP->new->utf8;

# What lines would send, as Perl's lists; or the status and the message.
sub sent {
	my (@lines) = @_;
	my $r = Run->ptsh(args => ['-X', '-n', map { utf8::encode(my $l = $_); ('-c', $l) } @lines]);

	return $r->status == 0 ? [map { $json->decode($_) } grep { /^\[/ } split /\n/, $r->stdout] : $r->status . ' ' . $r->stderr;
}

sub refused {
	my ($line, $why, $what) = @_;
	my $r = Run->ptsh(args => ['-X', '-n', map { utf8::encode(my $l = $_); ('-c', $l) } $line, 'ping']);

	is($r->status, 2, "$what: status 2");
	like($r->stderr, $why, '... and why');
	is($r->stdout, '', '... and nothing is sent');
}

subtest 'an argument stays one word, whatever is in it' => sub {
	my %typed = (q(a b) => q('a b'), q(') => q("'"), q(") => q('"'), q(\\) => q('\\'), '{2}' => q('{2}'), '--add' => '--add',
	    '&' => q('&'), '' => q(''), 'x # y;' => q('x # y;'), '?' => q('?'), '@f' => q('@f'), 'a,b=c' => q('a,b=c'), "\x{2028}" => "\"\\u2028\"");
	for my $text (sort keys %typed) {
		is_deeply(sent('.alias t log {1}', "t $typed{$text}"), [['log', $text]], "alone: $typed{$text}");
		is_deeply(sent('.alias t log x{1}y', "t $typed{$text}"), [['log', "x${text}y"]], '... within a word');
		is_deeply(sent(q(.alias t log 'x {1} y'), "t $typed{$text}"), [['log', "x $text y"]], '... within quotes');
		is_deeply(sent(q(.alias t log "x {1} y"), "t $typed{$text}"), [['log', "x $text y"]], '... within others');
		is_deeply(sent(q(.alias t ["log","{1}"]), "t $typed{$text}"), [['log', $text]], '... within JSON');
	}
};

subtest 'how many arguments' => sub {
	is_deeply(sent('.alias t realm_info {*}', 't', 't gid,name', 't gid,name 5'),
	    [['realm_info'], ['realm_info', ['gid', 'name']], ['realm_info', ['gid', 'name'], ['5']]], '{*}: any number');
	is_deeply(sent('.alias t realm_query', 't 5 switch switch_uid --filter switch=2'),
	    [['realm_query', '5', 'switch', ['switch_uid'], [], {switch => '2'}]], 'no place: after the line');
	is_deeply(sent('.alias t log {2}', 't a b'), [['log', 'b']], 'one that is not used must be given');
	like(sent('.alias t log {2}', 't a'), qr/^2 ptsh: t: 2 arguments needed, 1 given \(t: log \{2\}\)$/, 'too few');
	like(sent('.alias t log {1}', 't a b'), qr/^2 ptsh: t: 1 argument needed, 2 given \(t: log \{1\}\)$/, 'too many');
	like(sent('.alias t log {1} {*}', 't'), qr/^2 ptsh: t: 1 argument needed at least, 0 given/, 'too few before {*}');
};

subtest 'what cannot be defined' => sub {
	refused('.alias ping log x', qr/: ping: is a request/, 'a request\'s name');
	refused(".alias $_ log x", qr/: $_: has a meaning of its own/, $_) for qw(quit exit help off);
	refused(".alias $_ log x", qr/a name has letters, digits, _ and -/, "the name $_") for qw(1a a.b -a), 'ä';
	refused('.alias a .source f', qr/\.source: cannot stand in an alias/, '.source');
	refused('.alias a .alias b ping', qr/\.alias: cannot stand in an alias/, '.alias');
	refused('.alias a quit', qr/\.quit: cannot stand in an alias/, 'quit');
	refused(".alias a log {1} $_", qr/redirections are for the prompt/, $_) for '> f', '>> f', '| cat';
	refused('.alias a log {1} &', qr/&: must follow a where it is used/, '&');
	refused('.alias a {1} x', qr/a request or a command is missing before \{1\}/, 'no request');
	refused('.alias a log x{*}', qr/\{\*\} must be a word of its own/, '{*} within a word');
	refused('.alias a realm_query {1} nosuch ifname', qr{realm_query: type must be one of device}, 'a wrong word');
	refused('.alias a realm_pol {1}', qr/realm_poll\?/, 'a misspelt request');
	refused('.alias off nix', qr/nix: no such alias; \.alias lists them/, 'one to be forgotten that is not there');
	refused('.alias nix', qr/nix: no such alias/, 'one to be shown');
	like(sent('.alias a ping', '.alias b a'), qr/^2 ptsh: \.alias: a: an alias cannot stand in another$/m, 'another alias');
};

subtest 'the request wins, and raw JSON is no alias' => sub {
	is_deeply(sent('.alias new_thing log x', '["new_thing","y"]', 'new_thing'), [['new_thing', 'y'], ['log', 'x']], 'raw JSON');
	like(sent('.alias a log {1}', '.alias off a', 'a b')->[0][0], qr/^a$/, 'one that is gone is a request again');
};

subtest 'commands, and commands that fill places of their own' => sub {
	my $box = Box->start('--auth', 'none');
	my $run = sub { my @l = @_; Run->ptsh(args => ['-X', (map { ('-c', $_) } @l), $box->address]) };
	my $r = $run->('.alias e .each realm_info name -- .echo {{1}}/{name} {1}', q(e 'x {name} {1}'));
	is($r->status, 0, '.each runs') or diag($r->stderr);
	like($r->stdout, qr(^Lab/Lab x \{name\} \{1\}$)m, '... its own places filled, and none in the argument');
	$r = $run->('.alias on .find {1} --realms Lab', 'on 16:71', 'on 16:71');
	is($r->status, 1, 'a command as one would type it') or diag($r->stderr);
	$r = $run->('.alias names realm_info gid,name', '.each names -- .echo {name}');
	like($r->stdout, qr/^Lab$/m, 'one that is a request may be where a request may');
	$r = $run->('.alias seed realm_seed_list {1}', 'seed Nowhere');
	like($r->stderr, qr/^ptsh: realm_seed_list: .*Nowhere/, 'what the box\'s names say is said of the request');
	$r = $run->('.alias seed realm_seed_list {1}', 'seed Lab &', '.wait');
	like($r->stderr, qr{^ptsh: \[1\] realm_seed_list Lab: done}m, 'a job is named by what it runs');
	$r = Run->ptsh(args => ['-X', '-r', '-c', '.alias p realm_poll {1}', '-c', 'p Lab', $box->address]);
	is($r->status, 2, '--read-only looks at what it runs');
	$box->stop;
};

subtest 'no secret is kept' => sub {
	refused('.alias a poller_info_modify {1} secret=s3same', qr/an alias keeps no secret: put \?, \@FILE or \{1\} in its place/, 'a secret');
	refused('.alias a .snmp get {1} -c s3same 1.3', qr/an alias keeps no secret/, 'a community');
	is_deeply(sent('.alias a poller_info_modify {1} secret={2}', 'a 5 s3same'), [['poller_info_modify', '5', {secret => 's3same'}]],
	    'a place for one');
	my $box = Box->start('--auth', 'none');
	my $trace = tempdir(CLEANUP => 1) . '/trace';
	my $r = Run->ptsh(args => ['-X', '--trace', $trace, '-c', '.alias a poller_info_modify {1} secret={2}', '-c', '- a 1 s3same',
	    '-c', '- a 1 s3same more', '-c', '- a nosuch s3same', '-c', '.alias', $box->address]);
	open my $in, '<', $trace or die $!;
	my $traced = do { local $/; <$in> };
	like($traced, qr/poller_info_modify/, 'it is traced');
	unlike($traced . $r->stderr . $r->stdout, qr/s3same/, '... and nothing shows what was given');
	$box->stop;
};

subtest 'files' => sub {
	my $dir = tempdir(CLEANUP => 1);
	open my $out, '>', "$dir/f" or die $!;
	print $out ".alias realm_pol realm_poll {1}\nrealm_pol 5\n.alias realm_pol ping\nrealm_pol\n";
	close $out;
	my $r = Run->ptsh(args => ['-X', '-n', '-f', "$dir/f"]);
	is($r->stdout, qq(["realm_poll","5"]\n["ping"]\n), 'lines after a definition know it, when they are looked at and when they run');
	is($r->status, 0, '...') or diag($r->stderr);
	$r = Run->ptsh(args => ['-n', '-c', 'mine 5']);
	like($r->stderr, qr/aliases in rc are for the prompt; use -f FILE/, 'the message for a script says what to use instead');
	$r = Run->ptsh(args => ['-X', '-n', '-c', '.alias b ping', '-c', '.alias a log {1}', '-c', '.alias', '-c', '.help']);
	like($r->stdout, qr/^\.alias a log \{1\}\n\.alias b ping\n/m, 'they are listed as lines that rc takes');
	like($r->stdout, qr/^yours.*\n  a +log \{1\}\n  b +ping\n/m, '... and at the end of .help');
};

done_testing;
