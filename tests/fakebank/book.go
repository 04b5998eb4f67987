package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"
)

// The bank's book: book.jsonl, one JSON line per fact, only ever appended to. What is in it has happened; what a crash tore off
// at its end has not. Nothing is answered before the lines that it rests on are on the disk; requests that come while
// the disk works share the next write and fdatasync.
type book struct {
	f      *os.File
	gather time.Duration // for how long a write waits for others to join it

	mu      sync.Mutex
	moved   *sync.Cond // durable or pending has changed
	pending []byte
	end     int64 // of what was appended
	durable int64 // of what the disk has
	closing bool
	syncs   int64
	done    chan struct{}
}

// openBook locks the file against a second bank, cuts off a torn last line and gives every whole line to see.
func openBook(path string, gather time.Duration, see func(line []byte) error) (*book, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, fmt.Errorf("%s is in use by another bank", path)
	}
	end, err := readLines(f, see)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := f.Truncate(end); err != nil {
		return nil, err
	}
	if _, err := f.Seek(end, io.SeekStart); err != nil {
		return nil, err
	}
	k := &book{f: f, gather: gather, end: end, durable: end, done: make(chan struct{})}
	k.moved = sync.NewCond(&k.mu)
	go k.write()
	return k, nil
}

// readLines returns the length of the whole lines.
func readLines(r io.Reader, see func(line []byte) error) (int64, error) {
	buf, have, end, n := make([]byte, 4<<20), 0, int64(0), 0
	for {
		got, err := r.Read(buf[have:])
		have += got
		rest := buf[:have]
		for {
			i := bytes.IndexByte(rest, '\n')
			if i < 0 {
				break
			}
			n++
			if err := see(rest[:i]); err != nil {
				return 0, fmt.Errorf("line %d: %w", n, err)
			}
			end += int64(i) + 1
			rest = rest[i+1:]
		}
		have = copy(buf, rest)
		if err == io.EOF {
			return end, nil
		}
		if err != nil {
			return 0, err
		}
		if have == len(buf) {
			return 0, fmt.Errorf("line %d is longer than %d bytes", n+1, len(buf))
		}
	}
}

// add appends lines and returns the place up to which the disk must have come before anyone may speak of them.
func (k *book) add(lines []byte) int64 {
	k.mu.Lock()
	if len(k.pending) == 0 && len(lines) > 0 {
		k.moved.Broadcast()
	}
	k.pending = append(k.pending, lines...)
	k.end += int64(len(lines))
	end := k.end
	k.mu.Unlock()
	return end
}

func (k *book) wait(upTo int64) {
	k.mu.Lock()
	for k.durable < upTo {
		k.moved.Wait()
	}
	k.mu.Unlock()
}

func (k *book) write() {
	defer close(k.done)
	var spare []byte
	k.mu.Lock()
	for {
		for len(k.pending) == 0 && !k.closing {
			k.moved.Wait()
		}
		if len(k.pending) == 0 {
			k.mu.Unlock()
			return
		}
		if k.gather > 0 && !k.closing {
			k.mu.Unlock()
			time.Sleep(k.gather)
			k.mu.Lock()
		}
		group, upTo := k.pending, k.end
		k.pending = spare[:0]
		k.mu.Unlock()
		_, err := k.f.Write(group)
		if err == nil {
			err = syscall.Fdatasync(int(k.f.Fd()))
		}
		if err != nil { // a failed sync is never tried again: what the disk has is unknown
			fmt.Fprintln(os.Stderr, "fakebank: the book could not be written:", err)
			os.Exit(74)
		}
		spare = group
		if cap(spare) > 8<<20 {
			spare = nil
		}
		k.mu.Lock()
		k.durable = upTo
		k.syncs++
		k.moved.Broadcast()
	}
}

func (k *book) close() {
	k.mu.Lock()
	k.closing = true
	k.moved.Broadcast()
	k.mu.Unlock()
	<-k.done
	k.f.Close()
}
