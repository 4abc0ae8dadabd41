package servicedesk

import (
	"maps"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// A CannedResponse is a reply kept ready: its places {{requester.name}} are filled in from
// the record on which it is used, in the reader's language.
type CannedResponse struct {
	record.Base
	Name     string       `maru:"name,required,search,max=60"` // what one types to find it
	Title    record.Words `maru:"title,required,search,max=120"`
	Body     record.Words `maru:"body,required,max=8000"`
	Scope    string       `maru:"scope,required,one=global|group|personal,default=group"`
	Owner    record.Ref   `maru:"owner,fixed,to=user,index"` // of a personal one
	Group    record.Ref   `maru:"group,to=group"`
	On       string       `maru:"on,required,fixed,max=60,default=incident"`
	Category record.Ref   `maru:"category,to=category"`
	SetState string       `maru:"set_state,max=60"` // the move that is taken with it
	Uses     int          `maru:"uses,derived"`
	Active   bool         `maru:"active,default=true"`
}

func deriveCanned(q record.Ask, c *CannedResponse) error {
	switch c.Scope {
	case "personal":
		c.Group = ""
		if c.Owner == "" {
			c.Owner = q.Actor().ID
		}
	case "global":
		c.Group = ""
	}
	return nil
}

func checkCanned(q record.Ask, c *CannedResponse) error {
	if c.Scope == "group" && c.Group == "" {
		return fault.Field("group", "required")
	}
	if strings.ContainsAny(c.Name, " \t\n") {
		return fault.Field("name", "no_spaces")
	}
	if !c.Active { // what no longer fits can still be put away
		return nil
	}
	on := q.Kind(c.On)
	if on == nil {
		return fault.Field("on", "unknown_kind", "kind", c.On)
	}
	if c.SetState != "" && !takes(on, c.SetState) {
		return fault.Field("set_state", "no_such_move", "move", c.SetState, "kind", c.On)
	}
	for _, lang := range slices.Sorted(maps.Keys(c.Body)) {
		if err := itil.CheckTemplate(q, "body", on, c.Body[lang]); err != nil {
			return err
		}
	}
	return nil
}

// takes reports whether a kind has a move that a person may take.
func takes(k *record.Kind, move string) bool {
	return k.Life != nil && slices.ContainsFunc(k.Life.Moves(), func(m record.Move) bool { return m.Name == move && !m.Auto })
}

// Who reads and who keeps canned responses: everybody their own, the lead of a group those
// of the group, and those who run a process those of all.
const (
	cannedOwn  = "scope == 'personal' && owner == me"
	cannedSeen = "scope == 'global' || (scope == 'group' && group in my_groups) || (" + cannedOwn + ")"
	cannedLead = "scope == 'group' && (group in my_groups || group.manager == me)"
	cannedAll  = "scope != 'personal' || owner == me"
)

var cannedGrants = []permit.Grant{
	{Role: role.Agent, May: "read", Kind: kind.CannedResponse, Where: cannedSeen},
	{Role: role.Agent, May: "create update", Kind: kind.CannedResponse, Where: cannedOwn},
	{Role: role.Resolver, May: "read", Kind: kind.CannedResponse, Where: cannedSeen},
	{Role: role.Resolver, May: "create update", Kind: kind.CannedResponse, Where: cannedOwn},
	{Role: role.TeamLead, May: "read", Kind: kind.CannedResponse, Where: cannedSeen},
	{Role: role.TeamLead, May: "read create update", Kind: kind.CannedResponse, Where: cannedLead},
	{Role: role.TeamLead, May: "create update", Kind: kind.CannedResponse, Where: cannedOwn},
	{Role: role.IncidentManager, May: "*", Kind: kind.CannedResponse, Where: cannedAll},
	{Role: role.MajorIncidentManager, May: "read", Kind: kind.CannedResponse, Where: cannedSeen},
	{Role: role.MajorIncidentManager, May: "create update", Kind: kind.CannedResponse, Where: cannedOwn},
	{Role: role.ProblemManager, May: "*", Kind: kind.CannedResponse, Where: cannedAll},
	{Role: role.ChangeManager, May: "*", Kind: kind.CannedResponse, Where: cannedAll},
	{Role: role.Admin, May: "*", Kind: kind.CannedResponse, Where: cannedAll},
	{Role: role.Auditor, May: "read", Kind: kind.CannedResponse},
}

// cannedSeeds are the replies a new desk begins with.
var cannedSeeds = []itil.Seed{
	canned("received", "", "접수 안내", "Received",
		"{{requester.name}}님, 안녕하세요.\n\n문의하신 내용을 {{number}}(으)로 접수했습니다. 확인하는 대로 이 건에 답변드리겠습니다.",
		"Hello {{requester.name}},\n\nwe have received your report as {{number}}. We will answer here as soon as we have looked at it."),
	canned("moreinfo", "hold", "추가 정보 요청", "More information needed",
		"{{requester.name}}님, 확인에 필요한 정보가 더 있습니다.\n\n- 언제부터 그런지\n- 어떤 화면이나 메시지가 나오는지 (화면 캡처가 있으면 좋습니다)\n- 다른 분도 같은 증상인지\n\n답변을 주시면 이어서 확인하겠습니다.",
		"Hello {{requester.name}},\n\nto go on we need to know a little more:\n\n- since when it happens\n- what you see: a message, a screen (a picture helps)\n- whether others have it too\n\nAs soon as you answer here we go on."),
	canned("working", "", "처리 중 안내", "We are working on it",
		"{{requester.name}}님, {{number}} 건은 {{group.name}}에서 확인하고 있습니다. 진행되는 대로 알려 드리겠습니다.",
		"Hello {{requester.name}},\n\n{{group.name}} is working on {{number}}. We will tell you here how it goes on."),
	canned("password", "", "비밀번호 재설정 방법", "How to reset a password",
		"{{requester.name}}님, 로그인 화면의 **비밀번호 재설정**에서 직접 바꾸실 수 있습니다. 비밀번호는 저희에게도 알려 주지 마세요.\n\n그래도 로그인이 되지 않으면 이 건에 답변해 주세요.",
		"Hello {{requester.name}},\n\nyou can set a new password yourself with **Reset password** on the sign-in page. Please do not tell it to anybody, not even to us.\n\nIf you still cannot sign in, answer here."),
	canned("resolved", "resolve", "해결 안내", "Resolved",
		"{{requester.name}}님, {{number}} 건을 해결했습니다. 다시 발생하면 이 건에 답변해 주세요. 바로 다시 확인하겠습니다.",
		"Hello {{requester.name}},\n\nwe have resolved {{number}}. If it comes back, answer here and we will look at it again at once."),
}

func canned(name, move, ko, en, bodyKo, bodyEn string) itil.Seed {
	values := record.Values{"name": name, "scope": "global", "title": record.Words{"ko": ko, "en": en}, "body": record.Words{"ko": bodyKo, "en": bodyEn}}
	if move != "" {
		values["set_state"] = move
	}
	return itil.Seed{Kind: kind.CannedResponse, Key: name, Values: values}
}
