/* clang-format off: a table is read by its columns */
/* X(kind, at_once, tries, pauses in minutes before the next tries (the last repeats), what it does) */
X(mail, 4, 12, (1, 5, 15, 30, 60, 120, 240, 480), "Sends an e-mail")
X(purge, 1, 6, (5, 15, 30), "Forgets what is old, each night")
