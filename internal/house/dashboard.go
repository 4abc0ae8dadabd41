package house

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/book"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// A Dashboard is a page of figures and lists that somebody puts together: for themselves,
// for a group they are in, or for everyone. Each tile is asked with the rights of whoever
// looks at it, so that it shows nobody what they may not see.
type Dashboard struct {
	record.Base
	Label       record.Words    `maru:"label,required"`
	Description record.Markdown `maru:"description,max=2000"`
	Owner       record.Ref      `maru:"owner,fixed,to=user,index"` // whoever made it; nobody's are those that come with Maru
	Audience    string          `maru:"audience,required,one=mine|group|shared,default=mine"`
	Group       record.Ref      `maru:"group,to=group"` // whose it is too, with audience group
	Period      string          `maru:"period,required,one=7d|30d|90d|this_month|last_month,default=30d"`
	Common      record.RawJSON  `maru:"common"` // what all tiles are narrowed by: a field and its values; none = offered, not narrowed
	Tiles       record.RawJSON  `maru:"tiles"`
	Template    bool            `maru:"template"` // a new dashboard may begin as this one
	Retired     bool            `maru:"retired"`
}

// A Tile is one thing on a dashboard.
type Tile struct {
	ID      string         `json:"id"`
	Type    string         `json:"type"` // kpi, series, count, list or note
	W       int            `json:"w"`    // columns of the page's four
	H       int            `json:"h"`
	Title   map[string]any `json:"title"`
	KPI     string         `json:"kpi"`     // of kpi and series
	Step    string         `json:"step"`    // of a series over time; empty = by what it is grouped by alone
	Kind    string         `json:"kind"`    // of count and list
	View    string         `json:"view"`    // a declared view of the kind
	Filter  string         `json:"filter"`  // besides the view; of a KPI, besides its own
	By      string         `json:"by"`      // the field that a series or a count is grouped by
	Look    string         `json:"look"`    // of series and count
	Order   string         `json:"order"`   // of a list
	Columns []string       `json:"columns"` // of a list
	Rows    int            `json:"rows"`    // of a list
	Text    string         `json:"text"`    // of a note, in Markdown
}

// What a dashboard may hold.
const (
	mostTiles    = 40
	mostCommon   = 8
	mostValues   = 100
	mostNote     = 4000
	mostTileRows = 20
)

// looks are the ways a tile of a type may be drawn.
var looks = map[string][]string{"kpi": nil, "series": {"line", "bar"}, "count": {"number", "bar", "donut", "table"}, "list": nil, "note": nil}

func dashboards(e **engine.Engine, b **book.Book) record.Any {
	return record.Type[Dashboard]{Kind: kind.Dashboard, Plural: "dashboards", Title: "label", List: "label audience group owner updated_at",
		Derive: func(q record.Ask, d *Dashboard) error {
			if a := q.Actor(); q.Change().Before == nil && d.Owner == "" && !a.System {
				d.Owner = a.ID
			}
			return nil
		},
		Check: func(q record.Ask, d *Dashboard) error {
			return (&composer{schema: (*e).Schema(), book: *b}).check(q, d)
		}}
}

// written are the fields of a dashboard that its owner sets; what is offered as a template
// is for administrators to say.
const written = "label description owner audience group period common tiles retired"

var dashboardGrants = []permit.Grant{
	{Role: role.Anyone, May: "read", Kind: kind.Dashboard, Where: "owner == me"},
	{Role: role.Anyone, May: "create update", Kind: kind.Dashboard, Where: "owner == me", Fields: written},
	{Role: role.Anyone, May: "read", Kind: kind.Dashboard, Where: "audience == 'shared' || audience == 'group' && group in my_groups"},
	{Role: role.Admin, May: "*", Kind: kind.Dashboard},
	{Role: role.Auditor, May: "read", Kind: kind.Dashboard},
}

// A composer checks what somebody put together, and gathers all that is wrong with it.
type composer struct {
	schema *record.Schema
	book   *book.Book
	faults []*fault.Fault
}

// check refuses a dashboard that could not be shown, and says at which tile. What goes away
// later is told of by the tile.
func (c *composer) check(q record.Ask, d *Dashboard) error {
	if err := checkAudience(q.Actor(), d.Audience, &d.Group); err != nil {
		return err
	}
	if d.Retired { // what no longer fits can still be put away
		return nil
	}
	common := map[string][]string{}
	if err := strict(d.Common, &common); err != nil {
		return fault.Field("common", "bad_layout").Saying("%v", err)
	}
	c.common(common)
	var tiles []Tile
	if err := strict(d.Tiles, &tiles); err != nil {
		return fault.Field("tiles", "bad_layout").Saying("%v", err)
	}
	if len(tiles) > mostTiles {
		return fault.Field("tiles", "too_many", "max", mostTiles)
	}
	ids := map[string]bool{}
	for i := range tiles {
		t, at := &tiles[i], fmt.Sprintf("tiles.%d.", i)
		switch {
		case t.ID == "" || len(t.ID) > 40:
			c.bad(fault.Field(at+"id", "required"))
		case ids[t.ID]:
			c.bad(fault.Field(at+"id", "duplicate"))
		}
		ids[t.ID] = true
		c.tile(t, at)
	}
	return fault.Collect(c.faults)
}

func (c *composer) bad(f *fault.Fault) { c.faults = append(c.faults, f) }

// strict reads JSON in which nothing is unknown; empty is nothing.
func strict(raw []byte, into any) error {
	if len(raw) == 0 {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("more than one value")
	}
	return nil
}

// common checks the fields that all tiles are narrowed by: each is of some kind, and one
// that has a few values or leads to a record.
func (c *composer) common(fields map[string][]string) {
	if len(fields) > mostCommon {
		c.bad(fault.Field("common", "too_many", "max", mostCommon))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		known := slices.ContainsFunc(c.schema.Kinds(), func(k *record.Kind) bool {
			f := k.Field(name)
			return f != nil && !f.Secret && (f.Type == record.Reference || len(f.Choices) > 0)
		})
		values := fields[name]
		switch {
		case !known:
			c.bad(fault.Field("common."+name, "unknown_field", "field", name))
		case len(values) > mostValues:
			c.bad(fault.Field("common."+name, "too_many", "max", mostValues))
		case slices.ContainsFunc(values, func(v string) bool { return v == "" || len(v) > 200 }):
			c.bad(fault.Field("common."+name, "wrong_format", "type", "text"))
		}
	}
}

func (c *composer) tile(t *Tile, at string) {
	can, ok := looks[t.Type]
	if !ok {
		c.bad(fault.Field(at+"type", "not_a_choice", "choices", strings.Join(slices.Sorted(maps.Keys(looks)), ", ")))
		return
	}
	if t.W < 1 || t.W > 4 {
		c.bad(fault.Field(at+"w", "out_of_range", "min", 1, "max", 4))
	}
	if t.H < 1 || t.H > 3 {
		c.bad(fault.Field(at+"h", "out_of_range", "min", 1, "max", 3))
	}
	if can != nil && !slices.Contains(can, t.Look) {
		c.bad(fault.Field(at+"look", "not_a_choice", "choices", strings.Join(can, ", ")))
	}
	if len(t.Title) > 0 {
		title := &record.Field{Name: at + "title", Type: record.I18n}
		if v, err := title.Parse(t.Title); err != nil {
			c.at(at+"title", err)
		} else if w, ok := v.(record.Words); ok {
			for _, s := range w {
				if len([]rune(s)) > 200 {
					c.bad(fault.Field(at+"title", "too_long", "max", 200))
				}
			}
		}
	}
	switch t.Type {
	case "kpi", "series":
		c.figure(t, at)
	case "count", "list":
		c.records(t, at)
	case "note":
		if n := len([]rune(t.Text)); strings.TrimSpace(t.Text) == "" {
			c.bad(fault.Field(at+"text", "required"))
		} else if n > mostNote {
			c.bad(fault.Field(at+"text", "too_long", "max", mostNote))
		}
	}
}

// figure checks a tile of a KPI.
func (c *composer) figure(t *Tile, at string) {
	k := c.book.KPI(t.KPI)
	if k == nil {
		c.bad(fault.Field(at+"kpi", "unknown_kpi", "code", clip(t.KPI)))
		return
	}
	kd := c.schema.Kind(k.Kind)
	c.filter(kd, t.Filter, at)
	if t.Type == "kpi" {
		return
	}
	if t.Step != "" && !slices.Contains([]string{"day", "week", "month"}, t.Step) {
		c.bad(fault.Field(at+"step", "not_a_choice", "choices", "day, week, month"))
	}
	switch {
	case k.How == measure.Own:
		c.bad(fault.Field(at+"kpi", "not_divided"))
	case t.Step != "" && k.At == "":
		c.bad(fault.Field(at+"step", "not_over_time"))
	case t.Step == "" && t.By == "":
		c.bad(fault.Field(at+"by", "required"))
	}
	c.by(kd, t.By, at)
}

// records checks a tile that counts or lists records.
func (c *composer) records(t *Tile, at string) {
	k := c.schema.Kind(t.Kind)
	if k == nil {
		c.bad(fault.Field(at+"kind", "unknown_kind", "kind", clip(t.Kind)))
		return
	}
	if t.View != "" && !slices.ContainsFunc(c.book.Views(), func(v itil.View) bool { return v.Kind == k.Name && v.Name == t.View }) {
		c.bad(fault.Field(at+"view", "unknown_view", "view", clip(t.View)))
	}
	c.filter(k, t.Filter, at)
	if t.Type == "count" {
		if t.By == "" && t.Look != "number" {
			c.bad(fault.Field(at+"by", "required"))
		}
		c.by(k, t.By, at)
		return
	}
	if t.Rows < 1 || t.Rows > mostTileRows {
		c.bad(fault.Field(at+"rows", "out_of_range", "min", 1, "max", mostTileRows))
	}
	if len(t.Columns) > 12 {
		c.bad(fault.Field(at+"columns", "too_many", "max", 12))
		return
	}
	c.known(k, names(t.Order), at+"order")
	c.known(k, t.Columns, at+"columns")
}

func (c *composer) known(k *record.Kind, list []string, place string) {
	for _, n := range list {
		if f := k.Field(strings.TrimPrefix(n, "-")); f == nil || f.Secret {
			c.bad(fault.Field(place, "unknown_field", "field", clip(n)))
		}
	}
}

func (c *composer) filter(k *record.Kind, src, at string) {
	if strings.TrimSpace(src) == "" || k == nil {
		return
	}
	if _, err := query.Compile(c.schema, k, src); err != nil {
		c.at(at+"filter", err)
	}
}

// by checks the field of a grouping: one with one value a record.
func (c *composer) by(k *record.Kind, name, at string) {
	if name == "" || k == nil {
		return
	}
	if f := k.Field(name); f == nil || f.Secret {
		c.bad(fault.Field(at+"by", "unknown_field", "field", clip(name)))
	} else if _, err := query.CompileTerm(c.schema, k, name); err != nil {
		c.at(at+"by", err)
	}
}

// at gives a fault its place. Those of expressions are shared: it is a copy that moves.
func (c *composer) at(place string, err error) {
	f := fault.Of(err)
	if f == nil {
		f = fault.New(fault.Invalid, "validation").Because(err)
	}
	here := *f
	here.Field = place
	c.bad(&here)
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
