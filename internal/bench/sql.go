package main

import (
	"fmt"
	"strings"

	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

// What the pages ask the store, written by hand for the engine's own client:
// the same indexes, the same rows, the same columns.

// sortColumn and sortIndex are what each order goes by.
var sortColumn = map[fleet.SortKey]string{
	fleet.ByName: "name_key", fleet.ByCreated: "created_at", fleet.BySeen: "last_active_at", fleet.ByWorst: "max_pm", fleet.ByCompute: "cu_pm",
	fleet.ByActive: "active_pm", fleet.ByStorage: "storage_pm", fleet.ByTransfer: "transfer_pm", fleet.ByWritten: "written_pm",
}

var sortIndex = map[fleet.SortKey]string{
	fleet.ByName: "tenant_name", fleet.ByCreated: "tenant_created", fleet.BySeen: "tenant_seen", fleet.ByWorst: "tenant_max", fleet.ByCompute: "tenant_cu",
	fleet.ByActive: "tenant_active", fleet.ByStorage: "tenant_storage", fleet.ByTransfer: "tenant_transfer", fleet.ByWritten: "tenant_written",
}

const rowColumns = `t.id, t.project_id, t.name, t.plan, t.region, t.state, t.flags, t.created_at, t.last_active_at, t.synced_at,
 t.period_start, t.period_end, t.cu_s, t.active_s, t.storage_b, t.transfer_b, t.written_b, t.branch_b, t.branch_at,
 t.cu_pm, t.active_pm, t.storage_pm, t.transfer_pm, t.written_pm,
 s.compute_s, s.active_s, s.storage_b, s.transfer_b, s.written_b, s.suspend_s, d.owner, d.external_id`

const rowTables = `tenant t LEFT JOIN settings s ON s.no = t.settings LEFT JOIN tenant_detail d ON d.tenant = t.id`

const facetSQL = `SELECT plan, region, state, band, flags, n FROM facet WHERE n > 0 AND state <> 6`

func (s *subject) tagsSQL() string {
	if s.isSQLite() {
		return `(SELECT group_concat(g.tag, ' ') FROM tenant_tag g WHERE g.tenant = t.id)`
	}
	return `(SELECT string_agg(g.tag, ' ' ORDER BY g.tag) FROM tenant_tag g WHERE g.tenant = t.id)`
}

func (s *subject) rowsSQL(where string) string {
	return `SELECT ` + rowColumns + `, ` + s.tagsSQL() + ` FROM ` + rowTables + ` WHERE ` + where
}

// by names an index where the planner is told which one to take: on Postgres
// it chooses well alone.
func (s *subject) by(index string) string {
	if s.isSQLite() {
		return " INDEXED BY " + index
	}
	return ""
}

// pageSQL is a page of the list with its count: 51 ids along the order's
// index, their rows, and the facets.
func (s *subject) pageSQL(by fleet.Sort, after *fleet.Tenant) []string {
	column, direction, than := sortColumn[by.By], "", ">"
	cond := "state <> 6"
	if by.Descending {
		direction, than = " DESC", "<"
	} else if _, meter := fleet.ParseMeter(string(by.By)); meter || by.By == fleet.ByWorst {
		cond += " AND " + column + " >= 0"
	}
	if after != nil {
		cond += fmt.Sprintf(" AND (%s, id) %s (%s, %d)", column, than, keySQL(by.By, *after), after.Local)
	}
	order := fmt.Sprintf("ORDER BY %s%s, id%s", column, direction, direction)
	ids := fmt.Sprintf("SELECT id FROM tenant%s WHERE %s %s LIMIT %d", s.by(sortIndex[by.By]), cond, order, perPage+1)
	return []string{s.rowsSQL("t.id IN ("+ids+") ") + fmt.Sprintf("ORDER BY t.%s%s, t.id%s", column, direction, direction), facetSQL}
}

// keySQL is a tenant's place in an order, as SQL.
func keySQL(by fleet.SortKey, t fleet.Tenant) string {
	switch by {
	case fleet.ByName:
		return "'" + strings.ReplaceAll(fleet.FoldName(t.Name), "'", "''") + "'"
	case fleet.ByCreated:
		return fmt.Sprint(t.CreatedAt.Unix())
	case fleet.BySeen:
		if t.LastActive.IsZero() {
			return "0"
		}
		return fmt.Sprint(t.LastActive.Unix())
	case fleet.ByWorst:
		_, worst, _ := t.Worst()
		return fmt.Sprint(int64(worst))
	}
	m, _ := fleet.ParseMeter(string(by)) // the rest are meters
	return fmt.Sprint(int64(t.Shares[m]))
}

// searchSQL is the tenants whose name has a rare text in it.
func (s *subject) searchSQL(word string) []string {
	ids := `SELECT id FROM tenant WHERE name_key LIKE '%` + word + `%' OR project_id LIKE '%` + word + `%'`
	if s.isSQLite() {
		ids = `SELECT rowid FROM tenant_fts WHERE words LIKE '%` + word + `%' LIMIT 2001`
	}
	return []string{s.rowsSQL("t.id IN ("+ids+")") + " ORDER BY t.max_pm DESC, t.id DESC LIMIT 51", facetSQL}
}

// chipsSQL is what chips and selects count.
func chipsSQL() []string {
	cut := fleet.DayOf(dbtest.Now().AddDate(0, 0, -30))
	return []string{facetSQL, fmt.Sprintf(`SELECT sum(n) FROM seen_day WHERE day < %d`, int64(cut))}
}

// tenantSQL is one tenant with its last 30 days.
func (s *subject) tenantSQL(t fleet.Tenant) []string {
	today := fleet.DayOf(dbtest.Now())
	return []string{s.rowsSQL(`t.project_id = '` + string(t.ID) + `'`),
		fmt.Sprintf(`SELECT * FROM usage_day WHERE tenant = %d AND day BETWEEN %d AND %d`, t.Local, int64(today.Add(-29)), int64(today))}
}

// overviewSQL is the fleet at a glance and its days of this period.
func overviewSQL() []string {
	first, last := fleet.MonthPeriod(dbtest.Now()).Days()
	now := dbtest.Now()
	return []string{facetSQL, `SELECT meter, sum(known), sum(total) FROM fleet_sum GROUP BY meter`,
		fmt.Sprintf(`SELECT count(*) FROM tenant WHERE created_at > %d AND state <> 6`, now.AddDate(0, 0, -7).Unix()),
		fmt.Sprintf(`SELECT count(*) FROM tenant WHERE out_at > %d AND out_at <= %d`, now.Unix(), now.AddDate(0, 0, 2).Unix()),
		fmt.Sprintf(`SELECT * FROM fleet_day WHERE day BETWEEN %d AND %d ORDER BY day, plan`, int64(first), int64(last))}
}
