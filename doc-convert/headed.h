/**
 * @file headed.h  A fax as it is sent in one call, and the pages of several calls as one file
 */
#ifndef DOC_HEADED_H
#define DOC_HEADED_H

#include "convert.h"

enum refusal headed_write(struct converted *done, const struct convert *c);
enum refusal pieces_write(struct converted *done, const struct convert *c);

#endif
