package api

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/search"
)

// What is looked at for one answer, and what is told.
const (
	maxSimilar  = 6
	similarOf   = 40  // of the same service, and as many of the same category
	similarWord = 20  // found by one word of the title
	similarText = 300 // characters of how it was resolved
	alikeAtAll  = 0.2
)

// knowledge is the process whose records are articles.
const knowledge = "knowledge"

// similar finds records of the same kind that may be about the same, and articles that may
// help: alike by the words of their titles, rather of the same service and category; those
// that were resolved come first, with how.
func (s *Server) similar(w http.ResponseWriter, r *http.Request) error {
	k, v, err := s.seen(r)
	if err != nil {
		return err
	}
	items := []map[string]any{}
	if f := k.Field(k.Title); f == nil || f.Type != record.Text || !v.Mask.Sees(f) {
		return answer(w, http.StatusOK, map[string]any{"items": items})
	}
	found, err := s.candidates(r, v)
	if err != nil {
		return err
	}
	for _, c := range ranked(v, found) {
		one := brief(c.View, lang(r))
		one["resolution"] = c.how
		one["same"] = list(c.same)
		items = append(items, one)
	}
	return answer(w, http.StatusOK, map[string]any{"items": items})
}

// candidates gathers what the caller sees of the same service or category, and what the
// longest words of the title find.
func (s *Server) candidates(r *http.Request, v engine.View) (map[record.ID]engine.View, error) {
	out := map[record.ID]engine.View{}
	k := v.Record.Kind
	for _, name := range []string{"service", "category"} {
		f := k.Field(name)
		if f == nil || f.Type != record.Reference || !v.Mask.Sees(f) || v.Record.Ref(name) == "" {
			continue
		}
		page, err := s.h.Engine.List(r.Context(), engine.ListRequest{Kind: k.Name, Filter: name + " == '" + string(v.Record.Ref(name)) + "'", Order: "-created_at", Limit: similarOf})
		if fault.Of(err) != nil { // a field that is not theirs to ask for
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, o := range page.Views {
			out[o.Record.ID()] = o
		}
	}
	kinds := append([]string{k.Name}, s.articles()...)
	words := strings.Fields(v.Record.Title())
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(utf8.RuneCountInString(b), utf8.RuneCountInString(a)) })
	for _, word := range words[:min(len(words), 4)] {
		if utf8.RuneCountInString(word) < 2 {
			continue
		}
		found, err := s.h.Engine.Search(r.Context(), `"`+strings.ReplaceAll(word, `"`, "")+`"`, kinds, similarWord)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			out[f.View.Record.ID()] = f.View
		}
	}
	delete(out, v.Record.ID())
	return out, nil
}

// articles lists the kinds of the book's knowledge.
func (s *Server) articles() []string {
	var out []string
	for _, st := range s.h.Book.Stages {
		for _, p := range st.Processes {
			if p.Name != knowledge {
				continue
			}
			for _, d := range p.Records {
				if k := s.h.Engine.Schema().Kind(d.Declare().Name); k != nil && !k.Config && k.Prefix != "" {
					out = append(out, k.Name)
				}
			}
		}
	}
	return out
}

type likeness struct {
	engine.View
	score float64
	how   string   // how it was resolved
	same  []string // the fields that are the same
}

// ranked gives the records most like v.
func ranked(v engine.View, found map[record.ID]engine.View) []likeness {
	words := search.NewVector(v.Record.Title())
	var out []likeness
	for _, o := range found {
		f := o.Record.Kind.Field(o.Record.Kind.Title)
		if f == nil || !o.Mask.Sees(f) {
			continue
		}
		c := likeness{View: o, score: words.Cosine(search.NewVector(o.Record.Title())), how: resolution(o)}
		if c.score < alikeAtAll {
			continue
		}
		for _, name := range []string{"service", "category"} {
			if f := o.Record.Kind.Field(name); f != nil && o.Mask.Sees(f) && v.Record.Ref(name) != "" && o.Record.Ref(name) == v.Record.Ref(name) {
				c.same = append(c.same, name)
				c.score += .15
			}
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b likeness) int {
		if (a.how != "") != (b.how != "") {
			return map[bool]int{true: -1, false: 1}[a.how != ""]
		}
		return cmp.Or(cmp.Compare(b.score, a.score), b.Record.Time("updated_at").Compare(a.Record.Time("updated_at")), cmp.Compare(a.Record.ID(), b.Record.ID()))
	})
	return out[:min(len(out), maxSimilar)]
}

// resolution is what the closing words of a record say, as far as the caller sees them.
func resolution(v engine.View) string {
	for _, f := range v.Record.Kind.Fields {
		if f.Section != "closure" || f.Type != record.RichText || f.Internal || !v.Mask.Sees(f) {
			continue
		}
		if s := strings.TrimSpace(v.Record.Text(f.Name)); s != "" {
			if r := []rune(s); len(r) > similarText {
				return string(r[:similarText]) + "…"
			}
			return s
		}
	}
	return ""
}
