/* serve.h: chitra-parse for many files: a process that never reads one, and a child of it for each that does.
 *
 * Starting a program costs ten times a fork, and a payroll has thousands of lists. The importer sends, over the socket that is our
 * descriptor 0, one byte (an enum list_kind), what else is asked (asked_read), and three descriptors: the file, where rows go, where
 * words go. The child takes them as 0, 1 and 2, shuts itself in like chitra-parse KIND, reads its one file and dies. Its last word is
 * "ok" when the rows are whole. */
#pragma once

#define SERVE_ASKED_MAX ((size_t)64 << 10) /* LIST_SAVED_MAX headings, and more */

/* Until the importer closes the socket; the exit code. */
int serve(int socket, int (*one)(int kind, char *asked));
