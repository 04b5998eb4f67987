package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// will is an order to spoil. It waits for a message that it fits, lets after_n such pass, then comes true count times. A message suffers one
// fault at most, that of the oldest order that fits it.
type will struct {
	Fault  string  `json:"fault"`
	Dir    string  `json:"dir"`
	Bank   *string `json:"bank"`
	Path   *string `json:"path"`
	Count  *int    `json:"count"`
	AfterN int     `json:"after_n"`
	Arg    arg     `json:"arg"`
	Hits   int     `json:"hits"`
	left   int
}

type arg struct {
	MS    int    `json:"ms"`
	Bytes *int   `json:"bytes"`
	N     int    `json:"n"`
	Seed  int64  `json:"seed"`
	Where string `json:"where"` // request or reply
	Part  string `json:"part"`  // flip_bits: body or any
	Code  int    `json:"code"`
	HTML  string `json:"html"`
	Retry int    `json:"retry_after"`
	After bool   `json:"after"`
}

// Where a fault strikes unless the order says it, and for how many ms.
var faults = map[string]arg{
	"delay":         {Where: "request", MS: 100},
	"drop_request":  {Where: "request"},
	"drop_reply":    {Where: "reply"},
	"cut_request":   {Where: "request"},
	"cut_reply":     {Where: "reply"},
	"duplicate":     {Where: "request"},
	"reorder":       {Where: "request", MS: 300},
	"swap_replies":  {Where: "reply", MS: 200},
	"flip_bits":     {Where: "reply", N: 1, Part: "body"},
	"slow_drip":     {Where: "reply", MS: 20},
	"stale_enquiry": {Where: "request"},
	"close_reused":  {Where: "request"},
	"reset_connect": {Where: "connect"},
	"black_hole":    {Where: "request", MS: 30000},
	"status":        {Where: "request", Code: 500},
}

// Those that may be ordered for either of the two.
var eitherWay = map[string]bool{"delay": true, "flip_bits": true, "slow_drip": true, "black_hole": true}

func (w *will) prepare() error {
	usual, known := faults[w.Fault]
	if !known {
		return fmt.Errorf("there is no fault %q", w.Fault)
	}
	if w.Dir != "out" && w.Dir != "in" {
		return fmt.Errorf("dir %q: out or in", w.Dir)
	}
	if w.Arg.Where == "" {
		w.Arg.Where = usual.Where
	}
	if w.Arg.Where != usual.Where && (!eitherWay[w.Fault] || w.Arg.Where != "request" && w.Arg.Where != "reply") {
		return fmt.Errorf("where %q: not with %s", w.Arg.Where, w.Fault)
	}
	if w.left = 1; w.Count != nil {
		w.left = *w.Count
	}
	if w.Arg.MS == 0 {
		w.Arg.MS = usual.MS
	}
	if w.Arg.N == 0 {
		w.Arg.N = usual.N
	}
	if w.Arg.Part == "" {
		w.Arg.Part = usual.Part
	}
	if w.Arg.Code == 0 {
		w.Arg.Code = usual.Code
	}
	if w.Arg.After && (w.Fault == "status" || w.Fault == "stale_enquiry" || w.Fault == "close_reused") {
		w.Arg.Where = "reply"
	}
	return nil
}

// ask is what an order is compared with: a new connection, or a request.
type ask struct {
	lane    *lane
	accept  bool
	reused  bool
	request *message
}

func (w *will) fits(a *ask) bool {
	if w.left <= 0 || w.Dir != a.lane.dir || w.Bank != nil && *w.Bank != a.lane.bank || (w.Fault == "reset_connect") != a.accept {
		return false
	}
	if a.accept {
		return true
	}
	if w.Path != nil && !strings.HasPrefix(a.request.path, *w.Path) {
		return false
	}
	switch w.Fault {
	case "close_reused":
		return a.reused
	case "stale_enquiry":
		return a.lane.earlierAnswer(a.request) != nil
	case "swap_replies":
		return a.lane.hasAnother(a.request.path)
	}
	return true
}

// choose finds the order that comes true for this. The lane's lock must not be held.
func (p *proxy) choose(a *ask) *will {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.wills {
		if !w.fits(a) {
			continue
		}
		if w.AfterN > 0 {
			w.AfterN--
			continue
		}
		w.left--
		w.Hits++
		return w
	}
	return nil
}

// restore gives an order back that could not come true: nobody overtook, the other side was gone.
func (p *proxy) restore(w *will) {
	p.mu.Lock()
	w.left++
	w.Hits--
	p.mu.Unlock()
}

func (p *proxy) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/will", func(out http.ResponseWriter, in *http.Request) {
		w := &will{Dir: "out"}
		d := json.NewDecoder(in.Body)
		d.DisallowUnknownFields()
		err := d.Decode(w)
		if err == nil {
			err = w.prepare()
		}
		if err != nil {
			out.WriteHeader(http.StatusBadRequest)
			tell(out, map[string]string{"error": err.Error()})
			return
		}
		p.mu.Lock()
		kept := p.wills[:0]
		for _, old := range p.wills {
			if old.left > 0 {
				kept = append(kept, old)
			}
		}
		p.wills = append(kept, w)
		p.mu.Unlock()
		tell(out, map[string]bool{"ok": true})
	})
	mux.HandleFunc("/forgive", func(out http.ResponseWriter, in *http.Request) {
		p.mu.Lock()
		for _, w := range p.wills {
			w.left = 0
		}
		p.wills = nil
		close(p.calm)
		p.calm = make(chan struct{})
		p.mu.Unlock()
		tell(out, map[string]bool{"ok": true})
	})
	mux.HandleFunc("/landed", func(out http.ResponseWriter, in *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		tell(out, p.landed)
	})
	mux.HandleFunc("/stats", func(out http.ResponseWriter, in *http.Request) {
		type row struct {
			Bank   string `json:"bank"`
			Dir    string `json:"dir"`
			Seen   int64  `json:"requests"`
			Flying int    `json:"in_flight"`
		}
		var all struct {
			Lanes []row   `json:"lanes"`
			Wills []*will `json:"wills"`
		}
		for _, l := range p.lanes {
			l.mu.Lock()
			all.Lanes = append(all.Lanes, row{l.bank, l.dir, l.seen, l.flying})
			l.mu.Unlock()
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		all.Wills = p.wills
		tell(out, all)
	})
	return mux
}

func tell(out http.ResponseWriter, what interface{}) {
	json.NewEncoder(out).Encode(what)
}
