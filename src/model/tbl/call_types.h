/* clang-format off: a table is read by its columns */
/* X(type, label): what a call is about; in the order of enum call_type */
X(voice,      "Voice")
X(fax,        "Fax")
X(conference, "Conference")
X(voicemail,  "Voicemail")
X(test,       "Test call")
