package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/house"
)

// A SQLite folder belongs to one process. While a server runs there, a command line in
// the same folder is carried to it over a socket that only the folder's owner can open.

// socketName is the socket's name in the data folder.
const socketName = "maru.sock"

// An order is one command line carried to the server.
type order struct {
	Args  []string `json:"args"`
	Stdin []byte   `json:"stdin"`
}

// An account is what came of it.
type account struct {
	Code int    `json:"code"`
	Out  []byte `json:"out"`
	Err  []byte `json:"err"`
}

type heldKey struct{}

// held gives the house that this process has open already, or nil.
func held(ctx context.Context) *house.House {
	h, _ := ctx.Value(heldKey{}).(*house.House)
	return h
}

// control answers command lines for h until what it gives is called.
func control(h *house.House, data string) (func(), error) {
	name := filepath.Join(data, socketName)
	_ = os.Remove(name) // left by a server that was killed; the folder's lock is ours
	ln, err := net.Listen("unix", name)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(name, 0o600); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var o order
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
			http.Error(w, "bad order", http.StatusBadRequest)
			return
		}
		var out, errw bytes.Buffer
		code := run(context.WithValue(r.Context(), heldKey{}, h), o.Args, bytes.NewReader(o.Stdin), &out, &errw)
		_ = json.NewEncoder(w).Encode(account{code, out.Bytes(), errw.Bytes()})
	})}
	go func() { _ = srv.Serve(ln) }()
	return func() { _ = srv.Close(); _ = os.Remove(name) }, nil
}

// forward carries the command line to the server that holds the folder; done is false
// when there is none.
func forward(ctx context.Context, data string, s *Streams) (code int, done bool, err error) {
	name, err := filepath.Abs(filepath.Join(data, socketName))
	if err != nil {
		return 0, false, err
	}
	if _, err := os.Stat(name); err != nil {
		return 0, false, nil // no server
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "unix", name)
	}}}
	o := order{Args: s.anchored()}
	if s.stdin {
		if o.Stdin, err = io.ReadAll(io.LimitReader(s.In, 1<<20)); err != nil {
			return 0, false, err
		}
	}
	raw, err := json.Marshal(o)
	if err != nil {
		return 0, false, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://maru/run", bytes.NewReader(raw))
	if err != nil {
		return 0, false, err
	}
	res, err := client.Do(req)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) && op.Op == "dial" {
			return 0, false, nil // the socket of a server that is gone
		}
		return 0, false, err
	}
	defer func() { _ = res.Body.Close() }()
	var a account
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
		return 0, false, err
	}
	_, _ = s.Out.Write(a.Out)
	_, _ = s.Err.Write(a.Err)
	return a.Code, true, nil
}

// anchored gives the arguments with the files they name made absolute: the server stands
// in another folder.
func (s *Streams) anchored() []string {
	out := slices.Clone(s.args)
	for i, arg := range out {
		flag, value, isFlag := strings.Cut(arg, "=")
		if !isFlag {
			flag, value = "", arg
		} else {
			flag += "="
		}
		if abs, err := filepath.Abs(value); err == nil && slices.Contains(s.paths, abs) {
			out[i] = flag + abs
		}
	}
	return out
}
