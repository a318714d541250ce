package observe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"

	"golang.org/x/sync/errgroup"
)

const (
	// patience is how long a page waits for Neon before it shows what was last
	// seen. Live answers come within 2 s, one way or the other.
	patience = 1600 * time.Millisecond
	// lastOperations is how many operations are read with a project.
	lastOperations = 20
)

// A Reader reads a tenant's project from Neon while somebody waits, and
// remembers what it saw for when Neon does not answer.
type Reader struct {
	Neon *neon.Client // of the person's lane
	DB   *db.DB
	Now  func() time.Time
}

// A Seen is what is known of a project: just read, or as last seen and why.
type Seen struct {
	Live    bool
	Project fleet.Live // its At is zero where nobody ever looked
	Why     string     // why it is not live, a sentence; "" it is
	Request string     // Neon's request id of the failure
}

// Look reads a project's counters, branches, computes and last operations,
// within 2 s. What it finds is stored; where Neon fails or is slow, Seen has
// what was seen last. The error is the store's, never Neon's.
func (r *Reader) Look(ctx context.Context, id fleet.TenantID) (Seen, error) {
	now := r.Now()
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	live, counters, err := r.ask(asking, string(id))
	if err != nil {
		return r.remember(ctx, id, err)
	}
	live.At, counters.At = now, now
	return Seen{Live: true, Project: live}, r.keep(ctx, id, live, counters)
}

// ask reads the four parts at once.
func (r *Reader) ask(ctx context.Context, id string) (live fleet.Live, counters db.ProjectCounters, err error) {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		p, err := r.Neon.Projects.Get(ctx, id)
		counters = Counters(p)
		return err
	})
	g.Go(func() (err error) {
		live.Branches, err = allBranches(ctx, r.Neon, id)
		return err
	})
	g.Go(func() error {
		list, err := r.Neon.Endpoints.List(ctx, id)
		live.Endpoints = Endpoints(list)
		return err
	})
	g.Go(func() error {
		for p, err := range r.Neon.Operations.Pages(ctx, id, neon.OperationQuery{Limit: lastOperations}) {
			live.Operations = Operations(p.Items)
			return err // the first page is enough
		}
		return nil
	})
	return live, counters, g.Wait()
}

// keep stores what was seen. Each part is a fact of its own: a stop between
// two of them loses nothing that the next look does not bring again.
func (r *Reader) keep(ctx context.Context, id fleet.TenantID, live fleet.Live, counters db.ProjectCounters) error {
	ctx = context.WithoutCancel(ctx) // the answer is paid for, even if the browser has left
	if err := r.DB.PutLive(ctx, id, live); err != nil {
		return err
	}
	if err := r.DB.CountersPage(ctx, db.SyncMark{}, []db.ProjectCounters{counters}); err != nil {
		return err
	}
	if size := live.LargestBranch(); size.Known() {
		if err := r.DB.BranchesPage(ctx, db.SyncMark{}, []db.LargestBranch{{ID: id, At: live.At, Size: size}}); err != nil {
			return err
		}
	}
	return r.DB.EndpointsPage(ctx, db.SyncMark{}, []db.ProjectEndpoints{{ID: id, At: live.At, Endpoints: live.Endpoints}})
}

// remember is what was last seen, and why it is not live.
func (r *Reader) remember(ctx context.Context, id fleet.TenantID, cause error) (Seen, error) {
	if ctx.Err() != nil {
		return Seen{}, ctx.Err() // the browser has left
	}
	s := Seen{Why: why(cause)}
	if e, ok := errors.AsType[*neon.Error](cause); ok {
		s.Request = e.RequestID
	}
	live, _, err := r.DB.Live(ctx, id)
	s.Project = live
	return s, err
}

// why is the cause for people.
func why(err error) string {
	e, ok := errors.AsType[*neon.Error](err)
	late := errors.Is(err, context.DeadlineExceeded)
	switch {
	case ok && e.Status == http.StatusTooManyRequests:
		return "Neon's rate limit is used up for the moment (429)."
	case ok && late && e.Status != 0:
		return fmt.Sprintf("Neon answered %d and was not well again within two seconds.", e.Status)
	case late:
		return "Neon did not answer within two seconds."
	case !ok || e.Status == 0:
		return "Neon could not be reached."
	case neon.IsNotFound(err):
		return "Neon has no project of this id, or the key may not see it."
	case e.Status < http.StatusMultipleChoices:
		return "Neon's answer could not be used."
	case e.Foreign:
		return fmt.Sprintf("Something answered in Neon's place (%d).", e.Status)
	}
	return fmt.Sprintf("Neon refused: %s (%d).", strings.TrimSuffix(fleet.CleanText(e.Message), "."), e.Status)
}
