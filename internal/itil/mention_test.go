package itil

import (
	"slices"
	"strings"
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

const (
	kim = "01900000-0000-7000-8000-000000000001"
	lee = "01900000-0000-7000-8000-000000000002"
)

func TestMentions(t *testing.T) {
	for _, c := range []struct {
		text string
		want []record.ID
	}{
		{"", nil},
		{"plain text, an address a@b.c and @nobody", nil},
		{"[@김서연](user:" + kim + ") 확인 부탁드립니다", []record.ID{kim}},
		{"[@Kim Seo-yeon](user:" + kim + ")[@이도윤](user:" + lee + "), and [@김서연](user:" + kim + ") again", []record.ID{kim, lee}},
		{"the order is [@b](user:" + lee + ") then [@a](user:" + kim + ")", []record.ID{lee, kim}},
		{"[@김서연](user:" + strings.ToUpper(kim) + ")", []record.ID{kim}},
		{"> [@김서연](user:" + kim + ") quoted\n\n- [@이도윤](user:" + lee + ")", []record.ID{kim, lee}},
		{"in `[@code](user:" + kim + ")` and out [@x](user:" + lee + ")", []record.ID{lee}},
		{"```\n[@code](user:" + kim + ")\n```\n[@x](user:" + lee + ")", []record.ID{lee}},
		{"an open fence\n```\n[@code](user:" + kim + ")", nil},
		{"a lone ` does not hide [@x](user:" + kim + ")", []record.ID{kim}},
		{"[@x](user:nonsense)", []record.ID{"nonsense"}},
		{"[@](user:" + kim + ") [x](user:" + kim + ") [@x] (user:" + kim + ") [@x](users:" + kim + ") [@x](user:)", nil},
		{"[@broken\nname](user:" + kim + ")", nil},
		{"[[@x](user:" + kim + ")](https://example.com)", []record.ID{kim}},
		{"[@" + strings.Repeat("가", 201) + "](user:" + kim + ")", nil},
	} {
		if got := Mentions(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q names %q, want %q", c.text, got, c.want)
		}
	}
}

func FuzzMentions(f *testing.F) {
	f.Add("[@김서연](user:" + kim + ")")
	f.Add("```\n[@a](user:b)\n> ```\n`[@c](user:d)` [@e](user:f)")
	f.Add("[@[@x](user:a)](user:b)\xff\x00")
	f.Fuzz(func(t *testing.T, s string) {
		got := Mentions(s)
		for i, id := range got {
			if id == "" || slices.Contains(got[:i], id) {
				t.Fatalf("%q names %q", s, got)
			}
			if !strings.Contains(strings.ToLower(s), "user:"+string(id)) {
				t.Fatalf("%q does not name %q", s, id)
			}
		}
		if again := Mentions(s + "\n\n"); !slices.Equal(got, again) {
			t.Fatalf("%q names %q, and with an empty line after it %q", s, got, again)
		}
	})
}
