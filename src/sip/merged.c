/**
 * @file merged.c  The same INVITE by two ways (RFC 3261 section 8.2.2.2), and whose CANCEL it is
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
		struct sa src, dst;
		enum sip_transp tp;
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

static uint64_t request_of(const struct merged *m, const struct sip_msg *msg)
{
	char text[1024];

	return hash(m, text,
		    re_snprintf(text, sizeof(text), "%r %u %r", &msg->callid, msg->cseq.num,
				&msg->from.tag));
}

static uint64_t branch_of(const struct merged *m, const struct sip_msg *msg)
{
	char text[1024];

	return hash(m, text,
		    re_snprintf(text, sizeof(text), "%r %r", &msg->via.branch, &msg->via.sentby));
}

/** Has this INVITE been accepted already, by another branch? Else it is taken note of */
bool merged_seen(struct merged *m, const struct sip_msg *msg)
{
	uint64_t request = request_of(m, msg), branch = branch_of(m, msg), now = clock_mono_ms();
	size_t i = request % MERGED_ROWS;

	if (m->row[i].when && m->row[i].request == request && m->row[i].branch != branch &&
	    now - m->row[i].when < MERGED_LIFE_MS)
		return true;
	m->row[i].request = request;
	m->row[i].branch = branch;
	m->row[i].when = now;
	m->row[i].src = msg->src;
	m->row[i].dst = msg->dst;
	m->row[i].tp = msg->tp;
	return false;
}

/**
 * Does this CANCEL come from elsewhere than its INVITE? libre compares the branch only, which some
 * phones make guessable. By UDP another port of the same host will do (NAT), by a stream none.
 */
bool merged_foreign(const struct merged *m, const struct sip_msg *msg)
{
	uint64_t request = request_of(m, msg);
	size_t i = request % MERGED_ROWS;
	int what = msg->tp == SIP_TRANSP_UDP ? SA_ADDR : SA_ALL;

	if (!m->row[i].when || m->row[i].request != request ||
	    m->row[i].branch != branch_of(m, msg))
		return false;
	return m->row[i].tp != msg->tp || !sa_cmp(&m->row[i].src, &msg->src, what) ||
	       !sa_cmp(&m->row[i].dst, &msg->dst, SA_PORT);
}
