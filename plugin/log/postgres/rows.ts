// What the tables say, as the log has it: pg gives bigint and numeric as texts.
import type { BlobRef, Entry, Head, Member } from '../log.ts'

export interface HeadRow {
  seq: string
  chain: Buffer
  epoch: string
  halt: string
  level: number
}

export interface EntryRow {
  base: string
  id: string
  node: string
  events: number
  level: number
  prev: Buffer
  blobs: string
  body: Buffer
}

export interface MemberRow {
  node: string
  life: string
  version: string
  level: number
  seq: string
  chain: Buffer
  news: string
  ahead: string
  silent: string
}

export function headOf({ seq, ...row }: HeadRow): Head {
  return { ...row, seq: Number(seq) }
}

export function entryOf({ base, events, blobs, body, ...row }: EntryRow): Entry {
  return {
    ...row,
    base: Number(base),
    count: events,
    blobs: JSON.parse(blobs) as BlobRef[],
    bytes: body,
  }
}

export function memberOf({ seq, ahead, silent, ...row }: MemberRow): Member {
  return {
    ...row,
    seq: Number(seq),
    ahead: Math.round(Number(ahead)),
    silent: Math.round(Number(silent)),
  }
}
