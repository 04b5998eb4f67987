package main

import (
	"errors"
	"strconv"
	"unicode/utf8"
)

// A small pull scanner for JSON. It reads from the raw bytes of a message and hands out slices of it, because a bulk message has
// 500 items and the bank must not be what a payroll waits for. Errors stick: after the first one every call fails.
type scan struct {
	b   []byte
	p   int
	err error
}

var errJSON = errors.New("not the JSON that was expected")

const maxInt = 1<<53 - 1

func (s *scan) fail() {
	if s.err == nil {
		s.err = errJSON
	}
	s.p = len(s.b)
}

func (s *scan) ws() {
	for s.p < len(s.b) {
		switch s.b[s.p] {
		case ' ', '\t', '\n', '\r':
			s.p++
		default:
			return
		}
	}
}

func (s *scan) peek() byte {
	s.ws()
	if s.p < len(s.b) {
		return s.b[s.p]
	}
	return 0
}

func (s *scan) take(c byte) bool {
	if s.peek() != c {
		s.fail()
		return false
	}
	s.p++
	return true
}

// field steps through an object: `s.take('{'); for s.field(&k) { switch string(k) … }`. The caller reads or skips each value.
func (s *scan) field(key *[]byte) bool {
	switch s.peek() {
	case '}':
		s.p++
		return false
	case ',':
		if *key == nil {
			s.fail()
			return false
		}
		s.p++
	default:
		if *key != nil {
			s.fail()
			return false
		}
	}
	k := s.str()
	if s.err != nil || !s.take(':') {
		return false
	}
	if k == nil {
		k = []byte{}
	}
	*key = k
	return true
}

// more steps through an array in the same manner: `s.take('['); for n := 0; s.more(n); n++ { … }`.
func (s *scan) more(n int) bool {
	switch c := s.peek(); {
	case c == ']':
		s.p++
		return false
	case s.err != nil || c == 0:
		s.fail()
		return false
	case n > 0:
		return s.take(',')
	case c == ',':
		s.fail()
		return false
	}
	return true
}

func (s *scan) str() []byte {
	if !s.take('"') {
		return nil
	}
	start := s.p
	for i := s.p; i < len(s.b); i++ {
		switch c := s.b[i]; {
		case c == '"':
			s.p = i + 1
			return s.b[start:i]
		case c == '\\':
			return s.escaped(start, i)
		case c < 0x20:
			s.fail()
			return nil
		}
	}
	s.fail()
	return nil
}

func (s *scan) escaped(start, i int) []byte {
	out := append(make([]byte, 0, 64), s.b[start:i]...)
	for i < len(s.b) {
		c := s.b[i]
		i++
		if c == '"' {
			s.p = i
			return out
		}
		if c < 0x20 {
			break
		}
		if c != '\\' {
			out = append(out, c)
			continue
		}
		if i >= len(s.b) {
			break
		}
		c = s.b[i]
		i++
		switch c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, ok := s.hex4(i)
			i += 4
			if ok && r >= 0xd800 && r < 0xdc00 && i+6 <= len(s.b) && s.b[i] == '\\' && s.b[i+1] == 'u' {
				low, fine := s.hex4(i + 2)
				ok = fine && low >= 0xdc00 && low < 0xe000
				r = 0x10000 + (r-0xd800)<<10 + (low - 0xdc00)
				i += 6
			}
			if !ok || (r >= 0xd800 && r < 0xe000) {
				s.fail()
				return nil
			}
			out = utf8.AppendRune(out, r)
		default:
			s.fail()
			return nil
		}
	}
	s.fail()
	return nil
}

func (s *scan) hex4(i int) (rune, bool) {
	if i+4 > len(s.b) {
		return 0, false
	}
	v, err := strconv.ParseUint(string(s.b[i:i+4]), 16, 32)
	return rune(v), err == nil
}

// num reads an integer of at most 2^53 - 1 in absolute value; a fraction or an exponent is refused.
func (s *scan) num() int64 {
	s.ws()
	i, neg := s.p, false
	if i < len(s.b) && s.b[i] == '-' {
		neg = true
		i++
	}
	first, v := i, int64(0)
	for i < len(s.b) && s.b[i] >= '0' && s.b[i] <= '9' {
		v = v*10 + int64(s.b[i]-'0')
		if v > maxInt {
			s.fail()
			return 0
		}
		i++
	}
	if i == first || (s.b[first] == '0' && i-first > 1) {
		s.fail()
		return 0
	}
	if i < len(s.b) && (s.b[i] == '.' || s.b[i] == 'e' || s.b[i] == 'E') {
		s.fail()
		return 0
	}
	s.p = i
	if neg {
		return -v
	}
	return v
}

func (s *scan) word(w string) bool {
	if s.p+len(w) <= len(s.b) && string(s.b[s.p:s.p+len(w)]) == w {
		s.p += len(w)
		return true
	}
	s.fail()
	return false
}

// skip passes over a value that nobody asked for.
func (s *scan) skip(depth int) {
	if depth > 16 {
		s.fail()
		return
	}
	switch c := s.peek(); c {
	case '"':
		s.str()
	case '{':
		s.p++
		for k := []byte(nil); s.field(&k); {
			s.skip(depth + 1)
		}
	case '[':
		s.p++
		for n := 0; s.more(n); n++ {
			s.skip(depth + 1)
		}
	case 't':
		s.word("true")
	case 'f':
		s.word("false")
	case 'n':
		s.word("null")
	default:
		if c == '-' || (c >= '0' && c <= '9') {
			for s.p < len(s.b) && (s.b[s.p] == '-' || s.b[s.p] == '+' || s.b[s.p] == '.' || s.b[s.p]|0x20 == 'e' ||
				(s.b[s.p] >= '0' && s.b[s.p] <= '9')) {
				s.p++
			}
			return
		}
		s.fail()
	}
}

// end holds that nothing follows.
func (s *scan) end() error {
	if s.peek() != 0 || s.p < len(s.b) {
		s.fail()
	}
	return s.err
}

const hexDigits = "0123456789abcdef"

func appendString(out []byte, text string) []byte {
	out = append(out, '"')
	plain := true
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < 0x20 || c == '"' || c == '\\' {
			plain = false
			break
		}
	}
	if plain {
		out = append(out, text...)
		return append(out, '"')
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c < 0x20:
			out = append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// The appenders below write `,"key":value`; key comes with its comma, quotes and colon.
func addStr(out []byte, key, text string) []byte { return appendString(append(out, key...), text) }
func addInt(out []byte, key string, v int64) []byte {
	return strconv.AppendInt(append(out, key...), v, 10)
}
