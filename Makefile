# Rapport. `make help` lists the targets; a fresh Debian or Ubuntu machine with Go, Node and make needs `make demo` and `make test`.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# No C compiler is needed: SQLite is translated to Go. VCS stamping is done by VERSION, because Go's own fails in a checkout owned by
# another user (containers).
export CGO_ENABLED := 0
export GOWORK      := off
GO          ?= go
GO_BUILD    := $(GO) build -trimpath -buildvcs=false
VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS     := -s -w -X main.version=$(VERSION)

# Built tools live beside the program; the version in the file's name is what makes an upgrade rebuild.
GOLANGCI_VERSION := v2.15.0
GOLANGCI         := bin/tools/golangci-lint-$(GOLANGCI_VERSION)

# TESTFLAGS is for people (make test TESTFLAGS='-run Refund -v'); packages stay the whole tree unless PKG says otherwise.
PKG          ?= ./...
TESTFLAGS    ?=
TEST_TIMEOUT ?= 15m
LONG_TIMEOUT ?= 3h
BENCHTIME    ?= 1s

STAMPS      := node_modules/.stamps
WEB_DIST    := internal/edge/web/assets/dist
WEB_INPUTS  := $(shell [ ! -d web ] || find web -type f -not -path '*/node_modules/*' 2>/dev/null) \
               $(shell [ ! -d internal/edge/web ] || find internal/edge/web -type f -not -path '*/dist/*' -not -name '*_test.go' 2>/dev/null)
# A folder without a bundle is built whatever the stamps say.
WEB_MISSING := $(if $(wildcard $(WEB_DIST)/*),,always)
WEB         := $(if $(wildcard package.json),$(STAMPS)/build)

##@ Everyday

.PHONY: help
help: ## list these targets
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@ / {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

.PHONY: demo
demo: build ## build and start a synthetic market in a temporary folder
	@exec bin/rapport demo $(ARGS)

.PHONY: build
build: toolchain web ## bin/rapport, with its version stamped in
	@$(GO_BUILD) -ldflags '$(LDFLAGS)' -o bin/rapport ./cmd/rapport

.PHONY: web
web: toolchain $(WEB) ## fetch and bundle the pages' scripts, styles and icons (only what changed)

.PHONY: fmt
fmt: $(GOLANGCI) ## format the Go code
	@$(GOLANGCI) fmt

.PHONY: clean
clean: ## remove what was built; tools and fetched packages stay
	rm -f bin/rapport $(STAMPS)/build
	@[ ! -d $(WEB_DIST) ] || find $(WEB_DIST) -mindepth 1 -not -name .keep -delete

##@ Proof

.PHONY: test
test: servers web lint vet ## everything: pages, linter, vet, all tests on SQLite, PostgreSQL and in Chromium
	@RAPPORT_REQUIRE_POSTGRES=1 RAPPORT_REQUIRE_BROWSER=1 $(GO) test -timeout $(TEST_TIMEOUT) $(TESTFLAGS) $(PKG)

.PHONY: lint
lint: toolchain $(GOLANGCI) ## golangci-lint, as .golangci.yml explains
	@$(GOLANGCI) run --allow-parallel-runners $(PKG)

.PHONY: vet
vet: toolchain ## go vet
	@$(GO) vet $(PKG)

.PHONY: bench
bench: servers web ## the measurements, each beside its peer (minutes)
	@RAPPORT_REQUIRE_POSTGRES=1 $(GO) test -run '^$$' -bench . -benchtime $(BENCHTIME) -timeout $(LONG_TIMEOUT) -p 1 $(TESTFLAGS) $(PKG)

.PHONY: long
long: servers web ## the tests with longer campaigns: more random cases, more crashes, fuzzing
	@RAPPORT_LONG=1 RAPPORT_REQUIRE_POSTGRES=1 RAPPORT_REQUIRE_BROWSER=1 $(GO) test -count=1 -timeout $(LONG_TIMEOUT) $(TESTFLAGS) $(PKG)
	@scripts/fuzz-all

# ---- what the targets above stand on ----

.PHONY: toolchain
toolchain:
	@scripts/need-toolchain

# What the tests run against comes first: who lacks it should not wait for the linter to be told.
.PHONY: servers
servers: toolchain
	@scripts/need-postgres
	@scripts/need-chromium

$(GOLANGCI):
	@scripts/get-golangci $(GOLANGCI_VERSION) $@

# The lock file decides whether npm runs at all; the bundle is built again only when something it is made of is newer.
$(STAMPS)/packages: package.json package-lock.json
	@npm ci --no-audit --no-fund
	@mkdir -p $(@D) && touch $@

$(STAMPS)/build: $(STAMPS)/packages $(WEB_INPUTS) $(WEB_MISSING)
	@npm run build
	@mkdir -p $(@D) && touch $@

.PHONY: always
always:
