package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/worktime"

	"github.com/maru-itsm/maru/internal/itil/role"
)

// A person of the company.
type person struct {
	id          record.ID
	key         string // of a persona or an owner; else ""
	email, name string
	title, lang string
	unit, site  string
	floor       int
	shop        string
	roles       []string
	vip         bool
	actor       record.Actor
	laptop      *item
}

func (p *person) is(r string) bool { return slices.Contains(p.roles, r) }

// A crew is a support group with its people and its hours.
type crew struct {
	groupRow
	id      record.ID
	members []*person
	workers []*person // of the members, those who work on what comes in
	lead    *person
	hours   *worktime.Calendar
}

// An item is a configuration item.
type item struct {
	id                   record.ID
	name, class, service string
	shop, site           string
	floor                int
	owner                *person
}

// A service of the company.
type service struct {
	serviceRow
	id    record.ID
	owner *person
}

// A town is the company as the stories know it.
type town struct {
	people     []*person
	personas   map[string]*person // by role
	crews      map[string]*crew
	services   map[string]*service
	offerings  map[string][]record.ID // by service
	categories map[string]record.ID
	items      []*item
	office     *worktime.Calendar
	always     *worktime.Calendar
	scenes     []*scene
	zone       *time.Location
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// chance is true so often.
func chance(rng *rand.Rand, p float64) bool { return rng.Float64() < p }

// choose picks an index by weight.
func choose(rng *rand.Rand, weights ...float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	at := rng.Float64() * total
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// who lists the people that fit.
func (t *town) who(fits func(p *person) bool) []*person {
	var out []*person
	for _, p := range t.people {
		if fits(p) {
			out = append(out, p)
		}
	}
	return out
}

// requester picks somebody who would report a scene.
func (t *town) requester(rng *rand.Rand, sc *scene) *person {
	ok := func(p *person) bool { return p.is(role.EndUser) && p.unit != "shop" }
	switch {
	case sc.store:
		ok = func(p *person) bool { return p.unit == "shop" }
	case sc.attr["sites"] != "":
		ok = func(p *person) bool { return p.is(role.EndUser) && p.site == sc.attr["sites"] }
	case strings.HasPrefix(sc.key, "logistics."):
		ok = func(p *person) bool { return p.unit == "fc" || p.unit == "delivery" }
	case strings.HasPrefix(sc.key, "cc."):
		ok = func(p *person) bool { return p.unit == "care" }
	case sc.when == "online":
		ok = func(p *person) bool {
			return slices.Contains([]string{"care", "online", "mkt", "md", "paybiz"}, p.unit)
		}
	case sc.service == "settle" || sc.service == "erp":
		ok = func(p *person) bool { return slices.Contains([]string{"settle", "fin", "ga", "paybiz"}, p.unit) }
	case sc.service == "cicd":
		ok = func(p *person) bool { return strings.HasPrefix(p.unit, "dev_") || p.unit == "data" }
	}
	p := pick(rng, t.who(ok))
	if p.lang == "ko" && sc.when == "office" { // far from the desk one asks more often
		p = pick(rng, t.who(ok))
	}
	return p
}

// item picks what a scene is about: the requester's own laptop, something of their shop,
// something on their floor, or any of the service.
func (t *town) item(rng *rand.Rand, sc *scene, p *person) *item {
	if sc.class == "" {
		return nil
	}
	if sc.class == "laptop" {
		return p.laptop
	}
	var near, all []*item
	own := slices.ContainsFunc(t.items, func(it *item) bool { return it.class == sc.class && it.service == sc.service })
	for _, it := range t.items {
		if it.class != sc.class || own && it.service != sc.service {
			continue
		}
		all = append(all, it)
		if it.shop != "" && it.shop == p.shop || it.shop == "" && it.site != "" && it.site == p.site && it.floor == p.floor {
			near = append(near, it)
		}
	}
	switch {
	case len(near) > 0:
		return pick(rng, near)
	case len(all) > 0 && !sc.store:
		return pick(rng, all)
	}
	return nil
}

// member picks somebody of a crew who works on what comes in.
func (c *crew) member(rng *rand.Rand) *person { return pick(rng, c.workers) }

// place names where somebody sits, in a language.
func (p *person) place(lang string) string {
	if p.shop != "" {
		return shopName(p.shop, lang)
	}
	s := places[p.site]
	if lang == "en" {
		return s.en
	}
	return s.ko
}

func (p *person) level(lang string) string {
	if lang == "en" {
		return fmt.Sprintf("floor %d", p.floor)
	}
	return fmt.Sprintf("%d층", p.floor)
}

// shopName gives a shop's name by its code.
func shopName(code, lang string) string {
	if lang == "en" {
		return strings.ToUpper(code[:1]) + code[1:] + " store"
	}
	for _, s := range shops {
		if ko, en, _ := strings.Cut(s, " "); en == code {
			return ko + "점"
		}
	}
	return code
}
