# SPDX-License-Identifier: ISC
# Lines: lines for one box, each lot run by a ptsh of its own; what is asked of the run is asserted on the way.
#
#	my $l = Lines->new($box->address, '--timeout', 10);	# the options of every run
#	my $r = $l->run("ping\nping\n", '-j', 1);		# a Run: lines on standard input
#	$l->good($text)			# ends with 0 and nothing on standard error; its standard output
#	$l->bad($text, 1, qr/why/)	# ends with that status and says so in a message; the Run
#	$l->rows($text)			# good(), as a list of rows, each a hash by its headings
#	$l->value($text)		# the only cell of the only row
package Lines;

use strict;
use warnings;

use JSON::PP ();
use Run;
use Test::More;

my $json = JSON::PP->new->utf8->allow_nonref->allow_bignum;

sub new {
	my ($class, $address, @options) = @_;

	return bless { address => $address, options => \@options, home => Run::new_home() }, $class;
}

sub run {
	my ($self, $text, @options) = @_;
	my %more = ref $options[0] ? %{ shift @options } : ();

	return Run->ptsh(stdin => $text, args => [@{ $self->{options} }, @options, $self->{address}], home => $self->{home}, %more);
}

sub good {
	my ($self, $text, @options) = @_;
	my $r = $self->run($text, @options);
	my ($first) = $text =~ /^([^\n]{0,100})/;

	is($r->status . $r->stderr, '0', "$first: succeeds");
	return $r->stdout;
}

sub bad {
	my ($self, $text, $status, $message, @options) = @_;
	my $r = $self->run($text, @options);
	my ($first) = $text =~ /^([^\n]{0,100})/;

	is($r->status, $status, "$first: status $status") or diag $r->stderr;
	like($r->stderr, $message, '... and why');
	unlike($r->stderr, qr/^(?!ptsh: )./m, '... each message a line');
	return $r;
}

sub rows {
	my ($self, $text, @options) = @_;

	return map { $json->decode($_) } split /\n/, $self->good($text, '--output', 'records', @options);
}

sub value {
	my ($self, $text, @options) = @_;
	my @rows = $self->rows($text, @options);

	is(scalar(@rows), 1, '... one row') or return;
	is(scalar(keys %{ $rows[0] }), 1, '... of one cell');
	return (values %{ $rows[0] })[0];
}

1;
