/* Who is paid without cash: sums, the two targets at their edges, and shares that are never rounded up. */
#include "ledger/recon/coverage.h"
#include "tests/lib/tap.h"

static struct coverage_total total(const struct coverage_unit *units, size_t n)
{
	struct coverage_unit copy[4];
	for (size_t i = 0; i < n; i++)
		copy[i] = units[i];
	return coverage_total(&(struct coverage){.units = copy, .n = n});
}

int main(void)
{
	static const struct coverage_unit units[] = {
		{.entitled = 10, .with_account = 8, .wishing = 6, .paid = 6},
		{.entitled = 5, .with_account = 1, .wishing = 1, .paid = 1},
		{.entitled = 7, .with_account = 2, .wishing = 1, .paid = 0},
		{.entitled = 3},
	};
	struct coverage_total t = total(units, 4);
	is_i64(t.all.entitled, 25, "who is entitled, over all units");
	is_i64(t.all.with_account, 11, "who has an account");
	is_i64(t.all.wishing, 8, "who wishes it");
	is_i64(t.all.paid, 7, "who was paid through it");
	is_i64(t.units, 4, "a unit without accounts is one");
	is_i64(t.cashless, 2, "in which anybody was paid so");
	ok(coverage_units_met(&t), "half of the units are enough");
	ok(!coverage_wishes_met(&t), "7 of 8 who wish it are not all");
	t = total(units, 2);
	ok(coverage_wishes_met(&t), "7 of 7 are");
	t = total(units + 1, 3);
	ok(!coverage_units_met(&t), "one unit of three is less than half");
	t = total(units + 3, 1);
	ok(!coverage_wishes_met(&t), "where nobody has an account nothing was reached");
	t = total(units, 0);
	ok(!coverage_units_met(&t) && !coverage_wishes_met(&t), "nor where there is nobody");

	struct arena *a = arena_new();
	static const struct {
		int64_t part, whole;
		const char *text;
	} shares[] = {{0, 0, "–"}, {0, 3, "0,0 %"}, {1, 3, "33,3 %"}, {2, 3, "66,6 %"},
		{999999, 1000000, "99,9 %"}, {3, 3, "100,0 %"}};
	for (size_t i = 0; i < COUNT_OF(shares); i++)
		is_str(coverage_share(a, shares[i].part, shares[i].whole), shares[i].text,
			"a share is never rounded up");
	arena_free(a);
	return done_testing();
}
