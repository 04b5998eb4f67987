/* words.h: the register's codes as officers and citizens read them.
 *
 * Knows one Vietnamese word for each code that a table or a printed page shows; a payout's states are explain_state's. Nothing is
 * decided by these words, and --json and --csv never use them. */
#ifndef CHITRA_CLI_WORDS_H
#define CHITRA_CLI_WORDS_H

/* The code itself when there is no word for it. */
const char *word_vi(const char *code);

#endif
