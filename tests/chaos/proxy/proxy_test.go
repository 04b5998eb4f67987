package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The tests speak to the proxy with bytes of their own; behind it is a backend that notes every byte that it gets.

type backend struct {
	l     net.Listener
	mu    sync.Mutex
	got   []string            // whole requests, as bytes
	part  []string            // what came before a connection ended within a request
	conns int                 // connections that brought anything
	slow  time.Duration       // before each reply
	say   func(string) string // the body of a reply to a body
	shut  bool                // close each connection after its reply
}

func (b *backend) serve() {
	for {
		c, err := b.l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			l := &line{c: c}
			for n := 0; ; n++ {
				m, err := l.read(false)
				b.mu.Lock()
				if err == nil {
					b.got = append(b.got, string(m.raw))
				} else if len(m.raw) > 0 {
					b.part = append(b.part, string(m.raw))
				}
				if n == 0 && len(m.raw) > 0 {
					b.conns++
				}
				slow, shut := b.slow, b.shut
				b.mu.Unlock()
				if err != nil {
					return
				}
				time.Sleep(slow)
				body := b.say(string(m.body()))
				fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nwebhook-id:  re-%s \r\nContent-Length: %d\r\n\r\n%s", m.headers["webhook-id"], len(body), body)
				if shut {
					return
				}
			}
		}()
	}
}

func (b *backend) requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.got...)
}

type world struct {
	*testing.T
	b       *backend
	tapFile string
	address map[string]string // "alpha out", "control"
}

// given is a backend as the bank and as the gate, and a proxy between.
func given(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, b: &backend{l: l, say: func(s string) string { return "you said " + s }}, tapFile: filepath.Join(dir, "tap"), address: map[string]string{}}
	go w.b.serve()
	bank := l.Addr().String()
	p, err := open([]string{"--tap", w.tapFile, "--port-file", dir + "/ports", "--bank", "alpha,127.0.0.1:0," + bank + ",127.0.0.1:0," + bank,
		"--bank", "beta,unix:" + dir + "/beta," + bank + ",,"})
	if err != nil {
		t.Fatal(err)
	}
	ports, _ := os.ReadFile(dir + "/ports")
	for _, one := range strings.Split(strings.TrimSpace(string(ports)), "\n") {
		i := strings.LastIndexByte(one, ' ')
		w.address[one[:i]] = one[i+1:]
	}
	t.Cleanup(func() {
		l.Close()
		for _, one := range p.lanes {
			one.listener.Close()
		}
	})
	return w
}

// partsCame waits for n halves of requests.
func (w *world) partsCame(n int) []string {
	for i := 0; ; i++ {
		w.b.mu.Lock()
		part := append([]string(nil), w.b.part...)
		w.b.mu.Unlock()
		if len(part) >= n {
			return part
		}
		if i == 200 {
			w.Fatal("no half of a request came")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (w *world) control(path, order string) (int, string) {
	w.Helper()
	got, err := http.Post("http://"+w.address["control"]+path, "application/json", strings.NewReader(order))
	if err != nil {
		w.Fatal(err)
	}
	defer got.Body.Close()
	text, _ := io.ReadAll(got.Body)
	return got.StatusCode, strings.TrimSpace(string(text))
}

func (w *world) will(order string) {
	w.Helper()
	if status, text := w.control("/will", order); status != 200 {
		w.Fatal(text)
	}
}

func (w *world) landedAre(wanted string) {
	w.Helper()
	for i := 0; ; i++ {
		_, got := w.control("/landed", "")
		if got == wanted {
			return
		}
		if i == 50 {
			w.Errorf("landed: %s, expected %s", got, wanted)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// taps are the lines of the journal, as "what n" with what is special about them.
func (w *world) taps() []entry {
	text, err := os.ReadFile(w.tapFile)
	if err != nil {
		w.Fatal(err)
	}
	var all []entry
	for _, one := range bytes.Split(text[:bytes.LastIndexByte(text, '\n')+1], []byte("\n")) {
		if len(one) == 0 {
			continue
		}
		var e entry
		if err := json.Unmarshal(one, &e); err != nil {
			w.Fatalf("%v in %s", err, one)
		}
		all = append(all, e)
	}
	return all
}

func (w *world) tapped() string {
	var all []string
	for _, e := range w.taps() {
		s := fmt.Sprintf("%s %d", e.What, e.N)
		if e.Dup {
			s += " copy"
		}
		if e.Complete != nil && !*e.Complete {
			s += " incomplete"
		}
		if e.Fault != "" {
			s += " " + e.Fault
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

func (w *world) dial(lane string) *dialled {
	w.Helper()
	network, at := split(w.address[lane])
	c, err := net.Dial(network, at)
	if err != nil {
		return &dialled{w: w, failed: err}
	}
	w.Cleanup(func() { c.Close() })
	return &dialled{w: w, c: c, r: bufio.NewReader(c)}
}

type dialled struct {
	w      *world
	c      net.Conn
	r      *bufio.Reader
	failed error // it was reset before we knew that it was there
}

func request(path, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nwebhook-id: m-%s\r\nContent-Length:   %d\r\n\r\n%s", path, body, len(body), body)
}

func (d *dialled) send(path, body string) *dialled {
	if d.failed == nil {
		d.c.Write([]byte(request(path, body)))
	}
	return d
}

// reply is the status and body of one reply, or what happened instead.
func (d *dialled) reply() string {
	if d.failed != nil {
		return sayError(d.failed)
	}
	d.c.SetReadDeadline(time.Now().Add(5 * time.Second))
	got, err := http.ReadResponse(d.r, nil)
	if err != nil {
		return sayError(err)
	}
	body, err := io.ReadAll(got.Body)
	if err != nil {
		return fmt.Sprintf("%d %s … %s", got.StatusCode, body, sayError(err))
	}
	return fmt.Sprintf("%d %s", got.StatusCode, body)
}

func sayError(err error) string {
	var late net.Error
	switch {
	case errors.As(err, &late) && late.Timeout():
		return "silence"
	case strings.Contains(err.Error(), "reset"):
		return "reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "closed"
	}
	return err.Error()
}

func (w *world) is(got, wanted interface{}) {
	w.Helper()
	if fmt.Sprint(got) != fmt.Sprint(wanted) {
		w.Errorf("got %q, expected %q", fmt.Sprint(got), fmt.Sprint(wanted))
	}
}

func TestWhatPassesIsUnchangedToTheLastSpaceAndWrittenDown(t *testing.T) {
	for _, lane := range []string{"alpha out", "alpha in", "beta out"} {
		w := given(t)
		d := w.dial(lane)
		odd := "POST  /v1/x HTTP/1.1\r\nHOST:x\r\nWebhook-ID:  7 \r\nContent-Length: 3\r\n\r\n\xff\x00z"
		odd = strings.Replace(odd, "  /", " /", 1)
		d.c.Write([]byte(odd))
		w.is(d.reply(), "200 you said \xff\x00z")
		w.is(w.b.requests()[0] == odd, true)
		w.is(d.send("/v1/y", "plain").reply(), "200 you said plain")
		w.is(w.b.conns, 1)
		all := w.taps()
		w.is(w.tapped(), "request 1, response 1, request 2, response 2")
		w.is(all[0].Bank+" "+all[0].Dir+" "+all[0].Path+" "+all[0].Headers["webhook-id"]+" "+*all[0].Body, lane+" /v1/x 7 /wB6")
		w.is(all[0].B64, true)
		w.is(all[3].Headers["webhook-id"]+" "+*all[3].Body, "re-m-plain you said plain")
	}
}

func TestAConnectionThatTheUpstreamClosesIsClosedAndNothingIsSentAgain(t *testing.T) {
	w := given(t)
	w.b.shut = true
	d := w.dial("alpha out").send("/", "one")
	w.is(d.reply(), "200 you said one")
	w.is(d.reply(), "closed")
	w.is(len(w.b.requests()), 1)
}

func TestHalfARequestArrivesAsHalf(t *testing.T) {
	w := given(t)
	d := w.dial("alpha in")
	half := request("/", "0123456789")[:70]
	d.c.Write([]byte(half))
	d.c.Close()
	w.is(w.partsCame(1), []string{half})
	w.is(len(w.b.requests()), 0)
	w.is(w.tapped(), "request 1 incomplete")
}

// Each fault, in both directions: what the client sees of it, how often the backend had the request whole, and the journal.
func TestEachFaultLands(t *testing.T) {
	whole := len(request("/p", "0123456789"))
	ok := "200 you said 0123456789"
	for _, one := range []struct {
		order, client string
		whole         int
		tapped        string
	}{
		{`"fault":"delay","arg":{"ms":60}`, ok, 1, "request 1, fault 1 delay, response 1"},
		{`"fault":"delay","arg":{"ms":60,"where":"reply"}`, ok, 1, "request 1, response 1, fault 1 delay"},
		{`"fault":"drop_request"`, "closed", 0, "request 1, fault 1 drop_request"},
		{`"fault":"drop_reply"`, "closed", 1, "request 1, response 1, fault 1 drop_reply"},
		{`"fault":"cut_request","arg":{"bytes":-1}`, "closed", 0, "request 1, fault 1 cut_request"},
		{`"fault":"cut_reply","arg":{"bytes":-3}`, "200 you said 0123456 … closed", 1, "request 1, response 1, fault 1 cut_reply"},
		{`"fault":"cut_reply","arg":{"bytes":0}`, "closed", 1, "request 1, response 1, fault 1 cut_reply"},
		{`"fault":"duplicate","arg":{"ms":60}`, ok, 2, "request 1, response 1, request 1 copy, fault 1 duplicate, response 1 copy"},
		{`"fault":"slow_drip","arg":{"bytes":9,"ms":5}`, ok, 1, "request 1, response 1, fault 1 slow_drip"},
		{`"fault":"slow_drip","arg":{"bytes":9,"ms":5,"where":"request"}`, ok, 1, "request 1, fault 1 slow_drip, response 1"},
		{`"fault":"black_hole","arg":{"bytes":30,"ms":80}`, "closed", 0, "request 1, fault 1 black_hole"},
		{`"fault":"black_hole","arg":{"bytes":0,"ms":80,"where":"reply"}`, "closed", 1, "request 1, response 1, fault 1 black_hole"},
		{`"fault":"status","arg":{"code":503,"html":"<b>no</b>","retry_after":7}`, "503 <b>no</b>", 0, "request 1, fault 1 status, response 1"},
		{`"fault":"status","arg":{"code":404,"after":true,"html":"-"}`, "404 -", 1, "request 1, response 1, fault 1 status, response 1"},
		{`"fault":"reset_connect"`, "reset", 0, "fault 0 reset_connect"},
	} {
		for _, dir := range []string{"out", "in"} {
			w := given(t)
			w.will(`{"dir":"` + dir + `","bank":"alpha",` + one.order + `}`)
			d := w.dial("alpha "+dir).send("/p", "0123456789")
			w.is(d.reply(), one.client)
			kind := strings.Split(one.order, `"`)[3]
			w.landedAre(`{"` + kind + `":1}`)
			for i := 0; i < 100 && w.tapped() != one.tapped; i++ {
				time.Sleep(5 * time.Millisecond)
			}
			w.is(w.tapped(), one.tapped)
			w.is(len(w.b.requests()), one.whole)
			if kind == "cut_request" {
				w.is(len(w.partsCame(1)[0]), whole-1)
			}
			if again := w.dial("alpha "+dir).send("/p", "after").reply(); again != "200 you said after" {
				w.Errorf("%s: once is once, but then: %s", one.order, again)
			}
		}
	}
}

func TestFlippedBitsAreThoseOfTheSeed(t *testing.T) {
	differ := func(where, part string, seed int) (int, string) {
		w := given(t)
		w.will(fmt.Sprintf(`{"dir":"out","fault":"flip_bits","arg":{"n":3,"seed":%d,"where":%q,"part":%q}}`, seed, where, part))
		sent := strings.Repeat("a", 400)
		reply := w.dial("alpha out").send("/", sent).reply()
		came := strings.TrimPrefix(reply, "200 you said ")
		if where == "request" {
			raw := w.b.requests()[0]
			w.is(came, raw[len(raw)-400:])
		}
		w.landedAre(`{"flip_bits":1}`)
		bits := 0
		for i := range came {
			for x := came[i] ^ 'a'; x != 0; x &= x - 1 {
				bits++
			}
		}
		return bits, came
	}
	bits, first := differ("request", "body", 1)
	_, same := differ("request", "body", 1)
	_, other := differ("request", "body", 2)
	if bits != 3 || first != same || first == other {
		t.Errorf("%d bits, same seed %v, other seed %v", bits, first == same, first == other)
	}
	if bits, _ := differ("reply", "body", 1); bits < 2 { // one of them may be in "you said"
		t.Errorf("%d bits of the reply", bits)
	}
}

func TestACloseAfterReadingWaitsForAReusedConnection(t *testing.T) {
	for _, after := range []bool{false, true} {
		w := given(t)
		w.will(fmt.Sprintf(`{"fault":"close_reused","arg":{"after":%v}}`, after))
		d := w.dial("alpha out")
		w.is(d.send("/", "first").reply(), "200 you said first")
		w.landedAre(`{}`)
		w.is(d.send("/", "second").reply(), "closed")
		w.landedAre(`{"close_reused":1}`)
		w.is(len(w.b.requests()), map[bool]int{false: 1, true: 2}[after])
	}
}

func TestAMessageIsHeldUntilAnotherHasPassedAndAloneOnlyAWhile(t *testing.T) {
	w := given(t)
	w.will(`{"fault":"reorder","arg":{"ms":3000}}`)
	first := w.dial("alpha out").send("/", "first")
	for w.b.l != nil && len(w.taps()) == 0 {
		time.Sleep(time.Millisecond)
	}
	w.is(w.dial("alpha out").send("/", "second").reply(), "200 you said second")
	w.is(first.reply(), "200 you said first")
	w.landedAre(`{"reorder":1}`)
	w.is(strings.HasSuffix(w.b.requests()[0], "second"), true)
	w.will(`{"fault":"reorder","arg":{"ms":30}}`)
	w.is(w.dial("alpha out").send("/", "alone").reply(), "200 you said alone")
	w.landedAre(`{"reorder":1}`)
}

func TestTwoRepliesInFlightChangePlaces(t *testing.T) {
	w := given(t)
	w.b.slow = 50 * time.Millisecond
	w.will(`{"fault":"swap_replies","arg":{"ms":3000}}`)
	w.is(w.dial("alpha out").send("/p", "alone").reply(), "200 you said alone")
	w.landedAre(`{}`)
	w.b.say = func(body string) string {
		if body == "first" {
			time.Sleep(200 * time.Millisecond)
		}
		return "you said " + body
	}
	first := w.dial("alpha out").send("/q", "first")
	for len(w.taps()) < 3 {
		time.Sleep(time.Millisecond)
	}
	second := w.dial("alpha out").send("/q", "second")
	w.is(first.reply(), "200 you said second")
	w.is(second.reply(), "200 you said first")
	w.landedAre(`{"swap_replies":1}`)
}

func TestWithoutAnotherInFlightTheReplyBeforeIsGiven(t *testing.T) {
	w := given(t)
	d := w.dial("alpha in")
	w.is(d.send("/p", "first").reply(), "200 you said first")
	w.will(`{"dir":"in","fault":"swap_replies"}`)
	w.is(d.send("/p", "second").reply(), "200 you said first")
	w.landedAre(`{"swap_replies":1}`)
}

func TestAnEnquiryHasTheBanksFirstAnswerOfThatPayout(t *testing.T) {
	for _, after := range []bool{false, true} {
		w := given(t)
		n := 0
		w.b.say = func(string) string { n++; return fmt.Sprint("answer ", n) }
		d := w.dial("alpha out")
		ask := func(message string, ids ...string) string {
			return d.send("/v1/enquiries", `{"message_id":"`+message+`","items":[{"end_to_end_id":"`+strings.Join(ids, `"},{"end_to_end_id": "`)+`"}]}`).reply()
		}
		w.will(fmt.Sprintf(`{"fault":"stale_enquiry","arg":{"after":%v}}`, after))
		w.is(ask("E1", "A"), "200 answer 1")
		w.is(ask("E2", "B"), "200 answer 2")
		w.landedAre(`{}`)
		w.is(ask("E3", "C", "A"), "200 answer 1")
		w.landedAre(`{"stale_enquiry":1}`)
		w.is(len(w.b.requests()), map[bool]int{false: 2, true: 3}[after])
	}
}

func TestAnOrderWaitsForWhatItFits(t *testing.T) {
	w := given(t)
	w.will(`{"dir":"out","bank":"alpha","path":"/v1/transfers","after_n":1,"count":2,"fault":"status","arg":{"html":"."}}`)
	d := w.dial("alpha out")
	for i, want := range []string{"200 you said x", "500 .", "500 .", "200 you said x"} {
		w.is(w.dial("beta out").send("/v1/transfers", "x").reply(), "200 you said x")
		w.is(w.dial("alpha in").send("/v1/transfers", "x").reply(), "200 you said x")
		w.is(d.send("/v1/enquiries", "x").reply(), "200 you said x")
		if got := d.send("/v1/transfers", "x").reply(); got != want {
			w.Errorf("transfer %d: %s", i, got)
		}
	}
	w.landedAre(`{"status":2}`)
	for _, wrong := range []string{`{"fault":"gremlin"}`, `{"fault":"delay","dir":"up"}`, `{"fault":"drop_reply","arg":{"where":"request"}}`, `{"fault":"delay","when":1}`, `x`} {
		status, _ := w.control("/will", wrong)
		w.is(status, 400)
	}
}

func TestForgivingEndsSilenceAndEveryOrder(t *testing.T) {
	w := given(t)
	w.will(`{"fault":"black_hole","count":9}`)
	d := w.dial("alpha out").send("/", "one")
	w.landedAre(`{"black_hole":1}`)
	began := time.Now()
	w.control("/forgive", "")
	w.is(d.reply(), "closed")
	w.is(time.Since(began) < 2*time.Second, true)
	w.is(w.dial("alpha out").send("/", "two").reply(), "200 you said two")
}
