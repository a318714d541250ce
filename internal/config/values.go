package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// A URL is an absolute http or https address without user, query and fragment
// and without a slash at its end.
type URL struct{ url.URL }

// UnmarshalText reads an address, and refuses what is not one.
func (u *URL) UnmarshalText(text []byte) error {
	parsed, err := url.Parse(string(text))
	switch {
	case err != nil:
		return errors.New("not an address")
	case parsed.Scheme != "http" && parsed.Scheme != "https", parsed.Hostname() == "":
		return errors.New("not an http or https address")
	case parsed.User != nil, parsed.RawQuery != "", parsed.Fragment != "":
		return errors.New("has a user, a query or a fragment")
	}
	parsed.Path, parsed.RawPath = strings.TrimRight(parsed.Path, "/"), ""
	u.URL = *parsed
	return nil
}

// String is the address.
func (u URL) String() string { return u.URL.String() }

// MarshalText is the address.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// A Clock is what decides days, periods, due dates and forecasts.
type Clock string

// The two clocks.
const (
	SystemClock Clock = "system" // this machine's
	NeonClock   Clock = "neon"   // the Date header of the API
)

// UnmarshalText reads the name of a clock.
func (c *Clock) UnmarshalText(text []byte) error {
	switch name := Clock(text); name {
	case SystemClock, NeonClock:
		*c = name
		return nil
	}
	return errors.New("no such clock")
}

// A LogFormat is how log lines look.
type LogFormat string

// The formats; LogAuto is text on a terminal and json elsewhere.
const (
	LogAuto LogFormat = ""
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

// UnmarshalText reads the name of a format.
func (f *LogFormat) UnmarshalText(text []byte) error {
	switch name := LogFormat(text); name {
	case LogText, LogJSON:
		*f = name
		return nil
	}
	return errors.New("no such format")
}

// Networks are ranges of addresses.
type Networks []netip.Prefix

// UnmarshalText reads networks ("10.0.0.0/8") and single addresses, separated by
// commas.
func (n *Networks) UnmarshalText(text []byte) error {
	*n = nil
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		network, err := netip.ParsePrefix(part)
		if err != nil {
			single, err := netip.ParseAddr(part)
			if err != nil {
				return errors.New("neither a network nor an address: " + part)
			}
			network = netip.PrefixFrom(single, single.BitLen())
		}
		*n = append(*n, network.Masked())
	}
	return nil
}

// String lists the networks as they are written in the setting.
func (n Networks) String() string {
	parts := make([]string, len(n))
	for i, network := range n {
		parts[i] = network.String()
	}
	return strings.Join(parts, ",")
}

// IPNets are the networks as package net has them.
func (n Networks) IPNets() []*net.IPNet {
	nets := make([]*net.IPNet, len(n))
	for i, network := range n {
		addr := network.Addr()
		nets[i] = &net.IPNet{IP: addr.AsSlice(), Mask: net.CIDRMask(network.Bits(), addr.BitLen())}
	}
	return nets
}
