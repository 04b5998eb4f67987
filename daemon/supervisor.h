/* supervisor.h: starts all four duties as processes of their own, and keeps them running.
 *
 * `chitrad` without --duty: opens every listening socket, starts the duties on them, restarts a dead one (at once the
 * first time, then from 100 ms doubling to 10 s), stops by letting all drain, and reloads by starting new duties on the
 * same sockets before the old ones drain. In production systemd does most of this. Knows no duty from within. */
#pragma once

struct spawner;

/* Returns the exit status. */
int supervisor_run(const struct spawner *spawner);
