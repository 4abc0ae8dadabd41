package book

import (
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// told leaves of a notice for every kind those that this one can name.
func told(k *record.Kind, to string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(to), func(w string) bool {
		return w != itil.Mentioned && !strings.HasPrefix(w, itil.OfRole) && k.Field(strings.TrimPrefix(w, itil.Was)) == nil
	}), " ")
}

// sets reports whether a kind has the field that an event is about.
func sets(k *record.Kind, on string) bool {
	f, ok := strings.CutPrefix(on, "set:")
	return !ok || k.Field(f) != nil
}

// names reports whether a condition can be asked of a kind.
func names(s *record.Schema, k *record.Kind, cond string) bool {
	if cond == "" {
		return true
	}
	_, err := query.Compile(s, k, cond)
	return err == nil
}

// checkNotice finds events that never happen, and recipients that nothing names.
func (b *Book) checkNotice(n itil.Notice, bad func(string, ...any)) {
	b.checkFilter("notice "+n.Name, n.Kind, n.If, bad)
	k := b.Schema.Kind(n.Kind)
	if k == nil {
		return
	}
	for _, on := range strings.Fields(n.On) {
		if !happens(k, on) {
			bad("notice %s: %s never does %q", n.Name, n.Kind, on)
		}
	}
	if f := k.Field(n.About); n.About != "" && (f == nil || f.Type != record.Reference) {
		bad("notice %s: is about %q, which is no reference", n.Name, n.About)
	}
	if len(strings.Fields(n.On)) == 0 || len(strings.Fields(n.To)) == 0 {
		bad("notice %s: on nothing, or to nobody", n.Name)
	}
	for _, w := range strings.Fields(n.To) {
		if r, ok := strings.CutPrefix(w, itil.OfRole); ok {
			if !slices.Contains(role.All, r) {
				bad("notice %s: nobody can be given the role %q", n.Name, r)
			}
			continue
		}
		if w != itil.Mentioned && !b.namesPeople(k, strings.TrimPrefix(w, itil.Was)) {
			bad("notice %s: %q names no people", n.Name, w)
		}
	}
}

func happens(k *record.Kind, on string) bool {
	switch on {
	case permit.Create, permit.Comment, permit.Note, "mention":
		return true
	}
	if f, ok := strings.CutPrefix(on, "set:"); ok {
		return k.Field(f) != nil
	}
	if l, ok := strings.CutPrefix(on, "link:"); ok {
		return slices.ContainsFunc(k.Links, func(x record.Link) bool { return x.Name == l })
	}
	return k.Life != nil && slices.ContainsFunc(k.Life.Moves(), func(m record.Move) bool { return m.Name == on })
}

// namesPeople reports whether a field leads to people or groups, here or one reference away.
func (b *Book) namesPeople(k *record.Kind, name string) bool {
	via, name, hop := strings.Cut(name, ".")
	f := k.Field(via)
	if hop {
		if f == nil || f.Type != record.Reference || b.Schema.Kind(f.To) == nil {
			return false
		}
		f = b.Schema.Kind(f.To).Field(name)
	}
	return f != nil && (f.To == kind.User || f.To == kind.Group)
}
