/**
 * @file bits.c  From grey to black and white: a threshold for text, clustered dots for pictures
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bits.h"

enum {
	BLOCK = 32,
	ACROSS = FAX_WIDTH / BLOCK,
	TEXT_LIMIT = 160, /* darker is black                                              */
	PAPER = 225,	  /* lighter is paper, also between the dots of a picture         */
	INK = 40,
	PICTURE_PART = 40, /* per cent of a block that is neither paper nor ink            */
	EDGE_PART = 4,	   /* likewise, where a picture ends within the block              */
};

enum block { BLOCK_TEXT, BLOCK_EDGE, BLOCK_PICTURE };

/* One 4 by 4 cluster, growing from its middle */
static const uint8_t cluster[4][4] = {
	{232, 104, 120, 216},
	{88, 8, 24, 136},
	{168, 40, 56, 152},
	{248, 184, 200, 240},
};

void bits_free(struct bits *b)
{
	free(b->rows);
	b->rows = NULL;
}

static enum block look(const struct gray *g, unsigned bx, unsigned by)
{
	unsigned bottom = (by + 1) * BLOCK < g->height ? (by + 1) * BLOCK : g->height, part = 0;
	unsigned all = BLOCK * (bottom - by * BLOCK);

	for (unsigned y = by * BLOCK; y < bottom; y++) {
		const uint8_t *row = g->dots + (size_t)y * FAX_WIDTH + bx * BLOCK;

		for (unsigned x = 0; x < BLOCK; x++)
			part += row[x] > INK && row[x] < PAPER;
	}
	if (part * 100 > PICTURE_PART * all)
		return BLOCK_PICTURE;
	return part * 100 > EDGE_PART * all ? BLOCK_EDGE : BLOCK_TEXT;
}

/* A block that looks like a picture alone among text is bold text; one at the edge of a picture
 * belongs to it */
static bool picture(const uint8_t *blocks, unsigned down, unsigned bx, unsigned by)
{
	unsigned own = blocks[by * ACROSS + bx], others = 0;

	for (unsigned y = by ? by - 1 : 0; own && y <= by + 1 && y < down; y++) {
		for (unsigned x = bx ? bx - 1 : 0; x <= bx + 1 && x < ACROSS; x++)
			others += (x != bx || y != by) && blocks[y * ACROSS + x] == BLOCK_PICTURE;
	}
	return others > 0;
}

static uint8_t *judge(const struct gray *g, enum bits_mode mode, unsigned down)
{
	uint8_t *raw = malloc((size_t)down * ACROSS), *blocks = malloc((size_t)down * ACROSS);

	for (unsigned i = 0; raw && blocks && i < down * ACROSS; i++)
		raw[i] = mode == BITS_PHOTO  ? BLOCK_PICTURE
			 : mode == BITS_AUTO ? look(g, i % ACROSS, i / ACROSS)
					     : BLOCK_TEXT;
	for (unsigned i = 0; raw && blocks && i < down * ACROSS; i++)
		blocks[i] = picture(raw, down, i % ACROSS, i / ACROSS);
	if (!raw) {
		free(blocks);
		blocks = NULL;
	}
	free(raw);
	return blocks;
}

static bool black(uint8_t dot, bool in_picture, unsigned x, unsigned y)
{
	if (!in_picture)
		return dot < TEXT_LIMIT;
	return dot < PAPER && dot < cluster[y % 4][x % 4];
}

/**
 * Makes a page black and white
 *
 * @param b    Result; bits_free()
 * @param g    Page of the fax's width
 * @param mode What the page is; BITS_AUTO judges each part
 *
 * @return 0 or ENOMEM
 */
int bits_make(struct bits *b, const struct gray *g, enum bits_mode mode)
{
	unsigned down = (g->height + BLOCK - 1) / BLOCK;
	uint8_t *blocks = judge(g, mode, down);

	b->height = g->height;
	b->rows = calloc(g->height, BITS_ROW);
	for (unsigned y = 0; b->rows && blocks && y < g->height; y++) {
		const uint8_t *dots = g->dots + (size_t)y * FAX_WIDTH;
		uint8_t *row = b->rows + (size_t)y * BITS_ROW;

		for (unsigned x = 0; x < FAX_WIDTH; x++) {
			if (black(dots[x], blocks[y / BLOCK * ACROSS + x / BLOCK], x, y))
				row[x / 8] |= (uint8_t)(0x80 >> x % 8);
		}
	}
	if (!blocks)
		bits_free(b);
	free(blocks);
	return b->rows ? 0 : ENOMEM;
}
