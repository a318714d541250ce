package charts

import (
	"time"

	"neonfleet/internal/fleet"
)

// Daily are bars of one figure by day. Unknown days are hatched, today's bar is
// marked as incomplete, days to come are a band.
type Daily struct {
	Head
	Unit       Unit
	From, To   fleet.Day // both included
	Since      fleet.Day // the tenant's first day; days before are neither 0 nor unknown
	Days       []Point
	Limit      fleet.Limit // of a day's figure; Unlimited draws no line
	LimitLabel string      // "Pro limit 10 GB"; made from the limit where empty
	Now        time.Time
	AtEnd      fleet.Amount // the period's sum on this pace, for the band; may be unknown
}

func (d Daily) columns() columns {
	return columns{
		head: d.Head, list: dayColumns(span{d.From, d.To, d.Since, d.Now}, d.Days),
		limit: d.Limit, limitLabel: d.LimitLabel, atEnd: d.AtEnd,
		per: "a day", noun: "day", value: "Usage", tickSteps: daySteps,
	}.scaled(d.Unit)
}

// SVG draws the chart. No data make it fail.
func (d Daily) SVG() ([]byte, error) {
	c := d.columns()
	return c.draw(c.bars)
}

// Table is the same data as rows.
func (d Daily) Table() Table { return d.columns().table() }

// Summary is the same data as a sentence.
func (d Daily) Summary() string { return d.columns().summary() }
