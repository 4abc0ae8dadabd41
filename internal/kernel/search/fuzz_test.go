package search_test

import (
	"database/sql"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/maru-itsm/maru/internal/kernel/search"
	_ "github.com/maru-itsm/maru/internal/kernel/storage/sqlite" // the driver
)

// index is a full-text table as the SQLite store has it.
func index(f testing.TB) *sql.DB {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		f.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	f.Cleanup(func() { _ = db.Close() })
	kernel, err := os.ReadFile("../storage/sqlite/kernel.sql")
	if err == nil {
		_, err = db.Exec(string(kernel))
	}
	if err != nil {
		f.Fatal(err)
	}
	return db
}

// TestTokenizerTakesTokensAsTheyAre: every letter, mark and digit there is stands in the
// table as the token that it is here.
func TestTokenizerTakesTokensAsTheyAre(t *testing.T) {
	db := index(t)
	want := map[string]bool{}
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if unicode.In(r, unicode.Han, unicode.Hangul) && r%64 != 0 { // 110,000 that are all alike
			continue
		}
		for _, tok := range search.Tokens("x" + string(r)) {
			want[tok] = true
		}
		for _, tok := range search.Tokens(string(r)) {
			want[tok] = true
		}
	}
	if _, err := db.Exec("INSERT INTO search_fts (rowid, pub, int) VALUES (1, ?1, '')", strings.Join(slices.Collect(maps.Keys(want)), " ")); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE VIRTUAL TABLE terms USING fts5vocab(search_fts, row)"); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query("SELECT term FROM terms")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	have, odd := map[string]bool{}, []string{}
	for rows.Next() {
		var term string
		if err := rows.Scan(&term); err != nil {
			t.Fatal(err)
		}
		if have[term] = true; !want[term] {
			odd = append(odd, term)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	var lost []string
	for tok := range want {
		if !have[tok] {
			lost = append(lost, tok)
		}
	}
	slices.Sort(lost)
	if len(lost) > 0 || len(odd) > 0 {
		t.Errorf("%d of %d tokens are not in the table (%.20q), and %d are there that nobody made (%.20q)", len(lost), len(want), lost[:min(60, len(lost))], len(odd), odd[:min(30, len(odd))])
	}
}

// FuzzSearch: no text and no query breaks anything, and a real FTS5 table finds a text
// exactly where Match does.
func FuzzSearch(f *testing.F) {
	for _, s := range [][2]string{{"메일 서버 장애", "장애"}, {"INC0000042", "inc42"}, {"ORA-00600 internal", `"ora 00600" -x`}, {"변경 ㅋㅋ", "ㅂㄱ"}, {"हिन्दी ภาษา", "हिन्दी"}, {"\xff\xfe", strings.Repeat("\xff", 600)}, {"a_b", "NOT (a OR b*)"}, {"x", `"" -"`}, {"\u0301", "\u0301"}, {"𐓏𐓘", "𐓏𐓘"}} {
		f.Add(s[0], s[1])
	}
	db := index(f)
	f.Fuzz(func(t *testing.T, text, words string) {
		tokens, q := search.Tokens(text), search.Parse(words)
		if !valid(q.TSQuery()) {
			t.Fatalf("tsquery %q", q.TSQuery())
		}
		if q.Empty() {
			if q.Match(tokens) {
				t.Fatal("nothing was found")
			}
			return
		}
		if _, err := db.Exec("INSERT INTO search_fts (rowid, pub, int) VALUES (1, ?1, '')", strings.Join(tokens, " ")); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if _, err := db.Exec("DELETE FROM search_fts WHERE rowid = 1"); err != nil {
				t.Fatal(err)
			}
		}()
		var n int
		if err := db.QueryRow("SELECT count(*) FROM search_fts WHERE search_fts MATCH ?1", "{pub} : ("+q.FTS5()+")").Scan(&n); err != nil {
			t.Fatalf("%q is %s: %v", words, q.FTS5(), err)
		}
		if q.Match(tokens) != (n == 1) {
			t.Errorf("%q in %q: memory %v, FTS5 %d\n%q\n%s", words, text, q.Match(tokens), n, tokens, q.FTS5())
		}
	})
}

// valid reads a tsquery as PostgreSQL does: quoted words, &, ! and brackets that match.
func valid(s string) bool {
	const word, join = 0, 1
	want, deep := word, 0
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ':
			i++
		case c == '!' && want == word, c == '(' && want == word:
			if c == '(' {
				deep++
			}
			i++
		case c == ')' && want == join:
			deep--
			i++
		case c == '&' && want == join:
			want = word
			i++
		case c == '\'' && want == word:
			end := i + 1
			for ; end < len(s) && (s[end] != '\'' || end+1 < len(s) && s[end+1] == '\''); end++ {
				if s[end] == '\'' || s[end] == '\\' {
					end++
				}
			}
			if end >= len(s) || end == i+1 {
				return false
			}
			i, want = end+1, join
			if strings.HasPrefix(s[i:], ":*") {
				i += 2
			}
		default:
			return false
		}
	}
	return deep == 0 && (want == join || s == "") && !strings.Contains(s, "\x00")
}
