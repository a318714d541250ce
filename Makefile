# Every day: make run, make test, make check. "make help" lists the rest.
# Nothing here needs root, and without npm everything still builds and works.

BINARY  := bin/dashboard
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.release=$(VERSION)
NPM_CI  := npm ci --no-audit --no-fund --loglevel=error
LINT    := go tool -modfile=tools.mod golangci-lint
LOUD    := printf '\n*** %s\n\n' >&2

# GOTEST is the test command; make check adds the race detector.
GOTEST ?= go test -timeout 15m
PKG    ?= ./...

.DEFAULT_GOAL := help
.PHONY: help run demo dev build test check bench browser generate generated format format-check vet lint vuln image scripts packages clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: scripts build ## the dashboard: against Neon if NEON_API_KEY is set, else with demo data
	@if [ -n "$$NEON_API_KEY$$NEON_API_KEY_FILE" ]; then exec $(BINARY) serve; else exec $(BINARY) demo; fi

demo: scripts build ## the dashboard with simulated data, whatever is set
	@exec $(BINARY) demo

dev: scripts ## demo data; the server restarts when a file changes
	@trap : INT TERM; go tool templ generate --watch --open-browser=false \
		--watch-pattern='(.+\.go$$)|(.+\.templ$$)|(.+\.css$$)|(.+\.js$$)|(.+\.sql$$)' \
		--cmd='go run ./cmd/dashboard demo'; \
	go tool templ generate -path web # watching writes them in a form of its own

build: ## bin/dashboard, one static file
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o $(BINARY) ./cmd/dashboard

# The notice comes before and after, so that nobody takes half for the whole.
test: packages ## every test, on both stores where TEST_DATABASE_URL names a Postgres (PKG=./internal/db/...)
	@left_out() { if [ -z "$$TEST_DATABASE_URL" ]; then $(LOUD) \
		"LEFT OUT: the tests of the store on Postgres, because TEST_DATABASE_URL is not set. Set it to postgres://user@host:5432/database of a server that the tests may fill."; fi; }; \
	left_out; $(GOTEST) $(PKG); code=$$?; left_out; exit $$code

check: format-check generated vet lint ## what CI runs: formats, generated files, vet, lint, tests with the race detector
	$(MAKE) test GOTEST='$(GOTEST) -race'

bench: ## measures the goals of performance.md, writes docs/performance.md (BENCH=full: a year, and PocketBase)
	BENCH='$(BENCH)' go run ./internal/bench

browser: packages build ## the journeys in headless Chromium; they take the README's screenshots
	DASHBOARD=$(BINARY) node e2e/run.mjs

generate: ## Go from templ
	go tool templ generate -path web

# Compared with what was there before, not with the last commit: that way it can
# be run before committing, and on a fresh clone it is the same.
generated: # fails where a generated file is not what its template gives
	@before=$$(find web -name '*_templ.go' -exec sha256sum {} + | sort -k2); \
	go tool templ generate -path web >/dev/null || exit 1; \
	after=$$(find web -name '*_templ.go' -exec sha256sum {} + | sort -k2); \
	[ "$$before" = "$$after" ] || { $(LOUD) "Generated files were out of date and have been written again. Commit them."; git status --short -- web; exit 1; }

format: ## gofmt and templ fmt, in place
	gofmt -w $$(go list -f '{{.Dir}}' ./...)
	go tool templ fmt web

format-check: # fails where a file is not formatted
	@unformatted=$$(gofmt -l $$(go list -e -f '{{.Dir}}' ./...)); \
	[ -z "$$unformatted" ] || { $(LOUD) "Not formatted (make format): $$unformatted"; exit 1; }
	@go tool templ fmt -fail web

vet: # go vet
	go vet ./...

lint: ## golangci-lint; building it takes some minutes the first time
	$(LINT) run ./...

vuln: ## known holes in what we import; needs vuln.go.dev, so CI leaves it out
	go tool -modfile=tools.mod govulncheck ./...

image: ## the container image neonfleet:$(VERSION)
	docker build --build-arg VERSION='$(VERSION)' -t neonfleet:'$(VERSION)' .

# scripts is the little that pages like to have: htmx, its event streams, icons.
# A failed download is no reason not to start.
scripts:
	@if ! command -v npm >/dev/null; then \
		$(LOUD) "npm is missing, so htmx and the icons are: pages reload instead of swapping parts, nothing updates live, buttons have words only. Everything works. Install Node.js 20 or later for the rest."; \
	elif [ package-lock.json -nt node_modules/.package-lock.json ] || [ ! -e web/static/vendor/htmx.min.js ]; then \
		$(NPM_CI) --omit=dev || $(LOUD) "npm could not fetch htmx and the icons (see above). Going on without: pages reload instead of swapping parts, nothing updates live."; \
	fi

# packages is everything from npm: besides the page scripts Neon's published
# definition, neonctl, the browser driver and axe, which tests use.
packages:
	@if ! command -v npm >/dev/null; then \
		$(LOUD) "LEFT OUT: npm is missing, and with it Neon's published API definition, neonctl, the browser driver and axe. Tests that need them cannot pass. Install Node.js 20 or later."; \
	elif [ package-lock.json -nt node_modules/.package-lock.json ] || [ ! -d node_modules/playwright-core ] || [ ! -e web/static/vendor/htmx.min.js ]; then \
		$(NPM_CI) || $(LOUD) "LEFT OUT: npm could not fetch its packages (see above). Tests that need Neon's published definition, neonctl or a browser cannot pass."; \
	fi

clean: ## removes what was built, never data
	rm -rf bin node_modules web/static/vendor/*.js web/static/vendor/*.svg
