package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// A small HTTP/1.1 server for the API alone. It is our own because the bank must be able to do with a connection what no server
// library allows (close a reused one after reading, hold one for ever), and because it must cost little beside what it tests.

const (
	maxHead = 16 << 10
	maxBody = 1 << 20
)

type request struct {
	path, id, stamp, signature []byte
	body                       []byte
	reused                     bool // not the first request of its connection
	last                       bool // the client wants the connection closed
}

type answer struct {
	status int
	body   []byte
	id     []byte // the request's message_id; without it the answer cannot be signed
	html   bool
	upTo   int64    // place in the book that must be on the disk before
	tell   []uint32 // callbacks that are sent after the answer
	early  bool     // … or before it
	extra  time.Duration
	retry  int
	garble bool // spoil a byte of the body after signing
	cut    bool // close in the middle of the body
	swap   bool // send another request's reply
	drop   bool // close without a byte
	hang   bool // hold the connection, then close it without a byte
}

// listen takes host:port or unix:PATH.
func listen(where string) (net.Listener, error) {
	if path, unix := cutPrefix(where, "unix:"); unix {
		os.Remove(path)
		return net.Listen("unix", path)
	}
	return net.Listen("tcp", where)
}

func address(l net.Listener) string {
	if l.Addr().Network() == "unix" {
		return "unix:" + l.Addr().String()
	}
	return l.Addr().String()
}

func (b *bank) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		go b.converse(c)
	}
}

type reader struct {
	c    io.ReadWriter
	buf  []byte
	from int
	to   int
}

var errHTTP = errors.New("not the HTTP of this API")

// fill reads more; the unread part is kept at the front.
func (r *reader) fill(max int) error {
	if r.from > 0 {
		r.to = copy(r.buf, r.buf[r.from:r.to])
		r.from = 0
	}
	if r.to == len(r.buf) {
		if len(r.buf) >= max {
			return errHTTP
		}
		size := 2 * len(r.buf)
		if size > max {
			size = max
		}
		r.buf = append(make([]byte, 0, size), r.buf...)[:size]
	}
	n, err := r.c.Read(r.buf[r.to:])
	r.to += n
	if n > 0 {
		return nil
	}
	return err
}

// head returns the lines up to the empty one.
func (r *reader) head() ([]byte, error) {
	for seen := 0; ; {
		if i := bytes.Index(r.buf[r.from+seen:r.to], []byte("\r\n\r\n")); i >= 0 {
			h := r.buf[r.from : r.from+seen+i+2]
			r.from += seen + i + 4
			return h, nil
		}
		if seen = r.to - r.from - 3; seen < 0 {
			seen = 0
		}
		if r.to-r.from > maxHead {
			return nil, errHTTP
		}
		if err := r.fill(maxHead + maxBody + 4096); err != nil {
			return nil, err
		}
	}
}

// headerLine cuts the first line off.
func headerLine(h []byte) (name, value, rest []byte) {
	i := bytes.Index(h, []byte("\r\n"))
	line := h[:i]
	rest = h[i+2:]
	if c := bytes.IndexByte(line, ':'); c > 0 {
		return line[:c], bytes.Trim(line[c+1:], " \t"), rest
	}
	return nil, line, rest
}

var errLarge = errors.New("too large")

func (r *reader) request(q *request) error {
	h, err := r.head()
	if err != nil {
		return err
	}
	start := h[:bytes.IndexByte(h, '\r')]
	h = append([]byte(nil), h[len(start)+2:]...) // body reading moves the buffer
	parts := bytes.Split(append([]byte(nil), start...), []byte(" "))
	if len(parts) != 3 || string(parts[2]) != "HTTP/1.1" || string(parts[0]) != "POST" {
		return errHTTP
	}
	*q = request{path: parts[1], reused: q.reused}
	length, expects := -1, false
	for len(h) > 0 {
		var name, value []byte
		name, value, h = headerLine(h)
		if name == nil {
			return errHTTP
		}
		switch {
		case same(name, "webhook-id"):
			q.id = value
		case same(name, "webhook-timestamp"):
			q.stamp = value
		case same(name, "webhook-signature"):
			q.signature = value
		case same(name, "content-length"):
			n, err := strconv.Atoi(string(value))
			if err != nil || length >= 0 || !allIn(value, 1, 9, digit) {
				return errHTTP
			}
			length = n
		case same(name, "transfer-encoding"):
			return errHTTP
		case same(name, "connection"):
			q.last = same(value, "close")
		case same(name, "expect"):
			expects = true
		}
	}
	if length < 0 {
		return errHTTP
	}
	if length > maxBody {
		return errLarge
	}
	if expects && r.to-r.from < length {
		if _, err := r.c.Write([]byte("HTTP/1.1 100 Continue\r\n\r\n")); err != nil {
			return err
		}
	}
	for r.to-r.from < length {
		if err := r.fill(maxHead + maxBody + 4096); err != nil {
			return err
		}
	}
	q.body = r.buf[r.from : r.from+length]
	r.from += length
	return nil
}

func same(b []byte, lower string) bool {
	return len(b) == len(lower) && strings.EqualFold(string(b), lower)
}

var statusText = map[int]string{200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 413: "Payload Too Large",
	422: "Unprocessable Entity", 429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"}

func (b *bank) converse(c net.Conn) {
	defer c.Close()
	r := reader{c: c, buf: make([]byte, 8192)}
	var q request
	var out []byte
	for {
		err := r.request(&q)
		began := time.Now()
		if err != nil {
			if errors.Is(err, errHTTP) {
				c.Write([]byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
			} else if errors.Is(err, errLarge) {
				a := refuse(q.id, 413, "too_many_items", "a request has at most 1 MiB")
				c.Write(b.compose(out[:0], &a, true))
			}
			return
		}
		a := b.handle(&q)
		b.book.wait(a.upTo)
		if a.early {
			b.queue(a.tell)
		}
		if wait := b.opt.replyDelay + a.extra - time.Since(began); wait > 0 {
			time.Sleep(wait)
		}
		if a.hang || a.drop {
			b.queue(a.tell)
			if a.hang {
				time.Sleep(b.opt.hang)
			}
			return
		}
		out = b.compose(out[:0], &a, q.last)
		if a.cut {
			out = out[:len(out)-len(a.body)/2-1]
		}
		_, err = c.Write(out)
		if !a.early {
			b.queue(a.tell)
		}
		if err != nil || q.last || a.cut {
			return
		}
		q.reused = true
		if cap(r.buf) > 64<<10 && r.from == r.to && len(q.body) < 8192 {
			r = reader{c: c, buf: make([]byte, 8192)}
		}
	}
}

func (b *bank) compose(out []byte, a *answer, last bool) []byte {
	out = append(out, "HTTP/1.1 "...)
	out = strconv.AppendInt(out, int64(a.status), 10)
	out = append(append(append(out, ' '), statusText[a.status]...), "\r\n"...)
	if a.html {
		out = append(out, "Content-Type: text/html\r\n"...)
	} else {
		out = append(out, "Content-Type: application/json; charset=utf-8\r\n"...)
	}
	if a.retry > 0 {
		out = append(addInt(out, "Retry-After: ", int64(a.retry)), "\r\n"...)
	}
	if last {
		out = append(out, "Connection: close\r\n"...)
	}
	body := a.body
	if a.id != nil {
		n := len(out)
		var room [64]byte
		out = b.key.appendSigned(out, append(append(room[:0], "re-"...), a.id...), body, time.Now().Unix())
		signed := append([]byte(nil), out[n:]...)
		b.lastReply.Lock()
		if a.swap {
			out = append(out[:n], b.lastReply.head...)
			body, b.lastReply.head, b.lastReply.body = b.lastReply.body, signed, append([]byte(nil), body...)
		} else {
			b.lastReply.head, b.lastReply.body = signed, append([]byte(nil), body...)
		}
		b.lastReply.Unlock()
	}
	out = append(addInt(out, "Content-Length: ", int64(len(body))), "\r\n\r\n"...)
	out = append(out, body...)
	if a.garble && len(body) > 0 {
		out[len(out)-len(body)/2] ^= 0x04
	}
	return out
}
