import type { ReleaseJob } from '../../plugin/quarantine/release/release.ts'

/** The message of a release. */
export async function whole({ head, body }: ReleaseJob): Promise<Buffer> {
  const pieces = [head]
  for await (const piece of body()) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}
