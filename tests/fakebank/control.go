package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The control endpoint: what a tester orders, and what the bank shows of its book. Plain JSON, no signatures, loopback only.

func (b *bank) control() http.Handler {
	mux := http.NewServeMux()
	post := func(path string, run func(r *http.Request) (interface{}, error)) {
		mux.HandleFunc("/control/"+path, func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost {
				http.Error(w, "POST", http.StatusMethodNotAllowed)
				return
			}
			got, err := run(r)
			if err != nil {
				w.WriteHeader(http.StatusBadRequest)
				got = map[string]string{"error": err.Error()}
			}
			reply(w, got)
		})
	}
	post("next-day", func(*http.Request) (interface{}, error) { return b.moveTo(0) })
	post("date", func(r *http.Request) (interface{}, error) {
		var in struct{ Date string }
		if err := read(r, &in); err != nil {
			return nil, err
		}
		d, err := parseDay(in.Date)
		if err != nil {
			return nil, err
		}
		return b.moveTo(d)
	})
	post("clock", b.orderClock)
	post("book", b.orderBooking)
	post("batch-book", b.orderBatch)
	post("will", b.orderWill)
	post("forgive", func(*http.Request) (interface{}, error) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.wills = nil
		return b.wills, nil
	})
	post("return", b.orderReturn)
	post("callbacks", b.orderCallbacks)
	post("callback", b.orderCallback)
	post("account", b.orderAccount)
	mux.HandleFunc("/control/stats", func(w http.ResponseWriter, r *http.Request) { reply(w, b.stats()) })
	mux.HandleFunc("/control/wills", func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		reply(w, b.wills)
	})
	mux.HandleFunc("/control/book.csv", b.writeBook)
	mux.HandleFunc("/control/entries.csv", b.writeEntries)
	return mux
}

func reply(w http.ResponseWriter, v interface{}) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	json.NewEncoder(w).Encode(v)
}

func read(r *http.Request, into interface{}) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// moveTo closes the open day and opens d, or the day after it.
func (b *bank) moveTo(d day) (interface{}, error) {
	b.mu.Lock()
	if d == 0 {
		d = b.date + 1
	}
	if d < b.date {
		b.mu.Unlock()
		return nil, fmt.Errorf("it is %s already", b.date)
	}
	if d > b.date {
		b.closeDay(d)
	}
	upTo := b.commit()
	b.mu.Unlock()
	b.book.wait(upTo)
	return map[string]string{"date": d.String()}, nil
}

func (b *bank) orderClock(r *http.Request) (interface{}, error) {
	var in struct{ Time string }
	if err := read(r, &in); err != nil {
		return nil, err
	}
	t, err := time.Parse("15:04", in.Time)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	at := b.date.start() + int64(t.Hour()*3600+t.Minute()*60)
	if at < b.now() {
		return nil, fmt.Errorf("it is %s already", appendInstant(nil, b.now()))
	}
	b.setClock(at)
	return map[string]string{"now": string(appendInstant(nil, at))}, nil
}

func (b *bank) orderBooking(r *http.Request) (interface{}, error) {
	var in struct {
		Account, Direction, Text string
		Amount                   int64
		ID                       string `json:"end_to_end_id"`
		Counterparty             string
		Remittance               string
		Reference                string `json:"bank_reference"`
		Returned                 string `json:"returned_reason"`
		Times                    int
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	if in.Amount <= 0 || in.Direction != "debit" && in.Direction != "credit" || in.Text == "" {
		return nil, errors.New("a booking has an account, a direction (debit or credit), an amount and a text")
	}
	if in.Times < 1 {
		in.Times = 1
	}
	b.mu.Lock()
	f, known := b.fundOf([]byte(in.Account))
	if !known {
		b.mu.Unlock()
		return nil, fmt.Errorf("%q is no funding account", in.Account)
	}
	var refs []string
	for i := 0; i < in.Times; i++ {
		n := b.recordEntry(f, in.Direction == "credit", in.Amount, other{text: in.Text, e2e: in.ID, counterparty: in.Counterparty,
			remittance: in.Remittance, reference: in.Reference, returned: in.Returned, at: b.now()})
		refs = append(refs, string(b.entryRef(nil, &b.entries[n-1], n)))
	}
	upTo := b.commit()
	b.mu.Unlock()
	b.book.wait(upTo)
	return map[string][]string{"entry_refs": refs}, nil
}

func (b *bank) orderBatch(r *http.Request) (interface{}, error) {
	var in struct {
		N       int
		Account string
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	b.mu.Lock()
	f, known := b.fundOf([]byte(in.Account))
	if !known && in.Account == "" && len(b.funds) == 1 {
		known = true
	}
	if !known || in.N < 2 || in.N > 500 || len(b.batch.refs) > 0 {
		b.mu.Unlock()
		return nil, errors.New("n is 2–500, account a funding account, and one batch is collected at a time")
	}
	b.recordBatchOrder(f, uint32(in.N))
	upTo := b.commit()
	b.mu.Unlock()
	b.book.wait(upTo)
	return map[string]int{"n": in.N}, nil
}

// orderWill also takes the orders that come true at once: rogue_debit and lose_statement_line.
func (b *bank) orderWill(r *http.Request) (interface{}, error) {
	var in struct {
		will
		RogueAmount int64  `json:"amount"`
		Account     string `json:"account"`
		Text        string `json:"text"`
		EntryNumber uint32 `json:"entry"`
		Well        bool   `json:"well"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch in.Fault {
	case "rogue_debit":
		f, known := b.fundOf([]byte(in.Account))
		if !known && in.Account != "" || in.RogueAmount <= 0 {
			return nil, errors.New("rogue_debit has an amount and an account")
		}
		if in.Text == "" {
			in.Text = "CHUYEN KHOAN"
		}
		n := b.recordEntry(f, false, in.RogueAmount, other{text: in.Text, counterparty: "100900000077", at: b.now()})
		b.book.wait(b.commit())
		return map[string]string{"entry_ref": string(b.entryRef(nil, &b.entries[n-1], n))}, nil
	case "lose_statement_line", "lost_line":
		n, err := b.hide(in.Match.ID, in.EntryNumber, in.Well)
		if err != nil {
			return nil, err
		}
		b.book.wait(b.commit())
		return map[string]string{"entry_ref": string(b.entryRef(nil, &b.entries[n-1], n))}, nil
	}
	w := in.will
	if err := b.addWill(&w); err != nil {
		return nil, err
	}
	return &w, nil
}

func (b *bank) orderReturn(r *http.Request) (interface{}, error) {
	var in struct {
		ID     string `json:"end_to_end_id"`
		Reason string
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	id, ok := parseE2E([]byte(in.ID))
	b.mu.Lock()
	ref, known := b.find(id)
	if !ok || !known || b.xfer(ref).entry == 0 || b.xfer(ref).how&howReturned != 0 {
		b.mu.Unlock()
		return nil, errors.New("no booked payment with this id that has not been returned")
	}
	if in.Reason == "" {
		in.Reason = "AC04"
	}
	b.giveBack(ref, in.Reason)
	upTo := b.commit()
	b.mu.Unlock()
	b.book.wait(upTo)
	return map[string]string{"returned": in.ID}, nil
}

func (b *bank) orderCallbacks(r *http.Request) (interface{}, error) {
	var in struct{ Mode string }
	if err := read(r, &in); err != nil {
		return nil, err
	}
	if b.calls == nil || in.Mode != "on" && in.Mode != "off" && in.Mode != "hold" {
		return nil, errors.New("mode is on, hold or off, and the bank needs a callback URL")
	}
	b.calls.setMode(in.Mode)
	return map[string]string{"mode": in.Mode}, nil
}

// orderCallback sends any callback, or that of a payment once more: under its own id, or under another.
func (b *bank) orderCallback(r *http.Request) (interface{}, error) {
	var in struct {
		ID     string          `json:"end_to_end_id"`
		Hook   string          `json:"webhook_id"`
		Items  json.RawMessage `json:"items"`
		BadSig bool            `json:"bad_signature"`
		Age    int64           `json:"age_s"`
		Tries  int             `json:"tries"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	if b.calls == nil {
		return nil, errors.New("the bank has no callback URL")
	}
	l := &letter{id: in.Hook, badSig: in.BadSig, age: in.Age, most: in.Tries}
	if in.Items != nil {
		l.body = append(append([]byte(`{"type":"payout.status","items":`), in.Items...), '}')
	} else {
		id, ok := parseE2E([]byte(in.ID))
		b.mu.Lock()
		ref, known := b.find(id)
		if ok && known {
			l.body = append(b.appendItem([]byte(`{"type":"payout.status","items":[`), ref), "]}"...)
			if l.id == "" {
				l.id = b.calls.ownID(ref)
			}
		}
		b.mu.Unlock()
		if !ok || !known {
			return nil, errors.New("no payment with this id")
		}
	}
	if l.id == "" {
		l.id = fmt.Sprintf("cb-%s-x%x", b.opt.code, time.Now().UnixNano())
	}
	b.calls.post(l)
	return map[string]string{"webhook_id": l.id}, nil
}

func (b *bank) orderAccount(r *http.Request) (interface{}, error) {
	var in struct {
		Bank, Account, Status string
		Name                  string `json:"holder_name"`
		PersonalID            string `json:"personal_id"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	if in.Bank == "" {
		in.Bank = b.opt.code
	}
	status, known := accountStatus[in.Status]
	if !known || !allIn([]byte(in.Bank), 2, 11, upperDigit) || !allIn([]byte(in.Account), 1, 34, alnum) || len(in.Name) > 200 || len(in.PersonalID) > 20 {
		return nil, errors.New("bank, account, holder_name, personal_id, status (open, closed, blocked, deceased)")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if place, known := b.acc.find([]byte(in.Bank), []byte(in.Account)); known {
		b.acc.setStatus(place, status)
	} else {
		b.acc.add([]byte(in.Bank), []byte(in.Account), []byte(in.Name), []byte(in.PersonalID), status)
	}
	return in, nil
}

func (b *bank) stats() interface{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	requests := int64(0)
	for _, n := range b.count.Requests {
		requests += n
	}
	calls := map[string]int64{}
	for k, n := range b.count.Requests {
		calls[k] = n
	}
	v := map[string]interface{}{"bank": b.opt.code, "date": b.date.String(), "now": string(appendInstant(nil, b.now())),
		"requests": requests, "calls": calls, "refused": b.count.Refused, "items": b.count.Items, "repeated": b.count.Repeated,
		"executed": b.count.Executed, "executed_dong": b.count.ExecutedDong, "rejected": b.count.Rejected, "forgotten": b.count.Forgotten,
		"duplicates": b.count.Duplicates, "returned": b.count.Returned, "pending": len(b.slow), "distinct": b.byID.n, "entries": len(b.entries)}
	b.book.mu.Lock()
	v["book_bytes"], v["book_syncs"] = b.book.end, b.book.syncs
	b.book.mu.Unlock()
	var funds []map[string]interface{}
	for _, f := range b.funds {
		funds = append(funds, map[string]interface{}{"account": f.number, "balance": f.balance, "sequence": f.days[len(f.days)-1].sequence,
			"lines_today": len(f.list) - f.dayFrom})
	}
	v["accounts"] = funds
	if c := b.calls; c != nil {
		v["callbacks_open"] = c.open()
		c.mu.Lock()
		v["callbacks_mode"], v["callbacks_queued"], v["callbacks_tried"], v["callbacks_taken"] = c.mode, c.count.queued, c.count.tried, c.count.taken
		c.mu.Unlock()
	}
	return v
}

// writeCSV asks for rows by place until there are none; the bank is held up for some thousand at a time, never for the reader.
func (b *bank) writeCSV(w http.ResponseWriter, heading string, row func(l []byte, place int) ([]byte, bool)) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	l, more := []byte(heading+"\n"), true
	for place := 0; more; {
		b.mu.Lock()
		for i := 0; i < 4096 && more; i++ {
			l, more = row(l, place)
			place++
		}
		b.mu.Unlock()
		if _, err := w.Write(l); err != nil {
			return
		}
		l = l[:0]
	}
}

// writeBook lists every payment with what became of it, then every second debit of a payment.
func (b *bank) writeBook(w http.ResponseWriter, _ *http.Request) {
	payments := -1
	b.writeCSV(w, "end_to_end_id,amount,account,outcome,value_date,entry_ref,reason,debtor_account,booked_amount", func(l []byte, place int) ([]byte, bool) {
		if payments < 0 {
			payments = int(b.n) // those that come meanwhile are for the next reader
		}
		if place < payments {
			ref := uint32(place + 1)
			return append(b.bookRow(l, ref, b.xfer(ref).entry), '\n'), true
		}
		if place -= payments; place >= len(b.entries) {
			return l, false
		}
		if e := &b.entries[place]; e.other != 0 && !e.credit && b.others[e.other-1].ref != 0 {
			l = append(b.bookRow(l, b.others[e.other-1].ref, uint32(place+1)), '\n')
		}
		return l, true
	})
}

func (b *bank) bookRow(l []byte, ref, n uint32) []byte {
	x := b.xfer(ref)
	outcome := map[status]string{PDNG: "pending", ACCC: "paid", RJCT: "rejected", ACCP: "pending"}[x.status]
	if x.how&howLost != 0 {
		outcome = "forgotten"
	} else if x.how&howReturned != 0 {
		outcome = "returned"
	}
	l = strconv.AppendInt(append(x.id.append(l), ','), x.amount, 10)
	l = append(append(l, ','), b.acc.at(x.account).number...)
	l = append(append(append(l, ','), outcome...), ',')
	booked := int64(0)
	if x.status == ACCC {
		l = dayOf(int64(x.at)).append(l)
	}
	l = append(l, ',')
	if n != 0 {
		l = b.entryRef(l, &b.entries[n-1], n)
		booked = b.booked(ref, x)
	}
	l = append(append(append(l, ','), x.reason.String()...), ',')
	l = append(append(l, b.funds[x.fund].number...), ',')
	return strconv.AppendInt(l, booked, 10)
}

// writeEntries lists every line of every funding account, hidden ones too.
func (b *bank) writeEntries(w http.ResponseWriter, _ *http.Request) {
	b.writeCSV(w, "entry_ref,account,date,direction,amount,end_to_end_id,kind_text,hidden", func(l []byte, place int) ([]byte, bool) {
		if place >= len(b.entries) {
			return l, false
		}
		e := &b.entries[place]
		id, text, direction := "", "CHI TRA", "debit"
		if e.ref != 0 {
			id = b.xfer(e.ref).id.String()
		} else {
			id, text = b.others[e.other-1].e2e, b.others[e.other-1].text
		}
		if e.credit {
			direction = "credit"
		}
		l = append(append(append(b.entryRef(l, e, uint32(place+1)), ','), b.funds[e.fund].number...), ',')
		l = append(append(append(day(e.day).append(l), ','), direction...), ',')
		l = append(append(append(strconv.AppendInt(l, e.amount, 10), ','), id...), `,"`...)
		l = append(append(l, strings.ReplaceAll(text, `"`, `""`)...), `",`...)
		return append(strconv.AppendBool(l, e.hidden), '\n'), true
	})
}
