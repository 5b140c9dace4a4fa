# SPDX-License-Identifier: ISC
# A hostile box's text never reaches the terminal unescaped: every place where its text is shown, times every kind of
# sequence that a terminal or a reader could take for something else.
use strict;
use warnings;
use utf8;
use Encode qw(decode encode);
use JSON::PP ();
use Test::More;
use Certs;
use Session;

plan skip_all => 'needs tmux' unless Term::available;

my %sequence = (
	csi => "\e[31m", 'osc-title' => "\e]0;title\a", 'osc-clipboard' => "\e]52;c;cm0gLXJm\a", 'osc-link' => "\e]8;;http://evil/\e\\",
	dcs => "\eP+q544e\e\\", reset => "\ec", 'c1-csi' => "\x{9b}31m", 'c1-osc' => "\x{9d}0;title\x{9c}", del => "\x7f", nul => "\0",
	cr => "\rptsh: ", bs => "\b\b\b\b", bell => "\a", vt => "\x0b", lf => "\nPassword: ", rlo => "\x{202e}", isolate => "\x{2066}",
	zwsp => "\x{200b}", bom => "\x{feff}", tag => "\x{e0041}", ls => "\x{2028}", alm => "\x{61c}",
);
my @names = sort keys %sequence;
my $json = JSON::PP->new->allow_nonref;

# All of them in one text, each after a word of its own.
sub evil
{
	my ($place, @some) = @_;
	return $json->encode(join ' ', map { "$place.$_=$sequence{$_}" } @some ? @some : @names);
}

# A raw byte 9b, which is no UTF-8; for where it may stand.
sub with_byte { my ($place) = @_; return encode('UTF-8', evil($place)) =~ s/"\z/ $place.byte=\x9b31m"/r }

sub check
{
	my ($s, $some, @places) = @_;
	$s->wait_output(qr/\Q$places[-1].$some->[-1]=\E/);	# (tmux passes it on a little later)
	my $output = $s->output;
	for my $place (@places) {
		for my $name (@$some) {
			my $raw = "$place.$name=" . encode('UTF-8', $sequence{$name});
			my $start = "$place.$name=";
			my $shown = $name =~ /^(?:cr|lf)$/ ? qr/\\| / : $name eq 'nul' ? qr/\\|\?/ : qr/\\/;
			ok index($output, $raw) == -1 && $output =~ /\Q$start\E$shown/, "$place, $name";
		}
	}
	# ptsh's own are known: colours, cursor, erasing, bracketed paste.
	my @others = grep { !/^\e(?:\[[0-9;]*[mKJABCD]|\[\?2004[hl]|\[H|[78])\z/ } $output =~ /\e(?:\[[0-?]*[ -\/]*[@-~]|.)/gs;
	is_deeply \@others, [], '... and no other sequence is there';
	for my $name (@names) {
		next if $sequence{$name} =~ /^[\x00-\x7f]/;
		unlike $output, qr/\Q@{[encode('UTF-8', substr $sequence{$name}, 0, 1)]}\E/, "... nor $name anywhere";
	}
	unlike decode('UTF-8', $output, sub { '' }), qr/[\x80-\x9f]/, '... nor a C1 control';
	unlike $output, qr/(?<![\xc2-\xf4\x80-\xbf])\x9b/, '... nor a raw byte 9b';
	ok !grep({ /^(?:Password:|title)/ } $s->rows), '... nor at the beginning of a row';
}

my $script = "hello login\nlogin\ncollect 6\n" . encode('UTF-8', join '', map { "json $_\n" }
    '[$id2,1,["5",' . evil('name') . '],["6","plain"]]', map { "[\$id$_,1]" } 3 .. 7) .
    join '', map { "$_\n" }
    'json [null,"info",' . with_byte('info') . ']',
    'json [null,' . encode('UTF-8', evil('type')) . ',' . encode('UTF-8', evil('rest')) . ']',
    'json [null,"event",' . encode('UTF-8', join(',', evil('event'), evil('arg'), '[' . evil('list') . ']', '{' . evil('key') . ':' . evil('value') . '}')) . ']',
    'json [null,"event","realm_poll_stop","5"]',
    'expect "ping"', 'json [$id,0,' . with_byte('failure') . ',' . with_byte('detail') . ',[' . encode('UTF-8', evil('nested-detail')) . ']]',
    'expect "ping"', 'json [$id,0,' . encode('UTF-8', evil('job')) . ']',
    'expect "realm_info"', 'json [$id,1,["5",' . with_byte('cell') . ',' . encode('UTF-8', '[' . evil('nested') . ']') . ']]',
    'expect "security_misc_settings"', 'json [$id,1,' . encode('UTF-8', evil('banner')) . ']',
    'expect "product_id"', 'json [$id,1,"n",' . encode('UTF-8', evil('product')) . ']',
    'expect "realm_info"', 'json [$id,1,["5",' . encode('UTF-8', evil('look')) . '],["6","plain"]]',
    'expect "realm_info"', 'json [$id,1,["5",' . encode('UTF-8', evil('each')) . ']]',
    'expect "ping"', 'json [$id,1,1,2]',
    'expect "subscribe"', 'json [$id,1]',
    'expect "log"', 'json [null,"event","realm_poll_stop",' . encode('UTF-8', evil('on')) . ']', 'json [$id,1]',
    'expect "log"', 'json [$id,1]',
    'answer-all 6',			# the names, again
    'expect "realm_info"', 'json [$id,1,["5",' . encode('UTF-8', evil('before')) . ']]',
    'expect "realm_info_modify"', 'json [$id,1]',
    'answer-all 6',
    'expect "ping"',
    'json [null,"error",' . encode('UTF-8', evil('error')) . ']', 'close';
my $box = Box->start(script => $script);
my $s = Session->new(box => $box, columns => 200, rows => 60, env => {PTSH_PAGER => ''});
ok $s->wait_output(qr/realm_poll_stop 5 /), 'the session is there';
sub after { my ($line, $pattern) = @_; $s->line($line); $s->wait_output($pattern) or fail "$line: $pattern"; }
after('ping', qr/nested-detail\.zwsp=/);
after('ping &', qr/job\.zwsp=/);
after('realm_info gid,name,seeds', qr/nested\.zwsp=/);
for my $format (qw(tsv csv json records)) {
	my $n = () = $s->output =~ /nested\.zwsp=/g;
	$s->line(".last $format");
	$s->wait_for(sub { (() = $s->output =~ /nested\.zwsp=/g) > $n }) or fail $format;
}
after('security_misc_settings login_banner', qr/banner\.zwsp=/);
after('.status', qr/product\.zwsp=/);
$s->line('realm_poll nosuch');
$s->wait_row(qr/no such realm/);
after('.each realm_info gid,name -- ping', qr/each\.zwsp=/);
# Completion
$s->type('realm_poll ');
$s->key('Tab', 'Tab');
ok $s->wait_row(qr/^  5 +look\./), 'candidates are listed';
$s->type('loo');
$s->key('Tab');
$s->type('k');
ok $s->wait_prompt(qr/> realm_poll look$/), '... but none that cannot be typed is taken into the line';
$s->key('C-u');
sub refreshed { my ($n) = @_; $s->wait_for(sub { (() = grep { /_method_list/ } $box->received) >= $n }) or fail "names asked for $n times" }
$s->line('.on realm_poll_stop -- log {1}');
after('log start', qr/ptsh: \.on: log .*on\.alm=/);
refreshed(2);
after('realm_info_modify 5 name=new', qr/before\.zwsp=.*^undo: \.undo \d+\r?$/ms);
refreshed(3);
$s->line('.events list');
after('ping', qr/error\.zwsp=/);
check($s, \@names, qw(info type rest event arg list key value name failure detail nested-detail job cell nested banner product look each before on error));
$s->key('C-c', 'C-d');
is $s->wait_for(sub { defined $s->status(0.1) }), 1, 'and it can be left';

# Before the login
my @rest = @names;
while (my @some = splice @rest, 0, 5) {
	$box = Box->start(script => encode('UTF-8', 'json [null,"info",' . evil('early', @some) . "]\njson [null,\"hello\",1,[" .
	    evil('method', @some) . "],\"YWVlYWJk\"]\n"));
	$s = Session->new(box => $box, columns => 200, wait => undef, rows => 60);
	is $s->status, 4, 'a hello with nothing but evil types';
	check($s, \@some, 'early', 'method');
	like $s->all, qr/info \[unauthenticated\]: early/, 'text from before the login is marked';
}
$box = Box->start(script => encode('UTF-8', "hello login\nexpect \"login\"\njson [\$id,0," . evil('refused') . "]\n"));
$s = Session->new(box => $box, columns => 200, wait => undef, rows => 60, args => ['-w']);
is $s->status, 4, 'a refused login';
check($s, \@names, 'refused');

# A certificate
my $folder = Certs::directory();
# (a common name has room for 64 characters)
my $n = 0;
for my $some (['csi', 'osc-title', 'c1-csi', 'rlo'], ['cr', 'lf', 'bs', 'alm'], ['osc-link', 'zwsp', 'del'], ['dcs', 'reset']) {
	my $text = join ' ', map { "c.$_=$sequence{$_}" } @$some;
	my $name = 'evil' . $n++;
	Session::put("$folder/$name.cnf", "[req]\nprompt = no\ndistinguished_name = dn\nstring_mask = utf8only\n[dn]\nCN = x\n");
	Certs::openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30', '-utf8',
	    '-keyout', "$folder/$name.key", '-out', "$folder/$name.pem", '-config', "$folder/$name.cnf",
	    '-subj', encode('UTF-8', '/CN=' . $text =~ s/([\\\/+])/\\$1/gr));
	$box = Box->start('--tls', 'offer', '--cert', "$folder/$name.pem", '--key', "$folder/$name.key");
	$s = Session->new(box => $box, columns => 200, rows => 60, args => ['--tls', 'on'], wait => undef, env => {PTSH_PAGER => ''});
	ok $s->wait_prompt(qr/its pin as you know it\) $/), 'the question about the certificate';
	$s->line('yes');
	$s->wait_prompt(qr/^box> $/);
	$s->run('.status');
	ok $s->wait_output(qr/subject +CN = "?c\..*subject +CN = "?c\./s), '... the certificate, in the question and in .status';
	my $output = $s->output;
	for my $kind (@$some) {
		my $raw = "c.$kind=" . encode('UTF-8', $sequence{$kind});
		ok index($output, $raw) == -1 && index($output, "c.$kind=") > -1, "certificate subject, $kind";
	}
	my @others = grep { !/^\e(?:\[[0-9;]*[mKJABCD]|\[\?2004[hl]|\[H|[78])\z/ } $output =~ /\e(?:\[[0-?]*[ -\/]*[@-~]|.)/gs;
	is_deeply \@others, [], '... and no other sequence is there';
	$s->key('C-d');
}

done_testing;
