// fakebank is a bank with a durable book of its own that misbehaves on order. See README.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type options struct {
	code, dir, listen, portFile, key, payerKey, callbackURL, funding, date, control string
	dedup, honourValidUntil, callbackBulk, anyAccount, overdraft                    bool
	dedupeDays, postingLag, pageLines                                               int
	replyDelay, slow, hang, retryMax                                                time.Duration
	reply                                                                           string
	accounts                                                                        []string
	replyStatus                                                                     status
}

func (o *options) slowSeconds() int64 { return int64((o.slow + time.Second - 1) / time.Second) }

func flags(o *options) *flag.FlagSet {
	f := flag.NewFlagSet("fakebank", flag.ExitOnError)
	f.StringVar(&o.code, "bank", "", "bank code, also of the accounts that are its own")
	f.StringVar(&o.dir, "dir", "", "directory of the book")
	f.StringVar(&o.listen, "listen", "127.0.0.1:0", "API: HOST:PORT or unix:PATH")
	f.StringVar(&o.control, "control", "127.0.0.1:0", "control endpoint: HOST:PORT or unix:PATH")
	f.StringVar(&o.portFile, "port-file", "", "where to write the addresses once the bank is open: lines `api ADDRESS` and `control ADDRESS`")
	f.StringVar(&o.key, "key", "", "the bank's secret key file (fakebank keygen FILE makes one and prints the public key)")
	f.StringVar(&o.payerKey, "payer-key", "", "the payer's public key whpk_…, or a file that holds it; several with commas")
	f.StringVar(&o.callbackURL, "callback-url", "", "http://HOST:PORT[/PATH] or unix:SOCKET[|/PATH]; empty: no callbacks")
	f.Func("accounts", "CSV bank,account,holder_name,personal_id,status; may be given several times", func(path string) error {
		o.accounts = append(o.accounts, path)
		return nil
	})
	f.StringVar(&o.funding, "funding", "", "funding accounts with opening balances: ACCOUNT:BALANCE,…")
	f.StringVar(&o.date, "date", "2024-04-03", "first business day of a new book")
	f.BoolVar(&o.dedup, "dedup", true, "an id that is known is not executed again")
	f.IntVar(&o.dedupeDays, "dedupe-days", 30, "for how many days an id is known")
	f.BoolVar(&o.honourValidUntil, "honour-valid-until", true, "nothing is executed after valid_until")
	f.IntVar(&o.postingLag, "posting-lag-days", 0, "payments are booked so many days after their execution")
	f.BoolVar(&o.callbackBulk, "callback-bulk", true, "callbacks of up to 500 items instead of one each")
	f.DurationVar(&o.replyDelay, "reply-delay", 5*time.Millisecond, "shortest time to a reply")
	f.DurationVar(&o.slow, "slow", 2*time.Second, "for how long slow payments are pending, whole seconds")
	f.DurationVar(&o.hang, "hang", 10*time.Second, "for how long a connection is held that will not be answered")
	f.DurationVar(&o.retryMax, "callback-retry-max", 5*time.Second, "longest pause before a callback is sent again")
	f.StringVar(&o.reply, "reply-status", "ACCP", "highest status in a first reply: ACCP, ACSC or ACCC")
	f.BoolVar(&o.anyAccount, "any-account", false, "accounts that no list names exist")
	f.BoolVar(&o.overdraft, "overdraft", false, "pay without funds")
	f.IntVar(&o.pageLines, "page-lines", 5000, "lines of a statement page, at most 5000")
	return f
}

func main() {
	args := os.Args[1:]
	var err error
	switch {
	case len(args) == 2 && args[0] == "keygen":
		err = keygen(args[1])
	case len(args) > 0 && args[0] == "load":
		err = load(args[1:])
	case (len(args) == 3 || len(args) == 4) && args[0] == "control":
		err = askControl(args[1:])
	default:
		err = run(args)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fakebank:", err)
		os.Exit(78)
	}
}

// askControl speaks to the control endpoint of a running bank: PORT-FILE PATH [JSON]. Without JSON it is a question, but for next-day and forgive.
func askControl(args []string) error {
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	_, rest, found := strings.Cut(string(text), "control ")
	where, _, _ := strings.Cut(rest, "\n")
	if !found {
		return fmt.Errorf("%s names no control endpoint", args[0])
	}
	dial := func(context.Context, string, string) (net.Conn, error) {
		if path, unix := cutPrefix(where, "unix:"); unix {
			return net.Dial("unix", path)
		}
		return net.Dial("tcp", where)
	}
	web := http.Client{Transport: &http.Transport{DialContext: dial}}
	url := "http://bank/control/" + args[1]
	var got *http.Response
	switch {
	case len(args) == 3:
		got, err = web.Post(url, "application/json", strings.NewReader(args[2]))
	case args[1] == "next-day" || args[1] == "forgive":
		got, err = web.Post(url, "application/json", nil)
	default:
		got, err = web.Get(url)
	}
	if err != nil {
		return err
	}
	defer got.Body.Close()
	if _, err := io.Copy(os.Stdout, got.Body); err != nil {
		return err
	}
	if got.StatusCode != http.StatusOK {
		os.Exit(1)
	}
	return nil
}

func run(args []string) error {
	debug.SetGCPercent(50) // the tables have no pointers: collecting is cheap, memory beside the database is not
	var o options
	f := flags(&o)
	f.Parse(args)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	b, err := open(o)
	if err != nil {
		return err
	}
	api, err := listen(o.listen)
	if err != nil {
		return err
	}
	control, err := listen(o.control)
	if err != nil {
		return err
	}
	go http.Serve(control, b.control())
	go b.serve(api)
	if o.portFile != "" {
		text := "api " + address(api) + "\ncontrol " + address(control) + "\n"
		if err := os.WriteFile(o.portFile+".new", []byte(text), 0o644); err != nil {
			return err
		}
		if err := os.Rename(o.portFile+".new", o.portFile); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "fakebank: bank %s, %s, api %s, control %s\n", o.code, b.date, address(api), address(control))
	<-stop
	api.Close()
	control.Close()
	b.mu.Lock() // stays locked: nothing more is booked
	b.book.close()
	return nil
}

// open reads the book back, or begins a new one.
func open(o options) (*bank, error) {
	if !allIn([]byte(o.code), 2, 11, upperDigit) {
		return nil, fmt.Errorf("--bank %q: 2–11 capital letters and digits", o.code)
	}
	var ok bool
	if o.replyStatus, ok = parseStatus([]byte(o.reply)); !ok || o.replyStatus < ACCP || o.replyStatus > ACCC {
		return nil, fmt.Errorf("--reply-status %q: ACCP, ACSC or ACCC", o.reply)
	}
	if o.pageLines < 1 || o.pageLines > 5000 {
		return nil, fmt.Errorf("--page-lines %d: 1–5000", o.pageLines)
	}
	b := &bank{opt: o, acc: newAccounts(), textAt: map[string]uint32{}, odd: map[uint32]int64{}}
	b.count.Requests = map[string]int64{}
	b.byID.hash = func(place uint32) uint64 { return hashID(b.xfer(place + 1).id) }
	b.text(nil)
	b.acc.bank([]byte(o.code), true)
	var err error
	if b.key, err = readKey(o.key); err != nil {
		return nil, err
	}
	if b.payer, err = parsePublic(o.payerKey); err != nil {
		return nil, err
	}
	for _, path := range o.accounts {
		if err := b.acc.load(path); err != nil {
			return nil, err
		}
	}
	b.lastReply.body = []byte(`{"message_id":"NONE","items":[]}`)
	b.lastReply.head = b.key.appendSigned(nil, []byte("re-NONE"), b.lastReply.body, time.Now().Unix())
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return nil, err
	}
	b.replay = true
	if b.book, err = openBook(filepath.Join(o.dir, "book.jsonl"), o.replyDelay/2, b.readBack); err != nil {
		return nil, err
	}
	b.replay, b.lines = false, b.lines[:0]
	if err := b.begin(); err != nil {
		return nil, err
	}
	b.book.wait(b.commit())
	if o.callbackURL != "" {
		if b.calls, err = startCallbacks(b, o.callbackURL); err != nil {
			return nil, err
		}
		b.tellRest()
	}
	go func() {
		for {
			time.Sleep(50 * time.Millisecond)
			b.mu.Lock()
			if len(b.slow) > 0 {
				b.runSlow(false)
				b.commit()
			}
			b.mu.Unlock()
		}
	}()
	return b, nil
}

// begin writes the first lines of a new book, and the funding accounts that an old one does not have.
func (b *bank) begin() error {
	if b.date == 0 {
		d, err := parseDay(b.opt.date)
		if err != nil {
			return err
		}
		b.date = d
		b.setClock(d.start() + 8*3600)
		b.lines = append(addStr(addStr(append(b.lines, `{"f":"bank"`...), `,"bank":`, b.opt.code), `,"date":`, d.String()), "}\n"...)
	}
	for _, one := range strings.Split(b.opt.funding, ",") {
		number, balance, both := strings.Cut(strings.TrimSpace(one), ":")
		if number == "" {
			continue
		}
		opening, err := int64(0), error(nil)
		if both {
			opening, err = strconv.ParseInt(balance, 10, 64)
		}
		if err != nil || !allIn([]byte(number), 1, 34, alnum) || len(b.funds) == 250 {
			return fmt.Errorf("--funding %q: ACCOUNT:BALANCE,…", one)
		}
		if _, known := b.fundOf([]byte(number)); !known {
			b.recordFund(number, opening)
		}
	}
	if len(b.funds) == 0 {
		return fmt.Errorf("--funding: a bank without funding accounts serves nobody")
	}
	return nil
}

// tellRest queues the callbacks that had not been taken when the bank was stopped.
func (b *bank) tellRest() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ref := uint32(1); ref <= b.n; ref++ {
		if x := b.xfer(ref); x.status == ACCC || x.status == RJCT && x.how&howSlow != 0 {
			b.tell(ref)
		}
	}
}
