// German.
import type { DigestTexts } from '../words.ts'

const messages = (n: number): string => (n === 1 ? 'Eine Nachricht' : `${n} Nachrichten`)

export const de: DigestTexts = {
  subject: (n) => `${messages(n)} in Ihrer Quarantäne`,
  heading: (n, address, since) =>
    since === null
      ? `${messages(n)} für ${address} ${n === 1 ? 'liegt' : 'liegen'} in der Quarantäne.`
      : `${messages(n)} für ${address} ${n === 1 ? 'wurde' : 'wurden'} seit ${since} zurückgehalten.`,
  order: (n) =>
    n === 1
      ? 'Sie ist nicht in Ihrem Postfach.'
      : 'Sie sind nicht in Ihrem Postfach. Was am ehesten erwünscht ist, steht am Anfang.',
  from: 'Von',
  sentBy: 'verschickt von',
  to: 'An',
  received: 'Eingegangen',
  expires: 'aufgehoben bis',
  why: 'Warum',
  noSubject: '(kein Betreff)',
  noSender: '(kein Absender)',
  doubtful: 'zweifelhaft',
  outgoing: 'Das ist Mail von Ihnen, die nicht verschickt wurde.',
  claims: (address) => `Der Name nennt ${address}, und das ist nicht der Absender.`,
  mixed:
    'Name oder Adresse mischt Buchstaben mehrerer Alphabete: Vielleicht soll sie wie eine andere aussehen.',
  look: 'Ansehen und freigeben',
  links: (days) =>
    `Ein Link zeigt Ihnen die Nachricht, und es geschieht nichts, bis Sie dort auf eine Taste drücken. Er gilt ${days === 1 ? 'einen Tag' : `${days} Tage`}. Leiten Sie diese Mail nicht weiter: Wer sie hat, kann die Links benutzen.`,
  more: (n, atLeast) =>
    `Und ${atLeast ? 'mehr als ' : ''}${n === 1 ? 'eine weitere' : `${n} weitere`}, weniger wahrscheinlich erwünscht: Sie finden sie in der Quarantäne.`,
  folders: (caught, release, train) =>
    `In einem Mailprogramm, das mit der Quarantäne verbunden ist (IMAP), finden Sie sie im Ordner "${caught}". Was Sie nach "${release}" verschieben, wird zugestellt; nach "${train}", wenn der Filter auch daraus lernen soll. Den Namen des Servers weiß der Administrator Ihrer Mail.`,
  page: 'Die Quarantäne',
  asked: (address) =>
    `Das wurde in der Quarantäne oder vom Administrator angefordert; von selbst kommt an ${address} keine. Wie oft eine kommen soll, gehört zu den Einstellungen der Quarantäne.`,
  because: (address, every) =>
    `Sie bekommen dies ${every}, weil Ihre Quarantäne für ${address} so eingestellt ist. Wird nichts zurückgehalten, so wird nichts verschickt. Wie oft es kommt, und ob überhaupt, gehört zu den Einstellungen der Quarantäne.`,
  every: {
    weekly: 'einmal in der Woche',
    weekdays: 'an Werktagen',
    daily: 'einmal am Tag',
    '12 hours': 'alle 12 Stunden',
    '8 hours': 'alle 8 Stunden',
    '6 hours': 'alle 6 Stunden',
    '4 hours': 'alle 4 Stunden',
    '2 hours': 'alle 2 Stunden',
    hourly: 'jede Stunde',
  },
  unsubscribe: 'Keine solche Mail mehr schicken',
  reasons: {
    text: {
      spam: 'der Text gleicht dem von Spam',
      ham: 'der Text gleicht dem erwünschter Mail',
    },
    correspondents: {
      spam: 'Absender und Betreff gleichen denen von Spam',
      ham: 'Absender und Betreff gleichen denen erwünschter Mail',
    },
    transport: {
      spam: 'sie kam auf dem Weg, auf dem Spam kommt',
      ham: 'sie kam auf dem Weg erwünschter Mail',
    },
  },
  somewhat: (reason) => `ein wenig: ${reason}`,
  blocked: 'der Absender steht auf einer Sperrliste',
  pages: {
    title: 'Quarantäne',
    ask: 'Noch ist nichts geschehen. Was soll mit dieser Nachricht geschehen?',
    release: 'Freigeben',
    releaseAndTrain: 'Freigeben & lernen',
    allow: (address) => `${address} immer einlassen`,
    block: (address) => `${address} immer zurückhalten`,
    about: {
      release: 'Sie wird zugestellt.',
      releaseAndTrain: 'Sie wird zugestellt, und der Filter lernt, dass sie kein Spam ist.',
      allow:
        'Die Adresse kommt auf Ihre weiße Liste. Freigegeben wird diese Nachricht dadurch nicht.',
      block: 'Die Adresse kommt auf Ihre schwarze Liste.',
    },
    done: {
      release: 'Die Nachricht ist freigegeben: Sie wird gleich zugestellt.',
      releaseAndTrain:
        'Die Nachricht ist freigegeben, und der Filter hat gelernt, dass sie kein Spam ist. Sie wird gleich zugestellt.',
      allow: 'Die Adresse steht auf Ihrer weißen Liste: Ihre Mail wird von jetzt an eingelassen.',
      block:
        'Die Adresse steht auf Ihrer schwarzen Liste: Ihre Mail wird von jetzt an zurückgehalten.',
    },
    used: (what, when) =>
      `Dieser Link wurde am ${when} für "${what}" benutzt. Das tut er nur einmal.`,
    underway: 'Das geschieht gerade. Sehen Sie gleich noch einmal nach.',
    state: {
      caught: 'Die Nachricht liegt noch in der Quarantäne.',
      wanted: 'Die Nachricht ist freigegeben und unterwegs.',
      delivered: 'Die Nachricht wurde zugestellt.',
      failed: 'Die Zustellung der Nachricht ist gescheitert; in der Quarantäne steht, warum.',
      deleted: 'Die Nachricht wurde gelöscht, oder sie ist verfallen.',
      moved: 'Um die Nachricht hat sich in der Quarantäne schon jemand gekümmert.',
      gone: 'Die Nachricht ist nicht mehr in der Quarantäne.',
    },
    over: 'Dieser Link ist zu alt: Er bewirkt nichts mehr. Vielleicht finden Sie die Nachricht noch in der Quarantäne.',
    wrong:
      'Das ist kein Link dieser Quarantäne, oder ein Teil von ihm fehlt. Kopieren Sie ihn ganz aus der Mail.',
    notAllowed: 'Links dürfen das hier nicht. Melden Sie sich dafür an der Quarantäne an.',
    disabled: 'Dieses Konto ist gesperrt; fragen Sie den Administrator Ihrer Mail.',
    refused: (reason) => `Das ist nicht geschehen: ${reason}`,
    noMask:
      'Die Adresse dieses Absenders ist so geschrieben, dass sie auf keine Liste kann; tun Sie das in der Quarantäne.',
    unsubscribe: (address) => `Sollen an ${address} keine solchen Mails mehr gehen?`,
    unsubscribeDo: 'Keine mehr schicken',
    unsubscribed: (address) =>
      `An ${address} gehen keine solchen Mails mehr. Zurückgehalten wird wie bisher, und Sie finden die Mail in der Quarantäne; dort können Sie sie auch wieder bestellen.`,
    already: (address) => `An ${address} gehen keine solchen Mails.`,
    busy: 'Aus Ihrem Netz kamen zu viele Anfragen; versuchen Sie es in einer Minute noch einmal.',
    failed:
      'Der Server hat versagt. Versuchen Sie es noch einmal; bleibt es dabei, so sagen Sie es dem Administrator Ihrer Mail.',
  },
}
