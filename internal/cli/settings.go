package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

// settingsFile lies in the data folder. It may say what the environment may say, by the
// flag's name: what the command line or the environment says comes before it.
const settingsFile = "maru.toml"

// filed gives flags their values from the settings file.
type filed struct {
	read map[string]*koanf.Koanf // by file
}

// Validate implements kong.Resolver: which file it is, is known only with the flags.
func (f *filed) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver.
func (f *filed) Resolve(ctx *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	if flag.Name == "data" || len(flag.Envs) == 0 { // where the file is, and what only the command line says
		return nil, nil //nolint:nilnil // kong's word for nothing to say
	}
	for _, name := range flag.Envs {
		if _, ok := os.LookupEnv(name); ok {
			return nil, nil //nolint:nilnil // likewise
		}
	}
	i := slices.IndexFunc(parent.Flags, func(f *kong.Flag) bool { return f.Name == "data" })
	if i < 0 {
		return nil, nil //nolint:nilnil // likewise
	}
	data, _ := ctx.FlagValue(parent.Flags[i]).(string)
	k, err := f.load(filepath.Join(data, settingsFile))
	if err != nil || k == nil || !k.Exists(flag.Name) {
		return nil, err
	}
	return k.String(flag.Name), nil
}

// load reads a file once; nil when there is none.
func (f *filed) load(name string) (*koanf.Koanf, error) {
	if k, ok := f.read[name]; ok {
		return k, nil
	}
	if _, err := os.Stat(name); err != nil {
		return nil, nil //nolint:nilnil,nilerr // no file is no setting
	}
	k := koanf.New("\x00") // no key of ours has parts
	if err := k.Load(file.Provider(name), toml.Parser()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, key := range k.Keys() {
		if !slices.Contains(settingNames, key) {
			return nil, fmt.Errorf("%s: there is no setting %q; there are %s", name, key, strings.Join(settingNames, ", "))
		}
	}
	f.read[name] = k
	return k, nil
}

// settingNames are what a settings file may say, for whichever command.
var settingNames = []string{"database", "listen", "log-level", "secure"}
