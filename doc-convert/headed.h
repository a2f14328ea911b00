/**
 * @file headed.h  A fax as it is sent in one call
 */
#ifndef DOC_HEADED_H
#define DOC_HEADED_H

#include "convert.h"

enum refusal headed_write(struct converted *done, const struct convert *c);

#endif
