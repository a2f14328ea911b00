/* What the files about faxes share */
#ifndef CARILLON_API_FAXES_H
#define CARILLON_API_FAXES_H

#include "inside.h"

void blob_answer(const struct request *rq, struct reply *rp, const char *blob, const char *type);

#endif
