#include "daemon/cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/base/secret.h"
#include "ledger/base/text.h"
#include "daemon/cli/refusal.h"

#define STEP_MS  INT64_C(600000) /* one transaction of a command: a million lines are one */
#define JSON_MAX ((size_t)64 << 20)

/* One command, one run: whoever said which word is wrong need not show all the usage below it. */
static bool said_what_is_wrong;

static void fill_usage(struct json_writer *j, const void *what)
{
	const struct cli *cli = what;
	json_put_str(j, "error", "usage");
	json_put_str(j, "result", result_name(REFUSED));
	json_put_str(j, "text", cli->command->usage);
}

/* What comes after "chitra COMMAND " where a form of the command begins in its usage; NULL: the line goes on with the form above. */
static const char *form_begins(const struct command *command, const char *line)
{
	size_t name = strlen(command->name);

	line += strspn(line, " ");
	if (strncmp(line, "chitra ", 7) != 0 || strncmp(line + 7, command->name, name) != 0 ||
		line[7 + name] != ' ')
		return NULL;
	return line + 7 + name + 1;
}

static bool is_about(const char *form, const char *word)
{
	size_t n = strlen(word);

	return strncmp(form, word, n) == 0 && (form[n] == '\0' || form[n] == ' ' || form[n] == '\n');
}

/* The forms of the command that begin with this word, printed where `to` is not NULL; returns how many lines they have. */
static int forms_of(const struct command *command, const char *word, FILE *to)
{
	bool wanted = false;
	int n = 0;

	for (const char *line = command->usage; line != NULL && *line != '\0';) {
		const char *end = strchr(line, '\n'), *form = form_begins(command, line);
		int length = end ? (int)(end - line) : (int)strlen(line), blank = (int)strspn(line, " ");

		if (form != NULL)
			wanted = is_about(form, word);
		n += wanted;
		if (wanted && to != NULL)
			fprintf(to, "%s%.*s\n", n == 1 ? "usage: " : "", n == 1 ? length - blank : length,
				n == 1 ? line + blank : line);
		line = end ? end + 1 : NULL;
	}
	return n;
}

void cli_print_usage(FILE *to, const struct command *command, const char *word)
{
	if (word == NULL || forms_of(command, word, to) == 0)
		fprintf(to, "usage: %s\n", command->usage);
}

int cli_usage(const struct cli *cli)
{
	const char *word = cli->word != NULL && forms_of(cli->command, cli->word, NULL) > 0 ? cli->word
											    : NULL;

	if (cli->json)
		cli_print_json(fill_usage, cli);
	else if (said_what_is_wrong)
		fprintf(stderr, "Xem cách dùng: chitra help %s%s%s\n", cli->command->name, word ? " " : "",
			word ? word : "");
	else
		cli_print_usage(stderr, cli->command, word);
	return EX_USAGE;
}

bool cli_wrong(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	said_what_is_wrong = true;
	return false;
}

bool cli_month(const char *text, struct month *out)
{
	if (month_parse(bytes_z(text), out))
		return true;
	return cli_wrong("Sửa tháng: «%s» không phải là tháng, viết như 2024-04", text);
}

bool cli_day(const char *text, struct day *out)
{
	if (day_parse(bytes_z(text), out))
		return true;
	return cli_wrong("Sửa ngày: «%s» không phải là ngày, viết như 2024-04-03", text);
}

bool cli_dong(const char *text, struct vnd *out)
{
	if (vnd_parse(text, strlen(text), out, NULL) && !vnd_is_zero(*out))
		return true;
	return cli_wrong("Sửa số tiền: «%s» không phải là số đồng, viết như 1500000", text);
}

bool cli_count(const char *text, int least, int most, int *out)
{
	uint64_t n;
	if (!text_u64(bytes_z(text), (uint64_t)most, &n) || n < (uint64_t)least)
		return cli_wrong("Sửa «%s»: viết một số từ %d đến %d", text, least, most);
	*out = (int)n;
	return true;
}

bool cli_id(const char *text, int64_t *out)
{
	uint64_t id;
	if (!text_u64(bytes_z(text), INT64_MAX, &id) || id == 0)
		return cli_wrong("Sửa số: «%s» không phải là số của dòng nào, viết như 12", text);
	*out = (int64_t)id;
	return true;
}

bool cli_ids(struct arena *a, int n, char **words, int64_t **out)
{
	int64_t *ids = arena_array(a, (size_t)n, int64_t);
	for (int i = 0; i < n; i++)
		if (!cli_id(words[i], &ids[i]))
			return false;
	*out = ids;
	return n > 0;
}

#define DECISION_MAX (64 << 20)

bool cli_decision(struct cli *cli, const char *path, struct hash *out)
{
	struct bytes file;
	if (!read_file(cli->w->arena, path, DECISION_MAX, &file, &cli->w->why))
		return false;
	if (file.n == 0)
		return why_set(&cli->w->why, "decision_empty", "%s is empty", path);
	*out = sha256(file);
	return true;
}

bool cli_reason(const char *text, const char **out)
{
	size_t n = 0;
	*out = text;
	for (const char *z = text; *z; z++)
		n += ((unsigned char)*z & 0xc0) != 0x80;
	if (n >= 3 && n <= 500)
		return true;
	return cli_wrong("Ghi lý do (--reason) từ 3 đến 500 ký tự, để người sau đọc hiểu");
}

static int exit_code_of(const struct why *why)
{
	static const struct {
		const char *prefix;
		int code;
	} known[] = {
		{"internal", EX_SOFTWARE},
		{"db_unreachable", EX_UNAVAILABLE},
		{"not_funded", EX_TEMPFAIL},
		{"awaits_second", EX_TEMPFAIL},
		{"history_in_doubt", EX_TEMPFAIL},
		{"not_logged_in", EX_NOPERM},
		{"session_over", EX_NOPERM},
		{"no_mandate", EX_NOPERM},
		{"not_yours", EX_NOPERM},
		{"own_batch", EX_NOPERM},
		{"same_person", EX_NOPERM},
		{"same_officer", EX_NOPERM},
		{"login_refused", EX_NOPERM},
		{"passphrase_", EX_NOPERM},
		{"key_file_passphrase", EX_NOPERM},
		{"config_", EX_CONFIG},
		{"secret_", EX_CONFIG},
	};
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (strncmp(why->code, known[i].prefix, strlen(known[i].prefix)) == 0)
			return known[i].code;
	return EX_DATAERR;
}

static int code_of(enum result r, const struct why *why)
{
	switch (r) {
	case OK: return EX_OK;
	case REFUSED: return exit_code_of(why);
	case RETRY: return why_is(why, "db_unreachable") ? EX_UNAVAILABLE : EX_TEMPFAIL;
	case UNSURE: return EX_TEMPFAIL;
	}
	bug("result %d", (int)r);
}

struct failure {
	enum result result;
	const struct why *why;
};

static void fill_failure(struct json_writer *j, const void *what)
{
	const struct failure *f = what;
	json_put_str(j, "error", f->why->code);
	json_put_str(j, "result", result_name(f->result));
	json_put_str(j, "text", f->why->text);
}

static int told(const struct cli *cli, enum result r, const struct why *why)
{
	if (r == OK)
		return EX_OK;
	struct failure f = {.result = r, .why = why};
	if (cli->json) {
		cli_print_json(fill_failure, &f);
		return code_of(r, why);
	}
	const char *what_to_do = r == UNSURE
					 ? "Xem lại trước khi làm lại: không rõ việc này đã được ghi hay chưa"
					 : refusal_vi(why->code);
	if (what_to_do)
		fprintf(stderr, "chitra %s: %s\n", cli->command->name, what_to_do);
	fprintf(stderr, "chitra %s: %s: %s\n", cli->command->name, why->code, why->text);
	if (r == UNSURE)
		fprintf(stderr,
			"chitra %s: nobody could say whether it was committed; look before you repeat it\n",
			cli->command->name);
	return code_of(r, why);
}

int cli_exit(const struct cli *cli, enum result r)
{
	return told(cli, r, &cli->w->why);
}

int cli_refused(const struct cli *cli, const struct why *why)
{
	return told(cli, REFUSED, why);
}

void cli_print_json(void (*fill)(struct json_writer *, const void *), const void *what)
{
	CLEANUP(buf_free) struct buf out;
	struct json_writer j;
	buf_init(&out, JSON_MAX);
	json_write(&j, &out);
	json_open_object(&j, NULL);
	fill(&j, what);
	json_close(&j);
	bug_if(!json_written(&j) || !buf_ok(&out));
	puts(buf_str(&out));
}

void cli_next_step(struct cli *cli)
{
	cli->w->deadline_us = work_deadline_in_ms(STEP_MS);
}

/* The file holds the token as 64 hex digits. */
bool cli_session(struct cli *cli, struct hash *token_hash)
{
	struct bytes text;
	struct why why = {0};
	uint8_t token[32];
	bool fits = read_file(cli->w->arena, cli->session_path, 128, &text, &why) && text.n == 65 &&
		    text.at[64] == '\n' && hex_decode((const char *)text.at, 64, token, sizeof token);
	if (!fits)
		return why_set(&cli->w->why, "not_logged_in", "nobody is logged in (%s); run: chitra login",
			cli->session_path);
	*token_hash = sha256(bytes_of(token, sizeof token));
	secret_wipe(token, sizeof token);
	return true;
}

enum result cli_enter(struct cli *cli)
{
	struct hash token_hash;
	cli_next_step(cli);
	if (!cli_session(cli, &token_hash))
		return REFUSED;
	enum result r = tx_begin(cli->w);
	if (r != OK)
		return r;
	return officer_enter(cli->w, &token_hash, &cli->me);
}

struct key32 *cli_key(struct cli *cli, const char *option)
{
	const char *where = config_secret(cli->config, "desk", option);
	if (!where) {
		why_set(&cli->w->why, "config_missing", "[desk] %s is not set; this needs the desk's keys",
			option);
		return NULL;
	}
	struct key32 *key = strchr(where, '/') ? secret_load_file(where, &cli->w->why)
					       : secret_load(where, &cli->w->why);
	if (!key)
		why_prefix(&cli->w->why, "[desk] %s", option);
	return key;
}

const char *cli_day_vi(struct arena *a, struct day d)
{
	int year, month, day;
	day_to_ymd(d, &year, &month, &day);
	return arena_printf(a, "%02d/%02d/%04d", day, month, year);
}

const char *cli_instant_vi(struct arena *a, int64_t us)
{
	struct day d = day_of_instant_vn(us);
	int64_t minutes = (us - instant_of_day_vn(d)) / 60000000;
	return arena_printf(a, "%s %02d:%02d", cli_day_vi(a, d), (int)(minutes / 60), (int)(minutes % 60));
}

const char *cli_money(struct arena *a, struct vnd v)
{
	char dots[VND_TEXT_SIZE];
	return arena_printf(a, "%s đ", vnd_format_dots(v, dots));
}
