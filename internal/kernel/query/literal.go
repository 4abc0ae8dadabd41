package query

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// Literal writes a value of a term, as Eval and a store's groups give it, the way an
// expression says it.
func Literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool, int64:
		return fmt.Sprint(v)
	case record.Decimal:
		if strings.Contains(string(v), ".") {
			return string(v)
		}
		return string(v) + ".0"
	case time.Duration:
		return "duration('" + record.FormatDuration(v) + "')"
	case time.Time:
		return "timestamp('" + record.FormatTime(v) + "')"
	case record.Date:
		return "date('" + string(v) + "')"
	}
	return strconv.Quote(fmt.Sprint(v))
}

// Is writes the condition that a term has a value.
func Is(term string, v any) string {
	if v == nil {
		return "empty(" + term + ")"
	}
	return "(" + term + ") == " + Literal(v)
}
