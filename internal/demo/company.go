package demo

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/worktime"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Password is everybody's: the demo listens to this machine alone.
const Password = "maru-demo-floor" //nolint:gosec // it is meant to be known

// A builder makes the company, as its administrator, before the first story begins.
type builder struct {
	ctx   context.Context
	h     *house.House
	clock *Clock
	rng   *rand.Rand
	at    time.Time
	town  *town
	admin record.Actor
	units map[string]record.ID
	mails map[string]bool
	staff map[string][]*person // by crew
}

func build(ctx context.Context, h *house.House, clock *Clock, seed uint64, at time.Time) (*town, error) {
	b := &builder{ctx: ctx, h: h, clock: clock, rng: rand.New(rand.NewPCG(seed, 7)), at: at.Truncate(time.Second), units: map[string]record.ID{}, mails: map[string]bool{}, staff: map[string][]*person{},
		town: &town{personas: map[string]*person{}, crews: map[string]*crew{}, services: map[string]*service{}, offerings: map[string][]record.ID{}, categories: map[string]record.ID{}}}
	clock.set(b.at)
	for _, step := range []func() error{b.cast, b.signIns, b.setUp, b.makeUnits, b.makePeople, b.makeGroups, b.makeServices, b.makeOfferings, b.makeItems, b.makeCategories, b.actors} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b.town, nil
}

// do makes one change as the administrator, a little after the one before.
func (b *builder) do(change func(tx *hands) error) error {
	b.at = b.at.Add(time.Duration(20+b.rng.IntN(200)) * time.Second)
	b.clock.set(b.at)
	return b.h.Engine.WithinAt(b.ctx, b.admin, b.at, func(tx record.Tx) error { return change(newHands(b.h.Engine, b.admin, tx, nil)) })
}

// each is do for a list, fifty at a time.
func each[T any](b *builder, list []T, change func(tx *hands, x T) error) error {
	for part := range slices.Chunk(list, 50) {
		err := b.do(func(tx *hands) error {
			for _, x := range part {
				if err := change(tx, x); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// cast draws everybody who is there: the faces of the roles, the owners of services, the
// crews, and those who use the services.
func (b *builder) cast() error {
	n := &namer{rng: b.rng, taken: map[string]bool{}}
	add := func(p *person, foreign bool) *person {
		var local string
		if foreign {
			p.lang = "en"
			p.name, local = n.foreign()
		} else {
			p.lang = "ko"
			p.name, local = n.korean()
		}
		if p.email == "" {
			p.email = b.address(local)
		}
		if f := places[p.site].floors; len(f) > 0 {
			p.floor = pick(b.rng, f)
		}
		if !slices.Contains(outside, p.roles[0]) && !slices.Contains(p.roles, role.EndUser) {
			p.roles = append(p.roles, role.EndUser)
		}
		b.town.people = append(b.town.people, p)
		return p
	}
	for _, x := range b.faces() {
		p := add(&person{key: x.role, email: x.role + "@" + domain, title: x.title, unit: x.unit, site: siteOf(x.unit), roles: append([]string{x.role}, x.more...), vip: x.role == role.Executive}, x.abroad)
		b.town.personas[x.role] = p
		if x.group != "" {
			b.staff[x.group] = append(b.staff[x.group], p)
		}
	}
	b.town.personas[role.Integration].name = "모니터링 (Monitoring)"
	for _, o := range ownerRows {
		add(&person{key: o.key, title: o.title, unit: o.unit, site: siteOf(o.unit), roles: []string{role.ServiceOwner}, vip: o.key == "o_pay"}, false)
	}
	for _, g := range groupRows {
		for i := range g.size {
			p := &person{title: g.title, unit: g.unit, site: siteOf(g.unit), roles: []string{g.role}}
			if i == 0 && g.role != role.Supplier && len(b.staff[g.key]) == 0 || i == 0 && g.key == "desk" {
				p.title, p.roles = strings.Fields(g.name)[0]+" 파트장", []string{role.TeamLead, g.role}
			}
			b.staff[g.key] = append(b.staff[g.key], add(p, g.key == "sre" && i == 2))
		}
	}
	for _, u := range unitRows {
		titles := strings.Split(u.titles, ",")
		for i := range u.staff {
			add(&person{title: titles[i%len(titles)], unit: u.key, site: u.site, roles: []string{role.EndUser}, vip: u.key == "risk" && i == 0}, u.site == "sg")
		}
	}
	for _, s := range shops {
		_, code, _ := strings.Cut(s, " ")
		add(&person{title: "점장", unit: "shop", shop: code, roles: []string{role.EndUser}}, false)
	}
	return nil
}

// faces are the personas, with one more for every role that has grants and no face yet.
func (b *builder) faces() []persona {
	out := slices.Clone(personas)
	for _, r := range GrantedRoles(b.h) {
		if !slices.ContainsFunc(out, func(p persona) bool { return p.role == r }) {
			out = append(out, persona{role: r, title: strings.ReplaceAll(r, "_", " "), unit: "itsm"})
		}
	}
	return out
}

// GrantedRoles lists the roles to which the book grants anything, in the order of package role.
func GrantedRoles(h *house.House) []string {
	var out []string
	for _, r := range role.All {
		if slices.ContainsFunc(h.Book.Grants(), permitsRole(r)) {
			out = append(out, r)
		}
	}
	return out
}

func siteOf(unit string) string {
	for _, u := range unitRows {
		if u.key == unit {
			return u.site
		}
	}
	return "hq"
}

func (b *builder) address(local string) string {
	for i := 1; ; i++ {
		a := local + "@" + domain
		if i > 1 {
			a = fmt.Sprintf("%s%d@%s", local, i, domain)
		}
		if !b.mails[a] {
			b.mails[a] = true
			return a
		}
	}
}

// signIns gives a password to one person of every role.
func (b *builder) signIns() error {
	for _, p := range b.town.people {
		if b.town.personas[p.key] != p {
			continue
		}
		id, _, err := b.h.Door.Add(b.ctx, p.email, p.name, p.roles, Password)
		if err != nil {
			return fmt.Errorf("%s: %w", p.email, err)
		}
		p.id = id
	}
	a, err := b.h.Door.Actor(b.ctx, b.town.personas[role.Admin].email)
	a.Via = "web"
	b.admin = a
	return err
}

// setUp says when the organisation works and what more it wants to know of incidents.
func (b *builder) setUp() error {
	var err error
	if b.town.zone, err = time.LoadLocation(zone); err != nil {
		return err
	}
	office, err := itil.WorkCalendar(b.h.Engine.Work(b.ctx, "demo", b.at))
	if err != nil {
		return err
	}
	b.town.office, b.town.always = office, worktime.Always(b.town.zone)
	for _, f := range customFields {
		if err := b.do(func(tx *hands) error {
			_, err := tx.Create(engine.CustomKind, f)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// customFields are what the company added to an incident.
var customFields = []record.Values{
	{"on": kind.Incident, "name": "x_store_code", "type": "text", "label": record.Words{"ko": "매장 코드", "en": "Store code"}, "help": record.Words{"ko": "매장에서 접수된 건의 매장", "en": "The store an incident comes from"}, "max": int64(40), "indexed": true},
	{"on": kind.Incident, "name": "x_error_code", "type": "text", "label": record.Words{"ko": "오류 코드", "en": "Error code"}, "max": int64(60), "searchable": true},
	{"on": kind.Incident, "name": "x_customer_facing", "type": "bool", "label": record.Words{"ko": "고객 영향", "en": "Customers affected"}},
	{"on": kind.Incident, "name": "x_cause_area", "type": "choice", "label": record.Words{"ko": "원인 영역", "en": "Cause area"}, "choices": []string{"application", "infrastructure", "network", "device", "vendor", "user", "security"}, "internal_only": true},
}

func (b *builder) makeUnits() error {
	return b.do(func(tx *hands) error {
		for _, u := range unitRows {
			values := record.Values{"name": u.name, "code": strings.ToUpper(u.key)}
			if u.parent != "" {
				values["parent"] = b.units[u.parent]
			}
			r, err := tx.Create(kind.OrgUnit, values)
			if err != nil {
				return err
			}
			b.units[u.key] = r.ID()
		}
		return nil
	})
}

// makePeople adds everybody, and completes those who can sign in already. Who leads a
// unit is the manager of its people.
func (b *builder) makePeople() error {
	heads := map[string]*person{}
	number := 20110
	err := each(b, b.town.people, func(tx *hands, p *person) error {
		if heads[p.unit] == nil {
			heads[p.unit] = p
		}
		values := record.Values{"job_title": p.title, "unit": b.units[p.unit], "location": p.location(), "lang": p.lang, "vip": p.vip}
		if p.site == "sg" {
			values["zone"] = "Asia/Singapore"
		}
		if !slices.Contains(outside, p.roles[0]) {
			number += 1 + b.rng.IntN(37)
			values["employee_number"] = fmt.Sprintf("ON%06d", number)
			values["phone"] = fmt.Sprintf("010-%04d-%04d", 2000+b.rng.IntN(7999), b.rng.IntN(10000))
		}
		if p.id != "" {
			return tx.Update(kind.User, p.id, values)
		}
		values["email"], values["name"], values["roles"] = p.email, p.name, p.roles
		r, err := tx.Create(kind.User, values)
		if err == nil {
			p.id = r.ID()
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := b.do(func(tx *hands) error {
		for _, u := range unitRows {
			if h := heads[u.key]; h != nil {
				if err := tx.Update(kind.OrgUnit, b.units[u.key], record.Values{"manager": h.id}); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return each(b, b.town.people, func(tx *hands, p *person) error {
		boss := heads[p.unit]
		for unit := p.unit; boss == p || boss == nil; {
			if unit = parentOf(unit); unit == "" {
				return nil
			}
			boss = heads[unit]
		}
		return tx.Update(kind.User, p.id, record.Values{"manager": boss.id})
	})
}

func parentOf(unit string) string {
	for _, u := range unitRows {
		if u.key == unit {
			return u.parent
		}
	}
	return ""
}

func (p *person) location() string {
	switch {
	case p.shop != "":
		return "온새미 " + shopName(p.shop, "ko")
	case p.site == "":
		return "외부 (off site)"
	case p.lang == "en":
		return p.place("en") + ", " + p.level("en")
	}
	return p.place("ko") + " " + p.level("ko")
}

// makeGroups makes the last tier first: each leads to a group that is there.
func (b *builder) makeGroups() error {
	hours, err := b.shifts()
	if err != nil {
		return err
	}
	return b.do(func(tx *hands) error {
		for i := len(groupRows) - 1; i >= 0; i-- {
			g := groupRows[i]
			c := &crew{groupRow: g, members: b.staff[g.key], hours: cmp.Or(hours[g.shift], hours["office"])}
			ids := make([]record.ID, len(c.members))
			for j, p := range c.members {
				ids[j] = p.id
				if p.is(g.role) {
					c.workers = append(c.workers, p)
				}
				if c.lead == nil && p.is(role.TeamLead) {
					c.lead = p
				}
			}
			values := record.Values{"name": g.name, "email": g.key + "@" + domain, "members": ids, "tier": g.tier}
			if c.lead != nil {
				values["manager"] = c.lead.id
			}
			r, err := tx.Create(kind.Group, values)
			if err != nil {
				return err
			}
			c.id = r.ID()
			b.town.crews[g.key] = c
		}
		for _, g := range groupRows {
			if g.next != "" {
				if err := tx.Update(kind.Group, b.town.crews[g.key].id, record.Values{"next_tier": b.town.crews[g.next].id}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (b *builder) makeServices() error {
	owners := map[string]*person{"": b.town.personas[role.ServiceOwner]}
	for _, p := range b.town.people {
		owners[p.key] = p
	}
	owners[""] = b.town.personas[role.ServiceOwner]
	return b.do(func(tx *hands) error {
		for _, s := range serviceRows {
			values := record.Values{"name": s.name, "description": s.about, "criticality": s.crit, "owner": owners[s.owner].id, "support_group": b.town.crews[s.group].id,
				"user_count": s.users, "dept_visibility": s.dept}
			if s.cost != "" {
				values["downtime_cost"] = record.Money{Amount: record.Decimal(s.cost), Currency: "KRW"}
			}
			r, err := tx.Create(kind.Service, values)
			if err != nil {
				return err
			}
			b.town.services[s.key] = &service{serviceRow: s, id: r.ID(), owner: owners[s.owner]}
		}
		return nil
	})
}

func (b *builder) makeOfferings() error {
	return b.do(func(tx *hands) error {
		for _, o := range offeringRows {
			r, err := tx.Create(kind.ServiceOffering, record.Values{"name": o.name, "service": b.town.services[o.service].id, "tier": o.tier})
			if err != nil {
				return err
			}
			b.town.offerings[o.service] = append(b.town.offerings[o.service], r.ID())
		}
		return nil
	})
}

// drawItems spells out the CI rows: for each shop, for each floor, or by count.
func (b *builder) drawItems() []*item {
	var out []*item
	for _, row := range ciRows {
		one := func(name string, it item) {
			it.name, it.class, it.service = name, row.class, row.service
			out = append(out, &it)
		}
		switch {
		case strings.Contains(row.pattern, "{shop}"):
			for _, s := range shops {
				_, code, _ := strings.Cut(s, " ")
				one(strings.ReplaceAll(row.pattern, "{shop}", code), item{shop: code})
			}
		case strings.Contains(row.pattern, "{floor}"):
			for _, site := range []string{"hq", "pg", "bs", "ic", "sg"} {
				for _, f := range places[site].floors {
					one(strings.ReplaceAll(row.pattern, "{floor}", fmt.Sprintf("%s-%02df", site, f)), item{site: site, floor: f})
				}
			}
		default:
			for i := range row.count {
				one(fmt.Sprintf(row.pattern, i+1), item{})
			}
		}
	}
	for i, p := range b.town.people {
		if p.unit != "shop" && p.unit != "partner" && !p.is(role.Integration) {
			p.laptop = &item{name: fmt.Sprintf("NB-%d-%04d", 2022+b.rng.IntN(4), 1000+i*7), class: "laptop", service: "pc", owner: p}
			out = append(out, p.laptop)
		}
	}
	return out
}

func (b *builder) makeItems() error {
	b.town.items = b.drawItems()
	rows := map[string]ciRow{"laptop": {group: "workplace", crit: 5}}
	for _, r := range ciRows {
		rows[r.service+r.class] = r
	}
	return each(b, b.town.items, func(tx *hands, it *item) error {
		s := b.town.services[it.service]
		row, ok := rows[it.service+it.class]
		if !ok {
			row = rows["laptop"]
		}
		values := record.Values{"name": it.name, "class": it.class, "service": s.id, "criticality": row.crit, "owner": s.owner.id, "support_group": b.town.crews[row.group].id}
		if it.owner != nil {
			values["user"] = it.owner.id
		}
		if it.class != "laptop" && chance(b.rng, 0.02) {
			values["status"] = "maintenance"
		}
		r, err := tx.Create(kind.ConfigurationItem, values)
		if err == nil {
			it.id = r.ID()
		}
		return err
	})
}

func (b *builder) makeCategories() error {
	var err error
	if b.town.scenes, err = loadScenes(); err != nil {
		return err
	}
	type node struct{ key, ko, en, group string }
	var nodes []node
	for _, c := range categoryRows {
		nodes = append(nodes, node{key: c.key, ko: c.ko, en: c.en})
	}
	for _, sc := range b.town.scenes {
		ko, en, _ := strings.Cut(sc.attr["name"], " | ")
		nodes = append(nodes, node{sc.key, ko, en, sc.group})
	}
	return each(b, nodes, func(tx *hands, n node) error {
		values := record.Values{"name": n.key, "label": record.Words{"ko": n.ko, "en": n.en}}
		if at := strings.LastIndexByte(n.key, '.'); at > 0 {
			values["parent"] = b.town.categories[n.key[:at]]
		}
		if n.group != "" {
			values["group"] = b.town.crews[n.group].id
		}
		r, err := tx.Create(kind.Category, values)
		if err == nil {
			b.town.categories[n.key] = r.ID()
		}
		return err
	})
}

// actors asks the door who everybody is, as it would when they sign in.
func (b *builder) actors() error {
	for _, p := range b.town.people {
		a, err := b.h.Door.Actor(b.ctx, p.email)
		if err != nil {
			return err
		}
		a.Via = "web"
		if p.is(role.Integration) {
			a.Via = "api"
		}
		p.actor = a
	}
	return nil
}

func permitsRole(r string) func(permit.Grant) bool {
	return func(g permit.Grant) bool { return g.Role == r }
}
