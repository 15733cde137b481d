// Messages from the quarantine itself: they lie in INBOX of the scope they are for.
import { randomUUID } from 'node:crypto'
import type { Scope } from '../../mail.ts'
import { tierOf } from '../../scope.ts'
import type { Tx } from '../../store/store.ts'
import { subjectValue } from '../../mime/prefix.ts'
import { parseStructure } from '../../mime/structure.ts'
import { summarizer } from '../folders/summary.ts'
import type { Letter } from './letters.ts'

/** `own`: for the account of this scope alone. */
export function deliverNotice(
  tx: Tx,
  scope: Scope,
  { subject, text }: Letter,
  { own = false } = {},
): number {
  const names = { address: scope, domain: `postmaster@${scope}`, 'super-admin': 'postmaster' }
  const to = names[tierOf(scope)]
  const lines = [
    'From: Lazaret <lazaret@localhost>',
    `To: ${to.replace(/[\r\n]/g, ' ')}`,
    `Subject: ${subjectValue(subject)}`,
    `Date: ${new Date(tx.at).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${randomUUID()}@lazaret.localhost>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    ...text,
    '',
  ]
  const raw = Buffer.from(lines.join('\r\n'))
  const blob = tx.blob(raw, summarizer(parseStructure(raw)))
  return depositNotice(tx, scope, { blob, size: raw.length, own })
}

/** A message of ours in INBOX, of which the bytes are kept already. */
export function depositNotice(
  tx: Tx,
  scope: Scope,
  { blob, size, own }: { blob: string; size: number; own: boolean },
): number {
  return tx.append({
    type: 'deposit',
    folder: 'inbox',
    flags: { system: 0, keywords: [] },
    item: {
      kind: 'notice',
      blob,
      size,
      at: tx.at,
      direction: 'in',
      sender: '',
      recipients: [],
      scope,
      ...(own && { eyes: 'own' }),
      home: 'inbox',
      route: null,
      verdict: null,
      signals: [],
      edit: null,
      identity: '',
    },
  })
}
