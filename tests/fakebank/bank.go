package main

import (
	"fmt"
	"sync"
	"time"
)

// What is odd about a payment. It is written into the book, so that a bank that was killed goes on misbehaving as before.
type how uint16

const (
	howSlow      how = 1 << iota // pending for a while, then executed
	howQuiet                     // executed, but an enquiry says ACCP until the day is closed
	howLost                      // accepted and forgotten
	howBack                      // returned on the next business day
	howBatch                     // booked together with others in one debit
	howLag                       // booked some days after its execution
	howTwice                     // callback sent again, and once more under another id
	howBadSig                    // callback with a signature that does not verify
	howMute                      // no callback
	howNoID                      // the statement line lacks the end-to-end id
	howPaidAgain                 // the same id had been paid before
	howFree                      // the remittance does not begin with the id
	howReturned                  // the money came back (not in the book's line: the return has its own)
	howTold                      // its callback was taken by the payer (own line)
)

var howNames = []string{"slow", "quiet", "lost", "back", "batch", "lag", "twice", "badsig", "mute", "noid", "again", "free"}

// xfer is one payment as the bank knows it. 48 bytes: a payroll has a million.
type xfer struct {
	id      e2e
	status  status
	reason  reason
	how     how
	amount  int64
	account uint32 // place in accounts
	text    uint32 // remittance without the leading id, place in texts
	entry   uint32 // number of the debit, 0 when there is none (yet)
	at      uint32 // when its status was reached, business time
	until   uint32 // valid until
	fund    uint8
}

// entry is one line of a funding account. Its number is its place in entries + 1 and part of its entry_ref.
type entry struct {
	amount int64
	ref    uint32 // the payment that it debits, 0: see other
	other  uint32 // place in others + 1
	day    int32
	fund   uint8
	credit bool
	hidden bool // left out of the statement
}

// other is what an entry says when it is not just the debit of one payment.
type other struct {
	text, e2e, counterparty, remittance, reference, returned string
	at                                                       int64
	ref                                                      uint32   // payment that is returned, or debited once more
	refs                                                     []uint32 // payments booked in one debit
}

// statement is the closed day of a funding account; its lines are list[from:to] without the hidden ones.
type statement struct {
	date             day
	sequence         int
	opening, closing int64
	from, to, lines  int
	pages            []int // first list place of each page, made when first asked for
}

type fund struct {
	number    string
	balance   int64
	committed int64 // executed but not yet booked
	adjust    int64 // what hidden lines would have changed, where the bank hides them well
	list      []uint32
	dayFrom   int
	days      []statement
}

type counters struct {
	Requests                                        map[string]int64
	Refused                                         int64
	Items, Executed, ExecutedDong, Rejected         int64
	Repeated, Duplicates, Forgotten, Returned       int64
	CallbacksQueued, CallbacksTaken, CallbacksTried int64
}

type bank struct {
	opt options
	key *signer
	// payer's public keys
	payer []*verifier

	mu      sync.Mutex
	book    *book
	lines   []byte // facts of the running operation
	replay  bool
	acc     *accounts
	funds   []*fund
	xfers   [][]xfer
	n       uint32 // payments so far; a payment's ref is its place + 1
	byID    index
	odd     map[uint32]int64 // payments whose debit was booked with another amount
	entries []entry
	others  []other
	texts   []string
	plain   []string // the same as they stand within a JSON string
	textAt  map[string]uint32

	date     day
	clock    int64 // business time at …
	clockSet time.Time
	msg      message // the transfers message whose payments are being read back

	slow, back, lagging []uint32
	batch               struct {
		left uint32
		fund uint8
		refs []uint32
	}
	wills []*will
	count counters
	calls *callbacks
	// the last signed reply, for replies that are swapped
	lastReply struct {
		sync.Mutex
		head, body []byte
	}
}

const chunk = 1 << 16

func (b *bank) xfer(ref uint32) *xfer { return &b.xfers[(ref-1)/chunk][(ref-1)%chunk] }

// now is business time: it starts at 08:00 when a day is opened, runs as the real clock does, and stays within the day.
func (b *bank) now() int64 {
	now := b.clock + int64(time.Since(b.clockSet)/time.Second)
	if last := (b.date + 1).start() - 1; now > last {
		now = last
	}
	return now
}

func (b *bank) setClock(at int64) {
	b.clock, b.clockSet = at, time.Now()
}

func (b *bank) fundOf(number []byte) (uint8, bool) {
	for i, f := range b.funds {
		if f.number == string(number) {
			return uint8(i), true
		}
	}
	return 0, false
}

// commit hands the facts of this operation to the book, in the order in which the state took them: b.mu is held.
func (b *bank) commit() int64 {
	end := b.book.add(b.lines)
	if cap(b.lines) > 4<<20 {
		b.lines = nil
	}
	b.lines = b.lines[:0]
	return end
}

func (b *bank) text(t []byte) uint32 {
	if at, known := b.textAt[string(t)]; known {
		return at
	}
	b.texts = append(b.texts, string(t))
	escaped := appendString(nil, string(t))
	b.plain = append(b.plain, string(escaped[1:len(escaped)-1]))
	b.textAt[string(t)] = uint32(len(b.texts) - 1)
	return uint32(len(b.texts) - 1)
}

// find returns the newest payment with this id that the bank remembers.
func (b *bank) find(id e2e) (uint32, bool) {
	place, known := b.byID.find(hashID(id), func(p uint32) bool { return b.xfer(p+1).id == id })
	return place + 1, known
}

func (b *bank) remembers(id e2e) (uint32, bool) {
	ref, known := b.find(id)
	return ref, known && b.xfer(ref).how&howLost == 0
}

func (b *bank) remittance(x *xfer) string {
	if x.how&howFree != 0 {
		return b.texts[x.text]
	}
	return x.id.String() + b.texts[x.text]
}

// visible is what the bank tells of a payment.
func (b *bank) visible(x *xfer) status {
	if x.how&howQuiet != 0 && x.status == ACCC && dayOf(int64(x.at)) == b.date {
		return ACCP
	}
	return x.status
}

func (b *bank) booked(ref uint32, x *xfer) int64 {
	if v, odd := b.odd[ref]; odd {
		return v
	}
	return x.amount
}

// record* writes a fact and makes it true; when the book is read back it only makes it true.

// recordXfer takes a payment in. Executed payments are booked at once, unless they are to be booked later or together.
func (b *bank) recordXfer(x xfer, booked int64) uint32 {
	if int(b.n) == len(b.xfers)*chunk {
		b.xfers = append(b.xfers, make([]xfer, chunk))
	}
	h := hashID(x.id)
	if old, known := b.find(x.id); known {
		if o := b.xfer(old); x.status == ACCC && (o.status == ACCC || o.how&howPaidAgain != 0) {
			x.how |= howPaidAgain
		}
		b.n++
		b.byID.move(h, old-1, b.n-1)
	} else {
		b.n++
		defer b.byID.put(h, b.n-1)
	}
	ref := b.n
	*b.xfer(ref) = x
	if booked != x.amount {
		b.odd[ref] = booked
	}
	b.count.Items++
	switch {
	case x.status == RJCT:
		b.count.Rejected++
	case x.how&howLost != 0:
		b.count.Forgotten++
	case x.status == PDNG:
		b.slow = append(b.slow, ref)
	case x.status == ACCC:
		b.execute(ref)
	}
	if b.replay {
		return ref
	}
	to := b.acc.at(x.account)
	l := append(b.lines, `{"f":"xfer","id":"`...)
	l = addInt(x.id.append(l), `","amt":`, x.amount)
	l = addStr(l, `,"bank":`, to.bank)
	l = append(append(append(l, `,"to":"`...), to.number...), '"')
	if t := b.texts[x.text]; t != "" {
		l = addStr(l, `,"rem":`, t)
	}
	l = append(append(append(l, `,"st":"`...), x.status.String()...), '"')
	if x.reason != 0 {
		l = append(append(append(l, `,"why":"`...), x.reason.String()...), '"')
	}
	if x.how != 0 {
		l = append(l, `,"how":"`...)
		for i, n := range howNames {
			if x.how&(1<<i) != 0 {
				l = append(append(l, n...), ' ')
			}
		}
		l[len(l)-1] = '"'
	}
	if booked != x.amount {
		l = addInt(l, `,"booked":`, booked)
	}
	l = addInt(l, `,"ref":`, int64(ref))
	if e := b.xfer(ref).entry; e != 0 {
		l = addInt(l, `,"entry":`, int64(e))
	}
	b.lines = append(l, "}\n"...)
	if x.how&howBatch != 0 && uint32(len(b.batch.refs)) >= b.batch.left {
		b.bookBatch()
	}
	return ref
}

func (b *bank) execute(ref uint32) {
	x := b.xfer(ref)
	b.count.Executed++
	b.count.ExecutedDong += x.amount
	if x.how&howPaidAgain != 0 {
		b.count.Duplicates++
	}
	if x.how&howBack != 0 {
		b.back = append(b.back, ref)
	}
	switch {
	case x.how&howBatch != 0:
		b.funds[x.fund].committed += x.amount
		b.batch.refs = append(b.batch.refs, ref)
	case x.how&howLag != 0:
		b.funds[x.fund].committed += x.amount
		b.lagging = append(b.lagging, ref)
	default:
		x.entry = b.enter(entry{amount: b.booked(ref, x), ref: ref, fund: x.fund})
	}
}

func (b *bank) enter(e entry) uint32 {
	e.day = int32(b.date)
	b.entries = append(b.entries, e)
	n := uint32(len(b.entries))
	f := b.funds[e.fund]
	f.list = append(f.list, n)
	if e.credit {
		f.balance += e.amount
	} else {
		f.balance -= e.amount
	}
	return n
}

// recordExec ends the waiting of a pending payment.
func (b *bank) recordExec(ref uint32, st status, r reason, at int64) {
	x := b.xfer(ref)
	x.status, x.reason, x.at = st, r, uint32(at)
	if st == ACCC {
		b.execute(ref)
	} else {
		b.count.Rejected++
	}
	l := addInt(append(b.lines, `{"f":"exec"`...), `,"ref":`, int64(ref))
	l = addStr(l, `,"st":`, st.String())
	if r != 0 {
		l = addStr(l, `,"why":`, r.String())
	}
	if x.entry != 0 {
		l = addInt(l, `,"entry":`, int64(x.entry))
	}
	b.put(append(addInt(l, `,"at":`, at), "}\n"...))
	if st == ACCC && x.how&howBatch != 0 && uint32(len(b.batch.refs)) >= b.batch.left && !b.replay {
		b.bookBatch()
	}
}

// put keeps a line that was appended to b.lines, unless it has just been read from there.
func (b *bank) put(l []byte) {
	if b.replay {
		l = l[:0]
	}
	b.lines = l
}

// recordPost books a payment some days after its execution.
func (b *bank) recordPost(ref uint32) {
	x := b.xfer(ref)
	b.funds[x.fund].committed -= x.amount
	x.entry = b.enter(entry{amount: b.booked(ref, x), ref: ref, fund: x.fund})
	l := addInt(append(b.lines, `{"f":"post"`...), `,"ref":`, int64(ref))
	b.put(append(addInt(l, `,"entry":`, int64(x.entry)), "}\n"...))
}

// recordEntry books anything else; o.ref names the payment that it returns (a credit) or debits once more.
func (b *bank) recordEntry(fund uint8, credit bool, amount int64, o other) uint32 {
	b.others = append(b.others, o)
	n := b.enter(entry{amount: amount, other: uint32(len(b.others)), fund: fund, credit: credit})
	if o.ref != 0 && credit {
		b.xfer(o.ref).how |= howReturned
		b.count.Returned++
	}
	if o.ref != 0 && !credit {
		b.count.Duplicates++
	}
	for _, ref := range o.refs {
		x := b.xfer(ref)
		x.entry = n
		b.funds[fund].committed -= x.amount
	}
	dir := "debit"
	if credit {
		dir = "credit"
	}
	l := addInt(append(b.lines, `{"f":"entry"`...), `,"n":`, int64(n))
	l = addStr(l, `,"acct":`, b.funds[fund].number)
	l = addInt(addStr(l, `,"dir":`, dir), `,"amt":`, amount)
	l = addStr(l, `,"text":`, o.text)
	for _, v := range []struct{ key, value string }{{`,"e2e":`, o.e2e}, {`,"cp":`, o.counterparty}, {`,"rem":`, o.remittance},
		{`,"bref":`, o.reference}, {`,"ret":`, o.returned}} {
		if v.value != "" {
			l = addStr(l, v.key, v.value)
		}
	}
	if o.ref != 0 {
		l = addInt(l, `,"ref":`, int64(o.ref))
	}
	if o.refs != nil {
		l = append(l, `,"refs":[`...)
		for i, ref := range o.refs {
			if i > 0 {
				l = append(l, ',')
			}
			l = addInt(l, "", int64(ref))
		}
		l = append(l, ']')
	}
	b.put(append(addInt(l, `,"at":`, o.at), "}\n"...))
	return n
}

// bookBatch books the payments that were collected for one debit.
func (b *bank) bookBatch() {
	refs, sum := b.batch.refs, int64(0)
	for _, ref := range refs {
		sum += b.booked(ref, b.xfer(ref))
	}
	b.batch.refs, b.batch.left = nil, 0
	b.recordEntry(b.batch.fund, false, sum, other{text: "CHI TRA THEO LO", refs: refs, at: b.now()})
}

func (b *bank) recordHide(n uint32, adjust bool) {
	e := &b.entries[n-1]
	e.hidden = true
	if adjust {
		if e.credit {
			b.funds[e.fund].adjust -= e.amount
		} else {
			b.funds[e.fund].adjust += e.amount
		}
	}
	b.put(append(b.lines, fmt.Sprintf("{\"f\":\"hide\",\"n\":%d,\"adjust\":%t}\n", n, adjust)...))
}

func (b *bank) recordFund(number string, opening int64) {
	b.funds = append(b.funds, &fund{number: number, balance: opening})
	l := addStr(append(b.lines, `{"f":"fund"`...), `,"acct":`, number)
	b.put(append(addInt(l, `,"opening":`, opening), "}\n"...))
	f := b.funds[len(b.funds)-1]
	f.days = append(f.days, statement{date: b.date - 1, closing: opening})
}

func (b *bank) recordBatchOrder(fund uint8, n uint32) {
	b.batch.fund, b.batch.left = fund, n
	l := addStr(append(b.lines, `{"f":"together"`...), `,"acct":`, b.funds[fund].number)
	b.put(append(addInt(l, `,"n":`, int64(n)), "}\n"...))
}

// recordClose makes the statement of the open day: the lines that were booked, between the balances that they led from and to.
func (b *bank) recordClose(i int) statement {
	f := b.funds[i]
	last := f.days[len(f.days)-1]
	s := statement{date: b.date, sequence: last.sequence + 1, opening: last.closing, closing: f.balance + f.adjust, from: f.dayFrom, to: len(f.list)}
	for _, n := range f.list[s.from:s.to] {
		if !b.entries[n-1].hidden {
			s.lines++
		}
	}
	f.dayFrom = s.to
	f.days = append(f.days, s)
	l := addStr(append(b.lines, `{"f":"close"`...), `,"acct":`, f.number)
	l = addInt(addStr(l, `,"date":`, s.date.String()), `,"seq":`, int64(s.sequence))
	l = addInt(addInt(l, `,"opening":`, s.opening), `,"closing":`, s.closing)
	b.put(append(addInt(l, `,"lines":`, int64(s.lines)), "}\n"...))
	return s
}

func (b *bank) recordDay(d day) {
	b.date = d
	b.setClock(d.start() + 8*3600)
	b.put(append(addStr(append(b.lines, `{"f":"day"`...), `,"date":`, d.String()), "}\n"...))
}

// closeDay ends the open day and opens another. What was to come "a day later" comes now.
func (b *bank) closeDay(next day) {
	b.runSlow(true)
	if len(b.batch.refs) > 0 {
		b.bookBatch()
	}
	for i := range b.funds {
		b.recordClose(i)
	}
	b.recordDay(next)
	late := b.lagging
	b.lagging = nil
	for _, ref := range late {
		if x := b.xfer(ref); x.entry != 0 {
			continue
		} else if dayOf(int64(x.at))+day(b.opt.postingLag) <= next {
			b.recordPost(ref)
		} else {
			b.lagging = append(b.lagging, ref)
		}
	}
	later := b.back[:0]
	for _, ref := range b.back {
		x := b.xfer(ref)
		if x.entry == 0 && x.how&howReturned == 0 {
			later = append(later, ref)
		} else if x.how&howReturned == 0 {
			b.giveBack(ref, "AC04")
		}
	}
	b.back = later
}

func (b *bank) giveBack(ref uint32, why string) {
	x := b.xfer(ref)
	b.recordEntry(x.fund, true, b.booked(ref, x), other{text: "HOAN TRA LENH CHI", e2e: x.id.String(), counterparty: string(b.acc.at(x.account).number),
		remittance: b.remittance(x), returned: why, ref: ref, at: b.now()})
}

// runSlow executes pending payments whose time has come, or all of them.
func (b *bank) runSlow(all bool) {
	now, wait := b.now(), b.slow[:0]
	for _, ref := range b.slow {
		x := b.xfer(ref)
		switch {
		case x.status != PDNG:
		case !all && now < int64(x.at)+b.opt.slowSeconds():
			wait = append(wait, ref)
		case b.opt.honourValidUntil && now > int64(x.until):
			b.recordExec(ref, RJCT, why("TM01"), now)
			b.tell(ref)
		default:
			b.recordExec(ref, ACCC, 0, now)
			b.tell(ref)
		}
	}
	b.slow = wait
}

// tell queues the callback of a payment.
func (b *bank) tell(ref uint32) {
	if x := b.xfer(ref); x.how&(howMute|howLost|howTold) == 0 && b.calls != nil {
		b.calls.queue(ref)
	}
}
