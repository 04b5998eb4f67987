package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Callbacks to the payer: queued by payment, sent over keep-alive connections, repeated until the payer takes them. What was taken
// is noted in the book a moment later, so that after a crash a callback may come twice but none is missing.
type callbacks struct {
	b       *bank
	network string
	where   string
	host    string
	path    string

	mu      sync.Mutex
	work    *sync.Cond
	waiting []uint32
	head    int
	retries []*letter
	flying  int
	mode    string // on, hold (kept back), off (thrown away)
	taken   []uint32
	serial  int64
	count   struct{ queued, tried, taken int64 }
}

// letter is one callback.
type letter struct {
	id     string
	refs   []uint32
	body   []byte
	tries  int
	due    time.Time
	badSig bool
	twice  bool
	age    int64 // seconds: it is signed as if so long ago
	most   int   // tries; 0: until it is taken
}

// parseURL takes http://host:port[/path] or unix:SOCKET[|/path]; without a path it is the agreed one.
func (c *callbacks) parseURL(text, code string) error {
	c.path = "/v1/callbacks/" + code
	if rest, unix := cutPrefix(text, "unix:"); unix {
		c.network, c.where, c.host = "unix", rest, "localhost"
		if i := strings.IndexByte(rest, '|'); i >= 0 {
			c.where, c.path = rest[:i], rest[i+1:]
		}
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || u.Host == "" {
		return fmt.Errorf("callback URL %q: expected http://HOST:PORT or unix:SOCKET", text)
	}
	c.network, c.where, c.host = "tcp", u.Host, u.Host
	if u.Path != "" && u.Path != "/" {
		c.path = u.Path
	}
	return nil
}

func startCallbacks(b *bank, where string) (*callbacks, error) {
	c := &callbacks{b: b, mode: "on", serial: time.Now().UnixNano()}
	c.work = sync.NewCond(&c.mu)
	if err := c.parseURL(where, b.opt.code); err != nil {
		return nil, err
	}
	workers := 64
	if b.opt.callbackBulk {
		workers = 8
	}
	for i := 0; i < workers; i++ {
		go c.send()
	}
	go c.janitor()
	return c, nil
}

func (c *callbacks) queue(ref uint32) {
	c.mu.Lock()
	c.count.queued++
	if c.mode == "off" {
		c.taken = append(c.taken, ref)
	} else {
		c.waiting = append(c.waiting, ref)
		if c.mode == "on" {
			c.work.Signal()
		}
	}
	c.mu.Unlock()
}

func (c *callbacks) post(l *letter) {
	c.mu.Lock()
	c.retries = append(c.retries, l)
	c.work.Signal()
	c.mu.Unlock()
}

func (c *callbacks) setMode(mode string) {
	c.mu.Lock()
	c.mode = mode
	if mode == "off" {
		c.taken = append(c.taken, c.waiting[c.head:]...)
		c.waiting, c.head = nil, 0
		for _, l := range c.retries {
			c.taken = append(c.taken, l.refs...)
		}
		c.retries = nil
	}
	c.work.Broadcast()
	c.mu.Unlock()
}

// open counts what the payer has not taken yet.
func (c *callbacks) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting) - c.head + len(c.retries) + c.flying
}

// next waits for a letter to send: one that is due again, or what is waiting, together or one by one.
func (c *callbacks) next() *letter {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		now := time.Now()
		for i, l := range c.retries {
			if c.mode == "on" && !l.due.After(now) {
				c.retries = append(c.retries[:i], c.retries[i+1:]...)
				c.flying++
				return l
			}
		}
		n := len(c.waiting) - c.head
		if c.mode != "on" || n == 0 {
			c.work.Wait()
			continue
		}
		max := 1
		if c.b.opt.callbackBulk {
			if max = 500; n < max {
				c.mu.Unlock()
				time.Sleep(3 * time.Millisecond)
				c.mu.Lock()
				if n = len(c.waiting) - c.head; c.mode != "on" || n == 0 {
					continue
				}
			}
			if n < max {
				max = n
			}
		}
		l := &letter{refs: append([]uint32(nil), c.waiting[c.head:c.head+max]...)}
		if c.head += max; c.head > 4096 && 2*c.head > len(c.waiting) {
			c.waiting = append(c.waiting[:0], c.waiting[c.head:]...)
			c.head = 0
		}
		c.flying++
		c.serial++
		l.id = fmt.Sprintf("cb-%s-b%x", c.b.opt.code, c.serial)
		return l
	}
}

// compose writes the items. A payment whose callback is to go wrong gets a letter of its own.
func (c *callbacks) compose(l *letter) {
	b := c.b
	out := append(make([]byte, 0, 64+len(l.refs)*200), `{"type":"payout.status","items":[`...)
	b.mu.Lock()
	refs := l.refs[:0]
	for _, ref := range l.refs {
		x := b.xfer(ref)
		odd := x.how&(howTwice|howBadSig) != 0
		if odd && (len(l.refs) > 1 || len(refs) > 0) {
			one := &letter{id: c.ownID(ref), refs: []uint32{ref}, badSig: x.how&howBadSig != 0, twice: x.how&howTwice != 0}
			one.body = append(b.appendItem([]byte(`{"type":"payout.status","items":[`), ref), "]}"...)
			c.post(one)
			continue
		}
		if odd {
			l.badSig, l.twice = x.how&howBadSig != 0, x.how&howTwice != 0
		}
		if len(refs) > 0 {
			out = append(out, ',')
		}
		refs = append(refs, ref)
		out = b.appendItem(out, ref)
	}
	upTo := b.commit()
	b.mu.Unlock()
	b.book.wait(upTo)
	if l.refs = refs; len(refs) == 1 {
		l.id = c.ownID(refs[0])
	}
	l.body = append(out, "]}"...)
}

// ownID is the same after a restart, so the callback of one payment keeps its id.
func (c *callbacks) ownID(ref uint32) string {
	return "cb-" + c.b.opt.code + "-" + strconv.FormatUint(uint64(ref), 10)
}

func (b *bank) appendItem(out []byte, ref uint32) []byte {
	x := b.xfer(ref)
	out = addInt(x.id.append(append(out, `{"end_to_end_id":"`...)), `","amount":`, x.amount)
	out = append(append(append(out, `,"creditor_account":"`...), b.acc.at(x.account).number...), `","status":"`...)
	out = append(append(out, x.status.String()...), '"')
	if x.reason != 0 {
		out = append(append(append(out, `,"reason":"`...), x.reason.String()...), '"')
	}
	out = b.appendReference(append(out, `,"bank_reference":`...), ref, int64(x.at))
	return append(appendInstant(append(out, `,"time":"`...), int64(x.at)), `"}`...)
}

const patience = 15 * time.Second

type payerLine struct {
	c   net.Conn
	r   reader
	out []byte
}

func (c *callbacks) send() {
	var p payerLine
	for {
		l := c.next()
		if l.body == nil {
			if c.compose(l); len(l.refs) == 0 {
				c.end(l)
				continue
			}
		}
		for pause := 50 * time.Millisecond; ; {
			status, err := c.try(&p, l)
			if err == nil && status != 429 && status != 503 {
				c.judge(l, status)
				break
			}
			if c.halted() {
				c.again(l, 0)
				break
			}
			time.Sleep(pause)
			if pause *= 2; pause > c.b.opt.retryMax {
				pause = c.b.opt.retryMax
			}
		}
	}
}

func (c *callbacks) halted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mode != "on"
}

// judge ends a letter that the payer took, and sends another one again later.
func (c *callbacks) judge(l *letter, status int) {
	ok := status >= 200 && status < 300
	switch {
	case ok && l.twice: // once more with the same id, and once with another
		c.post(&letter{id: l.id, body: l.body, refs: l.refs[:0]})
		c.post(&letter{id: l.id + "-again", body: l.body, refs: l.refs[:0]})
		c.end(l)
	case ok || l.badSig && l.tries >= 3 || l.most > 0 && l.tries >= l.most:
		c.end(l)
	default:
		wait := time.Second << uint(l.tries-1)
		if wait > c.b.opt.retryMax || wait <= 0 {
			wait = c.b.opt.retryMax
		}
		c.again(l, wait)
	}
}

func (c *callbacks) end(l *letter) {
	c.mu.Lock()
	c.flying--
	c.taken = append(c.taken, l.refs...)
	c.count.taken += int64(len(l.refs))
	c.mu.Unlock()
}

func (c *callbacks) again(l *letter, wait time.Duration) {
	l.due = time.Now().Add(wait)
	c.mu.Lock()
	c.flying--
	c.retries = append(c.retries, l)
	c.mu.Unlock()
}

// try sends once; an idle connection that the payer has closed meanwhile is replaced (callbacks may come twice).
func (c *callbacks) try(p *payerLine, l *letter) (int, error) {
	l.tries++
	c.mu.Lock()
	c.count.tried++
	c.mu.Unlock()
	o := append(append(p.out[:0], "POST "...), c.path...)
	o = append(append(append(o, " HTTP/1.1\r\nHost: "...), c.host...), "\r\nContent-Type: application/json; charset=utf-8\r\n"...)
	n := len(o)
	o = c.b.key.appendSigned(o, []byte(l.id), l.body, time.Now().Unix()-l.age)
	if l.badSig {
		i := n + bytes.Index(o[n:], []byte("v1a,")) + 10
		o[i] = map[bool]byte{true: 'B', false: 'A'}[o[i] == 'A']
	}
	o = append(addInt(o, "Content-Length: ", int64(len(l.body))), "\r\n\r\n"...)
	p.out = append(o, l.body...)
	for fresh := p.c == nil; ; fresh = true {
		if p.c == nil {
			conn, err := net.DialTimeout(c.network, c.where, patience)
			if err != nil {
				return 0, err
			}
			p.c, p.r = conn, reader{c: conn, buf: make([]byte, 4096)}
		}
		status, err := p.exchange()
		if err == nil {
			return status, nil
		}
		if p.c.Close(); fresh {
			p.c = nil
			return 0, err
		}
		p.c = nil
	}
}

func (p *payerLine) exchange() (status int, err error) {
	p.c.SetDeadline(time.Now().Add(patience))
	if _, err = p.c.Write(p.out); err != nil {
		return 0, err
	}
	status, _, _, err = p.r.response()
	if err == errNoLength { // the status is all that we want
		p.c.Close()
		p.c, err = nil, nil
	}
	return status, err
}

var errNoLength = errors.New("an answer without Content-Length")

// response reads an answer with a Content-Length; its body stays valid until the next read.
func (r *reader) response() (status int, head, body []byte, err error) {
	h, err := r.head()
	if err != nil {
		return 0, nil, nil, err
	}
	if len(h) < 13 || string(h[:9]) != "HTTP/1.1 " {
		return 0, nil, nil, errHTTP
	}
	if status, err = strconv.Atoi(string(h[9:12])); err != nil {
		return 0, nil, nil, errHTTP
	}
	head = append([]byte(nil), h...)
	length := -1
	for rest := head[bytes.IndexByte(head, '\n')+1:]; len(rest) > 0; {
		var name, value []byte
		name, value, rest = headerLine(rest)
		if same(name, "content-length") {
			length, err = strconv.Atoi(string(value))
		}
		if err != nil || length < 0 && same(name, "content-length") {
			return 0, nil, nil, errHTTP
		}
	}
	if status == 204 {
		length = 0
	}
	if length < 0 {
		return status, head, nil, errNoLength
	}
	for r.to-r.from < length {
		if err := r.fill(8 << 20); err != nil {
			return 0, nil, nil, err
		}
	}
	body = r.buf[r.from : r.from+length]
	r.from += length
	return status, head, body, nil
}

// janitor wakes letters that are due again and notes in the book what was taken.
func (c *callbacks) janitor() {
	for {
		time.Sleep(100 * time.Millisecond)
		c.mu.Lock()
		if len(c.retries) > 0 {
			c.work.Broadcast()
		}
		taken := c.taken
		c.taken = nil
		c.mu.Unlock()
		c.b.noteTaken(taken)
	}
}

func (b *bank) noteTaken(refs []uint32) {
	if len(refs) == 0 {
		return
	}
	sort.Slice(refs, func(i, j int) bool { return refs[i] < refs[j] })
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, `{"f":"told","refs":[`...)
	for i := 0; i < len(refs); {
		j := i
		for j+1 < len(refs) && refs[j+1] <= refs[j]+1 {
			j++
		}
		if i > 0 {
			b.lines = append(b.lines, ',')
		}
		b.lines = addInt(addInt(b.lines, "", int64(refs[i])), ",", int64(refs[j]))
		for ; i <= j; i++ {
			b.xfer(refs[i]).how |= howTold
		}
	}
	b.lines = append(b.lines, "]}\n"...)
	b.commit()
}
