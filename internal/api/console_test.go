package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/web"
)

// front is a server with a small application built in.
func front(t *testing.T) *httptest.Server {
	t.Helper()
	h, err := house.Open(t.Context(), house.Config{Data: t.TempDir(), Manual: true})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Console(fstest.MapFS{
		"index.html":           {Data: []byte(`<meta name="csp-nonce" content="__NONCE__"><style nonce="__NONCE__"></style>`)},
		"boot.js":              {Data: []byte("boot")},
		"assets/app-1.js":      {Data: []byte("plain")},
		"assets/app-1.js.gz":   {Data: []byte("gz")},
		"assets/app-1.js.br":   {Data: []byte("br")},
		"assets/font-2.woff2":  {Data: []byte("font")},
		"assets/style-3.css":   {Data: []byte("css")},
		"assets/picture-4.svg": {Data: []byte("svg")},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(New(h, Options{Console: c}))
	t.Cleanup(func() {
		srv.Close()
		if err := h.Close(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return srv
}

func fetch(t *testing.T, method, url, encoding string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", encoding) // said: the client leaves the answer packed
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

func TestConsoleFiles(t *testing.T) {
	srv := front(t)
	for _, c := range []struct{ path, encoding, status, kind, cache, enc, body string }{
		{"/assets/app-1.js", "gzip, deflate, br", "200", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "br", "br"},
		{"/assets/app-1.js", "gzip", "200", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "gzip", "gz"},
		{"/assets/app-1.js", "br;q=0, gzip", "200", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "gzip", "gz"},
		{"/assets/app-1.js", "identity", "200", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "", "plain"},
		{"/assets/font-2.woff2", "br", "200", "font/woff2", "public, max-age=31536000, immutable", "", "font"},
		{"/assets/style-3.css", "br", "200", "text/css; charset=utf-8", "public, max-age=31536000, immutable", "", "css"},
		{"/assets/gone-9.js", "br", "404", "text/plain; charset=utf-8", "", "", "404 page not found\n"},
		{"/boot.js", "br", "200", "text/javascript; charset=utf-8", "no-cache", "", "boot"},
		{"/api/v1/nothing/there/at/all", "", "404", "application/problem+json", "", "", ""},
		{"/api/v2/incidents", "", "404", "application/problem+json", "", "", ""},
		{"/api", "", "404", "application/problem+json", "", "", ""},
		{"/healthz", "", "200", "application/json", "no-store", "", ""},
	} {
		res, body := fetch(t, "GET", srv.URL+c.path, c.encoding)
		h := res.Header
		got := []string{res.Status[:3], h.Get("Content-Type"), h.Get("Cache-Control"), h.Get("Content-Encoding")}
		if want := []string{c.status, c.kind, c.cache, c.enc}; strings.Join(got, "|") != strings.Join(want, "|") || c.body != "" && body != c.body {
			t.Errorf("%s (%s): %q %q, want %q %q", c.path, c.encoding, got, body, want, c.body)
		}
	}
}

func TestConsolePage(t *testing.T) {
	srv := front(t)
	seen := map[string]bool{}
	for _, path := range []string{"/", "/incidents", "/incidents/INC0000001?view=open", "/apiary", "/index.html"} {
		res, body := fetch(t, "GET", srv.URL+path, "br")
		h := res.Header
		if res.StatusCode != 200 || h.Get("Cache-Control") != "no-cache" || h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %s %v", path, res.Status, h)
		}
		csp := h.Get("Content-Security-Policy")
		m := regexp.MustCompile(`style-src 'self' 'nonce-([^']+)'`).FindStringSubmatch(csp)
		if m == nil || strings.Count(body, m[1]) != 2 || strings.Contains(body, nonceMark) || seen[m[1]] {
			t.Errorf("%s: the page must carry a fresh nonce that its policy names: %s %s", path, csp, body)
			continue
		}
		seen[m[1]] = true
		_, script, _ := strings.Cut(csp, "script-src")
		script, _, _ = strings.Cut(script, ";")
		if strings.Contains(script, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%s: policy too wide: %s", path, csp)
		}
	}
	if res, _ := fetch(t, "POST", srv.URL+"/incidents", ""); res.StatusCode != 405 {
		t.Errorf("POST to a page: %s", res.Status)
	}
	if res, body := fetch(t, "HEAD", srv.URL+"/incidents", ""); res.StatusCode != 200 || body != "" {
		t.Errorf("HEAD of a page: %s %q", res.Status, body)
	}
}

// A binary built without node says so, and names the way out in both languages.
func TestConsolePlaceholder(t *testing.T) {
	_, placeholder := web.App()
	c, err := Console(nil, placeholder)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest("GET", "/incidents", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "make ui") || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}
