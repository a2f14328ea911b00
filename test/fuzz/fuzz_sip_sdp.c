/**
 * @file fuzz_sip_sdp.c  Mutated offers: read, answered and printed without a step outside
 *
 * Seeds are the golden offers. Meant for CARILLON_SANITIZE=address; the buffer is exactly as long
 * as the text. Whatever can be answered must be an answer that can be read again.
 */
#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "own.h"
#include "sdp.h"

enum { ROUNDS = 60000, SEEDS = 64, SEED_SIZE = 8192 };

static struct {
	char text[SEED_SIZE];
	size_t len;
} seeds[SEEDS];
static unsigned seed_count, answered;
static uint64_t state;

static uint32_t next(uint32_t below)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(state >> 33) % below;
}

static void seeds_read(void)
{
	char path[1024];
	struct dirent *e;
	DIR *d;

	(void)snprintf(path, sizeof(path), "%s/test/golden/sdp", TEST_SOURCE_DIR);
	d = opendir(path);
	while (d && (e = readdir(d)) && seed_count < SEEDS) {
		FILE *f;

		(void)snprintf(path, sizeof(path), "%s/test/golden/sdp/%s", TEST_SOURCE_DIR,
			       e->d_name);
		if (!strstr(e->d_name, ".offer") || !(f = fopen(path, "rb")))
			continue;
		seeds[seed_count].len = fread(seeds[seed_count].text, 1, SEED_SIZE, f);
		++seed_count;
		fclose(f);
	}
	if (d)
		closedir(d);
}

/* MIN() of libre evaluates its arguments twice */
static size_t stretch(uint32_t most, size_t left)
{
	size_t l = 1 + next(most);

	return l < left ? l : left;
}

static size_t mutate(char *text, size_t len)
{
	static const char *const pieces[] = {"\r\n",	    "m=audio 1 RTP/AVP 0\r\n",
					     "a=",	    ":",
					     "/",	    "99999999999999999999",
					     " ",	    "=",
					     "a=crypto:1 ", "|",
					     "a=mid:",	    "\0"};

	for (uint32_t n = 1 + next(6); n && len; n--) {
		uint32_t at = next((uint32_t)len);
		const char *piece = pieces[next(COUNT(pieces))];
		size_t l = MAX(strlen(piece), 1u);

		switch (next(5)) {
		case 0:
			text[at] = (char)next(256);
			break;
		case 1: /* cut out */
			l = stretch(40, len - at);
			memmove(text + at, text + at + l, len - at - l);
			len -= l;
			break;
		case 2: /* put in */
			if (len + l > SEED_SIZE)
				break;
			memmove(text + at + l, text + at, len - at);
			memcpy(text + at, piece, l);
			len += l;
			break;
		case 3: /* cut off */
			if (!next(8))
				len = at;
			break;
		default: /* double a stretch */
			l = stretch(200, len - at);
			if (len + l > SEED_SIZE)
				break;
			memmove(text + at + l, text + at, len - at);
			len += l;
			break;
		}
	}
	return len;
}

static void ours_of(struct sdp_desc *ours, const struct sdp_desc *offer)
{
	memset(ours, 0, sizeof(*ours));
	strcpy(ours->addr, "198.51.100.7");
	ours->port = 20000;
	ours->profile = offer->profile;
	ours->direction = SDP_SENDRECV;
	ours->ice = ours->ice_lite = ours->rtcp_mux = true;
	strcpy(ours->ufrag, "u");
	strcpy(ours->pwd, "p");
	strcpy(ours->fingerprint, "AA");
	strcpy(ours->sdes_key, "k");
}

static void answer(const char *text, size_t len)
{
	static const char *const wish[] = {"opus", "G722", "PCMU", "PCMA", NULL};
	struct sdp_desc offer, ours, ans, again;
	char out[SDP_SIZE];
	int n;

	if (sdp_parse(&offer, text, len))
		return;
	ours_of(&ours, &offer);
	if (sdp_answer(&ans, &offer, &ours, next(2) ? wish : NULL))
		return;
	n = sdp_print(out, sizeof(out), &ans);
	if (n < 0 || sdp_parse(&again, out, (size_t)n) || again.lines != offer.lines ||
	    again.index != offer.index || again.port != 20000) {
		fprintf(stderr, "answer is wrong: %s\n", n < 0 ? "too long" : out);
		abort();
	}
	++answered;
}

int main(int argc, char **argv)
{
	char text[SEED_SIZE];

	state = argc > 1 ? strtoull(argv[1], NULL, 10) : 20251125;
	seeds_read();
	if (!seed_count)
		return 1;
	for (unsigned i = 0; i < ROUNDS; i++) {
		unsigned s = next(seed_count);
		size_t len = mutate(memcpy(text, seeds[s].text, seeds[s].len), seeds[s].len);
		char *exact = malloc(len ? len : 1);

		if (!exact)
			return 1;
		answer(memcpy(exact, text, len), len);
		free(exact);
	}
	printf("%u mutations of %u offers, %u answered\n", ROUNDS, seed_count, answered);
	return answered ? 0 : 1;
}
