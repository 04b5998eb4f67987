#include "daemon/witnesses.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bankapi/http_poll.h"
#include "ledger/base/log.h"
#include "ledger/books/head_store.h"

enum { REPLY_MAX = 2 * NOTE_MAX };

/* ---- the configuration ---------------------------------------------------------------------------------------- */

static bool read_one(const struct config *c, const char *name, struct witness_at *out, struct why *why)
{
	char section[80];
	snprintf(section, sizeof section, "witness %s", name);
	*out = (struct witness_at){
		.name = name,
		.url = config_text(c, section, "url"),
		.unix_socket = config_text(c, section, "unix_socket"),
		.ca_file = config_text(c, section, "ca_file"),
		.deadline_ms = (long)config_ms(c, section, "deadline"),
	};
	if (!note_vkey_parse(bytes_z(config_text(c, section, "key")), &out->key, why))
		return why_prefix(why, "[%s] key", section);
	return out->key.type == NOTE_COSIGNATURE ||
	       why_set(why, "vkey_type", "[%s] key is not one that cosigns", section);
}

static void dispose(struct witnesses *all)
{
	free(all->at);
	free(all);
}

void witnesses_free(struct witnesses *all)
{
	if (all)
		dispose(all);
}

void witnesses_drop(struct witnesses **all)
{
	witnesses_free(*all);
}

struct witnesses *witnesses_load(const struct config *c, struct archive *archive, struct why *why)
{
	struct witnesses *all = calloc(1, sizeof *all);
	bug_if(!all);
	const char *const *names = config_labels(c, "witness", &all->n);
	all->archive = archive;
	all->at = calloc(all->n + 1, sizeof *all->at);
	bug_if(!all->at);
	for (size_t i = 0; i < all->n; i++)
		if (!read_one(c, names[i], &all->at[i], why)) {
			dispose(all);
			return NULL;
		}
	return all;
}

/* ---- one exchange --------------------------------------------------------------------------------------------- */

struct heard {
	struct arena *arena;
	int status;
	struct bytes reply;
	struct why why;
};

static void take(void *ctx, void *user, const struct http_result *r)
{
	(void)ctx;
	struct heard *h = user;
	h->why = r->why;
	if (r->transport != HTTP_REPLIED)
		return;
	h->status = r->status;
	h->reply = bytes_of(arena_copy(h->arena, r->body.at, r->body.n), r->body.n);
}

bool witness_ask(const struct witness_at *at, struct arena *a, const char *path, struct bytes body,
	int *status, struct bytes *reply, struct why *why)
{
	struct heard heard = {.arena = a};
	struct http_poll *poll = http_poll_new();
	struct http_options o = {
		.peer = {.base_url = at->url, .unix_socket = at->unix_socket, .ca_file = at->ca_file},
		.in_flight_max = 1,
		.poller = http_poll_poller(poll),
		.end = take,
	};
	struct http_request r = {.path = path,
		.body = body,
		.reply_max = REPLY_MAX,
		.deadline_ms = at->deadline_ms,
		.user = &heard};
	struct http *http = http_new(&o, &heard.why);
	if (http && (body.n ? http_post(http, &r, &heard.why) : http_get(http, &r, &heard.why)))
		http_run_until_idle(poll, http);
	http_free(http);
	http_poll_free(poll);
	if (!heard.status)
		return why_set(why, heard.why.code, "the witness %s: %s", at->name, heard.why.text);
	*status = heard.status;
	*reply = heard.reply;
	return true;
}

/* ---- what it has signed of us --------------------------------------------------------------------------------- */

/* Some job waits for the connection that is being made: all witnesses together may take half of what it has left. */
static struct witness_at in_haste(
	const struct work *w, const struct witnesses *all, const struct witness_at *at)
{
	struct witness_at hurried = *at;
	long left_ms = (long)((w->deadline_us - work_deadline_in_ms(0)) / 1000);
	long share_ms = left_ms / 2 / (long)all->n;
	if (share_ms < hurried.deadline_ms)
		hurried.deadline_ms = share_ms > 1 ? share_ms : 1;
	return hurried;
}

/* n = 0: nothing is known. */
static struct bytes newest_of(
	struct work *w, const struct witnesses *all, const struct witness_at *at, const char *path)
{
	struct witness_at hurried = in_haste(w, all, at);
	struct bytes note = {0};
	struct why why = {0};
	int status = 0;
	if (witness_ask(&hurried, w->arena, path, note, &status, &note, &why) && status == 200)
		return note;
	if (!status)
		log_event(LOG_WARN, "witness_silent", K_STR("witness", at->name), K_WHY(&why));
	note = (struct bytes){0};
	if (!archive_witnessed(all->archive, w->arena, &at->key, &note, &why))
		log_event(LOG_ERROR, "witnessed_unreadable", K_STR("witness", at->name), K_WHY(&why));
	return note;
}

/* With its signature; and with the log's, so that no witness can make up what we have said. */
static bool believed(
	const struct note *note, const struct witnesses *all, const struct witness_at *at, struct why *why)
{
	struct note_verifier known[2] = {at->key};
	uint64_t signed_at[2];
	bool log = archive_log(all->archive, &known[1]);
	if (!note_verify(note, known, log ? 2 : 1, signed_at, why))
		return false;
	return (signed_at[0] && (!log || signed_at[1])) ||
	       why_set(why, "note_unsigned", "it lacks the signature of %s",
		       signed_at[0] ? "the log" : "the witness");
}

bool witness_newest(struct work *w, const struct witnesses *all, const struct witness_at *at,
	const char *origin, struct checkpoint *out)
{
	struct hash named = sha256(bytes_z(origin));
	char hex[HASH_HEX_SIZE];
	const char *path = arena_printf(w->arena, "/%s/checkpoint", hash_hex(&named, hex));
	struct bytes text = newest_of(w, all, at, path);
	struct note *note = arena_alloc(w->arena, sizeof *note);
	struct checkpoint known;
	struct why why = {0};
	if (text.n == 0)
		return false;
	/* What it has not signed is a stranger's word, and stops nothing. */
	if (!note_parse(text, note, &why) || !believed(note, all, at, &why) ||
		!checkpoint_parse(note->text, &known, &why) || strcmp(known.origin, origin) != 0) {
		log_event(LOG_ERROR, "witness_unbelieved", K_STR("witness", at->name), K_WHY(&why));
		return false;
	}
	*out = known;
	return true;
}

enum result witnesses_check(struct work *w, const struct witnesses *all, const char *origin)
{
	enum result result = OK;
	for (size_t i = 0; result == OK && i < all->n; i++) {
		struct checkpoint known;
		if (witness_newest(w, all, &all->at[i], origin, &known))
			result = books_check_known(w, &known, all->at[i].name);
	}
	return result;
}

enum result witnesses_check_head(struct work *w, void *witnesses)
{
	const struct witnesses *all = witnesses;
	struct archived newest;
	enum result result = books_check_head(w, all->archive);
	if (result != OK || all->n == 0)
		return result;
	if (!archive_newest(all->archive, w->arena, &newest, &w->why))
		return REFUSED;
	return newest.checkpoint.size > 0 ? witnesses_check(w, all, newest.checkpoint.origin) : OK;
}
