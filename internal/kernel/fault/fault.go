// Package fault holds the errors a caller may act on.
//
// Everything else is an internal error: it is logged, and the caller learns only
// that something went wrong.
package fault

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// A Class says what sort of failure a fault is; the HTTP door has one table
// from class to status.
type Class int

// The classes of fault.
const (
	Malformed    Class = iota // the request cannot be read
	Unidentified              // nobody, or nobody we know
	Forbidden                 // visible, but not allowed
	NotFound                  // not there, or not yours to see
	Conflict                  // the world is in the way: a guard, a lost race, a key used twice
	Stale                     // an If-Match that no longer matches
	Invalid                   // readable, but wrong
	TooLarge                  // more bytes or items than accepted
	TooMany                   // asked too often
	TooCostly                 // would take longer than anyone should wait
	Unavailable               // not now; try again
)

// A Fault is one failure with everything a person or a program needs to act on it.
type Fault struct {
	Class  Class
	Code   string         // stable, for programs: "guard_failed", "use_action", …
	Field  string         // the field at fault, where there is one
	Args   map[string]any // what the message's {placeholders} stand for
	Fields []*Fault       // faults of single fields, for forms
	Guards []Guard        // the guards that said no
	Pos    int            // 1-based character position in an expression; 0 = none
	Detail string         // extra English detail, where words are not enough (parser output)
	cause  error
}

// A Guard is a guard that said no. Key finds its sentence in the locale.
type Guard struct {
	Name string
	Key  string
}

// New returns a fault. args are pairs of placeholder name and value.
func New(class Class, code string, args ...any) *Fault {
	f := &Fault{Class: class, Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if f.Args == nil {
			f.Args = make(map[string]any, len(args)/2)
		}
		f.Args[fmt.Sprint(args[i])] = args[i+1]
	}
	return f
}

// Field returns an Invalid fault about one field.
func Field(field, code string, args ...any) *Fault {
	f := New(Invalid, code, args...)
	f.Field = field
	return f
}

// At sets the position in an expression and returns f.
func (f *Fault) At(pos int) *Fault { f.Pos = pos; return f }

// Because sets detail and cause and returns f. The cause is logged, never shown.
func (f *Fault) Because(err error) *Fault { f.cause = err; return f }

// Saying sets the English detail and returns f.
func (f *Fault) Saying(format string, args ...any) *Fault {
	f.Detail = fmt.Sprintf(format, args...)
	return f
}

// Error is for logs and tests: code, field, arguments and detail, in English.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Code)
	if f.Field != "" {
		b.WriteString(" (" + f.Field + ")")
	}
	keys := make([]string, 0, len(f.Args))
	for k := range f.Args {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Fprintf(&b, " %s=%v", k, f.Args[k])
	}
	for _, g := range f.Guards {
		b.WriteString(" guard=" + g.Name)
	}
	if f.Pos > 0 {
		fmt.Fprintf(&b, " at %d", f.Pos)
	}
	if f.Detail != "" {
		b.WriteString(": " + f.Detail)
	}
	for _, sub := range f.Fields {
		b.WriteString("; " + sub.Error())
	}
	if f.cause != nil {
		b.WriteString(": " + f.cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.cause }

// Is makes errors.Is(err, fault.New(class, code)) compare class and code.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && t.Class == f.Class && (t.Code == "" || t.Code == f.Code)
}

// Of returns the fault in err's chain, or nil.
func Of(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Has reports whether err carries a fault with this code.
func Has(err error, code string) bool {
	f := Of(err)
	return f != nil && f.Code == code
}

// Collect gathers faults of single fields into one Invalid fault; nil when there are none.
func Collect(fields []*Fault) error {
	switch len(fields) {
	case 0:
		return nil
	case 1:
		if fields[0].Class != Invalid {
			return fields[0]
		}
	}
	f := New(Invalid, "validation")
	f.Fields = fields
	return f
}

// Missing is the answer for what is not there and for what is not yours to see:
// the two must look the same.
func Missing(kind, id string) *Fault { return New(NotFound, "not_found", "kind", kind, "id", id) }
