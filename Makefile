# chitra: one Makefile, no configure step, nothing written outside build/ (and var/ by the demo).
#
#   make all               the programs, in build/bin
#   make CC=clang-14       the same with clang, in build/clang
#   make SAN=1             with clang under AddressSanitizer and UBSan, in build/san
#   make TSAN=1            under ThreadSanitizer, in build/tsan
#   make WERROR=           warnings do not stop the build (for packagers)
#
# A new .c file in a known directory needs no line here. `make help` lists the targets.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# What make check builds under AddressSanitizer is what the second compiler warns of.
ifeq ($(origin CC),default)
CC := $(if $(SAN),clang-14,gcc)
endif
AR := ar
PKG_CONFIG := pkg-config
PREFIX ?= /usr/local
DESTDIR ?=

# ---- where things are built -----------------------------------------------------------------------------------
TOP := build
IS_CLANG := $(findstring clang,$(CC))
VARIANT := $(if $(FUZZ),/fuzz,$(if $(COVER),/cover,$(if $(SAN),/san,$(if $(TSAN),/tsan,$(if $(IS_CLANG),/clang,)))))
BUILD ?= $(TOP)$(VARIANT)
GEN := $(TOP)/gen

# ---- flags ----------------------------------------------------------------------------------------------------
WERROR ?= -Werror
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wformat=2 -Wcast-qual -Wswitch-enum -Wimplicit-fallthrough
CPPFLAGS_ALL := -D_GNU_SOURCE -I. -I$(TOP) $(CPPFLAGS)
HARDENING := -fstack-protector-strong -fPIE
LINK_HARDENING := -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifneq (,$(filter x86_64 i%86,$(shell uname -m)))
HARDENING += -fcf-protection -fstack-clash-protection
endif

# A list's head is what is read before anything is known of it; a fuzzer's lists are short and are to go on behind it.
SHORT_HEAD := -DCSV_HEAD_MAX=200
ifneq (,$(FUZZ))
# Comparisons of numbers are not traced: that halved the executions; texts that are compared are still seen.
OPTIMISE := -O2 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
	-fno-sanitize-coverage=trace-cmp $(SHORT_HEAD)
LINK_SAN := -fsanitize=address,undefined
else ifneq (,$(COVER))
OPTIMISE := -O1 -g -fprofile-instr-generate -fcoverage-mapping $(SHORT_HEAD)
LINK_SAN := -fprofile-instr-generate
else ifneq (,$(SAN))
OPTIMISE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
LINK_SAN := -fsanitize=address,undefined
else ifneq (,$(TSAN))
OPTIMISE := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
LINK_SAN := -fsanitize=thread
else
OPTIMISE := -O2 -g
HARDENING += -D_FORTIFY_SOURCE=2
LINK_SAN :=
endif

LIBRARIES := libsodium jansson libpq libcurl libevent libutf8proc libxml-2.0 libzip inih libcrypto libseccomp xlsxwriter
# The printed forms' alone, which one file draws.
PRINTING := pangocairo cairo libqrencode
LIBRARIES_FOUND := $(shell $(PKG_CONFIG) --exists $(LIBRARIES) $(PRINTING) 2>/dev/null && echo yes)
# Foreign headers are system headers: our warnings are about our code.
PRINTING_CFLAGS := $(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags-only-I $(PRINTING) 2>/dev/null))
FOREIGN_CFLAGS := $(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags-only-I $(LIBRARIES) 2>/dev/null))
libs = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null)

CFLAGS_ALL := -std=gnu17 $(OPTIMISE) $(HARDENING) $(WARNINGS) $(WERROR) $(FOREIGN_CFLAGS) $(CFLAGS)
# --as-needed: a program carries exactly the libraries that it calls.
LDFLAGS_ALL := $(LINK_HARDENING) $(LINK_SAN) -Wl,--as-needed $(LDFLAGS)

PURE_LIBS   := $(call libs,libsodium jansson libutf8proc libcrypto libxml-2.0 libzip inih) -lcsv -lm
DB_LIBS     := $(call libs,libpq) $(PURE_LIBS)
DAEMON_LIBS := $(call libs,libcurl libevent libseccomp xlsxwriter $(PRINTING)) $(DB_LIBS) -lpthread
HTTP_LIBS   := $(call libs,libcurl) $(PURE_LIBS) -lpthread
PARSE_LIBS  := $(call libs,libseccomp) $(PURE_LIBS)
VERIFY_LIBS := $(call libs,libsodium libcrypto)

# ---- sources: every .c of a module directory belongs to it -----------------------------------------------------
# A module's pure part and its database part (store.c, store_*.c, *_store.c) are two libraries, so that unit tests,
# fuzzers and the simulator link the rules without a database, a network or a loop. In bankapi the network part is
# http.c and http_*.c. A store under another name is listed in STORES; check-source reads the list here too.
STORES := ledger/books/post.c ledger/payout/outcome.c ledger/payout/dispatch.c
RULES := register payout books recon
SOURCES := $(wildcard $(foreach m,base db $(RULES) verify,ledger/$(m)/*.c) bankapi/*.c \
	daemon/*.c $(foreach d,duties api cli parse witness,daemon/$(d)/*.c))
store_of = $(filter %/store.c %_store.c ledger/$(1)/store_%.c $(STORES),$(wildcard ledger/$(1)/*.c))
pure_of = $(filter-out $(call store_of,$(1)),$(wildcard ledger/$(1)/*.c))
MAINS := daemon/chitrad.c daemon/%/main.c daemon/cli/chitra.c daemon/parse/chitra-parse.c daemon/witness/chitra-witness.c
BANKAPI_HTTP := $(filter bankapi/http.c bankapi/http_%.c,$(wildcard bankapi/*.c))
obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
lib = $(BUILD)/lib/$(1).a

# library: $(1) its name, $(2) its sources. A library without sources does not exist.
define library
$(if $(strip $(2)),LIBRARY_$(1) := $(call lib,$(1))
$(call lib,$(1)): $(call obj,$(2)))
endef

GENERATED_QUERIES := $(if $(wildcard ledger/db/gen-queries),$(GEN)/queries.h $(GEN)/queries.c)
GENERATED_MOVES := $(if $(wildcard ledger/payout/gen-moves),$(GEN)/legal_move.h)
GENERATED := $(GENERATED_QUERIES) $(GENERATED_MOVES)

$(eval $(call library,ledger-base,$(wildcard ledger/base/*.c)))
$(eval $(call library,ledger-db,$(wildcard ledger/db/*.c) $(filter %.c,$(GENERATED))))
$(foreach m,$(RULES),$(eval $(call library,ledger-$(m),$(call pure_of,$(m)))))
$(foreach m,$(RULES),$(eval $(call library,ledger-$(m)-store,$(call store_of,$(m)))))
$(eval $(call library,bankapi,$(filter-out $(BANKAPI_HTTP),$(wildcard bankapi/*.c))))
$(eval $(call library,bankapi-http,$(BANKAPI_HTTP)))
$(eval $(call library,daemon,$(filter-out $(MAINS),$(wildcard daemon/*.c))))
$(foreach d,duties api cli parse witness,$(eval $(call library,daemon-$(d),$(filter-out $(MAINS),$(wildcard daemon/$(d)/*.c)))))
$(eval $(call library,ledger-verify,$(filter-out ledger/verify/main.c ledger/verify/chitra-verify.c,$(wildcard ledger/verify/*.c))))
$(eval $(call library,tests,$(wildcard tests/lib/*.c)))

PURE_LIBRARIES   := $(LIBRARY_ledger-recon) $(LIBRARY_ledger-payout) $(LIBRARY_ledger-books) $(LIBRARY_ledger-register) \
	$(LIBRARY_bankapi) $(LIBRARY_ledger-base)
STORE_LIBRARIES  := $(foreach m,$(RULES),$(LIBRARY_ledger-$(m)-store)) $(LIBRARY_ledger-db) $(PURE_LIBRARIES)
DAEMON_LIBRARIES := $(LIBRARY_daemon-duties) $(LIBRARY_daemon-api) $(LIBRARY_daemon) $(LIBRARY_bankapi-http) $(STORE_LIBRARIES)
group = -Wl,--start-group $(filter %.a,$(1)) -Wl,--end-group

# ---- programs: built as soon as their main file (NAME.c, or main.c in its directory) exists ---------------------
# program: $(1) name, $(2) main file candidates, $(3) all its own sources, $(4) our libraries, $(5) foreign libraries
define program
ifneq (,$(wildcard $(2)))
PROGRAMS += $(BUILD)/bin/$(1)
$(BUILD)/bin/$(1): LINK_WITH = $(5)
$(BUILD)/bin/$(1): $(call obj,$(3)) $(4)
endif
endef

PROGRAMS :=
$(eval $(call program,chitrad,daemon/chitrad.c,daemon/chitrad.c,$(DAEMON_LIBRARIES),$$(DAEMON_LIBS)))
$(eval $(call program,chitra,daemon/cli/chitra.c daemon/cli/main.c,$(wildcard daemon/cli/*.c),$(DAEMON_LIBRARIES),$$(DAEMON_LIBS)))
$(eval $(call program,chitra-parse,daemon/parse/chitra-parse.c daemon/parse/main.c,$(wildcard daemon/parse/*.c),$(PURE_LIBRARIES),$$(PARSE_LIBS)))
$(eval $(call program,chitra-witness,daemon/witness/chitra-witness.c daemon/witness/main.c,$(wildcard daemon/witness/*.c),$(DAEMON_LIBRARIES),$$(DAEMON_LIBS)))
$(eval $(call program,chitra-verify,ledger/verify/chitra-verify.c ledger/verify/main.c,$(wildcard ledger/verify/*.c),,$$(VERIFY_LIBS)))

FAKEBANK := $(if $(wildcard tests/fakebank/main.go),$(TOP)/bin/fakebank)
FAULTPROXY := $(if $(wildcard tests/chaos/proxy/main.go),$(TOP)/bin/faultproxy)
ORACLE := $(if $(wildcard tests/oracle/main.go),$(TOP)/bin/oracle)

# ---- tests: one program per file --------------------------------------------------------------------------------
# tests/unit/NAME.c links the pure libraries alone; db_NAME.c the stores and libpq too; parse_NAME.c the file parsers;
# daemon_NAME.c and tests/bench/NAME.c everything; verify_NAME.c the verifier and nothing of ours; bankapi_http*.c the HTTP client.
test_program = $(patsubst %.c,$(BUILD)/%,$(1))
UNIT_ALL    := $(wildcard tests/unit/*.c)
UNIT_DB     := $(filter tests/unit/db_%.c,$(UNIT_ALL))
UNIT_DAEMON := $(filter tests/unit/daemon_%.c,$(UNIT_ALL)) $(wildcard tests/bench/*.c)
UNIT_PARSE  := $(filter tests/unit/parse_%.c,$(UNIT_ALL))
UNIT_VERIFY := $(filter tests/unit/verify_%.c,$(UNIT_ALL))
UNIT_HTTP   := $(filter tests/unit/bankapi_http%.c,$(UNIT_ALL))
UNIT_PURE   := $(filter-out $(UNIT_DB) $(UNIT_DAEMON) $(UNIT_PARSE) $(UNIT_VERIFY) $(UNIT_HTTP),$(UNIT_ALL))
COVERED     := $(filter $(patsubst %,tests/unit/%.c,payout_% db_batch db_dispatch db_planned db_payout_% db_recon% db_books_recover),$(UNIT_ALL))
UNIT_TESTS  := $(call test_program,$(UNIT_ALL))
BENCHES     := $(call test_program,$(wildcard tests/bench/*.c))
FUZZERS     := $(call test_program,$(wildcard tests/fuzz/*.c))
SIM         := $(if $(wildcard tests/sim/*.c),$(BUILD)/tests/sim/sim)

# tests: $(1) sources, $(2) our libraries, $(3) foreign libraries
define tests
$(foreach t,$(1),$(eval $(call test_program,$(t)): $(call obj,$(t)) $(LIBRARY_tests) $(2))
$(eval $(call test_program,$(t)): LINK_WITH = $(3)))
endef
$(call tests,$(UNIT_PURE),$(PURE_LIBRARIES),$$(PURE_LIBS))
$(call tests,$(UNIT_DB),$(STORE_LIBRARIES),$$(DB_LIBS))
$(call tests,$(UNIT_DAEMON),$(LIBRARY_daemon-cli) $(LIBRARY_daemon-witness) $(DAEMON_LIBRARIES),$$(DAEMON_LIBS))
$(call tests,$(UNIT_PARSE),$(LIBRARY_daemon-parse) $(PURE_LIBRARIES),$$(PARSE_LIBS))
$(call tests,$(UNIT_HTTP),$(LIBRARY_bankapi-http) $(LIBRARY_ledger-base),$$(HTTP_LIBS))
$(call tests,$(UNIT_VERIFY),$(LIBRARY_ledger-verify),$$(VERIFY_LIBS))
FUZZ_VERIFY := $(wildcard tests/fuzz/verify_*.c)
$(call tests,$(FUZZ_VERIFY),$(LIBRARY_ledger-verify),$$(VERIFY_LIBS) -fsanitize=fuzzer)
$(call tests,$(filter-out $(FUZZ_VERIFY),$(wildcard tests/fuzz/*.c)),$(LIBRARY_daemon-parse) $(LIBRARY_daemon-witness) $(PURE_LIBRARIES),$$(PARSE_LIBS) -fsanitize=fuzzer)

# The simulation is one program, of the rules alone.
$(SIM): $(call obj,$(wildcard tests/sim/*.c)) $(PURE_LIBRARIES)
$(SIM): LINK_WITH = $(PURE_LIBS)

# The committed corpus of each fuzzer, given to it by a plain main: tests/fuzz/NAME.c also becomes build/tests/replay/NAME.
REPLAYS := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/replay/%,$(wildcard tests/fuzz/*.c))
define replay
$(BUILD)/tests/replay/$(1): $(call obj,tests/fuzz/$(1).c tests/fuzz/replay/replay.c) $(LIBRARY_tests) $(2)
$(BUILD)/tests/replay/$(1): LINK_WITH = $(3)
endef
$(foreach f,$(filter-out $(FUZZ_VERIFY),$(wildcard tests/fuzz/*.c)),$(eval $(call replay,$(basename $(notdir $(f))),$(LIBRARY_daemon-parse) $(LIBRARY_daemon-witness) $(PURE_LIBRARIES),$$(PARSE_LIBS))))
$(foreach f,$(FUZZ_VERIFY),$(eval $(call replay,$(basename $(notdir $(f))),$(LIBRARY_ledger-verify) $(LIBRARY_ledger-base),$$(PARSE_LIBS))))

# ---- rules ------------------------------------------------------------------------------------------------------
# Each file appears under its name only when it is whole, so two makes in one tree do not read each other's halves.
quiet = $(if $(V),,@)
say = $(if $(V),,@printf '  %-4s %s\n' $(1) $@)

$(BUILD)/obj/%.o: %.c $(BUILD)/flags | $(GENERATED) libraries-found
	$(call say,CC)
	$(quiet)mkdir -p $(@D)
	$(quiet)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -MT $@ -MF $(@:.o=.d) -c $< -o $@.$$$$ && mv $@.$$$$ $@ || { rm -f $@.$$$$; false; }

$(BUILD)/obj/daemon/cli/slip_page.o: CFLAGS_ALL += $(PRINTING_CFLAGS)

$(BUILD)/lib/%.a:
	$(call say,AR)
	$(quiet)mkdir -p $(@D)
	$(quiet)rm -f $@.$$$$ && $(AR) rcD $@.$$$$ $(filter %.o,$^) && mv $@.$$$$ $@

$(PROGRAMS) $(UNIT_TESTS) $(REPLAYS) $(BENCHES) $(FUZZERS) $(SIM):
	$(call say,LD)
	$(quiet)mkdir -p $(@D)
	$(quiet)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(filter %.o,$^) $(call group,$^) $(LINK_WITH) -o $@.$$$$ && mv $@.$$$$ $@ || { rm -f $@.$$$$; false; }

# Other flags are other objects.
FLAGS_TEXT := $(CC) $(CPPFLAGS_ALL) $(filter-out -Werror,$(CFLAGS_ALL)) $(LDFLAGS_ALL)
$(BUILD)/flags: force
	@mkdir -p $(@D); echo '$(FLAGS_TEXT)' | cmp -s - $@ || echo '$(FLAGS_TEXT)' >$@

.PHONY: force libraries-found
force:
libraries-found:
	$(if $(LIBRARIES_FOUND),,$(error a library is missing; run `ops/deps run`))

# ledger/db/gen-queries DIRECTORY FILE.sql... writes DIRECTORY/queries.h and queries.c; the migrations give it their number
$(GENERATED_QUERIES) &: $(wildcard ledger/db/gen-queries sql/queries/*.sql sql/migrations/*.sql)
	@printf '  GEN  %s\n' $(GENERATED_QUERIES); mkdir -p $(GEN)
	$(quiet)ledger/db/gen-queries $(GEN) $(sort $(filter %.sql,$^))

# ledger/payout/gen-moves DIRECTORY writes DIRECTORY/legal_move.h from the tables that also fill the database
$(GENERATED_MOVES): $(wildcard ledger/payout/gen-moves sql/reference/payout_*.csv)
	@printf '  GEN  %s\n' $@; mkdir -p $(GEN)
	$(quiet)ledger/payout/gen-moves $(GEN)

# The standard library alone.
$(TOP)/bin/fakebank: $(wildcard tests/fakebank/*.go tests/fakebank/go.mod)
$(TOP)/bin/faultproxy: $(wildcard tests/chaos/proxy/*.go tests/chaos/proxy/go.mod)
$(TOP)/bin/fakebank $(TOP)/bin/faultproxy:
	$(call say,GO)
	$(quiet)mkdir -p $(@D)
	$(quiet)cd $(dir $<) && CGO_ENABLED=0 GOPROXY=off GO111MODULE=on GOFLAGS=-buildvcs=false GOCACHE=$(abspath $(TOP))/gocache \
		go build -o $(abspath $@) .

# With Debian's golang.org/x/mod, which lies where GOPATH was of old.
$(TOP)/bin/oracle: tests/oracle/main.go
	$(call say,GO)
	$(quiet)mkdir -p $(@D)
	$(quiet)cd tests/oracle && CGO_ENABLED=0 GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= GOCACHE=$(abspath $(TOP))/gocache \
		go build -o $(abspath $@) .

-include $(patsubst %.o,%.d,$(call obj,$(SOURCES) $(wildcard tests/lib/*.c tests/unit/*.c tests/bench/*.c tests/sim/*.c tests/fuzz/*.c tests/fuzz/replay/*.c) $(filter %.c,$(GENERATED))))

# ---- targets ----------------------------------------------------------------------------------------------------
.PHONY: all unit unit-threads benches demo stop clean-demo check check-source check-unit check-sql check-scenario san tsan lint bench cover chaos chaos-enumerate chaos-mutants fuzz install help clean format print-flags print-unit-threads

all: $(GENERATED) $(PROGRAMS) $(FAKEBANK) $(FAULTPROXY) ## the programs, in build/bin

unit: $(UNIT_TESTS) $(ORACLE) $(REPLAYS) $(SIM) ## the unit test programs, in build/tests/unit

# what has threads in it: all that make check runs under ThreadSanitizer
UNIT_THREADS := $(filter tests/unit/%,$(UNIT_DAEMON)) $(shell grep -l pthread_create $(UNIT_DB))
unit-threads: $(call test_program,$(UNIT_THREADS))
print-unit-threads:
	@printf '%s\n' $(call test_program,$(UNIT_THREADS))

benches: $(BENCHES)

demo: ## Phan Thiet's April 2024 payroll from ward lists to a reconciled statement (FAULT=... breaks the bank's day)
	@ops/deps run
	@$(MAKE) --no-print-directory all
	@ops/demo/demo run

stop: ## stop what the demo left running
	@ops/demo/demo stop

clean-demo: ## stop the demo and remove everything that it made
	@ops/demo/demo clean

check: ## every test, from nothing; the cheapest tier first, stops at the first red one
	@ops/deps test
	@$(MAKE) --no-print-directory all unit
	@$(MAKE) --no-print-directory SAN=1 all unit
	@$(MAKE) --no-print-directory TSAN=1 unit-threads
	@tests/run all

check-source: ## layers, containment, form: the rules that a machine can read
	@tests/run source

check-unit: all unit ## unit tests
	@tests/run unit

check-sql: all ## pgTAP: every illegal thing is tried
	@tests/run sql

check-scenario: all ## the real programs against a real PostgreSQL and the fake bank
	@tests/run scenario

san: ## unit tests and whole runs under AddressSanitizer and UBSan
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory SAN=1 all unit
	@BUILD=$(TOP)/san tests/run unit scenario

tsan: ## unit tests and whole runs under ThreadSanitizer
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory TSAN=1 all unit
	@BUILD=$(TOP)/tsan tests/run unit scenario

lint: all ## clang-tidy, cppcheck and gcc -fanalyzer against tests/lint.accepted
	@tests/lint

bench: all benches $(BUILD)/tests/unit/db_books_balance ## speed and memory, to var/bench/latest.jsonl; never fails on time
	@tests/bench/run

chaos: all unit ## ROUNDS of payrolls under faults, SEED decides which (tests/chaos/README.md); KEEP=1 keeps the directory
	@tests/chaos/chaos

cover: ## how much of ledger/payout the unit tests reach (SHOW=1: what they do not)
	@$(MAKE) --no-print-directory COVER=1 CC=clang-14 covered
	@tests/unit/coverage $(call test_program,$(COVERED))

.PHONY: covered
covered: $(call test_program,$(COVERED))

chaos-enumerate: all unit ## a small payroll for each failpoint and each time that it is reached (JOBS=2, KEEP=1, ENUMERATE="--only PLACE")
	@tests/chaos/enumerate $(ENUMERATE)

chaos-mutants: all unit ## each planted bug (MUTANTS="NAME ..."), or all: which ring finds it; fails when one survives
	@tests/chaos/mutants/run $(MUTANTS)

fuzz: ## each fuzzer for FUZZ_SECONDS (60) or FUZZ_RUNS with clang's libFuzzer; the lines that the corpus reaches
	@$(MAKE) --no-print-directory FUZZ=1 CC=clang-14 fuzzers
	@$(MAKE) --no-print-directory COVER=1 CC=clang-14 replays
	@tests/fuzz/run

sim: $(SIM) ## SEEDS simulated payrolls, from SEED on: the payout core among failing commits, tellers, banks and networks
	@$(SIM)

.PHONY: fuzzers replays sim
fuzzers: $(FUZZERS)
replays: $(REPLAYS)

install: all ## programs, SQL, examples and the witness's unit below $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/chitra
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	cp -R sql $(DESTDIR)$(PREFIX)/share/chitra/
	install -m 644 ops/chitrad.conf ops/chitra-witness.conf $(DESTDIR)$(PREFIX)/share/chitra
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|/usr/local|$(PREFIX)|' ops/systemd/chitra-witness.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/chitra-witness.service

clean: ## remove build/
	rm -rf $(TOP)

print-flags:
	@echo $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(PRINTING_CFLAGS)

format: ## clang-format in place: make format F="ledger/base/*.[ch]"
	@clang-format-14 -i $(F)

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | while IFS='	' read -r t d; do printf '  make %-16s%s\n' "$$t" "$$d"; done
