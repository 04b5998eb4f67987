#include "ledger/verify/leaf.h"

#include <stdio.h>
#include <string.h>

/* Every kind: its key, and its own lines in order as NAME:VALUE; ? may be missing, * one or more, 2 twice. In a key, {x} is the
 * value of line x, {ref:x} a row id of the line ref, and {line} names an entry of a bank's statement. */
struct leaf_kind {
	const char *name, *key, *lines;
};
static const struct leaf_kind kinds[] = {
	{"genesis", "genesis",
		"origin:text currency:text sandbox:yes-no chart:hash id-key-version:count key:code-key*"},
	{"batch.approved", "b{batch}.v{version}.approved",
		"batch:count version:count root:hash lines:count sum:dong first:dong unclaimed:dong agency:code programme:code "
		"period:month bundle:hash"},
	{"approval", "a{ref:bundle}.{officer}",
		"bundle:hash batches:count lines:count sum:dong agency:code officer:code role:code certificate:hash method:code "
		"text:hash proof:hash"},
	{"batch.released", "b{batch}.v{version}.released",
		"batch:count version:count root:hash lines:count sum:dong unfunded:dong agency:code programme:code "
		"funding-account:code officer:code2"},
	{"dispatch.sent", "d{dispatch}.e{epoch}.sent",
		"dispatch:count epoch:count channel:code funding-account:code count:count sum:dong root:hash"},
	{"payout.rejected", "p{ref:payout}.rejected", "id:id line:hash amount:dong channel:code reason:code"},
	{"payout.not_paid", "p{ref:payout}.not_paid", "id:id line:hash amount:dong channel:code reason:code"},
	{"payout.settled", "p{ref:payout}.settled", "id:id line:hash amount:dong channel:code entry:text"},
	{"payout.returned", "p{ref:payout}.returned",
		"id:id line:hash amount:dong channel:code entry:text reason:code"},
	{"claim.voided", "c{claim}.voided",
		"claim:count programme:code month:month kind:code instalment:count amount:dong reason:code officer:code2"},
	{"statement.file", "s{funding-account}.{day}",
		"funding-account:code day:day sequence:count opening:balance closing:balance lines:count debits:dong credits:dong "
		"pages:count root:hash source:code complete:yes-no chained:yes-no"},
	{"funding", "{line}", "funding-account:code amount:dong entry:text order:text?"},
	{"fee", "{line}", "funding-account:code amount:dong entry:text rule:text?"},
	{"suspense", "{line}", "funding-account:code amount:dong side:code entry:text break:count"},
	{"break.opened", "k{break}.opened",
		"break:count kind:code funding-account:code day:day amount:dong id:id? entry:text?"},
	{"break.resolved", "k{break}.resolved",
		"break:count kind:code funding-account:code amount:dong outcome:code id:id? officer:code2"},
	{"agent.advanced", "{line}", "funding-account:code channel:code amount:dong entry:text order:text?"},
	{"agent.returned", "{line}", "funding-account:code channel:code amount:dong entry:text order:text?"},
	{"reversal", "r{reverses}.reversed", "reason:code officer:code2"},
	{"clawback", "w{ref:case}.{n}", "id:id line:hash amount:dong step:code decision:hash officer:code2"},
	{"unclaimed.cancelled", "c{claim}.cancelled",
		"claim:count programme:code month:month kind:code instalment:count amount:dong decision:hash officer:code2"},
	{"refund", "{line}", "funding-account:code amount:dong entry:text order:text?"},
	{"recovered", "recovered.{size}.from.{had}", "had:count size:count root:hash timeline:count"},
	{"key", "key.{purpose}.{new}", "purpose:code old:hash? new:hash proof:signature?"},
	{"close", "close.{agency}.{period}",
		"period:month agency:code size:count root:hash accounts:count trial-balance:hash debits:dong credits:dong"},
};

static const struct family families[] = {
	{"assets:bank", 1, 1, true},
	{"assets:agent", 1, 1, true},
	{"assets:suspense-debit", 1, 1, true},
	{"assets:clawback", 2, 1, true},
	{"liabilities:advance", 1, -1, true},
	{"liabilities:payable", 2, -1, true},
	{"liabilities:in-flight", 1, -1, true},
	{"liabilities:unclaimed", 2, -1, true},
	{"liabilities:suspense-credit", 1, -1, true},
	{"liabilities:refundable", 1, -1, true},
	{"expenses:benefit", 2, 1, false},
	{"expenses:fees", 1, 1, false},
	{"expenses:loss", 2, 1, false},
	{"income:funding", 2, -1, false},
	{"equity:closed", 2, -1, false},
};

const struct family *family_of(struct text name)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (text_is(name, families[i].name))
			return &families[i];
	return NULL;
}

const char *leaf_kind_name(const struct leaf *l)
{
	return l->kind->name;
}

struct text leaf_value(const struct leaf *l, const char *name)
{
	for (size_t i = 0; i < l->n_lines; i++)
		if (strcmp(l->lines[i].name, name) == 0)
			return l->lines[i].value;
	return text_z("");
}

int64_t leaf_amount(const struct leaf *l, const char *name)
{
	struct text value = leaf_value(l, name);
	bool minus = text_skip(&value, "-");
	struct text number = value;
	int64_t dong;

	(void)text_until(&value, ' ', &number);
	if (!text_count(number, &dong))
		return 0;
	return minus ? -dong : dong;
}

int64_t leaf_ref(const struct leaf *l, const char *name)
{
	struct text rest = l->ref;

	while (rest.n > 0) {
		struct text word, of;
		int64_t id;

		if (!text_until(&rest, ' ', &word)) {
			word = rest;
			rest.n = 0;
		}
		if (text_until(&word, ':', &of) && text_is(of, name) && text_count(word, &id))
			return id;
	}
	return -1;
}

/* ---- values -------------------------------------------------------------------------------------------------- */

static int hex_upper(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* UTF-8 of 1 to `max` bytes; bytes below 0x21, % and 0x7f, and only those, are %XX. */
static bool is_text(struct text t, size_t max)
{
	char plain[1024];
	size_t n = 0;

	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.at[i];
		bool escaped = c == '%';

		if (n == max || n == sizeof plain)
			return false;
		if (escaped) {
			int high = i + 2 < t.n ? hex_upper(t.at[i + 1]) : -1,
			    low = i + 2 < t.n ? hex_upper(t.at[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (unsigned char)(high << 4 | low);
			i += 2;
		}
		if (escaped != (c < 0x21 || c == '%' || c == 0x7f))
			return false;
		plain[n++] = (char)c;
	}
	return n > 0 && text_utf8((struct text){.at = plain, .n = n});
}

static bool is_code_key(struct text t)
{
	struct text code;
	uint8_t key[32];

	return text_until(&t, ' ', &code) && text_code(code, 64) && text_hex(t, key, sizeof key);
}

static bool value_fits(struct text value, struct text as)
{
	uint8_t bytes[64];
	int64_t count;
	int32_t day;

	if (text_is(as, "count"))
		return text_count(value, &count);
	if (text_is(as, "hash"))
		return text_hex(value, bytes, 32);
	if (text_is(as, "dong"))
		return text_dong(value, &count);
	if (text_is(as, "code"))
		return text_code(value, 64);
	if (text_is(as, "text"))
		return is_text(value, 256);
	if (text_is(as, "id"))
		return text_id(value);
	if (text_is(as, "month"))
		return text_month(value);
	if (text_is(as, "day"))
		return text_day(value, &day);
	if (text_is(as, "yes-no"))
		return text_is(value, "yes") || text_is(value, "no");
	if (text_is(as, "balance")) {
		bool minus = text_skip(&value, "-");

		return text_dong(value, &count) && !(minus && text_is(value, "0 VND"));
	}
	if (text_is(as, "code-key"))
		return is_code_key(value);
	return text_is(as, "signature") && text_hex(value, bytes, 64);
}

/* ---- lines --------------------------------------------------------------------------------------------------- */

static bool take(struct text *rest, const char *key, struct text *value)
{
	return text_field(rest, text_z(key), value);
}

/* names[] outlives every leaf: lines point to the specification's own words, made once. */
static const char *name_of(struct text name)
{
	static char words[96][20];

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (words[i][0] == '\0' && name.n < sizeof words[i])
			memcpy(words[i], name.at, name.n);
		if (text_is(name, words[i]))
			return words[i];
	}
	return NULL;
}

/* The kind's own lines, as its specification orders them. */
static bool own_lines(struct text *rest, struct leaf *l)
{
	struct text spec = text_z(l->kind->lines);

	while (spec.n > 0) {
		struct text item, name, value;
		char times = '1';
		size_t seen = 0, most;

		if (!text_until(&spec, ' ', &item)) {
			item = spec;
			spec.n = 0;
		}
		(void)text_until(&item, ':', &name);
		if (strchr("?*2", item.at[item.n - 1]) != NULL)
			times = item.at[--item.n];
		most = times == '*' ? LEAF_OFTEN : times == '2' ? 2 : 1;
		for (; seen < most && text_field(rest, name, &value); seen++) {
			if (!value_fits(value, item) || l->n_lines == LEAF_LINES)
				return false;
			l->lines[l->n_lines++] = (struct leaf_line){.name = name_of(name), .value = value};
		}
		if ((seen == 0 && times != '?') || (times == '2' && seen != 2))
			return false;
		if (times == '2' && text_same(l->lines[l->n_lines - 2].value, l->lines[l->n_lines - 1].value))
			return false; /* nobody acts alone */
	}
	return true;
}

static bool src_fits(struct text t)
{
	struct text hash;
	uint8_t bytes[32];
	int64_t item;

	return text_skip(&t, "sha256:") && text_until(&t, '#', &hash) && text_hex(hash, bytes, 32) &&
	       text_count(t, &item);
}

/* "<family>:<part>[:<part>] <+ or -><dong> VND" */
static bool leg_read(struct text t, struct leg *out)
{
	struct text rest;
	const struct family *family;
	struct leg leg = {.amount = 0};
	bool minus;

	if (!text_until(&t, ' ', &leg.account))
		return false;
	minus = text_skip(&t, "-");
	if ((!minus && !text_skip(&t, "+")) || !text_dong(t, &leg.amount) || leg.amount == 0)
		return false;
	if (minus)
		leg.amount = -leg.amount;
	rest = leg.account;
	for (int colons = 0; rest.n > 0 && (rest.at[0] != ':' || ++colons < 2); rest.n--)
		rest.at++;
	leg.family = (struct text){.at = leg.account.at, .n = leg.account.n - rest.n};
	family = family_of(leg.family);
	if (family == NULL || !text_skip(&rest, ":"))
		return false;
	if (family->parts == 2 && !text_until(&rest, ':', &leg.parts[0]))
		return false;
	leg.parts[family->parts - 1] = rest;
	if (!text_code(leg.parts[0], 32) || (family->parts == 2 && !text_code(leg.parts[1], 32)))
		return false;
	*out = leg;
	return true;
}

/* "payout:42 batch:4" */
static bool ref_fits(struct text t)
{
	struct text word, name;
	int64_t id;

	while (text_until(&t, ' ', &word))
		if (!text_until(&word, ':', &name) || !text_code(name, 32) || !text_count(word, &id))
			return false;
	return text_until(&t, ':', &name) && text_code(name, 32) && text_count(t, &id);
}

static const struct leaf_kind *kind_of(struct text name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (text_is(name, kinds[i].name))
			return &kinds[i];
	return NULL;
}

static bool idem_fits(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.at[i] == '\0' || strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", t.at[i]) == NULL)
			return false;
	return t.n >= 1 && t.n <= 120;
}

/* From the first line to `late`. NULL: all are as they must be. */
static const char *head(struct text *rest, struct leaf *l)
{
	struct text value;

	if (!text_skip(rest, "chitra-ledger/v1\n"))
		return "its first line";
	if (!take(rest, "seq", &value) || !text_count(value, &l->seq))
		return "seq";
	if (!take(rest, "kind", &value) || (l->kind = kind_of(value)) == NULL)
		return "kind";
	if (!take(rest, "idem", &l->idem) || !idem_fits(l->idem))
		return "idem";
	if (!take(rest, "effective", &l->effective) || !text_day(l->effective, &l->day))
		return "effective";
	if (!take(rest, "recorded", &l->recorded) || !text_moment(l->recorded))
		return "recorded";
	if (!take(rest, "actor", &l->actor) || !is_text(l->actor, 1000))
		return "actor";
	if (take(rest, "ref", &l->ref) && !ref_fits(l->ref))
		return "ref";
	if (take(rest, "src", &l->src) && !src_fits(l->src))
		return "src";
	l->reverses = -1;
	if (take(rest, "reverses", &value) && (!text_count(value, &l->reverses) || l->reverses >= l->seq))
		return "reverses";
	if ((l->reverses >= 0) != (strcmp(l->kind->name, "reversal") == 0))
		return "reverses";
	l->late = take(rest, "late", &value);
	return l->late && !text_is(value, "yes") ? "late" : NULL;
}

bool leaf_read(struct text bytes, struct leaf *l, const char **wrong)
{
	struct text rest = bytes, value;
	uint8_t hash[32];

	l->n_lines = l->n_legs = 0;
	l->ref = l->src = l->pii = text_z("");
	*wrong = bytes.n > 65535 ? "its length" : head(&rest, l);
	if (*wrong == NULL && !own_lines(&rest, l))
		*wrong = "a line of its kind";
	if (*wrong == NULL && take(&rest, "pii", &l->pii) && !text_hex(l->pii, hash, 32))
		*wrong = "pii";
	while (*wrong == NULL && take(&rest, "p", &value)) {
		if (l->n_legs == LEAF_LEGS || !leg_read(value, &l->legs[l->n_legs]))
			*wrong = "a posting";
		else
			l->n_legs++;
	}
	if (*wrong == NULL && rest.n > 0)
		*wrong = "what follows its last line";
	return *wrong == NULL;
}

/* ---- keys ---------------------------------------------------------------------------------------------------- */

/* l<funding account>.<day>.<entry>[.<n>], or of a credit of the open day i<funding account>.<entry> */
static bool line_key(const struct leaf *l)
{
	struct text entry = leaf_value(l, "entry"), fund = leaf_value(l, "funding-account");
	char plain[256], key[256], hex[65];
	size_t n = 0;
	struct digest d;
	int made;
	struct text rest = l->idem;
	int64_t part;
	bool open_day = rest.n > 0 && rest.at[0] == 'i';

	for (size_t i = 0; i < entry.n; i++) {
		if (entry.at[i] == '%') {
			plain[n++] = (char)(hex_upper(entry.at[i + 1]) << 4 | hex_upper(entry.at[i + 2]));
			i += 2;
		} else {
			plain[n++] = entry.at[i];
		}
	}
	d = digest_of((struct text){.at = plain, .n = n});
	made = open_day ? snprintf(key, sizeof key, "i%.*s.", TEXT(fund))
			: snprintf(key, sizeof key, "l%.*s.%.*s.", TEXT(fund), TEXT(l->effective));
	digest_hex(&d, hex);
	(void)snprintf(key + made, sizeof key - (size_t)made, "%.32s", hex);
	if (!text_skip(&rest, key))
		return false;
	return rest.n == 0 || (!open_day && text_skip(&rest, ".") && text_count(rest, &part));
}

/* One {…} of a key off the front of what the key should be. */
static bool key_part(const struct leaf *l, struct text word, struct text *idem)
{
	char number[24];
	struct text value;
	int64_t n;

	if (text_skip(&word, "ref:")) {
		char name[20] = {0};

		memcpy(name, word.at, word.n < sizeof name ? word.n : sizeof name - 1);
		n = leaf_ref(l, name);
		(void)snprintf(number, sizeof number, "%lld", (long long)n);
		return n >= 0 && text_skip(idem, number);
	}
	if (text_is(word, "reverses")) {
		(void)snprintf(number, sizeof number, "%lld", (long long)l->reverses);
		return text_skip(idem, number);
	}
	if (text_is(word, "n")) {
		bool fits = text_count(*idem, &n);

		idem->n = 0;
		return fits;
	}
	value = leaf_value(l, name_of(word));
	if (idem->n < value.n || memcmp(idem->at, value.at, value.n) != 0)
		return false;
	idem->at += value.n;
	idem->n -= value.n;
	return true;
}

bool leaf_key_fits(const struct leaf *l)
{
	struct text key = text_z(l->kind->key), idem = l->idem, word;

	if (text_is(key, "{line}"))
		return line_key(l);
	while (key.n > 0) {
		char plain[2] = {key.at[0]};

		if (text_skip(&key, "{")) {
			if (!text_until(&key, '}', &word) || !key_part(l, word, &idem))
				return false;
		} else if (!text_skip(&idem, plain) || !text_skip(&key, plain)) {
			return false;
		}
	}
	return idem.n == 0;
}
