package storagetest_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// A line is a connection to the server that can be cut and mended.
type line struct {
	t      *testing.T
	server string
	addr   string
	mu     sync.Mutex
	in     net.Listener
	open   []net.Conn
}

func (l *line) mend() {
	l.t.Helper()
	in, err := net.Listen("tcp", l.addr)
	if err != nil {
		l.t.Fatal(err)
	}
	l.mu.Lock()
	l.in, l.addr = in, in.Addr().String()
	l.mu.Unlock()
	go func() {
		for {
			near, err := in.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", l.server)
			if err != nil {
				_ = near.Close()
				continue
			}
			l.mu.Lock()
			l.open = append(l.open, near, far)
			l.mu.Unlock()
			go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
			go func() { _, _ = io.Copy(near, far); _ = near.Close() }()
		}
	}()
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.in.Close()
	for _, c := range l.open {
		_ = c.Close()
	}
	l.open = nil
}

// TestServerGoesAway: without a server everyone is told soon; when it is back everything
// goes on, and what was acknowledged is there.
func TestServerGoesAway(t *testing.T) {
	u, err := url.Parse(storagetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, server: u.Host, addr: "127.0.0.1:0"}
	l.mend()
	u.Host = l.addr
	w := newWorld(t, place{url: u.String()})
	first := w.add(t, nil)[0]
	for range 2 {
		l.cut()
		begin := time.Now()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := w.Apply(w.ctx, inserting(w.one(nil))); err == nil {
					t.Error("written without a server")
				}
			})
		}
		wg.Wait()
		if _, err := w.Get(w.ctx, w.thing, first.ID()); err == nil {
			t.Error("read without a server")
		}
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("told only after %v", took)
		}
		l.mend()
		w.add(t, nil)
		w.get(t, w.thing, first.ID())
	}
	if n, err := w.Count(w.ctx, w.thing, nil, 0); err != nil || n != 3 {
		t.Errorf("%d things, want the 3 that were acknowledged: %v", n, err)
	}
	verify(t, w)
}
