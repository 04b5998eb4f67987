/* The fixture of a payroll, as a program for scenarios and benchmarks; alone, a test that what it makes may be paid.
 *
 *	db_payroll DIR PEOPLE [name=value …]	in the database of libpq's environment, which has the schema and is a sandbox;
 *						genesis=ORIGIN begins the books, so that they are sealed;
 *						first=2 and more: no payer and no officers are made, they are there
 *	db_payroll keys KEKFILE PERSON…	a new data key of each person, wrapped: "PERSON HEX"
 *	db_payroll revoke KEYFILE CERTIFICATE	an admin's revocation of it: "TEXT SIGNATURES", both in hex */
#include "tests/lib/payroll_fixture.h"

#include <inttypes.h>

#include "ledger/base/seal.h"
#include "ledger/base/secret.h"
#include "ledger/base/text.h"
#include "ledger/books/seal_store.h"
#include "ledger/payout/certificate.h"
#include "tests/unit/db_books.h"

static void take_option(struct payroll *p, const char *option)
{
	const char *value = strchr(option, '=');
	if (!value)
		exit(64);
	value++;
	const struct {
		const char *name;
		int *to;
	} numbers[] = {{"items=", &p->items}, {"special_every=", &p->special_every},
		{"special_suffix=", &p->special_suffix}, {"cash_every=", &p->cash_every},
		{"valid_hours=", &p->valid_hours}, {"lag=", &p->lag}, {"planned=", &p->planned}};
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		if (strncmp(option, numbers[i].name, strlen(numbers[i].name)) == 0)
			*numbers[i].to = (int)strtol(value, NULL, 10);
	if (strncmp(option, "first=", 6) == 0)
		p->first = strtoll(value, NULL, 10);
	if (strncmp(option, "wards=", 6) == 0)
		p->wards = strtoll(value, NULL, 10);
	if (strncmp(option, "ward_first=", 11) == 0)
		p->ward_first = strtoll(value, NULL, 10);
	const struct {
		const char *name;
		const char **to;
	} texts[] = {{"deduplicates=", &p->deduplicates}, {"honours=", &p->honours}, {"bank=", &p->bank},
		{"number=", &p->number}};
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		if (strncmp(option, texts[i].name, strlen(texts[i].name)) == 0)
			*texts[i].to = value;
	const struct {
		const char *name;
		bool *to;
	} left_out[] = {{"release=", &p->no_release}, {"fund=", &p->no_fund}, {"analyze=", &p->no_analyze}};
	for (size_t i = 0; i < COUNT_OF(left_out); i++)
		if (strncmp(option, left_out[i].name, strlen(left_out[i].name)) == 0)
			*left_out[i].to = strcmp(value, "no") == 0;
}

/* The books begin with the log's key, so that the scribe seals them. */
static void begin_books(struct work *w, const char *dir, const char *origin)
{
	struct why why = {.text = ""};
	CLEANUP(secret_drop)
	struct key32 *seed = secret_load_file(arena_printf(w->arena, "%s/log", dir), &why);
	CLEANUP(sign_drop) struct sign_key *log = seed ? sign_from_seed(seed) : NULL;
	if (!log)
		exit(66);
	struct genesis_key key = {.purpose = "log", .key = sign_public(log)};
	struct genesis g = {
		.origin = origin, .sandbox = true, .id_key_version = 1, .n_keys = 1, .keys = &key};
	if (books_genesis(w, "officer:admin", (struct day){19816}, &g) != OK)
		exit(65);
}

static int make(int argc, char **argv)
{
	struct payroll p = {.dir = argv[1], .people = strtoll(argv[2], NULL, 10)};
	struct db *db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_on(db);
	const char *origin = NULL;
	for (int i = 3; i < argc; i++)
		if (strncmp(argv[i], "genesis=", 8) == 0)
			origin = argv[i] + 8;
		else
			take_option(&p, argv[i]);
	w.deadline_us = work_deadline_in_ms(600000);
	if (!p.first || p.first == 1)
		payroll_setup(&w, &p);
	if (origin)
		begin_books(&w, p.dir, origin);
	payroll_pay(&w, &p);
	printf("lines %" PRId64 " sum %" PRId64, p.lines, p.sum);
	for (size_t i = 0; i < p.batches_n; i++)
		printf("%s%" PRId64, i == 0 ? " batches " : " ", p.batches[i]);
	putchar('\n');
	arena_free(w.arena);
	db_close(db);
	return 0;
}

static int wrap_keys(int argc, char **argv)
{
	struct why why;
	CLEANUP(secret_drop) struct key32 *key = secret_load_file(argv[2], &why);
	const struct kek kek = key ? kek_of(key) : (struct kek){0};
	for (int i = 3; key && i < argc; i++) {
		struct key32 data_key;
		uint8_t wrapped[SEAL_WRAPPED_SIZE];
		char hex[2 * SEAL_WRAPPED_SIZE + 1];
		seal_new_key(&data_key);
		seal_wrap(&kek, strtoll(argv[i], NULL, 10), &data_key, wrapped);
		hex_encode(wrapped, sizeof wrapped, hex);
		printf("%s %s\n", argv[i], hex);
	}
	return key ? 0 : 1;
}

static void print_hex(struct bytes b, const char *end)
{
	char hex[2 * CERTIFICATE_MAX + 1];
	hex_encode(b.at, b.n, hex);
	printf("%s%s", hex, end);
}

static int revoke_certificate(char **argv)
{
	struct why why;
	CLEANUP(secret_drop) struct key32 *seed = secret_load_file(argv[2], &why);
	struct revocation r = {.reason = "lost", .time_us = INT64_C(1712106000000000)};
	CLEANUP(buf_free) struct buf text = BUF(CERTIFICATE_MAX);
	CLEANUP(buf_free) struct buf signatures = BUF(CERTIFICATE_MAX);
	if (!seed || !hex_decode(argv[3], strlen(argv[3]), r.certificate.b, sizeof r.certificate.b))
		return 1;
	struct sign_key *admin = sign_from_seed(seed);
	revocation_text(&r, &text);
	admin_sign(admin, buf_bytes(&text), &signatures);
	print_hex(buf_bytes(&text), " ");
	print_hex(buf_bytes(&signatures), "\n");
	sign_free(admin);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "revoke") == 0)
		return revoke_certificate(argv);
	if (argc >= 3 && strcmp(argv[1], "keys") == 0)
		return wrap_keys(argc, argv);
	if (argc >= 3)
		return make(argc, argv);
	skip_all("db_payroll is a tool of the scenarios");
}
