package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
)

// pocketbaseResult is PocketBase's counted list of the same rows, with the
// same indexes and the same client.
type pocketbaseResult struct {
	version string
	list    times
}

// pocketbaseDir is the module of its own that pins PocketBase.
const pocketbaseDir = "internal/bench/pocketbase"

// A record is a tenant as PocketBase gets it.
type record struct {
	Project  string `json:"project"`
	Name     string `json:"name"`
	Plan     string `json:"plan"`
	Region   string `json:"region"`
	State    int64  `json:"state"`
	Created  int64  `json:"made"`
	Seen     int64  `json:"seen"`
	Compute  int64  `json:"cu_pm"`
	Active   int64  `json:"active_pm"`
	Storage  int64  `json:"storage_pm"`
	Transfer int64  `json:"transfer_pm"`
	Written  int64  `json:"written_pm"`
	Worst    int64  `json:"max_pm"`
}

var pocketbaseSorts = []string{"name", "made", "seen", "cu_pm", "active_pm", "storage_pm", "transfer_pm", "written_pm", "max_pm"}

func (b *bench) measurePocketBase(ctx context.Context) (p *pocketbaseResult, err error) {
	b.say("PocketBase: building")
	program := filepath.Join(b.dir, "pocketbase")
	build := exec.CommandContext(ctx, "go", "build", "-C", pocketbaseDir, "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w: %s", err, out)
	}
	b.say("PocketBase: filling")
	serving, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(serving, program, filepath.Join(b.dir, "pb"))
	cmd.Stderr = b.log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	defer func() {
		stop()
		_ = cmd.Wait() // it was told to stop; how it ended says nothing
	}()
	if err := b.sendRecords(ctx, stdin); err != nil {
		return nil, err
	}
	words := bufio.NewReader(stdout)
	line, err := words.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("wait for it to serve: %w", err)
	}
	address, version, _ := strings.Cut(strings.TrimSpace(line), " ")
	b.say("PocketBase: reading")
	p = &pocketbaseResult{version: version}
	return p, p.read(ctx, address, b.rounds)
}

func (b *bench) sendRecords(ctx context.Context, w io.WriteCloser) error {
	listed, err := listFleet(ctx, b.tenants)
	if err != nil {
		return errors.Join(err, w.Close())
	}
	out := bufio.NewWriter(w)
	rows := json.NewEncoder(out)
	for t := range dressed(listed) {
		r := recordOf(t)
		if err := rows.Encode(r); err != nil {
			return errors.Join(err, w.Close())
		}
	}
	return errors.Join(out.Flush(), w.Close())
}

// read asks for the first page in every order, counted, as often as our own.
func (p *pocketbaseResult) read(ctx context.Context, address string, rounds int) error {
	who := &browser{client: &http.Client{}, url: address, buf: make([]byte, 64<<10)}
	for round := -1; round < rounds; round++ {
		for _, by := range pocketbaseSorts {
			for _, direction := range []string{"-", ""} {
				path := "/api/collections/tenants/records?" + url.Values{"perPage": {fmt.Sprint(perPage)}, "sort": {direction + by}}.Encode()
				d, err := took(func() error { _, err := who.get(ctx, path); return err })
				if err != nil {
					return err
				}
				if round >= 0 {
					p.list = append(p.list, d)
				}
			}
		}
	}
	return nil
}

var pocketbaseGoal = goal{must: 0.5, aim: 0.1, unit: "×"}

// line is our list over HTTP beside PocketBase's.
func (p *pocketbaseResult) line(r *result) line {
	ours := r.reads[0]
	q := ratio(ours.http.p50(), p.list.p50())
	l := judged(ours.name+", over HTTP ÷ "+p.version+"'s counted list", pocketbaseGoal, q, fmt.Sprintf("%s × (%s ms)", number(q), pair(ours.http)))
	l.Raw, l.Ratio = pair(p.list)+" ms", number(q)
	return l
}
