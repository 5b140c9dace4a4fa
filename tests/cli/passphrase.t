# SPDX-License-Identifier: ISC
# A client key that is encrypted, and options that name the wrong kind of file.
use strict;
use warnings;
use utf8;

use Box;
use File::Temp ();
use Run;
use Session;
use Test::More;

my $dir = File::Temp->newdir;
my $passphrase = 'a phrase of its own';

sub openssl { system('sh', '-c', 'exec openssl "$@" >/dev/null 2>&1', 'sh', @_) == 0 or die "openssl @_: failed" }
openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', "$dir/plain", '-subj', '/CN=client', '-days', 30, '-out', "$dir/cert");
Box::write_file("$dir/phrase", "$passphrase\nanother line\n");
openssl('pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-in', "$dir/plain", '-passout', "file:$dir/phrase", '-out', "$dir/key");
openssl('x509', '-in', "$dir/cert", '-outform', 'DER', '-out', "$dir/cert.der");

my $box = Box->start('--tls', 'offer');
my @tls = ('-u', 'admin', '--tls', 'on', '--accept-new', '--cert', "$dir/cert");

sub with {
	return Run->ptsh(args => [@tls, @_, '-c', 'ping', $box->address], env => { PTSH_PASSWORD => $box->password }, secret => $passphrase);
}

is(with('--key', "$dir/key", '--key-passphrase-command', "cat $dir/phrase")->status, 0, '--key-passphrase-command decrypts the key');
is(with('--key', "$dir/plain", '--key-passphrase-command', 'exit 1')->status, 0, '... and is not run for a key that is not encrypted');
for my $case (
	['echo wrong', qr/^ptsh: .*--key \S+: cannot be decrypted: the passphrase is wrong$/m, 'a wrong passphrase'],
	['exit 3', qr/^ptsh: .*--key-passphrase-command: failed with status 3$/m, 'a command that fails'],
	['true', qr/^ptsh: .*--key-passphrase-command: the first line is empty/m, 'a command that prints nothing'],
) {
	my ($command, $says, $name) = @$case;
	my $r = with('--key', "$dir/key", '--key-passphrase-command', $command);

	is($r->status, 2, $name);
	like($r->stderr, $says, '... and the message says so');
}
my $r = with('--key', "$dir/key");
is($r->status, 2, 'no command and no terminal');
like($r->stderr, qr/cannot prompt for the key's passphrase here: use --key-passphrase-command/, '... and what to do');

# Files of another kind.
$r = Run->ptsh(args => ['-u', 'admin', '--tls', 'on', '--accept-new', '--cert', "$dir/cert.der", '-c', 'ping', $box->address],
    env => { PTSH_PASSWORD => $box->password });
like($r->stderr, qr/--cert \S+: it has nothing in PEM form/, 'a certificate in DER');
# What is missing is named, not what OpenSSL has come across first.
for my $case (
	[[ '--cert', "$dir/plain" ], qr{--cert \S+: it has no certificate$}m, 'a key in place of the certificate'],
	[[ '--ca', "$dir/plain" ], qr{--ca \S+: it has no certificate$}m, '... and of the authorities'],
	[[ '--cert', "$dir/cert" ], qr{--cert \S+: it has no private key: name its file with --key$}m, 'a certificate without its key'],
	[[ '--cert', "$dir/cert", '--key', "$dir/cert" ], qr{--key \S+: it has no private key$}m, 'a certificate in place of the key'],
) {
	my ($options, $says, $name) = @$case;
	my $r = Run->ptsh(args => ['-u', 'admin', '--tls', 'on', '--accept-new', @$options, '-c', 'ping', $box->address],
	    env => { PTSH_PASSWORD => $box->password });

	is($r->status, 2, $name);
	like($r->stderr, $says, '... and the message says so');
}
$r = Run->ptsh(args => ['-u', 'admin', '--tls', 'verify', '--ca', "$dir", '-c', 'ping', $box->address], env => { PTSH_PASSWORD => $box->password });
like($r->stderr, qr/--ca \S+: a folder; name a file/, '--ca with a folder');
is($r->status, 2, '... is a mistake');
symlink "$dir/phrase", "$dir/secret" or die "symlink: $!";
$r = Run->ptsh(args => ['-u', 'admin', '--password-file', "$dir/secret", '-c', 'ping', $box->address]);
like($r->stderr, qr/a symbolic link; .*--password-command 'cat FILE'/, 'a password file of a container: the message names an option that accepts it');
$r = Run->ptsh(args => ['-u', 'admin', '--trace', '/dev/stderr', '-c', 'ping', $box->address], env => { PTSH_PASSWORD => $box->password });
is($r->status, 0, '--trace /dev/stderr');
like($r->stderr, qr/ > \[\d+,"ping"\]$/m, '... is standard error');

SKIP: {
	skip 'needs tmux', 4 unless Term::available;
	my $s = Session->new(box => $box, args => [@tls, '--key', "$dir/key"], wait => undef);

	ok(defined $s->wait_prompt(qr/^Passphrase of \S*key: $/), 'at a terminal the passphrase is asked for');
	$s->line($passphrase);
	ok(defined $s->wait_prompt(qr/^box> $/), '... and the key is decrypted');
	unlike($s->output, qr/\Q$passphrase\E/, '... and it was not shown');
	my $c = Session->new(box => $box, args => [@tls, '--key', "$dir/key"], wait => undef);
	$c->wait_prompt(qr/^Passphrase/);
	$c->key('C-c');
	is($c->status, 130, "^C at the question") or diag join "\n", $c->rows;
}

done_testing;
