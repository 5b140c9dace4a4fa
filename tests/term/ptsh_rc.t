# SPDX-License-Identifier: ISC
# The rc file runs commands unasked: only if no other user can have written it.
use strict;
use warnings;
use Test::More;
use Session;

plan skip_all => 'needs tmux' unless Term::available;

my $first = Session->new(rows => 20, rc => ".echo from the rc file\n");
ok $first->wait_row(qr/^from the rc file$/), 'an rc file of one\'s own runs';
my $home = $first->home;
my $folder = "$home/config/ptsh";
$first->line('.quit');
sub starts
{
	my ($refused, $what) = @_;
	my $s = Session->new(rows => 20, columns => 200, home => $home, box => $first->box);
	ok $s->wait_row($refused ? qr/^ptsh: \S+\/rc: not trusted: \Q$refused\E/ : qr/^from the rc file$/), $what or diag($s->all);
	unlike $s->all, qr/^from the rc file$/m, '... and nothing of it is run' if $refused;
	$s->line('.quit');
}
chmod 0646, "$folder/rc";
starts('others can write it', 'one that others can write');
chmod 0664, "$folder/rc";
starts('others can write it', '... or its group');
chmod 0644, "$folder/rc";
mkdir "$home/elsewhere";
rename "$folder/rc", "$home/elsewhere/rc";
symlink "$home/elsewhere/rc", "$folder/rc";
starts(undef, 'a link to one of one\'s own');
chmod 0777, "$home/elsewhere";
starts('others can write the folder', 'a link into a folder that others can write');
chmod 0755, "$home/elsewhere";
SKIP: {
	skip 'needs root', 3 if $> != 0;
	chown 65534, -1, "$home/elsewhere/rc";
	starts('it belongs to another user', 'another user\'s');
	chown 0, -1, "$home/elsewhere/rc";
}
# Nor are keys bound by a file that others can write: one may stand for a line that runs a command.
sub binds
{
	my ($refused, $what, %env) = @_;
	my $s = Session->new(rows => 20, columns => 200, home => $home, box => $first->box, env => \%env);
	$s->key('C-t');
	$s->line('.echo end');
	ok $s->wait_row(qr/^end$/), '... the prompt works';
	is scalar(grep { /^bound$/ } split /\n/, $s->all), $refused ? 0 : 1, "$what: " . ($refused ? 'no key is bound' : 'a key is bound') or diag($s->all);
	ok $s->wait_row(qr/^ptsh: \S+editrc\S*: not trusted: \Q$refused\E/), '... and it is reported' or diag($s->all) if $refused;
	$s->line('.quit');
}
Session::put("$home/.editrc", qq(bind -s ^T ".echo bound\\n"\n), 0600);
binds(undef, 'a .editrc of one\'s own');
chmod 0602, "$home/.editrc";
binds('others can write it', 'a .editrc that others can write');
chmod 0600, "$home/.editrc";
chmod 0777, "$home/elsewhere";
rename "$home/.editrc", "$home/elsewhere/editrc";
binds('others can write the folder', '... or replace, named by EDITRC', EDITRC => "$home/elsewhere/editrc");
chmod 0755, "$home/elsewhere";
my $none = Session->new(rows => 20, box => $first->box, env => { EDITRC => '/dev/null' });
$none->line('.echo end');
ok $none->wait_row(qr/^end$/), 'EDITRC=/dev/null: no bindings';
unlike $none->all, qr/editrc|null:/, '... and no complaint';
$none->line('.quit');
my $marked = Session->new(rows => 20, rc => "\x{feff}.alias up realm_info gid\n.echo after the mark\n", box => $first->box);
ok $marked->wait_row(qr/^after the mark$/), 'a byte order mark at the start is skipped' or diag($marked->all);
$marked->line('.alias');
ok $marked->wait_row(qr/^\.alias up realm_info gid$/), '... and is no part of the first line' or diag($marked->all);
$marked->line('.quit');
$first->box->stop;

done_testing;
