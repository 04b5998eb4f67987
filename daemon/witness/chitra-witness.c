/* chitra-witness: the audit office's memory of a ledger. It signs a checkpoint only when it continues the last one that it signed, so
 * that nobody can show one history here and another one there (C2SP tlog-witness).
 *
 * One thread, one request after the other: what is checked and what is written down cannot be parted by another request. It writes
 * to a disk on its loop, which has nothing else to do. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/file.h"
#include "ledger/base/log.h"
#include "ledger/base/secret.h"
#include "daemon/http.h"
#include "daemon/loop.h"
#include "daemon/signals.h"
#include "daemon/sockets.h"
#include "daemon/version.h"
#include "daemon/witness/memory.h"
#include "daemon/witness/settings.h"

enum { EX_USAGE = 64, EX_CONFIG = 78, SETTINGS_MAX = 1 << 20 };

static const char usage[] =
	"usage: chitra-witness FILE         cosign the checkpoints of the logs that FILE names, until SIGTERM\n"
	"       chitra-witness --key FILE   print the witness's key, for the auditors' policy and the logs' configuration\n"
	"       chitra-witness --version | --help\n"
	"\n"
	"FILE:   listen PATH|127.0.0.1:PORT   POST /add-checkpoint, GET /<hex sha256 of a log's origin>/checkpoint\n"
	"        name NAME                    what it signs as, like audit.example.vn/witness; for ever the same\n"
	"        key FILE                     32 random bytes, mode 0600\n"
	"        state DIRECTORY              what it has signed last; never restored from a backup\n"
	"        log VKEY                     a log that it watches (`chitra ledger key`); any number of lines\n";

struct witness {
	struct settings settings;
	struct note_verifier self;
	struct sign_key *key;
	struct memory *memory;
	struct loop *loop;
	struct server *server;
	struct timer *ending;
};

/* ---- requests ------------------------------------------------------------------------------------------------- */

static void said(const struct ruling *r, enum log_level level, const char *event)
{
	log_event(level, event, K_STR("origin", r->log ? r->log->origin : ""), K_I64("status", r->status),
		K_I64("size", r->log ? (int64_t)r->now.size : 0),
		K_I64("cosigned", r->log ? (int64_t)r->log->size : 0), K_WHY(&r->why));
}

static void refuse(struct witness *w, struct exchange *x, const struct ruling *r)
{
	char size[32];

	bool kept = r->evidence != NO_EVIDENCE && memory_keep_evidence(w->memory, r);

	if (kept && r->evidence == CONTRADICTION)
		said(r, LOG_ERROR, "log_contradicts_itself");
	else
		said(r, r->evidence != NO_EVIDENCE ? LOG_WARN : LOG_INFO, "not_cosigned");
	if (r->status != 409) {
		exchange_refuse(x, r->status, &r->why);
		return;
	}
	snprintf(size, sizeof(size), "%" PRIu64 "\n", r->log->size);
	exchange_reply(x, r->status, "text/x.tlog.size", bytes_z(size));
}

static void add_checkpoint(struct exchange *x, void *arg)
{
	struct witness *w = arg;
	CLEANUP(buf_free) struct buf line = BUF(NOTE_MAX);
	struct ruling *r = arena_alloc(exchange_arena(x), sizeof(*r));

	judge(&w->settings.logs, exchange_body(x), r);
	if (r->status != 200) {
		refuse(w, x, r);
		return;
	}
	note_cosign(&w->self, w->key, (uint64_t)(wall_us() / 1000000), r->note.text, &line);
	if (!memory_keep(w->memory, r->log, r, buf_bytes(&line), &r->why)) {
		r->status = 503;
		said(r, LOG_ERROR, "not_kept");
		exchange_refuse(x, r->status, &r->why);
		return;
	}
	said(r, LOG_INFO, "cosigned");
	exchange_reply(x, r->status, "text/plain; charset=utf-8", buf_bytes(&line));
}

static void show(struct exchange *x, void *arg)
{
	struct witness *w = arg;
	struct why why = {.code = "not_found", .text = "no checkpoint of such a log was cosigned"};
	const char *rest = exchange_rest(x);
	struct bytes note;

	for (size_t i = 0; i < w->settings.logs.n; i++) {
		const struct watched *log = &w->settings.logs.at[i];
		char name[HASH_HEX_SIZE];
		size_t n = strlen(memory_name(log, name));

		if (strncmp(rest, name, n) != 0 || strcmp(rest + n, "/checkpoint") != 0)
			continue;
		if (!memory_shows(w->memory, exchange_arena(x), log, &note, &why))
			break;
		exchange_reply(x, 200, "text/plain; charset=utf-8", note);
		return;
	}
	exchange_refuse(x, 404, &why);
}

static const struct route routes[] = {
	{"POST", "/add-checkpoint", add_checkpoint},
	{"GET", "/*", show},
};

/* ---- the process ------------------------------------------------------------------------------------------------ */

static void ended(void *arg)
{
	struct witness *w = arg;

	if (server_in_flight(w->server) == 0)
		loop_stop(w->loop);
	else
		timer_set(w->ending, 20);
}

static void stop(void *arg)
{
	struct witness *w = arg;

	server_drain(w->server);
	timer_set(w->ending, 0);
}

static void reload(void *arg)
{
	(void)arg;
	log_event(LOG_NOTICE, "not_reloaded", K_STR("do", "restart to read the settings again"));
}

static bool load_key(struct witness *w, struct why *why)
{
	const char *where = w->settings.key;
	struct key32 *seed = strchr(where, '/') ? secret_load_file(where, why) : secret_load(where, why);
	struct verify_key half;

	if (seed == NULL)
		return false;
	w->key = sign_from_seed(seed);
	secret_free(seed);
	half = sign_public(w->key);
	w->self = note_verifier(w->settings.name, NOTE_COSIGNATURE, &half);
	return true;
}

/* A cosignature does not say who made it: with the log's own key it could be taken for the log's. */
static bool keys_differ(const struct witness *w, struct why *why)
{
	for (size_t i = 0; i < w->settings.logs.n; i++)
		for (size_t k = 0; k < w->settings.logs.at[i].keys_n; k++)
			if (memcmp(w->settings.logs.at[i].keys[k].key.b, w->self.key.b,
				    sizeof(w->self.key.b)) == 0)
				return why_set(why, "settings", "the witness has the key of the log %s",
					w->settings.logs.at[i].origin);
	return true;
}

static bool recall(struct witness *w, struct why *why)
{
	w->memory = memory_open(w->settings.state, why);
	if (w->memory == NULL)
		return false;
	for (size_t i = 0; i < w->settings.logs.n; i++) {
		struct watched *log = &w->settings.logs.at[i];

		if (!memory_recall(w->memory, &w->self, log, why))
			return false;
		log_event(LOG_NOTICE, "watches", K_STR("origin", log->origin),
			K_I64("cosigned", (int64_t)log->size));
	}
	return true;
}

static bool serve(struct witness *w, struct why *why)
{
	struct sockets sockets = {.n = 0};
	struct server_plan plan = {
		.name = "witness",
		.routes = routes,
		.routes_n = COUNT_OF(routes),
		.arg = w,
		.header_max = 8192,
		.body_max = ADD_CHECKPOINT_MAX,
		.request_ms = 10000,
		.answer_ms = 10000,
		.idle_ms = 60000,
		.connections_max = 64,
	};
	struct signals *signals;
	char address[SOCKET_ADDRESS_MAX];

	sockets_inherit(&sockets);
	if (!sockets_open(&sockets, "witness", w->settings.listen, why))
		return false;
	w->loop = loop_new();
	w->server = server_new(w->loop, &plan, sockets_find(&sockets, "witness"), why);
	if (w->server != NULL) {
		w->ending = timer_new(w->loop, ended, w);
		signals = signals_new(
			w->loop, &(struct signals_plan){.stop = stop, .reload = reload, .arg = w});
		socket_address(sockets_find(&sockets, "witness"), address);
		log_event(LOG_NOTICE, "listens", K_STR("address", address));
		loop_run(w->loop);
		signals_free(signals);
		timer_free(w->ending);
		server_free(w->server);
	}
	loop_free(w->loop);
	sockets_close(&sockets);
	return w->server != NULL;
}

static bool run(struct witness *w, const char *path, bool key_only, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf vkey = BUF(NOTE_MAX);
	struct bytes file;
	bool fine = read_file(a, path, SETTINGS_MAX, &file, why) &&
		    settings_read(a, file, &w->settings, why) && load_key(w, why) && keys_differ(w, why);

	if (fine && key_only) {
		note_vkey_format(&w->self, &vkey);
		puts(buf_str(&vkey));
	} else if (fine) {
		fine = recall(w, why) && serve(w, why);
	}
	memory_close(w->memory);
	sign_free(w->key);
	return fine;
}

int main(int argc, char **argv)
{
	struct witness w = {.key = NULL};
	struct why why = {.code = ""};
	bool key_only = argc == 3 && strcmp(argv[1], "--key") == 0;

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("chitra-witness " CHITRA_VERSION) < 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return fputs(usage, stdout) < 0;
	if (!key_only && (argc != 2 || argv[1][0] == '-')) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	process_harden();
	log_start(&(struct log_setup){.duty = "witness", .level = LOG_INFO});
	if (run(&w, argv[argc - 1], key_only, &why))
		return 0;
	fprintf(stderr, "chitra-witness: %s\n", why.text);
	return EX_CONFIG;
}
