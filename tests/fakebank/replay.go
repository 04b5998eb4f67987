package main

import (
	"errors"
	"fmt"
	"strings"
)

// line is one fact of the book, all kinds in one.
type line struct {
	f, id, bank, to, rem, st, why, how, acct, dir, text, e2e, cp, bref, ret, date, from, call string
	amt, booked, ref, entry, at, n, seq, opening, closing, lines, until                       int64
	refs                                                                                      []uint32
	adjust, hasBooked                                                                         bool
}

func parseLine(raw []byte) (v line, err error) {
	s := scan{b: raw}
	s.take('{')
	for k := []byte(nil); s.field(&k); {
		switch string(k) {
		case "f":
			v.f = string(s.str())
		case "id":
			v.id = string(s.str())
		case "bank":
			v.bank = string(s.str())
		case "to":
			v.to = string(s.str())
		case "rem":
			v.rem = string(s.str())
		case "st":
			v.st = string(s.str())
		case "why":
			v.why = string(s.str())
		case "how":
			v.how = string(s.str())
		case "acct":
			v.acct = string(s.str())
		case "dir":
			v.dir = string(s.str())
		case "text":
			v.text = string(s.str())
		case "e2e":
			v.e2e = string(s.str())
		case "cp":
			v.cp = string(s.str())
		case "bref":
			v.bref = string(s.str())
		case "ret":
			v.ret = string(s.str())
		case "date":
			v.date = string(s.str())
		case "from":
			v.from = string(s.str())
		case "call":
			v.call = string(s.str())
		case "amt":
			v.amt = s.num()
		case "booked":
			v.booked, v.hasBooked = s.num(), true
		case "ref":
			v.ref = s.num()
		case "entry":
			v.entry = s.num()
		case "at":
			v.at = s.num()
		case "n":
			v.n = s.num()
		case "seq":
			v.seq = s.num()
		case "opening":
			v.opening = s.num()
		case "closing":
			v.closing = s.num()
		case "lines":
			v.lines = s.num()
		case "until":
			v.until = s.num()
		case "refs":
			s.take('[')
			for i := 0; s.more(i); i++ {
				v.refs = append(v.refs, uint32(s.num()))
			}
		case "adjust":
			v.adjust = s.peek() == 't'
			s.skip(0)
		default:
			s.skip(0)
		}
	}
	return v, s.end()
}

// readBack makes one line of the book true again, and holds that it fits what was read before.
func (b *bank) readBack(raw []byte) error {
	v, err := parseLine(raw)
	if err != nil {
		return err
	}
	if v.at != 0 && v.at > b.now() {
		b.setClock(v.at)
	}
	ref := uint32(v.ref)
	if (v.f == "exec" || v.f == "post") && (ref == 0 || ref > b.n) {
		return fmt.Errorf("there is no payment %d", ref)
	}
	switch v.f {
	case "bank":
		if v.bank != b.opt.code {
			return fmt.Errorf("this is the book of bank %s, not of %s", v.bank, b.opt.code)
		}
		d, err := parseDay(v.date)
		if err != nil {
			return err
		}
		b.date = d
		b.setClock(d.start() + 8*3600)
		return nil
	case "fund":
		b.recordFund(v.acct, v.opening)
		return nil
	case "msg":
		f, known := b.fundOf([]byte(v.from))
		if !known {
			return fmt.Errorf("%s is no funding account", v.from)
		}
		b.msg = message{fund: f, until: v.until, at: v.at}
		b.count.Requests["transfers"]++
		return nil
	case "xfer":
		return b.readXfer(&v)
	case "exec":
		st, _ := parseStatus([]byte(v.st))
		b.recordExec(ref, st, why(v.why), v.at)
		return b.sameEntry(ref, v.entry)
	case "post":
		b.recordPost(ref)
		return b.sameEntry(ref, v.entry)
	case "entry":
		return b.readEntry(&v)
	case "hide":
		if v.n < 1 || int(v.n) > len(b.entries) {
			return fmt.Errorf("there is no entry %d", v.n)
		}
		b.recordHide(uint32(v.n), v.adjust)
		return nil
	case "together":
		f, _ := b.fundOf([]byte(v.acct))
		b.recordBatchOrder(f, uint32(v.n))
		return nil
	case "close":
		f, known := b.fundOf([]byte(v.acct))
		if !known {
			return fmt.Errorf("%s is no funding account", v.acct)
		}
		if s := b.recordClose(int(f)); s.opening != v.opening || s.closing != v.closing || int64(s.lines) != v.lines || int64(s.sequence) != v.seq {
			return fmt.Errorf("the statement of %s on %s does not follow from the lines before it", v.acct, v.date)
		}
		return nil
	case "day":
		d, err := parseDay(v.date)
		if err == nil {
			b.recordDay(d)
		}
		return err
	case "told":
		for i := 0; i+1 < len(v.refs); i += 2 {
			for r := v.refs[i]; r >= 1 && r <= v.refs[i+1] && r <= b.n; r++ {
				b.xfer(r).how |= howTold
			}
		}
		return nil
	}
	return fmt.Errorf("unknown fact %q", v.f)
}

func (b *bank) sameEntry(ref uint32, entry int64) error {
	if int64(b.xfer(ref).entry) != entry {
		return fmt.Errorf("payment %d has entry %d, but the line says %d", ref, b.xfer(ref).entry, entry)
	}
	return nil
}

func (b *bank) readXfer(v *line) error {
	id, ok := parseE2E([]byte(v.id))
	st, fine := parseStatus([]byte(v.st))
	if !ok || !fine {
		return errors.New("a payment with a wrong id or status")
	}
	x := xfer{id: id, status: st, reason: why(v.why), amount: v.amt, until: uint32(b.msg.until), at: uint32(b.msg.at), fund: b.msg.fund, text: b.text([]byte(v.rem))}
	if v.why == "" {
		x.reason = 0
	}
	for _, w := range strings.Fields(v.how) {
		for i, n := range howNames {
			if n == w {
				x.how |= 1 << i
			}
		}
	}
	place, known := b.acc.find([]byte(v.bank), []byte(v.to))
	if !known {
		place = b.addCreditor([]byte(v.bank), []byte(v.to), nil, v.why == "AC01" || v.why == "RC01")
	}
	x.account = place
	if !v.hasBooked {
		v.booked = v.amt
	}
	if ref := b.recordXfer(x, v.booked); int64(ref) != v.ref {
		return fmt.Errorf("payment %d where %d was due", v.ref, ref)
	}
	return b.sameEntry(uint32(v.ref), v.entry)
}

func (b *bank) readEntry(v *line) error {
	f, known := b.fundOf([]byte(v.acct))
	if !known || v.ref > int64(b.n) {
		return errors.New("an entry for an unknown account or payment")
	}
	for _, r := range v.refs {
		if r < 1 || r > b.n {
			return fmt.Errorf("there is no payment %d", r)
		}
	}
	if v.refs != nil {
		b.batch.refs, b.batch.left = nil, 0
	}
	n := b.recordEntry(f, v.dir == "credit", v.amt, other{text: v.text, e2e: v.e2e, counterparty: v.cp, remittance: v.rem, reference: v.bref,
		returned: v.ret, at: v.at, ref: uint32(v.ref), refs: v.refs})
	if int64(n) != v.n {
		return fmt.Errorf("entry %d where %d was due", v.n, n)
	}
	return nil
}
