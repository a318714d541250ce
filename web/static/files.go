package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// types are the kinds of files there are; any other is not served. The list is
// ours because the system's table of types differs from machine to machine.
var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".png":   "image/png",
	".woff2": "font/woff2",
}

// Files are static files by their names, with and without hash.
type Files struct {
	plain  map[string]*file // "app.css"
	hashed map[string]*file // "app.3f2a91c0.css"
}

type file struct {
	address string // "/static/app.3f2a91c0.css"
	kind    string // Content-Type
	hash    string // of the content, 8 hexadecimal digits
	content []byte
	gzipped []byte // nil where compressing does not make it smaller
}

// Read takes in every file of the tree that is of a known type. Names that
// begin with a dot are left out.
func Read(tree fs.FS) (*Files, error) {
	files := &Files{plain: map[string]*file{}, hashed: map[string]*file{}}
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		kind, known := types[path.Ext(name)]
		if err != nil || entry.IsDir() || !known || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		return files.add(tree, name, kind)
	})
	if err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	return files, nil
}

func (f *Files) add(tree fs.FS, name, kind string) error {
	content, err := fs.ReadFile(tree, name)
	if err != nil {
		return err
	}
	gzipped, err := compress(content)
	if err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:4])
	ext := path.Ext(name)
	withHash := strings.TrimSuffix(name, ext) + "." + hash + ext
	one := &file{address: Prefix + withHash, kind: kind, hash: hash, content: content, gzipped: gzipped}
	f.plain[name], f.hashed[withHash] = one, one
	return nil
}

// URL is the address of a file by its plain name, with its hash; of one that is
// not there the plain address, which answers 404.
func (f *Files) URL(name string) string {
	if one, ok := f.plain[name]; ok {
		return one.address
	}
	return Prefix + name
}

// Has reports whether there is a file of this plain name.
func (f *Files) Has(name string) bool {
	_, ok := f.plain[name]
	return ok
}

func compress(content []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if out.Len() >= len(content) {
		return nil, nil
	}
	return out.Bytes(), nil
}
