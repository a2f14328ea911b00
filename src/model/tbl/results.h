/* clang-format off: a table is read by its columns */
/* X(result, label): how a call went, for its row in the history */
X(answered,  "Answered")
X(busy,      "Busy")
X(noanswer,  "No answer")
X(failed,    "Failed")
X(cancelled, "Cancelled")
X(voicemail, "Voicemail")
