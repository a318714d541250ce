package static_test

import (
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"neonfleet/web/static"
)

var style = strings.Repeat("body { color: red }\n", 50)

// read makes files of a small tree, changed as a test wishes.
func read(t *testing.T, tree fstest.MapFS) *static.Files {
	t.Helper()
	files, err := static.Read(tree)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return files
}

func small() fstest.MapFS {
	return fstest.MapFS{
		"app.css":            {Data: []byte(style)},
		"app.js":             {Data: []byte("1")},
		"vendor/.keep":       {},
		"vendor/htmx.min.js": {Data: []byte("var htmx")},
		"static.go":          {Data: []byte("package static")},
	}
}

func get(t *testing.T, h http.Handler, address string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, address, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read body: %v", err)
	}
	return string(b)
}

func TestURL_hasTheHashOfTheContent(t *testing.T) {
	before := read(t, small())
	tree := small()
	tree["app.css"] = &fstest.MapFile{Data: []byte("body {}")}
	after := read(t, tree)

	for _, files := range []*static.Files{before, after} {
		if got := files.URL("app.css"); !regexp.MustCompile(`^/static/app\.[0-9a-f]{8}\.css$`).MatchString(got) {
			t.Errorf("URL = %q, want /static/app.<8 hexadecimal digits>.css", got)
		}
	}
	if before.URL("app.css") == after.URL("app.css") {
		t.Error("new content kept the old address")
	}
	if before.URL("app.js") != after.URL("app.js") {
		t.Error("a file that did not change got a new address")
	}
	if got := before.URL("vendor/htmx.min.js"); !strings.HasPrefix(got, "/static/vendor/htmx.min.") {
		t.Errorf("URL = %q, want it below /static/vendor/", got)
	}
}

func TestHashedName_isKeptForEver(t *testing.T) {
	files := read(t, small())

	resp := get(t, files, files.URL("app.css"))

	if resp.StatusCode != http.StatusOK {
		t.Fatalf("status = %d, want 200", resp.StatusCode)
	}
	for name, want := range map[string]string{
		"Cache-Control":          "public, max-age=31536000, immutable",
		"Content-Type":           "text/css; charset=utf-8",
		"X-Content-Type-Options": "nosniff",
		"Vary":                   "Accept-Encoding",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if got := body(t, resp.Body); got != style {
		t.Errorf("body has %d bytes, want the file's %d", len(got), len(style))
	}
}

func TestPlainName_mustBeAskedAboutEachTime(t *testing.T) {
	resp := get(t, read(t, small()), "/static/app.css")
	if got := resp.Header.Get("Cache-Control"); resp.StatusCode != http.StatusOK || got != "no-cache" {
		t.Errorf("status %d with Cache-Control %q, want 200 with no-cache", resp.StatusCode, got)
	}
}

func TestNotFound(t *testing.T) {
	files := read(t, small())
	for name, address := range map[string]string{
		"an old hash":                  "/static/app.00000000.css",
		"a file that is not there":     files.URL("vendor/sse.min.js"),
		"a kind that is no page's":     "/static/static.go",
		"the file that keeps a folder": "/static/vendor/.keep",
		"a folder":                     "/static/vendor/",
		"a way out":                    "/static/../static.go",
		"nothing":                      "/static/",
	} {
		if got := get(t, files, address).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s (%s): status = %d, want 404", name, address, got)
		}
	}
}

func TestCompressed_forWhoeverTakesIt(t *testing.T) {
	files := read(t, small())
	address := files.URL("app.css")
	for header, want := range map[string]bool{
		"":                            false,
		"gzip":                        true,
		"GZIP, deflate, br":           true,
		"br;q=1.0, gzip;q=0.8, *;q=0": true,
		"gzip;q=0":                    false,
		"gzip;q=0, *":                 false,
		"*":                           true,
		"br, *;q=0":                   false,
		"identity":                    false,
		"gzip;q=nonsense":             false,
	} {
		resp := get(t, files, address, "Accept-Encoding", header)
		if got := resp.Header.Get("Content-Encoding") == "gzip"; got != want {
			t.Errorf("Accept-Encoding %q: compressed = %v, want %v", header, got, want)
			continue
		}
		if !want {
			continue
		}
		unzipped, err := gzip.NewReader(resp.Body)
		if err != nil {
			t.Fatalf("Accept-Encoding %q: %v", header, err)
		}
		if got := body(t, unzipped); got != style {
			t.Errorf("Accept-Encoding %q: %d bytes after unpacking, want %d", header, len(got), len(style))
		}
	}
	if got := get(t, files, files.URL("app.js"), "Accept-Encoding", "gzip").Header.Get("Content-Encoding"); got != "" {
		t.Errorf("a byte that compressing makes longer came with Content-Encoding %q", got)
	}
}

func TestETag_answersWithoutTheContent(t *testing.T) {
	files := read(t, small())
	address := files.URL("app.css")
	plain := get(t, files, address).Header.Get("ETag")
	zipped := get(t, files, address, "Accept-Encoding", "gzip").Header.Get("ETag")
	if plain == "" || zipped == "" || plain == zipped {
		t.Fatalf("ETags %q and %q, want two that differ", plain, zipped)
	}
	resp := get(t, files, address, "If-None-Match", plain)
	if got := body(t, resp.Body); resp.StatusCode != http.StatusNotModified || got != "" {
		t.Errorf("status %d with %d bytes, want 304 with none", resp.StatusCode, len(got))
	}
	if got := get(t, files, address, "If-None-Match", `"other"`).StatusCode; got != http.StatusOK {
		t.Errorf("another ETag: status = %d, want 200", got)
	}
}

func TestOtherMethods_areRefused(t *testing.T) {
	files := read(t, small())
	w := httptest.NewRecorder()
	files.ServeHTTP(w, httptest.NewRequest(http.MethodPost, files.URL("app.css"), nil))
	if got := w.Header().Get("Allow"); w.Code != http.StatusMethodNotAllowed || got != "GET, HEAD" {
		t.Errorf("POST: status %d, Allow %q, want 405 and GET, HEAD", w.Code, got)
	}
	w = httptest.NewRecorder()
	files.ServeHTTP(w, httptest.NewRequest(http.MethodHead, files.URL("app.css"), nil))
	if w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("HEAD: status %d with %d bytes, want 200 with none", w.Code, w.Body.Len())
	}
}

func TestRead_saysWhichFileFailed(t *testing.T) {
	_, err := static.Read(broken{small()})
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "app.css") {
		t.Errorf("err = %v, want one that names app.css", err)
	}
}

// broken is a tree whose style sheet cannot be opened.
type broken struct{ fstest.MapFS }

func (b broken) Open(name string) (fs.File, error) {
	if name == "app.css" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return b.MapFS.Open(name)
}

func (b broken) ReadFile(name string) ([]byte, error) {
	f, err := b.Open(name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(f)
}

func TestEmbedded_hasOurOwnFilesAlways(t *testing.T) {
	for _, name := range []string{"app.css", "app.js", "favicon.svg"} {
		if !static.Has(name) {
			t.Errorf("Has(%q) = false", name)
		}
		if got := get(t, static.Handler(), static.URL(name)).StatusCode; got != http.StatusOK {
			t.Errorf("%s: status = %d, want 200", static.URL(name), got)
		}
	}
}

// With npm the files of vendor/ are in the folder and so in the program; without
// they are in neither.
func TestEmbedded_hasOfVendorWhatNpmBrought(t *testing.T) {
	for _, name := range []string{static.HTMX, static.SSE, static.Icons} {
		_, err := os.Stat(path.Clean(name))
		brought := err == nil
		if got := static.Has(name); got != brought {
			t.Errorf("Has(%q) = %v, want %v", name, got, brought)
		}
		want := http.StatusNotFound
		if brought {
			want = http.StatusOK
		}
		if got := get(t, static.Handler(), static.URL(name)).StatusCode; got != want {
			t.Errorf("%s: status = %d, want %d", static.URL(name), got, want)
		}
	}
}
