/**
 * @file fax_manner.c  How the next try of a fax is sent, from what the former ones met
 */
#include <string.h>
#include "fax_manner.h"

enum { T38_TRIES = 2, WITHOUT_V17 = 9600 };

/** Counts a former try. Busy, no answer, a machine that never said what it can, and a fax that was
 * taken back are no faults of the line; a call that was moved to T.38 had a machine. */
void fax_faults_add(struct fax_faults *faults, const struct fax_attempt *a)
{
	if (a->ok || !a->ended_at || !strcmp(a->reason, FAX_TAKEN_BACK))
		return;
	if (a->t38)
		++faults->t38;
	else if (a->rate)
		++faults->sound;
}

/** The manner of the next try within the limit */
struct fax_manner fax_manner_next(const struct fax_manner *limit, const struct fax_faults *faults)
{
	struct fax_manner m = *limit;

	m.t38 = limit->t38 && faults->t38 < T38_TRIES;
	if (faults->sound && m.rate > WITHOUT_V17)
		m.rate = WITHOUT_V17;
	if (faults->sound > 1)
		m.ecm = false;
	return m;
}
