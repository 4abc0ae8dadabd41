package sqlite

import (
	"database/sql/driver"
	"fmt"
	"sync"
	"time"

	sqlite "modernc.org/sqlite"

	"github.com/maru-itsm/maru/internal/kernel/query"
)

var registerFunctions = sync.OnceFunc(func() {
	// SQLite knows no time zones: months and hours of a zone are asked of Go.
	sqlite.MustRegisterDeterministicScalarFunction("maru_part", 3, part)
})

var zones sync.Map

func part(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	name, _ := args[0].(string)
	micros, ok := args[1].(int64)
	if !ok {
		return nil, nil
	}
	zone, _ := args[2].(string)
	loc, ok := zones.Load(zone)
	if !ok {
		l, err := time.LoadLocation(zone)
		if err != nil {
			return nil, fmt.Errorf("maru_part: %w", err)
		}
		loc, _ = zones.LoadOrStore(zone, l)
	}
	return query.Part(name, time.UnixMicro(micros), loc.(*time.Location)), nil
}
