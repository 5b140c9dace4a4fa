# SPDX-License-Identifier: ISC
# `.format FORMAT LINE`: one line in a format, in scripts, too; the session's format stays.
use strict;
use warnings;

use Box;
use Run;
use Test::More;

my $box = Box->start('--auth', 'none');

sub lines { my @lines = @_; return Run->ptsh(args => ['-X', (map { ref $_ ? @$_ : ('-c', $_) } @lines), $box->address]) }

sub shows {
	my ($what, $wanted, @lines) = @_;
	my $r = lines(@lines);

	like($r->stdout, $wanted, $what) or diag($r->stderr);
	is($r->status, 0, '... and succeeds');
}

sub refused {
	my ($what, $why, @lines) = @_;
	my $before = () = $box->received;
	my $r = lines(@lines);

	is($r->status, 2, "$what: status 2");
	like($r->stderr, $why, '... and why');
	is(scalar(() = $box->received), $before, '... and nothing is sent');
}

shows('a request, and the next one as before', qr/^gid\r\n5000015442\r\n.*\n5000015442\n/s, '.format csv realm_info gid', 'realm_info gid');
shows('a raw one', qr/^\[\["5000015442"\],/, '.format json ["realm_info",["gid"]]');
shows('one that may fail', qr/^gid\r\n/, '- .format csv realm_info gid', '.format csv - realm_info gid');
shows('over -o', qr/^\{"gid":"5000015442"\}$/m, ['-o', 'csv'], '.format records realm_info gid');
shows('over .format', qr/^gid\r\n.*^\{"gid"/ms, '.format csv', 'realm_info gid', '.format records realm_info gid');
shows('an alias', qr/^gid\r\n/, '.alias r realm_info {1}', '.format csv r gid');
shows('in an alias', qr/^gid\r\n/, '.alias r .format csv realm_info {1}', 'r gid');
shows('.each', qr/^\[\["Lab"\],\[\[\["10\.2\.0\.1"/m, '.format json .each realm_info name -- realm_seed_list {name}');
shows('.find', qr/^\{"realm":"Lab","switch_uid":.*"match":"ifalias"/m, '.format records .find uplink --realms Lab');
shows('.last', qr/^5000015442\n.*^\{"gid":"5000015442"\}\n/ms, 'realm_info gid', '.format records .last');
shows('.watch', qr/^gid\r\n5000015442\r\n.*^gid\r\n/ms, '.format csv .watch 0.1 2 realm_info gid');
shows('a job', qr/^\{"gid":"5000015442"\}$/m, '.format records realm_info gid &', '.wait');
shows('a table that is not for a terminal', qr{^ +gid +name\n-+ }, '.format table realm_info gid,name');
shows('a command', qr/^name,value,meaning\r\n/, '.format csv .set');

refused('a format that there is not', qr/^ptsh: nix: no such format; use table, tsv, csv, json, records or raw$/m, '.format nix realm_info');
refused('a command that shows nothing', qr/^ptsh: \.sleep: shows nothing that has a format$/m, '.format csv .sleep 1');
refused('twice', qr/one format a line/, '.format csv .format tsv ping');
refused('within .each', qr/\.format FORMAT stands before the whole line/, '.each realm_info gid -- .format csv realm_seed_list {gid}');
refused('within .watch', qr/\.format FORMAT stands before the whole line/, '.watch 1 .format csv realm_info gid');
refused("'$_' after a request", qr/^ptsh: realm_info: the format of one line stands before it: \.format csv realm_info/m, "realm_info gid $_")
	for '-o csv', '--output csv', '--output=csv';
is(Run->ptsh(args => ['-X', '-n', '-c', 'log -o', '-c', "log '-o' info"])->stdout, qq(["log","-o"]\n["log","-o",6]\n), '-o as text is sent');
my $r = lines('.format csv set_license s3same');
unlike($r->stderr . $r->stdout, qr/s3same/, 'a secret after it is hidden');

$box->stop;
done_testing;
