package api

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// nonceMark stands in index.html where the nonce of one answer goes.
const nonceMark = "__NONCE__"

// policy is what the console's pages may load. Only the stylesheets that the component
// library writes at run time need the nonce; scripts come from files alone. Style
// attributes are allowed: they move things about and cannot load or run anything.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; " +
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// A page is one file of the console, as it is sent.
type page struct {
	plain, gz, br []byte
	kind          string
}

// A console serves the built web application.
type console struct {
	pages       map[string]page
	index       []byte // nil: not built
	placeholder []byte
}

// Console serves the built application in app, or placeholder when app is nil. Paths that
// are no file of it are the application's own: they get its start page.
func Console(app fs.FS, placeholder []byte) (http.Handler, error) {
	c := &console{pages: map[string]page{}, placeholder: placeholder}
	if app == nil {
		return c, nil
	}
	err := fs.WalkDir(app, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(app, name)
		if err != nil {
			return err
		}
		at, how := "/"+name, path.Ext(name)
		if how == ".gz" || how == ".br" {
			at = strings.TrimSuffix(at, how)
		}
		p := c.pages[at]
		switch how {
		case ".gz":
			p.gz = b
		case ".br":
			p.br = b
		default:
			p.plain, p.kind = b, contentType(how)
		}
		c.pages[at] = p
		return nil
	})
	c.index = c.pages["/index.html"].plain
	delete(c.pages, "/index.html")
	return c, err
}

// contentType does not ask the machine it runs on: tables of types differ between them.
func contentType(ext string) string {
	switch ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

// ServeHTTP implements http.Handler.
func (c *console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if p, ok := c.pages[r.URL.Path]; ok {
		c.file(w, r, p)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/assets/") { // an old page asks for what a new build no longer has
		http.NotFound(w, r)
		return
	}
	c.start(w, r)
}

// file sends one file, packed if the browser can unpack it. Names under /assets hold a
// hash of what is in them, so they never change.
func (c *console) file(w http.ResponseWriter, r *http.Request, p page) {
	h := w.Header()
	h.Set("Content-Type", p.kind)
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(r.URL.Path, "/assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := p.plain
	if p.gz != nil || p.br != nil {
		h.Set("Vary", "Accept-Encoding")
		switch {
		case p.br != nil && accepts(r, "br"):
			body = p.br
			h.Set("Content-Encoding", "br")
		case p.gz != nil && accepts(r, "gzip"):
			body = p.gz
			h.Set("Content-Encoding", "gzip")
		}
	}
	send(w, r, body)
}

// accepts reports whether the browser takes an encoding; q=0 says that it does not.
func accepts(r *http.Request, encoding string) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == encoding {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}

// start sends the start page with a fresh nonce.
func (c *console) start(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails
	nonce := base64.StdEncoding.EncodeToString(raw)
	h.Set("Content-Security-Policy", fmt.Sprintf(policy, nonce))
	if c.index == nil {
		send(w, r, c.placeholder)
		return
	}
	send(w, r, bytes.ReplaceAll(c.index, []byte(nonceMark), []byte(nonce)))
}

func send(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // a browser that went away needs no answer
	}
}
