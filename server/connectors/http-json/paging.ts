import { createHash } from 'node:crypto'
import { TechnicalError } from '#server/domain/errors.ts'
import { withQuery } from './address.ts'
import type { PagingSettings } from './settings.ts'

/** Longer ones fit into no address that a server reads. */
const LONGEST_CURSOR = 8_000

/** What a page says about where it stands. `records` and `count` are null when the job does not say where to look. */
export type PageFacts = {
  readonly body: unknown
  readonly bytes: Uint8Array
  readonly link: string | null
  readonly address: URL
  readonly records: number | null
  readonly count: number | null
}

/** Where a page is (`addressOf`) and what comes after it (`after`); a position is opaque text, null the first page. */
export type Paging = {
  addressOf(position: string | null): URL
  after(position: string | null, page: PageFacts): string | null
}

/**
 * Positions are told apart by a prefix, so that a run whose job changed its paging in between stops instead of reading
 * an offset as a page number. `seen`: those that the run has stored, of whichever attempt. `isClaimed`: what arrived is
 * counted against what was stated, which tells better what is missing than a failure.
 */
export function openPaging(settings: PagingSettings, first: URL, seen: readonly string[], isClaimed = false): Paging {
  if (settings.style === 'cursor') {
    const { nextCursorPath, cursorParameter, parentOptional } = settings
    return {
      addressOf: (position) =>
        position === null ? first : withQuery(first, { [cursorParameter]: unprefixed(position, 'cursor:') }),
      after: (_, { body }) => prefixed('cursor:', cursorIn(body, nextCursorPath, parentOptional)),
    }
  }
  if (settings.style === 'link') {
    const { nextLinkPath, parentOptional } = settings
    return {
      // The origin is ours, never the position's: '//elsewhere/x' must stay a path.
      addressOf: (position) => (position === null ? first : new URL(first.origin + unprefixed(position, 'link:'))),
      after: (_, { body, link, address }) => {
        const next = nextLinkPath === undefined ? linkNamedNext(link) : cursorIn(body, nextLinkPath, parentOptional)
        return next === null ? null : `link:${pathOnOrigin(next, address)}`
      },
    }
  }
  if (settings.style === 'offset') {
    const { offsetParameter, limitParameter, pageSize } = settings
    const offsetOf = (position: string | null) => (position === null ? 0 : counted(position, OFFSET).records)
    const guarded = guard(seen, OFFSET, isClaimed)
    return {
      addressOf: (position) => withQuery(first, { [offsetParameter]: `${offsetOf(position)}`, [limitParameter]: `${pageSize}` }),
      after: (position, page) => {
        // By the records received, not by the page size: a source may give fewer than asked for.
        const offset = offsetOf(position) + page.records!
        const state = guarded(page, offset)
        return state === null ? null : `offset:${offset}${state}`
      },
    }
  }
  if (settings.style === 'page') {
    const { pageParameter, firstPage, sizeParameter, pageSize } = settings
    const read = (position: string | null) => (position === null ? { number: firstPage, records: 0 } : counted(position, PAGE))
    const guarded = guard(seen, PAGE, isClaimed)
    return {
      addressOf: (position) =>
        withQuery(first, {
          [pageParameter]: `${read(position).number}`,
          ...(sizeParameter ? { [sizeParameter]: `${pageSize}` } : {}),
        }),
      after: (position, page) => {
        const { number, records: before } = read(position)
        const records = before + page.records!
        const state = guarded(page, records)
        return state === null ? null : `page:${number + 1}/${records}${state}`
      },
    }
  }
  return {
    addressOf: (position) => {
      if (position !== null) throw otherPaging()
      return first
    },
    after: () => null,
  }
}

/** Records and stated count of a page, where the job says they stand. A figure that cannot be is a changed contract. */
export function figuresOf(
  body: unknown,
  { recordsPath, countPath }: { recordsPath?: string | undefined; countPath?: string | undefined },
): Pick<PageFacts, 'records' | 'count'> {
  const records = recordsPath === undefined ? null : valueAt(body, recordsPath).value
  if (records !== null && !Array.isArray(records)) throw changed(`there is no list at ${recordsPath}`)
  if (recordsPath !== undefined && records === null) throw changed(`there is no list at ${recordsPath}`)
  const count = countPath === undefined ? null : valueAt(body, countPath).value
  if (countPath === undefined) return { records: records?.length ?? null, count: null }
  const text = typeof count === 'number' || typeof count === 'string' ? `${count}` : ''
  if (!/^\d{1,15}$/.test(text)) throw changed(`${countPath} should be a count and is ${shown(count)}`)
  return { records: records?.length ?? null, count: Number(text) }
}

/**
 * The value at a dotted path. A key that itself holds dots (@odata.nextLink) is found first. null on the way is a null;
 * `parentFound` is false when the object that should hold the last key is not there.
 */
export function valueAt(body: unknown, path: string): { value: unknown; parentFound: boolean } {
  if (path === '.') return { value: body, parentFound: true }
  if (body === null) return { value: null, parentFound: true }
  if (typeof body !== 'object') return { value: undefined, parentFound: false }
  const fields = body as Readonly<Record<string, unknown>>
  if (Object.hasOwn(fields, path)) return { value: fields[path], parentFound: true }
  const dot = path.indexOf('.')
  if (dot === -1) return { value: undefined, parentFound: true }
  const head = path.slice(0, dot)
  return Object.hasOwn(fields, head) ? valueAt(fields[head], path.slice(dot + 1)) : { value: undefined, parentFound: false }
}

/** The address in a Link header whose relation is next; null when there is none. */
export function linkNamedNext(header: string | null): string | null {
  for (const [, target, parameters] of (header ?? '').matchAll(
    /<([^>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:"[^"]*"|[^\s",;]*))?)*)/g,
  )) {
    for (const [, name, quoted, plain] of parameters!.matchAll(/;\s*([\w*-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s",;]*)))?/g)) {
      const relations = (quoted ?? plain ?? '').toLowerCase().split(/\s+/)
      if (name!.toLowerCase() === 'rel' && relations.includes('next')) return target!
    }
  }
  return null
}

function cursorIn(body: unknown, path: string, parentOptional: boolean): string | null {
  const { value, parentFound } = valueAt(body, path)
  // An object that vanished is more likely a renamed field than the last page, and would end the extract early, unseen.
  if (!parentFound && !parentOptional) throw changed(`there is no place for ${path}`)
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'string' && value.length > LONGEST_CURSOR)
    throw changed(`${path} should lead to the next page and has ${value.length} characters`)
  if (typeof value === 'string') return value
  // A number past 2^53 has already lost digits when we see it: it would lead to another page.
  if (typeof value === 'number' && Number.isSafeInteger(value)) return `${value}`
  throw changed(`${path} should lead to the next page and is ${shown(value)}`)
}

function pathOnOrigin(link: string, address: URL): string {
  if (!URL.canParse(link, address)) throw changed('the link to the next page is not an address')
  const next = new URL(link, address)
  if (next.origin !== address.origin) {
    throw new TechnicalError('source_refused', `the next page is at ${next.origin}, which the job does not name`)
  }
  return next.pathname + next.search
}

/**
 * Judges a page of a counted style by those before it, and gives what its position says for those after it; null at the end.
 *
 * A source that ignores its paging parameter answers the first page for ever, or the same two in turn; nothing in our own
 * counting would notice. And where the stated count is the end, one that shrinks would end the extract early: records moved
 * while we read. Both hold over all attempts of a run, so what they need stands in the positions.
 */
function guard(seen: readonly string[], form: RegExp, isClaimed: boolean): (page: PageFacts, records: number) => string | null {
  const before = seen.map((position) => counted(position, form))
  const hashes = new Set(before.map(({ hash }) => hash))
  let stated = before.reduce((most, { count }) => Math.max(most, count), 0)
  return ({ bytes, records: here, count }, records) => {
    const hash = createHash('sha256').update(bytes).digest('base64url')
    if (here !== 0 && hashes.has(hash)) throw new TechnicalError('source_loops', 'two pages are the same, byte for byte')
    hashes.add(hash)
    if (count !== null && count < stated)
      throw changed(`it stated ${stated} records and then ${count}: it changed while it was read; start a new run`)
    stated = count ?? stated
    if (count !== null && records >= count) return null
    if (here !== 0) return `/${count ?? ''}/${hash}`
    if (count === null || isClaimed) return null
    throw new TechnicalError('source_cut_short', `it sent an empty page after ${records} of ${count} records`)
  }
}

/** Without count and hash, as they were stored once, they say nothing of the pages before. */
const OFFSET = /^offset:(?<records>\d{1,15})(?:\/(?<count>\d{0,15})\/(?<hash>[\w-]{43}))?$/
const PAGE = /^page:(?<number>\d{1,15})\/(?<records>\d{1,15})(?:\/(?<count>\d{0,15})\/(?<hash>[\w-]{43}))?$/

function counted(position: string, form: RegExp) {
  const parts = form.exec(position)?.groups
  if (!parts) throw otherPaging()
  return { number: Number(parts.number), records: Number(parts.records), count: Number(parts.count || 0), hash: parts.hash }
}

const prefixed = (prefix: string, value: string | null) => (value === null ? null : prefix + value)

function unprefixed(position: string, prefix: string): string {
  if (!position.startsWith(prefix)) throw otherPaging()
  return position.slice(prefix.length)
}

const changed = (reason: string) => new TechnicalError('source_contract_changed', reason)
const otherPaging = () => changed('the run stopped at a cursor of another kind of paging; start a new run')
const shown = (value: unknown) =>
  typeof value === 'number' ? `${value}` : value === undefined ? 'not there' : `a ${value === null ? 'null' : typeof value}`
