package servicelevel

import (
	"fmt"
	"regexp"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
)

// A Target is one promise made measurable: on which records it starts, pauses and stops,
// and how long it may take. What clocks took from it stays as it was when they began; its
// conditions are those of today.
type Target struct {
	record.Base
	Name       string         `maru:"name,required,unique,search,max=100"`
	Kind       string         `maru:"kind,required,one=sla|ola|uc,default=sla"`
	Metric     string         `maru:"metric,required,one=response|resolution|update_interval|fulfilment|approval|access_revocation|custom"`
	On         string         `maru:"record_type,required,one=incident,default=incident"`
	Start      string         `maru:"start_cond,required,max=1000,section=conditions"`
	Stop       string         `maru:"stop_cond,required,max=1000,section=conditions"`
	Pause      string         `maru:"pause_cond,max=1000,section=conditions"`
	Reset      string         `maru:"reset_cond,max=1000,section=conditions"`
	Cancel     string         `maru:"cancel_cond,max=1000,section=conditions"`
	Value      time.Duration  `maru:"value,required,min=1"`
	Calendar   record.Ref     `maru:"calendar,to=service_calendar"` // empty = the standard one
	StartField string         `maru:"start_field,one=created_at|detected_at,default=created_at"`
	Retro      bool           `maru:"retroactive,default=true"`
	RetroPause bool           `maru:"retro_pause,default=true"`
	Reopen     string         `maru:"reopen_policy,one=continue|restart|count_all,default=continue"`
	Steps      record.RawJSON `maru:"steps"`     // [{at_percent | at_remaining}]
	PerGroup   bool           `maru:"per_group"` // a clock for each group that has the record
	Precedence int            `maru:"precedence,default=100,min=0,max=10000"`
	Active     bool           `maru:"active,default=true"`
}

// changed is changed('field') in a condition: the book's word for a field that the
// change at hand touched.
var changed = regexp.MustCompile(`changed\(\s*(?:'(\w{1,60})'|"(\w{1,60})"|(\w{1,60}))\s*\)`)

// condition puts the book's word into the language of conditions.
func condition(text string) string { return changed.ReplaceAllString(text, "('$1$2$3' in changed)") }

// of gives the variables that conditions of clocks may use besides the record's fields:
// what is being done, by whom, and which fields it touches.
func of(verb string, byRequester bool, touched []string) map[string]any {
	return map[string]any{"verb": verb, "by_requester": byRequester, "changed": touched}
}

func checkTarget(q record.Ask, t *Target) error {
	var faults []*fault.Fault
	for _, c := range []struct{ field, text string }{{"start_cond", t.Start}, {"stop_cond", t.Stop}, {"pause_cond", t.Pause}, {"reset_cond", t.Reset}, {"cancel_cond", t.Cancel}} {
		if c.text == "" {
			continue
		}
		_, err := q.Fits(t.On, nil, condition(c.text), of("update", false, []string{}))
		switch f := fault.Of(err); {
		case f != nil:
			f.Field = c.field
			faults = append(faults, f)
		case err != nil:
			return fmt.Errorf("%s: %w", c.field, err)
		}
	}
	if err := fault.Collect(faults); err != nil {
		return err
	}
	if _, err := itil.ParseSteps(t.Steps); err != nil {
		return err
	}
	if t.Value < time.Second {
		return fault.Field("value", "too_small", "min", "PT1S")
	}
	cal, err := itil.ServiceCalendar(q, t.Calendar)
	if err != nil {
		return err
	}
	_, err = cal.Add(q.Now(), t.Value) // a calendar that never opens keeps no promise
	return err
}

// A Clock is one promise about one record, being kept or broken (book B §1.1). Its
// segments are the truth; the rest follows from them.
type Clock struct {
	record.Base
	Target     record.Ref     `maru:"target,required,derived,to=sla_target"`
	Version    int            `maru:"target_version,derived"`
	RecordKind string         `maru:"record_kind,derived,max=60"`
	Record     string         `maru:"record,required,derived,index,max=36"`
	RecordNo   string         `maru:"record_number,derived,search,max=40"`
	Key        string         `maru:"key,derived,max=200"` // under which one clock counts
	Seq        int            `maru:"seq,derived"`
	Kind       string         `maru:"kind,derived,one=sla|ola|uc"`
	Metric     string         `maru:"metric,derived,one=response|resolution|update_interval|fulfilment|approval|access_revocation|custom"`
	State      string         `maru:"state,derived,index,one=running|paused|met|breached_running|breached_stopped|cancelled"`
	Group      record.Ref     `maru:"owner_group,derived,to=group"`
	Calendar   record.Ref     `maru:"calendar,derived,to=service_calendar"`
	Allowed    *time.Duration `maru:"allowed,derived"`
	Started    *time.Time     `maru:"started_at,derived"`
	Due        *time.Time     `maru:"due_at,derived"`
	Original   *time.Time     `maru:"original_due_at,derived"`
	Stopped    *time.Time     `maru:"stopped_at,derived"`
	Breached   bool           `maru:"breached,derived"`
	BreachedAt *time.Time     `maru:"breached_at,derived"`
	Detected   *time.Time     `maru:"detected_at,derived"`
	Next       *time.Time     `maru:"next_at,derived,index"` // when it will have something to say by itself
	Elapsed    *time.Duration `maru:"elapsed,derived"`       // in service time, when it was last touched
	Wall       *time.Duration `maru:"elapsed_wall,derived"`
	Paused     *time.Duration `maru:"pause_total,derived"`
	Supersedes record.Ref     `maru:"supersedes,derived,to=sla_clock"`
	Segments   record.RawJSON `maru:"segments,derived"`
	Steps      record.RawJSON `maru:"steps,derived"`
	Fired      record.RawJSON `maru:"fired,derived"`
	Reason     string         `maru:"reason,derived,max=100"`
	Cause      string         `maru:"breach_cause,one=own|ola|uc|customer"`
	CauseWhy   string         `maru:"breach_reason,max=1000"`
}
