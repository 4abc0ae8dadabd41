package people

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/maru-itsm/maru/internal/kernel/fault"
)

// Parameters of argon2id (OWASP password storage cheat sheet): 19 MiB, two passes.
const (
	argonMemory = 19 << 10 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonKey    = 32
)

// Lengths of a password, in characters (NIST SP 800-63B §3.1.1).
const (
	minPassword = 10
	maxPassword = 200
)

// slots bounds how many passwords are hashed at once, so that sign-ins cannot eat the
// machine's memory.
var slots = make(chan struct{}, 4)

func argon(password string, salt []byte, memory, time uint32) []byte {
	slots <- struct{}{}
	defer func() { <-slots }()
	return argon2.IDKey([]byte(password), salt, time, memory, argonLanes, argonKey)
}

// hashPassword gives the PHC string of a password.
func hashPassword(password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < minPassword || !utf8.ValidString(password) {
		return "", fault.Field("password", "too_short", "min", minPassword)
	} else if n > maxPassword {
		return "", fault.Field("password", "too_long", "max", maxPassword)
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, b64(salt),
		b64(argon(password, salt, argonMemory, argonTime))), nil
}

// verifyPassword reports whether the password fits the PHC string. Without one it
// takes as long as with one: who has an account is nobody's business.
func verifyPassword(phc, password string) bool {
	var version, memory, time, lanes int
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		argon(password, make([]byte, 16), argonMemory, argonTime)
		return false
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &lanes); err != nil || memory > 1<<20 || time > 20 {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || utf8.RuneCountInString(password) > maxPassword {
		return false
	}
	got := argon(password, salt, uint32(memory), uint32(time))
	return subtle.ConstantTimeCompare(got, want) == 1
}

// newSecret gives 256 random bits as text, and the hash that is stored of it.
func newSecret(prefix string) (secret, hash string) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw)
	secret = prefix + base64.RawURLEncoding.EncodeToString(raw)
	return secret, hashSecret(secret)
}

// hashSecret needs no salt and no slowness: its input has 256 random bits.
func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
