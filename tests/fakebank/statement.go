package main

import (
	"bytes"
	"fmt"
	"strconv"
)

// Statements and the credits of the open day. Lines are made from the entries of the book, never from anything else.

// a page ends after so many payments named in the details of its lines, so that it stays below the 4 MiB of a reply.
const detailsPerPage = 15000

func (b *bank) statements(q *request) answer {
	var number, date, msgID []byte
	var page int64
	s, got := scan{b: q.body}, seen(0)
	s.take('{')
	for k := []byte(nil); s.field(&k); {
		switch string(k) {
		case "message_id":
			got.once(&s, 0)
			msgID = s.str()
		case "account":
			got.once(&s, 1)
			number = s.str()
		case "date":
			got.once(&s, 2)
			date = s.str()
		case "page":
			got.once(&s, 3)
			page = s.num()
		default:
			s.skip(0)
		}
	}
	d, err := parseDay(string(date))
	if s.end() != nil || err != nil || got != 1<<4-1 || !bytes.Equal(msgID, q.id) {
		return malformed(q, "the message does not have the fields of a statement request")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count.Requests["statements"]++
	i, known := b.fundOf(number)
	if !known {
		return refuse(q.id, 404, "unknown_account", "the account is not one of this payer")
	}
	spoiled := b.spoil(q, "statements", nil)
	if spoiled.before {
		return spoiled.answer
	}
	f := b.funds[i]
	if d >= b.date {
		return refuse(q.id, 404, "not_yet", d.String()+" is not closed")
	}
	var st *statement
	for j := range f.days[1:] {
		if f.days[j+1].date == d {
			st = &f.days[j+1]
		}
	}
	if st == nil {
		return refuse(q.id, 404, "no_statement", "no statement of "+d.String())
	}
	b.paginate(f, st)
	if page < 1 || page > int64(len(st.pages)) {
		return refuse(q.id, 404, "no_such_page", fmt.Sprintf("there are %d pages", len(st.pages)))
	}
	a := answer{status: 200, id: q.id, body: b.page(q, f, st, int(page)), upTo: b.commit()}
	if spoiled.active {
		spoiled.apply(&a)
	}
	return a
}

func (b *bank) details(e *entry) []uint32 {
	if e.other == 0 {
		return nil
	}
	return b.others[e.other-1].refs
}

func (b *bank) paginate(f *fund, st *statement) {
	if st.pages != nil {
		return
	}
	st.pages = []int{st.from}
	lines, weight := 0, 0
	for i := st.from; i < st.to; i++ {
		e := &b.entries[f.list[i]-1]
		if e.hidden {
			continue
		}
		w := len(b.details(e))
		if lines == b.opt.pageLines || lines > 0 && weight+w > detailsPerPage {
			st.pages = append(st.pages, i)
			lines, weight = 0, 0
		}
		lines, weight = lines+1, weight+w
	}
}

func (b *bank) page(q *request, f *fund, st *statement, page int) []byte {
	from, to := st.pages[page-1], st.to
	if page < len(st.pages) {
		to = st.pages[page]
	}
	number := 1
	for i := st.from; i < from; i++ {
		if !b.entries[f.list[i]-1].hidden {
			number++
		}
	}
	out := append(append(append(make([]byte, 0, 512+(to-from)*330), `{"message_id":"`...), q.id...), `","account":"`...)
	out = st.date.append(append(append(out, f.number...), `","date":"`...))
	out = addInt(addInt(append(out, `","currency":"VND"`...), `,"page":`, int64(page)), `,"pages":`, int64(len(st.pages)))
	out = addInt(addInt(out, `,"line_count":`, int64(st.lines)), `,"opening_balance":`, st.opening)
	out = addInt(addInt(out, `,"closing_balance":`, st.closing), `,"sequence":`, int64(st.sequence))
	out = append(out, `,"lines":[`...)
	for i := from; i < to; i++ {
		e := &b.entries[f.list[i]-1]
		if e.hidden {
			continue
		}
		if out[len(out)-1] == '}' {
			out = append(out, ',')
		}
		out = b.line(out, e, f.list[i], number)
		number++
	}
	return append(out, "]}"...)
}

// entryRef names an entry for ever: bank, day, number.
func (b *bank) entryRef(out []byte, e *entry, n uint32) []byte {
	out = day(e.day).short(append(append(out, b.opt.code...), '-'))
	return strconv.AppendUint(append(out, '-'), uint64(n), 10)
}

func (b *bank) line(out []byte, e *entry, n uint32, number int) []byte {
	out = append(b.entryRef(append(out, `{"entry_ref":"`...), e, n), '"')
	out = addInt(out, `,"line":`, int64(number))
	if e.credit {
		out = append(out, `,"direction":"credit"`...)
	} else {
		out = append(out, `,"direction":"debit"`...)
	}
	out = addInt(out, `,"amount":`, e.amount)
	if e.ref == 0 {
		return b.otherLine(append(out, `,"value_date":"`...), e)
	}
	x := b.xfer(e.ref)
	out = dayOf(int64(x.at)).append(append(out, `,"value_date":"`...))
	out = append(out, `","kind_text":"CHI TRA"`...)
	if x.how&howNoID == 0 {
		out = append(x.id.append(append(out, `,"end_to_end_id":"`...)), '"')
	}
	out = append(append(append(out, `,"counterparty_account":"`...), b.acc.at(x.account).number...), '"')
	if x.how&howFree != 0 {
		out = addStr(out, `,"remittance":`, b.texts[x.text])
	} else if x.how&howNoID == 0 {
		out = append(x.id.append(append(out, `,"remittance":"`...)), b.plain[x.text]...)
		out = append(out, '"')
	}
	return append(b.appendReference(append(out, `,"bank_reference":`...), e.ref, int64(x.at)), '}')
}

func (b *bank) otherLine(out []byte, e *entry) []byte {
	o := &b.others[e.other-1]
	out = day(e.day).append(out)
	out = addStr(append(out, '"'), `,"kind_text":`, o.text)
	for _, v := range []struct{ key, value string }{{`,"end_to_end_id":`, o.e2e}, {`,"counterparty_account":`, o.counterparty},
		{`,"remittance":`, o.remittance}, {`,"bank_reference":`, o.reference}, {`,"returned_reason":`, o.returned}} {
		if v.value != "" {
			out = addStr(out, v.key, v.value)
		}
	}
	if len(o.refs) > 0 {
		out = append(out, `,"details":[`...)
		for i, ref := range o.refs {
			x := b.xfer(ref)
			if i > 0 {
				out = append(out, ',')
			}
			out = addInt(x.id.append(append(out, `{"end_to_end_id":"`...)), `","amount":`, b.booked(ref, x))
			out = append(append(append(out, `,"counterparty_account":"`...), b.acc.at(x.account).number...), `"}`...)
		}
		out = append(out, ']')
	}
	return append(out, '}')
}

func (b *bank) credits(q *request) answer {
	var number, msgID []byte
	var since int64
	s, got := scan{b: q.body}, seen(0)
	s.take('{')
	for k := []byte(nil); s.field(&k); {
		switch string(k) {
		case "message_id":
			got.once(&s, 0)
			msgID = s.str()
		case "account":
			got.once(&s, 1)
			number = s.str()
		case "since":
			got.once(&s, 2)
			at, ok := parseInstant(s.str())
			if since = at; !ok {
				s.fail()
			}
		default:
			s.skip(0)
		}
	}
	if s.end() != nil || got != 1<<3-1 || !bytes.Equal(msgID, q.id) {
		return malformed(q, "the message does not have the fields of a credits request")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count.Requests["credits"]++
	i, known := b.fundOf(number)
	if !known {
		return refuse(q.id, 404, "unknown_account", "the account is not one of this payer")
	}
	spoiled := b.spoil(q, "credits", nil)
	if spoiled.before {
		return spoiled.answer
	}
	f := b.funds[i]
	list, n, more := []byte(nil), 0, false
	for _, place := range f.list[f.dayFrom:] {
		e := &b.entries[place-1]
		if !e.credit || e.hidden {
			continue
		}
		o := &b.others[e.other-1]
		if o.at < since {
			continue
		}
		if n == 5000 {
			more = true
			break
		}
		if n++; n > 1 {
			list = append(list, ',')
		}
		list = append(b.entryRef(append(list, `{"entry_ref":"`...), e, place), '"')
		list = day(e.day).append(append(addInt(list, `,"amount":`, e.amount), `,"value_date":"`...))
		list = addStr(append(list, '"'), `,"kind_text":`, o.text)
		if o.counterparty != "" {
			list = addStr(list, `,"counterparty_account":`, o.counterparty)
		}
		if o.remittance != "" {
			list = addStr(list, `,"remittance":`, o.remittance)
		}
		list = append(appendInstant(append(list, `,"booked_at":"`...), o.at), `"}`...)
	}
	out := append(append([]byte(`{"message_id":"`), q.id...), `","account":"`...)
	out = b.date.append(append(append(out, f.number...), `","date":"`...))
	out = addInt(append(out, `","currency":"VND"`...), `,"balance":`, f.balance)
	out = append(append(out, fmt.Sprintf(`,"more":%t,"credits":[`, more)...), list...)
	a := answer{status: 200, id: q.id, body: append(out, "]}"...), upTo: b.commit()}
	if spoiled.active {
		spoiled.apply(&a)
	}
	return a
}
