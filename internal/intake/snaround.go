package intake

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// snPeople says which columns name persons, and in which role they act.
var snPeople = []struct{ col, role string }{{"caller_id", role.EndUser}, {"opened_by", role.Agent}, {"sys_created_by", role.Agent},
	{"sys_updated_by", role.Agent}, {"assigned_to", role.Resolver}, {"resolved_by", role.Resolver}}

// snThings says which columns name other records, and the field that holds the name.
var snThings = []struct{ col, kind, field string }{{"assignment_group", kind.Group, "name"}, {"category", kind.Category, "name"},
	{"subcategory", kind.Category, "name"}, {"u_symptom", kind.Category, "name"}, {"cmdb_ci", kind.ConfigurationItem, "name"},
	{"problem_id", kind.Problem, "title"}, {"rfc", kind.Change, "title"}, {"caused_by", kind.Change, "title"}}

// around makes what incidents refer to: people, groups, categories, CIs, problems, changes.
func (im *snImport) around(ctx context.Context, rows []*snRow) error {
	if err := im.people(ctx, rows); err != nil {
		return err
	}
	members := map[string][]record.ID{}
	for _, r := range rows {
		g, who := r.get("assignment_group"), im.id(kind.User, r.get("assigned_to"))
		if g != "" && who != "" && !slices.Contains(members[g], who) {
			members[g] = append(members[g], who)
		}
	}
	for _, c := range snThings {
		for _, name := range distinct(rows, c.col) {
			values := record.Values{c.field: name}
			if c.field == "title" && len([]rune(name)) < 3 {
				values[c.field] = c.kind + " " + name
			}
			if ids := members[name]; c.kind == kind.Group && len(ids) > 0 {
				values["members"] = ids
			}
			if err := im.make(ctx, c.kind, name, values); err != nil {
				return err
			}
		}
	}
	return nil
}

// people makes everybody the rows name, each with every role they act in.
func (im *snImport) people(ctx context.Context, rows []*snRow) error {
	roles := map[string][]string{}
	var order []string
	for _, p := range snPeople {
		for _, name := range distinct(rows, p.col) {
			if roles[name] == nil {
				order = append(order, name)
				roles[name] = []string{role.EndUser}
			}
			if !slices.Contains(roles[name], p.role) {
				roles[name] = append(roles[name], p.role)
			}
		}
	}
	taken := map[string]bool{}
	for _, name := range order {
		email := address(name, "")
		if taken[email] { // another name that is written alike
			email = address(name, fmt.Sprintf("-%x", sha256.Sum256([]byte(name)))[:9])
		}
		taken[email] = true
		if err := im.make(ctx, kind.User, name, record.Values{"name": name, "email": email, "roles": roles[name]}); err != nil {
			return err
		}
	}
	return nil
}

// address makes an e-mail address that leads nowhere: the log knows names only.
func address(name, tail string) string {
	slug := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_' {
			return unicode.ToLower(r)
		}
		return '-'
	}, strings.Join(strings.Fields(name), "-"))
	if rs := []rune(slug); len(rs) > 200 {
		slug = string(rs[:200])
	}
	return slug + tail + "@servicenow.invalid"
}

func distinct(rows []*snRow, col string) []string {
	seen := map[string]bool{}
	var out []string
	for _, r := range rows {
		if v := r.get(col); v != "" && !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

func (im *snImport) id(kind, name string) record.ID {
	if name == "" {
		return ""
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	return im.ids[kind+"/"+name]
}

// unknown gives the first column of a row that names what could not be made.
func (im *snImport) unknown(r *snRow) (field, why string) {
	if len(im.refused) == 0 {
		return "", ""
	}
	for _, p := range snPeople {
		if why := im.refused[kind.User+"/"+r.get(p.col)]; why != "" {
			return p.col, why
		}
	}
	for _, c := range snThings {
		if why := im.refused[c.kind+"/"+r.get(c.col)]; why != "" {
			return c.col, why
		}
	}
	return "", ""
}

// make finds or creates one record: by where it came from, or by its name where that is
// unique. What cannot be made is remembered with its reason.
func (im *snImport) make(ctx context.Context, k, name string, values record.Values) error {
	key := k + "/" + name
	if im.ids[key] != "" || im.refused[key] != "" {
		return nil
	}
	kd := im.h.Engine.Schema().Kind(k)
	r, err := im.h.Engine.Store().BySource(ctx, kd, serviceNow, name)
	if f := kd.Field("name"); err == nil && r == nil && f != nil && f.Unique {
		r, err = im.h.Engine.Store().Lookup(ctx, kd, f, name)
	}
	if err != nil {
		return err
	}
	if r != nil {
		im.ids[key] = r.ID()
		return nil
	}
	if im.o.DryRun {
		for field, v := range values {
			if f := fault.Of(kd.Field(field).Check(v)); f != nil {
				im.refused[key] = f.Error()
				return nil
			}
		}
		im.rep.Records[k]++
		im.ids[key] = record.NewID()
		return nil
	}
	values["source"], values["source_id"] = serviceNow, name
	err = im.h.Engine.Within(ctx, im.own, func(tx record.Tx) error {
		r, err := tx.Create(k, values)
		if err == nil {
			im.ids[key] = r.ID()
		}
		return err
	})
	if f := fault.Of(err); f != nil {
		delete(im.ids, key)
		im.refused[key] = f.Error()
		return nil
	}
	if err == nil {
		im.rep.Records[k]++
	}
	return err
}
