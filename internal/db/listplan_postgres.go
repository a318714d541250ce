package db

import "strings"

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// postgresDialect leaves the plans to Postgres, which chooses well alone.
var postgresDialect = dialect{
	walk: func(string) string { return "tenant t" },
	byKind: func(where string) string {
		return `(SELECT plan, region, state, band, flags FROM facet WHERE n > 0 AND ` + where + `) f
			JOIN tenant t ON t.plan = f.plan AND t.region = f.region AND t.state = f.state AND t.band = f.band AND t.flags = f.flags`
	},
	among:    func(subquery string) string { return "(" + subquery + ") g JOIN tenant t ON t.id = g.tenant" },
	listed:   func(arg string) string { return "SELECT unnest(" + arg + "::BIGINT[]) AS tenant" },
	contains: func(column, arg string) string { return "strpos(" + column + ", " + arg + ") > 0" },
	// pg_trgm serves LIKE from three letters on; shorter words are compared
	// along a scan, which stops early since they are common. The expression is
	// the index's (see the migration).
	having: func(words []string, a *args) string {
		conds := make([]string, len(words))
		for i, w := range words {
			arg := a.add("%" + likeEscape.Replace(w) + "%")
			conds[i] = "(name_key LIKE " + arg + " OR project_id || '' LIKE " + arg +
				" OR id IN (SELECT tenant FROM tenant_detail WHERE search_key <> '' AND search_key LIKE " + arg + "))"
		}
		return "SELECT id AS tenant FROM tenant WHERE " + strings.Join(conds, " AND ")
	},
	worded: "tenant_detail",
	day: func(column string) string {
		return "CASE WHEN " + column + " = 0 THEN 0 ELSE CAST(to_char(to_timestamp(" + column + ") AT TIME ZONE 'UTC', 'YYYYMMDD') AS BIGINT) END"
	},
}
