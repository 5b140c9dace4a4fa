# What a prompt shows besides the line, at 80, 40 and 24 columns, while events arrive all the time: lists, a search, jobs, a paste, a long
# request, .watch.  No event is torn, nothing stands in its rows, and the line being typed stays as it was.
use strict;
use warnings;
use utf8;
use Encode qw(encode);
use Test::More;
use Session;

plan skip_all => 'needs tmux' unless Term::available;

my $box = Box->start('--delay', 1500, '--events', 8);
my $event = qr/\d\d:\d\d:\d\d realm_poll_stop \d+(?: \([^()]+\))?/;

for my $columns (80, 40, 24) {
	my $s = Session->new(box => $box, columns => $columns, rows => 40, args => ['-e', 'realm_poll_stop']);
	my $events = sub { scalar(() = $s->all =~ /realm_poll_stop/g) };
	my $more = sub {	# whatever is on the screen, more events come
		my $now = $events->();
		ok $s->wait_for(sub { $events->() >= $now + 3 }), "$columns: $_[0]: events go on";
	};
	my $typed = 'realm_info_modify Zürich ';
	$s->type($typed);
	ok $s->wait_prompt(qr/Zürich $/), "$columns: typed";
	$s->key('Tab', 'Tab');
	ok $s->wait_row(qr/^  discovery_poller=/), "$columns: Tab lists";
	$more->('a list');
	ok $s->wait_prompt(qr/Zürich $/), "$columns: the line is as it was";
	$s->type('?');
	ok $s->wait_for(sub { $s->all =~ /, required: / }), "$columns: `?` tells";
	$more->('help');
	ok $s->wait_prompt(qr/Zürich $/), "$columns: the line is as it was";
	$s->key('C-u');
	$s->line('.echo 東京 found');
	$s->type('other');
	$s->key('C-r');
	$s->type('東');
	ok $s->wait_row(qr/^bck:東$/), "$columns: a search";
	$more->('a search');
	$s->key('C-e');
	ok $s->wait_prompt(qr/^box> \.echo 東京 found ?$/), "$columns: it has found something";
	$s->key('C-u');
	$s->line('realm_discover Lab &');
	ok $s->wait_for(sub { $s->all =~ /^ptsh: \[1\] realm_discover Lab$/m }), "$columns: a job";
	ok $s->wait_prompt(qr/1 job\)> $/), "$columns: the prompt counts it";
	ok $s->wait_for(sub { $s->all =~ /^ptsh: \[1\] realm_discover Lab: done, 1\.\ds$/m }), "$columns: its end";
	$s->paste("ping\n.echo pasted\n");
	ok $s->wait_row(qr/^Run these 2 lines\?/), "$columns: a paste is asked about";
	$more->('a question');
	$s->type('n');
	ok $s->wait_prompt(qr/^box> $/), "$columns: and left";
	$s->line('realm_poll Lab');
	ok $s->wait_output(qr/\rrealm_poll Lab: 1 ?s/), "$columns: a long request shows its time";
	ok $s->wait_for(sub { $s->all =~ /^port_seens/m }), "$columns: and its reply";
	$s->line('.watch 0.2 2 realm_info name 5200007311');
	ok $s->wait_for(sub { (() = $s->all =~ /^Lab$/mg) == 2 }), "$columns: .watch";
	$s->wait_prompt(qr/^box> $/);
	$s->line('.events off');
	$s->wait_prompt(qr/^box> $/);
	my @torn = grep { /realm_poll_stop/ && !/^$event$/ && !/-e / } $s->scrollback;
	is encode('UTF-8', join "\n", @torn), '', "$columns: no event is torn";
	$s->key('C-d');
	is $s->status, 0, "$columns: ^D leaves";
}

done_testing;
