package ui

import "github.com/a-h/templ"

// SwapBy makes a link swap the part with this selector instead of loading the
// page; without htmx the link is a link.
func SwapBy(part, url string) templ.Attributes {
	if part == "" {
		return nil
	}
	return templ.Attributes{"hx-get": url, "hx-target": part, "hx-select": part, "hx-swap": "outerHTML", "hx-push-url": "true"}
}
