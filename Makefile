# SPDX-License-Identifier: ISC
# ptsh: the admin shell for Porttracker and PortIQ boxes.  README.md says what the targets are for.
# A release has a number; what is on its way to one ends in -dev.
VERSION = 0.2.0-dev
# Of a checkout: its commit, for --version.
COMMIT := $(if $(wildcard .git),$(shell git rev-parse --short=10 HEAD 2>/dev/null))

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
# Where bash, zsh and fish look for completions.
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
PKG_CONFIG ?= pkg-config
BUILD ?= build
CFLAGS ?= -O2 -g

# The loader looks for a symbol in this order, and most there are belong to the first two.
LIBS = libcrypto libssl libbsd-overlay libedit libcjson
TEST_LIBS = cmocka

# As many jobs as there are processors, unless -j says how many.  A make within another does as that one does.
ifeq ($(MAKELEVEL)$(filter -j% --jobserver%,$(shell echo "$$MAKEFLAGS")),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN || echo 1)
endif

# What can be built is found out when this is read.  So what stands beside deps is left to a make that is started after it.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
BESIDE = $(filter-out deps,$(MAKECMDGOALS))
deps:
	@sh tests/deps.sh $(or $(BESIDE),all)
ifneq ($(BESIDE),)
$(BESIDE): beside
	@:
beside: deps
	+@$(MAKE) --no-print-directory $(BESIDE)
endif
.PHONY: deps beside $(BESIDE)
else

# One short line a file; V=1 shows the commands, -s nothing.  $(call say,CC,FILE) begins a command.
say = $(if $(filter-out 0,$(V)),,@$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,echo '$1 $2'; ))

# BUILD may have a blank in it: B is for targets, and for words of the shell.
empty =
B := $(subst $(empty) ,\ ,$(BUILD))
BUILD_PATH = $(if $(filter /%,$(BUILD)),,$(CURDIR)/)$(BUILD)

# What pkg-config says of the libraries of the machine that the compiler compiles for.
PKG_PATH := $(PKG_CONFIG_PATH)$(addprefix :/usr/lib/,$(addsuffix /pkgconfig,$(shell $(CC) -print-multiarch 2>/dev/null)))
pkg = $(shell PKG_CONFIG_PATH='$(PKG_PATH)' $(PKG_CONFIG) $1 2>/dev/null)

# The options among OPTION... that the compiler takes.
takes = $(foreach option,$1,$(shell $(CC) $(option) -Werror -S -x c -o /dev/null /dev/null 2>/dev/null && echo '' $(option)))
# The highest level of _FORTIFY_SOURCE that the C library has with these flags, if the packager has not chosen one.
fortify = $(firstword $(foreach level,3 2,$(shell echo '#include <stdio.h>' | \
	$(CC) $(CPPFLAGS) $(CFLAGS) -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(level) -Werror -E -x c -o /dev/null - 2>/dev/null && echo $(level))))
FORTIFY := $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,$(addprefix -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=,$(fortify)))
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla
HARDEN := -fPIE $(call takes,-fstack-protector-strong -fstack-clash-protection -fcf-protection -mbranch-protection=standard) $(FORTIFY)
# The packager's CFLAGS and LDFLAGS come last: they win.
LANGUAGE := -std=c11 -D_GNU_SOURCE -Isrc $(call pkg,--cflags $(LIBS))
ALL_CFLAGS := $(LANGUAGE) $(WARN) $(HARDEN) -pthread $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS := -pie -Wl,-z,relro,-z,now -Wl,--as-needed -pthread $(LDFLAGS)
ALL_LIBS := $(LDLIBS) $(call pkg,--libs $(LIBS))
ALL_TEST_LIBS := $(call pkg,--libs $(TEST_LIBS))

# Net-SNMP is not linked but loaded when it is used first, by this name.  NO_SNMP=1 leaves it out though it is there
# (src/snmp/agent_parts.h).
NO_SNMP ?=
SNMP_SONAME := $(if $(filter-out 0,$(NO_SNMP)),,$(shell LC_ALL=C readelf -d "$$($(CC) -print-file-name=libnetsnmp.so 2>/dev/null)" 2>/dev/null | \
	sed -n 's/.*Library soname: \[\(.*\)\]/\1/p'))
SNMP_CFLAGS := $(if $(filter-out 0,$(NO_SNMP)),-DNO_SNMP)$(if $(SNMP_SONAME),-DAGENT_SONAME='"$(SNMP_SONAME)"' $(call pkg,--cflags netsnmp))

# The version changes with each commit and is no part of the library: nothing but ptsh is linked again then.
MAIN = src/main.c src/shell/version.c
MAIN_OBJ = $(MAIN:%.c=$B/%.o)
SRC = $(filter-out $(MAIN),$(sort $(wildcard src/*.c src/*/*.c)))
BOX = $(sort $(wildcard tests/box/*.c))
OBJ = $(SRC:%.c=$B/%.o)
BOX_OBJ = $(BOX:%.c=$B/%.o)
SNMP_OBJ = $(patsubst %.c,$B/%.o,$(filter src/snmp/%,$(SRC)))
UNIT = $(patsubst tests/unit/%.c,$B/tests/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
# Not a test itself, but what some in Perl run.
SHOW = $B/tests/unit/show
BENCH = $(patsubst tests/bench/%.c,$B/bench/%,$(sort $(wildcard tests/bench/*.c)))
TESTS = $(UNIT) $(sort $(wildcard tests/cli/*.t tests/term/*.t tests/faults/*.t))
PROGRAMS = $B/ptsh $B/ptsh-box $B/term-driver $B/shim.so $(SHOW) $(UNIT)

all: $B/ptsh

compile = $(CC) $(ALL_CFLAGS) $(if $(filter %/version.c,$<),-DPTSH_VERSION='"$(VERSION)$(COMMIT:%=, commit %)"') $(if $(filter src/snmp/%,$<),$(SNMP_CFLAGS))
link = $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)

$B/ptsh: $(MAIN_OBJ) $B/libptsh.a
	$(call say,LD,ptsh)$(link) -o '$@' $(MAIN_OBJ) $B/libptsh.a $(ALL_LIBS)

$B/libptsh.a: $(OBJ) $B/sources
	@rm -f '$@'
	$(call say,AR,libptsh.a)$(AR) qcs '$@' $(OBJ)

# Nothing of ptsh is in it: what tests ptsh must not be wrong where ptsh is.
$B/ptsh-box: $(BOX_OBJ) $B/sources
	$(call say,LD,ptsh-box)$(link) -o '$@' $(BOX_OBJ) $(ALL_LIBS)

$B/term-driver: $B/tests/term/driver.o $B/libptsh.a
	$(call say,LD,term-driver)$(link) -o '$@' $B/tests/term/driver.o $B/libptsh.a $(ALL_LIBS)

# Preloaded by tests, to have the system fail.  Never with a sanitizer: that has its own malloc.
$B/shim.so: tests/faults/shim.c $B/flags
	$(call say,LD,shim.so)$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -g -fPIC -shared -o '$@' $< -ldl

# The floor has all libraries of ptsh, used or not: loading them is part of what it costs at least.
$(BENCH): $B/bench/%: $B/tests/bench/%.o $B/libptsh.a
	@mkdir -p $B/bench
	$(call say,LD,bench/$*)$(link) -Wl,--no-as-needed -o '$@' $B/tests/bench/$*.o $B/libptsh.a $(ALL_LIBS)

# The box's own arithmetic, with nothing of ptsh either.
$B/tests/unit/test_box_login: $B/tests/unit/test_box_login.o $(BOX_OBJ)
	$(call say,LD,tests/unit/test_box_login)$(link) -o '$@' $< $(filter-out %/main.o,$(BOX_OBJ)) $(ALL_LIBS) $(ALL_TEST_LIBS)

$(SHOW) $(filter-out %/test_box_login,$(UNIT)): $B/tests/unit/%: $B/tests/unit/%.o $B/libptsh.a
	$(call say,LD,tests/unit/$*)$(link) -o '$@' $B/tests/unit/$*.o $B/libptsh.a $(ALL_LIBS) $(ALL_TEST_LIBS)

$B/%.o: %.c $B/flags | $(if $(filter check check-% programs,$(MAKECMDGOALS)),$B/tested)
	@mkdir -p $B/$(<D)
	$(call say,CC,$<)$(compile) -MMD -MP -c -o '$@' $<
$(SNMP_OBJ): $B/snmp
$(SHOW).o $(UNIT:=.o): $B/tested
$(filter %/version.o,$(MAIN_OBJ)): $B/version

# What a build was made of, each in a file that changes only when that does: what depends on it is then made again.
# $(call unlike,FILE,TEXT) is FORCE if the file says something else.
# GNU make 4.3 drops the file's last LF only sometimes: strip drops it.
noted = $(strip $(file <$(BUILD)/$1))
unlike = $(if $(and $(findstring x$(strip $2)x,x$(noted)x),$(findstring x$(noted)x,x$(strip $2)x)),,FORCE)
note = @mkdir -p $B && printf '%s\n' '$(subst ','\'',$(strip $1))' >'$@'
# What is missing is said before anything is compiled.
lacks = $(strip $(foreach lib,$1,$(call pkg,--exists $(lib) || echo $(lib))))
there = $(shell command -v $(firstword $1) 2>/dev/null)
MISSING = $(if $(call there,$(CC)),,$(CC)) $(if $(call there,$(PKG_CONFIG)),$(call lacks,$(LIBS)),$(PKG_CONFIG))
TEST_MISSING = $(if $(call there,$(PKG_CONFIG)),$(call lacks,$(TEST_LIBS)))
missing = $(if $(strip $1),$(error missing: $(strip $1).  `make $2` installs what is needed))

FLAGS = $(link) $(ALL_LIBS)
# What is installed is what was built, whatever flags it was built with.
$B/flags: $(if $(and $(filter install,$(MAKECMDGOALS)),$(wildcard $B/flags)),,$(call unlike,flags,$(FLAGS)))
	$(call missing,$(MISSING),deps)
	$(call note,$(FLAGS))
$B/tested: $(call unlike,tested,$(ALL_TEST_LIBS)) $B/flags
	$(call missing,$(TEST_MISSING),deps check)
	$(call note,$(ALL_TEST_LIBS))
$B/version: $(call unlike,version,$(VERSION) $(COMMIT))
	$(call note,$(VERSION) $(COMMIT))
$B/snmp: $(call unlike,snmp,$(SNMP_CFLAGS))
	$(call note,$(SNMP_CFLAGS))
$B/sources: $(call unlike,sources,$(SRC) $(BOX))
	$(call note,$(SRC) $(BOX))

# What is run by prove finds the programs in PTSH and BOX.
TEST_ENV = PTSH='$(BUILD_PATH)/ptsh' BOX='$(BUILD_PATH)/ptsh-box' DRIVER='$(BUILD_PATH)/term-driver' SHIM='$(BUILD_PATH)/shim.so' \
	CMOCKA_MESSAGE_OUTPUT=TAP
check: $(PROGRAMS)
	@env $(TEST_ENV) sh tests/prove.sh 4 $(TESTS)

# check-all, fuzz, coverage and what else takes minutes.
include tests/checks.mk

# How fast it is, beside programs that are installed; the figures go to $(BUILD)/bench/figures.tsv.
bench: $B/ptsh $B/ptsh-box $(BENCH)
	@perl tests/bench/run.pl '$(BUILD_PATH)'

demo: $B/ptsh $B/ptsh-box
	@PTSH='$(BUILD)/ptsh' BOX='$(BUILD)/ptsh-box' sh tests/demo.sh

# README's.
picture: $B/ptsh $B/ptsh-box
	@env $(TEST_ENV) perl tests/picture.pl >$B/session.svg && mv $B/session.svg man/session.svg

install: $B/ptsh
	install -d "$(DESTDIR)$(BINDIR)" "$(DESTDIR)$(MANDIR)/man1" "$(DESTDIR)$(MANDIR)/man7" \
		"$(DESTDIR)$(BASHDIR)" "$(DESTDIR)$(ZSHDIR)" "$(DESTDIR)$(FISHDIR)"
	install -m 755 $B/ptsh "$(DESTDIR)$(BINDIR)/ptsh"
	install -m 644 man/ptsh.1 "$(DESTDIR)$(MANDIR)/man1/ptsh.1"
	install -m 644 man/ptsh-protocol.7 "$(DESTDIR)$(MANDIR)/man7/ptsh-protocol.7"
	install -m 644 completions/ptsh.bash "$(DESTDIR)$(BASHDIR)/ptsh"
	install -m 644 completions/_ptsh "$(DESTDIR)$(ZSHDIR)/_ptsh"
	install -m 644 completions/ptsh.fish "$(DESTDIR)$(FISHDIR)/ptsh.fish"

uninstall:
	rm -f "$(DESTDIR)$(BINDIR)/ptsh" "$(DESTDIR)$(MANDIR)/man1/ptsh.1" "$(DESTDIR)$(MANDIR)/man7/ptsh-protocol.7" \
		"$(DESTDIR)$(BASHDIR)/ptsh" "$(DESTDIR)$(ZSHDIR)/_ptsh" "$(DESTDIR)$(FISHDIR)/ptsh.fish"

# A Debian package, in $(BUILD)/deb.
deb:
	@debian/build $B/deb

clean:
	rm -rf $B

# What failed half-way is not taken for made.
.DELETE_ON_ERROR:
.PHONY: all check bench demo picture install uninstall deb clean FORCE
-include $(patsubst %.c,$B/%.d,src/main.c $(SRC) $(BOX) $(wildcard tests/unit/*.c tests/term/*.c tests/bench/*.c tests/fuzz/*.c))
endif
