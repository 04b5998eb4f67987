#include "daemon/parse/encoding.h"

#include <string.h>

#include "ledger/base/text.h"

/* «Họ» and «và», words of every list's headings, as each encoding writes them. */
static const struct {
	const char *name;
	const char *word[2];
} others[] = {
	{"TCVN3 (.VnTime)", {"H\xe4 v\xb5", "Sè "}},
	{"TCVN3 (.VnTime)", {"H\xe4 ", "v\xb5 t"}},
	{"Windows-1258", {"Ho\xf2 v", "HO\xf2 V"}},
	{"VISCII", {"H\xf7 v", "H\xf7 t"}},
	{"VNI", {"Ho\xef v", "HO\xcf V"}},
};

static bool holds(struct bytes in, const char *word)
{
	return memmem(in.at, in.n, word, strlen(word)) != NULL;
}

const char *encoding_guess(struct bytes head)
{
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (holds(head, others[i].word[0]) || holds(head, others[i].word[1]))
			return others[i].name;
	return "không rõ";
}

/* How many bytes at the end begin a character that may go on in the next piece. */
static size_t begun_character(struct bytes in)
{
	for (size_t back = 1; back <= 3 && back <= in.n; back++) {
		uint8_t c = in.at[in.n - back];
		if (c < 0x80)
			return 0;
		if (c >= 0xc0)
			return (c >= 0xf0 ? 4u : c >= 0xe0 ? 3u : 2u) > back ? back : 0;
	}
	return 0;
}

/* UTF-16 without its mark: the text of a list has a zero in every second byte at its beginning. */
static bool zeros_at(struct bytes head, size_t from)
{
	size_t n = 0;
	for (size_t i = from; i < head.n && i < 8; i += 2)
		n += head.at[i] == 0;
	return head.n >= 8 && n >= 3 && head.at[1 - from] != 0;
}

/* A mixed file is UTF-8 with something in it that is not, if most of its letters are; then it is refused with the row. */
static bool mostly_utf8(struct bytes in)
{
	size_t good = 0, bad = 0;
	for (size_t i = 0, n; i < in.n; i += n) {
		n = utf8_character(bytes_of(in.at + i, in.n - i));
		good += n > 1;
		bad += n == 0;
		n += n == 0;
	}
	return good >= bad;
}

void encoding_begin(struct encoding *e, struct bytes head)
{
	*e = (struct encoding){.kind = ENCODING_UTF8};
	struct bytes whole = bytes_of(head.at, head.n - begun_character(head));
	if ((head.n >= 2 && memcmp(head.at, "\xff\xfe", 2) == 0) || zeros_at(head, 1))
		e->kind = ENCODING_UTF16LE;
	else if ((head.n >= 2 && memcmp(head.at, "\xfe\xff", 2) == 0) || zeros_at(head, 0))
		e->kind = ENCODING_UTF16BE;
	else if (!mostly_utf8(whole))
		e->kind = ENCODING_BYTES;
}

/* One character; a byte order mark before all others is none. */
static void put(struct encoding *e, uint32_t c, struct buf *out)
{
	bool mark = c == 0xfeff && !e->begun;
	e->begun = true;
	if (mark)
		return;
	if (c < 0x80) {
		buf_u8(out, (uint8_t)c);
	} else if (c < 0x800) {
		buf_u8(out, (uint8_t)(0xc0 | c >> 6));
		buf_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_u8(out, (uint8_t)(0xe0 | c >> 12));
		buf_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
		buf_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
	} else {
		buf_u8(out, (uint8_t)(0xf0 | c >> 18));
		buf_u8(out, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		buf_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
		buf_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
	}
}

static bool text_of_bytes(struct encoding *e, struct bytes piece, struct buf *out, struct problem *p)
{
	for (size_t i = 0; i < piece.n; i++) {
		if (piece.at[i] == 0)
			return problem_set(p, "file_nul", 0, "");
		put(e, piece.at[i], out);
	}
	return true;
}

static uint32_t unit(const struct encoding *e, const uint8_t *at)
{
	return e->kind == ENCODING_UTF16LE ? (uint32_t)(at[0] | at[1] << 8) : (uint32_t)(at[0] << 8 | at[1]);
}

/* The tail keeps half a unit, or the first half of a pair. */
static bool text_of_utf16(struct encoding *e, struct bytes piece, struct buf *out, struct problem *p)
{
	for (size_t i = 0; i < piece.n; i++) {
		e->tail[e->n_tail++] = piece.at[i];
		if (e->n_tail % 2 != 0)
			continue;
		uint32_t c = unit(e, e->tail);
		bool high = c >= 0xd800 && c < 0xdc00, low = c >= 0xdc00 && c < 0xe000;
		if (high && e->n_tail == 2)
			continue;
		if (high) {
			uint32_t second = unit(e, e->tail + 2);
			low = second < 0xdc00 || second >= 0xe000;
			c = 0x10000 + ((c & 0x3ff) << 10) + (second & 0x3ff);
		}
		if (low)
			return problem_set(p, "file_encoding", 0, "UTF-16");
		if (c == 0)
			return problem_set(p, "file_nul", 0, "");
		put(e, c, out);
		e->n_tail = 0;
	}
	return true;
}

/* Text; a byte order mark before all others is none. */
static void put_text(struct encoding *e, const uint8_t *at, size_t n, struct buf *out)
{
	bool mark = !e->begun && n >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0;
	e->begun = e->begun || n > 0;
	buf_add(out, at + (mark ? 3 : 0), n - (mark ? 3 : 0));
}

/* The character that began in the last piece; *used bytes of this one end it. */
static bool finish_tail(struct encoding *e, struct bytes piece, size_t *used, struct buf *out)
{
	uint8_t lead = e->tail[0];
	size_t want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	*used = 0;
	while (e->n_tail < want && *used < piece.n)
		e->tail[e->n_tail++] = piece.at[(*used)++];
	if (e->n_tail < want)
		return true;
	e->n_tail = 0;
	if (utf8_character(bytes_of(e->tail, want)) != want)
		return false;
	put_text(e, e->tail, want, out);
	return true;
}

static size_t good_bytes(struct bytes in)
{
	size_t at = 0, n;
	while (at < in.n && (n = utf8_character(bytes_of(in.at + at, in.n - at))) > 0)
		at += n;
	return at;
}

static bool text_of_utf8(struct encoding *e, struct bytes piece, struct buf *out, struct problem *p)
{
	const uint8_t *nul = piece.n > 0 ? memchr(piece.at, '\0', piece.n) : NULL;
	size_t used = 0;
	if (nul)
		piece.n = (size_t)(nul - piece.at);
	if (e->n_tail > 0 && !finish_tail(e, piece, &used, out))
		return problem_set(p, "file_encoding", 0, encoding_guess(piece));
	struct bytes rest = bytes_of(piece.at + used, piece.n - used);
	if (e->n_tail == 0) {
		size_t begun = begun_character(rest);
		memcpy(e->tail, rest.at + rest.n - begun, begun);
		e->n_tail = begun;
		rest.n -= begun;
	}
	size_t good = utf8_valid(rest) ? rest.n : good_bytes(rest);
	put_text(e, rest.at, good, out);
	if (good < rest.n)
		return problem_set(p, "file_encoding", 0, encoding_guess(piece));
	return !nul || problem_set(p, "file_nul", 0, "");
}

bool encoding_text(struct encoding *e, struct bytes piece, struct buf *out, struct problem *p)
{
	switch (e->kind) {
	case ENCODING_UTF8: return text_of_utf8(e, piece, out, p);
	case ENCODING_UTF16LE:
	case ENCODING_UTF16BE: return text_of_utf16(e, piece, out, p);
	case ENCODING_BYTES: return text_of_bytes(e, piece, out, p);
	}
	bug("encoding %d", (int)e->kind);
}

bool encoding_end(const struct encoding *e, struct problem *p)
{
	return e->n_tail == 0 || problem_set(p, "file_encoding", 0, "không rõ");
}
