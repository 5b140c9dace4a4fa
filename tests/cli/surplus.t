# SPDX-License-Identifier: ISC
# Members of a reply after the documented ones: never a row, a cell or a line of .each, however large the reply is; json and
# raw show them.
use strict;
use warnings;

use Box;
use Run;
use Test::More;

# What ptsh does with a line whose request the box answers so; further lines are answered with 1.
sub run {
	my ($line, $reply, %o) = @_;
	my ($name) = $line =~ /(\w+_\w+|ping)/;
	my $more = join '', map { "expect \"$_\"\nreply 1\n" } @{ $o{then} || [] };
	my $box = Box->start(script => "hello none\nexpect \"$name\"\nreply 1,$reply\n${more}expect-eof\n");
	my $r = Run->ptsh(args => ['-o', $o{format} // 'tsv', '-c', $line, map({ ('-c', $_) } @{ $o{lines} || [] }), $box->address]);

	is($r->status . $r->stderr, '0' . ($o{stderr} // ''), "$line: succeeds");
	is($box->wait, 0, '... and nothing else is sent');
	return $r->stdout;
}

my $rows = '[["1","a"],["2","b"]]';
is(run('group_info gid,name', "$rows,4711"), "1\ta\n2\tb\n", '... after a list of rows');
is(run('group_info gid,name', "$rows,4711", format => 'csv'), "gid,name\r\n1,a\r\n2,b\r\n", '... in csv');
is(run('group_info gid,name', "$rows,4711", format => 'records'), qq({"gid":"1","name":"a"}\n{"gid":"2","name":"b"}\n), '... in records');
is(run('group_info gid,name', "$rows,4711", format => 'table'), "gid  name\n---  ----\n  1  a\n  2  b\n", '... in a table');
is(run('group_info gid,name', "$rows,4711", format => 'json'), "[$rows,4711]\n", 'json shows it');
like(run('group_info gid,name', "$rows,4711", format => 'raw'), qr/^\[\S+,1,\Q$rows\E,4711\]$/, 'raw, too');
is(run('group_info gid,name', "$rows,4711", format => 'raw', lines => ['.last csv']) =~ s/.*\]\n//r, "gid,name\r\n1,a\r\n2,b\r\n", '.last does not');
is(run('group_info gid,name', '[],4711'), '', 'no rows');
is(run('realm_info gid,name', '["1","a"],4711,["2","b"],{"x":1}'), "1\ta\n2\tb\n", 'among rows');
is(run('ping', '1.5,7,"x"', format => 'csv'), "time,pid\r\n1.5,7\r\n", 'after bare values');
is(run('security_misc_settings', '"hi",1,4711', format => 'records'), qq({"login_banner":"hi","enable_login_banner":1}\n), '... under the right headings');
is(run('realm_poll 5', '{"ports":2},4711', format => 'csv'), "name,value\r\nports,2\r\n", 'after statistics');
is(run('realm_modify 5', '"done"'), '', 'where nothing is documented');

# .each must not take it for a group.
{
	my $box = Box->start(script => "hello none\nexpect \"group_info\"\nreply 1,$rows,4711\nexpect \"group_modify\"\nreply 1\n" .
	    "expect \"group_modify\"\nreply 1\nexpect-eof\n");
	my $r = Run->ptsh(args => ['-j', 1, '-c', '.each group_info gid,name -- group_modify {gid}', $box->address]);
	is($r->status . $r->stderr . $r->stdout, "01\ta\tok\n2\tb\tok\n", '.each runs its line for the rows only');
	is($box->wait, 0, '... and nothing more is sent');
}

# A reply that is shown while it arrives.
my @many = map { qq(["$_","name $_"]) } 1 .. 80_000;
my $expected = join '', map { "$_\tname $_\n" } 1 .. 80_000;
ok(run('group_info gid,name', '[' . join(',', @many) . '],4711,["x","y"],"z"') eq $expected, 'a large list of rows');
ok(run('group_info gid,name', join(',', @many) . ',4711,"' . 'z' x 2_000_000 . '",{"x":1}') eq $expected, 'large, each row a value');
is(scalar(() = run('group_info gid,name', '[' . join(',', @many) . '],4711', format => 'table') =~ /^ *\d+  name \d+$/mg), 80_000, '... in a table');
is(run('ping', '1.5,7,"' . 'x' x 2_000_000 . '"'), "1.5\t7\n", 'after bare values, and long');

done_testing;
