package engine_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/postgres"
	"github.com/maru-itsm/maru/internal/kernel/storage/sqlite"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

type person struct {
	record.Base
	Name string `maru:"name,required"`
}

type paper struct {
	record.Base
	Title   string      `maru:"title,required"`
	Author  record.Ref  `maru:"author,to=user"`
	Helpers []record.ID `maru:"helpers,to=user"`
	Draft   record.Ref  `maru:"draft,to=paper"`
	Reader  record.Ref  `maru:"reader,to=user"`
	State   paperState  `maru:"state,derived"`
}

type paperState string

func paperLife(notBy string) lifecycle.Machine[paperState, paper] {
	return lifecycle.Machine[paperState, paper]{
		Begin: "open", All: lifecycle.In[paperState]("open", "approved", "closed"), Ends: lifecycle.In[paperState]("closed"),
		State: func(p *paper) *paperState { return &p.State },
		Steps: []lifecycle.Move[paperState, paper]{
			{Name: "approve", From: lifecycle.In[paperState]("open"), To: "approved", Takes: "reader author", NotBy: notBy},
			{Name: "close", To: "closed"},
		},
	}
}

func papers(notBy string) []record.Any {
	return []record.Any{record.Type[person]{Kind: "user", Plural: "users"}, record.Type[paper]{Kind: "paper", Plural: "papers", Life: paperLife(notBy)}}
}

// TestNotBy: what names nobody cannot be declared.
func TestNotBy(t *testing.T) {
	for notBy, ok := range map[string]bool{"author created_by": true, "helpers": true, "draft.author draft.helpers": true, "": true,
		"title": false, "nobody": false, "draft.title": false, "draft.draft.author": false, "helpers.name": false, "author.name": false, "state": false} {
		if _, err := record.NewSchema(papers(notBy)); (err == nil) != ok {
			t.Errorf("NotBy %q: %v", notBy, err)
		}
	}
}

// TestFourEyes: whoever had a hand in a record cannot take the moves that are not theirs;
// the attempt is remembered, and changes nothing.
func TestFourEyes(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, url string) {
		e := paperEngine(t, url)
		ctx := context.Background()
		ids := map[string]record.ID{}
		as := func(name string, roles ...string) context.Context {
			return permit.As(ctx, record.Actor{ID: ids[name], Roles: append(roles, "reviewer"), Via: "api"})
		}
		var draft, mine record.ID
		if err := e.Within(ctx, engine.System("test"), func(tx record.Tx) error {
			for _, name := range []string{"ann", "bob", "cho", "dan"} {
				r, err := tx.Create("user", record.Values{"name": name})
				if err != nil {
					return err
				}
				ids[name] = r.ID()
			}
			d, err := tx.Create("paper", record.Values{"title": "draft", "author": ids["cho"]})
			if err != nil {
				return err
			}
			draft = d.ID()
			r, err := tx.Create("paper", record.Values{"title": "paper", "author": ids["ann"], "helpers": []record.ID{ids["bob"]}, "draft": draft})
			mine = r.ID()
			return err
		}); err != nil {
			t.Fatal(err)
		}
		approve := func(who string, body map[string]any) error {
			_, err := e.Do(as(who), engine.Request{Kind: "paper", ID: string(mine), Verb: "approve", Body: body})
			return err
		}
		can := func(who string) []string {
			v, err := e.Get(as(who), "paper", string(mine))
			if err != nil {
				t.Fatal(err)
			}
			return v.Can.Moves
		}
		for who, field := range map[string]string{"ann": "author", "bob": "helpers", "cho": "draft.author"} {
			f := fault.Of(approve(who, map[string]any{"no_such_field": 1}))
			if f == nil || f.Class != fault.Forbidden || f.Code != "sod_violation" || f.Field != field {
				t.Errorf("%s: %v", who, f)
			}
			if moves := can(who); slices.Contains(moves, "approve") || !slices.Contains(moves, "close") {
				t.Errorf("%s can %v", who, moves)
			}
		}
		if !slices.Contains(can("dan"), "approve") {
			t.Error("dan cannot approve")
		}
		// Naming oneself, or taking one's name off, in the same breath does not help.
		if f := fault.Of(approve("dan", map[string]any{"reader": string(ids["dan"])})); f == nil || f.Code != "sod_violation" {
			t.Errorf("dan approves as the reader: %v", f)
		}
		if f := fault.Of(approve("ann", map[string]any{"author": string(ids["dan"])})); f == nil || f.Code != "sod_violation" {
			t.Errorf("ann approves by giving the paper away: %v", f)
		}
		attempts(t, e, as("dan", "insider"), mine, []record.ID{ids["ann"], ids["bob"], ids["cho"], ids["dan"], ids["ann"]})
		attempts(t, e, as("dan"), mine, nil)

		before, err := e.Get(as("dan"), "paper", string(mine))
		if err != nil || before.Record.Version() != 1 || before.Record.State() != "open" {
			t.Errorf("after all attempts: %v %v", before.Record, err)
		}
		told, err := e.Retold(ctx, before.Record.Kind, []record.ID{mine})
		if err != nil || len(told[mine].Changed(before.Record)) > 0 || !told[mine].Time("updated_at").Equal(before.Record.Time("updated_at")) {
			t.Errorf("the journal tells another record: %v %v", told[mine], err)
		}
		if err := approve("dan", nil); err != nil {
			t.Error(err)
		}
		// What a rule does on somebody's change is not their decision.
		if err := e.Within(ctx, record.Actor{ID: ids["cho"], Roles: []string{"reviewer"}}, func(tx record.Tx) error {
			return tx.Move("paper", draft, "approve", record.Input{})
		}); !fault.Has(err, "sod_violation") {
			t.Errorf("cho approves their own draft: %v", err)
		}
		if _, err := e.Do(as("cho"), engine.Request{Kind: "paper", ID: string(draft), Verb: permit.Comment, Body: map[string]any{"body": "please"}}); err != nil {
			t.Error(err)
		}
		v, err := e.Get(as("dan"), "paper", string(draft))
		if err != nil || v.Record.State() != "approved" {
			t.Errorf("the rule did not approve: %v %v", v.Record, err)
		}
	})
}

// attempts checks who is told to have tried.
func attempts(t *testing.T, e *engine.Engine, ctx context.Context, id record.ID, want []record.ID) {
	t.Helper()
	steps, err := e.History(ctx, "paper", string(id))
	if err != nil {
		t.Fatal(err)
	}
	var got []record.ID
	for _, s := range steps {
		if s.Verb == journal.Refused {
			got = append(got, s.Actor)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("attempts: %v, want %v", got, want)
	}
}

func paperEngine(t *testing.T, url string) *engine.Engine {
	t.Helper()
	ctx := context.Background()
	var st storage.Store
	var err error
	if url == "" {
		st, err = sqlite.Open(ctx, t.TempDir())
	} else {
		st, err = postgres.Open(ctx, url)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	var e *engine.Engine
	s, err := record.NewSchema(append(papers("author created_by helpers reader draft.author"), engine.Kinds(&e)...))
	if err != nil {
		t.Fatal(err)
	}
	e, err = engine.New(ctx, engine.Config{Store: st, Schema: s, Now: func() time.Time { return time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC) },
		Grants: []permit.Grant{{Role: "reviewer", May: "read update approve close comment", Kind: "paper"}, {Role: "reviewer", May: "read", Kind: "user"}, {Role: "insider", May: "inside", Kind: "paper"}},
		Rules: []rule.Rule{rule.After("approve_on_request", "paper", permit.Comment, func(tx record.Tx, c *record.Change) error {
			return tx.Move("paper", c.After.ID(), "approve", record.Input{})
		})}})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
