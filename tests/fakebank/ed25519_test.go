package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"math/big"
	"testing"
)

func TestSignatures(t *testing.T) {
	t.Run("our signatures are those of the standard library, byte for byte", func(t *testing.T) {
		for i := 0; i < 300; i++ {
			seed, message := make([]byte, 32), make([]byte, i*7)
			rand.Read(seed)
			rand.Read(message)
			s, std := newSigner(seed), ed25519.NewKeyFromSeed(seed)
			if !bytes.Equal(s.public[:], std.Public().(ed25519.PublicKey)) {
				t.Fatalf("public key of %x", seed)
			}
			if got := s.sign(message[:i], message[i:]); !bytes.Equal(got[:], ed25519.Sign(std, message)) {
				t.Fatalf("signature of %x", seed)
			}
		}
	})
	t.Run("we verify what the standard library signed, and refuse every flipped bit", func(t *testing.T) {
		for i := 0; i < 10; i++ {
			key, secret, _ := ed25519.GenerateKey(rand.Reader)
			v, err := newVerifier(key)
			if err != nil {
				t.Fatal(err)
			}
			message := make([]byte, 40)
			rand.Read(message)
			sig := ed25519.Sign(secret, message)
			if !v.verify(sig, message) {
				t.Fatal("a good signature was refused")
			}
			for bit := 0; bit < 512; bit++ {
				sig[bit/8] ^= 1 << (bit % 8)
				if v.verify(sig, message) {
					t.Fatalf("bit %d was flipped unnoticed", bit)
				}
				sig[bit/8] ^= 1 << (bit % 8)
			}
			message[i] ^= 1
			if v.verify(sig, message) {
				t.Fatal("a changed message was accepted")
			}
		}
	})
	t.Run("S above the order and keys that are no points are refused", func(t *testing.T) {
		key, secret, _ := ed25519.GenerateKey(rand.Reader)
		v, _ := newVerifier(key)
		sig := ed25519.Sign(secret, []byte("x"))
		high := new(big.Int).Add(fromLittleEndian(sig[32:]), order)
		copy(sig[32:], littleEndian(high, 32))
		if v.verify(sig, []byte("x")) {
			t.Fatal("S + L was accepted")
		}
		for _, bad := range []string{"0200000000000000000000000000000000000000000000000000000000000000",
			"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"} {
			raw, _ := hex.DecodeString(bad)
			if _, err := newVerifier(raw); err == nil {
				t.Fatalf("%s is no key", bad)
			}
		}
	})
	t.Run("extreme scalars and field elements agree with plain arithmetic", func(t *testing.T) {
		edge := []*big.Int{big.NewInt(0), big.NewInt(1), big.NewInt(19), new(big.Int).Sub(prime, big.NewInt(1)), new(big.Int).Lsh(big.NewInt(1), 254),
			new(big.Int).Sub(prime, big.NewInt(19)), new(big.Int).Rsh(prime, 1)}
		for _, a := range edge {
			for _, b := range edge {
				x, y := feOf(a), feOf(b)
				for name, c := range map[string]struct {
					got  func(v *fe)
					want *big.Int
				}{
					"mul": {func(v *fe) { v.mul(&x, &y) }, new(big.Int).Mul(a, b)}, "add": {func(v *fe) { v.add(&x, &y) }, new(big.Int).Add(a, b)},
					"sub": {func(v *fe) { v.sub(&x, &y) }, new(big.Int).Sub(a, b)}, "square": {func(v *fe) { v.square(&x) }, new(big.Int).Mul(a, a)},
				} {
					var v fe
					c.got(&v)
					got := v.bytes()
					if want := new(big.Int).Mod(c.want, prime); fromLittleEndian(got[:]).Cmp(want) != 0 {
						t.Fatalf("%s %x %x", name, a, b)
					}
				}
			}
		}
		last := new(big.Int).Sub(order, big.NewInt(1)) // (L - 1)·B + B is the identity
		for _, k := range []*big.Int{big.NewInt(0), big.NewInt(1), big.NewInt(32), big.NewInt(33), last} {
			p, q := identity, identity
			a, b := scalarBytes(k), scalarBytes(new(big.Int).Sub(order, k))
			baseB.addTimes(&p, &a)
			baseB.addTimes(&p, &b)
			if p.bytes() != q.bytes() {
				t.Fatalf("%d·B + (L - %d)·B", k, k)
			}
		}
	})
}

func BenchmarkSign(b *testing.B) {
	s := newSigner(make([]byte, 32))
	message := make([]byte, 300)
	for i := 0; i < b.N; i++ {
		s.sign(message)
	}
}

func BenchmarkVerify(b *testing.B) {
	s := newSigner(make([]byte, 32))
	v, _ := newVerifier(s.public[:])
	message := make([]byte, 300)
	sig := s.sign(message)
	for i := 0; i < b.N; i++ {
		if !v.verify(sig[:], message) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkStandardVerify(b *testing.B) {
	key, secret, _ := ed25519.GenerateKey(rand.Reader)
	message := make([]byte, 300)
	sig := ed25519.Sign(secret, message)
	for i := 0; i < b.N; i++ {
		ed25519.Verify(key, message, sig)
	}
}

func BenchmarkStandardSign(b *testing.B) {
	_, secret, _ := ed25519.GenerateKey(rand.Reader)
	message := make([]byte, 300)
	for i := 0; i < b.N; i++ {
		ed25519.Sign(secret, message)
	}
}
