package main

import (
	"bytes"
	"fmt"
)

// The two questions: what became of a payment, and what is known of an account.

func (b *bank) enquiries(q *request) answer {
	var debtor, msgID []byte
	var ids []e2e
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
		case "items":
			got.once(&s, 2)
			s.take('[')
			for n := 0; s.more(n); n++ {
				if n == 500 {
					return refuse(q.id, 413, "too_many_items", "a message has at most 500 items")
				}
				id, fine := e2e{}, false
				s.take('{')
				for k := []byte(nil); s.field(&k); {
					if string(k) == "end_to_end_id" && !fine {
						id, fine = parseE2E(s.str())
					} else {
						s.skip(0)
					}
				}
				if !fine {
					s.fail()
				}
				ids = append(ids, id)
			}
		default:
			s.skip(0)
		}
	}
	if s.end() != nil || got != 1<<3-1 || !bytes.Equal(msgID, q.id) || len(ids) == 0 {
		return malformed(q, "the message does not have the fields of an enquiry")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count.Requests["enquiries"]++
	f, known := b.fundOf(debtor)
	if !known {
		return refuse(q.id, 404, "unknown_account", "the debtor account is not one of this payer")
	}
	spoiled := b.spoil(q, "enquiries", nil)
	if spoiled.before {
		return spoiled.answer
	}
	out := append(append(append(make([]byte, 0, 64+len(ids)*180), `{"message_id":"`...), q.id...), `","items":[`...)
	for i, id := range ids {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(id.append(append(out, `{"end_to_end_id":"`...)), '"')
		ref, known := b.remembers(id)
		if known && b.xfer(ref).fund != f {
			known = false
		}
		if known {
			x := b.xfer(ref)
			to := b.acc.at(x.account)
			if b.hit("stale_enquiry", "enquiries", &instruction{id: id, amount: x.amount, number: to.number}) != nil {
				known = false
			} else {
				out = append(append(append(out, `,"status":"`...), b.visible(x).String()...), '"')
				out = addInt(out, `,"amount":`, x.amount)
				out = append(append(append(out, `,"creditor_account":"`...), to.number...), '"')
				if x.reason != 0 {
					out = append(append(append(out, `,"reason":"`...), x.reason.String()...), '"')
				}
				out = b.appendReference(append(out, `,"bank_reference":`...), ref, int64(x.at))
			}
		}
		if !known {
			out = append(out, `,"status":"NOTF"`...)
		}
		out = append(out, '}')
	}
	a := answer{status: 200, id: q.id, body: append(out, "]}"...), upTo: b.commit()}
	if spoiled.active {
		spoiled.apply(&a)
	}
	return a
}

func (b *bank) inquiries(q *request) answer {
	type asked struct{ bank, number, id []byte }
	var items []asked
	var msgID []byte
	s, got := scan{b: q.body}, seen(0)
	s.take('{')
	for k := []byte(nil); s.field(&k); {
		switch string(k) {
		case "message_id":
			got.once(&s, 0)
			msgID = s.str()
		case "items":
			got.once(&s, 1)
			s.take('[')
			for n := 0; s.more(n); n++ {
				if n == 500 {
					return refuse(q.id, 413, "too_many_items", "a message has at most 500 items")
				}
				var v asked
				s.take('{')
				for k := []byte(nil); s.field(&k); {
					switch string(k) {
					case "bank":
						v.bank = s.str()
					case "account":
						v.number = s.str()
					case "personal_id":
						if v.id = s.str(); !allIn(v.id, 12, 12, digit) {
							s.fail()
						}
					default:
						s.skip(0)
					}
				}
				if !allIn(v.bank, 2, 11, upperDigit) || !allIn(v.number, 1, 34, alnum) {
					s.fail()
				}
				items = append(items, v)
			}
		default:
			s.skip(0)
		}
	}
	if s.end() != nil || got != 3 || !bytes.Equal(msgID, q.id) || len(items) == 0 {
		return malformed(q, "the message does not have the fields of an account inquiry")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count.Requests["account-inquiries"]++
	spoiled := b.spoil(q, "account-inquiries", nil)
	if spoiled.before {
		return spoiled.answer
	}
	out := append(append(append(make([]byte, 0, 64+len(items)*160), `{"message_id":"`...), q.id...), `","items":[`...)
	for i, it := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, `{"bank":"`...), it.bank...), `","account":"`...)
		out = append(append(out, it.number...), `","status":"`...)
		state, holder, match := b.lookUp(it.bank, it.number, it.id)
		out = append(append(out, state...), '"')
		if holder != nil {
			out = appendString(append(out, `,"holder_name":`...), string(holder))
		}
		out = append(append(append(out, `,"personal_id_match":`...), match...), '}')
	}
	a := answer{status: 200, id: q.id, body: append(out, "]}"...), upTo: b.commit()}
	if spoiled.active {
		spoiled.apply(&a)
	}
	return a
}

// lookUp: accounts that order misbehaviour exist everywhere; the suffix shows in what is told of them.
func (b *bank) lookUp(bank, number, id []byte) (state string, holder []byte, match string) {
	suffix := suffixOf(number)
	v := account{status: accountNone}
	if place, known := b.acc.find(bank, number); known {
		v = b.acc.at(place)
	} else if suffix > 0 {
		v = account{name: []byte("NGUYEN VAN THU")}
	}
	if v.status == accountNone {
		return "not_found", nil, "null"
	}
	state = [...]string{"open", "closed", "blocked", "blocked", "", "dormant"}[v.status]
	switch suffix {
	case 1:
		state = "closed"
	case 9:
		state = "blocked"
	case 10:
		v.name = []byte("LE THI KHAC")
	}
	match = "null"
	if len(id) > 0 && len(v.id) > 0 {
		match = fmt.Sprint(bytes.Equal(id, v.id) && suffix != 10)
	}
	if len(v.name) == 0 {
		return state, nil, match
	}
	return state, v.name, match
}
