# SPDX-License-Identifier: ISC
# ptsh: the admin shell for Porttracker and PortIQ boxes.  README.md says what the targets are for.
VERSION = 0.1.0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
PKG_CONFIG ?= pkg-config
BUILD ?= build

# The loader looks for a symbol in this order, and most there are belong to the first two.
LIBS = libcrypto libssl libbsd-overlay libedit
# SNMP needs Net-SNMP; NO_SNMP=1 leaves it out though it is there.  It is not linked but loaded when it is used first.
NO_SNMP ?= $(if $(shell $(PKG_CONFIG) --exists netsnmp && echo there),,1)
SNMP = $(if $(filter-out 0,$(NO_SNMP)),,netsnmp)
SNMP_SONAME = $(shell objdump -p $$($(CC) -print-file-name=libnetsnmp.so) | sed -n 's/^ *SONAME *//p')
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla
HARDEN = -fPIE -fstack-protector-strong -fstack-clash-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
CFLAGS ?= -O2 -g
# The packager's CFLAGS and LDFLAGS come last: they win.
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -DPTSH_VERSION='"$(VERSION)"' -Isrc $(WARN) $(HARDEN) \
	$(shell $(PKG_CONFIG) --cflags $(LIBS) $(SNMP)) -pthread $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now -Wl,--as-needed -pthread $(LDFLAGS)
LDLIBS += $(shell $(PKG_CONFIG) --libs $(LIBS))

SRC = $(filter-out src/main.c $(if $(SNMP),src/snmp/absent.c,src/snmp/agent%.c),$(wildcard src/*.c src/*/*.c))
OBJ = $(SRC:%.c=$(BUILD)/%.o)
BOX = $(wildcard tests/box/*.c)
UNIT = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))
TESTS = $(UNIT) $(wildcard tests/cli/*.t tests/term/*.t tests/faults/*.t)

all: $(BUILD)/ptsh

$(BUILD)/ptsh: $(BUILD)/src/main.o $(BUILD)/libptsh.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/libptsh.a: $(OBJ)
	@rm -f $@
	@$(AR) qcs $@ $^

$(BUILD)/ptsh-box: $(BOX:%.c=$(BUILD)/%.o) $(BUILD)/libptsh.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/term-driver: $(BUILD)/tests/term/driver.o $(BUILD)/libptsh.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

# Preloaded by tests, to have the system fail.  Never with a sanitizer: that has its own malloc.
$(BUILD)/shim.so: tests/faults/shim.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -g -fPIC -shared -o $@ $< -ldl

# The floor has all libraries of ptsh, used or not: loading them is part of what it costs at least.
$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/libptsh.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -Wl,--no-as-needed -o $@ $^ $(LDLIBS)

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libptsh.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS) $(shell $(PKG_CONFIG) --libs cmocka libcjson)

$(BUILD)/src/snmp/agent_library.o: CPPFLAGS += -DAGENT_SONAME='"$(SNMP_SONAME)"'
# The version stands here.
$(BUILD)/src/shell/version.o: Makefile
$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# What is run by prove finds the programs in PTSH and BOX.
TEST_ENV = PTSH=$(abspath $(BUILD))/ptsh BOX=$(abspath $(BUILD))/ptsh-box DRIVER=$(abspath $(BUILD))/term-driver \
	SHIM=$(abspath $(BUILD))/shim.so CMOCKA_MESSAGE_OUTPUT=TAP
PROGRAMS = $(BUILD)/ptsh $(BUILD)/ptsh-box $(BUILD)/term-driver $(BUILD)/shim.so $(UNIT)
check: $(PROGRAMS)
	@env $(TEST_ENV) sh tests/prove.sh $(BUILD)/prove/check 4 $(TESTS)

# check-all, fuzz, coverage and what else takes minutes.
include tests/checks.mk

# How fast it is, beside programs that are installed; the figures go to $(BUILD)/bench/figures.tsv.
BENCH = $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
bench: $(BUILD)/ptsh $(BUILD)/ptsh-box $(BENCH)
	@perl tests/bench/run.pl $(abspath $(BUILD))

deps:
	@sh tests/deps.sh

demo: $(BUILD)/ptsh $(BUILD)/ptsh-box
	@PTSH=$(BUILD)/ptsh BOX=$(BUILD)/ptsh-box sh tests/demo.sh

# README's.
picture: $(BUILD)/ptsh $(BUILD)/ptsh-box
	@env $(TEST_ENV) perl tests/picture.pl >$(BUILD)/session.svg && mv $(BUILD)/session.svg docs/session.svg

# Where bash, zsh and fish look for completions.
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
COMPLETIONS = $(DESTDIR)$(PREFIX)/share/bash-completion/completions/ptsh \
	$(DESTDIR)$(ZSHDIR)/_ptsh \
	$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/ptsh.fish

install: $(BUILD)/ptsh
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man7 $(dir $(COMPLETIONS))
	install -m 755 $(BUILD)/ptsh $(DESTDIR)$(BINDIR)/ptsh
	install -m 644 man/ptsh.1 $(DESTDIR)$(MANDIR)/man1/ptsh.1
	install -m 644 man/ptsh-protocol.7 $(DESTDIR)$(MANDIR)/man7/ptsh-protocol.7
	install -m 644 completions/ptsh.bash $(word 1,$(COMPLETIONS))
	install -m 644 completions/_ptsh $(word 2,$(COMPLETIONS))
	install -m 644 completions/ptsh.fish $(word 3,$(COMPLETIONS))

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/ptsh $(DESTDIR)$(MANDIR)/man1/ptsh.1 $(DESTDIR)$(MANDIR)/man7/ptsh-protocol.7 $(COMPLETIONS)

# A Debian package, in $(BUILD)/deb.
deb:
	@debian/build $(BUILD)/deb

clean:
	rm -rf $(BUILD)

.SECONDARY:
.PHONY: all check bench deps demo picture install uninstall deb clean
-include $(shell find $(BUILD)/src $(BUILD)/tests -name '*.d' 2>/dev/null)
