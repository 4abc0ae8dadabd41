package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/notify"
)

// notifications reads the caller's inbox, a thread a record.
func (s *Server) notifications(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	ask := notify.Ask{Filter: q.Get("filter"), Cursor: q.Get("cursor")}
	if l := q.Get("limit"); l != "" {
		n, err := strconv.Atoi(l)
		if err != nil || n == 0 {
			return fault.Field("limit", "out_of_range", "min", 1, "max", notify.MaxLimit)
		}
		ask.Limit = n
	}
	p, err := s.h.Notify.Read(r.Context(), ask)
	if err != nil {
		return err
	}
	names := map[record.ID]any{}
	items := make([]map[string]any, len(p.Threads))
	for i, th := range p.Threads {
		items[i] = s.thread(r, th, names)
	}
	n, more, err := s.h.Notify.Unread(r.Context())
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, map[string]any{"items": items, "next_cursor": nullable(p.Next), "last": p.Last, "unread": n, "unread_is_at_least": more})
}

// thread writes what the caller was told of one record, and of the record what tells it
// apart, as far as they may see it.
func (s *Server) thread(r *http.Request, th notify.Thread, names map[record.ID]any) map[string]any {
	rec, k := th.View.Record, th.View.Record.Kind
	out := map[string]any{"kind": k.Name, "id": rec.ID(), "unread": th.Unread, "more": th.More}
	for _, name := range []string{"number", "state", "priority"} {
		if f := k.Field(name); f != nil && th.View.Mask.Sees(f) {
			out[name] = f.Wire(rec.At(f))
		}
	}
	if f := k.Field(k.Title); f != nil && th.View.Mask.Sees(f) {
		out["title"] = rec.Title()
	}
	ms := make([]map[string]any, len(th.Messages))
	for i, m := range th.Messages {
		by, known := names[m.Actor]
		if !known && m.Actor != "" {
			if t, ok := s.h.Engine.Title(r.Context(), lang(r), "user", m.Actor); ok {
				by = t.Title
			}
			names[m.Actor] = by
		}
		ms[i] = map[string]any{"seq": m.Seq, "notice": m.Notice, "way": m.Way, "inside": m.Inside, "at": record.FormatTime(m.At), "by": nullable(string(m.Actor)), "by_name": by, "read": !m.Read.IsZero()}
	}
	out["messages"] = ms
	return out
}

// heed marks what the caller was told of one record, or of all, as read or unread.
func (s *Server) heed(w http.ResponseWriter, r *http.Request) error {
	body, err := object(r, "id", "all", "until", "unread")
	if err != nil {
		return err
	}
	var h notify.Heed
	for name, to := range map[string]*bool{"unread": &h.Unread, "all": new(bool)} {
		v, there := body[name]
		b, ok := v.(bool)
		if there && !ok {
			return fault.Field(name, "wrong_format", "type", "boolean")
		}
		*to = b
	}
	if v, there := body["until"]; there {
		n, _ := v.(json.Number)
		if h.Until, err = n.Int64(); err != nil || h.Until < 1 {
			return fault.Field("until", "wrong_format", "type", "integer")
		}
	}
	all, _ := body["all"].(bool)
	id := textOf(body, "id")
	switch known, ok := record.ParseID(id); {
	case id == "" && !all, all && h.Unread:
		return fault.Field("id", "required")
	case id != "" && !ok:
		return fault.Field("id", "unknown_reference")
	case !all:
		h.Record = known
	}
	if err := s.h.Notify.Heed(r.Context(), h); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// unread says in a stream how much there is to read.
func (s *Server) unread(r *http.Request, say func(string, ...any) error) error {
	n, more, err := s.h.Notify.Unread(r.Context())
	if err != nil {
		return err
	}
	return say("event: notified\ndata: {\"unread\":%d,\"more\":%t}\n\n", n, more)
}

// noticeBook lists what the caller could ever be told of: notices of kinds that they may
// read, in words.
func (s *Server) noticeBook(a record.Actor) []map[string]any {
	out := []map[string]any{}
	at := map[string]int{}
	for _, n := range s.h.Book.Notices() {
		sees := permit.Read
		if n.On == permit.Note {
			sees = permit.Inside
		}
		if !s.h.Engine.Policy().Might(a, n.Kind, sees) || !n.Concerns(a) {
			continue
		}
		if i, ok := at[n.Name]; ok {
			out[i]["kinds"] = append(out[i]["kinds"].([]string), n.Kind)
			continue
		}
		at[n.Name] = len(out)
		out = append(out, map[string]any{"name": n.Name, "kinds": []string{n.Kind}, "urgency": n.Urgency.String(), "label": both("notice." + n.Name), "said": both("notice." + n.Name + ".said")})
	}
	slices.SortStableFunc(out, func(x, y map[string]any) int { // what is for every kind of work comes first
		return strings.Count(x["name"].(string), ".") - strings.Count(y["name"].(string), ".")
	})
	return out
}
