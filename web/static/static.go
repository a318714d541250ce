// Package static holds what a browser needs beside the pages: the style sheet,
// our script, the favicon, and in vendor/ what npm brought (htmx, its
// event-stream extension, the icon sprite). Everything is embedded and served
// under a name with a hash of its content, so that a browser may keep it for
// ever and still gets every new version at once.
//
// vendor/ is empty where npm never ran. A page asks Has before it names a file
// of vendor/; everything else works without.
package static

import (
	"embed"
	"net/http"
	"sync"
)

// The names in vendor/ that a page may ask for, if Has says they are there.
const (
	HTMX  = "vendor/htmx.min.js"
	SSE   = "vendor/sse.min.js"
	Icons = "vendor/icons.svg"
)

// Prefix is where the files live in the address space.
const Prefix = "/static/"

//go:embed *.css *.js *.svg all:vendor
var content embed.FS

// embedded reads, hashes and compresses the embedded files once, when the first
// of them is asked for.
var embedded = sync.OnceValue(func() *Files {
	files, err := Read(content)
	if err != nil {
		panic("static: the embedded files cannot be read: " + err.Error()) // impossible: they are part of the program
	}
	return files
})

// URL is the address of a file by its plain name, with the hash of its content:
// URL("app.css") is "/static/app.3f2a91c0.css". A name that is not there gives
// its plain address, which answers 404.
func URL(name string) string { return embedded().URL(name) }

// Has reports whether the file is there; only those of vendor/ may be missing.
func Has(name string) bool { return embedded().Has(name) }

// Handler serves the embedded files below Prefix. The files are compressed
// already: a compressing middleware must leave them alone.
func Handler() http.Handler { return embedded() }
