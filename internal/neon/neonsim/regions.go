package neonsim

// A place is a region of Neon and how much of the fleet runs there.
type place struct {
	ID, Name  string
	Lat, Long string
	weight    uint64 // of 100
	zone      int    // hours from UTC: when its people are awake
}

var places = []place{
	{"aws-us-east-1", "AWS US East 1 (N. Virginia)", "38.13", "-78.45", 34, -5},
	{"aws-us-east-2", "AWS US East 2 (Ohio)", "39.96", "-83.00", 16, -5},
	{"aws-us-west-2", "AWS US West 2 (Oregon)", "46.15", "-123.88", 12, -8},
	{"aws-eu-central-1", "AWS Europe Central 1 (Frankfurt)", "50.11", "8.68", 18, 1},
	{"aws-eu-west-2", "AWS Europe West 2 (London)", "51.51", "-0.13", 6, 0},
	{"aws-ap-southeast-1", "AWS Asia Pacific 1 (Singapore)", "1.37", "103.80", 8, 8},
	{"aws-ap-southeast-2", "AWS Asia Pacific 2 (Sydney)", "-33.87", "151.21", 4, 10},
	{"aws-sa-east-1", "AWS South America East 1 (São Paulo)", "-23.53", "-46.63", 2, -3},
}

func placeOf(hash uint64) *place {
	r := mix2(hash, uint64(saltRegion)) % 100
	for i := range places {
		if r < places[i].weight {
			return &places[i]
		}
		r -= places[i].weight
	}
	return &places[0]
}

func findPlace(id string) (*place, bool) {
	for i := range places {
		if places[i].ID == id {
			return &places[i], true
		}
	}
	return nil, false
}

// host is the end of a region's host names: us-east-2.aws.neon.tech.
func (p *place) host() string { return p.ID[len("aws-"):] + ".aws.neon.tech" }

// versionOf is a project's Postgres version: most take the default.
func versionOf(hash uint64) int {
	switch r := mix2(hash, uint64(saltVersion)) % 100; {
	case r < 4:
		return 14
	case r < 12:
		return 15
	case r < 30:
		return 16
	case r < 92:
		return 17
	}
	return 18
}
