// The whole gateway: a real Haraka with both plugins, a next hop, accounts of the three kinds, and a
// model that has seen some mail.
import { createHash } from 'node:crypto'
import { readConfig } from '../../plugin/config.ts'
import { open } from '../../plugin/open.ts'
import { corpus, ROOT as LOGIN } from '../quarantine/rig.ts'
import { freePort, startHaraka, type Haraka } from '../rig/haraka.ts'
import { NextHop, type Delivery } from '../rig/sink.ts'
import { sendMail, type Answer } from '../rig/smtp.ts'
import { tempDir } from '../tmp.ts'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

export const PASSWORD = 'correct horse battery'
export const LOGINS = {
  'super-admin': 'root',
  domain: 'example.com',
  address: 'user@example.com',
} as const
export type Tier = keyof typeof LOGINS

/** Its mail is tagged and delivered, never held: shows what the filter thinks of a message. */
const PROBE = 'probe@example.com'

export class Gateway {
  readonly haraka: Haraka
  readonly hop: NextHop
  readonly imapTls: number
  readonly imapStartTls: number

  private constructor(haraka: Haraka, hop: NextHop, imapTls: number, imapStartTls: number) {
    this.haraka = haraka
    this.hop = hop
    this.imapTls = imapTls
    this.imapStartTls = imapStartTls
  }

  static async start({ nodes = 0 }: { nodes?: number } = {}): Promise<Gateway> {
    const hop = await NextHop.start()
    const [imapTls, imapStartTls] = [await freePort(), await freePort()]
    const dir = tempDir()
    const data = join(dir, 'lazaret')
    mkdirSync(data)
    await prepare(data)
    const haraka = await startHaraka({
      dir,
      nodes,
      plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret/imap', 'queue/smtp_forward'],
      files: {
        'smtp_forward.ini': `[main]\nhost=127.0.0.1\nport=${hop.port}\n[example.com]\nhost=127.0.0.1\nport=${hop.port}\n`,
        'lazaret.ini': `[imap]\nhost=127.0.0.1\ntls_port=${imapTls}\nstarttls_port=${imapStartTls}\n`,
      },
    })
    await haraka.logged(/IMAP server is listening/)
    return new Gateway(haraka, hop, imapTls, imapStartTls)
  }

  async send(
    raw: Buffer,
    to = ['user@example.com'],
    from = 'someone@sender.example',
  ): Promise<Answer> {
    return await sendMail(this.haraka.port, { from, to, raw })
  }

  /** What the filter of the running Haraka thinks of a message now, by its X-Spam-Score header. */
  async scoreOf(raw: Buffer): Promise<number> {
    const before = this.hop.deliveries.length
    const answer = await this.send(raw, [PROBE])
    if (answer.code !== 250) throw new Error(`the probe was answered ${answer.code} ${answer.text}`)
    await this.hop.arrived(before + 1)
    const score = /^X-Spam-Score: ([\d.]+)\r?$/m.exec(
      this.hop.deliveries[before].raw.toString('latin1'),
    )
    if (!score) throw new Error('a message to the probe came without a score')
    return Number(score[1])
  }

  /** Resolves with the delivery of exactly these bytes behind prepended header fields. */
  async arrival(raw: Buffer): Promise<Delivery> {
    const wanted = onWire(raw)
    const find = (): Delivery | undefined =>
      this.hop.deliveries.find((delivery) => isOriginal(delivery.raw, wanted))
    await this.hop.until(() => find() !== undefined)
    return find() as Delivery
  }

  arrivals(raw: Buffer): number {
    const wanted = onWire(raw)
    return this.hop.deliveries.filter((delivery) => isOriginal(delivery.raw, wanted)).length
  }

  async stop(): Promise<void> {
    await this.haraka.stop()
    await this.hop.stop()
  }
}

async function prepare(data: string): Promise<void> {
  const lazaret = open(readConfig({ main: { base_model: 'no' } }), data)
  const { quarantine } = lazaret
  for (const [tier, name] of Object.entries(LOGINS) as [Tier, string][])
    await quarantine.as(LOGIN).accounts.add(name, tier, PASSWORD)
  await quarantine.as(LOGIN).settings.set(PROBE, 'action', 'tag')
  await quarantine.as(LOGIN).settings.set(PROBE, 'subject_prefix', 'off')
  await quarantine.as(LOGIN).lists.change('', 'block', { add: ['*@blocked.example'] })
  const ham = corpus('easy-ham-1', 60)
  const spam = corpus('spam-1', 60, 100)
  await quarantine.as(LOGIN).model.train(
    ham.flatMap((raw, i) => [
      { raw, label: 'ham' as const },
      { raw: spam[i], label: 'spam' as const },
    ]),
  )
  await quarantine.system.snapshotModel(true)
  await lazaret.close()
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')

/** A message as SMTP carries it: its lines end in CRLF, the last one too. */
export function onWire(raw: Buffer): Buffer {
  return raw.subarray(-2).equals(CRLF) ? raw : Buffer.concat([raw, CRLF])
}
const CRLF = Buffer.from('\r\n')

/** Corpus messages have LF line ends; a client sends CRLF. */
export function crlf(raw: Buffer): Buffer {
  return Buffer.from(raw.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')
}

/** Is `got` the original with nothing but header fields in front? */
function isOriginal(got: Buffer, original: Buffer): boolean {
  const tail = got.subarray(got.length - original.length)
  if (got.length < original.length || sha256(tail) !== sha256(original)) return false
  const head = got.subarray(0, got.length - original.length).toString('latin1')
  return head === '' || /^(?:[!-9;-~]+:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)+$/.test(head)
}
