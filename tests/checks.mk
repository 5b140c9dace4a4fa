# SPDX-License-Identifier: ISC
# checks.mk: what takes too long for `make check`.  `make check-all` and `make check-long` run all of it; each step can be run alone.
# A step that needs other flags builds in a folder of its own below $(BUILD), by this same Makefile.

SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -U_FORTIFY_SOURCE
FUZZERS = $(patsubst tests/fuzz/%.c,$B/tests/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
SUB = +@$(MAKE) --no-print-directory -s
SECONDS ?= 60

# The compilers print no warning, for the program and for its tests.
check-gcc:
	$(SUB) BUILD='$(BUILD)/gcc' CC=gcc CFLAGS='-O2 -g -Werror' programs
check-clang:
	$(SUB) BUILD='$(BUILD)/clang' CC=clang CFLAGS='-O2 -g -Werror' programs
programs: $(PROGRAMS)

# The units alone: of Perl prove, of other programs those of OpenSSL and GnuTLS; no terminal.  EMULATOR runs what is built for another machine.
check-unit: $(UNIT)
	@env CMOCKA_MESSAGE_OUTPUT=TAP sh tests/prove.sh 2 $(if $(EMULATOR),--exec '$(EMULATOR)') $(UNIT)

# Without Net-SNMP it builds, too, and says what it lacks.  In gcc's folder: only what knows of SNMP is compiled again.
check-bare:
	$(SUB) BUILD='$(BUILD)/gcc' CC=gcc CFLAGS='-O2 -g -Werror' NO_SNMP=1 bare
bare: $B/ptsh
	@$B/ptsh --version | grep 'no SNMP'
	@$B/ptsh -X -c '.snmp get 127.0.0.1 1.3' 2>&1 | grep 'built without Net-SNMP'

# make check, with sanitizers; their reports are searched for after every program, whatever its exit status was.
# All tests with clang's; with gcc's, which have the same origin, the units: they run all of src that a compiler could get wrong.
check-asan: check-asan-gcc check-asan-clang
check-asan-gcc:
	$(SUB) BUILD='$(BUILD)/asan-gcc' CC=gcc CFLAGS='-O1 -g $(SANITIZE)' LDFLAGS='$(SANITIZE)' \
		SANITIZED='$$(UNIT)' sanitized
# clang gives the same warnings whatever -O is: this is check-clang, too.
check-asan-clang:
	$(SUB) BUILD='$(BUILD)/asan-clang' CC=clang CFLAGS='-O1 -g -Werror $(SANITIZE)' LDFLAGS='$(SANITIZE)' sanitized
SANITIZED = $(TESTS)
sanitized: programs
	@sh tests/reports.sh $B/reports sanitizers env $(TEST_ENV) sh tests/prove.sh 4 $(SANITIZED)

check-valgrind: programs
	@sh tests/reports.sh $B/valgrind valgrind env $(TEST_ENV) sh tests/valgrind.sh $(UNIT)

# Checkers of the source: gcc -fanalyzer, clang-tidy, cppcheck.
check-static:
	@sh tests/static.sh $B/static $(LANGUAGE) -DPTSH_VERSION='"$(VERSION)"' $(SNMP_CFLAGS)

check-faults: programs
	@env $(TEST_ENV) PTSH_TEST_FULL=1 sh tests/prove.sh 2 $(wildcard tests/faults/*.t)
# Each guard of the security rules taken out in turn: a test must fail then (tests/mutants).  MUTANTS=PATTERN: those whose names match.
# What is compiled is run once: as fast as the compiler can.
check-mutants: export MUTANT_COMPILE = $(CC) $(ALL_CFLAGS) -O0 -g0 -U_FORTIFY_SOURCE $(SNMP_CFLAGS)
check-mutants: export MUTANT_LINK = $(link)
check-mutants: export MUTANT_LIBS = $(ALL_LIBS) $(ALL_TEST_LIBS)
check-mutants: programs
	@env $(TEST_ENV) perl tests/mutants/run.pl '$(BUILD_PATH)' '$(MUTANTS)'
mutants: check-mutants
check-term: programs
	@env $(TEST_ENV) PTSH_TEST_FULL=1 sh tests/prove.sh 2 $(wildcard tests/term/*.t)

# Fuzzing: SECONDS for each target, two at a time; new inputs go into $(BUILD)/fuzz/NAME, crashing ones into $(BUILD)/fuzz.
fuzz:
	$(SUB) BUILD='$(BUILD)/fuzz' CC=clang CFLAGS='-O1 -g -fsanitize=fuzzer-no-link $(SANITIZE)' \
		LDFLAGS='-fsanitize=fuzzer $(SANITIZE)' fuzzers
	@sh tests/fuzz.sh $B/fuzz $(SECONDS) $(notdir $(FUZZERS))
check-fuzz:
	$(SUB) fuzz SECONDS=10
fuzzers: $(FUZZERS)
# Our reader of JSON is compared with cJSON.
$(FUZZERS): $B/tests/fuzz/%: $B/tests/fuzz/%.o $B/libptsh.a
	$(call say,LD,tests/fuzz/$*)$(link) -o '$@' $B/tests/fuzz/$*.o $B/libptsh.a $(ALL_LIBS) $(ALL_TEST_LIBS)

coverage:
	$(SUB) BUILD='$(BUILD)/coverage' CC=gcc CFLAGS='-O0 -g --coverage' LDFLAGS=--coverage covered
covered: programs
	@find $B -name '*.gcda' -delete
	@env $(TEST_ENV) PTSH_TEST_SLOW=3 sh tests/prove.sh 4 $(TESTS) >$B/log 2>&1 || { cat $B/log; exit 1; }
	@perl tests/coverage.pl $B

check-install: $B/ptsh
	@sh tests/staged.sh $B/staged

# README's two commands on a new machine: as root.
check-fresh:
	@sh tests/fresh.sh $B/fresh demo check
# 32 bits, big-endian, char unsigned (tests/foreign.sh): as root.
check-foreign:
	@sh tests/fresh.sh $B/foreign foreign

# What a change must pass beside `make check`.
check-all: programs
	@MAKE='$(MAKE)' sh tests/check_all.sh $B term deb -- gcc bare install fuzz --
# The long ones, for a machine that has an hour; what the two lanes use is built before they begin.
check-long: programs
	@MAKE='$(MAKE)' sh tests/check_all.sh $B faults valgrind asan-gcc asan-clang -- static mutants coverage --
check-coverage: coverage
# Installs it, tries it and purges it: as root.
check-deb: $(PROGRAMS)
	@env $(TEST_ENV) sh tests/deb.sh $B/deb

.PHONY: check-unit check-gcc check-clang programs check-bare bare check-asan check-asan-gcc check-asan-clang sanitized check-valgrind check-static \
	check-faults check-mutants mutants check-term fuzz check-fuzz fuzzers coverage covered check-install check-all check-long \
	check-coverage check-deb check-fresh check-foreign
