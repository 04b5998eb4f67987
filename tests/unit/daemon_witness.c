/* The witness: what it answers to whom, and what it remembers. The tree is that of the published example (leaves "leaf 0", "leaf 1", …,
 * the log's seed 32 times 0x01, the witness's 32 times 0x02), whose checkpoint two foreign programs have checked. */
#include "daemon/witness/judge.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/witness/memory.h"
#include "daemon/witness/settings.h"
#include "ledger/base/file.h"
#include "tests/lib/tap.h"

#define ORIGIN      "ledger.example.gov.vn/payout-2025"
#define LOG_KEY     ORIGIN "+ef5172d4+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
#define WITNESS_KEY "witness.example.vn/stateaudit+24700b99+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"

enum { LEAVES = 300 };

static struct hash leaves[LEAVES];
static struct watched watched;
static struct watch_list list = {.n = 1, .at = &watched};

static struct sign_key *key_of_byte(uint8_t byte)
{
	struct key32 seed;

	memset(seed.b, byte, sizeof(seed.b));
	return sign_from_seed(&seed);
}

static void setup(void)
{
	for (size_t i = 0; i < LEAVES; i++) {
		char leaf[32];

		snprintf(leaf, sizeof(leaf), "leaf %zu", i);
		leaves[i] = merkle_leaf(bytes_z(leaf));
	}
	memcpy(watched.origin, ORIGIN, sizeof(ORIGIN));
	watched.keys_n = 1;
	ok(note_vkey_parse(bytes_z(LOG_KEY), &watched.keys[0], NULL), "the log's key is the published one");
}

/* A checkpoint of this size, root and origin, signed by the key of a byte in the name of `signer`. */
static void signed_by(uint8_t byte, const char *signer, const char *origin, uint64_t size,
	const struct hash *root, struct buf *out)
{
	CLEANUP(sign_drop) struct sign_key *key = key_of_byte(byte);
	CLEANUP(buf_free) struct buf text = BUF(NOTE_MAX);
	struct verify_key half = sign_public(key);
	struct note_verifier as = note_verifier(signer, NOTE_ED25519, &half);
	struct checkpoint c = {.size = size, .root = *root};

	snprintf(c.origin, sizeof(c.origin), "%s", origin);
	checkpoint_text(&c, &text);
	buf_add_bytes(out, buf_bytes(&text));
	buf_add_z(out, "\n");
	note_sign(&as, key, buf_bytes(&text), out);
}

static struct hash root_of(uint64_t size)
{
	return size == 0 ? merkle_empty() : merkle_root(leaves, (size_t)size);
}

static struct hash other_root(void)
{
	return merkle_leaf(bytes_z("another history"));
}

/* The witness has cosigned `last`; it is asked for `now` after `old`, with the proof from `proven`. */
struct asked {
	uint64_t last, old, proven, now;
	uint8_t signer; /* seed */
	const char *as, *origin;
	bool forked;
};

static int asked(const struct asked *a, size_t flip, struct ruling *r)
{
	CLEANUP(buf_free) struct buf note = BUF(NOTE_MAX);
	static struct buf body; /* the ruling points into it until the next one */
	struct add_checkpoint request = {.old = a->old};
	struct hash root = a->forked ? other_root() : root_of(a->now);

	buf_free(&body);
	buf_init(&body, ADD_CHECKPOINT_MAX);
	watched.size = a->last;
	watched.root = root_of(a->last);
	if (a->proven > 0)
		merkle_consistency(leaves, (size_t)a->proven, (size_t)a->now, &request.proof);
	if (flip > 0)
		request.proof.at[(flip - 1) / 32].b[(flip - 1) % 32] ^= 1;
	signed_by(a->signer ? a->signer : 1, a->as ? a->as : ORIGIN, a->origin ? a->origin : ORIGIN, a->now,
		&root, &note);
	request.note = buf_bytes(&note);
	add_checkpoint_text(&request, &body);
	judge(&list, buf_bytes(&body), r);
	return r->status;
}

static void test_statuses(void)
{
	static const struct {
		struct asked a;
		int status;
		const char *code;
		enum evidence evidence;
		const char *rule;
	} rows[] = {
		{{.now = 5}, 200, "", NO_EVIDENCE,
			"the first checkpoint of a log is cosigned without a proof"},
		{{.now = 0}, 200, "", NO_EVIDENCE, "also the empty one"},
		{{.last = 5, .old = 5, .proven = 5, .now = 5}, 200, "", NO_EVIDENCE,
			"the same checkpoint is cosigned again"},
		{{.last = 5, .old = 5, .proven = 5, .now = 9}, 200, "", NO_EVIDENCE,
			"one that continues it too"},
		{{.last = 5, .old = 5, .proven = 5, .now = 9, .origin = "other.example/log"}, 404,
			"origin_unknown", false, "an unknown origin is not found"},
		{{.last = 5, .old = 5, .proven = 5, .now = 9, .signer = 3}, 403, "note_unsigned", NO_EVIDENCE,
			"an unknown key of a known origin is forbidden"},
		{{.last = 5, .old = 5, .proven = 5, .now = 9, .signer = 3, .as = "other.example/log"}, 403,
			"note_unsigned", false, "so is another log's signature under this origin"},
		{{.last = 5, .old = 10, .now = 9}, 400, "old_larger", NO_EVIDENCE,
			"an old size larger than the new one is a bad request, before any conflict"},
		{{.last = 5, .old = 0, .now = 9}, 409, "old_size", NO_EVIDENCE,
			"who does not know the size is told it"},
		{{.last = 5, .old = 4, .proven = 4, .now = 9}, 409, "old_size", NO_EVIDENCE,
			"who knows an older one too, though his proof is right"},
		{{.last = 0, .old = 4, .proven = 4, .now = 9}, 409, "old_size", NO_EVIDENCE,
			"and who thinks that something was cosigned"},
		{{.last = 5, .old = 5, .now = 5, .forked = true}, 409, "root_differs", CONTRADICTION,
			"the same size with another root is a conflict and evidence"},
		{{.last = 5, .old = 5, .proven = 5, .now = 9, .forked = true}, 422, "proof_wrong", UNPROVEN,
			"a larger one of another history is not proven"},
		{{.last = 5, .old = 5, .now = 9}, 422, "proof_wrong", UNPROVEN, "nor is one without a proof"},
		{{.last = 5, .old = 5, .proven = 4, .now = 9}, 422, "proof_wrong", UNPROVEN,
			"nor one with the proof from another size"},
		{{.last = 9, .old = 9, .proven = 5, .now = 9}, 422, "proof_wrong", NO_EVIDENCE,
			"the same checkpoint needs no proof, and with one it is no news"},
		{{.last = 0, .old = 0, .proven = 4, .now = 9}, 422, "proof_wrong", NO_EVIDENCE,
			"a proof from nothing is none"},
		{{.now = 0, .forked = true}, 422, "proof_wrong", NO_EVIDENCE, "size 0 has one root"},
	};
	static struct ruling r;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		is_i64(asked(&rows[i].a, 0, &r), rows[i].status, "%s", rows[i].rule);
		is_str(r.why.code, rows[i].code, "and it is said why: %s", rows[i].code);
		ok(r.evidence == rows[i].evidence, "and %s kept",
			rows[i].evidence == CONTRADICTION ? "the contradiction is"
			: rows[i].evidence == UNPROVEN    ? "it is"
							  : "nothing is");
	}
}

static void test_proofs(void)
{
	static struct ruling r;
	int good = 0, wrong = 0, pairs = 0, bits = 0;

	for (uint64_t m = 1; m < 40; m++)
		for (uint64_t n = m + 1; n <= 40; n++) {
			struct asked a = {.last = m, .old = m, .proven = m, .now = n};
			struct merkle_path proof;

			merkle_consistency(leaves, (size_t)m, (size_t)n, &proof);
			pairs++;
			good += asked(&a, 0, &r) == 200;
			for (size_t flip = 1; flip <= proof.n * 32; flip += 32) {
				bits++;
				wrong += asked(&a, flip, &r) == 422;
			}
		}
	is_i64(good, pairs, "every growth up to 40 leaves is proven (%d)", pairs);
	is_i64(wrong, bits, "and with a bit of any hash of its proof changed it is not (%d)", bits);
}

static void test_malformed(void)
{
	static const char hash[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
	static const struct {
		const char *body, *rule;
	} rows[] = {
		{"", "nothing"},
		{"old 0", "a line without its end"},
		{"old 0\n", "no empty line"},
		{"old 00\n\n", "a size with a leading zero"},
		{"old -1\n\n", "a negative size"},
		{"old 9223372036854775808\n\n", "a size beyond 2^63 - 1"},
		{"old  0\n\n", "two spaces"},
		{"old 0\r\n\r\n", "carriage returns"},
		{"new 0\n\n", "another word"},
		{"old 0\nAAAA\n\n", "a hash of three bytes"},
		{"old 0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n\n", "base64 with loose bits"},
		{"old 0\n\nno note\n", "no signed note"},
		{"old 0\n\n" ORIGIN "\n5\nAAAA\n\n— a AAAAAAA=\n", "a root of three bytes"},
	};
	CLEANUP(buf_free) struct buf many = BUF(ADD_CHECKPOINT_MAX);
	static struct ruling r;
	struct add_checkpoint request;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		judge(&list, bytes_z(rows[i].body), &r);
		is_i64(r.status, 400, "a bad request: %s", rows[i].rule);
	}
	buf_add_z(&many, "old 7\n");
	for (int i = 0; i < ADD_CHECKPOINT_PROOF_MAX; i++)
		buf_add_z(&many, hash);
	buf_add_z(&many, "\nrest");
	ok(add_checkpoint_parse(buf_bytes(&many), &request, NULL) && request.proof.n == 63 &&
			bytes_eq_z(request.note, "rest"),
		"63 hashes are read");
	buf_reset(&many);
	buf_add_z(&many, "old 7\n");
	for (int i = 0; i <= ADD_CHECKPOINT_PROOF_MAX; i++)
		buf_add_z(&many, hash);
	buf_add_z(&many, "\nrest");
	ok(!add_checkpoint_parse(buf_bytes(&many), &request, NULL), "64 are not");
}

/* ---- what it remembers ------------------------------------------------------------------------------------------ */

static char directory[] = "/tmp/chitra-witness-XXXXXX";

static struct note_verifier self(void)
{
	struct note_verifier v = {.name = ""};

	ok(note_vkey_parse(bytes_z(WITNESS_KEY), &v, NULL), "the witness's key is the published one");
	return v;
}

/* Asks and, when it is allowed, keeps; the time is the published one. */
static bool cosigned(struct memory *m, const struct asked *a)
{
	CLEANUP(sign_drop) struct sign_key *key = key_of_byte(2);
	CLEANUP(buf_free) struct buf line = BUF(NOTE_MAX);
	CLEANUP(buf_free) struct buf note = BUF(NOTE_MAX);
	CLEANUP(buf_free) struct buf body = BUF(ADD_CHECKPOINT_MAX);
	struct add_checkpoint request = {.old = a->old};
	struct hash root = root_of(a->now);
	struct note_verifier as = self();
	static struct ruling r;

	if (a->proven > 0)
		merkle_consistency(leaves, (size_t)a->proven, (size_t)a->now, &request.proof);
	signed_by(1, ORIGIN, ORIGIN, a->now, &root, &note);
	buf_add_z(&note, "— other.example AAAAAAAA\n");
	request.note = buf_bytes(&note);
	add_checkpoint_text(&request, &body);
	judge(&list, buf_bytes(&body), &r);
	if (r.status != 200)
		return false;
	note_cosign(&as, key, 1763700000, r.note.text, &line);
	return memory_keep(m, &watched, &r, buf_bytes(&line), NULL);
}

static void test_memory(void)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct note_verifier as = self();
	struct why why = {.code = ""};
	struct bytes shown;
	struct stat st;

	struct memory *m = memory_open(directory, &why);
	ok(m != NULL, "a state directory is opened");
	if (m == NULL)
		return;
	ok(memory_open(directory, &why) == NULL && why_is(&why, "file_locked"), "by one process at a time");
	ok(memory_recall(m, &as, &watched, &why) && watched.size == 0, "what was never cosigned has size 0");
	ok(!memory_shows(m, a, &watched, &shown, &why), "and is not shown");
	ok(cosigned(m, &(struct asked){.now = 5}), "a checkpoint is kept");
	ok(cosigned(m, &(struct asked){.old = 5, .proven = 5, .now = 9}), "and the next one");
	ok(!cosigned(m, &(struct asked){.old = 5, .proven = 5, .now = 7}),
		"nobody can go back to what was before it");
	memory_close(m);

	watched.size = 77;
	m = memory_open(directory, &why);
	ok(memory_recall(m, &as, &watched, &why) && watched.size == 9,
		"another process remembers the last one");
	struct hash root = root_of(9);
	ok(hash_eq(&watched.root, &root), "with its root");
	ok(memory_shows(m, a, &watched, &shown, &why), "and shows it");
	struct note note;
	struct note_verifier both[2] = {watched.keys[0], as};
	uint64_t at[2];
	ok(note_parse(shown, &note, &why) && note_verify(&note, both, 2, at, &why) && at[1] == 1763700000 &&
			note.n == 2,
		"with the log's and its own signature and nobody else's");

	char name[HASH_HEX_SIZE];
	const char *path = arena_printf(a, "%s/%s", directory, memory_name(&watched, name));
	CLEANUP(buf_free) struct buf bad = BUF(NOTE_MAX);
	buf_add_bytes(&bad, shown);
	bad.at[strlen(ORIGIN) + 1] = '4';
	ok(write_file_durable(path, buf_bytes(&bad), 0644, NULL) && !memory_recall(m, &as, &watched, &why) &&
			why_is(&why, "memory_damaged"),
		"a memory that was edited is not believed");
	ok(write_file_durable(path, bytes_of(shown.at, shown.n / 2), 0644, NULL) &&
			!memory_recall(m, &as, &watched, &why),
		"nor one that was cut");

	static struct ruling r;
	ok(asked(&(struct asked){.last = 5, .old = 5, .now = 5, .forked = true}, 0, &r) == 409 &&
			memory_keep_evidence(m, &r),
		"two histories of one size are kept as evidence");
	ok(!memory_keep_evidence(m, &r), "once");
	for (uint64_t i = 0; i < EVIDENCE_MAX + 5; i++) {
		asked(&(struct asked){.last = 5, .old = 5, .now = 100 + i, .forked = true}, 0, &r);
		(void)memory_keep_evidence(m, &r);
	}
	char root_hex[HASH_HEX_SIZE];
	hash_hex(&r.now.root, root_hex);
	ok(stat(arena_printf(a, "%s/%s.unproven.131.%s", directory, name, root_hex), &st) == 0,
		"so are checkpoints that nobody proved");
	ok(stat(arena_printf(a, "%s/%s.unproven.132.%s", directory, name, root_hex), &st) != 0,
		"but not without end");
	ok(asked(&(struct asked){.last = 6, .old = 6, .now = 6, .forked = true}, 0, &r) == 409 &&
			memory_keep_evidence(m, &r),
		"and they do not crowd out another contradiction");
	memory_close(m);
}

static void test_settings(void)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	static const char head[] = "listen /run/w\nname w.example/audit\nkey /etc/k\nstate /var/w\n";
	static const struct {
		const char *text, *rule;
	} wrong[] = {
		{"", "nothing is set"},
		{"log other+00000000+AAAA\n", "a key that is none"},
		{"log " WITNESS_KEY "\n", "a key that cosigns"},
		{"log " LOG_KEY "\nlog " LOG_KEY "\n", "a key twice"},
		{"log " LOG_KEY "\nname again\n", "a name twice"},
		{"log " LOG_KEY "\nlsten x\n", "a word that is none"},
	};
	struct settings s;
	struct why why;

	const char *good = arena_printf(a, "# a comment\n%slog %s\n", head, LOG_KEY);
	ok(settings_read(a, bytes_z(good), &s, &why) && s.logs.n == 1 &&
			strcmp(s.logs.at[0].origin, ORIGIN) == 0 && strcmp(s.state, "/var/w") == 0,
		"settings are read");
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		ok(!settings_read(a, bytes_z(arena_printf(a, "%s%s", head, wrong[i].text)), &s, &why),
			"settings are refused: %s", wrong[i].rule);
	ok(!settings_read(a, bytes_z("log " LOG_KEY "\n"), &s, &why), "and a log alone");
}

static void remove_directory(void)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	DIR *d = opendir(directory);
	struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.')
			unlink(arena_printf(a, "%s/%s", directory, entry->d_name));
	if (d != NULL)
		closedir(d);
	rmdir(directory);
}

int main(void)
{
	if (mkdtemp(directory) == NULL)
		return 1;
	setup();
	test_statuses();
	test_proofs();
	test_malformed();
	test_memory();
	test_settings();
	remove_directory();
	return done_testing();
}
