package house

import (
	"slices"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// watchers is the field of those who follow a record.
const watchers = "watchers"

// mentionRules makes followers of the people that comments and work notes name, on every
// kind that can be followed.
func mentionRules(e **engine.Engine, stages []itil.Stage) ([]rule.Rule, error) {
	heed := func(tx record.Tx, c *record.Change) error { return mentioned(*e, tx, c) }
	var out []rule.Rule
	for _, s := range stages {
		for _, p := range s.Processes {
			for _, r := range p.Records {
				k, err := record.Compile(r.Declare())
				if err != nil {
					return nil, err
				}
				if f := k.Field(watchers); f != nil && f.To == kind.User {
					out = append(out, rule.After("mention."+k.Name+".comment", k.Name, permit.Comment, heed), rule.After("mention."+k.Name+".note", k.Name, permit.Note, heed))
				}
			}
		}
	}
	return out, nil
}

// mentioned refuses to name people who are not there, who are gone, or to whom the words
// would say what they may not know; the others follow the record from now on. What a rule
// says on another record, and what an importer tells, names nobody.
func mentioned(e *engine.Engine, tx record.Tx, c *record.Change) error {
	ids := itil.Mentions(c.Input.Comment + c.Input.Note)
	r := c.After
	if len(ids) == 0 || itil.Imported(tx.Actor()) || c.Within != nil && c.Within.After.ID() != r.ID() {
		return nil
	}
	field := "body"
	switch {
	case c.Within != nil && c.Verb == permit.Note:
		field = "work_note"
	case c.Within != nil:
		field = "comment"
	}
	follow := slices.Clone(r.Refs(watchers))
	for _, id := range ids {
		if err := mayMention(e, tx, c, field, id); err != nil {
			return err
		}
		if id != tx.Actor().ID && id != r.Ref("requester") && !slices.Contains(follow, id) {
			follow = append(follow, id)
		}
	}
	if len(follow) == len(r.Refs(watchers)) {
		return nil
	}
	return tx.Update(r.Kind.Name, r.ID(), record.Values{watchers: follow})
}

func mayMention(e *engine.Engine, tx record.Tx, c *record.Change, field string, id record.ID) error {
	if _, ok := record.ParseID(string(id)); !ok {
		return fault.Field(field, "unknown_mention")
	}
	u, err := tx.Get(kind.User, id)
	if f := fault.Of(err); f != nil && f.Class == fault.NotFound {
		return fault.Field(field, "unknown_mention")
	}
	if err != nil {
		return err
	}
	a := tx.Actor()
	if !a.System {
		if ok, err := e.May(tx, a, u, permit.Read); err != nil || !ok { // as unknown as what is not there
			return orElse(err, fault.Field(field, "unknown_mention"))
		}
	}
	if !u.Bool("active") {
		return fault.Field(field, "mention_inactive", "user", u.Title())
	}
	who := record.Actor{ID: id, Name: u.Title(), Lang: u.Text("lang"), Unit: u.Ref("unit")}
	who.Roles, _ = u.Get("roles").([]string)
	groups, err := tx.Find(kind.Group, "who in members", map[string]any{"who": string(id)}, 1_000)
	if err != nil {
		return err
	}
	for _, g := range groups {
		who.Groups = append(who.Groups, g.ID())
	}
	if c.Verb == permit.Note {
		ok, err := e.May(tx, who, c.After, permit.Inside)
		if err != nil || !ok {
			return orElse(err, fault.Field(field, "mention_outside", "user", u.Title()))
		}
		return nil
	}
	if ok, err := e.May(tx, who, c.After, permit.Read); err != nil || ok || a.System {
		return err
	}
	// Following shows the record to whom it did not show itself before: that is not for everybody to give.
	for _, may := range []func() (bool, error){
		func() (bool, error) { return e.MaySet(tx, a, c.After, watchers) },
		func() (bool, error) { return e.May(tx, a, c.After, permit.Note) },
	} {
		if ok, err := may(); err != nil || ok {
			return err
		}
	}
	return fault.Field(field, "mention_forbidden", "user", u.Title())
}

func orElse(err error, f *fault.Fault) error {
	if err != nil {
		return err
	}
	return f
}
