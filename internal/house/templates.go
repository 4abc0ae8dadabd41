package house

import (
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// templates are the dashboards that a new installation offers to begin with. They are
// nobody's and everyone's; an administrator may change or retire them like any other.
// Tiles carry a title only where the name of their figure or view would not do.
var templates = []itil.Seed{
	template("desk_today", record.Words{"ko": "서비스데스크 오늘", "en": "Service desk today"},
		"7d", `{"service":[],"group":[]}`, `[
{"id":"open","type":"kpi","w":1,"h":1,"kpi":"incidents.open"},
{"id":"unassigned","type":"count","w":1,"h":1,"kind":"incident","view":"unassigned","look":"number"},
{"id":"groups","type":"count","w":1,"h":1,"kind":"incident","view":"my_groups","look":"number"},
{"id":"first","type":"kpi","w":1,"h":1,"kpi":"SD-01"},
{"id":"in","type":"series","w":2,"h":2,"kpi":"incidents.created","step":"day","look":"line"},
{"id":"by","type":"count","w":1,"h":2,"kind":"incident","view":"open","by":"priority","look":"donut"},
{"id":"group","type":"count","w":1,"h":2,"kind":"incident","view":"open","by":"group","look":"table"},
{"id":"next","type":"list","w":2,"h":2,"kind":"incident","view":"unassigned","order":"priority,created_at","columns":["number","title","priority","created_at"],"rows":8},
{"id":"stuck","type":"list","w":2,"h":2,"kind":"incident","view":"open","filter":"state == 'on_hold'","order":"updated_at","columns":["number","title","hold_reason","updated_at"],"rows":8,"title":{"ko":"오래 멈춰 있는 인시던트","en":"On hold the longest"}}
]`),
	template("incident_month", record.Words{"ko": "인시던트 관리자의 한 달", "en": "The incident manager's month"},
		"30d", `{"service":[],"priority":[]}`, `[
{"id":"restore","type":"kpi","w":1,"h":1,"kpi":"INC-01"},
{"id":"reopen","type":"kpi","w":1,"h":1,"kpi":"INC-02"},
{"id":"major","type":"kpi","w":1,"h":1,"kpi":"INC-03"},
{"id":"hops","type":"kpi","w":1,"h":1,"kpi":"incidents.misassigned"},
{"id":"in","type":"series","w":2,"h":2,"kpi":"incidents.created","step":"week","by":"priority","look":"bar"},
{"id":"trend","type":"series","w":2,"h":2,"kpi":"INC-01","step":"week","look":"line"},
{"id":"service","type":"series","w":2,"h":2,"kpi":"incidents.created","by":"service","look":"bar","title":{"ko":"서비스별 접수","en":"Reported, by service"}},
{"id":"why","type":"count","w":1,"h":2,"kind":"incident","view":"open","by":"state","look":"donut"},
{"id":"note","type":"note","w":1,"h":2,"text":"**매월 첫 주 · First week of each month**\n\n- 중앙값이 아니라 90백분위가 늘었는가? · Did the 90th percentile grow, not only the median?\n- 재오픈은 어느 그룹에서 나오는가? · Which group's resolutions come back?\n- 중대 장애마다 문제가 열렸는가? · Does each major incident have a problem?"},
{"id":"majors","type":"list","w":4,"h":1,"kind":"incident","view":"major","columns":["number","title","priority","state","service","assignee"],"rows":5}
]`),
	template("my_team", record.Words{"ko": "우리 팀", "en": "My team"},
		"30d", `{"service":[],"priority":[]}`, `[
{"id":"open","type":"count","w":1,"h":1,"kind":"incident","view":"my_groups","look":"number"},
{"id":"mine","type":"count","w":1,"h":1,"kind":"incident","view":"my_work","look":"number"},
{"id":"age","type":"kpi","w":1,"h":1,"kpi":"incidents.age","filter":"group in my_groups"},
{"id":"done","type":"kpi","w":1,"h":1,"kpi":"incidents.resolved","filter":"group in my_groups"},
{"id":"who","type":"count","w":2,"h":2,"kind":"incident","view":"my_groups","by":"assignee","look":"bar"},
{"id":"out","type":"series","w":2,"h":2,"kpi":"incidents.resolved","filter":"group in my_groups","step":"day","look":"bar"},
{"id":"list","type":"list","w":4,"h":2,"kind":"incident","view":"my_groups","order":"priority,created_at","columns":["number","title","priority","state","assignee","updated_at"],"rows":10}
]`),
}

func template(key string, label record.Words, period, common, tiles string) itil.Seed {
	return itil.Seed{Kind: kind.Dashboard, Key: key, Values: record.Values{"label": label, "audience": "shared", "period": period,
		"common": record.RawJSON(common), "tiles": record.RawJSON(tiles), "template": true}}
}
