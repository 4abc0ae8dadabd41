package query_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"cel.dev/cel-go/common/decls"
	"cel.dev/cel-go/common/types"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/query"
)

// samples are expressions of each CEL type: a field, and a literal.
var samples = map[types.Kind][]string{
	types.StringKind: {"title", "'a'", "'2026-01-01'", "'PT1H'", "'2026-01-01T00:00:00Z'"}, types.IntKind: {"count", "1"}, types.DoubleKind: {"price", "1.5"}, types.BoolKind: {"flag", "true"},
	types.DurationKind: {"effort", "duration('1h')"}, types.TimestampKind: {"due", "timestamp('2026-01-01T00:00:00Z')"}, types.ListKind: {"marks", "['a']"}, types.OpaqueKind: {"first", "date('2026-01-01')"},
	types.BytesKind: {"b'a'"}, types.UintKind: {"1u"}, types.MapKind: {"{'a': 1}"}, types.TypeKind: {"type(1)"}, types.NullTypeKind: {"null"},
	types.DynKind: {"title", "'a'", "count", "1", "price", "flag", "due", "effort", "first", "marks"}, types.AnyKind: {"title"}, types.TypeParamKind: {"title", "'a'", "count", "1", "price", "flag", "due", "effort", "first"},
}

// TestEveryFunction: of all that CEL declares, exactly what the grammar of the
// differential test generates is accepted; the rest is refused where it stands.
func TestEveryFunction(t *testing.T) {
	s := newSchema(t)
	k := s.Kind("thing")
	all, err := query.Declared(s, k)
	if err != nil {
		t.Fatal(err)
	}
	var accepted, callable []string
	tried := 0
	for name, f := range all {
		ok := false
		for _, o := range f.OverloadDecls() {
			for _, src := range calls(name, o) {
				tried++
				_, err := query.CompileTerm(s, k, src)
				if err == nil {
					ok = true
					continue
				}
				if f := fault.Of(err); f == nil || f.Class != fault.Invalid || f.Pos == 0 {
					t.Errorf("%s: %v", src, err)
				}
			}
		}
		if ok {
			accepted = append(accepted, name)
			if name[0] >= 'a' && name[0] <= 'z' {
				callable = append(callable, name)
			}
		}
	}
	t.Logf("%d calls of %d functions and operators", tried, len(all))
	generated := map[string]bool{"date": true, "duration": true, "timestamp": true} // these write literals
	for _, p := range grammar() {
		generated[p.uses] = true
	}
	slices.Sort(accepted)
	if want := slices.Sorted(maps.Keys(generated)); !slices.Equal(accepted, want) {
		t.Errorf("accepted  %v\ngenerated %v", accepted, want)
	}
	slices.Sort(callable)
	if !slices.Equal(callable, query.Callable()) {
		t.Errorf("callable %v\nhinted   %v", callable, query.Callable())
	}
}

// calls writes an overload's calls with all samples of its types.
func calls(name string, o *decls.OverloadDecl) []string {
	args := []string{""}
	for _, typ := range o.ArgTypes() {
		var more []string
		for _, before := range args {
			for _, x := range samples[typ.Kind()] {
				more = append(more, before+"\n"+x)
			}
		}
		args = more
	}
	var out []string
	for _, a := range args {
		in := strings.Split(strings.TrimPrefix(a, "\n"), "\n")
		switch {
		case name == "@in":
			out = append(out, in[0]+" in "+in[1])
		case strings.ContainsAny(name, "=<>!&|+-*/%?["):
			src := name
			for _, x := range in {
				src = strings.Replace(src, "_", "\x00"+x+"\x00", 1)
			}
			out = append(out, strings.ReplaceAll(src, "\x00", " "))
		case o.IsMemberFunction():
			out = append(out, in[0]+"."+name+"("+strings.Join(in[1:], ", ")+")")
		default:
			out = append(out, name+"("+strings.Join(in, ", ")+")")
		}
	}
	return out
}
