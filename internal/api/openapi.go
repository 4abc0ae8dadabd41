package api

import (
	"html/template"
	"net/http"
	"sort"
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
	schemas := doc.Components.Schemas.Map()
	schemas["Problem"] = huma.SchemaFromType(doc.Components.Schemas, typeOf[Problem]())
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
			doc.AddOperation(operation(rt, nil, ""))
			continue
		}
		for _, k := range b.Schema.Kinds() {
			if !strings.Contains(rt.path, "{move}") {
				doc.AddOperation(operation(rt, k, ""))
				continue
			}
			if k.Life == nil {
				continue
			}
			seen := map[string]bool{}
			for _, m := range k.Life.Moves() {
				if !m.Auto && !seen[m.Name] {
					seen[m.Name] = true
					doc.AddOperation(operation(rt, k, m.Name))
				}
			}
		}
	}
	return doc
}

func operation(rt route, k *record.Kind, move string) *huma.Operation {
	op := &huma.Operation{Method: rt.method, Path: rt.path, Summary: rt.summary, Tags: []string{rt.tag}, Responses: map[string]*huma.Response{}}
	name := rt.path
	if k != nil {
		op.Path = strings.ReplaceAll(strings.ReplaceAll(rt.path, "{plural}", k.Plural), "{move}", move)
		op.Tags = []string{k.Name}
		op.Summary = locale.Kind("en", k.Name) + ": " + strings.ToLower(rt.summary[:1]) + rt.summary[1:]
		if move != "" {
			op.Summary = locale.Kind("en", k.Name) + ": " + locale.Say("en", locale.MoveKeys(k.Name, move)...)
		}
		name = op.Path
	}
	op.OperationID = strings.ToLower(rt.method) + strings.NewReplacer("/", "-", "{", "", "}", "", ".", "-").Replace(strings.TrimPrefix(name, base))
	for _, part := range strings.Split(op.Path, "/") {
		if strings.HasPrefix(part, "{") {
			op.Parameters = append(op.Parameters, &huma.Param{Name: strings.Trim(part, "{}"), In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
		}
	}
	for _, q := range rt.query {
		op.Parameters = append(op.Parameters, &huma.Param{Name: q, In: "query", Schema: &huma.Schema{Type: huma.TypeString}})
	}
	if rt.method == http.MethodPatch || move != "" {
		op.Parameters = append(op.Parameters, &huma.Param{Name: "If-Match", In: "header", Schema: &huma.Schema{Type: huma.TypeString}})
	}
	if rt.body != "" {
		op.RequestBody = requestBody(rt, k)
	}
	if rt.open {
		op.Security = []map[string][]string{}
	}
	op.Responses[success(rt)] = &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{"application/json": {Schema: answerSchema(rt, k)}}}
	op.Responses["default"] = &huma.Response{Description: "What went wrong (RFC 9457)", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schemaRef("Problem")}}}
	return op
}

func success(rt route) string {
	if rt.method == http.MethodPost && (rt.answer == "record" && !strings.Contains(rt.path, "actions") || strings.HasSuffix(rt.path, "comments") || strings.HasSuffix(rt.path, "attachments")) {
		return "201"
	}
	return "200"
}

func schemaRef(name string) *huma.Schema { return &huma.Schema{Ref: "#/components/schemas/" + name} }

func requestBody(rt route, k *record.Kind) *huma.RequestBody {
	free := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
	switch {
	case rt.body == "file":
		form := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary"}, "internal": {Type: huma.TypeBoolean}}}
		return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: form}}}
	case rt.body == "record" && k != nil:
		free = schemaRef(k.Name + "_input")
	}
	return &huma.RequestBody{Content: map[string]*huma.MediaType{"application/json": {Schema: free}}}
}

func answerSchema(rt route, k *record.Kind) *huma.Schema {
	if k == nil || rt.answer == "" {
		return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
	}
	if rt.answer == "page" {
		return &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{
			"items": {Type: huma.TypeArray, Items: schemaRef(k.Name)}, "next_cursor": {Type: huma.TypeString, Nullable: true}, "total": {Type: huma.TypeInteger}}}
	}
	return schemaRef(k.Name)
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
		for name, what := range map[string]string{"comment": "a public comment in the same breath", "work_note": "a work note in the same breath", "reason": "why, kept in the journal"} {
			if s.Properties[name] == nil {
				s.Properties[name] = &huma.Schema{Type: huma.TypeString, Description: what}
			}
		}
		return s
	}
	words := &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString}}
	s.Properties["can"] = &huma.Schema{Type: huma.TypeObject, Description: "what the caller may do with it now",
		Properties: map[string]*huma.Schema{"moves": words, "fields": words, "verbs": words}}
	return s
}

func fieldSchema(k *record.Kind, f *record.Field) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Description: locale.Say("en", locale.FieldKeys(k.Name, f.Name)...), Nullable: true}
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
		if f.Type == record.Choice {
			s.Enum = append(s.Enum, c)
		}
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
