# SPDX-License-Identifier: ISC
# checks.mk: what takes too long for `make check`.  `make check-all` runs all of it; each step can be run alone.
# A step that needs other flags builds in a folder of its own below $(BUILD), by this same Makefile.

SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -U_FORTIFY_SOURCE
FUZZERS = $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
SUB = +@$(MAKE) --no-print-directory -s
SECONDS ?= 60

# Nothing is told by the compilers, of the program or of what tests it.
check-gcc:
	$(SUB) BUILD=$(BUILD)/gcc CC=gcc CFLAGS='-O2 -g -Werror' programs
check-clang:
	$(SUB) BUILD=$(BUILD)/clang CC=clang CFLAGS='-O2 -g -Werror' programs
programs: $(PROGRAMS)

# Without Net-SNMP it builds, too, and says what it lacks.
check-bare:
	$(SUB) BUILD=$(BUILD)/bare NO_SNMP=1 CFLAGS='-O1 -Werror' bare
bare: $(BUILD)/ptsh
	@$(BUILD)/ptsh --version | grep 'no SNMP'
	@$(BUILD)/ptsh -X -c '.snmp get 127.0.0.1 1.3' 2>&1 | grep 'built without Net-SNMP'

# make check, with sanitizers; what they tell is looked for behind every program, whatever its exit status was.
check-asan: check-asan-gcc check-asan-clang
check-asan-gcc:
	$(SUB) BUILD=$(BUILD)/asan-gcc CC=gcc CFLAGS='-O1 -g $(SANITIZE)' LDFLAGS='$(SANITIZE)' sanitized
check-asan-clang:
	$(SUB) BUILD=$(BUILD)/asan-clang CC=clang CFLAGS='-O1 -g $(SANITIZE)' LDFLAGS='$(SANITIZE)' sanitized
sanitized: programs
	@sh tests/reports.sh $(BUILD)/reports sanitizers env $(TEST_ENV) sh tests/prove.sh $(BUILD)/prove/check 4 $(TESTS)

check-valgrind: programs
	@sh tests/reports.sh $(BUILD)/valgrind valgrind env $(TEST_ENV) sh tests/valgrind.sh $(UNIT)

# What reads the sources: gcc -fanalyzer, clang-tidy, cppcheck.
check-static:
	@sh tests/static.sh $(BUILD)/static

check-faults: programs
	@env $(TEST_ENV) PTSH_TEST_FULL=1 sh tests/prove.sh $(BUILD)/prove/faults 2 $(wildcard tests/faults/*.t)
# Each guard of the security rules taken out in turn: a test must miss it (tests/mutants).  MUTANTS=PATTERN: those whose names match.
check-mutants: export MUTANT_COMPILE = $(CC) $(ALL_CFLAGS)
check-mutants: export MUTANT_LINK = $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)
check-mutants: export MUTANT_LIBS = $(LDLIBS) $(shell $(PKG_CONFIG) --libs cmocka libcjson)
check-mutants: programs
	@env $(TEST_ENV) perl tests/mutants/run.pl $(abspath $(BUILD)) '$(MUTANTS)'
mutants: check-mutants
check-term: programs
	@env $(TEST_ENV) PTSH_TEST_FULL=1 sh tests/prove.sh $(BUILD)/prove/term 2 $(wildcard tests/term/*.t)

# Fuzzing: SECONDS for each target, two at a time; what it finds out goes into $(BUILD)/fuzz/NAME, what it crashes on into $(BUILD)/fuzz.
fuzz:
	$(SUB) BUILD=$(BUILD)/fuzz CC=clang CFLAGS='-O1 -g -fsanitize=fuzzer-no-link $(SANITIZE)' \
		LDFLAGS='-fsanitize=fuzzer $(SANITIZE)' fuzzers
	@sh tests/fuzz.sh $(BUILD)/fuzz $(SECONDS) $(notdir $(FUZZERS))
check-fuzz:
	$(SUB) fuzz SECONDS=10
fuzzers: $(FUZZERS)
# cJSON is what our reader of JSON is compared with.
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/libptsh.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS) $(shell $(PKG_CONFIG) --libs libcjson)

coverage:
	$(SUB) BUILD=$(BUILD)/coverage CC=gcc CFLAGS='-O0 -g --coverage' LDFLAGS=--coverage covered
covered: programs
	@find $(BUILD) -name '*.gcda' -delete
	@env $(TEST_ENV) PTSH_TEST_SLOW=3 sh tests/prove.sh $(BUILD)/prove/check 4 $(TESTS) >$(BUILD)/log 2>&1 || { cat $(BUILD)/log; exit 1; }
	@perl tests/coverage.pl $(BUILD)

check-install: $(BUILD)/ptsh
	@sh tests/staged.sh $(BUILD)/staged

# What both lanes use is built before they begin.
check-all: programs
	@MAKE='$(MAKE)' sh tests/check_all.sh $(BUILD) term faults asan-gcc asan-clang -- \
		gcc clang bare static install deb mutants coverage valgrind fuzz
check-coverage: coverage
# Installs it, tries it and purges it: as root.
check-deb: $(PROGRAMS)
	@env $(TEST_ENV) sh tests/deb.sh $(BUILD)/deb

.PHONY: check-gcc check-clang programs check-bare bare check-asan check-asan-gcc check-asan-clang sanitized check-valgrind check-static \
	check-faults check-mutants mutants check-term fuzz check-fuzz fuzzers coverage covered check-install check-all \
	check-coverage check-deb
