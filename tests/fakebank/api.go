package main

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// The calls of bankapi/chitra-json.md.

// message is a transfers request.
type message struct {
	fund  uint8
	until int64
	at    int64
	items []instruction
}

type instruction struct {
	id                       e2e
	amount                   int64
	bank, number, name, text []byte
}

type outcome struct {
	status status
	reason reason
	ref    uint32
	at     int64 // of the payment, for its reference
	echo   int64
}

func refuse(id []byte, status int, code, text string) answer {
	if !allIn(id, 1, 35, messageChar) {
		return answer{status: 400}
	}
	a := answer{status: status, id: id}
	a.body = append(append(append(a.body, `{"message_id":"`...), id...), `","error":{"code":"`...)
	a.body = append(appendString(append(append(a.body, code...), `","text":`...), text), "}}"...)
	return a
}

func (b *bank) handle(q *request) (a answer) {
	call, known := map[string]string{"/v1/transfers": "transfers", "/v1/enquiries": "enquiries", "/v1/account-inquiries": "account-inquiries",
		"/v1/statements": "statements", "/v1/credits": "credits"}[string(q.path)]
	if !allIn(q.id, 1, 35, messageChar) {
		return answer{status: 400}
	}
	if err := verify(b.payer, q.id, q.stamp, q.signature, q.body); err != nil {
		b.refused()
		return refuse(q.id, 401, err.Error(), "the request is not signed as agreed")
	}
	if !known {
		b.refused()
		return refuse(q.id, 404, "unknown_path", "there is no such call")
	}
	if !utf8.Valid(q.body) {
		b.refused()
		return refuse(q.id, 400, "malformed", "the body is not UTF-8")
	}
	switch call {
	case "transfers":
		a = b.transfers(q)
	case "enquiries":
		a = b.enquiries(q)
	case "account-inquiries":
		a = b.inquiries(q)
	case "statements":
		a = b.statements(q)
	case "credits":
		a = b.credits(q)
	}
	if a.status != 200 && a.status < 500 && a.id != nil {
		b.refused()
	}
	return a
}

func (b *bank) refused() {
	b.mu.Lock()
	b.count.Refused++
	b.mu.Unlock()
}

func malformed(q *request, what string) answer {
	return refuse(q.id, 400, "malformed", what)
}

// seen keeps account of fields, so that none comes twice and none is missing.
type seen uint16

func (v *seen) once(s *scan, bit uint) {
	if *v&(1<<bit) != 0 {
		s.fail()
	}
	*v |= 1 << bit
}

func (b *bank) transfers(q *request) answer {
	var m message
	var debtor, currency, msgID []byte
	var count, sum int64
	s, got := scan{b: q.body}, seen(0)
	s.take('{')
	for k := []byte(nil); s.field(&k); {
		switch string(k) {
		case "message_id":
			got.once(&s, 0)
			msgID = s.str()
		case "debtor_account":
			got.once(&s, 1)
			debtor = s.str()
		case "currency":
			got.once(&s, 2)
			currency = s.str()
		case "valid_until":
			got.once(&s, 3)
			at, ok := parseInstant(s.str())
			if m.until = at; !ok {
				s.fail()
			}
		case "count":
			got.once(&s, 4)
			count = s.num()
		case "sum":
			got.once(&s, 5)
			sum = s.num()
		case "items":
			got.once(&s, 6)
			n := len(q.body)/150 + 1 // a guess that is seldom too small
			if n > 500 {
				n = 500
			}
			m.items = make([]instruction, 0, n)
			s.take('[')
			for n := 0; s.more(n); n++ {
				if n == 500 {
					return refuse(q.id, 413, "too_many_items", "a message has at most 500 items")
				}
				m.items = append(m.items, readInstruction(&s))
			}
		default:
			s.skip(0)
		}
	}
	if s.end() != nil || got != 1<<7-1 || !bytes.Equal(msgID, q.id) || len(m.items) == 0 {
		return malformed(q, "the message does not have the fields of a transfer")
	}
	if string(currency) != "VND" {
		return refuse(q.id, 422, "wrong_currency", "the currency is VND")
	}
	total := int64(0)
	for i := range m.items {
		total += m.items[i].amount
	}
	if total != sum || int64(len(m.items)) != count {
		return refuse(q.id, 422, "wrong_control_sum", fmt.Sprintf("%d items add up to %d, the message says %d and %d", len(m.items), total, count, sum))
	}
	if twice(m.items) {
		return refuse(q.id, 422, "duplicate_in_message", "an end_to_end_id stands in the message twice")
	}
	return b.pay(q, &m, debtor)
}

func readInstruction(s *scan) (it instruction) {
	got := seen(0)
	s.take('{')
	for k := []byte(nil); s.field(&k); {
		switch string(k) {
		case "end_to_end_id":
			got.once(s, 0)
			id, ok := parseE2E(s.str())
			if it.id = id; !ok {
				s.fail()
			}
		case "amount":
			got.once(s, 1)
			if it.amount = s.num(); it.amount <= 0 {
				s.fail()
			}
		case "creditor_bank":
			got.once(s, 2)
			if it.bank = s.str(); !allIn(it.bank, 2, 11, upperDigit) {
				s.fail()
			}
		case "creditor_account":
			got.once(s, 3)
			if it.number = s.str(); !allIn(it.number, 1, 34, alnum) {
				s.fail()
			}
		case "creditor_name":
			got.once(s, 4)
			if it.name = s.str(); len(it.name) == 0 || len(it.name) > 70 && utf8.RuneCount(it.name) > 70 {
				s.fail()
			}
		case "remittance":
			got.once(s, 5)
			if it.text = s.str(); len(it.text) > 140 && utf8.RuneCount(it.text) > 140 {
				s.fail()
			}
		default:
			s.skip(0)
		}
	}
	if got != 1<<6-1 {
		s.fail()
	}
	return it
}

func twice(items []instruction) bool {
	if len(items) == 1 {
		return false
	}
	var slots [1024]uint16
	for i := range items {
		h := uint(hashID(items[i].id)) & 1023
		for ; slots[h] != 0; h = (h + 1) & 1023 {
			if items[slots[h]-1].id == items[i].id {
				return true
			}
		}
		slots[h] = uint16(i + 1)
	}
	return false
}

// pay judges and books a whole message under one lock; its facts stand together in the book and share one write.
func (b *bank) pay(q *request, m *message, debtor []byte) (a answer) {
	b.mu.Lock()
	b.count.Requests["transfers"]++
	f, known := b.fundOf(debtor)
	if !known {
		b.mu.Unlock()
		return refuse(q.id, 404, "unknown_account", "the debtor account is not one of this payer")
	}
	spoiled := b.spoil(q, "transfers", m.items)
	if spoiled.before {
		b.mu.Unlock()
		return spoiled.answer
	}
	m.fund, m.at = f, b.now()
	l := append(append(append(b.lines, `{"f":"msg","call":"transfers","id":"`...), q.id...), `","from":"`...)
	l = addInt(append(append(l, debtor...), '"'), `,"until":`, m.until)
	b.lines = append(addInt(addInt(l, `,"n":`, int64(len(m.items))), `,"at":`, m.at), "}\n"...)
	outcomes := make([]outcome, len(m.items))
	for i := range m.items {
		it := &m.items[i]
		outcomes[i] = b.decide(m, it)
		switch suffixOf(it.number) {
		case 7:
			a.hang = a.hang || b.isPaid(outcomes[i])
		case 12:
			a.drop = a.drop || q.reused
		}
		if o := &outcomes[i]; o.ref != 0 && o.status != RJCT && o.status != PDNG && b.calls != nil {
			if x := b.xfer(o.ref); x.how&(howMute|howLost|howTold) == 0 && x.status == ACCC {
				a.tell = append(a.tell, o.ref)
			}
		}
		if w := b.hit("amount_plus_one", "transfers", it); w != nil {
			outcomes[i].echo++
		}
	}
	a.upTo = b.commit()
	b.mu.Unlock()

	out := make([]byte, 0, 64+len(outcomes)*180)
	out = append(append(append(out, `{"message_id":"`...), q.id...), `","items":[`...)
	for i := range outcomes {
		if i > 0 {
			out = append(out, ',')
		}
		it, o := &m.items[i], &outcomes[i]
		out = addInt(it.id.append(append(out, `{"end_to_end_id":"`...)), `","amount":`, it.amount+o.echo)
		out = append(append(append(out, `,"creditor_account":"`...), it.number...), `","status":"`...)
		out = append(append(out, o.status.String()...), '"')
		if o.reason != 0 {
			out = append(append(append(out, `,"reason":"`...), o.reason.String()...), '"')
		} else if o.ref != 0 {
			out = b.appendReference(append(out, `,"bank_reference":`...), o.ref, o.at)
		}
		out = append(out, '}')
	}
	a.status, a.id, a.body = 200, q.id, append(out, "]}"...)
	if spoiled.active {
		spoiled.apply(&a)
	}
	return a
}

// isPaid: the account that makes the bank time out does so for what it executes, also when it comes once more.
func (b *bank) isPaid(o outcome) bool { return o.ref != 0 && o.status != RJCT }

// appendReference writes bank, day and number of a payment; a pending one ends within its day, so the day stays.
func (b *bank) appendReference(out []byte, ref uint32, at int64) []byte {
	out = append(append(out, '"'), b.opt.code...)
	out = dayOf(at).short(out)
	n := len(out)
	out = append(out, "000000000"...)
	for i, v := n+8, ref; i >= n && v > 0; i, v = i-1, v/10 {
		out[i] = byte('0' + v%10)
	}
	return append(out, '"')
}

// decide judges one instruction and takes it in.
func (b *bank) decide(m *message, it *instruction) outcome {
	if ref, known := b.remembers(it.id); known && b.opt.dedup {
		x := b.xfer(ref)
		if age := b.date - dayOf(int64(x.at)); int(age) <= b.opt.dedupeDays {
			b.count.Repeated++
			to := b.acc.at(x.account)
			if x.amount != it.amount || x.fund != m.fund || to.bank != string(it.bank) || !bytes.Equal(to.number, it.number) {
				return outcome{status: RJCT, reason: why("DUPL")}
			}
			return outcome{status: b.visible(x), reason: x.reason, ref: ref, at: int64(x.at)}
		}
	}
	x := xfer{id: it.id, status: ACCC, amount: it.amount, fund: m.fund, at: uint32(m.at), until: clamp(m.until)}
	text := it.text
	if len(text) >= 19 {
		if id, ok := parseE2E(text[:19]); ok && id == it.id {
			text = text[19:]
		} else {
			x.how |= howFree
		}
	} else if len(text) > 0 {
		x.how |= howFree
	}
	x.text = b.text(text)
	booked := it.amount
	x.reason = b.judge(m, it, &x)
	suffix := suffixOf(it.number)
	if x.reason != 0 {
		x.status = RJCT
	} else {
		switch suffix {
		case 2:
			x.status, x.how = PDNG, x.how|howSlow
		case 3:
			x.how |= howTwice
		case 4:
			x.how |= howBack
		case 5:
			x.how |= howBadSig
		case 7:
			x.how |= howMute
		case 8:
			x.how |= howQuiet | howMute
		case 11:
			x.status, x.how = ACCP, x.how|howLost
		}
		booked = b.orders(it, &x)
		if x.how&howLost == 0 {
			if b.batch.left > 0 && b.batch.fund == m.fund && suffix == 0 {
				x.how |= howBatch
			} else if b.opt.postingLag > 0 {
				x.how |= howLag
			}
		}
	}
	ref := b.recordXfer(x, booked)
	if w := b.hit("double_debit", "transfers", it); w != nil && x.status == ACCC {
		b.recordEntry(m.fund, false, booked, other{text: "CHI TRA", e2e: it.id.String(), counterparty: string(it.number), remittance: b.remittance(&x), ref: ref, at: m.at})
	}
	o := outcome{status: x.status, reason: x.reason, ref: ref, at: m.at}
	if x.status == ACCC {
		if o.status = b.visible(b.xfer(ref)); b.opt.replyStatus < o.status {
			o.status = b.opt.replyStatus
		}
	}
	return o
}

func clamp(at int64) uint32 {
	if at < 0 {
		return 0
	}
	if at > 1<<32-1 {
		return 1<<32 - 1
	}
	return uint32(at)
}

// judge returns the reason to refuse a payment, and finds its account.
func (b *bank) judge(m *message, it *instruction, x *xfer) reason {
	place, known := b.acc.find(it.bank, it.number)
	suffix := suffixOf(it.number)
	foreign := b.acc.bank(it.bank, false) == 255 && string(it.bank) != b.opt.code
	if !known {
		exists := suffix > 0 || b.opt.anyAccount
		place = b.addCreditor(it.bank, it.number, it.name, !exists)
	}
	x.account = place
	state := b.acc.at(place).status
	switch {
	case b.opt.honourValidUntil && m.at > m.until:
		return why("TM01")
	case foreign && state == accountNone:
		return why("RC01")
	case state == accountNone:
		return why("AC01")
	case suffix == 1 || state == accountClosed:
		return why("AC04")
	case suffix == 6 || state == accountDeceased:
		return why("MD07")
	case suffix == 9 || state == accountBlocked:
		return why("AC06")
	case suffix == 10:
		return why("BE01")
	}
	if w := b.hit("reject", "transfers", it); w != nil {
		return why(w.Reason)
	}
	if f := b.funds[m.fund]; f.balance-f.committed < it.amount && !b.opt.overdraft {
		return why("AM04")
	}
	return 0
}

func (b *bank) addCreditor(bank, number, name []byte, none bool) uint32 {
	status := byte(accountOpen)
	if none {
		status, name = accountNone, nil
	} else if name == nil || suffixOf(number) > 0 {
		name = []byte("NGUYEN VAN THU")
	}
	return b.acc.add(bank, number, name, nil, status)
}

func (b *bank) queue(refs []uint32) {
	if len(refs) == 0 {
		return
	}
	b.mu.Lock()
	for _, ref := range refs {
		b.tell(ref)
	}
	b.mu.Unlock()
}
