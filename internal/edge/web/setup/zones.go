package setup

import (
	"slices"
	"strings"

	"rapport/internal/edge/web/ui"
)

// zones are those offered for a program: one for each usual clock of the regions people sell in. Another one set through the interface stays.
var zones = strings.Fields(`UTC
	Europe/London Europe/Dublin Europe/Lisbon Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome Europe/Amsterdam Europe/Brussels Europe/Vienna Europe/Zurich
	Europe/Stockholm Europe/Copenhagen Europe/Oslo Europe/Helsinki Europe/Warsaw Europe/Prague Europe/Budapest Europe/Athens Europe/Bucharest Europe/Kyiv Europe/Istanbul
	America/New_York America/Chicago America/Denver America/Phoenix America/Los_Angeles America/Anchorage Pacific/Honolulu America/Toronto America/Vancouver America/Halifax
	America/St_Johns America/Mexico_City America/Bogota America/Lima America/Santiago America/Sao_Paulo America/Argentina/Buenos_Aires
	Africa/Lagos Africa/Cairo Africa/Johannesburg Africa/Nairobi
	Asia/Jerusalem Asia/Dubai Asia/Riyadh Asia/Karachi Asia/Kolkata Asia/Dhaka Asia/Bangkok Asia/Jakarta Asia/Singapore Asia/Kuala_Lumpur Asia/Manila Asia/Hong_Kong
	Asia/Shanghai Asia/Taipei Asia/Seoul Asia/Tokyo Australia/Perth Australia/Adelaide Australia/Brisbane Australia/Sydney Pacific/Auckland`)

func zoneChoices(current string) []ui.Choice {
	names := zones
	if current != "" && !slices.Contains(names, current) {
		names = append([]string{current}, names...)
	}
	var all []ui.Choice
	for _, name := range names {
		all = append(all, ui.Choice{Value: name, Label: strings.ReplaceAll(name, "_", " ")})
	}
	return all
}
