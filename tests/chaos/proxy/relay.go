package main

import (
	"errors"
	"fmt"
	"math/rand"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// grace is for how long an upstream may still answer a client that has left: what it says belongs into the tap.
const grace = 3 * time.Second

// exchange is one request on its way, and its reply.
type exchange struct {
	l       *lane
	n, conn int64
	client  *line
	up      **line // of the whole conversation: a connection of the client's is one of ours
	m       *message
	w       *will    // what was ordered for it, or nil
	old     *message // of an enquiry: what the bank said the first time
}

// converse serves one connection. Nothing is ever sent again: a connection that the upstream closes is closed here too.
func (l *lane) converse(c net.Conn, conn int64) {
	client := &line{c: c}
	var up *line
	defer func() {
		c.Close()
		if up != nil {
			up.c.Close()
		}
	}()
	for reused := false; ; reused = true {
		if up != nil {
			up.watch(func() { c.Close() })
		}
		m, err := client.read(false)
		if up != nil {
			up.unwatch()
		}
		if len(m.raw) == 0 {
			return
		}
		x := &exchange{l: l, n: atomic.AddInt64(&l.p.messages, 1), conn: conn, client: client, up: &up, m: m}
		l.p.tap.message(l, x.n, conn, m, false, false)
		if err != nil { // half of a request: the upstream gets no more than that
			if x.dial() == nil {
				up.c.Write(m.raw)
			}
			return
		}
		l.enter()
		x.w = l.p.choose(&ask{lane: l, reused: reused, request: m})
		x.old = l.earlierAnswer(m)
		goesOn := x.run()
		l.leave(x.n)
		if !goesOn {
			return
		}
	}
}

func (x *exchange) landed(detail interface{}) {
	x.l.p.tap.fault(x.l, x.n, x.conn, x.w, detail)
}

func (x *exchange) is(fault, where string) bool {
	return x.w != nil && x.w.Fault == fault && x.w.Arg.Where == where
}

// wait lets ms pass, or less when everything is forgiven; false when the client left.
func (x *exchange) wait(ms int) bool {
	if ms <= 0 {
		return true
	}
	gone := make(chan struct{})
	x.client.watch(func() { close(gone) })
	defer x.client.unwatch()
	select {
	case <-gone:
		return false
	case <-x.l.p.whenCalm():
	case <-time.After(time.Duration(ms) * time.Millisecond):
	}
	return true
}

func (p *proxy) whenCalm() chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calm
}

// run takes the request to the upstream and the reply back; false when the connection must be closed.
func (x *exchange) run() bool {
	switch {
	case x.is("drop_request", "request"):
		x.landed(nil)
		x.wait(x.w.Arg.MS)
		return false
	case x.is("close_reused", "request"):
		x.landed(nil)
		return false
	case x.is("status", "request"):
		return x.answer(x.made())
	case x.is("stale_enquiry", "request"):
		return x.answer(x.old)
	case x.is("delay", "request"):
		x.landed(map[string]int{"ms": x.w.Arg.MS})
		x.wait(x.w.Arg.MS)
	case x.is("reorder", "request"):
		if x.l.overtaken(x.n, x.w.Arg.MS, x.l.p.whenCalm()) {
			x.landed(nil)
		} else {
			x.l.p.restore(x.w)
		}
	case x.is("duplicate", "request"):
		go x.again()
	}
	reply := x.ask()
	if reply == nil {
		return false
	}
	return x.handBack(reply)
}

func (x *exchange) dial() error {
	if *x.up != nil {
		return nil
	}
	network, at := split(x.l.upstream)
	c, err := net.DialTimeout(network, at, 5*time.Second)
	if err != nil {
		x.l.p.tap.lost(x.l, x.n, x.conn, err)
		return err
	}
	*x.up = &line{c: c}
	return nil
}

// ask hands the request on and returns what the upstream said, nil for nothing.
func (x *exchange) ask() *message {
	raw := x.m.raw
	if x.dial() != nil {
		if x.w != nil {
			x.l.p.restore(x.w)
		}
		return nil
	}
	up := *x.up
	switch {
	case x.is("cut_request", "request"), x.is("black_hole", "request"):
		k := place(x.w.Arg.Bytes, len(raw))
		x.landed(map[string]int{"bytes": k, "of": len(raw)})
		up.c.Write(raw[:k])
		if x.w.Fault == "black_hole" {
			x.wait(x.w.Arg.MS)
		}
		return nil
	case x.is("flip_bits", "request"):
		raw = x.flip(x.m)
		up.c.Write(raw)
	case x.is("slow_drip", "request"):
		x.drip(up.c, raw)
	default:
		up.c.Write(raw) // an upstream that closed meanwhile may have said why
	}
	x.client.watch(func() { up.c.SetReadDeadline(time.Now().Add(grace)) })
	reply, err := up.read(true)
	x.client.unwatch()
	if err != nil && len(reply.raw) == 0 {
		x.l.p.tap.lost(x.l, x.n, x.conn, err)
		return nil
	}
	x.l.p.tap.message(x.l, x.n, x.conn, reply, false, false)
	if err == nil && reply.status < 300 {
		defer x.l.remember(x.m, reply) // after a swap has looked for the one before
	}
	if x.is("swap_replies", "reply") {
		return x.swapped(reply)
	}
	return x.l.meet(x.m.path, reply)
}

func (x *exchange) swapped(reply *message) *message {
	other, from := x.l.swap(x.m.path, reply, x.w.Arg.MS)
	if other == nil {
		x.l.p.restore(x.w)
		return reply
	}
	x.landed(map[string]string{"with": from, "webhook-id": other.headers["webhook-id"]})
	return other
}

func (x *exchange) handBack(reply *message) bool {
	raw := reply.raw
	switch {
	case x.is("drop_reply", "reply"):
		x.landed(nil)
		x.wait(x.w.Arg.MS)
		return false
	case x.is("close_reused", "reply"):
		x.landed(map[string]bool{"after": true})
		return false
	case x.is("status", "reply"):
		return x.answer(x.made())
	case x.is("stale_enquiry", "reply"):
		return x.answer(x.old)
	case x.is("cut_reply", "reply"), x.is("black_hole", "reply"):
		k := place(x.w.Arg.Bytes, len(raw))
		x.landed(map[string]int{"bytes": k, "of": len(raw)})
		x.client.c.Write(raw[:k])
		if x.w.Fault == "black_hole" {
			x.wait(x.w.Arg.MS)
		}
		return false
	case x.is("delay", "reply"):
		x.landed(map[string]int{"ms": x.w.Arg.MS})
		x.wait(x.w.Arg.MS)
	case x.is("flip_bits", "reply"):
		raw = x.flip(reply)
	case x.is("slow_drip", "reply"):
		return x.drip(x.client.c, raw) && !reply.last
	}
	_, err := x.client.c.Write(raw)
	return err == nil && reply.complete && !reply.last && !x.m.last
}

// answer gives the client what is not the upstream's present reply.
func (x *exchange) answer(m *message) bool {
	x.landed(map[string]interface{}{"status": m.status, "after": x.w.Arg.Where == "reply"})
	x.l.p.tap.message(x.l, x.n, x.conn, m, false, true)
	_, err := x.client.c.Write(m.raw)
	return err == nil && !x.m.last
}

func (x *exchange) made() *message {
	a := &x.w.Arg
	html := a.HTML
	if html == "" {
		html = fmt.Sprintf("<html><body><h1>%d %s</h1></body></html>\n", a.Code, http.StatusText(a.Code))
	}
	m := &message{status: a.Code, complete: true, headers: map[string]string{"content-type": "text/html"}}
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: text/html\r\n", a.Code, http.StatusText(a.Code))
	if a.Retry > 0 {
		head += fmt.Sprintf("Retry-After: %d\r\n", a.Retry)
	}
	head += fmt.Sprintf("Content-Length: %d\r\n\r\n", len(html))
	m.head, m.raw = len(head), []byte(head+html)
	return m
}

// again sends the client's very bytes once more, on a connection of its own. Nobody gets the reply.
func (x *exchange) again() {
	time.Sleep(time.Duration(x.w.Arg.MS) * time.Millisecond)
	var up *line
	twin := &exchange{l: x.l, n: x.n, conn: x.conn, up: &up}
	if twin.dial() != nil {
		x.l.p.restore(x.w)
		return
	}
	defer up.c.Close()
	x.l.p.tap.message(x.l, x.n, x.conn, x.m, true, false)
	x.landed(map[string]int{"ms": x.w.Arg.MS})
	up.c.Write(x.m.raw)
	up.c.SetReadDeadline(time.Now().Add(20 * time.Second))
	reply, err := up.read(true)
	if err != nil && len(reply.raw) == 0 {
		x.l.p.tap.lost(x.l, x.n, x.conn, errors.New("the copy: "+err.Error()))
		return
	}
	x.l.p.tap.message(x.l, x.n, x.conn, reply, true, false)
}

// place says after how many of n bytes to stop: in the middle unless it is said; a negative number counts from the end.
func place(bytes *int, n int) int {
	k := n / 2
	if bytes != nil {
		if k = *bytes; k < 0 {
			k += n
		}
	}
	if k < 0 {
		return 0
	}
	if k > n {
		return n
	}
	return k
}

// flip turns bits that follow from the order's seed and the message's number.
func (x *exchange) flip(m *message) []byte {
	raw := append([]byte(nil), m.raw...)
	from := m.head
	if x.w.Arg.Part == "any" || from == len(raw) {
		from = 0
	}
	chance := rand.New(rand.NewSource(x.w.Arg.Seed ^ x.n<<8))
	turned := map[int]bool{}
	var at []int
	for len(turned) < x.w.Arg.N && len(turned) < 8*(len(raw)-from) {
		bit := 8*from + chance.Intn(8*(len(raw)-from))
		if !turned[bit] {
			turned[bit] = true
			raw[bit/8] ^= 1 << uint(bit%8)
			at = append(at, bit/8)
		}
	}
	x.landed(map[string]interface{}{"where": x.w.Arg.Where, "bytes": at})
	return raw
}

// drip writes a few bytes at a time; false when the other side does not listen any more.
func (x *exchange) drip(to net.Conn, raw []byte) bool {
	piece := len(raw)/16 + 1
	if x.w.Arg.Bytes != nil && *x.w.Arg.Bytes > 0 {
		piece = *x.w.Arg.Bytes
	}
	x.landed(map[string]int{"bytes": piece, "ms": x.w.Arg.MS})
	calm := x.l.p.whenCalm()
	for len(raw) > 0 {
		if piece > len(raw) {
			piece = len(raw)
		}
		if _, err := to.Write(raw[:piece]); err != nil {
			return false
		}
		raw = raw[piece:]
		select {
		case <-calm:
			piece = len(raw)
		case <-time.After(time.Duration(x.w.Arg.MS) * time.Millisecond):
		}
	}
	return true
}
