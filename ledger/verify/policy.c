#include "ledger/verify/policy.h"

#include <string.h>

/* The next word of the line. */
static bool word_take(struct text *line, struct text *word)
{
	while (line->n > 0 && (line->at[0] == ' ' || line->at[0] == '\t')) {
		line->at++;
		line->n--;
	}
	*word = (struct text){.at = line->at, .n = 0};
	while (word->n < line->n && line->at[word->n] != ' ' && line->at[word->n] != '\t')
		word->n++;
	line->at += word->n;
	line->n -= word->n;
	return word->n > 0;
}

static int member_of(const struct policy *p, struct text name)
{
	for (size_t i = 0; i < p->n_members; i++)
		if (text_same(p->members[i].name, name))
			return (int)i;
	return -1;
}

static bool add_signer(struct policy *p, struct text vkey, uint8_t type)
{
	struct signer s;

	if (p->n == SIGNERS_MAX || !signer_read(vkey, &s) || s.type != type)
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (memcmp(p->signers[i].key, s.key, sizeof s.key) == 0)
			return false;
	p->signers[p->n++] = s;
	return true;
}

static bool add_member(struct policy *p, struct text name, struct member m)
{
	if (p->n_members == sizeof p->members / sizeof *p->members || member_of(p, name) >= 0 ||
		text_is(name, "none"))
		return false;
	m.name = name;
	p->members[p->n_members++] = m;
	return true;
}

/* A log goes before the witnesses, so that a signer's number says which it is. */
static bool add_log(struct policy *p, struct text vkey)
{
	struct signer log;

	if (!add_signer(p, vkey, 0x01))
		return false;
	log = p->signers[p->n - 1];
	memmove(&p->signers[p->n_logs + 1], &p->signers[p->n_logs],
		(p->n - 1 - p->n_logs) * sizeof *p->signers);
	p->signers[p->n_logs++] = log;
	for (size_t i = 0; i < p->n_members; i++)
		p->members[i].signer++; /* a group has none */
	return true;
}

struct reading {
	struct policy p;
	bool quorum_seen;
	uint64_t grouped; /* a bit per member: nobody counts in two ways */
};

static bool group_read(struct reading *r, struct text line)
{
	struct policy *p = &r->p;
	struct text name, least, word;
	struct member m = {.of = 0};
	int64_t k = 0;

	if (!word_take(&line, &name) || !word_take(&line, &least))
		return false;
	while (word_take(&line, &word)) {
		int i = member_of(p, word);

		if (i < 0 || (r->grouped >> i & 1) != 0)
			return false;
		r->grouped |= (uint64_t)1 << i;
		m.of |= (uint64_t)1 << i;
	}
	if (text_is(least, "any"))
		k = 1;
	else if (text_is(least, "all"))
		k = __builtin_popcountll(m.of);
	else if (!text_count(least, &k))
		return false;
	if (k < 1 || k > __builtin_popcountll(m.of))
		return false;
	m.least = (unsigned)k;
	return add_member(p, name, m);
}

/* Nothing more on the line than an address, which is no business of who only verifies. */
static bool url_at_most(struct text line)
{
	struct text url;

	return !word_take(&line, &url) || !word_take(&line, &url);
}

static bool line_read(struct reading *r, struct text line)
{
	struct policy *p = &r->p;
	struct text what, name, vkey, more;

	if (!word_take(&line, &what) || what.at[0] == '#')
		return true;
	if (text_is(what, "group"))
		return group_read(r, line);
	if (text_is(what, "log"))
		return word_take(&line, &vkey) && add_log(p, vkey) && url_at_most(line);
	if (text_is(what, "witness"))
		return word_take(&line, &name) && word_take(&line, &vkey) && add_signer(p, vkey, 0x04) &&
		       add_member(p, name, (struct member){.signer = p->n - 1}) && url_at_most(line);
	if (!text_is(what, "quorum") || r->quorum_seen || !word_take(&line, &name) || word_take(&line, &more))
		return false;
	r->quorum_seen = true;
	p->quorum = text_is(name, "none") ? -1 : member_of(p, name);
	return p->quorum >= 0 || text_is(name, "none");
}

static bool clean(struct text line)
{
	for (size_t i = 0; i < line.n; i++)
		if (((unsigned char)line.at[i] < 0x20 && line.at[i] != '\t') || line.at[i] == 0x7f)
			return false;
	return true;
}

bool policy_read(struct text text, struct policy *out, size_t *line)
{
	struct reading r = {.p = {.quorum = -1}};
	struct text one;

	for (*line = 1; text.n > 0; ++*line) {
		if (!text_until(&text, '\n', &one)) {
			one = text;
			text.n = 0;
		}
		if (!clean(one) || !line_read(&r, one))
			return false;
	}
	*out = r.p;
	return r.p.n_logs > 0 && r.quorum_seen;
}

bool policy_of_key(struct text vkey, struct policy *out)
{
	*out = (struct policy){.quorum = -1};
	out->n_logs = 1;
	return add_signer(out, vkey, 0x01);
}

static bool met(const struct policy *p, size_t member, const uint64_t *signed_at)
{
	const struct member *m = &p->members[member];
	unsigned have = 0;

	if (m->of == 0)
		return signed_at[m->signer] > 0;
	for (size_t i = 0; i < member; i++)
		have += (m->of >> i & 1) != 0 && met(p, i, signed_at);
	return have >= m->least;
}

bool policy_quorum(const struct policy *p, const uint64_t *signed_at)
{
	return p->quorum < 0 || met(p, (size_t)p->quorum, signed_at);
}
