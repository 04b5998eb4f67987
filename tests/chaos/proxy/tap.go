package main

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"sync"
	"time"
	"unicode/utf8"
)

// tap is the proxy's journal. A line is written with one write before the bytes that it tells of are handed on, so it
// outlives the proxy; it is not fsynced, so it does not outlive the machine.
type tap struct {
	mu   sync.Mutex
	file *os.File
}

type entry struct {
	T        int64             `json:"t"`
	Bank     string            `json:"bank"`
	Dir      string            `json:"dir"`
	N        int64             `json:"n"`
	Conn     int64             `json:"conn"`
	What     string            `json:"what"`
	Method   string            `json:"method,omitempty"`
	Path     string            `json:"path,omitempty"`
	Status   int               `json:"status,omitempty"`
	Headers  map[string]string `json:"headers,omitempty"`
	Body     *string           `json:"body,omitempty"`
	B64      bool              `json:"b64,omitempty"`
	Complete *bool             `json:"complete,omitempty"`
	Dup      bool              `json:"dup,omitempty"`  // the proxy's own copy of a request, and its response
	Made     bool              `json:"made,omitempty"` // a response that the proxy invented
	Fault    string            `json:"fault,omitempty"`
	Detail   interface{}       `json:"detail,omitempty"`
	Why      string            `json:"why,omitempty"`
}

func openTap(path string) (*tap, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	return &tap{file: file}, err
}

func (t *tap) write(e *entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e.T = time.Now().UnixNano()
	line, err := json.Marshal(e)
	if err == nil {
		_, err = t.file.Write(append(line, '\n'))
	}
	if err != nil { // without its journal the proxy proves nothing
		os.Stderr.WriteString("faultproxy: tap: " + err.Error() + "\n")
		os.Exit(74)
	}
}

func (t *tap) message(l *lane, n, conn int64, m *message, dup, made bool) {
	e := entry{Bank: l.bank, Dir: l.dir, N: n, Conn: conn, What: "request", Method: m.method, Path: m.path, Status: m.status,
		Headers: m.headers, Complete: &m.complete, Dup: dup, Made: made}
	if m.status != 0 {
		e.What = "response"
	}
	body := string(m.body())
	if e.B64 = !utf8.ValidString(body); e.B64 {
		body = base64.StdEncoding.EncodeToString(m.body())
	}
	e.Body = &body
	t.write(&e)
}

// fault writes that an order came true, at the moment when it does.
func (t *tap) fault(l *lane, n, conn int64, w *will, detail interface{}) {
	l.p.mu.Lock()
	l.p.landed[w.Fault]++
	l.p.mu.Unlock()
	t.write(&entry{Bank: l.bank, Dir: l.dir, N: n, Conn: conn, What: "fault", Fault: w.Fault, Detail: detail})
}

// lost writes that a request has no response, without our doing.
func (t *tap) lost(l *lane, n, conn int64, why error) {
	t.write(&entry{Bank: l.bank, Dir: l.dir, N: n, Conn: conn, What: "lost", Why: why.Error()})
}
