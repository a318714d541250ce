package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
)

// filing is how long a CSV of all tenants takes: ours, the engine's own tool
// writing the same file, and the tool with bare columns.
type filing struct {
	ours, same, bare times
	http, first      times
	bytes            int64
	tool             string
}

// sameSQL is our file as an engine's tool can write it: plans, states and
// regions by name, times as text, percent with one decimal.
const sameSQL = `SELECT t.project_id, t.name, coalesce(p.id, '') AS plan,
 CASE t.state WHEN 0 THEN 'active' WHEN 1 THEN 'idle' WHEN 2 THEN 'quota_reached' WHEN 3 THEN 'storage_full' WHEN 4 THEN 'suspended' ELSE 'missing' END AS state,
 d.state_reason, r.id AS region, %[1]s, %[2]s,
 t.cu_s, coalesce(CAST(s.compute_s AS TEXT), 'unlimited'), %[7]s, t.active_s, coalesce(CAST(s.active_s AS TEXT), 'unlimited'), %[8]s,
 t.storage_b, coalesce(CAST(s.storage_b AS TEXT), 'unlimited'), %[9]s, t.transfer_b, coalesce(CAST(s.transfer_b AS TEXT), 'unlimited'), %[10]s,
 t.written_b, coalesce(CAST(s.written_b AS TEXT), 'unlimited'), %[11]s,
 CASE t.max_pm WHEN -1 THEN '' WHEN -2 THEN '' WHEN t.cu_pm THEN 'compute' WHEN t.active_pm THEN 'active' WHEN t.storage_pm THEN 'storage' WHEN t.transfer_pm THEN 'transfer' ELSE 'written' END,
 %[12]s, %[3]s, %[4]s, %[5]s, %[6]s AS tags, d.owner, d.external_id, CASE WHEN t.branch_at > 0 THEN 'branch' ELSE 'project' END
 FROM tenant t LEFT JOIN plan p ON p.no = t.plan JOIN region r ON r.no = t.region JOIN settings s ON s.no = t.settings JOIN tenant_detail d ON d.tenant = t.id
 WHERE t.state <> 6 ORDER BY t.id`

// bareSQL has the stored numbers only.
const bareSQL = `SELECT t.project_id, t.name, t.plan, t.state, d.state_reason, t.region, t.created_at, t.last_active_at,
 t.cu_s, s.compute_s, t.cu_pm, t.active_s, s.active_s, t.active_pm, t.storage_b, s.storage_b, t.storage_pm, t.transfer_b, s.transfer_b, t.transfer_pm,
 t.written_b, s.written_b, t.written_pm, t.max_pm, t.period_start, t.period_end, t.synced_at, d.owner, d.external_id, t.branch_at
 FROM tenant t JOIN settings s ON s.no = t.settings JOIN tenant_detail d ON d.tenant = t.id WHERE t.state <> 6 ORDER BY t.id`

func (s *subject) sameSQL() string {
	moment, percent := `CASE WHEN t.%[1]s = 0 THEN '' ELSE strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', t.%[1]s, 'unixepoch') END`,
		`CASE t.%[1]s WHEN -1 THEN 'unlimited' WHEN -2 THEN '' ELSE t.%[1]s / 10 || '.' || t.%[1]s %% 10 END`
	if !s.isSQLite() {
		moment = `CASE WHEN t.%[1]s = 0 THEN '' ELSE to_char(to_timestamp(t.%[1]s) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END`
	}
	var parts []any
	for _, c := range []string{"created_at", "last_active_at", "period_start", "period_end", "synced_at"} {
		parts = append(parts, fmt.Sprintf(moment, c))
	}
	parts = append(parts, s.tagsSQL())
	for _, c := range []string{"cu_pm", "active_pm", "storage_pm", "transfer_pm", "written_pm", "max_pm"} {
		parts = append(parts, fmt.Sprintf(percent, c))
	}
	return fmt.Sprintf(sameSQL, parts...)
}

// files measures them in turn, several times.
func (s *subject) files(ctx context.Context, who *browser, rounds int) (f filing, err error) {
	tool := s.tool()
	for range rounds {
		var out counter
		d, err := took(func() error { return s.TenantCSV(ctx, &out, db.CSVQuery{Now: dbtest.Now()}) })
		if err != nil {
			return f, err
		}
		f.ours, f.bytes = append(f.ours, d), out.n
		if tool != nil {
			if err := s.byTool(ctx, tool, &f); err != nil {
				return f, err
			}
		}
		var first time.Duration
		if d, err = took(func() (err error) { first, err = who.get(ctx, "/tenants.csv"); return err }); err != nil {
			return f, err
		}
		f.http, f.first = append(f.http, d), append(f.first, first)
	}
	return f, nil
}

// tool is the command line of the engine's own way to CSV without its
// statement, nil where it is not there.
func (s *subject) tool() []string {
	switch {
	case s.isSQLite() && has("sqlite3"):
		return []string{"sqlite3", "-csv", s.path}
	case !s.isSQLite() && has("psql"):
		return []string{"psql", "-X", "-q", s.url, "-c"}
	}
	return nil
}

func (s *subject) byTool(ctx context.Context, tool []string, f *filing) error {
	f.tool = tool[0]
	for statement, into := range map[string]*times{s.sameSQL(): &f.same, bareSQL: &f.bare} {
		if !s.isSQLite() {
			statement = "COPY (" + statement + ") TO STDOUT (FORMAT csv)"
		}
		d, err := took(func() error {
			cmd := exec.CommandContext(ctx, tool[0], append(tool[1:len(tool):len(tool)], statement)...)
			var out counter
			var problem bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &problem
			if err := cmd.Run(); err != nil {
				return fmt.Errorf("%s: %w: %s", tool[0], err, problem.String())
			}
			if out.n < 1000 {
				return fmt.Errorf("%s wrote only %d bytes", tool[0], out.n)
			}
			return nil
		})
		if err != nil {
			return err
		}
		*into = append(*into, d)
	}
	return nil
}

// counter takes a file and only counts it.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

var _ io.Writer = (*counter)(nil)
