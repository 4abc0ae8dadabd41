package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// A View is a record as one actor sees it.
type View struct {
	Record *record.Record
	Mask   permit.Mask
	Can    Can
}

// Title gives what the record is called in a language, or its number to whom its name is hidden.
func (v View) Title(lang string) string {
	if f := v.Record.Kind.Field(v.Record.Kind.Title); f == nil || !v.Mask.Sees(f) {
		return v.Record.Number()
	}
	return v.Record.TitleIn(lang)
}

// view masks a record for an actor and says what they may do with it.
func (e *Engine) view(a record.Actor, env query.Env, r *record.Record) (View, error) {
	return e.viewer(a, env).view(r)
}

// A viewer makes the views of one actor on the records of one answer. Where the same
// grants hold in the same state, the same may be seen and done: it is worked out once.
type viewer struct {
	e      *Engine
	a      record.Actor
	env    query.Env
	judges map[string]*permit.Judge // by kind
	seen   map[viewKey]View
}

type viewKey struct {
	kind          *record.Kind
	grants, state string
}

func (e *Engine) viewer(a record.Actor, env query.Env) *viewer {
	return &viewer{e: e, a: a, env: env, judges: map[string]*permit.Judge{}, seen: map[viewKey]View{}}
}

func (vs *viewer) view(r *record.Record) (View, error) {
	j := vs.judges[r.Kind.Name]
	if j == nil {
		j = vs.e.Policy().Judge(vs.a, vs.env, r.Kind.Name)
		vs.judges[r.Kind.Name] = j
	}
	v, err := j.Of(r)
	if err != nil {
		return View{}, err
	}
	key := viewKey{r.Kind, v.Key(), r.State()}
	out, ok := vs.seen[key]
	if !ok {
		out = View{Mask: v.Mask(permit.Read), Can: vs.e.can(v, r)}
		if key.grants != "" {
			vs.seen[key] = out
		}
	}
	out.Record = r
	out.Can, err = out.Can.spared(vs.a, vs.env, r)
	return out, err
}

// byKey finds a record by id, number or another unique text field, without asking any right.
func (e *Engine) byKey(ctx context.Context, k *record.Kind, key string, cached bool) (*record.Record, error) {
	if id, ok := record.ParseID(key); ok {
		if cached {
			return e.cached(ctx, k.Name, id)
		}
		recs, err := e.store.Get(ctx, k, id)
		if err != nil || len(recs) == 1 {
			return slices.Concat(recs, []*record.Record{nil})[0], err
		}
		return nil, fault.Missing(k.Name, key)
	}
	if len(key) > 300 {
		return nil, fault.Missing(k.Name, clip(key))
	}
	for _, f := range k.Fields {
		if !f.Unique && (f.Name != "number" || k.Prefix == "") || f.Type != record.Text {
			continue
		}
		want := key
		if f.Name == "number" {
			want = strings.ToUpper(key)
		}
		r, err := e.store.Lookup(ctx, k, f, want)
		if err != nil || r != nil {
			return r, err
		}
	}
	return nil, fault.Missing(k.Name, clip(key))
}

// find reads a record that the actor may see; otherwise it is not found.
func (e *Engine) find(ctx context.Context, a record.Actor, k *record.Kind, key string) (*record.Record, error) {
	r, err := e.byKey(ctx, k, key, false)
	if err != nil {
		return nil, err
	}
	ok, err := e.Policy().May(a, e.env(ctx, a, e.Now()), r, permit.Read)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.Missing(k.Name, clip(key))
	}
	return r, nil
}

// kindNamed finds a kind for a caller.
func (e *Engine) kindNamed(name string) (*record.Kind, error) {
	if k := e.schema.Kind(name); k != nil {
		return k, nil
	}
	return nil, fault.Missing("kind", clip(name))
}

// Get reads one record by id or number.
func (e *Engine) Get(ctx context.Context, kind, key string) (View, error) {
	a, err := permit.From(ctx)
	if err != nil {
		return View{}, err
	}
	k, err := e.kindNamed(kind)
	if err != nil {
		return View{}, err
	}
	r, err := e.find(ctx, a, k, key)
	if err != nil {
		return View{}, err
	}
	return e.view(a, e.env(ctx, a, e.Now()), r)
}

// A ListRequest asks for a page of records of one kind.
type ListRequest struct {
	Kind   string
	Filter string // CEL
	Order  string // "-updated_at,number"
	Cursor string
	Limit  int
	Count  bool
	AsOf   time.Time // zero = now
}

// A Page is part of a list.
type Page struct {
	Views []View
	Next  string // cursor of the next page; empty at the end
	Total int64  // with Count
	More  bool   // Total stopped counting
}

// Limits of lists.
const (
	DefaultLimit = 50
	MaxLimit     = 500
	CountCap     = 100_000
)

// filter compiles a condition; empty = always.
func (e *Engine) filter(k *record.Kind, src string, env query.Env) (query.Bound, error) {
	if strings.TrimSpace(src) == "" {
		return query.Always(), nil
	}
	f, err := query.Compile(e.schema, k, src, vars(env.Vars)...)
	if err != nil {
		return query.Never(), err
	}
	return f.Bind(env), nil
}

// vars types the extra variables of an expression by their values.
func vars(args map[string]any) []query.Var {
	var out []query.Var
	for _, name := range sortedKeys(args) {
		v := query.Var{Name: name, Type: record.Text}
		switch args[name].(type) {
		case time.Time:
			v.Type = record.Time
		case int, int64:
			v.Type = record.Int
		case record.Date:
			v.Type = record.Day
		case record.Decimal:
			v.Type = record.Number
		case bool:
			v.Type = record.Bool
		case time.Duration:
			v.Type = record.Span
		case []record.ID, []string:
			v.Type, v.Many = record.Texts, true
		}
		out = append(out, v)
	}
	return out
}

// conditions gives what a caller's filter and order come to: the filter, and the rights
// to see a record and every field that filter and order use, so that what is masked
// cannot be guessed by filtering or sorting.
func (e *Engine) conditions(a record.Actor, env query.Env, k *record.Kind, filter string, more ...query.Use) (rights, where []query.Bound, err error) {
	rights = []query.Bound{e.Policy().Where(a, env, k.Name, permit.Read)}
	asked := query.Always()
	uses := more
	if strings.TrimSpace(filter) != "" {
		f, err := query.Compile(e.schema, k, filter)
		if err != nil {
			return nil, nil, err
		}
		asked = f.Bind(env)
		uses = append(uses, f.Uses()...)
	}
	seen := map[query.Use]bool{}
	for _, u := range uses {
		if seen[u] {
			continue
		}
		seen[u] = true
		uk := e.schema.Kind(u.Kind)
		if u.Via == "" && e.Policy().Shows(a, k, u.Field) {
			continue
		}
		b := e.Policy().WhereField(a, env, uk, u.Field)
		if u.Via == "" {
			rights = append(rights, b)
			continue
		}
		if !b.IsAlways() {
			return nil, nil, fault.Field("filter", "filter_hidden_field", "word", u.Via+"."+u.Field)
		}
		rights = append(rights, e.Policy().WhereField(a, env, k, u.Via))
	}
	rights = slices.DeleteFunc(rights, query.Bound.IsAlways)
	return rights, slices.DeleteFunc(append(slices.Clone(rights), asked), query.Bound.IsAlways), nil
}

// List reads a page of records that the actor may see.
func (e *Engine) List(ctx context.Context, req ListRequest) (Page, error) {
	a, err := permit.From(ctx)
	if err != nil {
		return Page{}, err
	}
	k, err := e.kindNamed(req.Kind)
	if err != nil {
		return Page{}, err
	}
	if req.Limit == 0 {
		req.Limit = DefaultLimit
	}
	if req.Limit < 1 || req.Limit > MaxLimit {
		return Page{}, fault.Field("limit", "out_of_range", "min", 1, "max", MaxLimit)
	}
	order, err := parseOrder(k, req.Order)
	if err != nil {
		return Page{}, err
	}
	var uses []query.Use
	for _, o := range order {
		uses = append(uses, query.Use{Kind: k.Name, Field: o.Field.Name})
	}
	env := e.env(ctx, a, e.Now())
	rights, where, err := e.conditions(a, env, k, req.Filter, uses...)
	if err != nil {
		return Page{}, err
	}
	q := storage.Query{Kind: k, Where: where, Order: order, Limit: req.Limit + 1}
	if q.After, err = parseCursor(order, req.Cursor); err != nil {
		return Page{}, err
	}
	var f listed
	if req.AsOf.IsZero() {
		f, err = e.listNow(ctx, q, req.Count)
	} else {
		f, err = e.listAsOf(ctx, q, rights, req.AsOf, req.Count)
	}
	if err != nil {
		return Page{}, explain(err)
	}
	return e.page(a, env, req, q, f)
}

// listed is what a list came to.
type listed struct {
	recs  []*record.Record
	now   map[record.ID]*record.Record // of a list in the past: what its records are now, where that differs
	total int64
}

func (e *Engine) listNow(ctx context.Context, q storage.Query, count bool) (f listed, err error) {
	if f.recs, err = e.store.List(ctx, q); err == nil && count {
		f.total, err = e.store.Count(ctx, q.Kind, q.Where, CountCap)
	}
	return f, err
}

// page turns what was found, one more than asked, into a page.
func (e *Engine) page(a record.Actor, env query.Env, req ListRequest, q storage.Query, f listed) (Page, error) {
	p := Page{Total: f.total, More: f.total >= CountCap}
	recs := f.recs
	if len(recs) > req.Limit {
		recs = recs[:req.Limit]
		p.Next = formatCursor(q.Order, recs[len(recs)-1])
	}
	p.Views = make([]View, len(recs))
	vs := e.viewer(a, env)
	for i, r := range recs {
		var v View
		var err error
		if req.AsOf.IsZero() {
			v, err = vs.view(r)
		} else {
			v, err = e.viewAsOf(a, env, r, f.now[r.ID()])
		}
		if err != nil {
			return p, err
		}
		p.Views[i] = v
	}
	return p, nil
}

// Count counts what the actor may see.
func (e *Engine) Count(ctx context.Context, kind, filter string) (int64, error) {
	a, err := permit.From(ctx)
	if err != nil {
		return 0, err
	}
	k, err := e.kindNamed(kind)
	if err != nil {
		return 0, err
	}
	_, where, err := e.conditions(a, e.env(ctx, a, e.Now()), k, filter)
	if err != nil {
		return 0, err
	}
	n, err := e.store.Count(ctx, k, where, 0)
	if err != nil {
		return 0, explain(err)
	}
	return n, nil
}

// Groups counts by terms and collects a value of each record the actor may see.
func (e *Engine) Groups(ctx context.Context, kind, filter string, by []string, value string) ([]storage.Group, error) {
	a, err := permit.From(ctx)
	if err != nil {
		return nil, err
	}
	k, err := e.kindNamed(kind)
	if err != nil {
		return nil, err
	}
	env := e.env(ctx, a, e.Now())
	var uses []query.Use
	term := func(src string) (query.Term, error) {
		t, err := query.CompileTerm(e.schema, k, src)
		if err != nil {
			return query.Term{}, err
		}
		uses = append(uses, t.Uses()...)
		return t.Bind(env), nil
	}
	var keys []query.Term
	for _, src := range by {
		t, err := term(src)
		if err != nil {
			return nil, err
		}
		keys = append(keys, t)
	}
	var val *query.Term
	if value != "" {
		t, err := term(value)
		if err != nil {
			return nil, err
		}
		val = &t
	}
	_, where, err := e.conditions(a, env, k, filter, uses...)
	if err != nil {
		return nil, err
	}
	groups, err := e.store.Groups(ctx, k, where, keys, val)
	if err != nil {
		return nil, explain(err)
	}
	return groups, nil
}

// GroupsOf lists the records of a kind whose list field names id. It asks no right: it
// is how an actor is made.
func (e *Engine) GroupsOf(ctx context.Context, kind, field string, id record.ID) ([]record.ID, error) {
	k := e.schema.Kind(kind)
	b, err := e.filter(k, "who in "+field, query.Env{Vars: map[string]any{"who": string(id)}})
	if err != nil {
		return nil, err
	}
	recs, err := e.store.List(ctx, storage.Query{Kind: k, Where: []query.Bound{b}, Limit: 1_000})
	if err != nil {
		return nil, err
	}
	out := make([]record.ID, len(recs))
	for i, r := range recs {
		out[i] = r.ID()
	}
	return out, nil
}

// A Title is what a record is called.
type Title struct{ Number, Title string }

// Title gives what a record is called in a language, if the actor may see it and its name.
func (e *Engine) Title(ctx context.Context, lang, kind string, id record.ID) (Title, bool) {
	a, err := permit.From(ctx)
	if err != nil {
		return Title{}, false
	}
	r, err := e.cached(ctx, kind, id)
	if err != nil {
		return Title{}, false
	}
	mask, err := e.Policy().Mask(a, e.env(ctx, a, e.Now()), r, permit.Read)
	f := r.Kind.Field(r.Kind.Title)
	if err != nil || mask.Empty() || f == nil || !mask.Sees(f) {
		return Title{}, false
	}
	return Title{r.Number(), r.TitleIn(lang)}, true
}
