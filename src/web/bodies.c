/**
 * @file bodies.c  How much may be on its way to us at once
 *
 * A body is in memory from its first octet to the end of its request. A stranger's is little; of
 * who is signed in each has a share, so that nobody fills the memory alone, and all together have
 * a bound. On any thread.
 */
#include "own.h"
#include "server.h"

static _Atomic size_t *share(struct bodies *b, const char *whose)
{
	return &b->of[hash_joaat_str(whose) % BODIES_SHARES];
}

static bool counted(_Atomic size_t *count, size_t n, size_t most)
{
	if (atomic_fetch_add(count, n) + n <= most)
		return true;
	atomic_fetch_sub(count, n);
	return false;
}

/**
 * Takes room for a body
 *
 * @param b     Counters
 * @param whose The person's word
 * @param n     Octets
 *
 * @return false when there is none now; otherwise bodies_give() the same
 */
bool bodies_take(struct bodies *b, const char *whose, size_t n)
{
	if (!counted(share(b, whose), n, BODIES_OWN))
		return false;
	if (counted(&b->all, n, BODIES_ALL))
		return true;
	atomic_fetch_sub(share(b, whose), n);
	return false;
}

/** The body is gone */
void bodies_give(struct bodies *b, const char *whose, size_t n)
{
	if (!n)
		return;
	atomic_fetch_sub(share(b, whose), n);
	atomic_fetch_sub(&b->all, n);
}
