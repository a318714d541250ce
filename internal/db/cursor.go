package db

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"

	"neonfleet/internal/fleet"
)

// A cursor in an address is a place in an order: the sort, the key and the id
// of a row, with a checksum, since people copy addresses by halves. It is
// opaque to everybody else.

// cursor writes a place.
func (o order) cursor(e entry) string {
	b := append([]byte(o.sort.String()), 0)
	b = binary.AppendVarint(b, e.id)
	b = binary.AppendVarint(b, e.num)
	b = append(b, e.text...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return base64.RawURLEncoding.EncodeToString(b)
}

// place reads a cursor; parameter names it in the refusal.
func (o order) place(parameter, cursor string) (entry, error) {
	damaged := fleet.Errorf(fleet.Invalid, "%s: the place in the list is damaged, or belongs to another order. Begin at the first page.", parameter)
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(b) < 4 {
		return entry{}, damaged
	}
	b, sum := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	key := o.sort.String() + "\x00"
	if crc32.ChecksumIEEE(b) != sum || len(b) < len(key) || string(b[:len(key)]) != key {
		return entry{}, damaged
	}
	b = b[len(key):]
	id, n := binary.Varint(b)
	if n <= 0 {
		return entry{}, damaged
	}
	num, m := binary.Varint(b[n:])
	if m <= 0 {
		return entry{}, damaged
	}
	return entry{id: id, num: num, text: string(b[n+m:])}, nil
}
