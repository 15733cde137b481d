"""The folder story by imaplib: every way of dropping, into every folder. Arguments: port of TLS, port of
STARTTLS, user, password. Caught holds nine messages, oldest first. Prints what it saw as JSON."""

import imaplib
import json
import re
import ssl
import sys

tls_port, starttls_port, user, password = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE


def ok(answer):
    kind, data = answer
    assert kind == "OK", answer
    return data


# In the clear no password is taken.
plain = imaplib.IMAP4("127.0.0.1", starttls_port)
assert "LOGINDISABLED" in plain.capabilities and "STARTTLS" in plain.capabilities
try:
    plain.login(user, password)
    raise SystemExit("a password was taken in the clear")
except imaplib.IMAP4.error as error:
    assert "PRIVACYREQUIRED" in str(error), error
ok(plain.starttls(context))
assert "AUTH=PLAIN" in plain.capabilities, plain.capabilities
ok(plain.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode()))
plain.logout()

imap = imaplib.IMAP4_SSL("127.0.0.1", tls_port, ssl_context=context)
ok(imap.login(user, password))
folders = [re.search(rb'"/" "?(.*?)"?$', line).group(1).decode() for line in ok(imap.list())]
assert folders == [line.split(b'"/" ')[1].strip(b'"').decode() for line in ok(imap.lsub())]

count = int(ok(imap.select("Caught"))[0])
uids = ok(imap.uid("SEARCH", None, "ALL"))[0].split()
assert len(uids) == count == 9, (count, uids)
raws = [ok(imap.uid("FETCH", uid, "(BODY.PEEK[])"))[0][1] for uid in uids]


def move(uid, raw, folder):
    ok(imap.uid("MOVE", uid, folder))


def copy(uid, raw, folder):
    ok(imap.uid("COPY", uid, folder))
    ok(imap.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
    ok(imap.expunge())


def append(uid, raw, folder):
    """mbsync's order: the source goes first."""
    ok(imap.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
    ok(imap.uid("EXPUNGE", uid))
    ok(imap.append(folder, None, None, b"X-TUID: abcdefghijkl\r\n" + raw))


drops = [
    (move, "Release"),
    (copy, "Release"),
    (append, "Release"),
    (move, '"Release &- Train"'),
    (copy, '"Release &- Train"'),
    (append, '"Not Spam"'),
    (move, '"Not Spam"'),
    (copy, "Spam"),
]
for (how, folder), uid, raw in zip(drops, uids, raws):
    how(uid, raw, folder)

# Back again: undone.
ok(imap.uid("MOVE", uids[8], "Spam"))
spam = int(ok(imap.select("Spam"))[0])
last = ok(imap.uid("SEARCH", None, "ALL"))[0].split()[-1]
ok(imap.uid("MOVE", last, "Caught"))
left = int(ok(imap.select("Caught"))[0])

refused = []
for folder in ("INBOX", "Release", "Archive"):
    kind, data = imap.append(folder, None, None, b"Subject: relay\r\n\r\nme\r\n")
    refused.append([folder, kind, data[0].decode()])
kind, data = imap.create("Trash")
refused.append(["CREATE", kind, data[0].decode()])
ok(imap.close())
imap.logout()
print(
    json.dumps(
        {
            "folders": folders,
            "raws": [raw.decode("latin1") for raw in raws],
            "spam": spam,
            "left": left,
            "refused": refused,
        }
    )
)
