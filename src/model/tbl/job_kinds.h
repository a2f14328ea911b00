/* clang-format off: a table is read by its columns */
/* X(kind, at_once, tries, pauses in minutes before the next tries (the last repeats), what it does) */
X(mail, 4, 12, (1, 5, 15, 30, 60, 120, 240, 480), "Sends an e-mail")
X(purge, 1, 6, (5, 15, 30), "Forgets what is old, each night")
X(convert, 2, 3, (1, 5), "Turns a document into the pages of a fax")
X(fax, 200, 4, (1, 5, 15, 30), "Sends a fax")
X(fax_in, 2, 5, (1, 5, 15), "Files a fax that came in")
X(cover, 2, 3, (1, 5), "Puts a cover page before a fax")
