/**
 * @file fax_manner.h  How the next try of a fax is sent, from what the former ones met
 *
 * T.38 first, for it endures what sound does not. Two tries that broke off after the move to T.38
 * say that this way loses its packets: then as sound. Each try as sound that broke off takes one
 * thing more away: V.17, which old and bad lines do not carry, and then error correction. What the
 * box and the trunk allow stays a limit. Pure functions; any thread.
 */
#ifndef CARILLON_FAX_MANNER_H
#define CARILLON_FAX_MANNER_H

#include "fax.h"

struct fax_manner {
	bool t38, ecm; /* t38: where the trunk and the far side do too  */
	int64_t rate;  /* the fastest, bit/s                            */
};

/** Tries that a machine answered, and whose line broke them off */
struct fax_faults {
	unsigned t38, sound;
};

void fax_faults_add(struct fax_faults *faults, const struct fax_attempt *a);
struct fax_manner fax_manner_next(const struct fax_manner *limit, const struct fax_faults *faults);

#endif
