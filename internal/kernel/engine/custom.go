package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// The kernel's own kinds.
const (
	CustomKind  = "custom_field"
	SettingKind = "setting"
)

// A CustomField is a field that a customer adds to a kind at run time.
type CustomField struct {
	record.Base
	On       string       `maru:"on,required,fixed"`
	Name     string       `maru:"name,required,fixed,max=40"`
	Type     string       `maru:"type,required,fixed,one=text|rich_text|choice|int|decimal|percent|duration|time|date|bool|reference|references|texts"`
	Label    record.Words `maru:"label,required"`
	Help     record.Words `maru:"help"`
	Choices  []string     `maru:"choices,max=200"`
	To       string       `maru:"to,fixed"`
	Min      *int         `maru:"min"`
	Max      *int         `maru:"max"`
	Required bool         `maru:"required"`
	Internal bool         `maru:"internal_only"`
	Search   bool         `maru:"searchable"`
	Index    bool         `maru:"indexed"`
	Retired  bool         `maru:"retired"`
}

// A SettingValue is an administrator's value of a declared setting.
type SettingValue struct {
	record.Base
	Name  string `maru:"name,required,fixed,unique,max=100"`
	Value string `maru:"value,required,max=10000"`
}

// Kinds gives the kernel's own kinds, to be declared with all others. They check
// themselves against the engine that Bind hands them.
func Kinds(e **Engine) []record.Any {
	return []record.Any{
		record.Type[CustomField]{Kind: CustomKind, Plural: "custom_fields", List: "on name type label required", Config: true,
			Check: func(q record.Ask, c *CustomField) error { return (*e).checkCustom(q, c) }},
		record.Type[SettingValue]{Kind: SettingKind, Plural: "settings", List: "name value", Config: true,
			Check: func(_ record.Ask, s *SettingValue) error { return (*e).checkSetting(s) }},
	}
}

// field makes the field that c describes.
func (c *CustomField) field() (*record.Field, error) {
	t, ok := record.TypeNamed(c.Type)
	if !ok {
		return nil, fault.Field("type", "not_a_choice", "choices", "text, choice, int …")
	}
	f := record.Field{Name: c.Name, Type: t, To: c.To, Choices: c.Choices, Required: c.Required, Internal: c.Internal,
		Search: c.Search, Indexed: c.Index, Label: c.Label, Min: wide(c.Min), Max: wide(c.Max)}
	out, err := record.NewCustom(f)
	if err != nil {
		return nil, fault.Field("name", "bad_custom_field").Saying("%v", err)
	}
	return out, nil
}

func wide(n *int) *int64 {
	if n == nil {
		return nil
	}
	w := int64(*n)
	return &w
}

// checkCustom refuses a custom field that could not live.
func (e *Engine) checkCustom(q record.Ask, c *CustomField) error {
	k := e.schema.Kind(c.On)
	switch {
	case k == nil:
		return fault.Field("on", "unknown_kind", "kind", clip(c.On))
	case k.Config || k.Name == "user":
		return fault.Field("on", "not_customisable", "kind", c.On)
	case c.To != "" && e.schema.Kind(c.To) == nil:
		return fault.Field("to", "unknown_kind", "kind", clip(c.To))
	}
	for _, choice := range c.Choices {
		if strings.ContainsAny(choice, "\"'\\") {
			return fault.Field("choices", "invalid_text")
		}
	}
	if f := k.Field(c.Name); f != nil && !f.Custom {
		return fault.Field("name", "duplicate")
	}
	if _, err := c.field(); err != nil {
		return err
	}
	// One name, one meaning: what a retired field left in the records is still there.
	same, err := q.Find(CustomKind, "on == k && name == n", map[string]any{"k": c.On, "n": c.Name}, 2)
	if err != nil {
		return err
	}
	for _, r := range same {
		if r.ID() != c.ID {
			return fault.Field("name", "duplicate")
		}
	}
	return e.checkIndex(q, k, c)
}

// checkIndex refuses an index over values that are too long for it.
func (e *Engine) checkIndex(q record.Ask, k *record.Kind, c *CustomField) error {
	f := k.Field(c.Name)
	if !c.Index || f == nil || f.Type != record.Text || f.Indexed {
		return nil
	}
	long, err := q.Find(k.Name, fmt.Sprintf("size(%s) > %d", f.Name, record.MaxKey), nil, 1)
	if err == nil && len(long) > 0 {
		return fault.Field("indexed", "too_long", "max", record.MaxKey)
	}
	return err
}

// checkSetting parses the value as its declaration says.
func (e *Engine) checkSetting(s *SettingValue) error {
	d, ok := e.settings[s.Name]
	if !ok {
		return fault.Field("name", "unknown_setting", "name", clip(s.Name))
	}
	f := record.Field{Name: "value", Type: d.Type, Choices: d.Choices, Scale: 6}
	if d.Type == record.Int || d.Type == record.Number || d.Type == record.Pct || d.Type == record.Span {
		f.Min = &d.Min
	}
	if most := int64(100); d.Type == record.Pct {
		f.Max = &most
	}
	v, err := f.Parse(s.Value)
	if err == nil {
		err = f.Check(v)
	}
	if err == nil && s.Name == e.zoned {
		_, err = zoneNamed(s.Value)
	}
	return err
}

// zoneNamed finds a time zone. What only this machine knows as Local is none: the
// database has to know it too.
func zoneNamed(name string) (*time.Location, error) {
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, fault.Field("value", "wrong_format", "type", "IANA zone")
	}
	return loc, nil
}

// all reads every record of a small kind.
func (e *Engine) all(ctx context.Context, kind string) ([]*record.Record, error) {
	k := e.schema.Kind(kind)
	if k == nil {
		return nil, nil
	}
	return e.store.List(ctx, storage.Query{Kind: k, Where: []query.Bound{query.Always()}, Limit: 10_000,
		Order: []storage.Order{{Field: k.Field("created_at")}}})
}

// loadCustom gives each kind its custom fields and makes their indexes.
func (e *Engine) loadCustom(ctx context.Context) error {
	e.custom.Lock()
	defer e.custom.Unlock()
	recs, err := e.all(ctx, CustomKind)
	if err != nil {
		return err
	}
	byKind := map[string][]*record.Field{}
	for _, r := range recs {
		var c CustomField
		r.Fill(&c)
		if c.Retired {
			continue
		}
		f, err := c.field()
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(byKind[c.On], func(g *record.Field) bool { return g.Name == f.Name }) {
			byKind[c.On] = append(byKind[c.On], f)
		}
	}
	changed := false
	for _, k := range e.schema.Kinds() {
		if !sameCustom(k, byKind[k.Name]) {
			if err := e.schema.Customise(k.Name, byKind[k.Name]); err != nil {
				return err
			}
			changed = true
		}
	}
	if !changed {
		return nil
	}
	return e.store.Migrate(ctx, e.schema)
}

// sameCustom reports whether k already has exactly these custom fields.
func sameCustom(k *record.Kind, fs []*record.Field) bool {
	var have []*record.Field
	for _, f := range k.Fields {
		if f.Custom {
			have = append(have, f)
		}
	}
	return slices.EqualFunc(have, fs, (*record.Field).Alike)
}

// loadSettings reads the present values over the declared defaults.
func (e *Engine) loadSettings(ctx context.Context) error {
	values := map[string]string{}
	for name, s := range e.settings {
		values[name] = s.Default
	}
	recs, err := e.all(ctx, SettingKind)
	if err != nil {
		return err
	}
	for _, r := range recs {
		if _, ok := e.settings[r.Text("name")]; ok {
			values[r.Text("name")] = r.Text("value")
		}
	}
	zone := time.UTC
	if e.zoned != "" {
		if z, err := zoneNamed(values[e.zoned]); err == nil {
			zone = z
		} else { // kept from before it was checked
			e.log.Error("no such time zone; groupings are by UTC", "setting", e.zoned, "value", values[e.zoned])
		}
	}
	e.zone.Store(zone)
	e.values.Store(&values)
	return nil
}
