package api

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/fault"
)

// isText reports whether s holds no bytes that are no text: databases differ in what they
// make of them.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// accepts refuses what the route would otherwise silently pass over: a parameter that is
// misspelt, given twice or cannot be read would answer a question nobody asked.
func (rt *route) accepts(r *http.Request) error {
	if !isText(r.URL.Path) {
		return fault.New(fault.Malformed, "malformed").Saying("the path is not UTF-8")
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return fault.New(fault.Malformed, "malformed").Saying("the query cannot be read: %v", err)
	}
	for name, values := range q {
		switch {
		case !isText(name + strings.Join(values, "")):
			return fault.New(fault.Malformed, "malformed").Saying("the query is not UTF-8")
		case rt.method == http.MethodGet && rt.tag != "operation" && !slices.Contains(rt.query, name):
			return fault.Field(clip(name), "unknown_parameter", "known", strings.Join(rt.query, ", "))
		case len(values) > 1 && name != "kind":
			return fault.New(fault.Malformed, "malformed").Saying("%s is given twice", name)
		}
	}
	return nil
}

// flag reads a parameter that is true or false; without it, false.
func flag(r *http.Request, name string) (bool, error) {
	switch r.URL.Query().Get(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, fault.Field(name, "not_a_choice", "choices", "true, false")
}

// expands reads ?expand=refs.
func expands(r *http.Request) (bool, error) {
	switch r.URL.Query().Get("expand") {
	case "":
		return false, nil
	case "refs":
		return true, nil
	}
	return false, fault.Field("expand", "not_a_choice", "choices", "refs")
}

// A wrongMethod is a path that can be asked, but not like this; it lists how.
type wrongMethod []string

func (m wrongMethod) Error() string { return "use " + strings.Join(m, ", ") }

var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// nowhere says what is wrong with a request that no route takes.
func (s *Server) nowhere(r *http.Request) error {
	var allowed wrongMethod
	for _, m := range methods {
		if _, pattern := s.mux.Handler(&http.Request{Method: m, URL: r.URL, Host: r.Host}); pattern != "/" && pattern != "" {
			allowed = append(allowed, m)
		}
	}
	if len(allowed) > 0 {
		return allowed
	}
	return fault.Missing("path", clip(strings.ToValidUTF8(r.URL.Path, "\ufffd")))
}

// asWrongMethod finds a wrongMethod in err.
func asWrongMethod(err error) (wrongMethod, bool) {
	var m wrongMethod
	ok := errors.As(err, &m)
	return m, ok
}
