#include "daemon/cli/officer_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/file.h"
#include "ledger/base/text.h"
#include "ledger/payout/certificate.h"
#include "ledger/payout/field.h"
#include "ledger/register/officer_store.h"
#include "daemon/cli/passphrase.h"
#include "daemon/cli/trust.h"

#define DAY_US       INT64_C(86400000000)
#define EARLY_US     INT64_C(60000000) /* the teller's clock may be a little behind */
#define DAYS_DEFAULT 365
#define DAYS_MAX     1096

struct officer_options {
	struct arena *arena;
	const char *key_file, *reason;
	size_t n_mandates, n_admins, n_passphrases;
	struct mandate mandates[MANDATES_MAX];
	const char *admins[ADMINS_MAX];
	struct passphrase_from passphrases[ADMINS_MAX];
	int days;
};

/* ---- options ---------------------------------------------------------------------------------------------------------- */

static bool take_part(struct arena *a, char **rest, const char **out)
{
	char *part = strsep(rest, ":");
	*out = part;
	return part && (strcmp(part, "*") == 0 || code_of(a, bytes_z(part), out));
}

/* ROLE:AGENCY:AREA:LIMIT */
static bool take_mandate(struct arena *a, const char *text, struct mandate *out)
{
	char *rest = arena_strdup(a, text);
	return take_part(a, &rest, &out->role) && mandate_role_valid(out->role) &&
	       take_part(a, &rest, &out->agency) && take_part(a, &rest, &out->area) && rest &&
	       vnd_parse(rest, strlen(rest), &out->limit, NULL);
}

static bool take_days(const char *value, void *to)
{
	return cli_count(value, 1, DAYS_MAX, to);
}

static bool take_another_mandate(const char *value, void *to)
{
	struct officer_options *o = to;
	return o->n_mandates < MANDATES_MAX && take_mandate(o->arena, value, &o->mandates[o->n_mandates++]);
}

static bool take_admin(const char *value, void *to)
{
	struct officer_options *o = to;
	if (o->n_admins == ADMINS_MAX)
		return false;
	o->admins[o->n_admins++] = value;
	return true;
}

static bool take_passphrase_file(const char *value, void *to)
{
	struct officer_options *o = to;
	if (o->n_passphrases == ADMINS_MAX)
		return false;
	o->passphrases[o->n_passphrases++] = (struct passphrase_from){.file = value, .fd = -1};
	return true;
}

static bool take_passphrase_fd(const char *value, void *to)
{
	struct officer_options *o = to;
	return take_passphrase_file(NULL, o) &&
	       passphrase_take_fd(value, &o->passphrases[o->n_passphrases - 1]);
}

static bool read_options(struct arena *a, int argc, char **argv, struct officer_options *o)
{
	const struct cli_option known[] = {
		{"key-file", .text = &o->key_file},
		{"mandate", .take = take_another_mandate, .to = o},
		{"admin-key", .take = take_admin, .to = o},
		{"days", .take = take_days, .to = &o->days},
		{"reason", .text = &o->reason},
		{"passphrase-file", .take = take_passphrase_file, .to = o},
		{"passphrase-fd", .take = take_passphrase_fd, .to = o},
	};
	*o = (struct officer_options){.arena = a, .days = DAYS_DEFAULT};
	return cli_options(argc, argv, known, COUNT_OF(known));
}

/* Opens each admin's key and signs with it. */
static bool sign_as_admins(
	struct cli *cli, const struct officer_options *o, struct bytes text, struct buf *out)
{
	static const struct passphrase_from terminal = {.fd = -1};
	for (size_t i = 0; i < o->n_admins; i++) {
		const struct passphrase_from *from = i < o->n_passphrases    ? &o->passphrases[i]
						     : o->n_passphrases == 1 ? &o->passphrases[0]
									     : &terminal;
		struct sign_key *key = passphrase_open_key(cli, o->admins[i], from);
		if (!key)
			return why_prefix(&cli->w->why, "%s", o->admins[i]);
		admin_sign(key, text, out);
		sign_free(key);
	}
	return true;
}

/* ---- officers ---------------------------------------------------------------------------------------------------------- */

struct said {
	const char *login, *name, *certificate;
	bool fresh;
	const struct certificates *certificates;
	struct arena *arena;
};

static void fill_added(struct json_writer *j, const void *what)
{
	const struct said *s = what;
	json_put_str(j, "login", s->login);
	json_put_bool(j, "added", s->fresh);
}

static int add(struct cli *cli, const char *login, const char *name)
{
	struct said s = {.login = login};
	const char *nfc;
	if (!code_valid(bytes_z(login)) || !*name ||
		!utf8_nfc(cli->w->arena, bytes_z(name), &nfc, &cli->w->why))
		return cli_usage(cli);
	enum result r = officer_add(cli->w, login, nfc, &s.fresh);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_added, &s);
	else
		printf("%s: %s\n", login, s.fresh ? "đã thêm" : "đã có từ trước");
	return EX_OK;
}

/* The public half, from a .pub line or from a whole key file. */
static bool read_public(struct cli *cli, const char *path, struct verify_key *out)
{
	struct bytes file, rest, hex;
	struct why *why = &cli->w->why;
	char label[KEY_LABEL_MAX + 1];
	if (!read_file(cli->w->arena, path, KEY_FILE_MAX, &file, why))
		return false;
	rest = file;
	if (field_word(&rest, &hex) && hex_decode((const char *)hex.at, hex.n, out->b, sizeof out->b))
		return true;
	return key_file_peek(file, out, label, why);
}

static void fill_certified(struct json_writer *j, const void *what)
{
	const struct said *s = what;
	json_put_str(j, "login", s->login);
	json_put_str(j, "certificate", s->certificate);
}

static bool admins_agree(
	struct cli *cli, const struct trust *trust, const struct certified *c, int64_t now_us)
{
	struct certificate back;
	return !trust ||
	       certificate_verify(cli->w->arena, trust, c->text, c->signatures, now_us, &back, &cli->w->why);
}

static int certify(struct cli *cli, const char *login, const struct officer_options *o)
{
	struct officer who;
	struct certificate c = {.officer = login, .n = o->n_mandates, .mandates = o->mandates};
	const struct trust *trust;
	if (!o->key_file || o->n_mandates == 0 || o->n_admins == 0)
		return cli_usage(cli);
	if (!read_public(cli, o->key_file, &c.key))
		return cli_refused(cli, &cli->w->why);
	enum result r = officer_find(cli->w, login, &who);
	if (r == OK)
		r = officer_areas_stand(cli->w, c.mandates, c.n);
	if (r == OK)
		r = officer_next_serial(cli->w, login, &c.serial);
	if (r == OK)
		r = cli_trust(cli, &trust);
	if (r != OK)
		return cli_exit(cli, r);
	int64_t now_us = wall_us();
	c.name = who.name;
	c.not_before_us = second_floor(now_us - EARLY_US);
	c.not_after_us = second_floor(now_us) + o->days * DAY_US;
	CLEANUP(buf_free) struct buf text = BUF(CERTIFICATE_MAX);
	CLEANUP(buf_free) struct buf signatures = BUF(CERTIFICATE_MAX);
	certificate_text(&c, &text);
	if (!sign_as_admins(cli, o, buf_bytes(&text), &signatures))
		return cli_refused(cli, &cli->w->why);
	struct certified row = {.login = login,
		.sha256 = sha256(buf_bytes(&text)),
		.text = buf_bytes(&text),
		.signatures = buf_bytes(&signatures),
		.key = c.key,
		.not_before_us = c.not_before_us,
		.not_after_us = c.not_after_us,
		.n = c.n,
		.mandates = c.mandates};
	if (!admins_agree(cli, trust, &row, now_us))
		return cli_refused(cli, &cli->w->why);
	cli_next_step(cli);
	r = officer_certify(cli->w, &row);
	if (r != OK)
		return cli_exit(cli, r);
	char hex[HASH_HEX_SIZE];
	struct said s = {.login = login, .certificate = hash_hex(&row.sha256, hex)};
	if (cli->json)
		cli_print_json(fill_certified, &s);
	else
		printf("%s: đã chứng nhận %zu quyền trong %d ngày\n%s\n", login, c.n, o->days, s.certificate);
	return EX_OK;
}

static int revoke(struct cli *cli, const char *hash, const struct officer_options *o)
{
	struct revocation v = {.reason = o->reason, .time_us = wall_us()};
	if (!o->reason || !*o->reason || o->n_admins == 0 || !hash_from_hex(bytes_z(hash), &v.certificate))
		return cli_usage(cli);
	CLEANUP(buf_free) struct buf text = BUF(CERTIFICATE_MAX);
	CLEANUP(buf_free) struct buf signatures = BUF(CERTIFICATE_MAX);
	revocation_text(&v, &text);
	if (!sign_as_admins(cli, o, buf_bytes(&text), &signatures))
		return cli_refused(cli, &cli->w->why);
	struct said s = {.certificate = hash};
	enum result r = officer_revoke(cli->w, &v.certificate, buf_bytes(&text), buf_bytes(&signatures));
	if (r == OK && cli->json)
		cli_print_json(fill_certified, &s);
	else if (r == OK)
		printf("đã thu hồi %s\n", hash);
	return cli_exit(cli, r);
}

static void fill_list(struct json_writer *j, const void *what)
{
	const struct said *s = what;
	json_open_array(j, "certificates");
	for (size_t i = 0; i < s->certificates->n; i++) {
		const struct certificate_row *c = &s->certificates->at[i];
		char hex[HASH_HEX_SIZE];
		json_open_object(j, NULL);
		json_put_str(j, "login", c->login);
		json_put_str(j, "name", c->name);
		json_put_str(j, "certificate", hash_hex(&c->sha256, hex));
		json_put_instant(j, "not_after", c->not_after_us);
		json_put_bytes(j, "text", c->text);
		json_close(j);
	}
	json_close(j);
}

/* As they were given to certify: what an officer may do, where, and up to how much. */
static const char *mandates_text(struct arena *a, const struct certificate_row *row)
{
	struct certificate c;
	struct why why = {0};
	char limit[VND_TEXT_SIZE];
	const char *text = "";
	if (!certificate_parse(a, row->text, &c, &why))
		return "không đọc được";
	for (size_t i = 0; i < c.n; i++)
		text = arena_printf(a, "%s%s%s:%s:%s:%s", text, i > 0 ? " " : "", c.mandates[i].role,
			c.mandates[i].agency, c.mandates[i].area, vnd_format(c.mandates[i].limit, limit));
	return text;
}

static void print_list(struct arena *a, const struct certificates *all)
{
	static const char *const headings[] = {"Cán bộ", "Họ tên", "Quyền", "Hết hạn", "Chứng nhận"};
	struct table t = table_new(a, headings, COUNT_OF(headings));
	for (size_t i = 0; i < all->n; i++) {
		const struct certificate_row *c = &all->at[i];
		char hex[HASH_HEX_SIZE], day[DAY_TEXT_SIZE];
		table_add(&t, c->login);
		table_add(&t, c->name);
		table_add(&t, mandates_text(a, c));
		table_add(&t, arena_strdup(a, day_format(day_of_instant_vn(c->not_after_us), day)));
		table_add(&t, arena_strdup(a, hash_hex(&c->sha256, hex)));
	}
	table_print(&t);
}

static int list(struct cli *cli, const char *login)
{
	struct certificates all;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = officer_certificates(cli->w, login, &all);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	struct said s = {.certificates = &all};
	if (cli->json)
		cli_print_json(fill_list, &s);
	else
		print_list(cli->w->arena, &all);
	return EX_OK;
}

int cli_officer(struct cli *cli, int argc, char **argv)
{
	struct officer_options *o = arena_zalloc(cli->w->arena, sizeof *o);
	if (argc < 2 || !read_options(cli->w->arena, argc - 1, argv + 1, o))
		return cli_usage(cli);
	char **rest = argv + 1 + optind;
	int n = argc - 1 - optind;
	if (strcmp(argv[1], "add") == 0 && n == 2)
		return add(cli, rest[0], rest[1]);
	if (strcmp(argv[1], "certify") == 0 && n == 1)
		return certify(cli, rest[0], o);
	if (strcmp(argv[1], "revoke") == 0 && n == 1)
		return revoke(cli, rest[0], o);
	if (strcmp(argv[1], "list") == 0 && n <= 1)
		return list(cli, n == 1 ? rest[0] : NULL);
	return cli_usage(cli);
}
