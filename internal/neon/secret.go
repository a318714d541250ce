package neon

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// A Secret is a password or connection string from one of Neon's answers. It
// prints, logs and encodes as "[redacted]"; only Reveal gives it away.
type Secret string

// Reveal returns the secret itself. Who calls it answers for where it goes.
func (s Secret) Reveal() string { return string(s) }

// String returns "[redacted]", or nothing for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format prints the same for every verb: %q, %x and %#v would bypass String.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) } // fmt's own buffer does not fail

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON keeps the secret out of everything that is encoded.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// MarshalText keeps the secret out of other encodings.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String describes the configuration without its key.
func (c Config) String() string {
	return fmt.Sprintf("neon.Config{BaseURL:%q Org:%q Key:%s}", c.BaseURL, c.Org, Secret(c.Key))
}

// Format prints String for every verb: %#v and %d would look inside.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) } // fmt's own buffer does not fail

// MarshalText is what encoders take, so that none looks inside.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// LogValue keeps the key out of logs.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// String describes the client without its key.
func (c Client) String() string {
	if c.core == nil {
		return "neon.Client{}"
	}
	return fmt.Sprintf("neon.Client{BaseURL:%q Org:%q Lane:%s}", c.base, c.org, c.lane)
}

// Format prints String for every verb: %#v and %d would look inside.
func (c Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) } // fmt's own buffer does not fail

// MarshalText is what encoders take, so that none looks inside.
func (c Client) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// LogValue keeps the key out of logs.
func (c Client) LogValue() slog.Value { return slog.StringValue(c.String()) }
