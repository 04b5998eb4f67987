/* schedule_store.h: hours, days and calendar out of the database, for schedule.h; what waits for them, and what two officers say of
 * them. Called by the teller (may it leave now?), the desk and `chitra` (how long must it be valid, when does it go?). */
#ifndef CHITRA_PAYOUT_SCHEDULE_STORE_H
#define CHITRA_PAYOUT_SCHEDULE_STORE_H

#include "ledger/db/work.h"
#include "ledger/payout/schedule.h"

struct channel_times {
	int64_t id;
	const char *code, *bank;
	bool cash;
	struct versions hours;
	const char *hours_text; /* the newest; NULL: always open */
};

struct programme_days {
	const char *code;
	struct windows windows;
};

struct timetable {
	struct calendar calendar;
	size_t n_channels, n_programmes;
	struct channel_times *channels;
	struct programme_days *programmes;
};

/* Good for questions about the weeks around today. Everything in w->arena. */
enum result timetable_load(struct work *w, struct day today, struct timetable *out) WARN_UNUSED;

const struct windows *timetable_windows(const struct timetable *t, const char *programme);
const struct channel_times *timetable_channel(const struct timetable *t, int64_t channel);

/* schedule_next for a channel; on a programme's days, or (NULL) now. */
bool timetable_next(const struct timetable *t, int64_t channel, const char *programme, struct month period,
	int64_t from_us, struct opening *out) WARN_UNUSED;

/* What may leave at an instant. */
struct open_now {
	size_t n_channels, n_programmes;
	int64_t *channels, *cut_offs_us; /* of a bank, or of all cash agents, that are open */
	const char **programmes;
	struct day *periods; /* of each: the newest period that is paid */
};
struct open_now timetable_open(const struct timetable *t, struct arena *a, const char *bank, int64_t now_us);

int64_t open_cut_off(const struct open_now *open, int64_t channel); /* that is open */

/* Holds payouts that were released and whose validity ends before they may leave, at most n: nobody may pay them any more, so they are
 * cancelled by an officer and owed in a later batch. *held: how many. A transaction of its own. */
enum result schedule_hold_late(struct work *w, size_t n, size_t *held) WARN_UNUSED;

/* What an officer says; the second who says the same decides it (*decided). REFUSED channel_unknown, no_mandate, first_mandate. Inside
 * the caller's officer transaction. */
enum result window_say(struct work *w, const char *programme, const struct window *window, const char *source,
	bool *decided) WARN_UNUSED;
enum result hours_say(struct work *w, const char *channel, const char *text, const struct hours *hours,
	const char *source, bool *decided) WARN_UNUSED;
enum result day_say(struct work *w, struct day day, const char *kind, const char *name, const char *source,
	bool *decided) WARN_UNUSED;

#endif
