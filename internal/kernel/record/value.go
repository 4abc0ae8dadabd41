package record

import (
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"time"

	"github.com/google/uuid"
)

// An ID is a UUIDv7 (RFC 9562) in its 36-character form; empty means none.
type ID string

// A Ref is the ID of a record of the kind that the field's to= names.
type Ref = ID

// NewID returns a fresh UUIDv7; IDs made by one process sort in the order of their making.
func NewID() ID { return ID(uuid.Must(uuid.NewV7()).String()) }

// ParseID accepts only the canonical 36-character form.
func ParseID(s string) (ID, bool) {
	if len(s) != 36 {
		return "", false
	}
	u, err := uuid.Parse(s)
	if err != nil {
		return "", false
	}
	return ID(u.String()), true
}

// Markdown is rich text: CommonMark, rendered through one allow-list.
type Markdown string

// A Date is a civil date, "2006-01-02"; empty means none.
type Date string

// A File is the ID of an attachment; empty means none.
type File string

// Words is a text in several languages, such as {"ko": "…", "en": "…"}.
type Words map[string]string

// In gives the text in lang, or in the first language that has one.
func (w Words) In(lang string) string {
	for _, l := range []string{lang, "en", "ko"} {
		if s := w[l]; s != "" {
			return s
		}
	}
	return ""
}

// A Decimal is an exact decimal number in canonical form ("-0.5", "1200"); empty means none.
type Decimal string

// A Percent is an exact decimal between 0 and 100 unless its field says otherwise.
type Percent string

// Money is an exact amount in an ISO 4217 currency.
type Money struct {
	Amount   Decimal `json:"amount"`
	Currency string  `json:"currency"`
}

// MoneyScale is how many decimals a stored amount has: enough for every ISO 4217 currency.
const MoneyScale = 4

var errDecimal = errors.New("not a decimal number")

// ParseDecimal accepts an optional sign, digits and an optional fraction; no
// exponent, at most 18 digits in all, at most scale of them behind the point.
func ParseDecimal(s string, scale int) (Decimal, error) {
	digits := strings.TrimPrefix(s, "-")
	whole, frac, _ := strings.Cut(digits, ".")
	if whole == "" || strings.HasSuffix(s, ".") || len(whole)+len(frac) > maxDigits {
		return "", errDecimal
	}
	for _, part := range []string{whole, frac} {
		for _, c := range part {
			if c < '0' || c > '9' {
				return "", errDecimal
			}
		}
	}
	frac = strings.TrimRight(frac, "0")
	if len(frac) > scale {
		return "", errDecimal
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	out := whole
	if frac != "" {
		out += "." + frac
	}
	if strings.HasPrefix(s, "-") && out != "0" {
		out = "-" + out
	}
	return Decimal(out), nil
}

// Rat gives the exact value; nil when d is empty or not a number.
func (d Decimal) Rat() *big.Rat {
	if d == "" {
		return nil
	}
	r, ok := new(big.Rat).SetString(string(d))
	if !ok {
		return nil
	}
	return r
}

// Fits reports whether d has at most scale decimals and, with all of them written out,
// at most 18 digits: what both databases hold exactly.
func (d Decimal) Fits(scale int) bool {
	whole, frac := d.parts()
	return d.Rat() != nil && len(frac) <= scale && len(whole)+scale <= maxDigits
}

const maxDigits = 18

// parts gives the digits before and behind the point.
func (d Decimal) parts() (whole, frac string) {
	whole, frac, _ = strings.Cut(strings.TrimPrefix(string(d), "-"), ".")
	return whole, frac
}

// Scaled gives d × 10^scale as an integer, which is how SQLite stores it.
// d must have come from ParseDecimal with the same scale.
func (d Decimal) Scaled(scale int) int64 {
	r := d.Rat()
	if r == nil {
		return 0
	}
	r.Mul(r, new(big.Rat).SetInt(pow10(scale)))
	return new(big.Int).Quo(r.Num(), r.Denom()).Int64()
}

// Unscaled is the inverse of Scaled.
func Unscaled(n int64, scale int) Decimal {
	r := new(big.Rat).SetFrac(big.NewInt(n), pow10(scale))
	return RatDecimal(r, scale)
}

// RatDecimal rounds r half away from zero to scale decimals.
func RatDecimal(r *big.Rat, scale int) Decimal {
	s := r.FloatString(scale)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return Decimal(s)
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// Instant is the one precision of time in Maru: microseconds, UTC.
func Instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// FormatTime writes RFC 3339 in UTC with as many decimals as there are.
func FormatTime(t time.Time) string { return Instant(t).Format("2006-01-02T15:04:05.999999Z07:00") }

// RawJSON is a JSON value stored as it came, compacted.
type RawJSON = json.RawMessage
