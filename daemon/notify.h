/* notify.h: telling the service manager, or the process that started this one, how it goes.
 *
 * sd_notify's datagram by hand (libsystemd would pull in a world), and one byte on the descriptor CHITRA_READY_FD. Does
 * nothing where nobody asked. */
#pragma once

#include <stdint.h>

/* "READY=1", "STATUS=...", "STOPPING=1", "WATCHDOG=1", "MAINPID=n"; several with LF between them. */
void notify(const char *text);

/* READY=1, and the byte. Once. */
void notify_ready(void);

/* How often WATCHDOG=1 should be said, in milliseconds: half of what systemd allows; 0: never. */
int64_t notify_watchdog_ms(void);
