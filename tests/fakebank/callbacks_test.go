package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func bulkCallbacks(t *testing.T) {
	for _, bulk := range []bool{true, false} {
		d := desk(t)
		b := given(t, "--callback-url", d.URL, fmt.Sprintf("--callback-bulk=%t", bulk))
		var items []item
		for i := 0; i < 60; i++ {
			items = append(items, payment(i, 1000, lan))
		}
		b.call("/v1/transfers", transfer(fundA, items...)).sure(t)
		eventually(t, "all told", func() bool { return b.stat("callbacks_taken") == 60 })
		d.mu.Lock()
		told, letters := map[string]int{}, len(d.got)
		for _, c := range d.got {
			for _, it := range c.Items {
				told[it.ID]++
			}
		}
		d.mu.Unlock()
		equal(t, "told", len(told), 60)
		if bulk && letters > 10 || !bulk && letters != 60 {
			t.Fatalf("bulk %t: %d callbacks", bulk, letters)
		}
	}
}

func callbackRetries(t *testing.T) {
	for _, status := range []int{500, 503, 404} {
		d := desk(t)
		d.answer(status)
		b := given(t, "--callback-url", d.URL, "--callback-bulk=false")
		b.pay(1, 1000, lan)
		eventually(t, "several tries", func() bool { return len(d.about(1)) >= 3 })
		equal(t, "taken", b.stat("callbacks_taken"), 0)
		d.answer(204)
		eventually(t, "taken", func() bool { return b.stat("callbacks_taken") == 1 })
		for _, c := range d.about(1) {
			equal(t, "id", c.hook, d.about(1)[0].hook)
			equal(t, "body", c.body, d.about(1)[0].body)
			equal(t, "signed", c.signed, true)
		}
	}
}

func callbacksAfterRestart(t *testing.T) {
	d := desk(t)
	d.answer(503)
	b := given(t, "--callback-url", d.URL, "--callback-bulk=false")
	b.pay(1, 1000, lan)
	eventually(t, "a try", func() bool { return len(d.about(1)) >= 1 })
	b.kill9()
	d.answer(200)
	b.start()
	eventually(t, "taken", func() bool { return b.stat("callbacks_taken") == 1 })
	equal(t, "the same id", d.about(1)[0].hook, d.about(1)[len(d.about(1))-1].hook)
	b.order("next-day", nil)
	eventually(t, "noted", func() bool {
		text, _ := os.ReadFile(b.dir + "/book/book.jsonl")
		return strings.Contains(string(text), `{"f":"told","refs":[1,1]}`)
	})
	n := len(d.about(1))
	b.kill9()
	b.start()
	time.Sleep(200 * time.Millisecond)
	equal(t, "told once", len(d.about(1)), n)
}

func callbackModes(t *testing.T) {
	d := desk(t)
	b := given(t, "--callback-url", d.URL)
	b.order("callbacks", item{"mode": "hold"})
	b.pay(1, 1000, lan)
	time.Sleep(100 * time.Millisecond)
	equal(t, "kept back", len(d.about(1)), 0)
	b.order("callbacks", item{"mode": "on"})
	eventually(t, "sent", func() bool { return len(d.about(1)) == 1 })
	b.order("callbacks", item{"mode": "off"})
	b.pay(2, 1000, lan)
	time.Sleep(100 * time.Millisecond)
	b.order("callbacks", item{"mode": "on"})
	time.Sleep(100 * time.Millisecond)
	equal(t, "thrown away", len(d.about(2)), 0)
}

func orderedCallbacks(t *testing.T) {
	d := desk(t)
	b := given(t, "--callback-url", d.URL)
	b.pay(1, 1000, lan)
	eventually(t, "the first", func() bool { return len(d.about(1)) == 1 })
	b.order("callback", item{"end_to_end_id": idOf(1)})
	b.order("callback", item{"end_to_end_id": idOf(1), "webhook_id": "cb-other"})
	eventually(t, "three", func() bool { return len(d.about(1)) == 3 })
	b.order("callback", item{"items": []item{{"end_to_end_id": idOf(7), "amount": 5, "creditor_account": lan, "status": "RJCT", "reason": "AC04",
		"bank_reference": "X", "time": "2024-04-03T08:00:00+07:00"}}})
	eventually(t, "an unknown payment", func() bool { return len(d.about(7)) == 1 && d.about(7)[0].signed })
	b.order("callback", item{"end_to_end_id": idOf(1), "bad_signature": true, "webhook_id": "cb-bad"})
	eventually(t, "a forged one", func() bool { got := d.about(1); return len(got) > 3 && !got[3].signed })
	d.answer(401)
	b.order("callback", item{"items": []item{{"end_to_end_id": idOf(8), "amount": 5, "creditor_account": lan, "status": "ACCC"}}, "age_s": 86400, "tries": 2})
	eventually(t, "a signature of yesterday", func() bool {
		got := d.about(8)
		return len(got) == 2 && got[0].signed && time.Now().Unix()-got[0].stamp >= 86400
	})
	time.Sleep(2500 * time.Millisecond)
	equal(t, "tries", len(d.about(8)), 2)
}
