// English.
import type { Failure, Letter, Texts, Welcome } from '../letters.ts'

export const en: Texts = { welcome, failure }

function welcome({ tier, scope, folders, trash, days, hours, delay }: Welcome): Letter {
  const whose = {
    address: `of ${scope}`,
    domain: `of all addresses of ${scope}`,
    'super-admin': 'of everybody on this mail server',
  }[tier]
  return {
    subject: 'Welcome to the quarantine',
    text: [
      `This is the quarantine ${whose}.`,
      'Mail that the filter takes for spam waits here and not in the mailbox. You work with',
      'it by moving messages into folders, in any mail client.',
      '',
      `To have a message delivered, put it into "${folders.release}", or into "${folders.release_train}" if the filter shall learn from it too; "${folders.not_spam}" and "${folders.spam}" only teach the filter.`,
      '',
      'The folders:',
      '',
      'INBOX',
      '    What the quarantine itself has to tell you, such as this message. Nothing can',
      '    be put here.',
      folders.caught,
      `    Mail that was held. It expires after ${days} days. Put a message back here to undo`,
      '    what you did with it.',
      folders.outgoing,
      '    Mail that was to be sent from here and was held, where that is switched on.',
      folders.requested,
      '    Copies of delivered mail of which the filter was not sure, where that is',
      `    switched on. Put them into "${folders.not_spam}" or "${folders.spam}".`,
      folders.release_train,
      '    What you put here is delivered, and the filter learns that it is no spam.',
      folders.release,
      '    What you put here is delivered; the filter learns nothing.',
      folders.not_spam,
      '    The filter learns that it is no spam; nothing is delivered.',
      folders.spam,
      '    The filter learns that it is spam. Also for spam from your mailbox.',
      ...(trash ? [folders.trash, '    What you deleted; that is never a lesson.'] : []),
      '',
      ...(delay > 0
        ? [`A release waits ${delay} seconds, so that it can be taken back by moving it back.`]
        : []),
      'How it ended is marked on the message; when a delivery fails, the message comes back',
      'and another one here says why.',
      `What you deleted by mistake can be brought back by an administrator for ${hours} hours.`,
    ],
  }
}

function failure(about: Failure): Letter {
  const { subject, date, sender, recipients, released, reply, got, folder, damaged } = about
  return {
    subject: 'A released message could not be delivered',
    text: [
      `Subject: ${subject || '(none)'}`,
      `Date:    ${date}`,
      `From:    ${sender || 'the null sender'}`,
      `To:      ${recipients.join(', ')}`,
      '',
      released
        ? 'This message was released and could not be delivered:'
        : 'This message was to be delivered, and could not be:',
      '',
      `    ${reply}`,
      '',
      ...(got.length > 0 ? [`Delivered all the same to: ${got.join(', ')}.`, ''] : []),
      `It is in the folder "${folder}", marked with a flag. ${
        damaged
          ? 'It can be read and released again when the administrator has brought it back from a backup.'
          : 'From there you can release it again.'
      }`,
    ],
  }
}
