# The page scripts, from npm.
FROM node:22-bookworm-slim AS scripts
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY web/static/vendor.mjs web/static/
RUN npm ci --omit=dev

# The program, static.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=scripts /src/web/static/vendor/ web/static/vendor/
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.release=${VERSION}" -o /out/dashboard ./cmd/dashboard \
 && mkdir /out/data /out/tmp

# Nothing but the program, the certificates for Neon's address, a place for data
# and one for temporary files. Times are UTC everywhere: no time zones are needed.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/tmp /tmp
COPY --from=build /out/dashboard /dashboard
USER 65532:65532
ENV DATA_DIR=/data LISTEN_ADDR=:8080
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s --retries=3 CMD ["/dashboard", "healthcheck"]
ENTRYPOINT ["/dashboard"]
CMD ["serve"]
