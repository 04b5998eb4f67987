/* pick.h: which batches a command is about: their numbers, or all that wait. For batch, approve and release. */
#ifndef CHITRA_CLI_PICK_H
#define CHITRA_CLI_PICK_H

#include "ledger/payout/batch_store.h"
#include "daemon/cli/cli.h"

struct pick {
	int64_t *ids; /* NULL: none were given */
	size_t n;
	bool all; /* the command's --all-… */
	bool has_period;
	struct month period;
	const char *programme, *state;
};

/* For a command's table of options; the first is the command's own name for "all". */
#define PICK_OPTIONS(p, all_name)                                                                     \
	{all_name, .given = &(p)->all}, {"period", .month = &(p)->period, .given = &(p)->has_period}, \
		{"programme", .text = &(p)->programme},                                               \
	{                                                                                             \
		"state", .text = &(p)->state                                                          \
	}

/* The numbers behind the options; false when one is no number, or when there are numbers and "all" too, or neither. */
bool pick_ids(struct arena *a, int n, char **words, struct pick *p) WARN_UNUSED;

struct batch_filter pick_filter(const struct pick *p);

/* The numbers of these batches. */
int64_t *pick_of(struct arena *a, const struct batches *b);

/* How many of the batches from `first` on are one piece of work: about 100,000 lines. */
size_t pick_slice(const struct batches *b, size_t first);

/* As a table for a person, or as members of the array "batches". */
void pick_print(struct arena *a, const struct batches *b);
void pick_put(struct json_writer *j, const struct batches *b);

#endif
