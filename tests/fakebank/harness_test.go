package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The tests speak to a bank that runs as a process of its own, in words and with signatures of the standard library, not with
// what the bank itself uses.

func TestMain(m *testing.M) {
	if os.Getenv("FAKEBANK_TEST_CHILD") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

const (
	fundA = "110000000001"
	fundB = "110000000002"
)

type testBank struct {
	t            *testing.T
	dir          string
	args         []string
	cmd          *exec.Cmd
	api, control string
	payer        ed25519.PrivateKey
	bank         ed25519.PublicKey
	n            int
	web          *http.Client
	said         bytes.Buffer
}

func writeKey(t *testing.T, path string, seedByte byte) ed25519.PrivateKey {
	seed := bytes.Repeat([]byte{seedByte}, 32)
	if err := os.WriteFile(path, []byte("whsk_"+base64.StdEncoding.EncodeToString(seed)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return ed25519.NewKeyFromSeed(seed)
}

func public(k ed25519.PrivateKey) string {
	return "whpk_" + base64.StdEncoding.EncodeToString(k.Public().(ed25519.PublicKey))
}

// given starts a bank with two funding accounts and some people; more arguments win.
func given(t *testing.T, args ...string) *testBank {
	t.Helper()
	b := &testBank{t: t, dir: t.TempDir(), web: &http.Client{Timeout: 20 * time.Second}}
	b.payer = writeKey(t, filepath.Join(b.dir, "payer.key"), 1)
	b.bank = writeKey(t, filepath.Join(b.dir, "bank.key"), 2).Public().(ed25519.PublicKey)
	people := "bank,account,holder_name,personal_id,status\n" +
		"DEMO,200100000345,NGUYEN THI LAN,099145000345,open\nDEMO,200100000459,TRAN VAN MINH,099045000459,closed\n" +
		"DEMO,200100000478,LE VAN AN,,blocked\n970436,0011004455,PHAM THI HOA,099150000001,open\nDEMO,200100000499,DO VAN BA,099030000499,deceased\n"
	for i := 100; i < 200; i++ {
		people += fmt.Sprintf("DEMO,3001000%03d55,NGUOI %d,,open\n", i, i)
	}
	if err := os.WriteFile(filepath.Join(b.dir, "accounts.csv"), []byte(people), 0o600); err != nil {
		t.Fatal(err)
	}
	b.args = append([]string{"--bank", "DEMO", "--dir", b.dir + "/book", "--key", b.dir + "/bank.key", "--payer-key", public(b.payer),
		"--accounts", b.dir + "/accounts.csv", "--funding", fundA + ":100000000," + fundB + ":0", "--port-file", b.dir + "/ports",
		"--reply-delay", "0", "--slow", "1s", "--hang", "300ms", "--callback-retry-max", "200ms"}, args...)
	b.start()
	t.Cleanup(b.kill9)
	return b
}

func (b *testBank) start() {
	b.t.Helper()
	os.Remove(b.dir + "/ports")
	b.cmd = exec.Command(os.Args[0], b.args...)
	b.cmd.Env = append(os.Environ(), "FAKEBANK_TEST_CHILD=1")
	b.said.Reset()
	b.cmd.Stderr = &b.said
	if err := b.cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i < 500; i++ {
		if text, err := os.ReadFile(b.dir + "/ports"); err == nil {
			fmt.Sscanf(string(text), "api %s\ncontrol %s", &b.api, &b.control)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.cmd.Process.Kill()
	b.cmd.Wait()
	b.t.Fatalf("the bank did not open: %s", b.said.String())
}

func (b *testBank) kill9() {
	b.cmd.Process.Kill()
	b.cmd.Wait()
	if said := b.said.String(); strings.Contains(said, "DATA RACE") || strings.Contains(said, "panic") {
		b.t.Error(said)
	}
}

type item map[string]interface{}

type testReply struct {
	http  int
	err   error
	id    string
	Items []struct {
		ID        string `json:"end_to_end_id"`
		Amount    int64
		Account   string `json:"creditor_account"`
		Status    string
		Reason    string
		Reference string `json:"bank_reference"`
	}
	Error                            struct{ Code, Text string }
	Pages, Page, LineCount, Sequence int
	LineCountJSON                    int   `json:"line_count"`
	Opening                          int64 `json:"opening_balance"`
	Closing                          int64 `json:"closing_balance"`
	Lines                            []testLine
	MessageID                        string `json:"message_id"`
	Balance                          int64
	Credits                          []testLine
}

type testLine struct {
	Ref          string `json:"entry_ref"`
	Line         int
	Direction    string
	Amount       int64
	ValueDate    string `json:"value_date"`
	Kind         string `json:"kind_text"`
	ID           string `json:"end_to_end_id"`
	Counterparty string `json:"counterparty_account"`
	Remittance   string
	Returned     string `json:"returned_reason"`
	Details      []struct {
		ID     string `json:"end_to_end_id"`
		Amount int64
	}
}

func signText(key ed25519.PrivateKey, id, stamp string, body []byte) string {
	return "v1a," + base64.StdEncoding.EncodeToString(ed25519.Sign(key, append([]byte(id+"."+stamp+"."), body...)))
}

func signedBy(key ed25519.PublicKey, h http.Header, body []byte) bool {
	sig, ok := cutPrefix(h.Get("webhook-signature"), "v1a,")
	raw, err := base64.StdEncoding.DecodeString(sig)
	return ok && err == nil && ed25519.Verify(key, append([]byte(h.Get("webhook-id")+"."+h.Get("webhook-timestamp")+"."), body...), raw)
}

func (b *testBank) messageID() string {
	b.n++
	return fmt.Sprintf("T-%d", b.n)
}

// call signs and sends; a reply that is not the bank's signed answer to this request has err.
func (b *testBank) call(path string, body interface{}) *testReply {
	b.t.Helper()
	raw, isRaw := body.([]byte)
	id := b.messageID()
	if !isRaw {
		m := item{"message_id": id}
		for k, v := range body.(item) {
			m[k] = v
		}
		raw, _ = json.Marshal(m)
	}
	return b.send(b.web, path, id, raw, func(h http.Header) {})
}

func (b *testBank) send(web *http.Client, path, id string, raw []byte, change func(h http.Header)) *testReply {
	b.t.Helper()
	q, _ := http.NewRequest("POST", "http://"+b.api+path, bytes.NewReader(raw))
	q.GetBody = nil // nothing is sent twice behind our back
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	q.Header = http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {stamp}, "Webhook-Signature": {signText(b.payer, id, stamp, raw)},
		"Content-Type": {"application/json; charset=utf-8"}}
	change(q.Header)
	r := &testReply{}
	got, err := web.Do(q)
	if err != nil {
		r.err = err
		return r
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	r.http, r.id, r.err = got.StatusCode, got.Header.Get("webhook-id"), err
	switch {
	case err != nil:
	case !signedBy(b.bank, got.Header, text):
		r.err = fmt.Errorf("the reply is not signed by the bank: %d %s", got.StatusCode, text)
	case r.id != "re-"+id:
		r.err = fmt.Errorf("the reply is for %s", r.id)
	default:
		if r.err = json.Unmarshal(text, r); r.err == nil && r.MessageID != id {
			r.err = fmt.Errorf("message_id %q", r.MessageID)
		}
	}
	return r
}

// sure fails the test unless the bank answered as it should.
func (r *testReply) sure(t *testing.T) *testReply {
	t.Helper()
	if r.err != nil || r.http != 200 {
		t.Fatalf("no answer: %d %v %s", r.http, r.err, r.Error.Text)
	}
	return r
}

// idOf makes an end-to-end id that can be read in a failure.
func idOf(n int) string { return fmt.Sprintf("%019d", n) }

func payment(n int, amount int64, account string) item {
	return item{"end_to_end_id": idOf(n), "amount": amount, "creditor_bank": "DEMO", "creditor_account": account, "creditor_name": "NGUYEN THI LAN",
		"remittance": idOf(n) + " TRO CAP 04/2024"}
}

func transfer(fund string, items ...item) item {
	sum := int64(0)
	for _, it := range items {
		sum += it["amount"].(int64)
	}
	return item{"debtor_account": fund, "currency": "VND", "valid_until": "2024-04-05T16:00:00+07:00", "count": len(items), "sum": sum, "items": items}
}

const lan = "200100000345"

// pay sends one payment to an account and returns its status and reason as one word.
func (b *testBank) pay(n int, amount int64, account string) string {
	b.t.Helper()
	r := b.call("/v1/transfers", transfer(fundA, payment(n, amount, account)))
	if r.err != nil {
		return "unclear"
	}
	if r.http != 200 || len(r.Items) != 1 {
		return r.Error.Code
	}
	return strings.TrimSpace(r.Items[0].Status + " " + r.Items[0].Reason)
}

func (b *testBank) enquire(n int) string {
	b.t.Helper()
	r := b.call("/v1/enquiries", item{"debtor_account": fundA, "items": []item{{"end_to_end_id": idOf(n)}}}).sure(b.t)
	return strings.TrimSpace(r.Items[0].Status + " " + r.Items[0].Reason)
}

func (b *testBank) order(path string, in item) item {
	b.t.Helper()
	body, _ := json.Marshal(in)
	got, err := b.web.Post("http://"+b.control+"/control/"+path, "application/json", bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	defer got.Body.Close()
	out := item{}
	json.NewDecoder(got.Body).Decode(&out)
	if got.StatusCode != 200 {
		b.t.Fatalf("order %s %v: %v", path, in, out)
	}
	return out
}

func (b *testBank) get(path string) []byte {
	b.t.Helper()
	got, err := b.web.Get("http://" + b.control + "/control/" + path)
	if err != nil {
		b.t.Fatal(err)
	}
	defer got.Body.Close()
	text, _ := io.ReadAll(got.Body)
	return text
}

func (b *testBank) stat(key string) int {
	b.t.Helper()
	v := map[string]interface{}{}
	json.Unmarshal(b.get("stats"), &v)
	n, _ := v[key].(float64)
	return int(n)
}

// book returns the rows of book.csv without the heading.
func (b *testBank) book() [][]string {
	b.t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(b.get("book.csv"))).ReadAll()
	if err != nil {
		b.t.Fatal(err)
	}
	return rows[1:]
}

// outcomes are the words of the book for one id.
func (b *testBank) outcomes(n int) (all []string) {
	for _, row := range b.book() {
		if row[0] == idOf(n) {
			all = append(all, row[3])
		}
	}
	return
}

// statement fetches all pages and holds that they belong together and that the balances follow from the lines.
func (b *testBank) statement(fund, date string) *testReply {
	b.t.Helper()
	whole := b.page(fund, date, 1).sure(b.t)
	for p := 2; p <= whole.Pages; p++ {
		r := b.page(fund, date, p).sure(b.t)
		if r.Page != p || r.Pages != whole.Pages || r.LineCountJSON != whole.LineCountJSON || r.Opening != whole.Opening || r.Closing != whole.Closing {
			b.t.Fatalf("page %d has another head than page 1", p)
		}
		whole.Lines = append(whole.Lines, r.Lines...)
	}
	if len(whole.Lines) != whole.LineCountJSON {
		b.t.Fatalf("%d lines, line_count %d", len(whole.Lines), whole.LineCountJSON)
	}
	for i, l := range whole.Lines {
		if l.Line != i+1 {
			b.t.Fatalf("line %d stands at %d", l.Line, i+1)
		}
	}
	return whole
}

func (r *testReply) total() int64 {
	at := r.Opening
	for _, l := range r.Lines {
		if l.Direction == "credit" {
			at += l.Amount
		} else {
			at -= l.Amount
		}
	}
	return at
}

func (b *testBank) page(fund, date string, page int) *testReply {
	b.t.Helper()
	return b.call("/v1/statements", item{"account": fund, "date": date, "page": page})
}

// linesOf returns the statement lines that name a payment.
func (r *testReply) linesOf(n int) (all []testLine) {
	for _, l := range r.Lines {
		if l.ID == idOf(n) {
			all = append(all, l)
		}
	}
	return
}

// payerDesk takes callbacks and remembers them.
type payerDesk struct {
	*httptest.Server
	mu     sync.Mutex
	bank   ed25519.PublicKey
	status int
	got    []callback
}

type callback struct {
	hook   string
	signed bool
	status int
	body   string
	stamp  int64
	Type   string
	Items  []struct {
		ID      string `json:"end_to_end_id"`
		Status  string
		Reason  string
		Amount  int64
		Account string `json:"creditor_account"`
		Time    string
	}
}

func desk(t *testing.T) *payerDesk {
	d := &payerDesk{status: 200, bank: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32)).Public().(ed25519.PublicKey)}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(bufio.NewReader(r.Body))
		c := callback{hook: r.Header.Get("webhook-id"), signed: signedBy(d.bank, r.Header, body), body: string(body)}
		json.Unmarshal(body, &c)
		c.stamp, _ = strconv.ParseInt(r.Header.Get("webhook-timestamp"), 10, 64)
		d.mu.Lock()
		if c.status = d.status; !c.signed {
			c.status = 401
		}
		d.got = append(d.got, c)
		d.mu.Unlock()
		w.WriteHeader(c.status)
	}))
	t.Cleanup(d.Close)
	return d
}

func (d *payerDesk) answer(status int) {
	d.mu.Lock()
	d.status = status
	d.mu.Unlock()
}

// about returns the callbacks that tell of a payment, in order.
func (d *payerDesk) about(n int) (all []callback) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.got {
		for _, it := range c.Items {
			if it.ID == idOf(n) {
				all = append(all, c)
			}
		}
	}
	return
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for i := 0; i < 500; i++ {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("never came true: " + what)
}

func equal(t *testing.T, what string, got, want interface{}) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// words puts a space between what it is given.
func words(v ...interface{}) string { return strings.TrimSuffix(fmt.Sprintln(v...), "\n") }
