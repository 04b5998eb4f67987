package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"hash/maphash"
	"io"
	"os"
)

// index finds the place of something in a table of its own by its key; 4–8 bytes per entry, no pointers for the collector.
type index struct {
	slots []uint32 // place + 1
	n     int
	hash  func(place uint32) uint64
}

var seed = maphash.MakeSeed()

func (x *index) find(h uint64, same func(place uint32) bool) (uint32, bool) {
	if len(x.slots) == 0 {
		return 0, false
	}
	mask := uint64(len(x.slots) - 1)
	for i := h & mask; x.slots[i] != 0; i = (i + 1) & mask {
		if same(x.slots[i] - 1) {
			return x.slots[i] - 1, true
		}
	}
	return 0, false
}

func (x *index) put(h uint64, place uint32) {
	if 4*(x.n+1) > 3*len(x.slots) {
		old := x.slots
		size := 2 * len(old)
		if size == 0 {
			size = 1024
		}
		x.slots = make([]uint32, size)
		for _, s := range old {
			if s != 0 {
				x.place(x.hash(s-1), s)
			}
		}
	}
	x.place(h, place+1)
	x.n++
}

func (x *index) place(h uint64, s uint32) {
	mask := uint64(len(x.slots) - 1)
	i := h & mask
	for x.slots[i] != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = s
}

// move lets a key point to a newer place.
func (x *index) move(h uint64, old, place uint32) {
	mask := uint64(len(x.slots) - 1)
	i := h & mask
	for x.slots[i] != old+1 {
		i = (i + 1) & mask
	}
	x.slots[i] = place + 1
}

// Accounts of beneficiaries, at any bank. A record in the arena is: bank, status, lengths and texts of number, holder, personal id.
type accounts struct {
	arena  []byte
	byName index
	banks  []string
}

const (
	accountOpen = iota
	accountClosed
	accountBlocked
	accountDeceased
	accountNone // a payment to it was refused: it does not exist, but the payment remembers its number
	accountDormant
)

var accountStatus = map[string]byte{"open": accountOpen, "closed": accountClosed, "blocked": accountBlocked, "deceased": accountDeceased, "dormant": accountDormant, "": accountOpen}

type account struct {
	bank             string
	status           byte
	number, name, id []byte
}

func newAccounts() *accounts {
	a := &accounts{arena: make([]byte, 1, 1<<16)}
	a.byName.hash = func(place uint32) uint64 { return hashAccount(a.arena[place], a.at(place).number) }
	return a
}

func hashAccount(bank byte, number []byte) uint64 {
	return maphash.Bytes(seed, number) + uint64(bank)*0x9e3779b97f4a7c15
}

func (a *accounts) at(place uint32) account {
	r := a.arena[place:]
	v := account{bank: a.banks[r[0]], status: r[1]}
	n := r[2]
	v.number = r[3 : 3+n]
	r = r[3+n:]
	n = r[0]
	v.name = r[1 : 1+n]
	r = r[1+n:]
	v.id = r[1 : 1+r[0]]
	return v
}

// bank returns the place of a bank code, or 255 when it is not known and must not be added.
func (a *accounts) bank(code []byte, add bool) byte {
	for i, b := range a.banks {
		if b == string(code) {
			return byte(i)
		}
	}
	if !add || len(a.banks) == 255 {
		return 255
	}
	a.banks = append(a.banks, string(code))
	return byte(len(a.banks) - 1)
}

func (a *accounts) find(bank, number []byte) (uint32, bool) {
	b := a.bank(bank, false)
	if b == 255 {
		return 0, false
	}
	return a.byName.find(hashAccount(b, number), func(p uint32) bool {
		r := a.arena[p:]
		return r[0] == b && int(r[2]) == len(number) && bytes.Equal(r[3:3+len(number)], number)
	})
}

func (a *accounts) setStatus(place uint32, status byte) { a.arena[place+1] = status }

func (a *accounts) add(bank, number, name, id []byte, status byte) uint32 {
	b := a.bank(bank, true)
	place := uint32(len(a.arena))
	a.arena = append(a.arena, b, status, byte(len(number)))
	a.arena = append(append(a.arena, number...), byte(len(name)))
	a.arena = append(append(a.arena, name...), byte(len(id)))
	a.arena = append(a.arena, id...)
	a.byName.put(hashAccount(b, number), place)
	return place
}

// load reads bank,account,holder_name,personal_id,status with a heading; a line for a known account changes its status only.
func (a *accounts) load(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	for n := 1; ; n++ {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if n == 1 {
			if len(row) != 5 || row[0] != "bank" || row[1] != "account" {
				return fmt.Errorf("%s: the heading must be bank,account,holder_name,personal_id,status", path)
			}
			continue
		}
		status, known := accountStatus[row[4]]
		if !known || !allIn([]byte(row[0]), 2, 11, upperDigit) || !allIn([]byte(row[1]), 1, 34, alnum) || len(row[2]) > 200 || len(row[3]) > 20 {
			return fmt.Errorf("%s: line %d: bank, account, holder or status cannot be used", path, n)
		}
		if place, known := a.find([]byte(row[0]), []byte(row[1])); known {
			a.setStatus(place, status)
			continue
		}
		a.add([]byte(row[0]), []byte(row[1]), []byte(row[2]), []byte(row[3]), status)
	}
}

// An account number that orders misbehaviour begins with 9, has at least 12 digits, and its last two digits say what (01–12).
func suffixOf(number []byte) int {
	if len(number) < 12 || number[0] != '9' || !allIn(number, 12, 34, digit) {
		return 0
	}
	n := int(number[len(number)-2]-'0')*10 + int(number[len(number)-1]-'0')
	if n > 12 {
		return 0
	}
	return n
}
