package record

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// field reads one tag on a struct field of type T.
func field[T any](tag string) (*Field, error) {
	return fieldOf(reflect.StructField{Name: "X", Type: reflect.TypeFor[T](), Tag: reflect.StructTag(`maru:"` + tag + `"`)})
}

func TestTagTypes(t *testing.T) {
	type state string
	read := func(f *Field, err error) string {
		if err != nil {
			return err.Error()
		}
		return f.Type.String()
	}
	for want, got := range map[string]string{
		"text": read(field[string]("x")), "rich_text": read(field[Markdown]("x")), "choice": read(field[state]("x,one=a|b")), "int": read(field[int]("x")),
		"decimal": read(field[Decimal]("x,scale=2")), "percent": read(field[Percent]("x")), "money": read(field[Money]("x")), "duration": read(field[time.Duration]("x")),
		"time": read(field[*time.Time]("x")), "date": read(field[Date]("x")), "bool": read(field[*bool]("x")), "reference": read(field[Ref]("x,to=user")),
		"references": read(field[[]ID]("x,to=user")), "texts": read(field[[]string]("x")), "json": read(field[RawJSON]("x")), "file": read(field[File]("x")), "words": read(field[Words]("x")),
	} {
		if got != want {
			t.Errorf("want %s, got %s", want, got)
		}
		if ft, ok := TypeNamed(want); !ok || ft.String() != want {
			t.Errorf("TypeNamed(%q) = %v %v", want, ft, ok)
		}
	}
	if _, ok := TypeNamed("blob"); ok {
		t.Error("a type nobody named was found")
	}
}

func TestTagWords(t *testing.T) {
	f, err := field[string]("code,required,fixed,unique,search,internal,min=2,max=60,section=origin,default=ab")
	if err != nil {
		t.Fatal(err)
	}
	if !f.Required || !f.Fixed || !f.Unique || !f.Search || !f.Internal || *f.Min != 2 || *f.Max != 60 || f.Section != "origin" || f.Default != "ab" || !f.Settable() {
		t.Errorf("%+v", f)
	}
	p, err := field[string]("name,personal")
	if err != nil || p.Personal != "id" {
		t.Errorf("personal without a name is about the record itself: %+v %v", p, err)
	}
	p, err = field[string]("phone,personal=requester,secret,derived,index")
	if err != nil || p.Personal != "requester" || !p.Secret || !p.Derived || !p.Indexed || p.Settable() {
		t.Errorf("%+v %v", p, err)
	}
	pct, err := field[Percent]("share")
	if err != nil || *pct.Min != 0 || *pct.Max != 100 || pct.Scale != 6 {
		t.Errorf("a percent without words: %+v %v", pct, err)
	}
}

func TestTagRefusals(t *testing.T) {
	refused := func(what string, f *Field, err error) {
		t.Helper()
		if err == nil {
			t.Errorf("%s was accepted: %+v", what, f)
		}
	}
	try := func(what string, f *Field, err error) { refused(what, f, err) }
	for _, tag := range []string{"", "X", "2x", "a-b", "a b", "é", "a__b", "a_", "_a", strings.Repeat("a", 61), "x,uniqe", "x,Required", "x,", "x,,required", "x, required", "x,required=yes", "x,derived=", "x,unique=1",
		"x,min", "x,min=", "x,min=a", "x,max=1.5", "x,max=99999999999999999999", "x,scale=2", "x,min=3,max=2", "x,to=user", "x,to=", "x,one=", "x,one=a||b", "x,one=a|a", "x,one= a|b", "x,default=",
		"x,one=a|b,default=c", "x,one=a|b,min=1", "x,min=2,default=a", "x,index,max=601", "x,unique,max=1000", "x,section="} {
		f, err := field[string](tag)
		try("string "+tag, f, err)
	}
	f, err := field[float64]("x")
	try("a float", f, err)
	f, err = field[map[string]int]("x")
	try("a map", f, err)
	f, err = field[[]int]("x")
	try("a list of numbers", f, err)
	f, err = field[uint]("x")
	try("an unsigned number", f, err)
	f, err = field[Ref]("x")
	try("a reference to nothing", f, err)
	f, err = field[Ref]("x,to=user,default=me")
	try("a reference with a default", f, err)
	f, err = field[[]ID]("x,to=user,unique")
	try("a unique list", f, err)
	f, err = field[[]string]("x,one=a|b")
	try("a list of choices", f, err)
	f, err = field[int]("x,one=1|two")
	try("a number that is a word", f, err)
	f, err = field[int]("x,search")
	try("a number to search", f, err)
	f, err = field[bool]("x,max=1")
	try("a bool with a bound", f, err)
	f, err = field[bool]("x,default=maybe")
	try("a bool that may be", f, err)
	f, err = field[time.Time]("x,min=0")
	try("a time with a bound", f, err)
	f, err = field[Decimal]("x,scale=13")
	try("too fine a scale", f, err)
	f, err = field[Decimal]("x,scale=-1")
	try("a negative scale", f, err)
	f, err = field[Decimal]("x,scale=1,default=0.25")
	try("a default finer than the scale", f, err)
	f, err = field[Markdown]("x,index")
	try("an index on rich text", f, err)
	f, err = field[RawJSON]("x,unique")
	try("an index on JSON", f, err)
	f, err = field[Words]("x,index")
	try("an index on words", f, err)
	f, err = field[Percent]("x,default=101")
	try("a default beyond its bounds", f, err)
}

type sample struct {
	Base
	Title string   `maru:"title,required,search"`
	Owner Ref      `maru:"owner,to=user"`
	Cost  Money    `maru:"cost"`
	Notes []string // working memory
}

func TestCompile(t *testing.T) {
	k, err := Compile(Type[sample]{Kind: "sample", Plural: "samples", Prefix: "SMP", List: "number title", Indexes: []string{"owner cost"}}.Declare())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i, f := range k.Fields {
		names = append(names, f.Name)
		if f.pos != i || k.Field(f.Name) != f {
			t.Errorf("%s stands at %d and says %d", f.Name, i, f.pos)
		}
	}
	want := "id number version created_at created_by updated_at updated_by tags source source_id title owner cost"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("fields %s, want %s", got, want)
	}
	if k.Title != "title" || k.FormatNumber(42) != "SMP0000042" || k.FormatNumber(123456789) != "SMP123456789" {
		t.Errorf("title %q, number %q", k.Title, k.FormatNumber(42))
	}
	if _, ok := k.NewStruct().(*sample); !ok {
		t.Errorf("%T", k.NewStruct())
	}
}

type withState struct {
	Base
	State string `maru:"state,derived"`
}

type toyLife struct{ moves []Move }

func (toyLife) Start() string     { return "on" }
func (toyLife) States() []string  { return []string{"on", "off"} }
func (toyLife) Final(string) bool { return false }
func (l toyLife) Moves() []Move   { return l.moves }

func TestCompileRefusals(t *testing.T) {
	type unbased struct {
		Title string `maru:"title"`
	}
	type twice struct {
		Base
		A string `maru:"a"`
		B string `maru:"a"`
	}
	type extra struct {
		Base
		Extra string `maru:"extra"`
	}
	type currency struct {
		Base
		Cost Money  `maru:"cost"`
		Two  string `maru:"cost_currency"`
	}
	type aboutNobody struct {
		Base
		Phone string `maru:"phone,personal=caller"`
	}
	type wideKeys struct {
		Base
		A string `maru:"a,max=400"`
		B string `maru:"b,max=400"`
	}
	type free struct {
		Base
		State string `maru:"state"`
	}
	for what, d := range map[string]Any{
		"a name in capitals": Type[sample]{Kind: "Sample", Plural: "s"}, "no plural": Type[sample]{Kind: "sample"}, "no name": Type[sample]{Plural: "s"},
		"no Base": Type[unbased]{Kind: "a", Plural: "as"}, "a field twice": Type[twice]{Kind: "a", Plural: "as"}, "the column extra": Type[extra]{Kind: "a", Plural: "as"},
		"a column taken by money": Type[currency]{Kind: "a", Plural: "as"}, "personal of nobody": Type[aboutNobody]{Kind: "a", Plural: "as"},
		"a list of nothing": Type[sample]{Kind: "a", Plural: "as", List: "titel"}, "an index of nothing": Type[sample]{Kind: "a", Plural: "as", Indexes: []string{"owner titel"}},
		"an index too wide":      Type[wideKeys]{Kind: "a", Plural: "as", Indexes: []string{"a b"}},
		"a life without a state": Type[sample]{Kind: "a", Plural: "as", Life: toyLife{}}, "a state that callers set": Type[free]{Kind: "a", Plural: "as", Life: toyLife{}},
		"a move that needs nothing": Type[withState]{Kind: "a", Plural: "as", Life: toyLife{[]Move{{Name: "m", Needs: []string{"reason"}}}}},
		"a move that takes nothing": Type[withState]{Kind: "a", Plural: "as", Life: toyLife{[]Move{{Name: "m", Takes: []string{"reason"}}}}},
	} {
		if k, err := Compile(d.Declare()); err == nil {
			t.Errorf("%s was accepted: %v", what, k.Name)
		}
	}
	k, err := Compile(Type[withState]{Kind: "a", Plural: "as", Life: toyLife{}}.Declare())
	if err != nil {
		t.Fatal(err)
	}
	if f := k.Field("state"); f.Type != Choice || fmt.Sprint(f.Choices) != "[on off]" || !f.Indexed {
		t.Errorf("state %+v", f)
	}
}

func TestSchema(t *testing.T) {
	user := Type[withState]{Kind: "user", Plural: "users"}
	s, err := NewSchema([]Any{user, Type[sample]{Kind: "sample", Plural: "samples", Prefix: "SMP"}})
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[string]string{"SMP0000042": "sample", "smp42": "sample", "SMP": "", "42": "", "": "", "XYZ1": "", "SMPé1": ""} {
		got := ""
		if k := s.Numbered(number); k != nil {
			got = k.Name
		}
		if got != want {
			t.Errorf("number %q is of kind %q, want %q", number, got, want)
		}
	}
	if s.Plural("samples") != s.Kind("sample") || s.Kind("none") != nil || s.Plural("none") != nil || len(s.Kinds()) != 2 {
		t.Error("kinds are not found by their names")
	}
	type amongNone struct {
		Base
		Who Ref `maru:"who,to=user,among=group.members"`
	}
	type amongText struct {
		Base
		Group Ref `maru:"group,to=user"`
		Who   Ref `maru:"who,to=user,among=group.state"`
	}
	for what, ds := range map[string][]Any{
		"among what is not there": {user, Type[amongNone]{Kind: "b", Plural: "bs"}}, "among what is no list": {user, Type[amongText]{Kind: "b", Plural: "bs"}},
		"a name twice": {user, user}, "a plural twice": {user, Type[withState]{Kind: "b", Plural: "users"}},
		"a prefix twice":        {user, Type[withState]{Kind: "b", Plural: "bs", Prefix: "X"}, Type[withState]{Kind: "c", Plural: "cs", Prefix: "X"}},
		"a reference to nobody": {Type[sample]{Kind: "sample", Plural: "samples"}},
		"a link to nobody":      {user, Type[withState]{Kind: "b", Plural: "bs", Links: []Link{{Name: "l", To: []string{"none"}}}}},
	} {
		if _, err := NewSchema(ds); err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
}

func TestCustomise(t *testing.T) {
	s, err := NewSchema([]Any{Type[withState]{Kind: "user", Plural: "users"}, Type[sample]{Kind: "sample", Plural: "samples"}})
	if err != nil {
		t.Fatal(err)
	}
	old := s.Kind("sample")
	x, err := NewCustom(Field{Name: "x_floor", Type: Int})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Customise("sample", []*Field{x}); err != nil {
		t.Fatal(err)
	}
	k := s.Kind("sample")
	if k == old || old.Field("x_floor") != nil || k.Field("x_floor") == nil || k.Field("x_floor").pos != len(old.Fields) {
		t.Error("a custom field makes a new kind and leaves the old one alone")
	}
	before := New(old)
	before.Set("title", "t")
	before.Put(k.Field("x_floor"), int64(3)) // a record loaded before the field was there
	if before.At(k.Field("x_floor")) != int64(3) || New(old).At(k.Field("x_floor")) != nil {
		t.Error("an old record does not take the new field")
	}
	if err := s.Customise("sample", nil); err != nil || s.Kind("sample").Field("x_floor") != nil {
		t.Errorf("the field does not go: %v", err)
	}
	if err := s.Customise("none", nil); err == nil {
		t.Error("a kind that is not there was customised")
	}
	ref, err := NewCustom(Field{Name: "x_room", Type: Reference, To: "room"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Customise("sample", []*Field{ref}); err == nil {
		t.Error("a custom reference to no kind was accepted")
	}
}

func TestNewCustomRefusals(t *testing.T) {
	for what, f := range map[string]Field{
		"no prefix": {Name: "floor", Type: Int}, "only the prefix": {Name: "x_", Type: Int}, "a long name": {Name: "x_" + strings.Repeat("a", 39), Type: Int}, "capitals": {Name: "x_Floor", Type: Int},
		"json": {Name: "x_a", Type: JSON}, "a file": {Name: "x_a", Type: Blob}, "money": {Name: "x_a", Type: Cash}, "words": {Name: "x_a", Type: I18n},
		"no choices": {Name: "x_a", Type: Choice}, "no target": {Name: "x_a", Type: Reference}, "a target for text": {Name: "x_a", Type: Text, To: "user"},
		"a long key": {Name: "x_a", Type: Text, Indexed: true, Max: ptr(int64(1000))}, "an index on rich text": {Name: "x_a", Type: RichText, Indexed: true},
	} {
		if got, err := NewCustom(f); err == nil {
			t.Errorf("%s was accepted: %+v", what, got)
		}
	}
	f, err := NewCustom(Field{Name: "x_a", Type: Number, Unique: true, Secret: true, Derived: true})
	if err != nil || f.Unique || f.Secret || f.Derived || !f.Custom || f.Scale != 6 || f.Section != "custom" {
		t.Errorf("%+v %v", f, err)
	}
	g := *f
	g.pos = 9
	if !f.Alike(&g) {
		t.Error("the place of a custom field is no difference")
	}
	g.Internal = true
	if f.Alike(&g) {
		t.Error("another right to see is a difference")
	}
}

func ptr[T any](v T) *T { return &v }
