#include "ledger/base/note.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/text.h"

#define DASH        "\xe2\x80\x94 " /* U+2014 and a space begin a signature line */
#define ROOT_BASE64 44

bool note_name_valid(struct bytes name)
{
	if (name.n == 0 || name.n > NOTE_NAME_MAX || !utf8_valid(name))
		return false;
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.at[i];

		if (c <= ' ' || c == '+' || c == 0x7f)
			return false;
	}
	/* The spaces of Unicode: U+0085, U+00A0, U+1680, U+2000–U+200A, U+2028, U+2029, U+202F, U+205F, U+3000. */
	for (size_t i = 0; i + 1 < name.n; i++) {
		const uint8_t *c = name.at + i;

		if (c[0] == 0xc2 && (c[1] == 0x85 || c[1] == 0xa0))
			return false;
		if (i + 2 >= name.n)
			break;
		if ((c[0] == 0xe1 && c[1] == 0x9a && c[2] == 0x80) ||
			(c[0] == 0xe2 && c[1] == 0x80 &&
				(c[2] <= 0x8a || c[2] == 0xa8 || c[2] == 0xa9 || c[2] == 0xaf)) ||
			(c[0] == 0xe2 && c[1] == 0x81 && c[2] == 0x9f) ||
			(c[0] == 0xe3 && c[1] == 0x80 && c[2] == 0x80))
			return false;
	}
	return true;
}

static uint32_t big_endian32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint64_t big_endian64(const uint8_t *at)
{
	return (uint64_t)big_endian32(at) << 32 | big_endian32(at + 4);
}

/* The first four bytes of SHA-256(name ‖ LF ‖ type ‖ public key). */
static uint32_t key_id(const char *name, enum note_key_type type, const struct verify_key *key)
{
	uint8_t tail[2 + sizeof(key->b)] = {'\n', (uint8_t)type};
	struct hash h;

	memcpy(tail + 2, key->b, sizeof(key->b));
	h = sha256_2parts(bytes_z(name), bytes_of(tail, sizeof(tail)));
	return big_endian32(h.b);
}

struct note_verifier note_verifier(const char *name, enum note_key_type type, const struct verify_key *key)
{
	struct note_verifier v = {.type = type, .key = *key};

	bug_if(!note_name_valid(bytes_z(name)));
	memcpy(v.name, name, strlen(name) + 1);
	v.key_id = key_id(name, type, key);
	return v;
}

static bool known_type(uint8_t type)
{
	return type == NOTE_ED25519 || type == NOTE_COSIGNATURE;
}

bool note_vkey_parse(struct bytes text, struct note_verifier *out, struct why *why)
{
	const uint8_t *first = text.n == 0 ? NULL : memchr(text.at, '+', text.n);
	size_t after = first == NULL ? 0 : text.n - (size_t)(first - text.at) - 1;
	const uint8_t *second = first == NULL ? NULL : memchr(first + 1, '+', after);
	uint8_t id[4], typed[1 + sizeof(struct verify_key)];
	struct note_verifier v = {0};
	struct bytes name, encoded;
	size_t n;

	if (second == NULL)
		return why_set(why, "vkey_malformed", "a verifier key must be name+key id+key");
	encoded = bytes_of(second + 1, after - (size_t)(second - first));
	name = bytes_of(text.at, (size_t)(first - text.at)); /* base64 may hold further plus signs */
	if (!note_name_valid(name))
		return why_set(why, "vkey_malformed", "the verifier key's name is not a key name");
	if (!hex_decode((const char *)first + 1, (size_t)(second - first - 1), id, sizeof(id)))
		return why_set(why, "vkey_malformed", "the verifier key's id must be 8 hexadecimal digits");
	if (!base64_decode(BASE64_STD, encoded, typed, sizeof(typed), &n) || n != sizeof(typed))
		return why_set(why, "vkey_malformed",
			"the verifier key must be base64 of one type byte and 32 bytes");
	if (!known_type(typed[0]))
		return why_set(why, "vkey_type", "key type 0x%02x is not known", typed[0]);
	memcpy(v.name, name.at, name.n);
	v.type = (enum note_key_type)typed[0];
	memcpy(v.key.b, typed + 1, sizeof(v.key.b));
	v.key_id = big_endian32(id);
	if (v.key_id != key_id(v.name, v.type, &v.key))
		return why_set(why, "vkey_id", "the verifier key's id does not belong to its name and key");
	*out = v;
	return true;
}

void note_vkey_format(const struct note_verifier *v, struct buf *out)
{
	uint8_t typed[1 + sizeof(v->key.b)] = {(uint8_t)v->type};

	memcpy(typed + 1, v->key.b, sizeof(v->key.b));
	buf_addf(out, "%s+%08" PRIx32 "+", v->name, v->key_id);
	base64_encode(BASE64_STD, bytes_of(typed, sizeof(typed)), out);
}

static void check_signer(const struct note_verifier *as, const struct sign_key *key, enum note_key_type type,
	struct bytes text)
{
	struct verify_key public = sign_public(key);

	bug_if(as->type != type || memcmp(public.b, as->key.b, sizeof(public.b)) != 0);
	bug_if(text.n == 0 || text.at[text.n - 1] != '\n');
}

/* blob: what follows the key id. */
static void add_line(const struct note_verifier *as, struct bytes blob, struct buf *out)
{
	uint8_t whole[4 + 8 + sizeof(struct signature)];
	uint32_t id = __builtin_bswap32(as->key_id);

	bug_if(blob.n > sizeof(whole) - 4);
	memcpy(whole, &id, 4);
	memcpy(whole + 4, blob.at, blob.n);
	buf_addf(out, DASH "%s ", as->name);
	base64_encode(BASE64_STD, bytes_of(whole, 4 + blob.n), out);
	buf_add_z(out, "\n");
}

void note_sign(const struct note_verifier *as, const struct sign_key *key, struct bytes text, struct buf *out)
{
	struct signature sig;

	check_signer(as, key, NOTE_ED25519, text);
	sig = sign_detached(key, text);
	add_line(as, bytes_of(sig.b, sizeof(sig.b)), out);
}

/* What a cosigner signs: the time and the whole text. */
static void cosigned_text(struct buf *out, uint64_t time_s, struct bytes text)
{
	buf_init(out, text.n + 64);
	buf_addf(out, "cosignature/v1\ntime %" PRIu64 "\n", time_s);
	buf_add_bytes(out, text);
}

void note_cosign(const struct note_verifier *as, const struct sign_key *key, uint64_t time_s,
	struct bytes text, struct buf *out)
{
	CLEANUP(buf_free) struct buf message = {0};
	uint8_t blob[8 + sizeof(struct signature)];
	uint64_t time_be = __builtin_bswap64(time_s);
	struct signature sig;

	check_signer(as, key, NOTE_COSIGNATURE, text);
	cosigned_text(&message, time_s, text);
	sig = sign_detached(key, buf_bytes(&message));
	memcpy(blob, &time_be, 8);
	memcpy(blob + 8, sig.b, sizeof(sig.b));
	add_line(as, bytes_of(blob, sizeof(blob)), out);
}

/* Any algorithm's signature: at least a key id and one byte, in canonical base64. */
static bool signature_base64(struct bytes base64, uint32_t *id)
{
	uint8_t small[512];
	uint8_t *value = small;
	size_t most = base64.n / 4 * 3 + 3;
	size_t n;
	bool fits;

	if (most > sizeof(small) && (value = malloc(most)) == NULL)
		bug("out of memory for a signature of %zu bytes", most);
	fits = base64_decode(BASE64_STD, base64, value, most, &n) && n >= 5;
	if (fits)
		*id = big_endian32(value);
	if (value != small)
		free(value);
	return fits;
}

static bool parse_line(struct bytes line, struct note_line *out)
{
	const uint8_t *space;

	if (!bytes_starts(line, DASH))
		return false;
	line = bytes_of(line.at + strlen(DASH), line.n - strlen(DASH));
	space = line.n == 0 ? NULL : memchr(line.at, ' ', line.n);
	if (space == NULL)
		return false;
	out->name = bytes_of(line.at, (size_t)(space - line.at));
	out->base64 = bytes_of(space + 1, line.n - out->name.n - 1);
	return note_name_valid(out->name) && signature_base64(out->base64, &out->key_id);
}

static bool has_control(struct bytes in)
{
	for (size_t i = 0; i < in.n; i++)
		if (in.at[i] < 0x20 && in.at[i] != '\n')
			return true;
	return false;
}

void note_line_text(const struct note_line *line, struct buf *out)
{
	buf_add_z(out, DASH);
	buf_add_bytes(out, line->name);
	buf_add_z(out, " ");
	buf_add_bytes(out, line->base64);
	buf_add_z(out, "\n");
}

bool note_line_is(const struct note_line *line, const struct note_verifier *of)
{
	return line->key_id == of->key_id && bytes_eq_z(line->name, of->name);
}

/* The signatures begin after the last empty line, for the text may have empty lines of its own. */
static const uint8_t *last_empty_line(struct bytes in)
{
	for (size_t i = in.n; i >= 2; i--)
		if (in.at[i - 2] == '\n' && in.at[i - 1] == '\n')
			return in.at + i;
	return NULL;
}

bool note_parse(struct bytes in, struct note *out, struct why *why)
{
	const uint8_t *signatures;
	struct bytes rest, line;
	size_t n = 0;
	bool ended;

	if (in.n == 0 || in.n > NOTE_MAX)
		return why_set(why, "note_malformed", "a note can have 1 to %d bytes, this one has %zu",
			NOTE_MAX, in.n);
	if (!utf8_valid(in) || has_control(in))
		return why_set(why, "note_malformed", "a note must be UTF-8 without control characters");
	signatures = last_empty_line(in);
	if (signatures == NULL)
		return why_set(why, "note_malformed", "the note has no empty line before its signatures");
	rest = bytes_of(signatures, (size_t)(in.at + in.n - signatures));
	while (bytes_line(&rest, &line, &ended)) {
		if (n == NOTE_SIGNATURES_MAX)
			return why_set(why, "note_malformed", "the note has more than %d signatures",
				NOTE_SIGNATURES_MAX);
		if (!ended || !parse_line(line, &out->lines[n]))
			return why_set(
				why, "note_malformed", "signature line %zu of the note is malformed", n + 1);
		n++;
	}
	if (n == 0)
		return why_set(why, "note_malformed", "the note has no signature");
	out->text = bytes_of(in.at, (size_t)(signatures - in.at) - 1);
	out->n = n;
	return true;
}

/* The time of a signature that fits (1 when it has none), or 0. */
static uint64_t fits_at(const struct note_verifier *v, const struct note_line *line, struct bytes text)
{
	CLEANUP(buf_free) struct buf message = {0};
	uint8_t blob[4 + 8 + sizeof(struct signature)];
	struct signature sig;
	uint64_t time_s;
	size_t n;

	if (!base64_decode(BASE64_STD, line->base64, blob, sizeof(blob), &n))
		return 0;
	if (v->type == NOTE_ED25519) {
		if (n != 4 + sizeof(sig.b))
			return 0;
		memcpy(sig.b, blob + 4, sizeof(sig.b));
		return sign_verify(&v->key, text, &sig) ? 1 : 0;
	}
	if (n != sizeof(blob))
		return 0;
	time_s = big_endian64(blob + 4);
	if (time_s == 0 || time_s > INT64_MAX)
		return 0;
	memcpy(sig.b, blob + 12, sizeof(sig.b));
	cosigned_text(&message, time_s, text);
	return sign_verify(&v->key, buf_bytes(&message), &sig) ? time_s : 0;
}

bool note_verify(const struct note *note, const struct note_verifier *known, size_t n, uint64_t *signed_at,
	struct why *why)
{
	size_t signers = 0;

	for (size_t v = 0; v < n; v++) {
		signed_at[v] = 0;
		for (size_t i = 0; i < note->n; i++) {
			const struct note_line *line = &note->lines[i];

			if (!note_line_is(line, &known[v]))
				continue;
			signed_at[v] = fits_at(&known[v], line, note->text);
			if (signed_at[v] == 0)
				return why_set(why, "note_bad_signature",
					"the signature by %s does not fit the note", known[v].name);
		}
		signers += signed_at[v] != 0;
	}
	if (signers == 0)
		return why_set(why, "note_unsigned", "none of the %zu known keys has signed the note", n);
	return true;
}

void checkpoint_text(const struct checkpoint *c, struct buf *out)
{
	bug_if(!note_name_valid(bytes_z(c->origin)) || c->size > INT64_MAX);
	buf_addf(out, "%s\n%" PRIu64 "\n", c->origin, c->size);
	base64_encode(BASE64_STD, bytes_of(c->root.b, sizeof(c->root.b)), out);
	buf_add_z(out, "\n");
}

bool checkpoint_parse(struct bytes text, struct checkpoint *out, struct why *why)
{
	struct bytes rest = text, origin, size, root;
	bool ended[3] = {false};
	struct checkpoint c = {0};
	size_t n;

	if (!bytes_line(&rest, &origin, &ended[0]) || !bytes_line(&rest, &size, &ended[1]) ||
		!bytes_line(&rest, &root, &ended[2]) || !ended[2] || rest.n != 0)
		return why_set(
			why, "checkpoint_malformed", "a checkpoint must be three lines: origin, size, root");
	if (!note_name_valid(origin))
		return why_set(why, "checkpoint_malformed", "the checkpoint's origin is not a key name");
	if (!text_u64(size, INT64_MAX, &c.size))
		return why_set(why, "checkpoint_malformed", "the checkpoint's size must be a decimal number");
	if (root.n != ROOT_BASE64 || !base64_decode(BASE64_STD, root, c.root.b, sizeof(c.root.b), &n) ||
		n != sizeof(c.root.b))
		return why_set(
			why, "checkpoint_malformed", "the checkpoint's root must be 32 bytes in base64");
	memcpy(c.origin, origin.at, origin.n);
	*out = c;
	return true;
}
