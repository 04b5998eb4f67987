/* db_lost_release.h: a payroll of twelve people in two wards that was released, and whose release is lost with its commit: the manifests
 * are written, the database has the batches as approved. */
#pragma once

#include "ledger/base/file.h"
#include "ledger/payout/recover_release_store.h"
#include "tests/unit/db_payout.h"

enum { PEOPLE = 12, WARD = PEOPLE / 2 };

static char archive[80];   /* of the manifests */
static struct trust trust; /* what their signatures are checked with */

static inline struct db *lost_release_begin(const char *name)
{
	struct bytes keys;
	struct db *db = payout_scene_begin(name);
	struct work w = fresh_work(db);
	make_payroll(&w, (struct payroll){.people = PEOPLE, .wards = 2, .lose_release = true});
	snprintf(archive, sizeof archive, "%s/archive", place);
	if (!read_file(w.arena, arena_printf(w.arena, "%s/admin-keys", place), 65536, &keys, &w.why) ||
		!trust_read(keys, 2, &trust, &w.why))
		bug("%s", w.why.text);
	arena_free(w.arena);
	return db;
}
