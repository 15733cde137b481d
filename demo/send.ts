// Mail from outside: the sample messages, sent to the gateway over SMTP like any other.
import { createTransport } from 'nodemailer'
import { readMessage, type Sample } from './corpus.ts'
import { HOST } from './options.ts'
import { DOMAIN } from './paths.ts'

export async function send(
  port: number,
  samples: readonly Sample[],
  stop: AbortSignal,
): Promise<void> {
  const client = createTransport({
    host: HOST,
    port,
    secure: false,
    ignoreTLS: true,
    pool: true,
    maxConnections: 1,
  })
  try {
    for (const sample of samples) {
      if (stop.aborted) return
      const { raw, sender } = readMessage(sample)
      await client.sendMail({ envelope: { from: sender, to: `${sample.to}@${DOMAIN}` }, raw })
    }
  } finally {
    client.close()
  }
}
