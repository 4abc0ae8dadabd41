package permit_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

type person struct {
	record.Base
	Name string `maru:"name"`
}

type letter struct {
	record.Base
	Title   string      `maru:"title"`
	Body    string      `maru:"body"`
	Cost    int         `maru:"cost,internal"`
	Hint    string      `maru:"hint,internal"`
	Key     string      `maru:"key,secret"`
	Owner   record.Ref  `maru:"owner,to=user"`
	Readers []record.ID `maru:"readers,to=user"`
	Open    bool        `maru:"open"`
	State   state       `maru:"state,derived"`
}

type state string

func schema(t testing.TB) *record.Schema {
	t.Helper()
	s, err := record.NewSchema([]record.Any{
		record.Type[person]{Kind: "user", Plural: "users"},
		record.Type[letter]{Kind: "letter", Plural: "letters", Life: lifecycle.Machine[state, letter]{
			Begin: "draft", All: lifecycle.In[state]("draft", "sent"), Ends: lifecycle.In[state]("sent"), State: func(l *letter) *state { return &l.State },
			Steps: []lifecycle.Move[state, letter]{{Name: "send", To: "sent"}, {Name: "lapse", To: "sent", Auto: true}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	ann = record.ID("0190b5a0-0000-7000-8000-00000000000a")
	bob = record.ID("0190b5a0-0000-7000-8000-00000000000b")
)

// letterOf gives a letter with its values.
func letterOf(s *record.Schema, values map[string]any) *record.Record {
	r := record.New(s.Kind("letter"))
	for _, name := range []string{"title", "body", "hint", "key"} {
		r.Set(name, name)
	}
	r.Set("id", string(record.NewID()))
	r.Set("state", "draft")
	for name, v := range values {
		r.Set(name, v)
	}
	return r
}

func actor(id record.ID, roles ...string) record.Actor { return record.Actor{ID: id, Roles: roles} }

func env(a record.Actor) query.Env { return query.Env{Actor: a} }

func compile(t testing.TB, s *record.Schema, grants ...permit.Grant) *permit.Policy {
	t.Helper()
	p, err := permit.Compile(s, grants)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCompile(t *testing.T) {
	s := schema(t)
	for _, tt := range []struct {
		grant permit.Grant
		code  string
	}{
		{permit.Grant{Role: "clerk", May: "read", Kind: "parcel"}, "unknown_kind"},
		{permit.Grant{Role: "clerk", May: "read devour", Kind: "letter"}, "unknown_verb"},
		{permit.Grant{Role: "clerk", May: "send", Kind: "user"}, "unknown_verb"},    // a move of another kind
		{permit.Grant{Role: "clerk", May: "lapse", Kind: "letter"}, "unknown_verb"}, // only rules and jobs run it
		{permit.Grant{Role: "clerk", May: "read", Kind: "letter", Fields: "title colour"}, "unknown_field"},
		{permit.Grant{Role: "clerk", May: "read", Kind: "letter", Fields: "title key"}, "unknown_field"}, // a secret
		{permit.Grant{Role: "clerk", May: "read", Kind: "letter", Where: "owner = me"}, "bad_grant"},
		{permit.Grant{Role: "clerk", May: "read", Kind: "letter", Where: "ownr == me"}, "bad_grant"},
		{permit.Grant{Role: "clerk", May: "read", Kind: "letter", Where: "key == 'a'"}, "bad_grant"},
		{permit.Grant{Role: "clerk", May: "read", Kind: "letter", Where: "title"}, "bad_grant"},
		{permit.Grant{Role: "clerk", May: "", Kind: "letter"}, "bad_grant"},
		{permit.Grant{May: "read", Kind: "letter"}, "bad_grant"},
		{permit.Grant{Role: "clerk", May: "* override erase read inside create update comment note attach link send", Kind: "letter", Where: "owner == me", Fields: "title cost"}, ""},
	} {
		_, err := permit.Compile(s, []permit.Grant{tt.grant})
		if code := codeOf(err); code != tt.code {
			t.Errorf("%+v: %v, want %s", tt.grant, err, tt.code)
		}
	}
}

func codeOf(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Code
	}
	return ""
}

func TestMay(t *testing.T) {
	s := schema(t)
	p := compile(t, s,
		permit.Grant{Role: permit.Anyone, May: "read", Kind: "letter", Where: "open"},
		permit.Grant{Role: "writer", May: "read update send", Kind: "letter", Where: "owner == me"},
		permit.Grant{Role: "writer", May: "read", Kind: "letter", Where: "me in readers"},
		permit.Grant{Role: "clerk", May: "read inside", Kind: "letter"},
		permit.Grant{Role: "boss", May: "*", Kind: "letter"},
		permit.Grant{Role: "editor", May: "read", Kind: "letter"},
		permit.Grant{Role: "editor", May: "update", Kind: "letter", Where: "open"},
	)
	annsOwn := letterOf(s, map[string]any{"owner": ann})
	open := letterOf(s, map[string]any{"open": true})
	read := letterOf(s, map[string]any{"readers": []record.ID{bob, ann}})
	for _, tt := range []struct {
		who  record.Actor
		verb string
		may  [3]bool // of ann's own, the open one, the one she is a reader of
		any  bool    // of some letter
	}{
		{actor(ann), "read", [3]bool{false, true, false}, true},
		{actor(ann), "update", [3]bool{}, false},
		{actor(ann, "writer"), "read", [3]bool{true, true, true}, true},
		{actor(ann, "writer"), "update", [3]bool{true, false, false}, true},
		{actor(ann, "writer"), "send", [3]bool{true, false, false}, true},
		{actor(ann, "writer"), "comment", [3]bool{}, false},
		{actor(bob, "writer"), "read", [3]bool{false, true, true}, true},
		{actor(bob, "writer"), "update", [3]bool{}, true},
		{actor(bob, "clerk"), "read", [3]bool{true, true, true}, true},
		{actor(bob, "clerk"), "inside", [3]bool{true, true, true}, true},
		{actor(bob, "boss"), "send", [3]bool{true, true, true}, true},
		{actor(bob, "boss"), "inside", [3]bool{true, true, true}, true},
		{actor(bob, "boss"), "override", [3]bool{}, false}, // never by *
		{actor(bob, "boss"), "erase", [3]bool{}, false},
		{actor(bob, "editor"), "update", [3]bool{false, true, false}, true},
		{actor(bob, "editor", "writer"), "read", [3]bool{true, true, true}, true},
		{actor("", "boss"), "send", [3]bool{true, true, true}, true}, // roles alone
		{actor(""), "read", [3]bool{}, false},                        // nobody is not anyone
		{actor(bob, "stranger"), "read", [3]bool{false, true, false}, true},
		{record.Actor{System: true}, "erase", [3]bool{true, true, true}, true},
	} {
		for i, r := range []*record.Record{annsOwn, open, read} {
			if ok, err := p.May(tt.who, env(tt.who), r, tt.verb); err != nil || ok != tt.may[i] {
				t.Errorf("%v may %s letter %d: %v %v", tt.who, tt.verb, i, ok, err)
			}
		}
		if got := p.Might(tt.who, "letter", tt.verb); got != tt.any {
			t.Errorf("%v might %s: %v", tt.who, tt.verb, got)
		}
		if where := p.Where(tt.who, env(tt.who), "letter", tt.verb); where.IsNever() == tt.any {
			t.Errorf("%v where %s: never %v", tt.who, tt.verb, where.IsNever())
		}
	}
	if !p.Where(actor(bob, "clerk", "writer"), query.Env{}, "letter", "read").IsAlways() {
		t.Error("one grant without a condition is enough")
	}
	if p.Might(actor(bob, "boss"), "user", "read") {
		t.Error("a grant on letters shows users")
	}
	if n := len(p.Grants("letter")); n != 7 {
		t.Errorf("%d grants are told", n)
	}
}

// seen lists the fields of a mask that are told apart here.
func seen(s *record.Schema, m permit.Mask) string {
	var out []string
	for _, name := range []string{"id", "title", "body", "cost", "hint", "key"} {
		if m.Sees(s.Kind("letter").Field(name)) {
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}

func TestMask(t *testing.T) {
	s := schema(t)
	p := compile(t, s,
		permit.Grant{Role: "guest", May: "read", Kind: "letter", Fields: "title"},
		permit.Grant{Role: "owner", May: "read", Kind: "letter", Where: "owner == me"},
		permit.Grant{Role: "owner", May: "update", Kind: "letter", Where: "owner == me", Fields: "body hint"},
		permit.Grant{Role: "accountant", May: "read", Kind: "letter", Fields: "cost"},
		permit.Grant{Role: "insider", May: "inside", Kind: "letter", Where: "open"},
		permit.Grant{Role: "clerk", May: "read inside update create", Kind: "letter"},
		permit.Grant{Role: "scribe", May: "create", Kind: "letter", Fields: "title"},
		permit.Grant{Role: "scribe", May: "create", Kind: "letter", Where: "open", Fields: "body"},
	)
	mine, theirs, open := letterOf(s, map[string]any{"owner": ann}), letterOf(s, map[string]any{"owner": bob}), letterOf(s, map[string]any{"open": true, "owner": ann})
	for _, tt := range []struct {
		roles string
		r     *record.Record
		verb  string
		want  string
	}{
		{"guest", mine, "read", "id title"},
		{"owner", mine, "read", "id title body"},
		{"owner", theirs, "read", ""},
		{"guest owner", theirs, "read", "id title"},
		{"guest owner", mine, "read", "id title body"},
		{"accountant", mine, "read", "id cost"}, // an internal field that is named
		{"accountant guest", mine, "read", "id title cost"},
		{"insider", open, "read", ""}, // inside of nothing
		{"insider guest", open, "read", "id title cost hint"},
		{"insider guest", mine, "read", "id title"},
		{"insider owner", open, "read", "id title body cost hint"},
		{"clerk", theirs, "read", "id title body cost hint"},
		{"stranger", open, "read", ""},
		{"owner", mine, "update", "id body hint"},
		{"owner", theirs, "update", ""},
		{"clerk", mine, "update", "id title body cost hint"},
		{"scribe", mine, "create", "id title"},
		{"scribe", open, "create", "id title body"},
	} {
		a := actor(ann, strings.Fields(tt.roles)...)
		m, err := p.Mask(a, env(a), tt.r, tt.verb)
		if got := seen(s, m); err != nil || got != tt.want {
			t.Errorf("%s, %s: %q %v, want %q", tt.roles, tt.verb, got, err, tt.want)
		}
		if m.Empty() != (tt.want == "") {
			t.Errorf("%s, %s: empty %v", tt.roles, tt.verb, m.Empty())
		}
	}
	scribe := actor(ann, "scribe")
	if got := seen(s, p.CreateMask(scribe, "letter")); got != "id title body" {
		t.Errorf("before anything is made: %q", got)
	}
	m, err := p.Mask(record.Actor{System: true}, query.Env{}, theirs, "read")
	if got := seen(s, m); err != nil || got != "id title body cost hint" || !m.Whole() || !m.Internal() {
		t.Errorf("the system sees %q %v", got, err)
	}
	guest, clerk, owner := actor(ann, "guest"), actor(ann, "clerk"), actor(ann, "owner")
	g, _ := p.Mask(guest, env(guest), mine, "read")
	c, _ := p.Mask(clerk, env(clerk), mine, "read")
	o, _ := p.Mask(owner, env(owner), theirs, "read")
	for _, both := range []permit.Mask{g.Both(c), c.Both(g), c.Both(c).Both(g)} {
		if seen(s, both) != "id title" || both.Internal() || both.Whole() || both.Empty() {
			t.Errorf("what a guest and a clerk both see: %q", seen(s, both))
		}
	}
	if both := c.Both(o); !both.Empty() || seen(s, both) != "" {
		t.Errorf("what somebody and nobody see: %q", seen(s, both))
	}
}

// TestWhereField: the condition under which a field may be read says of every record what
// the mask of that record says, whatever the grants.
func TestWhereField(t *testing.T) {
	s := schema(t)
	k := s.Kind("letter")
	rng := rand.New(rand.NewPCG(3, 3))
	pick := func(from ...string) string { return from[rng.IntN(len(from))] }
	var letters []*record.Record
	for range 24 {
		r := letterOf(s, map[string]any{"open": rng.IntN(2) == 0, "owner": []record.ID{ann, bob}[rng.IntN(2)], "readers": [][]record.ID{nil, {ann}, {bob}}[rng.IntN(3)]})
		r.Set("state", pick("draft", "sent"))
		letters = append(letters, r)
	}
	for n := range 400 {
		var grants []permit.Grant
		for range 1 + rng.IntN(5) {
			grants = append(grants, permit.Grant{Role: pick("a", "b", permit.Anyone), May: pick("read", "read", "inside", "read inside", "*", "update", "create"), Kind: "letter",
				Where: pick("", "open", "owner == me", "me in readers", "state == 'sent' && !open", "owner != me || open"), Fields: pick("", "", "title", "body cost", "hint", "owner state")})
		}
		p := compile(t, s, grants...)
		a := actor(ann, pick("a", "b", "c"))
		for _, r := range letters {
			m, err := p.Mask(a, env(a), r, permit.Read)
			if err != nil {
				t.Fatal(err)
			}
			may, err := p.May(a, env(a), r, permit.Read)
			if err != nil || may == m.Empty() {
				t.Fatalf("set %d: may read %v, mask empty %v: %+v", n, may, m.Empty(), grants)
			}
			for _, f := range k.Fields {
				ok, err := p.WhereField(a, env(a), k, f.Name).Eval(r)
				if err != nil || ok != m.Sees(f) {
					t.Fatalf("set %d, field %s: the condition says %v, the mask %v: %+v", n, f.Name, ok, m.Sees(f), grants)
				}
				made, err := p.Mask(a, env(a), r, permit.Create)
				if err != nil || made.Sees(f) && !p.CreateMask(a, "letter").Sees(f) {
					t.Fatalf("set %d, field %s: allowed of what is made, but not to begin with: %+v", n, f.Name, grants)
				}
			}
		}
		if !p.WhereField(a, env(a), k, "key").IsNever() || !p.WhereField(a, env(a), k, "nothing").IsNever() || !p.WhereField(record.Actor{System: true}, query.Env{}, k, "key").IsNever() {
			t.Fatal("a secret can be read")
		}
	}
}

func TestFrom(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		ctx context.Context
		ok  bool
	}{
		{ctx, false},
		{permit.As(ctx, record.Actor{}), false},
		{permit.As(ctx, record.Actor{Roles: []string{"boss"}}), false}, // roles, but of nobody
		{permit.As(ctx, actor(ann)), true},
		{permit.As(ctx, record.Actor{System: true}), true},
	} {
		a, err := permit.From(tt.ctx)
		if (err == nil) != tt.ok || err != nil && fault.Of(err).Class != fault.Unidentified {
			t.Errorf("%v: %v", a, err)
		}
	}
}

func BenchmarkMask(b *testing.B) {
	s := schema(b)
	p := compile(b, s, permit.Grant{Role: "writer", May: "read inside", Kind: "letter", Where: "owner == me || me in readers"}, permit.Grant{Role: permit.Anyone, May: "read", Kind: "letter", Fields: "title"})
	r := letterOf(s, map[string]any{"owner": bob, "readers": []record.ID{ann}})
	a := actor(ann, "writer")
	for b.Loop() {
		if m, err := p.Mask(a, env(a), r, permit.Read); err != nil || m.Empty() {
			b.Fatal(fmt.Sprint(m, err))
		}
	}
}
