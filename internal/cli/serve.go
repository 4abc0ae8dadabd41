package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/maru-itsm/maru/internal/api"
	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/web"
)

type serveCmd struct {
	Common
	Listen    string `help:"Address to listen on." default:"127.0.0.1:8080" env:"MARU_LISTEN"`
	Secure    bool   `help:"Cookies only over TLS: set it behind a TLS proxy." env:"MARU_SECURE"`
	TestClock bool   `help:"Let PUT /api/v1/_test/clock move the clock; loopback only." hidden:""`
	LogLevel  string `help:"debug, info, warn or error." default:"info" enum:"debug,info,warn,error" env:"MARU_LOG_LEVEL"`
}

// Run implements kong's command.
func (c *serveCmd) Run(ctx context.Context, io *Streams) error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return err
	}
	if c.TestClock && !loopback(c.Listen) {
		return errors.New("--test-clock needs a loopback address in --listen")
	}
	s := &server{listen: c.Listen, secure: c.Secure, conf: house.Config{Data: c.Data, Database: c.Database, Log: logger(io.Err, level)}}
	if c.TestClock {
		s.fakeClock()
	}
	return s.run(ctx, io.Out, nil)
}

func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// A server is one running Maru behind an address.
type server struct {
	listen string
	secure bool
	conf   house.Config
	move   func(time.Time)
}

// fakeClock lets a test move the time: what it sets runs on from there.
func (s *server) fakeClock() {
	var offset atomic.Int64
	s.conf.Now = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
	s.conf.Manual = true
	s.move = func(t time.Time) { offset.Store(int64(time.Until(t))) }
}

// run opens the house, serves until ctx ends, and closes in order: no new requests, what
// is in flight finishes, then jobs, then the store.
func (s *server) run(ctx context.Context, out io.Writer, before func(ctx context.Context, h *house.House) error) (err error) {
	if err := os.MkdirAll(s.conf.Data, 0o700); err != nil {
		return err
	}
	ln, err := net.Listen("tcp", s.listen) // first: a taken port must not cost a seeded company
	if err != nil {
		return err
	}
	h, err := patiently(ctx, func() (*house.House, error) { return house.Open(ctx, s.conf) })
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
		defer cancel()
		err = errors.Join(err, h.Close(closing))
	}()
	if before != nil {
		if err := before(ctx, h); err != nil {
			return errors.Join(err, ln.Close())
		}
	}
	if err := h.Start(ctx); err != nil {
		return errors.Join(err, ln.Close())
	}
	console, err := api.Console(web.App())
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	door := api.New(h, api.Options{Log: s.conf.Log, Secure: s.secure, TestClock: s.move, Console: console})
	srv := &http.Server{Handler: door, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	if err := s.greet(ctx, out, h, ln.Addr().String()); err != nil {
		return errors.Join(err, ln.Close())
	}
	hangUp, err := control(h, s.conf.Data)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer hangUp()
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	door.Close()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return srv.Shutdown(closing)
}

// greet says where Maru is, and on the first start how to get in.
func (s *server) greet(ctx context.Context, out io.Writer, h *house.House, addr string) error {
	link, err := h.Door.FirstLink(ctx)
	if err != nil {
		return err
	}
	if link != "" {
		_, err = fmt.Fprintf(out, "No users yet. Set up the first administrator, once:\n  http://%s/setup?link=%s\n", addr, link)
		if err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "Maru is ready: http://%s  (API: http://%s/docs)\n", addr, addr)
	return err
}
