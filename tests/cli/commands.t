# SPDX-License-Identifier: ISC
# The commands of ptsh itself, as scripts use them.
use strict;
use warnings;

use Box;
use File::Temp ();
use Lines;
use Run;
use Test::More;
use Time::HiRes qw(time);

my $dir = File::Temp->newdir;
my $box = Box->start('--auth', 'none', '--delay', 20);
my $l = Lines->new($box->address);

sub put {
	my ($name, $text) = @_;
	Box::write_file("$dir/$name", $text);
	return "$dir/$name";
}

subtest 'names' => sub {
	my $help = $l->good(".help\n");
	my @commands = $help =~ /^  \.(\w+)/mg;
	cmp_ok(scalar @commands, '>', 15, '.help lists them');
	for my $c (@commands) {
		for my $n (1 .. length($c) - 1) {
			my $prefix = substr $c, 0, $n;
			next if 1 < grep { /^$prefix/ } @commands;
			is($l->good(".help .$prefix\n"), $l->good(".help .$c\n"), ".$prefix is .$c");
			last;
		}
	}
	$l->bad(".e x\n", 2, qr/^ptsh: stdin:1: \.e: may be \.each, \.echo, \.edit, \.events$/m);
	$l->bad(".$_->[0]\n", 2, qr/^ptsh: stdin:1: \.$_->[0]: no such command; did you mean \.$_->[1]\?$/m) for
	    ['statsu', 'status'], ['histroy', 'history'], ['jbos', 'jobs'], ['conect', 'connect'];
	$l->bad(".nix\n", 2, qr/^ptsh: stdin:1: \.nix: no such command; \.help lists them$/m);
	is($l->good(".ec  a   'b  c'\n"), "a b  c\n", 'an unambiguous prefix');
	is($l->good("$_\nping\n"), '', "$_ ends a script") for qw(.quit .q quit exit);
	is($l->run("realm_poll Lab &\n.quit\nping\n")->stdout, '', '... and leaves its jobs alone');
};

subtest '.help' => sub {
	my $help = $l->good(".help\n");
	my @requests = $help =~ /^  ([a-z]\w+) +\S/mg;
	for my $name (@requests) {
		my $text = $l->good(".help $name\n");
		my ($example, $json) = $text =~ /^Example\n  (.+)\n  (.+)$/m;
		like($text, qr/\A$name\b.*\n  \S.*\n(?:Arguments\n(?:  .*\n)+)?Reply\n(?:  .*\n)+Example\n/, "$name: usage, arguments, reply, example");
		next if $example =~ /\?/ || $name =~ /^(?:login|start_tls)/;
		is(Run->ptsh(args => ['-n', '-X', '-c', $example])->stdout, "$json\n", '... which is what would be sent');
	}
	like($l->good(".help .$_\n"), qr/\A\.$_\b.*\n  \S/, ".help .$_") for $help =~ /^  \.(\w+)/mg;
	my $query = $l->good(".help realm_query\n");
	is(scalar(() = $query =~ /^ +the columns of (?:device|switch|switch_detail)$/mg), 3, 'realm_query: the columns of each type');
	is(scalar(() = $query =~ /^ +device_mac /mg), 1, '... once');
	cmp_ok(scalar(() = $query =~ /\n/g), '<', 120, '... in fewer lines');
	like($l->good(".help $_->[0]\n"), qr/$_->[1]/, "the topic $_->[0]") for ['lines', qr/^  > FILE, >> FILE /m], ['keys', qr/^  Tab /m],
	    ['formats', qr/^  records /m], ['events', qr/^  subscribe NAME/m];
	like($l->good(".help\n"), qr/^\.help WORD also knows events, formats, keys and lines\.$/m, '... named by .help');
	like($query, qr/^      $_ +\S/m, "history: $_") for 'current', 'all', 'changes', 'all\+changes';
	like($query, qr/--history current\|all\|changes\]/, '... each value once in the usage');
	is($l->good("realm_query Lab device vlan --history all+changes\n", '-n'), $l->good("realm_query Lab device vlan --history 2\n", '-n'), '... typed');
	like($l->good(".help security_authentication_modify\n"), qr/^ +inuse .*\(no, yes\)\n(?:.*\n)* +timeout .* in seconds$/m,
	    'members: named values, units');
	is(scalar(() = $l->good(".help group_settings_modify\n") =~ /^      each of these \(none, read, write\)$/mg), 2, '... once where all have the same');
	my $set = $l->good(".help set\n");
	like($set, qr/^  $_ +\S+/m, ".help .set: $_") for map { (split /\t/)[0] } split /\n/, $l->good(".set\n");
	like($set, qr/^  header +default \| on \| off /m, '... what it takes');
	like($l->good(".help $_\n"), qr/\nExample\n  \.$_ /, ".help .$_ has an example") for qw(wait trust connect watch);
	like($l->good(".help pollers\n"), qr/^  poller_info +\S/m, 'a group');
	like($l->good("help seed\n"), qr/^  realm_seed_list +\S/m, 'a part of a name; help without a dot');
	$l->bad(".help nonsense\n", 2, qr/nonsense: no such request, command or group/);
	is($l->good(".help ping\n.help .echo\n"), $l->good(".help ping\n") . $l->good(".help .echo\n"), 'needs no box: ') ;
	is(Run->ptsh(args => ['-c', '.help', '/nonexistent/box'])->status, 0, '... indeed');
};

subtest '.source' => sub {
	my $inner = put('inner', ".echo inner\n");
	my $outer = put('outer', ".echo before\n.source $inner\n.echo after\n");
	is($l->good(".echo 1\n.source $outer\n.echo 2\n"), "1\nbefore\ninner\nafter\n2\n", 'nested, in order');
	my $wrong = put('wrong', "ping\nrealm_poll\nping > x\n");
	my $r = $l->bad(".echo 1\n.source $wrong\n.echo 2\n", 2, qr/^ptsh: \Q$wrong\E:2: realm_poll: .* is missing$/m);
	like($r->stderr, qr/^ptsh: \Q$wrong\E:3: ping: redirections/m, 'every mistake');
	is($r->stdout, "1\n", 'nothing of it has run, and nothing after it');
	$r = $l->bad(".source " . put('middle', ".echo a\n.source $wrong\n.echo b\n") . "\n", 2, qr/^ptsh: \Q$wrong\E:2: /m);
	is($r->stdout, "a\n", 'within another');
	$r = $l->bad(".source " . put('fails', "realm_poll 1\n.echo b\n") . "\n.echo c\n", 1, qr/^ptsh: \Q$dir\E\/fails:1: realm_poll: no such realm/m);
	is($r->stdout, '', 'a failure in it stops all');
	like($r->stderr, qr/^ptsh: 2 lines were not run$/m, '... and is counted');
	is($l->run("- .source $wrong\n.echo c\n")->stdout, "c\n", '- .source may fail');
	$l->bad(".source /nonexistent\n", 2, qr/^ptsh: stdin:1: \.source: \/nonexistent: No such file or directory$/m);
	$l->bad(".source\n", 2, qr/usage: \.source FILE/);
	put('self', ".echo x\n.source $dir/./self2\n");
	put('self2', ".source $dir/self\n");
	$r = $l->bad(".source $dir/self\n", 2, qr/^ptsh: \Q$dir\E\/\.\/self2:1: \.source: \Q$dir\E\/self: a file cannot run itself$/m);
	is($r->stdout, "x\n", '... not even by way of another');
	is($l->good(".source $inner\n.source $inner\n", '-f', $inner, '-f', '-', '-f', $inner), "inner\n" x 4, 'a file may run again');
};

subtest '.connect' => sub {
	my $other = Box->start('--auth', 'none', '--product', 'i');
	is($l->good("product_id\n.connect @{[$other->address]}\nproduct_id\n.connect @{[$box->address]}\nproduct_id\n") =~ s/\t.*//mgr, "n\ni\nn\n",
		'to another box and back');
	my $r = $l->bad("ping\n.connect 127.0.0.1:1\nping\n", 3, qr/^ptsh: 127\.0\.0\.1:1: cannot connect: .*Connection refused$/m);
	is(scalar(() = $r->stdout =~ /\n/g), 1, 'to nowhere');
	$l->bad(".connect [::1]:1\n", 3, qr/^ptsh: \[::1]:1: cannot connect: /m);
	is($l->run(".connect @{[$other->address]}\n")->status, 0, 'to one, and no more');
	$r = $l->run("realm_info gid Lab\n.connect @{[$other->address]}\nrealm_modify --add neu,x\nrealm_info name neu\n.connect @{[$box->address]}\n"
		. "- realm_info name neu\n.echo end\n");
	is($r->stdout, "5200007311\nneu\nend\n", 'names are looked up where one is');
	like($r->stderr, qr/neu: no such realm/, '... only there');
	my $slow = Box->start('--auth', 'none', '--delay', 1000);
	$r = Run->ptsh(args => [$slow->address], stdin => "realm_poll Lab &\nping\n.connect @{[$other->address]}\nproduct_id\n");
	is($r->status, 2, 'a job would be abandoned') or diag $r->stderr;
	like($r->stderr, qr/^ptsh: stdin:3: \.connect: 1 job is still running; use \.wait first$/m, '... the message says what to do');
	like($r->stderr, qr/\[1\] realm_poll Lab: done/, '... and the job comes to its end');
	like($l->run("realm_poll Lab &\n.wait\n.connect @{[$other->address]}\nproduct_id\n")->stdout, qr/^i\t/m, '... after .wait it works');
	$l->bad(".connect 'a b'\n", 2, qr/^ptsh: stdin:1: \.connect: a b: /m);
};

subtest '.set, .format, .timing' => sub {
	my %set = map { /^(\S+)\t(\S+)\t/ } split /\n/, $l->good(".set\n");
	is_deeply(\%set, { color => 'off', expanded => 'auto', header => 'default', jobs => 'default', 'keep-going' => 'off', reveal => 'off', marks => 'off', timeout => 0, timing => 'off',
		undo => 'on', yes => 'off' }, 'the settings');
	for my $name (grep { $_ ne 'marks' } sort keys %set) {	# marks are the terminal's: tests/term/ptsh_state.t
		my $new = { off => 'on', on => 'off', auto => 'on', default => $name eq 'jobs' ? 7 : 'on', 0 => '1.5' }->{ $set{$name} };
		like($l->run(".set $name $new\n.set $name\n", '--no-header')->stdout, qr/^$name\t\Q$new\E\t\S/m, "$name $new");
		$l->bad(".set $name nonsense\n", 2, qr/^ptsh: stdin:1: \.set: $name: nonsense: \S/m);
	}
	$l->bad(".set nix\n", 2, qr/\.set: nix: no such setting; \.set lists them$/m);
	is($l->run(".set keep-going on\nrealm_poll 1\n.echo on\n")->stdout, "on\n", 'keep-going works');
	is($l->run(".set header on\nproduct_id\n")->stdout =~ s/\n.*//sr, "branding\tproduct_id", 'header works');
	is($l->run(".set expanded on\nproduct_id\n", '-o', 'table')->stdout =~ s/[0-9a-f:]{17}/MAC/r, "-[ 1 ]----\nbranding    Porttracker\nproduct_id  MAC\n", 'expanded works');
	like($l->run(".set timing on\nping\n")->stderr, qr/^ptsh: time: \d+ ms$/m, 'timing works');
	like($l->run(".timing on\nping\n.timing off\nping\n")->stderr, qr/\Aptsh: time: \d+ ms\n\z/, '.timing');
	$l->bad(".timing x\n", 2, qr/x: on or off$/m);
	is($l->run("ping\n.format json\nping\n.format records\nping\n")->stdout =~ s/[\d.]+/1/gr, qq(1\t1\n[1,1]\n{"time":1,"pid":1}\n), '.format');
	is($l->run(".format\n", '-o', 'csv')->stderr, "ptsh: the format is csv\n", '... is reported');
	$l->bad(".format nix\n", 2, qr/\.format: nix: no such format; use table, tsv, csv, json, records or raw$/m);
	is($l->good(".format json\n.set\n") =~ /^\["color","off",/m, 1, '... and of tables of ptsh\'s own');
};

subtest '.status' => sub {
	my %before = map { split /\t/, $_, 2 } split /\n/, $l->good(".status\n");
	is($before{state}, 'not connected', 'before anything was asked');
	my %is = map { split /\t/, $_, 2 } split /\n/, $l->good("ping\n.status\n") =~ s/.*\n//r;
	is($is{state}, 'connected', 'after it');
	is($is{box}, $box->address . ' (command line)', 'the box');
	like($is{product} // '', qr/^Porttracker 00:[0-9a-f:]+$/, 'the product, as a word');
	is($is{'read-only'}, 'off (default)', 'read-only, and where it comes from');
	is($is{timeout}, '0 (default)', 'a setting');
	is($is{'connect-timeout'}, '10 (default)', 'an option');
	my $text = $l->run(".set timeout 3\n.format tsv\n.status\n", '-r', '-j', 2, '--password-command', 'echo hush')->stdout;
	like($text, qr/^$_$/m, "where it comes from: $_") for "timeout\t3 \\(\\.set\\)", "format\ttsv \\(\\.set\\)", "read-only\ton \\(command line\\)",
	    "jobs\t2 \\(command line\\)", "password-command\tset \\(command line\\)";
	unlike($text, qr/hush/, '... no command that may hold a secret');
	is($is{encryption}, 'none', 'the encryption');
	like($is{login}, qr/^none as \S+$/, 'the login');
	like($is{requests}, qr/^\d+, \d+ answered, 0 events$/, 'the requests');
	like($is{address}, qr/^127\.0\.0\.1.*@{[$box->port]}$/, 'the address') or diag explain \%is;
	like($l->run("ping\n.status\n", { env => { PTSH_OUTPUT => 'json' } })->stdout, qr/^\["format","json \(environment\)"\]$/m, 'where a setting is from');
};

subtest '.trace' => sub {
	my $secret = 'n0tToBeSeen';
	my $trace = "$dir/trace";
	my $r = Run->ptsh(args => [$box->address], stdin => ".trace $trace\nset_license ABCD-0123-WXYZ-4567\nping\n.trace off\nproduct_id\n", dir => $dir);
	my $text = Box::slurp($trace);
	is((stat $trace)[2] & 0777, 0600, 'its owner\'s only');
	unlike($text, qr/ABCD-0123/, 'secrets are hidden');
	like($text, qr/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} > \["?\d+"?,"set_license","\*\*\*"\]$/m, '... but not that there is one');
	like($text, qr/ < \["?\d+"?,1,\d+\.\d+,\d+\]$/m, 'replies');
	unlike($text, qr/product_id/, 'off');
	$r = Run->ptsh(args => ['--trace', '-', '-c', "security_authentication_modify RADIUS secret=$secret csecret=$secret",
		'-c', "realm_snmp_credential_list Lab", $box->address]);
	is($r->status, 0, 'to standard error') or diag $r->stderr;
	unlike($r->stderr, qr/$secret|"public"/, '... secrets of replies, too');
	like($r->stderr, qr/"secret":"\*\*\*","csecret":"\*\*\*"/, '... are marked');
	my $cram = Box->start('--auth', 'login_cram_md6');
	$r = Run->ptsh(args => ['-u', 'admin', '--trace', '-', '-q', '-c', 'ping', $cram->address], secret => $cram->password, user => 'admin',
		env => { PTSH_PASSWORD => $cram->password });
	is($r->status, 0, 'the login');
	like($r->stderr, qr/"login_cram_md6","admin","\*\*\*","\*\*\*"\]$/m, '... hidden');
	$l->bad(".trace /nonexistent/x\n", 2, qr/^ptsh: stdin:1: \.trace: \/nonexistent\/x: No such file or directory$/m);
	chmod 0644, $trace;
	$l->bad(".trace $trace\n", 2, qr/mode 0600/);
};

subtest '.trust' => sub {
	my $pin = 'sha256//' . 'A' x 43 . '=';
	my $t = Lines->new($box->address);
	is($t->good(".trust\n"), '', 'none');
	like($t->good(".trust add Box.Example $pin\n.trust add [2001:db8::1]:77 clear\n.trust list\n"),
		qr/\Abox\.example:55\t\Q$pin\E\t\d{4}-\d\d-\d\d\t1\n\[?2001:db8::1\]?:77\tclear\t\d{4}-\d\d-\d\d\t2\n\z/, 'added');
	is((stat $t->{home} . '/data/ptsh/known_boxes')[2] & 0777, 0600, 'its owner\'s only');
	is($t->run(".trust remove box.example:55\n")->stderr, "ptsh: box.example:55: 1 line removed\n", 'removed');
	$t->bad(".trust remove box.example\n", 2, qr/box\.example:55: not remembered$/m);
	$t->bad(".trust add box.example nonsense\n", 2, qr/nonsense: not a pin/);
	$t->bad(".trust nonsense\n", 2, qr/usage: \.trust/);
	is(scalar(() = $t->good(".trust\n") =~ /\n/g), 1, 'as it was');
};

subtest '.watch, .sleep' => sub {
	my $r = $l->run(".watch 0.1 3 ping\n.echo end\n");
	like($r->stdout, qr/\A(?:\d+\.\d+\t\d+\n){3}end\n\z/, 'three times');
	cmp_ok($r->seconds, '>', 0.2, '... with a pause');
	like($l->good(".watch 0.1 2 realm_info name Lab\n", '-o', 'table'), qr/\A(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d, every 0\.1 s\nname\n----\nLab *\n){2}\z/, 'in a table with the time');
	# Local time is half a day off: whether it is UTC does not depend on when this runs.
	for my $utc (0, 1) {
		my @now = map { [gmtime(time + 12 * 3600 * !$utc + $_)] } -3600, 3600;
		my @hours = map { sprintf '%04d-%02d-%02d %02d', $_->[5] + 1900, $_->[4] + 1, @$_[3, 2] } @now;
		my ($when) = Run->ptsh(args => ['-o', 'table', ('--utc') x $utc, '-c', '.watch 0.1 1 ping', $box->address],
			env => {TZ => 'XXX-12'})->stdout =~ /\A([-\d]+ \d\d):/;
		ok(defined $when && $when ge $hours[0] && $when le $hours[1], $utc ? '--utc: its time is UTC' : 'its time is local')
			or diag(($when // 'none') . " is not in @hours");
	}
	$l->bad(".watch 0.1 3 realm_poll 1\n", 1, qr/^ptsh: stdin:1: realm_poll: no such realm/m);
	$l->bad(".watch 0.1 3 realm_pol 1\n", 2, qr/realm_poll\?/);
	$l->bad(".watch $_\n", 2, qr/usage: \.watch SECONDS \[N] LINE/) for '0 ping', '1', 'x ping', '1 0 ping', '0x1 ping', '1e0 ping';
	my $silent = Box->start(script => "hello none\nexpect ping\nexpect-eof\n");
	is(Run->ptsh(args => ['-t', '0.1', '-c', '.watch 1 ping', $silent->address])->status, 6, 'no reply in time: 6');
	my $start = time;
	is($l->good(".sleep 0.25\n.echo x\n"), "x\n", '.sleep');
	cmp_ok(time - $start, '>', 0.24, '... so long');
	$l->bad(".set timeout $_\n", 2, qr/timeout: \Q$_\E: not a number of seconds/) for '0x10', '1e3', '-1';
	$l->bad(".sleep $_\n", 2, qr/\.sleep: /) for '', 'x', '-1', '1 2', '0x1', '1e1', '+1', 'inf', 'nan', '.', '1.2.3';
	my $s = Run->begin(args => ['-c', '.echo x', '-c', '.sleep 1000', $box->address]);
	$s->wait_for(stdout => qr/x/);
	kill TERM => $s->pid;
	is($s->finish->status, 143, 'SIGTERM ends it at once');
};

subtest 'commands for the prompt only' => sub {
	like($l->good("ping\nproduct_id\n.last json\n.last csv\n.last\n"), qr/\A\S+\t\d+\nn\t(\S+)\n\["n","\1"\]\n\w+,\w+\r\nn,\1\r\nn\t\1\n\z/, '.last in a script');
	$l->bad(".last json\n", 2, qr/^ptsh: stdin:1: \.last: no last reply, or it had more than 1 MiB$/m);
	my $large = Box->start(script => "hello none\nexpect ping\nreply 1,1\nexpect realm_info\nsend [\$id,1,[\nfill 2000000 [1],\nsend [2]]]\\n\nexpect-eof\n");
	like(Run->ptsh(args => [$large->address], stdin => "ping\nrealm_info gid\n.last\n")->stderr, qr/^ptsh: stdin:3: \.last: no last reply/,
		'... which does not keep a large one, or show the one before it');
	$l->bad("ping > /tmp/x\n", 2, qr/redirections are for the prompt/);
	$l->bad(".help | cat\n", 2, qr/redirections are for the prompt/);
	$l->bad("$_\n", 2, qr/^ptsh: stdin:1: \.undo: .*for the prompt/m) for '.undo', '.undo 1', '.undo list';
	is($l->good(".history\n.refresh\n"), '', 'harmless: .history, .refresh');
};

done_testing();
