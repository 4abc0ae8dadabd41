package cli

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/itil/role"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// TestExportRights: an export on somebody's behalf holds what they may see, in every format.
func TestExportRights(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, url string) {
		dir := t.TempDir()
		fill(t, dir, url)
		for _, tt := range []struct{ as, told, hidden string }{
			{"kim@example.kr", "mine-is-slow", "tablespace salary-list 987654 argon2id"},
			{"desk@example.kr", "mine-is-slow tablespace 987654", "salary-list argon2id"},
			{"audit@example.kr", "mine-is-slow tablespace salary-list 987654", "argon2id"},
			{"", "mine-is-slow tablespace salary-list 987654", "argon2id"},
		} {
			for _, format := range []string{"csv", "json", "xlsx"} {
				text := export(t, dir, url, tt.as, format, "incident")
				for _, word := range strings.Fields(tt.told) {
					if !strings.Contains(text, word) {
						t.Errorf("%s as %q does not tell %s", format, tt.as, word)
					}
				}
				for _, word := range strings.Fields(tt.hidden) {
					if strings.Contains(text, word) {
						t.Errorf("%s as %q tells %s", format, tt.as, word)
					}
				}
			}
			users := export(t, dir, url, tt.as, "json", "user")
			if strings.Contains(users, "argon2id") || strings.Contains(users, "010-7777") != (tt.as != "kim@example.kr") {
				t.Errorf("users as %q: %s", tt.as, users)
			}
		}
		var out, errs bytes.Buffer
		if code := Run([]string{"export", "incident", "--data", dir, "--database", url, "--as", "kim@example.kr", "--filter", "problem.root_cause == 'x'"}, nil, &out, &errs); code != 1 || out.Len() > 0 {
			t.Errorf("filtered by what cannot be seen: %d %s %s", code, out.String(), errs.String())
		}
	})
}

// fill makes three people and two incidents.
func fill(t *testing.T, dir, url string) {
	t.Helper()
	ctx := context.Background()
	h, err := house.Open(ctx, house.Config{Data: dir, Database: url, Manual: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
	}()
	as := map[string]context.Context{}
	for name, roles := range map[string][]string{"kim": {role.EndUser}, "desk": {role.Agent}, "audit": {role.Auditor}, "boss": {role.Admin, role.Agent}} {
		if _, _, err := h.Door.Add(ctx, name+"@example.kr", name, roles, map[bool]string{true: "correct horse battery"}[name == "kim"]); err != nil {
			t.Fatal(err)
		}
		a, err := h.Door.Actor(ctx, name+"@example.kr")
		if err != nil {
			t.Fatal(err)
		}
		as[name] = permit.As(ctx, a)
	}
	do := func(who, verb, kind, id string, body map[string]any) string {
		out, err := h.Engine.Do(as[who], engine.Request{Kind: kind, ID: id, Verb: verb, Body: body})
		if err != nil {
			t.Fatal(who, verb, kind, err)
		}
		return string(out.Record.ID())
	}
	i := do("kim", permit.Create, "incident", "", map[string]any{"title": "mine-is-slow"})
	do("desk", permit.Update, "incident", i, map[string]any{"cause_hint": "tablespace", "hourly_rate": map[string]any{"amount": "987654", "currency": "KRW"}})
	do("boss", permit.Create, "incident", "", map[string]any{"title": "salary-list", "security": true})
	boss, err := permit.From(as["boss"])
	if err != nil {
		t.Fatal(err)
	}
	do("boss", permit.Update, "user", string(boss.ID), map[string]any{"phone": "010-7777"})
}

// export runs the command and gives its output as text.
func export(t *testing.T, dir, url, as, format, kind string) string {
	t.Helper()
	args := []string{"export", kind, "--data", dir, "--database", url, "--format", format}
	if as != "" {
		args = append(args, "--as", as)
	}
	file := filepath.Join(t.TempDir(), "out.xlsx")
	if format == "xlsx" {
		args = append(args, "--out", file)
	}
	var out, errs bytes.Buffer
	if code := Run(args, nil, &out, &errs); code != 0 {
		t.Fatalf("%v: %d %s", args, code, errs.String())
	}
	if format != "xlsx" {
		return out.String()
	}
	x, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = x.Close() }()
	rows, err := x.GetRows(kind)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(rows)
}
