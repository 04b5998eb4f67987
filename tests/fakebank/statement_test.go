package main

import (
	"fmt"
	"testing"
)

func threeDays(t *testing.T) {
	b := given(t)
	n := 0
	for _, date := range []string{"2024-04-03", "2024-04-04", "2024-04-05"} {
		for i := 0; i < 7; i++ {
			n++
			b.pay(n, int64(100000+n), lan)
		}
		b.pay(100+n, 300000, "970000000004")
		b.order("book", item{"account": fundA, "direction": "credit", "amount": 5000000, "text": "KHO BAC CHUYEN TIEN", "counterparty": "KB701"})
		b.order("book", item{"account": fundA, "direction": "debit", "amount": 23000, "text": "PHI DICH VU"})
		b.order("book", item{"account": fundB, "direction": "credit", "amount": 17, "text": "LAI TIEN GUI"})
		b.order("next-day", nil)
		_ = date
		if date == "2024-04-04" {
			b.kill9()
			b.start()
		}
	}
	for _, fund := range []string{fundA, fundB} {
		last, refs := int64(100000000), map[string]bool{}
		if fund == fundB {
			last = 0
		}
		for i, date := range []string{"2024-04-03", "2024-04-04", "2024-04-05"} {
			s := b.statement(fund, date)
			equal(t, date+" opening", s.Opening, last)
			equal(t, date+" closing", s.total(), s.Closing)
			equal(t, date+" sequence", s.Sequence, i+1)
			if want := map[bool]int{true: 10, false: 1}[fund == fundA]; len(s.Lines) != want+map[bool]int{true: 1}[i > 0 && fund == fundA] {
				t.Fatalf("%s %s has %d lines", fund, date, len(s.Lines))
			}
			for _, l := range s.Lines {
				if refs[l.Ref] {
					t.Fatalf("entry %s stands twice", l.Ref)
				}
				refs[l.Ref] = true
			}
			last = s.Closing
		}
	}
	b.order("date", item{"date": "2024-04-10"})
	empty := b.statement(fundB, "2024-04-06")
	equal(t, "a day without movement", words(len(empty.Lines), empty.Opening, empty.Closing, empty.Sequence), "0 51 51 4")
	equal(t, "no business day", b.page(fundA, "2024-04-08", 1).Error.Code, "no_statement")
	equal(t, "before the first", b.page(fundA, "2024-04-02", 1).Error.Code, "no_statement")
}

func notYet(t *testing.T) {
	b := given(t)
	b.pay(1, 500000, lan)
	equal(t, "today", b.page(fundA, "2024-04-03", 1).Error.Code, "not_yet")
	equal(t, "tomorrow", b.page(fundA, "2024-04-04", 1).Error.Code, "not_yet")
	equal(t, "another account", b.page("1", "2024-04-03", 1).Error.Code, "unknown_account")
	b.order("next-day", nil)
	equal(t, "page 0", b.page(fundA, "2024-04-03", 0).Error.Code, "no_such_page")
	equal(t, "page 2", b.page(fundA, "2024-04-03", 2).Error.Code, "no_such_page")
	s := b.statement(fundB, "2024-04-03")
	equal(t, "without movement", words(s.Pages, len(s.Lines), s.LineCountJSON, s.Opening, s.Closing), "1 0 0 0 0")
}

func pages(t *testing.T) {
	b := given(t, "--page-lines", "40")
	for m := 0; m < 2; m++ {
		var items []item
		for i := 0; i < 90; i++ {
			items = append(items, payment(m*1000+i, int64(1000+i), fmt.Sprintf("3001000%03d55", 100+i)))
		}
		b.call("/v1/transfers", transfer(fundA, items...)).sure(t)
	}
	b.order("will", item{"fault": "lose_statement_line", "match": item{"end_to_end_id": idOf(45)}, "well": true})
	b.order("next-day", nil)
	s := b.statement(fundA, "2024-04-03")
	equal(t, "pages", s.Pages, 5)
	equal(t, "lines", len(s.Lines), 179)
	equal(t, "closing", s.total(), s.Closing)
	equal(t, "last page", len(b.page(fundA, "2024-04-03", 5).Lines), 19)
}

func batchBooked(t *testing.T) {
	b := given(t)
	b.order("batch-book", item{"n": 3, "account": fundA})
	b.pay(1, 100000, lan)
	b.pay(2, 200000, "200100000459")
	b.pay(3, 300000, lan)
	b.kill9()
	b.start()
	b.pay(4, 400000, lan)
	b.kill9()
	b.start()
	b.pay(5, 500000, lan)
	b.order("batch-book", item{"n": 10, "account": fundA})
	b.pay(6, 600000, lan)
	b.pay(7, 700000, lan)
	b.order("next-day", nil)
	b.pay(8, 800000, lan)
	s := b.statement(fundA, "2024-04-03")
	equal(t, "lines", len(s.Lines), 3)
	equal(t, "closing", s.total(), s.Closing)
	equal(t, "closing", s.Closing, 100000000-2600000)
	equal(t, "first debit", words(s.Lines[0].Amount, s.Lines[0].ID, len(s.Lines[0].Details), s.Lines[0].Details[2].ID), words(800000, "", 3, idOf(4)))
	equal(t, "day's end books what was collected", words(s.Lines[2].Amount, len(s.Lines[2].Details)), "1300000 2")
	for _, row := range b.book() {
		if row[0] == idOf(3) {
			equal(t, "book", row[5], s.Lines[0].Ref)
		}
	}
}

func openCredits(t *testing.T) {
	b := given(t)
	b.order("book", item{"account": fundA, "direction": "credit", "amount": 5000000, "text": "KHO BAC", "counterparty": "KB701", "remittance": "LENH 1"})
	b.order("clock", item{"time": "10:00"})
	b.order("book", item{"account": fundA, "direction": "credit", "amount": 7000000, "text": "KHO BAC", "remittance": "LENH 2"})
	b.pay(1, 500000, lan)
	ask := func(since string) *testReply {
		return b.call("/v1/credits", item{"account": fundA, "since": since}).sure(t)
	}
	all := ask("2024-04-03T00:00:00+07:00")
	equal(t, "all", words(len(all.Credits), all.Balance), "2 111500000")
	late := ask("2024-04-03T09:00:00+07:00")
	equal(t, "since nine", words(len(late.Credits), late.Credits[0].Remittance), "1 LENH 2")
	b.order("next-day", nil)
	equal(t, "the next day", len(ask("2024-04-03T00:00:00+07:00").Credits), 0)
	equal(t, "reference", b.statement(fundA, "2024-04-03").Lines[0].Ref, all.Credits[0].Ref)
}

func postingLag(t *testing.T) {
	b := given(t, "--posting-lag-days", "1")
	b.pay(1, 60000000, lan)
	equal(t, "enquiry", b.enquire(1), "ACCC")
	equal(t, "money that is not booked is spent all the same", b.pay(2, 60000000, lan), "RJCT AM04")
	b.kill9()
	b.start()
	b.order("next-day", nil)
	b.order("next-day", nil)
	equal(t, "day of execution", len(b.statement(fundA, "2024-04-03").Lines), 0)
	l := b.statement(fundA, "2024-04-04").Lines
	equal(t, "day after", words(len(l), l[0].ValueDate), "1 2024-04-03")
}
