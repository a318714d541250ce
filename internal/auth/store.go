package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"neonfleet/internal/fleet"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
)

// Sessions is what the Store asks of the store behind it. Session is NotFound
// for one that is over, for whatever reason; SaveSession too, so that one that
// was ended does not come back.
type Sessions interface {
	CreateSession(ctx context.Context, s fleet.Session) error
	Session(ctx context.Context, key string, now time.Time) (fleet.Session, fleet.Staff, error)
	SaveSession(ctx context.Context, s fleet.Session) error
	EndSession(ctx context.Context, key string) error
}

// seenEvery is how exact SeenAt is: a write for every page would cost more
// than it tells.
const seenEvery = 5 * time.Minute

// longestAgent is how much is kept of what a browser calls itself.
const longestAgent = 256

// A Store keeps sessions on the server, for gorilla/sessions: the cookie is a
// signed random id, and only its hash is stored. Who is not signed in has no
// session.
type Store struct {
	rows   Sessions
	codecs []securecookie.Codec
	secure bool
	now    func() time.Time // the system's clock
	log    *slog.Logger
}

var _ sessions.Store = (*Store)(nil)

// NewStore makes a Store over rows. The first of keys signs cookies, all
// verify; secure says that browsers reach us by https only.
func NewStore(rows Sessions, keys [][]byte, secure bool, now func() time.Time, log *slog.Logger) (*Store, error) {
	if len(keys) == 0 {
		return nil, errors.New("sessions need a key that signs them")
	}
	var pairs [][]byte
	for _, key := range keys {
		pairs = append(pairs, key, nil)
	}
	codecs := securecookie.CodecsFromPairs(pairs...)
	for _, c := range codecs {
		if signed, ok := c.(*securecookie.SecureCookie); ok {
			signed.MaxAge(0) // the row says how long; one place is enough
		}
	}
	return &Store{rows, codecs, secure, now, log}, nil
}

// Name is the cookie's: with __Host- no other site of the domain can set it,
// which browsers grant to Secure cookies only.
func (s *Store) Name() string {
	if s.secure {
		return "__Host-fleet"
	}
	return "fleet"
}

// A Visit is a request of somebody signed in.
type Visit struct {
	Staff   fleet.Staff
	Session fleet.Session
}

// visitKey is where a session's Values hold its Visit; it is not stored.
type visitKey struct{}

// Visit says who sent the request; ok is false if nobody is signed in. An
// error is the store's, never the browser's.
func (s *Store) Visit(r *http.Request) (v Visit, ok bool, err error) {
	sess, err := s.Session(r)
	if err != nil {
		return Visit{}, false, err
	}
	v, ok = sess.Values[visitKey{}].(Visit)
	return v, ok, nil
}

// Session is the request's session, for flashes and the like.
func (s *Store) Session(r *http.Request) (*sessions.Session, error) { return s.Get(r, s.Name()) }

// Get is the session of this name, read once for each request.
func (s *Store) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New reads the session. A cookie that is forged, old or of a session that is
// over makes a new session and no error.
func (s *Store) New(r *http.Request, name string) (*sessions.Session, error) {
	sess := sessions.NewSession(s, name)
	sess.IsNew = true
	sess.Options = &sessions.Options{Path: "/", MaxAge: int(fleet.SessionLife.Seconds()), Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	c, err := r.Cookie(name)
	if err != nil {
		return sess, nil //nolint:nilerr // no cookie, no session
	}
	var id string
	if err := securecookie.DecodeMulti(name, c.Value, &id, s.codecs...); err != nil {
		return sess, nil //nolint:nilerr // a cookie that is not ours
	}
	visit, err := s.load(r.Context(), id)
	if fleet.KindOf(err) == fleet.NotFound {
		return sess, nil
	}
	if err != nil {
		return sess, err
	}
	values := map[any]any{}
	if err := (securecookie.GobEncoder{}).Deserialize(visit.Session.Data, &values); err != nil {
		s.log.WarnContext(r.Context(), "a session's data cannot be read; going on without", "err", err)
		values = map[any]any{}
	}
	values[visitKey{}] = visit
	sess.ID, sess.IsNew, sess.Values = id, false, values
	return sess, nil
}

// load reads a session and, now and then, notes that it was used.
func (s *Store) load(ctx context.Context, id string) (v Visit, err error) {
	now := s.now()
	v.Session, v.Staff, err = s.rows.Session(ctx, key(id), now)
	if err != nil || now.Sub(v.Session.SeenAt) < seenEvery {
		return v, err
	}
	seen := v.Session.Seen(now)
	switch err := s.rows.SaveSession(ctx, seen); {
	case fleet.KindOf(err) == fleet.NotFound:
		return v, err
	case err != nil: // a store that cannot write can still be read
		s.log.WarnContext(ctx, "a session cannot be extended", "err", err)
	default:
		v.Session = seen
	}
	return v, nil
}

// Save stores the session's values and sets the cookie; before the first byte
// of the answer. One that ended meanwhile stays ended.
func (s *Store) Save(r *http.Request, w http.ResponseWriter, sess *sessions.Session) error {
	visit, ok := sess.Values[visitKey{}].(Visit)
	if sess.Options.MaxAge < 0 {
		return s.end(r, w, sess)
	}
	if !ok {
		return errors.New("save session: nobody is signed in")
	}
	values := maps.Clone(sess.Values)
	delete(values, visitKey{})
	var err error
	if visit.Session.Data, err = (securecookie.GobEncoder{}).Serialize(values); err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	if sess.ID == "" {
		sess.ID = rand.Text()
		visit.Session.Key = key(sess.ID)
		err = s.rows.CreateSession(r.Context(), visit.Session)
	} else {
		visit.Session = visit.Session.Seen(s.now())
		err = s.rows.SaveSession(r.Context(), visit.Session)
	}
	if fleet.KindOf(err) == fleet.NotFound {
		return s.end(r, w, sess)
	}
	if err != nil {
		return err
	}
	sess.IsNew, sess.Values[visitKey{}] = false, visit
	return s.setCookie(w, sess, visit.Session)
}

func (s *Store) setCookie(w http.ResponseWriter, sess *sessions.Session, row fleet.Session) error {
	value, err := securecookie.EncodeMulti(sess.Name(), sess.ID, s.codecs...)
	if err != nil {
		return fmt.Errorf("sign the session's cookie: %w", err)
	}
	options := *sess.Options
	options.MaxAge = int(max(row.CreatedAt.Add(fleet.SessionLife).Sub(s.now()), time.Second).Seconds())
	http.SetCookie(w, sessions.NewCookie(sess.Name(), value, &options))
	return nil
}

// Begin signs staff in: whatever session the browser had ends, and a new one
// with a new id begins, so that nobody can plant one beforehand. address is
// the network address it is listed with.
func (s *Store) Begin(w http.ResponseWriter, r *http.Request, staff fleet.Staff, address string) error {
	sess, err := s.Session(r)
	if err != nil {
		return err
	}
	if sess.ID != "" {
		if err := s.rows.EndSession(r.Context(), key(sess.ID)); err != nil {
			return err
		}
	}
	now := s.now()
	row := fleet.Session{Staff: staff.ID, Epoch: staff.Epoch, CreatedAt: now, Address: address, Agent: agent(r)}
	sess.ID, sess.IsNew = "", true
	sess.Values = map[any]any{visitKey{}: Visit{Staff: staff, Session: row.Seen(now)}}
	return s.Save(r, w, sess)
}

// End signs out: the session is over and the browser forgets the cookie.
func (s *Store) End(w http.ResponseWriter, r *http.Request) error {
	sess, err := s.Session(r)
	if err != nil {
		return err
	}
	return s.end(r, w, sess)
}

func (s *Store) end(r *http.Request, w http.ResponseWriter, sess *sessions.Session) error {
	if sess.ID != "" {
		if err := s.rows.EndSession(r.Context(), key(sess.ID)); err != nil {
			return err
		}
	}
	sess.ID, sess.IsNew, sess.Values = "", true, map[any]any{}
	options := *sess.Options
	options.MaxAge = -1
	http.SetCookie(w, sessions.NewCookie(sess.Name(), "", &options))
	return nil
}

// key is what a session is stored under: whoever reads the table cannot sign
// in with it.
func key(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}

func agent(r *http.Request) string {
	a := r.UserAgent()
	return fleet.CleanText(a[:min(len(a), longestAgent)])
}
