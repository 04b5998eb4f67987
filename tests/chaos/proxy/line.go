package main

import (
	"bytes"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"
)

// HTTP/1.1 as bytes: what is handed on is what came, to the last space, because signatures cover it and because
// what is to be tried here (half a request, a reply that drips) is what no HTTP library lets pass.

const (
	headMax = 64 << 10
	bodyMax = 16 << 20
)

var errHTTP = errors.New("not the HTTP that is understood here")

// message is a request or a response.
type message struct {
	raw          []byte
	head         int // bytes before the body; what a "100 Continue" said before it is part of it
	method, path string
	status       int // of a response, else 0
	headers      map[string]string
	complete     bool
	last         bool // the connection ends with it
}

func (m *message) body() []byte { return m.raw[m.head:] }

// line is one side of a conversation: a connection, and what came from it and is not used yet.
type line struct {
	c       net.Conn
	buf     []byte
	err     error
	watched chan struct{}
}

func (l *line) fill() error {
	if l.err != nil {
		return l.err
	}
	var room [16 << 10]byte
	n, err := l.c.Read(room[:])
	l.buf = append(l.buf, room[:n]...)
	if n == 0 {
		l.err = err
	}
	return l.err
}

// watch reads ahead in the background, and calls ended when the other side has closed. Nothing else may use the line until unwatch.
func (l *line) watch(ended func()) {
	done := make(chan struct{})
	l.watched = done
	go func() {
		defer close(done)
		for len(l.buf) < bodyMax {
			if err := l.fill(); err != nil {
				var late net.Error
				if errors.As(err, &late) && late.Timeout() { // unwatch wants the line back
					l.err = nil
					return
				}
				ended()
				return
			}
		}
	}()
}

func (l *line) unwatch() {
	l.c.SetReadDeadline(time.Unix(1, 0))
	<-l.watched
	l.c.SetReadDeadline(time.Time{})
}

// read takes a message. What came is returned also when the rest does not come.
func (l *line) read(response bool) (*message, error) {
	m := &message{}
	err := l.readHead(m, response)
	length := -1
	if err == nil {
		length, err = m.length(response)
	}
	for err == nil && (length < 0 || len(l.buf) < m.head+length) {
		if len(l.buf) > bodyMax {
			err = errHTTP
		} else if err = l.fill(); err != nil && length < 0 { // a response that ends with its connection
			length, err = len(l.buf)-m.head, nil
			m.last = true
		}
	}
	if err != nil {
		m.raw, l.buf = l.buf, nil
		if m.head > len(m.raw) || m.head == 0 {
			m.head = len(m.raw)
		}
		return m, err
	}
	m.complete = true
	m.raw = append([]byte(nil), l.buf[:m.head+length]...)
	l.buf = append([]byte(nil), l.buf[m.head+length:]...)
	return m, nil
}

func (l *line) readHead(m *message, response bool) error {
	for from := 0; ; {
		end := bytes.Index(l.buf[from:], []byte("\r\n\r\n"))
		if end < 0 {
			if len(l.buf) > headMax {
				return errHTTP
			}
			if err := l.fill(); err != nil {
				return err
			}
			continue
		}
		m.head = from + end + 4
		if err := m.parse(string(l.buf[from:from+end]), response); err != nil || m.status == 0 || m.status >= 200 {
			return err
		}
		from = m.head
	}
}

func (m *message) parse(head string, response bool) error {
	lines := strings.Split(head, "\r\n")
	first := strings.SplitN(lines[0], " ", 3)
	if len(first) < 2 {
		return errHTTP
	}
	if response {
		status, err := strconv.Atoi(first[1])
		if err != nil || status < 100 || status > 999 {
			return errHTTP
		}
		m.status = status
	} else {
		m.method, m.path = first[0], first[1]
	}
	m.headers = map[string]string{}
	for _, one := range lines[1:] {
		i := strings.IndexByte(one, ':')
		if i < 1 {
			return errHTTP
		}
		name, value := strings.ToLower(one[:i]), strings.Trim(one[i+1:], " \t")
		if old, twice := m.headers[name]; twice {
			value = old + ", " + value
		}
		m.headers[name] = value
	}
	m.last = strings.EqualFold(m.headers["connection"], "close")
	return nil
}

// length is that of the body; -1: until the connection is closed.
func (m *message) length(response bool) (int, error) {
	text, given := m.headers["content-length"]
	switch {
	case m.headers["transfer-encoding"] != "":
		return 0, errHTTP
	case given:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > bodyMax {
			return 0, errHTTP
		}
		return n, nil
	case response && m.status != 204 && m.status != 304:
		return -1, nil
	}
	return 0, nil
}
