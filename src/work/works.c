/**
 * @file works.c  The kinds of this folder
 */
#include "work_private.h"

/** Tells the timetable who runs which kind; before timetable_start() */
void work_register(struct timetable *t, struct work *w)
{
	timetable_kind(t, JOB_mail, &work_mail, w);
	timetable_kind(t, JOB_purge, &work_purge, w);
	timetable_kind(t, JOB_convert, &work_convert, w);
	timetable_kind(t, JOB_cover, &work_cover, w);
	timetable_kind(t, JOB_fax_in, &work_fax_in, w);
}
