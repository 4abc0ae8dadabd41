package intake

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"
)

// Limits of a file: what is longer is no row and no table.
const (
	maxRow  = 1 << 20
	maxFile = 2 << 30
)

// A line is one row of a delimited file, as it came.
type line struct {
	at    int // line of the file, from 1
	cells []string
	bad   string // why it cannot be read; cells are then a best guess
}

// A delimited is a CSV file being read. Whatever is wrong with one row stays with that
// row: a quote that is never closed does not swallow the rows behind it.
type delimited struct {
	rest    []byte
	at      int
	width   int    // cells of the header; 0 = not read yet
	charset string // what the file was decoded from, when it was not UTF-8
}

// openDelimited unpacks (gzip) and decodes a file. charset names the encoding; empty =
// by its look: UTF-8, UTF-16 with a mark, or else Windows-949.
func openDelimited(in io.Reader, charset string) (*delimited, error) {
	br := bufio.NewReader(in)
	var r io.Reader = br
	if magic, _ := br.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("the gzip file is damaged: %w", err)
		}
		r = z
	}
	raw, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, gzip.ErrChecksum):
		return nil, fmt.Errorf("the gzip file is cut short or damaged; nothing was imported: %w", err)
	case err != nil:
		return nil, err
	case len(raw) > maxFile:
		return nil, fmt.Errorf("the file is larger than %d bytes", maxFile)
	case len(bytes.TrimSpace(raw)) == 0:
		return nil, errors.New("the file is empty")
	}
	d := &delimited{}
	d.rest, d.charset, err = decode(raw, charset)
	return d, err
}

// charsets are the encodings a file may name.
var charsets = map[string]encoding.Encoding{"windows-949": korean.EUCKR, "cp949": korean.EUCKR, "euc-kr": korean.EUCKR,
	"utf-16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)}

func decode(raw []byte, charset string) ([]byte, string, error) {
	name := strings.ToLower(charset)
	switch {
	case name == "utf-8" || name == "utf8":
		return bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), "", nil
	case name != "":
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		return raw[3:], "", nil
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")):
		name = "utf-16"
	case looksKorean(raw):
		name = "windows-949"
	default:
		return raw, "", nil
	}
	enc := charsets[name]
	if enc == nil {
		return nil, "", fmt.Errorf("encoding %q is unknown (there are: utf-8, utf-16, windows-949)", charset)
	}
	out, err := enc.NewDecoder().Bytes(raw)
	return out, name, err
}

// looksKorean reports whether more lines break UTF-8 than use it: a few broken lines in
// a file of UTF-8 are broken lines, not another encoding.
func looksKorean(raw []byte) bool {
	broken, sound := 0, 0
	for l := range bytes.Lines(raw) {
		switch {
		case !utf8.Valid(l):
			broken++
		case utf8.RuneCount(l) < len(l):
			sound++
		}
	}
	return broken > sound
}

// next gives the next row that is not empty, or io.EOF.
func (d *delimited) next() (line, error) {
	for len(d.rest) > 0 {
		chunk, lines := d.row()
		out := line{at: d.at + 1}
		out.cells, out.bad = d.parse(chunk)
		if lines > 1 && (out.bad != "" || d.width > 0 && len(out.cells) != d.width) {
			// The quote belongs to one line alone: what follows is read for itself.
			chunk, lines = d.rest[:endOfLine(d.rest)], 1
			out.cells, out.bad = guess(chunk), "a quote is not closed"
		}
		d.rest = d.rest[len(chunk):]
		d.at += lines
		if len(bytes.TrimSpace(chunk)) > 0 {
			return out, nil
		}
	}
	return line{}, io.EOF
}

func endOfLine(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	return len(b)
}

// row finds the bytes of the next row: a line, or several while a quote is open.
func (d *delimited) row() (chunk []byte, lines int) {
	end, open := 0, false
	for end < len(d.rest) && (lines == 0 || open && end < maxRow) {
		n := endOfLine(d.rest[end:])
		open = open != (bytes.Count(d.rest[end:end+n], []byte{'"'})%2 == 1)
		end += n
		lines++
	}
	return d.rest[:end], lines
}

// parse cuts a row into cells.
func (d *delimited) parse(chunk []byte) (cells []string, bad string) {
	switch {
	case len(chunk) > maxRow:
		return guess(chunk), fmt.Sprintf("is longer than %d bytes", maxRow)
	case bytes.IndexByte(chunk, 0) >= 0:
		return guess(chunk), "holds a NUL"
	case !utf8.Valid(chunk):
		return guess(chunk), "is not UTF-8"
	case d.charset != "" && bytes.ContainsRune(chunk, utf8.RuneError):
		return guess(chunk), "is not " + d.charset
	case bytes.IndexByte(chunk, '"') < 0:
		return strings.Split(strings.TrimRight(string(chunk), "\r\n"), ","), ""
	}
	r := csv.NewReader(bytes.NewReader(chunk))
	r.FieldsPerRecord = -1
	cells, err := r.Read()
	if err == nil {
		return cells, ""
	}
	bad = err.Error()
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		bad = pe.Err.Error()
	}
	return guess(chunk), bad
}

// guess cuts a row that breaks the rules, so that it can be shown and mended.
func guess(chunk []byte) []string {
	return strings.Split(strings.ToValidUTF8(strings.TrimRight(string(chunk), "\r\n"), "\ufffd"), ",")
}
