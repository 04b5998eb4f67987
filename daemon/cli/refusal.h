/* refusal.h: what an officer does about a refusal, in Vietnamese, by its code. Used by cli.c, and by the pages. */
#ifndef CHITRA_CLI_REFUSAL_H
#define CHITRA_CLI_REFUSAL_H

/* One sentence, verb first; NULL for a code that only a technician meets. */
const char *refusal_vi(const char *code);

#endif
