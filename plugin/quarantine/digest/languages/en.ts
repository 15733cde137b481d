// English.
import type { DigestTexts } from '../words.ts'

const messages = (n: number): string => (n === 1 ? 'One message' : `${n} messages`)
const was = (n: number): string => (n === 1 ? 'was' : 'were')

export const en: DigestTexts = {
  subject: (n) => `${messages(n)} in your quarantine`,
  heading: (n, address, since) =>
    since === null
      ? `${messages(n)} for ${address} ${n === 1 ? 'is' : 'are'} held in the quarantine.`
      : `${messages(n)} for ${address} ${was(n)} held since ${since}.`,
  order: (n) =>
    n === 1
      ? 'It is not in your mailbox.'
      : 'They are not in your mailbox. What you most likely want stands first.',
  from: 'From',
  sentBy: 'sent by',
  to: 'To',
  received: 'Received',
  expires: 'kept until',
  why: 'Why',
  noSubject: '(no subject)',
  noSender: '(no sender)',
  doubtful: 'doubtful',
  outgoing: 'This is mail of your own that was not sent.',
  claims: (address) => `The name says ${address}, which is not the sender.`,
  mixed:
    'The name or the address mixes letters of several alphabets: it may be made to look like another.',
  look: 'Look at it and release it',
  links: (days) =>
    `A link shows you the message, and nothing happens until you press a button there. It is good for ${days === 1 ? 'one day' : `${days} days`}. Do not forward this mail: whoever has it can use the links.`,
  more: (n, atLeast) =>
    `And ${atLeast ? 'more than ' : ''}${n === 1 ? 'one more' : `${n} more`}, less likely wanted: you find them in the quarantine.`,
  folders: (caught, release, train) =>
    `In a mail client that is connected to the quarantine (IMAP) you find them in the folder "${caught}". What you move to "${release}" is delivered; move it to "${train}" if the filter shall learn from it too. The administrator of your mail knows the name of the server.`,
  page: 'The quarantine',
  asked: (address) =>
    `This was asked for on the page of the quarantine, or by its administrator; none comes to ${address} by itself. The settings of the quarantine say how often one shall.`,
  because: (address, every) =>
    `You get this ${every} because your quarantine is set so for ${address}. When nothing is held, nothing is sent. How often it comes, and whether at all, is one of the settings of the quarantine.`,
  every: {
    weekly: 'once a week',
    weekdays: 'on working days',
    daily: 'once a day',
    '12 hours': 'every 12 hours',
    '8 hours': 'every 8 hours',
    '6 hours': 'every 6 hours',
    '4 hours': 'every 4 hours',
    '2 hours': 'every 2 hours',
    hourly: 'every hour',
  },
  unsubscribe: 'Send me no more of these',
  reasons: {
    text: {
      spam: 'its text is like that of spam',
      ham: 'its text is like that of good mail',
    },
    correspondents: {
      spam: 'sender and subject are like those of spam',
      ham: 'sender and subject are like those of good mail',
    },
    transport: {
      spam: 'it came the way spam comes',
      ham: 'it came the way good mail comes',
    },
  },
  somewhat: (reason) => `somewhat: ${reason}`,
  blocked: 'its sender is on a block list',
  pages: {
    title: 'Quarantine',
    ask: 'Nothing has happened yet. What shall be done with this message?',
    release: 'Release',
    releaseAndTrain: 'Release & Train',
    allow: (address) => `Always let in ${address}`,
    block: (address) => `Always hold ${address}`,
    about: {
      release: 'It is delivered.',
      releaseAndTrain: 'It is delivered, and the filter learns that it is no spam.',
      allow: 'The address comes onto your white list. This message is not released by that.',
      block: 'The address comes onto your black list.',
    },
    done: {
      release: 'The message is released: it is delivered in a moment.',
      releaseAndTrain:
        'The message is released, and the filter has learned that it is no spam. It is delivered in a moment.',
      allow: 'The address is on your white list: its mail is let in from now on.',
      block: 'The address is on your black list: its mail is held from now on.',
    },
    used: (what, when) => `This link was used for "${what}" on ${when}. It does so once only.`,
    underway: 'That is being done at this moment. Look again soon.',
    state: {
      caught: 'The message is still held in the quarantine.',
      wanted: 'The message is released and on its way.',
      delivered: 'The message was delivered.',
      failed: 'The delivery of the message failed; in the quarantine you find out why.',
      deleted: 'The message was deleted, or has expired.',
      moved: 'The message was taken care of in the quarantine.',
      gone: 'The message is not in the quarantine any more.',
    },
    over: 'This link is too old: it does nothing any more. In the quarantine you may still find the message.',
    wrong:
      'This is no link of this quarantine, or a part of it is missing. Copy it whole from the mail.',
    notAllowed: 'Links may not do that here. Log in to the quarantine for it.',
    disabled: 'This account is disabled; ask the administrator of your mail.',
    refused: (reason) => `That was not done: ${reason}`,
    noMask:
      'The address of this sender is written in a way that cannot be put on a list; do that in the quarantine.',
    unsubscribe: (address) => `Shall no more of these mails be sent to ${address}?`,
    unsubscribeDo: 'Send me no more',
    unsubscribed: (address) =>
      `No more of these mails will be sent to ${address}. Mail is held as before, and you find it in the quarantine; there you can also have them sent again.`,
    already: (address) => `None of these mails are sent to ${address}.`,
    busy: 'Too many requests came from your network; try again in a minute.',
    failed: 'The server failed. Try again; if it goes on, tell the administrator of your mail.',
  },
}
