#include "daemon/parse/encoding.h"

#include <string.h>

#include "ledger/base/text.h"
#include "ledger/register/list.h"

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

static bool refuse_encoding(struct bytes piece, struct problem *p)
{
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (holds(piece, others[i].word[0]) || holds(piece, others[i].word[1]))
			return problem_set(p, "file_encoding", 0, others[i].name);
	return problem_set(p, "file_encoding", 0, "không rõ");
}

bool encoding_is_disguised_tcvn3(struct bytes head)
{
	return holds(head, "Hä vµ") || holds(head, "vµ tªn") || holds(head, "Sè CCCD") ||
	       holds(head, "NguyÔn");
}

static bool is_utf16(struct bytes piece)
{
	return piece.n >= 2 &&
	       ((piece.at[0] == 0xff && piece.at[1] == 0xfe) || (piece.at[0] == 0xfe && piece.at[1] == 0xff));
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

/* The character that began in the last piece; *used bytes of this one end it. */
static bool finish_tail(struct encoding *e, struct bytes piece, size_t *used)
{
	uint8_t lead = e->tail[0];
	size_t want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	*used = 0;
	while (e->n_tail < want && *used < piece.n)
		e->tail[e->n_tail++] = piece.at[(*used)++];
	if (e->n_tail < want)
		return true;
	e->n_tail = 0;
	return utf8_character(bytes_of(e->tail, want)) == want;
}

static size_t bad_character(struct bytes in)
{
	size_t at = 0, n;
	while (at < in.n && (n = utf8_character(bytes_of(in.at + at, in.n - at))) > 0)
		at += n;
	return at;
}

bool encoding_check(struct encoding *e, struct bytes piece, struct problem *p)
{
	size_t used = 0;
	e->bad = 0;
	if (e->total == 0 && is_utf16(piece))
		return problem_set(p, "file_encoding", 0, "UTF-16");
	e->total += piece.n;
	if (e->total > LIST_FILE_MAX)
		return problem_set(p, "file_too_large", 0, "");
	const uint8_t *nul = piece.n > 0 ? memchr(piece.at, '\0', piece.n) : NULL;
	if (nul) {
		e->bad = (size_t)(nul - piece.at);
		return problem_set(p, "file_nul", 0, "");
	}
	if (e->n_tail > 0 && !finish_tail(e, piece, &used))
		return refuse_encoding(piece, p);
	struct bytes rest = bytes_of(piece.at + used, piece.n - used);
	if (e->n_tail == 0) {
		size_t begun = begun_character(rest);
		memcpy(e->tail, rest.at + rest.n - begun, begun);
		e->n_tail = begun;
		rest.n -= begun;
	}
	if (utf8_valid(rest))
		return true;
	e->bad = used + bad_character(rest);
	return refuse_encoding(piece, p);
}

bool encoding_end(const struct encoding *e, struct problem *p)
{
	return e->n_tail == 0 || problem_set(p, "file_encoding", 0, "không rõ");
}
