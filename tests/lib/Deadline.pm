# SPDX-License-Identifier: ISC
# Deadline: how long anything may take that a test waits for.
#
# It is there to end a hang, and for nothing else: no test fails because a machine is slow or busy.  Only what is tested for
# ending late has a time of its own, and says why.
package Deadline;

use strict;
use warnings;

# PTSH_TEST_SLOW: for programs that are slow because of how they were built or are run.
use constant SLOW => $ENV{PTSH_TEST_SLOW} // 1;
use constant SECONDS => 300 * SLOW;

1;
