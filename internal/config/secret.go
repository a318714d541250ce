package config

import (
	"fmt"
	"io"
	"log/slog"
)

// hidden stands wherever a secret would be printed.
const hidden = "(hidden)"

// A Secret is a value that never shows itself: not with any verb of fmt, not in
// a log and not in JSON. It sits behind a pointer because fmt prints what stands
// in other people's unexported fields without asking its methods.
type Secret struct{ value *string }

// Hide makes a secret of a value, such as the key of the demo's simulator.
func Hide(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{&value}
}

// Reveal is the value itself, for the one place that needs it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Set reports whether there is a value.
func (s Secret) Set() bool { return s.value != nil }

// String says whether there is a value, never which.
func (s Secret) String() string {
	if !s.Set() {
		return "(not set)"
	}
	return hidden
}

// Format prints String for every verb, %#v and %x included.
func (s Secret) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, s.String()) } // fmt has nowhere to report to

// LogValue is String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
