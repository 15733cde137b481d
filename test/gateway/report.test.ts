// Reports leave a real Haraka: by mail to a next hop, and by POST to an HTTPS server.
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { simpleParser } from 'mailparser'
import { generate } from 'selfsigned'
import { expect, test } from 'vitest'
import { readFeedback } from '../../plugin/mime/feedback.ts'
import { freePort } from '../rig/haraka.ts'
import { sendMail } from '../rig/smtp.ts'
import { block, itemsIn, later, message, nextHop, ROOT, until, world } from './world.ts'

interface Came {
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/** A central system that answers as it is told, in order; 201 when nothing is left. */
class Centre {
  readonly came: Came[] = []
  readonly answers: number[] = []
  readonly #server: Server
  #waiters: { count: number; resolve: () => void }[] = []

  constructor(pem: { cert: string; key: string }, port: number) {
    this.#server = createServer(pem, (request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => {
        this.came.push({ headers: request.headers, body: Buffer.concat(pieces) })
        response.writeHead(this.answers.shift() ?? 201).end('{"detail":"so it is"}')
        for (const { count, resolve } of this.#waiters) if (this.came.length >= count) resolve()
      })
    }).listen(port, '127.0.0.1')
    later(async () => {
      this.#server.close()
      this.#server.closeAllConnections()
      await once(this.#server, 'close')
    })
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async arrived(count: number): Promise<Came[]> {
    if (this.came.length < count)
      await new Promise<void>((resolve) => this.#waiters.push({ count, resolve }))
    return this.came
  }
}

test('each lesson is told once, by mail and by POST; a centre that is away or wrong delays nobody', async () => {
  const hop = await nextHop()
  const port = await freePort()
  const pem = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  const report = {
    to: 'abuse@central.example',
    next_hop: `127.0.0.1:${hop.port}`,
    url: `https://localhost:${port}/api/v1/reports`,
    token: 'secret-token',
    ca: 'central.pem',
    delay: 0,
    retry_seconds: 1,
  }
  const { haraka, lazaret } = await world({
    ini: { report },
    files: { 'central.pem': pem.cert },
  })
  await block(lazaret, '*@blocked.example')
  const raw = message([
    'From: bad@blocked.example',
    'To: user@example.com',
    'Subject: Buy',
    '',
    '.hidden',
    'Buy now',
  ])
  await sendMail(haraka.port, { from: 'bad@blocked.example', to: ['user@example.com'], raw })
  const [{ id }] = itemsIn(lazaret, 'caught')
  const { items, reports } = lazaret.quarantine.as(ROOT)
  // Nobody listens at the centre yet.
  await items.spam(id)
  const [mail] = await hop.arrived(1)
  expect(mail).toMatchObject({ sender: '', recipients: ['abuse@central.example'] })
  const parsed = await simpleParser(mail.raw)
  expect(parsed.from?.value[0].address).toBe('lazaret@mx.example.com')
  expect(parsed.subject).toBe('FW: Buy')
  expect(parsed.attachments.map(({ contentType }) => contentType)).toEqual([
    'message/feedback-report',
    'message/rfc822',
  ])
  const feedback = readFeedback(mail.raw)
  expect(feedback).toMatchObject({ type: 'abuse', label: 'spam' })
  expect(feedback?.message.toString()).toContain('\r\n\r\n.hidden\r\nBuy now\r\n')
  expect(mail.raw.includes('user@example.com')).toBe(false)
  await until(lazaret, () => reports.queue().find(({ target }) => target === 'mail')?.waiting === 0)

  await haraka.logged(/reports by post wait for 1 s, after 1 tries/)
  expect(reports.queue().find(({ target }) => target === 'post')).toMatchObject({
    waiting: 1,
    trouble: {
      failures: expect.any(Number) as number,
      error: expect.stringContaining('ECONNREFUSED') as string,
    },
  })
  // The first answer is that it is busy.
  const centre = new Centre({ cert: pem.cert, key: pem.private }, port)
  centre.answers.push(503, 201)
  const [first, second] = await centre.arrived(2)
  expect(first.headers).toMatchObject({
    authorization: 'Bearer secret-token',
    'content-type': 'message/rfc822',
    'user-agent': expect.stringMatching(/^Lazaret\/\d/) as string,
  })
  // Sent again it is the same statement.
  expect(second.headers['idempotency-key']).toBe(first.headers['idempotency-key'])
  expect(readFeedback(second.body)).toMatchObject({ label: 'spam', report: feedback?.report })
  await until(lazaret, () =>
    reports.queue().every(({ waiting, trouble }) => waiting === 0 && !trouble),
  )

  // Thought better of: both are told that it does not hold.
  await items.undo(id)
  const [, correction] = await hop.arrived(2)
  expect(readFeedback(correction.raw)).toMatchObject({ takesBack: true, report: feedback?.report })
  await centre.arrived(3)
  expect(readFeedback(centre.came[2].body)).toMatchObject({ takesBack: true, label: null })
  await until(lazaret, () => reports.queue().every(({ waiting }) => waiting === 0))

  // One that the centre will not have is given up, and told in the log.
  centre.answers.push(422)
  await items.notSpam(id)
  await haraka.logged(/the report of item \d+ is given up: 422 so it is/)
  await until(lazaret, () => reports.queue().every(({ waiting }) => waiting === 0))
  expect(readFeedback((await hop.arrived(3))[2].raw)).toMatchObject({ label: 'ham' })
  expect(centre.came).toHaveLength(4)
})
