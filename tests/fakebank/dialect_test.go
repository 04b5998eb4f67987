package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

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
