// Package notify tells people what concerns them. A notice (declared by a process) says
// which change concerns whom; a reader of the journal puts messages into inboxes, and what
// a message is about is read when it is shown, with the rights its reader has then. Mail
// and chat will read the same inboxes.
package notify

import (
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// A Choice is whether a person wants to hear of a notice; without one they do.
type Choice struct {
	record.Base
	Owner  record.Ref `maru:"owner,fixed,to=user,index"` // whoever makes it
	Notice string     `maru:"notice,required,fixed,max=100"`
	Wanted bool       `maru:"wanted"`
	Key    string     `maru:"key,derived,unique,max=200"` // one a person and notice
}

// A Mute keeps what happens to one record from a person, except what they are mentioned in.
type Mute struct {
	record.Base
	Owner   record.Ref `maru:"owner,fixed,to=user,index"`
	On      string     `maru:"on,required,fixed,max=60"` // the kind of what is muted
	Subject string     `maru:"subject,required,fixed,max=60"`
	Muted   bool       `maru:"muted,default=true"`
	Key     string     `maru:"key,derived,unique,max=200"` // one a person and record
}

const own = "owner == me"

// Process gathers what notifications declare. eng knows the kinds that a mute may name.
func Process(eng **engine.Engine) itil.Process {
	return itil.Process{
		Name: "notification",
		Records: []record.Any{
			record.Type[Choice]{Kind: kind.NoticeChoice, Plural: "notice_choices", Title: "notice", List: "owner notice wanted", Derive: func(q record.Ask, c *Choice) error {
				c.Owner = ownerOf(q, c.Owner)
				c.Key = string(c.Owner) + " " + c.Notice
				return nil
			}},
			record.Type[Mute]{Kind: kind.Mute, Plural: "mutes", Title: "subject", List: "owner on subject muted", Derive: func(q record.Ask, m *Mute) error {
				m.Owner = ownerOf(q, m.Owner)
				m.Subject = strings.ToLower(m.Subject)
				m.Key = string(m.Owner) + " " + m.Subject
				return nil
			}, Check: func(q record.Ask, m *Mute) error {
				if q.Change().Before == nil && (*eng).Schema().Kind(m.On) == nil {
					return fault.Field("on", "unknown_kind", "kind", m.On)
				}
				if _, ok := record.ParseID(m.Subject); !ok {
					return fault.Field("subject", "unknown_reference")
				}
				return nil
			}},
		},
		Grants: []permit.Grant{
			{Role: role.Anyone, May: "read create update", Kind: kind.NoticeChoice, Where: own},
			{Role: role.Anyone, May: "read create update", Kind: kind.Mute, Where: own},
			{Role: role.Auditor, May: "read", Kind: kind.NoticeChoice},
			{Role: role.Auditor, May: "read", Kind: kind.Mute},
		},
		Notices: itil.Notices,
		Settings: []rule.Setting{
			{Name: "notification.keep_read_days", Default: "90", Type: record.Int, Min: 1},
			{Name: "notification.keep_days", Default: "365", Type: record.Int, Min: 1},
		},
	}
}

func ownerOf(q record.Ask, owner record.Ref) record.Ref {
	if q.Change().Before == nil && owner == "" {
		return q.Actor().ID
	}
	return owner
}
