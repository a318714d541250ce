package static

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	forever = "public, max-age=31536000, immutable" // the name changes with the content
	recheck = "no-cache"                            // a plain name: kept, but asked about each time
)

// ServeHTTP answers GET and HEAD below Prefix. A name with its hash may be kept
// for ever; a plain name is answered too, for people and bookmarks, but must be
// asked about each time. An old hash is 404: its content is gone.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Only GET and HEAD are answered here.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, Prefix)
	if one, ok := f.hashed[name]; ok {
		one.serve(w, r, forever)
		return
	}
	if one, ok := f.plain[name]; ok {
		one.serve(w, r, recheck)
		return
	}
	http.NotFound(w, r)
}

// serve sends the compressed form to whoever takes it. Each form has an ETag of
// its own, because they differ byte for byte.
func (f *file) serve(w http.ResponseWriter, r *http.Request, caching string) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", caching)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	if f.gzipped != nil && takesGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		h.Set("ETag", `"`+f.hash+`-gzip"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.gzipped))
		return
	}
	h.Set("ETag", `"`+f.hash+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.content))
}

// takesGzip reads an Accept-Encoding header: "gzip", "br;q=1, gzip;q=0.5", "*".
// A quality of 0 is a refusal, and what is said of gzip itself goes before "*".
func takesGzip(header string) bool {
	rest := false
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip":
			return wanted(params)
		case "*":
			rest = wanted(params)
		}
	}
	return rest
}

func wanted(params string) bool {
	value, found := strings.CutPrefix(strings.TrimSpace(params), "q=")
	if !found {
		return true
	}
	quality, err := strconv.ParseFloat(value, 64)
	return err == nil && quality > 0
}
