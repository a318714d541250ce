# The steps of .ci/run that are more than one command. Sourced by it. Each runs
# behind "||", where bash ignores set -e: so every line that may fail says so.

# install_missing installs what a bare machine lacks. Only root can; for anybody
# else it says what is missing.
install_missing() {
	local want=()
	command -v go >/dev/null || { say "Go is missing. Install the version that go.mod names."; return 1; }
	command -v npm >/dev/null || { say "npm is missing. Install Node.js 20 or later."; return 1; }
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || want+=(chromium)
	command -v make >/dev/null || want+=(make)
	command -v gcc >/dev/null || want+=(gcc libc6-dev) # the race detector needs cgo
	command -v curl >/dev/null || want+=(curl)
	command -v file >/dev/null || want+=(file)
	command -v psql >/dev/null || want+=(postgresql-client)
	[[ ${#want[@]} -eq 0 ]] && return 0
	if [[ $(id -u) -ne 0 ]]; then
		say "Missing, and only root can install: ${want[*]}"
		return 1
	fi
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q && apt-get install -q -y --no-install-recommends "${want[@]}"
}

postgres_answers() {
	psql "$TEST_DATABASE_URL" -v ON_ERROR_STOP=1 -Atc 'SHOW server_version' && return 0
	say "No PostgreSQL answers at TEST_DATABASE_URL. Half of the store's tests need one: start it, or name another."
	return 1
}

lock_is_clean() {
	if grep -nE '"resolved"|registry\.' package-lock.json; then
		say "package-lock.json names where packages were downloaded from. .npmrc should have kept that out: npm install again with it."
		return 1
	fi
}

# without_node builds and tests a copy of the tree that npm never touched, with
# every program in PATH but those of Node.js.
without_node() {
	local dir="$logs/no-node" f name
	mkdir -p "$dir/bin" "$dir/src" || return 1
	local IFS=:
	for dirname in $PATH; do
		for f in "$dirname"/*; do
			name=${f##*/}
			case $name in node | nodejs | npm | npx | corepack) continue ;; esac
			[[ -x $f && ! -e $dir/bin/$name ]] && ln -s "$f" "$dir/bin/$name"
		done
	done
	unset IFS
	tar --exclude=./.git --exclude=./node_modules --exclude=./bin --exclude=./data \
		--exclude='./web/static/vendor/*.js' --exclude='./web/static/vendor/*.svg' -cf - . | tar -xf - -C "$dir/src" || return 1
	(
		cd "$dir/src" || exit 1
		export PATH="$dir/bin" NEONFLEET_NO_NODE=1
		! command -v node && ! command -v npm || exit 1
		make --no-print-directory scripts build && go test ./web/... ./internal/handlers/... ./internal/config/...
	)
}

# nobody runs a program as a user without rights, where we may change users. A
# list and no function, so that a signal to the job reaches the program itself.
nobody=()
[[ $(id -u) -ne 0 ]] || nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent)

# static_binary runs the program of the container image without the container:
# static, and as a user without rights beside the simulated Neon.
static_binary() {
	local dir="$logs/static" code=0
	mkdir -p "$dir/data" || return 1
	CGO_ENABLED=0 go build -trimpath -o "$dir/dashboard" ./cmd/dashboard || return 1
	file "$dir/dashboard"
	if ! file "$dir/dashboard" | grep -q 'statically linked' || ldd "$dir/dashboard" 2>/dev/null; then
		say "The binary is not static."
		return 1
	fi
	chmod 755 "$logs" "$dir" && { [[ $(id -u) -ne 0 ]] || chown 65534:65534 "$dir/data"; } || return 1
	"${nobody[@]}" "$dir/dashboard" version || return 1
	serve_a_while "$dir" || code=$?
	return "$code"
}

# serve_a_while starts the simulator and a dashboard on it, waits until its own
# health check is content, and stops it: it must end by itself and cleanly.
serve_a_while() {
	local dir=$1 key=napi_ci_0123456789 base=$((20000 + RANDOM % 20000)) sim serve code=0
	"${nobody[@]}" "$dir/dashboard" simulate --addr "127.0.0.1:$base" --projects 20 --key "$key" >"$dir/simulate.log" 2>&1 &
	sim=$!
	export NEON_API_KEY=$key NEON_API_URL="http://127.0.0.1:$base/api/v2" DATA_DIR="$dir/data" LISTEN_ADDR="127.0.0.1:$((base + 1))"
	"${nobody[@]}" "$dir/dashboard" serve >"$dir/serve.log" 2>&1 &
	serve=$!
	wait_until_healthy "$dir" || code=1
	[[ $code -ne 0 ]] || curl -fsS -o /dev/null "http://$LISTEN_ADDR/login" || code=1
	kill -TERM "$serve" "$sim" 2>/dev/null
	wait "$serve" || { say "dashboard serve ended with $?, want 0 on SIGTERM."; code=1; }
	wait "$sim" || true
	unset NEON_API_KEY NEON_API_URL DATA_DIR LISTEN_ADDR
	[[ $code -eq 0 ]] || cat "$dir/simulate.log" "$dir/serve.log"
	return "$code"
}

wait_until_healthy() {
	for _ in $(seq 100); do
		"${nobody[@]}" "$1/dashboard" healthcheck >/dev/null 2>&1 && return 0
		sleep 0.2
	done
	say "No /healthz after 20 s."
	return 1
}

# container_image builds the image and runs it until it is healthy, where an
# engine answers and the base images can be had.
container_image() {
	local id image
	if ! docker info >/dev/null 2>&1; then
		say "*** LEFT OUT: the container image, because no container engine answers here. The binary above is the one it holds."
		return 0
	fi
	for image in $(sed -n 's/^FROM \([^ ]*:[^ ]*\).*/\1/p' Dockerfile); do
		docker image inspect "$image" >/dev/null 2>&1 || docker pull -q "$image" || {
			say "*** LEFT OUT: the container image, because $image cannot be had here."
			return 0
		}
	done
	docker build -q -t neonfleet:ci . || return 1
	id=$(docker run -d --rm --read-only --tmpfs /tmp neonfleet:ci demo --projects 20 --data /tmp/demo) || return 1
	for _ in $(seq 60); do
		[[ $(docker inspect -f '{{.State.Health.Status}}' "$id") == healthy ]] && { docker stop "$id"; return 0; }
		sleep 1
	done
	docker logs "$id"
	docker stop "$id"
	say "The container did not become healthy in 60 s."
	return 1
}
