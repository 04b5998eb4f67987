/* wire.c: the network, which loses, repeats, cuts and holds back; whatever is under way arrives in any order. */
#include "tests/sim/sim.h"

bool wire_send(struct world *w, const struct wire *one)
{
	for (int i = 0; w->wires < WIRES && i < WIRES; i++)
		if (w->wire[i].what == WIRE_NONE) {
			w->wire[i] = *one;
			w->wires++;
			return true;
		}
	return false;
}

bool wire_under_way(const struct world *w, int id)
{
	for (int i = 0; w->wires > 0 && i < WIRES; i++)
		if (w->wire[i].what == WIRE_REQUEST && w->wire[i].call == TRANSFER)
			for (int k = 0; k < w->wire[i].n; k++)
				if (w->wire[i].id[k] == id)
					return true;
	return false;
}

static bool request(struct world *w, const struct wire *r)
{
	if (fault(w, F_REQUEST_LOST, 25))
		return true;
	if (!r->twin && fault(w, F_REQUEST_TWICE, 25)) {
		struct wire twin = *r;
		twin.twin = true;
		(void)wire_send(w, &twin);
	}
	bank_request(w, r);
	return true;
}

static bool reply(struct world *w, struct wire *r)
{
	if (fault(w, F_REPLY_LOST, 25))
		return true;
	r->cut = fault(w, F_REPLY_CUT, 30);
	teller_replied(w, r);
	return true;
}

/* The bank repeats it until it is answered with 2xx, and sometimes gives up. */
static bool callback(struct world *w, const struct wire *c)
{
	if (fault(w, F_CALLBACK_LOST, 12))
		return true;
	if (gate_callback(w, c) != OK || fault(w, F_CALLBACK_TWICE, 12))
		(void)wire_send(w, c);
	return true;
}

/* Something arrives. */
bool wire_step(struct world *w)
{
	uint32_t at = below(w, WIRES);
	for (int i = 0; w->wires > 0 && i < WIRES; i++) {
		struct wire *slot = &w->wire[(at + (uint32_t)i) % WIRES];
		struct wire one = *slot;
		if (one.what == WIRE_NONE)
			continue;
		slot->what = WIRE_NONE;
		w->wires--;
		switch ((enum wire_what)one.what) {
		case WIRE_NONE: return false;
		case WIRE_REQUEST: return request(w, &one);
		case WIRE_REPLY: return reply(w, &one);
		case WIRE_CALLBACK: return callback(w, &one);
		}
	}
	return false;
}
