#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Questions for a secret: what they say, when they come, and what they take.
use strict;
use warnings;
use Test::More;
use Session;

my $s = Session->new(columns => 100);
my ($community, $licence) = ('k0mmun-7741', 'WXYZ-0042-ABCD-9917');
sub history { return split /\n/, Term::slurp($s->home . '/state/ptsh/history') }

$s->line('realm_snmp_credential_list_modify Lab --add 10.77.0.0,16,?,1');
ok $s->wait_prompt(qr{^SNMP community for 10\.77\.0\.0/16 \(not echoed\): $}), 'the question says what it asks for';
$s->line($community);
ok $s->wait_for(sub { scalar grep { /"10\.77\.0\.0",16,\[\[2,\["$community"\]\]\],1/ } $s->box->received }), '... and the answer is sent';
$s->wait_prompt(qr/^box> $/);
unlike $s->all, qr/$community/, '... without echo';
is((history())[-1], 'realm_snmp_credential_list_modify Lab --add 10.77.0.0,16,?,1', 'the history keeps the line with its ?');
$s->key('Up');
ok $s->wait_prompt(qr/--add 10\.77\.0\.0,16,\?,1 ?$/), '... and brings it back';
$s->key('C-u');
$s->line('poller_modify Lab --add north,"in the north",north.example.com,?');
ok $s->wait_prompt(qr/^poller_modify secret for north \(not echoed\): $/), 'a row is named by its first member';
$s->key('Enter');
ok $s->wait_row(qr/^ptsh: .*no secret was given/), 'Enter alone is no secret';
ok !grep({ /^poller_modify/ } $s->box->received), '... and nothing is sent';
$s->key('C-l');

# Only when all the rest of the line is right
for my $line ('set_license ? surplus', 'realm_snmp_credential_list_modify Lab --add 10.77.0.0,sixteen,?,1', 'set_license ? > /tmp &') {
	my @rows = $s->run($line);
	ok !grep({ /not echoed/ } @rows) && grep({ /^ptsh: / } @rows), "nothing is asked for: $line" or diag join "\n", @rows;
}

# What is typed before the question is on the screen
$s->bytes("set_license ?\rEARLY-0001\rping\r");
ok $s->wait_row(qr/^\(what was typed before the question was dropped\)$/), 'what was typed before it is dropped, and the question says so';
ok $s->wait_prompt(qr/^set_license licence \(not echoed\): $/), '... and waits';
$s->line($licence);
$s->wait_prompt(qr/^box> $/);
is_deeply [map { s/^\[\d+/[N/r } grep { /set_license|EARLY|"ping"/ } $s->box->received], [qq([N,"set_license","$licence"])], '... for the secret, which alone is sent';
unlike $s->all, qr/EARLY|WXYZ/, '... and nothing of it is on the screen';

# What is typed after the answer is the next line
$s->key('C-l');
$s->line('set_license ?');
$s->wait_prompt(qr/echoed\): $/);
$s->bytes("$licence\r.echo after it\r");
ok $s->wait_row(qr/^after it$/), 'what is typed after the answer is run';
$s->wait_prompt(qr/^box> $/);
$s->line('set_license ?');
$s->wait_prompt(qr/echoed\): $/);
$s->line('x' x 4200);
ok $s->wait_row(qr/^ptsh: set_license licence: longer than can be typed/), 'what the terminal cuts is refused';
$s->wait_prompt(qr/^box> $/);
is scalar(grep { /xxxx/ } $s->box->received), 0, '... and no part of it is sent';
$s->key('C-d');
is $s->status, 0, 'leaves';
ok $s->modes_restored, '... modes as before';


# --dry-run
my @dry = (Run::program(), '-X', '-nc', "set_license $licence", '-c', qq(["frobnicate",{"password":"$licence"}]),
    '-c', "realm_snmp_credential_list_modify 5 --add 10.0.0.0,8,$community,1");
my $dry = Term->new(columns => 100, rows => 12, env => {Run::environment(Term::directory()), TERM => 'tmux-256color'}, command => [@dry, '-c', '.echo end']);
ok $dry->wait_row(qr/^end$/), '--dry-run on a terminal';
ok $dry->wait_row(qr/^\["set_license","\*\*\*"\]$/), '... shows no secret of a request';
ok $dry->wait_row(qr/^\["frobnicate",\{"password":"\*\*\*"\}\]$/), '... nor of an unknown one' or diag join "\n", $dry->rows;
unlike $dry->output, qr/$licence|$community/, '... nor anything of it';
my $plain = Term->new(columns => 100, rows => 12, env => {Run::environment(Term::directory()), TERM => 'tmux-256color'},
    command => [$dry[0], '-X', '-nc', '.set reveal on', map({ $_ eq "-nc" ? "-c" : $_ } @dry[2 .. $#dry]), '-c', '.echo end']);
$plain->wait_row(qr/^end$/);
ok $plain->wait_row(qr/^\["frobnicate",\{"password":"$licence"\}\]$/), '... but with .set reveal on' or diag join "\n", $plain->rows;
my $piped = Run->ptsh(args => [@dry[1 .. $#dry]]);
is $piped->stdout, qq(["set_license","$licence"]\n["frobnicate",{"password":"$licence"}]\n) .
    qq(["realm_snmp_credential_list_modify","5",[],[["10.0.0.0",8,[[2,["$community"]]],1]]]\n), 'a pipe gets the requests as they would be sent';

done_testing;
