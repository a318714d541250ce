package db_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestCSV_quotesAndDefusesOnlyWhatNeedsIt(t *testing.T) {
	for text, want := range map[string]string{
		"acme": "acme", "": "", "a,b": `"a,b"`, `say "hi"`: `"say ""hi"""`, "two\nlines": "\"two\nlines\"",
		"=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "\"'\rx\"", "=a,b": `"'=a,b"`, "-": "'-", "+": "'+",
		"-5": "-5", "+3.25": "+3.25", "-1e9": "-1e9", "-1E+9": "-1E+9", "+49 30 1234": "'+49 30 1234", "-5x": "'-5x", "--5": "'--5", "-.5": "'-.5", "-1e": "'-1e", "-5.": "'-5.",
		"שלום": "שלום", "🦄": "🦄",
	} {
		var b bytes.Buffer
		c := db.NewCSV(&b, false)
		c.Row(text, "x")
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != want+",x\r\n" {
			t.Errorf("%q is written %q, want %q", text, got, want+",x\r\n")
		}
	}
}

func TestTenantCSV_hasAllMatchesWithTheFiguresOfTheList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		loadMixed(t, store, 700)
		for _, query := range []string{"", "plan:pro", "acme", "a", "used:>=80", "storage:<50", "tag:vip", "is:drift state:idle", "nosuchname"} {
			f, err := fleet.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			sorts := []fleet.Sort{{}, {By: fleet.ByCompute, Descending: true}, {By: fleet.ByWorst}, {By: fleet.ByName}}
			if query != "" {
				sorts = sorts[:2]
			}
			for _, s := range sorts {
				want := listed(t, store, f, s)
				got := file(t, store, db.CSVQuery{Filter: f, Sort: s, Now: dbtest.Now()})
				if d := gocmp.Diff(want, got[1:]); d != "" {
					t.Fatalf("%q by %q (-list +file):\n%.2000s", query, s, d)
				}
			}
		}
	})
}

// file is the whole file, read by somebody else's reader.
func file(t *testing.T, store *db.DB, q db.CSVQuery) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := store.TenantCSV(t.Context(), &b, q); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// listed are the lines as the list's rows say them. A reader of CSV gives \n
// for \r\n inside of cells; no name here has one.
func listed(t *testing.T, store *db.DB, f fleet.Filter, s fleet.Sort) [][]string {
	t.Helper()
	q := db.ListQuery{Filter: f, Sort: s, Per: 1000, Now: dbtest.Now()}
	lines := [][]string{}
	var all []fleet.Tenant
	for {
		p := listPage(t, store, q)
		all = append(all, p.Rows...)
		if q.After = p.Next; q.After == "" {
			break
		}
	}
	if s.By == "" {
		slices.SortFunc(all, func(a, b fleet.Tenant) int { return int(a.Local - b.Local) })
	}
	reasons := reasonsOf(t, store)
	for _, x := range all {
		lines = append(lines, lineOf(x, reasons[x.Local-1]))
	}
	return lines
}

// reasonsOf are the reasons of all states, by local id.
func reasonsOf(t *testing.T, store *db.DB) []string {
	t.Helper()
	text, err := store.Dump(t.Context(), `SELECT state_reason FROM tenant_detail ORDER BY tenant`)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(text, "\n")
}

func lineOf(x fleet.Tenant, reason string) []string {
	text := func(s string) string {
		if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
			return "'" + s
		}
		return s
	}
	line := []string{string(x.ID), text(x.Name), string(x.Plan), x.State.String(), reason, x.Region, stamp(x.CreatedAt), stamp(x.LastActive)}
	for m, used := range x.Used {
		figure, limit := "", "unlimited"
		if n, known := used.Get(); known {
			figure = strconv.FormatInt(n, 10)
		}
		if n, capped := x.Limits[m].Get(); capped {
			limit = strconv.FormatInt(n, 10)
		}
		line = append(line, figure, limit, x.Shares[m].Percent())
	}
	worst, share, known := x.Worst()
	meter := ""
	if known {
		meter = worst.String()
	}
	return append(line, meter, share.Percent(), stamp(x.Period.Start), stamp(x.Period.End), stamp(x.SyncedAt), strings.Join(x.Tags, " "), x.Owner, x.ExternalID, x.StorageBasis())
}

func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}

func TestTenantCSV_beginsWithThePromisedColumns(t *testing.T) {
	store := dbtest.SQLite(t)
	var b bytes.Buffer
	if err := store.TenantCSV(t.Context(), &b, db.CSVQuery{BOM: true, Now: dbtest.Now()}); err != nil {
		t.Fatal(err)
	}
	const want = "\ufeffproject_id,name,plan,state,state_reason,region,created_at,last_active_at,compute_cu_seconds,compute_limit_cu_seconds,compute_percent," +
		"active_seconds,active_limit_seconds,active_percent,storage_bytes,storage_limit_bytes,storage_percent,transfer_bytes,transfer_limit_bytes,transfer_percent," +
		"written_bytes,written_limit_bytes,written_percent,worst_meter,worst_percent,period_start,period_end,synced_at,tags,owner,external_id,storage_basis\r\n"
	if b.String() != want {
		t.Errorf("an empty fleet's file is\n%q, want\n%q", b.String(), want)
	}
}

func TestTenantCSV_aBranchReadTooLongAgoNoLongerCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		x := one("acme")
		x.Used[fleet.Storage], x.Limits[fleet.Storage], x.StorageOfBranch = fleet.Of(900), fleet.Cap(1000), fleet.Of(720)
		load(t, store, x)
		for now, want := range map[time.Time][]string{
			x.SyncedAt.Add(23 * time.Hour): {"900", "1000", "72.0", "branch"},
			x.SyncedAt.Add(25 * time.Hour): {"900", "1000", "90.0", "project"},
		} {
			line := file(t, store, db.CSVQuery{Now: now})[1]
			if got := append(slices.Clone(line[14:17]), line[len(line)-1]); !slices.Equal(got, want) {
				t.Errorf("storage at %v = %v, want %v", now, got, want)
			}
			rows := listPage(t, store, db.ListQuery{Now: now}).Rows
			if got := []string{rows[0].Shares[fleet.Storage].Percent(), rows[0].StorageBasis()}; !slices.Equal(got, want[2:]) {
				t.Errorf("the list says %v, want %v", got, want[2:])
			}
		}
	})
}

// broken is a client that goes away after a while.
type broken struct{ left int }

var errGone = errors.New("client gone")

func (b *broken) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errGone
	}
	return len(p), nil
}

func TestTenantCSV_saysThatItIsNotWhole(t *testing.T) {
	store := dbtest.SQLite(t)
	loadMixed(t, store, 700)
	if err := store.TenantCSV(t.Context(), &broken{left: 70_000}, db.CSVQuery{Now: dbtest.Now()}); !errors.Is(err, errGone) {
		t.Errorf("err = %v, want the client's", err)
	}
	var b bytes.Buffer
	err := store.TenantCSV(t.Context(), &b, db.CSVQuery{Filter: fleet.Filter{Plans: []fleet.PlanID{"gold"}}, Now: dbtest.Now()})
	if fleet.KindOf(err) != fleet.Invalid || b.Len() > 0 {
		t.Errorf("a plan that does not exist: err = %v after %d bytes, want Invalid and none", err, b.Len())
	}
}

func TestUsageCSV_hasALineForEveryDayOfTheProject(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		x := one("acme")
		x.CreatedAt = dbtest.Now().AddDate(0, 0, -3)
		load(t, store, x)
		if err := store.Exec(t.Context(), `INSERT INTO usage_day (tenant, day, cu_s, root_bh, pub_b, settled) VALUES (1, 20261118, 60, 0, 7, 1), (1, 20261120, NULL, NULL, 9, -4)`); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := store.UsageCSV(t.Context(), &b, db.UsageQuery{Tenant: x.ID, From: 20261101, To: 20261120}); err != nil {
			t.Fatal(err)
		}
		const want = "day,compute_cu_seconds,root_storage_byte_hours,child_storage_byte_hours,history_byte_hours,snapshot_byte_hours," +
			"transfer_public_bytes,transfer_private_bytes,child_branch_hours,active_seconds,storage_peak_bytes,written_bytes,final\r\n" +
			"2026-11-17,,,,,,,,,,,,false\r\n" +
			"2026-11-18,60,0,,,,7,,,,,,true\r\n" +
			"2026-11-19,,,,,,,,,,,,false\r\n" +
			"2026-11-20,,,,,,9,,,,,,false\r\n"
		if d := gocmp.Diff(want, b.String()); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		b.Reset()
		if err := store.UsageCSV(t.Context(), &b, db.UsageQuery{Tenant: "p-nobody", From: 20261101, To: 20261120}); fleet.KindOf(err) != fleet.NotFound || b.Len() > 0 {
			t.Errorf("nobody's file: err = %v after %d bytes, want NotFound and none", err, b.Len())
		}
	})
}
