package neonsim

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"
)

func (x tenant) databases(branch string) []string {
	x.Helper()
	var names []string
	for _, d := range get[struct{ Databases []wireDatabase }](x.T, x.s, x.path+"/branches/"+branch+"/databases").Databases {
		names = append(names, d.Name)
	}
	return names
}

func (x tenant) database(branch, name string) {
	x.Helper()
	x.do(201, "POST", "/branches/"+branch+"/databases", `{"database":{"name":"`+name+`","owner_name":"neondb_owner"}}`)
}

func restoreTo(source, more string) string {
	return `{"source_branch_id":"` + source + `"` + more + `}`
}

func TestRestore_resetsFromTheParentThroughResetting(t *testing.T) {
	x := newTenant(t)
	dev := x.branch(`{"branch":{"name":"dev"},"endpoints":[{"type":"read_write"}]}`)
	host := get[struct{ Endpoints []wireEndpoint }](t, x.s, x.path+"/branches/"+dev.ID+"/endpoints").Endpoints[0].Host
	x.database(dev.ID, "scratch")
	path := x.path + "/branches/" + dev.ID
	got := into[branchAnswer](t, want(t, x.s, 200, "POST", path+"/restore", restoreTo(x.root, "")))
	if b := got.Branch; b.ID != dev.ID || b.State != "resetting" || b.PendingState != "ready" || b.ParentTimestamp != "" {
		t.Errorf("at once: %+v", b)
	}
	if len(got.Operations) != 3 {
		t.Errorf("operations = %+v, want the compute suspended, moved and started", got.Operations)
	}
	want(t, x.s, 423, "POST", path+"/restore", restoreTo(x.root, ""))
	x.s.Advance(10 * time.Second)
	if b := x.look(dev.ID); b.State != "ready" || b.LastResetAt == "" || b.ParentTimestamp == "" || b.ParentID != x.root {
		t.Errorf("later: %+v", b)
	}
	if got := x.databases(dev.ID); !slices.Equal(got, []string{"neondb"}) {
		t.Errorf("databases = %q, want the parent's", got)
	}
	if e := get[struct{ Endpoints []wireEndpoint }](t, x.s, path+"/endpoints").Endpoints; len(e) != 1 || e[0].Host != host {
		t.Errorf("the host changed from %s: %+v", host, e)
	}
	if names := x.names(""); len(names) != 2 {
		t.Errorf("branches = %q: without a name nothing is kept", names)
	}
}

func TestRestore_keepsTheOldStateOfAChildAsItsParent(t *testing.T) {
	x := newTenant(t)
	dev := x.branch(`{"branch":{"name":"dev"}}`)
	child := x.branch(`{"branch":{"name":"child","parent_id":"` + dev.ID + `"}}`)
	x.database(dev.ID, "scratch")
	x.refused(400, "", "POST", "/branches/"+dev.ID+"/restore", restoreTo(x.root, "")) // it has a child
	x.refused(409, "", "POST", "/branches/"+dev.ID+"/restore", restoreTo(x.root, `,"preserve_under_name":"main"`))
	x.do(200, "POST", "/branches/"+dev.ID+"/restore", restoreTo(x.root, `,"preserve_under_name":"dev_old"`))
	backup := get[branchList](t, x.s, x.path+"/branches?search=dev_old").Branches[0]
	if backup.ParentID != x.root || x.look(child.ID).ParentID != backup.ID || x.look(dev.ID).ParentID != backup.ID {
		t.Errorf("backup under %s, child under %s, branch under %s", backup.ParentID, x.look(child.ID).ParentID, x.look(dev.ID).ParentID)
	}
	if got := x.databases(backup.ID); !slices.Contains(got, "scratch") {
		t.Errorf("the backup has databases %q", got)
	}
	x.do(200, "POST", "/branches/"+dev.ID+"/restore", restoreTo(backup.ID, "")) // undo: reset from the new parent
	if got := x.databases(dev.ID); !slices.Contains(got, "scratch") {
		t.Errorf("undone it has databases %q", got)
	}
}

func TestRestore_bringsARootBackToItsPastAndForth(t *testing.T) {
	x := newTenant(t)
	x.s.Advance(3 * 24 * time.Hour)
	x.database(x.root, "later")
	past := `,"source_timestamp":"` + stamp(x.s.Now().Unix()-day) + `"`
	path := "/branches/" + x.root + "/restore"
	x.refused(400, "", "POST", path, restoreTo(x.root, past))                             // no name for the old state
	x.refused(400, "", "POST", path, restoreTo(x.root, `,"preserve_under_name":"keep"`))  // no time
	x.refused(400, "", "POST", path, restoreTo(x.root, past+`,"source_lsn":"0/2000000"`)) // two times
	x.refused(404, "", "POST", path, restoreTo("br-nobody", ""))                          //
	x.refused(422, "", "POST", path, restoreTo(x.root, `,"preserve_under_name":"k","source_timestamp":"2026-11-01T00:00:00Z"`))
	dev := x.branch(`{"branch":{"name":"dev"}}`)
	x.refused(422, "", "POST", "/branches/"+dev.ID+"/restore", restoreTo(dev.ID, `,"preserve_under_name":"k","source_timestamp":"`+stamp(x.s.Now().Unix()-1)+`"`))

	got := into[branchAnswer](t, x.do(200, "POST", path, restoreTo(x.root, past+`,"preserve_under_name":"main_before"`)))
	if got.Branch.ParentID != "" || got.Branch.ID != x.root {
		t.Errorf("branch = %+v", got.Branch)
	}
	backup := get[branchList](t, x.s, x.path+"/branches?search=main_before").Branches[0]
	if backup.ParentID != "" || x.look(dev.ID).ParentID != backup.ID {
		t.Errorf("the backup is under %q and the child under %s, want both roots and the child under the backup", backup.ParentID, x.look(dev.ID).ParentID)
	}
	if got := x.databases(x.root); slices.Contains(got, "later") {
		t.Errorf("databases = %q: it is as it was a day ago", got)
	}
	x.do(200, "DELETE", "/branches/"+dev.ID, "")
	x.refused(422, "", "DELETE", "/branches/"+backup.ID, "") // never
	x.do(200, "POST", path, restoreTo(backup.ID, ""))
	if got := x.databases(x.root); !slices.Contains(got, "later") {
		t.Errorf("after undoing it, databases = %q", got)
	}
}

func TestRestore_storageStillAddsUp(t *testing.T) {
	s := start(t, Config{Projects: 3000, Seed: 1, Plan: "scale"})
	id := one(t, s, func(c Casting) bool { return c.Plan == "pro" && c.Cast == Full && !c.Drifted })
	path := "/projects/" + id
	branches := get[branchList](t, s, path+"/branches?sort_by=created_at&sort_order=asc").Branches
	root := branches[0].ID
	want(t, s, 200, "PATCH", path+"/branches/"+root, `{"branch":{"protected":false}}`)
	want(t, s, 200, "POST", path+"/branches/"+root+"/restore", restoreTo(root, `,"preserve_under_name":"old","source_timestamp":"`+stamp(noon.Unix()-hour)+`"`))
	s.Advance(time.Minute)
	want(t, s, 201, "POST", path+"/branches", `{"branch":{"name":"empty","init_source":"schema-only"},"endpoints":[{"type":"read_write"}]}`)
	s.Advance(time.Minute)
	want(t, s, 200, "POST", path+"/branches/"+root+"/restore", restoreTo(get[branchList](t, s, path+"/branches?search=empty").Branches[0].ID, `,"preserve_under_name":"older"`))
	s.Advance(3 * 24 * time.Hour)
	small := get[branchAnswer](t, s, path+"/branches/"+root).Branch
	if old := get[branchList](t, s, path+"/branches?search=old&sort_by=name&sort_order=asc").Branches[0]; *small.LogicalSize >= *old.LogicalSize {
		t.Errorf("restored from an empty branch it has %d bytes, its backup %d", *small.LogicalSize, *old.LogicalSize)
	}
	p, _ := s.lookup(id, s.Now().Unix())
	now := s.Now().Unix()
	l := p.ledger(now-10*day, now)
	var sum values
	for i := range p.Branches {
		got := l.branchValues(&p.Branches[i])(now-10*day, now)
		for m := range branchMetrics {
			sum[m] += got[m]
		}
	}
	whole := l.project(now-10*day, now)
	for m := range branchMetrics {
		if sum[m] != whole[m] {
			t.Errorf("%s: branches %d, project %d", metricNames[m], sum[m], whole[m])
		}
	}
}

func TestSnapshot_isTakenRenamedListedAndDeleted(t *testing.T) {
	x := newTenant(t)
	x.s.Advance(24 * time.Hour)
	path := "/branches/" + x.root + "/snapshot"
	expires := url.QueryEscape(stamp(x.s.Now().Unix() + 5*day))
	got := into[snapshotAnswer](t, x.do(200, "POST", path+"?name=before&expires_at="+expires, ""))
	if got.Snapshot.Name != "before" || !got.Snapshot.Manual || got.Snapshot.Branch != x.root || len(*got.Operations) != 1 {
		t.Errorf("snapshot = %+v", got)
	}
	past := stamp(x.s.Now().Unix() - hour)
	x.do(200, "POST", path+"?timestamp="+url.QueryEscape(past), "")
	renamed := into[snapshotAnswer](t, x.do(200, "PATCH", "/snapshots/"+got.Snapshot.ID, `{"snapshot":{"name":"after"}}`))
	if renamed.Snapshot.Name != "after" {
		t.Errorf("renamed: %+v", renamed)
	}
	type list struct{ Snapshots []wireSnapshot }
	if all := get[list](t, x.s, x.path+"/snapshots").Snapshots; len(all) != 2 || all[1].Timestamp != past || all[1].FullSize == nil || all[0].Name != "after" {
		t.Errorf("snapshots = %+v", all)
	}
	dev := x.branch(`{"branch":{"name":"dev"}}`)
	x.refused(422, "", "POST", "/branches/"+dev.ID+"/snapshot", "")
	x.refused(422, "", "POST", path+"?timestamp=2026-11-01T00:00:00Z", "")
	x.refused(400, "", "POST", path+"?expires_at=2026-11-01T00:00:00Z", "")
	x.refused(400, "", "POST", path+"?lsn=0/1&timestamp="+url.QueryEscape(past), "")
	x.refused(404, "", "PATCH", "/snapshots/snap-nobody", `{"snapshot":{"name":"x"}}`)
	x.s.Advance(6 * 24 * time.Hour)
	all := get[list](t, x.s, x.path+"/snapshots").Snapshots
	if len(all) != 1 {
		t.Fatalf("six days later %+v, want the one that does not expire", all)
	}
	x.do(202, "DELETE", "/snapshots/"+all[0].ID, "")
	x.refused(404, "", "DELETE", "/snapshots/"+all[0].ID, "")
}

func TestSnapshot_manualOnesAreLimited(t *testing.T) {
	s := start(t, Config{Projects: 3, Plan: "free"})
	made := create(t, s, `{"project":{}}`)
	x := tenant{t, s, "/projects/" + made.Project.ID, made.Branch.ID}
	x.do(200, "POST", "/branches/"+x.root+"/snapshot", "")
	x.refused(422, "", "POST", "/branches/"+x.root+"/snapshot", "")
}

func TestSnapshot_restoredAndFinalizedTakesTheBranchsPlaceUnderANewID(t *testing.T) {
	for _, atOnce := range []bool{true, false} {
		t.Run(fmt.Sprintf("at once %v", atOnce), func(t *testing.T) {
			x := newTenant(t)
			endpoint := get[struct{ Endpoints []wireEndpoint }](t, x.s, x.path+"/endpoints").Endpoints[0]
			snap := into[snapshotAnswer](t, x.do(200, "POST", "/branches/"+x.root+"/snapshot?name=before", "")).Snapshot
			x.database(x.root, "later")
			restored := into[branchAnswer](t, x.do(200, "POST", "/snapshots/"+snap.ID+"/restore", fmt.Sprintf(`{"finalize_restore":%v}`, atOnce))).Branch
			if restored.ID == x.root || restored.RestoredFrom != snap.ID || restored.ParentID != "" {
				t.Errorf("restored = %+v", restored)
			}
			if !atOnce {
				if restored.RestoreStatus != "restored" || !x.look(x.root).Default {
					t.Errorf("before it is final: %+v", restored)
				}
				x.do(200, "POST", "/branches/"+restored.ID+"/finalize_restore", `{"name":"main (old)"}`)
			}
			x.refused(422, "", "POST", "/branches/"+restored.ID+"/finalize_restore", "")
			now, old := x.look(restored.ID), x.look(x.root)
			if now.Name != "main" || !now.Default || now.RestoreStatus != "finalized" || now.RestoredAs != x.root || len(now.Restricted) == 0 {
				t.Errorf("the new one is %+v", now)
			}
			if old.Name != "main (old)" || old.Default {
				t.Errorf("the old one is %+v", old)
			}
			if e := get[endpointAnswer](t, x.s, x.path+"/endpoints/"+endpoint.ID).Endpoint; e.BranchID != now.ID || e.Host != endpoint.Host {
				t.Errorf("endpoint = %+v", e)
			}
			if got := x.databases(now.ID); slices.Contains(got, "later") {
				t.Errorf("databases = %q, want those of the snapshot", got)
			}
			x.refused(422, "", "POST", "/branches/"+now.ID+"/restore", restoreTo(now.ID, `,"preserve_under_name":"k","source_timestamp":"`+stamp(x.s.Now().Unix()-1)+`"`))
			child := x.branch(`{"branch":{"name":"child"}}`)
			x.refused(422, "", "POST", "/branches/"+child.ID+"/restore", restoreTo(now.ID, "")) // for up to a day
			x.s.Advance(25 * time.Hour)
			x.do(200, "POST", "/branches/"+child.ID+"/restore", restoreTo(now.ID, ""))
			x.refused(422, "", "DELETE", "/branches/"+now.ID, "")
			x.do(200, "DELETE", "/branches/"+old.ID, "")
		})
	}
}

func TestSnapshot_itsPeopleFollowTheComputeToTheNewBranch(t *testing.T) {
	s := start(t, Config{Projects: 1000, Seed: 1, Plan: "scale"})
	_, e := alwaysOn(t, s)
	path := "/projects/" + e.ProjectID
	snap := into[snapshotAnswer](t, want(t, s, 200, "POST", path+"/branches/"+e.BranchID+"/snapshot", "")).Snapshot
	s.Advance(time.Minute)
	b := into[branchAnswer](t, want(t, s, 200, "POST", path+"/snapshots/"+snap.ID+"/restore", `{"finalize_restore":true}`)).Branch
	s.Advance(24 * time.Hour)
	if now := get[branchAnswer](t, s, path+"/branches/"+b.ID).Branch; now.Active < 10*hour {
		t.Errorf("a day later the new branch has run for %d seconds", now.Active)
	}
	if now := get[endpointAnswer](t, s, path+"/endpoints/"+e.ID).Endpoint; now.State != "active" {
		t.Errorf("the compute is %s", now.State)
	}
}

func TestSchedule_takesSnapshotsByTheClock(t *testing.T) {
	x := newTenant(t)
	path := "/branches/" + x.root + "/backup_schedule"
	if got := get[schedule](t, x.s, x.path+path); got.Schedule == nil || len(got.Schedule) != 0 {
		t.Errorf("schedule = %+v, want none", got)
	}
	x.do(200, "PUT", path, `{"schedule":[{"frequency":"daily","hour":3,"retention_seconds":172800},{"frequency":"weekly","hour":4,"day":1}]}`)
	if got := get[schedule](t, x.s, x.path+path); len(got.Schedule) != 2 {
		t.Errorf("schedule = %+v", got)
	}
	x.s.Advance(5 * 24 * time.Hour) // from a Friday over a Monday
	all := get[struct{ Snapshots []wireSnapshot }](t, x.s, x.path+"/snapshots").Snapshots
	var taken []string
	for _, s := range all {
		if s.Manual {
			t.Errorf("%+v is not manual", s)
		}
		taken = append(taken, s.CreatedAt)
	}
	if !slices.Equal(taken, []string{"2026-11-23T04:00:00Z", "2026-11-24T03:00:00Z", "2026-11-25T03:00:00Z"}) {
		t.Errorf("snapshots taken at %q", taken)
	}
	x.do(200, "PUT", path, `{"schedule":[]}`)
	x.s.Advance(24 * time.Hour)
	if all := get[struct{ Snapshots []wireSnapshot }](t, x.s, x.path+"/snapshots").Snapshots; len(all) != 2 {
		t.Errorf("a day after its end %d snapshots, want those not expired", len(all))
	}
	for _, body := range []string{``, `{}`, `{"schedule":[{"frequency":"sometimes"}]}`, `{"schedule":[{"frequency":"daily","hour":24}]}`, `{"schedule":[{"frequency":"daily","retention_seconds":60}]}`} {
		x.refused(400, "", "PUT", path, body)
	}
	agent := start(t, Config{Projects: 3, Seed: 1})
	branch := get[branchList](t, agent, "/projects/"+agent.IDs()[0]+"/branches").Branches[0].ID
	want(t, agent, 403, "PUT", "/projects/"+agent.IDs()[0]+"/branches/"+branch+"/backup_schedule", `{"schedule":[]}`)
}
