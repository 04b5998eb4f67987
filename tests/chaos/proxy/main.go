// faultproxy stands between the payer and its banks, in both directions: it writes down what passes and spoils it on order. See tests/chaos/README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// lane is one direction of one bank: out is teller → bank, in is bank → gate.
type lane struct {
	p         *proxy
	bank, dir string
	listener  net.Listener
	upstream  string

	mu       sync.Mutex
	seen     int64 // requests
	flying   int
	held     map[int64]chan struct{} // those that wait to be overtaken
	offer    *offer                  // a reply that waits to be swapped
	previous map[string]*message     // the last reply, by path
	earlier  map[string]*message     // the first answer to an enquiry, by path and end-to-end id
}

type proxy struct {
	tap      *tap
	lanes    []*lane
	messages int64
	conns    int64

	mu     sync.Mutex
	wills  []*will
	landed map[string]int64
	calm   chan struct{} // closed when everything is forgiven: whoever waits goes on
}

func main() {
	var err error
	if len(os.Args) > 1 && os.Args[1] == "control" {
		err = askControl(os.Args[2:])
	} else {
		err = run(os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "faultproxy:", err)
		os.Exit(78)
	}
}

func run(args []string) error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	_, err := open(args)
	if err == nil {
		<-stop
	}
	return err
}

// open listens everywhere; what is served then is served by goroutines.
func open(args []string) (*proxy, error) {
	p := &proxy{landed: map[string]int64{}, calm: make(chan struct{})}
	f := flag.NewFlagSet("faultproxy", flag.ExitOnError)
	tapFile := f.String("tap", "", "where to write what passes, JSON lines")
	controlAt := f.String("control", "127.0.0.1:0", "control endpoint: HOST:PORT or unix:PATH")
	portFile := f.String("port-file", "", "where to write the addresses once all are open: lines `control ADDRESS` and `BANK out|in ADDRESS`")
	f.Func("bank", "NAME,LISTEN,UPSTREAM,CALLBACK_LISTEN,CALLBACK_UPSTREAM, addresses HOST:PORT or unix:PATH; several times", p.addBank)
	f.Parse(args)
	if len(p.lanes) == 0 || *tapFile == "" {
		return nil, errors.New("--tap FILE and at least one --bank are needed")
	}
	var err error
	if p.tap, err = openTap(*tapFile); err != nil {
		return nil, err
	}
	control, err := listen(*controlAt)
	if err != nil {
		return nil, err
	}
	text := "control " + address(control) + "\n"
	for _, l := range p.lanes {
		if l.listener, err = listen(l.listenAt()); err != nil {
			return nil, err
		}
		text += l.bank + " " + l.dir + " " + address(l.listener) + "\n"
		go l.serve()
	}
	go http.Serve(control, p.control())
	if *portFile != "" {
		if err := os.WriteFile(*portFile+".new", []byte(text), 0o644); err != nil {
			return nil, err
		}
		if err := os.Rename(*portFile+".new", *portFile); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *proxy) addBank(text string) error {
	part := strings.Split(text, ",")
	if len(part) != 5 || part[0] == "" {
		return errors.New("expected NAME,LISTEN,UPSTREAM,CALLBACK_LISTEN,CALLBACK_UPSTREAM")
	}
	for i, dir := range []string{"out", "in"} {
		if part[1+2*i] == "" {
			continue
		}
		p.lanes = append(p.lanes, &lane{p: p, bank: part[0], dir: dir, listener: unopened(part[1+2*i]), upstream: part[2+2*i],
			held: map[int64]chan struct{}{}, previous: map[string]*message{}, earlier: map[string]*message{}})
	}
	return nil
}

// unopened keeps where a lane will listen until all options are read.
type unopened string

func (u unopened) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (u unopened) Close() error              { return nil }
func (u unopened) Addr() net.Addr            { return nil }

func (l *lane) listenAt() string { return string(l.listener.(unopened)) }

func split(where string) (network, address string) {
	if strings.HasPrefix(where, "unix:") {
		return "unix", where[len("unix:"):]
	}
	return "tcp", where
}

func listen(where string) (net.Listener, error) {
	network, at := split(where)
	if network == "unix" {
		os.Remove(at)
	}
	return net.Listen(network, at)
}

func address(l net.Listener) string {
	if l.Addr().Network() == "unix" {
		return "unix:" + l.Addr().String()
	}
	return l.Addr().String()
}

func (l *lane) serve() {
	for {
		c, err := l.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		number := atomic.AddInt64(&l.p.conns, 1)
		if w := l.p.choose(&ask{lane: l, accept: true}); w != nil {
			l.p.tap.fault(l, 0, number, w, nil)
			reset(c)
			continue
		}
		go l.converse(c, number)
	}
}

// reset closes with RST where there is such a thing.
func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
	c.Close()
}

// askControl speaks to the control endpoint of a running proxy: PORT-FILE PATH [JSON].
func askControl(args []string) error {
	if len(args) != 2 && len(args) != 3 {
		return errors.New("control PORT-FILE will|forgive|landed|stats [JSON]")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	i := strings.Index(string(text), "control ")
	if i < 0 {
		return fmt.Errorf("%s names no control endpoint", args[0])
	}
	network, at := split(strings.SplitN(string(text)[i+len("control "):], "\n", 2)[0])
	web := http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial(network, at) }}}
	var got *http.Response
	if len(args) == 3 || args[1] == "forgive" {
		got, err = web.Post("http://proxy/"+args[1], "application/json", strings.NewReader(strings.Join(args[2:], "")))
	} else {
		got, err = web.Get("http://proxy/" + args[1])
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
