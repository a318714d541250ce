package neonsim

import (
	"fmt"
	"net/http"
	"time"
)

const (
	lsnStart  = 0x1500000
	lsnSecond = 8192 // bytes of log a second: enough to tell one from the next
)

// lsn is the project's log sequence number at an instant.
func (p *project) lsn(at int64) string {
	n := uint64(lsnStart + max(0, at-p.created)*lsnSecond)
	return fmt.Sprintf("%X/%X", n>>32, uint32(n))
}

func (p *project) lsnTime(text string) (int64, error) {
	var high, low uint32
	if n, err := fmt.Sscanf(text, "%X/%X", &high, &low); err != nil || n != 2 {
		return 0, badRequest("invalid LSN %q", text)
	}
	return p.created + (int64(high)<<32+int64(low)-lsnStart)/lsnSecond, nil
}

// moment reads an instant of the past given as a time or as an LSN; without
// either it is now. It must lie in the history that is kept (FACTS §4).
func (p *project) moment(timestamp, lsn string, b *branch, now int64) (at int64, given bool, err error) {
	switch {
	case timestamp != "" && lsn != "":
		return 0, false, badRequest("timestamp and LSN cannot be specified at the same time")
	case timestamp == "" && lsn == "":
		return now, false, nil
	case lsn != "":
		at, err = p.lsnTime(lsn)
	default:
		at, err = readTime(timestamp)
	}
	if err != nil {
		return 0, false, err
	}
	if at > now || at < now-int64(p.Retention) || at < b.Created {
		return 0, false, refuse(http.StatusUnprocessableEntity, "", "the requested point in time is outside of the history retention window of the branch")
	}
	return at, true, nil
}

func readTime(text string) (int64, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, badRequest("%q is not a date-time", text)
	}
	return at.Unix(), nil
}
