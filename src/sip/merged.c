/**
 * @file merged.c  The same INVITE by two ways (RFC 3261 section 8.2.2.2)
 *
 * A fixed table of what was accepted in the last 32 s: hash of Call-ID, CSeq and From tag, and of
 * the branch. Two requests that fall on one row overwrite each other: then nothing is detected.
 */
#include <sodium.h>
#include <string.h>
#include "clock.h"
#include "stack_parts.h"

enum { MERGED_ROWS = 4096, MERGED_LIFE_MS = 32000 };

struct merged {
	uint8_t secret[crypto_shorthash_KEYBYTES];
	struct {
		uint64_t request, branch, when;
	} row[MERGED_ROWS];
};

/** Makes an empty table. Returns 0 or ENOMEM */
int merged_alloc(struct merged **mp)
{
	struct merged *m = mem_zalloc(sizeof(*m), NULL);

	if (!m)
		return ENOMEM;
	randombytes_buf(m->secret, sizeof(m->secret));
	*mp = m;
	return 0;
}

static uint64_t hash(const struct merged *m, const char *text, int n)
{
	uint64_t h;

	crypto_shorthash((uint8_t *)&h, (const uint8_t *)text, n < 0 ? 0 : (size_t)n, m->secret);
	return h;
}

/** Has this INVITE been accepted already, by another branch? Else it is taken note of */
bool merged_seen(struct merged *m, const struct sip_msg *msg)
{
	uint64_t request, branch, now = clock_mono_ms();
	char text[1024];
	size_t i;

	request = hash(m, text,
		       re_snprintf(text, sizeof(text), "%r %u %r", &msg->callid, msg->cseq.num,
				   &msg->from.tag));
	branch = hash(m, text,
		      re_snprintf(text, sizeof(text), "%r %r", &msg->via.branch, &msg->via.sentby));
	i = request % MERGED_ROWS;
	if (m->row[i].when && m->row[i].request == request && m->row[i].branch != branch &&
	    now - m->row[i].when < MERGED_LIFE_MS)
		return true;
	m->row[i].request = request;
	m->row[i].branch = branch;
	m->row[i].when = now;
	return false;
}
