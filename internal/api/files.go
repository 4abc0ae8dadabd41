package api

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

func (s *Server) attachments(w http.ResponseWriter, r *http.Request) error {
	k, err := s.kindOf(r)
	if err != nil {
		return err
	}
	items, err := s.h.Engine.Attachments(r.Context(), k.Name, r.PathValue("id"))
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, map[string]any{"items": list(items)})
}

// attach takes one file of a multipart form, streamed to the disk. The right is asked
// before the bytes are read.
func (s *Server) attach(w http.ResponseWriter, r *http.Request) error {
	k, v, err := s.seen(r)
	if err != nil {
		return err
	}
	if !has(v.Can.Verbs, permit.Attach) {
		return fault.New(fault.Forbidden, "forbidden", "verb", permit.Attach, "kind", k.Name)
	}
	r.Body = http.MaxBytesReader(w, r.Body, house.MaxBlob+MaxBody)
	mr, err := r.MultipartReader()
	if err != nil {
		return fault.New(fault.Malformed, "malformed").Saying("multipart/form-data with a part named file is wanted")
	}
	file := storage.Attachment{ID: record.NewID()}
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = s.part(part, &file)
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = fault.New(fault.Malformed, "malformed").Because(err) // cut off on its way
		}
		if err != nil {
			return uploadFault(err)
		}
	}
	if file.Hash == "" {
		return fault.Field("file", "required")
	}
	if file.Internal && !v.Mask.Internal() {
		return fault.New(fault.Forbidden, "forbidden", "verb", permit.Attach, "kind", k.Name)
	}
	out, err := s.h.Engine.Do(r.Context(), engine.Request{Kind: k.Name, ID: r.PathValue("id"), Verb: permit.Attach, File: &file})
	if err != nil {
		return err
	}
	return answer(w, http.StatusCreated, out.File)
}

// part reads one part of the form. They come in any order, so nothing is decided before
// the last of them.
func (s *Server) part(p *multipart.Part, file *storage.Attachment) (err error) {
	switch p.FormName() {
	case "internal":
		b, err := io.ReadAll(io.LimitReader(p, 10))
		if text := string(b); err == nil && text != "true" && text != "false" {
			return fault.Field("internal", "wrong_type", "type", "bool")
		}
		file.Internal = string(b) == "true"
		return err
	case "file":
		if file.Hash != "" {
			return fault.Field("file", "too_many", "max", 1)
		}
		file.Name = fileName(p.FileName())
		file.Hash, file.Type, file.Size, err = s.h.Blobs.Put(p)
		return err
	}
	return fault.Field(clip(p.FormName()), "unknown_field")
}

// uploadFault tells what is wrong with the form from what is wrong with us.
func uploadFault(err error) error {
	var big *http.MaxBytesError
	if fault.Of(err) != nil || errors.As(err, &big) || errors.As(err, new(*os.PathError)) || errors.As(err, new(*os.LinkError)) {
		return err
	}
	return fault.New(fault.Malformed, "malformed").Because(err)
}

// fileName makes a name that is safe to show and to save.
func fileName(name string) string {
	name = filepath.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), "\\", "/"))
	name = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return -1
		}
		return r
	}, name)
	if rs := []rune(name); len(rs) > 150 {
		name = string(rs[len(rs)-150:])
	}
	if strings.Trim(name, "./ ") == "" {
		return "file"
	}
	return name
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// fileOf finds one file of a record that the caller may see.
func (s *Server) fileOf(r *http.Request) (*record.Kind, *storage.Attachment, error) {
	k, err := s.kindOf(r)
	if err != nil {
		return nil, nil, err
	}
	items, err := s.h.Engine.Attachments(r.Context(), k.Name, r.PathValue("id"))
	if err != nil {
		return nil, nil, err
	}
	for i := range items {
		if string(items[i].ID) == r.PathValue("file") {
			return k, &items[i], nil
		}
	}
	return nil, nil, fault.Missing("file", clip(r.PathValue("file")))
}

// inlineTypes may be shown in the browser; everything else, HTML and SVG above all, is
// only ever saved.
var inlineTypes = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

func (s *Server) download(w http.ResponseWriter, r *http.Request) error {
	_, a, err := s.fileOf(r)
	if err != nil {
		return err
	}
	f, err := s.h.Blobs.Open(a.Hash)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	kind, how := "application/octet-stream", "attachment"
	if inlineTypes[a.Type] {
		kind, how = a.Type, "inline"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": a.Name}))
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	w.Header().Set("ETag", `"`+a.Hash+`"`)
	http.ServeContent(w, r, "", a.At, f)
	return nil
}

func (s *Server) detach(w http.ResponseWriter, r *http.Request) error {
	k, a, err := s.fileOf(r)
	if err != nil {
		return err
	}
	gone := *a
	gone.Removed = true
	if _, err := s.h.Engine.Do(r.Context(), engine.Request{Kind: k.Name, ID: r.PathValue("id"), Verb: permit.Attach, File: &gone}); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
