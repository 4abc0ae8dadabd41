package engine

import (
	"context"
	"strings"
	"sync"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/search"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// searchCursor names how far the full-text index has read the journal.
const searchCursor = "search"

// Run keeps the readers of the journal going until ctx ends, and learns what other nodes
// configure.
func (e *Engine) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { e.heed(ctx) })
	e.KeepUp(ctx, searchCursor, func(cursor string) error {
		return e.Follow(ctx, cursor, func(es []*journal.Entry, next string) error { return e.index(ctx, es, next) })
	})
}

// CatchUp indexes everything there is now, and returns. Tests and the demo use it.
func (e *Engine) CatchUp(ctx context.Context) error {
	cursor, err := e.store.Marked(ctx, searchCursor)
	for n := 1; n > 0 && err == nil; {
		cursor, n, err = e.IndexSome(ctx, cursor, followPage)
	}
	return err
}

// IndexSome indexes up to n entries after a cursor and gives the cursor behind them.
func (e *Engine) IndexSome(ctx context.Context, cursor string, n int) (string, int, error) {
	es, next, err := e.store.Tail(ctx, cursor, n)
	if err != nil || len(es) == 0 {
		return next, 0, err
	}
	return next, len(es), e.index(ctx, es, next)
}

// index puts what the entries touched into the full-text index.
func (e *Engine) index(ctx context.Context, es []*journal.Entry, next string) error {
	byKind := map[string][]record.ID{}
	seen := map[record.ID]bool{}
	var order []record.ID
	for _, entry := range es {
		if k := e.schema.Kind(entry.Kind); k == nil || seen[entry.Record] || !searchable(k) {
			continue
		}
		seen[entry.Record] = true
		order = append(order, entry.Record)
		byKind[entry.Kind] = append(byKind[entry.Kind], entry.Record)
	}
	docs := map[record.ID]storage.SearchDoc{}
	for kind, ids := range byKind {
		recs, err := e.store.Get(ctx, e.schema.Kind(kind), ids...)
		if err != nil {
			return err
		}
		for _, r := range recs {
			doc, err := e.document(ctx, r)
			if err != nil {
				return err
			}
			docs[r.ID()] = doc
		}
	}
	list := make([]storage.SearchDoc, 0, len(order))
	for _, id := range order {
		if doc, ok := docs[id]; ok {
			list = append(list, doc)
		}
	}
	return e.store.Index(ctx, list, searchCursor, next)
}

// searchable reports whether any field of a kind can be found by its words.
func searchable(k *record.Kind) bool {
	for _, f := range k.Fields {
		if f.Search {
			return true
		}
	}
	return false
}

// document cuts a record and its conversation into tokens.
func (e *Engine) document(ctx context.Context, r *record.Record) (storage.SearchDoc, error) {
	doc := storage.SearchDoc{Kind: r.Kind.Name, Record: r.ID(), At: r.Time("updated_at")}
	doc.Public = fieldTokens(r, func(f *record.Field) bool { return !f.Internal })
	doc.Internal = fieldTokens(r, func(f *record.Field) bool { return f.Internal })
	said, err := e.store.Comments(ctx, r.ID())
	if err != nil {
		return doc, err
	}
	for _, c := range said {
		if c.Internal {
			doc.Internal = append(doc.Internal, search.Tokens(c.Body)...)
		} else {
			doc.Public = append(doc.Public, search.Tokens(c.Body)...)
		}
	}
	return doc, nil
}

// fieldTokens cuts the searchable fields that want covers.
func fieldTokens(r *record.Record, want func(*record.Field) bool) []string {
	var out []string
	for _, f := range r.Kind.Fields {
		if !f.Search && f.Name != "number" || f.Secret || !want(f) {
			continue
		}
		switch v := r.At(f).(type) {
		case string:
			out = append(out, search.Tokens(v)...)
		case []string:
			out = append(out, search.Tokens(strings.Join(v, " "))...)
		case record.Words:
			for _, text := range v {
				out = append(out, search.Tokens(text)...)
			}
		}
	}
	return out
}

// tokens is what search() in a condition asks of a record in memory: what everyone who
// sees the record may find it by.
func (e *Engine) tokens(r *record.Record) []string {
	doc, err := e.document(context.Background(), r)
	if err != nil {
		e.log.Error("tokens of a record", "record", r.ID(), "error", err)
	}
	return doc.Public
}

// Found is one hit that the actor may see.
type Found struct {
	View View
	Rank float64
}

// searchLook is how many hits are looked at for one answer: what the actor may not see
// takes none of the places, and a search for everything ends.
const searchLook = 1_000

// Search finds records by words, in every kind or in the named ones, among what the
// actor may see.
func (e *Engine) Search(ctx context.Context, words string, kinds []string, limit int) ([]Found, error) {
	a, err := permit.From(ctx)
	if err != nil {
		return nil, err
	}
	if limit < 1 || limit > MaxLimit {
		return nil, fault.Field("limit", "out_of_range", "min", 1, "max", MaxLimit)
	}
	q := search.Parse(words)
	wanted := map[string]bool{}
	for _, k := range kinds {
		wanted[k] = true
	}
	inside := false
	for _, k := range e.schema.Kinds() {
		inside = inside || e.Policy().Might(a, k.Name, permit.Inside)
	}
	var out []Found
	for offset := 0; offset < searchLook; offset += 2 * limit {
		hits, err := e.store.Search(ctx, q, inside, offset, 2*limit)
		if err != nil {
			return nil, explain(err)
		}
		for _, h := range hits {
			if len(wanted) > 0 && !wanted[h.Kind] {
				continue
			}
			f, err := e.found(ctx, a, q, h, inside)
			if err != nil {
				return nil, err
			}
			if f != nil {
				out = append(out, *f)
			}
			if len(out) == limit {
				return out, nil
			}
		}
		if len(hits) < 2*limit {
			break
		}
	}
	return out, nil
}

// found looks whether a hit is the actor's to see, and whether what they may see of it
// is what was searched for.
func (e *Engine) found(ctx context.Context, a record.Actor, q search.Query, h storage.Hit, inside bool) (*Found, error) {
	k := e.schema.Kind(h.Kind)
	if k == nil || !e.Policy().Might(a, h.Kind, permit.Read) {
		return nil, nil
	}
	r, err := e.find(ctx, a, k, string(h.Record))
	if f := fault.Of(err); f != nil && f.Class == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v, err := e.view(a, e.env(ctx, a, e.Now()), r)
	if err != nil {
		return nil, err
	}
	if !v.Mask.Whole() || inside && !v.Mask.Internal() {
		tokens := fieldTokens(r, v.Mask.Sees)
		said, err := e.store.Comments(ctx, r.ID())
		if err != nil {
			return nil, err
		}
		for _, c := range said {
			if !c.Internal || v.Mask.Internal() {
				tokens = append(tokens, search.Tokens(c.Body)...)
			}
		}
		if !q.Match(tokens) {
			return nil, nil
		}
	}
	return &Found{View: v, Rank: h.Rank}, nil
}
