# Maru. `make` prints this help.
.DEFAULT_GOAL := help
GO ?= go
LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.7.2

help: ## this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: ## start a believable company on http://127.0.0.1:8080
	@if grep -q '^ui:' $(firstword $(MAKEFILE_LIST)); then $(MAKE) ui; fi
	$(GO) run ./cmd/maru demo

test: check lint ## everything that proves the program right
	$(GO) test -timeout 14m ./...

check: ## gofmt, vet and a tidy go.mod
	@out=$$(gofmt -l cmd internal bench); if [ -n "$$out" ]; then echo "gofmt: $$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) mod tidy -diff

lint: ## golangci-lint (see .golangci.yml)
	@if command -v golangci-lint >/dev/null || [ -x "$$($(GO) env GOPATH)/bin/golangci-lint" ]; then \
	  PATH="$$PATH:$$($(GO) env GOPATH)/bin" golangci-lint run ./...; \
	elif [ "$$CI" = true ]; then echo "lint: golangci-lint is not installed: go install $(LINT)"; exit 1; \
	else echo "SKIPPED: golangci-lint is not installed (go install $(LINT))"; fi

bench: ## measure against the raw databases; writes bench/RESULTS.md
	$(GO) run ./bench

fuzz: ## fuzz every parser for 30 s
	@set -e; for f in $$(grep -rl --include='*_test.go' -E '^func Fuzz' internal); do \
	  for n in $$(grep -oE '^func Fuzz[A-Za-z]+' $$f | sed 's/func //'); do \
	    echo "fuzz $$n in $$(dirname $$f)"; $(GO) test -run '^$$' -fuzz "^$$n$$" -fuzztime $${FUZZTIME:-30s} ./$$(dirname $$f); done; done

.PHONY: help run test check lint bench fuzz
