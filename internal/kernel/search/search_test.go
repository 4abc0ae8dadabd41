package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestTokens(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"장애":                   "장애 ㅈㅇ",
		"네트워크장애가":              "네트 트워 워크 크장 장애 애가 ㄴㅌ ㅌㅇ ㅇㅋ ㅋㅈ ㅈㅇ ㅇㄱ",
		"가":                    "가",
		"DB장애":                 "db 장애 ㅈㅇ",
		"INC0000042":           "inc0000042 0000042 42 inc42",
		"inc42":                "inc42 42",
		"ORA-00600":            "ora 00600",
		"0x80070005":           "0x80070005",
		"10.0.12.7":            "10 0 12 7",
		"smtp.example.com:587": "smtp example com 587",
		"snake_case":           "snake_case",
		"Ｗｉｎ１１ Straße É":       "win11 11 straße é",
		"e\u0301te\u0301":      "été",
		"zero\u200bwidth":      "zerowidth",
		"障害":                   "障害",
		"カタカナ":                 "カタ タカ カナ",
		"ㅋㅋㅋ":                  "ㅋㅋ ㅋㅋ",
		"a\x00b":               "a b",
		"\xff\xfe":             "",
		"🔥💾":                   "",
		"H2O ab12cd":           "h2o ab12cd",
		"000":                  "000",
		"INC000":               "inc000 000",
	} {
		if got := strings.Join(Tokens(text), " "); got != want {
			t.Errorf("%q is cut into %q, want %q", text, got, want)
		}
	}
}

// TestTokensAreBounded: hostile text costs no more than honest text.
func TestTokensAreBounded(t *testing.T) {
	for name, text := range map[string]string{
		"one word": strings.Repeat("a", 1<<20), "words": strings.Repeat("ab ", 1<<19), "hangul": strings.Repeat("가", 1<<19), "marks": strings.Repeat("\u0301", 1<<19), "expanding": strings.Repeat("\ufdfa", 1<<18), "invalid": strings.Repeat("\xff", 1<<20), "cut in a rune": strings.Repeat("a", maxText-1) + "가",
	} {
		begin := time.Now()
		got := Tokens(text)
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if len(got) > maxTokens {
			t.Errorf("%s: %d tokens", name, len(got))
		}
		for _, tok := range got {
			if len(tok) > maxToken || tok == "" || !utf8.ValidString(tok) {
				t.Fatalf("%s: token %q", name, tok)
			}
		}
	}
}

func TestParse(t *testing.T) {
	for words, want := range map[string][2]string{ // FTS5 and tsquery
		"":               {"", ""},
		"mail":           {`("mail"*)`, `('mail':*)`},
		"mail ":          {`("mail")`, `('mail')`},
		"mail server":    {`("mail") AND ("server"*)`, `('mail') & ('server':*)`},
		`"mail server"`:  {`("mail" AND "server")`, `('mail' & 'server')`},
		"장애":             {`("장애")`, `('장애')`},
		"장":              {`("장"*)`, `('장':*)`},
		"네트워크":           {`("네트" AND "트워" AND "워크")`, `('네트' & '트워' & '워크')`},
		"ㅂㄱ":             {`("ㅂㄱ")`, `('ㅂㄱ')`},
		"mail -spam":     {`(("mail")) NOT (("spam"))`, `('mail') & !('spam')`},
		`-"a b" -c mail`: {`(("mail"*)) NOT (("a" AND "b") OR ("c"))`, `!('a' & 'b') & !('c') & ('mail':*)`},
		"-mail":          {"", ""},
		"- mail":         {`("mail"*)`, `('mail':*)`},
		`"`:              {"", ""},
		`"open`:          {`("open")`, `('open')`},
		`it's "a`:        {`("it" AND "s") AND ("a")`, `('it' & 's') & ('a')`},
		"AND":            {`("and"*)`, `('and':*)`},
		"!@#":            {"", ""},
		"ORA-00600":      {`("ora" AND "00600"*)`, `('ora' & '00600':*)`},
	} {
		q := Parse(words)
		if q.FTS5() != want[0] || q.TSQuery() != want[1] || q.Empty() != (want[0] == "") {
			t.Errorf("%q\nFTS5    %s, want %s\ntsquery %s, want %s", words, q.FTS5(), want[0], q.TSQuery(), want[1])
		}
	}
}

// TestParseIsBounded: any length of anything becomes a small query or none.
func TestParseIsBounded(t *testing.T) {
	for _, words := range []string{strings.Repeat("\xff", 600), strings.Repeat("가", 5000), strings.Repeat("a ", 1000), strings.Repeat(`"`, 1000), strings.Repeat("-", 1000), strings.Repeat("\xed\xa0\x80", 400), strings.Repeat("a", 501) + "\xff", strings.Repeat("\ufdfa", 500)} {
		q := Parse(words)
		if n := len(q.terms); n > maxTerms {
			t.Errorf("%d terms", n)
		}
		if len(q.FTS5()) > 64<<10 {
			t.Errorf("%.20q: a query of %d bytes", words, len(q.FTS5()))
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		words, text string
		want        bool
	}{
		{"", "anything", false}, {"mail", "Mail server", true}, {"mai", "Mail server", true}, {"mai ", "Mail server", false}, {"mai server", "Mail server", false}, {"server mail", "Mail server", true}, {"mail -server", "Mail server", false}, {"mail -down", "Mail server", true},
		{"장애", "네트워크장애가", true}, {"애", "네트워크장애가", true}, {"크장", "네트워크장애가", true}, {"장애가", "네트워크장애", false}, {"가", "네트워크장애가", false}, {"inc42", "INC0000042", true}, {"inc4", "INC0000042", true}, {"ㅂㄱ", "변경", true}, {"ㅂ", "변경", true}, {"ㅂㅂ", "변경", false},
	} {
		if got := Parse(c.words).Match(Tokens(c.text)); got != c.want {
			t.Errorf("%q in %q: %v", c.words, c.text, got)
		}
	}
}

// TestEveryTextFindsItself: whatever is written is found by the words it was written with.
func TestEveryTextFindsItself(t *testing.T) {
	for _, text := range []string{"메일 서버 장애", "VPN 연결 불가 (error 0x80070005)", "ORA-00600: internal", "Ärger mit Straße", "ﬁle ﬂow", "ㅋㅋㅋ 네", "ǅungla", "Σίσυφος", "हिन्दी", "ภาษาไทย", "１２３", "a_b __ _x", "½ ² ℃", "ﷺ"} {
		tokens := Tokens(text)
		for _, q := range []string{text, strings.ToUpper(text), strings.ToLower(text), `"` + text + `"`} {
			if len(tokens) > 0 && !Parse(q).Match(tokens) {
				t.Errorf("%q does not find %q: %v and %s", q, text, tokens, Parse(q).FTS5())
			}
		}
		for _, word := range strings.Fields(text) {
			if q := Parse(word); !q.Empty() && !q.Match(tokens) {
				t.Errorf("the word %q does not find %q", word, text)
			}
		}
	}
}

func ExampleTokens() {
	fmt.Println(slices.Compact(Tokens("INC0000042: DB장애")))
	// Output: [inc0000042 0000042 42 inc42 db 장애 ㅈㅇ]
}
