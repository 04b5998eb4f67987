package main

import (
	"fmt"
	"time"
)

// Misbehaviour on order, besides that of the account suffixes. A will waits for what it matches, after_n times in vain,
// then comes true count times (or always). Wills live in memory only; what they did to a payment is in the book.
type will struct {
	Fault  string `json:"fault"`
	Count  int    `json:"count"`
	AfterN int    `json:"after_n"`
	Always bool   `json:"always"`
	Match  struct {
		Call    string `json:"call"` // of message faults: transfers (unless said), enquiries, …, any
		ID      string `json:"end_to_end_id"`
		Account string `json:"account"`
		Amount  int64  `json:"amount"`
	} `json:"match"`
	By     int64  `json:"by"`     // short_amount
	MS     int    `json:"ms"`     // delay
	Reason string `json:"reason"` // reject
	When   string `json:"when"`   // html_403: before or after the message is processed
	Hits   int    `json:"hits"`
}

// The faults of a whole message, and of one item.
var messageFaults = map[string]bool{"reply_500_before": true, "reply_500_after": true, "html_403": true, "slow_down": true, "drop_reply": true, "hang": true,
	"garble": true, "cut": true, "swap_replies": true, "delay": true, "early_callback": true}

var itemFaults = map[string]how{"short_amount": 0, "double_debit": 0, "amount_plus_one": 0, "reject": 0, "stale_enquiry": 0, "forget": howLost,
	"silent": howQuiet | howMute, "no_callback": howMute, "duplicate_callback": howTwice, "bad_callback": howBadSig, "return_later": howBack,
	"hide_id": howNoID, "pend": howSlow}

func (b *bank) addWill(w *will) error {
	if _, item := itemFaults[w.Fault]; !item && !messageFaults[w.Fault] {
		return fmt.Errorf("there is no fault %q", w.Fault)
	}
	if w.Match.Call == "" {
		w.Match.Call = "transfers"
		if w.Fault == "stale_enquiry" {
			w.Match.Call = "enquiries"
		}
	}
	if w.Count == 0 {
		w.Count = 1
	}
	if w.By == 0 {
		w.By = 1
	}
	if w.Reason == "" {
		w.Reason = "NARR"
	}
	if w.Reason != "NARR" && why(w.Reason) == why("NARR") {
		return fmt.Errorf("there is no reason %q", w.Reason)
	}
	b.wills = append(b.wills, w)
	return nil
}

func (w *will) matches(it *instruction) bool {
	return (w.Match.ID == "" || w.Match.ID == it.id.String()) && (w.Match.Account == "" || w.Match.Account == string(it.number)) &&
		(w.Match.Amount == 0 || w.Match.Amount == it.amount)
}

func (w *will) fire() bool {
	if w.AfterN > 0 {
		w.AfterN--
		return false
	}
	if !w.Always {
		if w.Count <= 0 {
			return false
		}
		w.Count--
	}
	w.Hits++
	return true
}

// hit returns the first order of this kind that comes true for an item.
func (b *bank) hit(fault, call string, it *instruction) *will {
	for _, w := range b.wills {
		if w.Fault == fault && (w.Match.Call == call || w.Match.Call == "any") && w.matches(it) && w.fire() {
			return w
		}
	}
	return nil
}

// orders applies what changes how a payment is executed, and returns the amount that will be booked.
func (b *bank) orders(it *instruction, x *xfer) int64 {
	booked := it.amount
	for _, w := range b.wills {
		flags, item := itemFaults[w.Fault]
		if !item || flags == 0 && w.Fault != "short_amount" || !w.matches(it) || !w.fire() {
			continue
		}
		x.how |= flags
		switch w.Fault {
		case "short_amount":
			booked = it.amount - w.By
		case "forget":
			x.status = ACCP
		case "pend":
			x.status = PDNG
		}
	}
	return booked
}

type spoilt struct {
	active bool // something will happen to the reply
	before bool // the message is not processed: answer is all
	answer answer
	wills  []will
}

// spoil finds what was ordered for a message. Orders that match an item or an amount want it among the items.
func (b *bank) spoil(q *request, call string, items []instruction) (s spoilt) {
	for _, w := range b.wills {
		if !messageFaults[w.Fault] || w.Match.Call != call && w.Match.Call != "any" {
			continue
		}
		found := w.Match.ID == "" && w.Match.Account == "" && w.Match.Amount == 0
		for i := range items {
			found = found || w.matches(&items[i])
		}
		if !found || !w.fire() {
			continue
		}
		switch {
		case w.Fault == "reply_500_before":
			s.before, s.answer = true, page500()
		case w.Fault == "html_403" && w.When == "before":
			s.before, s.answer = true, page403()
		case w.Fault == "slow_down":
			s.before, s.answer = true, refuse(q.id, 429, "slow_down", "too many requests")
			s.answer.retry = 1
		default:
			s.active = true
			s.wills = append(s.wills, *w)
		}
	}
	return s
}

func page500() answer {
	return answer{status: 500, html: true, body: []byte("<html><body><h1>500 Internal Server Error</h1></body></html>\n")}
}

func page403() answer {
	return answer{status: 403, html: true, body: []byte("<html><body><h1>403 Forbidden</h1>Your request was blocked.</body></html>\n")}
}

func (s *spoilt) apply(a *answer) {
	for _, w := range s.wills {
		switch w.Fault {
		case "reply_500_after":
			*a = answer{status: 500, html: true, body: page500().body, upTo: a.upTo, tell: a.tell}
		case "html_403":
			*a = answer{status: 403, html: true, body: page403().body, upTo: a.upTo, tell: a.tell}
		case "drop_reply":
			a.drop = true
		case "hang":
			a.hang = true
		case "garble":
			a.garble = true
		case "cut":
			a.cut = true
		case "swap_replies":
			a.swap = true
		case "delay":
			a.extra += time.Duration(w.MS) * time.Millisecond
		case "early_callback":
			a.early = true
		}
	}
}

// hide leaves a booked line of the open day out of its statement. Unless it is hidden well the balances give it away.
func (b *bank) hide(id string, n uint32, well bool) (uint32, error) {
	for _, f := range b.funds {
		for _, place := range f.list[f.dayFrom:] {
			e := &b.entries[place-1]
			if e.hidden || n != 0 && n != place {
				continue
			}
			if n == 0 && (e.credit || e.ref == 0 || id != "" && b.xfer(e.ref).id.String() != id) {
				continue
			}
			b.recordHide(place, well)
			return place, nil
		}
	}
	return 0, fmt.Errorf("no such line was booked in the open day")
}
