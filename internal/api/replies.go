package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/locale"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// replies lists the canned responses that fit a record, filled in for it in the language of
// whoever will read them, the most used first. What a record does not tell is a gap.
func (s *Server) replies(w http.ResponseWriter, r *http.Request) error {
	v, internal, err := s.writable(r)
	if err != nil {
		return err
	}
	items := []map[string]any{}
	if !s.mayRead(r.Context(), kind.CannedResponse) {
		return answer(w, http.StatusOK, map[string]any{"items": items})
	}
	page, err := s.h.Engine.List(r.Context(), engine.ListRequest{Kind: kind.CannedResponse, Filter: "active && on == '" + v.Record.Kind.Name + "'", Order: "-uses,name", Limit: engine.MaxLimit})
	if err != nil {
		return err
	}
	l := s.readerLang(r, v, internal)
	for _, c := range page.Views {
		if s.categorised(r.Context(), c.Record, v.Record) {
			items = append(items, s.filled(r, v, c.Record, l))
		}
	}
	return answer(w, http.StatusOK, map[string]any{"items": items})
}

// useReply fills one canned response in and counts that it was used.
func (s *Server) useReply(w http.ResponseWriter, r *http.Request) error {
	v, internal, err := s.writable(r)
	if err != nil {
		return err
	}
	c, err := s.h.Engine.Get(r.Context(), kind.CannedResponse, r.PathValue("reply"))
	if err != nil {
		return err
	}
	if c.Record.Text("on") != v.Record.Kind.Name || !c.Record.Bool("active") {
		return fault.Missing(kind.CannedResponse, clip(r.PathValue("reply")))
	}
	err = s.h.Engine.Within(r.Context(), engine.System("rule:servicedesk.canned_used"), func(tx record.Tx) error {
		now, err := tx.Get(kind.CannedResponse, c.Record.ID())
		if err != nil {
			return err
		}
		return tx.Update(kind.CannedResponse, now.ID(), record.Values{"uses": now.Int("uses") + 1})
	})
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, s.filled(r, v, c.Record, s.readerLang(r, v, internal)))
}

// writable gives the record of a path, if the caller may comment on it or, with internal,
// write work notes.
func (s *Server) writable(r *http.Request) (v engine.View, internal bool, err error) {
	k, err := s.kindOf(r)
	if err != nil {
		return v, false, err
	}
	if internal, err = flag(r, "internal"); err != nil {
		return v, false, err
	}
	if v, err = s.h.Engine.Get(r.Context(), k.Name, r.PathValue("id")); err != nil {
		return v, false, err
	}
	verb := permit.Comment
	if internal {
		verb = permit.Note
	}
	if !slices.Contains(v.Can.Verbs, verb) {
		return v, false, fault.New(fault.Forbidden, "forbidden", "verb", verb, "kind", k.Name)
	}
	return v, internal, nil
}

func (s *Server) mayRead(ctx context.Context, kind string) bool {
	a, err := permit.From(ctx)
	return err == nil && s.h.Engine.Policy().Might(a, kind, permit.Read)
}

// readerLang is the language of whoever reads: colleagues that of the writer, the requester
// their own.
func (s *Server) readerLang(r *http.Request, v engine.View, internal bool) string {
	if id := v.Record.Ref("requester"); id != "" && !internal {
		if who, err := s.h.Door.Of(r.Context(), id); err == nil && who.Lang != "" {
			return who.Lang
		}
	}
	return lang(r)
}

// categorised reports whether a canned response is for any category, or for the record's or
// one above it.
func (s *Server) categorised(ctx context.Context, c, rec *record.Record) bool {
	want := c.Ref("category")
	if want == "" {
		return true
	}
	ctx = permit.As(ctx, engine.System("categories"))
	for at, deep := rec.Ref("category"), 0; at != "" && deep < 5; deep++ {
		if at == want {
			return true
		}
		v, err := s.h.Engine.Get(ctx, kind.Category, string(at))
		if err != nil {
			return false
		}
		at = v.Record.Ref("parent")
	}
	return false
}

// filled is a canned response as it would stand on a record.
func (s *Server) filled(r *http.Request, v engine.View, c *record.Record, l string) map[string]any {
	title, _ := c.Get("title").(record.Words)
	body, _ := c.Get("body").(record.Words)
	text, gaps := itil.Fill(body.In(l), func(path string) (string, string) { return s.placed(r, v, path, l) })
	move := c.Text("set_state")
	if !slices.Contains(v.Can.Moves, move) {
		move = ""
	}
	return map[string]any{"id": c.ID(), "name": c.Text("name"), "title": title, "text": text, "gaps": list(gaps), "move": nullable(move),
		"scope": c.Text("scope"), "uses": c.Int("uses")}
}

// placed gives the value at the end of a path that begins at a record, in words, as far as
// the caller may read it, and what the place is called.
func (s *Server) placed(r *http.Request, v engine.View, path, l string) (value, name string) {
	name = path
	if f, ok := itil.TemplateField(s.h.Engine.Schema().Kind, v.Record.Kind, path); ok {
		name = s.placeName(v.Record.Kind, path, f, l)
	}
	words := strings.Split(path, ".")
	if words[0] == itil.TemplateMe {
		a, err := permit.From(r.Context())
		if err != nil {
			return "", name
		}
		if v, err = s.h.Engine.Get(r.Context(), kind.User, string(a.ID)); err != nil {
			return "", name
		}
		words = words[1:]
	}
	for i, w := range words {
		f := v.Record.Kind.Field(w)
		if f == nil || f.Secret || f.Internal || !v.Mask.Sees(f) {
			return "", name
		}
		if i == len(words)-1 {
			return s.inWords(r, v, f, l), name
		}
		far, err := s.h.Engine.Get(r.Context(), f.To, string(v.Record.Ref(w)))
		if err != nil {
			return "", name
		}
		v = far
	}
	return "", name
}

// placeName calls a place by its fields: requester.name is the requester's name.
func (s *Server) placeName(on *record.Kind, path string, last *record.Field, l string) string {
	words := strings.Split(path, ".")
	if len(words) == 1 {
		return locale.Field(l, on, last)
	}
	if f := on.Field(words[0]); f != nil {
		if far := s.h.Engine.Schema().Kind(f.To); far != nil && far.Title == words[1] && len(words) == 2 {
			return locale.Field(l, on, f)
		}
		return locale.Field(l, on, f) + " · " + words[len(words)-1]
	}
	return path
}

// inWords writes a value for people to read: choices by their words, references by their
// names, moments in the zone of the caller.
func (s *Server) inWords(r *http.Request, v engine.View, f *record.Field, l string) string {
	switch x := v.Record.At(f).(type) {
	case nil:
		return ""
	case time.Time:
		return x.In(s.zoneOf(r)).Format("2006-01-02 15:04")
	case []record.ID, record.ID:
		names := s.refs(r, []engine.View{v})
		ids, many := x.([]record.ID)
		if !many {
			ids = []record.ID{x.(record.ID)}
		}
		var out []string
		for _, id := range ids {
			if n, ok := names[id]; ok && n.Title != "" {
				out = append(out, n.Title)
			}
		}
		return strings.Join(out, ", ")
	case []string:
		return strings.Join(x, ", ")
	case record.Words:
		return x.In(l)
	case record.Money:
		return string(x.Amount) + " " + x.Currency
	case time.Duration:
		return fmt.Sprint(f.Wire(x))
	default:
		return choiceWords(l, v.Record.Kind, f, fmt.Sprint(x))
	}
}

func (s *Server) zoneOf(r *http.Request) *time.Location {
	if a, err := permit.From(r.Context()); err == nil && a.ID != "" {
		if u, err := s.h.Engine.Get(r.Context(), kind.User, string(a.ID)); err == nil {
			if z, err := time.LoadLocation(u.Record.Text("zone")); err == nil {
				return z
			}
		}
	}
	return time.UTC
}
