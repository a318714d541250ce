package neon

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// In these tests the clock is the bubble's: SystemClock tells simulated time,
// and an hour passes at once.

var (
	readProject = get(routeProject, "p-1")
	readUsage   = get("/consumption_history/v2/projects")
)

// pass lets simulated time pass.
func pass(t *testing.T, d time.Duration) {
	t.Helper()
	if err := (SystemClock{}).Wait(t.Context(), d); err != nil {
		t.Error(err)
	}
}

// grants collects when calls of a lane were let go.
type grants struct {
	mu sync.Mutex
	at map[Lane][]time.Time
}

// keep takes one call after another in a lane until ctx ends.
func (g *grants) keep(ctx context.Context, b *Budget, lane Lane, r request) {
	for {
		if _, err := b.take(ctx, lane, r); err != nil {
			return
		}
		g.mu.Lock()
		g.at[lane] = append(g.at[lane], time.Now())
		g.mu.Unlock()
	}
}

// busiest returns the most grants that any span of that length has seen.
func busiest(at []time.Time, span time.Duration) int {
	most := 0
	for i := range at {
		n := 0
		for _, t := range at[i:] {
			if t.Sub(at[i]) < span {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// saturate keeps workers calling in each of the lanes for that long.
func saturate(t *testing.T, b *Budget, r request, span time.Duration, workers map[Lane]int) *grants {
	t.Helper()
	g := &grants{at: map[Lane][]time.Time{}}
	ctx, cancel := context.WithTimeout(t.Context(), span)
	defer cancel()
	var wg sync.WaitGroup
	for lane, n := range workers {
		for range n {
			wg.Go(func() { g.keep(ctx, b, lane, r) })
		}
	}
	wg.Wait()
	return g
}

func TestBudget_noMinuteSeesMoreThanTheCeiling(t *testing.T) {
	for _, ceiling := range []int{1, 7, 60, 600} {
		synctest.Test(t, func(t *testing.T) {
			b := NewBudget(BudgetConfig{PerMinute: ceiling})
			at := saturate(t, b, readProject, 5*time.Minute, map[Lane]int{Sync: 4}).at[Sync]
			if n := busiest(at, time.Minute); n > ceiling {
				t.Errorf("ceiling %d: a minute saw %d", ceiling, n)
			}
			if want := 5 * ceiling * 97 / 100; len(at) < want {
				t.Errorf("ceiling %d: %d in 5 minutes, want at least %d", ceiling, len(at), want)
			}
		})
	}
}

func TestBudget_consumptionHasABucketOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetConfig{})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		usage, others := &grants{at: map[Lane][]time.Time{}}, &grants{at: map[Lane][]time.Time{}}
		var wg sync.WaitGroup
		wg.Go(func() { usage.keep(ctx, b, Sync, readUsage) })
		wg.Go(func() { others.keep(ctx, b, Sync, readProject) })
		wg.Wait()
		if n := busiest(usage.at[Sync], time.Minute); n != DefaultConsumptionPerMinute {
			t.Errorf("consumption: a minute saw %d, want %d", n, DefaultConsumptionPerMinute)
		}
		if n := busiest(others.at[Sync], time.Minute); n < 590 || n > 600 {
			t.Errorf("others: a minute saw %d, want about 600", n)
		}
	})
}

func TestBudget_noRouteIsAskedTooOftenASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetConfig{PerMinute: 60000})
		at := saturate(t, b, readProject, 10*time.Second, map[Lane]int{Person: 3, Sync: 3}).at
		all := slices.Concat(at[Person], at[Sync])
		slices.SortFunc(all, time.Time.Compare)
		if n := busiest(all, time.Second); n >= 40 || n < DefaultPerRoutePerSecond {
			t.Errorf("a second saw %d on one route, want %d to 39 (Neon's limit is 40)", n, DefaultPerRoutePerSecond)
		}
	})
}

func TestBudget_aRouteAtItsLimitHoldsNoOtherUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetConfig{PerMinute: 60000})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { _, _ = b.take(ctx, Person, readProject) }) // more than the route takes; ends with ctx
		}
		synctest.Wait()
		if waited, err := b.take(ctx, Sync, get(routeProjects)); err != nil || waited != 0 {
			t.Errorf("waited %v, %v, want to go at once", waited, err)
		}
		wg.Wait()
	})
}

func TestBudget_aRunTakesAThirdWhileTheSyncHasWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetConfig{})
		if _, err := b.take(t.Context(), Sync, readProject); err != nil { // before it, a run may take all
			t.Fatal(err)
		}
		at := saturate(t, b, readProject, 5*time.Minute, map[Lane]int{Run: 8, Sync: 1}).at
		if n := busiest(at[Run], time.Minute); n > 200 || n < 190 {
			t.Errorf("run: a minute saw %d, want up to 200", n)
		}
		if n := busiest(at[Sync], time.Minute); n < 380 {
			t.Errorf("sync: a minute saw %d, want about 400", n)
		}
	})
}

func TestBudget_aRunTakesAllWhileTheSyncHasNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetConfig{})
		if _, err := b.take(t.Context(), Sync, readProject); err != nil {
			t.Fatal(err)
		}
		pass(t, syncIdle)
		at := saturate(t, b, readProject, 2*time.Minute, map[Lane]int{Run: 8}).at
		if n := busiest(at[Run], time.Minute); n < 590 {
			t.Errorf("run: a minute saw %d, want about 600", n)
		}
	})
}

func TestBudget_aPersonGoesBeforeEverybodyWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetConfig{PerMinute: 60}) // one a second
		ctx, cancel := context.WithCancel(t.Context())
		g := &grants{at: map[Lane][]time.Time{}}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { g.keep(ctx, b, Sync, readProject) })
			wg.Go(func() { g.keep(ctx, b, Run, readProject) })
		}
		pass(t, 10*time.Second+500*time.Millisecond)
		for i := range 5 {
			if waited, err := b.take(ctx, Person, readProject); err != nil || waited > time.Second {
				t.Errorf("person %d waited %v, %v, want the very next turn", i, waited, err)
			}
		}
		cancel()
		wg.Wait()
	})
}

func TestBudget_isFirstComeFirstServedWithinALane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetConfig{PerMinute: 60})
		var mu sync.Mutex
		var order []int
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Go(func() {
				_, _ = b.take(t.Context(), Sync, readProject) // does not fail: the context stays
				mu.Lock()
				defer mu.Unlock()
				order = append(order, i)
			})
			synctest.Wait()
		}
		wg.Wait()
		if !slices.IsSorted(order) {
			t.Errorf("order = %v", order)
		}
	})
}

func TestBudget_keepsNothingOfCallersWhoGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := runtime.NumGoroutine()
		b := NewBudget(BudgetConfig{PerMinute: 1})
		if _, err := b.take(t.Context(), Person, readProject); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				if _, err := b.take(ctx, Lane(i%int(lanes)), readProject); !errors.Is(err, context.Canceled) {
					t.Errorf("err = %v, want cancelled", err)
				}
			})
		}
		synctest.Wait()
		if n := waiting(b.Snapshot().Requests); n != 100 {
			t.Errorf("%d wait, want 100", n)
		}
		cancel()
		wg.Wait()
		synctest.Wait()
		if n := waiting(b.Snapshot().Requests); n != 0 {
			t.Errorf("%d still wait", n)
		}
		if n := runtime.NumGoroutine(); n > before {
			t.Errorf("%d goroutines, %d before", n, before)
		}
		if waited, err := b.take(t.Context(), Sync, readProject); err != nil || waited > time.Minute {
			t.Errorf("the next one waited %v, %v, want one turn: those who left took none", waited, err)
		}
	})
}

func waiting(s BucketSnapshot) (n int) {
	for _, l := range s.ByLane {
		n += l.Waiting
	}
	return n
}

func TestBudget_theWholeBucketRestsAfterA429(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetConfig{})
		if d := b.throttled(readProject, 7*time.Second); d != 7*time.Second {
			t.Errorf("rest = %v, want what Neon asked", d)
		}
		if s := b.Snapshot().Requests; s.Throttled != 1 || !s.PausedUntil.Equal(time.Now().Add(7*time.Second)) {
			t.Errorf("snapshot = %+v", s)
		}
		if waited, err := b.take(t.Context(), Sync, readUsage); err != nil || waited != 0 {
			t.Errorf("consumption waited %v, %v: it has its own bucket", waited, err)
		}
		if waited, err := b.take(t.Context(), Person, get(routeProjects)); err != nil || waited.Round(time.Second) != 7*time.Second {
			t.Errorf("another route waited %v, %v, want 7 s", waited, err)
		}
		if s := b.Snapshot().Requests; !s.PausedUntil.IsZero() {
			t.Errorf("still pausing: %+v", s)
		}
	})
}

func TestBudget_restsDoubleUntilAGoodAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetConfig{})
		var got []time.Duration
		for range 9 {
			d := b.throttled(readProject, 0)
			got = append(got, d)
			if again := b.throttled(readProject, 0); again != d {
				t.Errorf("a call that was on its way made %v of %v", again, d)
			}
			pass(t, d)
		}
		const s = time.Second
		want := []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 60 * s, 60 * s, 60 * s}
		if !slices.Equal(got, want) {
			t.Errorf("rests = %v, want %v", got, want)
		}
		b.answered(readProject)
		if d := b.throttled(readProject, 0); d != time.Second {
			t.Errorf("rest after a good answer = %v, want 1 s", d)
		}
	})
}

func TestBudget_ceilingsChangeWhileCallsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetConfig{PerMinute: 1, ConsumptionPerMinute: 1})
		for _, r := range []request{readProject, readUsage} {
			if _, err := b.take(t.Context(), Sync, r); err != nil {
				t.Fatal(err)
			}
		}
		go func() {
			pass(t, time.Second)
			b.SetCeiling(6000, 600)
		}()
		if waited, err := b.take(t.Context(), Sync, readProject); err != nil || waited > 2*time.Second {
			t.Errorf("waited %v, %v, want to go soon after the ceiling rose", waited, err)
		}
		if s := b.Snapshot(); s.Requests.PerMinute != 6000 || s.Consumption.PerMinute != 600 {
			t.Errorf("ceilings = %d, %d", s.Requests.PerMinute, s.Consumption.PerMinute)
		}
		b.SetCeiling(0, -5)
		if s := b.Snapshot(); s.Requests.PerMinute != 1 || s.Consumption.PerMinute != 1 {
			t.Errorf("ceilings = %d, %d, want 1: nobody may wait for ever", s.Requests.PerMinute, s.Consumption.PerMinute)
		}
	})
}

func TestBudget_saysWhatItIsSpentOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetConfig{})
		spend := func(lane Lane, r request, n int) {
			for range n {
				if _, err := b.take(t.Context(), lane, r); err != nil {
					t.Fatal(err)
				}
			}
		}
		spend(Sync, get(routeProjects), 3)
		pass(t, 50*time.Second)
		spend(Person, readProject, 2)
		spend(Sync, readProject, 1)
		spend(Sync, readUsage, 1)

		s := b.Snapshot().Requests
		if s.Spent != 6 || s.ByLane[Person].Spent != 2 || s.ByLane[Run].Spent != 0 || s.ByLane[Sync].Spent != 4 {
			t.Errorf("snapshot = %+v", s)
		}
		if want := []RouteSpending{{"GET", routeProjects, 3}, {"GET", routeProject, 3}}; !slices.Equal(s.ByRoute, want) {
			t.Errorf("by route = %+v, want %+v", s.ByRoute, want)
		}
		if s := b.Snapshot().Consumption; s.Spent != 1 {
			t.Errorf("consumption = %+v", s)
		}
		pass(t, 11*time.Second)
		if s := b.Snapshot().Requests; s.Spent != 3 || len(s.ByRoute) != 1 {
			t.Errorf("a minute later = %+v, want the first three forgotten", s)
		}
	})
}
