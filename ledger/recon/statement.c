#include "ledger/recon/statement.h"

static bool head_eq(const struct statement_head *a, const struct statement_head *b)
{
	return a->pages == b->pages && a->line_count == b->line_count && a->sequence == b->sequence &&
	       vnd_cmp(a->opening, b->opening) == 0 && vnd_cmp(a->closing, b->closing) == 0;
}

static bool add_lines(struct statement_sums *s, const struct booked_line *at, size_t n, struct why *why)
{
	for (size_t i = 0; i < n; i++) {
		if (at[i].line != s->lines + 1)
			return why_set(why, "statement_pages", "line %lld follows line %lld",
				(long long)at[i].line, (long long)s->lines);
		struct vnd *sum = at[i].debit ? &s->debits : &s->credits;
		if (!vnd_add(*sum, at[i].amount, sum))
			return why_set(why, "statement_pages", "the sum of the lines is out of range");
		s->lines++;
	}
	return true;
}

bool statement_take(struct statement_sums *s, const struct statement_head *head, const struct booked_line *at,
	size_t n, const struct hash *page, struct why *why)
{
	if (s->pages == 0)
		s->head = *head;
	else if (!head_eq(&s->head, head))
		return why_set(
			why, "statement_pages", "page %d has another head than page 1", (int)s->pages + 1);
	if (s->pages == head->pages)
		return why_set(why, "statement_pages", "there are more than %d pages", (int)head->pages);
	if (!add_lines(s, at, n, why))
		return false;
	struct hash leaf = merkle_leaf(bytes_of(page->b, sizeof page->b));
	compact_append(&s->root, &leaf);
	s->pages++;
	return true;
}

bool statement_whole(const struct statement_sums *s)
{
	return s->pages > 0 && s->pages == s->head.pages && s->lines == s->head.line_count;
}

bool statement_gap(const struct statement_sums *s, struct vnd *out)
{
	struct vnd should;
	return vnd_add(s->head.opening, s->credits, &should) && vnd_sub(should, s->debits, &should) &&
	       vnd_sub(s->head.closing, should, out);
}
