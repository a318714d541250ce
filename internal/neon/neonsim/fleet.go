package neonsim

import (
	"math"
	"sort"
	"strconv"
	"time"
)

const (
	day  = 86400
	hour = 3600

	// history is how long before the anchor the first project was created.
	history = 800 * day
	// recovery is how long a deleted project can be had back (FACTS §2).
	recovery = 7 * day
	// block is the number of projects of which one was deleted before the anchor.
	block = 25

	// ids end in eight digits, which are the project's number, scrambled: an id
	// is found without keeping a table of 300,000.
	idSpace  = 100_000_000
	idFactor = 61_803_399 // has no divisor in common with idSpace

	// firstMade is the number of the first project made by a client, far behind
	// all that the seed will ever create.
	firstMade = 50_000_000
)

// A fleet knows the projects of a seed: which exist when, and what they are
// called. It stores none of them.
type fleet struct {
	seed    uint64
	alive   int   // projects listed at the anchor
	born    int   // projects created until the anchor, the deleted ones included
	anchor  int64 // unix seconds: "now", as the seed sees it
	shift   uint64
	inverse uint64 // of idFactor
}

func newFleet(seed int64, projects int, anchor time.Time) fleet {
	full := projects / (block - 1)
	return fleet{
		seed:    mix(uint64(seed)),
		alive:   projects,
		born:    full*block + projects%(block-1),
		anchor:  anchor.Unix(),
		shift:   mix2(uint64(seed), uint64(saltID)) % idSpace,
		inverse: inverse(idFactor, idSpace),
	}
}

func (f *fleet) hash(index int) uint64 { return mix2(f.seed, uint64(index)) }

// createdAt is when a project came to be. Projects are numbered in that order,
// and there are ever more of them: their number grows with the square of time.
func (f *fleet) createdAt(index int) int64 {
	jitter := 50 + mix2(f.hash(index), uint64(saltCreated))%900
	share := float64(uint64(index)*1000+jitter) / float64(f.born*1000)
	return f.anchor - history + int64(history*math.Sqrt(share))
}

// count is the number of projects that the seed has created until a time.
func (f *fleet) count(at int64) int {
	since := at - f.anchor + history
	if f.born == 0 || since <= 0 {
		return 0
	}
	// Born grows with the square of time; one more, and the search is exact.
	limit := int(float64(f.born)*math.Pow(float64(since)/history, 2)) + 2
	return sort.Search(min(limit, firstMade), func(i int) bool { return f.createdAt(i) > at })
}

// deletedAt is when the seed deletes a project, and 0 for never.
func (f *fleet) deletedAt(index int) int64 {
	r := mix2(f.hash(index), uint64(saltDeleted))
	created := f.createdAt(index)
	inBlock := uint64(index/block) < uint64(f.born/block)
	switch {
	case inBlock && mix2(f.seed^uint64(saltDeleted), uint64(index/block))%block == uint64(index%block):
		return f.beforeAnchor(created, r)
	case index < f.born && r%100 < 3:
		return f.anchor + between(r>>8, hour, 180*day)
	case index >= f.born && r%100 < 4:
		return created + between(r>>8, 3*day, 200*day)
	}
	return 0
}

// beforeAnchor is a time between a creation and the anchor, nearly every third
// one so late that the project can still be recovered.
func (f *fleet) beforeAnchor(created int64, r uint64) int64 {
	from := created + 1
	if recent := f.anchor - recovery + hour; r%10 < 3 && recent > from {
		from = recent
	}
	return between(r>>8, from, f.anchor-1)
}

// id is a project's id: two words and its scrambled number.
func (f *fleet) id(index int) string { return string(f.appendID(nil, index)) }

// appendID is id without waste: a search makes every id of the fleet.
func (f *fleet) appendID(to []byte, index int) []byte {
	r := mix2(f.hash(index), uint64(saltID))
	to = append(append(append(to, pick(r, adjectives)...), '-'), pick(r>>20, nouns)...)
	digits := (uint64(index)*idFactor + f.shift) % idSpace
	return append(append(to, '-'), strconv.FormatUint(idSpace+digits, 10)[1:]...)
}

// index finds the project that an id names.
func (f *fleet) index(id string) (int, bool) {
	if len(id) < 8 {
		return 0, false
	}
	digits, err := strconv.ParseUint(id[len(id)-8:], 10, 64)
	if err != nil {
		return 0, false
	}
	index := int((digits + idSpace - f.shift) % idSpace * f.inverse % idSpace)
	return index, f.id(index) == id
}

// inverse is the number that undoes a multiplication by a modulo m: Euclid's.
func inverse(a, m int64) uint64 {
	x, y, r, s := int64(1), int64(0), a, m
	for s != 0 {
		q := r / s
		r, s = s, r-q*s
		x, y = y, x-q*y
	}
	return uint64((x + m) % m)
}
