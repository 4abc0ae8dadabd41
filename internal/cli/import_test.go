package cli

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestImportReadsGzip: logs come compressed; a file that is cut off is said to be.
func TestImportReadsGzip(t *testing.T) {
	const log = "number,incident_state,opened_at,sys_updated_at,sys_mod_count,caller_id\nINC0000001,New,1/3/2016 09:00,1/3/2016 09:05,0,Caller 1\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(log)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		file []byte
		code int
		says string
	}{
		{"compressed", packed.Bytes(), 0, "read 1 rows: 1 created"},
		{"cut off", packed.Bytes()[:packed.Len()/2], 1, "cut short"},
		{"plain", []byte(log), 0, "read 1 rows: 1 created"},
		{"empty", nil, 1, "the file is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			name := filepath.Join(dir, "log")
			if err := os.WriteFile(name, c.file, 0o600); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			code := Run([]string{"import", "servicenow-incidents", name, "--data", filepath.Join(dir, "data")}, strings.NewReader(""), &out, &out)
			if code != c.code || !strings.Contains(out.String(), c.says) {
				t.Errorf("exit %d, %q", code, out.String())
			}
		})
	}
}
