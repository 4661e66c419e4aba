import type { ServerResponse } from 'node:http'

/** How a system cuts its answer into pages: each as one kind of vendor does it. */
export type PagingStyle = 'cursor' | 'offset' | 'page' | 'odata' | 'link'

export type PageOf = {
  readonly records: readonly object[]
  readonly control: { readonly count: number } & object
  readonly total: number
}
export type PageAsked = {
  readonly from: number
  readonly size: number
  /** The body, and the address of the next page where it travels in a header. */
  write(page: PageOf): { readonly body: object; readonly link: string | null }
}

/** Null when the request names a cursor or page that was never given out. */
export function pageAsked(style: PagingStyle, pageSize: number, address: URL): PageAsked | null {
  const query = address.searchParams
  const size = Math.min(wholeNumber(query.get('limit') ?? query.get('page_size')) ?? pageSize, pageSize)
  if (size < 1) return null
  const from = fromOf(style, size, query)
  if (from === null) return null
  const after = (page: PageOf) => (from + size < page.total ? from + size : null)
  const linkTo = (parameter: string, next: number | null) => {
    if (next === null) return null
    const link = new URL(address)
    link.searchParams.set(parameter, encodeCursor(next))
    return link.pathname + link.search
  }
  const body = (content: object, link: string | null = null) => ({ body: content, link })
  return {
    from,
    size,
    write(page) {
      const { records, control } = page
      const next = after(page)
      switch (style) {
        case 'cursor':
          return body({ items: records, paging: { next: next === null ? null : encodeCursor(next) }, control })
        case 'offset':
          return body({ object: 'list', data: records, has_more: next !== null, control })
        case 'page':
          return body({ items: records, page: from / size + 1, page_size: size, control })
        case 'odata':
          return body({
            '@odata.count': control.count,
            value: records,
            control,
            ...(next === null ? {} : { '@odata.nextLink': linkTo('$skiptoken', next) }),
          })
        case 'link':
          return body({ rows: records, control }, linkTo('cursor', next))
      }
    },
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(body))
}

function fromOf(style: PagingStyle, size: number, query: URLSearchParams): number | null {
  if (style === 'offset') return wholeNumber(query.get('offset') ?? '0')
  if (style === 'page') {
    const number = wholeNumber(query.get('page') ?? '1')
    return number === null || number < 1 ? null : (number - 1) * size
  }
  const cursor = query.get(style === 'odata' ? '$skiptoken' : 'cursor')
  return cursor === null ? 0 : decodeCursor(cursor)
}

const wholeNumber = (text: string | null): number | null => (text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null)
const encodeCursor = (from: number) => Buffer.from(`after:${from}`).toString('base64url')
const decodeCursor = (cursor: string) =>
  wholeNumber(/^after:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1] ?? null)
