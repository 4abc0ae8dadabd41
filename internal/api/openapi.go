package api

import (
	"html/template"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/maru-itsm/maru/internal/itil/book"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/locale"
)

// Document prints the OpenAPI 3.1 description of everything that routes serve, for the
// kinds that b declares.
func Document(b *book.Book) *huma.OpenAPI {
	doc := &huma.OpenAPI{OpenAPI: "3.1.0", Info: &huma.Info{Title: "Maru", Version: "1", Description: "IT service management. Every record is reached the same way; GET /api/v1/book says what there is."},
		Paths: map[string]*huma.PathItem{},
		Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer), SecuritySchemes: map[string]*huma.SecurityScheme{
			"bearer": {Type: "http", Scheme: "bearer"}, "session": {Type: "apiKey", In: "cookie", Name: cookieName}}},
		Security: []map[string][]string{{"bearer": {}}, {"session": {}}}}
	d := &described{answers: answers(doc.Components.Schemas), bodies: bodies(), problem: component[Problem](doc.Components.Schemas)}
	schemas := doc.Components.Schemas.Map()
	for _, k := range b.Schema.Kinds() {
		schemas[k.Name] = kindSchema(k, false)
		schemas[k.Name+"_input"] = kindSchema(k, true)
	}
	s := &Server{}
	for _, rt := range s.table() {
		if strings.Contains(rt.path, "/_test/") {
			continue
		}
		if !strings.Contains(rt.path, "{plural}") {
			doc.AddOperation(d.operation(rt, nil, nil))
			continue
		}
		for _, k := range b.Schema.Kinds() {
			switch {
			case strings.Contains(rt.path, "{move}"):
				d.moves(doc, rt, k)
			case strings.HasSuffix(rt.path, "/erase") && !hasPersonal(k): // there is nothing to erase
			default:
				doc.AddOperation(d.operation(rt, k, nil))
			}
		}
	}
	return doc
}

func hasPersonal(k *record.Kind) bool {
	return slices.ContainsFunc(k.Fields, func(f *record.Field) bool { return f.Personal == "id" })
}

// described is what all operations are described with.
type described struct {
	answers, bodies map[string]shape
	problem         shape
}

// moves adds one operation for each move that a caller may ask for.
func (d *described) moves(doc *huma.OpenAPI, rt route, k *record.Kind) {
	if k.Life == nil {
		return
	}
	seen := map[string]bool{}
	for _, m := range k.Life.Moves() {
		if !m.Auto && !seen[m.Name] {
			seen[m.Name] = true
			doc.AddOperation(d.operation(rt, k, &m))
		}
	}
}

func (d *described) operation(rt route, k *record.Kind, m *record.Move) *huma.Operation {
	op := &huma.Operation{Method: rt.method, Path: rt.path, Summary: rt.summary, Tags: []string{rt.tag}, Responses: map[string]*huma.Response{}}
	name := rt.path
	if k != nil {
		op.Path = strings.ReplaceAll(rt.path, "{plural}", k.Plural)
		op.Tags = []string{k.Name}
		op.Summary = locale.Kind("en", k.Name) + ": " + strings.ToLower(rt.summary[:1]) + rt.summary[1:]
		if m != nil {
			op.Path = strings.ReplaceAll(op.Path, "{move}", m.Name)
			op.Summary = locale.Kind("en", k.Name) + ": " + locale.Say("en", locale.MoveKeys(k.Name, m.Name)...)
		}
		name = op.Path
	}
	op.OperationID = strings.ToLower(rt.method) + strings.NewReplacer("/", "-", "{", "", "}", "", ".", "-").Replace(strings.TrimPrefix(name, base))
	for _, part := range strings.Split(op.Path, "/") {
		if strings.HasPrefix(part, "{") {
			op.Parameters = append(op.Parameters, &huma.Param{Name: strings.Trim(part, "{}"), In: "path", Required: true, Schema: str})
		}
	}
	for _, q := range rt.query {
		p := &huma.Param{Name: q, In: "query", Schema: str}
		if parameters[q] != nil {
			p.Schema = parameters[q]
		}
		op.Parameters = append(op.Parameters, p)
	}
	header := func(name, what string) {
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "header", Description: what, Schema: str})
	}
	if rt.method == http.MethodPatch || m != nil {
		header("If-Match", "the version that was seen; another one is refused with 412")
	}
	if rt.method == http.MethodPost && (rt.answer == "record" || rt.answer == "comment" || rt.answer == "link") {
		header("Idempotency-Key", "kept 48 h: the same key and body get the same answer, the same key and another body 409")
	}
	if rt.body != "" {
		op.RequestBody = d.body(rt, k, m)
	}
	if rt.open {
		op.Security = []map[string][]string{}
	}
	status := max(rt.status, http.StatusOK)
	op.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status), Content: d.answer(rt, k)}
	op.Responses["default"] = &huma.Response{Description: "What went wrong (RFC 9457)", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: d.problem}}}
	return op
}

func schemaRef(name string) shape { return &huma.Schema{Ref: "#/components/schemas/" + name} }

func (d *described) body(rt route, k *record.Kind, m *record.Move) *huma.RequestBody {
	kind, schema := "application/json", d.bodies[rt.body]
	switch {
	case rt.body == "file":
		kind = "multipart/form-data"
	case m != nil:
		schema = moveSchema(k, m)
	case k != nil && rt.body == "record":
		schema = schemaRef(k.Name + "_input")
	}
	return &huma.RequestBody{Required: len(schema.Required) > 0, Content: map[string]*huma.MediaType{kind: {Schema: schema}}}
}

// answer describes the body of a success; nil = there is none.
func (d *described) answer(rt route, k *record.Kind) map[string]*huma.MediaType {
	kind, schema := "application/json", d.answers[rt.answer]
	switch {
	case rt.answer == "none":
		return nil
	case rt.answer == "html":
		kind, schema = "text/html", str
	case rt.answer == "bytes":
		kind, schema = "application/octet-stream", &huma.Schema{Type: huma.TypeString, Format: "binary"}
	case rt.answer == "" && strings.HasSuffix(rt.path, "/stream"):
		kind, schema = "text/event-stream", str
	case rt.answer == "":
		schema = d.answers[rt.tag]
		if schema == nil || rt.tag == "links" {
			schema = free
		}
	case rt.answer == "page":
		schema = members(props{"items": array(schemaRef(k.Name)), "next_cursor": orNull(str), "total": whole, "total_is_at_least": yes, "refs": free}, "items", "next_cursor")
	case rt.answer == "record" && k != nil:
		schema = schemaRef(k.Name)
	}
	return map[string]*huma.MediaType{kind: {Schema: schema}}
}

// moveSchema describes what a move takes. What it needs may stand in the record already,
// so nothing is required here.
func moveSchema(k *record.Kind, m *record.Move) shape {
	s := members(props{})
	for _, name := range append(slices.Clone(m.Needs), m.Takes...) {
		if f := k.Field(name); f != nil && !f.Derived {
			s.Properties[name] = fieldSchema(k, f)
			if slices.Contains(m.Needs, name) {
				s.Properties[name].Description += " (needed)"
			}
		}
	}
	asides(s)
	return s
}

// asides are what may come with every change besides fields.
func asides(s shape) {
	for name, what := range map[string]string{"comment": "a public comment in the same breath", "work_note": "a work note in the same breath", "reason": "why, kept in the journal"} {
		if s.Properties[name] == nil {
			s.Properties[name] = &huma.Schema{Type: huma.TypeString, Description: what}
		}
	}
}

// kindSchema describes a kind's records, or with input what a caller may send.
func kindSchema(k *record.Kind, input bool) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeObject, Description: locale.Say("en", "kind."+k.Name), Properties: map[string]*huma.Schema{}}
	for _, f := range k.Fields {
		if f.Secret || input && f.Derived {
			continue
		}
		s.Properties[f.Name] = fieldSchema(k, f)
		if input && f.Required && f.Default == "" {
			s.Properties[f.Name].Description += " (required)"
		}
	}
	if input {
		asides(s)
		return s
	}
	if s.Properties["kind"] == nil {
		s.Properties["kind"] = &huma.Schema{Type: huma.TypeString, Enum: []any{k.Name}}
	}
	s.Properties["refs"] = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "with expand=refs: what the records that it refers to are called"}
	words := &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString}}
	s.Properties["can"] = &huma.Schema{Type: huma.TypeObject, Description: "what the caller may do with it now",
		Properties: map[string]*huma.Schema{"moves": words, "fields": words, "verbs": words}}
	return s
}

func fieldSchema(k *record.Kind, f *record.Field) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Description: locale.Say("en", locale.FieldKeys(k.Name, f.Name)...), Nullable: !f.Required}
	text := &huma.Schema{Type: huma.TypeString}
	switch f.Type {
	case record.Int:
		s.Type = huma.TypeInteger
	case record.Bool:
		s.Type = huma.TypeBoolean
	case record.Time:
		s.Format = "date-time"
	case record.Day:
		s.Format = "date"
	case record.Span:
		s.Format = "duration"
	case record.Reference, record.Blob:
		s.Format = "uuid"
	case record.References, record.Texts:
		s.Type, s.Items, s.Nullable = huma.TypeArray, text, false
	case record.Cash:
		s.Type, s.Properties = huma.TypeObject, map[string]*huma.Schema{"amount": text, "currency": text}
	case record.I18n:
		s.Type, s.AdditionalProperties = huma.TypeObject, text
	case record.JSON:
		s = &huma.Schema{Description: s.Description}
	}
	for _, c := range f.Choices {
		if n, err := strconv.Atoi(c); err == nil && f.Type == record.Int {
			s.Enum = append(s.Enum, n)
		} else {
			s.Enum = append(s.Enum, c)
		}
	}
	if s.Nullable && len(s.Enum) > 0 {
		s.Enum = append(s.Enum, nil)
	}
	return s
}

func (s *Server) openapi(w http.ResponseWriter, _ *http.Request) error {
	return answer(w, http.StatusOK, Document(s.h.Book))
}

var docsPage = template.Must(template.New("docs").Parse(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Maru API</title><style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
code{font:14px ui-monospace,monospace}td{padding:.15rem .75rem .15rem 0;vertical-align:top}summary{cursor:pointer;font-weight:600;padding:.25rem 0}</style>
<h1>Maru API</h1><p>The whole description for programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1). Errors are RFC 9457 problem+json.</p>
{{range .}}<details><summary>{{.Tag}}</summary><table>{{range .Ops}}<tr><td><code>{{.Method}}</code><td><code>{{.Path}}</code><td>{{.Summary}}{{end}}</table></details>{{end}}`))

func (s *Server) docs(w http.ResponseWriter, _ *http.Request) error {
	type group struct {
		Tag string
		Ops []*huma.Operation
	}
	byTag := map[string]*group{}
	for _, p := range Document(s.h.Book).Paths {
		for _, op := range []*huma.Operation{p.Get, p.Post, p.Patch, p.Put, p.Delete} {
			if op == nil {
				continue
			}
			if byTag[op.Tags[0]] == nil {
				byTag[op.Tags[0]] = &group{Tag: op.Tags[0]}
			}
			byTag[op.Tags[0]].Ops = append(byTag[op.Tags[0]].Ops, op)
		}
	}
	var groups []*group
	for _, g := range byTag {
		sort.Slice(g.Ops, func(i, j int) bool { return g.Ops[i].Path+g.Ops[i].Method < g.Ops[j].Path+g.Ops[j].Method })
		groups = append(groups, g)
	}
	sort.Slice(groups, func(i, j int) bool { return groups[i].Tag < groups[j].Tag })
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	return docsPage.Execute(w, groups)
}
