package arch

import (
	"strconv"
	"strings"
)

// A Rule says what the packages it names may import, and why so little.
type Rule struct {
	From string   // packages, from the module's root; see match
	May  []string // our own packages likewise, other modules by their path, guarded packages by name
	Test []string // what their tests may import besides
	Why  string
}

// guarded are the packages of the standard library that a package must be allowed by name.
var guarded = []string{"net/http", "net/http/...", "database/sql", "database/sql/...", "os/exec", "unsafe", "plugin"}

// A process and what it stands on.
var (
	declaring = []string{"internal/itil", "internal/itil/kind", "internal/itil/role"}
	kernel    = []string{"internal/kernel/*"}
	anyTest   = []string{"internal/kernel/...", "internal/locale", "net/http", "net/http/httptest", "os/exec"}
	wholeTest = []string{"internal/...", "net/http", "net/http/httptest", "os/exec", "github.com/jackc/pgx/v5/..."}
)

// Rules is the plan of the house: the first rule that fits a package holds for it.
var Rules = []Rule{
	{From: "internal/kernel/fault", Why: "everything may fail, so what a failure is depends on nothing"},
	{From: "internal/kernel/clock", May: []string{"internal/kernel/fault", "internal/kernel/worktime"}, Why: "stopwatches in working time: pure functions over segments, no record"},
	{From: "internal/kernel/worktime", May: []string{"internal/kernel/fault"}, Why: "arithmetic of calendars: pure functions, checked by hand"},
	{From: "internal/kernel/search", May: []string{"golang.org/x/text/unicode/..."}, Test: []string{"internal/kernel/...", "database/sql"},
		Why: "cuts words and reads a search box; finding is the storage's work (its tests feed what it makes to a real index)"},
	{From: "internal/kernel/record", May: []string{"internal/kernel/fault", "github.com/google/uuid"}, Test: anyTest, Why: "what a record is comes before where it lives and who may see it"},
	{From: "internal/kernel/dialect", May: []string{"internal/kernel/record"}, Test: anyTest, Why: "how a value looks in a database; no database is opened here"},
	{From: "internal/kernel/query", May: []string{"internal/kernel/dialect", "internal/kernel/fault", "internal/kernel/record", "internal/kernel/search", "cel.dev/cel-go/..."}, Test: anyTest,
		Why: "the only place that knows CEL: one tree for memory and for SQL"},
	{From: "internal/kernel/journal", May: []string{"internal/kernel/fault", "internal/kernel/record"}, Test: anyTest, Why: "the chain must be provable without the database it lies in"},
	{From: "internal/kernel/lifecycle", May: []string{"internal/kernel/fault", "internal/kernel/record"}, Test: anyTest, Why: "a life is data about records"},
	{From: "internal/kernel/measure", May: []string{"internal/kernel/fault", "internal/kernel/record"}, Test: anyTest, Why: "a figure is data about records"},
	{From: "internal/kernel/permit", May: []string{"internal/kernel/fault", "internal/kernel/query", "internal/kernel/record"}, Test: anyTest, Why: "a right is a condition over a record, decided in one place for every answer"},
	{From: "internal/kernel/job", May: []string{"internal/kernel/fault", "github.com/riverqueue/river/..."}, Test: append([]string{"database/sql", "github.com/jackc/pgx/v5/..."}, anyTest...),
		Why: "River is young on SQLite and stays behind one small interface (its tests reach behind it, to make a run fail for good)"},
	{From: "internal/kernel/rule", May: []string{"internal/kernel/job", "internal/kernel/record"}, Test: anyTest, Why: "what a process declares; running it is the engine's work"},
	{From: "internal/kernel/storage", May: []string{"internal/kernel/job", "internal/kernel/journal", "internal/kernel/query", "internal/kernel/record", "internal/kernel/search"}, Test: anyTest,
		Why: "the port: values and interfaces, no database"},
	{From: "internal/kernel/storage/table", May: []string{"internal/kernel/dialect", "internal/kernel/fault", "internal/kernel/journal", "internal/kernel/query", "internal/kernel/record", "internal/kernel/storage"}, Test: anyTest,
		Why: "writes the statements that both adapters run; it runs none"},
	{From: "internal/kernel/storage/sqlite", May: append([]string{"internal/kernel/storage/table", "database/sql/...", "modernc.org/sqlite/...", "github.com/riverqueue/river/riverdriver/riversqlite"}, kernel...), Test: anyTest,
		Why: "the only place that drives SQLite"},
	{From: "internal/kernel/storage/postgres", May: append([]string{"internal/kernel/storage/table", "github.com/jackc/pgx/v5/...", "github.com/riverqueue/river/riverdriver/riverpgxv5"}, kernel...), Test: anyTest,
		Why: "the only place that drives PostgreSQL"},
	{From: "internal/kernel/storage/storagetest", May: append([]string{"github.com/jackc/pgx/v5/..."}, kernel...), Test: append([]string{"database/sql/..."}, anyTest...),
		Why: "the suite both adapters pass; it makes and drops schemas for tests, which needs a driver"},
	{From: "internal/kernel/engine", May: kernel, Test: anyTest, Why: "one change from start to finish, on whatever store it is given: no adapter, no driver"},

	{From: "internal/itil/kind", Why: "names and nothing else, so that processes meet without importing one another"},
	{From: "internal/itil/role", Why: "names and nothing else"},
	{From: "internal/itil", May: append([]string{"internal/itil/kind", "internal/itil/role"}, kernel...), Why: "the shape of a process; no SQL, no HTTP"},
	{From: "internal/itil/book", May: append([]string{"internal/itil", "internal/itil/role", "internal/itil/*/*", "internal/locale"}, kernel...), Test: wholeTest, Why: "gathers the processes and prints them with their words"},
	{From: "internal/itil/*", May: append([]string{"internal/itil/*/*"}, declaring...), Why: "a stage lists its processes"},
	{From: "internal/itil/*/*", May: append([]string{"internal/ical"}, append(declaring, kernel...)...), Test: []string{"internal/house", "internal/api", "internal/people", "internal/locale", "internal/kernel/...", "net/http", "net/http/httptest"},
		Why: "a process never imports another: they meet by reference, consequence, question and link"},

	{From: "internal/ical", May: []string{"internal/kernel/fault", "internal/kernel/worktime", "github.com/emersion/go-ical", "github.com/teambition/rrule-go"},
		Why: "reads the calendars of others: bytes in, days out, no record and no network"},
	{From: "internal/fetch", May: []string{"internal/kernel/fault", "net/http"}, Test: []string{"net/http/httptest"}, Why: "the one place that asks addresses which people typed in, so that one guard stands before all of them"},
	{From: "internal/locale", May: []string{"internal/kernel/fault", "internal/kernel/record"}, Test: wholeTest, Why: "words for what is declared; it declares nothing"},
	{From: "internal/people", May: append([]string{"golang.org/x/crypto/...", "golang.org/x/time/rate"}, append(declaring, kernel...)...), Test: wholeTest, Why: "who acts: passwords and limits; how requests reach us is the API's matter"},
	{From: "internal/house", May: append([]string{"internal/itil/book", "internal/people", "internal/locale", "internal/fetch", "internal/kernel/storage/sqlite", "internal/kernel/storage/postgres", "net/http"}, append(declaring, kernel...)...), Test: wholeTest,
		Why: "puts the parts together; the only place that chooses a database (net/http only sniffs the type of a file)"},
	{From: "internal/intake", May: append([]string{"internal/house", "internal/people", "internal/locale", "golang.org/x/sync/errgroup", "golang.org/x/text/encoding/..."}, append(declaring, kernel...)...), Test: wholeTest, Why: "how the world writes to us: through the engine, like everybody"},
	{From: "internal/demo", May: append([]string{"internal/house", "internal/people", "internal/locale", "internal/intake", "golang.org/x/sync/errgroup"}, append(declaring, kernel...)...), Test: wholeTest, Why: "a company made up through the engine, like a real one"},
	{From: "internal/api", May: append([]string{"internal/house", "internal/itil/book", "internal/people", "internal/locale", "net/http", "net/http/...",
		"github.com/danielgtaylor/huma/v2/...", "github.com/prometheus/client_golang/...", "github.com/google/uuid", "github.com/xuri/excelize/v2"}, append(declaring, kernel...)...), Test: append([]string{"web"}, wholeTest...),
		Why: "the book served: it knows kinds from the book, never one process"},
	{From: "internal/cli", May: []string{"internal/...", "web", "net/http", "github.com/alecthomas/kong", "github.com/knadh/koanf/...", "github.com/xuri/excelize/v2", "golang.org/x/term"}, Test: append([]string{"github.com/rogpeppe/go-internal/testscript", "net/http/cookiejar"}, wholeTest...),
		Why: "one struct a command; everything may be commanded"},
	{From: "cmd/maru", May: []string{"internal/cli"}, Why: "the one binary is the command line and nothing else"},
	{From: "web", May: []string{"net/http", "net/http/..."}, Test: []string{"net/http/httptest"}, Why: "serves the console's files; it knows nothing of records"},
	{From: "internal/arch", Why: "reads the source as text; it must stand when the rest does not compile"},
	{From: "bench", May: []string{"internal/...", "database/sql", "github.com/jackc/pgx/v5/..."}, Test: wholeTest, Why: "measures us against the raw databases, so it holds their drivers"},
}

// Arrows finds imports that no rule allows, and packages that no rule knows.
func Arrows(rules []Rule, sources []*Source) []Breach {
	var out []Breach
	strangers := map[string]bool{}
	for _, s := range sources {
		r := ruleFor(rules, s.Dir)
		if r == nil {
			if !strangers[s.Dir] {
				strangers[s.Dir] = true
				out = append(out, Breach{Where: s.Dir, What: "no rule knows this package", Why: "say in internal/arch where it belongs"})
			}
			continue
		}
		for _, spec := range s.File.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err == nil && !r.allows(s, name) {
				out = append(out, Breach{Where: s.at(spec), What: "must not import " + strings.TrimPrefix(name, Module+"/"), Why: r.Why})
			}
		}
	}
	return out
}

func ruleFor(rules []Rule, dir string) *Rule {
	for i := range rules {
		if match(rules[i].From, dir) {
			return &rules[i]
		}
	}
	return nil
}

func (r *Rule) allows(s *Source, name string) bool {
	own, isOurs := strings.CutPrefix(name, Module+"/")
	if isOurs {
		name = own
		if name == s.Dir { // a test beside its package
			return true
		}
	}
	if first, _, _ := strings.Cut(name, "/"); !isOurs && !strings.Contains(first, ".") && !matchAny(guarded, name) {
		return true // the standard library
	}
	return matchAny(r.May, name) || s.Test() && matchAny(r.Test, name)
}
