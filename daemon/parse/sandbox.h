/* sandbox.h: what chitra-parse may still do once it reads a stranger's bytes: read, write,
 * to look about in descriptor 0 (a workbook is read from its end), memory, the end. */
#pragma once

/* Limits memory, time and files, and allows only the system calls above; any other kills the process. Never comes back on
 * failure. Programs under a sanitizer keep the limits that they can live with and have no filter. */
void sandbox_enter(void);
