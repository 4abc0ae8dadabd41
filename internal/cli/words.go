package cli

import "github.com/maru-itsm/maru/internal/locale"

func sayKPI(lang, code string) string { return locale.Say(lang, "kpi."+code) }
