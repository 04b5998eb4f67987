package main

import (
	"fmt"
	"time"
)

// An end-to-end id is 19 characters of Crockford's base32, 95 bits; it is kept in 12 bytes because a bank remembers millions.
type e2e [12]byte

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var crockfordValue = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i := 0; i < len(crockford); i++ {
		t[crockford[i]] = int8(i)
	}
	return
}()

func parseE2E(text []byte) (id e2e, ok bool) {
	if len(text) != 19 {
		return id, false
	}
	acc, bits, at := uint32(0), 0, 0
	for _, c := range text {
		v := crockfordValue[c]
		if v < 0 {
			return id, false
		}
		acc = acc<<5 | uint32(v)
		if bits += 5; bits >= 8 {
			bits -= 8
			id[at] = byte(acc >> bits)
			at++
		}
	}
	id[at] = byte(acc << (8 - bits))
	return id, true
}

func (id e2e) append(out []byte) []byte {
	acc, bits, at := uint32(0), 0, 0
	for n := 0; n < 19; n++ {
		if bits < 5 {
			acc = acc<<8 | uint32(id[at])
			at++
			bits += 8
		}
		bits -= 5
		out = append(out, crockford[acc>>bits&31])
	}
	return out
}

func (id e2e) String() string { return string(id.append(nil)) }

// Business time: whole seconds in Vietnam (+07:00 since 1975, no summer time); a day is a number of days since 1970-01-01 there.
const vietnam = 7 * 3600

type day int32

func dayOf(at int64) day     { return day((at + vietnam) / 86400) }
func (d day) start() int64   { return int64(d)*86400 - vietnam }
func (d day) String() string { return string(d.append(nil)) }
func (d day) append(out []byte) []byte {
	return time.Unix(int64(d)*86400, 0).UTC().AppendFormat(out, "2006-01-02")
}

// short is the yymmdd of bank references.
func (d day) short(out []byte) []byte {
	return time.Unix(int64(d)*86400, 0).UTC().AppendFormat(out, "060102")
}

func parseDay(text string) (day, error) {
	t, err := time.Parse("2006-01-02", text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a day such as 2024-04-03", text)
	}
	return day(t.Unix() / 86400), nil
}

func appendInstant(out []byte, at int64) []byte {
	return time.Unix(at+vietnam, 0).UTC().AppendFormat(out, "2006-01-02T15:04:05+07:00")
}

func parseInstant(text []byte) (int64, bool) {
	if len(text) != 25 || string(text[19:]) != "+07:00" {
		return 0, false
	}
	t, err := time.Parse("2006-01-02T15:04:05", string(text[:19]))
	return t.Unix() - vietnam, err == nil
}

// What the API calls a payment's status, in the order of its rank.
type status uint8

const (
	NOTF status = iota
	PDNG
	ACCP
	ACSC
	ACCC
	RJCT
)

var statusNames = [...]string{"NOTF", "PDNG", "ACCP", "ACSC", "ACCC", "RJCT"}

func (s status) String() string { return statusNames[s] }

func parseStatus(text []byte) (status, bool) {
	for i, n := range statusNames {
		if n == string(text) {
			return status(i), true
		}
	}
	return 0, false
}

// Reasons are few; a payment keeps the place of its reason in this table.
type reason uint8

var reasonNames = [...]string{"", "AC01", "AC04", "AC06", "AG01", "AM02", "AM04", "BE01", "DUPL", "MD07", "RC01", "TM01", "NARR", "FOCR", "MS03"}

func why(code string) reason {
	for i, n := range reasonNames {
		if n == code {
			return reason(i)
		}
	}
	return why("NARR")
}

func (r reason) String() string { return reasonNames[r] }

func allIn(text []byte, min, max int, ok func(c byte) bool) bool {
	if len(text) < min || len(text) > max {
		return false
	}
	for _, c := range text {
		if !ok(c) {
			return false
		}
	}
	return true
}

func upperDigit(c byte) bool { return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' }
func alnum(c byte) bool      { return upperDigit(c) || c >= 'a' && c <= 'z' }
func digit(c byte) bool      { return c >= '0' && c <= '9' }
func messageChar(c byte) bool {
	return upperDigit(c) || c == '-'
}
