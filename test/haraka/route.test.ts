// Where a message would have gone.
import { describe, expect, test } from 'vitest'
import { destinations, routeOf } from '../../plugin/haraka/route.ts'
import type { Address, Plugin } from '../../plugin/haraka/types.ts'
import { connectionWith } from './objects.ts'

describe('routes', () => {
  const recipient: Address = { user: 'u', host: 'example.com', address: 'u@example.com' }
  const plugin = (name: string, loaded: object, hook = 'queue'): Plugin =>
    ({
      haraka_require: () => ({
        registered_plugins: { [name]: loaded },
        registered_hooks: { [hook]: [{ plugin: 'lazaret' }, { plugin: name }] },
      }),
    }) as unknown as Plugin
  const route = (from: Plugin, notes: Record<string, unknown> = {}) => {
    const { connection, transaction, noted } = connectionWith({}, {})
    Object.assign(noted, notes)
    return routeOf(from, connection, transaction, recipient)
  }
  const nothing = plugin('queue/other', {})

  test('what other plugins noted comes first', () => {
    const notes = { 'queue.wants': 'outbound', 'queue.next_hop': 'lmtp://store.example:24' }
    expect(route(nothing, notes)).toEqual({
      nextHop: 'lmtp://store.example:24',
      wants: 'outbound',
      chosen: true,
    })
    expect(route(nothing)).toEqual({ nextHop: null, wants: null })
  })

  test.each([
    ['smtp://me:secret@hop.example:26', 'smtp://hop.example:26'],
    ['smtp://me:se@cret@hop.example', 'smtp://hop.example'],
    ['smtp://me:sec/ret@hop.example', 'smtp://hop.example'],
    ['smtp://me:sec,ret@hop.example', 'smtp://hop.example'],
    ['smtp://me:secret@a.example:25,me:secret@b.example:25', 'smtp://a.example:25,b.example:25'],
    ['lmtp://me:secret@localhost/run/l@mtp.sock', 'lmtp://localhost/run/l@mtp.sock'],
    ['smtp://[::1]:25', 'smtp://[::1]:25'],
  ])('credentials of %s are not kept', (hop, kept) => {
    expect(route(nothing, { 'queue.next_hop': hop })).toMatchObject({ nextHop: kept })
  })

  test('queue/lmtp by domain, with a socket too', () => {
    const cfg = { main: { host: 'a.example' }, 'example.com': { path: '/run/lmtp.sock' } }
    const { nextHop } = route(plugin('queue/lmtp', { cfg }))
    expect(nextHop).toBe('lmtp://localhost/run/lmtp.sock')
    expect(destinations(nothing, String(nextHop))).toEqual([
      { priority: 0, exchange: 'localhost', port: 24, using_lmtp: true, path: '/run/lmtp.sock' },
    ])
  })

  test('a pool of hosts is kept whole, and passwords are not kept at all', () => {
    const main = {
      forwarding_host_pool: 'a.example:25, b.example:2525',
      auth_user: 'u',
      auth_pass: 'p',
    }
    const forward = { cfg: { main }, get_config: () => main }
    const from = plugin('queue/smtp_forward', forward)
    const { nextHop } = route(from)
    expect(nextHop).toBe('smtp://a.example:25,b.example:2525')
    expect(
      destinations(from, String(nextHop)).map(({ exchange, port }) => [exchange, port]),
    ).toEqual([
      ['a.example', 25],
      ['b.example', 2525],
    ])
    const one = { host: '::1', port: 26, auth_type: 'plain', auth_user: 'u', auth_pass: 'p' }
    const single = plugin('queue/smtp_forward', { cfg: { main: one }, get_config: () => one })
    const hop = route(single).nextHop
    expect(hop).toBe('smtp://[::1]:26')
    expect(destinations(single, String(hop))).toEqual([
      {
        priority: 0,
        exchange: '::1',
        port: 26,
        auth_type: 'plain',
        auth_user: 'u',
        auth_pass: 'p',
      },
    ])
  })
})
