package itil

import (
	"regexp"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// mention is how a text names a person: [@김서연](user:0190…). A name holds no brackets.
var mention = regexp.MustCompile(`\[@[^\[\]\n]{1,200}\]\(user:([^()\s]{1,100})\)`)

var codeSpan = regexp.MustCompile("`[^`]*`")

// Mentions gives the users that a Markdown text names as [@name](user:id), each once, in
// the order in which they first stand there. What stands in code is text, not a mention;
// what is no id at all comes as it stands, for the caller to refuse.
func Mentions(markdown string) []record.ID {
	if !strings.Contains(markdown, "](user:") { // nearly every text
		return nil
	}
	var out []record.ID
	fenced := false
	for line := range strings.Lines(markdown) {
		if strings.HasPrefix(strings.TrimLeft(line, " >"), "```") {
			fenced = !fenced
			continue
		}
		if fenced {
			continue
		}
		for _, m := range mention.FindAllStringSubmatch(codeSpan.ReplaceAllString(line, " "), -1) {
			if id := record.ID(strings.ToLower(m[1])); !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}
