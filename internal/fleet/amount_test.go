package fleet

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

func TestAmount_survivesStoreAndJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.OneOf(rapid.Just(Unknown), rapid.Map(rapid.Int64(), Of)).Draw(t, "amount")
		b, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var fromJSON, fromStore Amount
		if err := json.Unmarshal(b, &fromJSON); err != nil || fromJSON != a {
			t.Errorf("from JSON %s: %v (%v), want %v", b, fromJSON, err, a)
		}
		v, err := a.Value()
		if err != nil {
			t.Fatal(err)
		}
		if err := fromStore.Scan(v); err != nil || fromStore != a {
			t.Errorf("from the store: %v (%v), want %v", fromStore, err, a)
		}
	})
}

func TestAmount_unknownIsNoZero(t *testing.T) {
	for _, c := range []struct{ got, want Amount }{
		{Unknown.Add(Of(3)), Of(3)},
		{Of(3).Add(Unknown), Of(3)},
		{Unknown.Add(Unknown), Unknown},
		{Of(1).Add(Of(2)), Of(3)},
		{Unknown.Max(Of(0)), Of(0)},
		{Of(5).Max(Of(4)), Of(5)},
		{Of(5).Max(Unknown), Of(5)},
	} {
		if c.got != c.want {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
	if Unknown.Or(7) != 7 || Of(0).Or(7) != 0 {
		t.Error("Or takes 0 for unknown")
	}
}
