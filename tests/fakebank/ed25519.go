package main

import (
	"crypto/sha512"
	"errors"
	"math/big"
	"math/bits"
)

// Ed25519 (RFC 8032) for few keys and many messages. crypto/ed25519 takes 25 µs to sign and 55 µs to verify, which in a benchmark
// with one signed request, reply and callback per payment would be most of what the bank costs. Here every key has a table of its
// multiples, so that a multiplication is additions only. Nothing is constant-time: the keys of a fake bank are no secrets.

// fe is an element of GF(2^255-19): five limbs of 51 bits, which may stand a little above that.
type fe [5]uint64

const low51 = 1<<51 - 1

var (
	prime    = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	order, _ = new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	curveD   = ratio(big.NewInt(-121665), big.NewInt(121666))
	feD2     = feOf(new(big.Int).Lsh(curveD, 1))
	baseB    = func() *table {
		p, err := decompress(littleEndian(ratio(big.NewInt(4), big.NewInt(5)), 32))
		if err != nil {
			panic(err)
		}
		return multiples(p)
	}()
)

func ratio(a, b *big.Int) *big.Int {
	r := new(big.Int).Mul(a, new(big.Int).ModInverse(b, prime))
	return r.Mod(r, prime)
}

func littleEndian(v *big.Int, n int) []byte {
	out := v.FillBytes(make([]byte, n))
	for i, j := 0, n-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

func fromLittleEndian(b []byte) *big.Int {
	r := make([]byte, len(b))
	for i := range b {
		r[len(b)-1-i] = b[i]
	}
	return new(big.Int).SetBytes(r)
}

func feOf(v *big.Int) (r fe) {
	v = new(big.Int).Mod(v, prime)
	for i := range r {
		r[i] = new(big.Int).Rsh(v, uint(51*i)).Uint64() & low51
	}
	return r
}

func (v *fe) carry() {
	c := v[4] >> 51
	c0, c1, c2, c3 := v[0]>>51, v[1]>>51, v[2]>>51, v[3]>>51
	v[0] = v[0]&low51 + c*19
	v[1] = v[1]&low51 + c0
	v[2] = v[2]&low51 + c1
	v[3] = v[3]&low51 + c2
	v[4] = v[4]&low51 + c3
}

// Sums and differences are not carried: limbs stay below 2^54, which a product takes; what a product gives is below 2^51 + 2^13 · 19.
func (v *fe) add(a, b *fe) {
	v[0], v[1], v[2], v[3], v[4] = a[0]+b[0], a[1]+b[1], a[2]+b[2], a[3]+b[3], a[4]+b[4]
}

// sub adds 2p first, so that no limb falls below zero; b must be a product or reduced.
func (v *fe) sub(a, b *fe) {
	v[0] = a[0] + 0xfffffffffffda - b[0]
	v[1] = a[1] + 0xffffffffffffe - b[1]
	v[2] = a[2] + 0xffffffffffffe - b[2]
	v[3] = a[3] + 0xffffffffffffe - b[3]
	v[4] = a[4] + 0xffffffffffffe - b[4]
}

func (v *fe) mul(a, b *fe) {
	a0, a1, a2, a3, a4 := a[0], a[1], a[2], a[3], a[4]
	b0, b1, b2, b3, b4 := b[0], b[1], b[2], b[3], b[4]
	a1n, a2n, a3n, a4n := a1*19, a2*19, a3*19, a4*19 // 2^255 = 19

	h, l := bits.Mul64(a0, b0)
	h, l = mulAdd(h, l, a1n, b4)
	h, l = mulAdd(h, l, a2n, b3)
	h, l = mulAdd(h, l, a3n, b2)
	r0h, r0 := mulAdd(h, l, a4n, b1)

	h, l = bits.Mul64(a0, b1)
	h, l = mulAdd(h, l, a1, b0)
	h, l = mulAdd(h, l, a2n, b4)
	h, l = mulAdd(h, l, a3n, b3)
	r1h, r1 := mulAdd(h, l, a4n, b2)

	h, l = bits.Mul64(a0, b2)
	h, l = mulAdd(h, l, a1, b1)
	h, l = mulAdd(h, l, a2, b0)
	h, l = mulAdd(h, l, a3n, b4)
	r2h, r2 := mulAdd(h, l, a4n, b3)

	h, l = bits.Mul64(a0, b3)
	h, l = mulAdd(h, l, a1, b2)
	h, l = mulAdd(h, l, a2, b1)
	h, l = mulAdd(h, l, a3, b0)
	r3h, r3 := mulAdd(h, l, a4n, b4)

	h, l = bits.Mul64(a0, b4)
	h, l = mulAdd(h, l, a1, b3)
	h, l = mulAdd(h, l, a2, b2)
	h, l = mulAdd(h, l, a3, b1)
	r4h, r4 := mulAdd(h, l, a4, b0)

	v.reduce(r0h, r0, r1h, r1, r2h, r2, r3h, r3, r4h, r4)
}

func mulAdd(h, l, a, b uint64) (uint64, uint64) {
	mh, ml := bits.Mul64(a, b)
	l, c := bits.Add64(l, ml, 0)
	h, _ = bits.Add64(h, mh, c)
	return h, l
}

func (v *fe) reduce(r0h, r0, r1h, r1, r2h, r2, r3h, r3, r4h, r4 uint64) {
	c0, c1, c2, c3, c4 := r0h<<13|r0>>51, r1h<<13|r1>>51, r2h<<13|r2>>51, r3h<<13|r3>>51, r4h<<13|r4>>51
	v[0] = r0&low51 + c4*19
	v[1] = r1&low51 + c0
	v[2] = r2&low51 + c1
	v[3] = r3&low51 + c2
	v[4] = r4&low51 + c3
	v.carry()
}

func (v *fe) square(a *fe) {
	a0, a1, a2, a3, a4 := a[0], a[1], a[2], a[3], a[4]
	d0, d1, d2 := 2*a0, 2*a1, 2*a2
	a3n, a4n := a3*19, a4*19

	h, l := bits.Mul64(a0, a0)
	h, l = mulAdd(h, l, d1, a4n)
	r0h, r0 := mulAdd(h, l, d2, a3n)
	h, l = bits.Mul64(d0, a1)
	h, l = mulAdd(h, l, d2, a4n)
	r1h, r1 := mulAdd(h, l, a3, a3n)
	h, l = bits.Mul64(d0, a2)
	h, l = mulAdd(h, l, a1, a1)
	r2h, r2 := mulAdd(h, l, 2*a3, a4n)
	h, l = bits.Mul64(d0, a3)
	h, l = mulAdd(h, l, d1, a2)
	r3h, r3 := mulAdd(h, l, a4, a4n)
	h, l = bits.Mul64(d0, a4)
	h, l = mulAdd(h, l, d1, a3)
	r4h, r4 := mulAdd(h, l, a2, a2)
	v.reduce(r0h, r0, r1h, r1, r2h, r2, r3h, r3, r4h, r4)
}

func (v *fe) squares(a *fe, n int) {
	v.square(a)
	for i := 1; i < n; i++ {
		v.square(v)
	}
}

// invert raises to p - 2 = 2^255 - 21.
func (v *fe) invert(z *fe) {
	var z2, z9, z11, x5, x10, x20, x50, x100, t fe
	z2.square(z)
	t.squares(&z2, 2)
	z9.mul(&t, z)
	z11.mul(&z9, &z2)
	t.square(&z11)
	x5.mul(&t, &z9) // 2^5 - 1
	t.squares(&x5, 5)
	x10.mul(&t, &x5)
	t.squares(&x10, 10)
	x20.mul(&t, &x10)
	t.squares(&x20, 20)
	t.mul(&t, &x20)
	t.squares(&t, 10)
	x50.mul(&t, &x10)
	t.squares(&x50, 50)
	x100.mul(&t, &x50)
	t.squares(&x100, 100)
	t.mul(&t, &x100)
	t.squares(&t, 50)
	t.mul(&t, &x50)
	t.squares(&t, 5)
	v.mul(&t, &z11)
}

// bytes is the one encoding below p.
func (v *fe) bytes() (out [32]byte) {
	t := *v
	t.carry()
	t.carry()
	c := (t[0] + 19) >> 51 // does t + 19 reach 2^255?
	c = (t[1] + c) >> 51
	c = (t[2] + c) >> 51
	c = (t[3] + c) >> 51
	c = (t[4] + c) >> 51
	t[0] += 19 * c
	for i := 0; i < 4; i++ {
		t[i+1] += t[i] >> 51
		t[i] &= low51
	}
	t[4] &= low51
	var words [4]uint64
	words[0] = t[0] | t[1]<<51
	words[1] = t[1]>>13 | t[2]<<38
	words[2] = t[2]>>26 | t[3]<<25
	words[3] = t[3]>>39 | t[4]<<12
	for i := range out {
		out[i] = byte(words[i/8] >> (8 * uint(i%8)))
	}
	return out
}

// point is in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z.
type point struct{ x, y, z, t fe }

// niels is an affine point in the form in which it is added.
type niels struct{ plus, minus, xy2d fe }

// add adds a table's point, or takes it away.
func (p *point) add(n *niels, negative bool) {
	var a, b, c, d, e, f, g, h fe
	plus, minus := &n.plus, &n.minus
	if negative {
		plus, minus = minus, plus
	}
	a.sub(&p.y, &p.x)
	a.mul(&a, minus)
	b.add(&p.y, &p.x)
	b.mul(&b, plus)
	c.mul(&p.t, &n.xy2d)
	d.add(&p.z, &p.z)
	e.sub(&b, &a)
	h.add(&b, &a)
	if negative {
		f.add(&d, &c)
		g.sub(&d, &c)
	} else {
		f.sub(&d, &c)
		g.add(&d, &c)
	}
	p.x.mul(&e, &f)
	p.y.mul(&g, &h)
	p.t.mul(&e, &h)
	p.z.mul(&f, &g)
}

func (p *point) affine() (x, y fe) {
	var inv fe
	inv.invert(&p.z)
	x.mul(&p.x, &inv)
	y.mul(&p.y, &inv)
	return
}

func (p *point) bytes() [32]byte {
	x, y := p.affine()
	out, sign := y.bytes(), x.bytes()
	out[31] |= sign[0] << 7
	return out
}

func (p *point) niels() (n niels) {
	x, y := p.affine()
	n.plus.add(&y, &x)
	n.minus.sub(&y, &x)
	n.xy2d.mul(&x, &y)
	n.xy2d.mul(&n.xy2d, &feD2)
	return n
}

var identity = point{y: fe{1}, z: fe{1}}

// decompress finds the x of an encoded y; done once a key, so by plain arithmetic.
func decompress(in []byte) (*point, error) {
	y := fromLittleEndian(in)
	sign := y.Bit(255)
	y.SetBit(y, 255, 0)
	one, y2 := big.NewInt(1), new(big.Int).Mul(y, y)
	den := new(big.Int).Mul(curveD, y2)
	x2 := ratio(new(big.Int).Sub(y2, one), den.Add(den, one).Mod(den, prime))
	x := new(big.Int).ModSqrt(x2, prime)
	if x == nil || y.Cmp(prime) >= 0 || x.Sign() == 0 && sign == 1 {
		return nil, errors.New("not a point of Ed25519")
	}
	if x.Bit(0) != sign {
		x.Sub(prime, x)
	}
	return &point{x: feOf(x), y: feOf(y), z: fe{1}, t: feOf(new(big.Int).Mul(x, y))}, nil
}

// A scalar is cut into digits of `width` bits, −2^(width−1) < digit ≤ 2^(width−1); the table has their multiples for each place.
const (
	width  = 6
	places = 256/width + 1
)

type table [places][1 << (width - 1)]niels

func multiples(p *point) *table {
	t := new(table)
	at := *p
	for i := range t {
		one := at.niels()
		sum := identity
		for j := range t[i] {
			sum.add(&one, false)
			t[i][j] = sum.niels()
		}
		at = sum // 2^(width-1) times; once more the same is the next place
		last := sum.niels()
		at.add(&last, false)
	}
	return t
}

// addTimes adds k times the table's point to p.
func (t *table) addTimes(p *point, k *[32]byte) {
	carry := 0
	for i := 0; i < places; i++ {
		bit := i * width
		v := 0
		if bit/8 < 32 {
			v = int(k[bit/8])
			if bit/8+1 < 32 {
				v |= int(k[bit/8+1]) << 8
			}
			v = v >> (bit % 8) & (1<<width - 1)
		}
		v += carry
		carry = 0
		if v > 1<<(width-1) {
			v -= 1 << width
			carry = 1
		}
		if v > 0 {
			p.add(&t[i][v-1], false)
		} else if v < 0 {
			p.add(&t[i][-v-1], true)
		}
	}
}

func hashScalar(parts ...[]byte) *big.Int {
	h := sha512.New()
	for _, p := range parts {
		h.Write(p)
	}
	var room [64]byte
	v := fromLittleEndian(h.Sum(room[:0]))
	return v.Mod(v, order)
}

func scalarBytes(v *big.Int) (out [32]byte) {
	copy(out[:], littleEndian(v, 32))
	return out
}

type signer struct {
	secret *big.Int
	prefix []byte
	public [32]byte
}

func newSigner(seed []byte) *signer {
	h := sha512.Sum512(seed)
	h[0] &= 248
	h[31] = h[31]&127 | 64
	s := &signer{secret: fromLittleEndian(h[:32]), prefix: append([]byte(nil), h[32:]...)}
	p, k := identity, scalarBytes(new(big.Int).Mod(s.secret, order))
	baseB.addTimes(&p, &k)
	s.public = p.bytes()
	return s
}

// sign signs the parts as if they stood in one piece.
func (s *signer) sign(parts ...[]byte) (sig [64]byte) {
	var room [8][]byte
	r := hashScalar(append(append(room[:0], s.prefix), parts...)...)
	p, k := identity, scalarBytes(r)
	baseB.addTimes(&p, &k)
	first := p.bytes()
	copy(sig[:], first[:])
	h := hashScalar(append(append(room[:0], sig[:32], s.public[:]), parts...)...)
	h.Mul(h, s.secret)
	k = scalarBytes(h.Mod(h.Add(h, r), order))
	copy(sig[32:], k[:])
	return sig
}

type verifier struct {
	public []byte
	minus  *table // multiples of −A
}

func newVerifier(key []byte) (*verifier, error) {
	p, err := decompress(key)
	if err != nil {
		return nil, err
	}
	zero := fe{}
	p.x.sub(&zero, &p.x)
	p.t.sub(&zero, &p.t)
	return &verifier{public: append([]byte(nil), key...), minus: multiples(p)}, nil
}

// verify holds that R = S·B − h·A, and that S is the one below the order.
func (v *verifier) verify(sig []byte, parts ...[]byte) bool {
	if len(sig) != 64 {
		return false
	}
	if fromLittleEndian(sig[32:]).Cmp(order) >= 0 {
		return false
	}
	var room [8][]byte
	h := scalarBytes(hashScalar(append(append(room[:0], sig[:32], v.public), parts...)...))
	p := identity
	baseB.addTimes(&p, (*[32]byte)(sig[32:]))
	v.minus.addTimes(&p, &h)
	got := p.bytes()
	return string(got[:]) == string(sig[:32])
}
