package main

import (
	"regexp"
	"strings"
	"time"
)

// What a lane remembers of its messages, for the faults that need two of them.

const (
	pathsMax   = 64
	earlierMax = 50000
)

// offer is a reply that waits for another one of the same path, to change places with it.
type offer struct {
	path  string
	mine  *message
	other chan *message
}

func (l *lane) enter() {
	l.mu.Lock()
	l.seen++
	l.flying++
	l.mu.Unlock()
}

// leave lets go whoever waited to be overtaken.
func (l *lane) leave(n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flying--
	for older, passed := range l.held {
		if older < n {
			close(passed)
			delete(l.held, older)
		}
	}
}

// overtaken waits until a later message has had its reply.
func (l *lane) overtaken(n int64, ms int, calm chan struct{}) bool {
	passed := make(chan struct{})
	l.mu.Lock()
	l.held[n] = passed
	l.mu.Unlock()
	select {
	case <-passed:
		return true
	case <-calm:
	case <-time.After(time.Duration(ms) * time.Millisecond):
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, n)
	select {
	case <-passed:
		return true
	default:
		return false
	}
}

func (l *lane) hasAnother(path string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flying > 1 || l.previous[path] != nil
}

// swap gives this reply for that of another request in flight, or for the one before; nil: there is none.
func (l *lane) swap(path string, mine *message, ms int) (got *message, from string) {
	l.mu.Lock()
	before := l.previous[path]
	if l.flying > 1 && l.offer == nil {
		o := &offer{path, mine, make(chan *message, 1)}
		l.offer = o
		l.mu.Unlock()
		select {
		case got = <-o.other:
			return got, "in flight"
		case <-time.After(time.Duration(ms) * time.Millisecond):
		}
		l.mu.Lock()
		if l.offer == o {
			l.offer = nil
		} else {
			got = <-o.other
		}
	}
	l.mu.Unlock()
	if got != nil {
		return got, "in flight"
	}
	return before, "previous"
}

// meet takes the place of an offer, when one waits.
func (l *lane) meet(path string, mine *message) *message {
	l.mu.Lock()
	defer l.mu.Unlock()
	o := l.offer
	if o == nil || o.path != path {
		return mine
	}
	l.offer = nil
	o.other <- mine
	return o.mine
}

var idPattern = regexp.MustCompile(`"end_to_end_id" *: *"([^"\\]+)"`)

func enquired(m *message) [][]byte {
	if !strings.Contains(m.path, "enquir") {
		return nil
	}
	var ids [][]byte
	for _, found := range idPattern.FindAllSubmatch(m.body(), -1) {
		ids = append(ids, found[1])
	}
	return ids
}

// earlierAnswer is what the bank said first when it was asked for one of these payments.
func (l *lane) earlierAnswer(request *message) *message {
	ids := enquired(request)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range ids {
		if m := l.earlier[request.path+" "+string(id)]; m != nil {
			return m
		}
	}
	return nil
}

func (l *lane) remember(request, reply *message) {
	ids := enquired(request)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.previous) < pathsMax || l.previous[request.path] != nil {
		l.previous[request.path] = reply
	}
	for _, id := range ids {
		if key := request.path + " " + string(id); l.earlier[key] == nil && len(l.earlier) < earlierMax {
			l.earlier[key] = reply
		}
	}
}
