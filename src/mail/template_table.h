/* clang-format off: a table is read by its columns */
/*
 * X(name, subject, text): the mails that we write. {word} is replaced; a line with a word that has no value
 * is left out. Every mail knows {product}, {tenant}, {name} (of its reader, may be empty) and {link}.
 */
X(voicemail, "Voicemail from {caller}",
"Hello {name},\n"
"\n"
"{caller} left a voicemail of {length} for extension {extension}.\n"
"Time: {time}\n"
"Number: {number}\n"
"\n"
"{attached}\n"
"Listen to it here: {link}\n")

X(reset, "A new password for {product}",
"Hello {name},\n"
"\n"
"Somebody, probably you, has asked for a new password for {email}.\n"
"Choose it here within {minutes} minutes:\n"
"\n"
"{link}\n"
"\n"
"If it was not you, there is nothing to do: your password has not changed.\n")

X(fax_received, "Fax from {sender}, {pages}",
"Hello {name},\n"
"\n"
"A fax has come in.\n"
"From: {sender}\n"
"Station: {station}\n"
"To: {number}\n"
"Time: {time}\n"
"Pages: {pages}\n"
"{incomplete}\n"
"\n"
"{attached}\n"
"See it here: {link}\n")

X(fax_result, "Fax to {recipient}: {result}",
"Hello {name},\n"
"\n"
"Your fax to {recipient} has ended: {result}.\n"
"Subject: {subject}\n"
"Pages: {pages}\n"
"Tries: {tries}\n"
"Time: {time}\n"
"Reason: {reason}\n"
"\n"
"{attached}\n"
"See it here: {link}\n")

X(emergency, "Emergency call to {number} by {caller}",
"{caller} has called the emergency number {number}.\n"
"\n"
"Extension: {extension}\n"
"Number called: {number}\n"
"Time: {time}\n"
"Address on file: {address}\n"
"\n"
"Help may be on its way: please be ready to let it in.\n"
"The call in the portal: {link}\n")
