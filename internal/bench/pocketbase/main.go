// Command pocketbase serves PocketBase with the rows that it gets on its
// standard input, one JSON object a line, so that make bench BENCH=full can
// compare lists. It is a module of its own: nothing of PocketBase comes near
// the dashboard's dependencies.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	_ "github.com/pocketbase/pocketbase/migrations" // its own tables
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "pocketbase: the one argument is a folder for its data")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pocketbase:", err)
		os.Exit(1)
	}
}

// run fills a new PocketBase and serves it until it is ended from outside. The
// one line it prints is its address and its name with version.
func run(dir string, rows io.Reader, stdout io.Writer) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	if err := app.Bootstrap(); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := app.RunAllMigrations(); err != nil {
		return fmt.Errorf("make its tables: %w", err)
	}
	if err := fill(app, rows); err != nil {
		return err
	}
	router, err := apis.NewRouter(app)
	if err != nil {
		return fmt.Errorf("make its routes: %w", err)
	}
	mux, err := router.BuildMux()
	if err != nil {
		return fmt.Errorf("make its routes: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "http://%s PocketBase %s\n", listener.Addr(), version())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	return server.Serve(listener)
}

var (
	texts   = []string{"project", "name", "plan", "region"}
	numbers = []string{"state", "made", "seen", "cu_pm", "active_pm", "storage_pm", "transfer_pm", "written_pm", "max_pm"}
)

// fill makes the collection, readable by anybody, and its rows. Each column
// that is sorted by has an index, with PocketBase's own id behind it.
func fill(app core.App, rows io.Reader) error {
	c := core.NewBaseCollection("tenants")
	c.ListRule = types.Pointer("")
	for _, name := range texts {
		c.Fields.Add(&core.TextField{Name: name})
	}
	for _, name := range numbers {
		c.Fields.Add(&core.NumberField{Name: name})
	}
	for _, name := range append([]string{"name"}, numbers[1:]...) {
		c.AddIndex("tenants_"+name, false, name+", id", "")
	}
	if err := app.Save(c); err != nil {
		return fmt.Errorf("make the collection: %w", err)
	}
	return app.RunInTransaction(func(tx core.App) error { return insert(tx, rows) })
}

func insert(tx core.App, rows io.Reader) error {
	columns := append(append([]string{"id"}, texts...), numbers...)
	query := tx.DB().NewQuery("INSERT INTO tenants (" + strings.Join(columns, ", ") + ") VALUES ({:" + strings.Join(columns, "}, {:") + "})").Prepare()
	defer query.Close()
	lines := json.NewDecoder(bufio.NewReader(rows))
	for n := 1; ; n++ {
		row := dbx.Params{}
		if err := lines.Decode((*map[string]any)(&row)); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read row %d: %w", n, err)
		}
		row["id"] = fmt.Sprintf("t%014d", n)
		if _, err := query.Bind(row).Execute(); err != nil {
			return fmt.Errorf("store row %d: %w", n, err)
		}
	}
}

// version is PocketBase's, as it is pinned.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, d := range info.Deps {
		if d.Path == "github.com/pocketbase/pocketbase" {
			return d.Version
		}
	}
	return ""
}
