// Package trial is a process that no product has: one kind with a field of every type, a
// life with guards, views, rights and figures. A build with the tag testbook has it, and
// the browser tests prove on it that a new kind needs nothing in the console.
package trial

import (
	"time"

	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

const specimen = "specimen"

// Process is the trial.
var Process = itil.Process{
	Name: "trial",
	Records: []record.Any{record.Type[Specimen]{Kind: specimen, Plural: "specimens", Prefix: "SPC", Life: life,
		List: "number title grade state owner weight found_on price",
		Links: []record.Link{
			{Name: "came_from", To: []string{specimen}, Card: "n:1"},
			{Name: "seen_in", To: []string{kind.Incident}, Card: "n:n"},
		}}},
	Grants: []permit.Grant{
		{Role: role.Agent, May: "read inside create update comment note attach link examine keep discard", Kind: specimen},
		{Role: role.EndUser, May: "read comment", Kind: specimen, Where: "owner == me"},
		{Role: role.Admin, May: "*", Kind: specimen},
	},
	Views: []itil.View{
		{Name: "specimens_open", Kind: specimen, Filter: "state in ['found', 'examined']", Order: "-grade,created_at"},
		{Name: "specimens_mine", Kind: specimen, Filter: "owner == me", Order: "-created_at"},
	},
	KPIs: []measure.KPI{
		{Code: "TRY-01", Kind: specimen, How: measure.Count, At: "created_at", By: "grade", Unit: "count"},
		{Code: "TRY-02", Kind: specimen, How: measure.Share, Hit: "state == 'kept'", At: "created_at", By: "grade", Unit: "percent", Better: "higher", Target: "80"},
	},
}

// State is the state of a specimen.
type State string

// The states of a specimen.
const (
	Found     State = "found"
	Examined  State = "examined"
	Kept      State = "kept"
	Discarded State = "discarded"
)

// A Specimen is something that was found. It has a field of every type.
type Specimen struct {
	record.Base
	Title     string          `maru:"title,required,search,min=3,max=200"`
	Remarks   record.Markdown `maru:"remarks,search"`
	Grade     int             `maru:"grade,required,one=1|2|3,default=2,section=measures"`
	Colour    string          `maru:"colour,one=red|green|blue,section=measures"`
	Owner     record.Ref      `maru:"owner,to=user,index,section=finders"`
	Helpers   []record.ID     `maru:"helpers,to=user,max=20,section=finders"`
	Pieces    int             `maru:"pieces,min=0,max=1000000,section=measures"`
	Weight    record.Decimal  `maru:"weight,scale=3,section=measures"`
	Purity    record.Percent  `maru:"purity,scale=2,section=measures"`
	Price     record.Money    `maru:"price,section=measures"`
	Drying    time.Duration   `maru:"drying,section=measures"`
	FoundAt   *time.Time      `maru:"found_at,section=finders"`
	FoundOn   record.Date     `maru:"found_on,section=finders"`
	Fragile   bool            `maru:"fragile,section=measures"`
	Nicknames []string        `maru:"nicknames,max=20,section=finders"`
	Exhibit   record.Words    `maru:"exhibit,section=finders"`
	Readings  record.RawJSON  `maru:"readings,section=measures"`
	Secret    string          `maru:"hiding_place,internal,max=200,section=finders"`
	Verdict   record.Markdown `maru:"verdict,section=measures"`
	State     State           `maru:"state,derived"`
}

var life = lifecycle.Machine[State, Specimen]{
	Begin: Found, All: lifecycle.In(Found, Examined, Kept, Discarded), Ends: lifecycle.In(Kept, Discarded),
	State: func(s *Specimen) *State { return &s.State },
	Steps: []lifecycle.Move[State, Specimen]{
		{Name: "examine", From: lifecycle.In(Found), To: Examined, Takes: "weight"},
		{Name: "keep", From: lifecycle.In(Examined), To: Kept, Needs: "verdict", If: []lifecycle.Guard[Specimen]{
			{Name: "weighed", OK: func(_ record.Ask, s *Specimen) bool { return s.Weight != "" }},
		}},
		{Name: "discard", To: Discarded},
	},
}
