// Reports of other servers: each is a voice of its own, and what it takes back is as if it had not been said.
import { describe, expect, test } from 'vitest'
import type { Lazaret } from '../../../plugin/open.ts'
import type { ReportJob } from '../../../plugin/quarantine/report/queue.ts'
import { world } from '../../http/world.ts'
import { corpus, hold, message, rig, ROOT, USER } from '../rig.ts'

const WHO = { me: 'mx.far.example', agent: 'Lazaret/test' }

/** A report as another server makes it of what its person says. */
async function reported(
  far: Lazaret,
  raw: Buffer,
  vote: 'spam' | 'ham' | null,
  id = 'r1',
): Promise<Buffer> {
  const [{ item }] = await hold(far, raw)
  const job: ReportJob = {
    item: item as number,
    target: 'post',
    id,
    token: 't',
    vote,
    before: null,
    seq: 1,
  }
  return far.quarantine.system.reports.render(job, WHO) as Buffer
}

const far = (): Lazaret => rig({ report: { url: 'https://central.example/r', token: 't' } })

describe('a central Lazaret', () => {
  test('learns once, takes back, and hears a server no louder than a person', async () => {
    const [node, centre] = [far(), rig()]
    const { reports, model } = centre.quarantine.as(ROOT)
    const raw = message('one', 'Cheap pills for you\r\n')
    const report = await reported(node, raw, 'spam')
    const before = model.score(raw).score.z
    expect(await reports.receive('mx.far.example', report)).toEqual({
      report: 'r1',
      learned: true,
      label: 'spam',
      standing: 'heard',
    })
    const after = model.score(raw).score.z
    expect(after).toBeGreaterThan(before)
    expect(await reports.receive('mx.far.example', report)).toMatchObject({ learned: false })
    // Said by two people there: taken back by one, it stands.
    const second = await reported(node, raw, 'spam', 'r2')
    await reports.receive('mx.far.example', second)
    await reports.receive('mx.far.example', await reported(node, raw, null))
    expect(model.score(raw).score.z).toBe(after)
    const last = await reported(node, raw, null, 'r2')
    expect(await reports.receive('mx.far.example', last)).toMatchObject({
      label: null,
      standing: null,
    })
    expect(model.score(raw).score.z).toBe(before)
    // Other servers are other voices.
    await reports.receive('a.example', report)
    await reports.receive('b.example', report)
    const two = model.score(raw).score.z
    expect(two).toBeGreaterThan(after)
    for (const [i, mail] of corpus('spam-1', 20).entries())
      await reports.receive('a.example', await reported(node, mail, 'spam', `s${i}`))
    const [entry] = (await centre.quarantine.as(ROOT).history()).entries.slice(-1)
    expect(entry.via).toBe('report of a.example')
  })

  test('refuses what it cannot learn from, and whoever is not trusted', async () => {
    const node = rig({
      report: { url: 'https://central.example/r', token: 't', content: 'header' },
    })
    const centre = rig()
    const { reports } = centre.quarantine.as(ROOT)
    const header = await reported(node, message('h'), 'spam')
    await expect(reports.receive('a.example', header)).rejects.toThrow('header alone')
    await expect(reports.receive('a.example', message('none'))).rejects.toThrow('no report')
    const good = await reported(far(), message('g'), 'spam')
    await expect(reports.receive('not a name', good)).rejects.toThrow('no name of a server')
    const user = centre.quarantine.as(USER)
    await expect(user.reports.receive('a.example', good)).rejects.toThrow('Only the super-admin')
  })

  test('over HTTP, by a token that may report and nothing else', async () => {
    const centre = await world()
    const root = centre.lazaret.quarantine.as(ROOT)
    await root.accounts.add('root', 'super-admin', 'a long enough password 1')
    const make = async (may: 'report' | 'read'): Promise<string> =>
      (await root.tokens.make({ account: 'root', name: 'mx.far.example', may })).secret
    const post = async (token: string, body: Buffer): Promise<Response> =>
      await fetch(`http://127.0.0.1:${centre.port}/api/v1/reports`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'message/rfc822' },
        body,
      })
    const report = await reported(far(), message('http'), 'ham')
    const taken = await post(await make('report'), report)
    expect(taken.status).toBe(200)
    expect(await taken.json()).toMatchObject({ report: 'r1', learned: true, label: 'ham' })
    expect((await post(await make('read'), report)).status).toBe(403)
    // What is no report will not be one when it is sent again.
    expect([400, 422]).toContain((await post(await make('report'), message('x'))).status)
  })
})
