/**
 * @file stats.c  A stream's figures, and the E-model's estimate of how it sounds
 */
#include <string.h>
#include "party.h"

enum { WORDS = (sizeof(struct stream_stats) + 7) / 8 };

/** Publishes figures; worker thread */
void stats_write(struct stats_cell *cell, const struct stream_stats *st)
{
	uint32_t turn = atomic_load_explicit(&cell->turn, memory_order_relaxed);
	uint64_t words[WORDS] = {0};

	memcpy(words, st, sizeof(*st));
	atomic_store_explicit(&cell->turn, turn + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	for (size_t i = 0; i < WORDS; i++)
		atomic_store_explicit(&cell->words[i], words[i], memory_order_relaxed);
	atomic_store_explicit(&cell->turn, turn + 2, memory_order_release);
}

/** Reads the figures published last; any thread */
void stats_read(const struct stats_cell *cell, struct stream_stats *st)
{
	uint64_t words[WORDS];
	uint32_t before, after;

	do {
		before = atomic_load_explicit(&cell->turn, memory_order_acquire);
		for (size_t i = 0; i < WORDS; i++)
			words[i] = atomic_load_explicit(&cell->words[i], memory_order_relaxed);
		atomic_thread_fence(memory_order_acquire);
		after = atomic_load_explicit(&cell->turn, memory_order_relaxed);
	} while (before != after || before & 1);
	memcpy(st, words, sizeof(*st));
}

/**
 * Mean opinion score times 100 (ITU-T G.107, simplified; G.113 for the codecs)
 *
 * @param ie       Equipment impairment of the codec
 * @param bpl      Its robustness against loss
 * @param loss     Percent of packets lost
 * @param delay_ms One way, mouth to ear
 */
uint16_t stats_mos(uint8_t ie, uint8_t bpl, double loss, uint32_t delay_ms)
{
	double d = delay_ms, r = 93.2 - 0.024 * d, mos;

	if (d > 177.3)
		r -= 0.11 * (d - 177.3);
	r -= ie + (95.0 - ie) * loss / (loss + bpl);
	if (r < 0)
		r = 0;
	mos = 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
	return (uint16_t)(100 * (mos < 1 ? 1 : mos) + 0.5);
}

/** Gathers a party's figures; worker thread */
void stats_collect(const struct party *p, struct stream_stats *st)
{
	const struct rtp_in *in = &p->rtp_in;
	uint64_t lost = rtp_in_lost(in), all = lost + in->packets;

	memset(st, 0, sizeof(*st));
	st->codec = p->remote.codec;
	if (sa_isset(&p->addr, SA_ALL))
		re_snprintf(st->remote, sizeof(st->remote), "%J", &p->addr);
	st->packets_in = in->packets;
	st->bytes_in = in->bytes;
	st->packets_out = p->rtp_out.packets;
	st->bytes_out = p->rtp_out.bytes;
	st->lost = lost;
	if (p->kind)
		st->jitter_ms = (in->jitter16 >> 4) / (p->kind->clock / 1000);
	st->rtt_ms = p->report.rtt_ms;
	st->remote_lost = p->report.remote_lost;
	st->dropped_source = p->dropped_source;
	st->dropped_auth = p->dropped_auth;
	if (p->known)
		st->silent_ms = p->w->now_ms - p->silent_from_ms;
	if (p->kind && all)
		st->mos_x100 =
			stats_mos(p->kind->ie, p->kind->bpl, 100.0 * (double)lost / (double)all,
				  st->rtt_ms / 2 + 2 * st->jitter_ms + FRAME_MS);
}
