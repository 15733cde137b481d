// German.
import type { Failure, Letter, Texts, Welcome } from '../letters.ts'

export const de: Texts = { welcome, failure }

function welcome({ tier, scope, folders, trash, days, hours, delay }: Welcome): Letter {
  const whose = {
    address: `von ${scope}`,
    domain: `aller Adressen von ${scope}`,
    'super-admin': 'aller auf diesem Mailserver',
  }[tier]
  return {
    subject: 'Willkommen in der Quarantäne',
    text: [
      `Dies ist die Quarantäne ${whose}.`,
      'Mail, die der Filter für Spam hält, wartet hier und nicht im Postfach. Sie bedienen',
      'sie, indem Sie Nachrichten in Ordner verschieben, mit jedem Mailprogramm.',
      '',
      `Um eine Nachricht zustellen zu lassen, legen Sie sie in "${folders.release}", oder in "${folders.release_train}", wenn der Filter auch daraus lernen soll; "${folders.not_spam}" und "${folders.spam}" bringen nur dem Filter etwas bei.`,
      '',
      'Die Ordner:',
      '',
      'INBOX (Posteingang)',
      '    Was die Quarantäne selbst Ihnen zu sagen hat, wie diese Nachricht. Hier kann',
      '    nichts abgelegt werden.',
      folders.caught,
      `    Zurückgehaltene Mail. Sie verfällt nach ${days} Tagen. Legen Sie eine Nachricht`,
      '    hierher zurück, um rückgängig zu machen, was Sie mit ihr getan haben.',
      folders.outgoing,
      '    Mail, die von hier verschickt werden sollte und zurückgehalten wurde, wo das',
      '    eingeschaltet ist.',
      folders.requested,
      '    Kopien zugestellter Mail, bei der sich der Filter nicht sicher war, wo das',
      `    eingeschaltet ist. Legen Sie sie in "${folders.not_spam}" oder "${folders.spam}".`,
      folders.release_train,
      '    Was Sie hier ablegen, wird zugestellt, und der Filter lernt, dass es kein Spam ist.',
      folders.release,
      '    Was Sie hier ablegen, wird zugestellt; der Filter lernt nichts.',
      folders.not_spam,
      '    Der Filter lernt, dass es kein Spam ist; zugestellt wird nichts.',
      folders.spam,
      '    Der Filter lernt, dass es Spam ist. Auch für Spam aus Ihrem Postfach.',
      ...(trash ? [folders.trash, '    Was Sie gelöscht haben; daraus lernt der Filter nie.'] : []),
      '',
      ...(delay > 0
        ? [
            `Eine Freigabe wartet ${delay} Sekunden und kann so lange zurückgenommen werden, indem Sie`,
            'die Nachricht zurücklegen.',
          ]
        : []),
      'Wie sie ausging, ist an der Nachricht vermerkt; scheitert die Zustellung, kommt die',
      'Nachricht zurück, und eine andere hier sagt, warum.',
      `Was Sie versehentlich gelöscht haben, kann ein Administrator ${hours} Stunden lang zurückholen.`,
    ],
  }
}

function failure(about: Failure): Letter {
  const { subject, date, sender, recipients, released, reply, got, folder, damaged } = about
  return {
    subject: 'Eine freigegebene Nachricht konnte nicht zugestellt werden',
    text: [
      `Betreff: ${subject || '(keiner)'}`,
      `Datum:   ${date}`,
      `Von:     ${sender || 'dem leeren Absender'}`,
      `An:      ${recipients.join(', ')}`,
      '',
      released
        ? 'Diese Nachricht wurde freigegeben und konnte nicht zugestellt werden:'
        : 'Diese Nachricht sollte zugestellt werden und konnte es nicht:',
      '',
      `    ${reply}`,
      '',
      ...(got.length > 0 ? [`Trotzdem zugestellt an: ${got.join(', ')}.`, ''] : []),
      `Sie liegt im Ordner "${folder}", mit einer Markierung. ${
        damaged
          ? 'Sie kann wieder gelesen und freigegeben werden, wenn der Administrator sie aus einer Sicherung zurückgeholt hat.'
          : 'Von dort können Sie sie noch einmal freigeben.'
      }`,
    ],
  }
}
