package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestBank(t *testing.T) {
	rules := []struct {
		rule string
		test func(t *testing.T)
	}{
		{"a payment is executed once, told by callback and stands on the statement", aPayment},
		{"a request that is unsigned, signed by another, changed or old executes nothing", badRequests},
		{"a message that is not of the dialect is refused as a whole and executes nothing", malformedMessages},
		{"what is not the HTTP of the API is refused, and Expect is answered", strictHTTP},
		{"the control endpoint is reached through the port file", controlProgram},
		{"the signatures printed in the API document verify", documentVectors},
		{"what was answered before kill -9 is in the book, and a torn last line is cut off", killNine},
		{"a known id is not executed again, and with another content it is refused", deduplicates},
		{"an id is forgotten after dedupe-days", forgetsIDs},
		{"a bank that does not deduplicate pays the same id twice", paysTwice},
		{"nothing is executed after valid-until where the bank honours it", validUntil},
		{"a bank that ignores valid-until pays late", ignoresValidUntil},
		{"the statements of three days chain, and each follows from its lines", threeDays},
		{"a statement of an open day is not there yet", notYet},
		{"a long statement comes in pages that add up", pages},
		{"one debit may book several payments and lists them", batchBooked},
		{"credits of the open day are shown with the balance", openCredits},
		{"account inquiries tell status, holder and whether the personal ID fits", accountInquiries},
		{"without funds a payment is refused and the rest of the message is not", withoutFunds},
		{"a payment to an account that is unknown, closed or blocked is refused", refusedAccounts},
		{"payments may be booked days after their execution", postingLag},
		{"callbacks come in bulk where the bank is set so, else one by one", bulkCallbacks},
		{"a callback that is not taken comes again with the same id and body", callbackRetries},
		{"callbacks that were not taken come after a restart", callbacksAfterRestart},
		{"callbacks can be kept back, and thrown away", callbackModes},
		{"any callback can be sent once more, forged or for an unknown payment", orderedCallbacks},
		{"suffix 01 is closed", suffixRefused("01", "RJCT AC04")},
		{"suffix 02 is pending, then executed", suffix02},
		{"suffix 03 calls back three times under two ids", suffix03},
		{"suffix 04 is returned on the next day", suffix04},
		{"suffix 05 calls back with a bad signature", suffix05},
		{"suffix 06 is deceased", suffixRefused("06", "RJCT MD07")},
		{"suffix 07 is executed, then the bank is silent until the connection is closed", suffix07},
		{"suffix 08 is accepted and silent, and stands on the statement", suffix08},
		{"suffix 09 is blocked", suffixRefused("09", "RJCT AC06")},
		{"suffix 10 has another name", suffixRefused("10", "RJCT BE01")},
		{"suffix 11 is accepted, forgotten and never executed", suffix11},
		{"suffix 12 closes a reused connection after reading, having executed once", suffix12},
		{"numbers that do not begin with 9 or are short misbehave in nothing", suffixesElsewhere},
		{"a reply 500 before and after execution looks the same and is not", replies500},
		{"a dropped, cut, garbled, swapped or unsigned reply is no answer, and the payment is executed", spoiledReplies},
		{"an order waits for what it matches, and for its turn", wills},
		{"a stale enquiry finds nothing", staleEnquiry},
		{"a reply may echo another amount", echoesAnotherAmount},
		{"a debit may be short, doubled, rogue or left out of the statement, and the book tells", bookFaults},
		{"a forgotten payment can be paid again", forgets},
		{"a book that does not follow from itself is not opened", brokenBook},
		{"two banks cannot share a book", oneBankPerBook},
	}
	for _, r := range rules {
		r := r
		t.Run(r.rule, func(t *testing.T) { t.Parallel(); r.test(t) })
	}
}

func aPayment(t *testing.T) {
	d := desk(t)
	b := given(t, "--callback-url", d.URL)
	equal(t, "reply", b.pay(1, 2789000, lan), "ACCP")
	equal(t, "enquiry", b.enquire(1), "ACCC")
	eventually(t, "a callback", func() bool { return len(d.about(1)) == 1 })
	c := d.about(1)[0]
	if !c.signed || c.Type != "payout.status" || c.Items[0].Status != "ACCC" || c.Items[0].Amount != 2789000 || c.Items[0].Account != lan ||
		!strings.HasPrefix(c.Items[0].Time, "2024-04-03T08:0") {
		t.Fatalf("the callback is %+v", c)
	}
	equal(t, "enquiry for another", b.enquire(2), "NOTF")
	b.order("next-day", nil)
	s := b.statement(fundA, "2024-04-03")
	equal(t, "lines", len(s.Lines), 1)
	l := s.Lines[0]
	if l.Direction != "debit" || l.Amount != 2789000 || l.ID != idOf(1) || l.Counterparty != lan || l.ValueDate != "2024-04-03" ||
		l.Remittance != idOf(1)+" TRO CAP 04/2024" {
		t.Fatalf("the line is %+v", l)
	}
	equal(t, "book", b.book(), [][]string{{idOf(1), "2789000", lan, "paid", "2024-04-03", l.Ref, "", fundA, "2789000"}})
	eventually(t, "nothing open", func() bool { return b.stat("callbacks_open") == 0 })
	equal(t, "callbacks", len(d.about(1)), 1)
}

func badRequests(t *testing.T) {
	b := given(t)
	body, _ := json.Marshal(merge(transfer(fundA, payment(1, 500000, lan)), item{"message_id": "T-1"}))
	other := writeKey(t, b.dir+"/other.key", 9)
	old := fmt.Sprint(time.Now().Unix() - 400)
	for name, change := range map[string]func(h http.Header){
		"unsigned": func(h http.Header) { h.Del("webhook-signature") },
		"other key": func(h http.Header) {
			h.Set("webhook-signature", signText(other, "T-1", h.Get("webhook-timestamp"), body))
		},
		"other id":   func(h http.Header) { h.Set("webhook-id", "T-2") },
		"other time": func(h http.Header) { h.Set("webhook-timestamp", fmt.Sprint(time.Now().Unix()-1)) },
		"a v1 signature": func(h http.Header) {
			h.Set("webhook-signature", strings.Replace(h.Get("webhook-signature"), "v1a,", "v1,", 1))
		},
		"old": func(h http.Header) {
			h.Set("webhook-timestamp", old)
			h.Set("webhook-signature", signText(b.payer, "T-1", old, body))
		},
	} {
		r := b.send(b.web, "/v1/transfers", "T-1", body, change)
		if name == "other id" {
			equal(t, name, r.http, 401)
			continue
		}
		want := "bad_signature"
		if name == "old" {
			want = "bad_timestamp"
		}
		equal(t, name, words(r.err, r.http, r.Error.Code), words(nil, 401, want))
	}
	changed := []byte(strings.Replace(string(body), "500000", "900000", -1))
	r := b.send(b.web, "/v1/transfers", "T-1", changed, func(h http.Header) {
		h.Set("webhook-signature", signText(b.payer, "T-1", h.Get("webhook-timestamp"), body))
	})
	equal(t, "changed", r.Error.Code, "bad_signature")
	r = b.send(b.web, "/v1/transfers", "t 1", body, func(h http.Header) {})
	if r.http != 400 || r.err == nil {
		t.Fatalf("a request without a usable id: %d %v", r.http, r.err)
	}
	equal(t, "executed", b.stat("executed"), 0)
	r = b.send(b.web, "/v1/transfers", "T-1", body, func(h http.Header) { // during a replacement of keys both sign
		stamp := h.Get("webhook-timestamp")
		h.Set("webhook-signature", signText(other, "T-1", stamp, body)+" v1,aGVsbG8= "+signText(b.payer, "T-1", stamp, body))
	})
	equal(t, "a good one among others", words(r.err, r.http, b.stat("executed")), "<nil> 200 1")
}

func merge(a, b item) item {
	out := item{}
	for k, v := range a {
		out[k] = v
	}
	for k, v := range b {
		out[k] = v
	}
	return out
}

func malformedMessages(t *testing.T) {
	b := given(t)
	good := func() item { return transfer(fundA, payment(1, 500000, lan)) }
	with := func(k string, v interface{}) item { return merge(good(), item{k: v}) }
	inItem := func(k string, v interface{}) item {
		p := payment(1, 500000, lan)
		p[k] = v
		return with("items", []item{p})
	}
	without := func(k string) item {
		m := good()
		delete(m, k)
		return m
	}
	many := make([]item, 501)
	for i := range many {
		many[i] = payment(i, 1, lan)
	}
	for _, c := range []struct {
		body item
		code string
	}{
		{without("valid_until"), "malformed"}, {without("sum"), "malformed"}, {with("items", []item{}), "malformed"},
		{with("message_id", "OTHER"), "malformed"}, {with("valid_until", "2024-04-05T16:00:00Z"), "malformed"},
		{with("count", 2), "wrong_control_sum"}, {with("sum", 500001), "wrong_control_sum"}, {with("currency", "USD"), "wrong_currency"},
		{with("debtor_account", "119999999999"), "unknown_account"}, {inItem("amount", 500000.5), "malformed"}, {inItem("amount", "500000"), "malformed"},
		{inItem("amount", 0), "malformed"}, {inItem("amount", -1), "malformed"}, {inItem("end_to_end_id", "00000000000000000OI"), "malformed"},
		{inItem("end_to_end_id", idOf(1)[1:]), "malformed"}, {inItem("creditor_account", "12-34"), "malformed"}, {inItem("creditor_bank", "d"), "malformed"},
		{inItem("creditor_name", ""), "malformed"}, {inItem("creditor_name", strings.Repeat("Ă", 71)), "malformed"},
		{inItem("remittance", strings.Repeat("x", 141)), "malformed"},
		{transfer(fundA, payment(1, 1, lan), payment(2, 1, lan), payment(1, 1, lan)), "duplicate_in_message"}, {transfer(fundA, many...), "too_many_items"},
	} {
		r := b.call("/v1/transfers", c.body)
		equal(t, words(c.body)[:min(200, len(words(c.body)))], words(r.err, r.Error.Code), words(nil, c.code))
	}
	for _, raw := range []string{``, `[]`, `{`, `{"message_id":"%s"`, `{"message_id":"%s","message_id":"%s"}`, "{\"message_id\":\"\xff\"}"} {
		id := b.messageID()
		raw = strings.ReplaceAll(raw, "%s", id)
		r := b.send(b.web, "/v1/transfers", id, []byte(raw), func(http.Header) {})
		equal(t, raw, r.Error.Code, "malformed")
	}
	body, _ := json.Marshal(merge(good(), item{"message_id": "T-9000"}))
	r := b.send(b.web, "/v1/transfers", "T-9000", []byte(strings.Replace(string(body), `"currency"`, `"sum":500000,"currency"`, 1)), func(http.Header) {})
	equal(t, "the same key twice", r.Error.Code, "malformed")
	equal(t, "unknown path", b.call("/v1/nothing", good()).Error.Code, "unknown_path")
	equal(t, "executed", b.stat("executed"), 0)
	r = b.call("/v1/transfers", with("x", item{"y": []item{{"z": nil}}})).sure(t)
	equal(t, "a field that nobody knows is no harm", r.Items[0].Status, "ACCP")
	r = b.call("/v1/transfers", transfer(fundA, merge(payment(2, 1, lan), item{"creditor_name": strings.Repeat("Ă", 70), "remittance": "Ủy ban \"phường\" \\ <\t>"}))).sure(t)
	b.order("next-day", nil)
	equal(t, "remittance", b.statement(fundA, "2024-04-03").linesOf(2)[0].Remittance, "Ủy ban \"phường\" \\ <\t>")
}

// documentVectors takes the examples out of the API document and verifies them with the keys printed there.
func documentVectors(t *testing.T) {
	text, err := os.ReadFile("../../bankapi/chitra-json.md")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := parsePublic(strings.Join(regexp.MustCompile(`whpk_[A-Za-z0-9+/]{43}=`).FindAllString(string(text), -1), ","))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?s)webhook-id: (\S+)\nwebhook-timestamp: (\d+)\nwebhook-signature: (v1a,\S+)\nContent-Length: (\d+)\n\n(\{.*?\})\n`).FindAllStringSubmatch(string(text), -1)
	equal(t, "examples", len(found), 4)
	for i, m := range found {
		equal(t, "length", m[4], len(m[5]))
		err := verify(keys, []byte(m[1]), []byte(m[2]), []byte(m[3]), []byte(m[5]))
		equal(t, words("example ", i), err, errTimestamp) // good but for its age
		changed := strings.Replace(m[5], "0", "1", 1)
		equal(t, "changed", verify(keys, []byte(m[1]), []byte(m[2]), []byte(m[3]), []byte(changed)), errSignature)
	}
}

func killNine(t *testing.T) {
	b := given(t, "--reply-delay", "4ms")
	b.order("book", item{"account": fundB, "direction": "credit", "amount": 900000, "text": "KHO BAC"})
	var mu sync.Mutex
	answered := map[int]bool{}
	var group sync.WaitGroup
	for w := 0; w < 8; w++ {
		group.Add(1)
		go func(w int) {
			defer group.Done()
			for i := 0; i < 2000; i++ {
				n := w*10000 + i
				body, _ := json.Marshal(merge(transfer(fundA, payment(n, 1000, lan)), item{"message_id": fmt.Sprint("K-", n)}))
				r := b.send(b.web, "/v1/transfers", fmt.Sprint("K-", n), body, func(http.Header) {})
				if r.err != nil {
					return
				}
				mu.Lock()
				answered[n] = true
				mu.Unlock()
			}
		}(w)
	}
	time.Sleep(150 * time.Millisecond)
	b.kill9()
	group.Wait()
	path := b.dir + "/book/book.jsonl"
	f, _ := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	f.WriteString(`{"f":"xfer","id":"0000`)
	f.Close()
	b.start()
	if len(answered) == 0 {
		t.Fatal("nothing was answered before the kill")
	}
	paid := map[string]bool{}
	for _, row := range b.book() {
		paid[row[0]] = row[3] == "paid" && row[5] != ""
	}
	for n := range answered {
		if !paid[idOf(n)] {
			t.Fatalf("%d was answered and is not in the book (%d answered)", n, len(answered))
		}
	}
	t.Logf("%d answered, %d in the book", len(answered), len(paid))
	text, _ := os.ReadFile(path)
	if strings.Contains(string(text), `"0000`+"\n") || !strings.HasSuffix(string(text), "}\n") {
		t.Fatal("the torn line is still there")
	}
	one := 0
	for n := range answered {
		one = n
	}
	equal(t, "paid again", b.pay(one, 1000, lan), "ACCC")
	equal(t, "executed", b.stat("executed"), len(paid))
	equal(t, "distinct", b.stat("distinct"), len(paid))
	b.order("next-day", nil)
	s := b.statement(fundA, "2024-04-03")
	equal(t, "lines", len(s.Lines), len(paid))
	equal(t, "closing", s.total(), s.Closing)
	equal(t, "fund B", b.statement(fundB, "2024-04-03").Closing, 900000)
	b.kill9()
	b.start()
	equal(t, "the same statement", words(b.statement(fundA, "2024-04-03").Lines), words(s.Lines))
}

func deduplicates(t *testing.T) {
	b := given(t)
	equal(t, "first", b.pay(1, 500000, lan), "ACCP")
	equal(t, "again", b.pay(1, 500000, lan), "ACCC")
	equal(t, "other amount", b.pay(1, 500001, lan), "RJCT DUPL")
	equal(t, "other account", b.pay(1, 500000, "300100010055"), "RJCT DUPL")
	r := b.call("/v1/transfers", transfer(fundB, payment(1, 500000, lan))).sure(t)
	equal(t, "other debtor", r.Items[0].Reason, "DUPL")
	equal(t, "refused", b.pay(2, 500000, "200100000459"), "RJCT AC04")
	b.order("account", item{"account": "200100000459", "status": "open"})
	equal(t, "refused again although the account is open now", b.pay(2, 500000, "200100000459"), "RJCT AC04")
	equal(t, "enquiry of the other debtor", b.call("/v1/enquiries", item{"debtor_account": fundB, "items": []item{{"end_to_end_id": idOf(1)}}}).sure(t).Items[0].Status, "NOTF")
	equal(t, "counts", words(b.stat("executed"), b.stat("duplicates"), b.stat("repeated"), b.stat("distinct")), "1 0 5 2")
	b.kill9()
	b.start()
	equal(t, "after a crash", b.pay(1, 500000, lan), "ACCC")
	equal(t, "book", b.outcomes(1), []string{"paid"})
}

func forgetsIDs(t *testing.T) {
	b := given(t, "--dedupe-days", "2", "--honour-valid-until=false")
	b.pay(1, 500000, lan)
	b.order("date", item{"date": "2024-04-05"})
	b.pay(1, 500000, lan)
	equal(t, "two days later", b.stat("duplicates"), 0)
	b.order("next-day", nil)
	b.pay(1, 500000, lan)
	equal(t, "three days later", b.stat("duplicates"), 1)
}

func paysTwice(t *testing.T) {
	b := given(t, "--dedup=false")
	equal(t, "first", b.pay(1, 500000, lan), "ACCP")
	equal(t, "second", b.pay(1, 500000, lan), "ACCP")
	equal(t, "counts", words(b.stat("executed"), b.stat("duplicates"), b.stat("distinct")), "2 1 1")
	b.kill9()
	b.start()
	equal(t, "counts after a crash", words(b.stat("executed"), b.stat("duplicates"), b.stat("distinct")), "2 1 1")
	equal(t, "book", b.outcomes(1), []string{"paid", "paid"})
	b.order("next-day", nil)
	equal(t, "lines", len(b.statement(fundA, "2024-04-03").linesOf(1)), 2)
}

func validUntil(t *testing.T) {
	b := given(t)
	b.order("date", item{"date": "2024-04-05"})
	b.order("clock", item{"time": "15:59"})
	equal(t, "in time", b.pay(1, 500000, lan), "ACCP")
	b.pay(3, 500000, "970000000002")
	b.order("clock", item{"time": "16:01"})
	equal(t, "late", b.pay(2, 500000, lan), "RJCT TM01")
	equal(t, "known, and late", b.pay(1, 500000, lan), "ACCC")
	eventually(t, "the pending one is refused", func() bool { return b.enquire(3) == "RJCT TM01" })
	b.order("next-day", nil)
	equal(t, "lines", len(b.statement(fundA, "2024-04-05").Lines), 1)
}

func ignoresValidUntil(t *testing.T) {
	b := given(t, "--honour-valid-until=false")
	b.order("date", item{"date": "2024-04-08"})
	equal(t, "late", b.pay(1, 500000, lan), "ACCP")
	equal(t, "book", b.outcomes(1), []string{"paid"})
}

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

func accountInquiries(t *testing.T) {
	b := given(t)
	ask := item{"items": []item{{"bank": "DEMO", "account": lan, "personal_id": "099145000345"}, {"bank": "DEMO", "account": lan, "personal_id": "099145000346"},
		{"bank": "DEMO", "account": lan}, {"bank": "DEMO", "account": "200100000459"}, {"bank": "DEMO", "account": "200100000478", "personal_id": "099145000346"},
		{"bank": "970436", "account": "0011004455"}, {"bank": "DEMO", "account": "0011004455"}, {"bank": "DEMO", "account": "970000000001"},
		{"bank": "DEMO", "account": "970000000009"}, {"bank": "DEMO", "account": "200100000499"}}}
	id := b.messageID()
	body, _ := json.Marshal(merge(ask, item{"message_id": id}))
	q, _ := http.NewRequest("POST", "http://"+b.api+"/v1/account-inquiries", strings.NewReader(string(body)))
	stamp := fmt.Sprint(time.Now().Unix())
	q.Header = http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {stamp}, "Webhook-Signature": {signText(b.payer, id, stamp, body)}}
	got, err := b.web.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	var reply struct {
		Items []struct {
			Status string
			Holder string `json:"holder_name"`
			Match  *bool  `json:"personal_id_match"`
		}
	}
	json.NewDecoder(got.Body).Decode(&reply)
	said := ""
	for _, it := range reply.Items {
		m := "null"
		if it.Match != nil {
			m = fmt.Sprint(*it.Match)
		}
		said += it.Status + "," + it.Holder + "," + m + "\n"
	}
	equal(t, "answers", said, "open,NGUYEN THI LAN,true\nopen,NGUYEN THI LAN,false\nopen,NGUYEN THI LAN,null\nclosed,TRAN VAN MINH,null\nblocked,LE VAN AN,null\n"+
		"open,PHAM THI HOA,null\nnot_found,,null\nclosed,NGUYEN VAN THU,null\nblocked,NGUYEN VAN THU,null\nblocked,DO VAN BA,null\n")
}

func withoutFunds(t *testing.T) {
	b := given(t)
	r := b.call("/v1/transfers", transfer(fundA, payment(1, 60000000, lan), payment(2, 60000000, lan), payment(3, 40000000, lan), payment(4, 1, lan))).sure(t)
	equal(t, "outcomes", words(r.Items[0].Status, r.Items[1].Reason, r.Items[2].Status, r.Items[3].Reason), "ACCP AM04 ACCP AM04")
}

func refusedAccounts(t *testing.T) {
	b := given(t)
	equal(t, "unknown", b.pay(1, 1, "400000000000"), "RJCT AC01")
	equal(t, "closed", b.pay(2, 1, "200100000459"), "RJCT AC04")
	equal(t, "blocked", b.pay(3, 1, "200100000478"), "RJCT AC06")
	equal(t, "deceased", b.pay(4, 1, "200100000499"), "RJCT MD07")
	r := b.call("/v1/transfers", transfer(fundA, merge(payment(5, 1, "0011004455"), item{"creditor_bank": "970436"}), merge(payment(6, 1, "0011004455"), item{"creditor_bank": "970499"}))).sure(t)
	equal(t, "another bank, and one that is unknown", words(r.Items[0].Status, r.Items[1].Reason), "ACCP RC01")
	b.kill9()
	b.start()
	equal(t, "after a crash", words(b.enquire(1), b.enquire(5), b.enquire(6)), "RJCT AC01 ACCC RJCT RC01")
	equal(t, "executed", b.stat("executed"), 1)
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

// strictHTTP speaks to the bank by hand.
func strictHTTP(t *testing.T) {
	b := given(t)
	id := b.messageID()
	body, _ := json.Marshal(merge(transfer(fundA, payment(1, 500000, lan)), item{"message_id": id}))
	stamp := fmt.Sprint(time.Now().Unix())
	headers := "Host: bank\r\nwebhook-id: " + id + "\r\nwebhook-timestamp: " + stamp + "\r\nwebhook-signature: " + signText(b.payer, id, stamp, body) + "\r\n"
	length := fmt.Sprintf("Content-Length: %d\r\n", len(body))
	talk := func(head string) string {
		c, err := net.Dial("tcp", b.api)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(5 * time.Second))
		c.Write([]byte(head + "\r\n"))
		r := bufio.NewReader(c)
		said := ""
		if strings.Contains(head, "Expect") {
			said, _ = r.ReadString('\n')
			r.ReadString('\n')
		}
		c.Write(body)
		line, _ := r.ReadString('\n')
		return strings.TrimSpace(said) + strings.TrimSpace(line)
	}
	for _, head := range []string{"GET /v1/transfers HTTP/1.1\r\n" + headers + length, "POST /v1/transfers HTTP/1.0\r\n" + headers + length,
		"POST /v1/transfers HTTP/1.1\r\n" + headers, "POST /v1/transfers HTTP/1.1\r\n" + headers + length + "Transfer-Encoding: chunked\r\n",
		"POST /v1/transfers HTTP/1.1\r\n" + headers + length + "Content-Length: 5\r\n", "POST /v1/transfers HTTP/1.1\r\n" + headers + "Content-Length: +5\r\n"} {
		equal(t, head, talk(head), "HTTP/1.1 400 Bad Request")
	}
	equal(t, "too large", talk("POST /v1/transfers HTTP/1.1\r\n"+headers+"Content-Length: 1048577\r\n"), "HTTP/1.1 413 Payload Too Large")
	equal(t, "executed", b.stat("executed"), 0)
	equal(t, "expected", talk("POST /v1/transfers HTTP/1.1\r\n"+headers+length+"Expect: 100-continue\r\n"), "HTTP/1.1 100 ContinueHTTP/1.1 200 OK")
	equal(t, "executed", b.stat("executed"), 1)
}

func controlProgram(t *testing.T) {
	b := given(t)
	ask := func(args ...string) string {
		cmd := exec.Command(os.Args[0], append([]string{"control", b.dir + "/ports"}, args...)...)
		cmd.Env = append(os.Environ(), "FAKEBANK_TEST_CHILD=1")
		said, _ := cmd.Output()
		return words(cmd.ProcessState.ExitCode(), strings.TrimSpace(string(said)))
	}
	equal(t, "order", ask("book", `{"account":"`+fundB+`","direction":"credit","amount":1000,"text":"KHO BAC"}`), `0 {"entry_refs":["DEMO-240403-1"]}`)
	equal(t, "day", ask("next-day"), `0 {"date":"2024-04-04"}`)
	equal(t, "wrong order", ask("will", `{"fault":"laugh"}`), `1 {"error":"there is no fault \"laugh\""}`)
	equal(t, "entries", ask("entries.csv"), "0 entry_ref,account,date,direction,amount,end_to_end_id,kind_text,hidden\n"+
		`DEMO-240403-1,`+fundB+`,2024-04-03,credit,1000,,"KHO BAC",false`)
}
