package cli

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// commands are what scripts can do besides running maru.
var commands = map[string]func(ts *testscript.TestScript, neg bool, args []string){"freeport": freeport, "http": request}

// sessions keeps the cookie of each user of each script.
var sessions sync.Map

// freeport NAME puts the number of a free port into the environment.
func freeport(ts *testscript.TestScript, _ bool, args []string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	_, port, err := net.SplitHostPort(ln.Addr().String())
	ts.Check(err)
	ts.Check(ln.Close())
	ts.Setenv(args[0], port)
}

// request is "http METHOD URL [BODY]": it waits until somebody answers there, prints the
// answer, and keeps who is signed in, per user of a script (MARU_WHO). A URL's query may be written
// as people read it.
func request(ts *testscript.TestScript, neg bool, args []string) {
	who := [2]any{ts, ts.Getenv("MARU_WHO")}
	path, query, _ := strings.Cut(args[1], "?")
	if q, err := url.ParseQuery(query); err == nil && query != "" {
		path += "?" + q.Encode()
	}
	body := ""
	if len(args) > 2 {
		body = args[2]
	}
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		req, err := http.NewRequest(args[0], path, strings.NewReader(body))
		ts.Check(err)
		req.Header.Set("Content-Type", "application/json")
		if c, ok := sessions.Load(who); ok {
			req.AddCookie(c.(*http.Cookie))
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			if time.Now().After(end) {
				ts.Fatalf("nobody answers: %v", err)
			}
			continue
		}
		raw, err := io.ReadAll(res.Body)
		ts.Check(err)
		_ = res.Body.Close()
		for _, c := range res.Cookies() {
			sessions.Store(who, c)
		}
		_, _ = fmt.Fprintf(ts.Stdout(), "%d\n%s\n", res.StatusCode, raw)
		if (res.StatusCode >= 300) != neg {
			ts.Fatalf("%s %s: %d %s", args[0], path, res.StatusCode, raw)
		}
		return
	}
}
