package fetch

import (
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/fault"
)

func TestPublicAddresses(t *testing.T) {
	for addr, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "211.115.0.1": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.0.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false, "198.18.0.1": false, "::1": false, "fe80::1": false, "fd00::1": false,
		"::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false,
	} {
		if got := public(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s is public: %v, want %v", addr, got, want)
		}
	}
}

func TestGet(t *testing.T) {
	var srv *httptest.Server
	srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/page":
			_, _ = w.Write([]byte("공휴일"))
		case "/loop":
			http.Redirect(w, r, srv.URL+"/loop", http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/big":
			_, _ = w.Write(make([]byte, MaxBytes+1))
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 64 {
				_, _ = z.Write(make([]byte, 1<<20))
			}
			_ = z.Close()
		default:
			http.NotFound(w, r)
		}
	}))
	defer srv.Close()
	local := strings.Replace(srv.URL, "127.0.0.1", "localhost", 1) // a name that leads to a private address
	tests := []struct {
		url     string
		private bool
		code    string
	}{
		{srv.URL + "/page", true, ""},
		{srv.URL + "/page", false, "private_address"},
		{local + "/page", false, "private_address"},
		{srv.URL + "/loop", true, "not_reached"},
		{srv.URL + "/file", true, "not_reached"},
		{srv.URL + "/none", true, "not_reached"},
		{srv.URL + "/big", true, "too_large"},
		{srv.URL + "/bomb", true, "too_large"},
		{"file:///etc/passwd", true, "wrong_format"},
		{"gopher://example.com/", true, "wrong_format"},
		{"http://user:secret@example.com/", true, "wrong_format"},
		{"https:///x", true, "wrong_format"},
		{"", true, "wrong_format"},
		{"http://[::1]:1/", true, "not_reached"},
	}
	for _, tt := range tests {
		b, err := Get(t.Context(), tt.url, tt.private)
		if tt.code == "" && (err != nil || string(b) != "공휴일") || tt.code != "" && !fault.Has(err, tt.code) {
			t.Errorf("%s: %q %v, want %s", tt.url, b, err, tt.code)
		}
	}
}
