/* clang-format off: a table is read by its columns */
/* X(strategy, label): in which order the members of a ring group are rung */
X(simultaneous, "Everybody at once")
X(sequence,     "One after the other")
X(random,       "One after the other, in a new order for each call")
X(rollover,     "One after the other, passing over who is on a call")
