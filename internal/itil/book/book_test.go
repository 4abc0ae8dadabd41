package book_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/book"
	"github.com/maru-itsm/maru/internal/itil/role"
	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
)

// A user, because every record says who made it, and a thing with a life.
type (
	user struct {
		record.Base
		Name string `maru:"name"`
	}
	thing struct {
		record.Base
		Title string     `maru:"title,required"`
		Owner record.Ref `maru:"owner,to=user"`
		State string     `maru:"state,derived"`
	}
)

func life() lifecycle.Machine[string, thing] {
	return lifecycle.Machine[string, thing]{Begin: "open", All: lifecycle.In("open", "done"), Ends: lifecycle.In("done"),
		State: func(t *thing) *string { return &t.State }, Steps: []lifecycle.Move[string, thing]{{Name: "finish", To: "done", Needs: "owner"}}}
}

// sample is a process that is in order; a test breaks one thing in it.
func sample() itil.Process {
	return itil.Process{
		Name: "sample",
		Records: []record.Any{
			record.Type[user]{Kind: "user", Plural: "users"},
			record.Type[thing]{Kind: "thing", Plural: "things", Prefix: "THG", Life: life(), List: "number title",
				Links: []record.Link{{Name: "owned_by", To: []string{"user"}, Card: "n:1", Mirror: "owner"}}},
		},
		Grants:   []permit.Grant{{Role: role.Agent, May: "read finish", Kind: "thing", Where: "owner == me"}},
		KPIs:     []measure.KPI{{Code: "T-1", Kind: "thing", How: measure.Share, Where: "owner != null", Hit: "state == 'done'", Unit: "percent", Better: "higher", Target: "90", Warn: "80"}},
		Rules:    []rule.Rule{rule.After("sample.told", "thing", "finish", func(record.Tx, *record.Change) error { return nil })},
		Jobs:     []rule.Job{{Name: "sample.sweep", Every: time.Minute, Run: func(rule.Work, time.Time) (job.Report, error) { return job.Report{}, nil }}},
		Settings: []rule.Setting{{Name: "sample.days", Default: "5", Type: record.Int}},
		Views:    []itil.View{{Name: "mine", Kind: "thing", Filter: "owner == me", Order: "-created_at"}},
		Seeds:    []itil.Seed{{Kind: "thing", Key: "first", Values: record.Values{"title": "the first"}}},
		Calcs:    []itil.Calc{itil.ApprovalOutcome},
	}
}

func TestNew(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(p *itil.Process)
		want   string // empty = it stands
	}{
		{"in order", func(*itil.Process) {}, ""},
		{"a kind twice", func(p *itil.Process) { p.Records = append(p.Records, p.Records[0]) }, "taken"},
		{"a reference to nothing", func(p *itil.Process) { p.Records = p.Records[1:] }, "user"},
		{"a grant on no kind", func(p *itil.Process) { p.Grants[0].Kind = "unicorn" }, "unicorn"},
		{"a grant of no move", func(p *itil.Process) { p.Grants[0].May = "read fly" }, "fly"},
		{"a grant to no role", func(p *itil.Process) { p.Grants[0].Role = "king" }, `nobody can be given the role "king"`},
		{"a grant whose condition is wrong", func(p *itil.Process) { p.Grants[0].Where = "ownre == me" }, "bad_grant"},
		{"a grant of no field", func(p *itil.Process) { p.Grants[0].Fields = "titel" }, "titel"},
		{"a rule on no kind", func(p *itil.Process) { p.Rules[0].On = "unicorn" }, "unicorn"},
		{"a rule on no move", func(p *itil.Process) { p.Rules[0].When = "fly" }, `never does "fly"`},
		{"a rule twice", func(p *itil.Process) { p.Rules = append(p.Rules, p.Rules[0]) }, "sample.told is declared twice"},
		{"a KPI of no kind", func(p *itil.Process) { p.KPIs[0].Kind = "unicorn" }, "unicorn"},
		{"a KPI whose numerator is wrong", func(p *itil.Process) { p.KPIs[0].Hit = "stat == 'done'" }, "KPI T-1"},
		{"a KPI whose state does not exist", func(p *itil.Process) { p.KPIs[0].Hit = "state == 'finished'" }, "KPI T-1"},
		{"a KPI that averages words", func(p *itil.Process) { p.KPIs[0].Value = "titel" }, "value"},
		{"a KPI twice", func(p *itil.Process) { p.KPIs = append(p.KPIs, p.KPIs[0]) }, "T-1 is declared twice"},
		{"a view whose filter is wrong", func(p *itil.Process) { p.Views[0].Filter = "owner = me" }, "view mine"},
		{"a job twice", func(p *itil.Process) { p.Jobs = append(p.Jobs, p.Jobs[0]) }, "sample.sweep is declared twice"},
		{"a setting twice", func(p *itil.Process) { p.Settings = append(p.Settings, p.Settings[0]) }, "sample.days is declared twice"},
		{"a calculation twice", func(p *itil.Process) { p.Calcs = append(p.Calcs, p.Calcs[0]) }, "approval-outcome is declared twice"},
		{"a link that mirrors no reference", func(p *itil.Process) {
			thing := p.Records[1].(record.Type[thing])
			thing.Links = []record.Link{{Name: "owned_by", To: []string{"user"}, Card: "n:1", Mirror: "title"}}
			p.Records[1] = thing
		}, `mirrors "title"`},
		{"a state nothing leaves", func(p *itil.Process) {
			l := life()
			l.Ends = nil
			p.Records[1] = record.Type[thing]{Kind: "thing", Plural: "things", Life: l}
		}, "nothing leaves"},
		{"a move that needs no field", func(p *itil.Process) {
			l := life()
			l.Steps[0].Needs = "colour"
			p.Records[1] = record.Type[thing]{Kind: "thing", Plural: "things", Life: l}
		}, "colour"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := sample()
			c.change(&p)
			_, err := book.New(itil.Stage{Name: "test", Processes: []itil.Process{p}})
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func printed(t *testing.T, p itil.Process) string {
	t.Helper()
	b, err := book.New(itil.Stage{Name: "test", Processes: []itil.Process{p}})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := b.Print(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestPrintShowsEverything changes one thing after another and wants each to show: what
// the page does not show is not reviewed.
func TestPrintShowsEverything(t *testing.T) {
	print := func(change func(p *itil.Process)) string {
		p := sample()
		change(&p)
		return printed(t, p)
	}
	before := print(func(*itil.Process) {})
	withLife := func(change func(l *lifecycle.Machine[string, thing])) func(p *itil.Process) {
		return func(p *itil.Process) {
			k := p.Records[1].(record.Type[thing])
			l := life()
			change(&l)
			k.Life = l
			p.Records[1] = k
		}
	}
	withKind := func(change func(k *record.Type[thing])) func(p *itil.Process) {
		return func(p *itil.Process) {
			k := p.Records[1].(record.Type[thing])
			change(&k)
			p.Records[1] = k
		}
	}
	for name, change := range map[string]func(p *itil.Process){
		"a process's name":       func(p *itil.Process) { p.Name = "other" },
		"a plural":               withKind(func(k *record.Type[thing]) { k.Plural = "thingies" }),
		"a prefix":               withKind(func(k *record.Type[thing]) { k.Prefix = "TNG" }),
		"a list":                 withKind(func(k *record.Type[thing]) { k.List = "title" }),
		"an index":               withKind(func(k *record.Type[thing]) { k.Indexes = []string{"state owner"} }),
		"configuration":          withKind(func(k *record.Type[thing]) { k.Config = true }),
		"a link's ends":          withKind(func(k *record.Type[thing]) { k.Links[0].Card = "n:n" }),
		"a link's cycles":        withKind(func(k *record.Type[thing]) { k.Links[0].Tree = true }),
		"a move's target":        withLife(func(l *lifecycle.Machine[string, thing]) { l.Steps[0].From = lifecycle.In("open") }),
		"a move's needs":         withLife(func(l *lifecycle.Machine[string, thing]) { l.Steps[0].Needs = "" }),
		"what a move takes":      withLife(func(l *lifecycle.Machine[string, thing]) { l.Steps[0].Takes = "title" }),
		"whom a move is not for": withLife(func(l *lifecycle.Machine[string, thing]) { l.Steps[0].NotBy = "owner" }),
		"that a move sets fields": withLife(func(l *lifecycle.Machine[string, thing]) {
			l.Steps[0].Set = func(record.Ask, *thing) error { return nil }
		}),
		"that a move acts": withLife(func(l *lifecycle.Machine[string, thing]) {
			l.Steps[0].Then = func(record.Tx, *thing) error { return nil }
		}),
		"a guard": withLife(func(l *lifecycle.Machine[string, thing]) { l.Steps[0].If = []lifecycle.Guard[thing]{{Name: "owned"}} }),
		"a move of rules only": func(p *itil.Process) {
			withLife(func(l *lifecycle.Machine[string, thing]) { l.Steps[0].Auto = true })(p)
			p.Grants[0].May = "read"
		},
		"a final state": withLife(func(l *lifecycle.Machine[string, thing]) {
			l.All = append(l.All, "lost")
			l.Ends = append(l.Ends, "lost")
			l.Steps = append(l.Steps, lifecycle.Move[string, thing]{Name: "lose", To: "lost"})
		}),
		"a grant's verbs":         func(p *itil.Process) { p.Grants[0].May = "read" },
		"a grant's condition":     func(p *itil.Process) { p.Grants[0].Where = "" },
		"a grant's fields":        func(p *itil.Process) { p.Grants[0].Fields = "title" },
		"a grant's role":          func(p *itil.Process) { p.Grants[0].Role = role.Resolver },
		"a KPI's numerator":       func(p *itil.Process) { p.KPIs[0].Hit = "state == 'open'" },
		"a KPI's denominator":     func(p *itil.Process) { p.KPIs[0].Where = "" },
		"a KPI's target":          func(p *itil.Process) { p.KPIs[0].Target = "95" },
		"a KPI's warning":         func(p *itil.Process) { p.KPIs[0].Warn = "85" },
		"a KPI's way":             func(p *itil.Process) { p.KPIs[0].How = measure.Count },
		"a KPI's time":            func(p *itil.Process) { p.KPIs[0].At = "created_at" },
		"a KPI's grouping":        func(p *itil.Process) { p.KPIs[0].By = "state" },
		"a KPI's unit":            func(p *itil.Process) { p.KPIs[0].Unit = "count" },
		"that a KPI is internal":  func(p *itil.Process) { p.KPIs[0].Internal = true },
		"a rule's move":           func(p *itil.Process) { p.Rules[0].When = "create" },
		"that a rule runs before": func(p *itil.Process) { p.Rules[0].Pre = true },
		"how often a job runs":    func(p *itil.Process) { p.Jobs[0].Every = time.Hour },
		"a setting's default":     func(p *itil.Process) { p.Settings[0].Default = "6" },
		"a setting's type":        func(p *itil.Process) { p.Settings[0].Type = record.Text },
		"a view's filter":         func(p *itil.Process) { p.Views[0].Filter = "owner != me" },
		"a view's order":          func(p *itil.Process) { p.Views[0].Order = "number" },
		"a seed's value":          func(p *itil.Process) { p.Seeds[0].Values = record.Values{"title": "another"} },
		"a calculation":           func(p *itil.Process) { p.Calcs = nil },
		"which kinds there are": func(p *itil.Process) {
			p.Records = append(p.Records, record.Type[user]{Kind: "guest", Plural: "guests"})
		},
		"which field names a thing": withKind(func(k *record.Type[thing]) { k.Title = "number" }),
	} {
		if print(change) == before {
			t.Errorf("the page does not show %s", name)
		}
	}
}

// oneField is a kind with one field of its own.
type oneField struct {
	typ reflect.Type
	tag string
}

func (o oneField) Declare() record.Declaration {
	return record.Declaration{Name: "k", Plural: "ks", Struct: reflect.StructOf([]reflect.StructField{
		{Name: "Base", Type: reflect.TypeFor[record.Base](), Anonymous: true},
		{Name: "F", Type: o.typ, Tag: reflect.StructTag(`maru:"` + o.tag + `"`)},
	})}
}

// TestFieldsShow does the same for every word that a field's tag may have.
func TestFieldsShow(t *testing.T) {
	print := func(r record.Any) string {
		return printed(t, itil.Process{Name: "sample", Records: []record.Any{record.Type[user]{Kind: "user", Plural: "users"}, r}})
	}
	text := reflect.TypeFor[string]()
	before := print(oneField{text, "f"})
	for _, o := range []oneField{
		{reflect.TypeFor[int](), "f"}, {text, "f,required"}, {text, "f,derived"}, {text, "f,fixed"}, {text, "f,unique"}, {text, "f,secret"}, {text, "f,internal"},
		{text, "f,personal"}, {text, "f,personal=created_by"}, {text, "f,one=a|b"}, {text, "f,default=a"}, {text, "f,min=1"}, {text, "f,max=9"}, {text, "f,search"},
		{text, "f,index"}, {text, "f,section=people"}, {reflect.TypeFor[record.Ref](), "f,to=user"}, {reflect.TypeFor[record.Decimal](), "f,scale=2"},
	} {
		if print(o) == before {
			t.Errorf("the page does not show %s", o.tag)
		}
	}
}
