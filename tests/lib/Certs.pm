# SPDX-License-Identifier: ISC
# Certs: certificates of all kinds, made by openssl once for a test program, in a folder that goes with it.
#
#	Certs::directory()/NAME.pem and NAME.key
#
# ca is an authority; good, wrong-name, ip, wildcard, cn-only, expired, future, client-only are signed by it; self and other are
# self-signed; rsa512, rsa1024, rsa2048, md5, sha1 are self-signed, too, with that key or digest.
package Certs;

use strict;
use warnings;

use Carp qw(croak);
use File::Temp ();

my ($directory, $owner);

my %signed = (
	good => ['localhost', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '+30'],
	'wrong-name' => ['elsewhere', 'subjectAltName=DNS:elsewhere.example', '+30'],
	ip => ['x', 'subjectAltName=IP:127.0.0.1', '+30'],
	wildcard => ['x', 'subjectAltName=DNS:*.example.test', '+30'],
	'cn-only' => ['localhost', 'basicConstraints=CA:FALSE', '+30'],
	expired => ['localhost', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-10'],
	future => ['localhost', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '>10'],
	'client-only' => ['localhost', "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=clientAuth", '+30'],
);

sub openssl {
	my (@args) = @_;

	my $output = do {
		open my $pipe, '-|', 'sh', '-c', 'exec openssl "$@" 2>&1', 'sh', @args or croak "openssl: $!";
		local $/;
		<$pipe>;
	};
	croak "openssl @args: $output" if $?;
}

sub date {
	my ($days) = @_;
	my @t = gmtime(time + 86400 * $days);

	return sprintf '%04d%02d%02d%02d%02d%02dZ', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0];
}

sub write_file {
	my ($path, $text) = @_;

	open my $file, '>', $path or croak "$path: $!";
	print $file $text;
	close $file or croak "$path: $!";
}

sub key {
	my ($name, @how) = @_;

	openssl('genpkey', '-quiet', '-out', "$directory/$name.key", @how ? @how : ('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'));
}

sub self_signed {
	my ($name, $digest, @how) = @_;

	key($name, @how);
	openssl('req', '-x509', '-new', '-key', "$directory/$name.key", "-$digest", '-subj', "/CN=$name", '-days', '30',
	    '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-out', "$directory/$name.pem");
}

sub sign {
	my ($name, $subject, $extensions, $when) = @_;
	my ($from, $to) = $when =~ /^>(\d+)/ ? (date($1), date($1 + 30)) : $when < 0 ? (date($when - 30), date($when)) : (date(-1), date($when));
	my $d = $directory;

	key($name);
	openssl('req', '-new', '-key', "$d/$name.key", '-subj', "/CN=$subject", '-out', "$d/$name.csr");
	write_file("$d/$name.ext", "$extensions\n");
	write_file("$d/ca.conf", "[ca]\ndefault_ca=d\n[d]\ndatabase=$d/index\nserial=$d/serial\nnew_certs_dir=$d\ndefault_md=sha256\n"
	    . "policy=p\nunique_subject=no\n[p]\ncommonName=supplied\n");
	write_file("$d/index", '') unless -e "$d/index";
	write_file("$d/serial", "01\n") unless -e "$d/serial";
	openssl('ca', '-batch', '-config', "$d/ca.conf", '-cert', "$d/ca.pem", '-keyfile', "$d/ca.key", '-in', "$d/$name.csr",
	    '-out', "$d/$name.pem", '-startdate', $from, '-enddate', $to, '-extfile', "$d/$name.ext", '-notext');
}

sub directory {
	return $directory if defined $directory;
	$directory = File::Temp::tempdir('ptsh-certs-XXXXXX', TMPDIR => 1);
	$owner = $$;
	key('ca');
	openssl('req', '-x509', '-new', '-key', "$directory/ca.key", '-subj', '/CN=test authority', '-days', '30', '-out', "$directory/ca.pem",
	    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign');
	sign($_, @{ $signed{$_} }) for sort keys %signed;
	self_signed('self', 'sha256');
	self_signed('other', 'sha256');
	self_signed('rsa512', 'sha1', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:512');
	self_signed('rsa1024', 'sha256', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024');
	self_signed('md5', 'md5', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
	self_signed('sha1', 'sha1', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
	return $directory;
}

# The pin of a certificate's key, as curl writes it.
sub pin {
	my ($name) = @_;

	directory();
	my $pin = qx{openssl x509 -in '$directory/$name.pem' -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64};
	chomp $pin;
	return "sha256//$pin";
}

END {
	local $?;
	if (defined $directory && $owner == $$) {
		unlink glob "$directory/*";
		rmdir $directory;
	}
}

1;
