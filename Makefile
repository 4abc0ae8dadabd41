# Maru. `make` prints this help.
.DEFAULT_GOAL := help
GO ?= go
LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.7.2

help: ## this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

# The console is built once, and again when something under web changes. Without node the
# binary still builds: it serves the API and a page that says how to get the console.
UI := web/dist/app/index.html
ui: $(UI) ## build the console into web/dist/app (needs node)

web/node_modules/.package-lock.json: web/package.json web/package-lock.json web/.npmrc
	cd web && npm ci
	@touch $@

$(UI): web/node_modules/.package-lock.json web/index.html web/vite.config.ts web/tsconfig.json $(shell find web/src web/public -type f 2>/dev/null)
	cd web && npm run --silent build
	@touch $@

run: ui ## start a believable company on http://127.0.0.1:8080
	$(GO) run ./cmd/maru demo

test: check lint test-go ## everything that proves the program right
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory test-web; \
	elif [ "$$CI" = true ]; then echo "web: no node: install Node 20 or newer"; exit 1; \
	else echo "SKIPPED: the console and its tests: no node (install Node 20 or newer)"; fi

test-go:
	$(GO) test -timeout 14m $(GOTESTFLAGS) ./...

test-web: ui ## types, lint, unit and browser tests of the console
	@if [ "$$(grep -c '"resolved"' web/package-lock.json)" != 0 ]; then echo "web/package-lock.json names a registry: see web/.npmrc"; exit 1; fi
	cd web && npm run --silent check && npm run --silent lint && npm run --silent unit
	@if [ -n "$$MARU_CHROMIUM" ] || command -v chromium chromium-browser google-chrome >/dev/null; then cd web && npm run --silent e2e; \
	elif [ "$$CI" = true ]; then echo "e2e: no Chromium: apt-get install chromium"; exit 1; \
	else echo "SKIPPED: browser tests: no Chromium (apt-get install chromium, or set MARU_CHROMIUM)"; fi

screens: ui ## twelve screens of the demo, in both languages and themes, into docs/screens
	cd web && npx playwright test -c playwright.pictures.config.ts

shots: ui ## pictures of every screen into web/shots, to be looked at
	cd web && npx playwright test -c playwright.screens.config.ts

check: ## gofmt, vet and a tidy go.mod
	@out=$$(gofmt -l cmd internal bench web/*.go); if [ -n "$$out" ]; then echo "gofmt: $$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) vet -tags testbook ./internal/locale ./internal/itil/book
	$(GO) mod tidy -diff

lint: ## golangci-lint (see .golangci.yml)
	@if command -v golangci-lint >/dev/null || [ -x "$$($(GO) env GOPATH)/bin/golangci-lint" ]; then \
	  PATH="$$PATH:$$($(GO) env GOPATH)/bin" golangci-lint run ./...; \
	elif [ "$$CI" = true ]; then echo "lint: golangci-lint is not installed: go install $(LINT)"; exit 1; \
	else echo "SKIPPED: golangci-lint is not installed (go install $(LINT))"; fi

bench: ## measure against the raw databases; writes bench/RESULTS.md
	$(GO) run ./bench

book: ## print the golden book and docs/handbook anew
	$(GO) test ./internal/itil/book -update -count=1

fuzz: ## fuzz every parser for 30 s
	@set -e; for f in $$(grep -rl --include='*_test.go' -E '^func Fuzz' internal); do \
	  for n in $$(grep -oE '^func Fuzz[A-Za-z]+' $$f | sed 's/func //'); do \
	    echo "fuzz $$n in $$(dirname $$f)"; $(GO) test -run '^$$' -fuzz "^$$n$$" -fuzztime $${FUZZTIME:-30s} ./$$(dirname $$f); done; done

.PHONY: help ui run test test-go test-web screens shots check lint bench book fuzz
