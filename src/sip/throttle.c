/**
 * @file throttle.c  Wrong passwords: ten a minute, then a growing delay
 *
 * Counted per source address and account, so that the owner elsewhere is not locked out. The table
 * is bounded; rows that block nobody are given up first. The hash is keyed, so that nobody can aim
 * at a row.
 */
#include <sodium.h>
#include <string.h>
#include "clock.h"
#include "source.h"
#include "stack_parts.h"

enum { THROTTLE_BUCKETS = 4096 };

struct row {
	struct le he;
	struct le le; /* in counting or blocking, least recently touched first */
	uint64_t key;
	uint64_t window; /* start of the minute                                   */
	uint64_t blocked_until;
	uint32_t wrong;
	uint32_t times; /* how often it was blocked                              */
};

struct throttle {
	struct hash *ht;
	struct list counting, blocking;
	uint32_t rows, max;
	uint8_t secret[crypto_shorthash_KEYBYTES];
};

static void row_destructor(void *arg)
{
	struct row *r = arg;

	hash_unlink(&r->he);
	list_unlink(&r->le);
}

static void destructor(void *arg)
{
	struct throttle *t = arg;

	list_flush(&t->counting);
	list_flush(&t->blocking);
	mem_deref(t->ht);
	sodium_memzero(t->secret, sizeof(t->secret));
}

/** Makes a table of at most `rows` rows (source, account). Returns 0 or errno */
int throttle_alloc(struct throttle **tp, uint32_t rows)
{
	AUTO struct throttle *t = mem_zalloc(sizeof(*t), destructor);
	int err;

	if (!t)
		return ENOMEM;
	err = hash_alloc(&t->ht, THROTTLE_BUCKETS);
	if (err)
		return err;
	t->max = rows;
	randombytes_buf(t->secret, sizeof(t->secret));
	*tp = TAKE(t);
	return 0;
}

static uint64_t key_of(const struct throttle *t, const struct sa *client, const struct pl *realm,
		       const struct pl *user)
{
	char text[3 * SIP_NAME];
	char source[SOURCE_TEXT];
	uint64_t key;
	int n;

	source_print(source, client);
	n = re_snprintf(text, sizeof(text), "%s %r %r", source, realm, user);
	/* what does not fit shares a row: no such account exists */
	crypto_shorthash((uint8_t *)&key, (const uint8_t *)text, n < 0 ? 0 : (size_t)n, t->secret);
	return key;
}

static struct row *row_find(const struct throttle *t, uint64_t key)
{
	struct le *le = list_head(hash_list(t->ht, (uint32_t)key));

	for (; le; le = le->next) {
		struct row *r = le->data;

		if (r->key == key)
			return r;
	}
	return NULL;
}

static void row_drop(struct throttle *t, struct row *r)
{
	mem_deref(r);
	--t->rows;
}

static struct row *row_add(struct throttle *t, uint64_t key)
{
	struct row *r;

	if (t->rows >= t->max)
		row_drop(t, list_ledata(t->counting.head ? t->counting.head : t->blocking.head));
	r = mem_zalloc(sizeof(*r), row_destructor);
	if (!r)
		return NULL;
	r->key = key;
	r->window = clock_mono_ms();
	hash_append(t->ht, (uint32_t)key, &r->he, r);
	list_append(&t->counting, &r->le, r);
	++t->rows;
	return r;
}

/** Must this source wait before it may try this account again? */
bool throttle_blocked(struct throttle *t, const struct sa *client, const struct pl *realm,
		      const struct pl *user)
{
	const struct row *r = row_find(t, key_of(t, client, realm, user));

	return r && r->blocked_until > clock_mono_ms();
}

static void row_block(struct throttle *t, struct row *r, uint64_t now)
{
	uint64_t delay = (uint64_t)THROTTLE_DELAY_MS << MIN(r->times, 8u);

	r->blocked_until = now + MIN(delay, (uint64_t)THROTTLE_DELAY_MAX_MS);
	++r->times;
	r->wrong = 0;
	list_unlink(&r->le);
	list_append(&t->blocking, &r->le, r);
}

/**
 * Counts a wrong password.
 *
 * @return true if this was the one that starts a delay
 */
bool throttle_wrong(struct throttle *t, const struct sa *client, const struct pl *realm,
		    const struct pl *user)
{
	uint64_t key = key_of(t, client, realm, user), now = clock_mono_ms();
	struct row *r = row_find(t, key);

	if (!r)
		r = row_add(t, key);
	if (!r)
		return false;
	if (now - r->window >= THROTTLE_WINDOW_MS) {
		r->window = now;
		r->wrong = 0;
	}
	if (++r->wrong >= THROTTLE_TRIES) {
		row_block(t, r, now);
		return true;
	}
	return false;
}

/** The password was right: all is forgiven */
void throttle_right(struct throttle *t, const struct sa *client, const struct pl *realm,
		    const struct pl *user)
{
	struct row *r = t->rows ? row_find(t, key_of(t, client, realm, user)) : NULL;

	if (r)
		row_drop(t, r);
}
