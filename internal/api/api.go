// Package api is the HTTP door: the book served. Every kind is reached through the same
// handlers; one table turns faults into statuses.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/maru-itsm/maru/internal/house"
)

// MaxBody is the greatest JSON body accepted.
const MaxBody = 1 << 20

// Options say how the door is built.
type Options struct {
	Log       *slog.Logger
	Secure    bool              // cookies only over TLS
	TestClock func(t time.Time) // set by --test-clock: moves the clock
	Console   http.Handler      // what answers outside the API; may be nil
}

// A Server answers the API.
type Server struct {
	h         *house.House
	o         Options
	mux       *http.ServeMux
	presence  *presence
	directory directory
	metrics   *prometheus.Registry
	requests  *prometheus.HistogramVec
	closing   chan struct{}
	once      sync.Once
}

// New returns the door to h.
func New(h *house.House, o Options) *Server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{h: h, o: o, mux: http.NewServeMux(), presence: newPresence(), metrics: prometheus.NewRegistry(), closing: make(chan struct{})}
	s.requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "maru_http_request_seconds", Help: "How long requests took.",
		Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 5}}, []string{"method", "route", "status"})
	s.metrics.MustRegister(s.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s.routes()
	return s
}

// Close ends open streams, so that the server can shut down.
func (s *Server) Close() { s.once.Do(func() { close(s.closing) }) }

// A handler answers or gives an error; one place writes errors.
type handler func(w http.ResponseWriter, r *http.Request) error

const base = "/api/v1"

// routes is the table of everything that can be asked. OpenAPI is printed from the same.
func (s *Server) routes() {
	for _, rt := range s.table() {
		s.mux.Handle(rt.method+" "+rt.path, s.wrap(rt))
	}
	s.mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics, promhttp.HandlerOpts{}))
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if s.o.Console != nil && r.URL.Path != "/api" && !strings.HasPrefix(r.URL.Path, "/api/") {
			s.o.Console.ServeHTTP(w, r)
			return
		}
		s.problem(w, r, s.nowhere(r))
	})
}

// A route is one thing that can be asked.
type route struct {
	method, path string
	do           handler
	open         bool   // needs nobody signed in
	summary      string // for OpenAPI
	tag          string
	body         string // schema of the body, for OpenAPI: "", "record", "free", "file", or a name
	answer       string // likewise of the answer; empty = named after the tag, or free
	status       int    // of success; 0 = 200
	query        []string
}

func (s *Server) table() []route {
	one := base + "/{plural}/{id}"
	return []route{
		{method: "GET", path: "/healthz", do: s.healthz, open: true, tag: "operation", summary: "The process is alive"},
		{method: "GET", path: "/readyz", do: s.readyz, open: true, tag: "operation", summary: "The database answers"},
		{method: "GET", path: "/openapi.json", do: s.openapi, open: true, tag: "operation", summary: "This document"},
		{method: "GET", path: "/docs", do: s.docs, open: true, tag: "operation", summary: "This document, to read", answer: "html"},

		{method: "POST", path: base + "/session", do: s.signIn, open: true, tag: "people", summary: "Sign in", body: "credentials", answer: "me"},
		{method: "GET", path: base + "/session", do: s.whoami, tag: "people", summary: "Who am I", answer: "me"},
		{method: "DELETE", path: base + "/session", do: s.signOut, tag: "people", summary: "Sign out", answer: "none", status: 204},
		{method: "POST", path: base + "/setup", do: s.setup, open: true, tag: "people", summary: "Use a one-time set-up link", body: "free", answer: "me"},
		{method: "POST", path: base + "/tokens", do: s.newToken, tag: "people", summary: "Make an API token; it is shown once", body: "free", status: 201},
		{method: "POST", path: base + "/invitations", do: s.invite, tag: "people", summary: "Make a user with a one-time set-up link", body: "free", status: 201},

		{method: "GET", path: base + "/book", do: s.book, tag: "book", summary: "Everything declared, as the caller may use it"},
		{method: "GET", path: base + "/search", do: s.search, tag: "search", summary: "Find records by words", query: []string{"q", "kind", "limit"}},
		{method: "POST", path: base + "/counts", do: s.counts, tag: "records", summary: "How many records fit each of many filters", body: "free"},
		{method: "POST", path: base + "/lookup", do: s.lookup, tag: "records", summary: "What stands behind many numbers", body: "free"},
		{method: "POST", path: base + "/since", do: s.since, tag: "records", summary: "Since when a field of many records has its present value", body: "free"},
		{method: "GET", path: base + "/export/{plural}", do: s.export, tag: "records", summary: "A whole list as CSV, in words", query: []string{"filter", "order", "fields", "group", "format", "lang", "zone"}},
		{method: "GET", path: base + "/stream", do: s.stream, tag: "stream", summary: "Server-sent events: what changes, and who is viewing what"},
		{method: "POST", path: base + "/presence", do: s.present, tag: "stream", summary: "Say what one is viewing", body: "free", answer: "none", status: 204},
		{method: "POST", path: base + "/links", do: s.link, tag: "links", summary: "Link two records", body: "link", answer: "link", status: 201},
		{method: "DELETE", path: base + "/links", do: s.unlink, tag: "links", summary: "Remove a link", body: "link", answer: "none", status: 204},
		{method: "GET", path: base + "/kpis", do: s.kpis, tag: "figures", summary: "List the KPIs"},
		{method: "GET", path: base + "/kpis/{code}", do: s.kpi, tag: "figures", summary: "One KPI's value", query: []string{"from", "to", "group_by", "filter", "subject"}, answer: "kpi"},
		{method: "POST", path: base + "/kpis", do: s.measures, tag: "figures", summary: "Many KPIs, or one over many periods, in one call", body: "free"},
		{method: "POST", path: base + "/calc/{name}", do: s.calc, tag: "figures", summary: "One of the production's own calculations", body: "free"},
		{method: "GET", path: base + "/jobs", do: s.jobs, tag: "jobs", summary: "How every job stands, and dead letters", answer: "jobs"},
		{method: "POST", path: base + "/jobs/{name}/run", do: s.runJob, tag: "jobs", summary: "Run a job now", body: "as_of", answer: "job_report"},
		{method: "POST", path: base + "/jobs/{name}/retry", do: s.retryJob, tag: "jobs", summary: "Give a dead letter another life", answer: "none", status: 204},
		{method: "GET", path: base + "/administration", do: s.administration, tag: "book", summary: "Rights, settings and jobs, as declared and as they stand", answer: "administration"},
		{method: "GET", path: base + "/journal", do: s.trail, tag: "journal", summary: "What happened, over all records that the caller may see, the newest first",
			query: []string{"kind", "verb", "actor", "from", "to", "limit", "cursor"}, answer: "trail"},
		{method: "GET", path: base + "/journal/verify", do: s.verify, tag: "journal", summary: "Check the journal's chains and signatures"},
		{method: "POST", path: base + "/journal/checkpoint", do: s.checkpoint, tag: "journal", summary: "Sign how far the journal has come; keep the answer elsewhere", status: 201},
		{method: "PUT", path: base + "/_test/clock", do: s.testClock, open: true, tag: "operation", summary: "Move the clock of a test", body: "free"},

		{method: "GET", path: base + "/{plural}", do: s.list, tag: "records", summary: "A page of records", answer: "page",
			query: []string{"filter", "order", "fields", "limit", "cursor", "count", "expand", "as_of"}},
		{method: "POST", path: base + "/{plural}", do: s.create, tag: "records", summary: "Create a record", body: "record", answer: "record", status: 201},
		{method: "GET", path: one, do: s.get, tag: "records", summary: "One record by id or number", answer: "record", query: []string{"fields", "expand", "as_of"}},
		{method: "PATCH", path: one, do: s.update, tag: "records", summary: "Change fields (JSON merge patch)", body: "record", answer: "record"},
		{method: "POST", path: one + "/actions/{move}", do: s.move, tag: "records", summary: "Take a move of the lifecycle", body: "record", answer: "record"},
		{method: "GET", path: one + "/history", do: s.history, tag: "records", summary: "What happened to it", answer: "history"},
		{method: "GET", path: one + "/links", do: s.links, tag: "links", summary: "What it is linked to", answer: "links"},
		{method: "GET", path: one + "/clocks", do: s.clocks, tag: "records", summary: "Its SLA clocks", answer: "clocks"},
		{method: "GET", path: one + "/comments", do: s.comments, tag: "records", summary: "Its conversation", answer: "comments"},
		{method: "POST", path: one + "/comments", do: s.comment, tag: "records", summary: "Add a comment or a work note", body: "comment", answer: "comment", status: 201},
		{method: "GET", path: one + "/people", do: s.persons, tag: "records", summary: "Whom a comment or a work note may name", query: []string{"q", "internal"}, answer: "people_found"},
		{method: "GET", path: one + "/replies", do: s.replies, tag: "records", summary: "Canned responses, filled in for it", query: []string{"internal"}, answer: "replies"},
		{method: "POST", path: one + "/replies/{reply}", do: s.useReply, tag: "records", summary: "Use a canned response: filled in, and counted", query: []string{"internal"}, body: "free", answer: "reply"},
		{method: "GET", path: one + "/similar", do: s.similar, tag: "records", summary: "Records and articles that may be about the same", answer: "similar"},
		{method: "PUT", path: one + "/watch", do: s.watch, tag: "records", summary: "Follow it", answer: "none", status: 204},
		{method: "DELETE", path: one + "/watch", do: s.unwatch, tag: "records", summary: "Follow it no longer", answer: "none", status: 204},
		{method: "GET", path: one + "/attachments", do: s.attachments, tag: "records", summary: "Its files", answer: "attachments"},
		{method: "POST", path: one + "/attachments", do: s.attach, tag: "records", summary: "Add a file", body: "file", answer: "attachment", status: 201},
		{method: "GET", path: one + "/attachments/{file}", do: s.download, tag: "records", summary: "One file", answer: "bytes"},
		{method: "DELETE", path: one + "/attachments/{file}", do: s.detach, tag: "records", summary: "Remove a file", answer: "none", status: 204},
		{method: "POST", path: one + "/erase", do: s.erase, tag: "records", summary: "Throw a person's key away", answer: "record"},
	}
}

// wrap recovers, limits, identifies, measures and writes errors for a route.
func (s *Server) wrap(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		sw := &statusWriter{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				s.o.Log.Error("a handler panicked", "path", r.URL.Path, "panic", p)
				s.problem(sw, r, errPanic)
			}
			s.requests.WithLabelValues(rt.method, rt.path, http.StatusText(sw.status)).Observe(time.Since(begin).Seconds())
		}()
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if rt.body != "file" {
			r.Body = http.MaxBytesReader(sw, r.Body, MaxBody)
		}
		ctx, err := s.identify(r, rt.open)
		r = r.WithContext(ctx)
		if err == nil {
			err = rt.accepts(r)
		}
		if err == nil {
			err = rt.do(sw, r)
		}
		if err != nil && r.Context().Err() != context.Canceled {
			s.problem(sw, r, err)
		}
	})
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(code int) {
	if w.status == 0 {
		w.status = code
	}
	w.ResponseWriter.WriteHeader(code)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
