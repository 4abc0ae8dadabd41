// Package record says what a record is: kinds, fields, tags, references and
// numbering. A process declares a Go struct with one tag a field; everything else —
// the table, the API, the form, the history — follows from that declaration.
package record

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Base is what every record has. Embed it first.
type Base struct {
	ID        ID        `maru:"id,derived"`
	Number    string    `maru:"number,derived"`
	Version   int64     `maru:"version,derived"`
	CreatedAt time.Time `maru:"created_at,derived"`
	CreatedBy Ref       `maru:"created_by,derived,to=user,involved"`
	UpdatedAt time.Time `maru:"updated_at,derived"`
	UpdatedBy Ref       `maru:"updated_by,derived,to=user"`
	Tags      []string  `maru:"tags,max=50"`
	Source    string    `maru:"source,fixed,max=100,section=origin"`
	SourceID  string    `maru:"source_id,fixed,max=200,section=origin"`
}

// Any is a declared kind of whatever Go type.
type Any interface{ Declare() Declaration }

// Type declares one kind of record, held in Go as a T.
type Type[T any] struct {
	Kind    string                  // lower_snake_case; also the table
	Plural  string                  // path segment of the API
	Prefix  string                  // of numbers: "INC"; empty = records without a number
	Title   string                  // the field that names a record; default "title", else "name"
	Life    Life                    // nil = no states
	Derive  func(q Ask, t *T) error // sets derived fields; runs on every change, before checks
	Check   func(q Ask, t *T) error // refuses what single fields cannot; runs after Derive
	List    string                  // columns of the default list
	Indexes []string                // each "field field": for lists that must stay fast
	Links   []Link                  // typed edges that begin here
	Config  bool                    // configuration: read by everyone signed in, written by few
}

// A Declaration is a Type with its Go type put aside.
type Declaration struct {
	Name, Plural, Prefix, Title string
	Struct                      reflect.Type
	Life                        Life
	Derive, Check               func(Ask, any) error
	List                        []string
	Indexes                     [][]string
	Links                       []Link
	Config                      bool
}

// Declare implements Any.
func (t Type[T]) Declare() Declaration {
	d := Declaration{Name: t.Kind, Plural: t.Plural, Prefix: t.Prefix, Title: t.Title, Struct: reflect.TypeFor[T](),
		Life: t.Life, List: strings.Fields(t.List), Links: t.Links, Config: t.Config}
	for _, ix := range t.Indexes {
		d.Indexes = append(d.Indexes, strings.Fields(ix))
	}
	if t.Derive != nil {
		d.Derive = func(q Ask, p any) error { return t.Derive(q, p.(*T)) }
	}
	if t.Check != nil {
		d.Check = func(q Ask, p any) error { return t.Check(q, p.(*T)) }
	}
	return d
}

// A Kind is a declaration made ready: its fields in order, found by name. It is
// immutable; adding a custom field makes a new one.
type Kind struct {
	Declaration
	Fields []*Field
	byName map[string]*Field
}

// Field finds a field by name, or nil.
func (k *Kind) Field(name string) *Field { return k.byName[name] }

// NewStruct returns a pointer to a zero Go struct of the kind.
func (k *Kind) NewStruct() any { return reflect.New(k.Struct).Interface() }

// Compile reads the struct's tags and checks that the declaration is coherent.
func Compile(d Declaration) (*Kind, error) {
	k := &Kind{Declaration: d, byName: map[string]*Field{}}
	if !validName(d.Name) || d.Plural == "" {
		return nil, fmt.Errorf("kind %q: needs a lower_snake_case name and a plural", d.Name)
	}
	if err := k.collect(d.Struct, nil); err != nil {
		return nil, fmt.Errorf("kind %s: %w", d.Name, err)
	}
	if k.Title == "" {
		k.Title = "name"
		if k.Field("title") != nil {
			k.Title = "title"
		}
	}
	if d.Life != nil {
		f := k.Field("state")
		if f == nil || !f.Derived {
			return nil, fmt.Errorf("kind %s: has a life but no derived field state", d.Name)
		}
		k.Life = readyLife{d.Life, d.Life.States(), d.Life.Moves()}
		f.Type, f.Choices, f.Indexed = Choice, k.Life.States(), true
	}
	return k, k.check()
}

// collect walks the struct, embedded structs first in their place.
func (k *Kind) collect(t reflect.Type, path []int) error {
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(slices.Clone(path), i)
		if sf.Anonymous {
			if err := k.collect(sf.Type, at); err != nil {
				return err
			}
			continue
		}
		if sf.Tag.Get("maru") == "" {
			continue // working memory of the process's own code
		}
		f, err := fieldOf(sf)
		if err != nil {
			return err
		}
		if k.byName[f.Name] != nil {
			return fmt.Errorf("field %s stands twice", f.Name)
		}
		f.path = at
		k.add(f)
	}
	return nil
}

func (k *Kind) add(f *Field) {
	f.pos = len(k.Fields)
	k.Fields = append(k.Fields, f)
	k.byName[f.Name] = f
}

func (k *Kind) check() error {
	var errs []error
	need := func(where, name string) {
		if k.Field(strings.TrimPrefix(name, "-")) == nil {
			errs = append(errs, fmt.Errorf("kind %s: %s names unknown field %q", k.Name, where, name))
		}
	}
	for _, base := range []string{"id", "number", "version", "created_at", "updated_at"} {
		need("embed record.Base:", base)
	}
	for _, n := range k.List {
		need("List", n)
	}
	for _, ix := range k.Indexes {
		long := int64(0)
		for _, n := range ix {
			need("Indexes", n)
			if f := k.Field(n); f != nil && f.Type == Text {
				most := int64(maxText)
				if f.Max != nil {
					most = *f.Max
				}
				long += most
			}
		}
		if long > MaxKey {
			errs = append(errs, fmt.Errorf("kind %s: Indexes %s: text in an index has at most %d characters", k.Name, strings.Join(ix, " "), MaxKey))
		}
	}
	taken := map[string]bool{"extra": true} // the column of custom fields
	for _, f := range k.Fields {
		if f.Personal != "" {
			need(f.Name+" personal=", f.Personal)
		}
		if f.Of != "" {
			need(f.Name+" of=", f.Of)
		}
		columns := []string{f.Name}
		if f.Type == Cash {
			columns = append(columns, f.Name+"_currency")
		}
		for _, c := range columns {
			if taken[c] {
				errs = append(errs, fmt.Errorf("kind %s: field %s needs the column %s, which is taken", k.Name, f.Name, c))
			}
			taken[c] = true
		}
	}
	if k.Life != nil {
		for _, m := range k.Life.Moves() {
			for _, n := range slices.Concat(m.Needs, m.Takes) {
				need("move "+m.Name, n)
			}
		}
	}
	return errors.Join(errs...)
}

// With returns a copy of k that also has custom fields fs, in their order, in place
// of the custom fields k had.
func (k *Kind) With(fs []*Field) *Kind {
	out := &Kind{Declaration: k.Declaration, byName: map[string]*Field{}}
	for _, f := range k.Fields {
		if !f.Custom {
			out.Fields = append(out.Fields, f)
			out.byName[f.Name] = f
		}
	}
	for _, f := range fs {
		c := *f
		out.add(&c)
	}
	return out
}

// A Schema is all kinds at one moment. It changes as a whole when a custom field is
// added; a change in progress keeps the one it began with.
type Schema struct {
	kinds atomic.Pointer[kinds]
}

type kinds struct {
	list     []*Kind
	byName   map[string]*Kind
	byPlural map[string]*Kind
	byPrefix map[string]*Kind
}

// among reports whether a field's among= leads to a list of what the field refers to.
func (ks *kinds) among(k *Kind, f *Field) bool {
	near, far, _ := strings.Cut(f.Among, ".")
	n := k.Field(near)
	if n == nil || n.Type != Reference || ks.byName[n.To] == nil {
		return false
	}
	l := ks.byName[n.To].Field(far)
	return l != nil && l.Type == References && l.To == f.To
}

// NewSchema compiles declarations and checks that every reference has a target.
func NewSchema(decls []Any) (*Schema, error) {
	var list []*Kind
	for _, d := range decls {
		k, err := Compile(d.Declare())
		if err != nil {
			return nil, err
		}
		list = append(list, k)
	}
	s := &Schema{}
	return s, s.install(list)
}

func (s *Schema) install(list []*Kind) error {
	ks := &kinds{list: list, byName: map[string]*Kind{}, byPlural: map[string]*Kind{}, byPrefix: map[string]*Kind{}}
	var errs []error
	for _, k := range list {
		if ks.byName[k.Name] != nil || ks.byPlural[k.Plural] != nil || (k.Prefix != "" && ks.byPrefix[k.Prefix] != nil) {
			errs = append(errs, fmt.Errorf("kind %s: name, plural or prefix is taken", k.Name))
		}
		ks.byName[k.Name], ks.byPlural[k.Plural] = k, k
		if k.Prefix != "" {
			ks.byPrefix[k.Prefix] = k
		}
	}
	for _, k := range list {
		errs = append(errs, k.checkNotBy(ks.byName))
		for _, f := range k.Fields {
			if f.To != "" && ks.byName[f.To] == nil {
				errs = append(errs, fmt.Errorf("kind %s: field %s refers to unknown kind %q", k.Name, f.Name, f.To))
			}
			if f.Among != "" && !ks.among(k, f) {
				errs = append(errs, fmt.Errorf("kind %s: field %s cannot be among %s", k.Name, f.Name, f.Among))
			}
		}
		for _, l := range k.Links {
			for _, to := range l.To {
				if ks.byName[to] == nil {
					errs = append(errs, fmt.Errorf("kind %s: link %s leads to unknown kind %q", k.Name, l.Name, to))
				}
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	s.kinds.Store(ks)
	return nil
}

// checkNotBy checks that what a move names as NotBy are references, at most one further
// reference away.
func (k *Kind) checkNotBy(kinds map[string]*Kind) error {
	if k.Life == nil {
		return nil
	}
	for _, m := range k.Life.Moves() {
		for _, name := range m.NotBy {
			first, far, hop := strings.Cut(name, ".")
			f := k.Field(first)
			switch {
			case !hop:
			case f != nil && f.Type == Reference && kinds[f.To] != nil:
				f = kinds[f.To].Field(far)
			default:
				f = nil
			}
			if f == nil || f.Type != Reference && f.Type != References {
				return fmt.Errorf("kind %s: move %s: NotBy names %q, which names nobody", k.Name, m.Name, name)
			}
		}
	}
	return nil
}

// Kinds lists all kinds in the order of their declaration.
func (s *Schema) Kinds() []*Kind { return s.kinds.Load().list }

// Kind finds a kind by name, or nil.
func (s *Schema) Kind(name string) *Kind { return s.kinds.Load().byName[name] }

// Plural finds a kind by its path segment, or nil.
func (s *Schema) Plural(name string) *Kind { return s.kinds.Load().byPlural[name] }

// Numbered finds the kind of a number such as "INC0000042", or nil.
func (s *Schema) Numbered(number string) *Kind {
	prefix := strings.TrimRight(number, "0123456789")
	if prefix == number {
		return nil
	}
	return s.kinds.Load().byPrefix[strings.ToUpper(prefix)]
}

// Customise replaces the custom fields of one kind.
func (s *Schema) Customise(kind string, fs []*Field) error {
	list := slices.Clone(s.Kinds())
	for i, k := range list {
		if k.Name == kind {
			list[i] = k.With(fs)
			return s.install(list)
		}
	}
	return fmt.Errorf("no kind %q", kind)
}

// FormatNumber writes the n-th number of kind k: INC0000042.
func (k *Kind) FormatNumber(n int64) string { return fmt.Sprintf("%s%07d", k.Prefix, n) }
