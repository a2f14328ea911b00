/**
 * @file draw.h  Rounds of chance: a seed each, which is printed when a round fails
 *
 * CARILLON_SEED is the first round, CARILLON_ROUNDS how many there are: a round repeats alone.
 */
#ifndef CARILLON_DRAW_H
#define CARILLON_DRAW_H

#include <stdint.h>

unsigned draw(unsigned n);
void draw_rounds(unsigned usual, void (*round_h)(void));

#endif
