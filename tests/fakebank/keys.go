package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"strconv"
	"strings"
	"time"
)

// Keys and signatures as in Standard Webhooks, v1a. A key file holds `whsk_` and the base64 of the 32-byte seed.

func hashID(id e2e) uint64 { return maphash.Bytes(seed, id[:]) }

func cutPrefix(text, prefix string) (string, bool) {
	return strings.TrimPrefix(text, prefix), strings.HasPrefix(text, prefix)
}

func readKey(path string) (*signer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	raw, ok := cutPrefix(strings.TrimSpace(string(text)), "whsk_")
	s, err := base64.StdEncoding.DecodeString(raw)
	if !ok || err != nil || len(s) != 32 {
		return nil, fmt.Errorf("%s: no whsk_ key of 32 bytes", path)
	}
	return newSigner(s), nil
}

func (s *signer) publicText() string { return "whpk_" + base64.StdEncoding.EncodeToString(s.public[:]) }

// parsePublic reads one or several whpk_ keys with commas, from the text itself or from a file that holds it.
func parsePublic(text string) ([]*verifier, error) {
	if !strings.HasPrefix(text, "whpk_") {
		raw, err := os.ReadFile(text)
		if err != nil {
			return nil, err
		}
		text = strings.TrimSpace(string(raw))
	}
	var keys []*verifier
	for _, one := range strings.Split(text, ",") {
		raw, ok := cutPrefix(strings.TrimSpace(one), "whpk_")
		k, err := base64.StdEncoding.DecodeString(raw)
		if !ok || err != nil || len(k) != 32 {
			return nil, fmt.Errorf("%q is not a whpk_ key of 32 bytes", one)
		}
		v, err := newVerifier(k)
		if err != nil {
			return nil, err
		}
		keys = append(keys, v)
	}
	return keys, nil
}

// keygen writes a new key and prints the public one; an existing key is kept, so that it may be called each time.
func keygen(path string) error {
	if k, err := readKey(path); err == nil {
		fmt.Println(k.publicText())
		return nil
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	_, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	fmt.Fprintln(f, "whsk_"+base64.StdEncoding.EncodeToString(secret.Seed()))
	if err := f.Close(); err != nil {
		return err
	}
	fmt.Println(newSigner(secret.Seed()).publicText())
	return nil
}

// appendSigned writes the three headers for a body, as signed at that Unix second.
func (s *signer) appendSigned(out []byte, id []byte, body []byte, at int64) []byte {
	var room [96]byte
	stamp := strconv.AppendInt(room[:0], at, 10)
	sig := s.sign(id, dot, stamp, dot, body)
	out = append(append(out, "webhook-id: "...), id...)
	out = append(append(out, "\r\nwebhook-timestamp: "...), stamp...)
	out = append(out, "\r\nwebhook-signature: v1a,"...)
	n := len(out)
	out = append(out, make([]byte, 88)...)
	base64.StdEncoding.Encode(out[n:], sig[:])
	return append(out, "\r\n"...)
}

var dot = []byte(".")

const window = 300

var errSignature, errTimestamp = errors.New("bad_signature"), errors.New("bad_timestamp")

// verify holds that one of the signatures is made by one of the keys, now.
func verify(keys []*verifier, id, stamp, signatures, body []byte) error {
	good := false
	for _, one := range bytes.Split(signatures, []byte(" ")) {
		if len(one) != 4+88 || string(one[:4]) != "v1a," {
			continue
		}
		var sig [66]byte
		if n, err := base64.StdEncoding.Decode(sig[:], one[4:]); err != nil || n != 64 {
			continue
		}
		for _, k := range keys {
			good = good || k.verify(sig[:64], id, dot, stamp, dot, body)
		}
	}
	if !good {
		return errSignature
	}
	at, err := strconv.ParseInt(string(stamp), 10, 64)
	if err != nil {
		return errSignature
	}
	if d := time.Now().Unix() - at; d > window || d < -window {
		return errTimestamp
	}
	return nil
}
