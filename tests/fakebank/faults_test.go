package main

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func suffixRefused(suffix, want string) func(t *testing.T) {
	return func(t *testing.T) {
		b := given(t)
		equal(t, "reply", b.pay(1, 1000, "9700000000"+suffix), want)
		equal(t, "enquiry", b.enquire(1), want)
		equal(t, "executed", b.stat("executed"), 0)
	}
}

func suffix02(t *testing.T) {
	d := desk(t)
	b := given(t, "--callback-url", d.URL)
	equal(t, "reply", b.pay(1, 1000, "970000000002"), "PDNG")
	equal(t, "enquiry", b.enquire(1), "PDNG")
	eventually(t, "executed", func() bool { return b.enquire(1) == "ACCC" })
	eventually(t, "told", func() bool { return len(d.about(1)) == 1 && d.about(1)[0].Items[0].Status == "ACCC" })
	b.pay(2, 1000, "970000000002")
	b.kill9()
	b.start()
	b.order("next-day", nil)
	equal(t, "the end of the day waits for no one", len(b.statement(fundA, "2024-04-03").Lines), 2)
	eventually(t, "told", func() bool { return len(d.about(2)) == 1 })
}

func suffix03(t *testing.T) {
	for _, bulk := range []string{"true", "false"} {
		d := desk(t)
		b := given(t, "--callback-url", d.URL, "--callback-bulk="+bulk)
		b.call("/v1/transfers", transfer(fundA, payment(1, 1000, lan), payment(2, 1000, "970000000003"), payment(3, 1000, lan))).sure(t)
		eventually(t, "three callbacks", func() bool { return len(d.about(2)) == 3 && b.stat("callbacks_open") == 0 })
		ids := map[string]int{}
		for _, c := range d.about(2) {
			equal(t, "body", c.body, d.about(2)[0].body)
			ids[c.hook]++
		}
		equal(t, "ids", len(ids), 2)
		equal(t, "the others", words(len(d.about(1)), len(d.about(3))), "1 1")
		equal(t, "book", b.outcomes(2), []string{"paid"})
	}
}

func suffix04(t *testing.T) {
	b := given(t)
	b.pay(1, 1000, "970000000004")
	equal(t, "today", b.enquire(1), "ACCC")
	b.kill9()
	b.start()
	b.order("next-day", nil)
	b.order("next-day", nil)
	equal(t, "first day", len(b.statement(fundA, "2024-04-03").Lines), 1)
	s := b.statement(fundA, "2024-04-04")
	equal(t, "second day", len(s.Lines), 1)
	l := s.Lines[0]
	equal(t, "return", words(l.Direction, l.Amount, l.ID, l.Returned, l.Counterparty), words("credit", 1000, idOf(1), "AC04", "970000000004"))
	equal(t, "closing", s.Closing, 100000000)
	equal(t, "book", b.outcomes(1), []string{"returned"})
	b.order("next-day", nil)
	equal(t, "third day", len(b.statement(fundA, "2024-04-05").Lines), 0)
}

func suffix05(t *testing.T) {
	d := desk(t)
	b := given(t, "--callback-url", d.URL)
	b.call("/v1/transfers", transfer(fundA, payment(1, 1000, "970000000005"), payment(2, 1000, lan))).sure(t)
	eventually(t, "three tries", func() bool { return len(d.about(1)) == 3 && b.stat("callbacks_open") == 0 })
	for _, c := range d.about(1) {
		equal(t, "signed", c.signed, false)
	}
	equal(t, "the other", len(d.about(2)) == 1 && d.about(2)[0].signed, true)
}

func suffix07(t *testing.T) {
	d := desk(t)
	b := given(t, "--callback-url", d.URL)
	began := time.Now()
	r := b.call("/v1/transfers", transfer(fundA, payment(1, 1000, "970000000007"), payment(2, 1000, lan)))
	if r.err == nil || time.Since(began) < 250*time.Millisecond {
		t.Fatalf("answered after %v: %v", time.Since(began), r.err)
	}
	equal(t, "enquiries", words(b.enquire(1), b.enquire(2)), "ACCC ACCC")
	equal(t, "executed", b.stat("executed"), 2)
	eventually(t, "the other is told", func() bool { return len(d.about(2)) == 1 })
	equal(t, "told", len(d.about(1)), 0)
}

func suffix08(t *testing.T) {
	d := desk(t)
	b := given(t, "--callback-url", d.URL)
	equal(t, "reply", b.pay(1, 1000, "970000000008"), "ACCP")
	equal(t, "enquiry", b.enquire(1), "ACCP")
	b.order("next-day", nil)
	equal(t, "lines", len(b.statement(fundA, "2024-04-03").linesOf(1)), 1)
	equal(t, "enquiry when the day is closed", b.enquire(1), "ACCC")
	equal(t, "told", len(d.about(1)), 0)
}

func suffix11(t *testing.T) {
	b := given(t)
	equal(t, "reply", b.pay(1, 1000, "970000000011"), "ACCP")
	equal(t, "enquiry", b.enquire(1), "NOTF")
	b.kill9()
	b.start()
	equal(t, "enquiry after a crash", b.enquire(1), "NOTF")
	b.order("next-day", nil)
	equal(t, "lines", len(b.statement(fundA, "2024-04-03").Lines), 0)
	equal(t, "book", b.outcomes(1), []string{"forgotten"})
}

// suffix12 sends on one connection: the first message is answered, and the second one of the same connection is not.
func suffix12(t *testing.T) {
	b := given(t)
	one := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
	b.web = one
	equal(t, "on a new connection", b.pay(1, 1000, "970000000012"), "ACCP")
	equal(t, "on a reused connection", b.pay(2, 1000, "970000000012"), "unclear")
	equal(t, "enquiry", b.enquire(2), "ACCC")
	equal(t, "executed", words(b.stat("executed"), b.stat("items")), "2 2")
}

func suffixesElsewhere(t *testing.T) {
	b := given(t, "--any-account")
	for i, account := range []string{"800000000001", "97000000001", "970000000013", "970000000000", "97000000000A01", "000000000009"} {
		equal(t, account, b.pay(i, 1000, account), "ACCP")
	}
}

func replies500(t *testing.T) {
	b := given(t)
	b.order("will", item{"fault": "reply_500_before"})
	equal(t, "before", b.pay(1, 1000, lan), "unclear")
	equal(t, "enquiry", b.enquire(1), "NOTF")
	b.order("will", item{"fault": "reply_500_after"})
	equal(t, "after", b.pay(2, 1000, lan), "unclear")
	equal(t, "enquiry", b.enquire(2), "ACCC")
	b.order("will", item{"fault": "html_403", "when": "before"})
	equal(t, "403 before", b.pay(3, 1000, lan), "unclear")
	equal(t, "enquiry", b.enquire(3), "NOTF")
	b.order("will", item{"fault": "slow_down"})
	equal(t, "429", b.pay(4, 1000, lan), "slow_down")
	equal(t, "executed", b.stat("executed"), 1)
}

func spoiledReplies(t *testing.T) {
	b := given(t)
	for i, fault := range []string{"html_403", "drop_reply", "hang", "garble", "cut", "swap_replies"} {
		b.order("will", item{"fault": fault})
		equal(t, fault, b.pay(i, 1000, lan), "unclear")
		equal(t, fault+": enquiry", b.enquire(i), "ACCC")
	}
	b.order("will", item{"fault": "delay", "ms": 300})
	began := time.Now()
	equal(t, "delayed", b.pay(50, 1000, lan), "ACCP")
	if time.Since(began) < 300*time.Millisecond {
		t.Fatal("the reply came at once")
	}
	b.order("will", item{"fault": "drop_reply", "match": item{"call": "enquiries"}})
	if r := b.call("/v1/enquiries", item{"debtor_account": fundA, "items": []item{{"end_to_end_id": idOf(1)}}}); r.err == nil {
		t.Fatal("the enquiry was answered")
	}
	d := desk(t)
	c := given(t, "--callback-url", d.URL)
	c.order("will", item{"fault": "delay", "ms": 200})
	c.order("will", item{"fault": "early_callback"})
	done := make(chan string)
	go func() { done <- c.pay(1, 1000, lan) }()
	eventually(t, "the callback", func() bool { return len(d.about(1)) == 1 })
	select {
	case <-done:
		t.Fatal("the reply came before the callback")
	default:
	}
	equal(t, "the reply after it", <-done, "ACCP")
}

func wills(t *testing.T) {
	b := given(t)
	b.order("will", item{"fault": "reject", "reason": "AC06", "count": 2, "after_n": 1})
	b.order("will", item{"fault": "drop_reply", "always": true, "match": item{"amount": 777}})
	said := ""
	for i, amount := range []int64{1, 777, 2, 777, 3} {
		said += b.pay(i, amount, lan) + ";"
	}
	equal(t, "replies", said, "ACCP;unclear;RJCT AC06;unclear;ACCP;")
	equal(t, "the second was refused, unheard", b.enquire(1), "RJCT AC06")
	b.order("forgive", nil)
	equal(t, "forgiven", b.pay(9, 777, lan), "ACCP")
}

func staleEnquiry(t *testing.T) {
	b := given(t)
	b.pay(1, 1000, lan)
	b.order("will", item{"fault": "stale_enquiry", "count": 2})
	equal(t, "enquiries", words(b.enquire(1), b.enquire(1), b.enquire(1)), "NOTF NOTF ACCC")
}

func echoesAnotherAmount(t *testing.T) {
	b := given(t)
	b.order("will", item{"fault": "amount_plus_one"})
	r := b.call("/v1/transfers", transfer(fundA, payment(1, 1000, lan), payment(2, 1000, lan))).sure(t)
	equal(t, "amounts", words(r.Items[0].Amount, r.Items[1].Amount), "1001 1000")
	equal(t, "booked", b.book()[0][8], "1000")
}

func bookFaults(t *testing.T) {
	b := given(t)
	b.order("will", item{"fault": "short_amount", "by": 1})
	b.pay(1, 1000, lan)
	b.order("will", item{"fault": "double_debit"})
	b.pay(2, 2000, lan)
	b.order("will", item{"fault": "rogue_debit", "account": fundA, "amount": 55555})
	b.order("will", item{"fault": "hide_id"})
	b.pay(3, 3000, lan)
	b.pay(4, 4000, lan)
	b.order("will", item{"fault": "lose_statement_line", "match": item{"end_to_end_id": idOf(4)}})
	b.kill9()
	b.start()
	b.order("next-day", nil)
	s := b.statement(fundA, "2024-04-03")
	said := ""
	for _, l := range s.Lines {
		said += words(l.Amount, strings.TrimLeft(l.ID, "0")) + ";"
	}
	equal(t, "lines", said, "999 1;2000 2;2000 2;55555 ;3000 ;")
	equal(t, "the lost line shows in the balances", s.total()-s.Closing, 4000)
	equal(t, "closing", s.Closing, 100000000-999-4000-55555-3000-4000)
	book := ""
	for _, row := range b.book() {
		book += strings.TrimLeft(row[0], "0") + " " + row[3] + " " + row[8] + ";"
	}
	equal(t, "book", book, "1 paid 999;2 paid 2000;3 paid 3000;4 paid 4000;2 paid 2000;")
	equal(t, "entries", strings.Count(string(b.get("entries.csv")), "\n"), 7)
	b.pay(5, 1000, lan)
	b.order("will", item{"fault": "lost_line", "well": true})
	b.order("next-day", nil)
	s = b.statement(fundA, "2024-04-04")
	equal(t, "a line that is hidden well", words(len(s.Lines), s.total()-s.Closing), "0 0")
	b.order("next-day", nil)
	equal(t, "the chain goes on", b.statement(fundA, "2024-04-05").Opening, s.Closing)
}

func forgets(t *testing.T) {
	b := given(t)
	b.order("will", item{"fault": "forget"})
	b.pay(1, 1000, lan)
	equal(t, "enquiry", b.enquire(1), "NOTF")
	equal(t, "again", b.pay(1, 1000, lan), "ACCP")
	equal(t, "enquiry", b.enquire(1), "ACCC")
	equal(t, "counts", words(b.stat("executed"), b.stat("duplicates"), b.stat("forgotten")), "1 0 1")
}

func brokenBook(t *testing.T) {
	b := given(t)
	b.pay(1, 1000, lan)
	b.order("next-day", nil)
	b.kill9()
	path := b.dir + "/book/book.jsonl"
	text, _ := os.ReadFile(path)
	for _, change := range []struct{ old, new string }{{`"amt":1000,`, `"amt":1001,`}, {`"ref":1,`, `"ref":2,`}, {`"entry":1}`, `"entry":2}`}, {`"f":"xfer"`, `"f":"gift"`}} {
		if !strings.Contains(string(text), change.old) {
			t.Fatalf("the book has no %s: %s", change.old, text)
		}
		os.WriteFile(path, []byte(strings.Replace(string(text), change.old, change.new, 1)), 0o600)
		cmd := exec.Command(os.Args[0], b.args...)
		cmd.Env = append(os.Environ(), "FAKEBANK_TEST_CHILD=1")
		said, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != 78 || !strings.Contains(string(said), "line ") {
			t.Fatalf("%s: %v %s", change.new, err, said)
		}
	}
	os.WriteFile(path, text, 0o600)
	b.start()
}

func oneBankPerBook(t *testing.T) {
	b := given(t)
	cmd := exec.Command(os.Args[0], b.args...)
	cmd.Env = append(os.Environ(), "FAKEBANK_TEST_CHILD=1")
	said, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(said), "in use") {
		t.Fatalf("%v %s", err, said)
	}
}
