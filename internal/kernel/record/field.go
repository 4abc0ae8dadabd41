package record

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A FieldType says what a field holds. A value is nil (nothing) or exactly the Go type named here.
type FieldType int

// The types of field.
const (
	Text       FieldType = iota // string
	RichText                    // string, Markdown
	Choice                      // string, one of Field.Choices
	Int                         // int64
	Number                      // Decimal with Field.Scale decimals
	Pct                         // Decimal 0–100 with Field.Scale decimals
	Cash                        // Money
	Span                        // time.Duration, whole seconds
	Time                        // time.Time, UTC, microseconds
	Day                         // Date
	Bool                        // bool
	Reference                   // ID of a record of kind Field.To
	References                  // []ID
	Texts                       // []string
	JSON                        // RawJSON
	Blob                        // ID of an attachment
	I18n                        // Words
)

var typeNames = [...]string{"text", "rich_text", "choice", "int", "decimal", "percent", "money", "duration", "time", "date",
	"bool", "reference", "references", "texts", "json", "file", "words"}

// String gives the type's public name, as in GET /book.
func (t FieldType) String() string { return typeNames[t] }

// TypeNamed finds a type by its public name.
func TypeNamed(name string) (FieldType, bool) {
	i := slices.Index(typeNames[:], name)
	return FieldType(i), i >= 0
}

// A Field is one declared or customer-added field of a kind.
type Field struct {
	Name     string
	Type     FieldType
	To       string   // kind referred to, for Reference and References
	Of       string   // text that is the id of a record of whatever kind this other field names
	Among    string   // reference: one of those in a list of the record that another field refers to, as "group.members"; a hint for pickers
	Involved bool     // who is named here had a hand in the record, and decides nothing about it
	Choices  []string // allowed codes, for Choice and for Int with names
	Required bool     // must not be empty
	Derived  bool     // set by the engine or by code, never by a caller
	Fixed    bool     // set on create, never changed by a caller after
	Unique   bool
	Search   bool   // found by full-text search
	Secret   bool   // never leaves the store in any answer
	Internal bool   // only for those who may see internals
	Override bool   // set against what is derived: needs the right to, and a reason
	Personal string // field naming the person it is about; "id" = the record itself; "" = not personal
	Min, Max *int64 // length of text, value of numbers, count of lists
	Scale    int    // decimals of Number and Pct
	Default  string // textual default
	Section  string // where forms put it
	Indexed  bool
	Custom   bool  // lives in the extra column
	Label    Words // custom fields carry their own words; declared ones find theirs in the locale

	pos  int   // index in Kind.Fields and Record.vals
	path []int // place in the Go struct; nil for custom fields
}

// Many reports whether the field holds a list.
func (f *Field) Many() bool { return f.Type == References || f.Type == Texts }

// Settable reports whether a caller may give the field a value at all.
func (f *Field) Settable() bool { return !f.Derived }

var goTypes = map[reflect.Type]FieldType{
	reflect.TypeFor[Markdown]():      RichText,
	reflect.TypeFor[Decimal]():       Number,
	reflect.TypeFor[Percent]():       Pct,
	reflect.TypeFor[Money]():         Cash,
	reflect.TypeFor[time.Duration](): Span,
	reflect.TypeFor[time.Time]():     Time,
	reflect.TypeFor[Date]():          Day,
	reflect.TypeFor[ID]():            Reference,
	reflect.TypeFor[[]ID]():          References,
	reflect.TypeFor[[]string]():      Texts,
	reflect.TypeFor[RawJSON]():       JSON,
	reflect.TypeFor[File]():          Blob,
	reflect.TypeFor[Words]():         I18n,
}

// fieldOf reads one struct field and its tag.
func fieldOf(sf reflect.StructField) (*Field, error) {
	words := strings.Split(sf.Tag.Get("maru"), ",")
	f := &Field{Name: words[0], Section: "main"}
	if !validName(f.Name) {
		return nil, fmt.Errorf("field %s: name %q must be lower_snake_case", sf.Name, f.Name)
	}
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if known, ok := goTypes[t]; ok {
		f.Type = known
	} else {
		switch t.Kind() {
		case reflect.String:
			f.Type = Text
		case reflect.Int, reflect.Int64:
			f.Type = Int
		case reflect.Bool:
			f.Type = Bool
		default:
			return nil, fmt.Errorf("field %s: no field type for %s", f.Name, sf.Type)
		}
	}
	if f.Type == Pct {
		f.Scale = 6
		lo, hi := int64(0), int64(100)
		f.Min, f.Max = &lo, &hi
	}
	if f.Name == "id" {
		f.Type = Text
	}
	for _, w := range words[1:] {
		if err := f.word(w); err != nil {
			return nil, err
		}
	}
	return f, f.coherent()
}

// word applies one word of the tag.
func (f *Field) word(w string) error {
	key, val, valued := strings.Cut(w, "=")
	switch key {
	case "to", "of", "among", "one", "default", "section", "min", "max", "scale":
		if val == "" {
			return fmt.Errorf("field %s: tag word %q needs a value", f.Name, w)
		}
	case "personal":
	default:
		if valued {
			return fmt.Errorf("field %s: unknown tag word %q", f.Name, w)
		}
	}
	switch key {
	case "required":
		f.Required = true
	case "derived":
		f.Derived = true
	case "fixed":
		f.Fixed = true
	case "unique":
		f.Unique = true
	case "search":
		f.Search = true
	case "secret":
		f.Secret = true
	case "internal":
		f.Internal = true
	case "override":
		f.Override = true
	case "index":
		f.Indexed = true
	case "personal":
		f.Personal = val
		if val == "" {
			f.Personal = "id"
		}
	case "to":
		f.To = val
	case "of":
		f.Of = val
	case "among":
		f.Among = val
	case "involved":
		f.Involved = true
	case "one":
		f.Choices = strings.Split(val, "|")
		if f.Type == Text {
			f.Type = Choice
		}
	case "default":
		f.Default = val
	case "section":
		f.Section = val
	case "min", "max", "scale":
		n, err := strconv.ParseInt(val, 10, 64)
		if err != nil {
			return fmt.Errorf("field %s: %s is not a number", f.Name, w)
		}
		switch key {
		case "min":
			f.Min = &n
		case "max":
			f.Max = &n
		default:
			f.Scale = int(n)
		}
	default:
		return fmt.Errorf("field %s: unknown tag word %q", f.Name, w)
	}
	return nil
}

// coherent refuses declarations that contradict themselves.
func (f *Field) coherent() error {
	isRef := f.Type == Reference || f.Type == References
	if err := f.limits(); err != nil {
		return err
	}
	switch {
	case isRef && f.To == "":
		return fmt.Errorf("field %s: a reference needs to=", f.Name)
	case !isRef && f.To != "":
		return fmt.Errorf("field %s: only references have to=", f.Name)
	case f.Of != "" && f.Type != Text:
		return fmt.Errorf("field %s: only text has of=", f.Name)
	case f.Among != "" && !isRef:
		return fmt.Errorf("field %s: only references have among=", f.Name)
	case f.Involved && f.To == "":
		return fmt.Errorf("field %s: only references can be involved", f.Name)
	case f.Choices != nil && f.Type != Choice && f.Type != Int:
		return fmt.Errorf("field %s: only text and int have one=", f.Name)
	case f.Type == Choice && len(f.Choices) == 0:
		return fmt.Errorf("field %s: a choice needs one=", f.Name)
	case f.Unique && f.Many():
		return fmt.Errorf("field %s: a list cannot be unique", f.Name)
	case (f.Unique || f.Indexed) && (f.Type == RichText || f.Type == JSON || f.Type == I18n):
		return fmt.Errorf("field %s: no index can be made on %s", f.Name, f.Type)
	case (f.Unique || f.Indexed) && f.Type == Text && f.Max != nil && *f.Max > MaxKey && f.Name != "id":
		return fmt.Errorf("field %s: text in an index has at most %d characters", f.Name, MaxKey)
	case f.Search && f.Type != Text && f.Type != RichText && f.Type != Texts && f.Type != I18n:
		return fmt.Errorf("field %s: only text can be searched", f.Name)
	case f.Default != "" && isRef:
		return fmt.Errorf("field %s: a reference has no default", f.Name)
	}
	if f.Default != "" {
		v, err := f.Parse(f.Default)
		if err == nil {
			err = f.Check(v)
		}
		if err != nil {
			return fmt.Errorf("field %s: default %q: %w", f.Name, f.Default, err)
		}
	}
	return nil
}

// limits refuses choices, bounds and scales that no value could meet.
func (f *Field) limits() error {
	for i, c := range f.Choices {
		if strings.TrimSpace(c) != c || c == "" || slices.Contains(f.Choices[:i], c) {
			return fmt.Errorf("field %s: choice %q is empty or stands twice", f.Name, c)
		}
		if _, err := strconv.ParseInt(c, 10, 64); f.Type == Int && err != nil {
			return fmt.Errorf("field %s: choice %q is not a number", f.Name, c)
		}
	}
	switch f.Type {
	case Text, RichText, Int, Number, Pct, Cash, Span, References, Texts:
	case I18n:
		if f.Min != nil {
			return fmt.Errorf("field %s: %s has no min", f.Name, f.Type)
		}
	default:
		if f.Min != nil || f.Max != nil {
			return fmt.Errorf("field %s: %s has no min or max", f.Name, f.Type)
		}
	}
	switch {
	case f.Min != nil && f.Max != nil && *f.Min > *f.Max:
		return fmt.Errorf("field %s: min is above max", f.Name)
	case f.Scale < 0 || f.Scale > 12:
		return fmt.Errorf("field %s: scale must be 0 to 12", f.Name)
	case f.Scale != 0 && f.Type != Number && f.Type != Pct:
		return fmt.Errorf("field %s: only decimals have a scale", f.Name)
	}
	return nil
}

// validName asks for lower_snake_case. Two underscores in a row are the databases' own:
// they join the names of kinds and fields into names of indexes and side tables.
func validName(s string) bool {
	if s == "" || len(s) > 60 || s[0] < 'a' || s[0] > 'z' || strings.Contains(s, "__") || strings.HasSuffix(s, "_") {
		return false
	}
	for _, c := range s {
		if c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// CustomPrefix begins the name of every field a customer adds, so that a later
// version of Maru can add a field without a clash.
const CustomPrefix = "x_"

// NewCustom checks and completes a field that a customer adds at run time.
func NewCustom(f Field) (*Field, error) {
	if !strings.HasPrefix(f.Name, CustomPrefix) || !validName(f.Name) || len(f.Name) > 40 {
		return nil, fmt.Errorf("custom field name %q must begin with %s and be lower_snake_case", f.Name, CustomPrefix)
	}
	if f.Type == JSON || f.Type == Blob || f.Type == Cash || f.Type == I18n {
		return nil, fmt.Errorf("custom field %s: type %s cannot be added", f.Name, f.Type)
	}
	if f.Type == Number && f.Scale == 0 || f.Type == Pct {
		f.Scale = 6
	}
	f.Custom, f.Derived, f.Secret, f.Unique, f.path = true, false, false, false, nil
	if f.Section == "" {
		f.Section = "custom"
	}
	return &f, f.coherent()
}

// Alike reports whether two custom fields say the same, wherever they stand.
func (f *Field) Alike(g *Field) bool {
	a, b := *f, *g
	a.pos, b.pos, a.path, b.path = 0, 0, nil, nil
	return reflect.DeepEqual(a, b)
}
