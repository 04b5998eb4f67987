/* What the log prints, and what it never prints. */
#include "ledger/base/log.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/json.h"
#include "tests/lib/tap.h"

static int real_stderr, from_log;

/* Descriptor 2 becomes a pipe that we read. */
static void capture(void)
{
	int ends[2];

	real_stderr = dup(STDERR_FILENO);
	if (real_stderr < 0 || pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) < 0)
		_exit(1);
	close(ends[1]);
	from_log = ends[0];
	fcntl(from_log, F_SETFL, O_NONBLOCK);
}

static void release(void)
{
	dup2(real_stderr, STDERR_FILENO);
	close(from_log);
	close(real_stderr);
}

/* Everything that was logged since, without the time: "ts=…Z" is 30 characters, "\"ts\":\"…Z\"" 34. */
static const char *logged(void)
{
	static char line[8192];
	ssize_t n = read(from_log, line, sizeof(line) - 1);
	char *ts;

	line[n > 0 ? n : 0] = '\0';
	ts = strstr(line, "ts=");
	if (ts != NULL && strlen(ts) > 30)
		memmove(ts, ts + 31, strlen(ts + 31) + 1);
	ts = strstr(line, "\"ts\":");
	if (ts != NULL && strlen(ts) > 35)
		memmove(ts, ts + 35, strlen(ts + 35) + 1);
	return line;
}

struct said {
	char logfmt[2048], json[2048], none[2048], masked[2048], smuggled[2048], bytes[2048];
	char longest[8192], quiet[16], last[2048];
	uint64_t dropped;
	char after[2048];
};

static void keep(char *to, size_t size)
{
	const char *line = logged();
	size_t n = strlen(line) < size - 1 ? strlen(line) : size - 1;

	memcpy(to, line, n);
	to[n] = '\0';
}

static void say(struct said *s)
{
	struct log_setup setup = {.duty = "desk", .level = LOG_INFO, .json = false, .prefix = true};
	struct personal_id id;
	struct account_no account;
	struct phone_no phone;
	struct why why;
	static char value[1025];
	struct hash h = {{0xab}};

	log_start(&setup);
	log_event(LOG_NOTICE, "batch_frozen", K_I64("batch", 17), K_VND("sum", vnd(2789000)),
		K_BOOL("late", false), K_STR("actor", "lan"), K_STR("note", "hai mươi =\"x\""),
		K_STR("empty", ""), K_STR("none", NULL), K_DAY("day", ((struct day){19816})),
		K_HASH("root", h));
	keep(s->logfmt, sizeof(s->logfmt));
	log_event(LOG_INFO, "started");
	keep(s->none, sizeof(s->none));
	log_event(LOG_DEBUG, "too_chatty");
	keep(s->quiet, sizeof(s->quiet));

	(void)!personal_id_parse(bytes_z("099190000123"), &id, NULL);
	(void)!account_no_parse(bytes_z("970000001190"), &account, NULL);
	(void)!phone_no_parse(bytes_z("0912345678"), &phone, NULL);
	log_event(LOG_INFO, "person", K_ID("id", &id), K_ACCOUNT("account", &account),
		K_PHONE("phone", &phone));
	keep(s->masked, sizeof(s->masked));
	why_set(&why, "x", "ID 099190000123 of account 12345678 or 970000001190");
	log_event(LOG_INFO, "smuggled", K_WHY(&why));
	keep(s->smuggled, sizeof(s->smuggled));
	log_event(LOG_INFO, "bytes", K_STR("text", "a\nb\x01\xff\\"));
	keep(s->bytes, sizeof(s->bytes));

	setup.json = true;
	setup.prefix = false;
	log_start(&setup);
	log_event(LOG_WARN, "batch_frozen", K_I64("batch", 17), K_BOOL("late", true),
		K_STR("note", "hai \"x\"\n"), K_STR("none", NULL), K_DAY("day", ((struct day){19816})),
		K_ID("id", &id));
	keep(s->json, sizeof(s->json));
	memset(value, 'x', sizeof(value) - 1);
	log_event(LOG_WARN, "long", K_STR("a", value), K_STR("b", value), K_STR("c", value),
		K_STR("d", value), K_STR("e", "short"));
	keep(s->longest, sizeof(s->longest));
	log_last_words("the end");
	keep(s->last, sizeof(s->last));

	/* Nobody reads: a pipe holds 64 KiB, then lines are dropped and nothing blocks. */
	for (int i = 0; i < 100; i++)
		log_event(LOG_WARN, "flood", K_STR("a", value), K_STR("b", value));
	s->dropped = log_dropped();
	while (logged()[0] != '\0')
		;
	log_event(LOG_WARN, "after");
	keep(s->after, sizeof(s->after));
}

int main(void)
{
	static struct said s;

	capture();
	say(&s);
	release();

	is_str(s.logfmt,
		"<5>level=notice duty=desk event=batch_frozen batch=17 sum=2789000 late=false actor=lan "
		"note=\"hai mươi =\\\"x\\\"\" empty=\"\" none= day=2024-04-03 "
		"root=ab00000000000000000000000000000000000000000000000000000000000000\n",
		"a line of logfmt");
	is_str(s.none, "<6>level=info duty=desk event=started\n", "an event needs no fields");
	is_str(s.quiet, "", "a level that is not wanted is not written");
	is_str(s.masked,
		"<6>level=info duty=desk event=person id=\"099•••••0123\" account=\"••••1190\" phone=\"09•••••678\"\n",
		"a person's numbers come out masked");
	is_str(s.smuggled,
		"<6>level=info duty=desk event=smuggled code=x why=\"ID •••0123 of account 12345678 or •••1190\"\n",
		"nine digits in a row inside a text come out masked");
	is_str(s.bytes, "<6>level=info duty=desk event=bytes text=\"a\\u000ab\\u0001\xef\xbf\xbd\\\\\"\n",
		"one event is one line, and UTF-8");
	is_str(s.json,
		"{\"level\":\"warn\",\"duty\":\"desk\",\"event\":\"batch_frozen\",\"batch\":17,\"late\":true,"
		"\"note\":\"hai \\\"x\\\"\\u000a\",\"none\":null,\"day\":\"2024-04-03\",\"id\":\"099•••••0123\"}\n",
		"a line of JSON");
	CLEANUP(json_drop) struct json *doc = json_read(bytes_z(s.longest), 8192, NULL);
	ok(doc != NULL && json_has(doc, "cut") && json_has(doc, "c") && !json_has(doc, "d") &&
			json_has(doc, "e"),
		"a line that was cut is still JSON, and says so");
	ok(strlen(s.longest) <= 4096, "no line is longer than what a pipe takes at once");
	is_str(s.last, "{\"level\":\"crit\",\"duty\":\"desk\",\"event\":\"bug\",\"text\":\"the end\"}\n",
		"the last words");
	ok(s.dropped > 0 && s.dropped < 100, "a reader who does not read loses lines and stops nobody");
	doc = (json_drop(&doc), json_read(bytes_z(s.after), 2048, NULL));
	int64_t told = 0;
	ok(doc != NULL && json_i64(doc, "dropped", &told, NULL), "the next line tells");
	is_i64(told, (int64_t)s.dropped, "how many were lost");
	return done_testing();
}
