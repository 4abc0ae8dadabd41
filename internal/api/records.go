package api

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// kindOf finds the kind that a path names, if the caller may know of it at all.
func (s *Server) kindOf(r *http.Request) (*record.Kind, error) {
	plural := r.PathValue("plural")
	k := s.h.Engine.Schema().Plural(plural)
	if k == nil {
		return nil, fault.Missing("path", clip(plural))
	}
	return k, nil
}

// readable refuses lists of kinds that the caller has no right to read anything of.
func (s *Server) readable(r *http.Request, k *record.Kind) error {
	a, err := permit.From(r.Context())
	if err != nil {
		return err
	}
	if !s.h.Engine.Policy().Might(a, k.Name, permit.Read) {
		return fault.New(fault.Forbidden, "forbidden", "verb", permit.Read, "kind", k.Name)
	}
	return nil
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) error {
	k, err := s.kindOf(r)
	if err != nil {
		return err
	}
	if err := s.readable(r, k); err != nil {
		return err
	}
	q := r.URL.Query()
	req := engine.ListRequest{Kind: k.Name, Filter: q.Get("filter"), Order: q.Get("order"), Cursor: q.Get("cursor")}
	if req.Count, err = flag(r, "count"); err != nil {
		return err
	}
	refs, err := expands(r)
	if err != nil {
		return err
	}
	if l := q.Get("limit"); l != "" {
		if req.Limit, err = strconv.Atoi(l); err != nil || req.Limit < 1 {
			return fault.Field("limit", "out_of_range", "min", 1, "max", engine.MaxLimit)
		}
	}
	if req.AsOf, err = asOf(r); err != nil {
		return err
	}
	want, err := fieldsOf(r, k)
	if err != nil {
		return err
	}
	page, err := s.h.Engine.List(r.Context(), req)
	if err != nil {
		return err
	}
	items := make([]map[string]any, len(page.Views))
	for i, v := range page.Views {
		items[i] = render(v, want)
	}
	out := map[string]any{"items": items, "next_cursor": nil}
	if page.Next != "" {
		out["next_cursor"] = page.Next
	}
	if req.Count {
		out["total"] = page.Total
		if page.More {
			out["total_is_at_least"] = true
		}
	}
	if refs {
		out["refs"] = s.refs(r, page.Views)
	}
	return answer(w, http.StatusOK, out)
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) error {
	k, err := s.kindOf(r)
	if err != nil {
		return err
	}
	want, err := fieldsOf(r, k)
	if err != nil {
		return err
	}
	t, err := asOf(r)
	if err != nil {
		return err
	}
	refs, err := expands(r)
	if err != nil {
		return err
	}
	var v engine.View
	if t.IsZero() {
		v, err = s.h.Engine.Get(r.Context(), k.Name, r.PathValue("id"))
	} else {
		v, err = s.h.Engine.GetAsOf(r.Context(), k.Name, r.PathValue("id"), t)
	}
	if err != nil {
		return err
	}
	out := render(v, want)
	if refs {
		out["refs"] = s.refs(r, []engine.View{v})
	}
	w.Header().Set("ETag", etag(v.Record.Version()))
	if t.IsZero() && r.Header.Get("If-None-Match") == etag(v.Record.Version()) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return answer(w, http.StatusOK, out)
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// ifMatch reads the version a caller saw; 0 = whatever it is.
func ifMatch(r *http.Request) (int64, error) {
	h := strings.TrimPrefix(strings.TrimSpace(r.Header.Get("If-Match")), "W/")
	if h == "" || h == "*" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.Trim(h, `"`), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.Malformed, "malformed").Saying("If-Match must be a version")
	}
	return n, nil
}

// change runs one request and answers with the record.
func (s *Server) change(w http.ResponseWriter, r *http.Request, verb string, status int) error {
	k, err := s.kindOf(r)
	if err != nil {
		return err
	}
	b, err := raw(r)
	if err != nil {
		return err
	}
	req := engine.Request{Kind: k.Name, ID: r.PathValue("id"), Verb: verb}
	if req.Body, err = decode(b); err != nil {
		return err
	}
	if req.IfMatch, err = ifMatch(r); err != nil {
		return err
	}
	return s.do(w, r, req, b, status, func(o *engine.Outcome) any { return render(o.View, nil) })
}

// do makes one change and answers with what show makes of it. An Idempotency-Key makes
// every change but an update, which has its version, one that is made once.
func (s *Server) do(w http.ResponseWriter, r *http.Request, req engine.Request, body []byte, status int, show func(*engine.Outcome) any) error {
	if key := r.Header.Get("Idempotency-Key"); key != "" && req.Verb != permit.Update {
		if !isText(key) {
			return fault.New(fault.Malformed, "idempotency_key")
		}
		sum := sha256.Sum256([]byte(r.Method + "\n" + r.URL.Path + "\n" + string(body)))
		req.Idem = &engine.Idem{Key: key, Request: sum[:], Answer: func(o *engine.Outcome) (int, []byte) {
			out, _ := json.Marshal(show(o)) // what is shown always marshals
			return status, out
		}}
	}
	out, err := s.h.Engine.Do(r.Context(), req)
	if err != nil {
		return err
	}
	k := s.h.Engine.Schema().Kind(req.Kind)
	if was := out.Replay; was != nil {
		w.Header().Set("Idempotency-Replayed", "true")
		w.Header().Set("Content-Type", "application/json")
		if req.Verb == permit.Create {
			w.Header().Set("Location", location(k, was.Record))
		}
		w.WriteHeader(was.Status)
		_, err := w.Write(was.Answer)
		return err
	}
	if req.Verb == permit.Create {
		w.Header().Set("Location", location(k, out.Record.ID()))
	}
	if req.Link == nil {
		w.Header().Set("ETag", etag(out.Record.Version()))
	}
	return answer(w, status, show(out))
}

func location(k *record.Kind, id record.ID) string { return base + "/" + k.Plural + "/" + string(id) }

func (s *Server) create(w http.ResponseWriter, r *http.Request) error {
	return s.change(w, r, permit.Create, http.StatusCreated)
}

func (s *Server) update(w http.ResponseWriter, r *http.Request) error {
	return s.change(w, r, permit.Update, http.StatusOK)
}

func (s *Server) move(w http.ResponseWriter, r *http.Request) error {
	k, err := s.kindOf(r)
	if err != nil {
		return err
	}
	move := r.PathValue("move")
	if k.Life != nil {
		for _, m := range k.Life.Moves() {
			if m.Name == move {
				return s.change(w, r, move, http.StatusOK)
			}
		}
	}
	if _, err := s.h.Engine.Get(r.Context(), k.Name, r.PathValue("id")); err != nil {
		return err
	}
	return fault.New(fault.NotFound, "no_such_move", "move", clip(move), "kind", k.Name)
}

func (s *Server) erase(w http.ResponseWriter, r *http.Request) error {
	return s.change(w, r, permit.Erase, http.StatusOK)
}

// seen gives the record that a path names, as its caller may see it, and its kind.
func (s *Server) seen(r *http.Request) (*record.Kind, engine.View, error) {
	k, err := s.kindOf(r)
	if err != nil {
		return nil, engine.View{}, err
	}
	v, err := s.h.Engine.Get(r.Context(), k.Name, r.PathValue("id"))
	return k, v, err
}

func (s *Server) history(w http.ResponseWriter, r *http.Request) error {
	k, err := s.kindOf(r)
	if err != nil {
		return err
	}
	steps, err := s.h.Engine.History(r.Context(), k.Name, r.PathValue("id"))
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, map[string]any{"items": list(steps)})
}

// clocks tells how the promises about a record stand, to whoever may see the record.
func (s *Server) clocks(w http.ResponseWriter, r *http.Request) error {
	_, v, err := s.seen(r)
	if err != nil {
		return err
	}
	items := []Clock{}
	err = s.h.Engine.Work(r.Context(), "clocks", s.h.Engine.Now()).Look(func(q record.Ask) error {
		recs, err := q.Find(kind.SLAClock, "record == id", map[string]any{"id": string(v.Record.ID())}, 500)
		for _, rec := range recs {
			c, err := clockOf(q, rec)
			if err != nil {
				return err
			}
			items = append(items, c)
		}
		return err
	})
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, map[string]any{"items": items})
}

func (s *Server) comments(w http.ResponseWriter, r *http.Request) error {
	k, err := s.kindOf(r)
	if err != nil {
		return err
	}
	items, err := s.h.Engine.Comments(r.Context(), k.Name, r.PathValue("id"))
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, map[string]any{"items": list(items)})
}

func (s *Server) comment(w http.ResponseWriter, r *http.Request) error {
	k, err := s.kindOf(r)
	if err != nil {
		return err
	}
	b, err := raw(r)
	if err != nil {
		return err
	}
	body, err := decode(b)
	if err != nil {
		return err
	}
	verb := permit.Comment
	switch internal := body["internal"].(type) {
	case nil:
	case bool:
		if internal {
			verb = permit.Note
		}
	default:
		return fault.Field("internal", "wrong_type", "type", "bool")
	}
	return s.do(w, r, engine.Request{Kind: k.Name, ID: r.PathValue("id"), Verb: verb, Body: body}, b, http.StatusCreated,
		func(o *engine.Outcome) any { return o.Comment })
}

func (s *Server) links(w http.ResponseWriter, r *http.Request) error {
	k, err := s.kindOf(r)
	if err != nil {
		return err
	}
	near, err := s.h.Engine.Links(r.Context(), k.Name, r.PathValue("id"))
	if err != nil {
		return err
	}
	items := make([]map[string]any, len(near))
	for i, n := range near {
		far := n.View.Record
		items[i] = map[string]any{"id": n.Edge.ID, "type": n.Edge.Type, "reverse": n.Reverse, "created_at": n.Edge.CreatedAt, "created_by": n.Edge.CreatedBy,
			"record": map[string]any{"kind": far.Kind.Name, "id": far.ID(), "number": far.Number(), "title": n.View.Title(lang(r)), "state": far.State()}}
	}
	return answer(w, http.StatusOK, map[string]any{"items": items})
}

func (s *Server) link(w http.ResponseWriter, r *http.Request) error { return s.linking(w, r, false) }

func (s *Server) unlink(w http.ResponseWriter, r *http.Request) error { return s.linking(w, r, true) }

func (s *Server) linking(w http.ResponseWriter, r *http.Request, remove bool) error {
	b, err := raw(r)
	if err != nil {
		return err
	}
	body, err := decode(b)
	if err != nil {
		return err
	}
	if err := only(body, "type", "from", "to", "reason"); err != nil {
		return err
	}
	from, err := end(body, "from")
	if err != nil {
		return err
	}
	to, err := end(body, "to")
	if err != nil {
		return err
	}
	if textOf(body, "type") == "" {
		return fault.Field("type", "required")
	}
	req := engine.Request{Kind: textOf(from, "kind"), ID: textOf(from, "id"), Verb: permit.Link, Body: map[string]any{"reason": textOf(body, "reason")},
		Link: &engine.LinkRequest{Type: textOf(body, "type"), To: textOf(to, "id"), ToKind: textOf(to, "kind"), Remove: remove}}
	if !remove {
		return s.do(w, r, req, b, http.StatusCreated, func(o *engine.Outcome) any { return o.Edge })
	}
	if _, err := s.h.Engine.Do(r.Context(), req); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// end reads one end of a link: a kind, and an id or number.
func end(body map[string]any, name string) (map[string]any, error) {
	e, _ := body[name].(map[string]any)
	if e == nil || textOf(e, "id") == "" || name == "from" && textOf(e, "kind") == "" {
		return nil, fault.Field(name, "required")
	}
	return e, only(e, "kind", "id")
}
