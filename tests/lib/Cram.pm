# SPDX-License-Identifier: ISC
# Cram: the arithmetic of login_cram_md6, written for the tests alone, so that they do not judge ptsh by ptsh.
#
# MD6-256 (Rivest et al., "The MD6 hash function", 2008) for up to 512 bytes: one compression, no tree.
package Cram;

use strict;
use warnings;

use Carp qw(croak);

use constant { ROUNDS => 104, BITS => 256, BLOCK => 64 };

no warnings 'portable';

my @Q = (0x7311c2812425cfa0, 0x6432286434aac8e7, 0xb60450e9ef68b7c1, 0xe8fb23908d9f06f1, 0xdd2e76cba691e5bf,
    0x0cd0d63b2c30bc41, 0x1f8ccf6823058f8a, 0x54e5ed5b88e3775d, 0x4ad12aae0a6d6031, 0x3e7f16bb88222e0d,
    0x8af8671d3fb50c2c, 0x995ad1178bd25c31, 0xc878c1dd04c4b633, 0x3b72066c7a1552ac, 0x0d6f3522631effcb);
my @RIGHT = (10, 5, 13, 10, 11, 12, 2, 7, 14, 15, 7, 13, 11, 7, 6, 12);
my @LEFT = (11, 24, 9, 16, 15, 9, 27, 15, 6, 2, 29, 8, 15, 5, 31, 9);

sub md6 {
	my ($data) = @_;
	my $len = length $data;

	croak 'md6: more than one block' if $len > 512;
	my @words = unpack 'Q>64', $data . "\0" x (512 - $len);
	my $u = 1 << 56;				# level 1, node 0
	my $v = ROUNDS << 48 | 64 << 40 | 1 << 36 | (512 - $len) * 8 << 20 | BITS;
	my @a = (@Q, (0) x 8, $u, $v, @words);
	my $s = 0x0123456789abcdef;

	for my $round (0 .. ROUNDS - 1) {
		for my $step (0 .. 15) {
			my $i = @a;
			my $x = $s ^ $a[$i - 89] ^ $a[$i - 17] ^ ($a[$i - 18] & $a[$i - 21]) ^ ($a[$i - 31] & $a[$i - 67]);
			$x ^= $x >> $RIGHT[$step];
			push @a, $x ^ $x << $LEFT[$step];
		}
		$s = ($s << 1 | $s >> 63) ^ ($s & 0x7311c2812425cfa0);
	}
	return pack 'Q>4', @a[-4 .. -1];
}

sub hmac {
	my ($key, $message) = @_;

	$key = md6($key) if length $key > BLOCK;
	$key .= "\0" x (BLOCK - length $key);
	return md6(($key ^ "\x5c" x BLOCK) . md6(($key ^ "\x36" x BLOCK) . $message));
}

# The key that stands for the password, and cr and sr; all as bytes.
sub key { my ($user, $password) = @_; hmac($user, $password) }

sub responses {
	my ($user, $password, $client_nonce, $nonce) = @_;
	my $key = key($user, $password);

	return (hmac($client_nonce . $nonce, $key), hmac($nonce . $client_nonce, $key));
}

1;
