package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// load measures a bank: it pays N different people over a number of connections and prints what came back. Payments of another
// --start are other payments.

type client struct {
	network, where string
	key            *signer
	bank           []*verifier // nil: replies are not verified
	c              net.Conn
	r              reader
	out            []byte
}

func newClient(where string, key *signer, bank []*verifier) *client {
	c := &client{network: "tcp", where: where, key: key, bank: bank}
	if path, unix := cutPrefix(where, "unix:"); unix {
		c.network, c.where = "unix", path
	}
	return c
}

// call sends one request; the body that it returns is valid until the next one.
func (c *client) call(path, id string, body []byte) (status int, reply []byte, err error) {
	if c.c == nil {
		if c.c, err = net.Dial(c.network, c.where); err != nil {
			c.c = nil
			return 0, nil, err
		}
		c.r = reader{c: c.c, buf: make([]byte, 8192)}
	}
	o := append(append(append(c.out[:0], "POST "...), path...), " HTTP/1.1\r\nHost: bank\r\nContent-Type: application/json; charset=utf-8\r\n"...)
	o = c.key.appendSigned(o, []byte(id), body, time.Now().Unix())
	o = append(addInt(o, "Content-Length: ", int64(len(body))), "\r\n\r\n"...)
	c.out = append(o, body...)
	var head []byte
	if _, err = c.c.Write(c.out); err == nil {
		status, head, reply, err = c.r.response()
	}
	if err != nil {
		c.c.Close()
		c.c = nil
		return 0, nil, err
	}
	if c.bank != nil {
		err = checkReply(c.bank, head, id, reply)
	}
	return status, reply, err
}

func checkReply(keys []*verifier, head []byte, id string, body []byte) error {
	var hook, stamp, sig []byte
	for rest := head[strings.IndexByte(string(head), '\n')+1:]; len(rest) > 0; {
		var name, value []byte
		name, value, rest = headerLine(rest)
		switch {
		case same(name, "webhook-id"):
			hook = value
		case same(name, "webhook-timestamp"):
			stamp = value
		case same(name, "webhook-signature"):
			sig = value
		}
	}
	if string(hook) != "re-"+id {
		return fmt.Errorf("the reply is for %q, not for %q", hook, id)
	}
	return verify(keys, hook, stamp, sig, body)
}

func loadID(n uint64) e2e {
	var id e2e
	for i := 0; i < 8; i++ {
		id[i] = byte(n * 0x9e3779b97f4a7c15 >> (8 * i)) // spread, but different for each n
	}
	return id
}

func transferBody(out []byte, id, debtor, bank string, first uint64, n int, until string) []byte {
	out = append(append(append(out[:0], `{"message_id":"`...), id...), `","debtor_account":"`...)
	out = append(append(append(out, debtor...), `","currency":"VND","valid_until":"`...), until...)
	sum := int64(0)
	for i := 0; i < n; i++ {
		sum += loadAmount(first + uint64(i))
	}
	out = addInt(addInt(append(out, '"'), `,"count":`, int64(n)), `,"sum":`, sum)
	out = append(out, `,"items":[`...)
	for i := 0; i < n; i++ {
		if i > 0 {
			out = append(out, ',')
		}
		k := first + uint64(i)
		out = addInt(loadID(k).append(append(out, `{"end_to_end_id":"`...)), `","amount":`, loadAmount(k))
		out = append(append(append(out, `,"creditor_bank":"`...), bank...), `","creditor_account":"2001`...)
		out = append(out, fmt.Sprintf("%010d99", k)...)
		out = append(out, `","creditor_name":"NGUYEN THI LAN","remittance":"`...)
		out = append(loadID(k).append(out), ` TRO CAP 04/2024"}`...)
	}
	return append(out, "]}"...)
}

func loadAmount(k uint64) int64 { return 360000 + int64(k%50)*10000 }

func load(args []string) error {
	f := flag.NewFlagSet("fakebank load", flag.ExitOnError)
	to := f.String("to", "", "the bank's API: HOST:PORT or unix:PATH")
	keyFile := f.String("key", "", "the payer's secret key file")
	bankKey := f.String("bank-key", "", "the bank's public key; empty: replies are not verified")
	account := f.String("account", "110000000001", "debtor account")
	code := f.String("bank", "DEMO", "creditor bank")
	n := f.Uint64("n", 100000, "payments")
	size := f.Int("size", 500, "payments per message; 1 is single mode")
	conns := f.Int("conns", 16, "connections")
	start := f.Uint64("start", 0, "number of the first payment")
	until := f.String("valid-until", "2099-12-31T16:00:00+07:00", "instant")
	f.Parse(args)
	key, err := readKey(*keyFile)
	if err != nil {
		return err
	}
	var bank []*verifier
	if *bankKey != "" {
		if bank, err = parsePublic(*bankKey); err != nil {
			return err
		}
	}
	var next, accepted, failed uint64
	var mu sync.Mutex
	var all []time.Duration
	var group sync.WaitGroup
	began := time.Now()
	for i := 0; i < *conns; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			c := newClient(*to, key, bank)
			var body []byte
			var took []time.Duration
			for {
				at := atomic.AddUint64(&next, uint64(*size)) - uint64(*size)
				if at >= *n {
					break
				}
				m := *size
				if *n-at < uint64(m) {
					m = int(*n - at)
				}
				id := fmt.Sprintf("L-%d-%d", *start+at, m)
				body = transferBody(body, id, *account, *code, *start+at, m, *until)
				t := time.Now()
				status, reply, err := c.call("/v1/transfers", id, body)
				took = append(took, time.Since(t))
				ok := strings.Count(string(reply), `"status":"AC`)
				if err != nil || status != 200 || ok != m {
					if atomic.AddUint64(&failed, uint64(m-ok)) == uint64(m-ok) {
						fmt.Fprintln(os.Stderr, "fakebank load: the first that failed:", status, err, string(reply[:min(len(reply), 300)]))
					}
				}
				atomic.AddUint64(&accepted, uint64(ok))
			}
			mu.Lock()
			all = append(all, took...)
			mu.Unlock()
		}()
	}
	group.Wait()
	spent := time.Since(began)
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	fmt.Printf("{\"payments\":%d,\"per_message\":%d,\"connections\":%d,\"accepted\":%d,\"failed\":%d,\"seconds\":%.3f,\"per_second\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f}\n",
		*n, *size, *conns, accepted, failed, spent.Seconds(), float64(*n)/spent.Seconds(),
		float64(all[len(all)/2].Microseconds())/1e3, float64(all[len(all)*99/100].Microseconds())/1e3)
	if failed > 0 {
		return fmt.Errorf("%d payments were not accepted", failed)
	}
	return nil
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
