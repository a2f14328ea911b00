/* clang-format off: a table is read by its columns */
/* X(name, cause when nothing follows, what happened): how a dest ends; a row per exit */
X(done,     NORMAL,       "ran to its end")
X(busy,     BUSY,         "everybody was busy")
X(noanswer, NOANSWER,     "nobody answered")
X(unavail,  UNREGISTERED, "no phone was connected")
X(rejected, DECLINED,     "somebody declined")
X(dnd,      BUSY,         "does not want to be disturbed")
X(full,     BUSY,         "there was no place in line")
X(timeout,  RING_TIMEOUT, "waited too long")
X(invalid,  NOT_FOUND,    "there is no such number")
X(failed,   SERVER_ERROR, "could not be carried out")
