package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
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
		{"any callback can be sent once more, forged, signed yesterday or for an unknown payment", orderedCallbacks},
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
