package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/search"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// A directory is everybody active, kept for finding a person while their name is typed,
// also by initial consonants, which no index of a database answers for one letter.
type directory struct {
	mu      sync.Mutex
	touches int64
	at      time.Time
	people  []person
}

type person struct {
	id    record.ID
	name  string
	bare  string // what is typed is looked for here
	roles []string
}

// directoryFor is how long a directory may be behind: every sign-in touches a user.
const directoryFor = 3 * time.Second

func (d *directory) all(ctx context.Context, e *engine.Engine) ([]person, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	touches := e.Touches(kind.User)
	if d.people != nil && (d.touches == touches || time.Since(d.at) < directoryFor) {
		return d.people, nil
	}
	ctx = permit.As(ctx, engine.System("directory"))
	people := []person{}
	for cursor := ""; ; {
		page, err := e.List(ctx, engine.ListRequest{Kind: kind.User, Filter: "active", Order: "name", Limit: engine.MaxLimit, Cursor: cursor})
		if err != nil {
			return nil, err
		}
		for _, v := range page.Views {
			u := v.Record
			mail, _, _ := strings.Cut(u.Text("email"), "@")
			p := person{id: u.ID(), name: u.Title(), bare: search.Bare(u.Title() + " " + mail)}
			p.roles, _ = u.Get("roles").([]string)
			people = append(people, p)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	d.people, d.touches, d.at = people, touches, time.Now()
	return people, nil
}

// Limits of one look for people.
const (
	maxPeople     = 12
	maxPeopleLook = 200 // how many that fit are asked whether they may know
)

// persons finds whom a comment (or, with internal, a work note) on a record may name: people
// the caller sees and, of a work note, only those who may read it. sees tells whether they
// see the record already; who does not will by being named. Those the record is about come first.
func (s *Server) persons(w http.ResponseWriter, r *http.Request) error {
	k, err := s.kindOf(r)
	if err != nil {
		return err
	}
	internal, err := flag(r, "internal")
	if err != nil {
		return err
	}
	v, err := s.h.Engine.Get(r.Context(), k.Name, r.PathValue("id"))
	if err != nil {
		return err
	}
	verb, side := permit.Comment, permit.Read
	if internal {
		verb, side = permit.Note, permit.Inside
	}
	if !slices.Contains(v.Can.Verbs, verb) {
		return fault.New(fault.Forbidden, "forbidden", "verb", verb, "kind", k.Name)
	}
	all, err := s.directory.all(r.Context(), s.h.Engine)
	if err != nil {
		return err
	}
	items := []map[string]any{}
	looked := 0
	for _, p := range fitting(all, search.Bare(clip(r.URL.Query().Get("q"))), s.involved(r, v)) {
		if internal && !s.h.Engine.Policy().Might(record.Actor{ID: p.id, Roles: p.roles}, k.Name, side) {
			continue
		}
		if looked++; looked > maxPeopleLook || len(items) == maxPeople {
			break
		}
		if _, ok := s.h.Engine.Title(r.Context(), lang(r), kind.User, p.id); !ok {
			continue
		}
		who, err := s.h.Door.Of(r.Context(), p.id)
		if fault.Of(err) != nil { // gone a moment ago
			continue
		}
		if err != nil {
			return err
		}
		sees, err := s.h.Engine.MayNow(r.Context(), who, v.Record, side)
		if err != nil {
			return err
		}
		if sees || !internal {
			items = append(items, map[string]any{"id": p.id, "name": p.name, "sees": sees})
		}
	}
	return answer(w, http.StatusOK, map[string]any{"items": items})
}

// fitting gives the people whose names fit what was typed: those whose names begin so
// first, and of these and the others those involved.
func fitting(all []person, typed string, involved []record.ID) []person {
	var ranks [4][]person
	for _, p := range all {
		if !search.Like(p.bare, typed) {
			continue
		}
		rank := 3
		if strings.HasPrefix(p.bare, typed) || strings.HasPrefix(search.Initials(p.bare), typed) {
			rank -= 2
		}
		if slices.Contains(involved, p.id) {
			rank--
		}
		ranks[rank] = append(ranks[rank], p)
	}
	return slices.Concat(ranks[:]...)
}

// involved lists the people whom a record names, as far as the caller sees, and the
// members of its groups.
func (s *Server) involved(r *http.Request, v engine.View) []record.ID {
	var out []record.ID
	for _, f := range v.Record.Kind.Fields {
		if !v.Mask.Sees(f) || f.To != kind.User && f.To != kind.Group {
			continue
		}
		ids := v.Record.Refs(f.Name)
		if f.Type == record.Reference {
			ids = []record.ID{v.Record.Ref(f.Name)}
		}
		for _, id := range ids {
			if f.To == kind.User {
				out = append(out, id)
			} else if g, err := s.h.Engine.Get(r.Context(), kind.Group, string(id)); err == nil && id != "" {
				out = append(out, g.Record.Refs("members")...)
			}
		}
	}
	return out
}
