package record

import (
	"maps"
	"reflect"
	"slices"
	"time"
)

// A Record is one record of one kind: values by field. It belongs to whoever holds
// it; Clone before keeping a past.
type Record struct {
	Kind *Kind
	vals []any
}

// New returns an empty record of kind k.
func New(k *Kind) *Record { return &Record{Kind: k, vals: make([]any, len(k.Fields))} }

// Clone copies r; values are never changed in place, so they are shared.
func (r *Record) Clone() *Record { return &Record{Kind: r.Kind, vals: slices.Clone(r.vals)} }

// Get gives the value of a field: nil when empty or when the kind has no such field.
func (r *Record) Get(name string) any {
	if f := r.Kind.Field(name); f != nil {
		return r.At(f)
	}
	return nil
}

// At gives the value of a field of r's own kind.
func (r *Record) At(f *Field) any {
	if f.pos < len(r.vals) {
		return r.vals[f.pos]
	}
	return nil
}

// Put sets the value of a field of r's own kind. v must be nil or the field's Go type.
func (r *Record) Put(f *Field, v any) {
	for f.pos >= len(r.vals) { // the field was added after r was loaded
		r.vals = append(r.vals, nil)
	}
	r.vals[f.pos] = v
}

// Set sets a field by name; it panics on a name the kind does not have, which is a
// mistake in the program.
func (r *Record) Set(name string, v any) {
	f := r.Kind.Field(name)
	if f == nil {
		panic("record: " + r.Kind.Name + " has no field " + name)
	}
	r.Put(f, v)
}

// ID, Number, Version, State and the other short forms read the fields every kind has.
func (r *Record) ID() ID                  { return r.Ref("id") }
func (r *Record) Number() string          { return r.Text("number") }
func (r *Record) Version() int64          { return r.Int("version") }
func (r *Record) State() string           { return r.Text("state") }
func (r *Record) Text(n string) string    { s, _ := r.Get(n).(string); return s }
func (r *Record) Int(n string) int64      { i, _ := r.Get(n).(int64); return i }
func (r *Record) Bool(n string) bool      { b, _ := r.Get(n).(bool); return b }
func (r *Record) Time(n string) time.Time { t, _ := r.Get(n).(time.Time); return t }
func (r *Record) Refs(n string) []ID      { l, _ := r.Get(n).([]ID); return l }

// Ref reads a reference, or any text field as an ID.
func (r *Record) Ref(n string) ID {
	switch v := r.Get(n).(type) {
	case ID:
		return v
	case string:
		return ID(v)
	}
	return ""
}

// Title gives what the kind calls a record by, or its number.
func (r *Record) Title() string { return r.TitleIn("") }

// TitleIn is Title in a language, where the kind's titles have several.
func (r *Record) TitleIn(lang string) string {
	t := r.Text(r.Kind.Title)
	if f := r.Kind.Field(r.Kind.Title); f != nil && f.Type == I18n {
		w, _ := r.At(f).(Words)
		if t = w.In(lang); t == "" {
			t = r.Text("name") // what nobody has found words for yet
		}
	}
	if t != "" {
		return t
	}
	return r.Number()
}

// Same reports whether two values of one field are equal.
func Same(a, b any) bool {
	switch x := a.(type) {
	case nil:
		return b == nil
	case []ID:
		y, ok := b.([]ID)
		return ok && slices.Equal(x, y)
	case []string:
		y, ok := b.([]string)
		return ok && slices.Equal(x, y)
	case RawJSON:
		y, ok := b.(RawJSON)
		return ok && string(x) == string(y)
	case Words:
		y, ok := b.(Words)
		return ok && maps.Equal(x, y)
	case time.Time:
		y, ok := b.(time.Time)
		return ok && x.Equal(y)
	}
	switch b.(type) {
	case []ID, []string, RawJSON, Words:
		return false
	}
	return a == b
}

// Changed lists the fields in which r differs from before; all non-empty ones when
// before is nil. Version and updated_* never count.
func (r *Record) Changed(before *Record) []*Field {
	var out []*Field
	for _, f := range r.Kind.Fields {
		if f.Name == "version" || f.Name == "updated_at" || f.Name == "updated_by" {
			continue
		}
		var old any
		if before != nil {
			old = before.At(f)
		}
		if !Same(old, r.At(f)) {
			out = append(out, f)
		}
	}
	return out
}

// Fill copies r into the Go struct that p points to.
func (r *Record) Fill(p any) {
	s := reflect.ValueOf(p).Elem()
	for _, f := range r.Kind.Fields {
		if f.path == nil {
			continue
		}
		put(s.FieldByIndex(f.path), r.At(f))
	}
}

// Absorb copies the Go struct that p points to back into r.
func (r *Record) Absorb(p any) {
	s := reflect.ValueOf(p).Elem()
	for _, f := range r.Kind.Fields {
		if f.path == nil {
			continue
		}
		r.Put(f, take(s.FieldByIndex(f.path), f))
	}
}

// Take turns what a process's own code has for the field — its Go type, a pointer to it
// or a named form of it — into the field's value; empty becomes nil, as in Absorb.
func (f *Field) Take(v any) any {
	if v == nil {
		return nil
	}
	return take(reflect.ValueOf(v), f)
}

// put stores value v into struct field dst, whose type fieldOf has accepted.
func put(dst reflect.Value, v any) {
	if v == nil {
		dst.SetZero()
		return
	}
	if dst.Kind() == reflect.Pointer {
		dst.Set(reflect.New(dst.Type().Elem()))
		dst = dst.Elem()
	}
	src := reflect.ValueOf(v)
	if src.Type() != dst.Type() {
		src = src.Convert(dst.Type())
	}
	dst.Set(own(src))
}

// own copies lists and maps, so that code which sorts or extends them in place does not
// reach into the past.
func own(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Slice:
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(out, v)
		return out
	case reflect.Map:
		out := reflect.MakeMapWithSize(v.Type(), v.Len())
		for k, x := range v.Seq2() {
			out.SetMapIndex(k, x)
		}
		return out
	}
	return v
}

// take reads struct field src as the value of field f; empty becomes nil, except for
// numbers and booleans that cannot be empty without a pointer.
func take(src reflect.Value, f *Field) any {
	if src.Kind() == reflect.Pointer {
		if src.IsNil() {
			return nil
		}
		src = src.Elem()
	}
	if src.IsZero() && f.Type != Int && f.Type != Bool && f.Type != Span {
		return nil
	}
	switch f.Type {
	case Text, RichText, Choice:
		return src.String()
	case Int:
		return src.Int()
	case Number, Pct:
		return Decimal(src.String())
	case Bool:
		return src.Bool()
	case Span:
		return time.Duration(src.Int()).Truncate(time.Second)
	case Time:
		return Instant(src.Interface().(time.Time))
	case Reference, Blob:
		return ID(src.String())
	case References, Texts, I18n, JSON:
		if src.Len() == 0 {
			return nil
		}
	}
	return src.Interface()
}
