package main

import "crypto/ed25519"

type signer struct {
	secret ed25519.PrivateKey
	public [32]byte
}

func newSigner(seed []byte) *signer {
	s := &signer{secret: ed25519.NewKeyFromSeed(seed)}
	copy(s.public[:], s.secret.Public().(ed25519.PublicKey))
	return s
}
func join(parts [][]byte) (all []byte) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return
}
func (s *signer) sign(parts ...[]byte) (sig [64]byte) {
	copy(sig[:], ed25519.Sign(s.secret, join(parts)))
	return
}

type verifier struct{ public ed25519.PublicKey }

func newVerifier(key []byte) (*verifier, error) { return &verifier{ed25519.PublicKey(key)}, nil }
func (v *verifier) verify(sig []byte, parts ...[]byte) bool {
	return ed25519.Verify(v.public, join(parts), sig)
}
